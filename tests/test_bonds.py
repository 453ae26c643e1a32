"""Bonds: who must be together is a relation that goes on, who is kept apart is said of whole classes."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from aggregator.bonds import FREE, bind

ARTICLES = st.frozensets(st.integers(1, 12), max_size=4)


def test_classes_go_on_and_strangers_follow() -> None:
    bonds = bind([(1, 2), (2, 3), (7, 8)], [((3,), (8, 9))])
    assert bonds.mates([1]) == {1, 2, 3} and bonds.mates([5]) == {5} and bonds.mates([1, 7]) == {1, 2, 3, 7, 8}
    assert bonds.strangers([1]) == {7, 8, 9} and bonds.strangers([9]) == {1, 2, 3} and bonds.strangers([5]) == frozenset()
    assert bonds.allow([1, 2, 5]) and not bonds.allow([2, 5, 7]) and bonds.allow([7, 9])
    assert bonds and not FREE and FREE.allow([1, 2])


def test_two_of_one_class_are_not_apart() -> None:
    bonds = bind([(1, 2)], [((1,), (2, 3))])
    assert bonds.strangers([1]) == {3} and bonds.allow([1, 2])


@given(st.lists(ARTICLES, max_size=5), st.lists(st.tuples(ARTICLES, ARTICLES), max_size=4))
def test_both_relations_are_mutual_and_hold_for_whole_classes(
    together: list[frozenset[int]], apart: list[tuple[frozenset[int], frozenset[int]]]
) -> None:
    bonds = bind(together, apart)
    for one, other in combinations(range(1, 13), 2):
        assert (other in bonds.mates([one])) == (one in bonds.mates([other]))
        assert (other in bonds.strangers([one])) == (one in bonds.strangers([other]))
        assert not (other in bonds.strangers([one]) and other in bonds.mates([one]))
        assert all(mate in bonds.strangers([other]) for mate in bonds.mates([one])) == (one in bonds.strangers([other]))
    assert all(set(articles) <= bonds.mates([article]) for articles in together for article in articles)
    assert all(b in bonds.strangers([a]) or b in bonds.mates([a]) for one, two in apart for a in one for b in two)
