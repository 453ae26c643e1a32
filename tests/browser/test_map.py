"""The map in a real browser: moved about in by mouse and keys, wide and narrow, light and dark; and nobody else is asked for anything."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Visits, served
from tests.browser.test_pages import CONTRAST
from tests.web import mapworld
from tests.web.mapworld import DERHACHI, LYPTSI

pytestmark = pytest.mark.browser

PHONE = 390
ZOOM_TO = re.compile(r"stories\. Look nearer$")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a server over stories at many places."""
    folder: Path = tmp_path_factory.mktemp("mapworld")
    mapworld.fill(folder)
    with served(folder) as found:
        yield found


@pytest.fixture
def windows(browser: Browser, address: str) -> Iterator[Visits]:
    """Windows there; when the test ends: no request went to another host, and nothing stands in the console."""
    made = Visits(browser, address)
    yield made
    for visit in made.opened:
        visit.context.close()
    assert [stranger for visit in made.opened for stranger in visit.strangers] == []
    assert [error for visit in made.opened for error in visit.errors] == []


def live(page: Page) -> None:
    """Wait until the picture has become a map."""
    expect(page.locator(".map-live .leaflet-marker-icon").first).to_be_visible()
    expect(page.locator(".map-picture")).to_have_count(0)


def test_a_click_on_a_cluster_looks_nearer_and_on_a_place_shows_its_stories(windows: Visits) -> None:
    page = windows.window().open("/map?q=in:Kharkiv")
    page.goto(page.url.split("?")[0] + "?q=place:gn706482")
    live(page)
    for _ in range(4):
        clusters = page.get_by_role("button", name=ZOOM_TO)
        if not clusters.count():
            break
        before = page.locator(".map-mark").count()
        clusters.first.click()
        expect(page.locator(".map-mark")).not_to_have_count(before)
        page.wait_for_timeout(400)  # the zoom's animation
    expect(page.get_by_role("button", name=ZOOM_TO)).to_have_count(0)
    page.get_by_role("button", name="Derhachi: 2 stories").click()
    here = page.locator("#here")
    expect(here.get_by_role("heading", name="Derhachi", exact=True)).to_be_visible()
    expect(here.locator(".brief")).to_have_count(2)
    expect(page.locator(f"[data-place={DERHACHI.id}]")).to_have_attribute("aria-current", "true")
    expect(page).to_have_url(re.compile(rf"box=[\d.,-]+&at={DERHACHI.id}"))
    page.reload()
    live(page)
    expect(page.get_by_role("button", name="Derhachi: 2 stories")).to_have_attribute("aria-current", "true")
    here.get_by_role("link", name="Library moves to a cellar").click()
    expect(page).to_have_url(re.compile(r"/story/\d+$"))


def test_keys_reach_everything(windows: Visits) -> None:
    page = windows.window().open("/map?q=in:gn706482&box=35.9,49.8,36.8,50.3")
    live(page)
    page.locator(".map-live").focus()
    seen = []
    for _ in range(12):
        page.keyboard.press("Tab")
        seen.append(page.evaluate("document.activeElement.getAttribute('aria-label') || ''"))
        if seen[-1].startswith("Lyptsi"):
            break
    assert seen[-1] == "Lyptsi, position approximate: 1 story"
    page.keyboard.press("Enter")
    expect(page.locator("#here").get_by_role("heading", name="Lyptsi", exact=True)).to_be_visible()
    expect(page.locator("#here")).to_be_focused()


def test_a_line_of_the_list_goes_to_its_place(windows: Visits) -> None:
    page = windows.window().open("/map")
    live(page)
    expect(page.get_by_role("button", name="Lyptsi, position approximate: 1 story")).to_have_count(0)
    page.locator(f"[data-place={LYPTSI.id}]").click()
    expect(page.get_by_role("button", name="Lyptsi, position approximate: 1 story")).to_be_visible()
    expect(page.locator(".extent").first).to_be_attached()
    expect(page.locator("#here")).to_contain_text("somewhere within about 10 km")
    page.get_by_role("button", name="All that is found").click()
    expect(page.get_by_role("button", name="Lyptsi, position approximate: 1 story")).to_have_count(0)


def test_without_a_script_marks_are_links(windows: Visits) -> None:
    page = windows.window(scripts=False).open("/map?q=in:gn706482")
    page.get_by_role("link", name=ZOOM_TO).first.click()
    page.get_by_role("link", name="Derhachi: 2 stories").click()
    expect(page.locator("#here .brief")).to_have_count(2)
    page.get_by_role("link", name="Look from further away").click()
    expect(page).to_have_url(re.compile(r"box="))


def test_the_map_moves_less_for_those_who_ask_for_it(windows: Visits) -> None:
    visit = windows.window()
    visit.page.emulate_media(reduced_motion="reduce")
    page = visit.open("/map")
    live(page)
    expect(page.locator(".leaflet-zoom-anim")).to_have_count(0)
    page.locator(".leaflet-control-zoom-in").click()
    expect(page).to_have_url(re.compile("box="))


@pytest.mark.parametrize(
    ("width", "dark", "scripts"),
    [(1280, False, True), (1280, True, True), (PHONE, False, True), (PHONE, True, True), (1280, True, False), (PHONE, False, False)],
)
def test_it_fits_and_can_be_read(windows: Visits, width: int, dark: bool, scripts: bool) -> None:
    visit = windows.window(width, dark=dark, scripts=scripts)
    page = visit.open(f"/map?at={DERHACHI.id}")
    if scripts:
        live(page)
    page.get_by_text("Filters", exact=True).click()
    expect(page.get_by_role("heading", name="More filters")).to_be_visible()
    assert visit.sideways() <= 0
    assert page.evaluate(CONTRAST) == []
    targets = page.locator(".map-mark" if scripts else ".map-picture .target").all()
    assert targets
    for target in targets:  # WCAG 2.2, 2.5.8: 24 pixels, of which a mark's margin is a part
        box = target.bounding_box()
        assert box is not None
        margin = page.evaluate("e => parseFloat(getComputedStyle(e, '::before').inlineSize) || 0", target.element_handle())
        assert max(box["width"], margin) >= 24, target


def test_the_small_maps_lead_to_the_large_one(windows: Visits) -> None:
    page = windows.window().open("/place/gn706483")
    page.locator("a:has(.locator)").click()
    live(page)
    expect(page.get_by_role("button", name=re.compile("^Kharkiv: "))).to_be_visible()
