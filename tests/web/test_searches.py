"""Saved searches on the web: listed by folder, a page and feeds under an address that stays, changed by those who are logged in."""

from typing import Any

import pytest
from lxml import etree

from aggregator.feeds import opml
from tests.web import newsroom
from tests.web.browsing import Browsing, Page
from tests.web.markup import faults
from tests.web.test_stream import headlines


def save(desk: Browsing, name: str, query: str, folder: str = "") -> Page:
    return desk.send(desk.get("/searches"), "/searches", post=True, name=name, q=query, folder=folder)


def feed(browsing: Browsing, path: str) -> Any:
    return browsing.open(path, follow_redirects=True).get_json()


def test_the_stream_offers_to_save_its_query_to_those_who_are_logged_in(desk: Browsing, reader: Browsing) -> None:
    assert "Save this search" not in reader.get("/?q=heating").text
    assert "Save this search" not in desk.get("/").text  # nothing is asked yet
    page = desk.get("/?q=heating+theatre:ukraine")
    (folder,) = page.find("//details[@class='save']//input[@name='folder']")
    assert folder.get("value") == "Ukraine"
    (place,) = desk.get("/?q=place:gn706483").find("//details[@class='save']//input[@name='folder']")
    assert place.get("value") == "Ukraine"
    saved = desk.send(page, "/searches", post=True, name="Warm schools")
    assert saved.path == "/search/1" and "“Warm schools” is saved" in saved.text
    assert headlines(saved) == ["Heating returns to eleven Kharkiv schools"]


@pytest.mark.parametrize(
    ("path", "name", "query", "within"),
    [
        ("/place/gn706483", "Kharkiv", "place:gn706483", "Ukraine"),
        ("/source/uk-mod", "UK Ministry of Defence", "by:uk-mod", ""),
        ("/outlet/tidewater-courier?q=heating", "Tidewater Courier", "outlet:tidewater-courier heating", ""),
        ("/search?all=heating&lang=en", "", "heating lang:en", ""),
    ],
)
def test_other_lists_offer_to_save_theirs(desk: Browsing, reader: Browsing, path: str, name: str, query: str, within: str) -> None:
    fields = {field.get("name"): field.get("value") for field in desk.get(path).find("//details[@class='save']//input")}
    assert (fields["name"], fields["q"], fields["folder"]) == (name, query, within)
    assert not reader.get(path).find("//details[@class='save']")


def test_searches_are_listed_by_folder_with_their_last_day(desk: Browsing) -> None:
    assert "No search is saved yet" in desk.get("/searches").text
    save(desk, "Schools", "heating", "Ukraine")
    save(desk, "Notes", "lang:en -heating", "Mine")
    save(desk, "All", "")
    page = desk.get("/searches")
    assert [heading.text for heading in page.find("//main//h2")] == ["In no folder", "Mine", "Ukraine"]
    rows = [[cell.text_content() for cell in row.iter("td")][:3] for row in page.find("//main//tbody/tr")]
    assert rows == [["All", "all articles", "4"], ["Notes", "lang:en -heating", "0"], ["Schools", "heating", "2"]]
    assert {"/search/1.rss", "/search/1.atom", "/search/1.json"} <= set(page.links("//main//a"))


def test_a_name_leads_to_the_number_that_stays(desk: Browsing) -> None:
    save(desk, "Warm schools", "heating OR тепло", "Ukraine")
    answer = desk.open("/search/warm%20SCHOOLS")
    assert (answer.status_code, answer.headers["Location"]) == (301, "/search/1") and "max-age=60" in answer.headers["Cache-Control"]
    moved = desk.open("/search/Warm%20schools.json?limit=1&q=lang:en")
    assert moved.status_code == 301 and moved.headers["Location"] == "/search/1.json?limit=1&q=lang:en"
    found = feed(desk, "/search/1.json")
    assert found["title"] == "Warm schools · Frontwire" and found["home_page_url"] == f"{newsroom.BASE}/search/1"
    assert len(found["items"]) == 2
    assert len(feed(desk, "/search/1.json?q=lang:uk")["items"]) == 1  # narrows the whole of it, not its last word
    atom = etree.fromstring(desk.open("/search/1.atom").data)
    assert atom.findtext("{*}id") == "tag:news.example,2026:search-feed/1"
    desk.send(desk.get("/search/1"), "/search/1/change", post=True, name="Heat", q="heating", folder="")
    assert desk.open("/search/Warm%20schools").status_code == 404
    renamed = feed(desk, "/search/1.json")  # at once, although nothing new was read
    assert (renamed["title"], len(renamed["items"])) == ("Heat · Frontwire", 1)
    assert etree.fromstring(desk.open("/search/1.atom").data).findtext("{*}id") == "tag:news.example,2026:search-feed/1"


@pytest.mark.parametrize("form", ["rss", "atom", "json", "csv", "geojson"])
def test_every_form_is_there_and_says_when_nothing_changed(desk: Browsing, form: str) -> None:
    save(desk, "Schools", "heating")
    answer = desk.open(f"/search/1.{form}")
    assert answer.status_code == 200 and "Set-Cookie" not in answer.headers
    assert desk.open(f"/search/1.{form}", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304


def test_a_page_of_a_search_has_a_chart_that_leads_to_the_stream(desk: Browsing) -> None:
    save(desk, "Schools", "heating")
    (bar, _) = desk.get("/search/1").find("//aside//svg//a")
    assert bar.get("href", "").startswith("/?q=heating%20on:") and desk.get("/search/1?q=lang:uk").find("//main//article") == []


def test_removing_can_be_undone(desk: Browsing) -> None:
    save(desk, "Schools", "heating")
    gone = desk.send(desk.get("/search/1"), "/search/1/remove", post=True)
    assert "“Schools” is removed" in gone.text and desk.open("/search/1").status_code == desk.open("/search/1.rss").status_code == 404
    back = desk.send(gone, "/search/1/restore", post=True)
    assert "“Schools” is back" in back.text and desk.open("/search/1.rss").status_code == 200


@pytest.mark.parametrize(
    ("name", "says"),
    [("", "needs a name"), ("7", "mistaken for a search's number"), ('a "b"', 'cannot have " in it'), ("SCHOOLS", "“SCHOOLS” already")],
)
def test_what_cannot_be_saved_says_why(desk: Browsing, name: str, says: str) -> None:
    save(desk, "Schools", "heating")
    page = save(desk, name, "x")
    assert page.status == 400 and says in page.text


def test_others_can_read_and_change_nothing(desk: Browsing, reader: Browsing) -> None:
    page = reader.get("/searches")
    assert page.status == 200 and not page.find("//main//form") and "logged in" in page.text
    save(desk, "Schools", "heating")
    stranger = Browsing(desk.client.application, app=desk.app)
    assert not stranger.get("/search/1").find("//form[@method='post']")
    for action in ("/searches", "/search/1/change", "/search/1/remove", "/search/1/restore"):
        assert stranger.open(action, "POST", data={"name": "x"}).status_code in (302, 400), action
    assert desk.app.store.searches.get(1).name == "Schools"
    assert reader.open("/search/none").status_code == reader.open("/search/99.rss").status_code == 404


def test_a_search_stands_in_other_queries(desk: Browsing) -> None:
    save(desk, "Warm", "heating OR тепло")
    page = desk.get("/?q=search:warm+lang:en")
    assert headlines(page) == ["Heating returns to eleven Kharkiv schools"] and "2 articles" in page.text
    assert len(feed(desk, "/stream.json?q=search:WARM")["items"]) == 2 and len(feed(desk, "/stream.json?q=-search:1")["items"]) > 2
    save(desk, "Warm in English", "search:Warm lang:en")
    assert len(feed(desk, "/search/2.json")["items"]) == 1
    desk.send(desk.get("/search/1"), "/search/1/change", post=True, name="Warm", q="search:2", folder="")
    assert "leads back to itself" in desk.get("/search/2").text
    assert "No saved search is called “cold”" in desk.get("/?q=search:cold").text


def test_hostile_text_stays_text(desk: Browsing) -> None:
    save(desk, "<script>alert(1)<", "<script>alert(2)", "<b>")
    for path in ("/searches", "/search/1", "/search/1.rss", "/searches.opml"):
        assert "<script>alert" not in desk.open(path).get_data(as_text=True), path


def test_the_pages_are_sound(desk: Browsing) -> None:
    save(desk, "Schools", "heating", "Ukraine")
    save(desk, "<odd> & \u202b", "colour:red (")
    desk.send(desk.get("/search/2"), "/search/2/remove", post=True)
    for path in ("/searches", "/search/1", "/?q=heating"):
        for visitor in (desk, Browsing(desk.client.application)):
            assert faults(visitor.open(path).get_data(as_text=True)) == [], path


def test_opml_of_searches_and_outlets(desk: Browsing) -> None:
    save(desk, "Schools & heat", "heating", "Ukraine")
    save(desk, "All", "")
    answer = desk.open("/searches.opml")
    assert answer.content_type == "text/x-opml; charset=utf-8" and "ETag" in answer.headers and "Set-Cookie" not in answer.headers
    found = opml.read(answer.data)
    assert [(feed.title, feed.url, feed.folders) for feed in found] == [
        ("All", f"{newsroom.BASE}/search/2.rss", ()),
        ("Schools & heat", f"{newsroom.BASE}/search/1.rss", ("Ukraine",)),
    ]
    outlets = opml.read(desk.open("/outlets.opml").data)
    assert {feed.url for feed in outlets} == {f"{newsroom.BASE}/outlet/{ident}.rss" for ident in newsroom.OUTLETS}
    assert {feed.folders for feed in outlets} == {("Ukraine",)} and {feed.language for feed in outlets} == {"ar", "en", "uk"}
    for feed in outlets:
        assert desk.open(feed.url.removeprefix(newsroom.BASE)).status_code == 200
