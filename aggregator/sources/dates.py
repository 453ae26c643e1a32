"""When something was said, and the days that it is about, resolved against the day of publication (UTC)."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache

from aggregator.sources import lexicon as lexicons
from aggregator.sources.lexicon import Lexicon
from aggregator.sources.marks import Mark, Marks

LEAD = 40  # characters in which numbers and prepositions may stand before the first word that only dates have: "26th and 27th of"
AHEAD = timedelta(days=20)  # a date without a year may lie this far behind publication; else it is last year's


@dataclass(frozen=True, slots=True)
class Days:
    """From and to as ISO dates, as exact as the text is: year and month, or the year alone, where no day is given."""

    first: str
    last: str


@cache
def pattern(language: str) -> re.Pattern[str]:
    lexicon = lexicons.load(language)
    assert lexicon is not None, language
    data = lexicon.data
    month = _any(lexicon.months)
    day = r"(?P<{0}>\d{{1,2}})(?:st|nd|rd|th|er)?"
    year = r"(?:,? (?P<y{0}>\d{{4}}))?"
    parts = [
        rf"(?P<m1>{month})\.? {day.format('d1')}(?!\d)(?:(?: and | to |[-–—]){day.format('e1')}(?!\d))?{year.format(1)}",
        rf"{day.format('d2')}"
        rf"(?:(?: and | to | та | і | и | et | و |[-–—]){day.format('e2')})?\.?(?: of| de)? (?P<m2>{month}){year.format(2)}",
        rf"(?P<w>{_any(lexicon.weekdays)})",
        rf"(?P<r>{_any(lexicon.relative)})",
    ]
    if data.get("in_month"):
        named = {**lexicon.months, **data.get("months_in", {})}
        parts.append(rf"(?:{_any(data['in_month'])}) (?P<m3>{_any(named)})(?! \d{{1,2}}(?!\d)){year.format(3)}")
    if data.get("in_year"):
        parts.append(rf"(?:{_any(data['in_year'])}) (?P<y4>(?:19|20)\d{{2}})")
    if data.get("ago"):
        number = rf"(?P<n>\d{{1,3}}|{_any(lexicon.number_words)})"
        parts.append(rf"{number} (?P<u>{_any(data['spans'])}) (?:{_any(data['ago'])})")
    return re.compile(r"(?<!\w)(?:" + "|".join(f"(?:{part})" for part in parts) + r")(?!\w)", re.IGNORECASE)


def _any(listed: Iterable[str]) -> str:
    return "|".join(sorted(map(re.escape, listed), key=len, reverse=True)) or "(?!)"


def resolve(body: str, spans: Sequence[tuple[int, int]], marked: Marks, published: datetime | None, lexicon: Lexicon) -> Days | None:
    """The first day or days that spans of a body name; None if they name none or publication is not known."""
    if published is None:
        return None
    today = published.date()
    for start, end in spans:
        for first in marked.within(Mark.DAY, start, end)[:1]:
            for match in pattern(lexicon.language).finditer(body, max(start, first - LEAD), end):
                found = _meant(match, match.groupdict(), today, lexicon)
                if found is not None:
                    return found
    return None


def _meant(match: re.Match[str], groups: Mapping[str, str | None], today: date, lexicon: Lexicon) -> Days | None:
    """The days that one match of the pattern means; None for a day that no calendar has."""
    if match["w"]:
        back = (today.weekday() - lexicon.weekdays[match["w"].lower()]) % 7
        return _one((today - timedelta(days=back)).isoformat())
    if match["r"]:
        return _relative(lexicon.relative[match["r"].lower()], today)
    if name := groups.get("m3"):
        month = lexicon.data.get("months_in", {}).get(name.lower()) or lexicon.months[name.lower()]
        year = groups["y3"] or str(today.year if month <= today.month else today.year - 1)
        return _one(f"{year}-{month:02d}")
    if year4 := groups.get("y4"):
        return _one(year4)
    if unit := groups.get("u"):
        number = groups["n"] or ""
        count = int(number) if number.isdigit() else lexicon.number_words[number.lower()]
        return _back(count, lexicon.data["spans"][unit.lower()], today)
    which = "1" if match["m1"] else "2"
    month = lexicon.months[match["m" + which].lower().rstrip(".")]
    first = _day(match["y" + which], month, int(match["d" + which]), today)
    last = _day(match["y" + which], month, int(match["e" + which]), today) if match["e" + which] else first
    return Days(first.isoformat(), last.isoformat()) if first and last else None


def _one(day: str) -> Days:
    return Days(day, day)


def _back(count: int, unit: str, today: date) -> Days:
    """So many days, weeks, months or years ago, as exact as the unit is: a week gives its days, a month the month."""
    if unit == "day":
        return _one((today - timedelta(days=count)).isoformat())
    if unit == "week":
        day = today - timedelta(weeks=count)
        return Days((day - timedelta(days=3)).isoformat(), (day + timedelta(days=3)).isoformat())
    if unit == "month":
        months = today.year * 12 + today.month - 1 - count
        return _one(f"{months // 12}-{months % 12 + 1:02d}")
    return _one(str(today.year - count))


def _day(year: str | None, month: int, day: int, today: date) -> date | None:
    try:
        found = date(int(year) if year else today.year, month, day)
        return found.replace(year=today.year - 1) if not year and found - today > AHEAD else found
    except ValueError:
        return None


def _relative(value: object, today: date) -> Days:
    if isinstance(value, int):
        day = (today + timedelta(days=value)).isoformat()
        return Days(day, day)
    yesterday = (today - timedelta(days=1)).isoformat()
    if value == "last_month":
        month = (today.replace(day=1) - timedelta(days=1)).isoformat()[:7]
        return Days(month, month)
    if value == "last_year":
        return Days(str(today.year - 1), str(today.year - 1))
    if value == "last_week":
        monday = today - timedelta(days=today.weekday() + 7)
        return Days(monday.isoformat(), (monday + timedelta(days=6)).isoformat())
    if value == "this_month":
        return _one(today.isoformat()[:7])
    if value == "this_year":
        return _one(str(today.year))
    if value == "this_week":
        return Days((today - timedelta(days=today.weekday())).isoformat(), today.isoformat())
    return Days(yesterday, today.isoformat())  # overnight, the past day
