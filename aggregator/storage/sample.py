"""Taking the sample press out again, without a trace in what is real."""

from datetime import datetime

from sqlalchemy import Connection, delete, exists, func, select, update

from aggregator.storage import schema
from aggregator.storage.statements import log
from aggregator.storage.storycounts import recount

ARTICLES = schema.articles
STORIES = schema.stories
FEEDS = schema.feeds
OUTLETS = schema.outlets


def remove_sample(connection: Connection, now: datetime) -> int:
    """Remove sample feeds with their polls and ledger, sample articles with all that hangs on them, stories that have nothing else,
    and sample outlets; return the number of articles. Real articles that shared a story or a copy group with them keep theirs."""
    gone = connection.execute(select(ARTICLES.c.id).where(ARTICLES.c.sample).order_by(ARTICLES.c.id)).scalars().all()
    touched = set(
        connection.execute(select(ARTICLES.c.story_id).where(ARTICLES.c.sample, ARTICLES.c.story_id.is_not(None)).distinct()).scalars()
    )
    connection.execute(delete(FEEDS).where(FEEDS.c.sample))
    connection.execute(delete(ARTICLES).where(ARTICLES.c.sample))
    kept = set(connection.execute(select(ARTICLES.c.story_id).where(ARTICLES.c.story_id.in_(touched)).distinct()).scalars())
    connection.execute(delete(STORIES).where(STORIES.c.id.in_(touched - kept)))  # redirects to them go too
    recount(connection, sorted(kept))
    regrouped = _regroup(connection)
    used = exists().where(ARTICLES.c.outlet_id == OUTLETS.c.id) | exists().where(FEEDS.c.outlet_id == OUTLETS.c.id)
    connection.execute(delete(OUTLETS).where(OUTLETS.c.sample, ~used))
    log(connection, gone, "removed", now)
    log(connection, regrouped, "regrouped", now)
    return len(gone)


def _regroup(connection: Connection) -> list[int]:
    """Name copy groups whose naming article is gone after the smallest that is left; return the articles concerned."""
    first = ARTICLES.alias("first")
    headless = select(ARTICLES.c.copy_group, func.min(ARTICLES.c.id).label("head")).where(
        ARTICLES.c.copy_group.is_not(None), ~exists().where(first.c.id == ARTICLES.c.copy_group)
    )
    concerned: list[int] = []
    for group, head in connection.execute(headless.group_by(ARTICLES.c.copy_group)).all():
        moved = update(ARTICLES).where(ARTICLES.c.copy_group == group).values(copy_group=head).returning(ARTICLES.c.id)
        concerned += connection.execute(moved).scalars()
    return sorted(concerned)
