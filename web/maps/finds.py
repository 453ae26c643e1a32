"""Where the stories of a query happened: the places of its newest articles, each with its stories."""

import math
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from aggregator.model import Place
from aggregator.query import Plan, SearchIndex, Valued
from web.maps.cluster import Mark, Spot, marks
from web.maps.extent import is_country, is_wide

NEWEST = 10_000  # articles that are looked at
APART_KM = 1.8
KM_A_DEGREE = 111.2
GOLDEN_ANGLE = math.pi * (3 - math.sqrt(5))  # any number of points on it stand evenly (Vogel, 1979)


@dataclass(frozen=True, slots=True)
class Find:
    """A place and its stories, newest first; ``lat`` and ``lon`` are where its mark stands."""

    place: Place
    stories: tuple[int, ...]
    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class Finds:
    """What a query found on the map. ``points`` have marks, ``countries`` are named as a whole; each with most stories first.

    ``marks`` are of the points, by their numbers. ``stories`` counts those that have a place, ``articles`` all that match, of which the
    ``newest`` so many were looked at."""

    points: tuple[Find, ...]
    countries: tuple[Find, ...]
    marks: tuple[Mark, ...]
    stories: int
    articles: int
    newest: int = NEWEST

    @property
    def capped(self) -> bool:
        """Whether more match than were looked at."""
        return self.articles > self.newest

    def of(self, place_id: str) -> Find | None:
        """The find at a place."""
        return next((find for find in (*self.points, *self.countries) if find.place.id == place_id), None)


def finds(index: SearchIndex, read: Callable[[Collection[str]], Mapping[str, Place]], plan: Plan, newest: int = NEWEST) -> Finds:
    """The places of the newest articles of a plan: where it happened (``search.document``), not what is merely named. ``read`` gives the
    places of ids, without those that no article names."""
    matches = index.values(plan, "place", newest)
    places = read({ident for match in matches for ident in match.values})
    found = sorted(apart(places, told(matches, places)), key=_rank)
    points = tuple(find for find in found if not is_country(find.place))
    return Finds(
        points=points,
        countries=tuple(find for find in found if is_country(find.place)),
        marks=marks([Spot(f.lat, f.lon, frozenset(f.stories), is_wide(f.place)) for f in points]),
        stories=len({story for find in found for story in find.stories}),
        articles=index.count(plan),
        newest=newest,
    )


def apart(places: Mapping[str, Place], stories: Mapping[str, tuple[int, ...]]) -> Iterator[Find]:
    """A find for each place. Villages that are known by their municipality's position alone share one point: all but the first of them
    stand in a ring around it, APART_KM from it, well within the distance by which they may be off."""
    shared: dict[tuple[float, float], int] = {}
    for ident in sorted(stories):
        place = places[ident]
        at = round(place.lat, 3), round(place.lon, 3)
        number = shared[at] = shared.get(at, -1) + 1
        if not number:
            yield Find(place, stories[ident], place.lat, place.lon)
            continue
        angle, km = number * GOLDEN_ANGLE, APART_KM * math.sqrt(number)
        north = km / KM_A_DEGREE * math.cos(angle)
        east = km / KM_A_DEGREE * math.sin(angle) / max(0.1, math.cos(math.radians(place.lat)))
        yield Find(place, stories[ident], place.lat + north, place.lon + east)


def _rank(find: Find) -> tuple[int, str]:
    return -len(find.stories), find.place.id


def told(matches: Sequence[Valued], places: Mapping[str, Place]) -> dict[str, tuple[int, ...]]:
    """Stories by place, in the order of the matches. The index has the path of each place, too, so that a region finds its villages: what
    lies above another place of the article is left out, and so is what no article names."""
    out: dict[str, dict[int, None]] = {}
    happened: dict[tuple[str, ...], tuple[str, ...]] = {}  # many articles are about the same places
    for match in matches:
        if match.story_id is None:
            continue
        if (found := happened.get(match.values)) is None:
            known = [places[ident] for ident in match.values if ident in places]
            above = {ident for place in known for ident in place.path}
            found = happened[match.values] = tuple(place.id for place in known if place.id not in above)
        for ident in found:
            out.setdefault(ident, {})[match.story_id] = None
    return {ident: tuple(stories) for ident, stories in out.items()}
