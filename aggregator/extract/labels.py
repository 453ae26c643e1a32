"""Labels: short lines that say nothing by themselves. Many before a text are a menu, those after it belong to links to other pages."""

import re
from collections.abc import Collection, Sequence

from aggregator.extract.keys import line_key

LABEL_CHARS = 40  # a longer line says something
MENU_LINES = 5  # labels before the first paragraph that make a menu
MENU_ITEMS = 0.5  # share of them that are items of lists
LINKS = 3  # links to other pages after the last paragraph that make the labels among them theirs

_SAYS = re.compile(r"[.!?…:;。！？؟\d]")  # what a label has not: an end of a sentence, or a figure

Line = tuple[str, str]  # (kind, text)


def is_label(line: Line) -> bool:
    """Whether a line is short, and neither a sentence nor a figure."""
    return len(line[1]) <= LABEL_CHARS and not _SAYS.search(line[1])


def menu(lines: Sequence[Line], text_lines: Collection[str]) -> int:
    """How many of the first lines of a text are a menu. Those of which somebody says that they are text (by key) end it; so does a heading
    over the first paragraph."""
    size = next((n for n, line in enumerate(lines) if not is_label(line) or line_key(line[1]) in text_lines), 0)
    while size and lines[size - 1][0] == "h":
        size -= 1
    items = sum(kind == "li" for kind, _ in lines[:size])
    return size if size >= MENU_LINES and items >= MENU_ITEMS * size else 0


def strays(lines: Sequence[Line], links_at: Sequence[int], text_lines: Collection[str]) -> int:
    """How many of the last lines of a text are labels of links to other pages. ``links_at``: how many lines stand before each such link
    that was taken out of the text."""
    size = next((n for n, line in enumerate(reversed(lines)) if not is_label(line) or line_key(line[1]) in text_lines), 0)
    return size if sum(at > len(lines) - size for at in links_at) >= LINKS else 0
