"""What readers have read and starred, and the numbers of lists."""

import pytest

from aggregator.access import Scope
from aggregator.ports import User
from aggregator.reading import Marks
from aggregator.storage.store import SqlStore
from tests.contract.builders import NOON, later
from tests.contract.builders import stored as add_article


@pytest.fixture
def three(store: SqlStore) -> list[int]:
    """Three articles."""
    return [add_article(store, number) for number in (1, 2, 3)]


def user(store: SqlStore, name: str = "marta") -> User:
    return store.users.add(name, "hash", "operator", NOON)


def test_marks_are_each_readers_own(store: SqlStore, three: list[int]) -> None:
    marta, oleh = user(store).id, user(store, "oleh").id
    store.marks.set(marta, three[:2], NOON, read=True)
    store.marks.set(oleh, three[2:], NOON, starred=True)
    assert store.marks.of(marta, three) == Marks(frozenset(three[:2]), frozenset())
    assert store.marks.of(oleh, three) == Marks(frozenset(), frozenset(three[2:]))


def test_a_mark_leaves_the_other_as_it_is(store: SqlStore, three: list[int]) -> None:
    reader = user(store).id
    store.marks.set(reader, three[:1], NOON, starred=True)
    store.marks.set(reader, three[:1], later(minutes=1), read=True)
    assert store.marks.of(reader, three) == Marks(frozenset(three[:1]), frozenset(three[:1]))
    store.marks.set(reader, three[:1], later(minutes=2), starred=False)
    assert store.marks.of(reader, three) == Marks(frozenset(three[:1]), frozenset())
    store.marks.set(reader, three[:1], later(minutes=3))  # says nothing
    assert store.marks.of(reader, three) == Marks(frozenset(three[:1]), frozenset())


def test_starred_come_with_the_last_one_first(store: SqlStore, three: list[int]) -> None:
    reader = user(store).id
    for minute, ident in enumerate((three[1], three[2], three[0])):
        store.marks.set(reader, [ident], later(minutes=minute), starred=True)
    store.marks.set(reader, [three[1]], later(minutes=9), read=True)  # no starring
    assert store.marks.starred(reader) == (three[0], three[2], three[1])


def test_read_since(store: SqlStore, three: list[int]) -> None:
    reader = user(store).id
    store.marks.set(reader, three[:1], NOON, read=True)
    store.marks.set(reader, three[1:], later(hours=1), read=True)
    store.marks.set(reader, three[2:], later(hours=2), read=False)
    assert store.marks.read_since(reader, later(minutes=30)) == {three[1]}
    assert store.marks.read_since(reader, NOON) == set(three[:2])


def test_what_is_not_there_is_passed_over(store: SqlStore, three: list[int]) -> None:
    reader = user(store).id
    store.marks.set(reader, [*three, 999], NOON, read=True)
    assert store.marks.of(reader, [*three, 999]).read == frozenset(three)


def test_a_list_keeps_its_number(store: SqlStore) -> None:
    first = store.numbers.of("outlet", ["harbour-post", "tidewater"])
    assert len(set(first.values())) == 2 and min(first.values()) >= 1
    again = store.numbers.of("outlet", ["tidewater", "lagoon", "harbour-post", "tidewater"])
    assert {name: again[name] for name in first} == first
    search = store.numbers.of("search", ["tidewater"])["tidewater"]
    assert search not in again.values()
    assert store.numbers.named(search) == ("search", "tidewater")
    assert store.numbers.named(10_000) is None
    with pytest.raises(ValueError, match="no kind of list"):
        store.numbers.of("planet", ["x"])


def test_tokens_that_sync_are_known_by_another_name_too(store: SqlStore) -> None:
    reader = user(store).id
    made = store.tokens.add(reader, "phone", {Scope.READ, Scope.SYNC}, "d1", NOON, "f1")
    store.tokens.add(reader, "laptop", {Scope.READ}, "d2", NOON)
    assert store.tokens.by_fever("f1") == store.tokens.by_digest("d1") == made
    assert store.tokens.by_fever("d1") is None
