"""Pages of articles that are to be fetched again. The row of an article goes with its last visit."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, and_, delete, exists, func, or_, select, update

from aggregator.model import EntryState, FeedState, Step
from aggregator.ports import FetchedPage, Revisit, Visit
from aggregator.storage import pagerows, schema
from aggregator.storage.database import Database
from aggregator.storage.statements import chunks, claim, host_of, insert, spread

T = schema.revisits
PAGES = schema.revisit_pages
HANDOVER_S = 60.0  # how long a fetched page waits for the process queue before a tick may hand it out again


class SqlRevisits:
    """RevisitStore in SQL."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def claim(self, step: Step, now: datetime, lease_s: float, limit: int, per_host: int | None = None) -> tuple[Revisit, ...]:
        """Claim visits of this step that are due and under no lease, oldest first, but those of a paused or removed feed."""
        articles, feeds, entries, busy = schema.articles, schema.feeds, schema.entries, T.alias("busy")
        polled = exists().where(articles.c.id == T.c.article_id, feeds.c.id == articles.c.feed_id, feeds.c.state != FeedState.PAUSED)
        free = and_(T.c.step == step, T.c.due_at <= now, or_(T.c.lease_until.is_(None), T.c.lease_until <= now), polled)
        if per_host is not None:
            in_use = select(busy.c.host).where(busy.c.step == step, busy.c.lease_until > now, busy.c.host.is_not(None))
            awaited = select(entries.c.host).where(
                entries.c.state == EntryState.PENDING, entries.c.step == Step.FETCH, entries.c.due_at <= now, entries.c.host.is_not(None)
            )
            free = and_(free, T.c.article_id.in_(spread(T, free, [in_use, awaited], limit, per_host)))
        with self._db.write() as connection:
            rows = claim(connection, T, free, (T.c.due_at, T.c.article_id), now + timedelta(seconds=lease_s), limit)
        return tuple(_revisit(row) for row in sorted(rows, key=lambda row: (row.due_at, row.article_id)))

    def get(self, article_id: int) -> Revisit | None:
        """What is planned for an article; None for nothing."""
        with self._db.read() as connection:
            row = connection.execute(select(T).where(T.c.article_id == article_id)).one_or_none()
        return None if row is None else _revisit(row)

    def renew(self, ids: Sequence[int], now: datetime, lease_s: float, *, attempt: bool = False) -> None:
        """Lengthen the lease; ``attempt`` counts one."""
        values = {"lease_until": now + timedelta(seconds=lease_s), "attempts": T.c.attempts + int(attempt)}
        with self._db.write() as connection:
            for part in chunks(sorted(set(ids))):
                connection.execute(update(T).where(T.c.article_id.in_(part)).values(values))

    def later(self, article_id: int, until: datetime, *, attempt: bool) -> None:
        """Try this step again at ``until``; gives the lease back."""
        values = {"due_at": until, "lease_until": None, "attempts": T.c.attempts + int(attempt)}
        with self._db.write() as connection:
            connection.execute(update(T).where(T.c.article_id == article_id).values(values))

    def done(self, article_id: int, visit: Visit) -> None:
        """Nothing has changed: plan the next visit."""
        with self._db.write() as connection:
            plan(connection, article_id, visit, only_known=True)

    def skip(self, article_id: int, next_at: datetime | None) -> None:
        """This visit told nothing: plan the next."""
        with self._db.write() as connection:
            _next(connection, article_id, next_at)

    def gone(self, article_id: int, now: datetime, next_at: datetime | None) -> None:
        """Note on the article that its page is gone, if it is not noted yet, and plan the next visit."""
        articles = schema.articles
        noted = {"gone_since": func.coalesce(articles.c.gone_since, now, type_=articles.c.gone_since.type)}
        with self._db.write() as connection:
            connection.execute(update(articles).where(articles.c.id == article_id).values(noted))
            _next(connection, article_id, next_at)

    def fetched(self, article_id: int, fetched: FetchedPage, now: datetime) -> None:
        """Keep the page for Step.PROCESS."""
        moved = {"step": Step.PROCESS, "attempts": 0, "due_at": now, "lease_until": now + timedelta(seconds=HANDOVER_S)}
        with self._db.write() as connection:
            if connection.execute(update(T).where(T.c.article_id == article_id).values(moved)).rowcount:
                pagerows.keep(connection, PAGES, article_id, fetched)

    def fetched_page(self, article_id: int) -> FetchedPage | None:
        """The page that ``fetched`` kept."""
        with self._db.read() as connection:
            return pagerows.kept(connection, PAGES, article_id)


def plan(connection: Connection, article_id: int, visit: Visit | None, *, only_known: bool = False) -> None:
    """Inside a transaction: the article's page was just seen; plan the next visit, and forget that it was gone.

    ``only_known``: not where no visit is planned (any more)."""
    if visit is None:
        return
    if visit.page_hash is not None:
        articles = schema.articles
        there = update(articles).where(articles.c.id == article_id, articles.c.gone_since.is_not(None)).values(gone_since=None)
        connection.execute(there)
    if visit.next_at is None:
        _next(connection, article_id, None)
        return
    values = {
        "url": visit.url,
        "host": host_of(visit.url),
        "etag": visit.etag,
        "last_modified": visit.last_modified,
        "page_hash": visit.page_hash,
        **_fresh(visit.next_at),
    }
    if only_known:
        connection.execute(update(T).where(T.c.article_id == article_id).values(values))
    else:
        query = insert(connection, T).values(article_id=article_id, **values)
        connection.execute(query.on_conflict_do_update(index_elements=["article_id"], set_=values))
        connection.execute(delete(PAGES).where(PAGES.c.article_id == article_id))


def _next(connection: Connection, article_id: int, next_at: datetime | None) -> None:
    if next_at is None:
        connection.execute(delete(T).where(T.c.article_id == article_id))
    else:
        connection.execute(update(T).where(T.c.article_id == article_id).values(_fresh(next_at)))
    connection.execute(delete(PAGES).where(PAGES.c.article_id == article_id))


def _fresh(next_at: datetime) -> dict[str, Any]:
    return {"step": Step.FETCH, "due_at": next_at, "lease_until": None, "attempts": 0}


def _revisit(row: Row[Any]) -> Revisit:
    return Revisit(row.article_id, row.url, Step(row.step), row.due_at, row.etag, row.last_modified, row.page_hash, row.attempts)
