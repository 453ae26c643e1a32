"""FeedStore: feeds, outlets, polls."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from aggregator.errors import NotFoundError
from aggregator.model import Alarm, AlarmKind, EntryState, FeedState, Outlet, Poll, PollOutcome, Tags
from aggregator.storage.store import SqlStore
from tests.contract.builders import NOON, OUTLET, article, draft, entered, feed, later, link, seen, stored


def test_a_new_feed_is_due_at_once(store: SqlStore) -> None:
    added, new = store.feeds.add(draft(theatre="ukraine", language="en", interval_s=600), NOON)
    assert new
    assert (added.url, added.title, added.outlet_id) == ("https://harbour.example/1.xml", "Feed 1", OUTLET.id)
    assert (added.theatre, added.language, added.interval_s) == ("ukraine", "en", 600)
    assert (added.state, added.added_at, added.next_poll_at) == (FeedState.NEW, NOON, NOON)
    assert store.feeds.get(added.id) == store.feeds.by_url(added.url) == added
    assert store.feeds.outlet(OUTLET.id) == OUTLET
    assert store.feeds.outlets() == (OUTLET,)


def test_a_url_that_is_there_changes_nothing(store: SqlStore) -> None:
    first = feed(store)
    again, new = store.feeds.add(draft(title="Another", outlet=replace(OUTLET, name="Another")), later(hours=1))
    assert (again, new) == (first, False)
    assert store.feeds.outlet(OUTLET.id) == OUTLET
    assert store.feeds.by_url("https://harbour.example/none.xml") is None


def test_all_go_by_outlet_and_title(store: SqlStore) -> None:
    for number, (outlet, title) in enumerate([("b", "Я"), ("A", "b"), ("a", "C"), ("b", "а")]):
        feed(store, number, title=title, outlet=Outlet(f"outlet-{number}", outlet))
    assert [(f.outlet_id, f.title) for f in store.feeds.all()] == [
        ("outlet-1", "b"),
        ("outlet-2", "C"),
        ("outlet-3", "а"),
        ("outlet-0", "Я"),
    ]


@pytest.mark.parametrize("ask", ["get", "remove", "claim", "pause"])
def test_there_is_no_such_feed(store: SqlStore, ask: str) -> None:
    calls: dict[str, Callable[[], object]] = {
        "get": lambda: store.feeds.get(7),
        "remove": lambda: store.feeds.remove(7),
        "claim": lambda: store.feeds.claim(7, NOON, 60),
        "pause": lambda: store.feeds.pause(7, True, NOON),
    }
    with pytest.raises(NotFoundError, match="no feed 7"):
        calls[ask]()


def test_there_is_no_such_outlet(store: SqlStore) -> None:
    with pytest.raises(NotFoundError, match="outlet 'nobody'"):
        store.feeds.outlet("nobody")


def test_removing_a_feed_keeps_its_articles(store: SqlStore) -> None:
    of = feed(store)
    (entry,) = entered(store, of.id, [seen("k")], NOON)
    ident = store.articles.add(article(feed_id=of.id), [link()], Tags(), NOON, entry)
    store.feeds.record_polls([(Poll(of.id, NOON, PollOutcome.NEW_ENTRIES), of)])
    store.feeds.remove(of.id)
    assert ident is not None
    assert store.articles.get(ident).feed_id is None
    assert store.feeds.all() == ()
    assert store.feeds.polls(of.id) == ()
    assert sum(store.ledger.counts().values()) == 0


def test_no_id_comes_again(store: SqlStore) -> None:
    first = feed(store)
    store.feeds.remove(first.id)
    assert feed(store).id != first.id


def test_a_due_feed_is_claimed_once_until_its_lease_lapses(store: SqlStore) -> None:
    late, later_on = feed(store, 1), feed(store, 2)
    store.feeds.record_polls([(Poll(late.id, NOON, PollOutcome.NOTHING_NEW), replace(late, next_poll_at=later(minutes=2)))])
    assert [f.id for f in store.feeds.claim_due(later(minutes=1), 60, 10)] == [later_on.id]
    assert store.feeds.due(later(minutes=1)) == 0
    assert [f.id for f in store.feeds.claim_due(later(minutes=2), 60, 10)] == [later_on.id, late.id]
    assert store.feeds.claim_due(later(minutes=2.5), 60, 10) == ()
    assert store.feeds.due(later(minutes=3)) == 2
    assert [f.id for f in store.feeds.claim_due(later(minutes=3), 60, 1)] == [later_on.id]


def test_one_feed_is_claimed_whether_due_or_not(store: SqlStore) -> None:
    of = store.feeds.pause(feed(store).id, True, NOON)
    assert store.feeds.claim(of.id, NOON, 60) == of
    assert store.feeds.claim(of.id, later(seconds=59), 60) is None
    assert store.feeds.claim(of.id, later(seconds=60), 60) == of


def test_a_poll_is_recorded_with_all_of_the_feeds_state(store: SqlStore) -> None:
    of = feed(store)
    store.feeds.claim_due(NOON, 60, 1)
    poll = Poll(of.id, later(seconds=1), PollOutcome.NEW_ENTRIES, 200, 20, 3, 4567, 0.25, "", ("two dates", "ї"))
    after = replace(
        of,
        url="https://harbour.example/new.xml",
        title="New title",
        language="uk",
        state=FeedState.FAILING,
        state_text="Answers 503.",
        next_poll_at=later(minutes=9),
        last_polled_at=later(seconds=1),
        last_ok_at=later(seconds=2),
        last_new_at=later(seconds=3),
        errors_in_row=4,
        moved_to="https://moved.example/",
        moved_hits=2,
        etag='"abc"',
        last_modified="Wed, 04 Mar 2026 11:00:00 GMT",
        body_hash="ff",
        full_get_at=NOON,
        ttl_s=1800,
    )
    store.feeds.record_polls([(poll, after)])
    assert store.feeds.get(of.id) == after
    assert store.feeds.polls(of.id) == (poll,)
    assert store.feeds.claim(of.id, later(seconds=5), 60) == after  # the lease was given back


@pytest.mark.parametrize(
    ("other_state", "state", "words"),
    [
        (FeedState.OK, FeedState.GONE, "subscribed to already as feed {} (Feed 2); its entries come from there"),
        (FeedState.PAUSED, FeedState.OK, "subscribed to already as feed {} (Feed 2), but that one is paused. All is well."),
        (FeedState.GONE, FeedState.OK, "but that one is gone"),
    ],
)
def test_a_feed_that_moves_to_where_another_is_keeps_its_address_and_says_so(
    store: SqlStore, other_state: FeedState, state: FeedState, words: str
) -> None:
    of, other = feed(store), feed(store, 2)
    store.feeds.record_polls([(Poll(other.id, NOON, PollOutcome.NOTHING_NEW), replace(other, state=other_state))])
    moved = replace(of, url=other.url, state=FeedState.OK, state_text="All is well.", next_poll_at=later(hours=1))
    poll = Poll(of.id, NOON, PollOutcome.NOTHING_NEW)
    store.feeds.record_polls([(poll, moved)])
    found = store.feeds.get(of.id)
    assert (found.url, found.state) == (of.url, state)
    assert found.state_text.startswith(f"The feed has moved to {other.url}, which is ") and words.format(other.id) in found.state_text
    assert found.next_poll_at == (None if state is FeedState.GONE else later(hours=1))
    assert store.feeds.polls(of.id) == (poll,)
    assert store.feeds.get(other.id).url == other.url


def test_a_paused_feed_that_moves_to_where_another_is_stays_paused(store: SqlStore) -> None:
    of, other = feed(store), feed(store, 2)
    paused = store.feeds.pause(of.id, True, NOON)
    store.feeds.record_polls(
        [(Poll(of.id, NOON, PollOutcome.NOTHING_NEW), replace(of, url=other.url, state=FeedState.OK, next_poll_at=NOON))]
    )
    assert store.feeds.get(of.id) == paused


def test_polls_come_newest_first(store: SqlStore) -> None:
    of = feed(store)
    for minute in (1, 3, 2):
        store.feeds.record_polls([(Poll(of.id, later(minutes=minute), PollOutcome.NOT_MODIFIED, 304), of)])
    assert [poll.at for poll in store.feeds.polls(of.id)] == [later(minutes=3), later(minutes=2), later(minutes=1)]
    assert len(store.feeds.polls(of.id, limit=2)) == 2


def test_a_poll_of_a_removed_feed_is_forgotten(store: SqlStore) -> None:
    of = feed(store)
    store.feeds.remove(of.id)
    store.feeds.record_polls([(Poll(of.id, NOON, PollOutcome.NOTHING_NEW), of)])
    assert store.feeds.all() == ()


def test_pausing_outlasts_a_poll_under_way(store: SqlStore) -> None:
    of = feed(store)
    store.feeds.claim_due(NOON, 60, 1)
    paused = store.feeds.pause(of.id, True, NOON)
    assert (paused.state, paused.next_poll_at) == (FeedState.PAUSED, None)
    store.feeds.record_polls([(Poll(of.id, NOON, PollOutcome.NOTHING_NEW), replace(of, state=FeedState.OK, next_poll_at=NOON, etag="x"))])
    assert store.feeds.get(of.id) == replace(paused, etag="x")
    store.feeds.poll_later([of.id], NOON)
    assert store.feeds.claim_due(later(days=1), 60, 1) == ()
    resumed = store.feeds.pause(of.id, False, later(days=1))
    assert (resumed.state, resumed.state_text, resumed.next_poll_at) == (FeedState.NEW, "", later(days=1))
    assert len(store.feeds.claim_due(later(days=1), 60, 1)) == 1


def test_resuming_a_healthy_feed_only_makes_it_due(store: SqlStore) -> None:
    of = feed(store)
    quiet = replace(of, state=FeedState.QUIET, state_text="Nothing for days.", last_ok_at=NOON, next_poll_at=later(days=2))
    store.feeds.record_polls([(Poll(of.id, NOON, PollOutcome.NOTHING_NEW), quiet)])
    assert store.feeds.pause(of.id, False, later(hours=1)) == replace(quiet, next_poll_at=later(hours=1))


def test_a_busy_host_gives_the_feed_back(store: SqlStore) -> None:
    of = feed(store)
    store.feeds.claim_due(NOON, 60, 1)
    store.feeds.poll_later([of.id], later(seconds=5))
    assert store.feeds.claim_due(later(seconds=4), 60, 1) == ()
    assert [f.id for f in store.feeds.claim_due(later(seconds=5), 60, 1)] == [of.id]
    assert store.feeds.polls(of.id) == ()


def test_polling_now(store: SqlStore) -> None:
    ids = [feed(store, number).id for number in range(4)]
    for ident, state in zip(ids, [FeedState.OK, FeedState.GONE, FeedState.OK, FeedState.FAILING], strict=True):
        of = replace(store.feeds.get(ident), state=state, next_poll_at=None if state is FeedState.GONE else later(hours=1))
        store.feeds.record_polls([(Poll(ident, NOON, PollOutcome.NOTHING_NEW), of)])
    store.feeds.pause(ids[2], True, NOON)
    assert store.feeds.due(NOON) == 0
    assert store.feeds.poll_now([ids[0], ids[0], ids[2]], NOON) == 1
    assert store.feeds.due(NOON) == 1
    assert store.feeds.poll_now(None, NOON) == 2
    assert {f.id for f in store.feeds.claim_due(NOON, 60, 9)} == {ids[0], ids[3]}
    assert store.feeds.poll_now([ids[1]], NOON) == 1  # once more, as somebody asks for it by name
    assert store.feeds.poll_now([], NOON) == 0


def test_removing_the_sample_leaves_what_is_real(store: SqlStore) -> None:
    invented = Outlet("sample-one", "Sample One", sample=True)
    sample = feed(store, 9, outlet=invented, sample=True)
    store.ledger.see(sample.id, [seen("s")], NOON)
    real = stored(store, 1)
    shown = [stored(store, number, sample=True, outlet_id=invented.id, feed_id=sample.id) for number in (2, 3, 4)]
    mixed, alone, old = (store.stories.create(title, NOON) for title in ("Mixed", "Alone", "Old"))
    for ident, story in ((real, mixed), (shown[0], mixed), (shown[1], alone), (shown[2], old)):
        store.stories.assign(ident, story)
    store.stories.merge(old, alone)
    assert store.stories.refresh(alone, "Alone").sample
    assert not store.stories.refresh(mixed, "Mixed").sample
    store.copies.set_group([real, shown[0]], shown[0])
    before = store.changes.head()

    assert store.feeds.remove_sample() == 3

    assert [f.sample for f in store.feeds.all()] == [False]
    assert store.feeds.outlets() == (OUTLET,)
    assert store.articles.ids() == (real,)
    assert sum(store.ledger.counts().values()) == 0
    assert store.ledger.counts()[EntryState.PENDING] == 0
    assert store.stories.get(mixed).articles == 1
    assert [story.id for story in store.stories.many([alone, old, mixed])] == [mixed]
    assert store.copies.groups([real]) == {real: real}
    assert [(change.article_id, change.kind) for change in store.changes.since(before, 9)] == [
        *((ident, "removed") for ident in shown),
        (real, "regrouped"),
    ]
    assert store.totals().sample_articles == 0
    assert store.feeds.remove_sample() == 0


def test_alarms_stay_with_the_feed_until_it_is_paused(store: SqlStore) -> None:
    of = feed(store)
    alarm = Alarm(AlarmKind.SILENT_ZERO, later(days=-3), "It answers without an entry.")
    store.feeds.record_polls([(Poll(of.id, NOON, PollOutcome.NOTHING_NEW, 200), replace(of, alarms=(alarm,)))])
    feed(store, 2)
    assert store.feeds.get(of.id).alarms == (alarm,)
    assert store.totals().alarms == 1
    assert store.feeds.pause(of.id, True, NOON).alarms == ()
    assert store.totals().alarms == 0


def test_polls_that_brought_a_document(store: SqlStore) -> None:
    of = feed(store)
    outcomes = [PollOutcome.NEW_ENTRIES, PollOutcome.NOT_MODIFIED, PollOutcome.NOTHING_NEW, PollOutcome.SAME_BODY, PollOutcome.HTTP_ERROR]
    for number, outcome in enumerate(outcomes):
        store.feeds.record_polls([(Poll(of.id, later(minutes=number), outcome), of)])
    assert [poll.outcome for poll in store.feeds.polls(of.id, documents=True)] == [PollOutcome.NOTHING_NEW, PollOutcome.NEW_ENTRIES]
    assert len(store.feeds.polls(of.id, 1, documents=True)) == 1
