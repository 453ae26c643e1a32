"""HttpFetcher.call and OwnWeb: one exchange with a callback, and with our own web server; neither goes where it is sent on to."""

import ipaddress
from collections.abc import Iterator

import pytest

from aggregator.errors import HttpError, NetworkError, RefusedError
from aggregator.fetch.http import HttpFetcher
from aggregator.fetch.own import OwnWeb
from aggregator.settings import Settings
from tests.fetch.loopback import Loopback, MemoryLease, RealClock, serving

ALLOWED = Settings(host_gap_s=0.0, fetch_allow=(ipaddress.ip_network("127.0.0.1/32"),))


@pytest.fixture
def server() -> Iterator[Loopback]:
    with serving({}) as running:
        yield running


def test_a_callback_is_asked_and_gets_its_delivery(server: Loopback) -> None:
    server.routes["/push?a=1"] = lambda e: e.answer(200, b"challenge")
    fetcher = HttpFetcher(ALLOWED, MemoryLease(), RealClock())
    assert fetcher.call(server.url("/push?a=1")).body == b"challenge"
    fetcher.call(server.url("/push?a=1"), b"<rss/>", {"Content-Type": "application/rss+xml"})
    assert [(seen.method, seen.body) for seen in server.seen] == [("GET", b""), ("POST", b"<rss/>")]
    assert server.seen[1].headers["content-type"] == "application/rss+xml"


@pytest.mark.parametrize("body", [None, b"x"])
@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_no_redirect_is_followed(server: Loopback, body: bytes | None, status: int) -> None:
    server.routes["/push"] = lambda e: e.answer(status, Location="/other")
    with pytest.raises(HttpError) as caught:
        HttpFetcher(ALLOWED, MemoryLease(), RealClock()).call(server.url("/push"), body)
    assert caught.value.status == status and server.paths() == ["/push"]


def test_a_callback_in_a_private_network_is_not_called(server: Loopback) -> None:
    with pytest.raises(RefusedError):
        HttpFetcher(Settings(host_gap_s=0.0), MemoryLease(), RealClock()).call(server.url("/push"))
    assert server.seen == []


def test_our_own_web_server_is_read_anew_and_with_conditions(server: Loopback) -> None:
    server.routes["/stream.rss?q=a"] = lambda e: e.answer(304 if e.headers.get("if-none-match") == '"1"' else 200, b"", ETag='"1"')
    own = OwnWeb(Settings(web_url=server.url("")))
    first = own.get("/stream.rss?q=a")
    assert (first.status, first.headers["etag"]) == (200, '"1"')
    assert own.get("/stream.rss?q=a", '"1"').status == 304
    assert server.seen[0].headers["cache-control"] == "no-cache" and "authorization" not in server.seen[0].headers


@pytest.mark.parametrize("status", [301, 304, 404, 503])
def test_every_other_answer_of_our_own_is_an_error(server: Loopback, status: int) -> None:
    server.routes["/x.rss"] = lambda e: e.answer(status, Location="/y.rss")
    with pytest.raises(HttpError) as caught:
        OwnWeb(Settings(web_url=server.url(""))).get("/x.rss")
    assert caught.value.status == status and server.paths() == ["/x.rss"]


def test_where_nobody_listens_is_an_error_of_the_tree() -> None:
    with serving({}) as gone:
        address = gone.url("")
    with pytest.raises(NetworkError):
        OwnWeb(Settings(web_url=address)).get("/stream.rss")
