"""A real Chromium in front of a real server. Where there is no Chromium the tests are skipped, and say so; under CI that is a failure."""

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, sync_playwright
from werkzeug.serving import make_server

from tests.web import newsroom
from web.factory import create_app

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def chromium() -> str | None:
    """Path of the Chromium to use."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return os.environ.get("FRONTWIRE_CHROMIUM") or next((path for name in names if (path := shutil.which(name))), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The browser, started once."""
    path = chromium()
    if path is None:
        message = "No Chromium on this machine: the pages were NOT tried in a browser. Install one, or set FRONTWIRE_CHROMIUM to its path."
        if os.environ.get("CI", "").casefold() in ("1", "true", "yes"):
            pytest.fail(message)
        pytest.skip(message)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield started
        started.close()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a server over the invented newsroom."""
    folder: Path = tmp_path_factory.mktemp("newsroom")
    newsroom.fill(folder)
    with served(folder) as address:
        yield address


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Address of a server over the data folder, for as long as it is wanted."""
    app = newsroom.open_app(folder, base_url="")
    server = make_server("127.0.0.1", 0, create_app(app), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()
    app.close()


@dataclass
class Visit:
    """A browser window, and what it must not have: requests to other hosts, errors in its console."""

    page: Page
    context: BrowserContext
    site: str
    strangers: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        """Go to a page of the site."""
        response = self.page.goto(self.site + path)
        assert response is not None
        assert response.ok, (path, response.status)
        return self.page

    def sideways(self) -> int:
        """Pixels by which the page is wider than the window."""
        width: int = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        return width


class Visits:
    """Opens windows."""

    def __init__(self, browser: Browser, site: str) -> None:
        self._browser, self._site = browser, site
        self.opened: list[Visit] = []

    def window(self, width: int = 1280, height: int = 900, *, dark: bool = False, scripts: bool = True) -> Visit:
        """A fresh window without cookies."""
        context = self._browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            java_script_enabled=scripts,
            locale="en-GB",
        )
        visit = Visit(context.new_page(), context, self._site)
        visit.page.set_default_timeout(15_000)
        host = urlsplit(self._site).netloc

        def gate(route: Route) -> None:
            if urlsplit(route.request.url).netloc == host:
                route.continue_()
            else:
                visit.strangers.append(route.request.url)
                route.abort()

        context.route("**/*", gate)
        visit.page.on("console", lambda message: visit.errors.append(message.text) if message.type in ("error", "warning") else None)
        visit.page.on("pageerror", lambda error: visit.errors.append(str(error)))
        self.opened.append(visit)
        return visit


@pytest.fixture
def visits(browser: Browser, site: str) -> Iterator[Visits]:
    """Windows that are checked when the test ends: no request to another host, nothing in the console."""
    made = Visits(browser, site)
    yield made
    for visit in made.opened:
        visit.context.close()
    assert [stranger for visit in made.opened for stranger in visit.strangers] == []
    assert [error for visit in made.opened for error in visit.errors] == []
