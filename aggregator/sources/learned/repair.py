"""The rules mend what the model guessed in English, or refuse it: nothing is said by what is denied, only possible or done to somebody."""

import re
from dataclasses import replace

from aggregator.sources.english import DEPICTING, NEGATED
from aggregator.sources.finding import Finding
from aggregator.sources.lexicon import Lexicon
from aggregator.sources.phrases import FINITE, LEAD, NP_START, PREPOSITION, RELATIVE, Bounds, subject_before, trim
from aggregator.sources.quotes import OPENS

LOOK = 40  # characters before a cue in which stands what undoes it
PASSIVE = re.compile(r"\b(?:is|are|was|were|be|been|being|get|got)(?: \w+ly| widely| often| now)? $")
UNREAL = re.compile(
    r"\b(?:could|would|might|may|should|must|can|cannot|to|without|worth|avoids?|refuses?|declines?|if)(?: \w+ly| be| have| been)? $", re.I
)
GERUND = re.compile(r"\w+ing\b")
NOBODY = re.compile(r"(?:nobody|no one|none|neither|no)\b", re.IGNORECASE)
DETERMINER = re.compile(r"(?:the|an?|his|her|its|their|our|my|your|this|that|these|those|one)\b\s*(?=\w)", re.IGNORECASE)
POSSESSIVE = re.compile(r"['’]s?$")
LONGEST = 14  # words of a speaker


def is_asked(masked: str, at: int) -> bool:
    """Whether the word that begins at ``at`` may say something: it is not denied, not only possible, and nobody's passive."""
    before = masked[max(0, at - LOOK) : at]
    return not (NEGATED.search(before) or UNREAL.search(before) or PASSIVE.search(before) and not GERUND.match(masked, at))


def repaired(masked: str, finding: Finding, lexicon: Lexicon) -> Finding | None:
    """The finding with a whole noun phrase for its speaker and no adverbial for its content; None where nobody speaks."""
    cue = finding.cue[0]
    speaker = _speaker(masked, finding)
    if (
        speaker is None
        or not _can_speak(masked[slice(*speaker)], lexicon)
        or finding.word.lemma == "show"
        and DEPICTING.search(masked[slice(*speaker)].split(",")[0])
    ):
        return None
    content = [span for span in finding.content if not (span[1] <= cue and len(finding.content) > 1 and _is_adverbial(masked, span))]
    return replace(finding, speaker=speaker, content=content, addressee=_addressee(masked, finding, lexicon))


def _addressee(masked: str, finding: Finding, lexicon: Lexicon) -> Bounds | None:
    """Who was told, where the cue is a word of telling: what stands between it and what is said."""
    known = lexicon.cues.get(masked[slice(*finding.cue)].lower())
    right = next((start for start, _ in finding.content if start > finding.cue[1]), None)
    if known is None or known.frame != "tell" or right is None or right - finding.cue[1] > LOOK:
        return None
    start, end = trim(masked, finding.cue[1], right)
    return (start, end) if start < end else None


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
        and not NOBODY.match(core)
        and OPENS not in core
    )


def _can_speak(text: str, lexicon: Lexicon) -> bool:
    """Whether a noun phrase has a name, is a pronoun, or names people, a body or a document: "her focus" says nothing."""
    core = DETERMINER.sub("", text.split(",")[0])
    words = core.lower().replace("’", "'").replace("'s", "").split()
    nouns = {word.removesuffix("s") for word in words} | set(words)
    known = (lexicon.pronouns, lexicon.people, lexicon.nouns, lexicon.data.get("documents", {}))
    if words and words[-1] in lexicon.cues and not any(words[-1] in some for some in known):
        return False  # "the survivor said, asking …": a clause
    return any(c.isupper() for c in core) or any(not nouns.isdisjoint(some) for some in known)


def _is_adverbial(masked: str, span: Bounds) -> bool:
    text = masked[slice(*span)]
    return bool(PREPOSITION.match(text)) and OPENS not in text
