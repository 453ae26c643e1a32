"""A forward proxy for one rendering: the only network that a browser gets, and the address guard stands in it.

It answers GET and HEAD of absolute http addresses, and CONNECT for tunnels that carry TLS; names are resolved here, and each connection
goes to an address that the guard let through, by the same code as every other request (connection.py). Everything else is refused with
a status and a sentence: 400 not understood, 403 refused by the guard, 405 another method, 502 the host does not answer, 503 over a cap.
"""

import contextlib
import html
import http.client
import selectors
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from urllib3.exceptions import HTTPError
from urllib3.util import SKIP_HEADER

from aggregator.errors import FetchError, NetworkError, RefusedError, TooLargeError
from aggregator.fetch.connection import CHUNK, GuardedHTTPConnection, Limits
from aggregator.fetch.guard import AddressGuard
from aggregator.fetch.http import canonical

TLS_HANDSHAKE = 0x16  # RFC 8446 section 5.1: the first byte of what a client says over TLS
HOP_BY_HOP = frozenset(  # RFC 9110 section 7.6.1, and what a proxy sets itself
    ("connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te", "trailer", "transfer-encoding")
    + ("upgrade", "host", "content-length")
)
REFUSAL = 'id="frontwire-refusal"'  # tells a refusal from a page, where a browser shows it as one
END_S = 1.0  # how long the end waits for what is under way; a connection made later than that is closed at once
STATUS: Mapping[int, str] = {
    400: "Bad request",
    403: "Refused",
    405: "Method not allowed",
    502: "Bad gateway",
    503: "Over a cap",
}


@dataclass(frozen=True, slots=True)
class Tolls:
    """Caps of one proxy: ``traffic`` in bytes, to and fro together; ``connections`` in all and ``at_once``; seconds for everything."""

    traffic: int = 50 << 20
    connections: int = 500
    at_once: int = 64
    total_s: float = 30.0


class _Refusal(Exception):
    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status, self.sentence = status, sentence


class GuardedProxy:
    """Serves on a listening socket, which becomes its own, from entering the block to its end; then nothing of it is left.

    ``traffic`` is what went through so far, ``refused`` the sentences of the guard's refusals."""

    def __init__(self, listener: socket.socket, guard: AddressGuard, tolls: Tolls, limits: Limits) -> None:
        self._listener, self._guard, self._tolls, self._limits = listener, guard, tolls, limits
        self._deadline = time.monotonic() + tolls.total_s
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._connections = 0
        self._closed = False
        self.traffic = 0
        self.refused: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def __enter__(self) -> Self:
        self._port = self._listener.getsockname()[1]
        self._acceptor = threading.Thread(target=self._accept, name="proxy", daemon=True)
        self._acceptor.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        with self._lock:
            self._closed = True
            for sock in self._open:
                _shut(sock)
        _shut(self._listener)
        self._acceptor.join()
        self._listener.close()
        until = time.monotonic() + END_S
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self._connections += 1
            self._threads = [thread for thread in self._threads if thread.is_alive()]
            if len(self._threads) >= self._tolls.at_once or self._connections > self._tolls.connections:
                with contextlib.suppress(OSError), client:
                    _answer(client, 503, "Too many connections for one page.")
                continue
            thread = threading.Thread(target=self._serve, args=(client,), name="proxied", daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, client: socket.socket) -> None:
        with client:
            try:
                self._keep(client)
                client.settimeout(self._left_s())
                if self.traffic > self._tolls.traffic:
                    raise _Refusal(503, "The page loads more than it may.")
                self._request(client)
            except _Refusal as refusal:
                with contextlib.suppress(OSError):
                    _answer(client, refusal.status, refusal.sentence)
            except (FetchError, OSError, http.client.HTTPException, HTTPError, ValueError):
                return  # an answer broke off in its middle: the browser sees that, and there is nobody else to tell
            finally:
                self._forget(client)

    def _request(self, client: socket.socket) -> None:
        method, target, headers, rest = self._head(client)
        if method == "CONNECT":
            self._tunnel(client, target, rest)
        elif method in ("GET", "HEAD"):
            self._forward(client, method, target, headers)
        else:
            raise _Refusal(405, "Only GET, HEAD and CONNECT are passed on.")

    def _head(self, client: socket.socket) -> tuple[str, str, dict[str, str], bytes]:
        """Method, target and headers of a request, and what came after them."""
        data = b""
        while b"\r\n\r\n" not in data:
            piece = client.recv(CHUNK)
            data += piece
            if not piece or len(data) > self._limits.headers:
                raise _Refusal(400, "That is no request, or one with too long a head.")
        head, _, rest = data.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        words = first.split(" ")
        if len(words) != 3 or not words[2].startswith("HTTP/1."):
            raise _Refusal(400, "That is no request of HTTP/1.1.")
        headers = {name.strip(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        return words[0], words[1], headers, rest

    # --- http -----------------------------------------------------------------------------------------------------------

    def _forward(self, client: socket.socket, method: str, target: str, headers: Mapping[str, str]) -> None:
        if not target.lower().startswith("http://"):
            raise _Refusal(400, "Only absolute http addresses are passed on.")
        try:
            url = canonical(target)
        except RefusedError as error:
            raise _Refusal(400, error.message) from error
        with self._connected(url) as connection:
            passed = {name: value for name, value in headers.items() if name.lower() not in HOP_BY_HOP}
            given = {name.lower() for name in passed}
            passed |= {name: SKIP_HEADER for name in ("User-Agent", "Accept-Encoding") if name.lower() not in given}
            path = url.split("/", 3)[3]
            connection.request(method, f"/{path}", headers={**passed, "Connection": "close"}, preload_content=False, decode_content=False)
            response = connection.getresponse()
            try:
                lines = [f"HTTP/1.1 {response.status} {response.reason or ''}".rstrip()]
                lines += [f"{name}: {value}" for name, value in response.headers.items() if _passes(name, response.headers)]
                self._send(client, "\r\n".join([*lines, "Connection: close", "", ""]).encode("latin-1"))
                while piece := response.read1(CHUNK, decode_content=False):
                    self._send(client, piece)
            finally:
                response.close()

    # --- https ----------------------------------------------------------------------------------------------------------

    def _tunnel(self, client: socket.socket, target: str, said: bytes) -> None:
        try:
            url = canonical(f"https://{target}/")
        except RefusedError as error:
            raise _Refusal(400, error.message) from error
        with self._connected(url) as connection:
            server = connection.sock
            assert server is not None, "connected above"
            client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            while not said:
                said = client.recv(CHUNK)
                if not said:
                    return
            if said[0] != TLS_HANDSHAKE:
                return  # a tunnel is for TLS and nothing else
            self._send(server, said)
            self._relay(client, server)

    def _relay(self, client: socket.socket, server: socket.socket) -> None:
        """Pass bytes on in both directions until one side ends."""
        other = {client: server, server: client}
        with selectors.DefaultSelector() as selector:
            for sock in other:
                selector.register(sock, selectors.EVENT_READ)
            while events := selector.select(self._left_s()):
                for key, _ in events:
                    source = client if key.fileobj is client else server
                    piece = source.recv(CHUNK)
                    if not piece:
                        return
                    self._send(other[source], piece)

    # --- both -----------------------------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def _connected(self, url: str) -> Iterator[GuardedHTTPConnection]:
        """A connection to the host of the URL, through the guard; what TLS there is goes on between the two ends."""
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        connection = GuardedHTTPConnection(parts.hostname or "", port, timeout=min(self._limits.connect_s, self._left_s()))
        connection.guard, connection.url = self._guard, url
        try:
            try:
                connection.connect()
            except RefusedError as error:
                self.refused.append(error.message)
                raise _Refusal(403, error.message) from error
            except NetworkError as error:
                raise _Refusal(502, error.message) from error
            sock = connection.sock
            assert sock is not None, "urllib3 connects or raises"
            self._keep(sock)
            sock.settimeout(self._left_s())
            try:
                yield connection
            finally:
                self._forget(sock)
        finally:
            connection.close()

    def _send(self, sock: socket.socket, data: bytes) -> None:
        with self._lock:
            self.traffic += len(data)
            over = self.traffic > self._tolls.traffic
        if over:
            raise TooLargeError("The page loads more than it may.", "")
        sock.settimeout(self._left_s())
        sock.sendall(data)

    def _left_s(self) -> float:
        left_s = self._deadline - time.monotonic()
        if left_s <= 0:
            raise TimeoutError
        return left_s

    def _keep(self, sock: socket.socket) -> None:
        """See that the socket ends with the proxy."""
        with self._lock:
            if self._closed:
                raise ConnectionAbortedError
            self._open.add(sock)

    def _forget(self, sock: socket.socket) -> None:
        with self._lock:
            self._open.discard(sock)


def _passes(name: str, headers: Mapping[str, str]) -> bool:
    """Whether a header of an answer is passed on: the length is, unless the body came in chunks, which are undone here."""
    name = name.lower()
    if name == "content-length":
        return "transfer-encoding" not in headers
    return name not in HOP_BY_HOP


def _answer(client: socket.socket, status: int, sentence: str) -> None:
    body = f"<!doctype html><title>{STATUS[status]}</title><p {REFUSAL}>{html.escape(sentence)}</p>\n".encode()
    head = f"HTTP/1.1 {status} {STATUS[status]}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {len(body)}\r\n"
    client.sendall(f"{head}Connection: close\r\n\r\n".encode() + body)


def _shut(sock: socket.socket) -> None:
    with contextlib.suppress(OSError):  # closed already
        sock.shutdown(socket.SHUT_RDWR)
