"""The rules mend what the model guessed in English, or refuse it: nothing is said by what is denied, only possible or done to somebody."""

import re
from dataclasses import replace

from aggregator.sources.english import NEGATED
from aggregator.sources.finding import Finding
from aggregator.sources.phrases import FINITE, LEAD, NP_START, PREPOSITION, RELATIVE, Bounds, subject_before, trim
from aggregator.sources.quotes import OPENS

LOOK = 40  # characters before a cue in which stands what undoes it
PASSIVE = re.compile(r"\b(?:is|are|was|were|be|been|being|get|got)(?: \w+ly| widely| often| now)? $")
UNREAL = re.compile(
    r"\b(?:could|would|might|may|should|must|can|cannot|to|without|worth|avoids?|refuses?|declines?|if)(?: \w+ly| be| have| been)? $", re.I
)
GERUND = re.compile(r"\w+ing\b")
POSSESSIVE = re.compile(r"['’]s?$")
LONGEST = 14  # words of a speaker


def is_asked(masked: str, at: int) -> bool:
    """Whether the word that begins at ``at`` may say something: it is not denied, not only possible, and nobody's passive."""
    before = masked[max(0, at - LOOK) : at]
    return not (NEGATED.search(before) or UNREAL.search(before) or PASSIVE.search(before) and not GERUND.match(masked, at))


def repaired(masked: str, finding: Finding) -> Finding | None:
    """The finding with a whole noun phrase for its speaker and no adverbial for its content; None without a speaker."""
    cue = finding.cue[0]
    speaker = _speaker(masked, finding)
    content = [span for span in finding.content if not (span[1] <= cue and len(finding.content) > 1 and _is_adverbial(masked, span))]
    return replace(finding, speaker=speaker, content=content) if speaker else None


def _speaker(masked: str, finding: Finding) -> Bounds | None:
    if finding.speaker is not None:
        begin, end = finding.speaker
        lead = LEAD.match(masked, begin, end)
        begin = lead.end() if lead and lead.end() < end else begin
        own = POSSESSIVE.search(masked, begin, end)
        span = trim(masked, begin, own.start() if own else end)
        if _is_phrase(masked[slice(*span)]):
            return span
    found, _ = subject_before(masked, finding.sentence[0], finding.cue[0], inside=False)
    return found if found and _is_phrase(masked[slice(*found)]) else None


def _is_phrase(text: str) -> bool:
    """Whether a text is a noun phrase that can speak."""
    core = text.split(",")[0]
    return (
        0 < len(core.split()) <= LONGEST
        and bool(NP_START.match(core))
        and not FINITE.search(core)
        and not RELATIVE.search(core)
        and not PREPOSITION.match(core)
        and OPENS not in core
    )


def _is_adverbial(masked: str, span: Bounds) -> bool:
    text = masked[slice(*span)]
    return bool(PREPOSITION.match(text)) and OPENS not in text
