"""The OpenAPI document: it is a right one, every route is in it, and what is answered is what it says."""

import re
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # ships no types
import pytest
from flask import Flask

from aggregator.access import Scope, digest, new_secret
from aggregator.app import App
from tests.web import newsroom
from tests.web.browsing import Browsing
from tests.web.markup import faults

Doc = Mapping[str, Any]


@pytest.fixture(scope="module")
def document(flask: Flask) -> Doc:
    answer: Doc = Browsing(flask).open("/api/v1/openapi.json").get_json()
    return answer


def test_it_is_openapi(document: Doc) -> None:
    assert document["openapi"] == "3.1.0" and document["servers"] == [{"url": newsroom.BASE + "/api/v1"}]
    for schema in document["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)
    idents = [one["operationId"] for methods in document["paths"].values() for one in methods.values()]
    assert len(set(idents)) == len(idents)
    for methods in document["paths"].values():
        for one in methods.values():
            assert one["summary"] and one["description"] and one["tags"][0] in {tag["name"] for tag in document["tags"]}
            for parameter in one["parameters"]:
                jsonschema.Draft202012Validator.check_schema(parameter["schema"])
                assert parameter["in"] == "path" or parameter["description"], parameter["name"]


def test_every_reference_leads_somewhere(document: Doc) -> None:
    text = str(document)
    for kind, name in re.findall(r"#/components/(\w+)/([\w-]+)", text):
        assert name in document["components"][kind]


def test_every_route_is_in_it(flask: Flask, document: Doc) -> None:
    there = {(path, method.upper()) for path, methods in document["paths"].items() for method in methods}
    routes = set()
    for rule in flask.url_map.iter_rules():
        if rule.rule.startswith("/api/v1/"):
            path = re.sub(r"<(?:\w+(?:\([^)]*\))?:)?(\w+)>", r"{\1}", rule.rule).removeprefix("/api/v1")
            routes |= {(path, method) for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}}
    assert there == routes


def strict(document: Doc) -> dict[str, Any]:
    """The document, with objects that have no other fields than are declared."""
    made = deepcopy(dict(document))
    for name, schema in made["components"]["schemas"].items():
        if "properties" in schema and not name.endswith("Fields"):
            schema["additionalProperties"] = False
    return made


def check(document: Doc, path: str, answer: Any, method: str = "get", status: str = "200") -> None:
    """Hold an answer against what the document says of it."""
    said = document["paths"][path][method]["responses"][status]["content"]["application/json"]["schema"]
    whole = {"$schema": "https://json-schema.org/draft/2020-12/schema", **said, "components": strict(document)["components"]}
    jsonschema.Draft202012Validator(whole).validate(answer)


@pytest.mark.parametrize("path", ["/status", "/search", "/stories", "/attributions", "/claims", "/sources", "/outlets"])
@pytest.mark.parametrize("query", ["", "?limit=200", "?limit=2"])
def test_lists_are_as_it_says(reader: Browsing, document: Doc, path: str, query: str) -> None:
    if path == "/status" and query:
        return
    response = reader.open(f"/api/v1{path}{query}")
    assert response.status_code == 200
    check(document, path, response.get_json())


def test_single_things_are_as_it_says(reader: Browsing, app: App, document: Doc) -> None:
    for name in ("heating", "heating-wire", "teplo", "sur", "hostile"):
        check(document, "/stories/{story_id}", reader.open(f"/api/v1/stories/{newsroom.story_of(app, name)}").get_json())
        check(document, "/articles/{article_id}", reader.open(f"/api/v1/articles/{newsroom.article_of(app, name)}").get_json())
    check(document, "/places/{place_id}", reader.open(f"/api/v1/places/{newsroom.KHARKIV.id}").get_json())
    check(document, "/sources/{source_id}", reader.open("/api/v1/sources/uk-mod").get_json())
    check(document, "/outlets/{outlet_id}", reader.open("/api/v1/outlets/tidewater-courier").get_json())


def test_some_fields_are_as_it_says(reader: Browsing, document: Doc) -> None:
    for path, fields in (("/search", "id,title"), ("/claims", "words"), ("/sources", "id,aliases")):
        answer = reader.open(f"/api/v1{path}?limit=3&fields={fields}").get_json()
        check(document, path, answer)
        assert all(set(one) == set(fields.split(",")) for one in answer[path.strip("/").replace("search", "articles")])


def test_feeds_are_as_it_says(desk: Browsing, document: Doc) -> None:
    secret = new_secret()
    desk.app.store.tokens.add(1, "script", {Scope.READ, Scope.OPERATE}, digest(secret), newsroom.NOW)
    headers = {"Authorization": f"Bearer {secret}"}
    check(document, "/feeds", desk.open("/api/v1/feeds", headers=headers).get_json())
    for path, method in (("/feeds/{feed_id}", "GET"), *((f"/feeds/{{feed_id}}/{do}", "POST") for do in ("pause", "resume", "poll"))):
        answer = desk.open("/api/v1" + path.format(feed_id=1), method, headers=headers)
        check(document, path, answer.get_json(), method.lower())
    made = desk.open("/api/v1/feeds", "POST", headers=headers, json={"url": "https://mole.example/rss"})
    assert made.status_code == 201
    check(document, "/feeds", made.get_json(), "post", "201")


def test_problems_are_as_it_says(reader: Browsing, document: Doc) -> None:
    problem = document["components"]["responses"]["400"]["content"]["application/problem+json"]["schema"]
    whole = {**problem, "components": document["components"]}
    for path in ("/search?limit=0", "/feeds", "/stories/999"):
        jsonschema.Draft202012Validator(whole).validate(reader.open("/api/v1" + path).get_json())


def test_the_page_shows_all_of_it_and_its_examples_run(reader: Browsing, document: Doc) -> None:
    page = reader.get("/api")
    text = page.response.get_data(as_text=True)
    assert page.status == 200 and faults(text) == []
    for path in document["paths"]:
        assert f"/api/v1{path}" in page.text
    for name, schema in document["components"]["schemas"].items():
        if not name.endswith("Fields"):
            assert page.find(f"//details[@id='shape-{name}']"), name
            assert all(field in page.text for field in schema.get("properties", ()))
    examples = {link for link in page.links("//details//a") if link.startswith("/api/v1/")}
    assert len(examples) == 16  # all that read without a token, but for names of places: the newsroom has no gazetteer
    for link in examples:
        assert reader.open(link).status_code == 200, link
        assert f"curl '{newsroom.BASE}{link}'" in page.text


def test_the_page_of_an_instance_without_articles(empty: Browsing) -> None:
    page = empty.get("/api")
    assert page.status == 200 and faults(page.response.get_data(as_text=True)) == []
    assert not [link for link in page.links("//details//a") if "/stories/" in link]
