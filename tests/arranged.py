"""A store of a few reports on two events and one pair of copies, followed by the real pipeline: what tests of rulings arrange anew."""

from collections.abc import Iterable
from datetime import datetime

from aggregator.model import Change, Tags
from aggregator.pipeline import Pipeline
from aggregator.ports import Store
from aggregator.storage.engine import open_store
from aggregator.storage.index import open_index
from aggregator.storage.store import SqlStore
from aggregator.tagging import Taggers
from tests.contract.builders import NOON, later, stored
from tests.newsworld import HandClock

BRIDGE = "Engineers reopened the bridge over the Siverskyi Donets at Izium to lorries. Steel spans carry forty tonnes."
BRIDGE_TOO = "The bridge at Izium over the Siverskyi Donets carries lorries again. Engineers laid steel spans for forty tonnes."
SILO = (
    "A drone struck a grain silo in the port of Odesa before dawn. Two dockers were burnt and the roof of the silo fell in. "
    "Firefighters drew water from the basin for six hours, and the harbour master kept three laden ships at the outer roads. "
    "The owners of the silo said that the grain of two farms was lost, and that the conveyor would be repaired before the harvest."
)
SILO_TOO = "Firefighters in Odesa worked at a burning grain silo in the port. Two dockers with burns are in hospital; the roof fell in."
SCHOOL = "У Харкові на Салтівці відкрили підземну школу на чотириста учнів. Класи збудували під майданчиком."
TEXTS = (BRIDGE, SILO, SILO_TOO, SILO, BRIDGE_TOO, SCHOOL)  # of articles 1 to 6; 4 is a copy of 2
EVENING = later(hours=2)
STORIES = [{1, 5}, {2, 3, 4}, {6}]


def no_taggers() -> Taggers:
    """Nothing is tagged here."""
    raise AssertionError("no article is tagged in these tests")


def pipeline_over(store: Store, at: datetime = EVENING) -> Pipeline:
    """The pipeline over a store, with an index in memory."""
    return Pipeline(store, open_index("sqlite://"), HandClock(at), no_taggers)


def put(store: SqlStore, *texts: str, first: int = 1) -> None:
    """Store articles with these texts, one a minute."""
    for number, body in enumerate(texts, first):
        title = " ".join(body.split()[:5])
        stored(store, number, Tags(), title=title, body=body, published_at=later(minutes=number), language=None)


def follow(pipeline: Pipeline) -> None:
    """Follow the change log to its end."""
    while pipeline.index_lag():
        assert pipeline.follow()


def desk(store: SqlStore | None = None) -> Pipeline:
    """The pipeline over the six articles, all followed."""
    made = store or open_store("sqlite://")
    assert isinstance(made, SqlStore)
    put(made, *TEXTS)
    pipeline = pipeline_over(made)
    follow(pipeline)
    return pipeline


def stories(store: Store) -> list[set[int]]:
    """Articles by story, that of the first article first."""
    return _sets(article.story_id for article in store.articles.many(store.articles.ids()))


def groups(store: Store) -> list[set[int]]:
    """Articles by copy group."""
    return _sets(article.copy_group or article.id for article in store.articles.many(store.articles.ids()))


def changes(store: Store, after: int) -> list[Change]:
    return list(store.changes.since(after, 1000))


def _sets(labels: Iterable[int | None]) -> list[set[int]]:
    found: dict[int | None, set[int]] = {}
    for article, label in enumerate(labels, 1):
        found.setdefault(label, set()).add(article)
    return list(found.values())


__all__ = ["NOON", "STORIES", "TEXTS", "changes", "desk", "follow", "groups", "pipeline_over", "put", "stories"]
