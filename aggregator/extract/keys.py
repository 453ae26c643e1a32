"""The form in which lines are compared with each other."""

import re

_WORD = re.compile(r"[^\W_]+")


def line_key(line: str) -> str:
    """A line as it is compared with others: case folded, words only."""
    return " ".join(_WORD.findall(line.casefold()))
