"""What feeds usually speak of: counted of their own newest articles, kept for some minutes, and held while all are tagged anew."""

import pytest

from aggregator.habits import KEEP, LEAST_ARTICLES, NEWEST, NO_HABITS, SURE, Habits
from aggregator.model import Mention, Tags
from aggregator.ports import Store
from aggregator.storage.engine import open_store
from tests.contract.builders import IZIUM, KYIV, article, draft, later, link
from tests.newsworld import HandClock


@pytest.fixture
def store() -> Store:
    return open_store("sqlite://")


def feed_of(store: Store, number: int = 1) -> int:
    return store.feeds.add(draft(number), later())[0].id


def bring(store: Store, feed_id: int, first: int, count: int, confidence: float = 0.95) -> None:
    """Store articles that name Kyiv; every second names Izium in place of it."""
    for number in range(first, first + count):
        mention = Mention(0, 4, "Kyiv", IZIUM if number % 2 else KYIV, "event", confidence)
        store.articles.add(article(number, feed_id=feed_id), [link(number)], Tags("en", (mention,)), later(minutes=number))


def test_a_feed_speaks_of_countries(store: Store) -> None:
    habits, feed_id = Habits(store, HandClock()), feed_of(store)
    bring(store, feed_id, 1, LEAST_ARTICLES)
    assert habits.of(feed_id) == {"UA": 1.0}
    assert habits.of(None) == habits.of(feed_of(store, 2)) == NO_HABITS


def test_too_few_and_unsure_articles_say_nothing(store: Store) -> None:
    one, two = feed_of(store, 1), feed_of(store, 2)
    bring(store, one, 1, LEAST_ARTICLES - 1)
    bring(store, two, 100, LEAST_ARTICLES, SURE - 0.01)
    habits = Habits(store, HandClock())
    assert habits.of(one) == habits.of(two) == NO_HABITS


def test_only_the_newest_count(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aggregator.habits.NEWEST", LEAST_ARTICLES)
    feed_id = feed_of(store)
    bring(store, feed_id, 1, LEAST_ARTICLES)
    for number in range(100, 100 + NEWEST // 10):
        store.articles.add(article(number, feed_id=feed_id), [link(number)], Tags("en"), later(hours=1))
    assert Habits(store, HandClock()).of(feed_id) == NO_HABITS  # the newest name nothing


def test_they_are_kept_for_some_minutes(store: Store) -> None:
    clock, feed_id = HandClock(), feed_of(store)
    habits = Habits(store, clock)
    assert habits.of(feed_id) == NO_HABITS
    bring(store, feed_id, 1, LEAST_ARTICLES)
    clock.sleep(KEEP.total_seconds() - 1)
    assert habits.of(feed_id) == NO_HABITS
    clock.sleep(1)
    assert habits.of(feed_id) == {"UA": 1.0}


def test_they_are_held(store: Store) -> None:
    clock, feed_id = HandClock(), feed_of(store)
    habits = Habits(store, clock)
    assert habits.of(feed_id) == NO_HABITS
    bring(store, feed_id, 1, LEAST_ARTICLES)
    with habits.held():
        assert habits.of(feed_id) == {"UA": 1.0}  # counted when it began
        bring(store, feed_id, 100, NEWEST, confidence=0.1)
        clock.sleep(10 * KEEP.total_seconds())
        assert habits.of(feed_id) == {"UA": 1.0}
    assert habits.of(feed_id) == NO_HABITS
