"""RSS 2.0 (RSS Advisory Board's specification) with atom:link, dc:creator, Media RSS and GeoRSS Simple, paged and archived by RFC 5005."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime

from aggregator.outputs.channel import GENERATOR, Channel, Item, body_html, image_type, labels, line, rfc3339, title_of, unique, uri
from aggregator.outputs.markup import attributes, element, empty, georss, plain

MEDIA_TYPE = "application/rss+xml"
_NAMESPACES = {
    "xmlns:atom": "http://www.w3.org/2005/Atom",
    "xmlns:dc": "http://purl.org/dc/elements/1.1/",
    "xmlns:fh": "http://purl.org/syndication/history/1.0",
    "xmlns:georss": "http://www.georss.org/georss",
    "xmlns:media": "http://search.yahoo.com/mrss/",
}


def rfc822(at: datetime) -> str:
    """``Wed, 01 May 2024 10:00:00 GMT``."""
    return format_datetime(at.astimezone(UTC).replace(microsecond=0), usegmt=True)


def fragment(item: Item) -> str:
    """The item's element; depends on nothing but the item, so that it can be kept as long as the item is not revised."""
    parts = [
        plain("title", title_of(item)),
        element("link", uri(item.link)),
        element("guid", item.id, {"isPermaLink": "false"}),
        element("pubDate", rfc822(item.published)),
        element("description", body_html(item)),
    ]
    if item.updated > item.published:
        parts.append(element("atom:updated", rfc3339(item.updated)))
    parts.extend(plain("dc:creator", name) for name in map(line, item.authors or (item.outlet,)) if name)
    if item.language:
        parts.append(element("dc:language", item.language))
    parts.extend(plain("category", line(c.term), {"domain": c.scheme}) for c in labels(item))
    if item.origin is not None:
        parts.append(plain("source", line(item.origin.title), {"url": uri(item.origin.url)}))
    if item.enclosure is not None:
        e = item.enclosure
        parts.append(empty("enclosure", {"url": uri(e.url), "length": str(e.length), "type": e.type}))
    if item.image:
        parts.append(empty("media:content", {"url": uri(item.image), "medium": "image", "type": image_type(item.image)}))
    parts.append(georss(item.points))
    return f"<item>{''.join(parts)}</item>"


def wrap(channel: Channel, fragments: Iterable[str]) -> bytes:
    """The whole feed around fragments of items."""
    links = [
        *(("self", channel.self_url, MEDIA_TYPE), ("hub", channel.hub, None)),
        *((relation, url, MEDIA_TYPE) for relation, url in channel.neighbours),
    ]
    head = [
        plain("title", line(channel.title)),
        element("link", uri(channel.link)),
        plain("description", line(channel.notice)),
        element("language", channel.language) if channel.language else "",
        element("lastBuildDate", rfc822(channel.updated)),
        element("generator", GENERATOR),
        element("docs", "https://www.rssboard.org/rss-specification"),
        *(empty("atom:link", {"rel": rel, "href": uri(href), "type": kind}) for rel, href, kind in links if href),
        "<fh:archive/>" if channel.archived else "",
    ]
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"{attributes(_NAMESPACES)}><channel>{"".join(head)}\n'
    return (text + "\n".join(fragments) + "\n</channel></rss>\n").encode()


def render(channel: Channel, items: Sequence[Item]) -> bytes:
    """The feed, its items in the given order, none twice."""
    return wrap(channel, map(fragment, unique(items)))
