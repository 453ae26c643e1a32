"""The word lists, traps and weights of the recogniser (``data/``), loaded once by the tagger."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from aggregator.places.normalise import name_key

DATA = files("aggregator.places") / "data"
LANGUAGES = ("en", "uk", "ru", "ar", "he", "fr", "de", "es", "tr", "fa")
LEAST_STEM = 3
PEOPLE_HEAD = 4  # letters of the shortest stem of the words for a people
LEAST_INFLECTED = 5  # letters: a word of no more is no form of a stem
FIELDS = (
    "cues",
    "region_words",
    "district_words",
    "settlement_words",
    "organisations",
    "bearers",
    "bearers_before",
    "titles",
    "metonym_verbs",
    "metonym_stems",
    "of",
    "stop",
    "lower",
    "directions",
    "acronyms",
    "abbreviations",
    "surnames",
)


@dataclass(frozen=True, slots=True)
class Words:
    """The lists of one language, as sets of keys; a phrase of several words is one key with spaces."""

    cues: frozenset[str]
    region_words: frozenset[str]
    district_words: frozenset[str]
    settlement_words: frozenset[str]
    organisations: frozenset[str]
    bearers: frozenset[str]  # behind a place: papers, clubs, firms, units, treaties that are named after it and are elsewhere
    titles: frozenset[str]
    metonym_verbs: frozenset[str]
    metonym_stems: frozenset[str]
    of: frozenset[str]  # between the word for a kind of place and its name: "town of", "ville de"
    stop: frozenset[str]
    lower: frozenset[str]
    directions: frozenset[str]
    bearers_before: frozenset[str]  # likewise before it: "Dynamo Kyiv", "University of Michigan"
    acronyms: frozenset[str]
    abbreviations: frozenset[str]
    surnames: frozenset[str]

    def speaks(self, key: str, next_key: str = "") -> bool:
        """Whether a verb, or the two words that it makes with the next, is of what governments and people do with words."""
        if key in self.metonym_verbs or (next_key and f"{key} {next_key}" in self.metonym_verbs):
            return True
        stems = self.metonym_stems
        return bool(stems) and any(key[:n] in stems for n in range(LEAST_STEM, len(key) + 1))


class _Languages(dict[str, Words]):
    """The lists by language, made when a text of that language comes first: most processes never see some of them."""

    def __init__(self, data: Mapping[str, Mapping[str, str]], shared: Mapping[str, frozenset[str]]) -> None:
        self._data, self._shared = data, shared

    def __missing__(self, language: str) -> Words:
        lists = {name: _keys(self._data[language].get(name, "")) for name in FIELDS}
        words = self[language] = Words(**{**lists, **self._shared})
        return words


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Everything the recogniser knows beside the gazetteer."""

    languages: Mapping[str, Words]
    given_names: frozenset[str]
    names_too: frozenset[str]  # given names that are places as often
    traps: frozenset[str]
    trap_words: int  # the longest trap, in words
    trap_starts: frozenset[str]
    weights: Mapping[str, float]
    peoples: Mapping[str, str]  # word -> country
    people_stems: Mapping[str, str]  # how words begin -> country
    people_heads: frozenset[str]  # how the stems begin: most words are told not to be of a people by that

    def people_of(self, key: str) -> str | None:
        """The country whose adjective or people a word names."""
        known = self.peoples.get(key)
        if known is None and len(key) > LEAST_INFLECTED and key[:PEOPLE_HEAD] in self.people_heads:
            stems = self.people_stems
            return next((stems[key[:n]] for n in range(len(key), PEOPLE_HEAD - 1, -1) if key[:n] in stems), None)
        return known

    def words(self, language: str | None) -> Words:
        """The lists of a language; English for one that has none."""
        return self.languages[language if language in LANGUAGES else "en"]


@cache
def lexicon() -> Lexicon:
    """Load the lists; a second call returns the same."""
    data = json.loads((DATA / "words.json").read_text(encoding="utf-8"))
    traps = frozenset(
        name_key(line) for line in (DATA / "traps.txt").read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")
    )
    weights = {k: v for k, v in json.loads((DATA / "weights.json").read_text(encoding="utf-8")).items() if k != "about"}
    people = json.loads((DATA / "people.json").read_text(encoding="utf-8"))
    shared = {name: _keys(data["en"][name]) for name in ("acronyms", "abbreviations", "surnames")}
    peoples, stems = _peoples()
    shared["surnames"] |= _keys(",".join(people["surnames"]))
    return Lexicon(
        _Languages(data, shared),
        _keys(",".join((data["given_names"], *people["given_names"]))),
        _keys(data["names_too"]),
        traps,
        max(trap.count(" ") + 1 for trap in traps),
        frozenset(trap.partition(" ")[0] for trap in traps),
        weights,
        peoples,
        stems,
        frozenset(stem[:PEOPLE_HEAD] for stem in stems),
    )


def _peoples() -> tuple[dict[str, str], dict[str, str]]:
    """Countries by the words, and by the stems, for their people."""
    words: dict[str, str] = {}
    stems: dict[str, str] = {}
    for line in (DATA / "demonyms.tsv").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            code, names = line.split("\t")
            for name in names.split(","):
                (stems if name.endswith("*") else words)[name_key(name)] = code
    return words, stems


def _keys(text: str) -> frozenset[str]:
    return frozenset(key for key in (name_key(part) for part in text.split(",")) if key)
