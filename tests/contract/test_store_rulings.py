"""Rulings on stories and copies: they hold until they are taken back, wait until they are carried out, and all of them are kept."""

from dataclasses import replace

import pytest

from aggregator.corrections import APART, COPY, STORY, TITLED, TOGETHER, Ruling
from aggregator.errors import NotFoundError, UsageError
from aggregator.storage.store import SqlStore
from tests.contract.builders import NOON, later


def ruling(kind: str = TOGETHER, about: str = STORY, minutes: float = 0) -> Ruling:
    before = ((7, (1, 2)), (9, (2**40,)))
    return Ruling(0, about, kind, (1, 2), (2**40,), before, "A \x00 title", "one battle", "marta", later(minutes=minutes))


def test_a_ruling_is_kept_as_it_was_said(store: SqlStore) -> None:
    said = store.rulings.say(ruling())
    assert said == replace(ruling(), id=said.id, text="A \ufffd title") and not said.undone
    assert store.rulings.get(said.id) == said
    assert store.rulings.holding(STORY) == store.rulings.waiting() == store.rulings.history() == (said,)
    assert store.rulings.holding(COPY) == ()


def test_what_was_carried_out_waits_no_more(store: SqlStore) -> None:
    first, second = store.rulings.say(ruling()), store.rulings.say(ruling(APART, COPY, 1))
    assert store.rulings.waiting() == (first, second)
    store.rulings.done(first)
    assert store.rulings.waiting() == (second,) and not store.rulings.get(first.id).waits
    assert store.rulings.holding(STORY) == (replace(first, waits=False),)


def test_what_is_taken_back_is_to_be_carried_out_too(store: SqlStore) -> None:
    said = store.rulings.say(ruling())
    undone = store.rulings.undo(said.id, "oleh", later(minutes=5))
    assert (undone.undone, undone.undone_by, undone.undone_at, undone.waits) == (True, "oleh", later(minutes=5), True)
    store.rulings.done(said)  # by somebody who does not know yet
    assert store.rulings.waiting() == (undone,)
    store.rulings.done(undone)
    assert store.rulings.waiting() == () and store.rulings.holding(STORY) == ()
    with pytest.raises(UsageError, match="already, by oleh"):
        store.rulings.undo(said.id, "marta", NOON)


def test_the_history_is_newest_first(store: SqlStore) -> None:
    said = [store.rulings.say(ruling(kind, about)) for kind, about in ((TOGETHER, STORY), (APART, COPY), (TITLED, STORY))]
    assert store.rulings.history() == tuple(reversed(said))
    assert store.rulings.history(STORY, 1) == (said[2],) and store.rulings.history(COPY) == (said[1],)


def test_without_a_ruling(store: SqlStore) -> None:
    with pytest.raises(NotFoundError, match="ruling 7"):
        store.rulings.get(7)
    with pytest.raises(NotFoundError, match="ruling 7"):
        store.rulings.undo(7, "marta", NOON)
