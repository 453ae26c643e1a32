"""HttpFetcher against a real server that misbehaves in every way a feed's host has been seen to."""

import gzip
import ipaddress
import socket
import ssl
import subprocess
import sys
import time
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from email.utils import format_datetime
from typing import Any

import brotli  # type: ignore[import-untyped]  # ships no types
import pytest

from aggregator.errors import FetchError, HttpError, NetworkError, RefusedError, TooLargeError
from aggregator.fetch.connection import Limits
from aggregator.fetch.http import HttpFetcher, canonical
from aggregator.ports import FetchRequest
from aggregator.settings import Settings
from tests.fetch.loopback import CERTIFICATE, Exchange, Loopback, MemoryLease, RealClock, SetClock, serving

LOOPBACK = (ipaddress.ip_network("127.0.0.1/32"),)
SETTINGS = Settings(host_gap_s=0.0, fetch_allow=LOOPBACK, contact="https://press.example")
BODY = b"<rss version='2.0'><channel><title>Harbour Post</title></channel></rss>" * 20


def make(**changes: object) -> HttpFetcher:
    limits = Limits(**changes)  # type: ignore[arg-type]  # the tests give ints and floats by name
    return HttpFetcher(
        Settings(host_gap_s=0.0, fetch_allow=LOOPBACK, contact="https://press.example"), MemoryLease(), RealClock(), limits=limits
    )


@pytest.fixture
def fetcher() -> HttpFetcher:
    return make()


@pytest.fixture
def server() -> Iterator[Loopback]:
    with serving({}) as running:
        yield running


def feed(url: str, **conditions: str) -> FetchRequest:
    return FetchRequest(url, purpose="feed", **conditions)


def test_an_answer_comes_with_lower_case_headers_and_its_body(server: Loopback, fetcher: HttpFetcher) -> None:
    server.routes["/f"] = lambda e: e.answer(200, BODY, ETag='"a1"', X_Note="Київ".encode().decode("latin-1"))
    answer = fetcher.get(feed(server.url("/f#part")))
    assert (answer.status, answer.body, answer.url, answer.redirects) == (200, BODY, server.url("/f"), ())
    assert answer.headers["etag"] == '"a1"'
    assert answer.headers["x-note"] == "Київ"
    sent = server.seen[0].headers
    assert sent["user-agent"].startswith("Frontwire/") and "https://press.example" in sent["user-agent"]
    assert "application/rss+xml" in sent["accept"]
    assert "cookie" not in sent


PACKINGS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "identity": bytes,
}


@pytest.mark.parametrize("coding", PACKINGS)
def test_packed_bodies_are_unpacked(server: Loopback, fetcher: HttpFetcher, coding: str) -> None:
    server.routes["/f"] = lambda e: e.answer(200, PACKINGS[coding](BODY), Content_Encoding=coding)
    assert fetcher.get(feed(server.url("/f"))).body == BODY


def test_a_chunked_body_is_read(server: Loopback, fetcher: HttpFetcher) -> None:
    def handler(exchange: Exchange) -> None:
        exchange.send(b"HTTP/1.1 200 x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n")

    server.routes["/f"] = handler
    assert fetcher.get(feed(server.url("/f"))).body == b"hello"


ASK_IN_A_PROCESS_OF_ITS_OWN = """
import resource, sys
from ipaddress import ip_network
from aggregator.errors import TooLargeError
from aggregator.fetch.http import HttpFetcher
from aggregator.ports import FetchRequest
from aggregator.settings import Settings
from tests.fetch.loopback import MemoryLease, RealClock

def peak(): return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

fetcher = HttpFetcher(Settings(host_gap_s=0.0, fetch_allow=(ip_network("127.0.0.1"),)), MemoryLease(), RealClock())
fetcher.get(FetchRequest(sys.argv[1], "feed"))
before = peak()
try:
    fetcher.get(FetchRequest(sys.argv[2], "feed"))
except TooLargeError as error:
    print(peak() - before, error.message)
"""


def test_a_bomb_costs_little_memory(server: Loopback) -> None:
    bomb = gzip.compress(bytes(64 << 20), 9) * 16  # 1 GiB of zeros in 1 MB, as RFC 1952 allows it: member after member
    server.routes["/small"] = lambda e: e.answer(200, gzip.compress(b"hello"), Content_Encoding="gzip")
    server.routes["/bomb"] = lambda e: e.answer(200, bomb, Content_Encoding="gzip")
    command = [sys.executable, "-c", ASK_IN_A_PROCESS_OF_ITS_OWN, server.url("/small"), server.url("/bomb")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)  # memory that is given back still counts as peak
    grown_kib, _, message = done.stdout.partition(" ")
    assert int(grown_kib) < 40 << 10
    assert "10 MiB" in message


def test_a_body_over_the_cap_is_refused_by_its_length_and_by_its_bytes(server: Loopback) -> None:
    fetcher = make(body=1000)
    server.routes["/told"] = lambda e: e.answer(200, bytes(1001))
    server.routes["/untold"] = lambda e: e.send(b"HTTP/1.1 200 x\r\n\r\n" + bytes(5000))
    server.routes["/fits"] = lambda e: e.answer(200, bytes(1000))
    for path in ("/told", "/untold"):
        with pytest.raises(TooLargeError):
            fetcher.get(feed(server.url(path)))
    assert len(fetcher.get(feed(server.url("/fits"))).body) == 1000


def test_too_many_headers_are_refused(server: Loopback) -> None:
    server.routes["/f"] = lambda e: e.answer(200, b"", X_Long="x" * 3000)
    with pytest.raises(TooLargeError):
        make(headers=2000).get(feed(server.url("/f")))


def drip_body(exchange: Exchange) -> None:
    exchange.send(b"HTTP/1.1 200 x\r\n\r\n")
    for _ in range(200):
        exchange.send(b".")
        time.sleep(0.05)


def drip_headers(exchange: Exchange) -> None:
    exchange.send(b"HTTP/1.1 200 x\r\nX-Slow: ")
    for _ in range(200):
        exchange.send(b".")
        time.sleep(0.05)


def say_nothing(exchange: Exchange) -> None:
    exchange.sock.recv(1)


@pytest.mark.parametrize("handler", [drip_body, drip_headers, say_nothing])
def test_a_slow_answer_ends_at_the_limit(server: Loopback, handler: Callable[[Exchange], None]) -> None:
    server.routes["/slow"] = handler
    started = time.monotonic()
    with pytest.raises(NetworkError) as caught:
        make(total_s=0.6).get(feed(server.url("/slow")))
    assert 0.5 < time.monotonic() - started < 3
    assert "0.6 s" in caught.value.message


BROKEN = {  # what comes, and how the sentence names it
    "no answer": (b"", "did not answer"),
    "end in the headers": (b"HTTP/1.1 200 OK\r\nContent-Ty", "broke off in the middle"),
    "no http": (b"220 mail.example ESMTP\r\n\r\n", "did not answer as it should"),
    "short body": (b"HTTP/1.1 200 x\r\nContent-Length: 100\r\n\r\nshort", "cut short"),
    "bad chunks": (b"HTTP/1.1 200 x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n", "cut short"),
    "chunks that end": (b"HTTP/1.1 200 x\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nhello\r\n", "cut short"),
    "bad gzip": (b"HTTP/1.1 200 x\r\nContent-Length: 5\r\nContent-Encoding: gzip\r\n\r\nhello", "packing cannot be undone"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_answer_is_temporary(server: Loopback, fetcher: HttpFetcher, what: str) -> None:
    sent, named = BROKEN[what]
    server.routes["/f"] = lambda e: e.send(sent)
    with pytest.raises(NetworkError, match=named) as caught:
        fetcher.get(feed(server.url("/f")))
    assert caught.value.remedy == "temporary"


def test_a_closed_port_is_temporary(fetcher: HttpFetcher) -> None:
    with serving({}) as gone:
        url = gone.url("/")
    with pytest.raises(NetworkError, match="connection refused"):
        fetcher.get(feed(url))


def test_redirects_are_followed_and_told(server: Loopback, fetcher: HttpFetcher) -> None:
    server.routes["/a"] = lambda e: e.answer(301, Location="b?x=1")
    server.routes["/b?x=1"] = lambda e: e.answer(302, Location=server.url("/c"))
    server.routes["/c"] = lambda e: e.answer(200, b"here")
    answer = fetcher.get(feed(server.url("/a")))
    assert (answer.url, answer.body) == (server.url("/c"), b"here")
    assert answer.redirects == ((301, server.url("/b?x=1")), (302, server.url("/c")))


def test_circles_and_long_chains_end(server: Loopback, fetcher: HttpFetcher) -> None:
    server.routes["/round"] = lambda e: e.answer(302, Location="/about")
    server.routes["/about"] = lambda e: e.answer(302, Location="/round", Set_Cookie="seen=1")
    for n in range(9):
        server.routes[f"/{n}"] = lambda e, n=n: e.answer(302, Location=f"/{n + 1}")  # type: ignore[misc]  # the default binds n
    with pytest.raises(NetworkError, match="circle"):
        fetcher.get(feed(server.url("/round")))
    with pytest.raises(NetworkError, match="more than 5 times"):
        fetcher.get(feed(server.url("/0")))
    assert not any("cookie" in one.headers for one in server.seen)


@pytest.mark.parametrize(
    "target",
    [
        *("http://127.0.0.2:{port}/", "http://2130706434:{port}/", "http://[::1]:{port}/", "http://[::ffff:127.0.0.2]:{port}/"),
        *("http://10.0.0.1/", "http://172.16.0.1/", "http://192.168.1.1/", "http://100.64.0.1/", "http://[fd00::1]/", "http://[fe80::1]/"),
        *("http://169.254.169.254/latest/meta-data/", "http://[fd00:ec2::254]/", "http://[64:ff9b::a9fe:a9fe]/", "http://0.0.0.0:{port}/"),
        *("file:///etc/hostname", "ftp://x/"),
    ],
)
def test_a_redirect_to_a_refused_address_is_refused(server: Loopback, fetcher: HttpFetcher, target: str) -> None:
    server.routes["/f"] = lambda e: e.answer(302, Location=target.format(port=server.port))
    with pytest.raises(RefusedError):
        fetcher.get(feed(server.url("/f")))
    assert server.paths() == ["/f"]


SPELLINGS = (
    *("127.0.0.1", "127.1", "localhost", "2130706433", "0x7f000001", "0177.0.0.1", "0.0.0.0"),
    *("[::1]", "[::ffff:127.0.0.1]", "１２７.0.0.1"),
)


@pytest.mark.parametrize("host", SPELLINGS)
def test_every_spelling_of_loopback_is_refused(server: Loopback, host: str) -> None:
    plain = HttpFetcher(Settings(host_gap_s=0.0), MemoryLease(), RealClock())
    with pytest.raises(RefusedError):
        plain.get(feed(server.url("/", host)))
    assert server.seen == []


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[list[str]]]:
    """What a resolver under an attacker's control says: for each name the addresses of the first look, of the second …"""
    answers: dict[str, list[list[str]]] = {}
    real = socket.getaddrinfo

    def resolve(host: str, port: int, *rest: Any, **more: Any) -> list[Any]:
        if host not in answers:
            return real(host, port, *rest, **more)
        addresses = answers[host].pop(0)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    return answers


def test_a_name_is_looked_up_once_and_that_address_is_connected_to(
    server: Loopback, fetcher: HttpFetcher, names: dict[str, list[list[str]]]
) -> None:
    """DNS rebinding: an address that passes the look, another one for the connection."""
    server.routes["/f"] = lambda e: e.answer(200, b"hello")
    names["rebind.example"] = [["127.0.0.1"], ["127.0.0.2"]]
    url = server.url("/f", "rebind.example")
    assert fetcher.get(feed(url)).body == b"hello"
    assert names["rebind.example"] == [["127.0.0.2"]]  # one look for one connection
    with pytest.raises(RefusedError):
        fetcher.get(feed(url))


def test_of_several_addresses_only_those_that_pass_are_connected_to(
    server: Loopback, fetcher: HttpFetcher, names: dict[str, list[list[str]]]
) -> None:
    server.routes["/f"] = lambda e: e.answer(200, b"hello")
    names["mixed.example"] = [["127.0.0.2", "10.0.0.1", "127.0.0.1"]]
    assert fetcher.get(feed(server.url("/f", "mixed.example"))).body == b"hello"
    assert server.paths() == ["/f"]


def test_a_redirect_to_a_name_that_has_turned_private_is_refused(
    server: Loopback, fetcher: HttpFetcher, names: dict[str, list[list[str]]]
) -> None:
    server.routes["/f"] = lambda e: e.answer(302, Location=server.url("/g", "rebind.example"))
    names["rebind.example"] = [["127.0.0.1"], ["169.254.169.254"]]
    with pytest.raises(RefusedError):
        fetcher.get(feed(server.url("/f", "rebind.example")))
    assert server.paths() == ["/f"]


@pytest.mark.parametrize(
    "url", ["file:///etc/hostname", "ftp://a.example/x", "gopher://a.example/", "//a.example/", "not a url", "http://u:p@a.example/", ""]
)
def test_other_addresses_are_refused_with_a_sentence(fetcher: HttpFetcher, url: str) -> None:
    with pytest.raises(RefusedError) as caught:
        fetcher.get(feed(url))
    assert caught.value.message.endswith(".")


def test_statuses_are_errors_with_their_remedy(server: Loopback, fetcher: HttpFetcher) -> None:
    for status, remedy in (
        (404, "permanent"),
        (410, "permanent"),
        (403, "permanent"),
        (429, "temporary"),
        (500, "temporary"),
        (503, "temporary"),
    ):
        server.routes[f"/{status}"] = lambda e, status=status: e.answer(status, b"no")  # type: ignore[misc]  # the default binds it
        with pytest.raises(HttpError) as caught:
            fetcher.get(feed(server.url(f"/{status}")))
        assert (caught.value.status, caught.value.remedy) == (status, remedy)


def test_retry_after_is_read_as_seconds_and_as_a_date(server: Loopback) -> None:
    clock = SetClock()
    fetcher = HttpFetcher(SETTINGS, MemoryLease(), clock)
    later = format_datetime(clock.now().replace(hour=1), usegmt=True)
    for text, seconds in (("120", 120.0), (later, 3600.0), ("soon", None), ("-5", None), ("9" * 40, None)):
        server.routes["/f"] = lambda e, text=text: e.answer(429, Retry_After=text)  # type: ignore[misc]  # the default binds it
        with pytest.raises(HttpError) as caught:
            fetcher.get(feed(server.url("/f")))
        assert caught.value.retry_after_s == seconds


def test_a_conditional_request_may_be_answered_with_not_modified(server: Loopback, fetcher: HttpFetcher) -> None:
    def handler(exchange: Exchange) -> None:
        known = exchange.headers.get("if-none-match") == '"a1"' or "if-modified-since" in exchange.headers
        exchange.answer(304 if known else 200, b"" if known else BODY, ETag='"a1"')

    server.routes["/f"] = handler
    assert fetcher.get(feed(server.url("/f"))).status == 200
    assert fetcher.get(feed(server.url("/f"), etag='"a1"')).status == 304
    assert fetcher.get(feed(server.url("/f"), last_modified="Sun, 01 Mar 2026 00:00:00 GMT")).status == 304
    server.routes["/f"] = lambda e: e.answer(304)
    with pytest.raises(HttpError, match="nothing was known"):
        fetcher.get(feed(server.url("/f")))


def test_a_certificate_has_to_be_valid_and_https_does_not_become_http(server: Loopback) -> None:
    server.routes["/plain"] = lambda e: e.answer(200, b"plain")
    with serving(
        {"/f": lambda e: e.answer(200, b"safe"), "/down": lambda e: e.answer(302, Location=server.url("/plain"))}, tls=True
    ) as secure:
        with pytest.raises(NetworkError, match="certificate is not valid"):
            make().get(feed(secure.url("/f")))
        trusting = ssl.create_default_context(cafile=str(CERTIFICATE))
        fetcher = HttpFetcher(SETTINGS, MemoryLease(), RealClock(), tls=trusting)
        assert fetcher.get(feed(secure.url("/f"))).body == b"safe"
        with pytest.raises(RefusedError, match="unprotected"):
            fetcher.get(feed(secure.url("/down")))
    assert server.seen == []


def test_sixteen_threads_share_a_fetcher(server: Loopback, fetcher: HttpFetcher) -> None:
    server.routes["/f"] = lambda e: e.answer(200, e.headers["if-none-match"].encode())
    with ThreadPoolExecutor(16) as pool:
        bodies = list(pool.map(lambda n: fetcher.get(feed(server.url("/f"), etag=f'"{n}"')).body, range(48)))
    assert bodies == [f'"{n}"'.encode() for n in range(48)]
    assert server.most_in_flight == 1, "one request to a host at a time"


@pytest.mark.parametrize(
    ("text", "wire"),
    [
        ("http://Новини.укр/стаття?ід=1#кінець", "http://xn--b1amarcd.xn--j1amh/%D1%81%D1%82%D0%B0%D1%82%D1%82%D1%8F?%D1%96%D0%B4=1"),
        ("HTTP://Press.Example:80/a b", "http://press.example/a%20b"),
        ("https://press.example", "https://press.example/"),
        ("http://press.example/a%zz?q=ä", "http://press.example/a%zz?q=%C3%A4"),
    ],
)
def test_addresses_go_over_the_wire_in_ascii(text: str, wire: str) -> None:
    assert canonical(text).isascii()
    assert canonical(text) == wire


def test_errors_carry_their_url(server: Loopback, fetcher: HttpFetcher) -> None:
    with pytest.raises(FetchError) as caught:
        fetcher.get(feed(server.url("/none")))
    assert caught.value.url == server.url("/none")
