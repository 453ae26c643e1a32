"""The few statements that the engines write differently, or that several stores share."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, Row, Table, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from aggregator.storage import schema

T = TypeVar("T")
CHUNK = 500
CHANGE_LOG_LOCK = 7_311_960_115  # any number that no other program takes on the same PostgreSQL database


def insert(connection: Connection, table: Table) -> postgresql.Insert:
    """Return an INSERT that knows ON CONFLICT. (Both dialects' classes have the same methods.)"""
    if connection.dialect.name == "sqlite":
        return sqlite.insert(table)  # type: ignore[return-value]
    return postgresql.insert(table)


def chunks(items: Iterable[T]) -> Iterator[list[T]]:
    """Cut into lists short enough for one IN (…)."""
    rest = list(items)
    for start in range(0, len(rest), CHUNK):
        yield rest[start : start + CHUNK]


def claim(
    connection: Connection,
    table: Table,
    free: ColumnElement[bool],
    order: Sequence[ColumnElement[Any]],
    lease_until: datetime,
    limit: int,
) -> Sequence[Row[Any]]:
    """Put a lease on up to ``limit`` free rows in one statement, and return them in no order; rows that somebody else is just
    claiming are passed over."""
    found = select(table.c.id).where(free).order_by(*order).limit(limit).with_for_update(skip_locked=True).cte("found")
    query = update(table).where(table.c.id.in_(select(found.c.id))).values(lease_until=lease_until).returning(table)
    return connection.execute(query).all()


def log(connection: Connection, article_ids: Iterable[int], kind: str, now: datetime) -> None:
    """Append to the change log. Call it last in a transaction.

    On PostgreSQL numbers are given before commits, so that a follower could read 8 while 7 is still on its way, and never see 7: the
    lock makes the numbers appear in order. It is held until the commit; as nothing else is waited for after it, it cannot deadlock.
    """
    rows = [{"article_id": article_id, "kind": kind, "at": now} for article_id in article_ids]
    if not rows:
        return
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(CHANGE_LOG_LOCK)))
    connection.execute(schema.changes.insert(), rows)
