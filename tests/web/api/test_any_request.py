"""Whatever is asked, the answer is one that the document names: never an error of ours, never HTML."""

from typing import Any
from urllib.parse import quote, urlencode

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.web.browsing import Browsing
from web.api.document import document

PATHS = [
    (path, one)
    for path, methods in document("https://news.example")["paths"].items()
    for method, one in methods.items()
    if method == "get" and not path.startswith("/exports")
]
TEXT = st.text(st.characters(codec="utf-8"), max_size=30)
HOSTILE = st.sampled_from(
    ["0", "-1", "1e9", "null", "١٢", "%", "\x00", "'", '"', "by:", "((", "last:9999999d", "9" * 40, "gn706483", "1:1", "../.."]
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_every_answer_is_a_documented_one(flask: Flask, data: st.DataObject) -> None:
    path, one = data.draw(st.sampled_from(PATHS))
    parts, query = {}, {}
    for parameter in one["parameters"]:
        value = data.draw(_value(parameter["schema"]))
        if parameter["in"] == "path":
            parts[parameter["name"]] = quote(value.replace("/", "") or "1", safe="")
        elif parameter["required"] or data.draw(st.booleans()):
            query[parameter["name"]] = value
    address = "/api/v1" + path.format_map(parts) + "?" + urlencode(query)
    response = Browsing(flask).open(address)
    assert str(response.status_code) in {*one["responses"], "404"}, address
    assert response.content_type in ("application/json", "application/problem+json"), address
    assert response.get_json() is not None


def _value(schema: dict[str, Any]) -> st.SearchStrategy[str]:
    """Values that fit, and values that do not."""
    fitting: st.SearchStrategy[str] = TEXT
    if "enum" in schema:
        fitting = st.sampled_from(schema["enum"])
    elif schema.get("type") == "integer":
        fitting = st.integers(schema.get("minimum", 0), min(schema.get("maximum", 99), 99)).map(str)
    return st.one_of(fitting, fitting, HOSTILE, TEXT)


@pytest.mark.parametrize("path", ["/api/v1", "/api/v1/", "/api/v1/nothing", "/api/v1/stories/x", "/api/v1/exports/feeds.csv"])
def test_what_is_not_there_is_a_problem(reader: Browsing, path: str) -> None:
    response = reader.open(path)
    assert response.status_code == 404 and response.content_type == "application/problem+json"
