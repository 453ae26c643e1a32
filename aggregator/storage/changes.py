"""The change log, and how far each follower has read."""

from datetime import datetime, timedelta

from sqlalchemy import case, func, select

from aggregator.model import Change
from aggregator.storage import schema
from aggregator.storage.database import Database
from aggregator.storage.statements import insert

T = schema.changes
BATCH = 1_000
DISORDER = timedelta(minutes=10)  # by which changes of several processes may be out of the order of their times


class SqlChanges:
    """ChangeLog in SQL."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def since(self, seq: int, limit: int) -> tuple[Change, ...]:
        """Changes after ``seq``, oldest first."""
        query = select(T).where(T.c.seq > seq).order_by(T.c.seq).limit(limit)
        with self._db.read() as connection:
            return tuple(Change(row.seq, row.article_id, row.kind, row.at) for row in connection.execute(query))

    def changed(self, since: datetime, most: int) -> frozenset[int] | None:
        """The articles of all changes made at ``since`` or later, read from the newest back; None where they are more than ``most``."""
        found: set[int] = set()
        before: int | None = None
        while len(found) <= most:
            query = select(T.c.seq, T.c.article_id, T.c.at).order_by(T.c.seq.desc()).limit(BATCH)
            with self._db.read() as connection:
                rows = connection.execute(query if before is None else query.where(T.c.seq < before)).all()
            found.update(row.article_id for row in rows if row.at >= since)
            if len(rows) < BATCH or rows[-1].at < since - DISORDER:
                return frozenset(found) if len(found) <= most else None
            before = rows[-1].seq
        return None

    def head(self) -> int:
        """Sequence number of the newest change; 0 if there is none."""
        with self._db.read() as connection:
            newest: int | None = connection.execute(select(func.max(T.c.seq))).scalar()
            return newest or 0

    def cursor(self, name: str) -> int:
        """How far the follower has read; 0 at first."""
        table = schema.cursors
        with self._db.read() as connection:
            return connection.execute(select(table.c.seq).where(table.c.name == name)).scalar() or 0

    def advance(self, name: str, seq: int) -> None:
        """Note how far the follower has read. It never goes back: a late worker does not undo what another one has done."""
        table = schema.cursors
        with self._db.write() as connection:
            query = insert(connection, table).values(name=name, seq=seq)
            further = case((query.excluded.seq > table.c.seq, query.excluded.seq), else_=table.c.seq)
            connection.execute(query.on_conflict_do_update(index_elements=["name"], set_={"seq": further}))
