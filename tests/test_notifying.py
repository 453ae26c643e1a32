"""Alerts on their way: signed webhooks, mail, ntfy; failures are tried again and stop an alert in the open."""

import base64
import hashlib
import hmac
import ipaddress
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from aggregator.alerts import Event, Trigger, Way
from aggregator.errors import NetworkError, UsageError
from aggregator.fetch.http import HttpFetcher
from aggregator.notifying import Notifying, mailer_of
from aggregator.settings import Settings
from aggregator.storage.engine import open_store
from aggregator.storage.store import SqlStore
from tests.fetch.loopback import Loopback, MemoryLease, RealClock, serving
from tests.mailbox import Mailbox, receiving
from tests.newsworld import START, HandClock

SECRET = "whsec_" + base64.b64encode(b"a secret of some length").decode()
TOLD: dict[str, Any] = {
    "trigger": "new",
    "story": {
        "id": 3,
        "title": "Bridge shut",
        "url": "https://news.example/story/3",
        "outlets": 2,
        "texts": 1,
        "origins": 1,
        "sample": True,
    },
    "articles": [],
    "claims": [{"speaker": "Olha Marchuk", "source": None, "words": "nobody crosses", "origins": 1}],
}


@pytest.fixture
def server() -> Iterator[Loopback]:
    with serving({}) as running:
        yield running


@pytest.fixture
def store() -> Iterator[SqlStore]:
    made = open_store("sqlite://")
    made.searches.save("Bridge", "bridge", "", "marta", START)
    yield made
    made.close()


def notifying(store: SqlStore, clock: HandClock, smtp_url: str = "") -> Notifying:
    settings = Settings(host_gap_s=0.0, fetch_allow=(ipaddress.ip_network("127.0.0.1/32"),))
    fetcher = HttpFetcher(settings, MemoryLease(), RealClock())
    return Notifying(store, fetcher, clock, "https://news.example", mailer_of(smtp_url), "desk@news.example")


def alert(store: SqlStore, way: Way, target: str, *keys: str) -> int:
    made = store.alerts.add(1, way, target, tuple(Trigger), "", SECRET, "marta", START)
    store.alerts.write_down(made.id, made.seq + 1, {}, [Event(key, Trigger.NEW, TOLD) for key in keys], START, START)
    return made.id


def test_a_webhook_is_signed_and_sent_once(store: SqlStore, server: Loopback) -> None:
    server.routes["/hook"] = lambda e: e.answer(204)
    clock = HandClock()
    ident = alert(store, Way.WEBHOOK, server.url("/hook"), "new 1", "new 2")
    assert notifying(store, clock).deliver(ident) == 2
    assert notifying(store, clock).deliver(ident) == 0
    (seen,) = server.seen
    sent = json.loads(seen.body)
    assert (sent["type"], sent["alert"], sent["search"]["name"]) == ("frontwire.alert", ident, "Bridge")
    assert [event["story"]["title"] for event in sent["events"]] == ["Bridge shut", "Bridge shut"]
    assert len({event["id"] for event in sent["events"]}) == 2
    stamped = f"{seen.headers['webhook-id']}.{seen.headers['webhook-timestamp']}.".encode() + seen.body
    digest = hmac.new(b"a secret of some length", stamped, hashlib.sha256).digest()
    assert seen.headers["webhook-signature"] == "v1," + base64.b64encode(digest).decode()
    assert seen.headers["content-type"] == "application/json"


def test_what_fails_is_tried_again_later_and_later_and_stops_in_the_open(store: SqlStore, server: Loopback) -> None:
    server.routes["/hook"] = lambda e: e.answer(500)
    clock = HandClock()
    ident = alert(store, Way.WEBHOOK, server.url("/hook"), "new 1")
    sender = notifying(store, clock)
    pauses = []
    while not store.alerts.get(ident).stopped:
        assert store.alerts.claim(clock.now(), 60.0, 9) == (ident,)
        assert sender.deliver(ident) == 0
        before = clock.now()
        while not store.alerts.claim(clock.now(), 0.0, 9) and not store.alerts.get(ident).stopped:
            clock.sleep(60)
        pauses.append((clock.now() - before) // timedelta(minutes=1))
    assert pauses[:4] == [1, 2, 4, 8] and max(pauses) == 360
    assert "could not be sent for 3 days" in store.alerts.get(ident).stopped and "500" in store.alerts.get(ident).stopped
    assert store.alerts.waiting(ident) == 1  # nothing is lost
    server.routes["/hook"] = lambda e: e.answer(200)
    store.alerts.stop(ident, "")
    clock.sleep(86400)
    assert sender.deliver(ident) == 1
    assert store.alerts.get(ident).failures == 0


def test_what_was_taken_down_is_not_told(store: SqlStore, server: Loopback) -> None:
    server.routes["/hook"] = lambda e: e.answer(200)
    ident = alert(store, Way.WEBHOOK, server.url("/hook"), "new 1")
    gone = Event("new 2", Trigger.NEW, {**TOLD, "articles": [{"id": 77, "title": "Taken down"}]})
    store.alerts.write_down(ident, 99, {}, [gone], START, START)
    assert notifying(store, HandClock()).deliver(ident) == 1
    assert b"Taken down" not in server.seen[0].body
    store.alerts.write_down(ident, 100, {}, [replace(gone, key="new 3")], START, START)
    assert notifying(store, HandClock()).deliver(ident) == 0
    assert len(server.seen) == 1 and store.alerts.waiting(ident) == 0


def test_ntfy_gets_a_title_and_the_way_to_the_page(store: SqlStore, server: Loopback) -> None:
    server.routes["/"] = lambda e: e.answer(200)
    assert notifying(store, HandClock()).deliver(alert(store, Way.NTFY, server.url("/war-desk"), "new 1")) == 1
    sent = json.loads(server.seen[0].body)
    assert (sent["topic"], sent["title"], sent["click"]) == ("war-desk", "Bridge: Bridge shut", "https://news.example/search/1")
    assert "New: Bridge shut (sample: invented)" in sent["message"] and "Olha Marchuk: nobody crosses" in sent["message"]


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with receiving() as running:
        yield running


def test_mail(store: SqlStore, mailbox: Mailbox) -> None:
    ident = alert(store, Way.MAIL, "reader@news.example", "new 1", "new 2")
    assert notifying(store, HandClock(), mailbox.url).deliver(ident) == 2
    (mail,) = mailbox.mails
    assert (mail["To"], mail["From"], mail["Subject"]) == ("reader@news.example", "desk@news.example", "Bridge: Bridge shut and 1 more")
    assert "2 outlets, 1 text, 1 origin" in mail.get_content() and "https://news.example/search/1" in mail.get_content()


def test_a_password_goes_over_tls_only(store: SqlStore, mailbox: Mailbox) -> None:
    ident = alert(store, Way.MAIL, "reader@news.example", "new 1")
    with pytest.raises(NetworkError, match="offers no TLS"):
        notifying(store, HandClock(), mailbox.url.replace("smtp://", "smtp://me:secret@")).try_out(ident)
    assert mailbox.taken == []


def test_without_a_mail_server_it_says_so(store: SqlStore) -> None:
    with pytest.raises(UsageError, match="FRONTWIRE_SMTP_URL"):
        notifying(store, HandClock()).try_out(alert(store, Way.MAIL, "reader@news.example"))
