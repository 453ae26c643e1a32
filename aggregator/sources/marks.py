"""Where in a text the words stand that rules look for, found in one pass.

Most sentences have no cue, no day and no channel. A look-up here costs a hundredth of trying the patterns of a lexicon, which are
tried only where one of their words stands.
"""

import functools
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum

from aggregator.sources import lexicon as lexicons
from aggregator.sources.lexicon import WORD, YEAR, Lexicon

KNOWN_WORDS = 50_000  # forms whose marks are kept, a language
SHORTEST_PIECE = 3  # letters; a shorter hint is a whole word


class Mark(IntEnum):
    """What a word may belong to."""

    CUE = 0
    DAY = 1
    HEDGE = 2
    CHANNEL = 3
    UNIT = 4
    ASKED = 5
    UNVERIFIED = 6
    RELAYED = 7


@dataclass(frozen=True, slots=True)
class Marks:
    """Offsets of the marked words of a text, ascending, by mark."""

    offsets: tuple[Sequence[int], ...]

    def has(self, mark: Mark, start: int, end: int) -> bool:
        """Whether a word with this mark begins within ``[start, end)``."""
        offsets = self.offsets[mark]
        at = bisect_left(offsets, start)
        return at < len(offsets) and offsets[at] < end

    def within(self, mark: Mark, start: int, end: int) -> Sequence[int]:
        """Offsets of the words with this mark that begin within ``[start, end)``."""
        offsets = self.offsets[mark]
        return offsets[bisect_left(offsets, start) : bisect_left(offsets, end)]


def find(body: str, lexicon: Lexicon) -> Marks:
    """The marked words of a body."""
    marks_of = _marks_of(lexicon.language)
    offsets: tuple[list[int], ...] = tuple([] for _ in Mark)
    for match in WORD.finditer(body):
        for mark in marks_of(match.group()):
            offsets[mark].append(match.start())
    return Marks(offsets)


@functools.cache
def _marks_of(language: str) -> Callable[[str], tuple[Mark, ...]]:
    """The function that gives a word its marks; it remembers the words of late."""
    lexicon = lexicons.load(language)
    assert lexicon is not None, language
    whole = {
        Mark.CUE: lexicon.starts,
        Mark.DAY: lexicon.date_words,
        Mark.HEDGE: frozenset(lexicon.data.get("hedges", ())),
        Mark.UNIT: frozenset(lexicon.units),
    }
    firsts = {mark: _first_words(names) for mark, names in whole.items()}
    hints = {
        mark: lexicon.hints.get(name, ())
        for mark, name in (
            (Mark.CHANNEL, "channel"),
            (Mark.ASKED, "asked"),
            (Mark.UNVERIFIED, "unverified"),
            (Mark.RELAYED, "relayed"),
        )
    }

    @functools.lru_cache(maxsize=KNOWN_WORDS)
    def marks_of(word: str) -> tuple[Mark, ...]:
        word = word.lower()
        found = {mark for mark, words in firsts.items() if word in words}
        found |= {mark for mark, pieces in hints.items() if any(_hints(piece, word) for piece in pieces)}
        if YEAR.search(word):
            found.add(Mark.DAY)
        return tuple(sorted(found))

    return marks_of


def _hints(piece: str, word: str) -> bool:
    return piece in word if len(piece) >= SHORTEST_PIECE else piece == word


def _first_words(names: frozenset[str]) -> frozenset[str]:
    return frozenset(first.group() for name in names if (first := WORD.search(name.lower())))
