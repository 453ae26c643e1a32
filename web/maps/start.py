"""Where the map begins: what was asked for, the theatre that the query names, or what is found."""

from collections.abc import Sequence
from itertools import accumulate

from aggregator.model import Place
from web.maps.finds import Find, Finds
from web.maps.mercator import Box

THEATRES = {  # of the starter catalogue: where the war is, not the whole of each country
    "ukraine": Box(22.0, 44.0, 41.0, 52.6),
    "levant": Box(33.6, 29.3, 37.0, 34.9),
    "sudan": Box(21.5, 3.4, 39.0, 22.6),
    "syria": Box(35.3, 32.2, 42.6, 37.5),
    "yemen": Box(41.0, 11.5, 54.5, 19.8),
    "drc": Box(26.0, -6.0, 32.5, 4.5),
    "myanmar": Box(92.0, 9.5, 101.5, 28.7),
    "sahel": Box(-12.5, 9.0, 24.5, 25.0),
    "iran": Box(44.0, 24.0, 63.5, 40.0),
    "world": Box(-130.0, -45.0, 160.0, 68.0),
}
WORLD = THEATRES["world"]
LEAST_DEG = {"country": 16.0, "region": 5.0, "area": 5.0, "water": 9.0, "district": 2.5}
PLACE_DEG = 1.6  # around a single settlement
FOUND_DEG = 4.0  # around all that is found
STRAY = 0.03  # of the stories, at each edge: they do not make the map small for the others
MARGIN = 0.14


def around(place: Place) -> Box:
    """A view of one place."""
    return Box(place.lon, place.lat, place.lon, place.lat).grown(0.0, LEAST_DEG.get(place.kind, PLACE_DEG))


def start(found: Finds, theatre: str | None) -> Box:
    """The first view: a theatre's, where the query names one; else what holds nearly all that is found; else the world."""
    if theatre in THEATRES:
        return THEATRES[theatre]
    if found.points:
        return holding(found.points).grown(MARGIN, FOUND_DEG)
    if found.countries:
        return holding(found.countries).grown(MARGIN, LEAST_DEG["country"])
    return WORLD


def holding(found: Sequence[Find]) -> Box:
    """The box of the places without the outermost, which have less than STRAY of the stories at each edge."""
    south, north = _span([(find.lat, len(find.stories)) for find in found])
    west, east = _span([(find.lon, len(find.stories)) for find in found])
    return Box(west, south, east, north)


def _span(weighted: Sequence[tuple[float, int]]) -> tuple[float, float]:
    ordered = sorted(weighted)
    most = sum(weight for _, weight in ordered) * STRAY

    def edge(values: Sequence[tuple[float, int]]) -> float:
        sums = accumulate(weight for _, weight in values)
        return next(value for (value, _), total in zip(values, sums, strict=True) if total > most)

    return edge(ordered), edge(ordered[::-1])
