"""How well found groups agree with true ones."""

from collections.abc import Mapping
from itertools import combinations


def pairs(truth: Mapping[str, object], found: Mapping[str, object]) -> tuple[float, float, list[tuple[str, str]]]:
    """Pairwise precision and recall of the groups, 0..1, and the pairs that differ."""
    right = wrong = missed = 0
    differ = []
    for a, b in combinations(sorted(truth), 2):
        same, said = truth[a] == truth[b], found[a] == found[b]
        right += same and said
        wrong += said and not same
        missed += same and not said
        if same != said:
            differ.append((a, b))
    return right / ((right + wrong) or 1), right / ((right + missed) or 1), differ
