"""Saved searches, trends and the search form in a real browser: wide and narrow, with and without scripts."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visits
from tests.web import newsroom

pytestmark = pytest.mark.browser

PHONE = 390
PAGES = ("/search?place=Kharkiv&by=ministry&outlet=radio", "/searches", "/trends?q=heating&q=lang:en&per=day&n=7", "/?q=heating")


def test_a_search_is_saved_renamed_removed_and_put_back(visits: Visits) -> None:
    visit = visits.window()
    page = visit.open("/operate")
    page.get_by_label("Name").fill(newsroom.NAME)
    page.get_by_label("Password").fill(newsroom.PASSWORD)
    page.get_by_role("button", name="Log in").click()
    visit.open("/?q=heating+theatre:ukraine")
    page.get_by_text("Save this search").click()
    page.get_by_label("Name").fill("Warm schools")
    expect(page.get_by_label("Folder")).to_have_value("Ukraine")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", name="Warm schools")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/search/1$"))
    page.get_by_label("Name").fill("Warm rooms")
    page.get_by_role("button", name="Keep").click()
    expect(page.get_by_role("heading", name="Warm rooms")).to_be_visible()
    page.get_by_role("button", name="Remove this search").click()
    page.get_by_role("button", name=re.compile("put back")).click()
    expect(page.get_by_role("status")).to_contain_text("is back")
    page.get_by_role("link", name="Warm rooms").click()
    expect(page.locator("article.story")).to_have_count(1)
    narrow = visits.window(PHONE)
    for path in (*PAGES, "/search/1"):
        narrow.open(path)
        assert narrow.sideways() <= 0, path


@pytest.mark.parametrize("scripts", [True, False])
def test_the_form_is_filled_and_sent_with_enter(visits: Visits, scripts: bool) -> None:
    page = visits.window(scripts=scripts).open("/search?outlet=radio")
    page.get_by_label("All of these words").fill("nine")
    page.get_by_label("Cited source", exact=True).fill("UK Ministry of Defence")
    page.get_by_label("Outlet", exact=True).fill("Lagoon Radio")
    page.get_by_label("Outlet", exact=True).press("Enter")
    expect(page.get_by_role("searchbox", name="Search")).to_have_value('nine outlet:"Lagoon Radio" by:"UK Ministry of Defence"')


def test_names_are_suggested_while_somebody_types(visits: Visits) -> None:
    page = visits.window().open("/search")
    with page.expect_response(re.compile(r"/suggest\.json\?kind=outlet")):
        page.get_by_label("Outlet", exact=True).press_sequentially("tidew")
    expect(page.locator("#outlet-list option")).to_have_attribute("value", "Tidewater Courier")


def test_without_scripts_the_form_asks_after_it_was_sent(visits: Visits) -> None:
    page = visits.window(scripts=False).open("/search")
    page.get_by_label("Outlet", exact=True).fill("lagoon")
    page.get_by_role("button", name="Show the query").click()
    page.get_by_role("button", name="Lagoon Radio", exact=True).click()
    expect(page.get_by_label("As text: change it as you like")).to_have_value('outlet:"Lagoon Radio"')


def test_a_bar_narrows_the_query_to_its_day(visits: Visits) -> None:
    page = visits.window().open("/trends?q=heating")
    page.locator("svg.bars a").last.click()
    expect(page.get_by_role("searchbox", name="Search")).to_have_value(re.compile(r"^heating on:\d{4}-\d\d-\d\d$"))
    expect(page.locator("article.story")).to_have_count(1)
