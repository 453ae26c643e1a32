"""Clause rules for languages that mark what is said by a conjunction, a colon or a comma.

Ukrainian, Russian, Arabic, French, German, Spanish, Hebrew:

"X said, that …", "…, said X", "according to X, …", "X denies …", "X: "…"", and Arabic's "said X that …". What differs is in the lexicon.
"""

import re

from aggregator.sources import chains
from aggregator.sources.finding import Finding
from aggregator.sources.lexicon import CueWord, Lexicon
from aggregator.sources.marks import Mark, Marks
from aggregator.sources.nominals import MAX_ROLE, MAX_SPEAKER, STOP, Patterns, after, after_verb, before, is_apposition, patterns, phrase
from aggregator.sources.phrases import Bounds, trim
from aggregator.sources.quotes import CLOSES, OPENS

WORD = re.compile(r"[^\W\d_][\w’'-]*")
PRONOUN = re.compile(r"(?P<verb>[^\W\d_]+)(?:-t)?-(?P<pronoun>ils?|elles?|on)")  # French: "ajoute-t-elle"
AUXILIARY = re.compile(r"(?:a-t|avait|ont|avaient)-(?P<pronoun>ils?|elles?|on) (?=\w)", re.IGNORECASE)  # "a-t-elle ajouté"
COLON = re.compile(rf"([^,،.;:{OPENS}]{{0,70}}):\s*")
QUOTATION = re.compile(rf"[\s,،]*({OPENS}[^{CLOSES}]*{CLOSES})")
GOES_ON = re.compile(rf"[^.,–—{OPENS}]{{0,40}}[.,]?\s*[–—-]?\s*({OPENS}[^{CLOSES}]*{CLOSES})")
BARE_COMMA = re.compile(r"([^,.;:]{0,60}),\s+(?=[^\W\d_])")
RELATIVE = "ما "  # Arabic: "according to what an agency …"
DASHES = ("–", "—", "-")
SHORTEST = 3  # characters of what is said


def read(masked: str, start: int, end: int, lexicon: Lexicon, marked: Marks, sentence_before: Bounds | None) -> list[Finding]:
    """The attributions of one sentence; ``sentence_before`` is the sentence before it, which "this was said by X" takes up."""
    rules = patterns(lexicon.language)
    findings = _relayed(masked, start, end, rules) if marked.has(Mark.RELAYED, start, end) else []
    findings = findings or _prepositional(masked, start, end, rules, lexicon)
    covered = [(f.cue[0], f.content[-1][1] if f.via else f.cue[1]) for f in findings]
    left = start
    hyphens = "-" in masked[start:end]
    for cue in _cues(masked, start, end, lexicon) if hyphens or marked.has(Mark.CUE, start, end) else ():
        if any(a <= cue[0] < b for a, b in covered):
            continue
        finding = _finding(masked, start, left, end, cue, rules, sentence_before)
        if finding is not None:
            previous = findings[-1] if findings else None
            if previous and finding.speaker and previous.content[-1][0] < finding.speaker[0] < previous.content[-1][1] and left > start:
                previous.content[-1] = trim(masked, previous.content[-1][0], finding.speaker[0])
            if previous and previous.content[0][0] < start and finding.speaker and not finding.content[0][0] < start:
                previous.via.append(finding.speaker)  # "this was said by X, reports Y"
                continue
            if not chains.tell_on(findings, finding):
                findings.append(finding)
            left = cue[1]
    if marked.has(Mark.RELAYED, start, end):
        chains.follow(masked, findings, lexicon)
    findings.sort(key=lambda f: f.cue)
    return findings


def _cues(masked: str, start: int, end: int, lexicon: Lexicon) -> list[tuple[int, int, CueWord]]:
    found: list[tuple[int, int, CueWord]] = []
    after_last = 0
    for match in WORD.finditer(masked, start, end):
        if match.start() < after_last:
            continue
        form, stop = match.group().lower(), match.end()
        for several in lexicon.heads.get(form, ()):
            if (
                masked[match.start() : match.start() + len(several)].lower() == several
                and not masked[match.start() + len(several) : match.start() + len(several) + 1].isalnum()
            ):
                form, stop = several, match.start() + len(several)
                break
        if "-" in form and (inverted := AUXILIARY.match(masked, match.start(), end)):
            participle = WORD.match(masked, inverted.end(), end)
            form, stop = (participle.group().lower(), participle.end()) if participle else (form, stop)
        elif "-" in form and (inverted := PRONOUN.fullmatch(form)):
            form, stop = inverted["verb"], match.start() + inverted.end("verb")
        word = lexicon.cues.get(form)
        if word is not None:
            found.append((match.start(), stop, word))
            after_last = stop
    return found


def _finding(
    masked: str, start: int, left: int, end: int, cue: tuple[int, int, CueWord], rules: Patterns, sentence_before: Bounds | None
) -> Finding | None:
    cue_start, cue_end, word = cue
    span = (cue_start, cue_end)
    sentence = (start, end)
    # "This was said by X": what is said is the sentence before
    if rules.about_this and (this := rules.about_this.search(masked, left, cue_start)) and sentence_before is not None:
        speaker = phrase(masked, this.end(), cue_start, rules) or after(masked, cue_end, end, rules)
        return Finding(span, word, speaker, [trim(masked, *sentence_before)], sentence) if speaker else None
    # "X said, that …", in Arabic "said X that …"
    conjunction = rules.conjunction.search(masked, cue_end, end)
    between = masked[cue_end : conjunction.start()] if conjunction else ""
    if conjunction and len(between.split()) <= MAX_SPEAKER and not re.search(r"[.;:]", between):
        speaker = None if rules.verb_first else before(masked, left, cue_start, rules)
        speaker = speaker or phrase(masked, cue_end, conjunction.start(), rules)
        content = trim(masked, conjunction.end(), _clause_end(masked, conjunction.end(), end))
        if content[1] - content[0] >= SHORTEST:
            return Finding(span, word, speaker, [content], sentence) if speaker or rules.verb_first else None
    # "X said: …"
    colon = COLON.match(masked, cue_end, end)
    if colon:
        speaker = before(masked, left, cue_start, rules) if not rules.verb_first else None
        speaker = speaker or phrase(masked, cue_end, colon.end(1), rules)
        content = trim(masked, colon.end(), end)
        return Finding(span, word, speaker, [content], sentence) if content[1] - content[0] >= SHORTEST else None
    # "…, said X", "…, X said"
    lead = rules.lead.match(masked, left, cue_start)
    said_from = lead.end() if lead and masked[left : lead.end()].rstrip().endswith((",", "،")) else left
    said = masked[said_from:cue_start].rstrip()
    closed = (",", "،", *DASHES) if rules.marked else (",", "،", *DASHES, CLOSES)
    if said.endswith(closed) and len(said) > 4 and not is_apposition(masked, left, cue_start, rules):
        inverted = AUXILIARY.match(masked, cue_start, cue_end)
        speaker = inverted.span("pronoun") if inverted else after(masked, cue_end, end, rules)
        content = trim(masked, said_from, cue_start)
        if speaker and content[1] - content[0] >= SHORTEST:
            return Finding(span, word, speaker, [content, *_goes_on(masked, speaker[1], end)], sentence)
    # "X said on Tuesday, the army had gone", where the language needs no conjunction
    bare = BARE_COMMA.match(masked, cue_end, end) if rules.bare_comma and word.frame == "say" else None
    if bare and not bare[1].strip(" ") or bare and rules.aside.match(masked, cue_end, bare.end(1)):
        speaker = before(masked, left, cue_start, rules)
        content = trim(masked, bare.end(), end)
        if speaker and content[1] - content[0] >= SHORTEST:
            return Finding(span, word, speaker, [content], sentence)
    return _object(masked, left, end, cue, sentence, rules) or _behind(masked, left, end, cue, sentence, rules)


def _object(masked: str, left: int, end: int, cue: tuple[int, int, CueWord], sentence: Bounds, rules: Patterns) -> Finding | None:
    """ "X denies …", "X reported about …": a noun phrase is what is said."""
    cue_start, cue_end, word = cue
    aside = rules.aside.match(masked, cue_end, end)
    about = rules.about.match(masked, aside.end() if aside else cue_end, end)
    if word.frame == "about" and not about and rules.verb_second and before(masked, left, cue_start, rules) is None:
        return _inverted(masked, end, cue, sentence, rules)
    if word.frame != "np" and not (word.frame == "about" and about):
        return None
    speaker = after_verb(masked, cue_end, end) if rules.verb_first else before(masked, left, cue_start, rules)
    if speaker is None:
        return None
    first = max(cue_end, speaker[1]) if rules.verb_first else cue_end
    while aside := rules.aside.match(masked, first, end):
        first = aside.end()
    about = rules.about.match(masked, first, end) if word.frame == "about" else None
    content = trim(masked, about.end() if about else first, end)
    return Finding(cue[:2], word, speaker, [content], sentence) if content[1] - content[0] >= SHORTEST else None


def _inverted(masked: str, end: int, cue: tuple[int, int, CueWord], sentence: Bounds, rules: Patterns) -> Finding | None:
    """ "On Monday spoke X of …", as German puts it: the subject stands between the verb and the preposition."""
    about = rules.about.search(masked, cue[1], end)
    between = masked[cue[1] : about.start()] if about else ""
    if about is None or len(between.split()) > MAX_ROLE or STOP.search(between):
        return None
    speaker = phrase(masked, cue[1], about.start(), rules)
    content = trim(masked, about.end(), end)
    return Finding(cue[:2], cue[2], speaker, [content], sentence) if speaker and content[1] - content[0] >= SHORTEST else None


def _behind(masked: str, left: int, end: int, cue: tuple[int, int, CueWord], sentence: Bounds, rules: Patterns) -> Finding | None:
    """ "X said “…”", and "…, X said" at the end of a sentence."""
    cue_start, cue_end, word = cue
    quoted = QUOTATION.match(masked, cue_end, end)
    if quoted and (speaker := before(masked, left, cue_start, rules)):
        return Finding(cue[:2], word, speaker, [quoted.span(1)], sentence)
    said = masked[left:cue_start].rstrip()
    comma = max(said.rfind(","), said.rfind("،"), said.rfind(CLOSES))
    if comma > 8 and not masked[cue_end:end].strip(" .!?") and (speaker := before(masked, left, cue_start, rules)):
        content = trim(masked, left, left + comma + (1 if said[comma] == CLOSES else 0))
        return Finding(cue[:2], word, speaker, [content], sentence)
    return None


def _clause_end(masked: str, start: int, end: int) -> int:
    """Where the next coordinated "and X said" may begin is left to the next cue; a closing aside after a semicolon is cut."""
    at = masked.find(";", start, end)
    return at if at > 0 else end


def _goes_on(masked: str, start: int, end: int) -> list[Bounds]:
    """The second half of a split quotation: "…, said X. – …"."""
    match = GOES_ON.match(masked, start, end)
    return [match.span(1)] if match else []


def _relayed(masked: str, start: int, end: int, rules: Patterns) -> list[Finding]:
    for pattern in rules.relayed:
        match = pattern.search(masked, start, end)
        if match is None:
            continue
        via = phrase(masked, *match.span("via"), rules)
        who = phrase(masked, *match.span("who"), rules)
        content = trim(masked, match.end(), end)
        if via and who and content[1] - content[0] >= SHORTEST:
            return [Finding(match.span("cue"), CueWord("quote", "neutral", "say"), who, [content], (start, end), via=[via])]
    return []


def _prepositional(masked: str, start: int, end: int, rules: Patterns, lexicon: Lexicon) -> list[Finding]:
    """ "According to X, …", "as X reported, …": before, within or behind what is said."""
    findings = []
    for match in rules.preposition.finditer(masked, start, end):
        speaker = after(masked, match.end(), end, rules)
        if speaker is None or masked.startswith(RELATIVE, speaker[0]):
            continue
        speaker, open_end = _short_of_verb(masked, speaker) if rules.bare_comma else (speaker, False)
        mark = STOP.search(masked, speaker[1], end)
        reach = speaker[1] if open_end else mark.start() if mark else end
        comma = max(masked.rfind(",", start, match.start()), masked.rfind("،", start, match.start()))
        clause = comma + 1 if comma >= 0 else start
        lead = masked[clause : match.start()].strip()
        first, last = trim(masked, start, match.start()), trim(masked, reach, end)
        if rules.lead.fullmatch(masked[first[0] : first[1]] + " "):
            first, comma = (first[0], first[0]), -1  # "However, as X reported, …"
        rest = last[1] - last[0] > 5
        if rest and (comma < 0 and len(lead.split()) <= 2 or comma >= 0 and len(lead.split()) == 1):
            content = [last]
        elif rest and comma >= 0 and not lead and len(masked[first[0] : first[1]].split()) <= 4:
            content = [first, last]
        elif first[1] - first[0] > 5:
            content = [first]
        else:
            continue
        form = " ".join(match.group().split()).lower()
        known = lexicon.cues.get(form.split()[-1])
        word = CueWord(form, known.strength if known else "neutral", "say")
        cue = (match.start(), match.start() + len(match.group().rstrip()))
        findings.append(Finding(cue, word, speaker, content, (start, end)))
    return findings


GERMAN_PHRASE = re.compile(
    r"(?:(?:der|des|dem|den|die|das|einer|eines|einem|[a-zäöüß]{3,}e[nrms]) )*[A-ZÄÖÜ0-9][\w.-]*"
    r"(?: (?:(?:der|des|für|von|in|aus|und) (?:[a-zäöüß]+ )?)?[A-ZÄÖÜ][\w.-]*)*"
)


def _short_of_verb(masked: str, speaker: Bounds) -> tuple[Bounds, bool]:
    """The noun phrase that a German "laut X droht …" begins with, and whether the verb follows without a mark."""
    match = GERMAN_PHRASE.match(masked, *speaker)
    return ((speaker[0], match.end()), True) if match and match.end() < speaker[1] else (speaker, False)
