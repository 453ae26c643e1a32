"""The Fever API, version 3: what programs that speak nothing else ask for.

Its address is BASE/sync/fever/?api. Programs show ``api_key``, the MD5 of a user's name and an access token with the scope sync that was
made for it (https://feedafever.com/api, as it stood). Everything is one address; each parameter adds a part to the answer.
"""

from collections.abc import Sequence
from typing import Any

import orjson
from flask import Blueprint, Response, request

from aggregator.access import digest
from aggregator.model import Article
from aggregator.numbers import whole
from aggregator.query import Plan
from web.product import product
from web.sync.reader import LARGEST, MOST, ReaderList, moment, outlet_of, reader, reader_of

blueprint = Blueprint("fever", __name__, url_prefix="/sync/fever")

VERSION = 3
ITEMS = 50  # of an answer
SPREAD = 4  # ids looked at for each article of an answer
BEGIN = 5_000  # newest articles that a program gets which has none yet


@blueprint.route("/", methods=["GET", "POST"])
@blueprint.route("", methods=["GET", "POST"], strict_slashes=False)
def fever() -> Response:
    """The parts that were asked for, after what was to be marked is marked."""
    if "api" not in request.values:
        return _json({"api_version": VERSION, "auth": 0})
    key = request.values.get("api_key", "").lower()
    if not key or reader_of(product().store.tokens.by_fever(digest(key))) is None:
        return _json({"api_version": VERSION, "auth": 0})
    found: dict[str, Any] = {"api_version": VERSION, "auth": 1, "last_refreshed_on_time": int(reader().now.timestamp())}
    if "mark" in request.values:
        _mark()
    parts = {"groups": _groups, "feeds": _feeds, "favicons": _favicons, "items": _items, "links": _links, **_IDS}
    for name, part in parts.items():
        if name in request.values:
            found |= part()
    return _json(found)


def _groups() -> dict[str, Any]:
    return {"groups": [{"id": number, "title": name} for name, number in reader().folders.items()], **_in_groups()}


def _feeds() -> dict[str, Any]:
    now = int(reader().now.timestamp())
    feeds = [
        {
            "id": each.number,
            "favicon_id": 0,
            "title": each.title,
            "url": each.feed,
            "site_url": each.page,
            "is_spark": 0,
            "last_updated_on_time": now,
        }
        for each in reader().lists
    ]
    return {"feeds": feeds, **_in_groups()}


def _in_groups() -> dict[str, Any]:
    groups = reader().folders.items()
    joined = [{"group_id": number, "feed_ids": ",".join(str(each.number) for each in reader().within(name))} for name, number in groups]
    return {"feeds_groups": joined}


def _favicons() -> dict[str, Any]:
    return {"favicons": []}


def _links() -> dict[str, Any]:
    return {"links": []}


def _items() -> dict[str, Any]:
    """Articles by id: after ``since_id``, before ``max_id``, or those of ``with_ids``."""
    store = product().store
    since, below = _number("since_id"), _number("max_id")
    if "with_ids" in request.values:
        texts = request.values["with_ids"].split(",")[:ITEMS]
        ids = [ident for text in texts if (ident := whole(text.strip(), LARGEST)) is not None]
    elif below is not None:
        ids = list(range(below - 1, max(0, below - 1 - SPREAD * ITEMS), -1))  # some may be gone
    else:
        newest = product().index.articles(Plan(), 1).article_ids
        ids = list(store.articles.ids(max(since or 0, (newest[0] if newest else 0) - BEGIN), ITEMS))
    return {"items": _told(store.articles.many(ids)[:ITEMS]), "total_items": product().index.count(Plan())}


def _told(articles: Sequence[Article]) -> list[dict[str, Any]]:
    marks = reader().marks(articles)
    return [
        {
            "id": article.id,
            "feed_id": own.number if (own := reader().list_of(article.outlet_id)) else 0,
            "title": article.title,
            "author": ", ".join(article.authors) or outlet_of(article).name,
            "html": reader().html(article),
            "url": article.url,
            "is_saved": int(article.id in marks.starred),
            "is_read": int(article.id in marks.read),
            "created_on_time": int(article.at.timestamp()),
        }
        for article in articles
    ]


def _unread_ids() -> dict[str, Any]:
    return {"unread_item_ids": ",".join(map(str, reader().ids(reader().plan(unread=True), MOST)))}


def _saved_ids() -> dict[str, Any]:
    return {"saved_item_ids": ",".join(map(str, product().store.marks.starred(reader().user.id)))}


_IDS = {"unread_item_ids": _unread_ids, "saved_item_ids": _saved_ids}


def _mark() -> None:
    """``mark=item|feed|group``, ``as=read|unread|saved|unsaved``, ``id``, and for lists ``before`` (seconds)."""
    what, how, number = request.values["mark"], request.values.get("as", ""), _number("id")
    if number is None:
        return
    if what == "item":
        read = {"read": True, "unread": False}.get(how)
        starred = {"saved": True, "unsaved": False}.get(how)
        reader().mark([number], read=read, starred=starred)
    elif how == "read":
        until = moment(request.values["before"]) if _number("before") else None
        lists: Sequence[ReaderList] | None = None
        if what == "feed":
            found = reader().by_number(number)
            lists = [found] if found else []
        elif number:  # group 0 is everything
            name = next((name for name, known in reader().folders.items() if known == number), None)
            lists = reader().within(name) if name is not None else []
        if lists is None or lists:
            reader().read_all(lists, until)


def _number(key: str) -> int | None:
    return whole(request.values.get(key, ""), LARGEST)


def _json(value: Any) -> Response:
    return Response(orjson.dumps(value), content_type="application/json; charset=utf-8", headers={"Cache-Control": "no-store"})
