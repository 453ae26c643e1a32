"""Which of our addresses can be subscribed to at the hub, and what their answers say of it.

What is pushed is read without a token, so that only what everybody may read is a topic; and only what shows the present: a further page or
an archive has no news.
"""

import re
from urllib.parse import parse_qsl, unquote, urlsplit

from flask import Response, current_app, request
from werkzeug.exceptions import HTTPException

from aggregator.errors import UsageError
from aggregator.hub import links
from aggregator.search.language import parse
from web.product import product
from web.tokens import PARAMETER

FORMS = ("rss", "atom", "json")  # that readers subscribe to; tables and maps are asked for
FEEDS = "feeds."  # the blueprint's endpoints
NOT_THE_PRESENT = {
    "cursor": "a further page of a list",
    "archive": "an archive of one day",
    "since": "what came since an hour",
}
_PERSONAL = re.compile(r"\bis:(starred|unread)\b")


def hub_url() -> str:
    """The address of the hub."""
    return f"{product().settings.base}/hub"


def is_topic(form: str, *, whole: bool) -> bool:
    """Whether the feed that this request asks for can be subscribed to. ``whole``: it has whole texts, which a token opened unless
    everybody may have them."""
    settings = product().settings
    private = PARAMETER in request.args or (whole and settings.full_text != "open")
    return settings.is_hub and form in FORMS and not private and not NOT_THE_PRESENT.keys() & request.args.keys()


def advertise(response: Response, topic: str) -> Response:
    """Name the hub and the topic in the headers of a feed's answer (section 4), to HEAD and with 304 as well."""
    response.headers["Link"] = links(hub_url(), topic)
    return response


def checked(topic: str) -> None:
    """Raises UsageError for what is no address of a feed of ours that shows the present to everybody; whether the place, source or story is
    there shows when the feed is read."""
    base = product().settings.base
    parts = urlsplit(topic.removeprefix(base))
    if not topic.startswith(f"{base}/") or not _is_feed(parts.path):
        raise UsageError(
            f"hub.topic is no feed of this service: an address such as {base}/stream.atom?q=kharkiv is one (or a saved search, story, "
            f"place, source or outlet, with {', '.join('.' + form for form in FORMS)} behind it)."
        )
    given = dict(parse_qsl(parts.query, keep_blank_values=True))
    if PARAMETER in given:
        raise UsageError("hub.topic bears an access token: what is pushed is what everybody may read. Take the address without the token.")
    for name in sorted(NOT_THE_PRESENT.keys() & given.keys()):
        raise UsageError(f"hub.topic is {NOT_THE_PRESENT[name]}, where nothing new comes. Take the address without {name}.")
    if found := _PERSONAL.search(parse(given.get("q", "")).text):
        raise UsageError(f"hub.topic asks for {found[0]}, which is each reader's own. Take the address without it.")


def _is_feed(path: str) -> bool:
    try:
        endpoint, values = current_app.url_map.bind("").match(unquote(path), method="GET")
    except HTTPException:  # no such page, or one that is redirected
        return False
    return endpoint.startswith(FEEDS) and values["form"] in FORMS
