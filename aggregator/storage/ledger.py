"""The ledger: where every entry is and where it ended."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Integer, Row, Select, and_, bindparam, delete, func, literal_column, or_, select, update

from aggregator.errors import NotFoundError
from aggregator.model import Entry, EntryHour, EntryState, LedgerEntry, Step
from aggregator.ports import FetchedPage, LedgerDay, LedgerFilter, LedgerReason, Seen, SeenEntry
from aggregator.storage import ledgerdays, pagerows, schema
from aggregator.storage.codec import decode
from aggregator.storage.columns import storable
from aggregator.storage.database import Database
from aggregator.storage.statements import chunks, claim, host_of, prepared, spread

T = schema.entries
HANDOVER_S = 60.0  # how long a fetched entry waits for the process queue before a tick may hand it out again
PENDING = T.c.state == literal_column("'pending'")  # not a parameter: with one, no database would use the index of pending entries

# Made once, since making a statement costs more than running it.
KNOWN = select(T.c.id, T.c.key, T.c.digest, T.c.state).where(
    T.c.feed_id == bindparam("feed"), T.c.key.in_(bindparam("keys", expanding=True))
)

OPEN = prepared(lambda insert: insert(T).on_conflict_do_nothing())
HOURS = (
    select(T.c.first_seen_at, T.c.published_at)
    .where(T.c.feed_id == bindparam("feed"))
    .order_by(T.c.first_seen_at.desc(), func.coalesce(T.c.published_at, T.c.first_seen_at).desc(), T.c.id.desc())
    .limit(bindparam("newest", type_=Integer))
)


class SqlLedger:
    """LedgerStore in SQL."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def see(self, feed_id: int, entries: Sequence[SeenEntry], now: datetime) -> Seen:
        """Put new entries in; a changed digest opens a finished entry again. Of two entries with one key the first counts."""
        by_key: dict[str, SeenEntry] = {}
        for seen in entries:
            by_key.setdefault(storable(seen.key), seen)
        new = changed = 0
        with self._db.write() as connection:
            for keys in chunks(by_key):
                known = {row.key: row for row in connection.execute(KNOWN, {"feed": feed_id, "keys": keys})}
                for key, row in known.items():
                    if row.digest != by_key[key].digest:
                        _change(connection, row.id, row.state, by_key[key], now)
                        changed += 1
                if rows := [_opened(feed_id, key, by_key[key], now) for key in keys if key not in known]:
                    new += _open(connection, rows)
            ledgerdays.book(connection, feed_id, new, now)
        return Seen(new, changed, unchanged=len(entries) - new - changed)

    def claim(self, step: Step, now: datetime, lease_s: float, limit: int, per_host: int | None = None) -> tuple[LedgerEntry, ...]:
        """Claim pending entries of this step that are due and under no lease, oldest first. With ``per_host`` at most so many of one
        host, and none of a host of which entries are under a lease; entries without a host are not limited."""
        free = and_(PENDING, T.c.step == step, T.c.due_at <= now, or_(T.c.lease_until.is_(None), T.c.lease_until <= now))
        if per_host is not None:
            free = and_(free, T.c.id.in_(spread(T, free, [_in_use(step, now)], limit, per_host)))
        with self._db.write() as connection:
            rows = claim(connection, T, free, (T.c.due_at, T.c.id), now + timedelta(seconds=lease_s), limit)
        return tuple(_entry(row) for row in sorted(rows, key=lambda row: (row.due_at, row.id)))

    def get(self, entry_id: int) -> LedgerEntry:
        """Return the entry, or raise NotFoundError."""
        with self._db.read() as connection:
            row = connection.execute(select(T).where(T.c.id == entry_id)).one_or_none()
        if row is None:
            raise NotFoundError("entry", entry_id)
        return _entry(row)

    def renew(self, ids: Sequence[int], now: datetime, lease_s: float, *, attempt: bool = False) -> None:
        """Lengthen the lease of entries that wait in a batch; ``attempt`` counts one. An entry that is finished stays so."""
        values = {"lease_until": now + timedelta(seconds=lease_s), "attempts": T.c.attempts + int(attempt)}
        with self._db.write() as connection:
            for part in chunks(sorted(set(ids))):
                connection.execute(update(T).where(T.c.id.in_(part), PENDING).values(values))

    def fetched(self, entry_id: int, fetched: FetchedPage, now: datetime) -> None:
        """Keep the page for Step.PROCESS. An entry that is finished or gone changes nothing."""
        moved = {
            "step": Step.PROCESS,
            "attempts": 0,
            "reason": "",
            "due_at": now,
            "state_at": now,
            "lease_until": now + timedelta(seconds=HANDOVER_S),
        }
        with self._db.write() as connection:
            if connection.execute(update(T).where(T.c.id == entry_id, PENDING).values(moved)).rowcount:
                pagerows.keep(connection, schema.pages, entry_id, fetched)

    def fetched_page(self, entry_id: int) -> FetchedPage | None:
        """The page that ``fetched`` kept; None if there is none."""
        with self._db.read() as connection:
            return pagerows.kept(connection, schema.pages, entry_id)

    def postpone(self, entry_id: int, until: datetime, reason: str, *, attempt: bool) -> None:
        """Try this step again at ``until``; gives the lease back. An entry that is finished stays so."""
        values = {"due_at": until, "reason": reason, "lease_until": None, "attempts": T.c.attempts + int(attempt)}
        with self._db.write() as connection:
            connection.execute(update(T).where(T.c.id == entry_id, PENDING).values(values))

    def finish(self, entry_id: int, state: EntryState, reason: str, now: datetime, article_id: int | None = None) -> None:
        """Give the entry its final state and drop its page. Raises ValueError for a state that is none."""
        with self._db.write() as connection:
            finish(connection, entry_id, state, reason, now, article_id)

    def counts(self, feed_id: int | None = None) -> Mapping[EntryState, int]:
        """Entries by state, each state present."""
        query = select(T.c.state, func.count().label("entries")).group_by(T.c.state)
        if feed_id is not None:
            query = query.where(T.c.feed_id == feed_id)
        with self._db.read() as connection:
            found = {row.state: row.entries for row in connection.execute(query)}
        return {state: found.get(state, 0) for state in EntryState}

    def of_feed(self, feed_id: int, state: EntryState | None = None, limit: int = 100) -> tuple[LedgerEntry, ...]:
        """Newest first."""
        return self.find(LedgerFilter(feed_id, state), limit)

    def find(self, wanted: LedgerFilter, limit: int = 100) -> tuple[LedgerEntry, ...]:
        """Newest first."""
        query = select(T).where(*ledgerdays.conditions(wanted)).order_by(T.c.id.desc()).limit(limit)
        with self._db.read() as connection:
            return tuple(_entry(row) for row in connection.execute(query))

    def days(self, feed_id: int | None, since: datetime) -> tuple[LedgerDay, ...]:
        """What came in, and where it is now, by day and feed, newest day first; whole days in UTC, from the day of ``since``."""
        with self._db.read() as connection:
            return ledgerdays.days(connection, feed_id, since)

    def reasons(self, wanted: LedgerFilter, limit: int = 50) -> tuple[LedgerReason, ...]:
        """Why entries are where they are, most frequent first."""
        with self._db.read() as connection:
            return ledgerdays.reasons(connection, wanted, limit)

    def hours(self, feed_id: int, limit: int = 20) -> tuple[EntryHour, ...]:
        """Both hours of the feed's newest entries: those seen last, and of one poll those published last, come first."""
        with self._db.read() as connection:
            rows = connection.execute(HOURS, {"feed": feed_id, "newest": limit})
            return tuple(EntryHour(row.first_seen_at, row.published_at) for row in rows)


def finish(connection: Connection, entry_id: int | None, state: EntryState, reason: str, now: datetime, article_id: int | None) -> None:
    """Inside a transaction: give a pending entry its final state and drop its page; anything else changes nothing."""
    if state is EntryState.PENDING:
        raise ValueError("pending is no final state")
    if entry_id is None:
        return
    values: dict[str, Any] = {"state": state, "reason": reason, "state_at": now, "step": None, "due_at": None, "lease_until": None}
    if article_id is not None:
        values["article_id"] = article_id
    if connection.execute(update(T).where(T.c.id == entry_id, PENDING).values(values)).rowcount:
        connection.execute(delete(schema.pages).where(schema.pages.c.entry_id == entry_id))


def _in_use(step: Step, now: datetime) -> Select[Any]:
    """Hosts of which an entry is under a lease for this step."""
    busy = T.alias("busy")
    return select(busy.c.host).where(busy.c.state == PENDING.right, busy.c.step == step, busy.c.lease_until > now, busy.c.host.is_not(None))


def _open(connection: Connection, rows: list[dict[str, Any]]) -> int:
    """Put entries in; return how many of them were not there. PostgreSQL counts them only where it gives them back."""
    if connection.dialect.name == "sqlite":
        return connection.execute(OPEN["sqlite"], rows).rowcount
    return len(connection.execute(OPEN["postgresql"].returning(T.c.id), rows).all())


def _opened(feed_id: int, key: str, seen: SeenEntry, now: datetime) -> dict[str, Any]:
    return {
        "feed_id": feed_id,
        "key": key,
        **_content(seen),
        "state": EntryState.PENDING,
        "step": Step.FETCH,
        "reason": "",
        "attempts": 0,
        "due_at": now,
        "first_seen_at": now,
        "state_at": now,
    }


def _content(seen: SeenEntry) -> dict[str, Any]:
    return {
        "digest": seen.digest,
        "entry": seen.entry,
        "host": host_of(seen.entry.link),
        "published_at": seen.entry.published,
    }


def _change(connection: Connection, entry_id: int, state: str, seen: SeenEntry, now: datetime) -> None:
    """Take the new content, and open the entry again if it was finished: the article may have been edited."""
    values = _content(seen)
    if state != EntryState.PENDING:
        values |= {"state": EntryState.PENDING, "step": Step.FETCH, "reason": "", "attempts": 0, "due_at": now, "state_at": now}
    connection.execute(update(T).where(T.c.id == entry_id).values(values))


def _entry(row: Row[Any]) -> LedgerEntry:
    return LedgerEntry(
        id=row.id,
        feed_id=row.feed_id,
        key=row.key,
        entry=decode(Entry, row.entry),
        state=EntryState(row.state),
        step=None if row.step is None else Step(row.step),
        reason=row.reason,
        article_id=row.article_id,
        attempts=row.attempts,
        first_seen_at=row.first_seen_at,
        state_at=row.state_at,
    )
