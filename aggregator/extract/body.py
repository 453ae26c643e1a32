"""A page's bytes to a Draft: the article's text in lines with their kinds, its metadata, its language, and what the page was."""

import copy
import functools
import itertools
from collections.abc import Container, Iterator, Mapping, Sequence

import trafilatura
from lxml.etree import _Element
from lxml.html import HtmlElement
from trafilatura.meta import reset_caches
from trafilatura.settings import Extractor, use_config

from aggregator.extract import (
    agencies,
    blocks,
    bodylinks,
    boxes,
    breaks,
    completion,
    furniture,
    language,
    links,
    liveblog,
    metadata,
    mixture,
    outcome,
)
from aggregator.extract import page as pages
from aggregator.extract.keys import line_key
from aggregator.model import CELLS, Draft, Outcome, RawPage, Removed

MAX_BODY_CHARS = 400_000
MAX_LINE_CHARS = 20_000
MIN_TEXT_CHARS = 80
CACHES_LAST = 1000  # pages; trafilatura remembers every line and address for as long as it is let
LANGUAGE_LINES = 8  # from which the text's language is told
FLASH_CHARS = 300  # a main text shorter than this is looked for twice
ENOUGH = 0.7  # share of the page's prose that a main text holds; where it is less, more is done to find it

# Elements of trafilatura's result that are lines of their own, and the kind of line they make.
BLOCKS = {"p": "p", "head": "h", "quote": "q", "item": "li", "row": "row"}
BLOCKS |= dict.fromkeys(("list", "table", "code", "body", "div", "dl", "dt", "dd"), "p")
INHERITING = frozenset(("p", "code"))  # inside a quote or a list item they are of its kind

CELL_END = "\x1f"  # what parts the cells of a row in the making

Line = tuple[str, str]  # (kind, text)

_numbers = itertools.count(1)  # of the pages that this process has read


def extract(page: RawPage, *, host_lines: Container[str] = (), verdicts: Mapping[str, str] = furniture.NO_VERDICTS) -> Draft:
    """Make a Draft of a page.

    ``host_lines`` are keys of lines that other articles of the host have too (``furniture.LineLearner.repeated``), ``verdicts`` what
    operators say that lines are.
    Raises ExtractError for a page of more than 16 MiB and for no other bytes whatever. A page of more than some 20,000 elements is read in
    part; where much was left out its outcome is not FULL.
    """
    parsed = pages.read(page)
    tree = parsed.tree
    if tree is None:
        refused = f"the link leads to {parsed.refused}, not to a web page" if parsed.refused else "the answer has no markup"
        return Draft(Outcome.NOT_ARTICLE if parsed.refused else Outcome.EMPTY, because=refused)
    found = metadata.read(tree, page.url)
    captions = frozenset(line_key(caption.text_content()) for caption in tree.iter("figcaption"))
    text_tree = copy.copy(tree)
    breaks.mend(text_tree)
    boxed = boxes.cut(text_tree, verdicts)
    known_blocks = blocks.blocks(text_tree)
    lines, over = _within_limits(article_lines(text_tree, known_blocks))
    kept, removed = furniture.sift(
        lines,
        captions=captions,
        links=links.link_keys(tree, known_blocks, page.url),
        headlines=frozenset(map(line_key, found.headlines)),
        bylines=_bylines(found.authors),
        host_lines=host_lines,
        verdicts=verdicts,
    )
    spoken = language.detect(" ".join(text for _, text in kept[:LANGUAGE_LINES]) or found.title or "", found.language)
    kept, translated, tongues = mixture.settled(kept, spoken)
    kept, removed = liveblog.with_times(kept, [*removed, *translated], liveblog.post_times(tree, found.itself))
    body = "\n".join(text for _, text in kept)
    kinds = tuple(kind for kind, _ in kept)
    verdict = outcome.judge(tree, page.url, found, body, kinds, removed)
    short = (over or parsed.much) and verdict.outcome is Outcome.FULL
    return Draft(
        outcome=Outcome.PARTIAL if short else verdict.outcome,
        because="the page has more text than is read" if short else verdict.because,
        title=found.title,
        body=body,
        kinds=kinds,
        authors=found.authors,
        published=found.published,
        updated=found.updated,
        language=tongues[0] if tongues else spoken,
        languages=tongues,
        links=bodylinks.body_links(tree, [text for _, text in kept], page.url),
        image=found.image,
        canonical_url=found.canonical_url,
        amp_url=found.amp_url,
        site_name=found.site_name,
        removed=(*removed, *boxed, *over, *parsed.left_out),
        section=found.section,
        caption=found.caption,
        agency=found.agency or agencies.dateline(body),
        free=found.free,
        exact=found.exact,
    )


def article_lines(tree: HtmlElement, found: Sequence[blocks.Block]) -> list[Line]:
    """The main text's lines before anything is sifted out: as trafilatura's rules find them, completed from the page's blocks.

    Its comparison with other extractors doubles the cost. It is made where the rules found hardly a text, or left
    much of the page's prose, which ``found`` shows.
    """
    lines = completion.completed(blocks.parted(_main_text(tree, fast=True), found), found)
    if sum(len(text) for _, text in lines) < FLASH_CHARS or blocks.share_of_prose(lines, found) < ENOUGH:
        lines = max(
            lines,
            completion.completed(blocks.parted(_main_text(tree, fast=False), found), found),
            key=lambda lines: sum(len(text) for _, text in lines),
        )
    return lines


def _main_text(tree: HtmlElement, *, fast: bool) -> list[Line]:
    if next(_numbers) % CACHES_LAST == 0:
        reset_caches()
    document = trafilatura.bare_extraction(tree, options=_options(fast))
    body = getattr(document, "body", None)  # None where nothing was found
    return [] if body is None else list(_lines(body))


@functools.cache
def _options(fast: bool) -> Extractor:
    """Trafilatura's settings but for comments, which are off, and the length under which it takes all text of the page as one lump: war
    news has many flashes. The result is wanted as a tree, not as text."""
    config = use_config()
    config.set("DEFAULT", "MIN_EXTRACTED_SIZE", str(MIN_TEXT_CHARS))
    return Extractor(config=config, output_format="xml", fast=fast, comments=False)


def _lines(body: _Element) -> Iterator[Line]:
    """Flatten a result tree into lines; a line break parts a line from the next of the same kind."""
    kind, parts = "p", []
    for event, value in (*_events(body, "p"), ("line", "p")):
        if event == "text":
            parts.append(value)
            continue
        cells = [text for cell in "".join(parts).split(CELL_END) if (text := " ".join(cell.split()))]
        if cells:
            yield kind, CELLS.join(cells)
        kind, parts = value, []


def _events(element: _Element, kind: str) -> Iterator[tuple[str, str]]:
    """("text", text) and ("line", kind of the line that begins here), in document order. Depth is that of the parser's limit."""
    tag = element.tag
    block = BLOCKS.get(tag) if isinstance(tag, str) and not (tag == "code" and _is_inline(element)) else None
    own = kind if block is None or (tag in INHERITING and kind in ("q", "li")) else "th" if tag == "row" and _is_head(element) else block
    if block is not None or tag == "lb":
        yield "line", own
    if element.text and tag != "graphic":
        yield "text", element.text
    for child in element:
        yield from _events(child, own)
        if child.tag == "cell":
            yield "text", CELL_END
        if child.tail:
            yield "text", child.tail
    if block is not None:
        yield "line", kind


def _is_head(row: _Element) -> bool:
    """Whether a row names the columns of its table."""
    return len(row) > 1 and all(cell.get("role") == "head" for cell in row)


def _is_inline(code: _Element) -> bool:
    """Whether a piece of code is a word in a sentence."""
    parent = code.getparent()
    return parent is not None and parent.tag in ("p", "item", "quote", "cell") and "\n" not in (code.text or "").strip()


def _within_limits(lines: list[Line]) -> tuple[list[Line], tuple[Removed, ...]]:
    """Lines up to the limits of a body, overlong ones broken at the end of a sentence; the rest in one removed piece that says so."""
    if sum(len(text) + 1 for _, text in lines) <= MAX_BODY_CHARS and all(len(text) <= MAX_LINE_CHARS for _, text in lines):
        return lines, ()
    kept: list[Line] = []
    size = 0
    for number, (kind, line) in enumerate(lines):
        while line:
            end = _end_of_sentence(line)
            size += end + 1
            if size > MAX_BODY_CHARS:
                rest = " ".join([line, *(text for _, text in lines[number + 1 :])])
                return kept, (Removed(rest[:MAX_LINE_CHARS], "over the limit of a body's size"),)
            kept.append((kind, line[:end].strip()))
            line = line[end:].lstrip()
    return kept, ()


def _end_of_sentence(line: str) -> int:
    """Where to break a line so that its first part is within the limit: after a sentence, else after a word, else anywhere."""
    if len(line) <= MAX_LINE_CHARS:
        return len(line)
    for mark in (". ", "。", "؟ ", "! ", "? ", " "):
        end = line.rfind(mark, 0, MAX_LINE_CHARS)
        if end > MAX_LINE_CHARS // 4:
            return end + 1
    return MAX_LINE_CHARS


def _bylines(authors: tuple[str, ...]) -> frozenset[str]:
    keys = {line_key(author) for author in authors}
    keys |= {f"{lead} {key}" for key in keys for lead in ("by", "von", "par", "por", "автор", "from", "text", "текст")}
    if len(authors) > 1:
        keys |= {line_key(f"by {' and '.join(authors)}"), line_key(" and ".join(authors)), line_key(" ".join(authors))}
    return frozenset(keys)
