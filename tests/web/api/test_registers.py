"""Places, cited sources, outlets and feeds: lists that are looked things up in."""

from typing import Any

import pytest

from aggregator.tagging import Taggers
from tests.web import newsroom
from tests.web.browsing import Browsing


@pytest.fixture
def placed(desk: Browsing, taggers: Taggers) -> Browsing:
    """Somebody at a product that has a gazetteer."""
    vars(desk.app).update(taggers=taggers, gazetteer=taggers.gazetteer)
    return desk


def listed(reader: Browsing, path: str, **headers: str) -> list[dict[str, Any]]:
    answer = reader.open(f"/api/v1/{path}", headers=headers).get_json()
    found: list[dict[str, Any]] = answer[path.partition("?")[0]]
    return found


@pytest.mark.parametrize("name", ["Kharkiv", "Харків", "Харьков", "gn706483"])
def test_a_place_is_found_by_any_of_its_names(placed: Browsing, name: str) -> None:
    first = listed(placed, f"places?name={name}")[0]
    assert (first["id"], first["country"], first["path_names"][-1]) == ("gn706483", "UA", "Ukraine")


def test_names_that_mean_several_places_are_told_apart(placed: Browsing) -> None:
    countries = {place["country"] for place in listed(placed, "places?name=Tripoli&limit=50")}
    assert {"LY", "LB"} <= countries and len(listed(placed, "places?name=Tripoli&limit=1")) == 1
    assert listed(placed, "places?name=Qwghlm") == []


def test_a_place_with_its_neighbours(placed: Browsing) -> None:
    place = placed.open("/api/v1/places/gn706483").get_json()
    assert {"Харків", "Kharkiv"} <= {name["text"] for name in place["names"]}
    distances = [one["distance_km"] for one in place["neighbours"]]
    assert distances == sorted(distances) and distances[0] > 0 and distances[-1] <= 25
    assert place["days"], "something is claimed about it"
    assert placed.open("/api/v1/places/gn0").status_code == 404


def test_attributions_are_found_by_the_name_of_a_region(placed: Browsing) -> None:
    said = listed(placed, "attributions?place=Kharkiv Oblast&source=uk-mod")
    assert {tuple(one["places"]) for one in said} == {("gn706483",)}


def test_sources_are_found_by_any_of_their_names(reader: Browsing) -> None:
    assert "isw" in {source["id"] for source in listed(reader, "sources?name=вивчення+війни")}
    ukraine = listed(reader, "sources?side=ukraine&country=ua&limit=200")
    assert ukraine and {(source["side"], source["country"]) for source in ukraine} == {("ukraine", "UA")}
    first = listed(reader, "sources?limit=3")
    rest = listed(reader, f"sources?limit=3&cursor={first[-1]['id']}")
    ids = [source["id"] for source in first + rest]
    assert ids == sorted(set(ids)) and len(ids) == 6
    assert reader.open("/api/v1/sources/nobody").status_code == 404


def test_outlets_are_found_by_name_kind_and_country(reader: Browsing) -> None:
    assert [one["id"] for one in listed(reader, "outlets?name=хроніка")] == ["stepova-khronika"]
    assert [one["id"] for one in listed(reader, "outlets?kind=broadcaster&country=ie")] == ["lagoon-radio"]
    assert len(listed(reader, "outlets")) == 4 and listed(reader, "outlets?name=nobody") == []
    assert reader.open("/api/v1/outlets/nobody").status_code == 404


def test_feeds_are_for_those_who_operate(desk: Browsing, secret: str) -> None:
    strangers = desk.open("/api/v1/feeds")
    assert strangers.status_code == 401 and strangers.headers["WWW-Authenticate"] == 'Bearer realm="frontwire"'
    bearer = f"Bearer {secret}"
    feeds = listed(desk, "feeds", Authorization=bearer)
    assert len(feeds) == 4 and [feed["id"] for feed in feeds] == sorted(feed["id"] for feed in feeds)
    assert [feed["id"] for feed in listed(desk, f"feeds?limit=2&cursor={feeds[1]['id']}", Authorization=bearer)] == [
        f["id"] for f in feeds[2:]
    ]
    assert [feed["sample"] for feed in listed(desk, "feeds?outlet=jaridat-al-marfa", Authorization=bearer)] == [True]
    assert listed(desk, "feeds?state=paused", Authorization=bearer) == listed(desk, "feeds?theatre=levant", Authorization=bearer) == []
    for path, method, status in (
        ("feeds/99", "GET", 404),
        ("feeds/99/pause", "POST", 404),
        ("feeds?cursor=x", "GET", 400),
        ("feeds", "PUT", 405),
    ):
        response = desk.open(f"/api/v1/{path}", method, headers={"Authorization": bearer})
        assert response.status_code == status and response.get_json()["detail"], path


def test_a_session_opens_nothing_here(operator: Browsing) -> None:
    """Else a page elsewhere could make an operator's browser add feeds: no form here bears a token against that."""
    assert operator.open("/api/v1/feeds").status_code == 401
    assert operator.open("/api/v1/feeds", "POST", json={"url": "https://evil.example/rss"}).status_code == 401


def test_pages_of_other_hosts_may_ask(reader: Browsing) -> None:
    asked = reader.open(
        "/api/v1/search", "OPTIONS", headers={"Origin": "https://a.example", "Access-Control-Request-Headers": "authorization"}
    )
    assert asked.status_code == 200 and "Authorization" in asked.headers["Access-Control-Allow-Headers"]
    answer = reader.open("/api/v1/search?limit=1")
    assert answer.headers["Access-Control-Allow-Origin"] == "*" and "RateLimit-Remaining" in answer.headers["Access-Control-Expose-Headers"]
    assert "Access-Control-Allow-Credentials" not in answer.headers


def test_without_a_gazetteer_it_is_said_what_to_do(reader: Browsing) -> None:
    answer = reader.open("/api/v1/places?name=Kharkiv")
    assert answer.status_code == 503 and "frontwire gazetteer build" in answer.get_json()["detail"]
    assert reader.open(f"/api/v1/places/{newsroom.KHARKIV.id}").get_json()["names"] == []
