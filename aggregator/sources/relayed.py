"""English clauses in which the speaker stands beside the sentence: "according to X", "X quoted Y as saying", "citing Y, X reported"."""

import re

from aggregator.sources.finding import Finding
from aggregator.sources.lexicon import CueWord
from aggregator.sources.phrases import LEAD, Bounds, np_after, subject_before, trim
from aggregator.sources.quotes import CLOSES, INSIDE, OPENS

TOKEN = re.compile(r"\w+")
ACCORDING = re.compile(r"\baccording to\b", re.IGNORECASE)


def left_content(masked: str, start: int, end: int) -> list[Bounds]:
    """What stands before ", X said": the quotations alone if there is hardly anything else, otherwise the clause."""
    start, end = trim(masked, start, end)
    if end <= start:
        return []
    text = masked[start:end]
    lead = LEAD.match(text)
    quoted = text.count(INSIDE)
    plain = TOKEN.findall(text.replace(INSIDE, " "))
    if quoted and len(plain) <= 2:
        first = masked.index(OPENS, start, end) if OPENS in text else start
        return [(first, masked.rindex(CLOSES, start, end) + 1)] if CLOSES in text else []
    if lead and lead.end() < len(text) and text[: lead.end()].strip(" ,").split()[0] in ("And", "But", "Meanwhile", "However"):
        start += lead.end()
    return [(start, end)] if len(plain) >= 3 else []


ACCORDING_WORD = CueWord("according to", "neutral", "say")


def according(masked: str, start: int, end: int) -> list[Finding]:
    findings: list[Finding] = []
    if "ccording" not in masked[start:end]:
        return findings
    for match in ACCORDING.finditer(masked, start, end):
        before = masked[start : match.start()].strip(" ,")
        leads = len(before.split()) <= 3 and INSIDE not in before
        found = np_after(masked, match.end(), end, leads=leads)
        if found is None:
            continue
        speaker, appositive, reach = found
        content = trim(masked, reach, end)
        if not leads or content[1] - content[0] <= 3:
            content = (left_content(masked, start, match.start()) or [(0, 0)])[0]
        if content[1] - content[0] > 3:
            findings.append(Finding(match.span(), ACCORDING_WORD, speaker, [content], (start, end), appositive=appositive))
    return findings


NAMED = r"(?:[^,;.]|(?<=[A-Z])\.|(?<=Adm)\.|(?<=Gen)\.|(?<=Col)\.|(?<=Lt)\.|(?<=Maj)\.|(?<=Dr)\.|(?<=Mr)\.|(?<=Sen)\.|(?<=Gov)\.)"
RELAYED = re.compile(
    rf"\b(?P<cue>quoted|quotes|cited|cites)\s(?!by )(?P<who>{NAMED}{{2,90}}?)"
    r"(?:,? (?:on|last|late|early|this) [^,;.]{2,30}?)? (?:as saying|as telling [^,;]{2,40}?|as writing|saying)"
    r"(?: on [A-Z]\w+)?\b(?: that\b)?[,:]?"
)
CITING = re.compile(
    rf",? (?P<cue>citing|quoting) (?P<who>{NAMED}{{2,90}}?), (?:also )?(?:said|reported|reports|says|wrote)\b(?: on [A-Z]\w+)?(?: that\b)?"
)
BEFORE_CITING = re.compile(
    rf" (?:said|reported|reports|wrote|says)(?: on [A-Z]\w+)?, (?P<cue>citing|quoting) (?P<who>{NAMED}{{2,90}}?),(?: that\b)"
)
# "…, the agency reported, citing two officials": whom it cites are people, and no reason
PEOPLE = (
    r"(?:officials?|officers?|sources?|diplomats?|residents?|witnesses|medics|lawmakers|ministry|agency|service|police|army|military|media"
    r"|spokes\w+|[A-Z][\w’'-]+)"
)
BEHIND_CITING = re.compile(
    r" (?:said|reported|reports|wrote|says)(?: on [A-Z]\w+)?, (?P<cue>citing|quoting) "
    rf"(?P<who>(?:(?!(?:of|from|for|in|over|with|by|to)\b)[\w’'-]+ ){{0,6}}?{PEOPLE}(?: (?:of|for|in|at|from|with) {NAMED}{{2,60}})?)\.?$"
)
THINGS = re.compile(r"\b(?:pictures?|images?|imagery|footage|photographs?|photos|videos?|data|figures|records|statistics|numbers)$")
PASSIVE = re.compile(
    r"\b(?:was|were|has been|is) (?P<cue>quoted|cited)(?P<by> by (?P<via>[^,;.]{2,60}?))? as saying(?: by (?P<late>[^,;.]{2,60}?))?"
    r"(?: on [A-Z]\w+)?(?: that\b"
    r"|[,.:]|$)"
)


def relayed(masked: str, start: int, end: int) -> tuple[list[Finding], list[Bounds]]:
    """ "X quoted Y as saying …", "X, citing Y, reported …", "Y was quoted by X as saying …": the words are Y's, by way of X."""
    text = masked[start:end]
    if not ("quot" in text or "cit" in text):
        return [], []
    for pattern in (RELAYED, CITING, BEFORE_CITING):
        match = pattern.search(masked, start, end)
        if match is None or THINGS.search(match["who"]):
            continue
        cue = match.span("cue")
        carrier, _ = subject_before(masked, start, match.start(), inside=False)
        content = trim(masked, match.end(), end)
        if carrier is None or content[1] - content[0] < 4:
            continue
        word = CueWord("quote" if "quot" in match["cue"] else "cite", "neutral", "say")
        return [Finding(cue, word, match.span("who"), [content], (start, end), via=[carrier])], [match.span()]
    if (match := BEHIND_CITING.search(masked, start, end)) and not THINGS.search(match["who"]):
        carrier, _ = subject_before(masked, start, match.start(), inside=False)
        said = left_content(masked, start, carrier[0]) if carrier else []
        if carrier and said:
            word = CueWord("cite", "neutral", "say")
            return [Finding(match.span("cue"), word, match.span("who"), said, (start, end), via=[carrier])], [(carrier[0], end)]
    match = PASSIVE.search(masked, start, end)
    if match is None:
        return [], []
    speaker, appositive = subject_before(masked, start, match.start(), inside=False)
    if speaker is None:
        return [], []
    name = next((n for n in ("via", "late") if match[n]), None)
    content = trim(masked, match.end(), end)
    if content[1] - content[0] < 4:
        before = left_content(masked, start, speaker[0])
        if not before:
            return [], []
        content = before[0]
    via = [match.span(name)] if name else []
    word = CueWord("quote", "neutral", "say")
    return [Finding(match.span("cue"), word, speaker, [content], (start, end), via=via, appositive=appositive)], [match.span()]
