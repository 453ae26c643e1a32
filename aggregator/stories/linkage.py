"""Which of a few hundred texts tell of one event, all seen at once: average linkage, with a veto where two parts have words of their own.

Two trials, two elections or two raids share their kind's words, and often a country. What tells them apart are words that all reports of
the one have and none of the other. So before two parts of four texts or more become one, each term is weighed by its rarity among
these very texts: words of the kind, which all have, count for nothing, and if then texts are hardly like those of the other part,
measured by how like they are within their own, they are two events.
"""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

LEAST = 4  # texts a part needs before it can show words of its own; three share some by chance
LIKE = 0.13  # mean cosine of the texts of two parts from which they are one story,
LIKE_FEW = 0.26  # and from which two parts are that are both too small to show words of their own
APART = 0.32  # likeness across two parts, as a share of that within them, below which they are two events
APART_FEW = 0.1  # the same where one part is that small
STEPS = 64  # of local rarity to one of its natural logarithm: whole numbers, so that the order of terms does not matter

Floats = npt.NDArray[np.float64]
_NEVER = -0.5  # may not become one
_GONE = -1.0
Contrary = Callable[[Sequence[int], Sequence[int]], bool]


def cosines(rows: Floats) -> Floats:
    """Cosine of each row with each; most terms are in one row alone, and count for its length only."""
    lengths = np.sqrt(np.einsum("ij,ij->i", rows, rows))
    lengths[lengths == 0] = 1.0
    shared = rows[:, np.count_nonzero(rows, axis=0) > 1]
    found: Floats = (shared @ shared.T) / np.outer(lengths, lengths)
    np.fill_diagonal(found, 1.0)
    return found


def own_words(plain: Floats, first: Sequence[int], second: Sequence[int]) -> float:
    """How like the texts of two parts are across, as a share of how like they are within, by the terms that not all of them have."""
    rows = plain[[*first, *second]]
    rows = rows[:, rows.any(axis=0)]
    texts_with = (rows > 0).sum(axis=0)
    rows = rows * np.rint(STEPS * np.log((len(rows) + 1) / texts_with))
    likeness = cosines(rows)
    cut = len(first)
    within = sum(float(part.sum() - np.trace(part)) for part in (likeness[:cut, :cut], likeness[cut:, cut:]))
    within /= max(len(first) * (len(first) - 1) + len(second) * (len(second) - 1), 1)
    across = float(likeness[:cut, cut:].mean())
    return across / within if within > 0 else 1.0


def one_event(plain: Floats, a: Sequence[int], b: Sequence[int], likeness: float) -> bool:
    """Whether two parts whose mean likeness is the highest there is may become one."""
    few, many = sorted((len(a), len(b)))
    if many < LEAST:
        return likeness >= LIKE_FEW
    return own_words(plain, a, b) >= (APART if few >= LEAST else APART_FEW)


def _means(atoms: Sequence[Sequence[int]], likeness: Floats) -> Floats:
    """Mean likeness of the texts of each two atoms; none of an atom to itself."""
    order = [row for atom in atoms for row in atom]
    sizes = np.array([len(atom) for atom in atoms])
    starts = np.cumsum(sizes) - sizes
    sums = np.add.reduceat(np.add.reduceat(likeness[np.ix_(order, order)], starts, axis=0), starts, axis=1)
    lower = np.tril(sums / np.outer(sizes, sizes), -1)  # so that both halves are the same to the last digit
    found: Floats = lower + lower.T
    np.fill_diagonal(found, _GONE)
    return found


def _never(a: Sequence[int], b: Sequence[int]) -> bool:
    return False


def link(
    atoms: Sequence[Sequence[int]], likeness: Floats, plain: Floats, barred: Sequence[tuple[int, int]], contrary: Contrary = _never
) -> list[list[int]]:
    """Join atoms (rows that stay together) from the most alike down to a mean likeness of LIKE; return the parts as lists of atoms.

    ``likeness``: of each text with each. ``barred``: pairs of atoms that may not be in one part; ``contrary``: whether two parts
    (of rows) say what cannot be of one event."""
    mean = _means(atoms, likeness)
    for i, j in barred:
        mean[i, j] = mean[j, i] = _NEVER
    parts = {i: [i] for i in range(len(atoms))}
    texts = {i: list(atom) for i, atom in enumerate(atoms)}
    highest = mean.max(axis=1)  # of each row: to look at all pairs again at each step takes the square of the time
    while True:
        i = int(np.argmax(highest))
        j = int(np.argmax(mean[i]))
        if mean[i, j] < LIKE:
            return list(parts.values())
        a, b = texts[i], texts[j]
        if not one_event(plain, a, b, float(mean[i, j])) or contrary(a, b):
            mean[i, j] = mean[j, i] = _NEVER
            highest[[i, j]] = mean[[i, j]].max(axis=1)
            continue
        stale = (highest == mean[i]) | (highest == mean[j])
        stale[[i, j]] = True
        row = (mean[i] * len(a) + mean[j] * len(b)) / (len(a) + len(b))
        row[(mean[i] == _NEVER) | (mean[j] == _NEVER)] = _NEVER
        row[(mean[i] == _GONE) | (mean[j] == _GONE)] = _GONE
        mean[i] = mean[:, i] = row
        mean[j] = mean[:, j] = _GONE
        mean[i, i] = _GONE
        highest[stale] = mean[stale].max(axis=1)
        texts[i] += texts.pop(j)
        parts[i] += parts.pop(j)
