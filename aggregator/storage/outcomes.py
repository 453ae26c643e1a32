"""What entries' links answered, counted by day, feed and host."""

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Date, String, Text, bindparam, delete, func, literal, select

from aggregator.ports import OutcomeCount
from aggregator.storage import schema
from aggregator.storage.columns import storable
from aggregator.storage.database import Database
from aggregator.storage.statements import prepared

T = schema.page_outcomes
KEPT = timedelta(days=92)

_FEEDS = schema.feeds  # locked as a foreign key would lock it, so that one that is removed meanwhile is no error
_ONE = (
    select(bindparam("at_day", type_=Date), _FEEDS.c.id, bindparam("of_host", type_=Text), bindparam("had", type_=String), literal(1))
    .where(_FEEDS.c.id == bindparam("of_feed"))
    .with_for_update(read=True, key_share=True)
)
COUNT = prepared(
    lambda insert: (
        insert(T)
        .from_select(["day", "feed_id", "host", "outcome", "pages"], _ONE)
        .on_conflict_do_update(index_elements=["day", "feed_id", "host", "outcome"], set_={"pages": T.c.pages + 1})
    )
)


class SqlOutcomes:
    """OutcomeStore in SQL."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self._pruned: date | None = None  # when this process last forgot old days

    def count(self, feed_id: int, host: str, outcome: str, now: datetime) -> None:
        """Count one more, and forget old days. Nothing for a feed that was removed meanwhile."""
        day = now.astimezone(UTC).date()
        with self._db.write() as connection:
            values = {"at_day": day, "of_feed": feed_id, "of_host": storable(host), "had": outcome}
            connection.execute(COUNT[connection.dialect.name], values)
            if self._pruned != day:
                connection.execute(delete(T).where(T.c.day < day - KEPT))
        self._pruned = day

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
