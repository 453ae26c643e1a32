"""The form in which lines are compared with each other."""

import functools
import re

REMEMBERED = 1000  # characters of a line up to which its key is
_WORD = re.compile(r"[^\W_]+")


def line_key(line: str) -> str:
    """A line as it is compared with others: case folded, words only."""
    return _short_key(line) if len(line) <= REMEMBERED else _key(line)


def _key(line: str) -> str:
    return " ".join(_WORD.findall(line.casefold()))


_short_key = functools.lru_cache(1000)(_key)  # a page's lines are compared with each other several times
