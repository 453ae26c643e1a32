"""Facet values in memory: counted as one would count by hand, through any run of changes."""

from collections import Counter

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.search.facets import CODES
from aggregator.storage.facet_columns import block_of, columns
from aggregator.storage.index_rows import Pair, pack

CODE, OTHER = CODES["place"], CODES["lang"]
VALUES = st.lists(st.tuples(st.sampled_from([CODE, OTHER]), st.integers(1, 9)), max_size=9, unique=True)
DOCUMENTS = st.dictionaries(st.integers(-50, 50), VALUES, max_size=30)
CHANGES = st.lists(st.dictionaries(st.integers(-50, 50), st.none() | VALUES, min_size=1, max_size=8), max_size=4)


def packed(values: list[tuple[int, int]]) -> bytes:
    pairs: list[Pair] = [(code, str(ident)) for code, ident in values]
    return pack(pairs, {pair: int(pair[1]) for pair in pairs})


@settings(max_examples=200, deadline=None)
@given(
    documents=DOCUMENTS,
    changes=CHANGES,
    hits=st.none() | st.sets(st.integers(-60, 60)),
    low=st.integers(-60, 10),
    most=st.sampled_from([3, 9]),
)
def test_counts(
    documents: dict[int, list[tuple[int, int]]],
    changes: list[dict[int, list[tuple[int, int]] | None]],
    hits: set[int] | None,
    low: int,
    most: int,
) -> None:
    known = columns("edition", 0, block_of((position, packed(values)) for position, values in sorted(documents.items())))
    now = dict(documents)
    for seq, change in enumerate(changes, 1):
        after = {position: None if values is None else packed(values) for position, values in change.items()}
        known = known.since(seq, after, most)
        for position, values in change.items():
            if values is None:
                now.pop(position, None)
            else:
                now[position] = values
    found = None if hits is None else np.array(sorted(hits, reverse=True), dtype=np.int64)
    for code in (CODE, OTHER):
        wanted = [position for position in now if (low <= position < 40 if hits is None else position in hits)]
        expected = Counter(ident for position in wanted for of, ident in now[position] if of == code)
        assert known.counts(code, known.rows(found, low, 40), 0) == dict(expected)


def test_equals_of_the_last_stay() -> None:
    known = columns("edition", 0, block_of([(n, packed([(CODE, ident)])) for n, ident in enumerate((1, 1, 2, 3, 3, 4))]))
    assert known.counts(CODE, known.rows(None, 0, 9), 2) == {1: 2, 3: 2}
    assert known.counts(CODE, known.rows(None, 0, 9), 3) == {1: 2, 3: 2, 2: 1, 4: 1}
