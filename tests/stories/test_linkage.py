"""Average linkage against its definition, worked out the long way."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.stories import linkage
from aggregator.stories.linkage import LEAST, LIKE, LIKE_FEW, link


def symmetric(number: int, seed: int) -> linkage.Floats:
    half = np.triu(np.random.default_rng(seed).random((number, number)), 1)
    likeness: linkage.Floats = half + half.T
    np.fill_diagonal(likeness, 1.0)
    return likeness


@given(st.lists(st.integers(1, 4), min_size=1, max_size=6), st.integers(0, 999))
def test_the_mean_of_two_atoms_is_that_of_all_pairs_of_their_texts(sizes: list[int], seed: int) -> None:
    likeness = symmetric(sum(sizes), seed)
    rows = np.random.default_rng(seed).permutation(sum(sizes)).tolist()
    atoms = [[rows.pop() for _ in range(size)] for size in sizes]
    mean = linkage._means(atoms, likeness)
    assert (mean == mean.T).all()
    for i, a in enumerate(atoms):
        for j, b in enumerate(atoms):
            if i != j:
                assert mean[i, j] == pytest.approx(np.mean([likeness[x, y] for x in a for y in b]))
            else:
                assert mean[i, j] < 0


def by_hand(likeness: linkage.Floats, barred: set[tuple[int, int]]) -> set[frozenset[int]]:
    """Join the two parts with the highest mean of all their pairs, looked at anew at each step, until none is high enough; two small ones
    that are not like enough for their size never become one, nor does what they are in later."""
    parts, never = [frozenset([i]) for i in range(len(likeness))], {frozenset(pair) for pair in barred}
    while True:
        means = {
            (a, b): np.mean([likeness[x, y] for x in a for y in b])
            for n, a in enumerate(parts)
            for b in parts[n + 1 :]
            if not any(frozenset((x, y)) in never for x in a for y in b)
        }
        pair = max(means, key=lambda each: means[each], default=None)
        if pair is None or means[pair] < LIKE:
            return set(parts)
        if max(map(len, pair)) < LEAST and means[pair] < LIKE_FEW:
            never |= {frozenset((x, y)) for x in pair[0] for y in pair[1]}
            continue
        parts = [part for part in parts if part not in pair] + [pair[0] | pair[1]]


@given(
    st.integers(2, 9),
    st.integers(0, 9999),
    st.sampled_from([1, 2, 4]),
    st.sets(st.tuples(st.integers(0, 8), st.integers(0, 8)), max_size=4),
)
def test_parts_are_those_of_average_linkage_step_by_step(number: int, seed: int, power: int, pairs: set[tuple[int, int]]) -> None:
    """Texts have no words at all here, so that means, sizes and bars alone decide; ``power``: how few pairs are alike."""
    likeness = symmetric(number, seed) ** power
    barred = {(i, j) for i, j in pairs if i < j < number}
    found = link([[i] for i in range(number)], likeness, np.zeros((number, 1)), sorted(barred))
    assert {frozenset(part) for part in found} == by_hand(likeness, barred)


def test_what_is_barred_or_contrary_is_never_in_one_part() -> None:
    likeness = np.array([[1.0, 0.9, 0.8], [0.9, 1.0, 0.7], [0.8, 0.7, 1.0]])
    plain = np.zeros((3, 1))
    assert sorted(map(sorted, link([[0], [1], [2]], likeness, plain, []))) == [[0, 1, 2]]
    assert sorted(map(sorted, link([[0], [1], [2]], likeness, plain, [(0, 1)]))) == [[0, 2], [1]]
    apart = link([[0], [1], [2]], likeness, plain, [], lambda a, b: {*a, *b} >= {1, 2})
    assert sorted(map(sorted, apart)) == [[0, 1], [2]]
