"""CSV and GeoJSON."""

import csv
import io
import json
from dataclasses import replace

from aggregator.outputs import geojson
from aggregator.outputs.csv import COLUMNS, render
from tests.outputs.items import HOSTILE_CLEAN, ITEMS, PLAIN


def rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode(), newline="")))


def test_csv() -> None:
    table = rows(render((*ITEMS, PLAIN)))
    assert [row["id"] for row in table] == [item.id for item in ITEMS]
    assert tuple(table[0]) == COLUMNS
    assert table[0] == {
        "id": PLAIN.id,
        "published": "2024-05-01T10:00:05Z",
        "updated": "2024-05-01T12:00:05Z",
        "title": "Drones over Kharkiv",
        "link": PLAIN.link,
        "outlet": "Example Gazette",
        "language": "uk",
        "places": "Kharkiv",
        "cited_sources": "Kharkiv administration",
        "lat": "49.98081",
        "lon": "36.25272",
        "sample": "no",
    }
    assert table[1]["title"] == HOSTILE_CLEAN
    assert table[1]["lat"] == "-0.10000"
    assert table[2]["lat"] == ""


def test_csv_runs_nothing_in_a_spreadsheet() -> None:
    (row,) = rows(render([replace(PLAIN, title='=HYPERLINK("https://x.example")', outlet="@sum")]))
    assert row["title"].startswith("'=")
    assert row["outlet"] == "'@sum"


def test_geojson() -> None:
    collection = json.loads(geojson.render((*ITEMS, PLAIN)))
    assert collection["type"] == "FeatureCollection"
    plain, hard, bare = collection["features"]
    assert plain["geometry"] == {"type": "Point", "coordinates": [36.25272, 49.98081]}
    assert plain["id"] == PLAIN.id
    assert plain["properties"]["places"] == ["Kharkiv"]
    assert plain["properties"]["cited_sources"] == ["Kharkiv administration"]
    assert hard["geometry"] == {"type": "MultiPoint", "coordinates": [[180.0, -0.1], [2.0, 1.0]]}
    assert hard["properties"]["sample"] is True
    assert bare["geometry"] is None
