"""The tasks' boundaries: an error that nobody foresaw is counted, tried again and in the end closed; it costs nobody else anything."""

import logging
from collections.abc import Iterator
from datetime import timedelta

import pytest

from aggregator.app import App, build
from aggregator.errors import BrokerError
from aggregator.fetching import ATTEMPTS
from aggregator.model import Alias, EntryState, FeedState, NewArticle, Response, Step, Tags
from aggregator.ports import FetchRequest, Visit
from aggregator.settings import Settings
from aggregator.tagging import Taggers
from tests.newsworld import World, item, page
from workers.tasks.fetch import _fetch, _revisit, poll_all
from workers.tasks.process import POISON_AFTER, _process, _reread

LINK = "https://courier.example/news/1"


class Broken(Exception):
    """An error that is in no tree."""


def _no_taggers() -> Taggers:
    raise Broken("a tagger fell over")


@pytest.fixture
def world() -> Iterator[World]:
    made = World(_no_taggers)
    yield made
    made.close()


@pytest.fixture
def app(world: World) -> App:
    """The product over the world's stand-ins."""
    made = build(Settings(lease_s=60.0), world.clock)
    vars(made).update(store=world.store, index=world.index, fetcher=world.fetcher)
    vars(made).update(polling=world.polling, fetching=world.fetching, pipeline=world.pipeline)
    return made


def claimed(world: World, step: Step) -> list[int]:
    return [entry.id for entry in world.store.ledger.claim(step, world.clock.now(), 60.0, 100)]


def test_an_entry_that_cannot_be_processed_is_closed_as_failed(world: World, app: App, caplog: pytest.LogCaptureFixture) -> None:
    feed = world.subscribe()
    world.publish(feed, item(LINK, "Bridge closed", text="Engineers closed the bridge at Kupiansk on Monday."))
    world.poll(feed)
    tries = 0
    with caplog.at_level(logging.CRITICAL, "frontwire.tasks"):
        while world.store.ledger.counts()[EntryState.PENDING]:
            for entry_id in claimed(world, Step.FETCH):
                _fetch(app, entry_id)
            for entry_id in claimed(world, Step.PROCESS):
                _process(app, entry_id)
                tries += 1
            world.clock.sleep(61)
            assert tries <= POISON_AFTER + 1
    (entry,) = world.entries()
    assert entry.state is EntryState.FAILED and tries == POISON_AFTER + 1
    assert "Broken: a tagger fell over" in entry.reason and "3 attempts" in entry.reason


def test_work_that_ends_its_worker_is_closed_as_failed(world: World, app: App) -> None:
    feed = world.subscribe()
    world.publish(feed, item(None, "Bridge closed", text="Engineers closed the bridge at Kupiansk on Monday."))
    world.poll(feed)
    (entry_id,) = claimed(world, Step.FETCH)
    assert _fetch(app, entry_id)
    for _ in range(POISON_AFTER):  # the worker notes the attempt, and is gone
        world.store.ledger.renew([entry_id], world.clock.now(), 60.0, attempt=True)
    _process(app, entry_id)
    (entry,) = world.entries()
    assert entry.state is EntryState.FAILED and "it ended its worker" in entry.reason


def test_a_fetch_that_breaks_off_is_counted_and_holds_nobody_up(world: World, app: App, caplog: pytest.LogCaptureFixture) -> None:
    feed = world.subscribe()
    world.publish(feed, item(LINK, "Bridge closed"), item(LINK + "2", "Ferry runs"))
    world.poll(feed)

    class Breaking:
        asked = 0

        def get(self, request: FetchRequest) -> Response:
            if request.url == LINK:
                self.asked += 1
                raise Broken("no such case")
            return world.fetcher.get(request)

    breaking = Breaking()
    world.ask(breaking)
    ready: list[int] = []
    with caplog.at_level(logging.CRITICAL, "frontwire.tasks"):
        for _ in range(20):
            ready += [entry_id for entry_id in claimed(world, Step.FETCH) if _fetch(app, entry_id)]
            world.clock.sleep(timedelta(minutes=11).total_seconds())
    assert len(ready) == 2 and breaking.asked == ATTEMPTS
    for entry_id in ready:
        _process(app, entry_id)
    assert [entry.state for entry in world.entries()] == [EntryState.FAILED] * 2
    assert "unforeseen Broken: no such case" in world.entries()[0].reason


def test_a_broker_that_is_away_is_nobody_s_error(world: World, app: App) -> None:
    feed = world.subscribe()
    world.publish(feed, item(LINK, "Bridge closed", text="Engineers closed the bridge."))
    world.poll(feed)

    class Brokerless:
        def get(self, request: FetchRequest) -> Response:
            raise BrokerError("Valkey does not answer.")

    world.ask(Brokerless())
    (entry_id,) = claimed(world, Step.FETCH)
    for _ in range(ATTEMPTS + 1):
        assert not _fetch(app, entry_id)
    (entry,) = world.entries()
    assert entry.state is EntryState.PENDING and entry.attempts == 0
    before = world.store.feeds.get(feed.id)
    poll_all(app, [feed.id])
    after = world.store.feeds.get(feed.id)
    assert (after.errors_in_row, after.state) == (0, before.state)
    assert after.next_poll_at is not None and after.next_poll_at - world.clock.now() < timedelta(seconds=10)


def test_a_poll_that_breaks_off_is_counted_against_its_feed(world: World, app: App, caplog: pytest.LogCaptureFixture) -> None:
    feed = world.subscribe()

    class Breaking:
        def get(self, request: FetchRequest) -> Response:
            raise Broken("no such case")

    world.ask(Breaking())
    with caplog.at_level(logging.CRITICAL, "frontwire.tasks"):
        poll_all(app, [feed.id])
    after = world.store.feeds.get(feed.id)
    assert after.errors_in_row == 1 and after.state is FeedState.FAILING and "Broken" in after.state_text


def test_an_answer_that_cannot_be_settled_costs_the_others_nothing(
    world: World, app: App, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    good, bad = world.subscribe("courier"), world.subscribe("herald")
    for feed in (good, bad):
        world.publish(feed, item(f"{feed.url}/1", "Bridge closed"))
    see = type(world.store.ledger).see

    def broken(ledger: object, feed_id: int, *rest: object) -> object:
        if feed_id == bad.id:
            raise Broken("no such case")
        return see(ledger, feed_id, *rest)  # type: ignore[arg-type]  # whatever the caller gave

    monkeypatch.setattr(type(world.store.ledger), "see", broken)
    with caplog.at_level(logging.CRITICAL, "frontwire.tasks"):
        assert poll_all(app, [bad.id, good.id])
    assert [entry.feed_id for entry in world.entries()] == [good.id]
    assert world.store.feeds.get(good.id).state is not FeedState.FAILING
    assert world.store.feeds.get(bad.id).state is FeedState.FAILING and "Broken" in world.store.feeds.get(bad.id).state_text


def test_feeds_that_are_not_reached_in_half_the_lease_are_given_back(world: World, app: App) -> None:
    feeds = [world.subscribe(name) for name in ("courier", "herald", "post")]
    for feed in feeds:
        world.publish(feed, item(f"{feed.url}/1", "Bridge closed"))

    class Slow:
        def get(self, request: FetchRequest) -> Response:
            world.clock.sleep(20)
            return world.fetcher.get(request)

    world.ask(Slow())
    claimed = world.store.feeds.claim_due(world.clock.now(), app.settings.lease_s, 9)
    assert len(claimed) == 3 and poll_all(app, [feed.id for feed in claimed])
    polled = [world.store.feeds.get(feed.id).last_polled_at is not None for feed in claimed]
    assert polled == [True, True, False]
    assert [feed.id for feed in world.store.feeds.claim_due(world.clock.now(), 60, 9)] == [claimed[2].id]


def test_what_was_removed_meanwhile_is_nobody_s_error(world: World, app: App) -> None:
    feed = world.subscribe()
    world.publish(feed, item(LINK, "Bridge closed"))
    world.poll(feed)
    (entry_id,) = claimed(world, Step.FETCH)
    world.store.feeds.remove(feed.id)
    poll_all(app, [feed.id])
    assert not _fetch(app, entry_id)
    _process(app, entry_id)
    assert world.entries() == []


def visited(world: World) -> int:
    """An article whose page is to be looked at again, at once."""
    now, feed = world.clock.now(), world.subscribe()
    new = NewArticle("courier", LINK, "courier.example/news/1", "Bridge closed", "Closed.", ("p",), "en", now, now, "hash", feed_id=feed.id)
    ident = world.store.articles.add(new, [Alias("link", new.url_key)], Tags(), now, None, Visit(LINK, now, page_hash="other"))
    assert ident is not None
    return ident


def test_a_visit_that_breaks_off_is_tried_again_and_left_for_the_next(world: World, app: App, caplog: pytest.LogCaptureFixture) -> None:
    ident = visited(world)

    class Breaking:
        asked = 0

        def get(self, request: FetchRequest) -> Response:
            self.asked += 1
            raise Broken("no such case")

    breaking = Breaking()
    world.ask(breaking)
    begun = world.clock.now()
    with caplog.at_level(logging.CRITICAL, "frontwire.tasks"):
        while world.clock.now() < begun + timedelta(minutes=29):
            assert not _revisit(app, ident)
            world.clock.sleep(61)
    planned = world.store.revisits.get(ident)
    assert breaking.asked == ATTEMPTS
    assert planned is not None and planned.due_at == begun + timedelta(minutes=30)


def test_a_page_that_cannot_be_read_again_is_left_for_the_next_visit(world: World, app: App, caplog: pytest.LogCaptureFixture) -> None:
    ident = visited(world)
    feed = world.store.feeds.all()[0]
    world.publish(feed, item(LINK, "Bridge closed"))
    world.poll(feed)
    (entry,) = world.entries()
    world.store.ledger.finish(entry.id, EntryState.STORED, "", world.clock.now(), ident)
    world.fetcher.says(LINK, page("Bridge closed", ["Engineers closed the road bridge over the Oskil at Kupiansk on Monday morning."] * 3))
    assert _revisit(app, ident)
    with caplog.at_level(logging.CRITICAL, "frontwire.tasks"):
        for _ in range(ATTEMPTS):
            _reread(app, ident)  # the taggers fall over
    planned = world.store.revisits.get(ident)
    assert planned is not None and planned.step is Step.FETCH and world.store.articles.get(ident).revision == 1


def test_a_visit_to_what_was_removed_meanwhile_is_nobody_s_error(world: World, app: App) -> None:
    assert not _revisit(app, 99)
    _reread(app, 99)
    assert world.store.revisits.get(99) is None
