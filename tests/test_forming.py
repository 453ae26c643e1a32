"""Stories formed anew: the same as the stream's, under the ids that readers know, and nothing half done."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from aggregator.forming import Succession, succession
from aggregator.model import Tags
from aggregator.pipeline import Pipeline
from aggregator.ports import Store
from aggregator.rebuild import Rebuild
from aggregator.storage.engine import open_store
from aggregator.storage.store import SqlStore
from tests.arranged import STORIES, desk, follow, pipeline_over, stories
from tests.contract.builders import stored
from tests.stories.test_stream import pairwise

STREAM = Path(__file__).parent / "gold" / "group" / "stream.jsonl"
A_TURN = 5  # articles between two repairs
SPREAD = 0.03  # of pair F1 over orders of a stream, at most


@pytest.mark.parametrize(
    ("formed", "former", "heirs", "leads"),
    [
        ({1: [1, 2], 2: [3]}, {1: 10, 2: 10, 3: 20}, {1: 10, 2: 20}, {}),
        ({1: [1, 2, 3]}, {1: 10, 2: 20, 3: 20}, {1: 20}, {10: 1}),  # one now: the smaller leads to it
        ({1: [1], 2: [2, 3]}, {1: 10, 2: 10, 3: 10}, {2: 10}, {}),  # two now: the larger is the old one
        ({1: [1], 2: [2]}, {1: 10, 2: 10}, {1: 10}, {}),  # of equal ones the oldest
        ({1: [1, 2, 3], 2: [4]}, {1: 10, 2: 10, 3: 20, 4: 20}, {1: 10, 2: 20}, {}),  # who is taken by a greater share takes no second
        ({1: [1, 2]}, {}, {}, {}),
        ({}, {1: 10}, {}, {}),
    ],
)
def test_who_takes_after_whom(
    formed: Mapping[int, Sequence[int]], former: Mapping[int, int], heirs: Mapping[int, int], leads: Mapping[int, int]
) -> None:
    assert succession(formed, former.get) == Succession(heirs, leads)


def test_ids_and_links_outlive_a_rebuild() -> None:
    pipeline = desk()
    store = pipeline.store
    first, second = (_story(store, article) for article in (1, 2))
    away = store.stories.create("What became the first one", store.stories.get(first).first_seen_at)
    store.stories.merge(away, first)
    store.stories.merge(second, first)  # as nobody would put it together
    assert stories(store) == [{1, 2, 3, 4, 5}, {6}]
    Rebuild(pipeline).stories(iter)
    assert stories(store) == STORIES
    kept, opened = _story(store, 2), _story(store, 1)
    assert kept == first and opened not in (first, second)  # three of five articles are of the silo
    assert store.stories.get(away).id == store.stories.get(second).id == first
    assert [store.stories.get(ident).articles for ident in (kept, opened)] == [3, 2]

    head = store.changes.head()
    Rebuild(pipeline).stories(iter)
    assert stories(store) == STORIES and (_story(store, 2), _story(store, 1)) == (kept, opened)
    assert store.changes.head() == head, "what stays as it is makes no work for the index"


def test_what_is_a_story_no_more_leads_to_where_its_articles_went() -> None:
    pipeline = desk()
    store = pipeline.store
    first, alone = _story(store, 1), store.stories.create("Apart", store.articles.get(5).at)
    store.stories.assign(5, alone)
    assert stories(store) == [{1}, {2, 3, 4}, {5}, {6}]
    Rebuild(pipeline).stories(iter)
    assert stories(store) == STORIES and _story(store, 5) == first
    assert store.stories.get(alone).id == first and store.stories.get(first).articles == 2


def test_readers_see_the_stories_as_they_were_until_all_are_formed() -> None:
    pipeline = desk()
    known = [_story(pipeline.store, article) for article in range(1, 7)]

    def broken(ids: Sequence[int]) -> Iterator[int]:
        yield from ids[:4]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Rebuild(pipeline).stories(broken)
    assert [_story(pipeline.store, article) for article in range(1, 7)] == known
    assert all(pipeline.store.stories.get(story).articles for story in known)


def test_a_rebuild_says_what_the_stream_said() -> None:
    store = open_store("sqlite://")
    assert isinstance(store, SqlStore)
    pipeline = _streamed(store)
    grown = _by_article(store)
    assert len(set(grown.values())) > 5
    Rebuild(pipeline).copies(iter)
    Rebuild(pipeline).stories(iter)
    formed = _by_article(store)
    precision, recall = pairwise(grown, formed)
    assert 2 * precision * recall / (precision + recall) >= 1 - SPREAD
    assert sum(formed[article] == story for article, story in grown.items()) >= (1 - SPREAD) * len(grown)


def _streamed(store: SqlStore) -> Pipeline:
    """The gold stream as it comes, a few articles at a time, with a repair after each of the turns."""
    rows = [json.loads(line) for line in STREAM.read_text(encoding="utf-8").splitlines()]
    times = [datetime.fromisoformat(row["published"]) for row in rows]
    pipeline = pipeline_over(store, max(times) + timedelta(hours=1))
    for number, (row, at) in enumerate(zip(rows, times, strict=True), 1):
        stored(store, number, Tags(), title=row["title"], body=row["body"], published_at=at, first_seen_at=at, language=None)
        if number % A_TURN == 0 or number == len(rows):
            follow(pipeline)
            while pipeline.repair_stories():
                follow(pipeline)
    return pipeline


def _by_article(store: SqlStore) -> dict[str, int | None]:
    return {str(article.id): article.story_id for article in store.articles.many(store.articles.ids())}


def _story(store: Store, article: int) -> int:
    found = store.articles.get(article).story_id
    assert found is not None
    return found
