"""Stories that end, and stories that take up earlier ones, over the store and the real pipeline."""

from dataclasses import replace
from datetime import timedelta

import pytest

from aggregator.model import Mention, Place, Story, Tags
from aggregator.pipeline import Pipeline
from aggregator.rebuild import Rebuild
from aggregator.storage.engine import open_store
from aggregator.storage.store import SqlStore
from aggregator.storying import STORY_WINDOW, quiet_since
from tests.arranged import follow, pipeline_over
from tests.contract.builders import IZIUM, KYIV, NOON, later, stored

COLLAPSE = (
    "Footbridge over the Donets collapses in Izium",
    "The Veselka footbridge over the Donets collapsed in Izium during a boat race, and eleven spectators fell into the river. "
    "The builder, Stepmost, had warned of rust in the Veselka since spring.",
)
OPENING = (
    "Izium opens the Veselka footbridge again",
    "The Veselka footbridge over the Donets is open again, two months after it collapsed in Izium under spectators of a boat race. "
    "The firm Stepmost laid new steel, and divers will look for rust.",
)
LIBRARY = (
    "Library in Izium lends lamps",
    "Readers in Izium may borrow electric lamps as well as books. Director Inna Sokil said that two hundred lamps came from Poznan.",
)


def _put(store: SqlStore, number: int, text: tuple[str, str], days: float, place: Place = IZIUM) -> int:
    title, body = text
    start = body.find("Izium")
    tags = Tags(mentions=(Mention(start, start + 5, "Izium", place, "event", 0.9),), primary_places=(place.id,))
    return stored(store, number, tags, title=title, body=body, published_at=later(days=days), first_seen_at=later(days=days, minutes=5))


def _over(store: SqlStore) -> Pipeline:
    pipeline = pipeline_over(store, later(hours=1))
    follow(pipeline)
    while pipeline.repair_stories():
        follow(pipeline)
    return pipeline


def _followed(pipeline: Pipeline, article_id: int) -> Story | None:
    story_id = pipeline.store.articles.get(article_id).story_id
    assert story_id is not None
    earlier = pipeline.store.stories.get(story_id).follows
    return None if earlier is None else pipeline.store.stories.get(earlier)


def test_a_story_is_quiet_once_it_takes_in_no_more() -> None:
    story = Story(1, "Title", NOON, NOON)
    assert quiet_since(story, NOON + STORY_WINDOW) is None
    assert quiet_since(story, NOON + STORY_WINDOW + timedelta(seconds=1)) == NOON
    assert quiet_since(replace(story, last_seen_at=later(days=30)), later(days=31)) is None


def test_a_follow_up_leads_back_and_other_matters_do_not() -> None:
    store = open_store("sqlite://")
    assert isinstance(store, SqlStore)
    old = _put(store, 1, COLLAPSE, -60)
    new, other = _put(store, 2, OPENING, 0), _put(store, 3, LIBRARY, 0)
    pipeline = _over(store)
    found = _followed(pipeline, new)
    assert found is not None and found.id == store.articles.get(old).story_id and found.title == COLLAPSE[0]
    assert _followed(pipeline, other) is None and _followed(pipeline, old) is None
    Rebuild(pipeline).stories(iter)
    again = _followed(pipeline, new)
    assert again is not None and again.id == store.articles.get(old).story_id == found.id
    assert _followed(pipeline, other) is None


@pytest.mark.parametrize(("days", "place"), [(-60, KYIV), (-130, IZIUM), (-1, IZIUM)], ids=["elsewhere", "long ago", "not over yet"])
def test_nothing_leads_back(days: int, place: Place) -> None:
    store = open_store("sqlite://")
    assert isinstance(store, SqlStore)
    _put(store, 1, COLLAPSE, days, place)
    new = _put(store, 2, OPENING, 0)
    assert _followed(_over(store), new) is None
