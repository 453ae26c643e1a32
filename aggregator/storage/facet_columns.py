"""Facet values of all documents in this process's memory, by position: what counts 300,000 matches of a million in milliseconds.

A ``Block`` holds documents in the order of their positions, each facet's values one after the other. ``Columns`` are a large block
and a small one with what changed since the large one was made; they are values, so that a reader goes on with those it has while
another thread makes newer ones. A million documents of 14 values each take about 130 MB.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aggregator.search.facets import CODES

CHANGES = 5_000  # changed documents that the small block takes before it is merged into the large one
CHUNK = 50_000  # documents that are unpacked at once

Ints = NDArray[np.signedinteger[Any]]
Packed = tuple[int, bytes]  # position, packed facet values (index_rows.pack)


@dataclass(frozen=True, slots=True)
class Values:
    """Value ids of one facet: those of document ``i`` are ``idents[starts[i] : starts[i + 1]]``."""

    starts: Ints
    idents: Ints

    def of(self, rows: Ints) -> Ints:
        """Value ids of these documents, in their order."""
        return self.idents[_ranges(self.starts, rows)]

    def lengths(self, rows: Ints) -> Ints:
        return self.starts[rows + 1] - self.starts[rows]


@dataclass(frozen=True, slots=True)
class Block:
    """Documents by ascending position; ``facets`` by code."""

    positions: Ints
    facets: Mapping[int, Values]

    def rows(self, positions: Ints) -> Ints:
        """Rows of those of the positions that are here."""
        if not len(self.positions) or not len(positions):
            return np.zeros(0, dtype=np.int64)
        at = np.searchsorted(self.positions, positions)
        at[at == len(self.positions)] = 0
        rows: Ints = at[self.positions[at] == positions]
        return rows

    def taken(self, rows: Ints) -> "Block":
        """A block of these rows, in this order."""
        return Block(self.positions[rows], {code: _gathered(values, rows) for code, values in self.facets.items()})


@dataclass(frozen=True, slots=True)
class Columns:
    """All documents of an index as of its change number ``seq`` in its ``edition``."""

    edition: str
    seq: int
    large: Block
    alive: NDArray[np.bool_]  # rows of the large block that were not changed since
    changed: Mapping[int, bytes | None]  # positions changed since, with their packed values; None: removed
    small: Block

    def counts(self, code: int, hits: Ints | None, low: int, high: int, limit: int) -> dict[int, int]:
        """Matches by value id: the ``limit`` most frequent, and all that are as frequent as the last of these. ``hits``: positions of
        the matches; None: all documents with ``low <= position < high``."""
        parts = []
        for block, alive in ((self.large, self.alive), (self.small, None)):
            rows = _between(block, low, high) if hits is None else block.rows(hits)
            if alive is not None and not alive.all():
                rows = rows[alive[rows]]
            if code in block.facets:
                parts.append(block.facets[code].of(rows))
        return most_frequent(np.concatenate(parts) if parts else np.zeros(0, dtype=np.int32), limit)

    def since(self, seq: int, changed: Mapping[int, bytes | None]) -> "Columns":
        """The columns with these further changes, up to ``seq``."""
        together = {**self.changed, **changed}
        small = block_of((position, facets) for position, facets in sorted(together.items()) if facets is not None)
        rows = self.large.rows(np.array(sorted(changed), dtype=np.int64))
        alive = self.alive.copy()
        alive[rows] = False
        if len(together) <= CHANGES:
            return Columns(self.edition, seq, self.large, alive, together, small)
        return columns(self.edition, seq, joined([self.large.taken(np.flatnonzero(alive)), small]))


def columns(edition: str, seq: int, block: Block) -> Columns:
    """Columns in which nothing has changed since."""
    return Columns(edition, seq, block, np.ones(len(block.positions), dtype=np.bool_), {}, block_of(()))


def block_of(documents: Iterable[Packed]) -> Block:
    """A block of documents that come in the order of their positions."""
    return joined([_unpacked(chunk) for chunk in _chunks(documents)])


def joined(blocks: Sequence[Block]) -> Block:
    """One block of all documents."""
    if not blocks:
        return Block(np.zeros(0, dtype=np.int64), {})
    if len(blocks) == 1:
        return blocks[0]
    positions = np.concatenate([block.positions for block in blocks])
    facets = {code: _concatenated([block.facets[code] for block in blocks]) for code in CODES.values()}
    whole = Block(positions, facets)
    return whole if bool(np.all(positions[1:] > positions[:-1])) else whole.taken(np.argsort(positions))


def most_frequent(idents: Ints, limit: int) -> dict[int, int]:
    """How often each id occurs: the ``limit`` most frequent, and all that are as frequent as the last of these."""
    counts = np.bincount(idents)
    present = np.flatnonzero(counts)
    if len(present) > limit > 0:
        least = np.partition(counts[present], len(present) - limit)[len(present) - limit]
        present = present[counts[present] >= least]
    return {int(ident): int(counts[ident]) for ident in present}


def _between(block: Block, low: int, high: int) -> Ints:
    first, end = np.searchsorted(block.positions, np.array((low, high), dtype=np.int64))
    return np.arange(first, end)


def _ranges(starts: Ints, rows: Ints) -> Ints:
    """Indices of the values of these rows, one after the other."""
    begins = starts[rows]
    lengths = starts[rows + 1] - begins
    ends = np.cumsum(lengths)
    if not len(ends) or not ends[-1]:
        return np.zeros(0, dtype=np.int64)
    indices: Ints = np.repeat(begins - ends + lengths, lengths) + np.arange(int(ends[-1]))
    return indices


def _gathered(values: Values, rows: Ints) -> Values:
    starts = np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(values.lengths(rows))))
    return Values(starts, values.of(rows))


def _concatenated(parts: Sequence[Values]) -> Values:
    lengths = np.concatenate([np.diff(values.starts) for values in parts])
    return Values(np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(lengths))), np.concatenate([values.idents for values in parts]))


def _unpacked(documents: Sequence[Packed]) -> Block:
    numbers = np.frombuffer(b"".join([facets for _, facets in documents]), dtype="<i8")
    owners = np.repeat(np.arange(len(documents)), [len(facets) // 8 for _, facets in documents])
    codes, idents = numbers >> 32, (numbers & 0xFFFFFFFF).astype(np.int32)
    facets = {}
    for code in CODES.values():
        wanted = codes == code
        lengths = np.bincount(owners[wanted], minlength=len(documents))
        facets[code] = Values(np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(lengths))), idents[wanted])
    return Block(np.array([position for position, _ in documents], dtype=np.int64), facets)


def _chunks(documents: Iterable[Packed]) -> Iterator[list[Packed]]:
    source = iter(documents)
    while chunk := list(islice(source, CHUNK)):
        yield chunk
