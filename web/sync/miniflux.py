"""A part of the Miniflux API, version 1: who I am, categories, feeds, entries and their marks.

Its address is BASE/sync/miniflux. A program shows an access token with the scope sync, as ``X-Auth-Token`` or as the password of basic
authentication. Categories are folders, feeds are lists, entries are articles (https://miniflux.app/docs/api.html). Feeds are made on the
site: what would make or change one is refused with a sentence. Statuses are read and unread; nothing is ever removed.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson
from flask import Blueprint, Response, request

from aggregator.errors import TokenError, UsageError
from aggregator.model import Article
from aggregator.numbers import whole
from aggregator.query import AllOf, Between, Plan
from web.present import iso
from web.product import product
from web.sync.reader import LARGEST, ReaderList, moment, outlet_of, reader, reader_of
from web.tokens import token_of

blueprint = Blueprint("miniflux", __name__, url_prefix="/sync/miniflux/v1")

ENTRIES, MOST_ENTRIES = 100, 1_000
VERSION = "2.2.0"  # of Miniflux, whose API this is a part of
STATUSES = ("unread", "read")


@blueprint.before_request
def known() -> Response | None:
    """Let in who shows a token that may sync."""
    basic = request.authorization.password if request.authorization and request.authorization.type == "basic" else None
    secret = request.headers.get("X-Auth-Token") or basic
    try:
        found = reader_of(token_of(secret)) if secret else None
    except TokenError:
        found = None
    return None if found else _json({"error_message": "Access Unauthorized"}, 401)


@blueprint.errorhandler(UsageError)
def wrong(error: UsageError) -> Response:
    """What was wrong, as programs of this API read it."""
    return _json({"error_message": error.message}, 400)


@blueprint.get("/version")
def version() -> Response:
    """What this speaks."""
    return _json({"version": VERSION})


@blueprint.get("/me")
def me() -> Response:
    """Who this is."""
    user = reader().user
    return _json({"id": user.id, "username": user.name, "is_admin": False, "timezone": "UTC", "language": "en_US", "theme": "light_serif"})


@blueprint.get("/categories")
def categories() -> Response:
    """The folders."""
    counts = reader().unread() if request.args.get("counts") == "true" else {}
    return _json(
        [
            _category(name)
            | (
                {"feed_count": len(reader().within(name)), "total_unread": sum(counts[each.number][0] for each in reader().within(name))}
                if counts
                else {}
            )
            for name in reader().folders
        ]
    )


@blueprint.get("/feeds")
def feeds() -> Response:
    """The lists."""
    return _json([_feed(each) for each in reader().lists])


@blueprint.get("/feeds/<int:number>")
def feed(number: int) -> Response:
    """One list."""
    found = reader().by_number(number)
    return _json(_feed(found)) if found else _not_found()


@blueprint.get("/feeds/counters")
def counters() -> Response:
    """How much of each list is unread. How much is read is not counted: all that came before is."""
    return _json({"reads": {}, "unreads": {str(number): count for number, (count, _) in reader().unread().items() if count}})


@blueprint.get("/categories/<int:number>/feeds")
def feeds_of_category(number: int) -> Response:
    """The lists of a folder."""
    folder = _folder(number)
    return _json([_feed(each) for each in reader().within(folder)]) if folder is not None else _not_found()


@blueprint.get("/entries")
def entries() -> Response:
    """Articles of all lists, of a folder (``category_id``) or of a list (``feed_id``)."""
    feed_id, category_id = _number("feed_id"), _number("category_id")
    if feed_id is not None:
        return entries_of_feed(feed_id)
    return _entries(None) if category_id is None else entries_of_category(category_id)


@blueprint.get("/feeds/<int:number>/entries")
def entries_of_feed(number: int) -> Response:
    """Articles of a list."""
    found = reader().by_number(number)
    return _entries([found]) if found else _not_found()


@blueprint.get("/categories/<int:number>/entries")
def entries_of_category(number: int) -> Response:
    """Articles of a folder."""
    folder = _folder(number)
    return _entries(reader().within(folder)) if folder is not None else _not_found()


@blueprint.get("/entries/<int:article_id>")
@blueprint.get("/feeds/<int:_number>/entries/<int:article_id>")
@blueprint.get("/categories/<int:_number>/entries/<int:article_id>")
def entry(article_id: int, _number: int = 0) -> Response:
    """One article."""
    found = product().store.articles.many([article_id])
    return _json(_told(found)[0]) if found else _not_found()


@blueprint.put("/entries")
def mark() -> Response:
    """Mark articles as read or unread."""
    sent = request.get_json(force=True, silent=True)
    ids, status = (sent.get("entry_ids"), sent.get("status")) if isinstance(sent, dict) else (None, None)
    if not (isinstance(ids, list) and all(isinstance(ident, int) for ident in ids) and status in STATUSES):
        raise UsageError('Send {"entry_ids": [1, 2], "status": "read"}; the status is read or unread.')
    reader().mark(ids, read=status == "read")
    return Response(status=204)


@blueprint.put("/entries/<int:article_id>/bookmark")
@blueprint.put("/entries/<int:article_id>/star")
def star(article_id: int) -> Response:
    """Star an article, or take that back."""
    found = product().store.articles.many([article_id])
    if not found:
        return _not_found()
    reader().mark([article_id], starred=article_id not in reader().marks(found).starred)
    return Response(status=204)


@blueprint.put("/feeds/<int:number>/mark-all-as-read")
def read_feed(number: int) -> Response:
    """Mark a list as read."""
    found = reader().by_number(number)
    return _read([found]) if found else _not_found()


@blueprint.put("/categories/<int:number>/mark-all-as-read")
def read_category(number: int) -> Response:
    """Mark a folder as read."""
    folder = _folder(number)
    return _read(reader().within(folder)) if folder is not None else _not_found()


@blueprint.put("/users/<int:user_id>/mark-all-as-read")
def read_everything(user_id: int) -> Response:
    """Mark all lists as read."""
    return _read(None) if user_id == reader().user.id else _not_found()


@blueprint.route("/feeds", methods=["POST"])
@blueprint.route("/feeds/<int:_number>", methods=["PUT", "DELETE"])
@blueprint.route("/categories", methods=["POST"])
@blueprint.route("/categories/<int:_number>", methods=["PUT", "DELETE"])
def refused(_number: int = 0) -> Response:
    """Lists and folders are not changed from here."""
    base = product().settings.base
    return _json({"error_message": f"Lists are saved searches and outlets: save a search at {base}/searches, and it is here."}, 403)


def _entries(lists: Sequence[ReaderList] | None) -> Response:
    """Articles with the request's status, marks, times, order and page; ``total`` counts all of them."""
    statuses = request.args.getlist("status")
    if wrong := next((status for status in statuses if status not in (*STATUSES, "removed")), None):
        raise UsageError(f"status={wrong!r} is not right: read or unread.")
    asked = [status for status in STATUSES if status in statuses]
    starred = {"true": True, "1": True, "false": False, "0": False}.get(request.args.get("starred", "").lower())
    since, until = _time("after", "published_after"), _time("before", "published_before")
    plan = reader().plan(lists, since=since, until=until, unread=asked == ["unread"] if len(asked) == 1 else None, starred=starred)
    plan = _bounded(plan)
    oldest = request.args.get("direction", "asc" if request.args.get("order") == "id" else "desc") == "asc"
    limit = min(_number("limit") or ENTRIES, MOST_ENTRIES)
    ids = reader().ids(plan, limit, oldest=oldest, skip=_number("offset") or 0)
    if statuses and not asked:
        ids = []
    total = product().index.count(plan) if ids else 0
    return _json({"total": total, "entries": _told(product().store.articles.many(ids))})


def _bounded(plan: Plan) -> Plan:
    """The plan within ``after_entry_id`` and ``before_entry_id``: as lists are by time, that is the time of those articles."""
    since = until = None
    for key in ("after_entry_id", "before_entry_id"):
        found = product().store.articles.many([number]) if (number := _number(key)) else ()
        if found and key == "after_entry_id":
            since = found[0].at
        elif found:
            until = found[0].at
    return Plan(AllOf((plan.match, Between(since, until))), plan.since, plan.until) if since or until else plan


def _told(articles: Sequence[Article]) -> list[dict[str, Any]]:
    marks = reader().marks(articles)
    return [
        {
            "id": article.id,
            "user_id": reader().user.id,
            "feed_id": own.number if (own := reader().list_of(article.outlet_id)) else 0,
            "status": "read" if article.id in marks.read else "unread",
            "hash": f"{article.id:064x}",
            "title": article.title,
            "url": article.url,
            "comments_url": "",
            "published_at": iso(article.at),
            "created_at": iso(article.first_seen_at),
            "changed_at": iso(article.updated_at),
            "content": reader().html(article),
            "author": ", ".join(article.authors) or outlet_of(article).name,
            "share_code": "",
            "starred": article.id in marks.starred,
            "reading_time": max(1, len(article.body) // 1200),
            "enclosures": None,
            "feed": _feed(own) if own else None,
            "tags": [],
        }
        for article in articles
    ]


def _feed(each: ReaderList) -> dict[str, Any]:
    return {
        "id": each.number,
        "user_id": reader().user.id,
        "feed_url": each.feed,
        "site_url": each.page,
        "title": each.title,
        "checked_at": iso(reader().now),
        "parsing_error_count": 0,
        "parsing_error_message": "",
        "disabled": False,
        "category": _category(each.folder),
    }


def _category(name: str) -> dict[str, Any]:
    return {"id": reader().folders[name], "user_id": reader().user.id, "title": name}


def _folder(number: int) -> str | None:
    return next((name for name, known in reader().folders.items() if known == number), None)


def _read(lists: Sequence[ReaderList] | None) -> Response:
    reader().read_all(lists)
    return Response(status=204)


def _number(key: str) -> int | None:
    text = request.args.get(key, "")
    if not text:
        return None
    number = whole(text, LARGEST)
    if number is None:
        raise UsageError(f"{key}={text[:50]!r} is not right: a number.")
    return number


def _time(*keys: str) -> datetime | None:
    return next((moment(request.args[key]) for key in keys if _number(key) is not None), None)


def _not_found() -> Response:
    return _json({"error_message": "Resource Not Found"}, 404)


def _json(value: Any, status: int = 200) -> Response:
    return Response(orjson.dumps(value), status, content_type="application/json", headers={"Cache-Control": "no-store"})
