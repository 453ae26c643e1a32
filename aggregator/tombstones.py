"""Articles that were taken down: what stays of them, so that no poll and no fetch brings them back.

Of the text, its title, revisions, tags and fingerprints nothing stays. What does: the address, who took it down, when and why; and as
digests, from which nobody reads them, the names by which the article would be met again (addresses, GUIDs, the words of its title).
The contract suite is tests/contract/test_store_tombstones.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from aggregator.model import Alias

TAKEN_DOWN = "taken_down: an operator took this article down"  # the ledger's reason for its entries


@dataclass(frozen=True, slots=True)
class Tombstone:
    """An article that was taken down. ``title_mask``: its title as identity.aliases.mask makes it. ``readmitted_at``: since when it may
    come back; None as long as it may not."""

    article_id: int
    url: str
    url_key: str
    outlet_id: str
    title_mask: str
    reason: str
    by: str
    at: datetime
    readmitted_at: datetime | None = None
    readmitted_by: str | None = None

    @property
    def holds(self) -> bool:
        """Whether it keeps the article out."""
        return self.readmitted_at is None


@dataclass(frozen=True, slots=True)
class TombstoneHit:
    """An alias that is the name of an article which was taken down."""

    alias: Alias
    tombstone: Tombstone


class TombstoneStore(Protocol):
    """Articles that were taken down, and the names under which they are not let in again."""

    def take_down(self, article_id: int, title_mask: str, reason: str, by: str, now: datetime) -> tuple[Tombstone, tuple[int, ...]]:
        """Remove the article with all that was made of it, in one transaction; return what stays of it, and the stories (none or one)
        whose title and claims are to be made anew.

        Its entries of the ledger become ``filtered`` (TAKEN_DOWN) and lose their texts. A story that had nothing else goes; of another the
        counts are right at once, and its claims are forgotten. A copy group that bore its id is named anew. Raises NotFoundError."""

    def get(self, article_id: int) -> Tombstone | None:
        """By the id that the article had."""

    def all(self, limit: int = 200) -> tuple[Tombstone, ...]:
        """Newest first, with those that let their article in again."""

    def find(self, aliases: Sequence[Alias]) -> tuple[TombstoneHit, ...]:
        """Of tombstones that hold, in the order of ``aliases``. URLs share one space, as in ArticleStore.find."""

    def bar(self, article_id: int, entry_id: int, aliases: Sequence[Alias], now: datetime) -> None:
        """An entry led to an article that was taken down: finish it as ``filtered``, drop its texts and page, learn its names."""

    def readmit(self, article_id: int, by: str, now: datetime) -> Tombstone:
        """Let the article in again: forget its names, and make its entries pending for Step.FETCH. Raises NotFoundError, also where it
        was let in before."""
