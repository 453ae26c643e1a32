"""Rules on names of places, and how far corrections have come: what the store keeps, and in which order it gives it back."""

from dataclasses import replace
from datetime import timedelta

import pytest

from aggregator.corrections import NAMES, NameRule
from aggregator.errors import NotFoundError
from aggregator.storage.store import SqlStore
from tests.contract.builders import NOON, feed, later, stored


def rule(key: str = "georgia", place: str | None = "gn614540", scope: str = "all", scope_id: int = 0, minutes: float = 0) -> NameRule:
    return NameRule(0, scope, scope_id, key, key.title(), place, "marta", later(minutes=minutes))


def test_the_narrower_rule_comes_later(store: SqlStore) -> None:
    of = feed(store)
    ident = stored(store, feed_id=of.id)
    article = store.name_rules.say(rule(place=None, scope="article", scope_id=ident))
    everywhere = store.name_rules.say(rule(minutes=1))
    own = store.name_rules.say(rule(place="gn4197000", scope="feed", scope_id=of.id, minutes=2))
    assert store.name_rules.holding(of.id, ident) == (everywhere, own, article)
    assert store.name_rules.holding(of.id) == (everywhere, own)
    assert store.name_rules.holding(None) == store.name_rules.holding(of.id + 1, ident + 1) == (everywhere,)
    assert store.name_rules.all() == (own, everywhere, article)
    assert store.name_rules.get(own.id) == own


def test_a_rule_takes_the_place_of_an_earlier_one_on_that_name(store: SqlStore) -> None:
    first = store.name_rules.say(rule())
    second = store.name_rules.say(rule(place=None, minutes=1))
    assert (second.id, store.name_rules.all()) == (first.id, (second,))
    undone = store.name_rules.say(replace(second, undone=True, by="oleh", at=later(minutes=2)))
    assert store.name_rules.holding(None) == () and store.name_rules.all() == (undone,)
    with pytest.raises(NotFoundError):
        store.name_rules.get(first.id + 1)


def test_each_rule_goes_through_the_articles_of_its_scope(store: SqlStore) -> None:
    of = feed(store)
    ids = [stored(store, number, feed_id=of.id if number else None) for number in range(3)]
    assert store.articles.ids(feed_id=of.id) == tuple(ids[1:]) and store.articles.ids() == tuple(ids)
    said = {
        scope: store.name_rules.say(rule(scope=scope, scope_id=scope_id, minutes=minutes))
        for minutes, (scope, scope_id) in enumerate((("all", 0), ("feed", of.id), ("article", ids[0])))
    }
    reruns = {scope: store.reruns.of(NAMES, str(one.id)) for scope, one in said.items()}
    assert {scope: one and (one.total, one.done, one.after) for scope, one in reruns.items()} == {
        "all": (3, 0, 0),
        "feed": (2, 0, 0),
        "article": (1, 0, 0),
    }
    first = store.reruns.next(NOON + timedelta(days=1))
    assert first == reruns["all"] and store.reruns.left(later(minutes=1)) == 5
    assert first is not None
    store.reruns.advance(replace(first, after=ids[-1], done=3, changed=1, finished_at=later(minutes=9)))
    assert store.reruns.next(NOON + timedelta(days=1)) == reruns["feed"]
    store.name_rules.say(rule(place=None, minutes=10))  # said anew: from the first article again
    again = store.reruns.of(NAMES, str(said["all"].id))
    assert again is not None and (again.done, again.changed, again.finished_at) == (0, 0, None)
