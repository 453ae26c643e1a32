"""What operators say that names of places mean: constraints on the tagging of all articles in their scope, stored and to come."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from types import MappingProxyType

from aggregator.errors import NotFoundError, UsageError
from aggregator.model import NO_PLACE_RULES, Place, PlaceRules
from aggregator.places.candidates import prominence
from aggregator.places.gazetteer import Gazetteer
from aggregator.places.normalise import name_key, words_of
from aggregator.ports import Clock, NameRule, Store

EVERYWHERE, OF_FEED, OF_ARTICLE = "all", "feed", "article"  # scopes, the widest first
STEM = 3  # letters by which a text is seen to have no form of a name in it
NOTHING: Mapping[str, str | None] = MappingProxyType({})

Meanings = Mapping[str, str | None]  # name key -> id of the place that it means; None: no place


@dataclass(frozen=True, slots=True)
class Placing:
    """Rules on names, over the store."""

    store: Store
    clock: Clock

    def meanings(self, feed_id: int | None, article_id: int | None = None) -> Meanings:
        """What holds for an article: of two rules on a name, that of the narrower scope."""
        return {rule.key: rule.place_id for rule in self.store.name_rules.holding(feed_id, article_id)} or NOTHING

    def say(self, name: str, place: Place | None, by: str, scope: str = EVERYWHERE, scope_id: int = 0) -> NameRule:
        """A name means this place, or (None) no place, in the scope's articles: at once in those to come, in the background in the stored.

        Raises UsageError for a name without letters and an unknown scope, NotFoundError for a feed or article that is not there."""
        key = name_key(name)
        if not key:
            raise UsageError(f"{name!r} has no letters: give the name as it stands in the text.")
        if scope == OF_FEED:
            self.store.feeds.get(scope_id)
        elif scope == OF_ARTICLE:
            self.store.articles.get(scope_id)
        elif scope != EVERYWHERE:
            raise UsageError(f"A rule holds for {EVERYWHERE}, a {OF_FEED} or an {OF_ARTICLE}, not for {scope!r}.")
        place_id = None if place is None else place.id
        number = 0 if scope == EVERYWHERE else scope_id
        return self.store.name_rules.say(NameRule(0, scope, number, key, " ".join(name.split()), place_id, by, self.clock.now()))

    def undo(self, rule_id: int, by: str) -> NameRule:
        """Take a rule back; articles are tagged as if it had never been. Raises NotFoundError."""
        rule = self.store.name_rules.get(rule_id)
        return self.store.name_rules.say(replace(rule, by=by, at=self.clock.now(), undone=True))


def concerns(rule: NameRule, title: str, body: str) -> bool:
    """Whether a text may have some form of the rule's name in it; False is sure."""
    stem = rule.key.split(" ", 1)[0][:STEM]
    return any(stem in word.key for text in (title, body) for word in words_of(text))


def place_rules(meanings: Meanings, gazetteer: Gazetteer) -> PlaceRules:
    """The rules for the tagger. The same meanings give the same object, which spares it work."""
    return _rules(tuple(sorted(meanings.items())), gazetteer) if meanings else NO_PLACE_RULES


@lru_cache(maxsize=256)
def _rules(meanings: tuple[tuple[str, str | None], ...], gazetteer: Gazetteer) -> PlaceRules:
    chosen = {key: place_id for key, place_id in meanings if place_id is not None}
    return PlaceRules(
        forbidden=frozenset(key for key, place_id in meanings if place_id is None),
        chosen=chosen,
        aliases={key: place_id for key, place_id in chosen.items() if not gazetteer.candidates(key)},
    )


def meant(text: str, gazetteer: Gazetteer, most: int = 12) -> tuple[Place, ...]:
    """The places that an id or a name can mean, the likeliest first; none where the gazetteer has neither."""
    try:
        return (gazetteer.place(gazetteer.row(text.strip())),)
    except NotFoundError:
        found = sorted(gazetteer.candidates(name_key(text)), key=prominence, reverse=True)
        return tuple(gazetteer.place(candidate.row) for candidate in found[:most])


def one_meant(text: str, gazetteer: Gazetteer) -> Place:
    """The one place that an id or a name means. Raises UsageError where there is none, or several."""
    found = meant(text, gazetteer)
    if not found:
        raise UsageError(f"The gazetteer has no place {text!r}: give an id such as gn703448, or a name as it spells it.")
    if len(found) > 1:
        choice = "; ".join(f"{place.id} {', '.join((place.name, *place.path_names))} ({place.kind})" for place in found)
        raise UsageError(f"{text!r} can mean several places: give the id of one. {choice}")
    return found[0]
