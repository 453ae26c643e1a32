"""Moments as web pages write them: ISO 8601 in its many spellings, RFC 2822, JavaScript's Date text, seconds since 1970."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

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
_OFFSET = re.compile(r"([+\-−])(\d{1,2}):?(\d{2})?$")


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
    moment = _epoch(text) or _iso(text) or _javascript(text) or _rfc2822(text)
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
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    try:
        return Moment(at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC), True, at.tzinfo is not None)
    except OverflowError:
        return None
