"""/api/v1/places: the gazetteer, by name and by id."""

from dataclasses import dataclass
from typing import Annotated

from aggregator.errors import GazetteerError, NotFoundError
from aggregator.places.gazetteer import Gazetteer
from web.api import shapes
from web.api.asked import Fields
from web.api.endpoint import endpoint
from web.api.items import place_json
from web.api.schema import Says
from web.pages.stream import place_of
from web.product import gazetteer, product

NEAR_KM = 25.0
NEIGHBOURS = 10
DAYS = 30


@dataclass(frozen=True, kw_only=True)
class AskedPlaces:
    """Which places."""

    name: Annotated[str, Says("a name in any language and spelling, or an id", least=1, most=200, example="Харків")]
    limit: Annotated[int, Says("at most so many", least=1, most=50)] = 10
    fields: Fields = ()


@endpoint("GET", "/places", "places", items="places")
def places(asked: AskedPlaces) -> shapes.Places:
    """Places that a name may mean. The likeliest first; there is one page."""
    return {"places": [place_json(place) for place in _gazetteer().find(asked.name, asked.limit)], "next": None}


@endpoint("GET", "/places/<place_id>", "places")
def place(place_id: str) -> shapes.FullPlace:
    """A place with its names, its neighbours and the days on which something is claimed about it.

    Without a gazetteer only places are known that some article names, without names and neighbours."""
    found, known = place_of(place_id), gazetteer()
    days = [day for day, _ in product().store.stories.days(found.id, DAYS)]
    return {**place_json(found), "names": _names(known, found.id), "neighbours": _neighbours(known, found.id), "days": days}


def _gazetteer() -> Gazetteer:
    known = gazetteer()
    if known is None:
        raise GazetteerError("There is no gazetteer here, so places cannot be looked up by name: run `frontwire gazetteer build`.")
    return known


def _names(known: Gazetteer | None, place_id: str) -> list[shapes.PlaceName]:
    try:
        names = known.names(place_id) if known else ()
    except NotFoundError:  # it was in an older gazetteer
        names = ()
    return [{"text": name.text, "language": name.language, "script": name.script, "note": name.note} for name in names]


def _neighbours(known: Gazetteer | None, place_id: str) -> list[shapes.Neighbour]:
    try:
        found = known.neighbours(place_id, NEAR_KM, NEIGHBOURS) if known else ()
    except NotFoundError:
        found = ()
    return [{"place": place_json(one.place), "distance_km": round(one.distance_km, 1)} for one in found]
