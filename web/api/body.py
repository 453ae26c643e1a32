"""Bodies of requests: JSON objects, checked against the TypedDict that declares them."""

import types
from collections.abc import Sequence
from typing import Annotated, Any, Literal, NotRequired, Union, get_args, get_origin, get_type_hints

import orjson
from flask import request

from aggregator.errors import UsageError
from web.api.parameters import no_others

MOST_BYTES = 64 << 10
WORDS = {str: "a text", int: "a whole number", float: "a number", bool: "true or false", type(None): "null"}


def read_body(kind: Any) -> Any:
    """The object that was sent. Raises UsageError for what is no JSON object, and for a field that is unknown, wrong or missing."""
    if request.mimetype != "application/json":
        raise UsageError("The body is to be a JSON object, with Content-Type: application/json.")
    if (request.content_length or 0) > MOST_BYTES:
        raise UsageError(f"The body is too large: at most {MOST_BYTES} bytes.")
    try:
        sent = orjson.loads(request.get_data())
    except orjson.JSONDecodeError as error:
        raise UsageError(f"The body is not JSON: {error}.") from error
    if not isinstance(sent, dict):
        raise UsageError("The body is to be a JSON object.")
    hints = get_type_hints(kind, include_extras=True)
    no_others(sent, tuple(hints))
    for name in sorted(kind.__required_keys__):
        if name not in sent:
            raise UsageError(f"{name} is missing in the body.")
    for name, value in sent.items():
        if not _fits(value, hints[name]):
            raise UsageError(f"{name} in the body is not right: {_right(hints[name])}.")
    return sent


def _fits(value: Any, kind: Any) -> bool:
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (NotRequired, Annotated):
        said = [note for note in inner[1:] if note.most is not None and isinstance(value, str)]
        return _fits(value, inner[0]) and all(len(value) <= note.most for note in said)
    if origin in (Union, types.UnionType):
        return any(_fits(value, one) for one in inner)
    if origin is Literal:
        return value in inner
    if origin is Sequence:
        return isinstance(value, list) and all(_fits(one, inner[0]) for one in value)
    if kind is bool or isinstance(value, bool):
        return kind is bool and isinstance(value, bool)
    return isinstance(value, int | float if kind is float else kind)


def _right(kind: Any) -> str:
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (NotRequired, Annotated):
        bounds = [f" of at most {note.most} characters" for note in inner[1:] if note.most is not None]
        return _right(inner[0]) + "".join(bounds)
    if origin in (Union, types.UnionType):
        return " or ".join(_right(one) for one in inner)
    if origin is Literal:
        return " or ".join(map(str, inner))
    if origin is Sequence:
        return f"a list, each of it {_right(inner[0])}"
    return WORDS[kind]
