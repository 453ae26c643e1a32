"""The tasks of the hub: what is due becomes messages, and an error that nobody foresaw costs nobody else anything."""

import logging
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from aggregator.app import App, build
from aggregator.distributing import Distributing
from aggregator.hub import HubRequest, Mode
from aggregator.model import Response
from aggregator.settings import Settings
from tests.newsworld import HandClock
from tests.workers.test_websub import Broken, Room, sent
from workers import dispatch
from workers.tasks.fetch import _look, _serve

__all__ = ["sent"]  # the fixture
BASE = "https://wire.example"
CALLBACKS = ("https://reader.example/1", "https://reader.example/2", "https://other.example/")


class BrokenWays:
    """Our web server and the callbacks, all falling over."""

    def get(self, path: str, etag: str | None = None) -> Response:
        raise Broken(path)

    def call(self, url: str, body: bytes | None = None, headers: Mapping[str, str] | None = None) -> Response:
        raise Broken(url)


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    clock, broken = HandClock(), BrokenWays()
    made = build(Settings(data_dir=tmp_path, base_url=BASE), clock)
    vars(made).update(broker=Room(0), distributing=Distributing(made.store, broken, broken, clock, BASE))
    yield made
    made.close()


def subscribed(app: App, topic: str, callback: str) -> int:
    """The id of a subscription, which the callback has agreed to."""
    app.store.hub.ask(HubRequest(Mode.SUBSCRIBE, f"{BASE}/{topic}", callback), app.clock.now())
    (due,) = app.store.hub.claim(app.clock.now(), 60.0, 9)
    app.store.hub.verified(due, app.clock.now())
    return due.id


def test_what_is_due_is_handed_out_by_host_once(app: App, sent: list[tuple[str, list[int]]]) -> None:
    for callback in CALLBACKS:
        app.store.hub.ask(HubRequest(Mode.SUBSCRIBE, f"{BASE}/stream.rss", callback), app.clock.now())
    assert dispatch.hand_out_subscribers(app) == 2 and dispatch.hand_out_subscribers(app) == 0
    assert sent == [("frontwire.subscribers", [3]), ("frontwire.subscribers", [1, 2])]


def test_feeds_with_subscribers_are_looked_at_when_the_index_moves(app: App, sent: list[tuple[str, list[int]]]) -> None:
    for number in range(9):
        subscribed(app, f"story/{number}.rss", CALLBACKS[0])
    assert dispatch.hand_out_topics(app) == 2  # nobody has looked at them yet
    assert sent == [("frontwire.topics", [1, 2, 3, 4, 5, 6, 7, 8]), ("frontwire.topics", [9])]
    for topic_id in range(1, 10):
        app.store.hub.looked(topic_id, 0, app.clock.now())
    app.clock.sleep(60)
    assert dispatch.hand_out_topics(app) == 0
    app.store.changes.advance("index", 1)
    assert dispatch.hand_out_topics(app) == 2


def test_many_feeds_are_looked_at_in_turn(app: App, sent: list[tuple[str, list[int]]]) -> None:
    for number in range(50):
        subscribed(app, f"story/{number}.rss", f"https://reader-{number}.example/")
        app.store.hub.looked(number + 1, 0, app.clock.now())
    app.store.changes.advance("index", 1)
    app.clock.sleep(9)  # longer than for one, but fifty take ten seconds
    assert dispatch.hand_out_topics(app) == 0
    app.clock.sleep(1)
    assert dispatch.hand_out_topics(app) == 7 and len({ident for _, ids in sent for ident in ids}) == 50


def test_nothing_is_handed_out_into_a_full_queue_or_where_it_is_switched_off(app: App, sent: list[tuple[str, list[int]]]) -> None:
    ident = subscribed(app, "stream.rss", CALLBACKS[0])
    vars(app).update(broker=Room(10_000))
    assert dispatch.hand_out_topics(app) + dispatch.hand_out_subscribers(app) == 0
    vars(app).update(broker=Room(0), distributing=None)
    assert dispatch.hand_out_topics(app) + dispatch.hand_out_subscribers(app) == 0 and sent == []
    assert not _look(app, 1)
    _serve(app, ident)


def test_what_breaks_the_task_is_tried_again_when_its_lease_lapses(app: App, caplog: pytest.LogCaptureFixture) -> None:
    ident = subscribed(app, "stream.rss", CALLBACKS[0])
    with caplog.at_level(logging.CRITICAL, "frontwire.tasks"):
        app.store.hub.claim_topics(0, app.clock.now(), 60.0, timedelta(), 9)
        assert not _look(app, 1)
        app.store.hub.ask(HubRequest(Mode.UNSUBSCRIBE, f"{BASE}/stream.rss", CALLBACKS[0]), app.clock.now())
        assert [due.id for due in app.store.hub.claim(app.clock.now(), 60.0, 9)] == [ident]
        _serve(app, ident)
    assert app.store.hub.claim(app.clock.now(), 60.0, 9) == ()
    app.clock.sleep(61)
    assert [due.id for due in app.store.hub.claim(app.clock.now(), 60.0, 9)] == [ident]
    assert app.store.hub.claim_topics(0, app.clock.now(), 60.0, timedelta(), 9) == (1,)
