"""Noun phrases around a cue in the languages of clauses.py: by marks, by the words that lead to them and by asides that are no part."""

import re
from dataclasses import dataclass
from functools import cache

from aggregator.sources import lexicon as lexicons
from aggregator.sources.phrases import Bounds, trim
from aggregator.sources.quotes import CLOSES, INSIDE, OPENS

BOUND = re.compile(f"[,،;؛:–—{OPENS}{CLOSES}]")
STOP = re.compile(f"[,،;؛:.!?–—{OPENS}]")
TITLED = re.compile(rf"\s*{OPENS}[^{CLOSES}]*{CLOSES}")
CAPITALISED = r"[^\W\d_a-zа-яёіїєґßà-ÿ_][\w’'.-]*"
NAME = re.compile(rf"\s*{CAPITALISED}(?:[ -](?:(?:al|el|de|van|von|bin|ibn|da|du|der|аль|ан|аш) )?{CAPITALISED}){{0,4}}\s*")
INVERTED = re.compile(r"-(?:t-)?")  # French: "ajoute-t-elle"
INVERTED_PRONOUN = re.compile(r"(?:ils?|elles?|on)\b")  # what stands behind it is of how it was said: "dit-elle sous couvert d'anonymat"
ARABIC_SUBJECT = re.compile(r"\s*(\w+(?: ال\w+){0,3})")
INITIALS = 2  # letters before a full stop that ends no phrase: "И. о. губернатора"
MAX_TITLE = 30  # characters of a name in quotation marks
MAX_SPEAKER = 14  # words
MAX_ROLE = 7  # words of "the minister of information of the region" before ", Name, denied …"
NEVER = r"(?!)"


@dataclass(frozen=True, slots=True)
class Patterns:
    """What the rules need of a lexicon, compiled."""

    conjunction: re.Pattern[str]
    preposition: re.Pattern[str]
    about: re.Pattern[str]  # opens the noun phrase that a cue of the frame "about" takes
    about_this: re.Pattern[str] | None
    lead: re.Pattern[str]
    aside: re.Pattern[str]
    joined: re.Pattern[str]  # a verb with its objects and "and" between the subject and the cue
    relayed: tuple[re.Pattern[str], ...]
    verb_first: bool
    marked: bool  # a comma or a dash always parts a quotation from "said X"
    verb_second: bool  # the verb may stand between what the sentence begins with and its subject
    bare_comma: bool  # what is said may follow a comma alone, as the German subjunctive does
    people: frozenset[str]


@cache
def patterns(language: str) -> Patterns:
    """The compiled patterns of a language; it must have a lexicon."""
    lexicon = lexicons.load(language)
    assert lexicon is not None, language
    data = lexicon.data
    prepositions = _any(data["prepositions"])
    if data.get("as"):
        prepositions += rf"|(?:{_any(data['as'])}) (?:{_any(lexicon.cues)})(?!\w)"
    return Patterns(
        conjunction=re.compile(rf"(?:{_any(data['conjunction'])})(?:(?<=['’])|(?!\w))[,:]?\s*"),
        preposition=re.compile(rf"(?<!\w)و?(?:{prepositions})(?:(?<=ل)|(?!\w))\s*", re.IGNORECASE),
        about=re.compile(rf"\s*(?<!\w)(?:{_any(data['about'])})(?:\s|(?<=['’]))" if data.get("about") else NEVER),
        about_this=re.compile(rf"(?:{'|'.join(data['about_this'])})(?!\w)", re.IGNORECASE) if data["about_this"] else None,
        lead=re.compile(rf"\s*(?:(?:{_any(data['lead'])})(?!\w)[\s,،]*)+", re.IGNORECASE),
        aside=re.compile(rf"[\s,،]*(?:(?<!\w)(?:{'|'.join(data['aside'])})(?!\w))", re.IGNORECASE),
        joined=re.compile(
            rf"\s(?:не )?(?![A-ZА-ЯІЇЄҐ])(?:{data['verb']})(?!\w)[^.;]*\s(?:{_any(data['lead'])})\s*$" if data.get("verb") else NEVER
        ),
        relayed=tuple(re.compile(p) for p in data.get("relayed", ())),
        verb_first=bool(data.get("verb_first")),
        marked=bool(data.get("marked")),
        verb_second=bool(data.get("verb_second")),
        bare_comma=bool(data.get("bare_comma")),
        people=frozenset(lexicon.people),
    )


def _any(listed: object) -> str:
    assert isinstance(listed, list | tuple | dict), listed
    return "|".join(re.escape(word) for word in sorted(listed, key=len, reverse=True))


def before(masked: str, left: int, cue: int, rules: Patterns) -> Bounds | None:
    """The noun phrase that ends at the cue, an enclosed apposition with it: "the mayor, Ihor Terekhov, denied"."""
    text = masked[left:cue].rstrip()
    closed = text.endswith((",", "،"))
    text = text.rstrip(",، ")
    bounds = [m.end() for m in BOUND.finditer(text) if text[m.start()] not in (OPENS, CLOSES) or m.start() == 0]
    at = bounds[-1] if bounds else 0
    if closed and bounds:
        at = bounds[-2] if len(bounds) > 1 else 0
    found = phrase(masked, left + at, left + len(text), rules)
    return found or (subject(masked, left, left + len(text), rules) if at else None)


def subject(masked: str, left: int, end: int, rules: Patterns) -> Bounds | None:
    """The noun phrase that a clause begins with, up to its verb, where only "but" stands between its comma and the cue."""
    comma = masked.rfind(",", left, end)
    found = phrase(masked, left, comma, rules) if comma > left else None
    joined = rules.joined.search(masked[left:end] + " ") if found else None
    return trim(masked, found[0], left + joined.start()) if found and joined and left + joined.start() > found[0] else None


def after(masked: str, start: int, end: int, rules: Patterns) -> Bounds | None:
    """The noun phrase behind the cue, up to the next mark; a short quotation in it is a name."""
    joined = INVERTED.match(masked, start, end)
    start = joined.end() if joined else start
    if joined and (pronoun := INVERTED_PRONOUN.match(masked, start, end)):
        return pronoun.span()
    stop = STOP.search(masked, start, end)
    while stop:
        at = stop.start()
        title = TITLED.match(masked, at, end) if masked[at] == OPENS and at > start and masked[at - 1] == " " else None
        if title and title.end() - at < MAX_TITLE:
            stop = STOP.search(masked, title.end(), end)
        elif masked[at] == "." and len((masked[start:at].split() or [""])[-1]) <= INITIALS and at + 1 < end:
            stop = STOP.search(masked, at + 1, end)
        else:
            break
    finish = stop.start() if stop else end
    named = NAME.match(masked, finish + 1, end) if stop and masked[finish] == "," else None
    role = masked[start:finish].split()
    if named and masked[named.end() : named.end() + 1] in ("", ",", ".") and any(word.lower() in rules.people for word in role[:3]):
        finish = named.end()  # "said the governor, Oleh Syniehubov"
    return phrase(masked, start, finish, rules)


def after_verb(masked: str, start: int, end: int) -> Bounds | None:
    """The subject between an Arabic verb and its object: the first word, with those behind it that have the article too."""
    match = ARABIC_SUBJECT.match(masked, start, end)
    return match.span(1) if match else None


def phrase(masked: str, start: int, end: int, rules: Patterns) -> Bounds | None:
    """The span without leading connectives and the asides about time, place and channel; None if nothing is left."""
    start, end = trim(masked, start, end)
    joined = rules.joined.search(masked[start:end])
    if joined and joined.start() > 0:
        end = start + joined.start()
    changed = True
    while changed and start < end:
        changed = False
        for pattern in (rules.lead, rules.aside):
            match = pattern.match(masked, start, end)
            if match and match.end() > start:
                start, changed = match.end(), True
        for match in rules.aside.finditer(masked, start, end):
            if match.start() > start and (match.end() == end or masked[match.end()] in " ,،"):
                end, changed = match.start(), True
                break
        start, end = trim(masked, start, end)
    text = masked[start:end]
    if not text or not any(c.isalpha() or c == INSIDE for c in text) or len(text.split()) > MAX_SPEAKER:
        return None
    return start, end


def is_apposition(masked: str, left: int, end: int, rules: Patterns) -> bool:
    """Whether ``masked[left:end]``, which ends with a comma, is a role and a name between commas rather than what is said."""
    pieces = masked[left:end].rstrip(" ,،").split(",")
    if len(pieces) != 2 or NAME.fullmatch(pieces[1]) is None:
        return False
    role = pieces[0].split()
    return len(role) <= MAX_ROLE and any(word.lower() in rules.people for word in role[:3])
