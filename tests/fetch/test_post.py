"""HttpFetcher.post: a form to a hub, through the same guard, caps and turns as everything else."""

import ipaddress
from collections.abc import Iterator

import pytest

from aggregator.errors import BusyError, HttpError, NetworkError, RefusedError
from aggregator.fetch.http import HttpFetcher
from aggregator.ports import FetchRequest
from aggregator.settings import Settings
from tests.fetch.loopback import Exchange, Loopback, MemoryLease, RealClock, serving

ALLOWED = Settings(host_gap_s=0.0, fetch_allow=(ipaddress.ip_network("127.0.0.1/32"),))
FORM = (("hub.mode", "subscribe"), ("hub.topic", "https://новини.example/?a=1&b=ї"))
ENCODED = b"hub.mode=subscribe&hub.topic=https%3A%2F%2F%D0%BD%D0%BE%D0%B2%D0%B8%D0%BD%D0%B8.example%2F%3Fa%3D1%26b%3D%D1%97"


@pytest.fixture
def server() -> Iterator[Loopback]:
    with serving({}) as running:
        yield running


@pytest.fixture
def fetcher() -> HttpFetcher:
    return HttpFetcher(ALLOWED, MemoryLease(), RealClock())


def test_a_form_is_posted_in_utf_8(server: Loopback, fetcher: HttpFetcher) -> None:
    server.routes["/hub"] = lambda e: e.answer(202, b"taken")
    answer = fetcher.post(server.url("/hub"), FORM)
    assert (answer.status, answer.body) == (202, b"taken")
    (seen,) = server.seen
    assert (seen.method, seen.body) == ("POST", ENCODED)
    assert seen.headers["content-type"] == "application/x-www-form-urlencoded"
    assert seen.headers["content-length"] == str(len(ENCODED))
    assert seen.headers["user-agent"].startswith("Frontwire/") and "cookie" not in seen.headers


@pytest.mark.parametrize("status", [307, 308])
def test_a_hub_may_send_the_form_to_another(server: Loopback, fetcher: HttpFetcher, status: int) -> None:
    server.routes["/hub"] = lambda e: e.answer(status, Location="/other")
    server.routes["/other"] = lambda e: e.answer(202)
    assert fetcher.post(server.url("/hub"), FORM).url == server.url("/other")
    assert [(one.path, one.method, one.body) for one in server.seen] == [("/hub", "POST", ENCODED), ("/other", "POST", ENCODED)]


@pytest.mark.parametrize("status", [301, 302, 303, 400, 404, 410, 500])
def test_every_other_answer_is_an_error(server: Loopback, fetcher: HttpFetcher, status: int) -> None:
    server.routes["/hub"] = lambda e: e.answer(status, Location="/other", Retry_After="90")
    with pytest.raises(HttpError) as caught:
        fetcher.post(server.url("/hub"), FORM)
    assert (caught.value.status, caught.value.retry_after_s) == (status, 90.0)
    assert server.paths() == ["/hub"]


def test_redirects_in_a_circle_end(server: Loopback, fetcher: HttpFetcher) -> None:
    server.routes["/hub"] = lambda e: e.answer(307, Location="/hub")
    with pytest.raises(NetworkError, match="in a circle"):
        fetcher.post(server.url("/hub"), FORM)


def test_a_long_answer_is_cut_not_read(server: Loopback, fetcher: HttpFetcher) -> None:
    server.routes["/hub"] = lambda e: e.answer(202, b"x" * (2 << 20))
    assert len(fetcher.post(server.url("/hub"), FORM).body) == 512 << 10


def test_the_guard_stands_before_it(server: Loopback) -> None:
    with pytest.raises(RefusedError):
        HttpFetcher(Settings(host_gap_s=0.0), MemoryLease(), RealClock()).post(server.url("/hub"), FORM)
    assert server.seen == []


def test_a_hub_is_asked_in_its_turn(server: Loopback) -> None:
    lease = MemoryLease()
    fetcher = HttpFetcher(ALLOWED, lease, RealClock(), patience_s=0.0)
    assert lease.acquire("host:127.0.0.1", 60).token
    with pytest.raises(BusyError):
        fetcher.post(server.url("/hub"), FORM)
    assert server.seen == []


def test_link_headers_that_come_one_by_one_are_all_kept(server: Loopback, fetcher: HttpFetcher) -> None:
    def handler(exchange: Exchange) -> None:
        exchange.send(
            b'HTTP/1.1 200 x\r\nLink: </hub>; rel="hub"\r\nX-A: 1\r\nLink: </f>; rel=self\r\nX-A: 2\r\nContent-Length: 1\r\n\r\nx'
        )

    server.routes["/f"] = handler
    headers = fetcher.get(FetchRequest(server.url("/f"), "feed")).headers
    assert (headers["link"], headers["x-a"]) == ('</hub>; rel="hub", </f>; rel=self', "2")
