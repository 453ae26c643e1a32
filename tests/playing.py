"""Sites of feeds and pages that a loopback server plays."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from tests.fetch.loopback import Exchange, Loopback, serving
from tests.newsworld import item

Site = dict[str, bytes | Callable[[Exchange], None]]


@contextmanager
def playing(site: Site) -> Iterator[Loopback]:
    """Serve the site; ``BASE`` in its documents is its own address."""
    with serving({}) as server:
        for path, body in site.items():
            server.routes[path] = body if callable(body) else _answer(body, server)
        yield server


def _answer(body: bytes, server: Loopback) -> Callable[[Exchange], None]:
    return lambda exchange: exchange.answer(200, body.replace(b"BASE", server.url("").encode()), Content_Type="text/html; charset=utf-8")


def rss(*items: str, title: str = "The Courier", language: str = "en") -> bytes:
    head = f"<title>{title}</title><language>{language}</language>"
    return f'<rss version="2.0"><channel>{head}{"".join(items)}</channel></rss>'.encode()


def reports(count: int, text: str = "", start: datetime | None = None) -> list[str]:
    start = start or datetime.now(UTC) - timedelta(hours=count)
    return [item(f"BASE/report-{n}.html", f"Bridge report {n}", text=text, published=start + timedelta(hours=n)) for n in range(count)]


def front(*links: str) -> bytes:
    return f"<!doctype html><html><head>{''.join(links)}</head><body><p>Front page</p></body></html>".encode()


def alternate(href: str, title: str = "", kind: str = "application/rss+xml") -> str:
    return f'<link rel="alternate" type="{kind}" title="{title}" href="{href}">'
