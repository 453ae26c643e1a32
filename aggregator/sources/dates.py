"""When something was said, and the days that it is about, resolved against the day of publication (UTC)."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache

from aggregator.sources.lexicon import WORD, Lexicon

AHEAD = timedelta(days=20)  # a date without a year may lie this far behind publication; else it is last year's


@dataclass(frozen=True, slots=True)
class Days:
    """From and to as ISO dates (or year and month alone, where no day is given)."""

    first: str
    last: str


@cache
def _pattern(lexicon_language: str, months: tuple[str, ...], weekdays: tuple[str, ...], relative: tuple[str, ...]) -> re.Pattern[str]:
    month = "|".join(sorted(map(re.escape, months), key=len, reverse=True)) or "(?!)"
    day = r"(?P<{0}>\d{{1,2}})(?:st|nd|rd|th|er)?"
    parts = [
        rf"(?P<m1>{month})\.? {day.format('d1')}(?!\d)(?:(?: and | to |[-–—]){day.format('e1')}(?!\d))?(?:,? (?P<y1>\d{{4}}))?",
        rf"{day.format('d2')}"
        rf"(?:(?: and | to | та | і | и | et | و |[-–—]){day.format('e2')})?\.?(?: of| de)? (?P<m2>{month})(?:,? (?P<y2>\d{{4}}))?",
        rf"(?P<w>{'|'.join(sorted(map(re.escape, weekdays), key=len, reverse=True)) or '(?!)'})",
        rf"(?P<r>{'|'.join(sorted(map(re.escape, relative), key=len, reverse=True)) or '(?!)'})",
    ]
    return re.compile(r"(?<!\w)(?:" + "|".join(f"(?:{part})" for part in parts) + r")(?!\w)", re.IGNORECASE)


def resolve(text: str, published: datetime | None, lexicon: Lexicon) -> Days | None:
    """The first day or days that a text names; None if it names none or publication is not known."""
    if published is None:
        return None
    if lexicon.date_words.isdisjoint(WORD.findall(text.lower())):
        return None
    today = published.date()
    pattern = _pattern(lexicon.language, tuple(lexicon.months), tuple(lexicon.weekdays), tuple(lexicon.relative))
    for match in pattern.finditer(text):
        if match["w"]:
            back = (today.weekday() - lexicon.weekdays[match["w"].lower()]) % 7
            day = today - timedelta(days=back)
            return Days(day.isoformat(), day.isoformat())
        if match["r"]:
            return _relative(lexicon.relative[match["r"].lower()], today)
        which = "1" if match["m1"] else "2"
        month = lexicon.months[match["m" + which].lower().rstrip(".")]
        first = _day(match["y" + which], month, int(match["d" + which]), today)
        last = _day(match["y" + which], month, int(match["e" + which]), today) if match["e" + which] else first
        if first and last:
            return Days(first.isoformat(), last.isoformat())
    return None


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
    return Days(yesterday, today.isoformat())  # overnight, the past day
