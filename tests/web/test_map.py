"""The map without a script: marks that are links, lists, filters, periods; and what the script is given."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.web import mapworld, newsroom
from tests.web.browsing import Browsing, Page
from tests.web.mapworld import CHUHUIV, DERHACHI, HOSTILE, LYPTSI, SUMY
from tests.web.markup import faults
from tests.web.newsroom import KHARKIV, OBLAST, UKRAINE
from web.factory import create_app
from web.maps import basemap
from web.maps.mercator import Box


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browsing]:
    """Somebody at a product whose stories happened at many places."""
    folder: Path = tmp_path_factory.mktemp("mapworld")
    mapworld.fill(folder)
    app = newsroom.open_app(folder)
    yield Browsing(create_app(app), app=app)
    app.close()


def labels(page: Page, kind: str = "") -> list[str]:
    """What the marks of a kind say of themselves."""
    return [element.get("aria-label", "") for element in page.find(f"//*[local-name()='svg']//a[contains(@class, '{kind}')]")]


def link(page: Page, label: str) -> str:
    """Where the mark that says so leads."""
    (found,) = [e for e in page.find("//*[local-name()='svg']//a") if label in e.get("aria-label", "")]
    return str(found.get("href"))


def listed(page: Page) -> list[str]:
    return [" ".join(element.text_content().split()) for element in page.find("//ol//a[@data-place]")]


def test_the_whole_map(world: Browsing) -> None:
    page = world.get("/map")
    assert page.status == 200
    assert faults(page.response.get_data(as_text=True)) == []
    assert labels(page, "cluster") == ["Kharkiv and 4 more: 7 stories. Look nearer"]
    assert "Tyre: 1 story" in labels(page, "exact")
    assert "11 stories at 8 places and in 1 country as a whole" in page.text
    assert "Derhachi Kharkiv Oblast, Ukraine 2" in listed(page)
    assert "Lyptsi Kharkiv Oblast, Ukraine (approximate) 1" in listed(page)
    assert "Ukraine 1" in listed(page)


def test_a_cluster_leads_nearer_until_its_places_stand_alone(world: Browsing) -> None:
    page = world.get("/map?q=in:gn706482")
    steps = 0
    while clusters := labels(page, "cluster"):
        box = Box.parse(parse_qs(urlsplit(link(page, clusters[0])).query)["box"][0])
        assert box.has(KHARKIV.lat, KHARKIV.lon) or steps
        page = world.get(link(page, clusters[0]))
        steps += 1
        assert steps < 5
    assert {"Derhachi: 2 stories", "Kharkiv: 2 stories", "Lyptsi, position approximate: 1 story"} <= set(labels(page, "mark"))
    assert page.find("//*[local-name()='circle'][@class='extent']") != []  # Lyptsi may lie elsewhere


def test_a_place_leads_to_its_stories(world: Browsing) -> None:
    page = world.get(f"/map?box=35,49,38,51&at={DERHACHI.id}")
    (here,) = page.find("//section[@id='here']")
    titles = [heading.text_content() for heading in here.iterfind(".//h3")]
    assert sorted(titles) == ["Derhachi counts its broken windows", "Library moves to a cellar"]
    assert "1 outlet, 1 origin" in " ".join(here.text_content().split())
    targets = [element.get("href") for element in here.iter("a")]
    assert f"/place/{DERHACHI.id}" in targets
    assert f"/?q=place:{DERHACHI.id}" in [target.replace("%3A", ":") for target in targets if target]
    assert [e.get("aria-label") for e in page.find("//*[local-name()='svg']//a[@aria-current]")] == ["Derhachi: 2 stories"]
    assert len(page.find("//ol//a[@aria-current]")) == 1
    for target in targets:
        assert world.get(target or "").status == 200


def test_a_chosen_place_that_is_hidden_in_a_cluster_is_looked_at(world: Browsing) -> None:
    page = world.get(f"/map?at={LYPTSI.id}")
    assert any("Lyptsi" in label for label in labels(page, "approximate"))
    assert "somewhere within about 10 km of the mark" in page.text


def test_a_country_is_a_name_and_its_stories_are_those_that_name_no_place_in_it(world: Browsing) -> None:
    page = world.get("/map?box=20,40,45,56")
    assert labels(page, "plate") == ["Ukraine as a whole: 1 story"]
    assert not any("Ukraine" in label for label in labels(page, "mark"))
    page = world.get(link(page, "Ukraine as a whole"))
    (here,) = page.find("//section[@id='here']")
    assert [heading.text_content() for heading in here.iterfind(".//h3")] == ["Census is put off for another year"]
    assert "All stories here and within" in here.text_content()


def test_a_region_is_somewhere_within(world: Browsing) -> None:
    page = world.get("/map?q=harvest")
    assert labels(page, "within") == ["Kharkiv Oblast, somewhere within: 1 story"]
    assert "(region)" in listed(page)[0]


def test_a_place_without_stories_of_its_own_says_so(world: Browsing) -> None:
    page = world.get(f"/map?q=harvest&at={SUMY.id}")
    assert "No story of this query happened there." in page.text
    assert world.get("/map?at=gn1").status == 404


def test_one_query_for_stream_map_and_feeds(world: Browsing) -> None:
    stream = world.get("/?q=heating+lang:en")
    (to_map,) = stream.find("//a[text()='On the map']")
    page = world.get(to_map.get("href", ""))
    assert [chip.text_content().split(" ×")[0] for chip in page.find("//a[@class='chip']")] == ["heating", "language en"]
    assert listed(page) == ["Kharkiv Kharkiv Oblast, Ukraine 1"]
    (back,) = page.find("//a[text()='As a list']")
    assert back.get("href", "").replace("%3A", ":") == "/?q=heating%20lang:en"
    (geojson,) = page.find("//a[text()='These as GeoJSON']")
    answer = world.open(geojson.get("href", ""))
    assert answer.content_type == "application/geo+json; charset=utf-8"
    assert [feature["geometry"]["coordinates"] for feature in answer.get_json()["features"]] == [[KHARKIV.lon, KHARKIV.lat]]
    facets = [element.get("href", "") for element in page.find("//details//section[@class='facet']//li/a")]
    assert facets
    assert all(address.startswith("/map") for address in facets)
    (search,) = page.find("//form[@role='search']")
    assert search.get("action") == "/map"


def test_the_form_of_filters_becomes_the_query(world: Browsing) -> None:
    answer = world.open("/map?q=heating&outlet=Lagoon+Radio&box=1,2,3,4")
    assert answer.status_code == 302
    assert answer.location == "/map?q=heating%20outlet:%22Lagoon%20Radio%22&box=1,2,3,4"


def test_periods(world: Browsing) -> None:
    page = world.get("/map?q=last:3d")
    assert [e.text_content() for e in page.find("//nav[@class='periods']//a[@aria-current]")] == ["3 days"]
    assert not any("Sumy" in entry for entry in listed(page))
    addresses = {e.text_content(): e.get("href", "") for e in page.find("//nav[@class='periods']//a")}
    assert addresses["all"] == "/map"
    week = world.get(addresses["week"])
    assert any("Sumy" in entry for entry in listed(week))
    assert parse_qs(urlsplit(addresses["last day"]).query)["q"] == ["last:24h"]
    both = world.get("/map?q=orchestra+after:2020")
    (week_link,) = [e.get("href") for e in both.find("//nav[@class='periods']//a") if e.text_content() == "week"]
    assert parse_qs(urlsplit(str(week_link)).query)["q"] == ["orchestra after:2020 last:1w"]


def test_without_a_script_one_can_look_nearer_and_further(world: Browsing) -> None:
    page = world.get("/map?box=30,45,40,52")
    near, far = (Box.parse(parse_qs(urlsplit(str(e.get("href"))).query)["box"][0]) for e in page.find("//p[@class='map-zoom']/a"))
    assert far.west < 30 < near.west < near.east < 40 < far.east
    assert world.get("/map?box=-180,-85,180,85").status == 200


@pytest.mark.parametrize("box", ["1,2,3", "a,b,c,d", "10,0,5,1"])
def test_a_box_that_is_none_is_answered_with_what_would_be_right(world: Browsing, box: str) -> None:
    page = world.get(f"/map?box={box}")
    assert page.status == 400
    assert "west,south,east,north" in page.text


def test_a_theatre_has_its_own_view(world: Browsing) -> None:
    page = world.get("/map?q=theatre:ukraine")
    assert page.find("//*[@id='map']")[0].get("data-box") == "22,44,41,52.6"


def test_nothing_found(world: Browsing, empty: Browsing) -> None:
    assert "No article matches this query." in world.get("/map?q=zeppelins").text
    assert "1 article matches, and none of them says where it happened." in world.get("/map?q=lines+report").text
    page = empty.get("/map")
    assert "Nothing is read yet." in page.text
    assert listed(page) == []


def test_hostile_names_are_text(world: Browsing) -> None:
    page = world.get(f"/map?box=30,49,36,53&at={HOSTILE.id}")
    assert faults(page.response.get_data(as_text=True)) == []
    assert '<b>"Quote"</b> & Sons: 1 story' in labels(page)
    assert page.find("//section[@id='here']//h2//a")[0].text_content() == HOSTILE.name


def test_what_the_script_draws(world: Browsing) -> None:
    answer = world.open("/map.json?q=in:gn706482")
    found = answer.get_json()
    places = {place["id"]: place for place in found["places"]}
    assert set(places) == {KHARKIV.id, CHUHUIV.id, DERHACHI.id, LYPTSI.id, OBLAST.id}
    assert places[LYPTSI.id] == {
        "id": LYPTSI.id,
        "name": "Lyptsi",
        "kind": "settlement",
        "lat": 50.2,
        "lon": 36.42,
        "approximate": True,
        "extent_km": 10.0,
        "stories": 1,
        "first": places[LYPTSI.id]["first"],
    }
    assert found["countries"] == []
    assert found["stories"] == 7
    for zoom in range(1, 11):
        clusters = [cluster for cluster in found["clusters"] if cluster["first"] <= zoom <= cluster["last"]]
        alone = [place for place in found["places"] if place["first"] <= zoom]
        assert len(alone) + sum(cluster["places"] for cluster in clusters) == len(found["places"])
    whole = world.open("/map.json").get_json()
    assert [country["id"] for country in whole["countries"]] == [UKRAINE.id]


def test_the_data_is_answered_once(world: Browsing) -> None:
    first = world.open("/map.json")
    again = world.open("/map.json", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert "Cookie" not in first.headers.get("Vary", "")
    assert world.open("/map/names.json").get_json() == []  # no gazetteer here


def test_the_stories_of_a_place_are_a_piece_of_the_page(world: Browsing) -> None:
    piece = world.open(f"/map/place/{DERHACHI.id}?q=library").get_data(as_text=True)
    assert "Library moves to a cellar" in piece
    assert "broken windows" not in piece
    assert "<html" not in piece
    assert world.open("/map/place/gn1").status_code == 404


def test_the_list_stands_where_the_basemap_was_not_fetched(world: Browsing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    basemap.load.cache_clear()
    basemap.paths.cache_clear()
    monkeypatch.setattr(basemap, "FILE", tmp_path / "none.json")
    page = world.get("/map")
    basemap.load.cache_clear()
    basemap.paths.cache_clear()
    assert "make setup" in page.text
    assert len(listed(page)) == 9
    assert page.find("//*[@id='map']") == []


def test_story_and_place_pages_have_a_map_that_leads_on(world: Browsing) -> None:
    story = newsroom.story_of(world.app, "heating")
    for path, target in ((f"/story/{story}", f"/map?q=story:{story}"), (f"/place/{KHARKIV.id}", f"/map?q=place:{KHARKIV.id}")):
        page = world.get(path)
        (drawn,) = page.find("//aside//a[.//*[local-name()='svg'][@class='locator']]")
        assert str(drawn.get("href")).replace("%3A", ":") == target
        assert [entry.split()[0] for entry in listed(world.get(target))][0] == "Kharkiv"
