"""What the gazetteer knows of a place beside where it is: other spellings, what lies near, and whom to thank for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from aggregator.errors import NotFoundError
from aggregator.feeds import catalogue
from aggregator.feeds.catalogue import Theatre
from aggregator.model import Place
from aggregator.places.gazetteer import Gazetteer, Neighbour, PlaceName
from web.product import gazetteer

SPELLINGS = 6  # of a script, before the rest is folded
NEAR_KM, NEAR = 25.0, 8
POINTS = frozenset({"settlement", "site"})  # what has neighbours: the middle of a region says little
SCRIPTS = {"latin": "Latin", "cyrillic": "Cyrillic", "arabic": "Arabic", "hebrew": "Hebrew", "other": "other"}


@dataclass(frozen=True, slots=True)
class Spellings:
    """How a place is written in a script; former and colloquial names say so."""

    script: str
    first: tuple[PlaceName, ...]
    rest: tuple[PlaceName, ...]


@dataclass(frozen=True, slots=True)
class AboutPlace:
    """``source`` is that of the place in the gazetteer's manifest; empty where nothing is known."""

    spellings: tuple[Spellings, ...] = ()
    near: tuple[Neighbour, ...] = ()
    source: dict[str, Any] | None = None


def about_place(place: Place) -> AboutPlace:
    """What the gazetteer says of a place; nothing where there is none, or the place is of an older one."""
    known = gazetteer()
    if known is None:
        return AboutPlace()
    try:
        names = [name for name in known.names(place.id) if name.text != place.name]
        near = known.neighbours(place.id, NEAR_KM, NEAR) if place.kind in POINTS else ()
        origin = known.origin(place.id)
    except NotFoundError:
        return AboutPlace()
    spellings = [(SCRIPTS[script], tuple(found)) for script, found in groupby(names, key=lambda name: name.script)]
    return AboutPlace(
        tuple(Spellings(script, found[:SPELLINGS], found[SPELLINGS:]) for script, found in spellings),
        near,
        next((source for source in sources(known) if source.get("key") == origin), None),
    )


def theatres_of(place: Place) -> tuple[Theatre, ...]:
    """The war areas that a place lies in."""
    shipped = catalogue.load()
    return tuple(shipped.theatre(ident) for ident in shipped.by_country().get(place.country or "", ()))


def sources(known: Gazetteer | None) -> Sequence[dict[str, Any]]:
    """What the gazetteer was made of, with licences."""
    found = known.manifest.get("sources") if known else None
    return found if isinstance(found, list) else []
