"""Tagging one text: language, places, attributions, wire. What the workers do, and `frontwire try tag`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from aggregator.extract.furniture import standing_spans
from aggregator.extract.language import detect
from aggregator.model import NOTHING_SAID, SaidParts, Tags
from aggregator.places.explain import Explained
from aggregator.places.gazetteer import Gazetteer
from aggregator.places.tag import NOTHING_USUAL, PlaceTagger
from aggregator.placing import NOTHING, Meanings, place_rules
from aggregator.settings import Settings
from aggregator.sources import registry
from aggregator.sources.attribute import Completion
from aggregator.sources.learned.model import SHIPPED, Model, open_model
from aggregator.sources.tag import SourceTagger
from aggregator.sources.wire import agency_spans
from aggregator.sources.wire import detect as detect_agency


def open_taggers(settings: Settings) -> "Taggers":
    """Load gazetteer, source registry and learned tagger. Raises GazetteerError if the gazetteer was not built, SettingsError if the
    learned tagger that is set cannot be opened."""
    return taggers_over(Gazetteer.open(settings.gazetteer), registry.load(settings.sources), open_completion(settings))


def open_completion(settings: Settings) -> Model | None:
    """The learned tagger that is set. Raises SettingsError where it cannot be opened."""
    name = settings.attribution_model
    return open_model(SHIPPED if name == "shipped" else Path(name)) if name else None


def taggers_over(gazetteer: Gazetteer, known: registry.Registry, completion: Completion | None = None) -> "Taggers":
    """The taggers over what is open already."""
    return Taggers(PlaceTagger(gazetteer), SourceTagger(known, completion), gazetteer)


@dataclass(frozen=True, slots=True)
class Taggers:
    """The two taggers, loaded once a process, and the gazetteer of the first."""

    places: PlaceTagger
    sources: SourceTagger
    gazetteer: Gazetteer

    def tag(
        self,
        title: str,
        body: str,
        *,
        language: str | None = None,
        published: datetime | None = None,
        outlet: str | None = None,
        byline: str | None = None,
        home: str | None = None,
        repeated: Sequence[str] = (),
        meanings: Meanings = NOTHING,
        said: SaidParts = NOTHING_SAID,
        usual: Mapping[str, float] = NOTHING_USUAL,
    ) -> Tags:
        """Tag one text: language, places, attributions, wire. Nothing in captions, credits, tip lines and biographies is tagged.
        ``repeated``: lines that were left out because they stand under other articles of the host too, as an agency's credit does.
        ``meanings``: what operators say of names of places; ``said``: of the places of this text. ``usual``: the countries that its feed
        usually speaks of."""
        found = detect(body, language) or language
        skip = standing_spans(body)
        rules = place_rules(meanings, self.gazetteer)
        unread = (*skip, *agency_spans(body))
        places = self.places.tag(title, body, language=found, skip=unread, home=home, rules=rules, said=said, usual=usual)
        sources = self.sources.tag(
            title,
            body,
            language=found,
            published=published,
            outlet=outlet,
            byline=byline,
            mentions=places.mentions,
            skip=skip,
            primary=places.primary_places,
        )
        return Tags(
            language=found,
            mentions=places.mentions,
            primary_places=places.primary_places,
            attributions=sources.attributions,
            sought_comment=sources.sought_comment,
            wire=sources.wire or detect_agency("\n".join(repeated), None, self.sources.registry),
        )

    def explain_places(
        self,
        title: str,
        body: str,
        *,
        language: str | None,
        home: str | None = None,
        meanings: Meanings = NOTHING,
        said: SaidParts = NOTHING_SAID,
        usual: Mapping[str, float] = NOTHING_USUAL,
    ) -> tuple[Explained, ...]:
        """Why ``tag`` takes the places that it takes in a text of this language, and leaves others."""
        skip = (*standing_spans(body), *agency_spans(body))
        rules = place_rules(meanings, self.gazetteer)
        return self.places.explain(title, body, language=language, skip=skip, home=home, rules=rules, said=said, usual=usual)
