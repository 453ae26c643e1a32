"""The pages in a real browser: reading, searching and filtering, by mouse and keys, wide and narrow, light and dark, without scripts."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit, Visits
from tests.web import newsroom

pytestmark = pytest.mark.browser

PHONE = 390
READERS_PAGES = (
    "/",
    "/?q=heating",
    "/?q=lang:ar",
    "/?q=nothing-matches",
    "/outlets",
    "/sources",
    "/about",
    "/login",
    "/place/gn690791",
    "/source/uk-mod",
    "/outlet/tidewater-courier",
)


def test_search_facet_story_article(visits: Visits) -> None:
    visit = visits.window()
    page = visit.open("/")
    page.get_by_role("searchbox", name="Search").fill("heating OR warm OR тепло")
    page.get_by_role("button", name="Search").click()
    expect(page).to_have_title(re.compile("^heating OR warm"))
    page.get_by_role("link", name=re.compile("Tidewater Courier 1")).click()
    expect(page.locator(".chip")).to_have_count(2)
    page.get_by_role("link", name="Heating returns to eleven Kharkiv schools").click()
    expect(page).to_have_url(re.compile(r"/story/\d+$"))
    expect(page.get_by_role("heading", name="Who says what")).to_be_visible()
    page.get_by_role("link", name="Heating returns to eleven Kharkiv schools").click()
    expect(page).to_have_url(re.compile(r"/article/\d+$"))
    expect(page.locator(".text mark").first).to_be_visible()
    page.get_by_role("link", name="where it stands").first.click()
    assert page.evaluate("getComputedStyle(document.querySelector('mark:target')).outlineStyle") == "solid"


def test_a_chip_takes_its_filter_away(visits: Visits) -> None:
    page = visits.window().open("/?q=heating+lang:en")
    page.locator(".chip", has_text="language").click()
    expect(page.locator(".chip")).to_have_count(1)
    expect(page.get_by_role("searchbox")).to_have_value("heating")


def test_the_form_of_filters(visits: Visits) -> None:
    page = visits.window().open("/?q=heating")
    page.get_by_label("Outlet").fill("Tidewater Courier")
    page.get_by_role("button", name="Filter", exact=True).click()
    expect(page.get_by_role("searchbox")).to_have_value('heating outlet:"Tidewater Courier"')


@pytest.mark.parametrize(("width", "dark"), [(PHONE, False), (PHONE, True), (800, False)])
def test_no_page_scrolls_sideways(visits: Visits, width: int, dark: bool) -> None:
    visit = visits.window(width, dark=dark)
    page = visit.open("/")
    links = {link for kind in ("story", "outlet", "place") for link in _hrefs(visit, f"a[href^='/{kind}/']")[:4]}
    stories = [link for link in links if "/story/" in link]
    visit.open(stories[0])
    for path in [*READERS_PAGES, *sorted(links), *_hrefs(visit, "a[href^='/article/']")[:3]]:
        visit.open(path)
        assert visit.sideways() <= 0, path
    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (sum(map(int, re.findall(r"\d+", background)[:3])) < 200) is dark


def test_the_desk_fits_a_phone(visits: Visits) -> None:
    visit = visits.window(PHONE)
    page = visit.open("/operate")
    page.get_by_label("Name").fill(newsroom.NAME)
    page.get_by_label("Password").fill(newsroom.PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", name="Feeds", exact=True)).to_be_visible()
    assert visit.sideways() <= 0
    for path in ("/operate/feed/1", "/operate/feed/2", "/operate/add"):
        visit.open(path)
        assert visit.sideways() <= 0, path
    visit.open("/operate")
    page.get_by_role("button", name="pause").first.click()
    expect(page.get_by_role("status")).to_contain_text("paused")
    page.get_by_role("button", name="resume").first.click()
    expect(page.get_by_role("status")).to_contain_text("is polled again")


@pytest.mark.parametrize("scripts", [True, False])
def test_filters_are_folded_on_a_phone_and_open_on_a_desk(visits: Visits, scripts: bool) -> None:
    narrow = visits.window(PHONE, scripts=scripts).open("/")
    expect(narrow.get_by_role("heading", name="Where")).to_be_hidden()
    narrow.get_by_text("Filters", exact=True).click()
    expect(narrow.get_by_role("heading", name="Where")).to_be_visible()
    wide = visits.window(scripts=scripts).open("/")
    expect(wide.get_by_role("heading", name="Where")).to_be_visible()
    expect(wide.get_by_text("Filters", exact=True)).to_be_hidden()


def test_everything_works_without_scripts(visits: Visits) -> None:
    page = visits.window(scripts=False).open("/")
    page.get_by_role("searchbox").fill("heating")
    page.get_by_role("searchbox").press("Enter")
    page.get_by_role("link", name="by relevance").click()
    page.get_by_role("link", name="Heating returns to eleven Kharkiv schools").click()
    page.get_by_text(re.compile(r"^\d outlets, \d origin")).first.click()
    expect(page.locator(".carriers a").first).to_be_visible()
    page.get_by_role("link", name="RSS")
    page.get_by_role("link", name="Stream").click()
    page.get_by_role("link", name="Older stories").click()
    expect(page.locator(".story").first).to_be_visible()


def test_keys(visits: Visits) -> None:
    page = visits.window().open("/")
    page.keyboard.press("j")
    page.keyboard.press("j")
    headlines = page.locator(".story h3 a")
    expect(headlines.nth(1)).to_be_focused()
    page.keyboard.press("k")
    expect(headlines.nth(0)).to_be_focused()
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("jk/")
    expect(page.get_by_role("searchbox")).to_have_value("jk/")
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    expect(headlines.nth(0)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/story/"))


def test_what_has_the_focus_is_seen(visits: Visits) -> None:
    page = visits.window().open("/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_visible()
    for _ in range(8):
        page.keyboard.press("Tab")
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline != "none", page.evaluate("document.activeElement.outerHTML")


@pytest.mark.parametrize("dark", [False, True])
def test_words_stand_out_from_their_ground(visits: Visits, dark: bool) -> None:
    """WCAG 2.2, 1.4.3: a contrast of 4.5 for text, measured on what the browser made of the style sheet."""
    visit = visits.window(dark=dark)
    page = visit.open("/")
    story = _hrefs(visit, "a[href^='/story/']")
    for path in ("/", story[0], "/outlets", "/login"):
        visit.open(path)
        weak = page.evaluate(CONTRAST)
        assert weak == [], path


def _hrefs(visit: Visit, selector: str) -> list[str]:
    found: list[str] = visit.page.eval_on_selector_all(selector, "links => [...new Set(links.map(link => link.getAttribute('href')))]")
    return found


CONTRAST = """() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const light = (c) => {
    const [r, g, b] = c.slice(0, 3).map((v) => v / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const found = rgba(getComputedStyle(e).backgroundColor);
      if (found[3] > 250) return found;
    }
    return [255, 255, 255, 255];
  };
  const weak = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !element.checkVisibility() || element.closest("svg, option, datalist, script")) continue;
    const [a, b] = [light(rgba(getComputedStyle(element).color)), light(ground(element))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5) weak.add(`${element.tagName}.${element.className} ${ratio.toFixed(2)} ${walker.currentNode.data.trim().slice(0, 30)}`);
  }
  return [...weak];
}"""
