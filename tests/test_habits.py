"""What feeds usually speak of: counted of their own newest articles, kept for some minutes, and held while all are tagged anew."""

import pytest

from aggregator.habits import KEEP, LEAST_ARTICLES, NEWEST, NO_HABITS, SURE, Habits
from aggregator.model import Feed, Mention, Tags
from aggregator.places.confidence import calibration
from aggregator.places.resolve import HABITUAL
from aggregator.ports import Store
from aggregator.rebuild import Rebuild
from aggregator.storage.engine import open_store
from tests.contract.builders import IZIUM, KYIV, article, draft, later, link
from tests.newsworld import HandClock, World, item, page


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


# --- over the pipeline ------------------------------------------------------------------------------------------------

CARTAGENA_COLOMBIA, CARTAGENA_SPAIN, MADRID = "gn3687238", "gn2520058", "gn3117735"
RAID = "Police in Cartagena seized three rifles in a garage on Tuesday, and two brothers were taken to the cells behind the court."
SPANISH = "A tram left its rails in Madrid on Tuesday night, and eleven passengers were hurt, the fire brigade said after midnight."


def tell(world: World, feed: Feed, texts: dict[str, str]) -> None:
    """The feed brings these texts, by name."""
    for name, text in texts.items():
        world.fetcher.says(f"https://{feed.outlet_id}.example/{name}", page(f"Report {name}", [text]))
    world.publish(feed, *(item(f"https://{feed.outlet_id}.example/{name}", f"Report {name}", f"g-{name}") for name in texts))
    world.poll(feed)
    world.drain()


def named(world: World, feed: Feed) -> list[str]:
    """The place that each article of the feed names first."""
    ids = world.store.articles.ids(feed_id=feed.id)
    tags = world.store.articles.tags(ids)
    return [tags[ident].mentions[0].place.id for ident in ids if tags[ident].mentions]


def test_an_ambiguous_name_is_read_as_its_feed_would(world: World) -> None:
    iberian, young = world.subscribe("iberian"), world.subscribe("young")
    tell(world, iberian, {"early": RAID})
    tell(world, iberian, {str(n): SPANISH.replace("eleven", f"{n + 2}") for n in range(LEAST_ARTICLES)})
    world.clock.sleep(KEEP.total_seconds())
    tell(world, iberian, {"late": RAID.replace("Tuesday", "Friday")})
    tell(world, young, {"first": RAID.replace("three", "four")})
    first, *spanish, late = named(world, iberian)
    assert (first, set(spanish), late) == (CARTAGENA_COLOMBIA, {MADRID}, CARTAGENA_SPAIN)
    assert named(world, young) == [CARTAGENA_COLOMBIA]
    ids = world.store.articles.ids(feed_id=iberian.id)
    (why,) = [one for one in world.pipeline.explain_places(ids[-1]) if one.text == "Cartagena"]
    assert "usual" in dict(why.candidates[0].parts) and why.confidence < SURE  # it does not count itself


@pytest.mark.parametrize("backwards", [False, True])
def test_a_rebuild_does_not_depend_on_the_order(world: World, backwards: bool) -> None:
    feed = world.subscribe("iberian")
    tell(world, feed, {"early": RAID})
    tell(world, feed, {str(n): SPANISH.replace("eleven", f"{n + 2}") for n in range(LEAST_ARTICLES)})
    Rebuild(world.pipeline).tags(lambda ids: reversed(ids) if backwards else ids)
    once = named(world, feed)
    assert once[0] == CARTAGENA_SPAIN  # an old article is read by what its feed speaks of now
    changes = world.store.changes.head()
    Rebuild(world.pipeline).tags(lambda ids: ids)
    assert (named(world, feed), world.store.changes.head()) == (once, changes)  # nothing is left to change


def test_what_habit_chose_is_never_counted() -> None:
    surest = 15.0  # the recogniser's margin: more than any name of the training texts has
    assert calibration()(surest, HABITUAL) < SURE
