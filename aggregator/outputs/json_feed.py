"""JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/). What it has no field for stands under ``_frontwire``."""

from collections.abc import Iterable, Sequence
from typing import Any

import orjson

from aggregator.outputs.channel import Channel, Item, body_html, clean, kind_of, labels, line, rfc3339, title_of, unique, uri

MEDIA_TYPE = "application/feed+json"
VERSION = "https://jsonfeed.org/version/1.1"


def fragment(item: Item) -> bytes:
    """The item's object; depends on nothing but the item."""
    names = [name for name in map(line, item.authors or (item.outlet,)) if name]
    values: dict[str, Any] = {
        "id": item.id,
        "url": uri(item.link),
        "title": title_of(item),
        "content_html": body_html(item),
        "date_published": rfc3339(item.published),
        "date_modified": rfc3339(max(item.updated, item.published)),
        "authors": [{"name": name} for name in names],
        "tags": list(dict.fromkeys(line(c.label or c.term) for c in labels(item))),
        "_frontwire": {
            "outlet": line(item.outlet) or None,
            "categories": [{"kind": kind_of(c), "term": clean(c.term), "label": line(c.label)} for c in labels(item)],
            "points": [{"lat": round(p.lat, 5), "lon": round(p.lon, 5), "name": line(p.name)} for p in item.points],
            "source": {"title": line(item.origin.title), "url": uri(item.origin.url)} if item.origin else None,
            "sample": item.sample,
        },
    }
    if item.language:
        values["language"] = item.language
    if item.image:
        values["image"] = uri(item.image)
    if item.enclosure is not None:
        medium: dict[str, Any] = {"url": uri(item.enclosure.url), "mime_type": clean(item.enclosure.type)}
        if item.enclosure.length:
            medium["size_in_bytes"] = item.enclosure.length
        values["attachments"] = [medium]
    return orjson.dumps(values)


def wrap(channel: Channel, fragments: Iterable[bytes]) -> bytes:
    """The whole feed around fragments of items."""
    values: dict[str, Any] = {
        "version": VERSION,
        "title": line(channel.title),
        "home_page_url": uri(channel.link),
        "feed_url": uri(channel.self_url),
        "description": line(channel.notice),
        "next_url": uri(channel.next_url) if channel.next_url else None,
        "language": channel.language,
        "_frontwire": {"archive": channel.archived, "links": dict(channel.neighbours)} if channel.neighbours else None,
        "hubs": [{"type": "WebSub", "url": uri(channel.hub)}] if channel.hub else None,
    }
    head = orjson.dumps({name: value for name, value in values.items() if value is not None})
    return head[:-1] + b',"items":[' + b",".join(fragments) + b"]}"


def render(channel: Channel, items: Sequence[Item]) -> bytes:
    """The feed, its items in the given order, none twice."""
    return wrap(channel, map(fragment, unique(items)))
