"""Files places: under which country and region a point goes, where the middle of a region is. Used while the gazetteer is built.

The law that it follows where GeoNames files a territory otherwise: docs/boundaries.md.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping

from aggregator.places.gazetteer import distance_km
from aggregator.places.rows import PlaceRow

THIN = 0.5  # degrees: settlements of one such cell count once, so that a crowded coast does not draw the middle of a region to it
NEAREST, NEAR_KM = 3, 80.0
Point = tuple[float, float]
OTHER_REGION = {"IL.WE": "PS.WE"}
# First-level divisions that lie in another one: the Palestinian governorates.
STRIP, BANK, STRIP_WEST_OF = "PS.GZ", "PS.WE", 34.6
GOLAN = ((32.68, 33.34), (35.62, 35.92))  # latitudes, longitudes of the part under Israeli administration
GOLAN_REGION = "SY.03"


def refiled(code: str) -> str:
    """The code under which a first-level division of GeoNames is filed here."""
    return OTHER_REGION.get(code, code)


def by_policy(
    at: Point, country: str | None, region: PlaceRow | None, district: PlaceRow | None, regions: Mapping[str, PlaceRow]
) -> tuple[str | None, PlaceRow | None, PlaceRow | None]:
    """Country, region and district of a point that a source files under these."""
    country = region.country if region else country
    if country == "IL" and _golan(at) and GOLAN_REGION in regions:
        return "SY", regions[GOLAN_REGION], None
    if country == "PS" and STRIP in regions and BANK in regions and region not in (regions[STRIP], regions[BANK]):
        strip = regions[STRIP if at[1] < STRIP_WEST_OF else BANK]
        if region is not None:
            district, region.kind, region.region = region, "district", strip.id
        region = strip
    return country, region, district


def _golan(at: Point) -> bool:
    """East of the line of 4 June 1967 as far as the Jordan and the lake's shore show it."""
    lat, lon = at
    inside = all(low <= x <= high for x, (low, high) in zip(at, GOLAN, strict=True))
    return inside and lon > (35.65 if lat < 32.9 else 35.625 if lat < 33.1 else 35.66)


def middles(places: Iterable[PlaceRow]) -> dict[str, tuple[Point, int]]:
    """Middle point and people of each division by its id, from the settlements that lie in it.

    The point is halfway between the mean of the occupied cells and the middle of their extent: over first-level divisions whose
    customary centre is known (GeoNames' values for the United States, Canada, Australia, Russia) that is nearer to it than the
    plain mean of the settlements.
    """
    cells: dict[str, dict[tuple[int, int], list[float]]] = defaultdict(lambda: defaultdict(lambda: [0.0, 0.0, 0.0]))
    people: dict[str, int] = defaultdict(int)
    for place in places:
        if place.kind != "settlement":
            continue
        for ident in (place.region, place.district):
            if ident:
                cell = cells[ident][math.floor(place.lat / THIN), math.floor(place.lon / THIN)]
                cell[0] += place.lat
                cell[1] += place.lon
                cell[2] += 1
                people[ident] += place.population
    return {ident: (_middle([(lat / n, lon / n) for lat, lon, n in found.values()]), people[ident]) for ident, found in cells.items()}


def _middle(points: list[Point]) -> Point:
    lats, lons = [p[0] for p in points], [p[1] for p in points]
    lat = (sum(lats) / len(lats) + (min(lats) + max(lats)) / 2) / 2
    lon = (sum(lons) / len(lons) + (min(lons) + max(lons)) / 2) / 2
    return round(lat, 4), round(lon, 4)


class Neighbourhood:
    """Settlements that have a region, by where they are: says in which region a point most likely lies."""

    def __init__(self, places: Iterable[PlaceRow], countries: frozenset[str | None]) -> None:
        self._cells: dict[tuple[str | None, int, int], list[PlaceRow]] = defaultdict(list)
        for place in places:
            if place.kind == "settlement" and place.region and place.country in countries and not place.approximate:
                self._cells[place.country, math.floor(place.lat), math.floor(place.lon)].append(place)

    def region(self, lat: float, lon: float, country: str | None) -> str | None:
        """The region that most of the three nearest settlements of the country lie in, the nearest breaking ties; None if none is near."""
        near = []
        for north in (-1, 0, 1):
            for east in (-1, 0, 1):
                for place in self._cells.get((country, math.floor(lat) + north, math.floor(lon) + east), ()):
                    distance = distance_km((lat, lon), (place.lat, place.lon))
                    if distance <= NEAR_KM:
                        near.append((distance, place.region))
        nearest = [region for _, region in sorted(near, key=lambda row: row[0])[:NEAREST]]
        return max(nearest, key=nearest.count) if nearest else None


def file_under_regions(places: Mapping[str, PlaceRow], loose: Iterable[PlaceRow]) -> int:
    """Give settlements and sites without a region that of their neighbours; return how many got one."""
    wanting = [p for p in loose if p.kind in ("settlement", "site") and p.country and not p.region]
    around = Neighbourhood(places.values(), frozenset(p.country for p in wanting))
    filed = 0
    for place in wanting:
        place.region = around.region(place.lat, place.lon, place.country)
        filed += place.region is not None
    return filed
