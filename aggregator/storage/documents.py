"""Articles as clustering takes them: with their places and the sources they cite."""

from typing import Any

from sqlalchemy import ColumnElement, Connection, select

from aggregator.model import StoryDocument
from aggregator.storage import schema
from aggregator.storage.articles import articles_query
from aggregator.storage.tagrows import newest_only

A = schema.articles
# Where an actor sits or a speaker comes from says nothing about which event a text is about.
ROLES = ("event", "mention", "dateline")
SITES = ("settlement", "site")
LARGEST = 1_000_000  # inhabitants from which on a city sees several events a day


def documents(connection: Connection, which: ColumnElement[bool]) -> list[tuple[StoryDocument, int | None]]:
    """The articles with their story, in order of time. ``place_ids``: primary places, then others in the order of the text."""
    places: dict[int, dict[str, None]] = {}
    sites: dict[int, list[str]] = {}
    sources: dict[int, dict[str, None]] = {}
    primary, mentions, attributions = schema.article_places, schema.mentions, schema.attributions
    known = schema.places
    found = select(primary.c.article_id, primary.c.place_id, known.c.kind, known.c.population)
    query: Any = newest_only(found.outerjoin_from(primary, known, known.c.id == primary.c.place_id), primary).where(which)
    for article_id, place_id, kind, population in connection.execute(query.order_by(primary.c.n)):
        places.setdefault(article_id, {})[place_id] = None
        if kind in SITES and population < LARGEST:
            sites.setdefault(article_id, []).append(place_id)
    query = newest_only(select(mentions.c.article_id, mentions.c.place_id), mentions).where(which, mentions.c.role.in_(ROLES))
    for article_id, place_id in connection.execute(query.order_by(mentions.c.start, mentions.c.id)):
        places.setdefault(article_id, {}).setdefault(place_id)
    query = newest_only(select(attributions.c.article_id, attributions.c.source_id), attributions)
    for article_id, source_id in connection.execute(query.where(which, attributions.c.source_id.is_not(None)).order_by(attributions.c.id)):
        sources.setdefault(article_id, {}).setdefault(source_id)
    rows = connection.execute(articles_query().where(which).order_by(A.c.position))
    return [
        (
            StoryDocument(
                article_id=row.id,
                title=row.title,
                body=row.body,
                language=row.language,
                at=row.sorted_at,
                outlet_id=row.outlet_id,
                copy_group=row.copy_group,
                place_ids=tuple(places.get(row.id, ())),
                source_ids=tuple(sources.get(row.id, ())),
                sites=tuple(sites.get(row.id, ())),
            ),
            row.story_id,
        )
        for row in rows
    ]
