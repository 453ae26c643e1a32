"""The words of ``data/concepts.yaml`` by language: what statements are about, how their figures are bounded, what turns them round.

Everything is looked up by tokens as ``tokens.read`` gives them: casefolded and without marks."""

import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from aggregator.claims.tokens import Token, plain
from aggregator.errors import SettingsError

DATA = Path(__file__).parent / "data" / "concepts.yaml"
CLASSES = ("outcome", "act", "scene", "means", "object", "actor")
MARKS = (
    *("negators", "lacks", "idle", "clauses", "doubted", "planned", "own", "enemy"),
    *("counted_since", "including", "out_of", "part_of", "them", "grown", "measures", "months", "conjunctions", "stopwords"),
)

SHORTEST = 2  # letters of a word that may go on


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a word or phrase stands for. ``kind``: one of CLASSES, "mark" or "bound"."""

    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class _Pattern:
    """Parts that follow each other, each with whether it may go on."""

    parts: tuple[tuple[str, bool], ...]
    meaning: Meaning

    def end(self, texts: Sequence[str], at: int) -> int | None:
        """Where it ends if it begins at ``at``."""
        if at + len(self.parts) > len(texts):
            return None
        for (part, open_), text in zip(self.parts, texts[at:], strict=False):
            if not (text.startswith(part) if open_ else text == part):
                return None
        return at + len(self.parts)


@dataclass(frozen=True)
class Lexicon:
    """One language: patterns by the whole of their first word, or by what it begins with."""

    whole: Mapping[str, tuple[_Pattern, ...]]
    begun: Mapping[str, tuple[_Pattern, ...]]
    lengths: tuple[int, ...]  # of the keys of ``begun``
    numbers: Mapping[str, int]
    multipliers: Mapping[str, int]

    def at(self, texts: Sequence[str], index: int) -> list[tuple[Meaning, int]]:
        """What begins at this token, each with the index after its end."""
        text = texts[index]
        patterns = list(self.whole.get(text, ()))
        for length in self.lengths:
            patterns += self.begun.get(text[:length], ()) if length <= len(text) else ()
        return [(pattern.meaning, end) for pattern in patterns if (end := pattern.end(texts, index)) is not None]


class Reading:
    """A text's tokens with what begins at each of them; nothing does in a language without words."""

    def __init__(self, tokens: Sequence[Token], language: str | None) -> None:
        words = load(language)
        self.tokens, self.language = tokens, language
        self.texts = [token.text for token in tokens]
        self.numbers = words.numbers if words else {}
        self.multipliers = words.multipliers if words else {}
        self._found = [words.at(self.texts, n) if words and token.kind == "word" else [] for n, token in enumerate(tokens)]

    def concepts(self, index: int) -> list[tuple[Meaning, int]]:
        """The concepts that begin at a token, each with the index after its end."""
        return [(meaning, end) for meaning, end in self._found[index] if meaning.kind in CLASSES]

    def bounds(self, index: int) -> list[tuple[str, int]]:
        """The bounds of a number that begin at a token ("at least")."""
        return [(meaning.name, end) for meaning, end in self._found[index] if meaning.kind == "bound"]

    def has(self, mark: str, index: int) -> bool:
        """Whether a word or phrase of this mark begins at the token."""
        return any(meaning.kind == "mark" and meaning.name == mark for meaning, _ in self._found[index])

    def marked(self, mark: str) -> bool:
        """Whether the text has such a word anywhere."""
        return any(self.has(mark, index) for index in range(len(self.tokens)))


@dataclass(frozen=True, slots=True)
class Tables:
    """What holds in every language."""

    excludes: frozenset[frozenset[str]]
    covers: Mapping[str, frozenset[str]]
    kinds: Mapping[str, str]
    foes: Mapping[str, str]
    common: frozenset[str]
    telling: frozenset[str]


@functools.cache
def _data() -> Mapping[str, Any]:
    found: Mapping[str, Any] = yaml.load(DATA.read_bytes(), yaml.CSafeLoader)
    return found


@functools.cache
def tables() -> Tables:
    """The tables that need no language."""
    data = _data()
    kinds = {name: kind for kind in CLASSES for name in data[kind]}
    excludes = frozenset(frozenset(pair) for pair in data["excludes"])
    covers = {name: frozenset(covered) for name, covered in data["covers"].items()}
    return Tables(excludes, covers, kinds, data["foes"], frozenset(data["common"]), frozenset(data["telling"]))


def languages() -> tuple[str, ...]:
    """Those that have words."""
    return tuple(_data()["negators"])


@functools.cache
def load(language: str | None) -> Lexicon | None:
    """The words of a language; None where there are none."""
    if language not in languages():
        return None
    data = _data()
    rows = [(words.get(language, ""), Meaning(kind, name)) for kind in CLASSES for name, words in data[kind].items()]
    rows += [(data[mark].get(language, ""), Meaning("mark", mark)) for mark in MARKS]
    rows += [(words.get(language, ""), Meaning("bound", bound)) for bound, words in data["bounds"].items()]
    whole: dict[str, list[_Pattern]] = {}
    begun: dict[str, list[_Pattern]] = {}
    for pattern in _patterns(rows):
        head, open_ = pattern.parts[0]
        (begun if open_ else whole).setdefault(head, []).append(pattern)
    return Lexicon(
        whole={head: tuple(patterns) for head, patterns in whole.items()},
        begun={head: tuple(patterns) for head, patterns in begun.items()},
        lengths=tuple(sorted({len(head) for head in begun})),
        numbers={plain(word): value for word, value in data["numbers"].get(language, {}).items()},
        multipliers={plain(word): value for word, value in data["multipliers"].get(language, {}).items()},
    )


def _patterns(rows: Iterable[tuple[str, Meaning]]) -> Iterator[_Pattern]:
    for row, meaning in rows:
        for entry in row.split():
            parts = tuple((plain(part.rstrip("*")), part.endswith("*")) for part in entry.split("_"))
            if any(len(part) < (SHORTEST if open_ else 1) for part, open_ in parts):
                raise SettingsError(f"{DATA.name}: {entry!r} would stand for too much.")
            yield _Pattern(parts, meaning)
