"""Searches under a name: what the store keeps, which names are one, and that removing can be undone."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from aggregator.errors import NotFoundError, UsageError
from aggregator.readers import SavedSearch
from aggregator.storage.engine import open_store
from aggregator.storage.store import SqlStore
from tests.contract.builders import NOON, later


def save(store: SqlStore, name: str, query: str = "drone in:Kharkiv", folder: str = "") -> SavedSearch:
    return store.searches.save(name, query, folder, "marta", NOON)


def test_what_is_saved_is_given_back(store: SqlStore) -> None:
    first = save(store, "Drones over  Kharkiv\n", " drone   in:Kharkiv ", " Ukraine ")
    assert first == SavedSearch(first.id, "Drones over Kharkiv", "drone in:Kharkiv", "Ukraine", "marta", NOON, NOON)
    assert store.searches.get(first.id) == first == store.searches.by_name("drones OVER kharkiv")
    assert store.searches.by_name("drones") is None
    with pytest.raises(NotFoundError):
        store.searches.get(first.id + 1)


def test_they_are_listed_by_folder_and_name(store: SqlStore) -> None:
    for name, folder in (("b", "Ukraine"), ("Z", ""), ("A", "ukraine"), ("ж", "Levant"), ("É", "Levant")):
        save(store, name, folder=folder)
    assert [found.name for found in store.searches.all()] == ["Z", "É", "ж", "A", "b"]


@pytest.mark.parametrize(
    ("name", "same"),
    [
        ("Grain", "GRAIN"),
        ("Straße", "STRASSE"),
        ("Огляд дня", "ОГЛЯД  ДНЯ"),
        ("غزة", " غزة "),
        ("F-16", "Ｆ-16"),
        ("Café", "Cafe\u0301"),
    ],
)
def test_names_that_are_one(store: SqlStore, name: str, same: str) -> None:
    first = save(store, name)
    with pytest.raises(UsageError, match="already: choose another name"):
        save(store, same)
    other = save(store, "another")
    with pytest.raises(UsageError, match="already: choose another name"):
        store.searches.change(other.id, same, other.query, "", "oleh", later(minutes=1))
    assert store.searches.all() == tuple(sorted((first, other), key=lambda found: found.name.casefold()))
    assert store.searches.by_name(same) == first


def test_a_renamed_search_keeps_its_id_and_gives_its_name_free(store: SqlStore) -> None:
    first = save(store, "Grain")
    renamed = store.searches.change(first.id, "grain ships", "grain OR wheat", "Black Sea", "oleh", later(minutes=5))
    assert renamed == replace(first, name="grain ships", query="grain OR wheat", folder="Black Sea", by="oleh", changed_at=later(minutes=5))
    assert store.searches.by_name("grain") is None and store.searches.by_name("Grain Ships") == renamed
    assert save(store, "Grain").id != first.id
    cased = store.searches.change(first.id, "Grain Ships", renamed.query, "", "oleh", later(minutes=6))  # its own name is no other's
    assert cased.name == "Grain Ships"
    with pytest.raises(NotFoundError):
        store.searches.change(99, "none", "", "", "oleh", NOON)


def test_removing_can_be_undone(store: SqlStore) -> None:
    first, second = save(store, "Grain"), save(store, "Ports")
    gone = store.searches.remove(first.id, "oleh", later(minutes=1))
    assert gone == replace(first, by="oleh", removed_at=later(minutes=1)) == store.searches.get(first.id)
    assert store.searches.by_name("Grain") is None and store.searches.all() == (second,) and store.searches.removed(5) == (gone,)
    with pytest.raises(NotFoundError):
        store.searches.remove(first.id, "oleh", later(minutes=2))
    with pytest.raises(NotFoundError):
        store.searches.change(first.id, "Grain", "", "", "oleh", later(minutes=2))
    back = store.searches.restore(first.id, "marta", later(minutes=3))
    assert back == replace(first, changed_at=later(minutes=3)) == store.searches.restore(first.id, "oleh", later(minutes=4))
    assert store.searches.all() == (back, second) and store.searches.removed(5) == ()


def test_a_name_that_was_taken_meanwhile_is_not_put_back(store: SqlStore) -> None:
    first = save(store, "Grain")
    store.searches.remove(first.id, "oleh", later(minutes=1))
    second = save(store, "grain")
    with pytest.raises(UsageError, match="“Grain” already"):
        store.searches.restore(first.id, "oleh", later(minutes=2))
    assert store.searches.all() == (second,)
    store.searches.remove(second.id, "oleh", later(minutes=3))
    assert [found.id for found in store.searches.removed(5)] == [second.id, first.id]
    assert [found.id for found in store.searches.removed(1)] == [second.id]


@pytest.mark.parametrize(
    ("name", "query", "folder", "says"),
    [
        ("", "", "", "needs a name"),
        (" \x00\n", "", "", "needs a name"),
        ("…", "", "", "needs a name"),
        ("12", "", "", "mistaken for a search's number"),
        ('the "good" one', "", "", 'cannot have " in it'),
        ("Kharkiv/Sumy", "", "", "cannot have / in it"),
        ("n" * 81, "", "", "81 characters; 80 are the most"),
        ("n", "q" * 2001, "", "2001 characters"),
        ("n", "", "f" * 81, "folder has 81"),
    ],
)
def test_what_is_no_name_says_why(store: SqlStore, name: str, query: str, folder: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        store.searches.save(name, query, folder, "marta", NOON)
    assert store.searches.all() == ()


def test_of_many_who_take_a_name_at_once_one_gets_it(shared_url: str) -> None:
    opened = [open_store(shared_url) for _ in range(4)]
    own = [save(store, f"own {number}") for number, store in enumerate(opened)]

    def take(number: int) -> bool:
        try:
            opened[number].searches.change(own[number].id, "Grain", "", "", "marta", NOON)
        except UsageError:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(take, range(4))) == [False, False, False, True]
    for store in opened:
        store.close()
