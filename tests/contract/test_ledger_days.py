"""LedgerStore.days: two books, one written as entries come in and one read from where they are; they agree, and a difference shows."""

from datetime import timedelta, timezone

from sqlalchemy import delete, update

from aggregator.model import EntryState
from aggregator.ports import LedgerDay, LedgerFilter, LedgerReason
from aggregator.storage import schema
from aggregator.storage.store import SqlStore
from tests.contract.builders import NOON, entered, feed, later, seen, stored

FINAL = [state for state in EntryState if state is not EntryState.PENDING]
TODAY = NOON.date()


def states(**counts: int) -> dict[EntryState, int]:
    return {state: counts.get(state.value, 0) for state in EntryState}


def test_each_day_of_each_feed_in_one_look(store: SqlStore) -> None:
    one, two = feed(store, 1), feed(store, 2)
    ids = entered(store, one.id, [seen(key) for key in "abcdef"], NOON)
    for ident, state in zip(ids, FINAL, strict=False):
        store.ledger.finish(ident, state, "", NOON)
    store.ledger.see(two.id, [seen("a")], later(hours=1))
    store.ledger.see(two.id, [seen("a"), seen("b")], later(hours=2))
    store.ledger.see(one.id, [seen("a"), seen("g")], later(days=1))
    today = LedgerDay(one.id, TODAY, 6, dict.fromkeys(EntryState, 1))
    other = LedgerDay(two.id, TODAY, 2, states(pending=2))
    tomorrow = LedgerDay(one.id, TODAY + timedelta(days=1), 1, states(pending=1))
    assert store.ledger.days(None, NOON) == (tomorrow, today, other)
    assert store.ledger.days(one.id, NOON) == (tomorrow, today)
    assert store.ledger.days(None, later(days=1)) == (tomorrow,)
    assert store.ledger.days(None, later(days=2)) == store.ledger.days(99, NOON) == ()
    assert not any(day.missing for day in store.ledger.days(None, NOON))


def test_a_day_is_one_of_utc(store: SqlStore) -> None:
    of = feed(store)
    midnight = later(hours=12)
    store.ledger.see(of.id, [seen("a")], (midnight - timedelta(microseconds=1)).astimezone(timezone(timedelta(hours=3))))
    store.ledger.see(of.id, [seen("b")], midnight.astimezone(timezone(timedelta(hours=-5))))
    assert [(day.day, day.seen, day.missing) for day in store.ledger.days(of.id, NOON)] == [
        (TODAY + timedelta(days=1), 1, 0),
        (TODAY, 1, 0),
    ]


def test_an_entry_that_is_opened_again_stays_on_its_day(store: SqlStore) -> None:
    of = feed(store)
    (entry,) = entered(store, of.id, [seen("k")], NOON)
    store.ledger.finish(entry, EntryState.FAILED, "404", NOON)
    store.ledger.see(of.id, [seen("k", "b")], later(days=2))
    assert store.ledger.days(of.id, NOON) == (LedgerDay(of.id, TODAY, 1, states(pending=1)),)


def test_what_is_lost_or_in_no_known_state_shows(store: SqlStore) -> None:
    one, two = feed(store, 1), feed(store, 2)
    ids = entered(store, one.id, [seen(key) for key in "abc"], NOON)
    store.ledger.see(two.id, [seen("a")], NOON)
    with store.database.write() as connection:
        connection.execute(delete(schema.entries).where(schema.entries.c.id == ids[0]))
        connection.execute(update(schema.entries).where(schema.entries.c.id == ids[1]).values(state="lost"))
        connection.execute(delete(schema.ledger_days).where(schema.ledger_days.c.feed_id == two.id))
    lost, unbooked = store.ledger.days(None, NOON)
    assert (lost.seen, lost.missing, lost.states[EntryState.PENDING]) == (3, 2, 1)
    assert (unbooked.feed_id, unbooked.day, unbooked.seen, unbooked.missing) == (two.id, TODAY, 0, -1)


def test_a_feed_that_goes_takes_its_days_along(store: SqlStore) -> None:
    of = feed(store)
    store.ledger.see(of.id, [seen("a")], NOON)
    store.feeds.remove(of.id)
    assert store.ledger.days(None, NOON) == ()


def test_reasons_are_grouped_and_lead_to_their_entries(store: SqlStore) -> None:
    one, two = feed(store, 1), feed(store, 2)
    ids = entered(store, one.id, [seen(key) for key in "abcde"], NOON)
    (late,) = entered(store, two.id, [seen("a")], later(days=1))
    for ident in ids[:2]:
        store.ledger.finish(ident, EntryState.FAILED, "404", NOON)
    store.ledger.finish(ids[2], EntryState.FILTERED, "sport", NOON)
    store.ledger.finish(ids[3], EntryState.STORED, "", NOON, stored(store))
    store.ledger.finish(late, EntryState.FAILED, "404", NOON)
    failed, filtered = LedgerReason(EntryState.FAILED, "404", 3), LedgerReason(EntryState.FILTERED, "sport", 1)
    assert store.ledger.reasons(LedgerFilter()) == (failed, filtered)
    assert store.ledger.reasons(LedgerFilter(), 1) == (failed,)
    assert store.ledger.reasons(LedgerFilter(one.id, EntryState.FAILED)) == (LedgerReason(EntryState.FAILED, "404", 2),)
    today = LedgerFilter(reason="404", since=NOON, until=later(days=1))
    assert [entry.id for entry in store.ledger.find(today)] == [ids[1], ids[0]]
    assert [entry.id for entry in store.ledger.find(LedgerFilter(reason="404"), 1)] == [late]
    assert len(store.ledger.find(LedgerFilter())) == 6
    assert store.ledger.find(LedgerFilter(reason="")) == store.ledger.find(LedgerFilter(one.id, reason=""))
