"""A body as words, and what the rules ask of it: capitals, gaps, sentences, what stands before and after."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from aggregator.model import Span
from aggregator.places.normalise import Word, word_key, word_set, words_of

SENTENCE_END = re.compile(r"[.!?…:;»”\"“„«(\[—–\n•]\s*$|^\s*$")
SENTENCE_BREAK = re.compile(r"[.!?…]+['\"”»)]*\s+|\n+")
GAP = re.compile(r"[ \u00a0\u202f]{1,2}\Z|[-‐‑–_]\Z")
ABBREVIATION_GAP = re.compile(r"\. ?\Z| \Z")
ABBREVIATIONS = word_set("st ste ft mt")
SUFFIXING = frozenset(("tr",))
DOTTED = word_set("mr mrs ms dr gen sen rep gov lt col sgt capt maj prof rev adm cpl cmdr")  # titles written with a full stop


class Text:
    """The words of a body and what the rules ask of them."""

    def __init__(self, body: str, skip: Sequence[Span], language: str | None = None) -> None:
        self.body = body
        self.words: list[Word] = words_of(body)
        if language in SUFFIXING:
            self.words = [_bare(word, body) for word in self.words]
        self.skip = sorted((span.start, span.end) for span in skip)
        self.caps = [body[start].isupper() for start, _, _ in self.words]
        self.capitals = [i for i, cap in enumerate(self.caps) if cap]
        self.lower = {key for (_, _, key), cap in zip(self.words, self.caps, strict=True) if not cap}
        self.ends = [match.end() for match in SENTENCE_BREAK.finditer(body)]

    def sentence(self, at: int) -> int:
        """Number of the sentence that holds a position."""
        return bisect_right(self.ends, at)

    def sentence_span(self, at: int) -> tuple[int, int]:
        """Where the sentence that holds a position begins and ends."""
        n = bisect_right(self.ends, at)
        return (self.ends[n - 1] if n else 0), (self.ends[n] if n < len(self.ends) else len(self.body))

    def sentence_words(self, number: int) -> tuple[int, int]:
        """Index of the first word of a sentence, and of the first behind it."""
        start = self.ends[number - 1] if number else 0
        end = self.ends[number] if number < len(self.ends) else len(self.body)
        return bisect_left(self.words, (start,)), bisect_left(self.words, (end,))

    def words_in(self, start: int, end: int) -> list[Word]:
        """The words that begin in body[start:end]."""
        return self.words[bisect_left(self.words, (start,)) : bisect_left(self.words, (end,))]

    def gap(self, i: int) -> str:
        """What stands between word i and the next."""
        return self.body[self.words[i].end : self.words[i + 1].start]

    def joined(self, i: int) -> bool:
        """Whether word i and the next can be of one name."""
        gap = self.gap(i)
        return (
            gap == " "
            or GAP.match(gap) is not None
            or (
                (self.words[i].key in ABBREVIATIONS or (len(self.words[i].key) == 1 and self.caps[i]))
                and ABBREVIATION_GAP.match(gap) is not None
            )
        )

    def starts_sentence(self, i: int) -> bool:
        """Whether word i begins a sentence, a quotation or a line, where a capital means nothing."""
        start = self.words[i].start
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
        if count == 1 and self.gap(j) == " ":
            return self.words[j].key
        for k in range(j, i):
            between = self.gap(k).strip(" \u00a0'’\"“«„(#_-")
            if between and not (between == "." and (len(self.words[k].key) <= 3 and not self.caps[k] or self.words[k].key in DOTTED)):
                return ""
        return " ".join(w.key for w in self.words[j:i])

    def key_after(self, i: int) -> str:
        """The key of the word directly after word i, else an empty string."""
        if i + 1 >= len(self.words) or ((gap := self.gap(i)) != " " and gap.strip(" \u00a0-")):
            return ""
        return self.words[i + 1].key


def _bare(word: Word, body: str) -> Word:
    """The word without the case ending that an apostrophe parts from a name: ``Ankara'da``."""
    cut = min((at for mark in "'’" if (at := body.find(mark, word.start, word.end)) > 0), default=-1)
    return word if cut < 0 else Word(word.start, cut, word_key(body[word.start : cut]))
