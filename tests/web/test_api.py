"""/api/v1: what programs read."""

from typing import Any

import pytest

from aggregator.app import App
from tests.web import newsroom
from tests.web.browsing import Browsing


def test_status_counts(reader: Browsing) -> None:
    status = reader.open("/api/v1/status").get_json()
    assert (status["feeds"], status["outlets"], status["sample_articles"]) == (4, 4, 1)
    assert status["entries"]["failed"] == 1
    assert status["index_lag"] == 0


@pytest.mark.parametrize("what", ["search", "stories"])
def test_lists_page_through(reader: Browsing, what: str) -> None:
    cursor, found = "", []
    while True:
        answer: dict[str, Any] = reader.open(f"/api/v1/{what}?limit=9" + (f"&cursor={cursor}" if cursor else "")).get_json()
        assert answer["notes"] == []
        found += [one["id"] for one in answer["articles" if what == "search" else "stories"]]
        cursor = answer["next"]
        if cursor is None:
            break
    assert len(found) == len(set(found)) > 30


def test_the_query_is_the_one_of_the_pages(reader: Browsing) -> None:
    answer = reader.open("/api/v1/search?q=heating&outlet=Tidewater+Courier&after=2020").get_json()
    assert answer["query"] == 'heating outlet:"Tidewater Courier" after:2020'
    assert [found["title"] for found in answer["articles"]] == ["Heating returns to eleven Kharkiv schools"]


def test_a_story_with_its_claims(reader: Browsing, app: App) -> None:
    story_id = newsroom.story_of(app, "heating")
    story = reader.open(f"/api/v1/stories/{story_id}").get_json()
    assert story["id"] == story_id
    assert {found["outlet"] for found in story["articles"]} >= {"tidewater-courier", "lagoon-radio"}
    claim = next(found for found in story["claims"] if found["speaker"]["source"] == "uk-mod")
    assert claim["words"] == "strikes on boiler houses may have doubled since October"
    assert claim["hedged"] is True


def test_an_article_with_its_tags_and_no_more_than_its_beginning(reader: Browsing, app: App) -> None:
    article = reader.open(f"/api/v1/articles/{newsroom.article_of(app, 'heating')}").get_json()
    assert article["primary_places"] == ["gn706483"]
    assert article["attributions"][1]["words"] == "strikes on boiler houses may have doubled since October"
    assert article["excerpt"].startswith("Heating returned to eleven schools")
    assert article["body"] is None
    copy = reader.open(f"/api/v1/articles/{newsroom.article_of(app, 'heating-wire')}").get_json()
    assert copy["wire"] == "nobody-wire"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/v1/stories/999", 404),
        ("/api/v1/articles/999", 404),
        ("/api/v1/nothing", 404),
        ("/api/v1/search?limit=0", 400),
        ("/api/v1/search?limit=x", 400),
        ("/api/v1/stories?cursor=x", 400),
    ],
)
def test_errors_are_problems(reader: Browsing, path: str, status: int) -> None:
    response = reader.open(path)
    assert response.status_code == status
    assert response.content_type == "application/problem+json"
    problem = response.get_json()
    assert problem["status"] == status
    assert problem["detail"]
    assert response.headers["Access-Control-Allow-Origin"] == "*"


def test_nothing_new_is_said_in_a_word(reader: Browsing) -> None:
    response = reader.open("/api/v1/stories?q=heating")
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "Cookie" not in response.headers.get("Vary", "")
    assert reader.open("/api/v1/stories?q=heating", headers={"If-None-Match": response.headers["ETag"]}).status_code == 304
    assert reader.open("/api/v1/stories?q=heating", "HEAD").get_data() == b""
