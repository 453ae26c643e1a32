"""Joins Ukraine's register of settlements (KATOTTG) with the places that have coordinates.

GeoNames has fewer than half of the villages. Those it lacks stand at the centre of their hromada, flagged approximate: within
about ten kilometres, which tells a reader where the front is, and puts the village under the right region and raion.
"""

import math
from collections import defaultdict
from collections.abc import Sequence

from aggregator.places.normalise import name_key, slug, word_set
from aggregator.places.packages import Settlement
from aggregator.places.romanise import romanise, russian
from aggregator.places.rows import KNOWN, MADE, MAIN, REGISTER, PlaceRow

NEAR_KM = 30.0
# Oblasts near the war: their villages are named in Russian reports too.
FRONT = word_set("UA.02 UA.04 UA.05 UA.07 UA.08 UA.11 UA.14 UA.16 UA.21 UA.26")
CRIMEA = word_set("UA.11 UA.20")  # where news keeps other spellings than the official romanisation: Yevpatoria, Feodosia
DIRECTIONS = {"uk": ("напрямок", "напрям", "напрямку", "громада"), "ru": ("направление",)}
Point = tuple[float, float]


def add_register(
    register: Sequence[Settlement], places: dict[str, PlaceRow], regions: dict[str, PlaceRow], extras: Sequence[PlaceRow]
) -> None:
    """Add the register's settlements to ``places``; those that are there gain their Ukrainian name and raion."""
    entries = {entry.code: entry for entry in register}
    oblasts = _oblasts(register, regions)
    raions = _raions(register, places, oblasts)
    by_name = _by_name(places, regions, oblasts, entries)
    wanted = [e for e in register if e.category in "MTCXK" and e.above and e.above[0] in oblasts]
    found = _unique(wanted, by_name, oblasts)
    centres = _centres(register, found)
    front = {oblast for oblast, place in oblasts.items() if any(regions.get(code) is place for code in FRONT)}
    crimea = {oblast for oblast, place in oblasts.items() if any(regions.get(code) is place for code in CRIMEA)}
    extra_ids = {place.id for place in extras}
    taken = {place.id for place in found.values()}
    for entry in wanted:
        place = found.get(entry.code)
        oblast = oblasts[entry.above[0]]
        at = _centre(entry, centres, oblast)
        if place is None:
            near = [p for p in by_name.get((oblast.id, name_key(entry.name)), ()) if p.id not in taken]
            near = [p for p in near if _km((p.lat, p.lon), at) < NEAR_KM]
            if near:
                place = min(near, key=lambda p: _km((p.lat, p.lon), at))
                taken.add(place.id)
                found[entry.code] = place
        if place is None:
            latin = romanise(entry.name)
            place = PlaceRow(
                f"fw-{slug(latin)}-{entry.code[-6:]}", latin, "settlement", *at, "UA", oblast.id, approximate=True, source=REGISTER
            )
            place.add(latin, MAIN)
            if place.id in places:
                place.id = f"fw-{slug(latin)}-{entry.code[2:]}"
            places[place.id] = place
            found[entry.code] = place
        raion = raions.get(entry.above[1]) if len(entry.above) > 1 else None
        if raion:
            place.district = raion.id
        place.add(entry.name, KNOWN, "uk")
        place.add(romanise(entry.name), MAIN, "uk-Latn")
        if entry.above[0] not in crimea:
            place.name = romanise(entry.name)  # the spelling of today's news: Kupiansk, where GeoNames has Kupyansk
        if entry.above[0] in front and (place.id.startswith("fw-") and place.id not in extra_ids):
            place.add(russian(entry.name), MADE)
    _directions(register, found)


def _km(a: Point, b: Point) -> float:
    x = (b[1] - a[1]) * math.cos(math.radians((a[0] + b[0]) / 2))
    return 111.2 * math.hypot(x, b[0] - a[0])


def _oblasts(register: Sequence[Settlement], regions: dict[str, PlaceRow]) -> dict[str, PlaceRow]:
    named = {
        name_key(name): place
        for code, place in regions.items()
        if code.startswith("UA.") and place.kind == "region"
        for name in place.names
    }
    out = {}
    for entry in register:
        if entry.category in "OK" and not entry.above:
            place = (
                named.get(name_key(entry.name + " область"))
                or named.get(name_key("Місто " + entry.name))
                or named.get(name_key(entry.name))
            )
            if place is None:
                raise ValueError(f"no region for {entry.name} of the register")
            out[entry.code] = place
    return out


def _raions(register: Sequence[Settlement], places: dict[str, PlaceRow], oblasts: dict[str, PlaceRow]) -> dict[str, PlaceRow]:
    named: dict[tuple[str | None, str], PlaceRow] = {}
    for place in places.values():
        if place.kind == "district" and place.country == "UA":
            for name in place.names:
                named.setdefault((place.region, name_key(name)), place)
    out = {}
    for entry in register:
        if entry.category != "P" or entry.above[0] not in oblasts:
            continue
        oblast = oblasts[entry.above[0]]
        name = f"{entry.name} район"
        latin = romanise(entry.name)
        spellings = (name, f"{latin} Raion", f"{latin.removesuffix('yi')} Raion")
        known = next((named[key] for key in ((oblast.id, name_key(n)) for n in spellings) if key in named), None)
        ident, at = f"fw-{slug(latin)}-raion", (oblast.lat, oblast.lon)
        place = known or PlaceRow(ident, f"{latin} Raion", "district", *at, "UA", oblast.id, approximate=True, source=REGISTER)
        if known is None:
            place.add(place.name, MAIN)
            places[place.id] = place
        place.add(name, KNOWN, "uk")
        place.add(russian(entry.name) + " район", KNOWN, "ru")
        out[entry.code] = place
    return out


def _by_name(
    places: dict[str, PlaceRow], regions: dict[str, PlaceRow], oblasts: dict[str, PlaceRow], entries: dict[str, Settlement]
) -> dict[tuple[str, str], list[PlaceRow]]:
    out: dict[tuple[str, str], list[PlaceRow]] = defaultdict(list)
    for place in places.values():
        if place.country == "UA" and place.kind == "settlement" and place.region:
            for key in {name_key(name) for name in place.names}:
                out[place.region, key].append(place)
    return out


def _unique(
    wanted: Sequence[Settlement], by_name: dict[tuple[str, str], list[PlaceRow]], oblasts: dict[str, PlaceRow]
) -> dict[str, PlaceRow]:
    """Entries whose name occurs once in the register and once among the places of the oblast; towns before villages."""
    out: dict[str, PlaceRow] = {}
    count: dict[tuple[str, str], int] = defaultdict(int)
    for entry in wanted:
        count[oblasts[entry.above[0]].id, name_key(entry.name)] += 1
    taken: set[str] = set()
    for town in (True, False):
        for entry in wanted:
            if (entry.category == "M") != town:
                continue
            key = oblasts[entry.above[0]].id, name_key(entry.name)
            there = [p for p in by_name.get(key, ()) if p.id not in taken]
            if not there or (not town and (count[key] > 1 or len(there) > 1)):
                continue
            place = max(there, key=lambda p: p.population)
            out[entry.code] = place
            taken.add(place.id)
    return out


def _centres(register: Sequence[Settlement], found: dict[str, PlaceRow]) -> dict[str, Point]:
    """Mean point of the found settlements of each hromada and raion."""
    sums: dict[str, list[Point]] = defaultdict(list)
    for entry in register:
        place = found.get(entry.code)
        if place is not None:
            for code in entry.above[1:]:
                sums[code].append((place.lat, place.lon))
    return {
        code: (round(sum(p[0] for p in points) / len(points), 4), round(sum(p[1] for p in points) / len(points), 4))
        for code, points in sums.items()
    }


def _centre(entry: Settlement, centres: dict[str, Point], oblast: PlaceRow) -> Point:
    return next((centres[code] for code in reversed(entry.above) if code in centres), (oblast.lat, oblast.lon))


def _directions(register: Sequence[Settlement], found: dict[str, PlaceRow]) -> None:
    """``Куп'янський напрямок`` means Kupiansk: a hromada is named by the adjective of its centre."""
    inside: dict[str, list[tuple[Settlement, PlaceRow]]] = defaultdict(list)
    for entry in register:
        if entry.code in found:
            for code in entry.above[1:]:
                inside[code].append((entry, found[entry.code]))
    for entry in register:
        if entry.category not in "HP" or entry.code not in inside:
            continue
        stem = name_key(entry.name)[:4]
        centre = max(
            (row for row in inside[entry.code] if name_key(row[0].name).startswith(stem)), key=lambda row: row[1].population, default=None
        )
        if centre is None or not entry.name.endswith(("ська", "цька", "ський", "цький")):
            continue
        base = entry.name.removesuffix("ий").removesuffix("а")
        place = centre[1]
        place.add(f"{base}ий напрямок", MADE)
        place.add(f"{base}ий напрям", MADE)
        place.add(f"{russian(base + 'ий')} направление".replace("Ьск", "ск"), MADE)
        if entry.category == "H":
            place.add(f"{base}а громада", MADE)
