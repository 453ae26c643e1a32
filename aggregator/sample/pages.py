"""The outlets' pages: a front page and one page an article, in the template of the outlet's style (``templates/``).

Templates are well-formed XML as well as HTML, so that a test can prove it. A page depends only on its piece and older ones,
so that it stays the same, with its ETag, until the piece itself is edited.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from aggregator.sample.feeds import content_type
from aggregator.sample.newsroom import Newsroom, Piece
from aggregator.sample.press import PressOutlet

TEMPLATES = Path(__file__).parent / "templates"
MOST_RELATED = 4
MOST_ON_FRONT = 60
RIGHT_TO_LEFT = frozenset({"ar"})


def article(room: Newsroom, piece: Piece, now: datetime) -> bytes:
    """Return the page of a piece as it stands now."""
    older = [other for other in room.edition(piece.outlet.id, now) if other.published_at < piece.published_at]
    words = room.press.words[piece.outlet.language]
    author = piece.author or words["desk"]
    values = _common(room, piece.outlet) | {
        "piece": piece,
        "author": author,
        "published": _long_date(piece.published_at, words),
        "updated": _long_date(piece.updated_at, words) if piece.version > 1 else "",
        "related": older[:MOST_RELATED],
        "biography": words["biography"].format(author=author, outlet=piece.outlet.name) if _is_person(room, piece) else "",
        "linked_data": _linked_data(piece, author),
    }
    return _template(piece.outlet.style).render(values).encode()


def front(room: Newsroom, outlet: PressOutlet, now: datetime) -> bytes:
    """Return the outlet's front page, which names its feed."""
    values = _common(room, outlet) | {"pieces": room.edition(outlet.id, now)[:MOST_ON_FRONT]}
    return _template("front").render(values).encode()


def robots() -> bytes:
    """Return robots.txt: everything but the search and the account pages, which are not there, may be read."""
    return b"User-agent: *\nDisallow: /search\nDisallow: /account/\n"


@cache
def _template(name: str) -> Template:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template(f"{name}.html")


def _common(room: Newsroom, outlet: PressOutlet) -> dict[str, Any]:
    words = room.press.words[outlet.language]
    return {
        "outlet": outlet,
        "words": words,
        "home": outlet.root(room.port) + "/",
        "feed_url": outlet.root(room.port) + outlet.feed_path,
        "feed_type": content_type(outlet.feed_format).split(";")[0],
        "direction": "rtl" if outlet.language in RIGHT_TO_LEFT else "ltr",
        "picture_credit": words["credit"].format(outlet=outlet.name),
        "rights": words["rights"].format(outlet=outlet.name),
    }


def _is_person(room: Newsroom, piece: Piece) -> bool:
    return bool(piece.author) and piece.author not in {outlet.name for outlet in room.press.outlets.values()}


def _long_date(moment: datetime, words: Mapping[str, Any]) -> str:
    return f"{moment.day} {words['months'][moment.month - 1]} {moment.year}, {moment:%H:%M} UTC"


def _linked_data(piece: Piece, author: str) -> Markup:
    """schema.org NewsArticle as JSON-LD, safe inside a script element."""
    data = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": piece.title,
        "datePublished": piece.published_at.isoformat(),
        "dateModified": piece.updated_at.isoformat(),
        "inLanguage": piece.outlet.language,
        "mainEntityOfPage": piece.url,
        "author": {"@type": "Person" if piece.author else "Organization", "name": author},
        "publisher": {"@type": "NewsMediaOrganization", "name": piece.outlet.name},
    }
    if piece.image_url:
        data["image"] = piece.image_url
    text = json.dumps(data, ensure_ascii=False)
    return Markup(text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e"))
