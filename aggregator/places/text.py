"""A body as words, and what the rules ask of it: capitals, gaps, sentences, what stands before and after."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Container, Iterator, Sequence
from itertools import compress, repeat
from operator import contains, not_

from aggregator.model import Span
from aggregator.places.marks import marks_of
from aggregator.places.normalise import gaps_of, parts_of, word_key, word_set

SENTENCE_END = re.compile(r"[.!?…:;»”\"“„«(\[—–\n•]\s*$|^\s*$")
SENTENCE_BREAK = re.compile(r"[.!?…\n](?:(?<=\n)\n*|(?<!\n)[.!?…]*['\"”»)]*\s+)")  # one class to begin with, which is searched for fastest
GAP = re.compile(r"[ \u00a0\u202f]{1,2}\Z|[-‐‑–_]\Z")
ABBREVIATION_GAP = re.compile(r"\. ?\Z| \Z")
ABBREVIATIONS = word_set("st ste ft mt")
SUFFIXING = frozenset(("tr",))
APOSTROPHE = re.compile("['’]")
ELIDING = frozenset(("fr", "it", "ca"))
ELISION = re.compile(r"(?:[dlnsjmtc]|qu|jusqu|lorsqu|puisqu|dall|dell|nell|sull|all)['’](?=\w)", re.IGNORECASE)
BESIDE_WORDS = " \u00a0'’\"“«„(#_-"  # may stand between two words that belong together
HAS_UNCASED = re.compile("[\u0590-\u05ff\u0620-\u077f\ufb50-\ufdff\ufe70-\ufeff]")  # Hebrew and Arabic, as normalise.script_of tells them
DOTTED = word_set("mr mrs ms dr gen sen rep gov lt col sgt capt maj prof rev adm cpl cmdr")  # titles written with a full stop


class Text:
    """The words of a body and what the rules ask of them.

    Word ``i`` is ``body[starts[i]:ends[i]]`` with the key ``keys[i]``; ``gaps[i]`` stands behind it; ``caps[i]`` tells whether it begins
    with a capital, ``marks[i]`` what it may be evidence of (marks.py). (Lists and no objects: a text has hundreds of words.) Sentences end
    at ``breaks``. ``uncased``: whether there are letters of scripts without capitals.
    """

    def __init__(self, body: str, skip: Sequence[Span], language: str | None = None) -> None:
        self.body = body
        self.starts, self.ends, self.keys, self.gaps = parts_of(body)
        if language in SUFFIXING:
            self._bare()
        elif language in ELIDING:
            self._parted()
        if language in SUFFIXING or language in ELIDING:
            self.gaps = gaps_of(body, self.starts, self.ends)
        self.skip = sorted((span.start, span.end) for span in skip)
        self.caps = list(map(str.isupper, map(body.__getitem__, self.starts)))
        self.capitals = list(compress(range(len(self.caps)), self.caps))
        self.lower = set(compress(self.keys, map(not_, self.caps)))
        self.breaks = [match.end() for match in SENTENCE_BREAK.finditer(body)]
        self.marks = marks_of(self.keys)
        self.uncased = not body.isascii() and HAS_UNCASED.search(body) is not None

    def of(self, words: Container[str]) -> Iterator[int]:
        """Indices of the words with these keys."""
        return compress(range(len(self.keys)), map(words.__contains__, self.keys))

    def marked(self, name: str) -> Iterator[int]:
        """Indices of the words of a list (marks.py)."""
        return compress(range(len(self.marks)), map(contains, self.marks, repeat(name)))

    def sentence(self, at: int) -> int:
        """Number of the sentence that holds a position."""
        return bisect_right(self.breaks, at)

    def sentence_span(self, at: int) -> tuple[int, int]:
        """Where the sentence that holds a position begins and ends."""
        n = bisect_right(self.breaks, at)
        return (self.breaks[n - 1] if n else 0), (self.breaks[n] if n < len(self.breaks) else len(self.body))

    def sentence_words(self, number: int) -> tuple[int, int]:
        """Index of the first word of a sentence, and of the first behind it."""
        start = self.breaks[number - 1] if number else 0
        end = self.breaks[number] if number < len(self.breaks) else len(self.body)
        return bisect_left(self.starts, start), bisect_left(self.starts, end)

    def tied(self, i: int) -> bool:
        """Whether word i stands directly before the next: nothing but spaces and quotation marks between them, or the dot of a title."""
        gap = self.gaps[i]
        if gap == " ":
            return True
        between = gap.strip(BESIDE_WORDS)
        return not between or (between == "." and (len(self.keys[i]) <= 3 and not self.caps[i] or self.keys[i] in DOTTED))

    def joined(self, i: int) -> bool:
        """Whether word i and the next can be of one name."""
        gap = self.gaps[i]
        return (
            gap == " "
            or GAP.match(gap) is not None
            or ((self.keys[i] in ABBREVIATIONS or (len(self.keys[i]) == 1 and self.caps[i])) and ABBREVIATION_GAP.match(gap) is not None)
        )

    def starts_sentence(self, i: int) -> bool:
        """Whether word i begins a sentence, a quotation or a line, where a capital means nothing."""
        start = self.starts[i]
        before = self.body[max(0, start - 3) : start]
        if before[-1:] == " " and before[-2:-1].isalnum():
            return False  # nearly always, and told fastest
        return SENTENCE_END.search(before) is not None

    def skipped(self, start: int, end: int) -> bool:
        return any(a < end and start < b for a, b in self.skip)

    def key_before(self, i: int, count: int = 1) -> str:
        """The key of the words before word i if they stand directly before it, else an empty string."""
        j = i - count
        if j < 0:
            return ""
        if count == 1:
            return self.keys[j] if self.tied(j) else ""
        for k in range(j, i):
            if not self.tied(k):
                return ""
        return " ".join(self.keys[j:i])

    def key_after(self, i: int) -> str:
        """The key of the word directly after word i, else an empty string."""
        if i + 1 >= len(self.keys) or ((gap := self.gaps[i]) != " " and gap.strip(" \u00a0-")):
            return ""
        return self.keys[i + 1]

    def _bare(self) -> None:
        """Part names from the case endings behind an apostrophe: ``Ankara'da``."""
        for i, cut in reversed(self._apostrophes()):  # the first of a word last
            self.ends[i], self.keys[i] = cut, word_key(self.body[self.starts[i] : cut])

    def _parted(self) -> None:
        """Part names from the article or preposition before an apostrophe: ``d'Odessa`` is two words."""
        for i in sorted({i for i, _ in self._apostrophes()}, reverse=True):
            start, end = self.starts[i], self.ends[i]
            elided = ELISION.match(self.body, start, end)
            if elided is not None:
                cut = elided.end()
                self.starts[i : i + 1] = [start, cut]
                self.ends[i : i + 1] = [cut - 1, end]
                self.keys[i : i + 1] = [word_key(self.body[start : cut - 1]), word_key(self.body[cut:end])]

    def _apostrophes(self) -> list[tuple[int, int]]:
        """The apostrophes within words: the index of the word, and where in the body."""
        found = ((bisect_right(self.starts, match.start()) - 1, match.start()) for match in APOSTROPHE.finditer(self.body))
        return [(i, at) for i, at in found if i >= 0 and self.starts[i] < at < self.ends[i]]
