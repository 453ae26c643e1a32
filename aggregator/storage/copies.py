"""Fingerprints by shingle, and the copy groups that grew from them."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import delete, func, select, update

from aggregator.ports import Fingerprint
from aggregator.storage import schema
from aggregator.storage.database import Database
from aggregator.storage.statements import chunks, insert, log

F = schema.fingerprints
S = schema.shingles
A = schema.articles
COPIES_LOCK = 7_311_960_117  # like statements.CHANGE_LOG_LOCK, which is only ever taken after it


class SqlCopies:
    """CopyStore in SQL."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def put(self, fingerprint: Fingerprint) -> None:
        """Store or replace; committed when this returns."""
        values = {
            "article_id": fingerprint.article_id,
            "at": fingerprint.at,
            "shingles": fingerprint.shingles,
            "numbers": fingerprint.numbers,
            "words": fingerprint.words,
            "wire": fingerprint.wire,
            "outlet_id": fingerprint.outlet_id,
        }
        rows = [
            {"shingle": shingle, "article_id": fingerprint.article_id, "at": fingerprint.at}
            for shingle in sorted(set(fingerprint.shingles))
        ]
        with self._db.write() as connection:
            query = insert(connection, F).values(values).on_conflict_do_update(index_elements=["article_id"], set_=values)
            connection.execute(query)
            connection.execute(delete(S).where(S.c.article_id == fingerprint.article_id))
            if rows:
                connection.execute(S.insert(), rows)

    def sharing(self, shingles: Sequence[int], since: datetime) -> Mapping[int, tuple[int, ...]]:
        """Articles at or after ``since`` by each of these shingles that has any, in the order of their ids."""
        found: dict[int, list[int]] = {}
        with self._db.read() as connection:
            for part in chunks(set(shingles)):
                query = select(S.c.shingle, S.c.article_id).where(S.c.shingle.in_(part), S.c.at >= since).order_by(S.c.article_id)
                for shingle, article_id in connection.execute(query):
                    found.setdefault(shingle, []).append(article_id)
        return {shingle: tuple(ids) for shingle, ids in found.items()}

    def fingerprints(self, article_ids: Sequence[int]) -> Mapping[int, Fingerprint]:
        """Those that exist, by article."""
        found: dict[int, Fingerprint] = {}
        with self._db.read() as connection:
            for part in chunks(set(article_ids)):
                for row in connection.execute(select(F).where(F.c.article_id.in_(part))):
                    found[row.article_id] = Fingerprint(
                        article_id=row.article_id,
                        at=row.at,
                        shingles=tuple(row.shingles),
                        numbers=frozenset(row.numbers),
                        words=row.words,
                        wire=row.wire,
                        outlet_id=row.outlet_id,
                    )
        return found

    def groups(self, article_ids: Sequence[int]) -> Mapping[int, int]:
        """Group of each article that has one."""
        found: dict[int, int] = {}
        with self._db.read() as connection:
            for part in chunks(set(article_ids)):
                query = select(A.c.id, A.c.copy_group).where(A.c.id.in_(part), A.c.copy_group.is_not(None))
                found |= {row.id: row.copy_group for row in connection.execute(query)}
        return found

    def members(self, group: int) -> tuple[int, ...]:
        """Ids of the group's articles, ascending."""
        with self._db.read() as connection:
            return tuple(connection.execute(select(A.c.id).where(A.c.copy_group == group).order_by(A.c.id)).scalars())

    @contextmanager
    def alone(self) -> Iterator[None]:
        """A transaction that waits for others of its kind: parallel workers would otherwise put one text into two groups, or wait for each
        other for ever."""
        with self._db.together():
            if not self._db.sqlite:  # there, no two write at one time
                with self._db.write() as connection:
                    connection.execute(select(func.pg_advisory_xact_lock(COPIES_LOCK)))
            yield

    def set_group(self, article_ids: Sequence[int], group: int) -> None:
        """Put the articles into the group, and note it in the change log of those that were in another."""
        moved: list[int] = []
        with self._db.write() as connection:
            for part in chunks(sorted(set(article_ids))):
                other = select(A.c.id).where(A.c.id.in_(part), A.c.copy_group.is_not(None), A.c.copy_group != group)
                moved += connection.execute(other.order_by(A.c.id).with_for_update()).scalars()
                connection.execute(update(A).where(A.c.id.in_(part)).values(copy_group=group))
            log(connection, moved, "regrouped", self._db.now(connection))

    def clear(self) -> None:
        """Forget all fingerprints and groups."""
        with self._db.write() as connection:
            connection.execute(delete(S))
            connection.execute(delete(F))
            connection.execute(update(A).where(A.c.copy_group.is_not(None)).values(copy_group=None))
