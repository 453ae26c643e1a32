"""The stores are what the ports ask for: mypy checks the assignments, this test that they run."""

from aggregator.corrections import VerdictStore
from aggregator.hub import HubStore
from aggregator.ports import (
    ArticleStore,
    ChangeLog,
    CopyStore,
    FeedStore,
    Lease,
    LedgerStore,
    LineStore,
    OutcomeStore,
    Store,
    StoryStore,
    SubscriptionStore,
    UserStore,
)
from aggregator.readers import SavedSearchStore
from aggregator.storage.engine import open_store


def test_the_store_keeps_the_contract() -> None:
    store = open_store("sqlite://")
    whole: Store = store
    feeds: FeedStore = store.feeds
    subscriptions: SubscriptionStore = store.subscriptions
    ledger: LedgerStore = store.ledger
    articles: ArticleStore = store.articles
    copies: CopyStore = store.copies
    stories: StoryStore = store.stories
    changes: ChangeLog = store.changes
    lines: LineStore = store.lines
    verdicts: VerdictStore = store.verdicts
    outcomes: OutcomeStore = store.outcomes
    searches: SavedSearchStore = store.searches
    hub: HubStore = store.hub
    users: UserStore = store.users
    leases: Lease = store.leases
    parts = (
        whole,
        feeds,
        subscriptions,
        ledger,
        articles,
        copies,
        stories,
        changes,
        lines,
        verdicts,
        outcomes,
        searches,
        hub,
        users,
        leases,
    )
    for part in parts:
        assert part is not None
    whole.close()
