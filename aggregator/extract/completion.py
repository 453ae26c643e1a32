"""Completion: what the search for the main text left out of an article is found again among the page's blocks.

In the midst of the article that is a heading or a paragraph with no fault of its own, beside paragraphs that are the article; before it
the list of its main points; and all through it headings that are links, as lists of things have them.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from aggregator.extract.blocks import LINKED, Block, Line, Place, is_long
from aggregator.extract.keys import line_key

SHORT_KEY = 24  # shorter keys are only known again as whole lines
HOME_CHARS = 400  # prose that makes a place the article's where nothing of it was found
PART = 0.05  # share of the main text's prose that makes a place one of the article's
MIN_HEADS = 3  # linked headings that make a text a list of things
HEADED = 0.5  # share of the paragraphs that they must head


@dataclass(frozen=True, slots=True)
class _Article:
    """Where on the page the article is. ``first`` and ``last``: numbers of its first and last paragraph; ``title``: of the heading of the
    page before them, or -1; ``places`` and ``halls``: what its paragraphs lie in; ``heads``: numbers of linked headings."""

    places: frozenset[Place]
    halls: frozenset[int]
    title: int
    first: int
    last: int
    heads: frozenset[int]


def completed(lines: Sequence[Line], found: Sequence[Block]) -> list[Line]:
    """The lines of the main text, with the blocks that it left out put where the page has them."""
    keys = [line_key(text) for _, text in lines]
    numbers: dict[str, int] = {}
    for number, key in enumerate(keys):
        numbers.setdefault(key, number)
    everything = "".join(keys).replace(" ", "")  # without spaces: there may be none, or one, where a line was broken
    present = [block.key in numbers or (len(block.key) >= SHORT_KEY and block.key.replace(" ", "") in everything) for block in found]
    article = _article(found, present)
    if article is None:
        return list(lines)
    inserted: dict[int, list[Line]] = {}
    after = -1
    for number, block in enumerate(found):
        if present[number]:
            after = max(after, numbers.get(block.key, after))
        elif _belongs(found, number, article):
            inserted.setdefault(after, []).append((block.kind, block.text))
    if not inserted:
        return list(lines)
    out = inserted.get(-1, [])[:]
    for number, line in enumerate(lines):
        out += [line, *inserted.get(number, ())]
    return out


def linked_heads(found: Sequence[Block]) -> frozenset[int]:
    """The numbers of the blocks that are links and head paragraphs of the article, as in a list of things: three at least, over half of
    the paragraphs that stand with them, where most of the page's prose is."""
    sizes = Counter[int]()
    for block in found:
        sizes[block.home] += len(block.text) * block.is_prose
    if not sizes:
        return frozenset()
    home, size = sizes.most_common(1)[0]
    if size * 2 < sizes.total():
        return frozenset()
    inside = [(number, block) for number, block in enumerate(found) if block.home == home and block.kind != "c" and not block.outside]
    heads = [
        number
        for (number, block), (_, below) in zip(inside, inside[1:], strict=False)
        if block.kind in ("h", "p")
        and _is_linked(block)
        and not is_long(block.text)
        and below.kind in ("p", "li")
        and not _is_linked(below)
    ]
    if len(heads) < MIN_HEADS:
        return frozenset()
    headed = sum(block.is_prose for number, block in inside if number > heads[0])
    return frozenset(heads) if len(heads) >= HEADED * headed else frozenset()


def _is_label(block: Block) -> bool:
    return block.kind in ("h", "p") and not is_long(block.text)


def _is_linked(block: Block) -> bool:
    return block.linked >= LINKED * len(block.text)


def _article(found: Sequence[Block], present: Sequence[bool]) -> _Article | None:
    places = _places(found, present)
    prose = [number for number, block in enumerate(found) if block.place in places and block.is_prose]
    if not prose:
        return None
    rooms = {block.home: block.hall for block in found if block.place in places}
    halls = frozenset(hall for hall, number in Counter(rooms.values()).items() if number > 1)
    title = next((number for number in range(prose[0], -1, -1) if found[number].kind == "t"), -1)
    return _Article(places, halls, title, prose[0], prose[-1], linked_heads(found))


def _places(found: Sequence[Block], present: Sequence[bool]) -> frozenset[Place]:
    """Places of the article's prose: those that hold paragraphs of the main text, or far more prose than all of it."""
    known: Counter[Place] = Counter()
    prose: Counter[Place] = Counter()
    for block, there in zip(found, present, strict=True):
        if block.is_prose:
            prose[block.place] += len(block.text)
            if there:
                known[block.place] += len(block.text)
    if prose:
        place, size = prose.most_common(1)[0]
        if size > max(HOME_CHARS, 2 * known.total()):
            return frozenset((place,))
    return frozenset(place for place, size in known.items() if size >= PART * known.total())


def _belongs(found: Sequence[Block], number: int, article: _Article) -> bool:
    """Whether a block that the main text has not is of the article all the same: prose in its places, a heading over its paragraphs,
    a short line or an item in their midst."""
    block = found[number]
    if block.outside or block.kind in ("c", "t"):
        return False
    if number in article.heads:
        return block.place in article.places
    if _is_linked(block):
        return False
    if number < article.first:
        return _opens(block, number, article)
    if block.place not in article.places:
        return block.is_prose and block.hall in article.halls and number < article.last
    if block.is_prose:
        return True
    if number >= article.last:
        return False
    if _is_point(block):
        return True
    return _is_amid(found, number, article)


def _is_amid(found: Sequence[Block], number: int, article: _Article) -> bool:
    """Whether a short block stands among others of its own home: a heading over one, anything else between two."""
    block = found[number]
    below = found[next((n for n in range(number + 1, article.last + 1) if found[n].kind in ("p", "li", "q")), article.last)]
    if block.kind == "h":
        return below.home == block.home and not below.outside
    above = found[next((n for n in range(number - 1, 0, -1) if found[n].kind != "c" and not found[n].outside), 0)]
    return below.home == block.home and above.home == block.home


def _opens(block: Block, number: int, article: _Article) -> bool:
    """Whether a block before the first paragraph is of the article: articles open with their main points in a list, among the paragraphs
    or in a place of its own between title and text."""
    return _is_point(block) and (block.place in article.places or -1 < article.title < number)


def _is_point(block: Block) -> bool:
    return block.kind == "li" and is_long(block.text)
