"""A block in which all that a thread does is one transaction."""

import threading

import pytest

from aggregator.storage.store import SqlStore
from tests.contract.builders import NOON, feed, seen


def test_what_is_done_together_is_kept_together(store: SqlStore) -> None:
    of = feed(store)
    with store.together():
        assert store.ledger.see(of.id, [seen("a")], NOON).new == 1
        with store.together():
            assert store.ledger.see(of.id, [seen("a"), seen("b")], NOON).new == 1  # what it wrote itself, it sees
    assert {entry.key for entry in store.ledger.of_feed(of.id)} == {"a", "b"}


def test_an_error_undoes_all_of_it(store: SqlStore) -> None:
    of = feed(store)
    with pytest.raises(ZeroDivisionError), store.together():
        store.ledger.see(of.id, [seen("a")], NOON)
        store.beat("fetch", NOON)
        raise ZeroDivisionError
    assert store.ledger.of_feed(of.id) == () and store.beats() == {}
    store.ledger.see(of.id, [seen("a")], NOON)  # and the thread writes by itself again
    assert len(store.ledger.of_feed(of.id)) == 1


def test_other_threads_are_not_in_the_block(store: SqlStore) -> None:
    if store.database.in_memory:  # one connection, which threads take in turns: the other one waits until the block ends
        return
    of = feed(store)
    counts: list[int] = []
    with store.together():
        store.ledger.see(of.id, [seen("a")], NOON)
        other = threading.Thread(target=lambda: counts.append(len(store.ledger.of_feed(of.id))))
        other.start()
        other.join(10)
    assert counts == [0]
