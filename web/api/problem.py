"""Errors as programs read them: application/problem+json (RFC 9457)."""

from http import HTTPStatus

import orjson
from flask import Response

from web.answers import open_to_all


def problem(status: int, detail: str) -> Response:
    """An error of the API."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    return open_to_all(Response(orjson.dumps(body), status=status, mimetype="application/problem+json"))
