"""Lists of what stands in articles or stories: attributions and claims. The index finds and orders the articles (newest first); what
stands in them is filtered here.

A cursor ``POSITION:SKIP`` takes up below the article or story at POSITION minus one, after the first SKIP matches in it: what comes in
at the top meanwhile moves nothing.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from aggregator.errors import UsageError

Row = TypeVar("Row")
BATCH = 100  # articles or stories that are read at once
MOST_LOOKED_AT = 2_000  # of them for one page: rare matches come on pages with fewer rows, or none, and a cursor
_CURSOR = re.compile(r"(\d{1,19})(?::(\d{1,6}))?")


@dataclass(frozen=True, slots=True)
class Parent(Generic[Row]):
    """An article or a story: its place in the order, and the matches in it."""

    position: int
    rows: Sequence[Row]


# A page of parents: so many after a cursor of the index, and whether there are more.
ParentsAfter = Callable[[int, str | None], tuple[Sequence[Parent[Row]], str | None]]


def expand(parents: ParentsAfter[Row], limit: int, cursor: str | None) -> tuple[list[Row], str | None]:
    """At most ``limit`` rows of the parents in order, and the cursor of the next page. Raises UsageError for a cursor that is none."""
    after, skip = _read(cursor)
    rows: list[Row] = []
    looked_at = 0
    while looked_at < MOST_LOOKED_AT:
        found, following = parents(min(BATCH, max(limit, 10)), after)
        for parent in found:
            room = limit - len(rows)
            rows += parent.rows[skip : skip + room]
            if len(parent.rows) > skip + room:
                return rows, f"{parent.position + 1}:{skip + room}"
            skip = 0
            if len(rows) == limit:
                last = following is None and parent is found[-1]
                return rows, None if last else str(parent.position)
        if following is None:
            return rows, None
        after, looked_at = following, looked_at + len(found)
    return rows, after


def _read(cursor: str | None) -> tuple[str | None, int]:
    if cursor is None:
        return None, 0
    found = _CURSOR.fullmatch(cursor)
    if found is None:
        raise UsageError(f"cursor={cursor!r} is not right: give `next` of the page before.")
    return found[1], int(found[2] or 0)
