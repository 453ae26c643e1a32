"""One HTTP exchange over one connection: to a checked address, within a time, streamed under a cap of bytes.

urllib3's connections speak HTTP; what they lack is here: the address guard at the moment of connecting, and a limit on the whole
of an exchange (a server that sends a byte now and then never trips a socket's own time-out).
"""

import heapq
import http.client
import itertools
import os
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import DecodeError, HTTPError, IncompleteRead, ProtocolError
from urllib3.response import BaseHTTPResponse

from aggregator.errors import NetworkError, RefusedError, TooLargeError
from aggregator.fetch.guard import AddressGuard

CHUNK = 65_536  # bytes asked for at a time


@dataclass(frozen=True, slots=True)
class Limits:
    """Caps of one request. ``body`` and ``headers`` in bytes; ``body`` holds before and after unpacking."""

    body: int = 10 << 20
    headers: int = 64 << 10
    connect_s: float = 10.0
    total_s: float = 30.0
    redirects: int = 5
    robots: int = 512 << 10


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. ``headers`` have lower-case names; a body longer than ``cap`` was refused, or cut where that was wanted."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class _Guarded:
    """Mixin for urllib3's connections: connects to an address that the guard let through, and to no other."""

    guard: AddressGuard
    url: str

    def _new_conn(self) -> socket.socket:
        host, port, timeout = self._dns_host, self.port, self.timeout  # type: ignore[attr-defined]  # urllib3's, beside this mixin
        last: OSError | None = None
        for family, where in self.guard.addresses(host, port, self.url):
            sock = socket.socket(family, socket.SOCK_STREAM)
            try:
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                sock.settimeout(timeout)
                sock.connect(where)
            except OSError as error:
                sock.close()
                last = error
            else:
                return sock
        raise NetworkError(f"{host} does not accept connections: {_plainly(last)}.", self.url)


class GuardedHTTPConnection(_Guarded, HTTPConnection):
    pass


class GuardedHTTPSConnection(_Guarded, HTTPSConnection):
    pass


def exchange(
    url: str,
    headers: Mapping[str, str],
    *,
    guard: AddressGuard,
    tls: ssl.SSLContext | None,
    limits: Limits,
    total_s: float,
    cap: int,
    cut: bool = False,
    form: bytes | None = None,
) -> Answer:
    """Send a GET, or a POST where there is a ``form`` (its Content-Type is the caller's), and read the answer; redirects are answers like
    others. The body of a status other than 200-299 is not read.

    ``tls``: needed for https alone; ``total_s``: seconds for all of it; ``cap``: bytes of body; ``cut``: cut a longer body instead of
    refusing it.
    Raises RefusedError, NetworkError, TooLargeError.
    """
    connection = _connect(url, guard, tls, min(limits.connect_s, total_s))
    started = time.monotonic()
    watchdog = _Watchdog(connection, total_s)
    response: BaseHTTPResponse | None = None
    try:
        with watchdog:
            parts = urlsplit(url)
            target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.connect()
            connection.timeout = total_s  # from here on the watchdog counts: a server may think for longer than a connection takes
            watchdog.check()
            method = "GET" if form is None else "POST"
            connection.request(method, target, body=form, headers=dict(headers), preload_content=False)
            response = connection.getresponse()
            named = _headers(response, limits, url)
            body = _read(response, url, cap, cut, started + total_s) if 200 <= response.status < 300 else b""
            if not named and not body:  # Python takes an end in the middle of the headers for the end of the headers
                raise NetworkError(f"{parts_host(url)} broke off in the middle of its answer.", url)
    except (NetworkError, RefusedError, TooLargeError):
        if watchdog.expired:
            raise _too_slow(url, total_s) from None
        raise
    except (HTTPError, http.client.HTTPException, OSError, ValueError) as error:
        if watchdog.expired or isinstance(error, TimeoutError):
            raise _too_slow(url, total_s) from error
        raise NetworkError(f"{parts_host(url)} did not answer as it should: {_plainly(error)}.", url) from error
    finally:
        if response is not None:
            response.close()  # it holds the socket by a reference of its own
        connection.close()
    if watchdog.expired:
        raise _too_slow(url, total_s)
    return Answer(response.status, named, body)


def parts_host(url: str) -> str:
    """The host of a URL, for sentences."""
    return urlsplit(url).hostname or url


def _connect(url: str, guard: AddressGuard, tls: ssl.SSLContext | None, timeout_s: float) -> GuardedHTTPConnection | GuardedHTTPSConnection:
    parts = urlsplit(url)
    host = parts.hostname or ""
    connection: GuardedHTTPConnection | GuardedHTTPSConnection
    if parts.scheme == "https":
        connection = GuardedHTTPSConnection(host, parts.port or 443, timeout=timeout_s, ssl_context=tls)
    else:  # always with a port, or the last group of an IPv6 address is taken for one
        connection = GuardedHTTPConnection(host, parts.port or 80, timeout=timeout_s)
    connection.guard, connection.url = guard, url
    return connection


class _Watchdog:
    """Closes the connection from another thread when its time is over; whatever read was waiting then ends."""

    def __init__(self, connection: HTTPConnection, seconds: float) -> None:
        self._connection: HTTPConnection | None = connection
        self._seconds, self.expired = seconds, False

    def bite(self) -> None:
        """The time is over."""
        connection = self._connection
        if connection is not None:
            self.expired = True
            _shut(connection)

    def check(self) -> None:
        """End here if the time ran out while there was no connection yet."""
        if self.expired and self._connection is not None:
            _shut(self._connection)

    def __enter__(self) -> None:
        KENNEL.add(time.monotonic() + self._seconds, self)

    def __exit__(self, *_: object) -> None:
        self._connection = None


def _shut(connection: HTTPConnection) -> None:
    sock = connection.sock
    if sock is None:
        return
    try:
        socket.socket.shutdown(sock, socket.SHUT_RDWR)  # the plain one: TLS would try to say goodbye first
    except OSError:
        return  # closed already: there is nothing left to end


class _Kennel:
    """One thread for all watchdogs of this process: to start one for each request would cost as much as the request itself."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting: list[tuple[float, int, _Watchdog]] = []
        self._numbers = itertools.count()
        self._pid = 0  # of the process that the thread runs in: a fork leaves it behind

    def add(self, at: float, watchdog: _Watchdog) -> None:
        """Let it bite at this time of the monotonic clock."""
        with self._changed:
            if self._pid != os.getpid():
                self._pid, self._waiting = os.getpid(), []
                threading.Thread(target=self._run, name="watchdogs", daemon=True).start()
            heapq.heappush(self._waiting, (at, next(self._numbers), watchdog))
            if self._waiting[0][2] is watchdog:
                self._changed.notify()

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._waiting or (left_s := self._waiting[0][0] - time.monotonic()) > 0:
                    self._changed.wait(left_s if self._waiting else None)
                watchdog = heapq.heappop(self._waiting)[2]
            watchdog.bite()


KENNEL = _Kennel()


def _headers(response: BaseHTTPResponse, limits: Limits, url: str) -> dict[str, str]:
    """Names in lower case, values as UTF-8 where they are; of several headers of a name the last, but all of Link, which servers
    often send one by one (RFC 9110 section 5.3); raises TooLargeError over the cap."""
    if sum(len(name) + len(value) + 4 for name, value in response.headers.items()) > limits.headers:
        raise TooLargeError(f"{parts_host(url)} answers with more than {limits.headers >> 10} KiB of headers.", url, status=response.status)
    named = {name.lower(): _utf8(value) for name, value in response.headers.items()}
    if "link" in named:
        named["link"] = ", ".join(map(_utf8, response.headers.getlist("link")))
    return named


def _utf8(value: str) -> str:
    try:
        return value.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return value


def _read(response: BaseHTTPResponse, url: str, cap: int, cut: bool, deadline: float) -> bytes:
    length = response.headers.get("content-length", "")
    if length.isdigit() and int(length) > cap and not cut:
        raise _too_large(url, cap)
    body = bytearray()
    while True:
        try:
            piece = response.read1(CHUNK, decode_content=True)
        except DecodeError as error:
            raise NetworkError(f"{parts_host(url)} sends data whose packing cannot be undone.", url) from error
        if not piece:
            return bytes(body)
        body += piece
        if len(body) > cap:
            if cut:
                return bytes(body[:cap])
            raise _too_large(url, cap)
        if time.monotonic() > deadline:
            raise NetworkError(f"{parts_host(url)} sends too slowly.", url)


def _too_large(url: str, cap: int) -> TooLargeError:
    return TooLargeError(f"{parts_host(url)} sends more than {cap / (1 << 20):g} MiB.", url)


def _too_slow(url: str, total_s: float) -> NetworkError:
    return NetworkError(f"{parts_host(url)} did not finish its answer within {total_s:.3g} s.", url)


def _plainly(error: BaseException | None) -> str:
    """A cause in a few words."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not valid ({error.verify_message})"
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, IncompleteRead) or (isinstance(error, ProtocolError) and "IncompleteRead" in str(error)):
        return "its answer was cut short"
    if isinstance(error, ConnectionRefusedError):
        return "connection refused"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    return (str(error) or type(error).__name__).splitlines()[0][:160]
