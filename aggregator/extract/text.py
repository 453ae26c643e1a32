"""The feed's own text as a body: the HTML of an entry in lines with their kinds, where the page gives none.

An entry's HTML is all text, so nothing is searched for; only cue lines ("The post … appeared first on …", "Read more") go.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, fragment_fromstring

from aggregator.extract import furniture
from aggregator.extract.bodylinks import body_links
from aggregator.extract.page import CONTROL
from aggregator.model import BodyLink, Removed

MAX_CHARS = 2_000_000

KINDS = {"h1": "h", "h2": "h", "h3": "h", "h4": "h", "h5": "h", "h6": "h", "blockquote": "q", "li": "li", "dt": "li", "dd": "li"}
BLOCKS = frozenset((
    "p",
    "div", "section", "article", "ul", "ol", "dl", "table", "tr", "pre", "figure", "header", "footer", "aside", "main", "address", "hr",
))  # fmt: skip
SKIPPED = frozenset(("script", "style", "figcaption", "noscript", "template", "iframe", "button", "form", "svg"))


class FeedText(NamedTuple):
    """The text that a feed carries of an article, with the kind of each line, and the lines that are no part of it."""

    body: str
    kinds: tuple[str, ...]
    removed: tuple[Removed, ...]
    links: tuple[BodyLink, ...] = ()


def from_html(html: str, verdicts: Mapping[str, str] = furniture.NO_VERDICTS, url: str = "") -> FeedText:
    """Return the text of an entry's HTML, one paragraph a line, the kind of each line (p, h, q, li), what was left out, and the links of
    the text. ``url``: what these are relative to.

    Plain text is taken as it is, its line breaks as paragraphs. At most the first 2,000,000 characters are read.
    """
    html = CONTROL.sub(" ", html[:MAX_CHARS])
    if not html.strip():
        return FeedText("", (), ())
    if "<" not in html:
        tree = None
        lines = [("p", " ".join(line.split())) for line in _unescape(html).splitlines()]
    else:
        tree = _parse(f"<div>{html}</div>")
        lines = list(_lines(tree))
    kept, removed = furniture.sift([line for line in lines if line[1]], verdicts=verdicts)
    links = () if tree is None else body_links(tree, [text for _, text in kept], url)
    return FeedText("\n".join(text for _, text in kept), tuple(kind for kind, _ in kept), tuple(removed), links)


def _unescape(text: str) -> str:
    return str(_parse(f"<div>{text}</div>").text_content()) if "&" in text else text


def _parse(html: str) -> HtmlElement:
    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        return fragment_fromstring(html.encode("utf-8", "replace"), create_parent="div", parser=parser)
    except etree.ParserError:  # nothing but comments
        return fragment_fromstring("<div></div>")


def _lines(tree: HtmlElement) -> Iterator[tuple[str, str]]:
    kind, parts = "p", []
    for event, value in (*_events(tree, "p"), ("line", "p")):
        if event == "text":
            parts.append(value)
            continue
        text = " ".join("".join(parts).split())
        if text:
            yield kind, text
        kind, parts = value, []


def _events(element: HtmlElement, kind: str) -> Iterator[tuple[str, str]]:
    """("text", text) and ("line", kind of the line that begins here), in document order; libxml2 limits the depth to 256."""
    tag = element.tag
    if not isinstance(tag, str) or tag in SKIPPED:
        return
    own = KINDS.get(tag, kind)
    breaks = tag in KINDS or tag in BLOCKS
    if breaks or tag == "br":
        yield "line", own
    if element.text:
        yield "text", element.text
    for child in element:
        yield from _events(child, own)
        if child.tag in ("td", "th"):
            yield "text", " "
        if child.tail:
            yield "text", child.tail
    if breaks:
        yield "line", kind
