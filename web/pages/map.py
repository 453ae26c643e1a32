"""The map: where the stories of a query happened. The picture is made here and works as it stands; a script makes it one to move about in.

``/map`` takes the query of the stream, ``box`` (the view) and ``at`` (a place whose stories stand beside the map). ``/map.json`` is what
the script draws, ``/map/place/…`` the stories of a place as a piece of the page, ``/map/names.json`` the names of countries and towns.
"""

import time
from collections import OrderedDict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any

import orjson
from flask import Blueprint, Flask, Response, current_app, render_template, request
from markupsafe import Markup
from werkzeug.utils import redirect
from werkzeug.wrappers import Response as Redirect

from aggregator.model import Place
from web.answers import answer
from web.cards import StoryCard
from web.maps.cluster import at_zoom
from web.maps.extent import extent_km, is_country
from web.maps.finds import Find, Finds, finds
from web.maps.mercator import Box, View
from web.maps.names import Name, names
from web.maps.picture import HEIGHT, WIDTH, Links, mark_box, picture
from web.maps.start import around, start
from web.pages.stream import COUNTED, FACET_LIMIT, FacetRow, facet_rows, place_of, read_query
from web.present import query_url
from web.product import cards, gazetteer, outlets, product
from web.query import FORM_FIELDS, QueryView

blueprint = Blueprint("map", __name__)

PERIODS = (("24h", "last day"), ("3d", "3 days"), ("1w", "week"), ("1m", "month"))
LISTED = 60  # places in the list
TOLD = 6  # stories of a place
KEPT = 64  # queries whose places are remembered
FOUND_S = 20.0  # for so long at least: in a busy hour the index moves on every second
NAMES_AGE_S = 86_400
PLACES_S = 60.0


@dataclass(frozen=True, slots=True)
class _Found:
    """What a query found, when the index and the clock stood so; good until then, whatever comes in."""

    found: Finds
    state: tuple[int, int]
    until: float


class Kept:
    """The places of the queries that were asked for last, what is known of places, and the names on the map."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._places: dict[str, Place | None] = {}
        self._places_until = 0.0
        self._found: OrderedDict[str, _Found] = OrderedDict()
        self._names: tuple[int, tuple[Name, ...]] | None = None

    def finds(self, query: QueryView) -> Finds:
        """Where the stories of a query happened."""
        app = product()
        state = app.store.changes.cursor("index"), int(app.clock.now().timestamp() // 60)  # last:24h means another day by then
        now = time.monotonic()
        with self._lock:
            known = self._found.get(query.text)
            if known and (known.state == state or now < known.until):
                self._found.move_to_end(query.text)
                return known.found
        found = finds(app.index, self.places, query.plan)
        with self._lock:
            self._found[query.text] = _Found(found, state, now + FOUND_S)
            self._found.move_to_end(query.text)
            while len(self._found) > KEPT:
                self._found.popitem(last=False)
        return found

    def places(self, ids: Collection[str]) -> Mapping[str, Place]:
        """The places that some article names: they hardly ever change, so that they are read once in PLACES_S."""
        now = time.monotonic()
        with self._lock:
            if now > self._places_until:
                self._places, self._places_until = {}, now + PLACES_S
            known = self._places
        missing = [ident for ident in ids if ident not in known]
        if missing:
            read = product().store.articles.places(missing)
            known.update({ident: read.get(ident) for ident in missing})
        return {ident: place for ident in ids if (place := known[ident]) is not None}

    def names(self) -> tuple[Name, ...]:
        """Names of countries and towns; none where there is no gazetteer."""
        known = gazetteer()
        if known is None:
            return ()
        with self._lock:
            if self._names is None or self._names[0] != id(known):
                self._names = id(known), names(known)
            return self._names[1]


@dataclass(frozen=True, slots=True)
class Period:
    """A length of time to look back: its name, the query with it, whether it is in force."""

    label: str
    query: str
    on: bool


@dataclass(frozen=True, slots=True)
class Here:
    """A place and its newest stories; ``more`` are further ones, ``query`` finds all at and within the place."""

    place: Place
    cards: tuple[StoryCard, ...]
    stories: int
    extent_km: float | None
    query: str

    @property
    def more(self) -> int:
        return self.stories - len(self.cards)


@dataclass(frozen=True, slots=True)
class MapPage:
    """What the page shows."""

    query: QueryView
    found: Finds
    box: Box
    picture: Markup | None
    here: Here | None
    periods: tuple[Period, ...]
    facets: tuple[tuple[str, tuple[FacetRow, ...]], ...]
    nearer: str
    further: str
    order: None = None  # the map has none; filters of the stream ask


def register(flask: Flask) -> None:
    """Put the map into the application."""
    flask.extensions["frontwire-map"] = Kept()


def kept() -> Kept:
    """What this process keeps of the map between requests."""
    found = current_app.extensions["frontwire-map"]
    assert isinstance(found, Kept)
    return found


def town_names() -> tuple[Name, ...]:
    """Names of countries and towns, for any map; none where there is no gazetteer."""
    return kept().names()


@blueprint.get("/map")
def page() -> str | Redirect:
    """The map of a query. A form's fields become part of the query, and the address says so."""
    query = read_query()
    if any(request.args.get(field, "").strip() for field in FORM_FIELDS):
        return redirect(map_url(query.text, box=request.args.get("box")))
    found = kept().finds(query)
    here = _here(query, found, request.args["at"]) if request.args.get("at") else None
    box = Box.parse(request.args["box"]) if request.args.get("box") else _first_view(query, found, here)
    view = View.around(box, WIDTH, HEIGHT)
    app = product()
    counts = app.index.facets(query.plan, COUNTED, FACET_LIMIT)
    made = MapPage(
        query=query,
        found=found,
        box=box,
        picture=picture(view, found, town_names(), _links(query, request.args.get("box")), here.place.id if here else None),
        here=here,
        periods=_periods(query),
        facets=facet_rows(query, counts),
        nearer=map_url(query.text, box=view.box.grown(-0.25).text),
        further=map_url(query.text, box=view.box.grown(0.5).text),
    )
    sample = any(value.value == "sample" for value in counts["is"])
    return render_template("map.html", page=made, listed=_listed(query, found), outlets=outlets().values(), sample=sample)


@blueprint.get("/map/place/<place_id>")
def place(place_id: str) -> str:
    """The stories of a place within a query, as the page has them beside the map."""
    query = read_query()
    return render_template("map_place.html", here=_here(query, kept().finds(query), place_id), query=query)


@blueprint.get("/map.json")
def data() -> Response:
    """Places, countries and clusters of a query, for the script."""
    query = read_query()
    found = kept().finds(query)
    return answer(orjson.dumps(document(query.text, found, start(found, query.value("theatre")))), "application/json")


@blueprint.get("/map/names.json")
def towns() -> Response:
    """Names of countries and towns, with the zoom from which on they are shown: ``[name, kind, latitude, longitude, zoom]``."""
    rows = [[name.text, name.kind, round(name.lat, 3), round(name.lon, 3), name.first] for name in town_names()]
    return answer(orjson.dumps(rows), "application/json", max_age_s=NAMES_AGE_S)


def document(query: str, found: Finds, box: Box) -> dict[str, Any]:
    """What the script draws. A place or cluster is shown from zoom ``first`` on, a cluster up to zoom ``last``; ``at`` is the number of
    its chief place."""
    first = {mark.chief: mark.first for mark in found.marks if len(mark.places) == 1}
    clusters = [mark for mark in found.marks if len(mark.places) > 1]
    return {
        "query": query,
        "stories": found.stories,
        "articles": found.articles,
        "newest": found.newest,
        "box": [box.west, box.south, box.east, box.north],
        "places": [_row(find) | {"first": first.get(number, 0)} for number, find in enumerate(found.points)],
        "countries": [_row(find) for find in found.countries],
        "clusters": [
            {
                "at": mark.chief,
                "places": len(mark.places),
                "stories": len(mark.stories),
                "first": mark.first,
                "last": mark.last,
                "box": [round(edge, 3) for edge in (nearer.west, nearer.south, nearer.east, nearer.north)],
            }
            for mark in clusters
            for nearer in (mark_box(found, mark),)
        ],
    }


def map_url(query: str, **more: str | None) -> str:
    """Address of the map of a query."""
    return query_url("/map", q=query, **more)


def _row(find: Find) -> dict[str, Any]:
    spot = find.place
    return {
        "id": spot.id,
        "name": spot.name,
        "kind": spot.kind,
        "lat": round(find.lat, 5),
        "lon": round(find.lon, 5),
        "approximate": spot.approximate,
        "extent_km": extent_km(spot),
        "stories": len(find.stories),
    }


def _links(query: QueryView, box: str | None) -> Links:
    return Links(
        box=lambda nearer: map_url(query.text, box=nearer.text),
        place=lambda place_id: map_url(query.text, box=box, at=place_id) + "#here",
    )


def _listed(query: QueryView, found: Finds) -> Mapping[str, Sequence[tuple[Find, str]]]:
    """Places and countries for the list, each with its address."""
    link = _links(query, None).place
    return {
        "places": [(find, link(find.place.id)) for find in found.points[:LISTED]],
        "countries": [(find, link(find.place.id)) for find in found.countries[:LISTED]],
    }


def _here(query: QueryView, found: Finds, place_id: str) -> Here:
    """The stories of a place; those at and within it where it has none of its own."""
    find = found.of(place_id)
    if find is None:
        spot = place_of(place_id)  # NotFoundError where there is no such place
        return Here(spot, (), 0, extent_km(spot), query.plus("place", spot.id))
    return Here(find.place, cards(find.stories[:TOLD]), len(find.stories), extent_km(find.place), query.plus("place", find.place.id))


def _first_view(query: QueryView, found: Finds, here: Here | None) -> Box:
    """The view where none was asked for: that of all that is found, or a nearer one if the chosen place has no mark of its own in it."""
    box = start(found, query.value("theatre"))
    if here is None or is_country(here.place):
        return box
    view = View.around(box, WIDTH, HEIGHT)
    alone = any(len(mark.places) == 1 and found.points[mark.chief].place.id == here.place.id for mark in at_zoom(found.marks, view.zoom))
    return box if alone and view.box.has(here.place.lat, here.place.lon) else around(here.place)


def _periods(query: QueryView) -> tuple[Period, ...]:
    chosen = query.value("last")
    rows = [Period(label, query.only("last", length), chosen == length) for length, label in PERIODS]
    return (*rows, Period("all", query.only("last", None), chosen is None))
