"""Exports: all of a query, in three forms, written in pieces; whole texts for those who may have them."""

import csv
import gzip
import io
import json
import tracemalloc
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.access import Scope, digest, new_secret
from tests.web import newsroom
from tests.web.browsing import HOST, Browsing
from web.api.exports import COLUMNS, WRITERS


def table(answer: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.get_data(as_text=True), newline="")))


@pytest.mark.parametrize(
    ("what", "listed"), [("articles", "search"), ("stories", "stories"), ("attributions", "attributions"), ("claims", "claims")]
)
def test_every_form_has_what_the_list_has(reader: Browsing, what: str, listed: str) -> None:
    rows = reader.open(f"/api/v1/{listed}?limit=200").get_json()[what]
    lines = [json.loads(line) for line in reader.open(f"/api/v1/exports/{what}.jsonl").get_data().splitlines()]
    assert [{name: line[name] for name in row} for line, row in zip(lines, rows, strict=True)] == rows
    features = reader.open(f"/api/v1/exports/{what}.geojson").get_json()["features"]
    assert [feature["properties"] for feature in features] == [{k: v for k, v in line.items() if k != "points"} for line in lines]
    cells = table(reader.open(f"/api/v1/exports/{what}.csv"))
    assert list(cells[0]) == [name.replace(".", "_") for name in COLUMNS[what] if name != "body"] and len(cells) == len(rows)
    assert [cell["place_names"] for cell in cells] == ["; ".join(line["place_names"]) for line in lines]


def test_where_things_are(reader: Browsing) -> None:
    (feature,) = reader.open("/api/v1/exports/stories.geojson?q=eleven").get_json()["features"]
    assert feature["geometry"] == {"type": "Point", "coordinates": [36.25272, 49.98081]}
    (row,) = table(reader.open("/api/v1/exports/articles.csv?q=eleven"))
    assert (row["lat"], row["lon"], row["places"]) == ("49.98081", "36.25272", "gn706483")


def test_sayings_are_chosen_as_in_their_lists(reader: Browsing) -> None:
    rows = table(reader.open("/api/v1/exports/attributions.csv?source=uk-mod&place=gn690791"))
    assert {(row["speaker_source_id"], row["hedged"]) for row in rows} == {("uk-mod", "yes")} and len(rows) == 2
    assert len(table(reader.open("/api/v1/exports/claims.csv?source=uk-mod"))) == 1
    assert len(table(reader.open("/api/v1/exports/articles.csv?most=7"))) == 7


@pytest.mark.parametrize("ending", ["csv", "jsonl", "geojson"])
def test_nothing_found_is_an_answer_too(reader: Browsing, ending: str) -> None:
    response = reader.open(f"/api/v1/exports/claims.{ending}?q=nothingmatchesthis")
    assert response.status_code == 200 and response.headers["Content-Disposition"] == f"attachment; filename=frontwire-claims.{ending}"
    body = response.get_data()
    assert {"csv": body.count(b"\r\n") == 1, "jsonl": body == b"", "geojson": body == b'{"type":"FeatureCollection","features":[]}'}[ending]


def test_it_is_compressed_on_its_way(reader: Browsing) -> None:
    plain = reader.open("/api/v1/exports/articles.jsonl").get_data()
    packed = reader.open("/api/v1/exports/articles.jsonl", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip" and gzip.decompress(packed.get_data()) == plain
    assert reader.open("/api/v1/exports/articles.jsonl", "HEAD").get_data() == b""


def test_whole_texts_are_for_those_who_may_have_them(desk: Browsing) -> None:
    refused = desk.open("/api/v1/exports/articles.jsonl?text=yes")
    assert refused.status_code == 403 and "full-text" in refused.headers["WWW-Authenticate"]
    secrets: Sequence[tuple[Scope, str]] = [(scope, new_secret()) for scope in (Scope.OPERATE, Scope.FULL_TEXT)]
    for scope, secret in secrets:
        desk.app.store.tokens.add(1, "script", {Scope.READ, scope}, digest(secret), newsroom.NOW)
        answer = desk.open("/api/v1/exports/articles.jsonl?text=yes&q=eleven", headers={"Authorization": f"Bearer {secret}"})
        assert answer.status_code == (200 if scope is Scope.FULL_TEXT else 403)
    assert json.loads(answer.get_data())["body"] == newsroom.HEATING_LATER
    ident = newsroom.article_of(desk.app, "heating")
    bodies = [
        desk.open(f"/api/v1/articles/{ident}", headers={"Authorization": f"Bearer {secret}"}).get_json()["body"] for _, secret in secrets
    ]
    assert bodies == [None, newsroom.HEATING_LATER]
    assert "body" in table(desk.open("/api/v1/exports/articles.csv?text=yes", headers={"Authorization": f"Bearer {secret}"}))[0]


def test_it_is_sent_while_it_is_read(flask: Any) -> None:
    """The first piece comes before the rest is made."""
    response = flask.test_client().get("/api/v1/exports/articles.csv", base_url=HOST, buffered=False)
    assert response.is_streamed
    pieces = iter(response.response)
    assert next(pieces).startswith(b"id,title")
    response.close()


@pytest.mark.parametrize("ending", ["csv", "jsonl", "geojson"])
def test_memory_does_not_grow_with_the_length(ending: str) -> None:
    def pages(number: int) -> Any:
        for _ in range(number):
            yield [{"id": n, "title": "x" * 500, "places": [], "place_names": [], "points": []} for n in range(200)]

    def most(number: int) -> int:
        tracemalloc.start()
        for _ in WRITERS[ending]("articles", pages(number), False):
            pass
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    assert most(60) < most(3) * 1.2


@given(st.lists(st.lists(st.text(max_size=20), max_size=4), max_size=4), st.sampled_from(["csv", "jsonl", "geojson"]))
def test_any_text_comes_through(pages: list[list[str]], ending: str) -> None:
    rows = [[{"title": title, "places": [], "place_names": [], "points": []} for title in page] for page in pages if page]
    body = b"".join(WRITERS[ending]("articles", iter(rows), False))
    titles = [title for page in pages for title in page]
    if ending == "jsonl":
        assert [json.loads(line)["title"] for line in body.split(b"\n")[:-1]] == titles
    elif ending == "geojson":
        assert [feature["properties"]["title"] for feature in json.loads(body)["features"]] == titles
    else:
        found = [row["title"] for row in csv.DictReader(io.StringIO(body.decode(), newline=""))]
        assert [cell.removeprefix("'") for cell in found] == [title.removeprefix("'") for title in titles]
