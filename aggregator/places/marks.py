"""What a word may be evidence of: the names of the lists that hold it, all looked up at once and once a word.

The lists are those of ``data/roles.json`` and of ``data/relations.json`` (``BESIDE``), the adjectives of countries (``PEOPLE``), and the
words of things that happen in a war (``data/events.txt``, ``EVENT``): they mark a sentence as telling an event, and what follows one as a
place. A word of a list that ends with "*" stands for all its endings; Arabic words count behind a clitic or the article too.
"""

import json
from collections.abc import Mapping, Sequence
from functools import cache

from aggregator.places.lexicon import DATA, lexicon
from aggregator.places.normalise import word_key

EVENT, BESIDE, PEOPLE = "event", "beside", "people of a country"
CLITICS = "وفبل"
ARTICLE = "ال"
MOST_KEPT = 65536

Marks = frozenset[str]
NO_MARKS: Marks = frozenset()


class _Table:
    """Words and stems with the names of their lists."""

    def __init__(self, lists: Mapping[str, Sequence[str]]) -> None:
        self._exact: dict[str, Marks] = {}
        self._stems: dict[str, Marks] = {}
        for name, words in lists.items():
            for word in words:
                table, key = (self._stems, word_key(word[:-1])) if word.endswith("*") else (self._exact, word_key(word))
                table[key] = table.get(key, NO_MARKS) | {name}
        self._shortest = min(map(len, self._stems), default=1)
        self._lengths: dict[str, set[int]] = {}  # of the stems that begin with some letters: for most words there are few or none
        for stem in self._stems:
            self._lengths.setdefault(stem[: self._shortest], set()).add(len(stem))

    def of(self, key: str) -> Marks:
        """Names of the lists that hold a word."""
        found = self._held(key)
        if key[:1] in CLITICS:
            found |= self._held(key[1:])
        if ARTICLE in key[:4]:
            found |= self._held(key[key.index(ARTICLE) + len(ARTICLE) :])
        return (found or NO_MARKS) if lexicon().people_of(key) is None else found | {PEOPLE}

    def _held(self, key: str) -> Marks:
        found = self._exact.get(key, NO_MARKS)
        for length in self._lengths.get(key[: self._shortest], ()):
            marks = self._stems.get(key[:length])
            if marks is not None:
                found |= marks
        return found


class _Kept(dict[str, Marks]):
    """The marks of the words seen lately: a look-up here needs no call."""

    def __missing__(self, key: str) -> Marks:
        if len(self) >= MOST_KEPT:
            self.clear()
        marks = self[key] = _table().of(key)
        return marks


_KEPT = _Kept()


def marks_of(keys: Sequence[str]) -> list[Marks]:
    """The marks of each word, by its key."""
    return list(map(_KEPT.__getitem__, keys))


@cache
def _table() -> _Table:
    roles = json.loads((DATA / "roles.json").read_text(encoding="utf-8"))["words"]
    beside = json.loads((DATA / "relations.json").read_text(encoding="utf-8"))["words"]
    lists = {name: [word.strip() for word in words.split(",")] for name, words in (*roles.items(), (BESIDE, beside))}
    events = (DATA / "events.txt").read_text(encoding="utf-8").splitlines()
    lists[EVENT] = [word for line in events if not line.startswith("#") for word in line.split()]
    return _Table(lists)
