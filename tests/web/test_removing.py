"""Taking an article down at the desk, and what everybody sees afterwards."""

import pytest

from tests.web import newsroom
from tests.web.browsing import Browsing
from tests.web.markup import faults

FORMATS = ("rss", "atom", "json", "csv", "geojson")


def test_an_article_is_taken_down_after_a_question_and_let_in_again(desk: Browsing) -> None:
    article_id = newsroom.article_of(desk.app, "heating")
    story_id = newsroom.story_of(desk.app, "heating")
    title = desk.app.store.articles.get(article_id).title
    page = desk.get(f"/article/{article_id}")
    (link,) = page.find(f"//a[@href='/operate/article/{article_id}/remove']")
    asked = desk.get(link.get("href"))
    assert faults(asked.response.get_data(as_text=True)) == [] and "1 other article with the same text stays" in asked.text
    nothing = desk.send(asked, f"/operate/article/{article_id}/remove", reason="  ")
    assert nothing.status == 400 and desk.app.store.articles.get(article_id).title == title
    listed = desk.send(asked, f"/operate/article/{article_id}/remove", reason="a court said so")
    assert faults(listed.response.get_data(as_text=True)) == [] and "a court said so" in listed.text and newsroom.NAME in listed.text

    gone = desk.open(f"/article/{article_id}")
    text = gone.get_data(as_text=True)
    assert gone.status_code == 410 and faults(text) == [] and "taken down here on" in text and "court" not in text
    api = desk.open(f"/api/v1/articles/{article_id}")
    assert api.status_code == 410 and api.get_json()["detail"].startswith("This article was taken down")
    for form in FORMATS:
        assert title not in desk.open(f"/stream.{form}?items=articles&limit=200").get_data(as_text=True)
        assert f"story/{story_id}" in desk.open(f"/stream.{form}?limit=200").get_data(as_text=True)
    story = desk.open(f"/api/v1/stories/{story_id}").get_json()
    assert article_id not in [found["id"] for found in story["articles"]]
    assert title not in desk.get("/").text and title not in desk.get(f"/story/{story_id}").text

    back = desk.send(listed, f"/operate/removed/{article_id}/readmit")
    assert "let in again by" in back.text and desk.open(f"/article/{article_id}").status_code == 404


@pytest.mark.parametrize("path", ["/operate/article/1/remove", "/operate/removed"])
def test_only_operators_see_it(reader: Browsing, path: str) -> None:
    assert reader.open(path).status_code == 302
