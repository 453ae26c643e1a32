"""Tables of figures: losses by district, prices, results. They are told from lists and layout that stand in the guise of a table."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from aggregator.model import CELLS

if TYPE_CHECKING:  # a process that only tags reads no pages: it is spared the parser
    from lxml.html import HtmlElement

ROWS = frozenset(("row", "th"))  # kinds of lines that were rows of a table
MIN_ROWS = 3  # fewer are a pair of labels
MAX_ROWS = 500  # of a table that is read; a longer one is an index
ROW_CHARS = 300  # a longer row is a paragraph: old pages are laid out in tables
SHARE = 0.5  # of the rows that must have a figure beside what they are about

_FIGURE = re.compile(r"\d")

Line = tuple[str, str]  # (kind, text)


def of_figures(lines: Sequence[Line]) -> frozenset[int]:
    """The numbers of the lines that are rows of tables of figures, headings of columns and the table's own title among them."""
    return frozenset(number for table in _tables(lines) if _tells([lines[number] for number in table]) for number in table)


def rows(tree: "HtmlElement") -> "Mapping[HtmlElement, Line]":
    """The rows of a page's tables of figures, each with its kind and text, as body.py makes them of trafilatura's result."""
    found: dict[HtmlElement, Line] = {}
    for table in tree.iter("table"):
        if table.find(".//table") is not None:  # a layout
            continue
        elements = list(table.iter("tr"))
        if MIN_ROWS <= len(elements) <= MAX_ROWS:
            lines = {element: line for element in elements if (line := _line(element))[1]}
            if _tells(list(lines.values())) and all(len(text) <= ROW_CHARS for _, text in lines.values()):
                found |= lines
    return found


def _line(row: "HtmlElement") -> Line:
    cells = [cell for cell in row if cell.tag in ("td", "th")]
    texts = [text for cell in cells if (text := " ".join(cell.text_content().split()))]
    head = len(cells) > 1 and all(cell.tag == "th" for cell in cells)
    return "th" if head else "row", CELLS.join(texts)


def _tables(lines: Sequence[Line]) -> Iterator[list[int]]:
    """The numbers of the rows of each table: those that follow on each other."""
    table: list[int] = []
    for number, (kind, _) in enumerate(lines):
        if kind in ROWS:
            table.append(number)
        elif table:
            yield table
            table = []
    if table:
        yield table


def _tells(table: Sequence[Line]) -> bool:
    """Whether most rows have a figure in a cell that is not the first."""
    rest = [text.partition(CELLS)[2] for kind, text in table if kind != "th" and CELLS in text]
    figures = sum(bool(_FIGURE.search(cells)) for cells in rest)
    return len(table) >= MIN_ROWS and 0 < figures >= SHARE * len(rest)
