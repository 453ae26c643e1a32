"""Alerts, the articles that each knows, and the events that are written down before they are sent."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, func, or_, select, update

from aggregator.alerts import Alert, Event, Trigger, Way
from aggregator.errors import NotFoundError, UsageError
from aggregator.storage import readertables, schema
from aggregator.storage.database import Database
from aggregator.storage.statements import chunks, insert

A = readertables.alerts
K = readertables.alert_articles
E = readertables.alert_events


class SqlAlerts:
    """AlertStore in SQL."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def add(
        self, search_id: int, way: Way, target: str, triggers: Sequence[Trigger], digest: str, secret: str, by: str, now: datetime
    ) -> Alert:
        """Keep an alert that begins with the next change. Raises UsageError for one that is there already."""
        values = {
            "search_id": search_id,
            "way": way.value,
            "target": target,
            "triggers": [trigger.value for trigger in triggers],
            "digest": digest,
            "secret": secret,
            "by": by,
            "created_at": now,
            "stopped": "",
            "failures": 0,
        }
        with self._db.write() as connection:
            head = connection.execute(select(func.coalesce(func.max(schema.changes.c.seq), 0))).scalar_one()
            added = connection.execute(insert(connection, A).values(seq=head, **values).on_conflict_do_nothing().returning(A)).one_or_none()
        if added is None:
            raise UsageError(f"That search has an alert to {target} already: change that one, or remove it first.")
        return _alert(added)

    def get(self, alert_id: int) -> Alert:
        """Raises NotFoundError."""
        with self._db.read() as connection:
            return _get(connection, alert_id)

    def all(self, search_id: int | None = None) -> tuple[Alert, ...]:
        """Of one saved search or of all, oldest first."""
        query = select(A).order_by(A.c.id)
        with self._db.read() as connection:
            return tuple(_alert(row) for row in connection.execute(query if search_id is None else query.where(A.c.search_id == search_id)))

    def stop(self, alert_id: int, why: str) -> Alert:
        """Send nothing from now on; "" goes on."""
        return self._set(alert_id, stopped=why, failures=0, failing_since=None)

    def remove(self, alert_id: int) -> None:
        """Forget it and what it had to tell."""
        with self._db.write() as connection:
            _get(connection, alert_id)
            connection.execute(delete(A).where(A.c.id == alert_id))

    def known(self, alert_id: int, article_ids: Collection[int]) -> Mapping[int, int]:
        """Of these articles those that the alert knows, with the origins of their story then."""
        found: dict[int, int] = {}
        with self._db.read() as connection:
            for batch in chunks(sorted(set(article_ids))):
                query = select(K.c.article_id, K.c.origins).where(K.c.alert_id == alert_id, K.c.article_id.in_(batch))
                found |= {row.article_id: row.origins for row in connection.execute(query)}
        return found

    def write_down(
        self, alert_id: int, seq: int, origins: Mapping[int, int], events: Sequence[Event], due_at: datetime, now: datetime
    ) -> int:
        """In one transaction: the events, the known articles, and how far the alert has read."""
        with self._db.write() as connection:
            further = update(A).where(A.c.id == alert_id, A.c.seq < seq).values(seq=seq).returning(A.c.id)
            if connection.execute(further).one_or_none() is None:
                return 0
            for batch in chunks(sorted(origins)):
                rows = [{"alert_id": alert_id, "article_id": ident, "origins": origins[ident]} for ident in batch]
                query = insert(connection, K).values(rows)
                connection.execute(
                    query.on_conflict_do_update(index_elements=["alert_id", "article_id"], set_={"origins": query.excluded.origins})
                )
            added = 0
            for event in events:
                values = {"alert_id": alert_id, "key": event.key, "trigger": event.trigger.value, "told": dict(event.told), "attempts": 0}
                query = insert(connection, E).values(created_at=now, due_at=due_at, **values).on_conflict_do_nothing()
                added += connection.execute(query.returning(E.c.id)).one_or_none() is not None
            return added

    def claim(self, now: datetime, lease_s: float, limit: int) -> tuple[int, ...]:
        """Alerts that have something due; nobody else gets them until the lease lapses."""
        due = select(E.c.alert_id).where(E.c.sent_at.is_(None), E.c.due_at <= now)
        free = (A.c.stopped == "", or_(A.c.lease_until.is_(None), A.c.lease_until <= now), A.c.id.in_(due))
        found = select(A.c.id).where(*free).order_by(A.c.id).limit(limit).with_for_update(skip_locked=True).cte("found")
        query = update(A).where(A.c.id.in_(select(found.c.id))).values(lease_until=now + timedelta(seconds=lease_s)).returning(A.c.id)
        with self._db.write() as connection:
            return tuple(sorted(connection.execute(query).scalars()))

    def due(self, alert_id: int, now: datetime, limit: int) -> tuple[Event, ...]:
        """What is due, oldest first."""
        query = select(E).where(E.c.alert_id == alert_id, E.c.sent_at.is_(None), E.c.due_at <= now).order_by(E.c.id).limit(limit)
        with self._db.read() as connection:
            return tuple(Event(row.key, Trigger(row.trigger), row.told, row.id, row.attempts) for row in connection.execute(query))

    def sent(self, alert_id: int, event_ids: Sequence[int], now: datetime) -> None:
        """Note that it arrived."""
        with self._db.write() as connection:
            for batch in chunks(event_ids):
                connection.execute(update(E).where(E.c.id.in_(batch)).values(sent_at=now, told={}))
            done = {"last_sent_at": now, "failures": 0, "failing_since": None, "lease_until": None}
            connection.execute(update(A).where(A.c.id == alert_id).values(done))

    def failed(self, alert_id: int, event_ids: Sequence[int], due_at: datetime, now: datetime) -> Alert:
        """Note that it did not, and when it is to be tried again."""
        with self._db.write() as connection:
            for batch in chunks(event_ids):
                connection.execute(update(E).where(E.c.id.in_(batch)).values(due_at=due_at, attempts=E.c.attempts + 1))
            since = func.coalesce(A.c.failing_since, now)
            values = {"failures": A.c.failures + 1, "failing_since": since, "lease_until": None}
            row = connection.execute(update(A).where(A.c.id == alert_id).values(values).returning(A)).one_or_none()
        if row is None:
            raise NotFoundError("alert", alert_id)
        return _alert(row)

    def waiting(self, alert_id: int) -> int:
        """How many events are still to be sent."""
        query = select(func.count()).where(E.c.alert_id == alert_id, E.c.sent_at.is_(None))
        with self._db.read() as connection:
            return connection.execute(query).scalar_one()

    def _set(self, alert_id: int, **values: object) -> Alert:
        with self._db.write() as connection:
            row = connection.execute(update(A).where(A.c.id == alert_id).values(values).returning(A)).one_or_none()
        if row is None:
            raise NotFoundError("alert", alert_id)
        return _alert(row)


def _get(connection: Connection, alert_id: int) -> Alert:
    row = connection.execute(select(A).where(A.c.id == alert_id)).one_or_none()
    if row is None:
        raise NotFoundError("alert", alert_id)
    return _alert(row)


def _alert(row: Row[Any]) -> Alert:
    return Alert(
        row.id,
        row.search_id,
        Way(row.way),
        row.target,
        tuple(Trigger(word) for word in row.triggers),
        row.digest,
        row.by,
        row.created_at,
        row.secret,
        row.seq,
        row.stopped,
        row.failures,
        row.failing_since,
        row.last_sent_at,
    )
