"""A feed that is looked at, and rules that look at it.

A rule bears the name of the message that the W3C Feed Validation Service gives (https://validator.w3.org/feed/docs/), where it has one, and
the section of the standard that it comes from.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Any
from urllib.parse import quote

import orjson
from lxml import etree

NAMESPACES = {
    "http://www.w3.org/2005/Atom": "atom",
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://purl.org/syndication/history/1.0": "fh",
    "http://www.georss.org/georss": "georss",
    "http://search.yahoo.com/mrss/": "media",
    "http://www.w3.org/XML/1998/namespace": "xml",
}
Node = etree._Element


class Level(StrEnum):
    """How bad it is: not valid, read wrongly by some, or could be better."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True)
class Document:
    """A feed as it was answered. ``form``: rss, atom or json; ``location``: where it was asked for."""

    form: str
    data: bytes
    location: str
    content_type: str
    now: datetime

    @cached_property
    def root(self) -> Node | None:
        """The tree; None where it is not well-formed."""
        try:
            return etree.fromstring(self.data, etree.XMLParser(resolve_entities=False, no_network=True))
        except etree.XMLSyntaxError:
            return None

    @cached_property
    def elements(self) -> tuple[Node, ...]:
        """Every element of the tree, comments and instructions left out."""
        return tuple(each for each in self.root.iter() if isinstance(each.tag, str)) if self.root is not None else ()

    def named(self, *names: str) -> Iterator[Node]:
        """The elements with one of these names."""
        return (each for each in self.elements if name_of(each) in names)

    @cached_property
    def text(self) -> str:
        """The document as it is written."""
        return self.data.decode("utf-8", "replace")

    @cached_property
    def feed(self) -> dict[str, Any]:
        """The object of a JSON Feed; empty where it is none."""
        try:
            found = orjson.loads(self.data)
        except orjson.JSONDecodeError:
            return {}
        return found if isinstance(found, dict) else {}

    @property
    def items(self) -> list[dict[str, Any]]:
        """The objects of its items."""
        found = self.feed.get("items")
        return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


Check = Callable[[Document], Iterator[object]]


@dataclass(frozen=True, slots=True)
class Rule:
    """What must hold; ``check`` yields what does not."""

    name: str
    source: str
    forms: tuple[str, ...]
    level: Level
    check: Check


RULES: list[Rule] = []


def rule(name: str, source: str, forms: str, level: Level = Level.ERROR) -> Callable[[Check], Check]:
    """Put a rule into RULES. ``forms``: names with spaces between."""

    def add(check: Check) -> Check:
        RULES.append(Rule(name, source, tuple(forms.split()), level, check))
        return check

    return add


def name_of(element: Node) -> str:
    """``item``, ``atom:link``: the name as this module writes it, whatever the document does. Unknown namespaces are ``?``."""
    qualified = etree.QName(element)
    prefix = NAMESPACES.get(qualified.namespace, "?") if qualified.namespace else ""
    return f"{prefix}:{qualified.localname}" if prefix else qualified.localname


def attribute_name(name: str) -> str:
    """``xml:lang``, ``href``."""
    qualified = etree.QName(name)
    return f"{NAMESPACES.get(qualified.namespace, '?')}:{qualified.localname}" if qualified.namespace else qualified.localname


def parent_of(element: Node) -> str:
    """Name of the parent, "" of the root."""
    parent = element.getparent()
    return name_of(parent) if parent is not None else ""


def value_of(element: Node) -> str:
    """The text, whole."""
    return "".join(str(part) for part in element.itertext())


def children(element: Node, name: str) -> list[Node]:
    """The children with this name."""
    return [each for each in element if isinstance(each.tag, str) and name_of(each) == name]


def links(element: Node) -> list[Node]:
    """Its ``atom:link`` elements."""
    return children(element, "atom:link")


def head(document: Document) -> Node | None:
    """The element with the feed's own values: the channel, or the feed."""
    return next(document.named("channel", "atom:feed"), None)


_LETTER = r"(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})"
_AUTHORITY = r"//(?:[A-Za-z0-9._~%!$&'()*+,;=:-]*@)?(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._~%!$&'()*+,;=-]+)(?::\d*)?(?=[/?#]|$)"
_MORE = rf"(?:{_LETTER}|\?)*"
_URI = re.compile(rf"[A-Za-z][A-Za-z0-9+.-]*:(?:{_AUTHORITY})?{_LETTER}*(?:\?{_MORE})?(?:#{_MORE})?")
_WEB = re.compile(r"https?://[^/?#]")


def is_uri(text: str) -> bool:
    """An absolute URI with nothing in it that must be quoted (RFC 3986, appendix A)."""
    return _URI.fullmatch(text) is not None


def is_web(text: object) -> bool:
    """An absolute http or https URI."""
    return isinstance(text, str) and _WEB.match(text) is not None and is_uri(text)


LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z]{4})?(?:-(?:[A-Z]{2}|\d{3}))?(?:-[A-Za-z0-9]{5,8})*")  # RFC 5646, 2.1, as far as feeds go
MIME = re.compile(r"[A-Za-z0-9!#$&^_.+-]+/[A-Za-z0-9!#$&^_.+-]+(?:\s*;\s*[A-Za-z0-9_.-]+=(?:\"[^\"]*\"|[A-Za-z0-9_.-]+))*")
RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")


def moment(text: str) -> datetime | None:
    """The time that an RFC 3339 date names; None where it is none."""
    if not RFC3339.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def same_address(one: str, other: str) -> bool:
    """Whether two addresses name the same, however they are quoted."""
    return _plain(one) == _plain(other)


def _plain(address: str) -> str:
    return re.sub("%[0-9A-Fa-f]{2}", lambda found: found[0].upper(), quote(address, safe="%/:=&?~#+!$,;'@()*"))


def twice(values: list[str]) -> list[str]:
    """The values that come again."""
    seen: set[str] = set()
    return [value for value in values if value in seen or seen.add(value)]  # type: ignore[func-returns-value]
