"""The callbacks of hubs (WebSub): a hub asks whether it was asked, and delivers what is new.

Whoever calls is known by the token in the path, and a delivery by its signature: there are no sessions, cookies or forms here.
"""

from flask import Blueprint, Flask, Response, abort, current_app, request

from aggregator.pushing import Pushing, Receipt
from web.product import product

MAX_DELIVERY = 4 << 20  # bytes: many times the document of a large feed
LATER_S = 60
ANSWERS = {
    Receipt.KEPT: (202, {}),
    Receipt.IGNORED: (202, {}),  # section 7.1.2: who tries signatures learns nothing
    Receipt.UNKNOWN: (410, {}),  # section 7: the hub may forget the subscription
    Receipt.FULL: (503, {"Retry-After": str(LATER_S)}),
}

blueprint = Blueprint("websub", __name__)


def register(flask: Flask) -> None:
    """Put the callbacks into the application, after the protection of forms, which they are exempt from."""
    flask.extensions["csrf"].exempt(blueprint)
    flask.register_blueprint(blueprint)


@blueprint.get("/websub/<token>")
def verify(token: str) -> Response:
    """Answer a hub that verifies what it was asked for, or says no; 404 for what nobody asked for."""
    body = _pushing().verify(token, request.args)
    if body is None:
        abort(404)
    return Response(body, mimetype="application/octet-stream")  # a type in which nothing runs: the hub chose the words


@blueprint.post("/websub/<token>")
def receive(token: str) -> Response:
    """Keep what a hub delivers, and say so at once; it is read elsewhere."""
    pushing = _pushing()
    request.max_content_length = MAX_DELIVERY
    body = request.get_data(cache=False)
    receipt = pushing.receive(token, body, request.content_type, request.headers.get("X-Hub-Signature"))
    status, headers = ANSWERS[receipt]
    return current_app.response_class(b"", status, headers)


def _pushing() -> Pushing:
    pushing = product().pushing
    if pushing is None:
        abort(404)
    return pushing
