"""The figures of a story: "14 outlets, 6 texts, 2 origins"."""

from collections.abc import Iterable

from sqlalchemy import BigInteger, Connection, String, cast, func, select, update

from aggregator.storage import schema
from aggregator.storage.statements import chunks

T = schema.stories
A = schema.articles


def recount(connection: Connection, story_ids: Iterable[int]) -> None:
    """Recompute counts, times, languages and the sample flag of these stories from their articles. Without articles the counts are 0
    and the times stay.

    A text is a copy group, or an article without one. A text that names an agency is the agency's: all texts of one agency are one
    origin; each other text is an origin of its own.
    """
    for ids in chunks(story_ids):
        group = func.coalesce(A.c.copy_group, A.c.id)
        texts = select(A.c.story_id, func.max(A.c.wire).label("wire"), cast(group, BigInteger).label("text"))
        by_text = texts.where(A.c.story_id.in_(ids)).group_by(A.c.story_id, group).subquery()
        origin = func.coalesce("wire " + by_text.c.wire, "text " + cast(by_text.c.text, String))
        of_texts = select(by_text.c.story_id, func.count().label("texts"), func.count(func.distinct(origin)).label("origins")).group_by(
            by_text.c.story_id
        )
        of_articles = (
            select(
                A.c.story_id,
                func.count().label("articles"),
                func.count(func.distinct(A.c.outlet_id)).label("outlets"),
                func.count().filter(A.c.revision - A.c.corrections > 1).label("edited"),
                func.count().filter(A.c.sample).label("sample"),
                func.min(A.c.sorted_at).label("first"),
                func.max(A.c.sorted_at).label("last"),
            )
            .where(A.c.story_id.in_(ids))
            .group_by(A.c.story_id)
        )
        languages: dict[int, list[str]] = {}
        spoken = select(A.c.story_id, A.c.language).where(A.c.story_id.in_(ids), A.c.language.is_not(None))
        # Most frequent first; equals by code.
        for story_id, language in connection.execute(
            spoken.group_by(A.c.story_id, A.c.language).order_by(func.count().desc(), A.c.language)
        ):
            languages.setdefault(story_id, []).append(language)
        by_story = {row.story_id: row for row in connection.execute(of_texts)}
        connection.execute(
            update(T).where(T.c.id.in_(ids)).values(articles=0, outlets=0, texts=0, origins=0, edited=0, languages=(), sample=False)
        )
        for row in connection.execute(of_articles).all():
            values = {
                "articles": row.articles,
                "outlets": row.outlets,
                "texts": by_story[row.story_id].texts,
                "origins": by_story[row.story_id].origins,
                "edited": row.edited,
                "languages": languages.get(row.story_id, ()),
                "sample": row.sample == row.articles,
                "first_seen_at": row.first,
                "last_seen_at": row.last,
            }
            connection.execute(update(T).where(T.c.id == row.story_id).values(values))
