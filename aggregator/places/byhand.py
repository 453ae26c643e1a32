"""Places that an operator adds by hand: checks them, keeps them, lays them over the built gazetteer at once."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from aggregator.errors import NotFoundError, UsageError
from aggregator.model import Place
from aggregator.places import own
from aggregator.places.bending import Bender
from aggregator.places.gazetteer import Gazetteer, distance_km
from aggregator.places.normalise import name_key, slug
from aggregator.places.overlay import write_overlay
from aggregator.places.rows import HAND, KNOWN, MAIN, PlaceRow

KINDS = ("settlement", "site", "area", "water")
NAMESAKE_KM = 5.0
FAR_KM = 150.0


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an operator asks for. ``names`` are (spelling, language tag or empty), the place's own name first."""

    names: tuple[tuple[str, str], ...]
    lat: float
    lon: float
    kind: str
    region: str
    approximate: bool = False
    population: int = 0


def add(gazetteer: Gazetteer, built: Path, folder: Path, wanted: Wanted, now: datetime) -> own.Added:
    """Add a place; it is found from the next opening of the gazetteer on. Raises UsageError."""
    _check(gazetteer, wanted)
    there = own.added(folder)
    ident = _ident(wanted, {place.id for place in there})
    new = own.Added(
        ident,
        wanted.kind,
        wanted.lat,
        wanted.lon,
        wanted.region,
        wanted.names,
        wanted.approximate,
        wanted.population,
        now.isoformat(timespec="seconds"),
    )
    own.keep_added(folder, (*there, new))
    lay_over(built, (*there, new), Bender())
    return new


def remove(built: Path, folder: Path, ident: str) -> own.Added:
    """Take back a place added by hand. Raises NotFoundError."""
    there = own.added(folder)
    gone = next((place for place in there if place.id == ident), None)
    if gone is None:
        raise NotFoundError("place added by hand", ident)
    left = tuple(place for place in there if place.id != ident)
    own.keep_added(folder, left)
    lay_over(built, left, Bender())
    return gone


def lay_over(built: Path, added: Sequence[own.Added], bender: Bender) -> None:
    """Lay the places added by hand over the gazetteer in ``built``; one whose region is no more goes without."""
    if not added:
        write_overlay(built, [])
        return
    gazetteer = Gazetteer.open(built)
    write_overlay(built, [_row(gazetteer, place, bender) for place in added])


def _row(gazetteer: Gazetteer, place: own.Added, bender: Bender) -> PlaceRow:
    above = gazetteer.division(place.region)
    region = above.id if above and above.kind != "country" else None
    district = None
    if above and above.kind == "district":
        district, region = above.id, next((ident for ident in above.path if gazetteer.get(ident).kind == "region"), None)
    row = PlaceRow(place.id, place.names[0][0], place.kind, place.lat, place.lon, above.country if above else None, region, district)
    row.population, row.approximate, row.source = place.population, place.approximate, HAND
    for rank, (name, language) in zip((MAIN, *(KNOWN for _ in place.names)), place.names, strict=False):
        row.add(name, rank, language)
    for name, rank in bender.spellings(row).items():
        row.add(name, rank)
    return row


def _check(gazetteer: Gazetteer, wanted: Wanted) -> None:
    name = wanted.names[0][0]
    if not all(name_key(text) for text, _ in wanted.names):
        raise UsageError("A name needs a letter.")
    if not -90 <= wanted.lat <= 90:
        raise UsageError(f"The latitude {wanted.lat} is out of range: -90 to 90, north positive. --at takes LATITUDE,LONGITUDE.")
    if not -180 <= wanted.lon <= 180:
        raise UsageError(f"The longitude {wanted.lon} is out of range: -180 to 180, east positive. --at takes LATITUDE,LONGITUDE.")
    if wanted.kind not in KINDS:
        raise UsageError(f"There is no kind {wanted.kind!r}; a place added by hand is one of {', '.join(KINDS)}.")
    above = gazetteer.division(wanted.region)
    if above is None:
        raise UsageError(f"There is no region {wanted.region!r}. {_suggestion(gazetteer, wanted)}")
    _check_point(gazetteer, wanted, above)
    for place in gazetteer.find(name, limit=50):
        away = distance_km((wanted.lat, wanted.lon), (place.lat, place.lon))
        if place.kind == wanted.kind and away < NAMESAKE_KM and not place.approximate:
            raise UsageError(f"{place.name} ({place.id}, {', '.join(place.path_names)}) is there already, {away:.1f} km from that point.")


def _check_point(gazetteer: Gazetteer, wanted: Wanted, above: Place) -> None:
    """Settlements and sites lie near others of their country: a point that does not has its numbers swapped or a sign wrong."""
    if wanted.kind not in ("settlement", "site"):
        return
    near = gazetteer.near(wanted.lat, wanted.lon, FAR_KM, 200)
    if near and not any(n.place.country == above.country for n in near):
        there = near[0].place
        raise UsageError(
            f"{wanted.lat}, {wanted.lon} lies near {there.name} ({', '.join(there.path_names)}), {FAR_KM:.0f} km and more from any "
            f"place of {above.path_names[-1] if above.path_names else above.name}. --at takes LATITUDE,LONGITUDE."
        )


def _suggestion(gazetteer: Gazetteer, wanted: Wanted) -> str:
    """The region that was meant, as far as one can tell: by its name, by a like code, or by where the point lies."""
    named = [place for place in gazetteer.find(wanted.region, limit=20) if place.kind in ("region", "country")]
    near = next((n.place for n in gazetteer.near(wanted.lat, wanted.lon, FAR_KM, 20) if len(n.place.path) > 1), None)
    codes = gazetteer.division_codes()
    code_of = {ident: code for code, ident in codes.items()}
    if named and named[0].id in code_of:
        return f"{named[0].name} is {code_of[named[0].id]}."
    where = [gazetteer.get(ident) for ident in near.path] if near else []
    region = next((place for place in where if place.kind == "region" and place.id in code_of), None)
    like = difflib.get_close_matches(wanted.region.upper(), codes, n=1, cutoff=0.5)
    if region is not None:
        return f"That point lies in {region.name}, whose code is {code_of[region.id]}."
    return f"The nearest code is {like[0]} ({gazetteer.get(codes[like[0]]).name})." if like else "Codes are GeoNames', such as UA.05."


def _ident(wanted: Wanted, taken: set[str]) -> str:
    stem = f"hand-{slug(wanted.names[0][0]) or f'{wanted.kind}-{round(wanted.lat * 100)}-{round(wanted.lon * 100)}'}"
    number, ident = 2, stem
    while ident in taken:
        ident, number = f"{stem}-{number}", number + 1
    return ident
