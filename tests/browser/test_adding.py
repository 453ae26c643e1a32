"""Adding feeds in a real browser: each state of the page wide and narrow, light and dark; by keys; with scripts and without."""

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from tests.browser.conftest import Visit, Visits
from tests.browser.test_pages import CONTRAST
from tests.fetch.loopback import Exchange, Loopback
from tests.newsworld import page as article
from tests.playing import Site, alternate, front, playing, reports, rss
from tests.web import newsroom
from tests.web.outside import open_outside
from web.factory import create_app

pytestmark = pytest.mark.browser

PHONE = 390
TEXT = ("Two people were killed when a missile struck a tram depot in Kharkiv on Monday, the prosecutor's office said.",) * 4
LIST = b"""<opml version="2.0"><body><outline type="rss" text="Mole" xmlUrl="https://mole.example/rss"/>
<outline type="rss" text="Owl" xmlUrl="https://owl.example/a-very-long-address-that-has-no-place-to-break-it-but-for-its-hyphens/rss"/>
<outline type="rss" text="Gopher" xmlUrl="gopher://hole.example/"/></body></opml>"""
REFUSED = "Failed to load resource: the server responded with a status of 422 (UNPROCESSABLE ENTITY)"  # the browser's own note

# What a page shows while its answer is awaited, asked for in one go: the browser's driver waits for pages that are on their way.
PRESSED_TWICE = """() => {
  const button = document.querySelector(".find button");
  button.click();
  button.click();
  return [button.textContent, button.getAttribute("aria-disabled"), document.querySelector(".find [role=status]").textContent];
}"""


@dataclass
class Desk:
    """A desk whose fetcher reaches the press beside it; ``release`` lets the slow feed answer."""

    address: str
    press: Loopback
    release: threading.Event

    def look(self, path: str) -> str:
        """Path of the look at an address of the press."""
        return f"/operate/add?url={quote(self.press.url(path), safe='')}"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder: Path = tmp_path_factory.mktemp("desk")
    newsroom.fill(folder)
    app = open_outside(folder, base_url="")
    server = make_server("127.0.0.1", 0, create_app(app), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    release = threading.Event()

    def slow(exchange: Exchange) -> None:
        release.wait(10)
        exchange.answer(200, rss(*reports(1), title="Slow Gazette"))

    site: Site = {
        "/": front(alternate("/news.rss"), alternate("/dead.xml")),
        "/news.rss": rss(*reports(3), title="Weir Gazette"),
        "/report-2.html": article("Missile strikes depot in Kharkiv", TEXT),
        "/bare/": front(),
        "/slow.rss": slow,
        "/walled": lambda exchange: exchange.answer(403),
    }
    with playing(site) as press:
        yield Desk(f"http://127.0.0.1:{server.server_port}", press, release)
        release.set()
    server.shutdown()
    thread.join()
    server.server_close()
    app.close()


@pytest.fixture
def windows(browser: Browser, desk: Desk) -> Iterator[Visits]:
    """Windows at that desk; they are checked as all others are."""
    made = Visits(browser, desk.address)
    yield made
    for visit in made.opened:
        visit.context.close()
    assert [stranger for visit in made.opened for stranger in visit.strangers] == []
    assert [error for visit in made.opened for error in visit.errors if error != REFUSED] == []


def log_in(visit: Visit) -> Page:
    """Log in and go to the page where feeds are added."""
    page = visit.open("/operate/add")
    page.get_by_label("Name").fill(newsroom.NAME)
    page.get_by_label("Password").fill(newsroom.PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", name="Add a feed", exact=True)).to_be_visible()
    return page


def fine(visit: Visit) -> None:
    """The page is no wider than its window, and its words stand out."""
    assert visit.sideways() <= 0, visit.page.url
    assert visit.page.evaluate(CONTRAST) == [], visit.page.url


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (1280, True), (PHONE, False), (PHONE, True)])
def test_every_state_fits_and_can_be_read(windows: Visits, desk: Desk, width: int, dark: bool) -> None:
    visit = windows.window(width, dark=dark)
    page = log_in(visit)
    fine(visit)
    for path, title in (("/", "Feeds found"), ("/news.rss", "Weir Gazette"), ("/bare/", "No feed found"), ("/walled", "Nothing to show")):
        page.goto(desk.address + desk.look(path))
        expect(page).to_have_title(re.compile(f"^{title} · "))
        for summary in page.locator("summary").all():
            summary.click()
        fine(visit)
    visit.open("/operate/add")
    page.get_by_label("OPML file").set_input_files({"name": "list.opml", "mimeType": "text/xml", "buffer": LIST})
    page.get_by_role("button", name="Look at the list").click()
    expect(page.get_by_role("heading", name="A list of feeds")).to_be_visible()
    fine(visit)


@pytest.mark.parametrize("scripts", [True, False])
def test_from_a_site_to_a_feed_and_back(windows: Visits, desk: Desk, scripts: bool) -> None:
    page = log_in(windows.window(scripts=scripts))
    page.get_by_label("Address", exact=True).fill(desk.press.url("/"))
    page.get_by_label("Address", exact=True).press("Enter")
    page.get_by_role("button", name="Preview Weir Gazette").click()
    expect(page.locator(".entry")).to_have_count(3)
    expect(page.locator(".entry").first).to_contain_text("full text")
    page.get_by_label("Theatre").fill("ukraine")
    page.get_by_role("button", name="Subscribe").click()
    expect(page.get_by_role("status")).to_contain_text("Weir Gazette is added")
    page.get_by_role("status").get_by_role("link", name="Weir Gazette").click()
    expect(page.get_by_role("heading", name="Weir Gazette")).to_be_visible()
    page.get_by_role("button", name="Remove: articles stay").click()
    expect(page.get_by_role("status")).to_contain_text("removed")


def test_a_list_is_chosen_from_and_taken_back(windows: Visits) -> None:
    page = log_in(windows.window())
    page.get_by_label("OPML file").set_input_files({"name": "list.opml", "mimeType": "text/xml", "buffer": LIST})
    page.get_by_role("button", name="Look at the list").click()
    page.get_by_role("button", name="Choose none").click()
    expect(page.locator("input[type=checkbox]:checked")).to_have_count(0)
    page.get_by_label("Owl").check()
    page.get_by_role("button", name="Add the chosen feeds").click()
    expect(page.get_by_role("status")).to_contain_text("1 feed added")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("status")).to_contain_text("Owl: taken back")


def test_long_work_says_that_it_is_at_work_and_is_not_begun_twice(windows: Visits, desk: Desk) -> None:
    desk.release.clear()
    page = log_in(windows.window())
    page.get_by_label("Address", exact=True).fill(desk.press.url("/slow.rss"))
    asked = desk.press.paths().count("/slow.rss")
    assert page.evaluate(PRESSED_TWICE) == ["Looking…", "true", "This takes up to half a minute."]
    desk.release.set()
    expect(page.get_by_role("heading", name="Slow Gazette")).to_be_visible()
    assert desk.press.paths().count("/slow.rss") == asked + 1
    page.go_back()
    expect(page.locator(".find button")).to_have_text("Look at it")


def test_keys_go_through_the_page_in_its_order(windows: Visits) -> None:
    page = log_in(windows.window())
    expect(page.get_by_label("Address", exact=True)).to_be_focused()
    for name in ("Look at it", "", "", "Find feeds in it"):
        page.keyboard.press("Tab")
        if name:
            expect(page.get_by_role("button", name=name)).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_label("OPML file")).to_be_focused()
