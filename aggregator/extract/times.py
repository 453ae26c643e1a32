"""Moments as web pages write them: ISO 8601 in its many spellings, RFC 2822, JavaScript's Date text, seconds since 1970, days in words."""

import functools
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from importlib import resources

import yaml

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
LATEST = datetime(2100, 1, 1, tzinfo=UTC)

# Abbreviations met in article metadata, in minutes east of UTC. Those with two meanings (IST, CST, BST) are left out:
# better no hour than a wrong one.
ZONES = {
    "Z": 0, "UTC": 0, "GMT": 0, "WET": 0, "WEST": 60, "CET": 60, "CEST": 120, "EET": 120, "EEST": 180, "MSK": 180,
    "EST": -300, "EDT": -240, "PST": -480, "PDT": -420, "MST": -420, "MDT": -360, "CDT": -300, "SAST": 120,
    "AEST": 600, "AEDT": 660, "JST": 540,
}  # fmt: skip

_ISO = re.compile(
    r"(?P<y>\d{4})[-/.]?(?P<m>\d{2})[-/.]?(?P<d>\d{2})"
    r"(?:[T\s,]+(?P<H>\d{1,2}):?(?P<M>\d{2})(?::?(?P<S>\d{2})(?:[.,]\d+)?)?\s*(?P<ampm>[AaPp][Mm])?\s*(?P<z>Z|[A-Z]{3,4}|(?:GMT|UTC)?\s?[+\-−]\d{1,2}(?::?\d{2})?)?)?"
)
_JS = re.compile(r"[A-Z][a-z]{2} ([A-Z][a-z]{2}) (\d{2}) (\d{4}) (\d{2}):(\d{2}):(\d{2}) GMT([+\-]\d{4})")
_AMPM = re.compile(r"\d\s*[ap]\.?m\b", re.IGNORECASE)
_OFFSET = re.compile(r"([+\-−])(\d{1,2}):?(\d{2})?$")
# "March 27, 2025", "27. März 2025", "27 марта 2025 г., 14:05", "27.03.2025": with dots the day always stands before its month.
_DAY_FIRST = re.compile(
    r"(?<!\d)(?P<d>\d{1,2})(?:st|nd|rd|th|er|º|\.)?\s+(?:de\s+|of\s+)?(?P<name>[^\W\d_]+(?:\s[^\W\d_]+)?)\.?,?\s+(?:de\s+|del\s+)?(?P<y>\d{4})(?!\d)"
)
_MONTH_FIRST = re.compile(r"(?P<name>[^\W\d_]+)\.?\s+(?P<d>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<y>\d{4})(?!\d)")
_DOTTED = re.compile(r"(?<!\d)(?P<d>\d{1,2})\.\s?(?P<m>\d{1,2})\.\s?(?P<y>\d{4})(?!\d)")
_CLOCK = re.compile(
    r"(?<![\d:.+\-])(?P<H>\d{1,2})[:.](?P<M>\d{2})(?::\d{2})?(?![\d.])\s*(?P<ampm>[ap]\.?m\b)?\.?\s*"
    r"(?P<z>[A-Z]{1,4}\b|(?:GMT|UTC)?[+\-−]\d{1,2}(?::?\d{2})?)?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Moment:
    """A parsed time. ``at`` is aware, in UTC; where the text had no zone, its wall clock stands as if it were UTC."""

    at: datetime
    has_hour: bool
    has_zone: bool


def parse_time(text: str) -> Moment | None:
    """Return the moment that the text names, or None where it is none between 1990 and 2100."""
    text = " ".join(text.split())
    if not text or len(text) > 80:
        return None
    moment = _epoch(text) or _iso(text) or _javascript(text) or _rfc2822(text) or _words(text)
    return moment if moment and EARLIEST <= moment.at < LATEST else None


def _epoch(text: str) -> Moment | None:
    if not text.isdigit() or len(text) not in (10, 13):
        return None
    return Moment(datetime.fromtimestamp(int(text[:10]), UTC), True, True)


def _iso(text: str) -> Moment | None:
    found = _ISO.match(text)
    if not found:
        return None
    try:
        day = datetime(int(found["y"]), int(found["m"]), int(found["d"]), tzinfo=UTC)
        if found["H"] is None:
            return Moment(day, False, False)
        hour = int(found["H"])
        if found["ampm"]:
            hour = hour % 12 + (12 if found["ampm"].lower() == "pm" else 0)
        wall = day.replace(hour=hour % 24, minute=int(found["M"]), second=min(int(found["S"] or 0), 59))
        return _zoned(wall, found["z"])
    except (ValueError, OverflowError):
        return None


def _zoned(wall: datetime, zone: str | None) -> Moment:
    if not zone:
        return Moment(wall, True, False)
    minutes = ZONES.get(zone)
    if minutes is None:
        offset = _OFFSET.search(zone)
        if not offset:
            return Moment(wall, True, False)
        minutes = (int(offset[2]) * 60 + int(offset[3] or 0)) * (1 if offset[1] == "+" else -1)
    return Moment(wall.replace(tzinfo=timezone(timedelta(minutes=minutes))).astimezone(UTC), True, True)


def _javascript(text: str) -> Moment | None:
    found = _JS.match(text)
    if not found:
        return None
    try:
        at = datetime.strptime(" ".join(found.groups()), "%b %d %Y %H %M %S %z")
    except ValueError:
        return None
    return Moment(at.astimezone(UTC), True, True)


def _rfc2822(text: str) -> Moment | None:
    if _AMPM.search(text):  # the parser would pass over it
        return None
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    try:
        return Moment(at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC), True, at.tzinfo is not None)
    except OverflowError:
        return None


def _words(text: str) -> Moment | None:
    """A day in words or in figures with dots, with the hour beside it if there is one."""
    found = _DAY_FIRST.search(text) or _MONTH_FIRST.search(text) or _DOTTED.search(text)
    if not found:
        return None
    parts = found.groupdict()
    name = parts.get("name", "").casefold()
    month = int(parts["m"]) if "m" in parts else _months().get(name) or _months().get(name.split()[0])
    if month is None:
        return None
    try:
        day = datetime(int(parts["y"]), month, int(parts["d"]), tzinfo=UTC)
        clock = _CLOCK.search(text, found.end()) or _CLOCK.search(text, 0, found.start())
        if not clock:
            return Moment(day, False, False)
        hour = int(clock["H"])
        if clock["ampm"]:
            hour = hour % 12 + (12 if clock["ampm"].lower().startswith("p") else 0)
        return _zoned(day.replace(hour=hour, minute=int(clock["M"])), (clock["z"] or "").upper())
    except (ValueError, OverflowError):
        return None


@functools.cache
def _months() -> dict[str, int]:
    text = resources.files("aggregator.extract").joinpath("data/months.yaml").read_text(encoding="utf-8")
    return {name.casefold(): number for number, spellings in yaml.safe_load(text).items() for name in spellings}
