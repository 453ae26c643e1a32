"""Clause rules for languages that mark what is said by a conjunction, a colon or a comma.

Ukrainian, Russian, Arabic, French, German, Spanish:

"X said, that …", "…, said X", "according to X, …", "X denies …", "X: "…"", and Arabic's "said X that …". What differs is in the lexicon.
"""

import re
from dataclasses import dataclass
from functools import cache

from aggregator.sources import lexicon as lexicons
from aggregator.sources.finding import Finding
from aggregator.sources.lexicon import CueWord, Lexicon
from aggregator.sources.phrases import Bounds, trim
from aggregator.sources.quotes import CLOSES, INSIDE, OPENS

WORD = re.compile(r"[^\W\d_][\w’'-]*")
BOUND = re.compile(f"[,،;؛:–—{OPENS}{CLOSES}]")
STOP = re.compile(f"[,،;؛:.!?–—{OPENS}]")
MAX_SPEAKER = 14  # words


@dataclass(frozen=True, slots=True)
class Patterns:
    """What the rules need of a lexicon, compiled."""

    conjunction: re.Pattern[str]
    preposition: re.Pattern[str]
    about_this: re.Pattern[str] | None
    lead: re.Pattern[str]
    aside: re.Pattern[str]
    relayed: tuple[re.Pattern[str], ...]
    verb_first: bool


@cache
def patterns(language: str) -> Patterns:
    """The compiled patterns of a language; it must have a lexicon."""
    lexicon = lexicons.load(language)
    assert lexicon is not None, language
    data = lexicon.data
    conjunctions = sorted((re.escape(c) for c in data["conjunction"]), key=len, reverse=True)
    return Patterns(
        conjunction=re.compile(rf"(?:{'|'.join(conjunctions)})(?:(?<=['’])|(?!\w))[,:]?\s*"),
        preposition=re.compile(
            rf"(?<!\w)و?(?:{'|'.join(re.escape(p) for p in sorted(data['prepositions'], key=len, reverse=True))})(?:(?<=ل)|(?!\w))\s*",
            re.IGNORECASE,
        ),
        about_this=re.compile(rf"(?:{'|'.join(data['about_this'])})(?!\w)", re.IGNORECASE) if data["about_this"] else None,
        lead=re.compile(
            rf"\s*(?:(?:{'|'.join(re.escape(w) for w in sorted(data['lead'], key=len, reverse=True))})(?!\w)[\s,،]*)+", re.IGNORECASE
        ),
        aside=re.compile(rf"[\s,،]*(?:(?<!\w)(?:{'|'.join(data['aside'])})(?!\w))"),
        relayed=tuple(re.compile(p) for p in data.get("relayed", ())),
        verb_first=bool(data.get("verb_first")),
    )


def read(body: str, masked: str, start: int, end: int, lexicon: Lexicon, before: Bounds | None) -> list[Finding]:
    """The attributions of one sentence; ``before`` is the sentence before it, which "this was said by X" takes up."""
    rules = patterns(lexicon.language)
    findings = _relayed(masked, start, end, rules) or _prepositional(masked, start, end, rules)
    covered = [(f.cue[0], f.content[-1][1] if f.via else f.cue[1]) for f in findings]
    left = start
    for cue in _cues(masked, start, end, lexicon):
        if any(a <= cue[0] < b for a, b in covered):
            continue
        finding = _finding(masked, start, left, end, cue, rules, before)
        if finding is not None:
            previous = findings[-1] if findings else None
            if previous and finding.speaker and previous.content[-1][0] < finding.speaker[0] < previous.content[-1][1] and left > start:
                previous.content[-1] = trim(masked, previous.content[-1][0], finding.speaker[0])
            if previous and previous.content[0][0] < start and finding.speaker and not finding.content[0][0] < start:
                previous.via.append(finding.speaker)  # "this was said by X, reports Y"
                continue
            findings.append(finding)
            left = cue[1]
    findings.sort(key=lambda f: f.cue)
    return findings


def _cues(masked: str, start: int, end: int, lexicon: Lexicon) -> list[tuple[int, int, CueWord]]:
    found: list[tuple[int, int, CueWord]] = []
    after = 0
    if lexicon.starts.isdisjoint(WORD.findall(masked[start:end].lower())):
        return found
    for match in WORD.finditer(masked, start, end):
        if match.start() < after:
            continue
        form, stop = match.group().lower(), match.end()
        for several in lexicon.heads.get(form, ()):
            if masked[match.start() : match.start() + len(several)].lower() == several:
                form, stop = several, match.start() + len(several)
                break
        word = lexicon.cues.get(form)
        if word is not None:
            found.append((match.start(), stop, word))
            after = stop
    return found


def _finding(
    masked: str, start: int, left: int, end: int, cue: tuple[int, int, CueWord], rules: Patterns, before: Bounds | None
) -> Finding | None:
    cue_start, cue_end, word = cue
    text = masked[left:cue_start]
    span = (cue_start, cue_end)
    sentence = (start, end)
    # "This was said by X": what is said is the sentence before
    if rules.about_this and (this := rules.about_this.search(masked, left, cue_start)) and before is not None:
        speaker = _phrase(masked, this.end(), cue_start, rules) or _after(masked, cue_end, end, rules)
        return Finding(span, word, speaker, [trim(masked, *before)], sentence) if speaker else None
    # "X said, that …", in Arabic "said X that …"
    conjunction = rules.conjunction.search(masked, cue_end, end)
    if (
        conjunction
        and len(masked[cue_end : conjunction.start()].split()) <= MAX_SPEAKER
        and not re.search(r"[.;:]", masked[cue_end : conjunction.start()])
    ):
        speaker = None if rules.verb_first else _before(masked, left, cue_start, rules)
        speaker = speaker or _phrase(masked, cue_end, conjunction.start(), rules)
        content = trim(masked, conjunction.end(), _clause_end(masked, conjunction.end(), end))
        if content[1] - content[0] > 3:
            if speaker is None and not rules.verb_first:
                return None
            return Finding(span, word, speaker, [content], sentence)
    # "X said: …"
    colon = re.compile(rf"([^,،.;:{OPENS}]{{0,70}}):\s*").match(masked, cue_end, end)
    if colon:
        speaker = _before(masked, left, cue_start, rules) if not rules.verb_first else None
        speaker = speaker or _phrase(masked, cue_end, colon.end(1), rules)
        content = trim(masked, colon.end(), end)
        return Finding(span, word, speaker, [content], sentence) if content[1] - content[0] > 3 else None
    # "…, said X", "…, X said"
    said = text.rstrip()
    if said.endswith((",", "،", "–", "—", "-", CLOSES)) and len(said) > 4:
        speaker = _after(masked, cue_end, end, rules)
        content = trim(masked, left, cue_start)
        if speaker and content[1] - content[0] > 3:
            return Finding(span, word, speaker, [content, *_goes_on(masked, speaker[1], end)], sentence)
    # "X denies …", "X denied …"
    if word.frame == "np":
        speaker = _after_np(masked, cue_end, end, rules) if rules.verb_first else _before(masked, left, cue_start, rules)
        if speaker:
            content = trim(masked, max(cue_end, speaker[1]) if rules.verb_first else cue_end, end)
            if content[1] - content[0] > 3:
                return Finding(span, word, speaker, [content], sentence)
    quoted = re.compile(rf"[\s,،]*({OPENS}[^{CLOSES}]*{CLOSES})").match(masked, cue_end, end)
    if quoted and (speaker := _before(masked, left, cue_start, rules)):
        return Finding(span, word, speaker, [quoted.span(1)], sentence)
    # "…, X said"
    comma = max(said.rfind(","), said.rfind("،"), said.rfind(CLOSES))
    if comma > 8 and not masked[cue_end:end].strip(" .!?") and (speaker := _before(masked, left, cue_start, rules)):
        content = trim(masked, left, left + comma + (1 if said[comma] == CLOSES else 0))
        return Finding(span, word, speaker, [content], sentence)
    return None


def _clause_end(masked: str, start: int, end: int) -> int:
    """Where the next coordinated "and X said" may begin is left to the next cue; a closing aside after a semicolon is cut."""
    at = masked.find(";", start, end)
    return at if at > 0 else end


def _before(masked: str, left: int, cue: int, rules: Patterns) -> Bounds | None:
    """The noun phrase that ends at the cue, an enclosed apposition apart."""
    text = masked[left:cue].rstrip()
    closed = text.endswith((",", "،"))
    text = text.rstrip(",، ")
    bounds = [m.end() for m in BOUND.finditer(text)]
    at = bounds[-1] if bounds else 0
    if closed and bounds:
        at = bounds[-2] if len(bounds) > 1 else 0
    return _phrase(masked, left + at, left + len(text), rules)


def _after(masked: str, start: int, end: int, rules: Patterns) -> Bounds | None:
    """The noun phrase behind the cue, up to the next mark."""
    stop = STOP.search(masked, start, end)
    finish = stop.start() if stop else end
    while (
        stop
        and masked[finish] == "."
        and len(masked[start:finish].split()[-1:] or [""])
        and len((masked[start:finish].split() or [""])[-1]) <= 2
        and finish + 1 < end
    ):
        stop = STOP.search(masked, finish + 1, end)
        finish = stop.start() if stop else end
    if (
        stop
        and masked[finish] == OPENS
        and masked[finish - 1] == " "
        and CLOSES in masked[finish:end]
        and masked.index(CLOSES, finish) - finish < 30
    ):
        finish = masked.index(CLOSES, finish) + 1
    return _phrase(masked, start, finish, rules)


def _after_np(masked: str, start: int, end: int, rules: Patterns) -> Bounds | None:
    """The subject between an Arabic verb and its object: the first word, or two where the second has the article too."""
    match = re.compile(r"\s*(\w+(?: ال\w+){0,3})").match(masked, start, end)
    return match.span(1) if match else None


def _phrase(masked: str, start: int, end: int, rules: Patterns) -> Bounds | None:
    """The span without leading connectives and the asides about time, place and channel; None if nothing is left."""
    start, end = trim(masked, start, end)
    changed = True
    while changed and start < end:
        changed = False
        lead = rules.lead.match(masked, start, end)
        if lead and lead.end() < end:
            start, changed = lead.end(), True
        aside = rules.aside.match(masked, start, end)
        if aside and aside.end() > start:
            start, changed = aside.end(), True
        for match in rules.aside.finditer(masked, start, end):
            if match.start() > start and (match.end() == end or masked[match.end()] in " ,،"):
                end, changed = match.start(), True
                break
        start, end = trim(masked, start, end)
    text = masked[start:end]
    if not text or not any(c.isalpha() or c == INSIDE for c in text) or len(text.split()) > MAX_SPEAKER:
        return None
    return start, end


def _goes_on(masked: str, start: int, end: int) -> list[Bounds]:
    """The second half of a split quotation: "…, said X. – …"."""
    match = re.compile(rf"[^.,–—{OPENS}]{{0,40}}[.,]?\s*[–—-]?\s*({OPENS}[^{CLOSES}]*{CLOSES})").match(masked, start, end)
    return [match.span(1)] if match else []


def _relayed(masked: str, start: int, end: int, rules: Patterns) -> list[Finding]:
    for pattern in rules.relayed:
        match = pattern.search(masked, start, end)
        if match is None:
            continue
        via = _phrase(masked, *match.span("via"), rules)
        who = _phrase(masked, *match.span("who"), rules)
        content = trim(masked, match.end(), end)
        if via and who and content[1] - content[0] > 3:
            return [Finding(match.span("cue"), CueWord("quote", "neutral", "say"), who, [content], (start, end), via=[via])]
    return []


def _prepositional(masked: str, start: int, end: int, rules: Patterns) -> list[Finding]:
    """ "According to X, …": before, within or behind what is said."""
    findings = []
    for match in rules.preposition.finditer(masked, start, end):
        speaker = _after(masked, match.end(), end, rules)
        if speaker is None:
            continue
        mark = STOP.search(masked, speaker[1], end)
        reach = mark.start() if mark else end
        comma = max(masked.rfind(",", start, match.start()), masked.rfind("،", start, match.start()))
        clause = comma + 1 if comma >= 0 else start
        lead = masked[clause : match.start()].strip()
        first, last = trim(masked, start, match.start()), trim(masked, reach, end)
        rest = last[1] - last[0] > 5
        if rest and (comma < 0 and len(lead.split()) <= 2 or comma >= 0 and len(lead.split()) == 1):
            content = [last]
        elif rest and comma >= 0 and not lead and len(masked[first[0] : first[1]].split()) <= 4:
            content = [first, last]
        elif first[1] - first[0] > 5:
            content = [first]
        else:
            continue
        word = CueWord(" ".join(match.group().split()).lower(), "neutral", "say")
        cue = (match.start(), match.start() + len(match.group().rstrip()))
        findings.append(Finding(cue, word, speaker, content, (start, end)))
    return findings
