"""Facet values of all documents in this process's memory, by position: what counts 300,000 matches of a million in milliseconds.

A ``Block`` holds documents in the order of their positions. ``Columns`` are a large block and a small one with what changed since the
large one was made; they are values, so that a reader goes on with those it has while another thread makes newer ones.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aggregator.search.facets import CODES

CHANGES = 5_000  # changed documents after which the small block is merged into the large one
LAYERS = 4  # values of a document that are counted fastest
CHUNK = 50_000  # documents that are unpacked at once

Ints = NDArray[np.signedinteger[Any]]
Rows = tuple["Ints | slice", "Ints | slice"]  # of the large and of the small block
Packed = tuple[int, bytes]  # position, packed facet values (index_rows.pack)


@dataclass(frozen=True, slots=True)
class Values:
    """Value ids of one facet. ``layers[n]`` has the n-th value of each document, 0 where it has no such; what a document has beyond
    LAYERS stands in ``more``, those of document ``i`` from ``starts[i]`` to before ``starts[i + 1]``."""

    layers: tuple[Ints, ...]
    starts: Ints
    more: Ints

    def counts(self, rows: Ints | slice) -> Ints:
        """How often each id occurs in these documents; that of 0 says nothing."""
        size = int(max([int(part.max(initial=0)) for part in (*self.layers, self.more)])) + 1
        found = np.zeros(size, dtype=np.int64)
        for layer in self.layers:
            found += np.bincount(layer[rows], minlength=size)
        if len(self.more):
            found += np.bincount(self.beyond(rows), minlength=size)
        return found

    def beyond(self, rows: Ints | slice) -> Ints:
        """Value ids of these documents that are in no layer."""
        begins = self.starts[:-1][rows]
        lengths = self.starts[1:][rows] - begins
        some = lengths > 0
        begins, lengths = begins[some], lengths[some]
        ends = np.cumsum(lengths)
        if not len(ends):
            return self.more[:0]
        indices = np.repeat(begins - ends + lengths, lengths) + np.arange(int(ends[-1]))
        beyond: Ints = self.more[indices]
        return beyond

    def taken(self, rows: Ints) -> "Values":
        """Those of these rows, in this order."""
        lengths = np.diff(self.starts)[rows]
        return Values(tuple(layer[rows] for layer in self.layers), _starts(lengths), self.beyond(rows))


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
        return Block(self.positions[rows], {code: values.taken(rows) for code, values in self.facets.items()})


@dataclass(frozen=True, slots=True)
class Columns:
    """All documents of an index as of its change number ``seq`` in its ``edition``."""

    edition: str
    seq: int
    large: Block
    alive: NDArray[np.bool_]  # rows of the large block that were not changed since
    changed: Mapping[int, bytes | None]  # positions changed since, with their packed values; None: removed
    small: Block

    def rows(self, hits: Ints | None, low: int, high: int) -> Rows:
        """Where the matches are. ``hits``: their positions; None: all documents with ``low <= position < high``."""
        large: Ints | slice = _between(self.large, low, high) if hits is None else self.large.rows(hits)
        if not self.alive.all():
            found = np.arange(len(self.large.positions))[large]
            large = found[self.alive[found]]
        return large, _between(self.small, low, high) if hits is None else self.small.rows(hits)

    def counts(self, code: int, rows: Rows, limit: int) -> dict[int, int]:
        """Matches by value id: the ``limit`` most frequent, and all that are as frequent as the last of these."""
        blocks = zip((self.large, self.small), rows, strict=True)
        return most_frequent([block.facets[code].counts(where) for block, where in blocks if code in block.facets], limit)

    def since(self, seq: int, changed: Mapping[int, bytes | None], most: int = CHANGES) -> "Columns":
        """The columns with these further changes, up to ``seq``. The small block takes ``most`` of them."""
        together = {**self.changed, **changed}
        small = block_of((position, facets) for position, facets in sorted(together.items()) if facets is not None)
        rows = self.large.rows(np.array(sorted(changed), dtype=np.int64))
        alive = self.alive.copy()
        alive[rows] = False
        if len(together) <= most:
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
    blocks = [block for block in blocks if len(block.positions)]
    if not blocks:
        return Block(np.zeros(0, dtype=np.int64), {})
    if len(blocks) == 1:
        return blocks[0]
    positions = np.concatenate([block.positions for block in blocks])
    facets = {code: _concatenated([block.facets[code] for block in blocks]) for code in CODES.values()}
    whole = Block(positions, facets)
    return whole if bool(np.all(positions[1:] > positions[:-1])) else whole.taken(np.argsort(positions))


def most_frequent(parts: Sequence[Ints], limit: int) -> dict[int, int]:
    """The ``limit`` most frequent ids, and all that are as frequent as the last of these, from counts by id; 0 is no id."""
    counts = np.zeros(max([len(part) for part in parts], default=0) or 1, dtype=np.int64)
    for part in parts:
        counts[: len(part)] += part
    counts[0] = 0
    present = np.flatnonzero(counts)
    if len(present) > limit > 0:
        least = np.partition(counts[present], len(present) - limit)[len(present) - limit]
        present = present[counts[present] >= least]
    return {int(ident): int(counts[ident]) for ident in present}


def _between(block: Block, low: int, high: int) -> slice:
    first, end = np.searchsorted(block.positions, np.array((low, high), dtype=np.int64))
    return slice(int(first), int(end))


def _starts(lengths: Ints) -> Ints:
    starts: Ints = np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(lengths))).astype(np.int32)
    return starts


def _layer(values: Values, number: int) -> Ints:
    """A layer, empty where the facet has not so many."""
    return values.layers[number] if number < len(values.layers) else np.zeros(len(values.starts) - 1, dtype=np.int32)


def _concatenated(parts: Sequence[Values]) -> Values:
    deepest = max(len(values.layers) for values in parts)
    layers = tuple(np.concatenate([_layer(values, number) for values in parts]) for number in range(deepest))
    lengths = np.concatenate([np.diff(values.starts) for values in parts])
    return Values(layers, _starts(lengths), np.concatenate([values.more for values in parts]))


def _unpacked(documents: Sequence[Packed]) -> Block:
    numbers = np.frombuffer(b"".join([facets for _, facets in documents]), dtype="<i8")
    owners = np.repeat(np.arange(len(documents)), [len(facets) // 8 for _, facets in documents])
    codes, idents = numbers >> 32, (numbers & 0xFFFFFFFF).astype(np.int32)
    facets = {code: _values(owners[codes == code], idents[codes == code], len(documents)) for code in CODES.values()}
    return Block(np.array([position for position, _ in documents], dtype=np.int64), facets)


def _values(owners: Ints, idents: Ints, size: int) -> Values:
    """``owners``: ascending, the document of each id."""
    firsts = _starts(np.bincount(owners, minlength=size))
    places = np.arange(len(owners)) - firsts[owners]  # which of its document's values each is
    layers = []
    for number in range(min(LAYERS, int(places.max(initial=-1)) + 1)):
        layer = np.zeros(size, dtype=np.int32)
        layer[owners[places == number]] = idents[places == number]
        layers.append(layer)
    beyond = places >= LAYERS
    return Values(tuple(layers), _starts(np.bincount(owners[beyond], minlength=size)), idents[beyond])


def _chunks(documents: Iterable[Packed]) -> Iterator[list[Packed]]:
    source = iter(documents)
    while chunk := list(islice(source, CHUNK)):
        yield chunk
