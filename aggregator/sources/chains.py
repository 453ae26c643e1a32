"""By way of whom words came, beside the clause that gives them: "TASS, with reference to the ministry", "the mayor, quoted by AFP".

Which words lead to the source behind a carrier (``citing``) or to the carrier behind a source (``passed_on``) is in the lexicon.
"""

import re
from functools import cache

from aggregator.sources import lexicon as lexicons
from aggregator.sources.finding import Finding
from aggregator.sources.lexicon import Lexicon, words
from aggregator.sources.nominals import STOP
from aggregator.sources.phrases import trim

NO_SOURCE = 2  # characters, and fewer, that name nobody


@cache
def _passed_on(language: str) -> tuple[re.Pattern[str], ...]:
    lexicon = lexicons.load(language)
    assert lexicon is not None, language
    return tuple(re.compile(pattern, re.IGNORECASE) for pattern in lexicon.data.get("passed_on", ()))


@cache
def _citing(language: str) -> re.Pattern[str] | None:
    lexicon = lexicons.load(language)
    assert lexicon is not None, language
    return words(lexicon.data.get("citing", []))


@cache
def _things(language: str) -> re.Pattern[str] | None:
    lexicon = lexicons.load(language)
    assert lexicon is not None, language
    return words(lexicon.data.get("things", []))


def follow(masked: str, findings: list[Finding], lexicon: Lexicon) -> None:
    """Put the source behind a carrier in the carrier's place, and name the carriers of sources."""
    for finding in findings:
        if finding.speaker is not None and not finding.via:
            _behind_carrier(masked, finding, lexicon)
            _before_carrier(masked, finding, lexicon)


def tell_on(findings: list[Finding], finding: Finding) -> bool:
    """Whether a finding only tells on the one before it: "…, said X, reports Y"; then its speaker becomes the other's carrier."""
    previous = findings[-1] if findings else None
    if previous is None or previous.speaker is None or finding.speaker is None or previous.sentence != finding.sentence:
        return False
    start, end = finding.content[0]
    if not (previous.content[0][1] <= previous.cue[0] <= start and end <= previous.speaker[1] < finding.cue[0] < finding.speaker[0]):
        return False
    previous.via.append(finding.speaker)
    return True


def _behind_carrier(masked: str, finding: Finding, lexicon: Lexicon) -> None:
    pattern, things = _citing(lexicon.language), _things(lexicon.language)
    match = _outside(masked, finding, pattern) if pattern else None
    if match is None or finding.speaker is None:
        return
    first, last = finding.speaker
    inside = first < match.start() < last
    if inside:
        end = last
    else:
        stop = STOP.search(masked, match.end(), finding.sentence[1])
        end = min([stop.start() if stop else finding.sentence[1], *(a for a, _ in finding.content if a > match.end())])
    who = trim(masked, match.end(), end)
    carrier = trim(masked, first, match.start() if inside else last)
    if min(who[1] - who[0], carrier[1] - carrier[0]) <= NO_SOURCE or things and things.match(masked, *who):
        finding.speaker = carrier if carrier[1] - carrier[0] > NO_SOURCE else finding.speaker
        return
    finding.speaker, finding.via = who, [carrier]


def _before_carrier(masked: str, finding: Finding, lexicon: Lexicon) -> None:
    for pattern in _passed_on(lexicon.language):
        match = _outside(masked, finding, pattern)
        if match is None or finding.speaker is None:
            continue
        first, last = finding.speaker
        who = trim(masked, *match.span("who"))
        if who[0] < first < who[1] or who[1] - who[0] <= NO_SOURCE:
            continue
        finding.via.append(who)
        if first < match.start() < last:
            finding.speaker = trim(masked, first, match.start())


def _outside(masked: str, finding: Finding, pattern: re.Pattern[str]) -> re.Match[str] | None:
    """The first match in the finding's sentence that is no part of what is said."""
    for match in pattern.finditer(masked, *finding.sentence):
        if not any(a <= match.start() < b for a, b in finding.content):
            return match
    return None
