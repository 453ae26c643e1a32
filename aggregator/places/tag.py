"""Tags the places of a text: recognise, resolve, give roles. ``PlaceTagger`` is what the rest of the product uses."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from aggregator.model import Mention, Span
from aggregator.places.gazetteer import Gazetteer
from aggregator.places.lexicon import lexicon
from aggregator.places.normalise import words_of
from aggregator.places.recognise import Found, Text, recognise
from aggregator.places.resolve import resolve
from aggregator.places.roles import primary_places, roles


@dataclass(frozen=True, slots=True)
class PlaceTags:
    """Every place named in a body, in text order and without overlaps, and the one to three it is mainly about."""

    mentions: tuple[Mention, ...] = ()
    primary_places: tuple[str, ...] = ()


class PlaceTagger:
    """Finds places with one gazetteer. Safe to share between threads."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._gazetteer = gazetteer
        self._lexicon = lexicon()

    def tag(self, title: str, body: str, *, language: str | None, skip: Sequence[Span] = (), home: str | None = None) -> PlaceTags:
        """Tag ``body``; the title only lends context. Nothing that touches a span of ``skip`` is tagged.

        ``home`` is the outlet's country (ISO alpha-2): it breaks ties and never outweighs the text.
        """
        words = self._lexicon.words(language)
        text = Text(body, skip)
        found = recognise(text, language, self._gazetteer, self._lexicon)
        threshold = self._lexicon.weights["threshold"]
        kept = self._kept(found, threshold)
        if not kept:
            return PlaceTags()
        title_keys = frozenset(w.key for w in words_of(title))
        meanings = resolve(kept, title_keys, self._home(home))
        mentions = []
        for one, meaning in zip(kept, meanings, strict=True):
            sure = 1.0 / (1.0 + math.exp(-(one.score - threshold)))
            confidence = round(max(0.01, min(1.0, sure * meaning.confidence)), 3)
            place = self._gazetteer.place(meaning.candidate.row)
            mentions.append(Mention(one.start, one.end, body[one.start : one.end], place, "mention", confidence))
        mentions = [replace(m, role=role) for m, role in zip(mentions, roles(mentions, body, words), strict=True)]
        return PlaceTags(tuple(mentions), primary_places(mentions, title, body))

    def _kept(self, found: list[Found], threshold: float) -> list[Found]:
        """Those over the threshold; a name that is sure in one place helps its other mentions over it."""
        weights = self._lexicon.weights
        sure = {one.key for one in found if one.score >= threshold + 1.0}
        numbers = {}
        kept: list[Found] = []
        for n, one in enumerate(found):
            if one.key in sure and not {"person_before", "stop", "surname", "person_after"} & set(one.reasons):
                one.hold("said_again", weights)
            if one.score >= threshold:
                numbers[n] = len(kept)
                kept.append(one)
        for one in kept:
            one.inside = numbers.get(one.inside, -1)
        return kept

    def _home(self, country: str | None) -> int:
        return -1 if country is None else self._gazetteer.country_row(country)
