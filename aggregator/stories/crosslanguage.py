"""One event told in several languages: what texts without a word in common may share.

Two texts in different languages are of one event if they are mainly about the same town, village or site, came out within a day and a half,
and what else they share that no language hides weighs enough: what is counted (killed, wounded, drones ...), figures, further places,
cited sources, and people's names by their consonants. The rarer among the live texts, the more each weighs. Where both count the same
kind of thing and come to other numbers, they are two events, or nobody can tell. What is not sure stays apart.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from itertools import combinations, pairwise
from math import log
from pathlib import Path

import yaml

from aggregator.model import StoryDocument

NEAR = timedelta(hours=36)
LEAD = 1200  # characters of the body that are read
ENOUGH = 1000  # weight from which two texts are of one event
AHEAD = 1.25  # how many times the weight of the next the best has
PRIOR = 60  # texts that rarity is reckoned with before there are any
BASE = {"counted": 1000, "counted few": 350, "figure": 700, "round": 450, "small": 350, "place": 600, "source": 500, "name": 600}
VOICES = 800  # at most for sources and names together: one speaker says much in a day
FEW = 3  # up to which numbers are in most reports
SMALL = 10
YEARS = range(1900, 2100)
FIGURES = 4  # of each of two texts, from which on
SAME_FIGURES = 0.5  # this share must be the same, or each is a bulletin of its own
SKELETON = 3  # consonants that a full name has in its longer part, at least; both together twice that less one

COUNTS = Path(__file__).parent / "data" / "counts.yaml"
_TOKEN = re.compile(r"[^\W_]+(?:['’ʼ][^\W_]+)*|[^\w\s]")
_CONSONANTS = {
    **dict(zip("bpfvcqkghdtszjxmnlr", "bbffkkkhhdtssssmnlr", strict=True)),
    **dict(zip("бпфвкгґхдтсзжшчщцмнлр", "bbffkhhhdtsssssssmnlr", strict=True)),
    **dict(zip("بپفڤكقکغخگهحدذضتطثسزشجصظمنلر", "bbffkkkhhhhhdddtttssssssmnlr", strict=True)),
}
_DIGRAPHS = {"kh": "h", "gh": "h", "sch": "s", "tch": "s", "sh": "s", "ch": "s", "zh": "s", "ts": "s", "дж": "ж", "تس": "س"}


@dataclass(frozen=True, slots=True)
class Evidence:
    """What of a text other languages share. ``counts``: kind and number of what is counted; ``figures``: numbers of which nobody knows
    what they count; ``names``: consonants of full names."""

    language: str
    at: datetime
    sites: frozenset[str]
    places: frozenset[str]
    sources: frozenset[str]
    counts: frozenset[tuple[str, int]]
    figures: frozenset[int]
    names: frozenset[str]

    def marks(self) -> Iterable[str]:
        """All of it as terms whose rarity counts."""
        yield from (f"@{place}" for place in self.places | self.sites)
        yield from (f"!{source}" for source in self.sources)
        yield from (f"#{kind} {number}" for kind, number in self.counts)
        yield from (f"#{number}" for number in self.figures)
        yield from (f"={name}" for name in self.names)


@dataclass(frozen=True, slots=True)
class _Words:
    kinds: tuple[tuple[str, str], ...]  # beginning of a word, kind
    numbers: Mapping[str, int]
    breaks: frozenset[str]


@cache
def _words() -> _Words:
    data = yaml.safe_load(COUNTS.read_text(encoding="utf-8"))
    kinds = tuple((stem, kind) for kind, stems in data["kinds"].items() for stem in stems)
    numbers = {word: number for number, words in data["numbers"].items() for word in words}
    return _Words(kinds, numbers, frozenset(data["breaks"]))


def evidence(document: StoryDocument) -> Evidence | None:
    """What of an article other languages share; None where its language is not known or it is about no town, village or site."""
    if not document.language or not document.sites:
        return None
    text = unicodedata.normalize("NFKC", f"{document.title}.\n{document.body[:LEAD]}")
    counts, figures = _numbers(text)
    return Evidence(
        document.language.split("-")[0].lower(),
        document.at,
        frozenset(document.sites),
        frozenset(document.place_ids),
        frozenset(document.source_ids),
        counts,
        figures,
        frozenset(_names(text)),
    )


def weight(a: Evidence, b: Evidence, rarity: Mapping[str, int], texts: int) -> int:
    """What two texts share, in thousandths of one rare agreement; 0 where they cannot be of one event. ``rarity``: texts with each mark."""
    if a.language == b.language or abs(a.at - b.at) > NEAR or a.sites.isdisjoint(b.sites) or contradict([a], [b]):
        return 0

    def worth(mark: str, base: str) -> int:
        return round(BASE[base] * log((PRIOR + texts) / (min(rarity.get(mark, 0), texts) + 1)) / log(PRIOR + texts))

    found = sum(worth(f"#{kind} {number}", "counted few" if number <= FEW else "counted") for kind, number in a.counts & b.counts)
    found += sum(worth(f"#{number}", _size(number)) for number in _loose(a, b))
    places = (a.places | a.sites) & (b.places | b.sites)
    main = min(a.sites & b.sites)
    found += sum(worth(f"@{place}", "place") for place in places & (a.sites | b.sites) if place != main)
    voices = sum(worth(f"!{source}", "source") for source in a.sources & b.sources)
    voices += sum(worth(f"={name}", "name") for name in a.names & b.names)
    return found + min(voices, VOICES)


def contradict(a: Sequence[Evidence], b: Sequence[Evidence]) -> bool:
    """Whether texts of two parts count the same kind of thing and never come to the same number, or are full of other figures."""
    ours, theirs = (_by_kind(part) for part in (a, b))
    if any(ours[kind].isdisjoint(theirs[kind]) for kind in ours.keys() & theirs.keys()):
        return True
    one, other = (frozenset(number for each in part for number in _all(each) if number > FEW) for part in (a, b))
    return min(len(one), len(other)) >= FIGURES and len(one & other) < SAME_FIGURES * min(len(one), len(other))


def contrary(a: Sequence[Evidence], b: Sequence[Evidence]) -> bool:
    """Whether what one part says of a place in one language contradicts what the other says of it in others, so that they are two events
    however like they look: a place, a source and a name are most of what two short texts in two languages can share."""
    for language in {each.language for each in a}:
        ours, theirs = [each for each in a if each.language == language], [each for each in b if each.language != language]
        sites = {site for each in ours for site in each.sites}
        there = [each for each in theirs if not sites.isdisjoint(each.sites)]
        if there and contradict(ours, there):
            return True
    return False


def best(own: Sequence[Evidence], others: Mapping[int, Sequence[Evidence]], weights: Mapping[int, int]) -> tuple[int, int] | None:
    """Which of several parts tells of the same event in other languages, with its weight; None where none does, or two in one language
    do that are about as like. A part in the same language is another event: its words would have told. ``weights``: of each part's text
    that shares most with one of ``own``."""
    spoken = {number: {each.language for each in part} for number, part in others.items()}
    languages = {each.language for each in own}
    ranked = sorted(
        (-found, number)
        for number, found in weights.items()
        if found >= ENOUGH and languages.isdisjoint(spoken[number]) and not contradict(own, others[number])
    )
    if not ranked:
        return None
    found, number = -ranked[0][0], ranked[0][1]
    rival = next((-other for other, n in ranked[1:] if not spoken[number].isdisjoint(spoken[n])), 0)
    return (number, found) if found >= AHEAD * rival else None


class Witnesses:
    """The evidence of the live articles, found by the places that they are about."""

    def __init__(self) -> None:
        self._held: dict[int, Evidence] = {}
        self._at: dict[str, set[int]] = {}
        self.with_mark: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._held)

    def put(self, article_id: int, found: Evidence | None) -> None:
        """Hold an article's evidence, in the place of what was held of it."""
        self.drop(article_id)
        if found is not None:
            self._held[article_id] = found
            self.with_mark.update(found.marks())
            for site in found.sites:
                self._at.setdefault(site, set()).add(article_id)

    def drop(self, article_id: int) -> None:
        found = self._held.pop(article_id, None)
        if found is not None:
            self.with_mark -= Counter(found.marks())
            for site in found.sites:
                self._at[site].discard(article_id)
                if not self._at[site]:
                    del self._at[site]

    def of(self, articles: Iterable[int]) -> list[Evidence]:
        """The evidence of those articles that have any, in order of their ids."""
        return [self._held[article] for article in sorted(articles) if article in self._held]

    def near(self, found: Evidence) -> dict[int, int]:
        """The articles in other languages that are of one event with a text, by themselves, with their weight."""
        articles = sorted({article for site in found.sites for article in self._at.get(site, ())})
        weights = {article: self.weight(found, self._held[article]) for article in articles}
        return {article: each for article, each in weights.items() if each >= ENOUGH}

    def weight(self, a: Evidence, b: Evidence) -> int:
        """``weight`` among the live texts."""
        return weight(a, b, self.with_mark, len(self))

    def join(self, parts: Sequence[Sequence[Evidence]], barred: Iterable[tuple[int, int]] = ()) -> list[list[int]]:
        """Parts (by their numbers) that are one event in several languages; each in one list, alone or with others. Two become one if each
        is the best of the other. ``barred``: pairs of parts that may not."""
        held = {number: list(part) for number, part in enumerate(parts)}
        members = {number: [number] for number in held}
        weights = self._weights(parts)
        for pair in barred:
            weights.pop(pair, None)
            weights.pop(pair[::-1], None)
        while True:
            near: dict[int, dict[int, int]] = {}
            for (one, other), found in weights.items():
                near.setdefault(one, {})[other] = found
            choice = {number: best(held[number], {n: held[n] for n in others}, others) for number, others in near.items()}
            mutual = [
                (-found[1], number, found[0])
                for number, found in choice.items()
                if found is not None and number < found[0] and (back := choice[found[0]]) is not None and back[0] == number
            ]
            if not mutual:
                return list(members.values())
            _, one, other = min(mutual)
            held[one] += held.pop(other)
            members[one] += members.pop(other)
            weights = _joined(weights, one, other)

    def _weights(self, parts: Sequence[Sequence[Evidence]]) -> dict[tuple[int, int], int]:
        """For each two parts the weight of their texts that share most, both ways round, if it is enough."""
        found: dict[tuple[int, int], int] = {}
        about: dict[str, list[tuple[int, Evidence]]] = {}
        for number, part in enumerate(parts):
            for each in part:
                for site in each.sites:
                    about.setdefault(site, []).append((number, each))
        for texts in about.values():
            for (one, a), (other, b) in combinations(texts, 2):
                if one != other and (shared := self.weight(a, b)) >= max(ENOUGH, found.get((one, other), 0)):
                    found[one, other] = found[other, one] = shared
        return found


def _joined(weights: Mapping[tuple[int, int], int], one: int, other: int) -> dict[tuple[int, int], int]:
    """The weights once ``other`` has become part of ``one``."""
    found: dict[tuple[int, int], int] = {}
    for pair, each in weights.items():
        a, b = (one if number == other else number for number in pair)
        if a != b:
            found[a, b] = max(each, found.get((a, b), 0))
    return found


def _by_kind(part: Iterable[Evidence]) -> dict[str, set[int]]:
    found: dict[str, set[int]] = {}
    for each in part:
        for kind, number in each.counts:
            found.setdefault(kind, set()).add(number)
    return found


def _all(found: Evidence) -> frozenset[int]:
    return found.figures | {number for _, number in found.counts}


def _loose(a: Evidence, b: Evidence) -> frozenset[int]:
    """Numbers in both texts that are not counted the same in both, but for small ones and years."""
    counted = {number for _, number in a.counts & b.counts}
    return frozenset(number for number in _all(a) & _all(b) - counted if number > FEW and number not in YEARS)


def _size(number: int) -> str:
    if number < SMALL:
        return "small"
    return "round" if number % 10 == 0 else "figure"


def _numbers(text: str) -> tuple[frozenset[tuple[str, int]], frozenset[int]]:
    """What is counted, and the other figures."""
    words = _words()
    counts: set[tuple[str, int]] = set()
    figures: set[int] = set()
    segment: list[tuple[str | None, int | None]] = []
    for match in _TOKEN.finditer(text + "."):
        token = match[0].lower()
        joined = len(token) > 3 and token[0] == "و"
        if joined or token in words.breaks or not token[0].isalnum() and token not in "-'’«»\"":
            _count(segment, counts, figures)
            segment = []
        if token[0].isalnum() and token not in words.breaks:
            segment.append(_read(token, joined, words))
    return frozenset(counts), frozenset(figures)


def _read(token: str, joined: bool, words: _Words) -> tuple[str | None, int | None]:
    """The kind that a word names, and the number that it is."""
    if token.isdigit():
        return None, int(token)
    for form in (token, token[1:]) if joined else (token,):
        bare = form.removeprefix("ال")
        if bare in words.numbers:
            return None, words.numbers[bare]
        for stem, kind in words.kinds:
            if bare.startswith(stem):
                return kind, None
    return None, None


def _count(segment: Sequence[tuple[str | None, int | None]], counts: set[tuple[str, int]], figures: set[int]) -> None:
    """Give each number of a stretch without a break to the nearest word that may count by it."""
    numbers = {i: number for i, (_, number) in enumerate(segment) if number is not None}
    figures.update(number for number in numbers.values() if number > FEW and number not in YEARS)
    kinds = [(i, kind) for i, (kind, _) in enumerate(segment) if kind is not None]
    for i, number in numbers.items():
        if kinds and number not in YEARS:
            counts.add((min(kinds, key=lambda each: (abs(each[0] - i), each[0]))[1], number))


def skeleton(word: str) -> str:
    """The consonants of a name, those that are mixed up between languages as one: ``Horbenko``, ``Горбенко``, ``غوربينكو``: ``hrbnk``."""
    word = "".join(c for c in unicodedata.normalize("NFKD", word.lower()) if not unicodedata.combining(c))
    for pair, one in _DIGRAPHS.items():
        word = word.replace(pair, one)
    letters = [_CONSONANTS[c] for c in word if c in _CONSONANTS]
    return "".join(letter for i, letter in enumerate(letters) if not i or letters[i - 1] != letter)


def _names(text: str) -> Iterable[str]:
    """Full names: pairs of neighbouring words, both with a capital where the script has any."""
    for one, other in pairwise(_TOKEN.finditer(text)):
        a, b = one[0], other[0]
        if text[one.end() : other.start()] == " " and _may_be_name(a) and _may_be_name(b):
            first, last = skeleton(a), skeleton(b)[:4]
            if len(last) >= SKELETON and len(first) + len(last) >= 2 * SKELETON - 1:
                yield f"{first[:3]} {last}"


def _may_be_name(word: str) -> bool:
    """Whether a word has a capital, or its script none."""
    return word[0].isalpha() and not word[0].islower()
