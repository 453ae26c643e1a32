"""From a body to findings: who is marked as saying what, sentence by sentence, with the quotations that float between them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from aggregator.model import Span
from aggregator.sources import clauses, english, quotes
from aggregator.sources.english import Finding
from aggregator.sources.lexicon import Lexicon
from aggregator.sources.quotes import CLOSES, INSIDE, OPENS

Bounds = tuple[int, int]
QUOTED = re.compile(f"{OPENS}[^{CLOSES}]*{CLOSES}")
NEAR = 2  # paragraphs between a floating quotation and the words that it continues


@dataclass(frozen=True, slots=True)
class Reading:
    """What the rules found. ``asked`` are the spans of those whom the outlet asked for comment; ``masked`` has quotations hidden."""

    findings: tuple[Finding, ...]
    asked: tuple[Bounds, ...]
    masked: str
    quotes: tuple[quotes.Quote, ...]
    paragraphs: tuple[Bounds, ...]


def read(body: str, lexicon: Lexicon, skip: Sequence[Span] = ()) -> Reading:
    """The findings of a body in order; none touches a span of ``skip``."""
    lines = quotes.paragraphs(body)
    found = quotes.find(body)
    masked = quotes.mask(body, found)
    findings: list[Finding] = []
    asked: list[Bounds] = []
    last: tuple[Finding, int] | None = None  # the latest finding with a quotation, and its paragraph
    sentence_before: Bounds | None = None
    for number, (start, end) in enumerate(lines):
        pending: Finding | None = None
        for first, stop in quotes.sentences(body, masked, start, end):
            if any(first < span.end and stop > span.start for span in skip):
                continue
            who = _asked(masked, first, stop, lexicon)
            if who is not None:
                asked.append(who)
                continue
            if lexicon.unverified and lexicon.unverified.search(masked, first, stop):
                continue
            if _is_quotation(masked, first, stop):
                if last is not None and number - last[1] <= NEAR:
                    last[0].content += [match.span() for match in QUOTED.finditer(masked, first, stop)]
                    last = (last[0], number)
                continue
            if lexicon.language == "en":
                new = english.read(body, masked, first, stop, lexicon)
            else:
                new = clauses.read(body, masked, first, stop, lexicon, sentence_before)
            findings += new
            for finding in new:
                if any(masked[a] == OPENS or INSIDE in masked[a:b] for a, b in finding.content):
                    last = (finding, number)
            sentence_before = (first, stop)
            pending = new[-1] if new else pending
    return Reading(tuple(findings), tuple(asked), masked, found, lines)


def _is_quotation(masked: str, start: int, end: int) -> bool:
    """Whether a sentence is quotation and nothing else."""
    text = masked[start:end]
    return OPENS in text and not any(c.isalpha() for c in text if c not in (OPENS, CLOSES, INSIDE))


def _asked(masked: str, start: int, end: int, lexicon: Lexicon) -> Bounds | None:
    for pattern in lexicon.sought:
        match = pattern.search(masked, start, end)
        if match:
            first, last = english.trim(masked, *match.span("who"))
            comma = masked.rfind(", ", first, last)
            if (
                lexicon.language == "en"
                and comma > 0
                and masked[first:comma].count(",") == 0
                and len(masked[first:comma].split()) <= 2
                and masked[first].islower()
            ):
                first = comma + 2
            return first, last
    return None
