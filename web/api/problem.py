"""Errors as programs read them: application/problem+json (RFC 9457)."""

from http import HTTPStatus

import orjson
from flask import Response


def problem(status: int, detail: str) -> Response:
    """An error of the API."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    return Response(orjson.dumps(body), status=status, mimetype="application/problem+json")
