"""`frontwire try feed`: bytes of a feed -> its entries."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from aggregator.feeds.dates import words
from aggregator.feeds.parse import parse
from aggregator.model import Entry, RawFeed, utc_now


def open_stage() -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Return the function that answers one line."""
    words()
    return _answer


def _answer(line: dict[str, Any]) -> dict[str, Any]:
    headers = {str(name).lower(): str(value) for name, value in (line.get("headers") or {}).items()}
    content_type = line.get("content_type") or headers.get("content-type")
    feed = parse(RawFeed(str(line["url"]), Path(line["path"]).read_bytes(), content_type, headers), utc_now())
    return {
        "format": feed.format,
        "title": feed.title,
        "link": feed.link,
        "language": feed.language,
        "hub": feed.hub,
        "ttl_minutes": feed.ttl_minutes,
        "entries": [_shown(entry) for entry in feed.entries],
        "warnings": list(feed.warnings),
    }


def _shown(entry: Entry) -> dict[str, Any]:
    return {
        "guid": entry.guid,
        "link": entry.link,
        "title": entry.title,
        "published": _time(entry.published),
        "updated": _time(entry.updated),
        "authors": list(entry.authors),
        "summary": entry.summary,
        "content": entry.content,
        "tags": list(entry.tags),
        "enclosures": [{"url": one.url, "type": one.type, "length": one.length} for one in entry.enclosures],
    }


def _time(at: datetime | None) -> str | None:
    return at.isoformat(timespec="seconds").replace("+00:00", "Z") if at else None
