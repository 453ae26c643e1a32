"""/api/v1/exports: all that a query finds, as CSV, JSON Lines or GeoJSON, written while it is read: memory stays as it is."""

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Annotated, Any, Literal

import orjson
from flask import Response, stream_with_context

from aggregator.errors import ScopeError
from aggregator.model import Place
from aggregator.outputs.csv import harmless
from web.api.articles import article_page
from web.api.asked import MOST, Query, Said
from web.api.endpoint import endpoint
from web.api.sayings import AskedClaims, attribution_page, claim_page, narrowed
from web.api.schema import Says
from web.api.stories import story_page
from web.product import product
from web.query import QueryView
from web.tokens import full_text_allowed

What = Literal["articles", "stories", "attributions", "claims"]
Form = Literal["csv", "jsonl", "geojson"]
Row = Mapping[str, Any]
Page = tuple[Sequence[Row], str | None]

MEDIA: Mapping[str, str] = {"csv": "text/csv", "jsonl": "application/x-ndjson", "geojson": "application/geo+json"}
COST = 10  # requests that an export counts as
STORY_PLACES = 5
_ALL = ("lat", "lon", "place_names")
# Columns of CSV: a field of the row, or of an object in it after a dot.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "articles": (
        *("id", "title", "url", "outlet", "language", "published", "first_seen", "updated", "revision", "edits", "story", "copy_of"),
        *("wire", "text_from", "outcome", "sample", "places", *_ALL, "body"),
    ),
    "stories": (
        *("id", "title", "first_seen", "last_seen", "articles", "outlets", "texts", "origins", "edited", "languages", "sample"),
        *("places", *_ALL),
    ),
    "attributions": (
        *("article", "revision", "number", "published", "outlet", "language", "title", "url", "story", "copy_of", "words"),
        *("speaker.name", "speaker.source_id", "speaker.kind", "speaker.side", "speaker.role", "speaker.anonymity", "cue.text"),
        *("cue.strength", "form", "channel", "said_on", "about_from", "about_to", "hedged", "negated", "confidence", "places", *_ALL),
    ),
    "claims": (
        *("story", "first_at", "words", "speaker.name", "speaker.source", "speaker.kind", "speaker.side", "strength", "hedged", "negated"),
        *("channel", "via", "said_on", "days", "outlets", "origins", "articles", "places", *_ALL),
    ),
}


@dataclass(frozen=True, kw_only=True)
class AskedExport(Said, Query):
    """What is exported."""

    most: Annotated[int, Says("at most so many rows", least=1, most=10_000_000)] = 10_000_000
    text: Annotated[bool, Says("articles with their whole text in `body`; asks for leave to read it")] = False


PATH = "/exports/<any(articles,stories,attributions,claims):what>.<any(csv,jsonl,geojson):ending>"


@endpoint("GET", PATH, "exports", cost=COST, media=tuple(MEDIA.values()))
def export(what: What, ending: Form, asked: AskedExport) -> Response:
    """All that a query finds, newest first, as CSV, JSON Lines or GeoJSON.

    `source`, `side`, `kind`, `channel`, `form` and `strength` choose attributions, the first two claims too. JSON Lines have the fields of
    the lists, and `points`; a feature has them as its properties. An answer that breaks off before its end was cut by an error: it lacks
    the last chunk, and clients say so. Counts as ten requests."""
    if asked.text and not full_text_allowed():
        raise ScopeError("Whole texts are given to access tokens with the scope full-text, or to nobody.", "full-text")
    rows = _rows(what, asked, narrowed(asked))
    chunks = WRITERS[ending](what, rows, asked.text)
    first = next(chunks)  # an error before the first row is still an answer of its own
    response = Response(stream_with_context(chain((first,), chunks)), content_type=f"{MEDIA[ending]}; charset=utf-8")
    response.headers["Content-Disposition"] = f"attachment; filename=frontwire-{what}.{ending}"
    response.headers["Cache-Control"] = "no-store"
    return response


def _rows(what: What, asked: AskedExport, query: QueryView) -> Iterator[Sequence[Row]]:
    """The rows in pages, each with its points."""
    pages: Mapping[str, Callable[[str | None], Page]] = {
        "articles": lambda cursor: article_page(query, MOST, cursor),
        "stories": lambda cursor: story_page(query, MOST, cursor),
        "attributions": lambda cursor: attribution_page(asked, query, asked.place, MOST, cursor),
        "claims": lambda cursor: claim_page(AskedClaims(source=asked.source, side=asked.side, place=asked.place), query, MOST, cursor),
    }
    cursor, left = None, asked.most
    while left > 0:
        page, cursor = pages[what](cursor)
        page = page[:left]
        left -= len(page)
        if page:
            yield _placed(what, page, asked.text)
        if cursor is None:
            return


def _placed(what: What, page: Sequence[Row], text: bool) -> Sequence[Row]:
    """The rows with where they are, and articles with their text where that is asked for."""
    store = product().store
    if what in ("articles", "stories"):
        ids = [row["id"] for row in page]
        places = dict(store.articles.primary_places(ids)) if what == "articles" else _story_places(ids)
        bodies = {found.id: found.body for found in store.articles.many(ids)} if text and what == "articles" else {}
        return [
            {
                **row,
                "places": [place.id for place in places.get(row["id"], ())],
                **_where(places.get(row["id"], ())),
                **({"body": bodies.get(row["id"], "")} if bodies else {}),
            }
            for row in page
        ]
    known = store.articles.places(sorted({ident for row in page for ident in row["places"]}))
    return [{**row, **_where([known[ident] for ident in row["places"] if ident in known])} for row in page]


def _story_places(story_ids: Sequence[int]) -> dict[int, tuple[Place, ...]]:
    """Where the articles of each story say that it happened: what most of them say first."""
    store = product().store
    members = store.stories.members(story_ids)
    places = store.articles.primary_places([article.id for found in members.values() for article in found])
    return {
        ident: tuple(place for place, _ in Counter(place for one in found for place in places.get(one.id, ())).most_common(STORY_PLACES))
        for ident, found in members.items()
    }


def _where(places: Sequence[Place]) -> Row:
    return {
        "place_names": [place.name for place in places],
        "points": [{"lat": place.lat, "lon": place.lon} for place in places],
    }


# --- writing ----------------------------------------------------------------------------------------------------------


def _csv(what: What, pages: Iterator[Sequence[Row]], text: bool) -> Iterator[bytes]:
    columns = [name for name in COLUMNS[what] if name != "body" or text]
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([name.replace(".", "_") for name in columns])
    for page in pages:
        writer.writerows([_cell(row, name) for name in columns] for row in page)
        yield out.getvalue().encode()
        out.seek(0)
        out.truncate()
    yield out.getvalue().encode()


def _cell(row: Row, name: str) -> str:
    if name in ("lat", "lon"):
        return f"{row['points'][0][name]:.5f}" if row["points"] else ""
    value: Any = row
    for part in name.split("."):
        value = value.get(part) if value is not None else None
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return str(value)
    return harmless("; ".join(map(str, value)) if isinstance(value, list | tuple) else str(value))


def _jsonl(_what: What, pages: Iterator[Sequence[Row]], _text: bool) -> Iterator[bytes]:
    for page in pages:
        yield b"".join(orjson.dumps(row) + b"\n" for row in page)
    yield b""


def _geojson(_what: What, pages: Iterator[Sequence[Row]], _text: bool) -> Iterator[bytes]:
    """A FeatureCollection (RFC 7946); a row without a place has no geometry. Longitude comes first."""
    before = b'{"type":"FeatureCollection","features":['
    for page in pages:
        yield before + b",".join(orjson.dumps(_feature(row)) for row in page)
        before = b","
    yield b"]}" if before == b"," else before + b"]}"


def _feature(row: Row) -> Row:
    pairs = [[round(point["lon"], 5), round(point["lat"], 5)] for point in row["points"]]
    geometry = None
    if pairs:
        geometry = {"type": "Point", "coordinates": pairs[0]} if len(pairs) == 1 else {"type": "MultiPoint", "coordinates": pairs}
    return {"type": "Feature", "geometry": geometry, "properties": {name: value for name, value in row.items() if name != "points"}}


WRITERS: Mapping[str, Callable[[What, Iterator[Sequence[Row]], bool], Iterator[bytes]]] = {
    "csv": _csv,
    "jsonl": _jsonl,
    "geojson": _geojson,
}
