"""Replays stored feeds and pages on loopback: each host of the corpus gets one of a few loopback addresses, and every link is
rewritten to the address that stands for its host. What is not in the replay answers 404."""

import gzip
import html
import json
import re
import selectors
import threading
import zlib
from base64 import b64decode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

ADDRESSES = tuple(f"127.0.7.{number}" for number in range(1, 17))
PAGES_A_FEED = 25
# A link in text, not the name of an XML namespace; JSON may escape its slashes.
LINK = re.compile(rb"(xmlns(?::[\w.-]+)?\s*=\s*[\"']|PUBLIC\s[^>]*)?https?:(\\?/)\\?/([\w.-]+)(?::\d+)?(?=[\\/\"'<&?#\s\]]|$)")


@dataclass(frozen=True, slots=True)
class Document:
    """A stored body and its media type."""

    body: bytes
    content_type: str


@dataclass
class Replay:
    """The documents by host and path, and the server that gives them out."""

    port: int
    documents: dict[tuple[str, str], Document] = field(default_factory=dict)
    feeds: dict[str, str] = field(default_factory=dict)  # title by URL
    asked: int = 0
    missing: int = 0

    def address(self, url: str) -> str:
        """The loopback address that stands for a URL: its host is the first part of the path."""
        parts = urlsplit(url)
        path = f"/{parts.netloc.lower()}{parts.path or '/'}"
        return urlunsplit(("http", f"{_loopback(parts.netloc.lower())}:{self.port}", path, parts.query, ""))

    def put(self, url: str, body: bytes, content_type: str) -> str:
        """Serve these bytes for a URL; return the address where they are."""
        shown = self.address(url)
        parts = urlsplit(shown)
        self.documents[parts.hostname or "", f"{parts.path}?{parts.query}" if parts.query else parts.path] = Document(body, content_type)
        return shown

    def relinked(self, body: bytes) -> bytes:
        """The bytes with every link rewritten."""

        def there(match: re.Match[bytes]) -> bytes:
            if match[1]:
                return match[0]
            slash, host = match[2], match[3].lower()
            return b"http:" + slash + slash + f"{_loopback(host.decode())}:{self.port}".encode() + slash + host

        return LINK.sub(there, body)

    def add_feeds(self, cases: Path) -> int:
        """Serve the real feeds of a file of cases; return how many."""
        with gzip.open(cases, "rt", encoding="utf-8") as lines:
            rows: list[dict[str, Any]] = [row for row in map(json.loads, lines) if row["set"] == "real"]
        for row in rows:
            body = row["body"].encode() if "body" in row else b64decode(row["body_base64"])
            shown = self.put(row["url"] or f"http://feed-{row['id']}/", self.relinked(body), "application/xml")
            self.feeds[shown] = row["id"]
        return len(rows)

    def add_pages(self, gold: Path) -> int:
        """Serve the pages of a gold file, and feeds that name them; return how many pages."""
        rows = [json.loads(line) for line in gold.read_text(encoding="utf-8").splitlines()]
        items = []
        for row in rows:
            url = row["url"] or f"http://pages.example/{row['id']}"
            shown = self.put(url, gzip.decompress((gold.parent / row["file"]).read_bytes()), "text/html")
            items.append(f"<item><title>{html.escape(row.get('title') or row['id'])}</title><link>{html.escape(shown)}</link></item>")
        for number, start in enumerate(range(0, len(items), PAGES_A_FEED), 1):
            part = "".join(items[start : start + PAGES_A_FEED])
            body = f'<rss version="2.0"><channel><title>Pages {number}</title>{part}</channel></rss>'
            self.feeds[self.put(f"http://list-{number}.example/feed.xml", body.encode(), "application/rss+xml")] = f"Pages {number}"
        return len(rows)

    def serving(self) -> Iterator["Replay"]:
        """Serve until the generator is closed."""
        servers = [ThreadingHTTPServer((address, self.port), _handler(self, address)) for address in ADDRESSES]
        stop = threading.Event()
        thread = threading.Thread(target=_serve, args=(servers, stop), name="replay", daemon=True)
        thread.start()
        try:
            yield self
        finally:
            stop.set()
            thread.join()
            for server in servers:
                server.server_close()


def _loopback(host: str) -> str:
    return ADDRESSES[zlib.crc32(host.encode()) % len(ADDRESSES)]


def _serve(servers: list[ThreadingHTTPServer], stop: threading.Event) -> None:
    with selectors.DefaultSelector() as selector:
        for server in servers:
            server.timeout = 0
            selector.register(server, selectors.EVENT_READ, server)
        while not stop.is_set():
            for ready, _ in selector.select(0.2):
                ready.data.handle_request()


def _handler(replay: Replay, address: str) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            replay.asked += 1
            found = replay.documents.get((address, self.path))
            if found is None:
                replay.missing += 1
                self._answer(404, "text/plain", b"not in the replay\n")
            else:
                self._answer(200, found.content_type, found.body)

        def _answer(self, status: int, content_type: str, body: bytes) -> None:
            headers: Mapping[str, str] = {"Content-Type": content_type, "Content-Length": str(len(body)), "Connection": "close"}
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing: the reader has its own log."""

    return Handler
