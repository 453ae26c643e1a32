"""The hub for our own feeds from end to end: one instance publishes, another one subscribes to it as it does at anybody's hub, both over
real HTTP on loopback. What the workers do is done by hand, step by step."""

import ipaddress
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.serving import make_server

from aggregator.access import Scope, digest
from aggregator.app import App, build
from aggregator.hub import HubSubscription
from aggregator.model import Feed, FeedDraft, Outlet, Subscription, SubscriptionState, Tags
from aggregator.settings import Settings
from tests.e2e.hub import call
from tests.fetch.loopback import Loopback, serving
from tests.web import newsroom
from web.factory import create_app

LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"),)
OPEN: dict[str, Any] = {"host_gap_s": 0.0, "fetch_allow": LOOPBACK, "fetch_only": LOOPBACK}


@contextmanager
def served(folder: Path, settings: Settings) -> Iterator[App]:
    """An instance with its web server on a port of its own, which it has to know."""
    server = make_server("127.0.0.1", 0, Flask(__name__), threaded=True)
    address = f"http://127.0.0.1:{server.server_port}"
    app = build(replace(settings, data_dir=folder, gazetteer_dir=folder / "none", base_url=address, web_url=address, secret_key="x" * 32))
    server.app = create_app(app)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield app
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        app.close()


@dataclass
class Publisher:
    """The instance whose feeds are subscribed to."""

    app: App

    def publish(self, *titles: str) -> None:
        """Articles with these titles can be found from now on."""
        for title in titles:
            body = f"{title}.\n{' '.join(word[::-1] for word in title.split())}."  # nothing in common: each is a story of its own
            newsroom.put(self.app, newsroom.COURIER, title.replace(" ", "-"), title, body, "en", datetime.now(UTC), Tags(language="en"))
        while self.app.pipeline.follow():
            pass

    def work(self) -> None:
        """What a tick hands out: looks at topics, questions, deliveries."""
        hub, now = self.app.store.hub, self.app.clock.now
        assert self.app.distributing is not None
        for topic_id in hub.claim_topics(self.app.store.changes.cursor("index"), now(), 60.0, timedelta(), 9):
            self.app.distributing.look(topic_id)
        for due in hub.claim(now(), 60.0, 99):
            self.app.distributing.serve(due.id)

    def topic(self, path: str = "/stream.rss?items=articles") -> str:
        return self.app.settings.base + path

    @property
    def subscriptions(self) -> tuple[HubSubscription, ...]:
        return self.app.store.hub.all()


@dataclass
class Subscriber:
    """The instance that reads a feed of the other one."""

    app: App
    feed: Feed

    def poll(self) -> None:
        claimed = self.app.store.feeds.claim(self.feed.id, self.app.clock.now(), 60)
        assert claimed is not None and self.app.polling.now(claimed) is not None

    def work(self) -> None:
        """What a tick hands out: deliveries that are to be taken in, hubs that are to be asked."""
        assert self.app.pushing is not None
        for ident in self.app.store.subscriptions.claim_pushes(self.app.clock.now(), 60, 100):
            self.app.pushing.take_in(ident)
        for due in self.app.store.subscriptions.claim_due(self.app.clock.now(), 60, 100):
            self.app.pushing.ask(due.id)

    @property
    def subscription(self) -> Subscription | None:
        return self.app.store.subscriptions.of_feed(self.feed.id)

    def titles(self) -> set[str | None]:
        return {entry.entry.title for entry in self.app.store.ledger.of_feed(self.feed.id)}


@pytest.fixture
def publisher(tmp_path: Path) -> Iterator[Publisher]:
    with served(tmp_path / "publisher", Settings(hub=True, api_limit=0, **OPEN)) as app:
        made = Publisher(app)
        made.publish("Ferry runs again")
        yield made


@pytest.fixture
def subscriber(tmp_path: Path, publisher: Publisher) -> Iterator[Subscriber]:
    with served(tmp_path / "subscriber", Settings(websub=True, hub=False, **OPEN)) as app:
        draft = FeedDraft(publisher.topic(), "The other instance", Outlet("other", "The other instance"))
        yield Subscriber(app, app.store.feeds.add(draft, app.clock.now())[0])


@pytest.fixture
def reader() -> Iterator[Loopback]:
    """A subscriber of few words: it agrees to everything and takes everything."""

    with serving({}) as server:
        for path in ("/push", "/push?k=1"):
            server.routes[path] = lambda exchange: exchange.answer(204)
        yield server


def subscribed(publisher: Publisher, reader: Loopback, path: str, **more: str) -> HubSubscription:
    """The reader's subscription to a feed."""
    form = {"hub.mode": "subscribe", "hub.topic": publisher.topic(path), "hub.callback": reader.url("/push"), **more}
    answer = create_app(publisher.app).test_client().post("/hub", data=form)
    assert answer.status_code == 202, answer.get_data(as_text=True)
    assert publisher.app.distributing is not None
    (due,) = publisher.app.store.hub.claim(publisher.app.clock.now(), 60.0, 9)
    publisher.app.distributing.look(due.topic_id)
    publisher.app.store.hub.verified(due, publisher.app.clock.now())
    return next(one for one in publisher.subscriptions if one.id == due.id)


def test_what_one_instance_publishes_another_one_gets_pushed(publisher: Publisher, subscriber: Subscriber) -> None:
    subscriber.poll()
    subscriber.work()
    (asked,) = publisher.subscriptions
    assert asked.lease_until is None and asked.topic == publisher.topic()
    publisher.work()
    assert subscriber.subscription is not None and subscriber.subscription.state is SubscriptionState.VERIFIED
    (verified,) = publisher.subscriptions
    assert verified.lease_until is not None and verified.secret == subscriber.subscription.secret != ""
    publisher.work()
    subscriber.work()
    assert subscriber.titles() == {"Ferry runs again"} and subscriber.subscription.last_push_at is None, "what it knows is not pushed"
    polls = len(subscriber.app.store.feeds.polls(subscriber.feed.id))

    publisher.publish("Bridge shut at Kupiansk", "Grain ship leaves Izmail")
    publisher.work()
    subscriber.work()
    assert subscriber.titles() == {"Ferry runs again", "Bridge shut at Kupiansk", "Grain ship leaves Izmail"}
    newest, *others = subscriber.app.store.feeds.polls(subscriber.feed.id)
    assert newest.pushed and newest.entries_new == 2 and len(others) == polls
    (after,) = publisher.subscriptions
    assert after.last_delivered_at is not None and after.failures == 0

    subscriber.app.store.feeds.remove(subscriber.feed.id)
    subscriber.work()
    publisher.work()
    assert publisher.subscriptions == ()


def test_who_wants_nothing_more_ends_it_with_410(publisher: Publisher, subscriber: Subscriber) -> None:
    subscriber.poll()
    subscriber.work()
    publisher.work()
    subscriber.app.store.feeds.pause(subscriber.feed.id, True, subscriber.app.clock.now())
    publisher.publish("Bridge shut at Kupiansk")
    publisher.work()
    assert publisher.subscriptions == ()


def test_nobody_is_subscribed_by_somebody_else(publisher: Publisher, subscriber: Subscriber) -> None:
    subscriber.poll()
    form = {"hub.mode": "subscribe", "hub.topic": publisher.topic(), "hub.callback": f"{subscriber.app.settings.base}/websub/nobody"}
    assert create_app(publisher.app).test_client().post("/hub", data=form).status_code == 202
    publisher.work()
    assert publisher.subscriptions == () and subscriber.titles() == {"Ferry runs again"}


def test_nothing_is_lost_over_a_restart(publisher: Publisher, subscriber: Subscriber) -> None:
    subscriber.poll()
    subscriber.work()
    publisher.work()
    publisher.publish("Bridge shut at Kupiansk")
    hub, now = publisher.app.store.hub, publisher.app.clock.now()
    (topic_id,) = hub.claim_topics(publisher.app.store.changes.cursor("index"), now, 60.0, timedelta(), 9)
    assert publisher.app.distributing is not None and publisher.app.distributing.look(topic_id)
    again = build(publisher.app.settings)  # after the news was seen, before it was delivered
    Publisher(again).work()
    again.close()
    subscriber.work()
    assert "Bridge shut at Kupiansk" in subscriber.titles()


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("/stream.atom?q=bridge", "application/atom+xml"),
        ("/stream.json?items=articles&limit=1", "application/feed+json"),
        ("/outlet/tidewater-courier.rss", "application/rss+xml"),
    ],
)
def test_a_delivery_is_the_document_that_everybody_reads(publisher: Publisher, reader: Loopback, path: str, media_type: str) -> None:
    made = subscribed(publisher, reader, path)
    publisher.publish("Bridge shut at Kupiansk")
    publisher.work()
    (seen,) = reader.seen
    assert seen.method == "POST" and seen.headers["content-type"] == f"{media_type}; charset=utf-8"
    assert seen.headers["link"] == f'<{publisher.topic("/hub")}>; rel="hub", <{made.topic}>; rel="self"'
    assert "x-hub-signature" not in seen.headers
    assert b"Bridge shut at Kupiansk" in seen.body
    assert call("GET", made.topic)[1] == seen.body


def test_only_what_matches_is_news(publisher: Publisher, reader: Loopback) -> None:
    subscribed(publisher, reader, "/stream.rss?q=bridge")
    publisher.publish("Grain ship leaves Izmail")
    publisher.work()
    assert reader.seen == []


def test_whole_texts_do_not_go_out(publisher: Publisher, reader: Loopback) -> None:
    app = publisher.app
    user = app.store.users.add("marta", "x", "operator", app.clock.now())
    app.store.tokens.add(user.id, "reader", frozenset({Scope.READ, Scope.FULL_TEXT}), digest("fw_1"), app.clock.now())
    subscribed(publisher, reader, "/stream.rss?items=articles")
    title = "Long report of a bridge"
    body = "\n".join(f"Line {n} says what the one before did not say of the bridge." for n in range(40))
    newsroom.put(app, newsroom.COURIER, "long", title, body, "en", datetime.now(UTC), Tags(language="en"))
    publisher.publish("Bridge shut at Kupiansk")
    publisher.work()
    (seen,) = reader.seen
    assert b"Line 1 says" in seen.body and b"Line 39 says" not in seen.body
    assert b"Line 39 says" in call("GET", f"{publisher.topic()}&token=fw_1")[1]


def test_a_feed_that_is_not_there_is_denied(publisher: Publisher, reader: Loopback) -> None:
    reader.routes.clear()
    form = {"hub.mode": "subscribe", "hub.topic": publisher.topic("/story/4711.rss"), "hub.callback": reader.url("/push?k=1")}
    assert create_app(publisher.app).test_client().post("/hub", data=form).status_code == 202
    publisher.work()
    publisher.work()
    (seen,) = reader.seen
    assert seen.path.startswith("/push?k=1&hub.mode=denied&hub.topic=http") and "hub.reason=There+is+no+such+feed" in seen.path
    assert publisher.subscriptions == ()
