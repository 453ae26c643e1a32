"""The stream: stories with a matching article, newest first, with filters and counts; and the same for one place, source or outlet."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from aggregator.errors import NotFoundError
from aggregator.model import Place
from aggregator.query import FacetValue
from web.cards import StoryCard
from web.overview import Overview, overview
from web.pages.marks import marks_of_visitor
from web.present import language_name, query_url, words
from web.product import cards, names, outlets, product
from web.query import FORM_FIELDS, QueryView, bracketed, view
from web.searches import saving

blueprint = Blueprint("pages", __name__)

PAGE = 30
FACETS = (("place", "place", "Where"), ("source", "by", "Who is cited"), ("outlet", "outlet", "Outlet"), ("lang", "lang", "Language"))
COUNTED = ("is", *(name for name, _, _ in FACETS))
FACET_VALUES = 8
FACET_LIMIT = 200  # values that are counted, so that outlets and languages of the view can be told
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
    """A page of the stream. ``order`` is set only where it is not by time."""

    query: QueryView
    cards: tuple[StoryCard, ...]
    facets: tuple[tuple[str, tuple[FacetRow, ...]], ...]
    next_after: str | None
    articles: int
    order: str | None
    overview: Overview | None


def stream_page(query: QueryView, *, with_facets: bool = True) -> StreamPage:
    """Search, and read what the page shows. Raises NotFound for a page beyond the last one, UsageError for a cursor that is none."""
    app = product()
    after = request.args.get("after_row")
    hits = app.index.stories(query.plan, PAGE, after)
    if after and not hits.story_ids:
        abort(404, "There is no such page: no story is older than that.")
    articles = app.index.count(query.plan)
    facets: tuple[tuple[str, tuple[FacetRow, ...]], ...] = ()
    beside = None
    if with_facets:
        counts = app.index.facets(query.plan, COUNTED, FACET_LIMIT)
        facets = facet_rows(query, counts)
        beside = overview(app, query, counts, articles, app.clock.now()) if articles else None
    order = query.plan.order if query.plan.order != "newest" else None
    return StreamPage(query, cards(hits.story_ids), facets, hits.next_after, articles, order, beside)


def facet_rows(query: QueryView, counts: Mapping[str, tuple[FacetValue, ...]]) -> tuple[tuple[str, tuple[FacetRow, ...]], ...]:
    """The filters beside a list, by heading; ``counts`` has the facets COUNTED."""
    labels = _labels(counts)
    return tuple((title, rows) for name, field, title in FACETS if (rows := _rows(query, field, counts[name], labels)))


def read_query(extra: str = "") -> QueryView:
    """The query of the request: the search box and the form's fields, within ``extra``, which may be any query."""
    typed = request.args.get("q", "")
    order = request.args.get("order", "newest")
    text = f"{bracketed(extra)} {typed}".strip()
    return view(text, request.args, product().clock.now(), names(), order if order in ORDERS else "newest", marks_of_visitor())


def place_of(place_id: str) -> Place:
    """The place with this id: one that some article names, or any of the gazetteer. Raises NotFoundError."""
    try:
        return product().store.articles.place(place_id)
    except NotFoundError:
        gazetteer = names().gazetteer
        if gazetteer is None:
            raise
        return gazetteer.get(place_id)


def more_of(page: StreamPage) -> str | None:
    """Address of the next page; None on the last one."""
    if page.next_after is None:
        return None
    return query_url(request.path, q=request.args.get("q"), order=page.order, after_row=page.next_after)


@blueprint.get("/stream")
def stream_address() -> Response:
    """The name under which the stream's feeds stand leads to the front page."""
    return redirect(query_url(url_for("pages.stream"), **request.args.to_dict()))


@blueprint.get("/")
def stream() -> str | Response:
    """The front page. A form's fields become part of the query, and the address says so."""
    query = read_query()
    if any(request.args.get(field, "").strip() for field in FORM_FIELDS):
        parameters = {name: request.args.get(name) for name in ("order", "after_row")}
        return redirect(query_url(url_for("pages.stream"), q=query.text, **parameters))
    page = stream_page(query)
    sample = any(card.story.sample for card in page.cards)
    totals = None if page.cards else product().store.totals()  # says which empty page it is
    return render_template(
        "stream.html",
        page=page,
        totals=totals,
        sample=sample,
        more=more_of(page),
        outlets=outlets().values(),
        saving=saving(query) if query.text else None,
    )


def _labels(counts: Mapping[str, tuple[FacetValue, ...]]) -> Mapping[str, str]:
    """What to call the values that are shown: read at once, however many."""
    app = product()
    shown = {name: [value.value for value in values[:FACET_VALUES]] for name, values in counts.items()}
    labels = {ident: place.name for ident, place in app.store.articles.places(shown["place"]).items()}
    labels |= {ident: app.registry.by_id[ident].name for ident in shown["source"] if ident in app.registry.by_id}
    labels |= {ident: outlets()[ident].name for ident in shown["outlet"] if ident in outlets()}
    labels |= {code: language_name(code) for code in shown["lang"]}
    resolver = names()
    return labels | {ident: resolver.label("place", ident) for ident in shown["place"] if ident not in labels}


def _rows(query: QueryView, field: str, values: tuple[FacetValue, ...], labels: Mapping[str, str]) -> tuple[FacetRow, ...]:
    rows = []
    for found in values[:FACET_VALUES]:
        on = query.has(field, found.value)
        text = query.minus(field, found.value) if on else query.plus(field, found.value)
        rows.append(FacetRow(labels.get(found.value, words(found.value)), found.count, text, on))
    return tuple(rows)


@blueprint.get("/healthz")
def healthz() -> tuple[dict[str, str], int]:
    """Whether the web server reaches its database; for supervisors and load balancers."""
    product().store.check()
    return {"status": "ok"}, 200
