"""JSON-LD in a page: its objects, and the one that describes the article.

Source of the vocabulary: https://schema.org/Article and the types below it.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from lxml.html import HtmlElement

MAX_SCRIPT_CHARS = 1_000_000
MAX_OBJECTS = 2000
ARTICLE_TYPES = frozenset((
    "Article", "NewsArticle", "ReportageNewsArticle", "AnalysisNewsArticle", "OpinionNewsArticle", "BackgroundNewsArticle",
    "ReviewNewsArticle", "AskPublicNewsArticle", "AdvertiserContentArticle", "LiveBlogPosting", "BlogPosting", "Report", "ScholarlyArticle",
    "SocialMediaPosting", "SatiricalArticle", "TechArticle",
))  # fmt: skip
_WRAPPING = re.compile(
    r"^\s*(?:<!--|//\s*<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/|<!\[CDATA\[)|(?:-->|//\s*\]\]>|/\*\s*\]\]>\s*\*/|\]\]>)\s*;?\s*$"
)
_TRAILING_COMMA = re.compile(r",(\s*[}\]])")

Node = Mapping[str, Any]


def nodes(scripts: Iterable[HtmlElement]) -> tuple[Node, ...]:
    """All JSON-LD objects of the scripts, in document order; scripts that are no JSON are left out."""
    found: list[Node] = []
    for script in scripts:
        text = script.text_content()
        if 0 < len(text) <= MAX_SCRIPT_CHARS:
            for node in _walk(_load(text)):
                found.append(node)
                if len(found) >= MAX_OBJECTS:
                    return tuple(found)
    return tuple(found)


def types(node: Node) -> frozenset[str]:
    """The node's types without their namespace."""
    value = node.get("@type")
    names = value if isinstance(value, list) else [value]
    return frozenset(name.rsplit("/", 1)[-1].rsplit(":", 1)[-1] for name in names if isinstance(name, str))


def article(found: Iterable[Node], url: str) -> Node | None:
    """The object that describes this page's article: one that names the page's address before others, then the first with a headline."""
    candidates = [node for node in found if types(node) & ARTICLE_TYPES]
    if not candidates:
        return None
    address = _address(url)
    return max(candidates, key=lambda node: (address in _addresses(node), "headline" in node or "name" in node, "datePublished" in node))


def text_of(value: Any) -> str:
    """The text of a value: a string, a ``@value``, or the first of a list."""
    if isinstance(value, list):
        return next((text for item in value if (text := text_of(item))), "")
    if isinstance(value, Mapping):
        return text_of(value.get("@value") or value.get("name") or value.get("url") or value.get("@id"))
    return value.strip() if isinstance(value, str) else str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def truth(value: Any) -> bool | None:
    """A schema.org Boolean, which pages write as true, "True", "http://schema.org/False" and so on."""
    if isinstance(value, bool):
        return value
    word = text_of(value).rsplit("/", 1)[-1].lower()
    return {"true": True, "yes": True, "false": False, "no": False}.get(word)


def _load(text: str) -> Any:
    text = _WRAPPING.sub("", _WRAPPING.sub("", text)).strip()
    for attempt in (text, _TRAILING_COMMA.sub(r"\1", text).rstrip(";")):
        try:
            return json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _walk(value: Any, depth: int = 0) -> Iterator[Node]:
    """Top-level objects, those of ``@graph`` and of lists, and what a page object is about."""
    if depth > 6:
        return
    if isinstance(value, list):
        for item in value:
            yield from _walk(item, depth + 1)
    elif isinstance(value, Mapping):
        yield value
        for key in ("@graph", "mainEntity", "mainEntityOfPage", "itemListElement"):
            if isinstance(value.get(key), (list, Mapping)) and (key != "itemListElement" or depth == 0):
                yield from _walk(value[key], depth + 1)


def _addresses(node: Node) -> set[str]:
    return {_address(text_of(node.get(key))) for key in ("url", "@id", "mainEntityOfPage")} | {
        _address(_id(node.get("mainEntityOfPage")))
    } - {""}


def _id(value: Any) -> str:
    return text_of(value.get("@id")) if isinstance(value, Mapping) else ""


def _address(url: str) -> str:
    """A URL without scheme, query, fragment and last slash, for comparison only."""
    return re.sub(r"^https?://(?:www\.)?", "", url.strip().split("#")[0].split("?")[0]).rstrip("/")
