"""Counts of articles, stories, origins or outlets over time: of one query, or of up to four side by side; the same as JSON and CSV."""

from dataclasses import dataclass
from datetime import datetime

import orjson
from flask import Blueprint, Response, render_template, request
from markupsafe import Markup

from aggregator import trends
from aggregator.errors import UsageError
from aggregator.numbers import whole
from aggregator.outputs import csv
from aggregator.trends import Frame, Of, Per, Span, Trend
from web.answers import open_to_all
from web.documents import document
from web.pages.stream import ORDERS
from web.present import iso, query_url
from web.product import names, product
from web.query import QueryView, view
from web.trendchart import NAMES, WIDE, chart, dates, label, told

blueprint = Blueprint("trends", __name__)
data = Blueprint("trend_data", __name__)
data.after_request(open_to_all)

MOST = 4  # queries beside each other
COLUMNS = {Of.ARTICLES: ("articles", "texts"), Of.STORIES: ("stories",), Of.ORIGINS: ("origins",), Of.OUTLETS: ("outlets",)}


@dataclass(frozen=True, slots=True)
class Shown:
    """A query and its counts, newest first in ``rows`` (name, number, texts of their own, whether it is over, address)."""

    query: QueryView
    chart: Markup | None
    told: str
    rows: tuple[tuple[str, int, int, bool, str], ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request asks for. ``of``: what is counted; ``number`` is that of the spans; None: the usual one."""

    queries: tuple[QueryView, ...]
    of: Of
    frame: Frame
    number: int | None
    now: datetime


@blueprint.get("/trends")
def page() -> str:
    """Up to four queries, one chart each, all of the same height and time unless ``scale`` is own."""
    asked = _asked()
    own_scale = request.args.get("scale") == "own"
    counted = _counted(asked)
    top = None if own_scale else max(span.number for trend in counted for span in trend.spans)
    found = [
        _shown(number, query, trend, asked.frame.per, top) for number, (query, trend) in enumerate(zip(asked.queries, counted, strict=True))
    ]
    parameters = {"count": request.args.get("count"), "per": request.args.get("per"), "n": request.args.get("n")}
    return render_template(
        "trends.html",
        trends=found,
        asked=asked,
        own_scale=own_scale,
        most=MOST,
        per=Per,
        what=Of,
        name=NAMES[asked.of][1],
        as_json=_address("/trends.json", asked.queries, parameters),
        as_csv=_address("/trends.csv", asked.queries, parameters),
    )


@data.get("/trends.json")
def as_json() -> Response:
    """The counts of each query, oldest span first."""
    return document("application/json", _json)


@data.get("/trends.csv")
def as_csv() -> Response:
    """One line a query and span."""
    return document(csv.MEDIA_TYPE, _csv)


def _json() -> bytes:
    asked = _asked()
    made = {
        "count": asked.of.value,
        "per": asked.frame.per.value,
        "queries": [
            {
                "query": query.text,
                "notes": query.notes,
                "total": trend.total,
                "spans": [
                    {"from": iso(span.start), "until": iso(span.end), **_figures(trend.of, span), "over": span.over} for span in trend.spans
                ],
            }
            for query, trend in zip(asked.queries, _counted(asked), strict=True)
        ],
    }
    return orjson.dumps(made)


def _csv() -> bytes:
    asked = _asked()
    rows = (
        (
            *(csv.harmless(query.text), iso(span.start), iso(span.end)),
            *(str(figure) for figure in _figures(trend.of, span).values()),
            "yes" if span.over else "no",
        )
        for query, trend in zip(asked.queries, _counted(asked), strict=True)
        for span in trend.spans
    )
    return csv.table(("query", "from", "until", *COLUMNS[asked.of], "over"), rows)


def _figures(of: Of, span: Span) -> dict[str, int]:
    """What is said of a span, by name."""
    return dict(zip(COLUMNS[of], (span.number, span.own), strict=False))


def _asked() -> Asked:
    """The queries of the request and the time they are counted over. Raises UsageError saying what would be right."""
    now = product().clock.now()
    typed = list(dict.fromkeys(text.strip() for text in request.args.getlist("q")))
    typed = [text for text in typed if text] or [""]
    if len(typed) > MOST:
        raise UsageError(f"{len(typed)} queries cannot be compared: {MOST} are the most.")
    queries = tuple(view(text, {}, now, names(), ORDERS[0]) for text in typed)
    per, number = request.args.get("per") or None, request.args.get("n") or None
    of = request.args.get("count") or Of.ARTICLES
    if of not in set(Of):
        raise UsageError(f"count={of!r} is not right: {', '.join(Of)}.")
    if per is not None and per not in set(Per):
        raise UsageError(f"per={per!r} is not right: {', '.join(Per)}.")
    spans = whole(number, trends.MOST) if number else None
    if number and not spans:
        raise UsageError(f"n={number[:50]!r} is not right: a number of spans from 1 to {trends.MOST}.")
    frame = trends.fitting([query.plan for query in queries], now, Per(per) if per else None, spans)
    return Asked(queries, Of(of), frame, spans, now)


def _counted(asked: Asked) -> list[Trend]:
    return [trends.trend(product().index, query.plan, asked.frame, asked.now, asked.of) for query in asked.queries]


def _shown(number: int, query: QueryView, trend: Trend, per: Per, top: int | None) -> Shown:
    def link(span: Span) -> str:
        return query_url("/", q=query.only("on", dates(span, per)))

    title = f"{NAMES[trend.of][1].capitalize()} by {per}: {query.text or 'all'}"
    return Shown(
        query=query,
        chart=chart(f"trend-{number}", title, trend, per, WIDE, link, top) if trend.total else None,
        told=told(trend, per),
        rows=tuple((label(span, per), span.number, span.own, span.over, link(span)) for span in reversed(trend.spans)),
    )


def _address(path: str, queries: tuple[QueryView, ...], parameters: dict[str, str | None]) -> str:
    """The address of the same counts in another form."""
    tail = query_url("", **parameters).lstrip("?")
    parts = [query_url("", q=query.text).lstrip("?") for query in queries if query.text]
    joined = "&".join(filter(None, (*parts, tail)))
    return f"{path}?{joined}" if joined else path
