"""Rules of JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/); the W3C's service does not know this format, so the names are our own."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any

import orjson

from tests.outputs.validity.document import LANGUAGE, MIME, Document, Level, is_web, moment, rule, same_address, twice
from tests.outputs.validity.words import Html

Test = Callable[[Any], bool]


def _text(value: Any) -> bool:
    return isinstance(value, str)


def _truth(value: Any) -> bool:
    return isinstance(value, bool)


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0


def _list(value: Any) -> bool:
    return isinstance(value, list)


def _date(value: Any) -> bool:
    return isinstance(value, str) and moment(value) is not None


def _language(value: Any) -> bool:
    return isinstance(value, str) and LANGUAGE.fullmatch(value) is not None


def _mime(value: Any) -> bool:
    return isinstance(value, str) and MIME.fullmatch(value) is not None


FEED: Mapping[str, Test] = {
    **dict.fromkeys(("version", "title", "description", "user_comment"), _text),
    **dict.fromkeys(("home_page_url", "feed_url", "next_url", "icon", "favicon"), is_web),
    **dict.fromkeys(("authors", "hubs", "items"), _list),
    "language": _language,
    "expired": _truth,
}
ITEM: Mapping[str, Test] = {
    **dict.fromkeys(("id", "title", "content_html", "content_text", "summary"), _text),
    **dict.fromkeys(("url", "external_url", "image", "banner_image"), is_web),
    **dict.fromkeys(("date_published", "date_modified"), _date),
    **dict.fromkeys(("authors", "tags", "attachments"), _list),
    "language": _language,
}
AUTHOR: Mapping[str, Test] = {"name": _text, "url": is_web, "avatar": is_web}
ATTACHMENT: Mapping[str, Test] = {
    "url": is_web,
    "mime_type": _mime,
    "title": _text,
    "size_in_bytes": _number,
    "duration_in_seconds": _number,
}
HUB: Mapping[str, Test] = {"type": _text, "url": is_web}


def _within(value: Mapping[str, Any], name: str) -> list[Any]:
    found = value.get(name)
    return found if isinstance(found, list) else []


def _objects(document: Document) -> Iterator[tuple[Any, Mapping[str, Test], tuple[str, ...]]]:
    """Every object with what its fields must be, and which it must have."""
    yield document.feed, FEED, ("version", "title", "items")
    yield from ((each, HUB, ("type", "url")) for each in _within(document.feed, "hubs"))
    for item in document.items:
        yield item, ITEM, ("id",)
        yield from ((each, ATTACHMENT, ("url", "mime_type")) for each in _within(item, "attachments"))
    for holder in (document.feed, *document.items):
        yield from ((each, AUTHOR, ()) for each in _within(holder, "authors"))


@rule("JsonError", "RFC 8259, 2", "json")
def parses(document: Document) -> Iterator[object]:
    try:
        if not isinstance(orjson.loads(document.data), dict):
            yield "no object"
    except orjson.JSONDecodeError as error:
        yield error


@rule("JsonVersion", "JSON Feed 1.1, top-level: version", "json")
def version(document: Document) -> Iterator[object]:
    if document.feed.get("version", "https://jsonfeed.org/version/1.1") != "https://jsonfeed.org/version/1.1":
        yield document.feed["version"]


@rule("JsonMissing", "JSON Feed 1.1, top-level, items, attachments, hubs", "json")
def needed(document: Document) -> Iterator[object]:
    for value, _, must in _objects(document):
        yield from (name for name in must if isinstance(value, dict) and name not in value)


@rule("JsonValue", "JSON Feed 1.1, top-level, items, attachments, hubs", "json")
def values(document: Document) -> Iterator[object]:
    for value, fields, _ in _objects(document):
        if not isinstance(value, dict):
            yield value
            continue
        yield from (f"{name}: {value[name]!r}" for name, good in fields.items() if name in value and not good(value[name]))


@rule("JsonUnknown", "JSON Feed 1.1, extensions: a name of one's own begins with _ and a letter", "json")
def names(document: Document) -> Iterator[object]:
    for value, fields, _ in _objects(document):
        found = value if isinstance(value, dict) else {}
        yield from (name for name in found if name not in fields and name != "author" and not re.match("_[A-Za-z]", name))


@rule("JsonDeprecated", "JSON Feed 1.1, changes: author", "json", Level.WARNING)
def author(document: Document) -> Iterator[object]:
    yield from ("author" for value in (document.feed, *document.items) if "author" in value)


@rule("JsonDuplicateId", "JSON Feed 1.1, items: id", "json")
def ids(document: Document) -> Iterator[object]:
    yield from twice([str(item.get("id")) for item in document.items])


@rule("JsonContent", "JSON Feed 1.1, items: content_html, content_text", "json")
def content(document: Document) -> Iterator[object]:
    yield from (item.get("id") for item in document.items if "content_html" not in item and "content_text" not in item)


@rule("JsonAuthor", "JSON Feed 1.1, authors: at least one of name, url, avatar", "json")
def authors(document: Document) -> Iterator[object]:
    for holder in (document.feed, *document.items):
        yield from (each for each in _within(holder, "authors") if isinstance(each, dict) and not any(each.get(name) for name in AUTHOR))


@rule("JsonTag", "JSON Feed 1.1, items: tags", "json")
def tags(document: Document) -> Iterator[object]:
    yield from (tag for item in document.items for tag in _within(item, "tags") if not isinstance(tag, str) or not tag.strip())


@rule("JsonSelf", "JSON Feed 1.1, top-level: feed_url", "json", Level.WARNING)
def own_address(document: Document) -> Iterator[object]:
    found = document.feed.get("feed_url")
    if not isinstance(found, str) or not same_address(found, document.location):
        yield found


@rule("JsonHome", "JSON Feed 1.1, top-level: home_page_url", "json", Level.WARNING)
def home(document: Document) -> Iterator[object]:
    if document.feed and "home_page_url" not in document.feed:
        yield "feed"


@rule("JsonDates", "JSON Feed 1.1, items: date_modified", "json", Level.WARNING)
def dates(document: Document) -> Iterator[object]:
    for item in document.items:
        published, modified = (moment(str(item.get(name, ""))) for name in ("date_published", "date_modified"))
        yield from (at for at in (published, modified) if at is not None and at > document.now + timedelta(minutes=10))
        if published and modified and modified < published:
            yield modified


@rule("JsonHtml", "JSON Feed 1.1, items: content_html", "json", Level.WARNING)
def html(document: Document) -> Iterator[object]:
    yield from (found for item in document.items for found in Html(str(item.get("content_html", ""))).found)
