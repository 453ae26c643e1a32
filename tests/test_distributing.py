"""The hub at work: callbacks are asked, news is told from what only moved, deliveries that fail are tried again and stop in the open."""

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from aggregator.distributing import Distributing
from aggregator.errors import BrokerError, BusyError, FetchError, HttpError, NetworkError, RefusedError
from aggregator.feeds import websub
from aggregator.hub import (
    ASKS,
    HubRequest,
    HubSubscription,
    Mode,
    delivery_headers,
    denial,
    is_news,
    lease_of,
    question,
)
from aggregator.model import Response
from aggregator.storage.database import Database
from aggregator.storage.engine import open_store
from aggregator.storage.store import SqlStore
from tests.newsworld import HandClock

BASE = "https://wire.example"
TOPIC, CALLBACK = f"{BASE}/stream.rss?q=grain", "https://reader.example/push?k=1"
ASKED = HubRequest(Mode.SUBSCRIBE, TOPIC, CALLBACK, "hush", timedelta(days=5))
DAY = timedelta(days=1)
Answers = bytes | FetchError | BrokerError


def feed(*titles: str) -> bytes:
    """A document with these items."""
    items = "".join(f"<item><guid>{title.split()[0]}</guid><title>{title}</title></item>" for title in titles)
    return f'<rss version="2.0"><channel><title>Grain</title>{items}</channel></rss>'.encode()


@dataclass
class World:
    """Our own web server with one document, and a reader that gives back the challenge unless it is to answer otherwise."""

    document: bytes | FetchError = field(default_factory=lambda: feed("one"))
    otherwise: Answers | None = None
    asked: list[str] = field(default_factory=list)
    got: list[tuple[bytes, Mapping[str, str]]] = field(default_factory=list)
    looks: int = 0

    def get(self, path: str, etag: str | None = None) -> Response:
        assert path == "/stream.rss?q=grain"
        self.looks += 1
        if isinstance(self.document, FetchError):
            raise self.document
        tag = f'"{hash(self.document)}"'
        return (
            Response(BASE + path, 304) if tag == etag else Response(BASE + path, 200, {"etag": tag, "content-type": "x/y"}, self.document)
        )

    def call(self, url: str, body: bytes | None = None, headers: Mapping[str, str] | None = None) -> Response:
        if body is None:
            self.asked.append(url)
        if isinstance(self.otherwise, FetchError | BrokerError):
            raise self.otherwise
        if body is None:
            (challenge,) = parse_qs(urlsplit(url).query).get("hub.challenge", [""])
            return Response(url, 200, {}, challenge.encode() if self.otherwise is None else self.otherwise)
        self.got.append((body, headers or {}))
        return Response(url, 204)


@dataclass
class Hub:
    """The hub over a store and that world, on a clock that is moved by hand."""

    store: SqlStore
    world: World
    clock: HandClock

    def __post_init__(self) -> None:
        self.distributing = Distributing(self.store, self.world, self.world, self.clock, BASE)

    def ask(self, **changed: object) -> None:
        self.store.hub.ask(replace(ASKED, **changed), self.clock.now())  # type: ignore[arg-type]  # fields of the request

    def work(self) -> int:
        """Do what is due; return how much that was."""
        due = self.store.hub.claim(self.clock.now(), 60.0, 9)
        for one in due:
            self.distributing.serve(one.id)
        return len(due)

    def publish(self, *titles: str) -> bool:
        """The feed shows these items now, newest first, and is looked at."""
        self.world.document = feed(*titles)
        return self.distributing.look(1)

    def subscribed(self) -> "Hub":
        self.ask()
        assert self.work() == 1 and self.only.lease_until is not None
        return self

    @property
    def only(self) -> HubSubscription:
        (found,) = self.store.hub.all()
        return found


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the schema and nothing in it."""
    path = tmp_path_factory.mktemp("template") / "frontwire.db"
    open_store(f"sqlite:///{path}").close()
    return path


@pytest.fixture
def hub(template: Path, tmp_path: Path) -> Iterator[Hub]:
    made = Hub(SqlStore(Database(f"sqlite:///{shutil.copy(template, tmp_path / 'frontwire.db')}")), World(), HandClock())
    yield made
    made.store.close()


def test_a_callback_is_asked_what_it_wants(hub: Hub) -> None:
    hub.subscribed()
    (url,) = hub.world.asked
    query = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    assert url.startswith(f"{CALLBACK}&hub.mode=subscribe&") and len(query.pop("hub.challenge")) > 40
    assert query == {"k": "1", "hub.mode": "subscribe", "hub.topic": TOPIC, "hub.lease_seconds": "432000"}
    assert hub.only.lease_until == hub.clock.now() + 5 * DAY and hub.world.got == []


@pytest.mark.parametrize(
    "otherwise",
    [
        b"",
        b"another challenge",
        HttpError("no", CALLBACK, status=404),
        HttpError("elsewhere", CALLBACK, status=302),
        RefusedError("private", CALLBACK),
    ],
)
def test_who_does_not_agree_is_not_subscribed(hub: Hub, otherwise: Answers) -> None:
    hub.world.otherwise = otherwise
    hub.ask()
    hub.work()
    assert hub.store.hub.all() == ()


@pytest.mark.parametrize("otherwise", [NetworkError("no answer", CALLBACK), HttpError("down", CALLBACK, status=503)])
def test_who_cannot_be_reached_is_asked_again_and_then_no_more(hub: Hub, otherwise: FetchError) -> None:
    hub.world.otherwise = otherwise
    hub.ask()
    for asks in range(1, ASKS):
        assert hub.work() == 1 and hub.work() == 0 and hub.only.asks == asks
        hub.clock.sleep(asks * 60)
    assert hub.work() == 1 and hub.store.hub.all() == () and len(hub.world.asked) == ASKS


def test_another_title_is_news_too(hub: Hub) -> None:
    hub.subscribed()
    hub.world.document = feed("one").replace(b"<title>Grain<", b"<title>Grain and wheat<")
    assert hub.distributing.look(1) and hub.work() == 1
    ((body, _),) = hub.world.got
    assert b"Grain and wheat" in body and not hub.distributing.look(1)


@pytest.mark.parametrize("held_up", [BusyError("in use", CALLBACK, retry_after_s=4.0), BrokerError("silent")])
def test_what_the_subscriber_cannot_help_is_no_try(hub: Hub, held_up: Answers) -> None:
    hub.world.otherwise = held_up
    hub.ask()
    hub.work()
    assert (hub.only.asks, hub.work()) == (0, 0)
    hub.clock.sleep(5)
    hub.world.otherwise = None
    assert hub.work() == 1 and hub.only.lease_until is not None
    hub.publish("two", "one")
    hub.world.otherwise = held_up
    hub.work()
    assert hub.only.failures == 0
    hub.clock.sleep(5)
    hub.world.otherwise = None
    assert hub.work() == 1 and len(hub.world.got) == 1


def test_news_is_delivered_signed_and_once(hub: Hub) -> None:
    hub.subscribed()
    assert not hub.distributing.look(1), "nothing has changed"
    assert hub.publish("two", "one")
    assert hub.work() == 1 and hub.work() == 0
    ((body, headers),) = hub.world.got
    assert body == feed("two", "one") and headers["Content-Type"] == "x/y"
    assert websub.offered(headers["Link"], "https://elsewhere.example/") == (f"{BASE}/hub", TOPIC)
    assert websub.signed("hush", headers["X-Hub-Signature"], body)
    assert hub.only.last_delivered_at == hub.clock.now()


@pytest.mark.parametrize(
    ("titles", "news"),
    [
        (("two", "one"), True),
        (("one edited",), True),
        ((), False),
        (("one",), False),
    ],
)
def test_what_is_news(hub: Hub, titles: tuple[str, ...], news: bool) -> None:
    hub.subscribed()
    assert hub.publish(*titles) is news
    assert hub.work() == news


def test_what_only_went_is_no_news_and_what_comes_back_is(hub: Hub) -> None:
    hub.subscribed()
    assert [hub.publish(*titles) for titles in (("one", "two"), ("two",), ("two", "one"))] == [True, False, True]
    assert is_news({"a"}, {"b"}) and not is_news({"a", "b"}, {"b"}) and not is_news({"a"}, ())


def test_whoever_was_away_gets_the_newest_document_once(hub: Hub) -> None:
    hub.subscribed()
    hub.world.otherwise = HttpError("down", CALLBACK, status=500)
    hub.publish("two", "one")
    hub.work()
    assert (hub.only.failures, hub.only.reason) == (1, "down")
    hub.publish("three", "two", "one")
    assert hub.work() == 0, "news does not hurry a callback that is down"
    hub.world.otherwise = None
    hub.clock.sleep(61)
    assert hub.work() == 1 and [body for body, _ in hub.world.got] == [feed("three", "two", "one")]
    assert (hub.only.failures, hub.only.reason, hub.work()) == (0, "", 0)


def test_failures_are_tried_ever_later_and_stop_in_the_open(hub: Hub) -> None:
    hub.ask(lease=30 * DAY)
    hub.work()
    hub.publish("two", "one")
    hub.world.otherwise = NetworkError("no answer", CALLBACK)
    begun, tries = hub.clock.now(), 0
    while not hub.only.stopped:
        assert hub.work() == 1 and hub.work() == 0
        wait_s = min(60 << tries, 6 * 3_600)
        tries += 1
        hub.clock.sleep(wait_s - 1)
        assert hub.work() == 0
        hub.clock.sleep(1)
    assert timedelta(days=3) <= hub.clock.now() - begun < timedelta(days=4) and tries < 25
    assert hub.only.stopped == "Nothing could be delivered for 3 days. At last: no answer"
    hub.world.otherwise = None
    hub.clock.sleep(86_400)
    assert hub.work() == 0
    hub.ask()
    assert hub.work() == 1 and hub.only.stopped == "" and len(hub.world.got) == 1, "who subscribes anew gets what was missed"


def test_retry_after_is_honoured(hub: Hub) -> None:
    hub.subscribed()
    hub.world.otherwise = HttpError("slower", CALLBACK, status=429, retry_after_s=7_200.0)
    hub.publish("two")
    hub.work()
    hub.clock.sleep(7_199)
    assert hub.work() == 0
    hub.clock.sleep(1)
    assert hub.work() == 1


def test_gone_ends_the_subscription(hub: Hub) -> None:
    hub.subscribed()
    hub.world.otherwise = HttpError("gone", CALLBACK, status=410)
    hub.publish("two")
    hub.work()
    assert hub.store.hub.all() == () and hub.store.hub.topic(1) is None


def test_to_unsubscribe_takes_the_callback_s_word_too(hub: Hub) -> None:
    hub.subscribed()
    hub.world.otherwise = HttpError("that was not me", CALLBACK, status=404)
    hub.ask(mode=Mode.UNSUBSCRIBE)
    hub.work()
    hub.world.otherwise = None
    hub.publish("two")
    assert hub.work() == 1 and len(hub.world.got) == 1
    hub.ask(mode=Mode.UNSUBSCRIBE)
    hub.work()
    assert hub.store.hub.all() == () and "hub.lease_seconds" not in hub.world.asked[-1]


def test_a_renewal_that_nobody_agrees_to_changes_nothing(hub: Hub) -> None:
    hub.subscribed()
    until = hub.only.lease_until
    hub.world.otherwise = b"no"
    hub.ask(secret="of somebody else")
    hub.work()
    assert (hub.only.secret, hub.only.lease_until) == ("hush", until)


@pytest.mark.parametrize("status", [301, 400, 404, 410])
def test_a_feed_that_is_no_more_is_denied_to_all(hub: Hub, status: int) -> None:
    hub.subscribed()
    hub.world.document = HttpError("no such thing", TOPIC, status=status)
    assert not hub.distributing.look(1)
    assert hub.work() == 1 and hub.store.hub.all() == ()
    denied = hub.world.asked[-1]
    assert "hub.mode=denied" in denied and f"status+{status}" in denied and "hub.challenge" not in denied


@pytest.mark.parametrize("trouble", [NetworkError("nobody there", TOPIC), HttpError("down", TOPIC, status=503)])
def test_our_own_web_server_may_be_away_for_a_while(hub: Hub, trouble: FetchError) -> None:
    hub.world.document = trouble
    hub.ask()
    assert hub.work() == 1 and hub.world.asked == [] and hub.only.asks == 0
    topic = hub.store.hub.topic(1)
    assert topic is not None and topic.trouble == trouble.message
    hub.world.document = feed("one")
    hub.clock.sleep(60)
    assert hub.work() == 1 and hub.only.lease_until is not None
    hub.world.document = trouble
    assert not hub.distributing.look(1) and hub.only.live(hub.clock.now())
    assert hub.publish("two") and hub.work() == 1


def test_nothing_is_done_twice_and_nothing_about_what_is_gone(hub: Hub) -> None:
    hub.subscribed()
    hub.publish("two")
    hub.work()
    hub.distributing.serve(hub.only.id)
    hub.distributing.serve(99)
    assert not hub.distributing.look(99) and len(hub.world.got) == 1


def test_addresses_keep_the_query_that_they_have() -> None:
    asked = HubSubscription(1, 1, TOPIC, "https://r.example/?", "", HandClock().now(), Mode.UNSUBSCRIBE, reason="a & b")
    assert question(asked, "c").startswith("https://r.example/?hub.mode=unsubscribe&hub.topic=https%3A%2F%2F")
    assert question(replace(asked, callback="https://r.example/p"), "c").startswith("https://r.example/p?hub.mode=")
    assert denial(asked).endswith("&hub.reason=a+%26+b")


@pytest.mark.parametrize(("asked", "hours"), [("", 240), ("1", 1), ("7200", 2), ("00007200", 2), ("99999999", 720), ("9" * 400, 720)])
def test_leases_have_bounds(asked: str, hours: int) -> None:
    assert lease_of(asked) == timedelta(hours=hours)


def test_without_a_secret_nothing_is_signed(hub: Hub) -> None:
    hub.subscribed()
    topic = hub.store.hub.topic(1)
    assert topic is not None and topic.document is not None
    assert "X-Hub-Signature" not in delivery_headers(topic.document, f"{BASE}/hub", TOPIC, "")
