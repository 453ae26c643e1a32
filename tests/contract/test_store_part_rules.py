"""Rules on the places of single articles: the last of those about the same holds, and all of them are kept."""

from dataclasses import replace

import pytest

from aggregator.corrections import NOWHERE, PARTS, PartRule
from aggregator.errors import NotFoundError
from aggregator.storage.store import SqlStore
from tests.contract.builders import later, stored


def rule(article_id: int, part: str | None = "event", key: str = "kyiv", near: str = "", minutes: float = 0) -> PartRule:
    return PartRule(0, article_id, key, near, key.title(), part, "the shell\x00 fell there", "marta", later(minutes=minutes))


def test_the_last_rule_about_the_same_holds(store: SqlStore) -> None:
    ident = stored(store)
    first = store.part_rules.say(rule(ident))
    near = store.part_rules.say(rule(ident, "actor", near="Kyiv said", minutes=1))
    second = store.part_rules.say(rule(ident, "origin", minutes=2))
    nowhere = store.part_rules.say(rule(ident, NOWHERE, key="", minutes=3))
    assert store.part_rules.holding(ident) == (near, second, nowhere)
    assert store.part_rules.history(ident) == (nowhere, second, near, first)
    assert store.part_rules.get(first.id) == first and first.reason == "the shell\ufffd fell there"
    assert len({first.id, near.id, second.id, nowhere.id}) == 4


def test_what_is_taken_back_holds_no_more_and_is_kept(store: SqlStore) -> None:
    ident = stored(store)
    said = store.part_rules.say(rule(ident))
    undone = store.part_rules.say(replace(said, part=None, by="oleh", at=later(minutes=5)))
    assert undone.id > said.id and store.part_rules.holding(ident) == ()
    assert store.part_rules.history(ident) == (undone, said)
    again = store.part_rules.say(rule(ident, "mention", minutes=6))
    assert store.part_rules.holding(ident) == (again,)


def test_each_article_has_its_own(store: SqlStore) -> None:
    one, two = stored(store, 1), stored(store, 2)
    of_one, of_two = store.part_rules.say(rule(one)), store.part_rules.say(rule(two, "actor"))
    assert (store.part_rules.holding(one), store.part_rules.holding(two), store.part_rules.holding(99)) == ((of_one,), (of_two,), ())
    assert store.part_rules.history() == (of_two, of_one) and store.part_rules.history(limit=1) == (of_two,)
    asked = store.reruns.of(PARTS, str(one))
    assert asked is not None and (asked.total, asked.done, asked.asked_at) == (1, 0, later())


def test_without_an_article_or_a_rule(store: SqlStore) -> None:
    with pytest.raises(NotFoundError, match="article 7"):
        store.part_rules.say(rule(7))
    with pytest.raises(NotFoundError, match="rule"):
        store.part_rules.get(7)
    assert store.part_rules.history() == ()
