"""WebSub from end to end: our own web server and client against a hub on loopback, on a clock that is moved by hand."""

import ipaddress
import logging
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.serving import make_server

from aggregator.app import App, build
from aggregator.feeds import websub
from aggregator.model import EntryState, Feed, FeedDraft, Outlet, Poll, PollOutcome, Subscription, SubscriptionState
from aggregator.pushing import ATTEMPTS, Pushing
from aggregator.settings import Settings
from tests.e2e.hub import Hub, call, hub
from tests.fetch.loopback import SetClock
from web.factory import create_app
from web.websub import MAX_DELIVERY

S = SubscriptionState
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@dataclass
class Service:
    """The product with its web server, and one feed. ``tick`` does what the worker does about hubs."""

    app: App
    clock: SetClock
    feed: Feed
    hub: Hub

    @property
    def pushing(self) -> Pushing:
        assert self.app.pushing is not None
        return self.app.pushing

    @property
    def subscription(self) -> Subscription:
        found = self.app.store.subscriptions.of_feed(self.feed.id)
        assert found is not None
        return found

    def pass_time(self, time: timedelta) -> None:
        self.clock.at += time

    def poll(self) -> Poll:
        claimed = self.app.store.feeds.claim(self.feed.id, self.clock.now(), 60)
        assert claimed is not None, "the feed is under a lease"
        poll = self.app.polling.now(claimed)
        assert poll is not None
        return poll

    def tick(self) -> list[Poll]:
        """Take in what was delivered and ask the hubs; return the deliveries as polls."""
        now = self.clock.now()
        polls = [self.pushing.take_in(ident) for ident in self.app.store.subscriptions.claim_pushes(now, 60, 100)]
        for due in self.app.store.subscriptions.claim_due(now, 60, 100):
            self.pushing.ask(due.id)
        return [poll for poll in polls if poll is not None]

    def subscribe(self) -> None:
        """Poll, ask, be verified."""
        self.poll()
        self.tick()
        assert self.hub.verify() == [200]
        assert self.subscription.state is S.VERIFIED

    def titles(self) -> list[str | None]:
        """Titles in the ledger, oldest first."""
        return [entry.entry.title for entry in reversed(self.app.store.ledger.of_feed(self.feed.id))]


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the schema and nothing in it."""
    app = build(Settings(data_dir=tmp_path_factory.mktemp("template")))
    app.store.close()
    return app.settings.data_dir / "frontwire.db"


@pytest.fixture
def service(tmp_path: Path, database: Path) -> Iterator[Service]:
    shutil.copy(database, tmp_path)
    clock = SetClock()
    loopback = (ipaddress.ip_network("127.0.0.0/8"),)
    settings = Settings(data_dir=tmp_path, websub=True, host_gap_s=0.0, fetch_allow=loopback, fetch_only=loopback, secret_key="x" * 32)
    server = make_server("127.0.0.1", 0, Flask(__name__), threaded=True)  # for its port, which the application has to know
    app = build(replace(settings, base_url=f"http://127.0.0.1:{server.server_port}"), clock)
    server.app = create_app(app)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    with hub() as made:
        draft = FeedDraft(made.topic, "The Courier", Outlet("courier", "The Courier"))
        yield Service(app, clock, app.store.feeds.add(draft, clock.now())[0], made)
    server.shutdown()
    thread.join()
    server.server_close()
    app.close()


def test_what_is_published_reaches_the_ledger_without_a_poll(service: Service) -> None:
    service.subscribe()
    assert service.hub.polls == 1
    service.pass_time(5 * MINUTE)
    service.hub.publish("First", "Second", "Third")
    assert service.hub.distribute() == [202]
    assert service.subscription.last_push_at == service.clock.now()
    assert service.titles() == ["First"], "it is read elsewhere, not while the hub waits"
    (poll,) = service.tick()
    assert (poll.outcome, poll.entries_seen, poll.entries_new, poll.status) == (PollOutcome.NEW_ENTRIES, 3, 2, None)
    assert poll.warnings == (f"pushed by the hub {service.hub.url}",)
    assert service.app.store.feeds.polls(service.feed.id)[0] == poll and poll.pushed
    assert service.titles() == ["First", "Second", "Third"] and service.hub.polls == 1
    assert service.app.store.ledger.counts()[EntryState.PENDING] == 3
    assert service.app.store.feeds.get(service.feed.id).last_new_at == service.clock.now()
    assert service.tick() == []


def test_what_the_hub_is_asked(service: Service) -> None:
    service.poll()
    service.tick()
    (request,) = service.hub.requests
    sub = service.subscription
    assert (request.mode, request.topic, request.secret) == ("subscribe", service.hub.topic, sub.secret)
    assert request.lease_seconds == "864000" and request.callback == service.pushing.callback(sub)
    assert sub.token not in (sub.secret, "") and request.callback.endswith(f"/websub/{sub.token}")
    assert (sub.state, sub.asked_at) == (S.PENDING, service.clock.now())
    service.tick()
    assert len(service.hub.requests) == 1, "once"


def test_a_hub_may_verify_before_it_answers(service: Service) -> None:
    service.hub.at_once = True
    service.poll()
    service.tick()
    assert (service.subscription.state, service.subscription.asked_at) == (S.VERIFIED, None)
    assert service.hub.distribute() == [202]


@pytest.mark.parametrize("method", ["sha1", "sha384", "sha512"])
def test_every_recognised_signature_is_taken(service: Service, method: str) -> None:
    service.subscribe()
    service.hub.publish("Second")
    assert service.hub.distribute(method=method) == [202]
    assert len(service.tick()) == 1 and service.titles() == ["First", "Second"]


@pytest.mark.parametrize("signature", ["sha256=00", "md5=00", "", "sha256"])
def test_what_is_signed_wrongly_is_ignored_without_a_word(service: Service, signature: str, caplog: pytest.LogCaptureFixture) -> None:
    service.subscribe()
    service.hub.publish("Forged")
    with caplog.at_level(logging.WARNING, "frontwire.websub"):
        assert service.hub.distribute(signature=signature) == [202]
    assert "did not sign is ignored" in caplog.text and service.subscription.secret not in caplog.text
    assert service.tick() == [] and service.titles() == ["First"] and service.subscription.last_push_at is None


def test_a_delivery_that_is_no_feed_is_the_hub_s_fault(service: Service, caplog: pytest.LogCaptureFixture) -> None:
    service.subscribe()
    service.hub.distribute(b"<html><title>Maintenance</title></html>")
    with caplog.at_level(logging.WARNING, "frontwire.websub"):
        assert service.tick() == []
    assert "is no feed" in caplog.text
    feed = service.app.store.feeds.get(service.feed.id)
    assert (feed.errors_in_row, feed.next_poll_at) == (0, service.clock.now())
    assert service.app.store.subscriptions.claim_pushes(service.clock.now() + DAY, 60, 10) == ()


def test_a_delivery_waits_while_the_feed_is_polled(service: Service) -> None:
    service.subscribe()
    service.hub.publish("Second")
    service.hub.distribute()
    assert service.app.store.feeds.claim(service.feed.id, service.clock.now(), 60)
    assert service.tick() == []
    service.pass_time(MINUTE)
    assert len(service.tick()) == 1 and service.titles() == ["First", "Second"]


def test_a_delivery_that_ends_its_worker_again_and_again_is_polled_instead(service: Service, caplog: pytest.LogCaptureFixture) -> None:
    service.subscribe()
    service.hub.distribute()
    for _ in range(ATTEMPTS):
        assert len(service.app.store.subscriptions.claim_pushes(service.clock.now(), 60, 10)) == 1  # by workers that are gone
        service.pass_time(MINUTE)
    with caplog.at_level(logging.ERROR, "frontwire.websub"):
        assert service.tick() == []
    assert "polled instead" in caplog.text
    assert service.app.store.feeds.get(service.feed.id).next_poll_at == service.clock.now()


def test_a_denial_is_final_for_a_week(service: Service) -> None:
    service.subscribe()
    assert service.hub.deny(service.pushing.callback(service.subscription)) == 200
    assert (service.subscription.state, service.subscription.reason) == (S.DENIED, "The hub denies the subscription: not for you.")
    assert service.hub.distribute() == [410]
    service.pass_time(6 * DAY)
    service.poll()
    service.tick()
    assert service.hub.requests == []
    service.pass_time(DAY)
    service.tick()
    assert service.hub.verify() == [200] and service.subscription.state is S.VERIFIED


def test_a_hub_that_is_dead_is_asked_ever_less_often_and_polling_goes_on(service: Service) -> None:
    service.hub.status = 503
    service.poll()
    for failures, wait in enumerate((10, 20, 40), 1):
        service.tick()
        sub = service.subscription
        assert (sub.state, sub.failures, sub.next_try_at) == (S.FAILED, failures, service.clock.now() + wait * MINUTE)
        assert "503" in sub.reason
        service.pass_time((wait - 1) * MINUTE)
        service.tick()
        assert service.subscription == sub, "not before its time"
        service.pass_time(MINUTE)
    service.hub.status = 202
    service.tick()
    assert service.hub.verify() == [200] and service.subscription.failures == 0


def test_a_hub_that_never_verifies_counts_as_failing(service: Service) -> None:
    service.poll()
    service.tick()
    service.pass_time(websub.VERIFY_WITHIN)
    service.tick()
    assert (service.subscription.state, service.subscription.failures) == (S.FAILED, 1)
    assert "never verified" in service.subscription.reason
    assert service.hub.verify() == [200], "late is better than never"
    assert service.subscription.state is S.VERIFIED


def test_a_subscription_is_renewed_after_two_thirds_of_its_lease(service: Service) -> None:
    service.hub.lease_s = 9 * 86_400
    service.subscribe()
    first = service.subscription
    assert first.lease_until == service.clock.now() + 9 * DAY
    service.pass_time(6 * DAY - MINUTE)
    service.tick()
    assert service.hub.requests == []
    service.pass_time(MINUTE)
    service.tick()
    assert service.subscription.state is S.VERIFIED, "it goes on while it is renewed"
    assert service.hub.distribute() == [202]
    assert service.hub.verify() == [200]
    assert service.subscription.lease_until == service.clock.now() + 9 * DAY
    assert (service.subscription.token, service.subscription.secret) == (first.token, first.secret)


def test_a_hub_that_died_after_it_verified_is_no_longer_relied_on(service: Service) -> None:
    service.subscribe()
    service.hub.status = 500
    service.pass_time(10 * DAY)
    service.tick()
    assert service.subscription.state is S.FAILED and not service.pushing.delivers(service.feed)


def test_a_paused_feed_is_unsubscribed_and_a_resumed_one_subscribed_again(service: Service) -> None:
    service.subscribe()
    callback = service.pushing.callback(service.subscription)
    service.app.store.feeds.pause(service.feed.id, True, service.clock.now())
    assert service.hub.distribute() == [410]
    service.tick()
    assert [request.mode for request in service.hub.requests] == ["unsubscribe"]
    assert service.subscription.state is S.LEAVING
    assert service.hub.verify() == [200] and service.hub.subscribers == {}
    assert service.app.store.subscriptions.of_feed(service.feed.id) is None
    assert call("GET", callback)[0] == 404
    service.app.store.feeds.pause(service.feed.id, False, service.clock.now())
    service.hub.publish("First", "Second")
    service.subscribe()
    assert service.pushing.callback(service.subscription) != callback


def test_a_removed_feed_is_unsubscribed(service: Service) -> None:
    service.subscribe()
    callback = service.pushing.callback(service.subscription)
    service.app.store.feeds.remove(service.feed.id)
    service.tick()
    assert [(request.mode, request.callback) for request in service.hub.requests] == [("unsubscribe", callback)]
    assert service.hub.verify() == [200] and service.hub.subscribers == {}
    assert call("POST", callback, b"x")[0] == 410


def test_a_hub_that_does_not_let_go_is_left_in_the_end(service: Service) -> None:
    service.subscribe()
    sub, service.hub.status = service.subscription, 500
    service.app.store.feeds.remove(service.feed.id)
    for _ in range(websub.LEAVE_TRIES + 1):
        assert service.app.store.subscriptions.get(sub.id) is not None
        service.tick()
        service.pass_time(DAY)
    assert service.app.store.subscriptions.get(sub.id) is None
    assert service.hub.distribute() == [410]


def test_a_feed_that_changes_its_hub_is_followed(service: Service) -> None:
    service.subscribe()
    old = service.pushing.callback(service.subscription)
    service.hub.server.routes["/other"] = lambda exchange: exchange.answer(202)
    service.hub.publish("First", hub=service.hub.server.url("/other"))
    service.pass_time(MINUTE)
    service.poll()
    service.tick()
    assert (service.subscription.hub, service.subscription.state) == (service.hub.server.url("/other"), S.PENDING)
    assert [(request.mode, request.callback) for request in service.hub.requests] == [("unsubscribe", old)]
    assert service.hub.verify() == [200] and service.hub.subscribers == {}


def test_a_feed_that_names_no_hub_any_more_is_left(service: Service) -> None:
    service.subscribe()
    service.hub.publish("First", "Second", hub="")
    service.pass_time(MINUTE)
    service.poll()
    service.tick()
    assert service.app.store.subscriptions.of_feed(service.feed.id) is None
    assert service.hub.verify() == [200] and service.hub.subscribers == {}


def test_polling_is_slowed_only_while_the_hub_is_quicker(service: Service) -> None:
    service.subscribe()

    def wait() -> timedelta:
        service.pass_time(MINUTE)
        assert not service.poll().pushed
        feed = service.app.store.feeds.get(service.feed.id)
        assert feed.next_poll_at is not None
        return feed.next_poll_at - service.clock.now()

    usual = wait()
    assert usual < 40 * MINUTE, "verified is not yet delivering"
    service.pass_time(MINUTE)
    service.hub.publish("First", "Second")
    service.hub.distribute()
    service.tick()
    assert 54 * MINUTE <= wait() <= 66 * MINUTE
    assert "hub pushes" in service.app.store.feeds.get(service.feed.id).state_text
    service.pass_time(60 * MINUTE)
    service.hub.publish("First", "Second", "Third")  # and the hub says nothing
    assert wait() < 40 * MINUTE
    service.pass_time(3 * MINUTE)
    assert wait() < 40 * MINUTE
    service.hub.distribute()
    service.tick()
    assert wait() >= 54 * MINUTE


def test_nobody_else_can_subscribe_or_unsubscribe_for_us(service: Service) -> None:
    service.subscribe()
    callback = service.pushing.callback(service.subscription)
    before = service.subscription
    for query in (
        f"hub.mode=unsubscribe&hub.topic={service.hub.topic}&hub.challenge=c",
        "hub.mode=subscribe&hub.topic=https://other.example/&hub.challenge=c",
        "hub.mode=denied&hub.topic=https://other.example/",
        "",
    ):
        assert call("GET", f"{callback}?{query}")[0] == 404
    assert call("GET", f"{callback}x?hub.mode=subscribe&hub.topic={service.hub.topic}&hub.challenge=c")[0] == 404
    assert call("POST", f"{callback}x", b"x")[0] == 410
    assert service.subscription == before


def test_the_callbacks_keep_no_cookies_and_let_nothing_run(service: Service) -> None:
    service.poll()
    service.tick()
    (request,) = service.hub.requests
    client = create_app(service.app).test_client()
    path = request.callback[len(service.app.settings.base) :]
    answer = client.get(path, query_string={"hub.mode": "subscribe", "hub.topic": request.topic, "hub.challenge": "<script>"})
    assert (answer.status_code, answer.data, answer.mimetype) == (200, b"<script>", "application/octet-stream")
    assert answer.headers["X-Content-Type-Options"] == "nosniff" and "Set-Cookie" not in answer.headers
    posted = client.post(path, data=b"x", headers={"Cookie": "session=1"})
    assert posted.status_code == 202 and "Set-Cookie" not in posted.headers and posted.data == b""
    assert client.post(path, data=b"x" * (MAX_DELIVERY + 1)).status_code == 413
    assert client.put(path).status_code == 405


def test_a_hub_that_floods_is_told_to_come_back(service: Service) -> None:
    service.subscribe()
    statuses = [service.hub.distribute()[0] for _ in range(51)]
    assert statuses == [202] * 50 + [503]


def test_nothing_of_it_is_there_where_it_is_switched_off(service: Service) -> None:
    service.subscribe()
    off = build(replace(service.app.settings, websub=False), service.clock)
    assert off.pushing is None
    path = service.pushing.callback(service.subscription)[len(service.app.settings.base) :]
    client = create_app(off).test_client()
    assert client.get(path).status_code == client.post(path, data=b"x").status_code == 404
    off.close()
