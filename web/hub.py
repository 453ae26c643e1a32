"""The hub (WebSub): whoever wants a feed of ours pushed asks here. What is asked is kept; workers ask the callback whether it agrees.

There are no sessions, cookies or pages here, and nothing happens to anybody who does not agree: so forms need no protection.
"""

import ipaddress

from flask import Blueprint, Flask, Response, abort, current_app, request

from aggregator import hub
from aggregator.errors import TooManyError, UsageError
from aggregator.fetch.guard import AddressGuard
from web.api.limits import count_request
from web.product import product
from web.topics import checked

MOST_BYTES = 32 << 10
LATER = "Taken. The callback is asked within seconds whether it wants this.\n"

blueprint = Blueprint("hub", __name__)


def register(flask: Flask) -> None:
    """Put the hub into the application, after the protection of forms, which it is exempt from."""
    flask.extensions["csrf"].exempt(blueprint)
    flask.register_blueprint(blueprint)


@blueprint.errorhandler(UsageError)
@blueprint.errorhandler(TooManyError)
def wrong(error: UsageError | TooManyError) -> Response:
    """Say what is wrong and what would be right, for programs' logs (section 5.3)."""
    if isinstance(error, TooManyError):
        return _text(error.message, 429, {"Retry-After": str(error.retry_after_s)})
    return _text(error.message, 400)


@blueprint.post("/hub")
def ask() -> Response:
    """Subscribe or unsubscribe (section 5.1)."""
    app = product()
    if not app.settings.is_hub:
        abort(404)
    count_request()
    request.max_content_length = MOST_BYTES
    asked = hub.requested(request.form)
    checked(asked.topic)
    _callback(asked)
    app.store.hub.ask(asked, app.clock.now())
    return _text(LATER, 202)


def _callback(asked: hub.HubRequest) -> None:
    """What can be seen of a callback at once: one that leads back here, or into a network that is closed. Raises UsageError."""
    settings = product().settings
    if asked.callback.startswith(f"{settings.base}/"):
        raise UsageError("hub.callback is an address of this service itself: name one of yours.")
    try:
        address = str(ipaddress.ip_address(asked.host))
    except ValueError:  # a name: who calls it finds out
        return
    if not AddressGuard(settings.fetch_allow, settings.fetch_only).permits(address):
        raise UsageError(f"hub.callback is at {address}, which is not on the public internet: name one that can be reached from here.")


def _text(text: str, status: int, headers: dict[str, str] | None = None) -> Response:
    return current_app.response_class(f"{text.rstrip()}\n", status, headers, content_type="text/plain; charset=utf-8")
