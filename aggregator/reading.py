"""What a reader has read and starred, and the numbers that reader programs know lists by.

The stores are ports like those of ``ports``; their contract suite is tests/contract/test_store_marks.py.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

WINDOW = timedelta(days=30)  # articles that came before count as read: nobody begins with a hundred thousand of them
KINDS = ("search", "outlet", "folder")  # of lists that have a number


@dataclass(frozen=True, slots=True)
class Marks:
    """Of some articles, those that a reader has read and those that they starred."""

    read: frozenset[int]
    starred: frozenset[int]


class MarkStore(Protocol):
    """What each reader has read and starred. Marks go with their article."""

    def set(
        self, user_id: int, article_ids: Collection[int], now: datetime, *, read: bool | None = None, starred: bool | None = None
    ) -> None:
        """Mark articles; None leaves that mark as it is. Those that do not exist are passed over."""

    def of(self, user_id: int, article_ids: Collection[int]) -> Marks:
        """The marks on these articles."""

    def starred(self, user_id: int) -> tuple[int, ...]:
        """All starred articles, the last starred first."""

    def read_since(self, user_id: int, since: datetime) -> frozenset[int]:
        """Articles that are marked as read, marked at ``since`` or later."""


class NumberStore(Protocol):
    """Numbers of lists, from 1, each given once and for ever: most reader programs know a feed by a number."""

    def of(self, kind: str, idents: Sequence[str]) -> Mapping[str, int]:
        """The number of each list of one of KINDS; those that have none yet are given one."""

    def named(self, number: int) -> tuple[str, str] | None:
        """Kind and identity of the list with this number, None if it was never given."""
