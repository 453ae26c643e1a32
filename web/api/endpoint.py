"""Endpoints: one declaration reads a request's parameters, serves the answer, and describes both in the OpenAPI document.

A view is a function of its path's parts, of ``asked`` (a dataclass of parameters in the address) and of ``body`` (a TypedDict, sent as
JSON); its annotations are what is read and documented, its docstring is what people read.
"""

import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, get_args, get_type_hints

import orjson
from flask import Blueprint, Response, g, request

from aggregator.access import Scope
from aggregator.errors import UsageError
from web.answers import answer, open_to_all
from web.api import limits
from web.api.body import read_body
from web.api.parameters import no_others, read
from web.tokens import request_token, require

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")
ENDPOINTS: list["Endpoint"] = []
ERRORS = (400, 401, 404, 429)  # that any endpoint may answer, as far as its parameters allow
ALLOWED_METHODS = "GET, HEAD, POST, PATCH, DELETE"
ALLOWED_HEADERS = "Authorization, Content-Type, If-None-Match, If-Modified-Since"
EXPOSED_HEADERS = "ETag, Last-Modified, Retry-After, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, RateLimit-Policy"

View = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """What stands at an address. ``items``: the field of the answer whose objects ``fields`` can narrow; ``media``: what the answer is
    where it is not JSON, by its media types; ``cost``: as how many requests it counts."""

    method: str
    path: str  # as Flask writes it, below /api/v1
    view: View
    tag: str
    asked: type | None
    path_kinds: Mapping[str, Any]
    body: Any | None
    gives: Any
    items: str | None
    item: Any | None
    scope: Scope | None
    status: int
    cost: int
    media: tuple[str, ...]

    @property
    def summary(self) -> str:
        """The first sentence of the docstring."""
        return re.split(r"(?<=\.)\s", self.text, maxsplit=1)[0]

    @property
    def text(self) -> str:
        """The docstring, its lines joined within paragraphs."""
        return "\n\n".join(" ".join(part.split()) for part in inspect.cleandoc(self.view.__doc__ or "").split("\n\n"))


def endpoint(
    method: str,
    path: str,
    tag: str,
    *,
    items: str | None = None,
    scope: Scope | None = None,
    status: int = 200,
    cost: int = 1,
    media: tuple[str, ...] = (),
) -> Callable[[View], View]:
    """Declare a view and put it under /api/v1."""

    def declare(view: View) -> View:
        hints = get_type_hints(view, include_extras=True)
        parts = re.findall(r"<(?:\w+(?:\([^)]*\))?:)?(\w+)>", path)
        gives = hints["return"]
        item = get_args(_bare(get_type_hints(gives, include_extras=True)[items]))[0] if items else None
        made = Endpoint(
            *(method, path, view, tag, hints.get("asked"), {name: hints[name] for name in parts}, hints.get("body")),
            *(gives, items, item, scope, status, cost, media),
        )
        ENDPOINTS.append(made)
        blueprint.add_url_rule(path, f"{view.__name__}", _served(made), methods=[method])
        return view

    return declare


def _served(made: Endpoint) -> Callable[..., Response]:
    """The view as Flask calls it."""

    def serve(**parts: Any) -> Response:
        limits.count_request(made.cost)
        if made.scope is None:
            request_token()  # one that does not hold is an error, not a stranger
        else:
            require(made.scope)
        if made.asked is None:
            no_others(request.args, ())
        else:
            parts["asked"] = read(made.asked, request.args)
        if made.body is not None:
            parts["body"] = read_body(made.body)
        value = made.view(**parts)
        if isinstance(value, Response):
            return value
        if made.items is not None and (chosen := getattr(parts.get("asked"), "fields", ())):
            value = _narrowed(made, value, chosen)
        response = answer(orjson.dumps(value), "application/json", max_age_s=0)
        if response.status_code == 200:
            response.status_code = made.status
        return response

    serve.__doc__ = made.view.__doc__
    return serve


def _narrowed(made: Endpoint, value: dict[str, Any], chosen: tuple[str, ...]) -> dict[str, Any]:
    """The answer with these fields of its items alone. Raises UsageError for a field that they do not have."""
    known = get_type_hints(made.item)
    if wrong := [name for name in chosen if name not in known]:
        raise UsageError(f"There is no field {wrong[0]!r}. There are {', '.join(known)}.")
    assert made.items is not None
    return value | {made.items: [{name: one[name] for name in chosen if name in one} for one in value[made.items]]}


def _bare(kind: Any) -> Any:
    """A type without what is said of it."""
    return get_args(kind)[0] if hasattr(kind, "__metadata__") else kind


@blueprint.after_request
def _finish(response: Response) -> Response:
    """Any page may read the answer; what a token got is for its bearer alone."""
    open_to_all(response)
    response.headers["Access-Control-Allow-Methods"] = ALLOWED_METHODS
    response.headers["Access-Control-Allow-Headers"] = ALLOWED_HEADERS
    response.headers["Access-Control-Expose-Headers"] = EXPOSED_HEADERS
    response.vary.add("Authorization")
    if g.get("token") is not None:
        response.headers["Cache-Control"] = "private, no-cache"
    return limits.add_headers(response)
