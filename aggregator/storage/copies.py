"""Fingerprints by shingle, and the copy groups that grew from them."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Integer, Row, bindparam, delete, func, select, update

from aggregator.ports import Fingerprint
from aggregator.storage import schema
from aggregator.storage.database import Database
from aggregator.storage.statements import listed, log, numbers, one_of, replacing

F = schema.fingerprints
S = schema.shingles
A = schema.articles
COPIES_LOCK = 7_311_960_117  # like statements.CHANGE_LOG_LOCK, which is only ever taken after it
NEWEST = 8  # articles with a shingle that are looked at first: a phrase of the trade stands in thousands
FURTHER = 16  # times as many where those are of few groups

PUT = replacing(F)
DROP_SHINGLES = delete(S).where(S.c.article_id == bindparam("article"))
PUT_SHINGLES = S.insert().from_select(
    ["shingle", "article_id", "at"],
    select(numbers("shingles").c.number, bindparam("article", type_=BigInteger), bindparam("moment", type_=S.c.at.type)),
)
FINGERPRINTS = select(F).where(one_of(F.c.article_id, "ids"))
GROUPS = select(A.c.id, A.c.copy_group).where(one_of(A.c.id, "ids"), A.c.copy_group.is_not(None))
MEMBERS = select(A.c.id).where(A.c.copy_group == bindparam("group")).order_by(A.c.id)
ELSEWHERE = (
    select(A.c.id)
    .where(one_of(A.c.id, "ids"), A.c.copy_group.is_not(None), A.c.copy_group != bindparam("group"))
    .order_by(A.c.id)
    .with_for_update()
)
MOVE = update(A).where(one_of(A.c.id, "ids")).values(copy_group=bindparam("group"))
LOCK = select(func.pg_advisory_xact_lock(COPIES_LOCK))


def _sharing() -> Any:
    """Of each shingle the ``newest`` articles, by their ids."""
    wanted, since = numbers("shingles"), bindparam("since", type_=S.c.at.type)
    newest = (
        select(S.c.article_id)
        .where(S.c.shingle == wanted.c.number, S.c.at >= since)
        .order_by(S.c.article_id.desc())
        .limit(bindparam("newest", type_=Integer))
        .correlate(wanted)
        .subquery()
    )
    return select(wanted.c.number, select(listed(newest.c.article_id)).correlate(wanted).scalar_subquery().label("articles"))


SHARING = _sharing()
GROUP_OR_SELF = select(A.c.id, func.coalesce(A.c.copy_group, A.c.id)).where(one_of(A.c.id, "ids"))


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
        shingles = sorted(set(fingerprint.shingles))
        with self._db.write() as connection:
            connection.execute(PUT[connection.dialect.name], values)
            connection.execute(DROP_SHINGLES, {"article": fingerprint.article_id})
            connection.execute(PUT_SHINGLES, {"shingles": shingles, "article": fingerprint.article_id, "moment": fingerprint.at})

    def sharing(self, shingles: Collection[int], since: datetime, most: int) -> Mapping[int, Mapping[int, int]]:
        """By each of these shingles that has any, the articles at or after ``since`` with their groups (their own ids where they have
        none): all of them, or so many of the newest that they are of more than ``most`` groups."""
        found: dict[int, list[int]] = {}
        groups: dict[int, int] = {}
        newest, asked = NEWEST, list(set(shingles))
        with self._db.read() as connection:
            while asked:
                rows = connection.execute(SHARING, {"shingles": asked, "since": since, "newest": newest}).all()
                part = {shingle: articles for shingle, articles in rows if articles}
                unknown = set().union(*part.values()) - groups.keys()
                if unknown:
                    groups.update(connection.execute(GROUP_OR_SELF, {"ids": list(unknown)}).all())
                found |= part
                asked = [s for s, articles in part.items() if len(articles) >= newest and len({groups.get(a) for a in articles}) <= most]
                newest *= FURTHER
        return {shingle: {a: groups[a] for a in articles if a in groups} for shingle, articles in found.items()}

    def fingerprints(self, article_ids: Collection[int]) -> Mapping[int, Fingerprint]:
        """Those that exist, by article."""
        if not article_ids:
            return {}
        with self._db.read() as connection:
            return {row.article_id: _fingerprint(row) for row in connection.execute(FINGERPRINTS, {"ids": list(article_ids)}).all()}

    def groups(self, article_ids: Collection[int]) -> Mapping[int, int]:
        """Group of each article that has one."""
        if not article_ids:
            return {}
        with self._db.read() as connection:
            return {row.id: row.copy_group for row in connection.execute(GROUPS, {"ids": list(article_ids)}).all()}

    def members(self, group: int) -> tuple[int, ...]:
        """Ids of the group's articles, ascending."""
        with self._db.read() as connection:
            return tuple(connection.execute(MEMBERS, {"group": group}).scalars().all())

    @contextmanager
    def alone(self) -> Iterator[None]:
        """A transaction that waits for others of its kind: parallel workers would otherwise put one text into two groups, or wait for each
        other for ever."""
        with self._db.together():
            if not self._db.sqlite:  # there, no two write at one time
                with self._db.write() as connection:
                    connection.execute(LOCK)
            yield

    def set_group(self, article_ids: Collection[int], group: int) -> None:
        """Put the articles into the group, and note it in the change log of those that were in another."""
        which = {"ids": sorted(set(article_ids)), "group": group}
        with self._db.write() as connection:
            moved = connection.execute(ELSEWHERE, which).scalars().all()
            connection.execute(MOVE, which)
            if moved:
                log(connection, moved, "regrouped", self._db.now(connection))

    def clear(self) -> None:
        """Forget all fingerprints and groups."""
        with self._db.write() as connection:
            connection.execute(delete(S))
            connection.execute(delete(F))
            connection.execute(update(A).where(A.c.copy_group.is_not(None)).values(copy_group=None))


def _fingerprint(row: Row[Any]) -> Fingerprint:
    return Fingerprint(
        article_id=row.article_id,
        at=row.at,
        shingles=tuple(row.shingles),
        numbers=frozenset(row.numbers),
        words=row.words,
        wire=row.wire,
        outlet_id=row.outlet_id,
    )
