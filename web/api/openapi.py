"""/api/v1/openapi.json, the API's description for programs, and /api, the same for people."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, render_template
from markupsafe import Markup, escape

from aggregator.access import SCOPES
from aggregator.query import Plan
from web.api import shapes
from web.api.document import TAGS, document
from web.api.endpoint import endpoint
from web.product import gazetteer, outlets, product

pages = Blueprint("apidocs", __name__)

QUERIES: Mapping[str, Mapping[str, str]] = {  # of the examples; others go without
    "search": {"q": "last:7d", "limit": "5"},
    "stories": {"q": "last:7d", "limit": "5", "fields": "id,title,origins"},
    "attributions": {"q": "last:7d", "strength": "deny", "limit": "5"},
    "claims": {"origins": "2", "limit": "5"},
    "places": {"name": "Kharkiv"},
    "sources": {"side": "ukraine", "limit": "5"},
    "outlets": {"limit": "5"},
    "export": {"q": "last:24h", "most": "100"},
}


@dataclass(frozen=True, slots=True)
class Row:
    """A parameter or field: its name, its type in words, what is said of it, whether it may be left out."""

    name: str
    kind: str
    text: str
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Operation:
    """An endpoint as the page shows it. ``example``: an address that answers here and now, or None."""

    ident: str
    method: str
    path: str
    summary: str
    text: tuple[str, ...]
    scope: str | None
    parameters: tuple[Row, ...]
    body: tuple[Row, ...]
    gives: str
    example: str | None


@pages.app_template_filter("code")
def code(text: str) -> Markup:
    """Text whose `words` are code."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))


@endpoint("GET", "/openapi.json", "service")
def openapi() -> shapes.Document:
    """This document."""
    return document(product().settings.base)


@pages.get("/api")
def page() -> str:
    """What programs can ask for, with examples that run here."""
    settings = product().settings
    made = document(settings.base)
    known = dict(_ids())
    groups = [
        (name, text, [operation for path, method, one in _operations(made, name) for operation in [_shown(made, path, method, one, known)]])
        for name, text in TAGS.items()
    ]
    schemas = made["components"]["schemas"]
    return render_template(
        "api.html",
        about=made["info"]["description"],
        groups=groups,
        schemas={name: (one.get("description", ""), _fields(one)) for name, one in schemas.items() if not name.endswith("Fields")},
        scopes=SCOPES,
        base=settings.base,
        settings=settings,
    )


def _operations(made: shapes.Document, tag: str) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    for path, methods in made["paths"].items():
        for method, one in methods.items():
            if tag in one["tags"]:
                yield path, method, one


def _shown(made: shapes.Document, path: str, method: str, one: Mapping[str, Any], known: Mapping[str, str]) -> Operation:
    done = next(one["responses"][code] for code in ("200", "201") if code in one["responses"])
    sent = one.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    rows = [
        Row(each["name"], _kind(each["schema"]), each.get("description", "") or "of the path", not each["required"])
        for each in one["parameters"]
    ]
    scope = next((scopes[0] for choice in one["security"] for scopes in choice.values() if scopes), None)
    return Operation(
        ident=one["operationId"],
        method=method.upper(),
        path="/api/v1" + path,
        summary=one["summary"],
        text=tuple(one["description"].split("\n\n")),
        scope=scope,
        parameters=tuple(rows),
        body=_fields(made["components"]["schemas"][_name(sent)]) if sent else (),
        gives=" or ".join(_kind(content["schema"]) if media == "application/json" else media for media, content in done["content"].items()),
        example=_example(path, method, one, known) if scope is None else None,
    )


def _example(path: str, method: str, one: Mapping[str, Any], known: Mapping[str, str]) -> str | None:
    """An address that answers, its parts filled in from what is stored."""
    names = [each["name"] for each in one["parameters"] if each["in"] == "path"]
    if method != "get" or any(name not in known for name in names) or (path == "/places" and gazetteer() is None):
        return None
    query = urlencode(QUERIES.get(one["operationId"], {}))
    return "/api/v1" + path.format_map(known) + (f"?{query}" if query else "")


def _ids() -> Iterator[tuple[str, str]]:
    """For each part of a path an id that exists."""
    app = product()
    yield from (("what", "attributions"), ("ending", "csv"))
    if articles := app.index.articles(Plan(), 1).article_ids:
        yield "article_id", str(articles[0])
    if stories := app.index.stories(Plan(), 1).story_ids:
        yield "story_id", str(stories[0])
    if searches := app.store.searches.all():
        yield "search_id", str(searches[0].id)
    if places := app.index.facets(Plan(), ["place"], 1)["place"]:
        yield "place_id", places[0].value
    if known := outlets():
        yield "outlet_id", next(iter(known))
    if sources := app.registry.sources:
        yield "source_id", sources[0].id


def _fields(schema: Mapping[str, Any]) -> tuple[Row, ...]:
    required = schema.get("required", ())
    return tuple(
        Row(name, _kind(one), one.get("description", ""), name not in required) for name, one in schema.get("properties", {}).items()
    )


def _name(schema: Mapping[str, Any]) -> str:
    return str(schema["$ref"]).rpartition("/")[2]


def _kind(schema: Mapping[str, Any]) -> str:
    """A schema in words."""
    if "$ref" in schema:
        return _name(schema)
    if "enum" in schema:
        return " | ".join(schema["enum"])
    if "anyOf" in schema:
        return " or ".join(kind for one in schema["anyOf"] if not (kind := _kind(one)).endswith("Fields"))
    if schema.get("type") == "array":
        return f"list of {_kind(schema['items'])}"
    if schema.get("type") == "object" and isinstance(schema.get("additionalProperties"), dict):
        return f"object of {_kind(schema['additionalProperties'])}"
    kinds = schema.get("type", "anything")
    words = " or ".join(kinds) if isinstance(kinds, list) else kinds
    return f"{words} ({schema['format']})" if "format" in schema else str(words)
