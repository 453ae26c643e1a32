"""What the tagger looks at: the words of a sentence around one that may be a cue, and what holds for each of them.

Each word that may be a cue is a question of its own, "who says what by this word?", answered by one label a token of its sentence: speaker,
content or neither. So a sentence with two cues, or one attribution within another, needs no further reading.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from aggregator.model import Span
from aggregator.sources import attribute, quotes, wire
from aggregator.sources.attribute import Reading
from aggregator.sources.finding import Finding
from aggregator.sources.lexicon import Lexicon
from aggregator.sources.phrases import FINITE, Bounds
from aggregator.sources.quotes import CLOSES, INSIDE, OPENS

WORD = re.compile(r"[^\W_]+(?:[’'-][^\W_]+)*")
TOKEN = re.compile(rf"{WORD.pattern}|[^\w\s]")
IN_WORD = re.compile(r"[^\W_]|[’'-](?=[^\W_])")
LONGEST = 120  # tokens of a sentence; a longer one is a list or a table
SPEAKER, CONTENT, NEITHER = "S", "T", "O"
RULED = {SPEAKER: "r=S", CONTENT: "r=T", "C": "r=C"}  # what a word is to a finding of the rules

Features = list[list[str]]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence in tokens: their spans in the body, their words in lower case, and the cues that may stand in it (token numbers)."""

    start: int
    end: int
    spans: tuple[Bounds, ...]
    words: tuple[str, ...]
    cues: tuple[int, ...]


def cues_in(masked: str, forms: frozenset[str]) -> list[int]:
    """Where the words of ``forms`` stand outside quotations, in order: by plain search, since few of them stand in one text."""
    lowered = masked.lower()
    if len(lowered) != len(masked):  # a letter whose lower case is two characters
        lowered = "".join(c.lower() if len(c.lower()) == 1 else c for c in masked)
    found = []
    for form in forms.intersection(WORD.findall(lowered)):
        at = lowered.find(form)
        while at >= 0:
            if not (at and IN_WORD.match(lowered, at - 1)) and (match := WORD.match(lowered, at)) and match.end() == at + len(form):
                found.append(at)
            at = lowered.find(form, at + len(form))
    return sorted(found)


def sentences(body: str, reading: Reading, starts: Sequence[int], skip: Sequence[Span] = ()) -> Iterator[Sentence]:
    """The sentences of the words that begin at ``starts`` (in order); none touches ``skip`` or those whom the outlet asked."""
    masked = reading.masked
    silent = [(span.start, span.end) for span in skip] + list(reading.asked)
    at = 0
    for number, (start, end) in enumerate(reading.paragraphs):
        if at == len(starts) or starts[at] >= end:
            continue
        dateline = wire.dateline_end(body[start:end]) if number < attribute.DATELINES else 0
        for first, stop in quotes.sentences(body, masked, start + dateline, end):
            within = at
            while at < len(starts) and starts[at] < stop:
                at += 1
            if within == at or any(first < b and stop > a for a, b in silent):
                continue
            spans = tuple(match.span() for match in TOKEN.finditer(body, first, stop))
            if len(spans) <= LONGEST:
                numbers = {a: n for n, (a, _) in enumerate(spans)}
                cues = tuple(numbers[one] for one in starts[within:at] if one in numbers)
                yield Sentence(first, stop, spans, tuple(body[a:b].lower() for a, b in spans), cues)


def ruled(sentence: Sentence, findings: Sequence[Finding], but: Finding | None = None) -> list[str]:
    """For each token what it is to the findings of the rules, ``but`` one: "" where it is nothing to them."""
    of = [""] * len(sentence.spans)
    for finding in findings:
        if finding is but or finding.sentence[0] >= sentence.end or finding.sentence[1] <= sentence.start:
            continue
        parts = [(CONTENT, span) for span in finding.content] + [("C", finding.cue)]
        parts += [(SPEAKER, finding.speaker)] if finding.speaker else []
        for role, (start, end) in parts:
            for n, (a, b) in enumerate(sentence.spans):
                if start < b and a < end:
                    of[n] = RULED[role]
    return of


def plain(body: str, masked: str, sentence: Sentence) -> Features:
    """What holds for each token whatever the cue is; made once for a sentence."""
    words = sentence.words
    rows = []
    for n, (start, end) in enumerate(sentence.spans):
        word, first, mark = words[n], body[start], masked[start]
        shape = "X" if first.isupper() else "d" if first.isdigit() else "x" if first.isalpha() else word
        quoted = "in" if mark == INSIDE else "open" if mark == OPENS else "close" if masked[end - 1] == CLOSES else ""
        rows.append(
            [
                f"w={word}",
                f"e={word[-3:]}",
                f"h={shape}",
                f"p={words[n - 1] if n else '^'}",
                f"n={words[n + 1] if n + 1 < len(words) else '$'}",
                f"q={quoted}",
            ]
        )
    return rows


def features(sentence: Sentence, base: Features, at: int, of: Sequence[str], lexicon: Lexicon) -> Features:
    """What holds for each token of a sentence where the question is who says what by the word number ``at``."""
    words = sentence.words
    cue = words[at]
    known = lexicon.cues.get(cue)
    frame = known.frame if known else "none"
    rows: Features = [[]] * len(words)
    for side, step in (("L", -1), ("R", 1)):
        commas = verbs = 0
        that = marks = ""
        beside = words[at + step] if 0 <= at + step < len(words) else "^"
        for n in range(at + step, len(words) if step > 0 else -1, step):
            word = words[n]
            between = f"{side}{min(commas, 3)}{marks}"
            rows[n] = [
                *base[n],
                f"{between}v={min(verbs, 2)}{that}",
                f"{between}{base[n][2]}",
                f"{side}w={word}",
                f"{side}c={cue}",
                f"{between}f={frame}{that}",
                f"{side}b={beside}",
                f"{side}{of[n] or 'r='}",
            ]
            if word in (",", ";", ":", "—", "–"):
                commas += 1
            elif word in ("“", "”", '"', "«", "»"):
                marks = "q"
            elif word == "that":
                that = "t"
            elif FINITE.fullmatch(word) or word in lexicon.cues:
                verbs += 1
    rows[at] = ["cue", f"c={cue}"]
    return rows
