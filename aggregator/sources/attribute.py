"""From a body to findings: who is marked as saying what, sentence by sentence, with the quotations that float between them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from aggregator.model import Span
from aggregator.sources import clauses, english, marks, phrases, quotes, wire
from aggregator.sources.finding import Finding
from aggregator.sources.lexicon import CueWord, Lexicon
from aggregator.sources.marks import Mark, Marks
from aggregator.sources.naming import CAPITAL
from aggregator.sources.phrases import Bounds
from aggregator.sources.quotes import CLOSES, INSIDE, OPENS

QUOTED = re.compile(f"{OPENS}[^{CLOSES}]*{CLOSES}")
SIGNED = re.compile(  # "…" — Oksana Bila, a nurse
    rf"(?P<said>{OPENS}[^{CLOSES}]*{CLOSES})\s*(?P<dash>[―—–-]{{1,2}})\s*"
    rf"(?P<who>{CAPITAL}(?: {CAPITAL}){{0,4}}(?:, [^,.!?:;]{{2,60}})?)\.?\s*"
)
DASH_WORD = CueWord("—", "neutral", "quote")
MIN_CLAUSE = 20  # characters before "; its spokesman did not answer" that may hold an attribution of their own
DATELINES = 2  # paragraphs that may begin with a dateline: a repeated title may stand before it
QUOTATION_MARKS = f" {OPENS}{INSIDE}{CLOSES}"  # none of them a letter
LETTER = re.compile(r"[^\W\d_]")
DASHES = ("–", "—", "-")
NEAR = 2  # paragraphs between a floating quotation and the words that it continues


@dataclass(frozen=True, slots=True)
class Reading:
    """What the rules found. ``asked`` are the spans of those whom the outlet asked for comment; ``masked`` has quotations hidden."""

    findings: tuple[Finding, ...]
    asked: tuple[Bounds, ...]
    masked: str
    quotes: tuple[quotes.Quote, ...]
    paragraphs: tuple[Bounds, ...]
    marks: Marks


class Completion(Protocol):
    """What adds to a reading the attributions that the rules missed: the learned tagger."""

    def complete(self, body: str, reading: Reading, lexicon: Lexicon, skip: Sequence[Span]) -> Reading:
        """The reading with more findings, in the order of the text; the rules' own stay as they are."""
        ...


def read(body: str, lexicon: Lexicon, skip: Sequence[Span] = ()) -> Reading:
    """The findings of a body in order; none touches a span of ``skip``."""
    lines = quotes.paragraphs(body)
    found = quotes.find(body, lines)
    marked = marks.find(body, lexicon)
    masked = quotes.mask(body, found)
    findings: list[Finding] = []
    asked: list[Bounds] = []
    last: tuple[Finding, int] | None = None  # the latest finding with a quotation, and its paragraph
    sentence_before: Bounds | None = None
    for number, (start, end) in enumerate(lines):
        dateline = wire.dateline_end(body[start:end]) if number < DATELINES else 0
        signed = SIGNED.fullmatch(masked, start, end) if masked[start] == OPENS else None
        if signed and not any(start < span.end and end > span.start for span in skip):
            findings.append(Finding(signed.span("dash"), DASH_WORD, signed.span("who"), [signed.span("said")], (start, end)))
            continue
        for first, stop in quotes.sentences(body, masked, start + dateline, end):
            if skip and any(first < span.end and stop > span.start for span in skip):
                continue
            who = _asked(masked, first, stop, lexicon) if marked.has(Mark.ASKED, first, stop) else None
            if who is not None:
                asked.append(who)
                if who[0] - first < MIN_CLAUSE:
                    continue
                stop = who[0]
            if lexicon.unverified and marked.has(Mark.UNVERIFIED, first, stop) and lexicon.unverified.search(masked, first, stop):
                continue
            if _is_quotation(masked, first, stop):
                if last is not None and number - last[1] <= NEAR:
                    last[0].content += [match.span() for match in QUOTED.finditer(masked, first, stop)]
                    last = (last[0], number)
                continue
            if lexicon.language == "en":
                new = english.read(masked, first, stop, lexicon, marked)
            else:
                new = clauses.read(masked, first, stop, lexicon, marked, sentence_before)
            if not new and last is not None and last[1] == number and masked.startswith(DASHES, start) and masked.startswith(DASHES, first):
                last[0].content.append(phrases.trim(masked, first, stop))  # "– …, said X. – …" in dialogue
                continue
            if not new and lexicon.language == "en" and masked[stop - 1] == ":":
                new = english.announced(masked, first, stop, lexicon, marked)
                last = (new[0], number) if new else last
            findings += new
            for finding in new:
                if masked.startswith(DASHES, start) or any(masked[a] == OPENS or INSIDE in masked[a:b] for a, b in finding.content):
                    last = (finding, number)
            sentence_before = (first, stop)
    findings = [finding for finding in findings if finding.content]  # no quotation followed what was announced
    return Reading(tuple(findings), tuple(asked), masked, found, lines, marked)


def _is_quotation(masked: str, start: int, end: int) -> bool:
    """Whether a sentence is quotation and nothing else."""
    text = masked[start:end]
    return OPENS in text and LETTER.search(text.strip(QUOTATION_MARKS)) is None


def _asked(masked: str, start: int, end: int, lexicon: Lexicon) -> Bounds | None:
    """The span of those whom the outlet asked for comment, if the sentence says so."""
    for pattern in lexicon.asked:
        match = pattern.search(masked, start, end)
        if match:
            return phrases.trim(masked, *match.span("who"))
    match = lexicon.silent.search(masked, start, end) if lexicon.silent else None
    if match is None:
        return None
    begin = max(masked.rfind(mark, start, match.start()) + 1 for mark in (";", CLOSES, OPENS))
    subject, appositive = phrases.subject_before(masked, max(begin, start), match.start(), inside=False)
    if subject is None:
        return phrases.trim(masked, max(begin, start), match.start())
    return subject[0], max(subject[1], appositive[1]) if appositive and masked[appositive[0]].islower() is False else subject[1]
