"""Terms as numbers: how rare each is among the live texts, and which texts have it.

All weights are whole numbers, so that a sum is the same in whatever order its parts are added: a book that is read anew from the store
must come to the very same likeness, to the last digit, as one that has grown article by article.
"""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
import numpy.typing as npt

from aggregator.stories.features import Vector

PRIOR = 60  # texts that rarity is reckoned with before there are any
UNIT = 4096  # length of a text's vector
RARITY = 64  # steps of rarity to one of its natural logarithm
TELLING = 40  # terms of a text that find those like it, those that weigh most
POSTINGS = 20_000  # texts that they lead to, above which the further ones are left out
COMMONEST = 0.25  # share of the texts that have a term, above which it finds nobody any more
FEW = 20  # texts that any term may find

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Coded:
    """A text's vector: numbers of its terms and their weights; its length is UNIT, give or take the rounding."""

    ids: npt.NDArray[np.int32]
    weights: npt.NDArray[np.int16]


EMPTY = Coded(np.zeros(0, np.int32), np.zeros(0, np.int16))


def together(copies: Sequence[Coded]) -> Coded:
    """The sum of copies of one text, as long as one of them: what all have weighs most."""
    if len(copies) == 1:
        return copies[0]
    ids, places = np.unique(np.concatenate([copy.ids for copy in copies]), return_inverse=True)
    total = np.zeros(len(ids), np.int64)
    np.add.at(total, places, np.concatenate([copy.weights for copy in copies]))
    length = sqrt(int((total * total).sum())) or 1.0
    return Coded(ids, np.rint(UNIT * total / length).astype(np.int16))


class Terms:
    """The terms of the live texts. A text is known by a number, its slot, which is not given twice."""

    def __init__(self) -> None:
        self._ids: dict[str, int] = {}
        self._names: list[str] = []
        self._texts_with = np.zeros(1024, np.int64)
        self._postings: list[array[int]] = []
        self._dense = np.zeros(1024, np.int64)
        self.texts = 0
        self.slots = 0

    def __len__(self) -> int:
        return len(self._names)

    def code(self, vector: Vector) -> Coded:
        """A vector in numbers; terms that are new get theirs."""
        length = sqrt(sum(weight * weight for weight in vector.values())) or 1.0
        ids = np.array([self._id(term) for term in vector], np.int32)
        return Coded(ids, np.array([round(UNIT * weight / length) for weight in vector.values()], np.int16))

    def names(self, ids: npt.NDArray[np.int32]) -> list[str]:
        return [self._names[i] for i in ids]

    def rarity(self, ids: npt.NDArray[np.int32]) -> Ints:
        """Steps of rarity of each term, 0 for what all texts have."""
        count = PRIOR + self.texts
        steps: Ints = np.maximum(np.rint(RARITY * np.log(count / (self._texts_with[ids] + 1.0))), 0).astype(np.int64)
        return steps

    def put(self, text: Coded) -> int:
        """Count a text; return its slot."""
        slot = self.slots
        self._texts_with[text.ids] += 1
        for i in text.ids.tolist():
            self._postings[i].append(slot)
        self.slots += 1
        self.texts += 1
        return slot

    def drop(self, text: Coded) -> None:
        """Count a text no more. Its slot stays, and is found: whoever asks knows which are dead."""
        self._texts_with[text.ids] -= 1
        self.texts -= 1

    def finding(self, text: Coded) -> Ints:
        """For each slot how much of what tells most about the text that slot's text has."""
        telling = text.weights * self.rarity(text.ids)
        ids, texts_with, weighed = text.ids.tolist(), self._texts_with[text.ids].tolist(), telling.tolist()
        least = np.partition(telling, -TELLING)[-TELLING] if len(ids) > TELLING else 0
        order = sorted(np.flatnonzero(telling >= least).tolist(), key=lambda k: (-weighed[k], self._names[ids[k]]))[:TELLING]
        most = max(FEW, COMMONEST * self.texts)
        votes = np.zeros(self.slots, np.int64)
        left = POSTINGS
        for k in order:
            have = texts_with[k]
            if have and have <= most and have <= left:
                left -= have
                votes[np.frombuffer(self._postings[ids[k]], np.int32)] += weighed[k]
        return votes

    def cosines(self, text: Coded, others: Sequence[tuple[npt.NDArray[np.int32], npt.NDArray[np.integer]]]) -> list[float]:
        """Cosine of the text, terms weighted by rarity, with each of other vectors (numbers and weights; these may be sums of many)."""
        rarity = self.rarity(text.ids)
        weighed = text.weights * rarity
        length = int((weighed * weighed).sum())
        self._dense[text.ids] = weighed * rarity
        ids = np.concatenate([text.ids[:0], *(ids for ids, _ in others)])
        weights = np.concatenate([np.zeros(0, np.int64), *(weights for _, weights in others)])
        theirs = weights * self.rarity(ids)
        ends = np.cumsum([0, *(len(ids) for ids, _ in others)])
        shared = np.diff(np.concatenate([[0], np.cumsum(self._dense[ids] * weights)])[ends]).tolist()
        lengths = np.diff(np.concatenate([[0], np.cumsum(theirs * theirs)])[ends]).tolist()
        self._dense[text.ids] = 0
        return [part / sqrt(length * other) if part else 0.0 for part, other in zip(shared, lengths, strict=True)]

    def in_terms_of(self, text: Coded, other: "Terms") -> Coded:
        """A text of ``other`` in these numbers."""
        return Coded(np.array([self._id(other._names[i]) for i in text.ids.tolist()], np.int32), text.weights)

    def _id(self, term: str) -> int:
        found = self._ids.get(term)
        if found is None:
            found = self._ids[term] = len(self._names)
            self._names.append(term)
            self._postings.append(array("i"))
            if found == len(self._dense):
                self._dense = np.zeros(2 * found, np.int64)
                self._texts_with = np.concatenate([self._texts_with, np.zeros(found, np.int64)])
        return found
