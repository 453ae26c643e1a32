"""Alarms through the running pipeline: a feed that goes wrong in silence is named, and no longer once it is well."""

from datetime import timedelta

from aggregator.model import AlarmKind, Feed
from tests.newsworld import World, item, page, refusal


def later(world: World, feed: Feed, polls: int = 1) -> tuple[AlarmKind, ...]:
    """Poll some more times, an hour apart; return the feed's alarms."""
    for _ in range(polls):
        world.clock.sleep(timedelta(hours=1).total_seconds())
        world.poll(feed)
        feed = world.store.feeds.get(feed.id)
    return tuple(alarm.kind for alarm in feed.alarms)


def test_what_goes_wrong_in_silence_is_named_until_it_is_well(world: World) -> None:
    feed = world.subscribe()
    items = [item(f"https://courier.example/{n}", f"Report {n}") for n in range(8)]
    world.publish(feed, *items)
    assert later(world, feed, 3) == ()
    world.publish(feed)
    assert later(world, feed) == ()
    since = world.clock.now()
    assert later(world, feed) == (AlarmKind.SILENT_ZERO,)
    (alarm,) = world.store.feeds.get(feed.id).alarms
    assert alarm.since == since and world.store.totals().alarms == 1
    world.publish(feed, *items)
    assert later(world, feed) == ()
    world.fetcher.says(feed.url, refusal(feed.url, 503))
    assert later(world, feed, 2) == (AlarmKind.FAILING,)
    world.fetcher.says(feed.url, page("Just a moment", ["Checking your browser."]))
    assert later(world, feed) == (AlarmKind.FAILING,)
    assert later(world, feed) == (AlarmKind.HTML,)
    world.publish(feed, *items)
    assert later(world, feed) == ()
    world.publish(feed, *(item(f"https://courier.example/new-{n}", f"Report {n}", published=None) for n in range(30)))
    assert later(world, feed) == (AlarmKind.UNDATED,)
