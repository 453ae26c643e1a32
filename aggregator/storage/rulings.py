"""Operators' rulings on stories and copy groups: one row for each time that somebody decided something."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select, update

from aggregator.corrections import Ruling
from aggregator.errors import NotFoundError, UsageError
from aggregator.storage import schema
from aggregator.storage.database import Database

RULINGS_LOCK = 7_311_960_118  # like statements.CHANGE_LOG_LOCK; none of the others is taken within it
T = schema.rulings
FIELDS = ("about", "kind", "articles", "others", "before", "text", "reason", "by", "at")


class SqlRulings:
    """RulingStore in SQL."""

    def __init__(self, database: Database) -> None:
        self._db = database

    @contextmanager
    def alone(self) -> Iterator[None]:
        """A transaction that waits for others of its kind: two operators would otherwise each see no ruling of the other's."""
        with self._db.together():
            if not self._db.sqlite:  # there, no two write at one time
                with self._db.write() as connection:
                    connection.execute(select(func.pg_advisory_xact_lock(RULINGS_LOCK)))
            yield

    def say(self, ruling: Ruling) -> Ruling:
        """Keep the ruling, to be carried out."""
        values = {name: getattr(ruling, name) for name in FIELDS}
        with self._db.write() as connection:
            return _ruling(connection.execute(T.insert().values(**values, waits=True).returning(T)).one())

    def undo(self, ruling_id: int, by: str, at: datetime) -> Ruling:
        """Raises NotFoundError, UsageError if it was taken back already."""
        values = {"undone_by": by, "undone_at": at, "waits": True}
        with self._db.write() as connection:
            query = update(T).where(T.c.id == ruling_id, T.c.undone_at.is_(None)).values(values).returning(T)
            row = connection.execute(query).one_or_none()
        if row is None:
            known = self.get(ruling_id)
            raise UsageError(f"Ruling {ruling_id} was taken back already, by {known.undone_by}.")
        return _ruling(row)

    def done(self, ruling: Ruling) -> None:
        """Nothing if it was taken back meanwhile."""
        same = T.c.undone_at.is_(None) if ruling.undone_at is None else T.c.undone_at.is_not(None)
        with self._db.write() as connection:
            connection.execute(update(T).where(T.c.id == ruling.id, same).values(waits=False))

    def get(self, ruling_id: int) -> Ruling:
        """Raises NotFoundError."""
        with self._db.read() as connection:
            row = connection.execute(select(T).where(T.c.id == ruling_id)).one_or_none()
        if row is None:
            raise NotFoundError("ruling", ruling_id)
        return _ruling(row)

    def holding(self, about: str) -> tuple[Ruling, ...]:
        """Those that were not taken back, oldest first."""
        return self._read(select(T).where(T.c.about == about, T.c.undone_at.is_(None)).order_by(T.c.id))

    def waiting(self) -> tuple[Ruling, ...]:
        """Those that are to be carried out, oldest first."""
        return self._read(select(T).where(T.c.waits).order_by(T.c.id))

    def history(self, about: str | None = None, limit: int = 200) -> tuple[Ruling, ...]:
        """Newest first."""
        query = select(T).order_by(T.c.id.desc()).limit(limit)
        return self._read(query if about is None else query.where(T.c.about == about))

    def _read(self, query: Any) -> tuple[Ruling, ...]:
        with self._db.read() as connection:
            return tuple(_ruling(row) for row in connection.execute(query))


def _ruling(row: Row[Any]) -> Ruling:
    return Ruling(
        id=row.id,
        about=row.about,
        kind=row.kind,
        articles=tuple(row.articles),
        others=tuple(row.others),
        before=tuple((group, tuple(articles)) for group, articles in row.before),
        text=row.text,
        reason=row.reason,
        by=row.by,
        at=row.at,
        undone_by=row.undone_by,
        undone_at=row.undone_at,
        waits=row.waits,
    )
