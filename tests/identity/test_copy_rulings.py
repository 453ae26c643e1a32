"""What operators decided on copies goes before the texts: together is one group, apart never is, in whatever order they come."""

from itertools import permutations

import pytest

from aggregator.bonds import FREE, Bonds, bind
from aggregator.identity.copies import fingerprint, join
from tests.identity.memory import MemoryCopies
from tests.identity.test_copies import DAY, A, B, story

C = story(3)


def groups(bonds: Bonds, texts: dict[int, str], order: tuple[int, ...]) -> set[frozenset[int]]:
    store = MemoryCopies()
    for article in order:
        join(fingerprint(article, texts[article], DAY, outlet_id=f"o{article}"), store, bonds)
    found = store.groups(order)
    return {frozenset(a for a in order if found.get(a, a) == found.get(article, article)) for article in order}


@pytest.mark.parametrize(
    ("bonds", "texts", "expected"),
    [
        (FREE, {1: A, 2: A, 3: B}, [{1, 2}, {3}]),
        (bind([], [((2,), (1,))]), {1: A, 2: A, 3: B}, [{1}, {2}, {3}]),
        (bind([(1, 3)], []), {1: A, 2: A, 3: B}, [{1, 2, 3}]),
        (bind([(1, 3)], [((2,), (3,))]), {1: A, 2: A, 3: B}, [{1, 3}, {2}]),
        (bind([(1, 2), (2, 3)], []), {1: A, 2: B, 3: C}, [{1, 2, 3}]),
        (bind([(1, 9)], []), {1: A, 2: A, 3: B}, [{1, 2}, {3}]),  # the other never came
    ],
)
def test_in_whatever_order_they_come(bonds: Bonds, texts: dict[int, str], expected: list[set[int]]) -> None:
    for order in permutations(texts):
        assert groups(bonds, texts, order) == {frozenset(group) for group in expected}, order


def test_a_text_that_holds_two_joins_one_of_those_that_are_kept_apart() -> None:
    both = A + "\n" + B
    assert groups(FREE, {1: A, 2: B, 3: both}, (1, 2, 3)) == {frozenset({1, 2, 3})}
    assert groups(bind([], [((1,), (2,))]), {1: A, 2: B, 3: both}, (1, 2, 3)) == {frozenset({1, 3}), frozenset({2})}


def test_the_next_best_is_taken_where_the_best_is_kept_apart() -> None:
    texts = {1: A, 2: A[: len(A) * 2 // 3], 3: A}
    assert groups(bind([], [((1,), (2, 3))]), texts, (1, 2, 3)) == {frozenset({1}), frozenset({2, 3})}


def test_a_revision_stays_apart() -> None:
    store, bonds = MemoryCopies(), bind([], [((2,), (1,))])
    for body in (B, A, B + "\n" + A):
        join(fingerprint(1, A, DAY), store, bonds)
        assert not join(fingerprint(2, body, DAY), store, bonds).is_copy
    assert store.groups([1, 2]).get(2, 2) == 2
