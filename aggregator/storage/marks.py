"""What readers have read and starred, and the numbers of lists."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select

from aggregator.reading import KINDS, Marks
from aggregator.storage import readertables, schema
from aggregator.storage.database import Database
from aggregator.storage.statements import chunks, insert

M = readertables.marks
N = readertables.list_numbers


class SqlMarks:
    """MarkStore in SQL."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def set(self, user_id: int, ids: Collection[int], now: datetime, *, read: bool | None = None, starred: bool | None = None) -> None:
        """Mark articles, some hundred in a transaction."""
        changed: dict[str, object] = {}
        for name, value in (("read", read), ("starred", starred)):
            if value is not None:
                changed |= {name: value, f"{name}_at": now}
        for batch in chunks(sorted(set(ids))) if changed else ():
            with self._db.write() as connection:
                known = connection.execute(select(schema.articles.c.id).where(schema.articles.c.id.in_(batch))).scalars().all()
                rows = [{"user_id": user_id, "article_id": ident, "read": False, "starred": False, **changed} for ident in known]
                if rows:
                    query = insert(connection, M).values(rows)
                    connection.execute(query.on_conflict_do_update(index_elements=["user_id", "article_id"], set_=changed))

    def of(self, user_id: int, article_ids: Collection[int]) -> Marks:
        """The marks on these articles."""
        read, starred = set(), set()
        with self._db.read() as connection:
            for batch in chunks(sorted(set(article_ids))):
                query = select(M.c.article_id, M.c.read, M.c.starred).where(M.c.user_id == user_id, M.c.article_id.in_(batch))
                for row in connection.execute(query):
                    if row.read:
                        read.add(row.article_id)
                    if row.starred:
                        starred.add(row.article_id)
        return Marks(frozenset(read), frozenset(starred))

    def starred(self, user_id: int) -> tuple[int, ...]:
        """All starred articles, the last starred first."""
        query = select(M.c.article_id).where(M.c.user_id == user_id, M.c.starred).order_by(M.c.starred_at.desc(), M.c.article_id.desc())
        with self._db.read() as connection:
            return tuple(connection.execute(query).scalars())

    def read_since(self, user_id: int, since: datetime) -> frozenset[int]:
        """Articles that are marked as read, marked at ``since`` or later."""
        query = select(M.c.article_id).where(M.c.user_id == user_id, M.c.read, M.c.read_at >= since)
        with self._db.read() as connection:
            return frozenset(connection.execute(query).scalars())


class SqlNumbers:
    """NumberStore in SQL."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def of(self, kind: str, idents: Sequence[str]) -> Mapping[str, int]:
        """The number of each list; those that have none yet are given one. Raises ValueError for a kind that is none."""
        if kind not in KINDS:
            raise ValueError(f"no kind of list: {kind}")
        query = select(N.c.ident, N.c.id).where(N.c.kind == kind)
        with self._db.read() as connection:
            found = {row.ident: row.id for row in connection.execute(query)}
        if missing := [ident for ident in dict.fromkeys(idents) if ident not in found]:
            with self._db.write() as connection:
                rows = [{"kind": kind, "ident": ident} for ident in missing]
                connection.execute(insert(connection, N).values(rows).on_conflict_do_nothing())
                found = {row.ident: row.id for row in connection.execute(query)}
        return {ident: found[ident] for ident in idents}

    def named(self, number: int) -> tuple[str, str] | None:
        """Kind and identity of the list with this number."""
        with self._db.read() as connection:
            row = connection.execute(select(N.c.kind, N.c.ident).where(N.c.id == number)).one_or_none()
        return None if row is None else (row.kind, row.ident)
