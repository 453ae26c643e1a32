"""Tables of figures: losses by district, prices, results. They are told from lists and layout that stand in the guise of a table."""

import re
from collections.abc import Iterator, Sequence

from aggregator.model import CELLS

ROWS = frozenset(("row", "th"))  # kinds of lines that were rows of a table
MIN_ROWS = 3  # fewer are a pair of labels
SHARE = 0.5  # of the rows that must have a figure beside what they are about

_FIGURE = re.compile(r"\d")

Line = tuple[str, str]  # (kind, text)


def of_figures(lines: Sequence[Line]) -> frozenset[int]:
    """The numbers of the lines that are rows of tables of figures, headings of columns and the table's own title among them."""
    return frozenset(number for table in _tables(lines) if _tells([lines[number] for number in table]) for number in table)


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


def _tells(rows: Sequence[Line]) -> bool:
    """Whether most rows have a figure in a cell that is not the first."""
    rest = [text.partition(CELLS)[2] for kind, text in rows if kind != "th" and CELLS in text]
    figures = sum(bool(_FIGURE.search(cells)) for cells in rest)
    return len(rows) >= MIN_ROWS and 0 < figures >= SHARE * len(rest)
