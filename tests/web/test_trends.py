"""Counts over time on the web: the page, its charts and tables, and the same as data."""

import csv
import io

import pytest

from tests.web import newsroom
from tests.web.browsing import Browsing
from tests.web.markup import faults
from tests.web.test_stream import headlines


def test_one_query_over_time(reader: Browsing) -> None:
    page = reader.get("/trends?q=heating")
    (chart,) = page.find("//svg")
    assert chart.get("role") == "group" and chart.findtext("title") == "Articles by day: heating"
    assert "2 articles with 1 text of their own" in (chart.findtext("desc") or "") and "2 articles with 1 text" in page.text
    assert len(page.find("//tbody/tr")) == 30 and "so far" in page.find("//tbody/tr")[0].text_content()
    assert any("unfinished" in (bar.get("class") or "") and "so far" in (bar.get("aria-label") or "") for bar in chart.iter("a")) or (
        newsroom.NOW.hour < 6
    )
    for bar in chart.iter("a"):
        assert headlines(reader.get(bar.get("href"))) == ["Heating returns to eleven Kharkiv schools"]


def test_queries_beside_each_other_have_one_scale(reader: Browsing) -> None:
    page = reader.get("/trends?q=heating&q=lang:en&q=nothing-matches&q=heating&per=day&n=7")
    assert [h.text_content() for h in page.find("//main//h2")] == ["heating", "lang:en", "nothing-matches"]
    assert len(page.find("//svg")) == 2 and "No article in this time." in page.text and "one scale for all charts" in page.text
    heights = [max(float(rect.get("height")) for rect in svg.iter("rect") if rect.get("class") != "hit") for svg in page.find("//svg")]
    assert heights[0] < heights[1]
    own = reader.get("/trends?q=heating&q=lang:en&per=day&n=7&scale=own")
    assert len({svg.get("viewbox") for svg in own.find("//svg")}) == 1 and "a scale of its own" in own.text
    assert [field.get("value") for field in own.find("//aside//input[@name='q']")] == ["heating", "lang:en", "", ""]
    ids = [element.get("id") for element in page.find("//*[@id]")]
    assert len(ids) == len(set(ids))


def test_without_a_query_all_articles_are_counted(reader: Browsing, empty: Browsing) -> None:
    assert "All articles" in reader.get("/trends").text and "40 articles" in reader.get("/trends").text
    assert "No article in this time." in empty.get("/trends").text


def test_what_was_not_understood_is_said(reader: Browsing) -> None:
    assert "“colour:” is no field" in reader.get("/trends?q=colour:red").text


def test_the_counts_as_json(reader: Browsing) -> None:
    address = "/trends.json?q=heating&q=lang:ar&per=week&n=2"
    answer = reader.open(address)
    found = answer.get_json()
    assert answer.headers["Access-Control-Allow-Origin"] == "*" and "Set-Cookie" not in answer.headers
    assert found["per"] == "week" and [one["query"] for one in found["queries"]] == ["heating", "lang:ar"]
    assert [len(one["spans"]) for one in found["queries"]] == [2, 2]
    assert sum(span["articles"] for span in found["queries"][0]["spans"]) == 2
    assert found["queries"][0]["spans"][-1]["over"] is False and found["queries"][0]["spans"][0]["over"] is True
    assert (found["count"], found["queries"][0]["total"]) == ("articles", 2)
    assert set(found["queries"][0]["spans"][0]) == {"from", "until", "articles", "texts", "over"}
    assert (
        reader.open("/trends.json?q=heating&q=lang:ar&per=week&n=2", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    )


def test_the_counts_as_csv(reader: Browsing) -> None:
    answer = reader.open("/trends.csv?q=%3Dheating&n=3")
    head, *rows = csv.reader(io.StringIO(answer.get_data(as_text=True)))
    assert head == ["query", "from", "until", "articles", "texts", "over"] and len(rows) == 3
    assert {row[0] for row in rows} == {"'=heating"} and sum(int(row[3]) for row in rows) == 2 and rows[-1][5] == "no"


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("q=a&q=b&q=c&q=d&q=e", "5 queries cannot be compared: 4 are the most"),
        ("count=words", "count='words' is not right: articles, stories, origins, outlets"),
        ("per=year", "per='year' is not right: hour, day, week"),
        ("n=0", "a number of spans from 1 to 400"),
        ("n=401", "a number of spans from 1 to 400"),
        ("n=%C2%B2", "a number of spans from 1 to 400"),
    ],
)
def test_what_cannot_be_counted_says_why(reader: Browsing, query: str, says: str) -> None:
    for path in ("/trends", "/trends.json", "/trends.csv"):
        page = reader.get(f"{path}?{query}")
        assert page.status == 400 and says in page.text


def test_the_data_are_where_the_page_says(reader: Browsing) -> None:
    page = reader.get("/trends?q=heating&q=lang:en&per=day&n=7")
    links = [link for link in page.links("//aside//a") if link.startswith("/trends.")]
    assert links == ["/trends.json?q=heating&q=lang:en&per=day&n=7", "/trends.csv?q=heating&q=lang:en&per=day&n=7"]
    assert all(reader.open(link).status_code == 200 for link in links)


def test_origins_are_counted(reader: Browsing) -> None:
    (query,) = reader.open("/trends.json?q=heating&count=origins&n=2").get_json()["queries"]
    assert query["total"] == 1 and all(set(span) == {"from", "until", "origins", "over"} for span in query["spans"])
    head, *_ = csv.reader(io.StringIO(reader.open("/trends.csv?q=heating&count=origins&n=2").get_data(as_text=True)))
    assert head == ["query", "from", "until", "origins", "over"]
    page = reader.get("/trends?q=heating&count=origins")
    assert "1 independent origin from" in page.text and "all that one agency has in a story" in page.text
    (chart,) = page.find("//svg")
    assert chart.findtext("title") == "Independent origins by day: heating"
    assert "origins" in [chosen.get("value") for chosen in page.find("//select[@name='count']/option[@selected]")]
    assert faults(page.response.get_data(as_text=True)) == []


def test_stories_and_outlets_are_counted(reader: Browsing) -> None:
    found = reader.open("/trends.json?q=heating&count=stories&n=2").get_json()
    (query,) = found["queries"]
    assert found["count"] == "stories" and query["total"] == 1
    assert all(set(span) == {"from", "until", "stories", "over"} and span["stories"] <= 1 for span in query["spans"])
    head, *rows = csv.reader(io.StringIO(reader.open("/trends.csv?q=lang:en&count=outlets&n=2").get_data(as_text=True)))
    assert head == ["query", "from", "until", "outlets", "over"] and len(rows) == 2
    for count, name in (("stories", "1 story from"), ("outlets", "2 outlets from")):
        page = reader.get(f"/trends?q=heating&count={count}")
        assert name in page.text and "copies of them" not in page.text and "Texts of their own" not in page.text
        assert [chosen.get("value") for chosen in page.find("//select[@name='count']/option[@selected]")] == [count]
        assert f"/trends.csv?q=heating&count={count}" in page.links("//aside//a")
        (chart,) = page.find("//svg")
        assert chart.findtext("title") == f"{count.capitalize()} by day: heating"
        assert not [bar for bar in chart.iter("rect") if bar.get("class") == "copied"]
        assert faults(page.response.get_data(as_text=True)) == []
