"""The sentences of a text: which words of them tell an event, where their clauses begin, whether they speak of plans or of the past."""

import re
from bisect import bisect_right
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from aggregator.places.marks import EVENT
from aggregator.places.text import Text

YEAR = re.compile(r"\b(?:1[89]|20)\d\d\b")
CLAUSE_MARKS = frozenset(",;:–—()")
SHARES, LEVELS = (0.2, 0.6), ("few", "some", "many")  # share of a text's sentences that tell an event
TIME_LISTS = (("plan", "plan"), ("past", "past"))


@dataclass(slots=True)
class Sentence:
    """Words ``first`` to ``last`` (excluded). ``deeds``: the words that tell an event and are no mere things of war; ``clauses``: the first
    words of its clauses behind the first; ``times``: whether it tells of plans and meetings, or of the past."""

    first: int
    last: int
    deeds: list[int]
    clauses: list[int]
    times: dict[str, str]


class Sentences:
    """The sentences of a text, by number, worked out when asked for."""

    def __init__(self, text: Text, firsts: Collection[int], lasts: Collection[int]) -> None:
        """``firsts`` and ``lasts`` are the first and last words of the text's names: a comma between two names parts no clauses."""
        self._text = text
        self._firsts, self._lasts = firsts, lasts
        self._known: dict[int, Sentence] = {}
        self.told: dict[int, list[int]] = {}  # number of a sentence -> the words of it that tell an event; no entry where none does
        for k, marks in enumerate(text.marks):
            if EVENT in marks:
                self.told.setdefault(text.sentence(text.starts[k]), []).append(k)
        self.level = LEVELS[bisect_right(SHARES, len(self.told) / (len(text.breaks) + 1))]

    def of(self, number: int) -> Sentence:
        """The sentence of that number."""
        known = self._known.get(number)
        if known is None:
            known = self._known[number] = self._read(number)
        return known

    def clause(self, number: int, first: int, last: int) -> tuple[int, int]:
        """Index of the first word of the clause that holds word ``first``, and of the one behind the clause that holds word ``last``."""
        sentence = self.of(number)
        before, behind = bisect_right(sentence.clauses, first), bisect_right(sentence.clauses, last)
        return (
            sentence.clauses[before - 1] if before else sentence.first,
            sentence.clauses[behind] if behind < len(sentence.clauses) else sentence.last,
        )

    def _read(self, number: int) -> Sentence:
        text = self._text
        first, last = text.sentence_words(number)
        times = firsts_of(text, TIME_LISTS, range(first, last))
        if last > first and YEAR.search(text.body, *text.sentence_span(text.starts[first])):
            times["year"] = ""
        deeds = [k for k in self.told.get(number, ()) if "things" not in text.marks[k]]
        return Sentence(first, last, deeds, self._clauses(first, last), times)

    def _clauses(self, first: int, last: int) -> list[int]:
        """The first words of the clauses of a sentence behind its first; a comma between two names parts none."""
        text, out = self._text, []
        for k in range(first + 1, last):
            gap = text.gaps[k - 1]
            if gap != " " and not CLAUSE_MARKS.isdisjoint(gap):
                if k not in self._firsts or k - 1 not in self._lasts:
                    out.append(k)
            elif "joins" in text.marks[k]:
                out.append(k)
        return out


def firsts_of(text: Text, lists: Sequence[tuple[str, str]], indices: Iterable[int]) -> dict[str, str]:
    """The features of the lists that one of these words is in, each with the first such word."""
    found: dict[str, str] = {}
    for k in indices:
        if marks := text.marks[k]:
            for name, feature in lists:
                if name in marks and feature not in found:
                    found[feature] = text.keys[k]
    return {feature: found[feature] for _, feature in lists if feature in found} if len(found) > 1 else found
