"""Atom 1.0 (RFC 4287), paged and archived by RFC 5005, with GeoRSS Simple."""

from collections.abc import Iterable, Sequence

from aggregator.outputs.channel import GENERATOR, Channel, Item, body_html, image_type, labels, line, rfc3339, title_of, unique, uri
from aggregator.outputs.markup import attributes, element, empty, georss

MEDIA_TYPE = "application/atom+xml"
_NAMESPACES = {
    "xmlns": "http://www.w3.org/2005/Atom",
    "xmlns:fh": "http://purl.org/syndication/history/1.0",
    "xmlns:georss": "http://www.georss.org/georss",
}


def fragment(item: Item) -> str:
    """The item's entry; depends on nothing but the item."""
    names = [name for name in map(line, item.authors or (item.outlet,)) if name]
    parts = [
        element("id", item.id),
        element("title", title_of(item)),
        empty("link", {"rel": "alternate", "href": uri(item.link), "hreflang": item.language}),
        element("published", rfc3339(item.published)),
        element("updated", rfc3339(max(item.updated, item.published))),
        *(f"<author>{element('name', name)}</author>" for name in names),
        *(empty("category", {"term": line(c.term), "scheme": c.scheme, "label": line(c.label) or None}) for c in labels(item)),
        element("content", body_html(item), {"type": "html"}),
    ]
    if item.enclosure is not None:
        e = item.enclosure
        length = str(e.length) if e.length else None
        parts.append(empty("link", {"rel": "enclosure", "href": uri(e.url), "type": e.type, "length": length}))
    if item.image:
        parts.append(empty("link", {"rel": "enclosure", "href": uri(item.image), "type": image_type(item.image)}))
    if item.origin is not None:
        origin = [
            element("id", uri(item.origin.url)),
            element("title", line(item.origin.title)),
            element("updated", rfc3339(item.published)),
            empty("link", {"rel": "via", "href": uri(item.origin.url)}),
        ]
        parts.append(f"<source>{''.join(origin)}</source>")
    parts.append(georss(item.points))
    return f"<entry{attributes({'xml:lang': item.language})}>{''.join(parts)}</entry>"


def wrap(channel: Channel, fragments: Iterable[str]) -> bytes:
    """The whole feed around fragments of entries."""
    links = [
        ("self", channel.self_url, MEDIA_TYPE),
        ("alternate", channel.link, "text/html"),
        ("hub", channel.hub, None),
        *((relation, url, MEDIA_TYPE) for relation, url in channel.neighbours),
    ]
    head = [
        element("id", channel.id),
        element("title", line(channel.title)),
        element("subtitle", line(channel.notice)) if channel.notice else "",
        element("updated", rfc3339(channel.updated)),
        f"<author>{element('name', GENERATOR)}</author>",
        element("generator", GENERATOR),
        *(empty("link", {"rel": rel, "href": uri(href), "type": kind}) for rel, href, kind in links if href),
        "<fh:archive/>" if channel.archived else "",
    ]
    root = attributes(_NAMESPACES | {"xml:lang": channel.language or "en"})  # no xml:base: every address is whole
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n<feed{root}>{"".join(head)}\n'
    return (text + "\n".join(fragments) + "\n</feed>\n").encode()


def render(channel: Channel, items: Sequence[Item]) -> bytes:
    """The feed, its entries in the given order, none twice."""
    return wrap(channel, map(fragment, unique(items)))
