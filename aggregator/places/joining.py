"""Joins imported GeoNames rows with the places that the packages give; used while the gazetteer is built.

By geonameid: an imported row is newer than the packages', so its name, point, people and divisions are taken; of two imported rows
the one changed later. Names are added, none is lost. What the packages lack becomes a place of its own.
"""

from collections.abc import Callable, Iterable
from pathlib import Path

from aggregator.places import own
from aggregator.places.dump import AlternateName, DivisionCode, Feature, Link
from aggregator.places.packages import Division
from aggregator.places.rows import KNOWN, MAIN, PlaceRow

Refile = Callable[[Feature, dict[str, PlaceRow]], tuple[str | None, PlaceRow | None, PlaceRow | None]]
FROM = -1_000_000  # numbers of divisions that come from imports: no package's row has one


def with_imported(divisions: list[Division], folder: Path, imports: Iterable[own.Import]) -> list[Division]:
    """The divisions, and those that imported tables of codes have beside them; known ones gain names."""
    known = {division.code: division for division in divisions}
    for found in imports:
        if found.kind not in ("admin1", "admin2"):
            continue
        for row in own.rows_of(folder, found):
            if not isinstance(row, DivisionCode):
                continue
            there = known.get(row.code)
            names = (row.name, row.ascii_name)
            if there is None:
                known[row.code] = Division(FROM - len(known), row.code, row.geonames_id, row.name, "", names, row.code.count("."))
            else:
                extra = tuple(dict.fromkeys((*there.names, *names)))
                known[row.code] = Division(there.row, there.code, there.geonames_id, there.name, there.type, extra, there.level)
    return list(known.values())


def add_features(places: dict[str, PlaceRow], regions: dict[str, PlaceRow], folder: Path, found: own.Import, refile: Refile) -> None:
    """Join a country dump: new places come in, known ones are brought up to date."""
    for row in own.rows_of(folder, found):
        if not isinstance(row, Feature):
            continue
        place = regions.get(row.admin2 if row.kind == "district" else row.admin1) if row.kind in ("region", "district") else None
        place = place or places.get(f"gn{row.geonames_id}")
        if row.kind in ("region", "district", "country"):
            if place is not None and place.kind == row.kind:
                _point(place, row)
            continue
        country, region, district = refile(row, regions)
        if place is None:
            place = PlaceRow(f"gn{row.geonames_id}", row.name, row.kind, row.lat, row.lon, country, geonames_id=row.geonames_id)
            places[place.id] = place
            place.source = found.source
            place.changed = row.modified
        elif place.changed > row.modified:
            _names(place, row)
            continue
        _point(place, row)
        place.name, place.changed, place.country = row.name, row.modified, country
        place.population = max(place.population, row.population) if place.kind != row.kind else row.population
        place.region = region.id if region else place.region
        place.district = district.id if district else place.district


def _point(place: PlaceRow, row: Feature) -> None:
    """A customary centre, or the place itself: what GeoNames says of a point is better than a mean of settlements."""
    place.lat, place.lon, place.approximate = row.lat, row.lon, False
    if row.population:
        place.population = row.population
    _names(place, row)


def _names(place: PlaceRow, row: Feature) -> None:
    place.add(row.name, MAIN if place.kind not in ("country", "region", "district") else KNOWN)
    for name in row.names:
        place.add(name, KNOWN)


def add_names(places: dict[str, PlaceRow], folder: Path, found: own.Import) -> None:
    """Add imported alternate names, with their languages and whether they are former or colloquial."""
    for row in own.rows_of(folder, found):
        place = places.get(f"gn{row.geonames_id}") if isinstance(row, AlternateName) else None
        if place is not None and isinstance(row, AlternateName):
            place.add(row.name, KNOWN, f"{row.language} {row.note}".strip() if row.language else f"und {row.note}" if row.note else "")


def add_links(places: dict[str, PlaceRow], folder: Path, found: own.Import) -> None:
    """File places without a region or district under the one that the hierarchy names."""
    for row in own.rows_of(folder, found):
        if not isinstance(row, Link):
            continue
        child, parent = places.get(f"gn{row.child}"), places.get(f"gn{row.parent}")
        if child is None or parent is None or child.country != parent.country or child.kind in ("country", "region"):
            continue
        if parent.kind == "region" and child.region is None:
            child.region = parent.id
        elif parent.kind == "district" and child.district is None and child.kind != "district":
            child.district, child.region = parent.id, child.region or parent.region
