"""Blocks: the paragraphs, headings and list items of a page as its markup has them, with what the markup tells of each.

The search for the main text (body.py) says which of them are the article; completion.py finds those again that it left out.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lxml.etree import XPath
from lxml.html import HtmlElement

from aggregator.extract import tables
from aggregator.extract.breaks import INLINE
from aggregator.extract.keys import line_key

Line = tuple[str, str]  # (kind, text)

KINDS = {
    "p": "p",
    "h1": "t",
    "h2": "h",
    "h3": "h",
    "h4": "h",
    "h5": "h",
    "h6": "h",
    "li": "li",
    "blockquote": "q",
    "dd": "li",
    "dt": "li",
    "figcaption": "c",
}
ROWS = ("tr",)
LISTS = frozenset(("ul", "ol", "dl"))
TABLES = frozenset(("tbody", "thead", "tfoot", "table", "figure"))
WRAPPERS = frozenset(("div", "section", "ul", "ol", "dl", "blockquote", "span", "article", "center", "font"))
OUTSIDE = frozenset(
    ("aside", "nav", "footer", "form", "figure", "button", "noscript", "template", "svg", "select", "iframe", "table", "script")
)
PROSE_CHARS = 80  # a paragraph of this length is prose, not a label
LINKED = 0.4  # share of a block's text that is link text, from which on it is no prose
EAST_ASIAN = 0.4
LUMP = 0.7  # share of a lump of text that blocks must cover to stand for it
MAX_BLOCKS = 4000
MAX_CHARS = 20_000
_EAST_ASIAN = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_NODES = XPath("descendant::br | descendant::text()[not(parent::script or parent::style)]")


Place = int | tuple[int, str]


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, heading, item, row of a table of figures, title (kind ``t``) or caption (``c``)."""

    kind: str
    text: str
    key: str
    home: int  # number of the element that it lies in, wrappers around it alone skipped
    hall: int  # number of the home's parent
    place: Place  # the home and those like it: of one article element and one class; the home itself where it has no class
    article: int  # number of the article element that it lies in, or -1
    linked: int  # length of its link texts
    target: str  # address of its first link, or of the link around it
    outside: bool  # in an aside, a form, a figure and the like, unless that holds the most of the page's prose

    @property
    def is_prose(self) -> bool:
        """Whether it is long enough to be more than a label, and more than links."""
        return self.kind in ("p", "q") and is_long(self.text) and not self.outside and self.linked < LINKED * len(self.text)


def is_long(text: str) -> bool:
    """Whether the text is too long for a label. Chinese, Japanese and Korean say as much in less than half the characters."""
    return len(text) >= PROSE_CHARS or (len(text) >= PROSE_CHARS * EAST_ASIAN and len(_EAST_ASIAN.findall(text)) * 2 >= len(text))


def blocks(tree: HtmlElement) -> list[Block]:
    """The innermost blocks of the tree that have words, in document order; a ``div`` that has a paragraph's words is one."""
    homes: dict[Any, int] = {}
    found = []
    rows = tables.rows(tree)
    elements = [
        element
        for element in tree.iter(*KINDS, *ROWS, "div")
        if (element in rows if element.tag in ROWS else element.tag != "div" or _is_paragraph(element))
    ]
    outer = {parent for element in elements if (parent := _block_above(element)) is not None}
    asides = _asides(tree)
    for element in elements:
        if element in outer or (rows and any(above in rows for above in element.iterancestors("tr"))):
            continue
        kind, text = rows[element] if element in rows else (KINDS.get(element.tag, "p"), _text(element))
        key = line_key(text) if len(text) <= MAX_CHARS else ""
        if not key:
            continue
        home = _home(element)
        number = homes.setdefault(home, len(homes))
        above, piece = home.getparent(), next(element.iterancestors("article"), None)
        article = -1 if piece is None else homes.setdefault(piece, len(homes))
        words = (home.get("class") or "").split()
        linked, target = _links(element, len(text))
        found.append(
            Block(
                kind,
                text,
                key,
                home=number,
                hall=-1 if above is None else homes.setdefault(above, len(homes)),
                place=(article, f"{home.tag} {words[0]}") if words else number,
                article=article,
                linked=linked,
                target=target,
                outside=_aside(home if element in rows else element) in asides,
            )
        )
        if len(found) >= MAX_BLOCKS:
            break
    return found


def _is_paragraph(div: HtmlElement) -> bool:
    """Whether an element that may be anything has a paragraph in it and nothing else."""
    own = (div.text or "").strip() or "".join(child.tail or "" for child in div)
    return (
        len(own) >= PROSE_CHARS * EAST_ASIAN
        and is_long(own)
        and all(child.tag in INLINE for child in div.iterdescendants())
        and _block_above(div) is None
    )


def _block_above(element: HtmlElement) -> HtmlElement | None:
    return next((above for above in element.iterancestors(*KINDS)), None)


def _home(element: HtmlElement) -> HtmlElement:
    """The element that the block lies in. Lists, tables and wrappers with no other element in them do not count as places."""
    home = element.getparent()
    around = TABLES if element.tag in ROWS else LISTS
    while home is not None and home.getparent() is not None and (home.tag in around or (len(home) == 1 and home.tag in WRAPPERS)):
        home = home.getparent()
    return element if home is None else home


def _links(element: HtmlElement, size: int) -> tuple[int, str]:
    """How many characters of the block are link text, and where its first link leads; all of them where it lies in a link."""
    around = next(element.iterancestors("a"), None)
    if around is not None:
        return size, around.get("href") or ""
    links = list(element.iter("a")) if len(element) else []
    return sum(len(a.text_content()) for a in links), next((a.get("href") or "" for a in links), "")


def _aside(element: HtmlElement) -> HtmlElement | None:
    """The innermost element around the block that is for things beside the article."""
    return next(element.iterancestors(*OUTSIDE), None)


def _asides(tree: HtmlElement) -> set[Any]:
    """Elements for things beside the article; not those that hold half of the page's paragraphs, as they do where end tags are missing."""
    sizes: Counter[Any] = Counter()
    total = 0
    for paragraph in tree.iter("p"):
        size = len(paragraph.text_content())
        total += size
        for aside in paragraph.iterancestors(*OUTSIDE):
            sizes[aside] += size
    return {aside for aside in tree.iter(*OUTSIDE) if sizes[aside] * 2 <= total}


def _text(element: HtmlElement) -> str:
    """The element's text, with a space for each line break; what scripts and styles hold is no text."""
    if len(element) == 0:
        return " ".join((element.text or "").split())
    if element.find(".//br") is None and element.find(".//script") is None and element.find(".//style") is None:
        return " ".join(element.text_content().split())
    nodes: list[Any] = _NODES(element)  # type: ignore[assignment]  # this expression gives elements and strings
    return " ".join("".join(node if isinstance(node, str) else " " for node in nodes).split())


def share_of_prose(lines: Sequence[Line], found: Sequence[Block]) -> float:
    """How much of the page's prose, by length, the lines hold, 0 to 1; 1 where lines and page have none."""
    sizes = {block.key: len(block.text) for block in found if block.is_prose}
    if not sizes:
        return 1.0 if lines else 0.0
    everything = "".join(line_key(text) for _, text in lines).replace(" ", "")
    return sum(size for key, size in sizes.items() if key.replace(" ", "") in everything) / sum(sizes.values())


def parted(lines: list[Line], found: Sequence[Block]) -> list[Line]:
    """The lines, but a single one that is all text of the page in a lump as the blocks that it is made of, without captions."""
    if len(lines) != 1 or len(found) < 2 or len(lines[0][1]) > MAX_CHARS:
        return lines
    lump = line_key(lines[0][1]).replace(" ", "")
    inside = [block for block in found if block.key.replace(" ", "") in lump]
    if len(inside) < 2 or sum(len(block.key.replace(" ", "")) for block in inside) < LUMP * len(lump):
        return lines
    return [("h" if block.kind == "t" else block.kind, block.text) for block in inside if block.kind != "c" and not block.outside]
