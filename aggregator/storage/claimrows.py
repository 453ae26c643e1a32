"""Claims as rows, filed by the places and days that they are about, and the attributions that they are made of."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, delete, func, select

from aggregator.model import Attribution, Claim, ClaimAttribution, Speaker
from aggregator.storage import schema, tagrows
from aggregator.storage.codec import decode
from aggregator.storage.statements import chunks

A = schema.articles
T = schema.claims
DAYS = schema.claim_days
LINKS = schema.claim_attributions
RANK = (T.c.origins.desc(), T.c.outlets.desc(), T.c.first_at, T.c.id)  # most origins first, then most outlets, then earliest


def replace(connection: Connection, story_id: int, claims: Sequence[Claim]) -> None:
    """Replace the story's claims; attributions that are gone are left out."""
    present = _present(connection, [one for claim in claims for one in claim.attribution_ids])
    connection.execute(delete(T).where(T.c.story_id == story_id))
    within = _within(connection, {ident for claim in claims for ident in claim.place_ids})
    links: list[dict[str, Any]] = []
    days: list[dict[str, Any]] = []
    for claim, claim_id in zip(claims, _insert(connection, claims, story_id), strict=True):
        ids = [one for one in claim.attribution_ids if one in present]
        links += ({"claim_id": claim_id, "n": n, "attribution_id": one} for n, one in enumerate(ids))
        places = dict.fromkeys(ident for place in claim.place_ids for ident in (place, *within.get(place, ())))
        days += ({"place_id": place, "day": day, "claim_id": claim_id} for place in places for day in claim.days)
    for table, rows in ((LINKS, links), (DAYS, days)):
        if rows:
            connection.execute(table.insert(), rows)


def _insert(connection: Connection, claims: Sequence[Claim], story_id: int) -> Sequence[int]:
    """Store the claims in one statement; return their ids in the same order."""
    if not claims:
        return ()
    query = T.insert().returning(T.c.id, sort_by_parameter_order=True)
    return connection.execute(query, [_row(claim, story_id) for claim in claims]).scalars().all()


def read(connection: Connection, story_ids: Sequence[int]) -> Mapping[int, tuple[Claim, ...]]:
    """Claims by story, ranked; every id that is asked for has an entry."""
    found: dict[int, list[Claim]] = {story_id: [] for story_id in story_ids}
    for part in chunks(found):
        of_story = T.c.story_id.in_(part)
        attribution_ids: dict[int, list[int]] = {}
        linked = select(LINKS.c.claim_id, LINKS.c.attribution_id).join(T).where(of_story).order_by(LINKS.c.n)
        for claim_id, attribution_id in connection.execute(linked):
            attribution_ids.setdefault(claim_id, []).append(attribution_id)
        for row in connection.execute(select(T).where(of_story).order_by(*RANK)):
            found[row.story_id].append(_claim(row, attribution_ids.get(row.id, ())))
    return {story_id: tuple(claims) for story_id, claims in found.items()}


def about(connection: Connection, place_id: str, day: str, most: int) -> tuple[ClaimAttribution, ...]:
    """Attributions of the claims about a place, or one within it, on a day: of the first ``most`` claims by rank. Oldest article first."""
    filed = select(DAYS.c.claim_id).join(T).where(DAYS.c.place_id == place_id, DAYS.c.day == day)
    claim_ids = connection.execute(filed.order_by(*RANK).limit(most)).scalars().all()
    found: dict[int, ClaimAttribution] = {}
    for part in chunks(claim_ids):
        linked = select(LINKS.c.attribution_id).where(LINKS.c.claim_id.in_(part))
        found |= {one.attribution_id: one for one in attributions(connection, schema.attributions.c.id.in_(linked))}
    return tuple(sorted(found.values(), key=lambda one: (one.at, one.article_id, one.attribution_id)))


def days(connection: Connection, place_id: str, limit: int, first: str, last: str) -> tuple[tuple[str, int], ...]:
    """Days from ``first`` to ``last`` on which something is claimed about a place, newest first, each with the number of claims."""
    query = select(DAYS.c.day, func.count()).where(DAYS.c.place_id == place_id, DAYS.c.day.between(first, last))
    return tuple((row[0], row[1]) for row in connection.execute(query.group_by(DAYS.c.day).order_by(DAYS.c.day.desc()).limit(limit)))


def beside(connection: Connection, place_id: str, day: str) -> tuple[str | None, str | None]:
    """The day before and the day after this one on which something is claimed about a place."""
    at = DAYS.c.place_id == place_id
    before = connection.execute(select(func.max(DAYS.c.day)).where(at, DAYS.c.day < day)).scalar()
    after = connection.execute(select(func.min(DAYS.c.day)).where(at, DAYS.c.day > day)).scalar()
    return before, after


def attributions(connection: Connection, which: ColumnElement[bool]) -> tuple[ClaimAttribution, ...]:
    """Attributions of newest revisions, oldest article first; bodies are read once an article."""
    table, revisions = schema.attributions, schema.revisions
    columns = (A.c.outlet_id, A.c.copy_group, A.c.sorted_at, A.c.language, A.c.story_id)
    query: Select[Any] = tagrows.newest_only(select(table.c.id, table.c.article_id, table.c.value, *columns), table)
    rows = connection.execute(query.where(which).order_by(A.c.position, table.c.id)).all()
    ids = list(dict.fromkeys(row.article_id for row in rows))
    bodies: dict[int, str] = {}
    for part in chunks(ids):
        texts = select(A.c.id, revisions.c.body).join(revisions, and_(revisions.c.article_id == A.c.id, revisions.c.number == A.c.revision))
        bodies |= {row.id: row.body for row in connection.execute(texts.where(A.c.id.in_(part)))}
    primary = tagrows.primary_places(connection, ids)
    return tuple(_attribution(row, bodies[row.article_id], tuple(place.id for place in primary.get(row.article_id, ()))) for row in rows)


def _present(connection: Connection, attribution_ids: Sequence[int]) -> set[int]:
    """Those of the attributions that exist, kept from being removed until the transaction ends."""
    table = schema.attributions
    found: set[int] = set()
    for part in chunks(set(attribution_ids)):
        query = select(table.c.id).where(table.c.id.in_(part)).with_for_update(read=True, key_share=True)
        found |= set(connection.execute(query).scalars())
    return found


def _within(connection: Connection, place_ids: set[str]) -> Mapping[str, tuple[str, ...]]:
    """What each place lies in."""
    return {ident: place.path for ident, place in tagrows.places(connection, place_ids).items()}


def _attribution(row: Row[Any], body: str, primary: tuple[str, ...]) -> ClaimAttribution:
    attribution = decode(Attribution, row.value)
    return ClaimAttribution(
        attribution_id=row.id,
        article_id=row.article_id,
        outlet_id=row.outlet_id,
        copy_group=row.copy_group,
        at=row.sorted_at,
        language=row.language,
        attribution=attribution,
        words=attribution.words(body),
        place_ids=attribution.place_ids or primary,
        story_id=row.story_id,
    )


def _row(claim: Claim, story_id: int) -> dict[str, Any]:
    return {
        "story_id": story_id,
        "source_id": claim.speaker.source_id,
        "side": claim.speaker.side,
        "speaker": claim.speaker,
        "words": claim.words,
        "strength": claim.strength,
        "channel": claim.channel,
        "via": claim.via,
        "said_on": claim.said_on,
        "article_ids": claim.article_ids,
        "outlets": claim.outlets,
        "origins": claim.origins,
        "first_at": claim.first_at,
        "hedged": claim.hedged,
        "negated": claim.negated,
        "place_ids": claim.place_ids,
        "days": claim.days,
    }


def _claim(row: Row[Any], attribution_ids: Sequence[int]) -> Claim:
    return Claim(
        story_id=row.story_id,
        speaker=decode(Speaker, row.speaker),
        words=row.words,
        strength=row.strength,
        channel=row.channel,
        via=tuple(row.via),
        said_on=row.said_on,
        attribution_ids=tuple(attribution_ids),
        article_ids=tuple(row.article_ids),
        outlets=row.outlets,
        origins=row.origins,
        first_at=row.first_at,
        hedged=row.hedged,
        negated=row.negated,
        place_ids=tuple(row.place_ids),
        days=tuple(row.days),
    )
