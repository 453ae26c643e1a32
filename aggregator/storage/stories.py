"""Stories, their articles and claims."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, delete, func, or_, select, update

from aggregator.errors import NotFoundError
from aggregator.model import Article, Claim, ClaimAttribution, Story, StoryDocument
from aggregator.storage import claimrows, schema
from aggregator.storage.articles import article, articles_query
from aggregator.storage.database import Database
from aggregator.storage.documents import documents
from aggregator.storage.statements import chunks, log
from aggregator.storage.storycounts import recount
from aggregator.storage.tagrows import newest_only

T = schema.stories
A = schema.articles


class SqlStories:
    """StoryStore in SQL."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def create(self, title: str, at: datetime) -> int:
        """Store a story without articles; return its id."""
        values = {
            "title": title,
            "first_seen_at": at,
            "last_seen_at": at,
            **dict.fromkeys(("articles", "outlets", "texts", "origins", "edited"), 0),
            "languages": (),
            "sample": False,
        }
        with self._db.write() as connection:
            story_id: int = connection.execute(T.insert().values(values).returning(T.c.id)).scalar_one()
            return story_id

    def assign(self, article_id: int, story_id: int) -> None:
        """Put the article into the story (or the one it was merged into), out of any other. Raises NotFoundError."""
        with self._db.write() as connection:
            target = _target(connection, story_id)
            was = connection.execute(select(A.c.id, A.c.story_id).where(A.c.id == article_id)).one_or_none()
            if was is None:
                raise NotFoundError("article", article_id)
            if was.story_id != target:
                connection.execute(update(A).where(A.c.id == article_id).values(story_id=target))
                if was.story_id is not None:
                    log(connection, [article_id], "moved", self._db.now(connection))

    def refresh(self, story_id: int, title: str) -> Story:
        """Recompute the counts from the story's articles, set the title, and return it. Raises NotFoundError."""
        with self._db.write() as connection:
            target = _target(connection, story_id)
            recount(connection, [target])
            return _story(connection.execute(update(T).where(T.c.id == target).values(title=title).returning(T)).one())

    def merge(self, source: int, target: int) -> None:
        """Move all articles to ``target`` and leave a redirect; the claims of ``source`` go. Raises NotFoundError."""
        with self._db.write() as connection:
            old, new = _target(connection, source), _target(connection, target)
            if old == new:
                return
            moved = connection.execute(update(A).where(A.c.story_id == old).values(story_id=new).returning(A.c.id)).scalars().all()
            connection.execute(delete(schema.claims).where(schema.claims.c.story_id == old))
            connection.execute(update(T).where(or_(T.c.id == old, T.c.redirect_to == old)).values(redirect_to=new))
            connection.execute(update(T).where(T.c.follows == old).values(follows=new))
            connection.execute(update(T).where(or_(T.c.id == old, and_(T.c.id == new, T.c.follows.in_([old, new])))).values(follows=None))
            recount(connection, [old, new])
            log(connection, sorted(moved), "moved", self._db.now(connection))

    def revive(self, story_id: int) -> bool:
        """Make a redirect a story again, with no articles yet; False, and nothing done, if it is none."""
        with self._db.write() as connection:
            query = update(T).where(T.c.id == story_id, T.c.redirect_to.is_not(None)).values(redirect_to=None).returning(T.c.id)
            return connection.execute(query).one_or_none() is not None

    def get(self, story_id: int) -> Story:
        """Return the story, following redirects; raises NotFoundError."""
        with self._db.read() as connection:
            return _story(connection.execute(select(T).where(T.c.id == _target(connection, story_id))).one())

    def many(self, ids: Sequence[int]) -> tuple[Story, ...]:
        """Those that exist, in the order of ``ids``; a redirect gives the story it leads to, and no story comes twice."""
        found: dict[int, Row[Any]] = {}
        with self._db.read() as connection:
            rows = _rows(connection, ids)
            found = rows | _rows(connection, [row.redirect_to for row in rows.values() if row.redirect_to is not None])
        targets = dict.fromkeys(found[story_id].redirect_to or story_id for story_id in ids if story_id in found)
        return tuple(_story(found[target]) for target in targets)

    def articles(self, story_id: int) -> tuple[Article, ...]:
        """Oldest first. Follows redirects; raises NotFoundError."""
        with self._db.read() as connection:
            target = _target(connection, story_id)
            rows = connection.execute(articles_query().where(A.c.story_id == target).order_by(A.c.position))
            return tuple(article(row) for row in rows)

    def members(self, story_ids: Sequence[int]) -> Mapping[int, tuple[Article, ...]]:
        """The articles of many stories, oldest first; every id that is asked for has an entry. Does not follow redirects."""
        found: dict[int, list[Article]] = {story_id: [] for story_id in story_ids}
        with self._db.read() as connection:
            for part in chunks(found):
                for row in connection.execute(articles_query().where(A.c.story_id.in_(part)).order_by(A.c.position)):
                    found[row.story_id].append(article(row))
        return {story_id: tuple(members) for story_id, members in found.items()}

    def documents(self, since: datetime) -> tuple[tuple[StoryDocument, int | None], ...]:
        """Articles at or after ``since`` (to the second) and all others of their stories, with their story, in order of time."""
        first, recent = int(since.timestamp()) << 20, A.alias("recent")
        live = select(recent.c.story_id).where(recent.c.position >= first, recent.c.story_id.is_not(None))
        with self._db.read() as connection:
            return tuple(documents(connection, or_(A.c.position >= first, A.c.story_id.in_(live))))

    def document(self, article_id: int) -> StoryDocument:
        """What clustering needs of one article; raises NotFoundError."""
        with self._db.read() as connection:
            found = documents(connection, A.c.id == article_id)
        if not found:
            raise NotFoundError("article", article_id)
        return found[0][0]

    def documents_of(self, story_id: int, newest: int | None = None) -> tuple[StoryDocument, ...]:
        """The story's articles, or its ``newest``, as clustering takes them, oldest first. Follows redirects; raises NotFoundError."""
        with self._db.read() as connection:
            which = A.c.story_id == _target(connection, story_id)
            if newest is not None:
                positions = select(A.c.position).where(which).order_by(A.c.position.desc()).limit(newest).subquery()
                which = and_(which, A.c.position >= select(func.min(positions.c.position)).scalar_subquery())
            return tuple(document for document, _ in documents(connection, which))

    def article_ids(self, story_id: int) -> tuple[int, ...]:
        """Ids of the story's articles, ascending. Follows redirects; raises NotFoundError."""
        with self._db.read() as connection:
            which = A.c.story_id == _target(connection, story_id)
            return tuple(connection.execute(select(A.c.id).where(which).order_by(A.c.id)).scalars())

    def attributions(self, story_id: int) -> tuple[ClaimAttribution, ...]:
        """Attributions of the newest revisions of the story's articles, oldest article first. Follows redirects; raises NotFoundError."""
        with self._db.read() as connection:
            return claimrows.attributions(connection, A.c.story_id == _target(connection, story_id))

    def set_claims(self, story_id: int, claims: Sequence[Claim]) -> None:
        """Replace the story's claims. Attributions that are gone, as their article was tagged anew meanwhile, are left out: the change
        log brings whoever made these claims back to that article. Raises NotFoundError."""
        with self._db.write() as connection:
            claimrows.replace(connection, _target(connection, story_id), claims)

    def claims(self, story_ids: Sequence[int]) -> Mapping[int, tuple[Claim, ...]]:
        """Claims by story, most origins first, then most outlets, then earliest; every id that is asked for has an entry."""
        with self._db.read() as connection:
            return claimrows.read(connection, story_ids)

    def about(self, place_id: str, day: str, most: int) -> tuple[ClaimAttribution, ...]:
        """Attributions of the claims about a place, or one within it, on a day: of the ``most`` with most origins and outlets."""
        with self._db.read() as connection:
            return claimrows.about(connection, place_id, day, most)

    def days(self, place_id: str, limit: int, *, first: str = "0001-01-01", last: str = "9999-12-31") -> tuple[tuple[str, int], ...]:
        """Days from ``first`` to ``last`` on which something is claimed about a place, newest first, each with the number of claims."""
        with self._db.read() as connection:
            return claimrows.days(connection, place_id, limit, first, last)

    def days_beside(self, place_id: str, day: str) -> tuple[str | None, str | None]:
        """The day before and the day after this one on which something is claimed about a place."""
        with self._db.read() as connection:
            return claimrows.beside(connection, place_id, day)

    def before(self, story_id: int, first: datetime, last: datetime, most: int) -> tuple[Story, ...]:
        """Stories that fell silent from ``first`` to ``last``, with a primary place, no country, in common; the ``most`` newest."""
        primary, other = schema.article_places, A.alias("other")
        there = primary.alias("there")
        with self._db.read() as connection:
            target = _target(connection, story_id)
            places = newest_only(select(primary.c.place_id), primary).join(schema.places, schema.places.c.id == primary.c.place_id)
            wanted = places.where(A.c.story_id == target, schema.places.c.kind != "country")
            stories = (
                select(other.c.story_id)
                .join(there, and_(there.c.article_id == other.c.id, there.c.revision == other.c.revision))
                .where(there.c.place_id.in_(wanted))
            )
            which = and_(T.c.redirect_to.is_(None), T.c.id != target, T.c.last_seen_at.between(first, last), T.c.id.in_(stories))
            rows = connection.execute(select(T).where(which).order_by(T.c.last_seen_at.desc(), T.c.id.desc()).limit(most))
            return tuple(_story(row) for row in rows)

    def follow(self, story_id: int, followed: int | None) -> None:
        """Note which earlier story this one takes up. Raises NotFoundError, and ValueError for a story that would follow itself."""
        with self._db.write() as connection:
            target = _target(connection, story_id)
            earlier = None if followed is None else _target(connection, followed)
            if earlier == target:
                raise ValueError(f"story {target} cannot follow itself")
            connection.execute(update(T).where(T.c.id == target).values(follows=earlier))

    def followers(self, story_id: int) -> tuple[Story, ...]:
        """The stories that take up this one, oldest first. Follows redirects; raises NotFoundError."""
        with self._db.read() as connection:
            query = select(T).where(T.c.follows == _target(connection, story_id)).order_by(T.c.first_seen_at, T.c.id)
            return tuple(_story(row) for row in connection.execute(query))


def _target(connection: Connection, story_id: int) -> int:
    """Id of the story that this one became, or its own. Redirects are kept one step long by ``merge``."""
    row = connection.execute(select(T.c.id, T.c.redirect_to).where(T.c.id == story_id)).one_or_none()
    if row is None:
        raise NotFoundError("story", story_id)
    return int(row.redirect_to or row.id)


def _rows(connection: Connection, ids: Sequence[int]) -> dict[int, Row[Any]]:
    found: dict[int, Row[Any]] = {}
    for part in chunks(dict.fromkeys(ids)):
        found |= {row.id: row for row in connection.execute(select(T).where(T.c.id.in_(part)))}
    return found


def _story(row: Row[Any]) -> Story:
    return Story(
        id=row.id,
        title=row.title,
        first_seen_at=row.first_seen_at,
        last_seen_at=row.last_seen_at,
        articles=row.articles,
        outlets=row.outlets,
        texts=row.texts,
        origins=row.origins,
        edited=row.edited,
        languages=tuple(row.languages),
        sample=row.sample,
        follows=row.follows,
    )
