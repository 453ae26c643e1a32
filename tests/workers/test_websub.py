"""The tasks about hubs: what is due becomes messages, and an error that nobody foresaw costs nobody else anything."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from aggregator.app import App, build
from aggregator.model import Feed, FeedDraft, Outlet, Response, Subscription, SubscriptionState
from aggregator.pushing import ATTEMPTS, Pushing
from aggregator.settings import Settings
from tests.newsworld import HandClock
from workers import dispatch
from workers.tasks.fetch import _push, _websub

HUBS = ("https://hub.example/", "https://hub.example/two", "https://other.example/")


class Broken(Exception):
    """An error that is in no tree."""


class BrokenPoster:
    """ports.Poster that falls over."""

    def post(self, url: str, form: Sequence[tuple[str, str]]) -> Response:
        raise Broken(url)

    def send(self, url: str, body: bytes, headers: Mapping[str, str]) -> Response:
        raise Broken(url)


class Room:
    """A broker whose queues hold so many messages."""

    def __init__(self, waiting: int) -> None:
        self._waiting = waiting

    def waiting(self) -> dict[str, int]:
        return {"fetch": self._waiting, "process": 0, "serial": 0}


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    clock = HandClock()
    made = build(Settings(data_dir=tmp_path, base_url="https://wire.example"), clock)
    vars(made).update(broker=Room(0), pushing=Pushing(made.store, BrokenPoster(), clock, "https://wire.example", 60.0))
    yield made
    made.close()


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, list[int]]]:
    """Messages instead of sending them."""
    messages: list[tuple[str, list[int]]] = []

    def send(task: str, ids: list[int]) -> int:
        messages.append((task, ids))
        return 1

    monkeypatch.setattr(dispatch, "_send", send)
    return messages


def subscribed(app: App, number: int) -> tuple[Feed, Subscription]:
    draft = FeedDraft(f"https://press.example/{number}", f"Press {number}", Outlet("press", "The Press"))
    feed = app.store.feeds.add(draft, app.clock.now())[0]
    app.store.subscriptions.want(feed.id, HUBS[number], draft.url, app.clock.now(), token=f"t{number}", secret="s")
    found = app.store.subscriptions.of_feed(feed.id)
    assert found is not None
    return feed, found


def test_what_is_due_is_handed_out_by_hub_once(app: App, sent: list[tuple[str, list[int]]]) -> None:
    made = [subscribed(app, number)[1] for number in range(3)]
    for _ in range(5):
        app.store.subscriptions.keep_push(made[0], None, b"x", app.clock.now())
    assert dispatch.hand_out_pushes(app) + dispatch.hand_out_subscriptions(app) == 4
    assert sent == [
        ("frontwire.push", [1, 2, 3, 4]),
        ("frontwire.push", [5]),
        ("frontwire.websub", [made[0].id, made[1].id]),
        ("frontwire.websub", [made[2].id]),
    ]
    assert dispatch.hand_out_pushes(app) + dispatch.hand_out_subscriptions(app) == 0


def test_nothing_is_handed_out_into_a_full_queue_or_where_it_is_switched_off(app: App, sent: list[tuple[str, list[int]]]) -> None:
    subscribed(app, 0)
    vars(app).update(broker=Room(10_000))
    assert dispatch.hand_out_pushes(app) + dispatch.hand_out_subscriptions(app) == 0
    vars(app).update(broker=Room(0), pushing=None)
    assert dispatch.hand_out_pushes(app) + dispatch.hand_out_subscriptions(app) == 0 and sent == []
    _push(app, 1)
    _websub(app, 1)


def test_a_hub_that_breaks_the_task_is_tried_again_when_it_is_due(app: App, caplog: pytest.LogCaptureFixture) -> None:
    _, before = subscribed(app, 0)
    with caplog.at_level(logging.CRITICAL, "frontwire.tasks"):
        _websub(app, before.id)
    after = app.store.subscriptions.get(before.id)
    assert after is not None and after.state is SubscriptionState.PENDING
    assert after.next_try_at is not None and after.next_try_at > app.clock.now()


def test_a_delivery_that_breaks_the_task_is_tried_again_and_then_polled(
    app: App, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    feed, subscription = subscribed(app, 0)
    app.store.subscriptions.keep_push(subscription, None, b"<rss version='2.0'><channel/></rss>", app.clock.now())

    def broken(*_: object) -> None:
        raise Broken("no such case")

    with monkeypatch.context() as patch, caplog.at_level(logging.CRITICAL, "frontwire.tasks"):
        patch.setattr("aggregator.pushing.parse", broken)
        for _ in range(ATTEMPTS):
            (push_id,) = app.store.subscriptions.claim_pushes(app.clock.now(), 60, 10)
            _push(app, push_id)
            app.clock.sleep(61)
    (push_id,) = app.store.subscriptions.claim_pushes(app.clock.now(), 60, 10)
    with caplog.at_level(logging.CRITICAL, "frontwire.websub"):
        _push(app, push_id)
    assert app.store.subscriptions.push(push_id) is None
    assert app.store.feeds.get(feed.id).next_poll_at == app.clock.now()


def test_a_delivery_for_a_feed_that_was_removed_is_nobody_s_error(app: App) -> None:
    feed, subscription = subscribed(app, 0)
    app.store.subscriptions.keep_push(subscription, None, b"x", app.clock.now())
    app.store.feeds.remove(feed.id)
    _push(app, 1)
