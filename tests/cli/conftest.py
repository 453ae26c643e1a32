"""Commands run in this process as the shell would run them, over a data folder and a little loopback web of their own."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from aggregator.cli import main
from tests.fetch.loopback import Exchange, Handler, Loopback, serving
from tests.newsworld import item, page

REPORTS = {
    "bridge": (
        "Engineers close the bridge at Kupiansk",
        "KUPIANSK, Ukraine - Engineers closed the road bridge over the Oskil on Monday after an inspection found two cracked piers.",
        "“Nobody crosses until the piers are wedged,” the district engineer Olha Marchuk told reporters beside the barrier.",
        "The General Staff of Ukraine said that the eastern bank would be supplied by ferry until the middle of the month.",
    ),
    "harbour": (
        "Grain ships leave the harbour of Odesa",
        "ODESA, Ukraine - Three ships laden with wheat left the harbour of Odesa on Tuesday, the port authority said in a statement.",
        "The Russian Defence Ministry claimed that the harbour had been used to unload weapons, and gave no evidence for it.",
        "The captain of the first ship, who gave his name as Doru, said that the pilots had waited four days for a clear night.",
    ),
    "school": (
        "A school opens again under ground in Kharkiv",
        "KHARKIV, Ukraine - Two hundred children went down thirty-one steps to their first lessons of the year on Wednesday.",
        "The mayor, Ihor Terekhov, said on Telegram that a second school below the ground would be ready before the winter.",
        "Parents waited at the top of the stairs with umbrellas, and the guard counted the children in and counted them out.",
    ),
}


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    status: int
    out: str
    err: str


Run = Callable[..., Done]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """Run a `frontwire` command and return its exit status and what it said."""
    for name, value in {
        "FRONTWIRE_DATA_DIR": str(tmp_path / "var"),
        "FRONTWIRE_FETCH_ALLOW": "127.0.0.0/8",
        "FRONTWIRE_FETCH_ONLY": "127.0.0.0/8",
        "FRONTWIRE_HOST_GAP_S": "0",
        "COLUMNS": "220",
    }.items():
        monkeypatch.setenv(name, value)

    def command(*arguments: str) -> Done:
        monkeypatch.setattr(sys, "argv", ["frontwire", *arguments])
        capsys.readouterr()
        try:
            main()
            status = 0
        except SystemExit as ended:
            status = int(ended.code or 0)
        said = capsys.readouterr()
        return Done(status, said.out, said.err)

    return command


@pytest.fixture
def web() -> Iterator[Loopback]:
    """An invented outlet with a front page, a feed and three reports."""
    routes: dict[str, Handler] = {}
    with serving(routes) as server:
        items = [item(server.url(f"/{name}"), title, name, first) for name, (title, first, *_) in REPORTS.items()]
        feed = f'<rss version="2.0"><channel><title>Oskil Courier</title><language>en</language>{"".join(items)}</channel></rss>'
        front = (
            '<html><head><link rel="alternate" type="application/rss+xml" title="All news" href="/feed.xml"></head><body>News</body></html>'
        )
        routes["/feed.xml"] = _giving(feed.encode(), "application/rss+xml")
        routes["/"] = _giving(front.encode(), "text/html")
        for name, (title, *paragraphs) in REPORTS.items():
            routes[f"/{name}"] = _giving(page(title, paragraphs), "text/html; charset=utf-8")
        yield server


def _giving(body: bytes, content_type: str) -> Handler:
    def give(exchange: Exchange) -> None:
        exchange.answer(200, body, Content_Type=content_type)

    return give
