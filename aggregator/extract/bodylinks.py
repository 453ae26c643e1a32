"""The links of a body: which words of which line lead where.

The search for the main text keeps no links. They are found again on the page: a link is in the body where its words stand in a line with
what stands before or after them on the page, or where they are the whole line.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from typing import NamedTuple
from urllib.parse import quote

from lxml.html import HtmlElement

from aggregator.extract.addresses import absolute
from aggregator.model import BodyLink

MAX_LINKS = 200  # of a body
MAX_LOOKED_FOR = 2000  # of a page
MAX_URL_CHARS = 2000
CONTEXT = 24  # characters on one side of a link, white space not counted, by which it is known again ...
MIN_CONTEXT = 8  # ... and how many of them tell it from the same words elsewhere

# Elements that a link's surroundings end at, and those of them in which no link of a body is.
BLOCKS = frozenset((
    "p", "div", "li", "dd", "dt", "td", "th", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "article", "section", "main", "body", "pre",
    "figure", "figcaption", "ul", "ol", "dl", "table", "tr", "header", "nav", "footer", "aside", "form",
))  # fmt: skip
ELSEWHERE = frozenset(("nav", "footer", "form", "figcaption", "button"))
ROW_PARTS = frozenset(("td", "th", "p", "div"))  # of these a line is made together
BAR = "|"  # parts the cells of a row
BREAK = "\n"  # stands for a block inside a block
_SPACE = re.compile(r"\s")
_UNWRITTEN = re.compile("[\x00-\x20\x7f-\x9f\u2028\u2029\ufeff]")  # what no address may have


class _Body(NamedTuple):
    """A body without white space."""

    text: str
    ends: Sequence[int]  # of its lines
    whole: Mapping[str, int]  # where in it each line begins


class _Surroundings(NamedTuple):
    """The text of an element without white space and without that of blocks inside it, and where in it each link begins."""

    text: str
    starts: Mapping[HtmlElement, int]


def body_links(tree: HtmlElement, lines: Sequence[str], url: str) -> tuple[BodyLink, ...]:
    """The links that a body's lines have on the page that they were taken from: at most 200, in the order of the text.

    Links within the page, and to what is not http(s), are none."""
    body = _body(lines)
    base = _base(tree, url)
    known: dict[HtmlElement, _Surroundings] = {}
    found: dict[int, tuple[int, str]] = {}  # start: (end, address), in the body without white space
    looked_for = 0
    for link in tree.iter("a"):
        reference = (link.get("href") or "").strip()
        words = _squeezed(link.text_content()) if reference and not reference.startswith("#") else ""
        if not words or words not in body.text:
            continue
        looked_for += 1
        if looked_for > MAX_LOOKED_FOR or len(found) >= MAX_LINKS:
            break
        address = _address(reference, base)
        start = _start(link, words, body, known) if address else None
        if address and start is not None:
            found.setdefault(start, (start + len(words), address))
    return tuple(_shown(found, lines, body))


def _body(lines: Sequence[str]) -> _Body:
    squeezed = [_squeezed(line) for line in lines]
    ends = list(accumulate(map(len, squeezed)))
    return _Body("".join(squeezed), ends, {line: end - len(line) for line, end in zip(reversed(squeezed), reversed(ends), strict=True)})


def _start(link: HtmlElement, words: str, body: _Body, known: dict[HtmlElement, _Surroundings]) -> int | None:
    """Where in the body a link with these words begins; None where it is not in one of its lines."""
    for block in _blocks(link):
        if block not in known:
            known[block] = _surroundings(block)
        text, starts = known[block]
        at = starts.get(link)
        start = None if at is None else _place(words, text, at, body)
        if start is not None and body.ends[bisect_right(body.ends, start)] >= start + len(words):
            return start
    return None


def _place(words: str, text: str, at: int, body: _Body) -> int | None:
    """Where in the body words are that stand at a place of a text."""
    before = text[max(0, at - CONTEXT) : at].rpartition(BREAK)[2]
    after = text[at + len(words) : at + len(words) + CONTEXT].partition(BREAK)[0]
    for left, right in ((before, after), (before, ""), ("", after)):
        if len(left) + len(right) >= MIN_CONTEXT and (found := body.text.find(left + words + right)) >= 0:
            return found + len(left)
    line = body.whole.get(text.strip(BREAK))
    return None if line is None else line + at - (len(text) - len(text.lstrip(BREAK)))


def _blocks(link: HtmlElement) -> Iterator[HtmlElement]:
    """The block that a link is in, and the row of the table that this is a part of; none where it stands beside the text."""
    above = list(link.iterancestors())
    if not any(element.tag in ELSEWHERE for element in above):
        for element in above:
            if element.tag in BLOCKS:
                yield element
            if element.tag in BLOCKS and element.tag not in ROW_PARTS:
                return


def _surroundings(block: HtmlElement) -> _Surroundings:
    starts: dict[HtmlElement, int] = {}
    parts: list[str] = []
    size = 0
    is_row = block.tag == "tr"

    def add(text: str | None) -> None:
        nonlocal size
        if text:
            parts.append(_squeezed(text))
            size += len(parts[-1])

    def walk(element: HtmlElement) -> None:
        nonlocal size
        if element.tag == "a":
            starts[element] = size
        add(element.text)
        for child in element:
            if child.tag in BLOCKS and not (is_row and child.tag in ROW_PARTS):
                parts.append(BREAK)
                size += 1
            elif child.tag not in ("script", "style"):
                walk(child)
            add(child.tail)

    walk(block)
    return _Surroundings("".join(parts), starts)


def _shown(found: Mapping[int, tuple[int, str]], lines: Sequence[str], body: _Body) -> Iterator[BodyLink]:
    """Places in the body without white space as places in its lines; of two that overlap the first."""
    known, offsets, reached = -1, list[int](), 0
    for start, (end, address) in sorted(found.items()):
        if start < reached:
            continue
        reached = end
        line = bisect_right(body.ends, start)
        if line != known:
            known, offsets = line, [number for number, character in enumerate(lines[line]) if not character.isspace() and character != BAR]
        first = body.ends[line - 1] if line else 0
        yield BodyLink(line, offsets[start - first], offsets[end - 1 - first] + 1, address)


def _base(tree: HtmlElement, url: str) -> str:
    """What addresses on the page are relative to."""
    return next((found for element in tree.iter("base") if (found := _address(element.get("href") or "", url))), url)


def _address(reference: str, base: str) -> str | None:
    """The absolute http(s) address, without what no address may have; None for any other and for an overlong one."""
    address = absolute(_SPACE.sub(lambda space: quote(space[0]), _UNWRITTEN.sub("", reference)), base)
    return address if address and len(address) <= MAX_URL_CHARS else None


def _squeezed(text: str) -> str:
    """The text without white space, and without what parts the cells of a row."""
    return "".join(text.split()).replace(BAR, "")
