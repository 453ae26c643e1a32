"""Answers for programs: JSON and feeds that any page may read, with ETag and Last-Modified, and 304 where nothing changed."""

import hashlib
from datetime import datetime

from flask import Response, request

MAX_AGE_S = 60


def answer(body: bytes, content_type: str, *, modified: datetime | None = None, max_age_s: int = MAX_AGE_S) -> Response:
    """The body, or 304 if the client has it. ``modified``: when anything in it may have changed last."""
    response = Response(body, content_type=content_type)
    response.set_etag(hashlib.sha256(body).hexdigest()[:32])
    if modified is not None:
        response.last_modified = modified
    response.headers["Cache-Control"] = f"public, max-age={max_age_s}"
    response.make_conditional(request)
    return response


def open_to_all(response: Response) -> Response:
    """Let scripts of any page read the answer (Fetch standard, CORS): nothing here depends on who asks."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Allow-Headers"] = "If-None-Match, If-Modified-Since"
    response.headers["Access-Control-Expose-Headers"] = "ETag, Last-Modified"
    return response
