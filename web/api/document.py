"""The OpenAPI 3.1 document of the API, made from what its endpoints declare."""

import re
from collections.abc import Mapping
from functools import cache
from importlib.metadata import version
from typing import Any

from aggregator.access import SCOPES
from web.api.endpoint import ENDPOINTS, Endpoint
from web.api.parameters import Parameter, parameters
from web.api.schema import Says, Schemas, said
from web.api.shapes import Problem

TAGS: Mapping[str, str] = {
    "articles": "What outlets published, with places and attributions.",
    "stories": "Articles about the same event, with their claims.",
    "sayings": "Who says what: attributions one by one, and claims with their independent origins counted.",
    "places": "The gazetteer.",
    "sources": "Who is cited.",
    "outlets": "Who publishes.",
    "searches": "Queries under a name, which everybody reads, and the alerts that they have.",
    "exports": "Everything that a query finds, in one answer.",
    "feeds": "What is polled: for operators' programs.",
    "service": "The service itself.",
}
ABOUT = (
    "Frontwire reads the world's war coverage: who claims what, about where, when, and who else says so independently. "
    "Times are ISO 8601 in UTC; text offsets count Unicode code points. Lists are paged: give `next` as `cursor` until it is null. "
    "Fields may be added; none changes its meaning. Errors are problem+json (RFC 9457) with a sentence in `detail`."
)
ERRORS = {
    "400": "Something asked for is not right; `detail` says what would be.",
    "401": "An access token is missing, unknown or revoked.",
    "403": "The access token does not allow this.",
    "404": "There is nothing by that id.",
    "410": "The article was taken down here.",
    "429": "Too many requests: ask again after `Retry-After` seconds.",
    "503": "The database, the gazetteer or the broker does not answer.",
}


def document(base: str) -> dict[str, Any]:
    """The document of the instance at this root."""
    return {**_parts(), "servers": [{"url": f"{base}/api/v1"}]}


@cache
def _parts() -> dict[str, Any]:
    schemas = Schemas()
    problem = {"application/problem+json": {"schema": schemas.of(Problem)}}
    paths: dict[str, dict[str, Any]] = {}
    for one in ENDPOINTS:
        paths.setdefault(path_of(one), {})[one.method.lower()] = _operation(one, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Frontwire", "version": f"1 ({version('frontwire')})", "description": ABOUT},
        "tags": [{"name": name, "description": text} for name, text in TAGS.items()],
        "paths": paths,
        "components": {
            "schemas": dict(sorted(schemas.components.items())),
            "responses": {code: {"description": text, "content": problem} for code, text in ERRORS.items()},
            "headers": {
                "RateLimit-Limit": {"description": "Requests a minute that are allowed.", "schema": {"type": "integer"}},
                "RateLimit-Remaining": {"description": "How many of them are left.", "schema": {"type": "integer"}},
                "RateLimit-Reset": {"description": "In how many seconds all are there again.", "schema": {"type": "integer"}},
            },
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "An access token. Scopes: " + " ".join(f"{name}: {text}" for name, text in SCOPES.items()),
                }
            },
        },
    }


def path_of(one: Endpoint) -> str:
    """The path with its parts in braces."""
    return re.sub(r"<(?:\w+(?:\([^)]*\))?:)?(\w+)>", r"{\1}", one.path)


def _operation(one: Endpoint, schemas: Schemas) -> dict[str, Any]:
    errors = ["429", "503"]
    if one.asked is not None or one.body is not None or one.scope is not None:
        errors.append("400")
    errors += ["404"] if one.path_kinds else []
    errors += ["410"] if "article_id" in one.path_kinds else []
    errors += ["401"] + (["403"] if one.scope is not None or one.media else [])
    headers = {name: {"$ref": f"#/components/headers/{name}"} for name in ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")}
    made: dict[str, Any] = {
        "operationId": one.view.__name__,
        "tags": [one.tag],
        "summary": one.summary.rstrip("."),
        "description": one.text,
        "parameters": [
            *({"name": name, "in": "path", "required": True, "schema": schemas.of(kind)} for name, kind in one.path_kinds.items()),
            *(_parameter(parameter, schemas) for parameter in (parameters(one.asked) if one.asked else ())),
        ],
        "responses": {
            str(one.status): {"description": "As asked for.", "headers": headers, "content": _content(one, schemas)},
            **{code: {"$ref": f"#/components/responses/{code}"} for code in sorted(errors)},
        },
        "security": [{"token": [one.scope.value]}] if one.scope else [{}, {"token": []}],
    }
    if one.body is not None:
        made["requestBody"] = {"required": True, "content": {"application/json": {"schema": schemas.of(one.body)}}}
    return made


def _content(one: Endpoint, schemas: Schemas) -> dict[str, Any]:
    if one.media:
        return {media: {"schema": {"type": "string"}} for media in one.media}
    whole = schemas.of(one.gives)
    if one.items is not None:
        item = schemas.components[one.gives.__name__]["properties"][one.items]
        item["items"] = {"anyOf": [schemas.of(one.item), schemas.part_of(one.item)]}
    return {"application/json": {"schema": whole}}


def _parameter(one: Parameter, schemas: Schemas) -> dict[str, Any]:
    kind = {"type": "boolean"} if one.kind is bool else schemas.of(one.kind)
    notes = said(one.kind, (Says(least=one.said.least, most=one.said.most, form=one.said.form),))
    schema = {**kind, **notes}
    if one.default not in (None, "", ()):
        schema["default"] = one.default
    made = {"name": one.name, "in": "query", "required": one.required, "description": one.said.text, "schema": schema}
    if kind.get("type") == "array":
        made |= {"style": "form", "explode": False}
    if one.said.example is not None:
        made["example"] = [one.said.example] if kind.get("type") == "array" else one.said.example
    return made
