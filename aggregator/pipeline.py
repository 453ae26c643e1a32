"""From a page to what readers find: the order of these steps stands here alone. Polling and fetching come before, in their own files.

::

    polling.poll(feed)    Fetcher -> RawFeed -> parse -> Entry* -> ledger
    fetching.page(entry)  Fetcher -> page kept for the next step
    process(entry)        extract -> identify -> tag -> article stored, change logged, ledger closed, lines learnt
    follow()              change log -> copies -> story -> claims -> index; then operators' verdicts on lines -> articles

Every step reads what it needs from the store, does its work outside any transaction and writes its result in one; each can be
done again when its lease lapses, by anybody, with the same result. The steps think with the pure functions of the stage packages.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from aggregator.arranging import Arranging
from aggregator.bonds import Bonds
from aggregator.correcting import Correcting
from aggregator.drafting import (
    Text,
    byline_of,
    cause_of,
    credits_in,
    host_of,
    in_language,
    names_of,
    new_article,
    same_text,
    text_of,
    visit_of,
    without_text,
)
from aggregator.editing import flags_of, flags_so_far
from aggregator.errors import NotFoundError
from aggregator.feeds import catalogue
from aggregator.furnishing import Furnishing
from aggregator.habits import Habits
from aggregator.identity import urls
from aggregator.identity.aliases import decide, mask, unclaimed
from aggregator.identity.copies import fingerprint, join
from aggregator.model import (
    Alias,
    Article,
    Cause,
    Change,
    EntryState,
    LedgerEntry,
    NewArticle,
    Outcome,
    Removed,
    Step,
    Tags,
)
from aggregator.places.explain import Explained
from aggregator.placing import Placing
from aggregator.ports import Clock, FetchedPage, Store, Visit
from aggregator.query import Plan, SearchIndex
from aggregator.removing import bars
from aggregator.search.document import index_document
from aggregator.storying import Storying
from aggregator.tagging import Taggers
from aggregator.tombstones import Tombstone

NO_ANSWER = "no_answer"  # what is counted where no page came and nobody said why
FOLLOW_BATCH = 20  # articles a turn of follow() takes, and with it a transaction of the index


@dataclass(slots=True)
class Pipeline:
    """The steps over the ports. ``open_taggers`` gives those of now; they and the book are made at their first use, since not every process
    needs them."""

    store: Store
    index: SearchIndex
    clock: Clock
    open_taggers: Callable[[], Taggers]
    lease_s: float = 120.0
    furnishing: Furnishing = field(init=False)
    placing: Placing = field(init=False)
    habits: Habits = field(init=False)
    storying: Storying = field(init=False)
    arranging: Arranging = field(init=False)
    correcting: Correcting = field(init=False)

    def __post_init__(self) -> None:
        self.furnishing = Furnishing(self.store, self.clock)
        self.placing = Placing(self.store, self.clock, self.retag)
        self.habits = Habits(self.store, self.clock)
        bonds, title = lambda: self.arranging.story_bonds(), lambda articles: self.arranging.title(articles)
        self.storying = Storying(self.store, self.clock, bonds, title)
        self.arranging = Arranging(self.store, self.clock, self.storying.refresh, self.lease_s)
        self.correcting = Correcting(
            self.store, self.clock, self.furnishing, self._tags_of, self.retag, lambda: self.taggers.sources.registry
        )

    @property
    def taggers(self) -> Taggers:
        return self.open_taggers()

    # --- articles -----------------------------------------------------------------------------------------------------

    def process(self, entry_id: int) -> EntryState:
        """Turn a fetched entry into an article, a revision or a known article; return the ledger's state for it."""
        entry = self.store.ledger.get(entry_id)
        fetched = self.store.ledger.fetched_page(entry_id)
        if entry.state is not EntryState.PENDING or entry.step is not Step.PROCESS or fetched is None:
            return entry.state
        now, host = self.clock.now(), host_of(entry.entry, fetched)
        text = text_of(entry.entry, fetched, self.furnishing.known(host))
        state = self._store(entry, fetched, text, now)
        self._count(entry, fetched, host, text.draft.outcome, now)
        return state

    def _store(self, entry: LedgerEntry, fetched: FetchedPage, text: Text, now: datetime) -> EntryState:
        entry_id = entry.id
        if not text.draft.body:
            state, reason = without_text(entry.entry, text)
            self.store.ledger.finish(entry_id, state, reason, now)
            return state
        feed = self.store.feeds.get(entry.feed_id)
        new = new_article(entry, feed, fetched, text, now)
        aliases = names_of(entry, fetched, text.draft, new.url_key)
        visit = visit_of(entry.entry.link, fetched, new.outcome, new.first_seen_at, now)
        while True:  # ends: it was taken down, an article is found, or ours is the first of its name
            if bars(self.store, entry_id, aliases, new.url_key, new.title, now):
                return EntryState.FILTERED
            hits = self.store.articles.find(aliases)
            found = decide(hits, url_key=new.url_key, title=new.title)
            if found is not None:
                try:
                    return self.seen_again(found, new, aliases, now, entry_id, visit, text.reason)
                except NotFoundError as gone:
                    if gone.ident != found:
                        raise
                    continue  # removed since: whose name it is now is to be seen anew
            tags = self._tags(new, new.removed)
            ours = unclaimed(unclaimed(aliases, hits), self.store.tombstones.find(aliases))
            article_id = self.store.articles.add(in_language(new, tags), ours, tags, now, entry_id, visit, text.reason)
            if article_id is not None:
                self._learn(article_id, new, new.removed)
                return EntryState.STORED

    def relearn(self, article_id: int) -> None:
        """Count the lines of an article's page, by what is stored of it."""
        self._learn(article_id, self.store.articles.get(article_id), self.store.articles.removed(article_id))

    def _learn(self, article_id: int, read: NewArticle | Article, removed: Sequence[Removed]) -> None:
        """Count the lines of an article's page, when the page's text is stored for the first time."""
        host = urls.host(read.url_key)
        if host and read.text_from == "page":
            self.furnishing.learn(host, article_id, read.body, removed)

    def _count(self, entry: LedgerEntry, fetched: FetchedPage, host: str, outcome: Outcome, now: datetime) -> None:
        """Count what the entry's link answered, where it was asked."""
        whole_in_feed = fetched.page is None and fetched.outcome is Outcome.FULL
        if host and not whole_in_feed:
            unknown = fetched.page is None and fetched.outcome is None
            self.store.outcomes.count(entry.feed_id, host, NO_ANSWER if unknown else outcome.value, now)

    def seen_again(
        self,
        article_id: int,
        new: NewArticle,
        aliases: Sequence[Alias],
        now: datetime,
        entry_id: int | None = None,
        visit: Visit | None = None,
        reason: str = "",
    ) -> EntryState:
        """An article that is known was met once more, by an entry or by a visit to its page: a changed text is a revision."""
        article = self.store.articles.get(article_id)
        unchanged = same_text(article, self.store.articles.body_hash(article_id), new)
        if unchanged:
            self.store.articles.again(article_id, aliases, now, entry_id, unchanged, visit)
            return EntryState.KNOWN
        tags = self._tags(new, new.removed, article_id)
        cause = cause_of(article, self.store.articles.removed(article_id), new)
        reason = reason or ("" if cause is Cause.OUTLET else "the outlet changed nothing: more of its site's lines are known")
        if cause is Cause.OUTLET:
            new = replace(new, flags=flags_of(self.store, article_id, new, tags))
        self.store.articles.revise(article_id, in_language(new, tags), aliases, tags, now, entry_id, visit, reason, cause)
        if article.text_from != "page":  # else its lines are known
            self._learn(article_id, new, new.removed)
        return EntryState.REVISED if cause is Cause.OUTLET else EntryState.KNOWN

    def take_down(self, article_id: int, reason: str, by: str) -> Tombstone:
        """Remove an article with all that was made of it, and keep it out from now on. Raises NotFoundError."""
        title_mask = mask(self.store.articles.get(article_id).title)
        tombstone, stories = self.store.tombstones.take_down(article_id, title_mask, reason, by, self.clock.now())
        self.index.remove([article_id])
        for story_id in stories:
            self.storying.refresh(story_id)
        return tombstone

    def retag(self, article_id: int) -> bool:
        """Tag an article's newest revision anew; return whether its tags are others now."""
        while True:  # ends: either the text is still the one that was tagged, or a further revision came meanwhile
            article = self.store.articles.get(article_id)
            tags = self._tags_of(article, self.store.articles.removed(article_id))
            if tags == self.store.articles.tags([article_id])[article_id]:
                return False
            if self.store.articles.retag(article_id, tags, self.clock.now(), article.revision):
                return True

    def explain_places(self, article_id: int) -> tuple[Explained, ...]:
        """Why an article's newest revision is tagged with the places that it is tagged with, as the rules are now. Raises NotFoundError."""
        article = self.store.articles.get(article_id)
        home = self.store.feeds.outlet(article.outlet_id).country
        return self.taggers.explain_places(
            article.title,
            article.body,
            language=article.language,
            home=home,
            meanings=self.placing.meanings(article.feed_id, article_id),
            said=self.placing.said(article_id),
            usual=self.habits.of(article.feed_id),
        )

    def _tags_of(self, article: Article, removed: Sequence[Removed]) -> Tags:
        return self._tags(article, removed, article.id)

    def _tags(self, read: NewArticle | Article, removed: Sequence[Removed], article_id: int | None = None) -> Tags:
        outlet = self.store.feeds.outlet(read.outlet_id)
        return self.taggers.tag(
            read.title,
            read.body,
            language=read.language,
            published=read.published_at,
            outlet=outlet.name,
            byline=byline_of(read),
            home=outlet.country,
            repeated=credits_in(removed),
            meanings=self.placing.meanings(read.feed_id, article_id),
            said=self.placing.said(article_id),
            usual=self.habits.of(read.feed_id),
        )

    # --- what follows from articles -----------------------------------------------------------------------------------

    def follow(self, limit: int = FOLLOW_BATCH) -> int:
        """Carry out operators' rulings, then take the next changes of the log: copies, story, claims, index; when the last is taken, apply
        operators' corrections to the next articles, which makes changes of them. Return how many rulings, changes and articles were left
        to take before.

        Runs in one process at a time (the queue ``serial``, and a lease against a second one)."""
        turn = self.store.leases.acquire("follow", self.lease_s)
        if turn.token is None:
            return 0
        try:
            self._refill_index()
            arranged = self.arranging.carry_out()
            seq = self.store.changes.cursor("index")
            changes = self.store.changes.since(seq, limit)
            waiting = self.index_lag()
            if changes:
                self._follow(changes, seq)
                self.store.changes.advance("index", changes[-1].seq)
                self.storying.taken(changes[-1].seq)
            if len(changes) < limit:
                self.correcting.step(limit)
            return waiting + arranged
        finally:
            self.store.leases.release("follow", turn.token)

    def _refill_index(self) -> None:
        """Fill an index that is empty though there are articles: it was dropped, or is of another layout than this code's."""
        if self.storying.is_open or self.index.count(Plan()):
            return
        after = 0
        while ids := self.store.articles.ids(after, FOLLOW_BATCH):
            self.index_articles(ids)
            after = ids[-1]

    def _follow(self, changes: Sequence[Change], seq: int) -> None:
        if any(change.kind == "removed" for change in changes):
            self.storying.drop()
        book = self.storying.book(seq)
        removed = {change.article_id for change in changes if change.kind == "removed"}
        ids = [ident for ident in dict.fromkeys(change.article_id for change in changes) if ident not in removed]
        fresh = {change.article_id for change in changes if change.kind in ("stored", "revised", "corrected")}
        stories: dict[int, None] = {}
        bonds = self.arranging.copy_bonds()
        for article_id in ids:
            if article_id in fresh:
                self._group(article_id, bonds)
            story_id = self.storying.assign(article_id, book)
            if story_id is not None:
                stories[story_id] = None
        self.storying.refresh_now(stories)
        self.index.remove(sorted(removed))
        self.index_articles(ids)

    def _group(self, article_id: int, bonds: Bonds) -> None:
        try:
            article = self.store.articles.get(article_id)
        except NotFoundError:  # removed since
            return
        join(fingerprint(article.id, article.body, article.at, wire=article.wire, outlet_id=article.outlet_id), self.store.copies, bonds)

    def repair_stories(self) -> int:
        """Look again at stories whose articles came or changed; return how many were merged or divided."""
        turn = self.store.leases.acquire("follow", self.lease_s)
        if turn.token is None:
            return 0
        try:
            return self.storying.repair()
        finally:
            self.store.leases.release("follow", turn.token)

    def index_articles(self, article_ids: Sequence[int]) -> None:
        """Put articles into the search index as they are now."""
        articles = self.store.articles.many(article_ids)
        tags = self.store.articles.tags([article.id for article in articles])
        feeds = {feed.id: feed for feed in self.store.feeds.all()}
        theatres = catalogue.load().by_country()
        self.index.put(
            index_document(one, tags[one.id], feeds.get(one.feed_id or 0), theatres, flags_so_far(self.store, one)) for one in articles
        )

    def index_lag(self) -> int:
        """Changes that readers cannot find yet, rulings that wait, and articles that new corrections have not come to yet."""
        waiting = self.correcting.left() + len(self.store.rulings.waiting())
        return self.store.changes.head() - self.store.changes.cursor("index") + waiting
