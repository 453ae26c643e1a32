"""LedgerStore: where every entry is and where it ended."""

from datetime import timedelta, timezone

import pytest

from aggregator.errors import NotFoundError
from aggregator.model import Enclosure, Entry, EntryHour, EntryState, Outcome, RawPage, Step
from aggregator.ports import FetchedPage, Seen, SeenEntry
from aggregator.storage.store import SqlStore
from tests.contract.builders import NOON, entered, feed, later, seen, stored

FINAL = [EntryState.STORED, EntryState.REVISED, EntryState.KNOWN, EntryState.FILTERED, EntryState.FAILED]


def test_new_entries_wait_to_be_fetched(store: SqlStore) -> None:
    of = feed(store)
    ids = entered(store, of.id, [seen("b"), seen("a")], NOON)
    entry = store.ledger.get(ids[0])
    assert (entry.feed_id, entry.key, entry.state, entry.step) == (of.id, "b", EntryState.PENDING, Step.FETCH)
    assert (entry.reason, entry.article_id, entry.attempts, entry.first_seen_at, entry.state_at) == ("", None, 0, NOON, NOON)
    assert store.ledger.see(of.id, [seen("b"), seen("a")], later(minutes=1)) == Seen(unchanged=2)


def test_an_entry_comes_back_whole(store: SqlStore) -> None:
    whole = Entry(
        guid="g\x00",
        link="https://[broken",
        title="Обстріл \ud800",
        published=NOON.astimezone(timezone(timedelta(hours=3))),
        updated=later(microseconds=1),
        authors=("A", "Б"),
        summary="<p>s</p>",
        content="<p>c</p>",
        tags=("war",),
        enclosures=(Enclosure("https://harbour.example/a.mp3", "audio/mpeg", 1), Enclosure("https://harbour.example/b.jpg")),
    )
    (ident,) = entered(store, feed(store).id, [SeenEntry("k", "d", whole)], NOON)
    got = store.ledger.get(ident).entry
    assert got.title == "Обстріл \ufffd"  # no database takes half a character
    assert got.guid in ("g\x00", "g\ufffd")
    assert (got.link, got.published, got.updated, got.authors) == (whole.link, NOON, whole.updated, whole.authors)
    assert (got.summary, got.content, got.tags, got.enclosures) == (whole.summary, whole.content, whole.tags, whole.enclosures)


def test_the_first_of_two_entries_with_one_key_counts(store: SqlStore) -> None:
    of = feed(store)
    twice = [seen("k", "one"), seen("k", "two")]
    assert store.ledger.see(of.id, twice, NOON) == Seen(new=1, unchanged=1)
    assert store.ledger.see(of.id, twice, NOON) == Seen(unchanged=2)


def test_hundreds_of_entries_at_once(store: SqlStore) -> None:
    of = feed(store)
    many = [seen(f"k{number}") for number in range(1201)]
    ids = entered(store, of.id, many, NOON)
    assert [store.ledger.get(ident).key for ident in (ids[0], ids[700], ids[1200])] == ["k0", "k700", "k1200"]
    changed = [seen(f"k{number}", "b" if number in (3, 1100) else "a") for number in range(1201)]
    assert store.ledger.see(of.id, changed, NOON) == Seen(changed=2, unchanged=1199)
    assert [store.ledger.get(ident).entry.title for ident in (ids[2], ids[3])] == [many[2].entry.title, changed[3].entry.title]


@pytest.mark.parametrize("state", FINAL)
def test_a_changed_digest_opens_a_finished_entry(store: SqlStore, state: EntryState) -> None:
    of = feed(store)
    ident = stored(store)
    (entry,) = entered(store, of.id, [seen("k")], NOON)
    store.ledger.postpone(entry, NOON, "no answer", attempt=True)
    store.ledger.finish(entry, state, "why", later(minutes=1), ident)
    assert store.ledger.see(of.id, [seen("k")], later(minutes=2)) == Seen(unchanged=1)
    assert store.ledger.see(of.id, [seen("k", "b", title="New")], later(minutes=3)) == Seen(changed=1)
    got = store.ledger.get(entry)
    assert (got.state, got.step, got.reason, got.attempts) == (EntryState.PENDING, Step.FETCH, "", 0)
    assert (got.entry.title, got.article_id, got.first_seen_at, got.state_at) == ("New", ident, NOON, later(minutes=3))
    assert [claimed.id for claimed in store.ledger.claim(Step.FETCH, later(minutes=3), 60, 9)] == [entry]


def test_a_changed_digest_of_a_pending_entry_brings_the_content(store: SqlStore) -> None:
    of = feed(store)
    (entry,) = entered(store, of.id, [seen("k")], NOON)
    store.ledger.fetched(entry, FetchedPage(None), NOON)
    assert store.ledger.see(of.id, [seen("k", "b", title="New")], later(minutes=1)).changed == 1
    got = store.ledger.get(entry)
    assert (got.entry.title, got.step) == ("New", Step.PROCESS)


def test_the_oldest_are_claimed_first_and_once(store: SqlStore) -> None:
    of = feed(store)
    ids = entered(store, of.id, [seen(key) for key in "abc"], NOON)
    store.ledger.postpone(ids[0], later(minutes=1), "busy", attempt=False)
    assert store.ledger.claim(Step.PROCESS, NOON, 60, 9) == ()
    assert [entry.id for entry in store.ledger.claim(Step.FETCH, NOON, 120, 1)] == [ids[1]]
    assert [entry.id for entry in store.ledger.claim(Step.FETCH, later(minutes=1), 60, 9)] == [ids[2], ids[0]]
    assert store.ledger.claim(Step.FETCH, later(minutes=1), 60, 9) == ()
    assert [entry.id for entry in store.ledger.claim(Step.FETCH, later(minutes=2), 60, 9)] == [ids[1], ids[2], ids[0]]


def test_a_host_with_thousands_does_not_stand_in_the_way(store: SqlStore) -> None:
    of = feed(store)
    crowd = entered(store, of.id, [seen(f"c{number}") for number in range(30)], NOON)
    (other,) = entered(store, of.id, [seen("o", link="https://OTHER.example:8080/x")], later(seconds=1))
    nowhere = entered(store, of.id, [seen(f"n{number}", link=None) for number in range(3)], later(seconds=2))
    got = store.ledger.claim(Step.FETCH, later(seconds=9), 60, 10, per_host=2)
    assert [entry.id for entry in got] == [*crowd[:2], other, *nowhere]
    assert store.ledger.claim(Step.FETCH, later(seconds=9), 60, 10, per_host=2) == ()  # both hosts are in use
    store.ledger.fetched(crowd[0], FetchedPage(None), later(seconds=9))
    assert store.ledger.claim(Step.FETCH, later(seconds=9), 60, 10, per_host=2) == ()
    store.ledger.fetched(crowd[1], FetchedPage(None), later(seconds=9))
    assert [entry.id for entry in store.ledger.claim(Step.FETCH, later(seconds=9), 60, 10, per_host=2)] == list(crowd[2:4])
    assert [entry.id for entry in store.ledger.claim(Step.FETCH, later(seconds=9), 60, 3)] == list(crowd[4:7])


def test_a_lease_is_lengthened_and_work_counted(store: SqlStore) -> None:
    ids = entered(store, feed(store).id, [seen("a"), seen("b")], NOON)
    store.ledger.claim(Step.FETCH, NOON, 60, 9)
    store.ledger.renew(ids[:1], later(seconds=30), 60)
    store.ledger.renew(ids[:1], later(seconds=30), 60, attempt=True)
    store.ledger.renew([], NOON, 60)
    assert store.ledger.get(ids[0]).attempts == 1
    assert [entry.id for entry in store.ledger.claim(Step.FETCH, later(seconds=60), 60, 9)] == [ids[1]]


def test_a_page_is_kept_until_the_entry_is_finished(store: SqlStore) -> None:
    (entry,) = entered(store, feed(store).id, [seen("k")], NOON)
    assert store.ledger.fetched_page(entry) is None
    store.ledger.postpone(entry, NOON, "no answer", attempt=True)
    page = RawPage("https://harbour.example/end", bytes(range(256)) * 99, "text/html; charset=koi8-u", "https://harbour.example/k", 203)
    store.ledger.fetched(entry, FetchedPage(page, redirects=("https://harbour.example/mid",)), NOON)
    assert store.ledger.fetched_page(entry) == FetchedPage(page, redirects=("https://harbour.example/mid",))
    got = store.ledger.get(entry)
    assert (got.step, got.attempts, got.reason) == (Step.PROCESS, 0, "")
    assert store.ledger.claim(Step.PROCESS, later(seconds=59), 60, 9) == ()
    assert len(store.ledger.claim(Step.PROCESS, later(seconds=60), 60, 9)) == 1
    store.ledger.fetched(entry, FetchedPage(None, Outcome.DISALLOWED, "robots.txt"), later(minutes=2))
    assert store.ledger.fetched_page(entry) == FetchedPage(None, Outcome.DISALLOWED, "robots.txt")
    store.ledger.finish(entry, EntryState.FILTERED, "sport", later(minutes=3))
    assert store.ledger.fetched_page(entry) is None


def test_an_empty_page_is_a_page(store: SqlStore) -> None:
    (entry,) = entered(store, feed(store).id, [seen("k")], NOON)
    fetched = FetchedPage(RawPage("https://harbour.example/k", b""))
    store.ledger.fetched(entry, fetched, NOON)
    assert store.ledger.fetched_page(entry) == fetched


def test_postponing_counts_attempts_only_where_asked(store: SqlStore) -> None:
    (entry,) = entered(store, feed(store).id, [seen("k")], NOON)
    store.ledger.claim(Step.FETCH, NOON, 600, 9)
    store.ledger.postpone(entry, later(seconds=5), "no answer", attempt=True)
    store.ledger.postpone(entry, later(seconds=9), "busy", attempt=False)
    got = store.ledger.get(entry)
    assert (got.attempts, got.reason, got.state) == (1, "busy", EntryState.PENDING)
    assert store.ledger.claim(Step.FETCH, later(seconds=8), 60, 9) == ()
    assert len(store.ledger.claim(Step.FETCH, later(seconds=9), 60, 9)) == 1


@pytest.mark.parametrize("state", FINAL)
def test_a_final_state_stays(store: SqlStore, state: EntryState) -> None:
    (entry,) = entered(store, feed(store).id, [seen("k")], NOON)
    store.ledger.finish(entry, state, "first", NOON)
    done = store.ledger.get(entry)
    assert (done.state, done.step, done.reason, done.state_at) == (state, None, "first", NOON)
    for other in FINAL:
        store.ledger.finish(entry, other, "second", later(minutes=1))
    store.ledger.postpone(entry, NOON, "third", attempt=True)
    store.ledger.fetched(entry, FetchedPage(None), NOON)
    store.ledger.renew([entry], NOON, 60, attempt=True)
    assert store.ledger.get(entry) == done
    assert store.ledger.fetched_page(entry) is None
    assert store.ledger.claim(Step.FETCH, later(days=1), 60, 9) == ()


def test_pending_is_no_final_state(store: SqlStore) -> None:
    (entry,) = entered(store, feed(store).id, [seen("k")], NOON)
    with pytest.raises(ValueError, match="no final state"):
        store.ledger.finish(entry, EntryState.PENDING, "", NOON)


def test_counts_reconcile(store: SqlStore) -> None:
    one, two = feed(store, 1), feed(store, 2)
    ids = entered(store, one.id, [seen(key) for key in "abcdef"], NOON)
    store.ledger.see(two.id, [seen("a")], NOON)
    for ident, state in zip(ids, FINAL, strict=False):
        store.ledger.finish(ident, state, "", NOON)
    assert store.ledger.counts(one.id) == dict.fromkeys(EntryState, 1)
    assert store.ledger.counts() == dict.fromkeys(EntryState, 1) | {EntryState.PENDING: 2}
    assert store.ledger.counts(99) == dict.fromkeys(EntryState, 0)


def test_entries_of_a_feed_come_newest_first(store: SqlStore) -> None:
    of = feed(store)
    ids = entered(store, of.id, [seen(key) for key in "abc"], NOON)
    store.ledger.finish(ids[1], EntryState.FAILED, "", NOON)
    assert [entry.id for entry in store.ledger.of_feed(of.id)] == sorted(ids, reverse=True)
    assert [entry.id for entry in store.ledger.of_feed(of.id, EntryState.FAILED)] == [ids[1]]
    assert len(store.ledger.of_feed(of.id, limit=2)) == 2


def test_both_hours_for_the_policy_and_the_alarms(store: SqlStore) -> None:
    of = feed(store)
    store.ledger.see(of.id, [seen("a", published=later(hours=-1)), seen("b")], NOON)
    assert store.ledger.hours(of.id) == (EntryHour(NOON, None), EntryHour(NOON, later(hours=-1)))
    assert store.ledger.hours(of.id, 1) == (EntryHour(NOON, None),)


def test_there_is_no_such_entry(store: SqlStore) -> None:
    with pytest.raises(NotFoundError, match="no entry 5"):
        store.ledger.get(5)
