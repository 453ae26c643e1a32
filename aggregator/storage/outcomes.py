"""What entries' links answered, counted by day, feed and host."""

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import delete, func, select

from aggregator.ports import OutcomeCount
from aggregator.storage import schema
from aggregator.storage.columns import storable
from aggregator.storage.database import Database
from aggregator.storage.statements import insert

T = schema.page_outcomes
KEPT = timedelta(days=92)


class SqlOutcomes:
    """OutcomeStore in SQL."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def count(self, feed_id: int, host: str, outcome: str, now: datetime) -> None:
        """Count one more, and forget old days. Nothing for a feed that was removed meanwhile."""
        day = now.astimezone(UTC).date()
        with self._db.write() as connection:
            feed = select(schema.feeds.c.id).where(schema.feeds.c.id == feed_id).with_for_update(read=True, key_share=True)
            if connection.execute(feed).one_or_none() is None:
                return
            query = insert(connection, T).values(day=day, feed_id=feed_id, host=storable(host), outcome=outcome, pages=1)
            more = query.on_conflict_do_update(index_elements=["day", "feed_id", "host", "outcome"], set_={"pages": T.c.pages + 1})
            connection.execute(more)
            connection.execute(delete(T).where(T.c.day < day - KEPT))

    def counts(self, since: date, *, feed_id: int | None = None, host: str | None = None) -> tuple[OutcomeCount, ...]:
        """Sums from that day on, by feed, host and outcome."""
        query = select(T.c.feed_id, T.c.host, T.c.outcome, func.sum(T.c.pages).label("sum")).where(T.c.day >= since)
        if feed_id is not None:
            query = query.where(T.c.feed_id == feed_id)
        if host is not None:
            query = query.where(T.c.host == host)
        query = query.group_by(T.c.feed_id, T.c.host, T.c.outcome).order_by(T.c.feed_id, T.c.host, T.c.outcome)
        with self._db.read() as connection:
            return tuple(OutcomeCount(row.feed_id, row.host, row.outcome, int(row.sum)) for row in connection.execute(query))
