"""Reruns that are asked for by themselves, for corrections that are kept elsewhere."""

from dataclasses import replace

from aggregator.corrections import SOURCES, Rerun
from aggregator.storage.store import SqlStore
from tests.contract.builders import later, stored


def test_asking_goes_through_all_articles_and_asking_again_begins_anew(store: SqlStore) -> None:
    stored(store, 1), stored(store, 2)
    asked = store.reruns.ask(SOURCES, "isw", later())
    assert asked == Rerun(SOURCES, "isw", later(), 0, 2) == store.reruns.of(SOURCES, "isw") == store.reruns.next(later())
    assert store.reruns.left(later()) == 2
    store.reruns.advance(replace(asked, after=9, done=2, changed=1, finished_at=later(minutes=1)))
    assert store.reruns.next(later(minutes=2)) is None
    again = store.reruns.ask(SOURCES, "isw", later(minutes=3))
    assert store.reruns.of(SOURCES, "isw") == again and (again.done, again.finished_at) == (0, None)
