"""Dates as feeds write them: RFC 822, ISO 8601, epochs, dotted dates, and month names of a dozen languages.

Names of zones and months are data (data/dates.yaml). A date without a zone is taken as UTC; a date in the future is
brought back to the present, because nothing is published before it is; both are deliberate guesses that a warning names
where they may be off by more than a day.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from importlib.resources import files

import yaml

EARLIEST_YEAR = 1990  # feeds are younger; 0000 and 1970-01-01 stand for "unknown"
GRACE = timedelta(minutes=10)  # clocks of servers differ: so far ahead is no reason for a warning
LONGEST = 100  # characters; no date is longer, and the patterns need not see more

ISO = re.compile(
    r"(\d{4})-?(\d\d)-?(\d\d)(?:[t\s]+(\d\d):?(\d\d)(?::?(\d\d)(?:[.,]\d+)?)?)?\s*(z|[+-]\d\d:?\d\d|[+-]\d\d)?$",
)
# RFC 822 as nearly every feed writes it: read without looking at the words of other languages.
USUAL = re.compile(
    r"(?:[a-z]{3} )?(\d{1,2}) (jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec) (\d{4}) (\d\d):(\d\d)(?::(\d\d))? (gmt|utc|z|[+-]\d{4})$"
)
MONTHS = {"jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12}
CLOCK = re.compile(r"(?<![\d:+-])(\d{1,2})\s?:\s?(\d\d)(?::(\d\d)(?:[.,]\d+)?)?(?!\d)")
OFFSET = re.compile(r"(?:^|[\s)]|gmt|utc|(?<=:\d\d))\s*([+-])(\d{1,2})(?::?(\d\d))?(?![\d:])(?=\s|$|\))")
NUMERIC = re.compile(r"(?<!\d)(\d{1,4})([./-])(\d{1,2})\2(\d{1,4})(?!\d)")
EPOCH = re.compile(r"(\d{9,10})(?:\.\d+)?$|(\d{12,13})$")
WORD = re.compile(r"[^\W\d]+")
NUMBER = re.compile(r"\d+")
MARKS = re.compile("[\u200b-\u200f\u202a-\u202e\u2066-\u2069\u061c\ufeff]")
HEBREW_IN = re.compile("(?<![\u05d0-\u05ea])\u05d1-?(?=[\u05d0-\u05ea]{3}|\\d)")  # the prefix "in" before a month or a day


@dataclass(frozen=True, slots=True)
class ParsedDate:
    """An instant in UTC, or None where the text is no date; ``warning`` says what was guessed."""

    at: datetime | None
    warning: str | None = None


@dataclass(frozen=True, slots=True)
class DateWords:
    """The words of dates.yaml by meaning: zone -> minutes, month -> number, halves of the day."""

    zones: Mapping[str, int]
    months: Mapping[str, int]
    joined: tuple[str, ...]
    morning: frozenset[str]
    evening: frozenset[str]

    def knows(self, word: str) -> bool:
        return word in self.months or word in self.zones or word in self.morning or word in self.evening


@cache
def words() -> DateWords:
    """Read data/dates.yaml once."""
    table = yaml.safe_load(files("aggregator.feeds").joinpath("data/dates.yaml").read_text(encoding="utf-8"))
    months: dict[str, int] = {}
    for names in table["months"].values():
        for number, forms in enumerate(names, 1):
            for form in forms:
                months.setdefault(_fold(form), number)  # a short form of two languages keeps its first meaning
    return DateWords(
        zones=table["zones"],
        months=months,
        joined=tuple(_fold(name) for name in table["joined"]),
        morning=frozenset(map(_fold, table["halves"]["am"])),
        evening=frozenset(map(_fold, table["halves"]["pm"])),
    )


def parse_date(text: str, now: datetime) -> ParsedDate:
    """Read a date; ``now`` bounds it from above. Never raises: what is no date is None with a warning."""
    folded = _fold(text[: LONGEST + 1])
    if not folded:
        return ParsedDate(None)
    if len(folded) > LONGEST:
        return ParsedDate(None, f"not a date: {_shown(text)}")
    try:
        at, warning = _read(folded)
    except (ValueError, OverflowError):
        return ParsedDate(None, f"not a date: {_shown(text)}")
    if at.year < EARLIEST_YEAR:
        return ParsedDate(None, f"a date before {EARLIEST_YEAR} stands for none: {_shown(text)}")
    if at > now:
        warning = f"a date in the future was taken as now: {_shown(text)}" if at > now + GRACE else warning
        at = now
    return ParsedDate(at, warning)


def _read(text: str) -> tuple[datetime, str | None]:
    """The instant that the folded text names, not bounded. Raises ValueError or OverflowError where there is none."""
    if match := EPOCH.match(text):
        seconds, milliseconds = match.groups()
        return datetime.fromtimestamp(int(seconds) if seconds else int(milliseconds) // 1000, UTC), None
    if match := ISO.match(text):
        year, month, day, hour, minute, second, zone = match.groups()
        return _instant(int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0), _offset(zone)), None
    if match := USUAL.match(text):
        day, name, year, hour, minute, second, zone = match.groups()
        return _instant(int(year), MONTHS[name], int(day), int(hour), int(minute), int(second or 0), _offset(zone)), None
    return _read_words(text)


def _read_words(text: str) -> tuple[datetime, str | None]:
    known = words()
    for name in known.joined:
        text = text.replace(name, name.replace(" ", "_"))
    hour = minute = second = 0
    clock = CLOCK.search(text)
    tail = ""
    if clock:
        hour, minute, second = int(clock[1]), int(clock[2]), int(clock[3] or 0)
        tail, text = text[clock.start() :], text[: clock.start()] + " " + text[clock.end() :]
        tail = tail[clock.end() - clock.start() :]
    offset, warning = 0, None
    if shift := OFFSET.search(tail):
        offset = (int(shift[2]) * 60 + int(shift[3] or 0) if len(shift[2]) < 3 else 0) * (-1 if shift[1] == "-" else 1)
        text = text.replace(shift[0], " ", 1)
    named = [word for word in WORD.findall(text.replace(".", "")) if word not in known.months]
    if not shift:
        zones = [word for word in named if word in known.zones]
        if zones:
            offset = known.zones[zones[-1]]
        elif unknown := [word for word in WORD.findall(tail) if len(word) > 1 and not known.knows(word)]:
            warning = f"the zone {unknown[0][:12]!r} is not known, UTC was assumed"
    half = frozenset(named)
    if half & known.evening and hour < 12:
        hour += 12
    elif half & known.morning and hour == 12:
        hour = 0
    year, month, day = _day(text, known, american=bool(half & (known.evening | known.morning)))
    return _instant(year, month, day, hour, minute, second, offset), warning


def _day(text: str, known: DateWords, *, american: bool) -> tuple[int, int, int]:
    """Year, month and day of a text without its time of day. Raises ValueError where they are not all there."""
    if match := NUMERIC.search(text):
        first, last = int(match[1]), int(match[4])
        if len(match[1]) == 4:
            return first, int(match[3]), last
        day, month = first, int(match[3])
        if month > 12 or (american and match[2] == "/" and day <= 12):
            day, month = month, day
        return _year(last, len(match[4])), month, day
    months = [known.months[word] for word in re.findall(r"[^\W\d]+", text) if word in known.months]
    numbers = NUMBER.findall(text)
    if not months or len(numbers) < 2:
        raise ValueError("no day, month and year")
    month = months[-1]  # French and Spanish shorten Tuesday to "mar", and it comes first
    if len(numbers[0]) == 4:
        return int(numbers[0]), month, int(numbers[1])
    return _year(int(numbers[1]), len(numbers[1])), month, int(numbers[0])


def _year(number: int, digits: int) -> int:
    """RFC 2822 section 4.3: two digits below 50 are of this century, three digits are added to 1900."""
    if digits <= 2:
        return number + (2000 if number < 50 else 1900)
    return number + 1900 if digits == 3 else number


def _offset(zone: str | None) -> int:
    if not zone or zone in ("z", "gmt", "utc"):
        return 0
    digits = zone[1:].replace(":", "")
    minutes = int(digits[:2]) * 60 + int(digits[2:] or 0)
    return -minutes if zone[0] == "-" else minutes


def _instant(year: int, month: int, day: int, hour: int, minute: int, second: int, offset_minutes: int) -> datetime:
    midnight = 0
    if hour == 24 and minute == second == 0:  # ISO 8601 allows the end of the day to be written so
        hour, midnight = 0, 1
    zone = timezone(timedelta(minutes=offset_minutes)) if offset_minutes else UTC
    at = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=zone)  # a leap second counts as the one before it
    if offset_minutes:
        at = at.astimezone(UTC)
    return at + timedelta(days=1) if midnight else at


@cache
def _digits() -> dict[int, str]:
    """Arabic, Persian and other decimal digits of the Basic Multilingual Plane -> ASCII digits."""
    return {code: str(unicodedata.decimal(chr(code))) for code in range(0x80, 0x10000) if unicodedata.decimal(chr(code), None) is not None}


def _fold(text: str) -> str:
    if not text.isascii():
        text = unicodedata.normalize("NFC", MARKS.sub("", text).translate(_digits()))
        text = HEBREW_IN.sub("", text).replace("\u0130", "i")
    return " ".join(text.casefold().replace(",", " ").replace("،", " ").split())


def _shown(text: str) -> str:
    return repr(" ".join(text[:40].split()))
