"""What alerts have to tell: each story once, copies never, a second origin when it comes; nothing twice, nothing lost."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from aggregator.alerting import Alerting
from aggregator.alerts import Event, Trigger, Way
from aggregator.names import Names
from aggregator.query import Plan
from aggregator.search.language import parse
from aggregator.search.plan import plan
from tests.newsworld import START, World, item, page

TITLE = "Engineers close the bridge at Kupiansk"
TEXT = (
    "KUPIANSK, Ukraine - Engineers closed the road bridge over the Oskil on Monday after an inspection found two cracked piers.",
    "“Nobody crosses until the piers are wedged,” the district engineer Olha Marchuk told reporters beside the barrier.",
    "The governor of the Kharkiv region said that a ferry would carry ambulances and bread lorries until the middle of the month.",
    "Residents of the eastern bank waited with handcarts in the rain, and several of them walked back when it grew dark.",
)
OWN = (
    "KUPIANSK - The road bridge over the Oskil at Kupiansk is shut: an inspection found cracks in two of its piers on Monday.",
    "A ferry is to carry ambulances and bread lorries, said the governor of the Kharkiv region, until engineers have wedged the piers.",
    "“We heard the banging from the bank all night,” said the shopkeeper Iryna Holub, who sells tea beside the closed bridge.",
)
EDITED = (*TEXT[:3], "By Tuesday morning the ferry had made eleven crossings, and the engineers had wedged the first of the two piers.")


@pytest.fixture
def alerting(world: World) -> Alerting:
    def planned(query: str) -> Plan:
        names = Names(world.store, world.pipeline.taggers.sources.registry, None)
        return plan(parse(query), world.clock.now(), names).plan

    return Alerting(world.store, world.index, world.clock, planned, "https://news.example")


@pytest.fixture
def told(world: World, alerting: Alerting) -> Callable[[], list[tuple[Trigger, dict[str, Any]]]]:
    """Lets the alerts read on, and gives what came up since."""
    search = world.store.searches.save("Bridge", "bridge", "", "marta", START)
    alert = world.store.alerts.add(search.id, Way.WEBHOOK, "https://hooks.example/", tuple(Trigger), "", "", "marta", START)

    def since() -> list[tuple[Trigger, dict[str, Any]]]:
        while alerting.step() or world.store.alerts.get(alert.id).seq < world.store.changes.cursor("index"):
            pass
        due: tuple[Event, ...] = world.store.alerts.due(alert.id, world.clock.now(), 100)
        world.store.alerts.sent(alert.id, [event.id for event in due], world.clock.now())
        return [(event.trigger, dict(event.told)) for event in due]

    return since


def publish(world: World, outlet: str, title: str, text: tuple[str, ...]) -> None:
    feed = next((feed for feed in world.store.feeds.all() if feed.outlet_id == outlet), None) or world.subscribe(outlet)
    link = f"https://{outlet}.example/news/bridge"
    world.publish(feed, item(link, title, "b", "", published=world.clock.now()))
    world.fetcher.says(link, page(title, text))
    world.clock.sleep(600)
    world.poll(feed)
    world.drain()


def triggers(found: list[tuple[Trigger, dict[str, Any]]]) -> list[Trigger]:
    return [trigger for trigger, _ in found]


def test_a_story_is_told_once_its_copies_never_and_its_second_origin_when_it_comes(world: World, told: Any) -> None:
    publish(world, "courier", TITLE, TEXT)
    ((trigger, first),) = told()
    assert trigger is Trigger.NEW
    assert first["story"]["title"] == TITLE and first["story"]["origins"] == 1
    assert first["story"]["url"] == f"https://news.example/story/{first['story']['id']}"
    assert [article["outlet"] for article in first["articles"]] == ["courier"]
    assert any("Marchuk" in claim["speaker"] for claim in first["claims"])
    assert told() == []

    publish(world, "gazette", TITLE, TEXT)  # the same text
    assert world.articles()[1].copy_group == world.articles()[0].id
    assert told() == []

    publish(world, "herald", "Cracked piers shut Kupiansk bridge over the Oskil", OWN)
    assert world.articles()[2].story_id == world.articles()[0].story_id
    found = told()
    assert sorted(triggers(found)) == [Trigger.CONFIRMED, Trigger.UPDATED]
    assert found[0][1]["story"]["origins"] == 2
    assert told() == []


def test_an_edit_is_an_update(world: World, told: Any) -> None:
    publish(world, "courier", TITLE, TEXT)
    told()
    feed = world.store.feeds.all()[0]
    link = "https://courier.example/news/bridge"
    world.fetcher.says(link, page(TITLE, EDITED))
    world.publish(feed, item(link, TITLE, "b", "Edited.", published=world.clock.now()))
    world.clock.sleep(7200)
    world.poll(feed)
    world.drain()
    if world.articles()[0].revision == 1:
        pytest.fail("the edit was not seen")
    ((trigger, update),) = told()
    assert trigger is Trigger.UPDATED and update["articles"][0]["edits"] == 1


def test_what_does_not_match_is_not_told(world: World, told: Any) -> None:
    publish(world, "courier", "Schools open again in Lviv", ("LVIV - Forty schools opened on Monday after their boilers were mended.",) * 1)
    assert told() == []


def test_a_story_that_was_merged_is_no_new_one(world: World, told: Any) -> None:
    publish(world, "courier", TITLE, TEXT)
    told()
    old = world.articles()[0].story_id
    assert old is not None
    other = world.store.stories.create("The bridge", world.clock.now())
    world.store.stories.merge(old, other)
    while world.pipeline.follow():
        pass
    assert world.articles()[0].story_id == other
    assert told() == []


def test_a_search_that_was_removed_waits_until_it_is_put_back(world: World, told: Any, alerting: Alerting) -> None:
    world.store.searches.remove(1, "marta", START)
    publish(world, "courier", TITLE, TEXT)
    assert alerting.step() == 0
    world.store.searches.restore(1, "marta", START)
    assert triggers(told()) == [Trigger.NEW]


def test_a_digest_waits_for_its_hour(world: World, alerting: Alerting) -> None:
    search = world.store.searches.save("Bridge", "bridge", "", "marta", START)
    alert = world.store.alerts.add(search.id, Way.MAIL, "a@b.example", (Trigger.NEW,), "07:30", "", "marta", START)
    publish(world, "courier", TITLE, TEXT)
    assert alerting.step() == 1
    assert world.store.alerts.claim(world.clock.now(), 60.0, 9) == ()
    world.clock.sleep(timedelta(hours=24).total_seconds())
    assert world.store.alerts.claim(world.clock.now(), 60.0, 9) == (alert.id,)
