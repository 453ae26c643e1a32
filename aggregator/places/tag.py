"""Tags the places of a text: recognise, resolve, give roles. ``PlaceTagger`` is what the rest of the product uses."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from types import MappingProxyType

from aggregator.model import NO_PLACE_RULES, NOTHING_SAID, Mention, PlaceRules, SaidParts, Span
from aggregator.places.confidence import calibration
from aggregator.places.explain import Explained, Ranked
from aggregator.places.found import Found
from aggregator.places.gazetteer import Gazetteer
from aggregator.places.habit import Usual
from aggregator.places.lexicon import Lexicon, lexicon
from aggregator.places.marks import PEOPLE
from aggregator.places.normalise import spans_of
from aggregator.places.recognise import recognise
from aggregator.places.resolve import Resolution
from aggregator.places.roles import Part, RoleWeights, because, role_weights, roles
from aggregator.places.rules import Names, PlainNames, RuledNames
from aggregator.places.said import Spoken, primary, spoken
from aggregator.places.scene import Scene
from aggregator.places.text import Text

NOTHING_USUAL: Mapping[str, float] = MappingProxyType({})
HARD = frozenset(("person_before", "person_after", "stop", "surname", "forbidden"))  # what no context outweighs


@dataclass(frozen=True, slots=True)
class PlaceTags:
    """Every place named in a body, in text order and without overlaps, and the one to three it is mainly about."""

    mentions: tuple[Mention, ...] = ()
    primary_places: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Seen:
    """What the tagger made of a text, step by step: from this it tags, and explains."""

    body: str
    found: list[Found]
    kept: list[Found]
    resolution: Resolution
    scene: Scene
    mentions: tuple[Mention, ...]
    parts: list[Part]
    spoken: Spoken


class _CountryRows(dict[str, int]):
    """The row of each country by its code (ISO alpha-2), -1 for one that is not known."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._gazetteer = gazetteer

    def __missing__(self, code: str) -> int:
        row = self[code] = self._gazetteer.country_row(code)
        return row


class PlaceTagger:
    """Finds places with one gazetteer. Safe to share between threads."""

    def __init__(self, gazetteer: Gazetteer, words: Lexicon | None = None, parts: RoleWeights | None = None) -> None:
        """``words`` and ``parts``: other lists and weights than those shipped, as the training tries them."""
        self._gazetteer = gazetteer
        self._lexicon = words or lexicon()
        self._role_weights = parts or role_weights()
        self._sure = calibration()
        self._country_rows = _CountryRows(gazetteer)
        self._plain = PlainNames(gazetteer)
        self._ruled: tuple[PlaceRules, Names] = (NO_PLACE_RULES, self._plain)

    def tag(
        self,
        title: str,
        body: str,
        *,
        language: str | None,
        skip: Sequence[Span] = (),
        home: str | None = None,
        rules: PlaceRules = NO_PLACE_RULES,
        said: SaidParts = NOTHING_SAID,
        usual: Mapping[str, float] = NOTHING_USUAL,
    ) -> PlaceTags:
        """Tag ``body``; the title only lends context. Nothing that touches a span of ``skip`` is tagged.

        ``home`` is the outlet's country (ISO alpha-2): it breaks ties and never outweighs the text. ``usual``: the share (0..1) of its
        feed's articles that speak of each country, which chooses between places where the text says nothing to choose by. ``rules``
        outweigh all of it. ``said``: roles and a leading place that people set in this text.
        """
        seen = self._see(title, body, language, skip, home, rules, said, usual)
        return PlaceTags(seen.mentions, primary(seen.mentions, seen.spoken, said.leading, title, body))

    def explain(
        self,
        title: str,
        body: str,
        *,
        language: str | None,
        skip: Sequence[Span] = (),
        home: str | None = None,
        rules: PlaceRules = NO_PLACE_RULES,
        said: SaidParts = NOTHING_SAID,
        usual: Mapping[str, float] = NOTHING_USUAL,
        most: int = 8,
    ) -> tuple[Explained, ...]:
        """Why ``tag`` takes what it takes and leaves what it leaves: every span looked at, in text order, with at most ``most`` candidates
        each."""
        seen = self._see(title, body, language, skip, home, rules, said, usual)
        taken = {id(one): n for n, one in enumerate(seen.kept)}
        return tuple(self._explained(one, seen, taken.get(id(one), -1), most) for one in seen.found)

    @property
    def threshold(self) -> float:
        """The score from which on a name is taken as a place."""
        return self._lexicon.weights["threshold"]

    def look(self, title: str, body: str, *, language: str | None) -> "Seen":
        """All that the tagger makes of a text: what the training learns from."""
        return self._see(title, body, language, (), None, NO_PLACE_RULES, NOTHING_SAID, NOTHING_USUAL)

    def _see(
        self,
        title: str,
        body: str,
        language: str | None,
        skip: Sequence[Span],
        home: str | None,
        rules: PlaceRules,
        said: SaidParts,
        usual: Mapping[str, float],
    ) -> "Seen":
        words = self._lexicon.words(language)
        text, head = Text(body, skip, language), spans_of(title)[2]
        found = recognise(text, language, self._names(rules), self._lexicon)
        threshold = self.threshold
        peoples = self._peoples(map(text.keys.__getitem__, text.marked(PEOPLE)), head)
        in_title = frozenset(head)
        self._support(found, in_title, peoples)
        kept = self._kept(found, threshold)
        resolution = Resolution(kept, peoples, self._home(home), self._by_row(usual))
        mentions = []
        for one, meaning in zip(kept, resolution.meanings, strict=True):
            confidence = self._sure(one.score - threshold, meaning.confidence)
            place = self._gazetteer.place(meaning.candidate.row)
            mentions.append(Mention(one.start, one.end, body[one.start : one.end], place, "mention", confidence))
        capitals = [meaning.candidate.capital for meaning in resolution.meanings]
        scene = Scene(mentions, capitals, kept, text, words, in_title)
        parts = roles(scene, self._role_weights)
        by_people = spoken(said, kept, text, language, self._gazetteer)
        told = tuple(
            Mention(m.start, m.end, m.text, m.place, part.role if by_hand is None else by_hand.role, m.confidence, phrase)
            for m, part, by_hand, phrase in zip(mentions, parts, by_people, scene.relations, strict=True)
        )
        return Seen(body, found, kept, resolution, scene, told, parts, by_people)

    def _names(self, rules: PlaceRules) -> Names:
        if not rules:
            return self._plain
        known, names = self._ruled
        if known is not rules:
            names = RuledNames(self._gazetteer, rules)
            self._ruled = (rules, names)  # one assignment, so that threads see both or neither
        return names

    def _explained(self, one: Found, seen: "Seen", n: int, most: int) -> Explained:
        weights = self._lexicon.weights
        ranked = [(sum(parts.values()), c, parts) for c, parts in seen.resolution.parts(one)[:most]]
        mass = [math.exp(score - ranked[0][0]) for score, _, _ in ranked]
        said = Explained(
            one.start,
            one.end,
            seen.body[one.start : one.end],
            one.key,
            n >= 0,
            round(one.score, 3),
            weights["threshold"],
            tuple((reason, round(weights[reason] * times, 3)) for reason, times in one.reasons.items()),
            tuple(
                Ranked(
                    self._gazetteer.place(c.row),
                    round(score, 3),
                    tuple((part, round(value, 3)) for part, value in parts.items()),
                    round(share / sum(mass), 3),
                )
                for (score, c, parts), share in zip(ranked, mass, strict=True)
            ),
        )
        if n < 0:
            return said
        mention, by_people = seen.mentions[n], seen.spoken[n]
        why = because(seen.parts[n], self._role_weights) if by_people is None else by_people.because
        return replace(said, confidence=mention.confidence, role=mention.role, role_because=why, relation=mention.relation)

    def _peoples(self, *texts: Iterable[str]) -> dict[int, int]:
        """How often words are adjectives of each country (by row)."""
        counts: dict[int, int] = {}
        for key in chain(*texts):
            code = self._lexicon.people_of(key)
            row = -1 if code is None else self._country_rows[code]
            if row >= 0:
                counts[row] = counts.get(row, 0) + 1
        return counts

    def _support(self, found: list[Found], in_title: frozenset[str], peoples: Mapping[int, int]) -> None:
        """Let the rest of the document speak for names that are not sure by themselves."""
        weights = self._lexicon.weights
        threshold = weights["threshold"]
        sure = Counter(one.key for one in found if one.score >= threshold + 1.0)
        anchors = [one.candidates.likeliest for one in found if one.score >= threshold + 0.5]
        regions = {row for c in anchors for row in ((c.row,) if c.kind == "region" else (c.region,)) if row >= 0}
        countries = {c.row if c.kind == "country" else c.country for c in anchors} | set(peoples)
        for one in found:
            if not HARD.isdisjoint(one.reasons):
                continue
            if sure[one.key] > (one.score >= threshold + 1.0):  # another mention of it, that is
                one.hold("said_again", weights)
            elif one.key in in_title:
                one.hold("title", weights)
            if one.score >= threshold + 1.0:
                continue
            if not regions.isdisjoint(one.candidates.regions_above):
                one.hold("context", weights)
            elif not countries.isdisjoint(one.candidates.countries_above):
                one.hold("same_country", weights)

    @staticmethod
    def _kept(found: list[Found], threshold: float) -> list[Found]:
        """Those over the threshold, their links to containers renumbered."""
        numbers = {}
        kept: list[Found] = []
        for n, one in enumerate(found):
            if one.score >= threshold:
                numbers[n] = len(kept)
                kept.append(one)
        for one in found:
            one.inside = numbers.get(one.inside, -1)
        return kept

    def _by_row(self, usual: Mapping[str, float]) -> Usual:
        """The shares by the rows of the countries; those that the gazetteer does not have are left out."""
        return {row: share for code, share in usual.items() if (row := self._country_rows[code]) >= 0}

    def _home(self, country: str | None) -> int:
        return -1 if country is None else self._country_rows[country]
