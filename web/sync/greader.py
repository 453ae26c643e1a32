"""The Google Reader API, as the programs that still speak it use it: lists, folders, unread counts, articles, marks.

Its address is BASE/sync/greader. A program logs in with a user's name and, as password, an access token of that user with the scope sync;
the token is also what it shows from then on. There is no official specification any more: this follows what the programs ask
(docs/sync.md names those it is tested with). Lists are made on the site, so subscribing and renaming are refused with a sentence.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote, unquote

import orjson
from flask import Blueprint, Response, request

from aggregator.errors import TokenError
from aggregator.model import Article
from aggregator.numbers import whole
from aggregator.outputs import atom
from aggregator.outputs.channel import Category, Channel, Item
from aggregator.query import Plan
from web.feeds import self_url
from web.product import product
from web.sync.reader import MOST, Reader, ReaderList, micros, moment, outlet_of, reader, reader_of
from web.tokens import token_of

blueprint = Blueprint("greader", __name__, url_prefix="/sync/greader")

ITEM = "tag:google.com,2005:reader/item/"
FEED = "tag:google.com,2005:reader/"
STATE = "user/-/state/com.google/"
LABEL = "user/-/label/"
READ, STARRED, READING_LIST, KEPT_UNREAD = (STATE + name for name in ("read", "starred", "reading-list", "kept-unread"))
NAMESPACE = "http://www.google.com/reader/"
FARTHEST = 100_000_000  # articles that come before a page, at most
ITEMS, MOST_ITEMS, MOST_IDS = 20, 1_000, 10_000  # of an answer: unless n says otherwise, at most, of ids alone
LOGIN = "/accounts/ClientLogin"


@blueprint.before_request
def known() -> Response | None:
    """Let in who shows a token that may sync."""
    if request.path.endswith(LOGIN):
        return None
    secret = request.headers.get("Authorization", "").removeprefix("GoogleLogin").strip().removeprefix("auth=")
    return None if _reader(secret) else _text("Unauthorized", 401)


def _reader(secret: str) -> Reader | None:
    try:
        return reader_of(token_of(secret)) if secret else None
    except TokenError:
        return None


@blueprint.route(LOGIN, methods=["GET", "POST"])
def login() -> Response:
    """Take name and token; the token is what is to be shown from then on."""
    secret = request.values.get("Passwd", "")
    found = _reader(secret)
    if found is None or found.user.name != request.values.get("Email", ""):
        return _text("Error=BadAuthentication\n", 403)
    if request.values.get("output") == "json":
        return _json({"SID": secret, "LSID": secret, "Auth": secret})
    return _text(f"SID={secret}\nLSID={secret}\nAuth={secret}\n")


@blueprint.get("/reader/api/0/token")
def edit_token() -> Response:
    """What programs send along with every change. The request's own token already keeps others out."""
    return _text("frontwire")


@blueprint.get("/reader/api/0/user-info")
def user_info() -> Response:
    """Who this is."""
    user = reader().user
    return _json({"userId": str(user.id), "userName": user.name, "userProfileId": str(user.id), "userEmail": user.name})


@blueprint.get("/reader/api/0/subscription/list")
def subscriptions() -> Response:
    """Every list, each in its folder."""
    return _json(
        {
            "subscriptions": [
                {
                    "id": f"feed/{each.number}",
                    "title": each.title,
                    "categories": [{"id": LABEL + each.folder, "label": each.folder}],
                    "url": each.feed,
                    "htmlUrl": each.page,
                    "iconUrl": "",
                    "sortid": f"{each.number:08X}",
                    "firstitemmsec": "0",
                }
                for each in reader().lists
            ]
        }
    )


@blueprint.get("/reader/api/0/tag/list")
def tags() -> Response:
    """Starred, and the folders."""
    labels = [{"id": LABEL + name, "sortid": f"{number:08X}", "type": "folder"} for name, number in reader().folders.items()]
    return _json({"tags": [{"id": STARRED, "sortid": "00000000"}, *labels]})


@blueprint.get("/reader/api/0/preference/list")
@blueprint.get("/reader/api/0/preference/stream/list")
def preferences() -> Response:
    """None are kept."""
    return _json({"prefs": [], "streamprefs": {}})


@blueprint.get("/reader/api/0/unread-count")
def unread_count() -> Response:
    """How much is unread: of each list and folder, and of all."""
    counts = reader().unread()
    rows = [(f"feed/{each.number}", *counts[each.number]) for each in reader().lists]
    for name in reader().folders:
        own = [counts[each.number] for each in reader().within(name)]
        rows.append((LABEL + name, sum(count for count, _ in own), max((at for _, at in own if at), default=None)))
    all_ = product().index.count(reader().plan(unread=True))
    rows.append((READING_LIST, all_, max((at for _, at in counts.values() if at), default=None)))
    told = [{"id": ident, "count": count, "newestItemTimestampUsec": str(micros(at)) if at else "0"} for ident, count, at in rows]
    return _json({"max": MOST, "unreadcounts": told})


@blueprint.get("/reader/api/0/stream/items/ids")
def item_ids() -> Response:
    """Ids of a stream's articles."""
    plan = _plan(request.args.get("s", READING_LIST))
    if plan is None:
        return _text("There is no such stream.", 404)
    ids, following = _page(plan, MOST_IDS)
    articles = {article.id: article for article in product().store.articles.many(ids)}
    refs = [{"id": str(i), "directStreamIds": [], "timestampUsec": str(micros(articles[i].at))} for i in ids if i in articles]
    return _json({"itemRefs": refs, **({"continuation": following} if following else {})})


@blueprint.route("/reader/api/0/stream/items/contents", methods=["GET", "POST"])
def item_contents() -> Response:
    """Articles by their ids."""
    ids = [ident for text in request.values.getlist("i") if (ident := item_id(text)) is not None]
    return _json(_stream(READING_LIST, product().store.articles.many(ids[:MOST_ITEMS]), None))


@blueprint.get("/reader/api/0/stream/contents")
@blueprint.get("/reader/api/0/stream/contents/<path:stream>")
def contents(stream: str = "") -> Response:
    """The articles of a stream."""
    name = unquote(stream) or request.args.get("s", READING_LIST)
    plan = _plan(name)
    if plan is None:
        return _text("There is no such stream.", 404)
    ids, following = _page(plan, MOST_ITEMS)
    return _json(_stream(name, product().store.articles.many(ids), following))


@blueprint.get("/reader/atom/<path:stream>")
def atom_stream(stream: str) -> Response:
    """The articles of a stream as Atom; what is read and starred stands in categories."""
    name = unquote(stream)
    plan = _plan(name)
    if plan is None:
        return _text("There is no such stream.", 404)
    ids, _ = _page(plan, MOST_ITEMS)
    articles = product().store.articles.many(ids)
    marks = reader().marks(articles)
    items = []
    for article in articles:
        states = [name for name, held in (("read", marks.read), ("starred", marks.starred)) if article.id in held]
        items.append(
            Item(
                id=_long(article.id),
                title=article.title,
                link=article.url,
                html=reader().html(article),
                published=article.at,
                updated=article.updated_at,
                outlet=outlet_of(article).name,
                language=article.language,
                categories=tuple(Category(NAMESPACE, f"{STATE}{state}", state) for state in states),
                sample=article.sample,
            )
        )
    base, updated = product().settings.base, max((item.updated for item in items), default=reader().now)
    channel = Channel(f"{FEED}{quote(name)}", name, f"{base}/", self_url(), "", updated)
    return Response(atom.render(channel, items), content_type=f"{atom.MEDIA_TYPE}; charset=utf-8")


@blueprint.post("/reader/api/0/edit-tag")
def edit_tag() -> Response:
    """Mark articles as read or starred, or take that back."""
    ids = [ident for text in request.form.getlist("i") if (ident := item_id(text)) is not None]
    added, taken = ({_canonical(tag) for tag in request.form.getlist(name)} for name in ("a", "r"))
    read = True if READ in added else False if READ in taken or KEPT_UNREAD in added else None
    starred = True if STARRED in added else False if STARRED in taken else None
    reader().mark(ids, read=read, starred=starred)
    return _text("OK")


@blueprint.post("/reader/api/0/mark-all-as-read")
def mark_all() -> Response:
    """Mark a stream as read, as far as it had come at ``ts`` (microseconds)."""
    found = _lists(_canonical(request.form.get("s", "")))
    if found is None:
        return _text("There is no such stream.", 404)
    reader().read_all(found or None, moment(request.form.get("ts", ""), 1_000_000))
    return _text("OK")


@blueprint.post("/reader/api/0/subscription/edit")
@blueprint.post("/reader/api/0/subscription/quickadd")
@blueprint.post("/reader/api/0/rename-tag")
@blueprint.post("/reader/api/0/disable-tag")
def refused() -> Response:
    """Lists and folders are not changed from here."""
    base = product().settings.base
    return _text(f"Lists are saved searches and outlets: save a search at {base}/searches, and it is here.", 403)


# --- streams ----------------------------------------------------------------------------------------------------------


def _canonical(stream: str) -> str:
    """The stream's name with ``-`` for whatever user it names."""
    parts = stream.split("/", 2)
    return f"user/-/{parts[2]}" if len(parts) == 3 and parts[0] == "user" else stream


def _lists(stream: str) -> Sequence[ReaderList] | None:
    """The lists of a stream, () for all; None where there is no such stream."""
    if stream == READING_LIST:
        return ()
    if stream.startswith(LABEL):
        return reader().within(stream.removeprefix(LABEL)) or None
    number = whole(stream.removeprefix("feed/")) if stream.startswith("feed/") else None
    found = None if number is None else reader().by_number(number)
    return [found] if found else None


def _plan(name: str) -> Plan | None:
    """What finds the articles of a stream, with the request's times and marks (``ot``, ``nt``, ``xt``, ``it``)."""
    stream = _canonical(name)
    excluded, included = ({_canonical(tag) for tag in request.values.getlist(key)} for key in ("xt", "it"))
    unread = True if READ in excluded or stream == KEPT_UNREAD else False if READ in included or stream == READ else None
    starred = True if STARRED in included or stream == STARRED else False if STARRED in excluded else None
    lists = () if stream in (STARRED, READ, KEPT_UNREAD) else _lists(stream)
    if lists is None:
        return None
    return reader().plan(lists or None, since=_seconds("ot"), until=_seconds("nt"), unread=unread, starred=starred)


def _seconds(key: str) -> datetime | None:
    at = moment(request.values.get(key, ""))
    return at if at and at.timestamp() else None


def _page(plan: Plan, most: int) -> tuple[list[int], str | None]:
    """A page of ids, and what continues it: how many came before."""
    wanted = whole(request.values.get("n", ""))
    limit = ITEMS if wanted is None else max(1, min(wanted, most))
    before = whole(request.values.get("c", ""), FARTHEST) or 0
    ids = reader().ids(plan, limit + 1, oldest=request.values.get("r") == "o", skip=before)
    return ids[:limit], str(before + limit) if len(ids) > limit else None


def _stream(name: str, articles: Sequence[Article], following: str | None) -> dict[str, Any]:
    marks = reader().marks(articles)
    items = [_item(article, article.id in marks.read, article.id in marks.starred) for article in articles]
    found = {"direction": "ltr", "id": name, "title": name, "updated": int(reader().now.timestamp()), "items": items}
    return found | ({"continuation": following} if following else {})


def _item(article: Article, read: bool, starred: bool) -> dict[str, Any]:
    own = reader().list_of(article.outlet_id)
    published = int(article.at.timestamp())
    states = [READING_LIST, *([READ] if read else []), *([STARRED] if starred else []), *([LABEL + own.folder] if own else [])]
    return {
        "id": _long(article.id),
        "crawlTimeMsec": str(int(article.first_seen_at.timestamp() * 1000)),
        "timestampUsec": str(micros(article.at)),
        "published": published,
        "updated": int(article.updated_at.timestamp()),
        "title": article.title,
        "author": ", ".join(article.authors),
        "categories": states,
        "canonical": [{"href": article.url}],
        "alternate": [{"href": article.url, "type": "text/html"}],
        "summary": {"direction": "ltr", "content": reader().html(article)},
        "origin": {"streamId": f"feed/{own.number}" if own else "", "title": outlet_of(article).name, "htmlUrl": own.page if own else ""},
    }


def _long(article_id: int) -> str:
    return f"{ITEM}{article_id:016x}"


def item_id(text: str) -> int | None:
    """An article's id from either form that programs send: the long one ends in 16 hexadecimal digits, the short one is a number."""
    digits = text.removeprefix(ITEM)
    try:
        number = int(digits, 16) if digits != text or (len(digits) == 16 and not digits.isdecimal()) else int(digits)
    except ValueError:
        return None
    return number if 0 < number < 1 << 63 else None


def _json(value: Any) -> Response:
    return Response(orjson.dumps(value), content_type="application/json; charset=utf-8", headers={"Cache-Control": "no-store"})


def _text(text: str, status: int = 200) -> Response:
    return Response(text, status, content_type="text/plain; charset=utf-8", headers={"Cache-Control": "no-store"})
