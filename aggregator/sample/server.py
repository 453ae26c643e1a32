"""The sample press on loopback HTTP: one address an outlet, all on one port, nothing but GET and HEAD."""

import hashlib
import selectors
import socket
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from urllib.parse import urlsplit

from aggregator.errors import SettingsError
from aggregator.model import FeedDraft, Outlet, utc_now
from aggregator.sample import feeds, pages
from aggregator.sample.newsroom import Newsroom
from aggregator.sample.press import DATA, PressOutlet, load

POLL_INTERVAL_S = 60  # of the sample's feeds: it publishes something every minute or two
PATIENCE_S = 5.0  # with a client that connects and says nothing


@dataclass(frozen=True, slots=True)
class Answer:
    """What a GET comes to, before conditions: a status, a media type, a body and when it last changed."""

    status: int
    content_type: str
    body: bytes
    changed_at: datetime | None = None

    @property
    def etag(self) -> str:
        return '"' + hashlib.sha256(self.body).hexdigest()[:20] + '"'


def answer(room: Newsroom, outlet: PressOutlet, path: str, now: datetime) -> Answer:
    """Return what the outlet's site answers at a path, at a moment. Pure but for the pictures, which are read from ``data/``."""
    if path == outlet.feed_path:
        changed_at = feeds.newest(room.edition(outlet.id, now), room)
        return Answer(200, feeds.content_type(outlet.feed_format), feeds.render(room, outlet, now), changed_at)
    if path == "/":
        return Answer(200, "text/html; charset=utf-8", pages.front(room, outlet, now), feeds.newest(room.edition(outlet.id, now), room))
    if path == "/robots.txt":
        return Answer(200, "text/plain; charset=utf-8", pages.robots())
    pictures = {f"/images/{file.name}": file for file in (DATA / "images").glob("*.svg")}
    if path in pictures:
        return Answer(200, "image/svg+xml", pictures[path].read_bytes(), room.started_at.replace(microsecond=0))
    piece = room.find(outlet.id, path, now)
    if piece is None:
        return Answer(404, "text/plain; charset=utf-8", b"There is no such page in this invented sample.\n")
    return Answer(200, "text/html; charset=utf-8", pages.article(room, piece, now), piece.updated_at)


class SamplePress:
    """The running press. ``port`` 0 takes a free one, which ``port`` then names. ``now`` gives the time, for tests.

    ``start`` raises SettingsError where an address or the port cannot be had.
    """

    def __init__(self, port: int, started_at: datetime, speed: float = 1.0, *, now: Callable[[], datetime] = utc_now) -> None:
        self.port = port
        self._started_at = started_at.astimezone(UTC)
        self._speed = speed
        self._now = now
        self._servers: list[ThreadingHTTPServer] = []
        self._bell: tuple[socket.socket, socket.socket] | None = None  # rung at one end, heard at the other, to stop
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Bind every address, then answer in the background until ``stop``."""
        for outlet in load().outlets.values():
            try:
                server = _Server((outlet.address, self.port), _handler(self, outlet))
            except OSError as error:
                self._close()
                raise SettingsError(
                    f"The sample press cannot listen on {outlet.address}:{self.port} ({error.strerror}). "
                    "Another port may be free; where only 127.0.0.1 is set up as a loopback address, "
                    "127.0.5.1 and the next ones must be added as aliases."
                ) from error
            self._servers.append(server)
            self.port = int(server.server_address[1])
        self._bell = socket.socketpair()
        self._thread = threading.Thread(target=self._serve, args=(self._bell[1],), name="sample-press", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop answering, wait for answers under way and free the port."""
        if self._bell is not None and self._thread is not None:
            self._bell[0].send(b"x")
            self._thread.join()
            for end in self._bell:
                end.close()
            self._bell = self._thread = None
        self._close()

    @property
    def room(self) -> Newsroom:
        return Newsroom(self.port, self._started_at, self._speed)

    def answer(self, outlet: PressOutlet, path: str) -> Answer:
        return answer(self.room, outlet, path, self._now())

    def _serve(self, bell: socket.socket) -> None:
        """One thread waits on every listening socket; each request then has a thread of its own."""
        with selectors.DefaultSelector() as selector:
            selector.register(bell, selectors.EVENT_READ)
            for server in self._servers:
                selector.register(server, selectors.EVENT_READ)
            while True:
                ready = [key.fileobj for key, _ in selector.select()]
                if bell in ready:
                    return
                for server in self._servers:
                    if server in ready:
                        server.handle_request()

    def _close(self) -> None:
        for server in self._servers:
            server.server_close()
        self._servers = []


class _Server(ThreadingHTTPServer):
    daemon_threads = False  # so that server_close waits for them
    timeout = 0  # handle_request is only called when somebody is at the door

    def server_bind(self) -> None:
        """Bind without asking a name server for the address's name, as HTTPServer would: that can take seconds an address."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = self.server_address[:2]  # type: ignore[assignment]  # typeshed: str or bytes

    def handle_error(self, request: object, client_address: object) -> None:
        """Print what went wrong, unless it is that the client has gone."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]  # typeshed wants the socket that we pass on


def _handler(press: SamplePress, outlet: PressOutlet) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        server_version = "SamplePress"
        sys_version = ""
        timeout = PATIENCE_S

        def do_GET(self) -> None:
            self._reply(with_body=True)

        def do_HEAD(self) -> None:
            self._reply(with_body=False)

        def _reply(self, *, with_body: bool) -> None:
            reply = press.answer(outlet, urlsplit(self.path).path)
            modified = format_datetime(reply.changed_at, usegmt=True) if reply.changed_at else None
            asked_etag = self.headers.get("If-None-Match")
            # RFC 9110, 13.1.3: If-Modified-Since counts only where there is no If-None-Match
            unchanged = reply.etag in asked_etag if asked_etag else modified and self.headers.get("If-Modified-Since") == modified
            status = 304 if reply.status == 200 and unchanged else reply.status
            self.send_response(status)
            self.send_header("ETag", reply.etag)
            if modified:
                self.send_header("Last-Modified", modified)
            self.send_header("Connection", "close")
            if status != 304:
                self.send_header("Content-Type", reply.content_type)
                self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            if with_body and status != 304:
                self.wfile.write(reply.body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing: the reader that polls the press has its own log."""

    return Handler


def outlet_of(outlet: PressOutlet, port: int) -> Outlet:
    """The outlet as the rest of the product knows it, marked as a sample."""
    return Outlet(
        id=outlet.id,
        name=outlet.name,
        kind=outlet.kind,
        country=outlet.country,
        languages=(outlet.language,),
        affiliation=outlet.affiliation,
        basis="invented",
        homepage=outlet.root(port) + "/",
        sample=True,
    )


def feed_drafts(port: int) -> tuple[FeedDraft, ...]:
    """Return the feeds of the press for subscription, all marked as sample."""
    return tuple(
        FeedDraft(
            url=outlet.root(port) + outlet.feed_path,
            title=outlet.name,
            outlet=outlet_of(outlet, port),
            theatre=outlet.theatre,
            language=outlet.language,
            interval_s=POLL_INTERVAL_S,
            sample=True,
        )
        for outlet in load().outlets.values()
    )
