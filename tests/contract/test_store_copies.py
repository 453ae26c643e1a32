"""CopyStore: fingerprints by shingle, and copy groups."""

import pytest

from aggregator.ports import Fingerprint
from aggregator.storage.store import SqlStore
from tests.contract.builders import NOON, OUTLET, later, stored

LARGE = 2**63 - 1


def _print(article_id: int, *shingles: int, minutes: int = 0) -> Fingerprint:
    return Fingerprint(article_id, later(minutes=minutes), shingles, frozenset({"7", "12.5"}), 99, "agency-a", OUTLET.id)


def test_fingerprints_are_found_by_what_they_share(store: SqlStore) -> None:
    one, two, three = (stored(store, number) for number in range(3))
    for fingerprint in (_print(two, -LARGE - 1, LARGE, 5), _print(one, 5, 6, 5), _print(three, 5, minutes=-60)):
        store.copies.put(fingerprint)
    store.copies.set_group([two], one)
    both = {one: one, two: one}
    assert store.copies.sharing([5, LARGE, -LARGE - 1, 77], NOON, 5) == {5: both, LARGE: {two: one}, -LARGE - 1: {two: one}}
    assert store.copies.sharing([5], later(hours=-1), 5) == {5: {**both, three: three}}
    assert store.copies.sharing([], NOON, 5) == {}
    assert store.copies.fingerprints([one, three, 99]) == {one: _print(one, 5, 6, 5), three: _print(three, 5, minutes=-60)}


def test_a_fingerprint_is_replaced(store: SqlStore) -> None:
    one = stored(store)
    store.copies.put(_print(one, 1, 2))
    newer = Fingerprint(one, later(minutes=1), (2, 3), frozenset(), 5)
    store.copies.put(newer)
    assert store.copies.sharing([1, 2, 3], NOON, 5) == {2: {one: one}, 3: {one: one}}
    assert store.copies.fingerprints([one]) == {one: newer}
    store.copies.put(Fingerprint(one, NOON, (), frozenset(), 0))
    assert store.copies.sharing([1, 2, 3], NOON, 5) == {}


def test_many_shingles_at_once(store: SqlStore) -> None:
    one = stored(store)
    store.copies.put(_print(one, *range(1500)))
    assert len(store.copies.sharing(range(2000), NOON, 5)) == 1500


def test_of_a_phrase_of_the_trade_some_articles_do(store: SqlStore) -> None:
    """All are told where they are of few groups, however many they are."""
    ids = [stored(store, number) for number in range(20)]
    for number, ident in enumerate(ids):
        store.copies.put(_print(ident, 1, 2 if number % 2 else 3, minutes=-number))
    everywhere = store.copies.sharing([1], later(hours=-1), 5)[1]
    assert 5 < len(everywhere) < len(ids) and all(group == ident for ident, group in everywhere.items())
    assert set(store.copies.sharing([1], later(minutes=-3), 5)[1]) == set(ids[:4])
    store.copies.set_group(ids[1::2], ids[1])
    assert store.copies.sharing([2, 1], later(hours=-1), 5)[2] == dict.fromkeys(ids[1::2], ids[1])
    store.copies.set_group(ids, ids[0])
    assert store.copies.sharing([1], later(hours=-1), 5) == {1: dict.fromkeys(ids, ids[0])}


def test_groups(store: SqlStore) -> None:
    ids = [stored(store, number) for number in range(4)]
    assert store.copies.groups(ids) == {}
    store.copies.set_group([ids[1], ids[0]], ids[0])
    store.copies.set_group([ids[2]], ids[2])
    assert store.copies.groups(ids) == {ids[0]: ids[0], ids[1]: ids[0], ids[2]: ids[2]}
    assert store.copies.members(ids[0]) == (ids[0], ids[1])
    assert store.copies.members(99) == ()
    assert store.articles.get(ids[1]).copy_group == ids[0]


def test_only_those_in_another_group_are_noted(store: SqlStore) -> None:
    ids = [stored(store, number) for number in range(4)]
    store.copies.set_group([ids[0], ids[1]], ids[0])
    store.copies.set_group([ids[2]], ids[2])
    before = store.changes.head()
    store.copies.set_group(ids, ids[0])
    assert [(change.article_id, change.kind) for change in store.changes.since(before, 9)] == [(ids[2], "regrouped")]


def test_clearing_forgets_everything(store: SqlStore) -> None:
    one = stored(store)
    store.copies.put(_print(one, 1))
    store.copies.set_group([one], one)
    store.copies.clear()
    assert store.copies.groups([one]) == {}
    assert store.copies.sharing([1], NOON, 5) == {}
    assert store.copies.fingerprints([one]) == {}


def test_what_is_done_alone_is_one_transaction(store: SqlStore) -> None:
    one, two = stored(store, 1), stored(store, 2)
    with store.copies.alone():
        store.copies.set_group([one, two], one)
    assert store.copies.members(one) == (one, two)
    with pytest.raises(ZeroDivisionError), store.copies.alone(), store.copies.alone():
        store.copies.set_group([two], two // 0)
    assert store.copies.members(one) == (one, two)
    with pytest.raises(ZeroDivisionError), store.copies.alone():
        store.copies.set_group([two], two)
        _ = 1 // 0
    assert store.copies.members(one) == (one, two)
