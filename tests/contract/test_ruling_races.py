"""Two operators decide at the same moment: what contradicts is refused, with the name of the ruling that came first."""

import re
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from aggregator.arranging import Arranging
from aggregator.corrections import Ruling
from aggregator.errors import UsageError
from aggregator.pipeline import Pipeline
from aggregator.storage.store import SqlStore
from aggregator.stories.rulings import said
from tests.arranged import STORIES, desk, follow, stories

ROUNDS = 6
Decide = Callable[[Arranging, Callable[[int], int]], Ruling]

SPLIT: Decide = lambda a, story: a.split([3], "marta", "another fire")  # noqa: E731  # a table reads better
PAIRS: dict[str, tuple[Decide, Decide]] = {
    "one splits, the other pins": (SPLIT, lambda a, story: a.pin([3], "oleh")),
    "one splits, the other calls it the same text": (SPLIT, lambda a, story: a.copies_together([3, 2], "oleh")),
    "one splits what came first, the other pins it": (
        lambda a, story: a.split([2], "marta"),
        lambda a, story: a.pin([2], "oleh", to=story(3)),
    ),
    "no copy for one, one text for the other": (
        lambda a, story: a.copies_apart([4], "marta"),
        lambda a, story: a.copies_together([4, 2], "oleh"),
    ),
}


def at_once(pipeline: Pipeline, decisions: tuple[Decide, Decide]) -> tuple[list[Ruling], list[UsageError]]:
    """What was decided, and what was refused, when both begin at the same moment."""
    barrier = threading.Barrier(len(decisions))
    numbers = {article.id: article.story_id or 0 for article in pipeline.store.articles.many(range(1, 7))}

    def decide(one: Decide) -> Ruling | UsageError:
        barrier.wait()
        try:
            return one(pipeline.arranging, numbers.__getitem__)
        except UsageError as error:
            return error

    with ThreadPoolExecutor(len(decisions)) as pool:
        found = list(pool.map(decide, decisions))
    return [one for one in found if isinstance(one, Ruling)], [one for one in found if isinstance(one, UsageError)]


@pytest.mark.parametrize("pair", PAIRS)
def test_of_two_that_contradict_one_is_refused(store: SqlStore, pair: str) -> None:
    pipeline = desk(store)
    for number in range(ROUNDS):
        first, second = PAIRS[pair]
        decided, refused = at_once(pipeline, (first, second) if number % 2 else (second, first))
        assert (len(decided), len(refused)) == (1, 1), [said(ruling) for ruling in decided]
        assert_names(refused[0], decided[0])
        pipeline.arranging.undo(decided[0].id, "marta", decided[0].about)
        assert stories(store) == STORIES
    assert len(store.rulings.history()) == ROUNDS


def assert_names(refused: UsageError, first: Ruling) -> None:
    """It says who decided what: as what says otherwise, or as why the articles stand as they do, where it was carried out already."""
    told = re.escape(f"{said(first)} ({first.by}, ")
    assert re.search(rf"Ruling {first.id} (says otherwise|was made before): {told}", refused.message), refused.message


def test_two_that_agree_both_hold(store: SqlStore) -> None:
    pipeline = desk(store)
    decided, refused = at_once(pipeline, (lambda a, story: a.split([3], "marta"), lambda a, story: a.merge(story(6), story(1), "oleh")))
    follow(pipeline)  # whoever had the follower's turn may not have seen the other's
    assert (len(decided), refused) == (2, []) and stories(store) == [{1, 5, 6}, {2, 4}, {3}]
