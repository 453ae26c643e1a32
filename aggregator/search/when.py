"""Dates in queries: 2024, 2024-05, 2024-05-01, 2024-05-01T10:00, today, 3d, P1W and intervals of them; all in UTC.

A date is a span of time: ``2024-05`` is the whole of May. Reading checks the form alone; ``span`` needs the present.
"""

import re
from datetime import UTC, datetime, timedelta

_DATE = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2})(?:[t ](\d{1,2})(?::(\d{2})(?::(\d{2}))?)?z?)?)?)?")
_AGO = re.compile(r"(\d{1,4})(h|d|w|m|y)")
_ISO = re.compile(r"p(?=.)(?:(\d{1,4})y)?(?:(\d{1,4})m)?(?:(\d{1,4})w)?(?:(\d{1,4})d)?(?:t(?:(\d{1,4})h)?)?")
_HOURS = {"h": 1, "d": 24, "w": 24 * 7, "m": 24 * 30, "y": 24 * 365}
_WORDS = {"today": 0, "yesterday": 1}
EARLIEST, LATEST = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)

Span = tuple[datetime, datetime]  # the second is no part of it


def length(text: str) -> timedelta | None:
    """Read a length of time: 24h, 7d, 2w, 3m (of 30 days), 1y (of 365), P1W, PT12H; None where it is none."""
    text = text.strip().lower()
    if match := _AGO.fullmatch(text):
        hours = int(match[1]) * _HOURS[match[2]]
    elif match := _ISO.fullmatch(text):
        hours = sum(int(n) * _HOURS[unit] for n, unit in zip(match.groups(), "ymwdh", strict=True) if n)
    else:
        return None
    return timedelta(hours=hours) if hours else None


def span(text: str, now: datetime) -> Span | None:
    """Read a date or an interval (``A..B`` or ``A/B``, both included); None where it is none."""
    parts = re.split(r"\.\.|/", text.strip().lower())
    if len(parts) == 1:
        return _single(parts[0], now)
    if len(parts) == 2:
        first, last = _single(parts[0], now), _single(parts[1], now)
        if first and last and first[0] < last[1]:
            return first[0], last[1]
    return None


def valid(field: str, text: str) -> bool:
    """Whether the value of a date field (after, before, on, last) can be read."""
    if field == "last":
        return length(text) is not None
    return span(text, datetime(2000, 6, 15, tzinfo=UTC)) is not None


def _single(text: str, now: datetime) -> Span | None:
    text = text.strip()
    if text in _WORDS:
        start = now.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=_WORDS[text])
        return start, start + timedelta(days=1)
    if text == "now":
        return now, now
    if (ago := length(text)) is not None:
        start = max(now - ago, EARLIEST) if now - EARLIEST > ago else EARLIEST
        return start, start
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute, second = (int(part) if part else None for part in match.groups())
    try:
        start = datetime(year or 0, month or 1, day or 1, hour or 0, minute or 0, second or 0, tzinfo=UTC)
    except ValueError:
        return None
    if month is None:
        end = start.replace(year=start.year + 1) if start.year < 9999 else LATEST
    elif day is None:
        end = (start + timedelta(days=32)).replace(day=1) if (start.year, start.month) < (9999, 12) else LATEST
    else:
        size = timedelta(days=1) if hour is None else timedelta(hours=1) if minute is None else timedelta(minutes=1)
        end = start + (size if second is None else timedelta(seconds=1)) if start < LATEST else LATEST
    return start, end
