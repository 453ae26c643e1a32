"""The outlets' feeds: RSS 2.0 with full texts or summaries only, Atom 1.0 and JSON Feed 1.1, as ``outlets.yaml`` says."""

import html
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from email.utils import format_datetime
from xml.etree import ElementTree

from aggregator.sample.newsroom import Newsroom, Piece
from aggregator.sample.press import PressOutlet

ATOM = "http://www.w3.org/2005/Atom"
CONTENT = "http://purl.org/rss/1.0/modules/content/"
DC = "http://purl.org/dc/elements/1.1/"
MOST_ITEMS = 60

ElementTree.register_namespace("atom", ATOM)
ElementTree.register_namespace("content", CONTENT)
ElementTree.register_namespace("dc", DC)


def content_type(feed_format: str) -> str:
    """Media type of a feed of that format."""
    return _TYPES[feed_format]


def render(room: Newsroom, outlet: PressOutlet, now: datetime) -> bytes:
    """Return the outlet's feed as it stands now, newest first."""
    pieces = room.edition(outlet.id, now)[:MOST_ITEMS]
    return _WRITERS[outlet.feed_format](room, outlet, pieces)


def newest(pieces: Sequence[Piece], room: Newsroom) -> datetime:
    """When the newest change among the pieces was made; the start of the press where there is none."""
    return max((piece.updated_at for piece in pieces), default=room.started_at.replace(microsecond=0))


def body_html(piece: Piece) -> str:
    """The text as feeds carry it: headings and paragraphs."""
    parts = []
    for paragraph in piece.paragraphs:
        if paragraph.startswith("## "):
            parts.append(f"<h2>{html.escape(paragraph[3:])}</h2>")
        else:
            parts.append(f"<p>{html.escape(paragraph, quote=False)}</p>")
    return "\n".join(parts)


def _rss(room: Newsroom, outlet: PressOutlet, pieces: Sequence[Piece], *, full: bool) -> bytes:
    words = room.press.words[outlet.language]
    root = ElementTree.Element("rss", version="2.0")
    channel = ElementTree.SubElement(root, "channel")
    _add(channel, "title", outlet.name)
    _add(channel, "link", outlet.root(room.port) + "/")
    _add(channel, "description", words["description"])
    _add(channel, "language", outlet.language)
    _add(channel, "lastBuildDate", format_datetime(newest(pieces, room), usegmt=True))
    _add(channel, f"{{{ATOM}}}link", rel="self", type="application/rss+xml", href=outlet.root(room.port) + outlet.feed_path)
    for piece in pieces:
        item = ElementTree.SubElement(channel, "item")
        _add(item, "title", piece.title)
        _add(item, "link", piece.feed_link)
        _add(item, "guid", piece.guid, isPermaLink="true" if piece.guid == piece.url else "false")
        _add(item, "pubDate", format_datetime(piece.published_at, usegmt=True))
        if piece.author:
            _add(item, f"{{{DC}}}creator", piece.author)
        _add(item, "description", piece.summary)
        if full:
            _add(item, f"{{{CONTENT}}}encoded", body_html(piece))
        if piece.image_url:
            _add(item, "enclosure", url=piece.image_url, type="image/svg+xml", length="0")
    return _document(root)


def _rss_full(room: Newsroom, outlet: PressOutlet, pieces: Sequence[Piece]) -> bytes:
    return _rss(room, outlet, pieces, full=True)


def _rss_summary(room: Newsroom, outlet: PressOutlet, pieces: Sequence[Piece]) -> bytes:
    return _rss(room, outlet, pieces, full=False)


def _atom(room: Newsroom, outlet: PressOutlet, pieces: Sequence[Piece]) -> bytes:
    words = room.press.words[outlet.language]
    root = ElementTree.Element(f"{{{ATOM}}}feed", {"{http://www.w3.org/XML/1998/namespace}lang": outlet.language})
    home = outlet.root(room.port)
    _add(root, f"{{{ATOM}}}id", home + outlet.feed_path)
    _add(root, f"{{{ATOM}}}title", outlet.name)
    _add(root, f"{{{ATOM}}}subtitle", words["description"])
    _add(root, f"{{{ATOM}}}updated", _iso(newest(pieces, room)))
    _add(root, f"{{{ATOM}}}link", rel="self", href=home + outlet.feed_path)
    _add(root, f"{{{ATOM}}}link", rel="alternate", href=home + "/")
    for piece in pieces:
        entry = ElementTree.SubElement(root, f"{{{ATOM}}}entry")
        _add(entry, f"{{{ATOM}}}id", piece.guid if "://" in piece.guid else f"tag:{outlet.id}.invalid,2020:{piece.guid}")
        _add(entry, f"{{{ATOM}}}title", piece.title)
        _add(entry, f"{{{ATOM}}}link", rel="alternate", type="text/html", href=piece.feed_link)
        _add(entry, f"{{{ATOM}}}published", _iso(piece.published_at))
        _add(entry, f"{{{ATOM}}}updated", _iso(piece.updated_at))
        author = ElementTree.SubElement(entry, f"{{{ATOM}}}author")
        _add(author, f"{{{ATOM}}}name", piece.author or outlet.name)
        _add(entry, f"{{{ATOM}}}summary", piece.summary)
        _add(entry, f"{{{ATOM}}}content", body_html(piece), type="html")
    return _document(root)


def _json(room: Newsroom, outlet: PressOutlet, pieces: Sequence[Piece]) -> bytes:
    home = outlet.root(room.port)
    items = []
    for piece in pieces:
        item: dict[str, object] = {
            "id": piece.guid,
            "url": piece.feed_link,
            "title": piece.title,
            "content_html": body_html(piece),
            "summary": piece.summary,
            "date_published": _iso(piece.published_at),
            "date_modified": _iso(piece.updated_at),
        }
        if piece.author:
            item["authors"] = [{"name": piece.author}]
        if piece.image_url:
            item["image"] = piece.image_url
        items.append(item)
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": outlet.name,
        "description": room.press.words[outlet.language]["description"],
        "language": outlet.language,
        "home_page_url": home + "/",
        "feed_url": home + outlet.feed_path,
        "items": items,
    }
    return json.dumps(feed, ensure_ascii=False, indent=1).encode()


def _add(parent: ElementTree.Element, name: str, text: str | None = None, **attributes: str) -> None:
    element = ElementTree.SubElement(parent, name, attributes)
    element.text = text


def _document(root: ElementTree.Element) -> bytes:
    text: bytes = ElementTree.tostring(root, encoding="utf-8")
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + text


def _iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


_TYPES: Mapping[str, str] = {
    "rss-full": "application/rss+xml; charset=utf-8",
    "rss-summary": "application/rss+xml; charset=utf-8",
    "atom": "application/atom+xml; charset=utf-8",
    "json": "application/feed+json; charset=utf-8",
}
_WRITERS: Mapping[str, Callable[[Newsroom, PressOutlet, Sequence[Piece]], bytes]] = {
    "rss-full": _rss_full,
    "rss-summary": _rss_summary,
    "atom": _atom,
    "json": _json,
}
