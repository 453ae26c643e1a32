"""JSON Feed 1.0 and 1.1 (https://www.jsonfeed.org/version/1.1/) -> ParsedFeed.

Values of the wrong type are read as absent, or as the one thing they can only mean (a number as an id, one author where a list
belongs); an item that is no object is skipped with a warning, because nothing of it can be shown.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from aggregator.errors import FeedError
from aggregator.feeds import markup, websub
from aggregator.feeds.dates import parse_date
from aggregator.feeds.sniff import look
from aggregator.model import Enclosure, Entry, ParsedFeed, RawFeed

VERSIONS = {"1": "json10", "1.0": "json10", "1.1": "json11"}
MARK = b"\xef\xbb\xbf"


def is_json(body: bytes) -> bool:
    """Whether the document begins like JSON."""
    return body.removeprefix(MARK).lstrip()[:1] in (b"{", b"[")


def parse(raw: RawFeed, now: datetime) -> ParsedFeed:
    """Parse a JSON Feed. Raises FeedError for anything else."""
    try:
        document = json.loads(raw.body.removeprefix(MARK).decode("utf-8", "replace"), strict=False)
    except (ValueError, RecursionError) as error:
        reason = "nested too deeply" if isinstance(error, RecursionError) else str(error)[:120]
        raise FeedError(f"The JSON at {raw.url} cannot be read: {reason}.", raw.url, found="broken JSON") from error
    version = _version(document)
    if version is None:
        found = look(raw.body)
        raise FeedError(f"There is no feed at {raw.url}: it answers with {found}.", raw.url, found=found)
    warnings: dict[str, None] = {}
    items = document.get("items")
    entries = []
    for item in items if isinstance(items, list) else []:
        if isinstance(item, Mapping):
            entries.append(_entry(item, raw.url, now, warnings))
        else:
            warnings["an item that is no object was skipped"] = None
    hubs = [one for one in _list(document.get("hubs")) if isinstance(one, Mapping) and one.get("type") != "rssCloud"]
    offered = [_text(one.get("url")) for one in hubs]
    hub, topic = websub.offered(raw.headers.get("link"), raw.url, offered, [_text(document.get("feed_url"))])
    return ParsedFeed(
        format=version,
        title=_line(document.get("title")),
        link=markup.address(_text(document.get("home_page_url")), raw.url),
        language=_line(document.get("language")),
        hub=hub,
        topic=topic,
        entries=tuple(entries),
        warnings=tuple(warnings),
    )


def _version(document: object) -> str | None:
    if not isinstance(document, Mapping):
        return None
    version = str(document.get("version") or "")
    if "jsonfeed.org/version/" in version:
        return VERSIONS.get(version.rstrip("/").rpartition("/")[2], "json11")
    return None


def _entry(item: Mapping[str, Any], url: str, now: datetime, warnings: dict[str, None]) -> Entry:
    content = _text(item.get("content_html"))
    plain = _text(item.get("content_text"))
    link = markup.address(_text(item.get("url")), url) or markup.address(_text(item.get("external_url")), url)
    if not link and item.get("url"):
        warnings["a link that is no http address was dropped"] = None
    summary = _text(item.get("summary"))
    return Entry(
        guid=_line(item.get("id")),
        link=link,
        title=_line(item.get("title")),
        published=_date(item.get("date_published"), now, warnings),
        updated=_date(item.get("date_modified"), now, warnings),
        authors=_authors(item),
        summary=(markup.escape(summary) or None) if summary else None,
        content=((markup.sanitise(content, link or url) if content else markup.escape(plain or "")) or None),
        tags=_unique(_line(tag) for tag in _list(item.get("tags"))),
        enclosures=tuple(_enclosures(item, url)),
    )


def _authors(item: Mapping[str, Any]) -> tuple[str, ...]:
    """Version 1.1 has a list, 1.0 one object; both give a name, else an address."""
    people = [person for person in [*_list(item.get("authors")), item.get("author")] if isinstance(person, Mapping)]
    return _unique(_line(person.get("name")) or _line(person.get("url")) for person in people)


def _enclosures(item: Mapping[str, Any], url: str) -> Iterable[Enclosure]:
    for one in _list(item.get("attachments")):
        if isinstance(one, Mapping) and (address := markup.address(_text(one.get("url")), url, markup.MEDIUM_SCHEMES)):
            size = one.get("size_in_bytes")
            length = int(size) if isinstance(size, (int, float)) and not isinstance(size, bool) and 0 <= size < 1e15 else None
            yield Enclosure(address, _line(one.get("mime_type")), length)


def _date(value: object, now: datetime, warnings: dict[str, None]) -> datetime | None:
    text = _text(value)
    if not text:
        return None
    parsed = parse_date(text, now)
    if parsed.warning:
        warnings[parsed.warning] = None
    return parsed.at


def _text(value: object) -> str | None:
    """A string, or a number as one."""
    if isinstance(value, str):
        return value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)[:40]
    return None


def _line(value: object) -> str | None:
    return markup.one_line(_text(value) or "") or None


def _list(value: object) -> list[Any]:
    if isinstance(value, list):
        return value
    return [] if value is None else [value]


def _unique(texts: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts if text))
