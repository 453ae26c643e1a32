"""What a text states and a gazetteer or a calendar contradicts: distances, directions, weekdays, spans of time.

A note is quiet: it has the words, the computation, and no verdict on whoever wrote them. It is made only where nothing else can be
meant: two settlements that are named in full with only the statement between them, a date with its year or with publication near,
and a difference beyond these tolerances, which leave room for roads, outskirts, rounding and both ways of counting days:

* a distance is noted if it is more than half as long again as the great circle plus 10 km, or shorter than two thirds of it less 10 km;
* a direction is noted if it is more than 90 degrees off, between places at least 10 km apart;
* a weekday is noted if the date falls on another one;
* a span is noted if it is off by more than 1 day in days, 4 days in weeks, 16 days in months, 100 days in years; twice that where it
  is given as "about".
"""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from itertools import pairwise, product
from pathlib import Path
from typing import Any

import yaml

from aggregator.model import Mention, Place

DATA = Path(__file__).parent / "data" / "checks.yaml"
SURE = 0.6  # confidence of a mention from which on its place is taken as certain
FARTHEST = 120  # characters between two names
LONG, SHORT, SLACK_KM = 1.5, 2 / 3, 10.0
OFF_DEGREES, NEAREST_KM = 90.0, 10.0
TOLERANCE_DAYS = {1: 1.0, 7: 4.0, 30.44: 16.0, 365.25: 100.0}  # by days of the unit
HALF_YEAR = 183
EARTH_KM = 6371.0
COMPASS = ("north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west")
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
AMBIGUOUS = re.compile(r"\d{1,2} (?i:may)(?! \d{4})(?= [a-z])")  # "on Monday, 12 may have died" in a headline


@dataclass(frozen=True, slots=True)
class Note:
    """A statement in ``text[start:end]`` and what was computed. ``kind``: distance, direction, weekday, elapsed."""

    kind: str
    start: int
    end: int
    stated: str
    computed: str  # a sentence


@dataclass(frozen=True)
class _Words:
    """One language of the data, compiled."""

    apart: tuple[re.Pattern[str], ...]
    weekday_date: tuple[re.Pattern[str], ...]
    elapsed: tuple[re.Pattern[str], ...]
    data: Mapping[str, Any]

    def number(self, text: str) -> float:
        return float(text.replace(",", ".")) if text[0].isdigit() else float(self.data["numbers"][text.lower()])


def check(text: str, *, language: str | None, published: datetime | None, mentions: Sequence[Mention] = ()) -> tuple[Note, ...]:
    """The notes on a text in its order; none for a language without data. ``mentions`` are the places named in ``text``."""
    words = _load(language)
    if words is None:
        return ()
    day = published.date() if published else None
    found = [*_distances(text, words, mentions), *_weekdays(text, words, day), *_elapsed(text, words, day)]
    return tuple(sorted(found, key=lambda note: (note.start, note.end, note.kind)))


def _distances(text: str, words: _Words, mentions: Sequence[Mention]) -> Iterator[Note]:
    for one, other in pairwise(sorted(mentions, key=lambda m: m.start)):
        if not 0 < other.start - one.end < FARTHEST or not (_is_sure(one) and _is_sure(other)) or one.relation:
            continue
        for pattern in words.apart:
            match = pattern.fullmatch(text, one.end, other.start)
            if match is None:
                continue
            km = _apart_km(one.place, other.place)
            stated = words.number(match["n"]) * words.data["units"][match["unit"].lower()]
            if stated > LONG * km + SLACK_KM or stated < SHORT * km - SLACK_KM:
                said = f"{match['n']} {match['unit']}" + ("" if match["unit"].lower() == "km" else f", which is {stated:.0f} km")
                computed = f"{one.place.name} and {other.place.name} are about {km:.0f} km apart in a straight line, not {said}."
                yield Note("distance", one.start, other.end, text[one.start : other.end], computed)
            direction = match.groupdict().get("direction")
            if direction and km >= NEAREST_KM:
                wanted, bearing = words.data["directions"][direction.lower()], _bearing(other.place, one.place)
                if abs((bearing - wanted + 180) % 360 - 180) > OFF_DEGREES:
                    computed = f"{one.place.name} lies {_compass(bearing)} of {other.place.name}, not {_compass(wanted)}."
                    yield Note("direction", one.start, other.end, text[one.start : other.end], computed)
            break


def _is_sure(mention: Mention) -> bool:
    place = mention.place
    return mention.confidence >= SURE and place.kind == "settlement" and not place.approximate


def _weekdays(text: str, words: _Words, published: date | None) -> Iterator[Note]:
    for pattern in words.weekday_date:
        for match in pattern.finditer(text):
            day = None if AMBIGUOUS.search(text, match.start(), match.end() + 2) else _date(match, "d", words, published)
            if day is None or day.weekday() == words.data["weekdays"][match["weekday"].lower()]:
                continue
            computed = f"{_spelt(day)} {'was' if published is None or day <= published else 'is'} a {DAYS[day.weekday()]}."
            yield Note("weekday", match.start(), match.end(), match.group(), computed)


def _elapsed(text: str, words: _Words, published: date | None) -> Iterator[Note]:
    for pattern in words.elapsed:
        for match in pattern.finditer(text):
            spans = words.data["spans"]
            stated = words.number(match["n"]) * spans[match["span"].lower()]
            tolerance = TOLERANCE_DAYS[spans[match["span"].lower()]] * (2 if match["about"] else 1)
            counted = "first_day" in pattern.groupindex
            firsts = _dates(match, "first", words, published) if counted else ((published,) if published else ())
            pairs = [(a, b) for a, b in product(firsts, _dates(match, "second", words, published)) if a and b]
            if not pairs or any(abs(abs((b - a).days) - stated) <= tolerance for a, b in pairs):
                continue
            first, second = min(pairs, key=lambda pair: abs(abs((pair[1] - pair[0]).days) - stated))
            days = abs((second - first).days)
            other = f"From {_spelt(min(first, second))} to {_spelt(max(first, second))} it is {days} days"
            computed = f"{other}{f', about {days / 7:.0f} weeks' if days >= 21 else ''}, not {match['n']} {match['span']}."
            yield Note("elapsed", match.start(), match.end(), match.group(), computed)


def _date(match: re.Match[str], name: str, words: _Words, published: date | None) -> date | None:
    """The one date that is meant; without a year the one nearest to publication, None where another year is as near."""
    found = _dates(match, name, words, published)
    if match.groupdict().get(f"{name}_year") or published is None:
        return found[0] if len(found) == 1 else None
    near = [day for day in found if abs((day - published).days) < HALF_YEAR - 30]
    return near[0] if len(near) == 1 else None


def _dates(match: re.Match[str], name: str, words: _Words, published: date | None) -> tuple[date, ...]:
    """The dates that may be meant: one with its year, else those of the year of publication and its neighbours."""
    groups = match.groupdict()
    month = words.data["months"][(groups.get(f"{name}_month") or groups[f"{name}_month2"]).lower()]
    number = int(groups.get(f"{name}_day") or groups[f"{name}_day2"])
    year = groups.get(f"{name}_year") or groups.get(f"{name}_year2")
    years = (int(year),) if year else (published.year - 1, published.year, published.year + 1) if published else ()
    found = []
    for each in years:
        try:
            found.append(date(each, month, number))
        except ValueError:
            continue
    return tuple(found)


def _apart_km(one: Place, other: Place) -> float:
    """Great-circle distance (haversine)."""
    a, b = math.radians(one.lat), math.radians(other.lat)
    half = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(math.radians(other.lon - one.lon) / 2) ** 2
    return 2 * EARTH_KM * math.asin(min(1.0, math.sqrt(half)))


def _bearing(start: Place, end: Place) -> float:
    """Degrees clockwise from north in which ``end`` lies seen from ``start``, 0..360."""
    a, b, turn = math.radians(start.lat), math.radians(end.lat), math.radians(end.lon - start.lon)
    north = math.cos(a) * math.sin(b) - math.sin(a) * math.cos(b) * math.cos(turn)
    return math.degrees(math.atan2(math.sin(turn) * math.cos(b), north)) % 360


def _compass(degrees: float) -> str:
    return COMPASS[round(degrees / 45) % 8]


def _spelt(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


@cache
def _load(language: str | None) -> _Words | None:
    data = yaml.safe_load(DATA.read_text(encoding="utf-8")).get(language)
    if data is None:
        return None
    fill = {
        "number": rf"(?P<n>\d{{1,4}}(?:[.,]\d)?|{_any(data['numbers'])})",
        "unit": rf"(?P<unit>{_any(data['units'])})",
        "span": rf"(?P<span>{_any(data['spans'])})",
        "direction": rf"(?P<direction>{_any(data['directions'])})",
        "about": rf"(?:(?:{_any(data['about'])}) )?",
        "weekday": rf"(?P<weekday>{_any(data['weekdays'])})",
        "date": _date_pattern(data, "d"),
        "first": _date_pattern(data, "first"),
        "second": _date_pattern(data, "second"),
    }
    marked = {**fill, "number": rf"(?P<about>(?:{_any(data['about'])}) )?{fill['number']}"}
    return _Words(
        apart=tuple(re.compile(pattern.format(**fill), re.IGNORECASE) for pattern in data["apart"]),
        weekday_date=tuple(re.compile(rf"(?<!\w){pattern.format(**fill)}(?!\w)", re.IGNORECASE) for pattern in data["weekday_date"]),
        elapsed=tuple(re.compile(rf"(?<!\w){pattern.format(**marked)}(?!\w)", re.IGNORECASE) for pattern in data["elapsed"]),
        data=data,
    )


def _date_pattern(data: Mapping[str, Any], name: str) -> str:
    months, year = _any(data["months"]), data["year"]
    day_first = rf"(?P<{name}_day>\d{{1,2}})(?:st|nd|rd|th)? (?P<{name}_month>{months})(?:{year.format(f'{name}_year')})?"
    if not data.get("month_first"):
        return day_first
    month_first = rf"(?P<{name}_month2>{months}) (?P<{name}_day2>\d{{1,2}})(?:st|nd|rd|th)?(?!\d)(?:{year.format(f'{name}_year2')})?"
    return rf"(?:{day_first}|{month_first})"


def _any(listed: Mapping[str, object] | Sequence[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(listed, key=len, reverse=True))
