"""Every list as a feed: /stream.rss, .atom and .json (JSON Feed), and as .csv and .geojson; so too a story, place, source,
outlet and saved search.

The items of a list are its stories, its articles with ``items=articles``, or the claims of its stories with ``items=claims``; those of a
story are its articles, or its claims. Days that are over are archive documents (``archive=2026-03-04``). Ids are tag URIs made
of the host of FRONTWIRE_BASE_URL, whatever host a request names.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as Redirect

from aggregator import readers
from aggregator.errors import UsageError
from aggregator.model import Article
from aggregator.numbers import whole
from aggregator.outputs import atom, csv, geojson, json_feed, rss
from aggregator.outputs.channel import Channel, Item, tag_id, uri
from aggregator.query import AllOf, Articles, Everything, Plan
from web import archive
from web.answers import open_to_all
from web.archive import Archive
from web.cards import places_of
from web.claimitems import claims_of
from web.documents import document
from web.items import article_item, story_item
from web.pages.stream import place_of, read_query
from web.present import query_url
from web.product import cards, outlets, product
from web.searches import to_number
from web.tokens import PARAMETER, full_text_allowed
from web.topics import advertise, hub_url, is_topic

blueprint = Blueprint("feeds", __name__)
blueprint.after_request(open_to_all)

Render = Callable[[Channel, Sequence[Item]], bytes]
FORMATS: dict[str, tuple[str, Render]] = {
    "rss": (rss.MEDIA_TYPE, rss.render),
    "atom": (atom.MEDIA_TYPE, atom.render),
    "json": (json_feed.MEDIA_TYPE, json_feed.render),
    "csv": (csv.MEDIA_TYPE, lambda _channel, items: csv.render(items)),
    "geojson": (geojson.MEDIA_TYPE, lambda _channel, items: geojson.render(items)),
}
FORM = f"<any({','.join(FORMATS)}):form>"
ITEMS = 50  # of a feed, unless ``limit`` says otherwise
MOST = 200
CLAIMED = 15  # stories whose claims are listed, unless ``limit`` says otherwise
MOST_CLAIMED = 40
MOST_CHANGED = 50_000  # articles that ``since`` looks through
UNCHANGED = datetime(2026, 1, 1, tzinfo=UTC)  # of a feed without items


@dataclass(frozen=True, slots=True)
class Kind:
    """What a list is of: the name in its ids, its title, its page for people, and the query that it is."""

    kind: str
    ident: str
    title: str
    page: str
    within: str = ""


@blueprint.get(f"/stream.{FORM}")
def stream(form: str) -> Response:
    """Stories that match ``q``, newest first; all of them without."""
    return _answer(form, lambda: _listing(form, Kind("query", "", "", "/")))


@blueprint.get(f"/place/<place_id>.{FORM}")
def place(place_id: str, form: str) -> Response:
    """What happened at a place or within it."""
    found = place_of(place_id)
    return _answer(form, lambda: _listing(form, Kind("place", found.id, found.name, f"/place/{found.id}", f"place:{found.id}")))


@blueprint.get(f"/source/<source_id>.{FORM}")
def source(source_id: str, form: str) -> Response | Redirect:
    """Where a source is cited."""
    found = product().registry.get(source_id)
    if found.id != source_id:  # merged since: links never die
        return redirect(query_url(url_for("feeds.source", source_id=found.id, form=form), **request.args.to_dict()), 301)
    return _answer(form, lambda: _listing(form, Kind("source", found.id, found.name, f"/source/{found.id}", f"by:{found.id}")))


@blueprint.get(f"/outlet/<outlet_id>.{FORM}")
def outlet(outlet_id: str, form: str) -> Response:
    """What an outlet publishes."""
    found = product().store.feeds.outlet(outlet_id)
    return _answer(form, lambda: _listing(form, Kind("outlet", found.id, found.name, f"/outlet/{found.id}", f"outlet:{found.id}")))


@blueprint.get(f"/search/<ident>.{FORM}")
def search(ident: str, form: str) -> Response | Redirect:
    """What a saved search finds, by its number; its name leads there."""
    found = readers.one_of(product().store.searches, ident)
    if ident != str(found.id):
        return to_number(url_for("feeds.search", ident=found.id, form=form))
    kind = Kind("search", str(found.id), found.name, f"/search/{found.id}", found.query)
    return _answer(form, lambda: _listing(form, kind), found.changed_at)


@blueprint.get(f"/story/<int:story_id>.{FORM}")
def story(story_id: int, form: str) -> Response | Redirect:
    """The articles of a story, newest first."""
    app = product()
    found = app.store.stories.get(story_id)
    if found.id != story_id:  # merged since: links never die
        return redirect(url_for("feeds.story", story_id=found.id, form=form), 301)

    def make() -> bytes:
        base, wanted = app.settings.base, request.args.get("items", "articles")
        if wanted == "claims":
            items = claims_of(app, [found.id], Everything(), outlets(), base)
        elif wanted == "articles":
            items = _article_items(tuple(reversed(app.store.stories.articles(found.id)))[:MOST])
        else:
            raise UsageError(f"items={wanted!r} is not right: articles or claims.")
        channel = Channel(
            id=tag_id(base, "story-feed", found.id if wanted == "articles" else f"{found.id}/claims"),
            title=f"{found.title} · Frontwire",
            link=f"{base}/story/{found.id}",
            self_url=self_url(),
            description="Articles about one event, newest first." if wanted == "articles" else "Who says what about one event.",
            updated=_updated(items),
            language=_language(items),
            hub=_hub(form),
            sample=any(item.sample for item in items),
        )
        return FORMATS[form][1](channel, items)

    return _answer(form, make)


def _answer(form: str, make: Callable[[], bytes], changed: datetime | None = None) -> Response:
    whole = full_text_allowed(in_address=True)
    response = document(FORMATS[form][0], make, changed, whole=whole)
    return advertise(response, uri(self_url())) if is_topic(form, whole=whole) else response


def _hub(form: str) -> str | None:
    """The hub that the feed which is asked for names."""
    return hub_url() if is_topic(form, whole=full_text_allowed(in_address=True)) else None


def _listing(form: str, kind: Kind) -> bytes:
    app = product()
    base = app.settings.base
    query = read_query(kind.within)
    wanted, cursor, archived = request.args.get("items", "stories"), request.args.get("cursor"), request.args.get("archive")
    today = app.clock.now().astimezone(UTC).date()
    day = archive.day_of(archived, today) if archived else None
    plan = _changed(archive.within(query.plan, day) if day else query.plan)
    items, following = _items(wanted, plan, _limit(wanted, MOST if day else None), cursor)
    days = archive.around(app, query.plan, day) if day else Archive(None, None if cursor else archive.before(app, query.plan, today), None)
    typed = read_query().text
    told = f"{kind.title}: {typed}" if kind.title and typed else kind.title or typed or f"All {wanted}"
    channel = Channel(
        id=tag_id(base, f"{kind.kind}-feed", "/".join(part for part in (kind.ident, typed, wanted if wanted != "stories" else "") if part)),
        title=f"{told} · Frontwire",
        link=base + query_url(kind.page, q=typed),
        self_url=self_url(),
        description=f"{wanted.capitalize()} {'that match: ' + query.text if query.text else 'as they come'}.",
        updated=_updated(items),
        language=_language(items),
        hub=_hub(form),
        next_url=_address(cursor=following) if following else None,
        sample=any(item.sample for item in items),
        archived=day is not None,
        current_url=_address(archive=None, cursor=None) if day else None,
        earlier_url=_address(archive=days.earlier.isoformat(), cursor=None) if days.earlier else None,
        later_url=_address(archive=days.later.isoformat(), cursor=None) if days.later else None,
    )
    return FORMATS[form][1](channel, items)


def _changed(plan: Plan) -> Plan:
    """The plan for articles that came, were edited, or went into another story or copy group at ``since`` or later. Raises UsageError for a
    time that is none, or too long ago to tell."""
    text = request.args.get("since")
    if not text:
        return plan
    try:
        since = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"since={text!r} is not right: a time such as 2026-03-04T10:00Z, or a day.") from error
    ids = product().store.changes.changed(since.replace(tzinfo=since.tzinfo or UTC), MOST_CHANGED)
    if ids is None:
        raise UsageError(f"since={text}: more than {MOST_CHANGED:,} articles have changed since then. Take the archives or an export.")
    return replace(plan, match=AllOf((plan.match, Articles(ids))))


def _items(wanted: str, plan: Plan, limit: int, cursor: str | None) -> tuple[list[Item], str | None]:
    """A page of items, and the cursor of the next. Raises UsageError for items that there are not."""
    app = product()
    base = app.settings.base
    if wanted == "articles":
        hits = app.index.articles(plan, limit, cursor)
        return _article_items(app.store.articles.many(hits.article_ids)), hits.next_after
    if wanted not in ("stories", "claims"):
        raise UsageError(f"items={wanted!r} is not right: stories, articles or claims.")
    found = app.index.stories(plan, limit, cursor)
    if wanted == "claims":
        return claims_of(app, found.story_ids, plan.match, outlets(), base), found.next_after
    return [story_item(card, base, app.registry) for card in cards(found.story_ids)], found.next_after


def _address(**changed: str | None) -> str:
    """The address that was asked for, with other parameters; None takes one away."""
    return product().settings.base + query_url(request.path, **(request.args.to_dict() | changed))


def _article_items(articles: Sequence[Article]) -> list[Item]:
    app = product()
    tags = app.store.articles.tags([found.id for found in articles])
    known, whole = outlets(), full_text_allowed(in_address=True)
    return [
        article_item(found, known[found.outlet_id], tags[found.id], places_of([found], tags), app.settings.base, app.registry, whole=whole)
        for found in articles
        if found.outlet_id in known and found.id in tags
    ]


def self_url() -> str:
    """The address that was asked for, query and all but a token, on the host that we are known by."""
    if PARAMETER in request.args:  # whoever passes the document on should not pass that on
        return product().settings.base + query_url(request.path, **{k: v for k, v in request.args.items() if k != PARAMETER})
    query = request.query_string.decode("utf-8", "replace")  # some programs send letters as they are
    return product().settings.base + request.path + (f"?{query}" if query else "")


def _updated(items: Sequence[Item]) -> datetime:
    return max((max(item.updated, item.published) for item in items), default=UNCHANGED)


def _language(items: Sequence[Item]) -> str | None:
    """The language of all items, if they have one in common."""
    found = {item.language for item in items}
    return found.pop() if len(found) == 1 else None


def _limit(wanted: str, usual: int | None) -> int:
    """``limit``: of items, for claims of stories whose claims are listed."""
    most, least = (MOST_CLAIMED, CLAIMED) if wanted == "claims" else (MOST, ITEMS)
    text = request.args.get("limit", str(min(usual or least, most)))
    limit = whole(text, most)
    if not limit:
        raise UsageError(f"limit={text[:50]!r} is not right: a number from 1 to {most}.")
    return limit
