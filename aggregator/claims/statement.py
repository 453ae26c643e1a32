"""What a statement says, as far as words tell: its stems, what it is about and whether it denies it, its figures, whom it names.

Read without grammar: a negator turns round what stands within NEAR words after it in the same clause. Whoever compares statements must
therefore leave alone what is read twice over, doubted or only planned."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from aggregator.claims import concepts, figures, tokens
from aggregator.claims.concepts import Reading
from aggregator.claims.figures import Figure
from aggregator.model import ClaimAttribution

NEAR = 5  # words over which a negator reaches
NEXT = 3  # words over which "without" does
MIN_WORD = 3  # letters of a word that counts
CONTRACTED = re.compile(r"n't$")
ASSERTED = frozenset({"outcome", "act"})  # classes of what can be said or denied
NUMBER = "#"  # begins a stem that is a number
WORDINGS = 8192  # that are kept: a text's copies say the same words


@dataclass(frozen=True, slots=True)
class Statement:
    """One attribution's content, ready to be compared.

    ``said``: outcomes and acts that it asserts; ``unsaid``: those that it denies. ``doubted``: it speaks of what others say or nobody
    knows. ``since``: its figures are of a longer time."""

    row: ClaimAttribution
    language: str | None
    stems: frozenset[str]
    said: frozenset[str]
    unsaid: frozenset[str]
    scenes: frozenset[str]
    means: frozenset[str]
    actors: frozenset[str]
    figures: tuple[Figure, ...]
    places: frozenset[str]
    doubted: bool = False
    planned: bool = False
    since: bool = False

    @property
    def deeds(self) -> frozenset[str]:
        """Outcomes and acts that it speaks of, whether it says so or denies it."""
        return self.said | self.unsaid

    @property
    def meanings(self) -> frozenset[str]:
        """All that it is about."""
        return self.deeds | self.scenes | self.means


def read(row: ClaimAttribution) -> Statement:
    """Read an attribution's content. A language without words has stems and bare numbers only."""
    attribution = row.attribution
    known = _content(row.words, row.language)
    said, unsaid = (known.denied, known.told) if attribution.negated else (known.told, known.denied)
    return Statement(
        row=row,
        language=row.language,
        stems=known.stems,
        said=said,
        unsaid=_spread(unsaid),
        scenes=known.named["scene"],
        means=known.named["means"],
        actors=_actors(known, attribution.speaker.side),
        figures=known.figures,
        places=frozenset(row.place_ids),
        doubted=bool(known.told & known.denied) or (known.marks["doubted"] and not attribution.negated),
        planned=known.marks["planned"],
        since=known.marks["counted_since"],
    )


@dataclass(frozen=True, slots=True)
class _Content:
    """What words say, whoever says them."""

    stems: frozenset[str]
    told: frozenset[str]
    denied: frozenset[str]
    named: Mapping[str, frozenset[str]]  # by class of concept
    figures: tuple[Figure, ...]
    marks: Mapping[str, bool]


@lru_cache(maxsize=WORDINGS)
def _content(words: str, language: str | None) -> _Content:
    reading = Reading(tokens.read(words, language), language)
    turned = _turned(reading)
    named: dict[str, set[str]] = {kind: set() for kind in concepts.CLASSES}
    told: set[str] = set()
    denied: set[str] = set()
    for index in range(len(reading.tokens)):
        for concept, _ in reading.concepts(index):
            if concept.kind in ASSERTED:
                (denied if turned[index] else told).add(concept.name)
            else:
                named[concept.kind].add(concept.name)
    counted = figures.read(reading)
    return _Content(
        stems=_stems(reading) | {f"{NUMBER}{figure.value:g}" for figure in counted},
        told=frozenset(told),
        denied=frozenset(denied),
        named={kind: frozenset(found) for kind, found in named.items()},
        figures=counted,
        marks={mark: reading.marked(mark) for mark in ("doubted", "planned", "counted_since", "own", "enemy")},
    )


def _stems(reading: Reading) -> frozenset[str]:
    kept, all_ = set(), set()
    for index, token in enumerate(reading.tokens):
        if token.kind in ("word", "part"):
            stem = tokens.stem(token.text, reading.language)
            all_.add(stem)
            if len(token.text) >= MIN_WORD and token.text not in reading.numbers and not reading.has("stopwords", index):
                kept.add(stem)
    return frozenset(kept or all_)


def _turned(reading: Reading) -> list[bool]:
    """For each token whether a negator before it reaches it."""
    found = reading.tokens
    turned = [False] * len(found)
    for index, token in enumerate(found):
        lacks = reading.has("lacks", index)
        if not (lacks or reading.has("negators", index) or token.kind == "word" and CONTRACTED.search(token.text)):
            continue
        if reading.concepts(index) or index + 1 < len(found) and reading.has("idle", index + 1):
            continue
        for reached in range(index + 1, min(len(found), index + 1 + (NEXT if lacks else NEAR))):
            if found[reached].kind == "stop" or reading.has("clauses", reached):
                break
            turned[reached] = True
    return turned


def _spread(denied: frozenset[str]) -> frozenset[str]:
    """Denying casualties denies each sort of them."""
    covers = concepts.tables().covers
    return denied.union(*(covers[name] for name in denied if name in covers))


def _actors(known: _Content, side: str) -> frozenset[str]:
    """Those named, with "our" and "the enemy" as what they mean in the speaker's mouth."""
    found = set(known.named["actor"])
    if side not in ("unknown", "third-party"):
        if known.marks["own"]:
            found.add(side)
        if known.marks["enemy"]:
            found.add(concepts.tables().foes.get(side, f"enemy of {side}"))
    return frozenset(found)
