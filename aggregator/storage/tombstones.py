"""Taking articles down, and what stays of them."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, select, update

from aggregator.errors import NotFoundError
from aggregator.model import Alias, Entry, EntryState, Step
from aggregator.storage import aliasrows, schema
from aggregator.storage.codec import decode
from aggregator.storage.columns import storable
from aggregator.storage.database import Database
from aggregator.storage.statements import chunks, insert, log, names_given, one_of_names
from aggregator.storage.storycounts import recount
from aggregator.tombstones import TAKEN_DOWN, Tombstone, TombstoneHit

T = schema.tombstones
NAMES = schema.tombstone_names
KEPT_OUT = schema.tombstone_entries
ARTICLES = schema.articles
ENTRIES = schema.entries
KNOWN = select(NAMES.c.scope, NAMES.c.digest, T).join(T).where(*one_of_names(NAMES.c.scope, NAMES.c.digest))
STORIES = schema.stories
DIGEST = 32  # hex digits of SHA-256


class SqlTombstones:
    """TombstoneStore in SQL."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def take_down(self, article_id: int, title_mask: str, reason: str, by: str, now: datetime) -> tuple[Tombstone, tuple[int, ...]]:
        """Remove the article with all that was made of it. Raises NotFoundError."""
        with self._db.write() as connection:
            found = connection.execute(select(ARTICLES).where(ARTICLES.c.id == article_id).with_for_update()).one_or_none()
            if found is None:
                raise NotFoundError("article", article_id)
            values = {name: getattr(found, name) for name in ("url", "url_key", "outlet_id")}
            values |= {"article_id": article_id, "title_mask": title_mask, "reason": reason, "by": by, "at": now}
            tombstone = _tombstone(connection.execute(T.insert().values(values).returning(T)).one())
            _learn(connection, article_id, aliasrows.of(connection, article_id))
            _empty(connection, article_id, ENTRIES.c.article_id == article_id, now)
            connection.execute(delete(ARTICLES).where(ARTICLES.c.id == article_id))  # what hangs on it goes with it
            touched = _regroup(connection, article_id, found.copy_group)
            stories = _bereave(connection, found.story_id)
            touched += [first for _, first in stories]
            log(connection, [article_id], "removed", now)
            log(connection, dict.fromkeys(touched), "regrouped", now)
            return tombstone, tuple(story_id for story_id, _ in stories)

    def get(self, article_id: int) -> Tombstone | None:
        """By the id that the article had."""
        with self._db.read() as connection:
            return get(connection, article_id)

    def all(self, limit: int = 200) -> tuple[Tombstone, ...]:
        """Newest first."""
        with self._db.read() as connection:
            rows = connection.execute(select(T).order_by(T.c.at.desc(), T.c.article_id.desc()).limit(limit))
            return tuple(_tombstone(row) for row in rows)

    def find(self, aliases: Sequence[Alias]) -> tuple[TombstoneHit, ...]:
        """Of tombstones that hold, in the order of ``aliases``."""
        with self._db.read() as connection:
            found = known(connection, aliases)
        hits = ((alias, found.get(_name(alias))) for alias in aliases)
        return tuple(TombstoneHit(alias, tombstone) for alias, tombstone in hits if tombstone is not None)

    def bar(self, article_id: int, entry_id: int, aliases: Sequence[Alias], now: datetime) -> None:
        """Finish an entry that led to an article which was taken down."""
        with self._db.write() as connection:
            tombstone = get(connection, article_id)
            if tombstone is None or not tombstone.holds:  # let in again meanwhile: the entry stays where it is
                return
            _learn(connection, article_id, aliases)
            _empty(connection, article_id, (ENTRIES.c.id == entry_id) & (ENTRIES.c.state == EntryState.PENDING), now)

    def readmit(self, article_id: int, by: str, now: datetime) -> Tombstone:
        """Let the article in again, and have its entries fetched. Raises NotFoundError."""
        opened = {"state": EntryState.PENDING, "step": Step.FETCH, "reason": "", "attempts": 0, "due_at": now, "state_at": now}
        with self._db.write() as connection:
            query = update(T).where(T.c.article_id == article_id, T.c.readmitted_at.is_(None))
            row = connection.execute(query.values(readmitted_at=now, readmitted_by=by).returning(T)).one_or_none()
            if row is None:
                raise NotFoundError("article that was taken down and is kept out", article_id)
            connection.execute(delete(NAMES).where(NAMES.c.article_id == article_id))
            waiting = connection.execute(delete(KEPT_OUT).where(KEPT_OUT.c.article_id == article_id).returning(KEPT_OUT.c.entry_id))
            for ids in chunks(sorted(waiting.scalars())):
                # Without its digest the entry is one that has changed when its feed shows it again: then it has its text again.
                barred = (ENTRIES.c.id.in_(ids), ENTRIES.c.state == EntryState.FILTERED, ENTRIES.c.reason == TAKEN_DOWN)
                connection.execute(update(ENTRIES).where(*barred).values(digest="", **opened))
            return _tombstone(row)


def get(connection: Connection, article_id: int) -> Tombstone | None:
    """What stays of the article that had this id; None if it was not taken down."""
    row = connection.execute(select(T).where(T.c.article_id == article_id)).one_or_none()
    return None if row is None else _tombstone(row)


def known(connection: Connection, aliases: Sequence[Alias]) -> Mapping[tuple[int, str], Tombstone]:
    """Tombstones that hold, by scope and digest of the names that they have of these."""
    names = {_name(alias) for alias in aliases}
    rows = [row for part in chunks(names) for row in connection.execute(KNOWN, names_given(part))]
    return {(row.scope, row.digest): _tombstone(row) for row in rows if (row.scope, row.digest) in names}


def _learn(connection: Connection, article_id: int, aliases: Sequence[Alias]) -> None:
    rows = [{"scope": scope, "digest": digest, "article_id": article_id} for scope, digest in sorted({_name(alias) for alias in aliases})]
    if rows:
        connection.execute(insert(connection, NAMES).on_conflict_do_nothing(), rows)


def _empty(connection: Connection, article_id: int, which: ColumnElement[bool], now: datetime) -> None:
    """Finish these entries as filtered, with nothing of their texts left."""
    for row in connection.execute(select(ENTRIES.c.id, ENTRIES.c.entry).where(which).order_by(ENTRIES.c.id)).all():
        told = decode(Entry, row.entry)
        values = {
            "entry": Entry(guid=told.guid, link=told.link, published=told.published),
            "state": EntryState.FILTERED,
            "reason": TAKEN_DOWN,
            "article_id": None,
            "step": None,
            "due_at": None,
            "lease_until": None,
            "state_at": now,
        }
        connection.execute(update(ENTRIES).where(ENTRIES.c.id == row.id).values(values))
        connection.execute(delete(schema.pages).where(schema.pages.c.entry_id == row.id))
        kept_out = insert(connection, KEPT_OUT).values(article_id=article_id, entry_id=row.id)
        connection.execute(kept_out.on_conflict_do_nothing())


def _regroup(connection: Connection, article_id: int, group: int | None) -> list[int]:
    """Name the copy group that bore the article's id after the smallest that is left; return the articles of its group."""
    if group is None:
        return []
    left = list(connection.execute(select(ARTICLES.c.id).where(ARTICLES.c.copy_group == group).order_by(ARTICLES.c.id)).scalars())
    if left and group == article_id:
        connection.execute(update(ARTICLES).where(ARTICLES.c.copy_group == group).values(copy_group=left[0]))
    return left


def _bereave(connection: Connection, story_id: int | None) -> list[tuple[int, int]]:
    """Forget a story's claims and title, which may be the article's, and count it anew; one without articles goes. Return it with its
    first article if it is left."""
    if story_id is None:
        return []
    newest = (schema.revisions.c.article_id == ARTICLES.c.id) & (schema.revisions.c.number == ARTICLES.c.revision)
    first = select(ARTICLES.c.id, schema.revisions.c.title).join(schema.revisions, newest).where(ARTICLES.c.story_id == story_id)
    row = connection.execute(first.order_by(ARTICLES.c.position).limit(1)).one_or_none()
    if row is None:
        connection.execute(delete(STORIES).where(STORIES.c.id == story_id))  # redirects to it go too
        return []
    connection.execute(delete(schema.claims).where(schema.claims.c.story_id == story_id))
    connection.execute(update(STORIES).where(STORIES.c.id == story_id).values(title=row.title))
    recount(connection, [story_id])
    return [(story_id, row.id)]


def _name(alias: Alias) -> tuple[int, str]:
    digest = hashlib.sha256(storable(alias.key).encode()).hexdigest()[:DIGEST]
    return alias.scope or 0, digest


def _tombstone(row: Row[Any]) -> Tombstone:
    return Tombstone(
        article_id=row.article_id,
        url=row.url,
        url_key=row.url_key,
        outlet_id=row.outlet_id,
        title_mask=row.title_mask,
        reason=row.reason,
        by=row.by,
        at=row.at,
        readmitted_at=row.readmitted_at,
        readmitted_by=row.readmitted_by,
    )
