"""Big pages made small before they are parsed: what is no text goes first, then inline markup, then what lies far from the prose.

Everything here is linear in the length of the page, and looks at text only: a tree of a million elements would take a gigabyte.
"""

import re
from array import array
from dataclasses import dataclass

SMALL_CHARS = 400_000  # a page up to this length ...
SMALL_TAGS = 8_000  # ... and this many tags is left as it is
MAX_TAGS = 40_000  # start and end tags: some 20,000 elements
MAX_CHARS = 2_500_000  # of what is parsed
MAX_PIECE = 500_000  # characters of text without a tag
PLAIN_TAGS = 200  # a page with so few cannot be nested too deep
NESTED = 60  # so many opening tags with nothing between them are a fault or an attack
MAX_LINKED = 1_000  # links in one block: what is done with them costs the square of their number
PROSE = 60  # a piece of text of this length counts as prose
LONG_TAG = 3000
ENOUGH = 0.5  # of the best window's prose: then the page is read from its beginning
LOST = 0.1  # share of the prose that was left out, from which on the text is a part

_NESTED = re.compile(
    rf"(?:<(?:div|span|section|blockquote|b|i|em|strong|font|center|ul|ol|li|table|tbody|tr|td)\b[^<>]{{0,200}}>\s*){{{NESTED},}}",
    re.IGNORECASE,
)
_FIRST_TAGS = re.compile(r"(?:<[^<>]*>\s*){5}")
_DROPPED = tuple(
    (re.compile(opening, re.IGNORECASE), re.compile(closing, re.IGNORECASE), instead)
    for opening, closing, instead in (
        (r"<!--", "-->", ""),
        (r"<script\b(?![^<>]{0,300}ld\+json)[^<>]*>", r"</script\s*>", "<script></script>"),
        (r"<style\b[^<>]*>", r"</style\s*>", ""),
        (r"<svg\b[^<>]*>", r"</svg\s*>", ""),
        (r"<select\b[^<>]*>", r"</select\s*>", ""),
    )
)
_EMBEDDED = re.compile(r"data:[\w/+.\-]{3,60};base64,[A-Za-z0-9+/=%]{200,}")
_LONG_TAG = re.compile(rf"<((?!meta\b)[a-z][a-z0-9]{{0,15}})\s[^<>]{{{LONG_TAG},}}>", re.IGNORECASE)
_LONG_PIECE = re.compile(rf">([^<]{{{MAX_PIECE}}})[^<]+")
_INLINE = re.compile(
    r"</?(?:b|i|em|strong|span|font|u|small|big|wbr|sup|sub|abbr|img|source|picture|input|button|label|path|g|use)\b[^<>]*>", re.IGNORECASE
)
_BLOCK = re.compile(
    r"(</?(?:p|div|li|ul|ol|dl|dd|dt|table|tr|td|th|section|article|main|aside|nav|header|footer|blockquote|h[1-6]|body)\b[^<>]*>)",
    re.IGNORECASE,
)
_LINK = re.compile(r"<(/?)a\b[^<>]*>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
_BODY = re.compile(r"<body\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Pruned:
    """The text that is to be parsed; ``cut`` is the beginning of what was left out of the prose, ``much`` whether it was much."""

    text: str
    cut: str = ""
    much: bool = False


def prune(text: str) -> Pruned:
    """A page of any length within the limits of what is parsed; one within them already is given back as it is."""
    if text.count("<") <= PLAIN_TAGS and len(text) <= SMALL_CHARS:
        return Pruned(text)
    text = _flattened(text)
    if len(text) <= SMALL_CHARS and text.count("<") <= SMALL_TAGS:
        return Pruned(text)
    for opening, closing, instead in _DROPPED:
        text = _without(text, opening, closing, instead)
    text = _LONG_TAG.sub(r"<\1>", _EMBEDDED.sub("data:,", text))
    long = _LONG_PIECE.search(text)
    cut, much = (long[0][MAX_PIECE + 1 : MAX_PIECE + 300], True) if long else ("", False)
    text = _LONG_PIECE.sub(r">\1", text)
    text = _unlinked(text)
    if text.count("<") > MAX_TAGS:
        text = _INLINE.sub("", text)
    if text.count("<") <= MAX_TAGS and len(text) <= MAX_CHARS:
        return Pruned(text, cut, much)
    window = _window(text)
    return Pruned(window.text, window.cut or cut, window.much or much)


def _flattened(text: str) -> str:
    """The text without all but the first of very many opening tags in a row. Such a row has no end tag in it, so only the stretches between
    end tags that have enough tags are searched."""
    pieces = text.split("</")
    found = [number for number, piece in enumerate(pieces) if piece.count("<") >= NESTED]
    for number in found:
        pieces[number] = _NESTED.sub(lambda row: (_FIRST_TAGS.match(row[0]) or row)[0], pieces[number])
    return "</".join(pieces) if found else text


def _unlinked(text: str) -> str:
    """The text whose blocks have at most ``MAX_LINKED`` links each; the words of further ones stay."""
    pieces = _BLOCK.split(text)
    for number, piece in enumerate(pieces):
        if piece.count("<") > MAX_LINKED:
            ends = [link.end() for link in _LINK.finditer(piece) if link[1]]
            if len(ends) > MAX_LINKED:
                at = ends[MAX_LINKED - 1]
                pieces[number] = piece[:at] + _LINK.sub("", piece[at:])
    return "".join(pieces)


def _without(text: str, opening: re.Pattern[str], closing: re.Pattern[str], instead: str) -> str:
    """The text without what stands between the two; what is never closed goes on to the end, as in browsers."""
    parts: list[str] = []
    at = 0
    while start := opening.search(text, at):
        parts += (text[at : start.start()], instead)
        end = closing.search(text, start.end())
        at = end.end() if end else len(text)
    return "".join((*parts, text[at:])) if parts else text


def _window(text: str) -> Pruned:
    """The page's head and the stretch of its body that holds the most prose: its beginning, where that holds half as much as any other."""
    body = _BODY.search(text, 0, MAX_CHARS // 2)
    head = text[: body.start()] if body and text.count("<", 0, body.start()) <= MAX_TAGS // 4 else ""
    starts, sums = array("L"), array("L", (0,))  # where each piece of text begins; the prose before it
    last = len(head)
    starts.append(last)
    for tag in _TAG.finditer(text, len(head)):
        size = tag.start() - last
        sums.append(sums[-1] + (size if size >= PROSE else 0))
        last = tag.end()
        starts.append(last)
    size = len(text) - last
    sums.append(sums[-1] + (size if size >= PROSE else 0))
    starts.append(len(text))
    wide = MAX_TAGS * 3 // 4
    best, first = (0, 0, 0), None
    for number in range(0, len(starts) - 1, wide // 10):
        end = min(number + wide, len(starts) - 1)
        while end > number + 1 and starts[end] - starts[number] > MAX_CHARS - len(head):
            end = number + (end - number) * 9 // 10
        prose = sums[end] - sums[number]
        first = first or (prose, number, end)
        best = max(best, (prose, -number, end))
    prose, number, end = best[0], -best[1], best[2]
    if first and first[0] >= ENOUGH * prose:
        prose, number, end = first
    left = sums[-1] - prose
    cut = text[starts[end] : starts[end] + 2000] if end < len(starts) - 1 else text[len(head) : len(head) + 2000]
    sample = " ".join(_TAG.sub(" ", cut).split())[:300]
    return Pruned(head + text[starts[number] : starts[end]], sample or "markup", left > LOST * max(1, prose))
