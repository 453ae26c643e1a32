"""What operators say of places: what their names mean, in all articles of a scope, stored and to come; which parts they play in one
article, and where it happened. Both are constraints on all tagging."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from types import MappingProxyType

from aggregator.corrections import NOWHERE, NameRule, PartRule
from aggregator.errors import NotFoundError, UsageError
from aggregator.model import NO_PLACE_RULES, NOTHING_SAID, Mention, Place, PlaceRules, SaidPart, SaidParts
from aggregator.places.candidates import prominence
from aggregator.places.gazetteer import Gazetteer
from aggregator.places.normalise import name_key, words_of
from aggregator.ports import Clock, Store

EVERYWHERE, OF_FEED, OF_ARTICLE = "all", "feed", "article"  # scopes, the widest first
PARTS = ("event", "mention", "actor", "origin", "dateline")  # roles of model.Mention
STEM = 3  # letters by which a text is seen to have no form of a name in it
NOTHING: Mapping[str, str | None] = MappingProxyType({})

Meanings = Mapping[str, str | None]  # name key -> id of the place that it means; None: no place


@dataclass(frozen=True, slots=True)
class Placing:
    """Rules on places, over the store. ``retag`` tags the stored article of an id anew."""

    store: Store
    clock: Clock
    retag: Callable[[int], bool]

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

    # --- one article ---------------------------------------------------------------------------------------------------

    def said(self, article_id: int | None) -> SaidParts:
        """What holds for the parts in an article; for one that is not stored yet nobody said anything."""
        rules = self.store.part_rules.holding(article_id) if article_id is not None else ()
        if not rules:
            return NOTHING_SAID
        parts = tuple(SaidPart(rule.key, rule.part or "", rule.near, because(rule)) for rule in rules if rule.key)
        leading = next((rule.part for rule in rules if not rule.key), None)
        return SaidParts(parts, "" if leading == NOWHERE else leading)

    def say_part(self, article_id: int, name: str, part: str, by: str, reason: str = "", near: str = "") -> PartRule:
        """A name plays this part in the article, only within the words ``near`` where some are given. The article is tagged anew at once.

        Raises NotFoundError without the article, UsageError for an unknown part and for a name or words that it does not have."""
        if part not in PARTS:
            raise UsageError(f"{part!r} is no part: a name plays the part {', '.join(PARTS[:-1])} or {PARTS[-1]}.")
        key, words = name_key(name), " ".join(near.split())
        text = f" {name_key(self.store.articles.get(article_id).body)} "
        if not key or key not in text:  # a particle before it or an ending behind it may be of the same word
            raise UsageError(f"Article {article_id} does not have the name {name!r}: give it as it stands in its text.")
        if words and f" {name_key(words)} " not in text:
            raise UsageError(f"Article {article_id} does not have the words {words!r}: give them as they stand in its text.")
        if words and key not in name_key(words):
            raise UsageError(f"The words {words!r} do not have the name {name!r}: give some that it stands among.")
        return self._keep(PartRule(0, article_id, key, words, " ".join(name.split()), part, reason.strip(), by, self.clock.now()))

    def say_where(self, article_id: int, place: Place | None, by: str, reason: str = "") -> PartRule:
        """The article tells of what happened at this place above all, or (None) of nothing that happens anywhere. Tagged anew at once.

        Raises NotFoundError without the article, UsageError for a place that it does not name."""
        if place is not None and place.id not in {mention.place.id for mention in self.named(article_id)}:
            raise UsageError(f"Article {article_id} does not name {place.name} ({place.id}): say first which of its names means that.")
        text, part = ("", NOWHERE) if place is None else (place.name, place.id)
        return self._keep(PartRule(0, article_id, "", "", text, part, reason.strip(), by, self.clock.now()))

    def undo_part(self, rule_id: int, by: str) -> PartRule:
        """Take back what was said; the article is tagged at once as if it had never been. Raises NotFoundError, UsageError for a rule that
        does not hold any more."""
        rule = self.store.part_rules.get(rule_id)
        if rule not in self.store.part_rules.holding(rule.article_id):
            raise UsageError(f"Rule {rule_id} does not hold any more: it was taken back, or something else was said since.")
        return self._keep(replace(rule, id=0, part=None, reason="", by=by, at=self.clock.now()))

    def waiting(self, article_id: int) -> frozenset[int]:
        """Ids of the rules that hold for an article and find nothing in it any more: the words or the place that they speak of are gone."""
        text = f" {name_key(self.store.articles.get(article_id).body)} "
        places = {mention.place.id for mention in self.named(article_id)} | {NOWHERE}

        def finds(rule: PartRule) -> bool:
            if not rule.key:
                return rule.part in places
            return f" {name_key(rule.near)} " in text if rule.near else rule.key[:STEM] in text  # it may stand there in another case

        return frozenset(rule.id for rule in self.store.part_rules.holding(article_id) if not finds(rule))

    def named(self, article_id: int) -> tuple[Mention, ...]:
        """The places that an article names, by its stored tags. Raises NotFoundError."""
        self.store.articles.get(article_id)
        return self.store.articles.tags([article_id])[article_id].mentions

    def _keep(self, rule: PartRule) -> PartRule:
        """Keep a rule and tag its article anew. The store asks for a rerun too, as another process may just be reading the article."""
        kept = self.store.part_rules.say(rule)
        self.retag(rule.article_id)
        return kept


def because(rule: PartRule) -> str:
    """Who says so, and why."""
    return f"{rule.by} says so: {rule.reason}" if rule.reason else f"{rule.by} says so"


def one_named(mentions: Iterable[Mention], text: str) -> Place:
    """The one of an article's places that an id or a name means, as the place is called or as it stands in the text. Raises UsageError
    where there is none, or several."""
    key = name_key(text)
    found = {m.place.id: m.place for m in mentions if text.strip() == m.place.id or key in (name_key(m.place.name), name_key(m.text))}
    if len(found) == 1:
        return next(iter(found.values()))
    if not found:
        raise UsageError(f"The article names no place {text!r}: say first which of its names means that.")
    choice = "; ".join(f"{place.id} {', '.join((place.name, *place.path_names))}" for place in found.values())
    raise UsageError(f"{text!r} can mean several places of the article: give the id of one. {choice}")


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
