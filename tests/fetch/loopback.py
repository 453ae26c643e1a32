"""A little web server on 127.0.0.1 that misbehaves on request, and the stand-ins that the fetcher needs beside it."""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aggregator.ports import Turn

CERTIFICATE = Path(__file__).with_name("cases") / "loopback.pem"  # self-signed for 127.0.0.1, made for these tests alone

Handler = Callable[["Exchange"], None]


@dataclass
class Exchange:
    """One request at the server's side."""

    path: str
    headers: Mapping[str, str]
    sock: socket.socket
    method: str = "GET"
    body: bytes = b""
    answered: Callable[[], None] = lambda: None

    def send(self, data: bytes) -> None:
        self.sock.sendall(data)

    def answer(self, status: int = 200, body: bytes = b"", **headers: str) -> None:
        """Answer with the headers given (low lines become hyphens) and a Content-Length."""
        self.answered()  # before the client can know: with the answer in hand it may ask again at once
        lines = [f"HTTP/1.1 {status} x", f"Content-Length: {len(body)}", *(f"{n.replace('_', '-')}: {v}" for n, v in headers.items())]
        self.send("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body)


@dataclass
class Loopback:
    """The running server: its routes, and the requests it has seen."""

    routes: dict[str, Handler]
    port: int
    scheme: str = "http"
    seen: list[Exchange] = field(default_factory=list)
    in_flight: int = 0
    most_in_flight: int = 0
    times: list[float] = field(default_factory=list)

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"{self.scheme}://{host}:{self.port}{path}"

    def paths(self) -> list[str]:
        return [one.path for one in self.seen]


def not_found(exchange: Exchange) -> None:
    exchange.answer(404)


@contextmanager
def serving(routes: dict[str, Handler], *, tls: bool = False) -> Iterator[Loopback]:
    """Serve the routes until the end of the block; a path without a route answers 404."""
    listener = socket.create_server(("127.0.0.1", 0))
    context = None
    if tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATE)
    server = Loopback(routes, listener.getsockname()[1], "https" if tls else "http")
    lock = threading.Lock()
    threads: list[threading.Thread] = []

    def one(sock: socket.socket) -> None:
        under_way = [True]
        with lock:
            server.in_flight += 1
            server.most_in_flight = max(server.most_in_flight, server.in_flight)
            server.times.append(time.monotonic())

        def answered() -> None:
            with lock:
                server.in_flight -= under_way[0]
                under_way[0] = False

        try:
            with sock if context is None else context.wrap_socket(sock, server_side=True) as wrapped:
                wrapped.settimeout(10)
                exchange = _read(wrapped)
                if exchange:
                    exchange.answered = answered
                    server.seen.append(exchange)
                    server.routes.get(exchange.path, not_found)(exchange)
        except OSError:
            pass  # the client went away, which is what several tests are about
        finally:
            answered()

    def accept() -> None:
        while True:
            try:
                sock, _ = listener.accept()
            except OSError:
                return
            threads.append(threading.Thread(target=one, args=(sock,), daemon=True))
            threads[-1].start()

    acceptor = threading.Thread(target=accept, daemon=True)
    acceptor.start()
    try:
        yield server
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        acceptor.join()
        for thread in threads:
            thread.join(12)


def _read(sock: socket.socket) -> Exchange | None:
    data = b""
    while b"\r\n\r\n" not in data:
        piece = sock.recv(65_536)
        if not piece:
            return None
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    while len(body) < int(headers.get("content-length", 0)):
        body += sock.recv(65_536)
    return Exchange(first.split()[1], headers, sock, first.split()[0], body)


class MemoryLease:
    """ports.Lease in one process; the contract suite holds it to the same rules as the real ones."""

    def __init__(self) -> None:
        self._held: dict[str, tuple[str, float]] = {}
        self._lock = threading.Lock()
        self._made = 0

    def acquire(self, name: str, ttl_s: float) -> Turn:
        now = time.monotonic()
        with self._lock:
            _, until = self._held.get(name, ("", 0.0))
            if until > now:
                return Turn(None, until - now)
            self._made += 1
            token = str(self._made)
            self._held[name] = (token, now + ttl_s)
            return Turn(token)

    def release(self, name: str, token: str, rest_s: float = 0.0) -> None:
        with self._lock:
            if self._held.get(name, ("",))[0] == token:
                self._held[name] = ("", time.monotonic() + rest_s)


class RealClock:
    """ports.Clock on the machine's time."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


@dataclass
class SetClock:
    """ports.Clock whose time moves only by sleeping and by hand."""

    at: datetime = datetime(2026, 3, 1, tzinfo=UTC)
    slept: list[float] = field(default_factory=list)

    def now(self) -> datetime:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += timedelta(seconds=seconds)
