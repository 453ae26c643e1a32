"""robots.txt: asked for pages only, once a day, and what silence means."""

import ipaddress
from collections.abc import Iterator
from datetime import timedelta

import pytest

from aggregator.errors import DisallowedError, NetworkError
from aggregator.fetch.http import HttpFetcher
from aggregator.ports import FetchRequest
from aggregator.settings import Settings
from tests.fetch.loopback import Exchange, Loopback, MemoryLease, SetClock, serving

RULES = b"""
User-agent: *
Disallow: /

User-agent: Frontwire
Disallow: /private/
Allow: /private/open
"""


@pytest.fixture
def server() -> Iterator[Loopback]:
    with serving({path: lambda e: e.answer(200, b"text") for path in ("/news", "/private/x", "/private/open", "/feed")}) as running:
        yield running


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def fetcher(clock: SetClock) -> HttpFetcher:
    return HttpFetcher(Settings(host_gap_s=0.0, fetch_allow=(ipaddress.ip_network("127.0.0.1"),)), MemoryLease(), clock)


def page(server: Loopback, path: str) -> FetchRequest:
    return FetchRequest(server.url(path))


def test_rules_for_us_are_obeyed_and_kept_for_a_day(server: Loopback, fetcher: HttpFetcher, clock: SetClock) -> None:
    server.routes["/robots.txt"] = lambda e: e.answer(200, RULES)
    assert fetcher.get(page(server, "/news")).body == b"text"
    assert fetcher.get(page(server, "/private/open")).body == b"text"
    with pytest.raises(DisallowedError):
        fetcher.get(page(server, "/private/x"))
    assert server.paths() == ["/robots.txt", "/news", "/private/open"]
    clock.at += timedelta(hours=25)
    fetcher.get(page(server, "/news"))
    assert server.paths()[3:] == ["/robots.txt", "/news"]


def test_feeds_are_not_asked_about(server: Loopback, fetcher: HttpFetcher) -> None:
    server.routes["/robots.txt"] = lambda e: e.answer(200, b"User-agent: *\nDisallow: /")
    assert fetcher.get(FetchRequest(server.url("/feed"), purpose="feed")).body == b"text"
    assert server.paths() == ["/feed"]


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_no_file_means_no_rules(server: Loopback, fetcher: HttpFetcher, status: int) -> None:
    server.routes["/robots.txt"] = lambda e: e.answer(status)
    assert fetcher.get(page(server, "/news")).body == b"text"


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_failing_host_is_left_alone_for_an_hour(server: Loopback, fetcher: HttpFetcher, clock: SetClock, status: int) -> None:
    server.routes["/robots.txt"] = lambda e: e.answer(status)
    for _ in range(2):
        with pytest.raises(NetworkError, match=f"status {status}"):
            fetcher.get(page(server, "/news"))
    assert server.paths() == ["/robots.txt"]
    server.routes["/robots.txt"] = lambda e: e.answer(200, b"")
    clock.at += timedelta(minutes=61)
    assert fetcher.get(page(server, "/news")).body == b"text"


def test_no_answer_is_a_temporary_no(server: Loopback, fetcher: HttpFetcher) -> None:
    server.routes["/robots.txt"] = lambda e: e.send(b"nonsense\r\n")
    with pytest.raises(NetworkError, match=r"robots\.txt"):
        fetcher.get(page(server, "/news"))


def test_a_redirected_page_is_asked_about_where_it_leads(server: Loopback, fetcher: HttpFetcher) -> None:
    server.routes["/robots.txt"] = lambda e: e.answer(200, RULES)
    server.routes["/news"] = lambda e: e.answer(302, Location="/private/x")
    with pytest.raises(DisallowedError):
        fetcher.get(page(server, "/news"))
    assert "/private/x" not in server.paths()


def test_a_long_file_counts_with_its_beginning(server: Loopback, fetcher: HttpFetcher) -> None:
    def handler(exchange: Exchange) -> None:
        exchange.answer(200, RULES + b"# padding\n" * 200_000)

    server.routes["/robots.txt"] = handler
    with pytest.raises(DisallowedError):
        fetcher.get(page(server, "/private/x"))


def test_a_crawl_delay_lengthens_the_pause(server: Loopback, clock: SetClock) -> None:
    class Remembering(MemoryLease):
        rests: list[float] = []

        def release(self, name: str, token: str, rest_s: float = 0.0) -> None:
            self.rests.append(rest_s)
            super().release(name, token)

    lease = Remembering()
    fetcher = HttpFetcher(Settings(host_gap_s=2.0, fetch_allow=(ipaddress.ip_network("127.0.0.1"),)), lease, clock)
    server.routes["/robots.txt"] = lambda e: e.answer(200, b"User-agent: *\nCrawl-delay: 7\n")
    fetcher.get(page(server, "/news"))
    assert lease.rests == [2.0, 7.0]
