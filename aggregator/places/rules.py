"""The names that a text is searched for: those of the gazetteer, with people's corrections (model.PlaceRules) put over them."""

from collections.abc import Callable, Collection, Mapping
from typing import Protocol

from aggregator.errors import NotFoundError
from aggregator.model import PlaceRules
from aggregator.places.candidates import Candidates
from aggregator.places.gazetteer import Gazetteer
from aggregator.places.normalise import script_of, word_set
from aggregator.places.rows import KNOWN

MOST_KEPT = 65536
STEM = 3  # letters that two forms of a name have in common at least
ENDINGS = frozenset(("",)) | word_set(
    "а у ю я о е є і ї и ы ь й ом ем єм ам ям ою ею єю ой ей ій ої ої ого ому ому им ым ім ем их ых ів ов ами ями ах ях ові еві єві"
)  # case endings of Ukrainian and Russian names


class Names(Protocol):
    """What the recogniser asks for each run of words."""

    longest: int  # words in the longest alias
    ruled: bool  # whether there are rules at all

    def candidates(self, key: str) -> Candidates:
        """Everything a name key stands for, in no order."""
        ...

    def begins(self, word: str) -> bool:
        """Whether a name of several words may begin with this one; where not, there is none."""
        ...

    def opens(self, word: str) -> bool:
        """Whether a name, of one word or several, may begin with this one."""
        ...

    def forbids(self, key: str) -> bool:
        """Whether the name is no place here."""
        ...

    def chosen(self, key: str) -> int:
        """The row that the name means here; -1 where nobody chose."""
        ...

    def is_alias(self, key: str) -> bool:
        """Whether people taught this name."""
        ...


class _Opens(dict[str, bool]):
    """Whether names begin with the words seen lately: most words of a text are told to begin none by a look-up here alone."""

    def __init__(self, begins: Callable[[str], bool], candidates: Callable[[str], Candidates]) -> None:
        self._begins, self._candidates = begins, candidates

    def __missing__(self, word: str) -> bool:
        if len(self) >= MOST_KEPT:
            self.clear()
        opens = self[word] = self._begins(word) or bool(self._candidates(word))
        return opens


class PlainNames:
    """The gazetteer's names alone."""

    longest = 0
    ruled = False

    def __init__(self, gazetteer: Gazetteer) -> None:
        self.candidates = gazetteer.candidates
        self.begins = gazetteer.begins
        self.opens = _Opens(self.begins, self.candidates).__getitem__

    def forbids(self, key: str) -> bool:
        return False

    def chosen(self, key: str) -> int:
        return -1

    def is_alias(self, key: str) -> bool:
        return False


class RuledNames:
    """The gazetteer's names under the rules. A rule for a place that the gazetteer does not have has no effect: see ``unknown``."""

    def __init__(self, gazetteer: Gazetteer, rules: PlaceRules) -> None:
        self._gazetteer = gazetteer
        self._forbidden = rules.forbidden
        self._chosen = _rows(gazetteer, rules.chosen)
        self._aliases = _rows(gazetteer, rules.aliases)
        self._starts = {key[:n] for key in (*self._chosen, *self._aliases) for n in range(1, STEM + 1)}
        self.ruled = True
        self.longest = max((key.count(" ") + 1 for key in self._aliases), default=0)
        self._aliased: dict[str, str | None] = {}
        self.opens = _Opens(self.begins, self.candidates).__getitem__

    def candidates(self, key: str) -> Candidates:
        known = self._gazetteer.candidates(key)
        rows = {c.row for c in known}
        alias = self._alias(key)
        extra = (self._aliases[alias] if alias is not None else -1, self.chosen(key))
        taught = [self._gazetteer.candidate(row, KNOWN) for row in dict.fromkeys(extra) if row >= 0 and row not in rows]
        return Candidates((*known, *taught)) if taught else known

    def begins(self, word: str) -> bool:
        return word[:STEM] in self._starts or self._gazetteer.begins(word)

    def forbids(self, key: str) -> bool:
        return bool(self._forbidden) and ruling(self._gazetteer, key, self._forbidden) is not None

    def chosen(self, key: str) -> int:
        rule = ruling(self._gazetteer, key, self._chosen) if self._chosen else None
        return -1 if rule is None else self._chosen[rule]

    def is_alias(self, key: str) -> bool:
        return self._alias(key) is not None

    def _alias(self, key: str) -> str | None:
        if not self._aliases:
            return None
        if key not in self._aliased:
            self._aliased[key] = key if key in self._aliases else _ending(key, self._aliases)
        return self._aliased[key]


def ruling(gazetteer: Gazetteer, key: str, rules: Collection[str]) -> str | None:
    """The key of the rule that a name falls under: its own, or that of a name of the same place of which it is a case form."""
    if key in rules:
        return key
    forms = {c.row for c in gazetteer.candidates(key)} if script_of(key) == "cyrillic" else set()
    if forms:
        for rule in rules:
            if rule[:STEM] == key[:STEM] and forms & {c.row for c in gazetteer.candidates(rule)}:
                return rule
    return _ending(key, rules)


def _ending(key: str, rules: Collection[str]) -> str | None:
    """The Cyrillic rule from which a key differs by case endings alone."""
    if script_of(key) != "cyrillic":
        return None
    return next((rule for rule in rules if rule[:STEM] == key[:STEM] and same_but_for_endings(key, rule)), None)


def same_but_for_endings(key: str, other: str) -> bool:
    """Whether the words of two Cyrillic keys are the same one by one, each but for its case ending: ``великою новосілкою``."""
    pairs = list(zip(key.split(), other.split(), strict=False))
    return key.count(" ") == other.count(" ") and all(_same_word(a, b) for a, b in pairs)


def _same_word(a: str, b: str) -> bool:
    stem = 0
    while stem < min(len(a), len(b)) and a[stem] == b[stem]:
        stem += 1
    return a == b or (stem >= STEM and a[stem:] in ENDINGS and b[stem:] in ENDINGS)


def unknown(gazetteer: Gazetteer, rules: PlaceRules) -> tuple[str, ...]:
    """Ids of places that rules name and the gazetteer does not have, in order."""
    wanted = {*rules.chosen.values(), *rules.aliases.values()}
    return tuple(sorted(ident for ident in wanted if _row(gazetteer, ident) < 0))


def _rows(gazetteer: Gazetteer, places: Mapping[str, str]) -> dict[str, int]:
    found = {key: _row(gazetteer, ident) for key, ident in places.items()}
    return {key: row for key, row in found.items() if row >= 0}


def _row(gazetteer: Gazetteer, ident: str) -> int:
    try:
        return gazetteer.row(ident)
    except NotFoundError:
        return -1
