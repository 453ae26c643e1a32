"""Words of things that happen in a war: they mark a sentence as telling an event, and what follows one as a place."""

from functools import cache, lru_cache
from importlib.resources import files

from aggregator.places.normalise import word_key

CLITICS = "وفبل"
ARTICLE = "ال"


class WordSet:
    """Words by key; with "*" at the end, in any ending. Arabic ones also behind a clitic or the article."""

    def __init__(self, words: list[str]) -> None:
        self._exact = frozenset(word_key(w) for w in words if not w.endswith("*"))
        self._stems = tuple(word_key(w[:-1]) for w in words if w.endswith("*"))
        self.has = lru_cache(maxsize=32768)(self._has)

    def _has(self, key: str) -> bool:
        if self._is(key):
            return True
        if key[:1] in CLITICS and self._is(key[1:]):
            return True
        return ARTICLE in key[:4] and self._is(key[key.index(ARTICLE) + 2 :])

    def _is(self, key: str) -> bool:
        return key in self._exact or key.startswith(self._stems)


def tells_event(key: str) -> bool:
    """Whether a word (by its key) is of something that happens."""
    return _words().has(key)


@cache
def _words() -> WordSet:
    lines = (files("aggregator.places") / "data" / "events.txt").read_text(encoding="utf-8").splitlines()
    return WordSet([word for line in lines if not line.startswith("#") for word in line.split()])
