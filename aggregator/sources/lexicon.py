"""The words of attribution in each language, from ``data/lexicon``: cues, channels, kind nouns, roles, hedges, dates."""

import functools
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from aggregator.errors import SettingsError

FOLDER = Path(__file__).parent / "data" / "lexicon"
WORD = re.compile(r"\w+")
YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
STRENGTHS = ("neutral", "claim", "assess", "confirm", "deny", "warn")
FRAMES = ("say", "np", "about", "tell", "quote", "that")


@dataclass(frozen=True, slots=True)
class CueWord:
    """A form of a cue. ``frame``: say, np (takes a noun phrase too), about (takes one behind a preposition such as "о"), tell,
    quote (needs a quotation), that (needs its conjunction)."""

    lemma: str
    strength: str
    frame: str
    strict: bool = False


@dataclass(frozen=True, slots=True)
class Lexicon:
    """One language. Patterns are compiled without regard to case."""

    language: str
    cues: Mapping[str, CueWord]  # by form, lower case
    heads: Mapping[str, tuple[str, ...]]  # first word of a form of several words -> such forms, longest first
    starts: frozenset[str]  # the words that a cue may begin with
    according: re.Pattern[str] | None
    hedges: re.Pattern[str] | None
    negations: frozenset[str]  # lemmas
    negators: re.Pattern[str] | None
    pronouns: Mapping[str, str]
    nouns: Mapping[str, tuple[str, ...]]
    noun: re.Pattern[str] | None  # any of ``nouns`` at the end of a phrase
    people: Mapping[str, str]  # noun -> kind
    channel: re.Pattern[str] | None  # any channel: to look once where there is none
    channels: tuple[tuple[str, re.Pattern[str]], ...]
    months: Mapping[str, int]
    weekdays: Mapping[str, int]
    relative: Mapping[str, object]
    units: Mapping[str, str]  # word -> unit
    number_words: Mapping[str, int]
    silent: re.Pattern[str] | None
    asked: tuple[re.Pattern[str], ...]
    unverified: re.Pattern[str] | None
    hints: Mapping[str, tuple[str, ...]]  # "asked", "unverified", "channel", "relayed" -> pieces of words, one of which stands where
    # their patterns match (marks.py)
    date_words: frozenset[str]  # first words of names of days and months
    data: Mapping[str, Any]


def languages() -> tuple[str, ...]:
    return tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))


@functools.cache
def load(language: str | None) -> Lexicon | None:
    """The lexicon of a language, None where there is none; raises SettingsError where its data are wrong."""
    path = FOLDER / f"{language}.yaml"
    if not language or not path.is_file():
        return None
    data: dict[str, Any] = yaml.load(path.read_bytes(), yaml.CSafeLoader)
    strict = frozenset(data.get("strict", ()))
    cues: dict[str, CueWord] = {}
    for lemma, row in data["cues"].items():
        strength, frame, *forms = shlex.split(row)
        if strength not in STRENGTHS or frame not in FRAMES:
            raise SettingsError(f"{path.name}: cue {lemma!r} needs a strength and a frame before its forms, not {row!r}.")
        for form in forms:
            for spelt in [form[:-1] + ending for ending in data["endings"]] if form.endswith("+") else [form]:
                cues[spelt] = CueWord(str(lemma), strength, frame, spelt in strict)
    heads: dict[str, tuple[str, ...]] = {}
    for form in sorted((form for form in cues if " " in form), key=len, reverse=True):
        head = form.split()[0]
        heads[head] = (*heads.get(head, ()), form)
    return Lexicon(
        language=language,
        cues=cues,
        heads=heads,
        starts=frozenset(form.split()[0] for form in cues),
        according=words(data.get("according", ())),
        hedges=words(data.get("hedges", ())),
        negations=frozenset(data.get("negations", ())),
        negators=words(data.get("negators", ())),
        pronouns=data.get("pronouns", {}),
        nouns={noun.lower(): tuple(kinds) for noun, kinds in data.get("nouns", {}).items()},
        noun=_at_end(data.get("nouns", {})),
        people={noun: kind for kind, nouns in data.get("people", {}).items() for noun in nouns},
        channel=any_of([pattern for patterns in data.get("channels", {}).values() for pattern in patterns])
        if data.get("channels")
        else None,
        channels=tuple((name, any_of(patterns)) for name, patterns in data.get("channels", {}).items()),
        months={month.lower(): number for month, number in data.get("months", {}).items()},
        weekdays=data.get("weekdays", {}),
        relative=data.get("relative", {}),
        units={word: unit for unit, row in data.get("units", {}).items() for word in row},
        number_words=data.get("number_words", {}),
        silent=any_of(data["silent"]) if data.get("silent") else None,
        asked=tuple(re.compile(pattern, re.IGNORECASE) for pattern in data.get("asked", ())),
        unverified=any_of(data["unverified"]) if data.get("unverified") else None,
        hints={name: tuple(pieces) for name, pieces in data.get("hints", {}).items()},
        date_words=frozenset(
            first.group()
            for key in ("months", "months_in", "weekdays", "relative", "ago")
            for name in data.get(key, {})
            if (first := WORD.search(name.lower()))
        ),
        data=data,
    )


def any_of(patterns: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)


def _at_end(nouns: Mapping[str, object]) -> re.Pattern[str] | None:
    inner = "|".join(re.escape(noun) for noun in sorted(nouns, key=len, reverse=True))
    return re.compile(rf"(?<!\w)({inner})\w{{0,3}}$", re.IGNORECASE) if inner else None


def words(listed: list[str]) -> re.Pattern[str] | None:
    """A pattern for any of the words or phrases, or None without any."""
    if not listed:
        return None
    inner = "|".join(re.escape(word) for word in sorted(listed, key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?:{inner})(?!\w)", re.IGNORECASE)
