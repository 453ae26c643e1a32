"""Tags as rows: places, mentions, primary places, attributions and the rest, each of one revision of an article."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from typing import Any

from sqlalchemy import Connection, Row, Select, Table, and_, bindparam, delete, select

from aggregator.model import Attribution, Mention, Place, SoughtComment, Tags
from aggregator.storage import schema
from aggregator.storage.codec import decode
from aggregator.storage.statements import chunks, replacing

# Attributions hang on the revision, claims on the attributions (they are made anew by whoever follows the change log).
SEATS = ("dateline", "actor")  # roles that say where somebody sits, not what an article speaks of
OF_REVISION = (schema.tags, schema.mentions, schema.article_places, schema.attributions)
DROPS = tuple(
    delete(table).where(table.c.article_id == bindparam("article"), table.c.revision == bindparam("number")) for table in OF_REVISION
)
PUT = {table: table.insert() for table in OF_REVISION}
PUT_PLACE = replacing(schema.places)
PLACES = select(schema.places).where(schema.places.c.id.in_(bindparam("ids", expanding=True)))


def replace(connection: Connection, article_id: int, revision: int, tags: Tags) -> None:
    """Put these tags in the place of those of this revision."""
    for drop in DROPS:
        connection.execute(drop, {"article": article_id, "number": revision})
    write(connection, article_id, revision, tags)


def write(connection: Connection, article_id: int, revision: int, tags: Tags) -> None:
    """Store the tags of a revision that has none."""
    _write_places(connection, [mention.place for mention in tags.mentions])
    of = {"article_id": article_id, "revision": revision}
    _many(connection, schema.tags, [of | {"language": tags.language, "sought_comment": tags.sought_comment, "wire": tags.wire}])
    _many(connection, schema.mentions, (of | _mention_row(mention) for mention in tags.mentions))
    _many(
        connection,
        schema.article_places,
        (of | {"n": n, "place_id": place_id} for n, place_id in enumerate(dict.fromkeys(tags.primary_places))),
    )
    _many(connection, schema.attributions, (of | _attribution_row(attribution) for attribution in tags.attributions))


def read(connection: Connection, article_ids: Sequence[int]) -> dict[int, Tags]:
    """Tags of the newest revisions of those articles that exist."""
    found: dict[int, Tags] = {}
    articles = schema.articles
    of_newest = and_(schema.tags.c.article_id == articles.c.id, schema.tags.c.revision == articles.c.revision)
    for ids in chunks(dict.fromkeys(article_ids)):
        query: Select[Any] = select(articles.c.id, schema.tags).select_from(articles.outerjoin(schema.tags, of_newest))
        heads = connection.execute(query.where(articles.c.id.in_(ids))).all()
        found |= _read(connection, heads, partial(_newest, ids=ids))
    return found


def read_one(connection: Connection, article_id: int, revision: int) -> Tags | None:
    """Tags of one revision; None where there are none."""
    table = schema.tags
    query = select(table.c.article_id.label("id"), table).where(table.c.article_id == article_id, table.c.revision == revision)
    heads = connection.execute(query).all()
    return _read(connection, heads, lambda table: select(table).where(table.c.article_id == article_id, table.c.revision == revision)).get(
        article_id
    )


def _read(connection: Connection, heads: Sequence[Row[Any]], rows_of: Callable[[Table], Select[Any]]) -> dict[int, Tags]:
    """The tags that these rows of ``tags`` are the heads of; ``rows_of`` selects what belongs to them from another table."""
    mentions: dict[int, list[Mention]] = {}
    primary: dict[int, list[str]] = {}
    attributions: dict[int, list[Attribution]] = {}
    query = rows_of(schema.mentions).add_columns(*_place_columns()).join(schema.places)
    for row in connection.execute(query.order_by(schema.mentions.c.id)):
        mention = Mention(row.start, row.end, row.text, _place(row, "place_"), row.role, row.confidence, row.relation)
        mentions.setdefault(row.article_id, []).append(mention)
    for row in connection.execute(rows_of(schema.article_places).order_by(schema.article_places.c.n)):
        primary.setdefault(row.article_id, []).append(row.place_id)
    for row in connection.execute(rows_of(schema.attributions).order_by(schema.attributions.c.id)):
        attributions.setdefault(row.article_id, []).append(decode(Attribution, row.value))
    return {
        head.id: Tags(
            language=head.language,
            mentions=tuple(mentions.get(head.id, ())),
            primary_places=tuple(primary.get(head.id, ())),
            attributions=tuple(attributions.get(head.id, ())),
            sought_comment=tuple(decode(SoughtComment, one) for one in head.sought_comment or ()),
            wire=head.wire,
        )
        for head in heads
    }


def places(connection: Connection, ids: Iterable[str]) -> dict[str, Place]:
    """The places that are known, by id."""
    found: dict[str, Place] = {}
    for part in chunks(set(ids)):
        found |= {row.id: _place(row) for row in connection.execute(PLACES, {"ids": part})}
    return found


def primary_places(connection: Connection, article_ids: Sequence[int]) -> dict[int, tuple[Place, ...]]:
    """The primary places of the newest revisions, in the order of the tags; two queries however many articles."""
    table = schema.article_places
    ids: dict[int, list[str]] = {}
    for part in chunks(dict.fromkeys(article_ids)):
        query = newest_only(select(table.c.article_id, table.c.place_id), table).where(table.c.article_id.in_(part))
        for article_id, place_id in connection.execute(query.order_by(table.c.n)):
            ids.setdefault(article_id, []).append(place_id)
    known = places(connection, (place_id for found in ids.values() for place_id in found))
    return {article_id: tuple(known[place_id] for place_id in found if place_id in known) for article_id, found in ids.items()}


def countries_named(connection: Connection, feed_id: int, newest: int, least_confidence: float) -> tuple[int, dict[str, int]]:
    """How many of the newest articles of a feed name a place in a country, and how many in each."""
    articles, mentions, places = schema.articles, schema.mentions, schema.places
    latest = select(articles.c.id, articles.c.revision).where(articles.c.feed_id == feed_id).order_by(articles.c.id.desc()).limit(newest)
    recent = latest.subquery()
    pairs = (
        select(mentions.c.article_id, places.c.country)
        .select_from(
            recent.join(mentions, and_(mentions.c.article_id == recent.c.id, mentions.c.revision == recent.c.revision)).join(places)
        )
        .where(mentions.c.confidence >= least_confidence, mentions.c.role.not_in(SEATS), places.c.country.is_not(None))
        .distinct()
    )
    found = [(row.article_id, row.country) for row in connection.execute(pairs)]
    return len({article_id for article_id, _ in found}), dict(Counter(country for _, country in found))


def newest_only(query: Select[Any], table: Table) -> Select[Any]:
    """Join the articles, leaving only rows of their newest revisions."""
    articles = schema.articles
    return query.join(articles, and_(articles.c.id == table.c.article_id, articles.c.revision == table.c.revision))


def _newest(table: Table, ids: Sequence[int]) -> Select[Any]:
    return newest_only(select(table), table).where(table.c.article_id.in_(ids))


def _many(connection: Connection, table: Table, rows: Iterable[Mapping[str, Any]]) -> None:
    if found := list(rows):
        connection.execute(PUT[table], found)


def _write_places(connection: Connection, named: Iterable[Place]) -> None:
    """Store places that are new or changed; in the order of ids, so that two writers never wait for each other crosswise."""
    wanted = {place.id: place for place in named}
    known = places(connection, wanted)
    if rows := [asdict(wanted[place_id]) for place_id in sorted(wanted) if wanted[place_id] != known.get(place_id)]:
        connection.execute(PUT_PLACE[connection.dialect.name], rows)


def _mention_row(mention: Mention) -> dict[str, Any]:
    return {
        "start": mention.start,
        "end": mention.end,
        "text": mention.text,
        "place_id": mention.place.id,
        "role": mention.role,
        "confidence": mention.confidence,
        "relation": mention.relation,
    }


def _attribution_row(attribution: Attribution) -> dict[str, Any]:
    speaker = attribution.speaker
    return {
        "source_id": speaker.source_id,
        "speaker": speaker.name,
        "kind": speaker.kind,
        "side": speaker.side,
        "anonymity": speaker.anonymity,
        "strength": attribution.cue.strength if attribution.cue else "neutral",
        "form": attribution.form,
        "channel": attribution.channel,
        "said_on": attribution.said_on,
        "hedged": attribution.hedged,
        "negated": attribution.negated,
        "confidence": attribution.confidence,
        "value": attribution,
    }


def _place_columns() -> list[Any]:
    return [column.label(f"place_{column.name}") for column in schema.places.c if column.name != "id"]


def _place(row: Row[Any], prefix: str = "") -> Place:
    fields = row._mapping
    return Place(
        id=row.place_id if prefix else row.id,
        name=fields[prefix + "name"],
        kind=fields[prefix + "kind"],
        lat=fields[prefix + "lat"],
        lon=fields[prefix + "lon"],
        country=fields[prefix + "country"],
        path=tuple(fields[prefix + "path"]),
        path_names=tuple(fields[prefix + "path_names"]),
        geonames_id=fields[prefix + "geonames_id"],
        population=fields[prefix + "population"],
        approximate=fields[prefix + "approximate"],
    )
