"""The ledger by day and feed: what came in, counted as it came, against where it is now; and why."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, Connection, Date, Table, case, func, literal, literal_column, select, union_all
from sqlalchemy.dialects.postgresql import Insert

from aggregator.model import EntryState
from aggregator.ports import LedgerDay, LedgerFilter, LedgerReason
from aggregator.storage import schema
from aggregator.storage.statements import prepared

T = schema.entries
BOOK = schema.ledger_days


def _booking(insert: Callable[[Table], Insert]) -> Insert:
    query = insert(BOOK)
    return query.on_conflict_do_update(index_elements=["feed_id", "day"], set_={"seen": BOOK.c.seen + query.excluded["seen"]})


BOOKING = prepared(_booking)


def book(connection: Connection, feed_id: int, entries: int, now: datetime) -> None:
    """Inside the transaction that puts entries into the ledger: count them in the second book too."""
    if entries:
        row = {"feed_id": feed_id, "day": now.astimezone(UTC).date(), "seen": entries}
        connection.execute(BOOKING[connection.dialect.name], row)


def days(connection: Connection, feed_id: int | None, since: datetime) -> tuple[LedgerDay, ...]:
    """Both books side by side, newest day first; a day that stands in one of them only is there all the same."""
    first = since.astimezone(UTC).date()
    day = func.date(T.c.first_seen_at, type_=Date)
    in_state = {state: func.sum(case((T.c.state == state, 1), else_=0)).label(state.value) for state in EntryState}
    found = select(T.c.feed_id, day.label("day"), literal(0).label("seen"), *in_state.values())
    found = found.where(T.c.first_seen_at >= _midnight(first)).group_by(T.c.feed_id, literal_column("2"))
    booked = select(BOOK.c.feed_id, BOOK.c.day, BOOK.c.seen, *(literal(0).label(state.value) for state in EntryState))
    booked = booked.where(BOOK.c.day >= first)
    if feed_id is not None:
        found, booked = found.where(T.c.feed_id == feed_id), booked.where(BOOK.c.feed_id == feed_id)
    both = union_all(booked, found).subquery("both")
    sums = [func.sum(both.c[name]).label(name) for name in ("seen", *(state.value for state in EntryState))]
    query = select(both.c.feed_id, both.c.day, *sums).group_by(both.c.feed_id, both.c.day).order_by(both.c.day.desc(), both.c.feed_id)
    return tuple(
        LedgerDay(row.feed_id, row.day, int(row.seen), {state: int(getattr(row, state.value)) for state in EntryState})
        for row in connection.execute(query)
    )


def reasons(connection: Connection, wanted: LedgerFilter, limit: int) -> tuple[LedgerReason, ...]:
    """States with their reasons, most frequent first; an entry that needs no reason has an empty one, and is left out."""
    count = func.count().label("entries")
    query = select(T.c.state, T.c.reason, count).where(T.c.reason != "", *conditions(wanted))
    query = query.group_by(T.c.state, T.c.reason).order_by(count.desc(), T.c.state, T.c.reason).limit(limit)
    return tuple(LedgerReason(EntryState(row.state), row.reason, row.entries) for row in connection.execute(query))


def conditions(wanted: LedgerFilter) -> list[ColumnElement[bool]]:
    """What a filter asks of an entry's row."""
    given: dict[ColumnElement[Any], Any] = {T.c.feed_id: wanted.feed_id, T.c.state: wanted.state, T.c.reason: wanted.reason}
    given[T.c.article_id] = wanted.article_id
    found = [column == value for column, value in given.items() if value is not None]
    if wanted.since is not None:
        found.append(T.c.first_seen_at >= wanted.since)
    if wanted.until is not None:
        found.append(T.c.first_seen_at < wanted.until)
    return found


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
