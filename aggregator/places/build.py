"""Builds the gazetteer: reads the packages and tables, joins them, bends Cyrillic names, writes the folder.

The packages are needed only here (dependency group ``gazetteer``); nothing at run time imports this module.
"""

import gc
import math
import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from aggregator.places import own, packages, tables
from aggregator.places.bending import Bender
from aggregator.places.byhand import lay_over
from aggregator.places.dump import Feature, usable
from aggregator.places.filing import OTHER_REGION, by_policy, file_under_regions, middles, refiled
from aggregator.places.gazetteer import distance_km
from aggregator.places.joining import add_features, add_links, add_names, with_imported
from aggregator.places.normalise import name_key, script_of, slug, word_set
from aggregator.places.register import add_register
from aggregator.places.rows import KNOWN, MAIN, TABLES, PlaceRow
from aggregator.places.write import write

SAME_PLACE_KM = {False: 20.0, True: 30.0}  # exactly placed rows of the tables, and approximate ones
REGION_WORD = re.compile(
    r"\b(oblast['’]?|region|rayon|raion|district|province|governorate|state|county|prefecture|krai|kray|republic of|republic|department|"
    r"muhafazat|wilaya|wilayat|voivodeship|canton)\b",
    re.IGNORECASE,
)
ENGLISH_KIND = re.compile(r"^[ -~]+ (Oblast|Governorate|District|Krai|Province|Region|State|Republic)$")
KEEPS_STATE = word_set("MM SD NG")  # "X State" is their English name


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What was built: counts of places by kind and of names, and the seconds it took."""

    folder: Path
    counts: dict[str, int]
    elapsed_s: float


Progress = Callable[[str, int, int], None]


def build(folder: Path, progress: Progress, added: Path | None = None) -> BuildReport:
    """Build the gazetteer into ``folder``, replacing it in one swap; ``progress(step, done, of)`` is called as it goes.

    ``added`` is the folder of what the operator added (own.py). Needs the packages of the group ``gazetteer``, about 1 GiB and a minute
    or two; imports cost more of both. Raises GazetteerError where an import or the list of places added by hand is damaged.
    """
    begun = time.monotonic()
    imports = own.imports(added) if added else []
    by_hand = own.added(added) if added else ()
    gc.disable()  # hundreds of thousands of small live objects, no cycles: collecting costs a third of the time
    try:
        places = _gather(progress, added or folder, imports)
        bender = Bender()
        sources = [*packages.sources(), *(_source(found) for found in imports)]
        counts = write(folder, places.values(), sources, datetime.now(UTC), progress, bender.spellings)
        lay_over(folder, by_hand, bender)
    finally:
        gc.enable()
    return BuildReport(folder, counts, time.monotonic() - begun)


def _gather(progress: Progress, added: Path, imports: Sequence[own.Import]) -> dict[str, PlaceRow]:
    """All places by id, but those added by hand."""
    steps = 4 + len(imports)
    progress("read packages", 0, steps)
    places = _countries()
    divisions = with_imported(packages.divisions(), added, imports)
    regions = _divisions(divisions, places)
    progress("read packages", 1, steps)
    _cities(places, {d.row: d.code for d in divisions}, regions)
    _point_divisions(places, regions)
    progress("read packages", 2, steps)
    for number, found in enumerate(sorted(imports, key=lambda i: ORDER.index(i.kind)), start=3):
        if found.kind == "places":
            add_features(places, regions, added, found, _filed)
        elif found.kind == "names":
            add_names(places, added, found)
        elif found.kind == "hierarchy":
            add_links(places, added, found)
        progress("join imports", number, steps)
    _apply_regions(places, regions)
    index = NameIndex(places.values())
    _capitals(index)
    extras = _supplement(places, regions, index)
    progress("read packages", steps - 1, steps)
    add_register(packages.ukraine(), places, regions, extras)
    file_under_regions(places, [p for p in places.values() if p.kind in ("settlement", "site") and p.country and not p.region])
    _exonyms(places, index)
    progress("read packages", steps, steps)
    return places


ORDER = ("admin1", "admin2", "places", "hierarchy", "names")  # names join what the files before them brought in


def _source(found: own.Import) -> dict[str, str]:
    return {
        "key": found.source,
        "name": found.name,
        "version": found.newest or found.imported_at[:10],
        "about": f"imported by the operator: {IMPORTED[found.kind]} (GeoNames), {found.kept} rows",
        "licence": "CC BY 4.0",
        "url": "https://www.geonames.org/",
        "credit": packages.GEONAMES_CREDIT,
    }


IMPORTED = {
    "places": "places of a country or of the world",
    "names": "alternate names",
    "admin1": "codes of first-level divisions",
    "admin2": "codes of second-level divisions",
    "hierarchy": "what lies in what",
}


class NameIndex:
    """Places by name key while the gazetteer is built."""

    def __init__(self, places: Iterable[PlaceRow]) -> None:
        self._by_key: dict[str, list[PlaceRow]] = defaultdict(list)
        for place in places:
            for key in {name_key(name) for name in place.names}:
                self._by_key[key].append(place)

    def get(self, name: str) -> list[PlaceRow]:
        return self._by_key.get(name_key(name), [])


def _countries() -> dict[str, PlaceRow]:
    centre = {c.code: c for c in tables.centres()}
    places: dict[str, PlaceRow] = {}
    for country in packages.countries():
        at = centre.get(country.code)
        if at is None:
            continue  # a country that is no more (AN, CS)
        ident = f"gn{country.geonames_id}" if country.geonames_id else f"fw-{slug(country.name)}"
        name = SHORT.get(country.code, country.name)
        place = PlaceRow(
            ident, name, "country", at.lat, at.lon, country.code, geonames_id=country.geonames_id, population=country.population
        )
        place.code = country.code
        place.add(name, MAIN, "en")
        for language, other in country.names.items():
            place.add(other, KNOWN, language)
        for other in (*country.others, *at.names):
            place.add(other, KNOWN)
        places[ident] = place
    return places


SHORT = {
    "PS": "Palestine",
    "CD": "DR Congo",
    "CG": "Republic of the Congo",
    "MM": "Myanmar",
    "TR": "Turkey",
    "HK": "Hong Kong",
    "MO": "Macau",
    "CI": "Ivory Coast",
}


def _divisions(divisions: list[packages.Division], places: dict[str, PlaceRow]) -> dict[str, PlaceRow]:
    """First- and second-level divisions by GeoNames code. Those without a settlement get no point and are dropped later."""
    known = {place.country for place in places.values()}
    out: dict[str, PlaceRow] = {}
    for division in sorted(divisions, key=lambda d: d.level):
        country = division.code.partition(".")[0]
        if country not in known or division.code in OTHER_REGION:
            continue
        kind = "region" if division.level == 1 else "district"
        ident = f"gn{division.geonames_id}" if division.geonames_id else f"fw-{slug(division.code)}"
        if ident in places:
            continue
        region = out.get(".".join(division.code.split(".")[:2])) if kind == "district" else None
        place = PlaceRow(
            ident, _english(division), kind, math.nan, math.nan, country, region.id if region else None, geonames_id=division.geonames_id
        )
        place.code = division.code
        place.add(place.name, MAIN)
        for name in (division.name, *division.names):
            if not usable(name):
                continue
            place.add(name, KNOWN)
            bare = re.sub(r"^of ", "", REGION_WORD.sub("", name).strip())
            if bare != name and len(bare) > 3 and script_of(bare) == "latin":
                place.add(bare, KNOWN)
        out[division.code] = places[ident] = place
    return out


def _english(division: packages.Division) -> str:
    for name in (division.name, *division.names):
        if ENGLISH_KIND.match(name) and not (name.endswith(" State") and division.code[:2] not in KEEPS_STATE):
            return name
    return division.name


def _cities(places: dict[str, PlaceRow], code_of: dict[int, str], regions: dict[str, PlaceRow]) -> None:
    for city in packages.cities():
        lies = [regions[code] for code in (refiled(code_of.get(row, "")) for row in city.divisions) if code in regions]
        region = next((d for d in lies if d.kind == "region"), None)
        district = next((d for d in lies if d.kind == "district"), None)
        if region is None and district is not None:
            region = places.get(district.region or "")
        country, region, district = by_policy((city.lat, city.lon), city.country, region, district, regions)
        place = PlaceRow(
            f"gn{city.geonames_id}",
            city.name,
            "settlement",
            city.lat,
            city.lon,
            country,
            region.id if region else None,
            district.id if district else None,
            city.geonames_id,
            city.population,
        )
        place.add(city.name, MAIN)
        for name in city.names:
            if usable(name):
                place.add(name, KNOWN)
        places[place.id] = place


def _filed(row: Feature, regions: dict[str, PlaceRow]) -> tuple[str | None, PlaceRow | None, PlaceRow | None]:
    """Country, region and district of an imported row."""
    region, district = regions.get(refiled(row.admin1)), regions.get(row.admin2)
    return by_policy((row.lat, row.lon), row.country or None, region, district, regions)


def _point_divisions(places: dict[str, PlaceRow], regions: dict[str, PlaceRow]) -> None:
    """Give divisions the middle of their settlements and the sum of their people; drop those without."""
    known = middles(places.values())
    for code, place in list(regions.items()):
        if place.id in known:
            (place.lat, place.lon), place.population = known[place.id]
            place.approximate = True
        elif place.kind == "district":
            del places[place.id], regions[code]


def _apply_regions(places: dict[str, PlaceRow], regions: dict[str, PlaceRow]) -> None:
    for row in tables.regions():
        place = regions.get(row.code)
        if place is None:
            raise ValueError(f"regions.tsv: no region has the code {row.code}")
        if row.name:
            place.name = row.name
        if row.point:
            place.lat, place.lon = row.point
            place.approximate = False
        place.add(place.name, MAIN)
        for name in row.names:
            place.add(name.strip("[]"), KNOWN)
    country = {place.country: place for place in places.values() if place.kind == "country"}
    for place in regions.values():
        if math.isnan(place.lat):
            above = country[place.country]
            place.lat, place.lon, place.approximate = above.lat, above.lon, True


def _capitals(index: NameIndex) -> None:
    """Mark the capitals: a name that they share with other places most likely means them."""
    for country in packages.countries():
        found = [p for p in index.get(country.capital) if p.country == country.code and p.kind == "settlement"]
        if found:
            max(found, key=lambda p: p.population).capital = True


def _supplement(places: dict[str, PlaceRow], regions: dict[str, PlaceRow], index: NameIndex) -> list[PlaceRow]:
    """Add the supplement's places, or their names to places that are there; return those that are new."""
    new = []
    for extra in tables.supplement():
        if extra.region and extra.region not in regions:
            raise ValueError(f"supplement: no region has the code {extra.region} ({extra.names[0]})")
        region = regions[extra.region] if extra.region else None
        near = [p for name in extra.names for p in index.get(name) if _same(extra, p, region)]
        if near:
            own_name = name_key(extra.names[0])
            place = max(near, key=lambda p: (name_key(p.name) == own_name, p.population))
            place.name = extra.names[0]
            place.population = max(place.population, extra.weight)
        else:
            ident = f"fw-{slug(extra.names[0])}"
            if ident in places:
                ident += "-" + slug(extra.region or extra.country or extra.kind)
            if ident in places:
                ident += f"-{round(extra.lat * 100)}-{round(extra.lon * 100)}"
            place = PlaceRow(
                ident,
                extra.names[0],
                extra.kind,
                extra.lat,
                extra.lon,
                extra.country,
                region.id if region else None,
                population=extra.weight,
                source=TABLES,
            )
            place.approximate = extra.approximate
            places[ident] = place
            new.append(place)
            place.add(extra.names[0], MAIN)
        for name in extra.names:
            place.add(name, KNOWN)
    return new


def _same(extra: tables.Extra, place: PlaceRow, region: PlaceRow | None) -> bool:
    """Whether a row of the tables is a place that is there: villages a valley apart may bear one name, so regions must agree."""
    if extra.kind != place.kind or extra.country != place.country:
        return False
    if region is not None and place.region is not None and place.region != region.id:
        return False
    far = SAME_PLACE_KM[extra.approximate]
    return distance_km((extra.lat, extra.lon), (place.lat, place.lon)) < far


def _exonyms(places: dict[str, PlaceRow], index: NameIndex) -> None:
    for row in tables.exonyms():
        found = [p for p in index.get(row.name) if p.country == row.country and p.kind == "settlement"]
        place = places.get(row.name) or max(found, key=lambda p: (name_key(p.name) == name_key(row.name), p.population), default=None)
        if place is None:
            raise ValueError(f"exonyms.tsv: {row.country} has no settlement {row.name}")
        for name in row.alone:
            for other in index.get(name):
                if other is not place and other.kind == "settlement":
                    other.drop(name_key(name), name_key)
        for name in row.names:
            place.add(name, KNOWN, "und former" if name in row.former else "")
