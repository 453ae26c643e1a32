"""The stream: stories with a matching article, newest first, with filters and counts; and the same for one place, source or outlet."""

from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from aggregator.model import Outlet
from aggregator.ports import FacetValue
from web.cards import StoryCard, story_cards
from web.present import language_name, query_url
from web.product import names, product
from web.query import QueryView, view

blueprint = Blueprint("pages", __name__)

PAGE = 30
FACETS = (("place", "place", "Where"), ("source", "by", "Who is cited"), ("outlet", "outlet", "Outlet"), ("lang", "lang", "Language"))
FACET_VALUES = 8
ORDERS = ("newest", "relevance")


@dataclass(frozen=True, slots=True)
class FacetRow:
    """A value to filter by: its label, how many articles have it, the query with (or, where it is in force, without) it."""

    label: str
    count: int
    query: str
    on: bool


@dataclass(frozen=True, slots=True)
class StreamPage:
    """A page of the stream."""

    query: QueryView
    cards: tuple[StoryCard, ...]
    facets: tuple[tuple[str, tuple[FacetRow, ...]], ...]
    next_after: str | None
    articles: int


def stream_page(query: QueryView, after: str | None, *, with_facets: bool = True) -> StreamPage:
    """Search, and read what the page shows."""
    app = product()
    hits = app.index.stories(query.plan, PAGE, after)
    counts = app.index.facets(query.plan, [name for name, _, _ in FACETS], FACET_VALUES + 1) if with_facets else {}
    facets = tuple((title, rows) for name, field, title in FACETS if (rows := _rows(query, field, counts.get(name, ()))) and with_facets)
    return StreamPage(query, story_cards(app, hits.story_ids), facets, hits.next_after, app.index.count(query.plan))


def read_query(extra: str = "") -> QueryView:
    """The query of the request: the search box and the form's fields, within ``extra``."""
    typed = request.args.get("q", "")
    order = request.args.get("order", "newest")
    text = f"{extra} {typed}".strip()
    return view(text, request.args, product().clock.now(), names(), order if order in ORDERS else "newest")


@blueprint.get("/")
@blueprint.get("/stream")
def stream() -> str | Response:
    """The front page. A form's fields become part of the query, and the address says so."""
    query = read_query()
    if any(request.args.get(field, "").strip() for field in ("place", "outlet", "by", "lang", "after", "before")) or request.path != "/":
        return redirect(query_url(url_for("pages.stream"), q=query.text, after_row=request.args.get("after_row")))
    page = stream_page(query, request.args.get("after_row"))
    totals = product().store.totals()
    return render_template("stream.html", page=page, totals=totals, sample=totals.sample_articles > 0, more=_more(page), outlets=_outlets())


def _more(page: StreamPage) -> str | None:
    return (
        query_url(request.path, q=request.args.get("q"), order=request.args.get("order"), after_row=page.next_after)
        if page.next_after
        else None
    )


def _rows(query: QueryView, field: str, values: tuple[FacetValue, ...]) -> tuple[FacetRow, ...]:
    resolver = names()
    rows = []
    for found in values[:FACET_VALUES]:
        on = query.has(field, found.value)
        label = language_name(found.value) if field == "lang" else resolver.label(field, found.value)
        rows.append(FacetRow(label, found.count, query.minus(field, found.value) if on else query.plus(field, found.value), on))
    return tuple(rows)


def _outlets() -> tuple[Outlet, ...]:
    return product().store.feeds.outlets()


@blueprint.get("/healthz")
def healthz() -> tuple[dict[str, str], int]:
    """Whether the web server reaches its database; for supervisors and load balancers."""
    product().store.check()
    return {"status": "ok"}, 200
