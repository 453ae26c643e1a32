"""Builds the gazetteer: reads the packages and tables, joins them, bends Cyrillic names, writes the folder.

The packages are needed only here (dependency group ``gazetteer``); nothing at run time imports this module.
"""

import gc
import math
import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from aggregator.places import packages, tables
from aggregator.places.inflect import Inflector
from aggregator.places.normalise import name_key, script_of, slug, word_set
from aggregator.places.register import add_register
from aggregator.places.rows import BENT, KNOWN, MADE, MAIN, TABLES, PlaceRow
from aggregator.places.write import write

SCRIPTS = frozenset(("latin", "cyrillic", "arabic", "hebrew"))
SAME_PLACE_KM = 30.0
# The law that tags follow where GeoNames files a territory otherwise: docs/boundaries.md.
OTHER_REGION = {"IL.WE": "PS.WE"}
# First-level divisions that lie in another one: the Palestinian governorates.
STRIP, BANK, STRIP_WEST_OF = "PS.GZ", "PS.WE", 34.6
GOLAN = ((32.68, 33.34), (35.62, 35.92))  # latitudes, longitudes of the part under Israeli administration
GOLAN_REGION = "SY.03"
BEND_ALWAYS = word_set("UA RU BY KZ MD GE AM AZ SY LB IL PS YE SD SS CD MM IR IQ AF ET")
BEND_FROM = 15_000  # people; smaller places elsewhere stay in the nominative
ARTICLE_COUNTRIES = word_set("PS SY LB YE SD IQ EG LY SA JO AE OM QA KW BH DZ TN MA MR SO DJ TD IL IR EH")
ARTICLES = word_set("al el ad ed ar er as es ash esh at et az ez an en ud ul")
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


def build(folder: Path, progress: Progress) -> BuildReport:
    """Build the gazetteer into ``folder``, replacing it in one swap; ``progress(step, done, of)`` is called as it goes.

    Needs the packages of the group ``gazetteer``, about 1 GiB and a minute or two.
    """
    begun = time.monotonic()
    gc.disable()  # hundreds of thousands of small live objects, no cycles: collecting costs a third of the time
    try:
        progress("read packages", 0, 4)
        places = _countries()
        divisions = packages.divisions()
        regions = _divisions(divisions, places)
        progress("read packages", 1, 4)
        _cities(places, {d.row: d.code for d in divisions}, regions)
        _point_divisions(places, regions)
        progress("read packages", 2, 4)
        _apply_regions(places, regions)
        index = NameIndex(places.values())
        _capitals(index)
        extras = _supplement(places, regions, index)
        progress("read packages", 3, 4)
        add_register(packages.ukraine(), places, regions, extras)
        _exonyms(index)
        progress("read packages", 4, 4)
        _bend(places, progress)
        _variants(places)
        counts = write(folder, places.values(), packages.sources(), datetime.now(UTC), progress)
    finally:
        gc.enable()
    return BuildReport(folder, counts, time.monotonic() - begun)


def distance_km(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Distance of two points a few hundred kilometres apart at most, on a flat map: good to about 1 %."""
    x = (b[1] - a[1]) * math.cos(math.radians((a[0] + b[0]) / 2))
    return 111.2 * math.hypot(x, b[0] - a[0])


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
        place.add(place.name, MAIN)
        for name in (division.name, *division.names):
            if not _usable(name):
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


def _usable(name: str) -> bool:
    """Whether texts may bear this spelling: in a script we read, capitalised where there are capitals, no code."""
    script = script_of(name)
    if script not in SCRIPTS or len(name) < 2:
        return False
    if script in ("latin", "cyrillic"):
        first = next(c for c in name if c.isalpha())
        return first.isupper() and not (name.isupper() and len(name) <= 4)
    return len(name) > 2


def _cities(places: dict[str, PlaceRow], code_of: dict[int, str], regions: dict[str, PlaceRow]) -> None:
    for city in packages.cities():
        codes = [OTHER_REGION.get(code, code) for code in (code_of.get(row, "") for row in city.divisions)]
        lies = [regions[code] for code in codes if code in regions]
        region = next((d for d in lies if d.kind == "region"), None)
        district = next((d for d in lies if d.kind == "district"), None)
        if region is None and district is not None:
            region = places.get(district.region or "")
        country = region.country if region else city.country
        if country == "IL" and all(low <= x <= high for x, (low, high) in zip((city.lat, city.lon), GOLAN, strict=True)) and _golan(city):
            region, district, country = regions[GOLAN_REGION], None, "SY"
        if country == "PS":
            strip = regions[STRIP if city.lon < STRIP_WEST_OF else BANK]
            if region is not None and region is not strip:
                district, region.kind, region.region = region, "district", strip.id
            region = strip
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
            if _usable(name):
                place.add(name, KNOWN)
        places[place.id] = place


def _golan(city: packages.City) -> bool:
    """East of the line of 4 June 1967 as far as the Jordan and the lake's shore show it."""
    return city.lon > (35.65 if city.lat < 32.9 else 35.625 if city.lat < 33.1 else 35.66)


def _point_divisions(places: dict[str, PlaceRow], regions: dict[str, PlaceRow]) -> None:
    """Give divisions the mean point of their settlements and the sum of their people; drop those without."""
    sums: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0, 0.0])
    for place in places.values():
        if place.kind != "settlement":
            continue
        for ident in (place.region, place.district):
            if ident:
                row = sums[ident]
                row[0] += place.lat
                row[1] += place.lon
                row[2] += 1
                row[3] += place.population
    for code, place in list(regions.items()):
        row = sums.get(place.id, [])
        if row:
            place.lat, place.lon, place.population = round(row[0] / row[2], 4), round(row[1] / row[2], 4), int(row[3])
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
        near = [p for name in extra.names for p in index.get(name) if _same(extra, p)]
        if near:
            place = max(near, key=lambda p: p.population)
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


def _same(extra: tables.Extra, place: PlaceRow) -> bool:
    if extra.kind != place.kind or extra.country != place.country:
        return False
    return distance_km((extra.lat, extra.lon), (place.lat, place.lon)) < SAME_PLACE_KM


def _exonyms(index: NameIndex) -> None:
    for country, name, others in tables.exonyms():
        found = [p for p in index.get(name) if p.country == country and p.kind == "settlement"]
        if not found:
            raise ValueError(f"exonyms.tsv: {country} has no settlement named {name}")
        place = max(found, key=lambda p: p.population)
        for other in others:
            place.add(other, KNOWN)


def _bend(places: dict[str, PlaceRow], progress: Progress) -> None:
    """Add the case forms of Cyrillic names, of those that Ukrainian and Russian news may well mention."""
    inflectors = {language: Inflector(language) for language in ("uk", "ru")}
    done: dict[tuple[str, str], frozenset[str]] = {}
    for number, place in enumerate(places.values()):
        if number % 20_000 == 0:
            progress("bend names", number, len(places))
        if place.kind == "settlement" and place.country not in BEND_ALWAYS and place.population < BEND_FROM:
            continue
        for name in list(place.names):
            if script_of(name) != "cyrillic":
                continue
            for language, inflector in inflectors.items():
                if language == "uk" and place.kind in ("settlement", "district") and place.country == "RU" and place.population < BEND_FROM:
                    continue
                forms = done.get((language, name))
                if forms is None:
                    forms = done[language, name] = inflector.forms(name)
                for form in forms:
                    place.add(form, BENT)
    progress("bend names", len(places), len(places))


def _variants(places: dict[str, PlaceRow]) -> None:
    """Add spellings of romanised Arabic names: every article as ``al``, and without the first."""
    for place in places.values():
        if place.country not in ARTICLE_COUNTRIES or place.kind == "country":
            continue
        for name, rank in list(place.names.items()):
            if rank > KNOWN or script_of(name) != "latin":
                continue
            words = name_key(name).split()
            if len(words) < 2 or not any(w in ARTICLES for w in words[:-1]):
                continue
            place.add(" ".join("al" if w in ARTICLES and i < len(words) - 1 else w for i, w in enumerate(words)), MADE)
            if words[0] in ARTICLES and len(" ".join(words[1:])) > 4:
                place.add(" ".join(words[1:]), MADE)
