"""Articles with their aliases, revisions and tags. Every write appends to the change log in the same transaction."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, bindparam, func, select, text, update

from aggregator.errors import NotFoundError, TakenDownError
from aggregator.identity import urls
from aggregator.model import Alias, Article, BodyLink, Cause, EntryState, NewArticle, Outcome, PageFacts, Place, Removed, Revision, Tags
from aggregator.ports import AliasHit, Visit
from aggregator.storage import aliasrows, revisits, schema, tagrows, tombstones
from aggregator.storage.codec import decode
from aggregator.storage.database import Database
from aggregator.storage.ledger import finish
from aggregator.storage.statements import chunks, log, prepared

T = schema.articles
LOW_BITS = 20
REVISION = tuple(column.name for column in schema.revisions.c)

NEXT_ID = {
    "postgresql": text("SELECT nextval(pg_get_serial_sequence('articles', 'id'))"),
    # Nobody else writes: the transaction began IMMEDIATE.
    "sqlite": text("SELECT coalesce(max(seq), 0) + 1 FROM sqlite_sequence WHERE name = 'articles'"),
}
AT_POSITION = select(T.c.id).where(T.c.position == bindparam("place"))
EXISTS = select(T.c.id).where(T.c.id == bindparam("ident"))
ADD = prepared(lambda insert: insert(T).on_conflict_do_nothing(index_elements=["url_key"]).returning(T.c.id))
PUT_REVISION = schema.revisions.insert()
PUT_REMOVED = schema.removed_lines.insert()


class SqlArticles:
    """ArticleStore in SQL."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def find(self, aliases: Sequence[Alias]) -> tuple[AliasHit, ...]:
        """Return the hits in the order of ``aliases``. URLs share one space, whatever kind they were seen as."""
        with self._db.read() as connection:
            return aliasrows.find(connection, aliases)

    def add(
        self,
        new: NewArticle,
        aliases: Sequence[Alias],
        tags: Tags,
        now: datetime,
        entry_id: int | None = None,
        visit: Visit | None = None,
        reason: str = "",
    ) -> int | None:
        """Store a new article with all that belongs to it, or nothing: None if its ``url_key`` or one of its URLs is taken."""
        try:
            with self._db.write() as connection:
                article_id = self._insert(connection, new, tags, now)
                names = (Alias("link", new.url_key), *aliases)
                aliasrows.learn(connection, article_id, names, must_be_free=True)
                if tombstones.known(connection, [alias for alias in names if alias.scope is None]):  # taken down meanwhile
                    raise aliasrows.TakenError
                _write_revision(connection, article_id, 1, new, now)
                tagrows.write(connection, article_id, 1, tags)
                revisits.plan(connection, article_id, visit)
                finish(connection, entry_id, EntryState.STORED, reason, now, article_id)
                log(connection, [article_id], "stored", now)
                return article_id
        except aliasrows.TakenError:
            return None

    def revise(
        self,
        article_id: int,
        new: NewArticle,
        aliases: Sequence[Alias],
        tags: Tags,
        now: datetime,
        entry_id: int | None = None,
        visit: Visit | None = None,
        reason: str = "",
        cause: Cause = Cause.OUTLET,
    ) -> None:
        """Store a further revision with its tags. URL, outlet, position and first sight stay as they were."""
        ours = cause is not Cause.OUTLET
        with self._db.write() as connection:
            values = {
                "revision": T.c.revision + 1,
                "corrections": T.c.corrections + int(ours),
                "updated_at": T.c.updated_at if ours else now,
                "language": tags.language or new.language,
                "authors": new.authors,
                "image": new.image,
                "outcome": new.outcome,
                "text_from": new.text_from,
                "wire": tags.wire,
                "facts": new.facts,
                "published_at": func.coalesce(T.c.published_at, new.published_at, type_=T.c.published_at.type),
            }
            number = connection.execute(update(T).where(T.c.id == article_id).values(values).returning(T.c.revision)).scalar()
            if number is None:
                raise NotFoundError("article", article_id)
            aliasrows.learn(connection, article_id, aliases)
            _write_revision(connection, article_id, number, new, now, cause)
            tagrows.write(connection, article_id, number, tags)
            revisits.plan(connection, article_id, visit)
            finish(connection, entry_id, EntryState.KNOWN if ours else EntryState.REVISED, reason, now, article_id)
            log(connection, [article_id], "corrected" if ours else "revised", now)

    def correct(self, before: Article, after: Revision, removed: Sequence[Removed], tags: Tags, now: datetime) -> bool:
        """Store a revision of our own, if the article is still as it was ``before``."""
        with self._db.write() as connection:
            values = {
                "revision": after.number,
                "corrections": T.c.corrections + 1,
                "language": func.coalesce(tags.language, T.c.language),
                "wire": tags.wire,
            }
            unchanged = (T.c.id == before.id, T.c.revision == before.revision)
            if not connection.execute(update(T).where(*unchanged).values(values)).rowcount:
                return False
            connection.execute(PUT_REVISION, _revision_row(after))
            _write_removed(connection, before.id, after.number, removed)
            tagrows.write(connection, before.id, after.number, tags)
            log(connection, [before.id], "corrected", now)
            return True

    def again(
        self,
        article_id: int,
        aliases: Sequence[Alias],
        now: datetime,
        entry_id: int | None = None,
        reason: str = "",
        visit: Visit | None = None,
    ) -> None:
        """The same article once more: learn its aliases and finish the ledger entry as ``known``."""
        with self._db.write() as connection:
            _exists(connection, article_id)
            aliasrows.learn(connection, article_id, aliases)
            revisits.plan(connection, article_id, visit)
            finish(connection, entry_id, EntryState.KNOWN, reason, now, article_id)

    def retag(self, article_id: int, tags: Tags, now: datetime, revision: int | None = None) -> bool:
        """Replace the tags of the newest revision, if that is the one meant. Raises NotFoundError."""
        with self._db.write() as connection:
            _exists(connection, article_id)
            values = {"language": func.coalesce(tags.language, T.c.language), "wire": tags.wire}
            which = (T.c.id == article_id,) if revision is None else (T.c.id == article_id, T.c.revision == revision)
            number = connection.execute(update(T).where(*which).values(values).returning(T.c.revision)).scalar()
            if number is None:
                return False
            tagrows.replace(connection, article_id, number, tags)
            log(connection, [article_id], "retagged", now)
            return True

    def get(self, article_id: int) -> Article:
        """Return the article. Raises NotFoundError; TakenDownError where it was taken down."""
        found = self.many([article_id])
        if not found:
            with self._db.read() as connection:
                tombstone = tombstones.get(connection, article_id)
            if tombstone is not None and tombstone.holds:
                raise TakenDownError(article_id, tombstone.at)
            raise NotFoundError("article", article_id)
        return found[0]

    def many(self, ids: Sequence[int]) -> tuple[Article, ...]:
        """Those that exist, in the order of ``ids``."""
        found: dict[int, Article] = {}
        with self._db.read() as connection:
            for part in chunks(dict.fromkeys(ids)):
                found |= {row.id: article(row) for row in connection.execute(MANY, {"ids": part})}
        return tuple(found[article_id] for article_id in ids if article_id in found)

    def ids(self, after: int = 0, limit: int = 1000, feed_id: int | None = None) -> tuple[int, ...]:
        """Ids greater than ``after`` in ascending order; None: of any feed."""
        query = select(T.c.id).where(T.c.id > after).order_by(T.c.id).limit(limit)
        with self._db.read() as connection:
            return tuple(connection.execute(query if feed_id is None else query.where(T.c.feed_id == feed_id)).scalars())

    def body_hash(self, article_id: int) -> str:
        """Hash of the newest revision's body. Raises NotFoundError."""
        with self._db.read() as connection:
            found: str | None = connection.execute(BODY_HASH, {"ident": article_id}).scalar()
        if found is None:
            raise NotFoundError("article", article_id)
        return found

    def revisions(self, article_id: int) -> tuple[Revision, ...]:
        """Oldest first. Raises NotFoundError if there is no such article."""
        table = schema.revisions
        with self._db.read() as connection:
            rows = connection.execute(select(table).where(table.c.article_id == article_id).order_by(table.c.number)).all()
        if not rows:
            raise NotFoundError("article", article_id)
        return tuple(
            Revision(
                row.article_id,
                row.number,
                row.title,
                row.body,
                row.body_hash,
                row.fetched_at,
                tuple(row.kinds),
                Cause(row.cause),
                _links(row),
                row.modified_at,
                None if row.flags is None else tuple(row.flags),
            )
            for row in rows
        )

    def of_host(self, host: str, after: int = 0, limit: int = 1000) -> tuple[int, ...]:
        """Ids greater than ``after`` of articles of this host, ascending."""
        query = select(T.c.id).where(T.c.host == host, T.c.id > after).order_by(T.c.id).limit(limit)
        with self._db.read() as connection:
            return tuple(connection.execute(query).scalars())

    def removed(self, article_id: int, revision: int | None = None) -> tuple[Removed, ...]:
        """Lines of a revision's page (None: the newest) that are no part of its body, in the order of the page."""
        table = schema.removed_lines
        number = T.c.revision if revision is None else revision
        query = select(table).join(T).where(T.c.id == article_id, table.c.revision == number).order_by(table.c.n)
        with self._db.read() as connection:
            return tuple(Removed(row.text, row.reason, row.at, row.kind) for row in connection.execute(query))

    def tags(self, article_ids: Sequence[int]) -> Mapping[int, Tags]:
        """Tags of the newest revisions; every id that exists has an entry."""
        with self._db.read() as connection:
            return tagrows.read(connection, article_ids)

    def tags_of(self, article_id: int, revision: int) -> Tags | None:
        """Tags of one revision; None where none are kept."""
        with self._db.read() as connection:
            return tagrows.read_one(connection, article_id, revision)

    def primary_places(self, article_ids: Sequence[int]) -> Mapping[int, tuple[Place, ...]]:
        """Where the newest revisions say that it happened; articles without a place have no entry."""
        with self._db.read() as connection:
            return tagrows.primary_places(connection, article_ids)

    def countries_named(self, feed_id: int, newest: int, least_confidence: float) -> tuple[int, Mapping[str, int]]:
        """Of the newest articles of a feed, how many name a place in a country, and in which."""
        with self._db.read() as connection:
            return tagrows.countries_named(connection, feed_id, newest, least_confidence)

    def aliases(self, article_id: int) -> tuple[Alias, ...]:
        """In the order in which they were learnt."""
        with self._db.read() as connection:
            return aliasrows.of(connection, article_id)

    def place(self, place_id: str) -> Place:
        """A place that some article names, or raise NotFoundError."""
        found = self.places([place_id])
        if place_id not in found:
            raise NotFoundError("place", place_id)
        return found[place_id]

    def places(self, ids: Sequence[str]) -> Mapping[str, Place]:
        """Those that some article names, by id."""
        with self._db.read() as connection:
            return tagrows.places(connection, ids)

    def _insert(self, connection: Connection, new: NewArticle, tags: Tags, now: datetime) -> int:
        sorted_at = min(new.published_at or new.first_seen_at, new.first_seen_at)
        article_id = _next_id(connection)
        values = {
            "id": article_id,
            "position": _free_position(connection, sorted_at, article_id),
            "sorted_at": sorted_at,
            "outlet_id": new.outlet_id,
            "url": new.url,
            "url_key": new.url_key,
            "language": tags.language or new.language,
            "published_at": new.published_at,
            "first_seen_at": new.first_seen_at,
            "updated_at": now,
            "revision": 1,
            "authors": new.authors,
            "image": new.image,
            "outcome": new.outcome,
            "text_from": new.text_from,
            "wire": tags.wire,
            "feed_id": new.feed_id,
            "sample": new.sample,
            "host": urls.host(new.url_key) or None,
            "facts": new.facts,
        }
        if connection.execute(ADD[connection.dialect.name], values).one_or_none() is None:
            raise aliasrows.TakenError
        return article_id


def _newest_clause() -> Any:
    return and_(schema.revisions.c.article_id == T.c.id, schema.revisions.c.number == T.c.revision)


def articles_query() -> Select[Any]:
    """Articles with the text of their newest revision, ready for ``article``."""
    revisions = schema.revisions
    return select(T, revisions.c.title, revisions.c.body, revisions.c.kinds, revisions.c.links).join(revisions, _newest_clause())


MANY = articles_query().where(T.c.id.in_(bindparam("ids", expanding=True)))
BODY_HASH = select(schema.revisions.c.body_hash).select_from(T.join(schema.revisions, _newest_clause())).where(T.c.id == bindparam("ident"))


def article(row: Row[Any]) -> Article:
    """Return the article of a row of ``articles_query``."""
    return Article(
        id=row.id,
        position=row.position,
        outlet_id=row.outlet_id,
        url=row.url,
        url_key=row.url_key,
        title=row.title,
        body=row.body,
        kinds=tuple(row.kinds),
        language=row.language,
        published_at=row.published_at,
        first_seen_at=row.first_seen_at,
        updated_at=row.updated_at,
        revision=row.revision,
        authors=tuple(row.authors),
        image=row.image,
        outcome=Outcome(row.outcome),
        text_from=row.text_from,
        wire=row.wire,
        copy_group=row.copy_group,
        story_id=row.story_id,
        feed_id=row.feed_id,
        sample=row.sample,
        gone_since=row.gone_since,
        corrections=row.corrections,
        links=_links(row),
        facts=decode(PageFacts, row.facts or {}),
    )


def _links(row: Row[Any]) -> tuple[BodyLink, ...]:
    return decode(tuple[BodyLink, ...], row.links or ())


def _exists(connection: Connection, article_id: int) -> None:
    if connection.execute(EXISTS, {"ident": article_id}).one_or_none() is None:
        raise NotFoundError("article", article_id)


def _next_id(connection: Connection) -> int:
    """Take the next id before the row is written, as the position contains it."""
    return int(connection.execute(NEXT_ID[connection.dialect.name]).scalar_one())


def _free_position(connection: Connection, sorted_at: datetime, article_id: int) -> int:
    """Seconds since 1970 << 20 | low bits of the id; counted up where a million later another one fell on the same second and bits."""
    position = int(sorted_at.timestamp()) << LOW_BITS | article_id & (1 << LOW_BITS) - 1
    while connection.execute(AT_POSITION, {"place": position}).one_or_none() is not None:
        position += 1
    return position


def _write_revision(
    connection: Connection, article_id: int, number: int, new: NewArticle, now: datetime, cause: Cause = Cause.OUTLET
) -> None:
    read = (new.title, new.body, new.body_hash, now, new.kinds, cause, new.links, new.modified_at, new.flags)
    revision = Revision(article_id, number, *read)
    connection.execute(PUT_REVISION, _revision_row(revision))
    _write_removed(connection, article_id, number, new.removed)


def _revision_row(revision: Revision) -> dict[str, Any]:
    return {field: getattr(revision, field) for field in REVISION}


def _write_removed(connection: Connection, article_id: int, number: int, removed: Sequence[Removed]) -> None:
    of: dict[str, Any] = {"article_id": article_id, "revision": number}
    rows = [of | {"n": n, "text": line.text, "reason": line.reason, "at": line.at, "kind": line.kind} for n, line in enumerate(removed)]
    if rows:
        connection.execute(PUT_REMOVED, rows)
