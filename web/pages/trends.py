"""Counts over time: of one query, or of up to four beside each other; the same as JSON and CSV."""

from dataclasses import dataclass
from datetime import datetime

import orjson
from flask import Blueprint, Response, render_template, request
from markupsafe import Markup

from aggregator import trends
from aggregator.errors import UsageError
from aggregator.outputs import csv
from aggregator.trends import Frame, Per, Span
from web.answers import open_to_all
from web.documents import document
from web.pages.stream import ORDERS
from web.present import iso, query_url
from web.product import names, product
from web.query import QueryView, view
from web.trendchart import WIDE, chart, dates, label, told

blueprint = Blueprint("trends", __name__)
data = Blueprint("trend_data", __name__)
data.after_request(open_to_all)

MOST = 4  # queries beside each other
HEAD = ("query", "from", "until", "articles", "texts", "over")


@dataclass(frozen=True, slots=True)
class Trend:
    """A query and its counts, newest first in ``rows`` (name, articles, texts, whether it is over, address)."""

    query: QueryView
    spans: tuple[Span, ...]
    chart: Markup | None
    told: str
    rows: tuple[tuple[str, int, int, bool, str], ...]

    @property
    def articles(self) -> int:
        return sum(span.articles for span in self.spans)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request asks for. ``number`` is that of the spans; None: the usual one."""

    queries: tuple[QueryView, ...]
    frame: Frame
    number: int | None
    now: datetime


@blueprint.get("/trends")
def page() -> str:
    """Up to four queries, one chart each, all of the same height and time unless ``scale`` is own."""
    asked = _asked()
    own_scale = request.args.get("scale") == "own"
    counted = _counted(asked)
    top = None if own_scale else max(span.articles for spans in counted for span in spans)
    found = [
        _trend(number, query, spans, asked.frame.per, top) for number, (query, spans) in enumerate(zip(asked.queries, counted, strict=True))
    ]
    parameters = {"per": request.args.get("per"), "n": request.args.get("n")}
    return render_template(
        "trends.html",
        trends=found,
        asked=asked,
        own_scale=own_scale,
        most=MOST,
        per=Per,
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
        "per": asked.frame.per.value,
        "queries": [
            {
                "query": query.text,
                "notes": query.notes,
                "spans": [
                    {"from": iso(span.start), "until": iso(span.end), "articles": span.articles, "texts": span.texts, "over": span.over}
                    for span in spans
                ],
            }
            for query, spans in zip(asked.queries, _counted(asked), strict=True)
        ],
    }
    return orjson.dumps(made)


def _csv() -> bytes:
    asked = _asked()
    rows = (
        (csv.harmless(query.text), iso(span.start), iso(span.end), str(span.articles), str(span.texts), "yes" if span.over else "no")
        for query, spans in zip(asked.queries, _counted(asked), strict=True)
        for span in spans
    )
    return csv.table(HEAD, rows)


def _asked() -> Asked:
    """The queries of the request and the time they are counted over. Raises UsageError saying what would be right."""
    now = product().clock.now()
    typed = list(dict.fromkeys(text.strip() for text in request.args.getlist("q")))
    typed = [text for text in typed if text] or [""]
    if len(typed) > MOST:
        raise UsageError(f"{len(typed)} queries cannot be compared: {MOST} are the most.")
    queries = tuple(view(text, {}, now, names(), ORDERS[0]) for text in typed)
    per, number = request.args.get("per") or None, request.args.get("n") or None
    if per is not None and per not in set(Per):
        raise UsageError(f"per={per!r} is not right: {', '.join(Per)}.")
    if number is not None and not (number.isascii() and number.isdecimal() and 1 <= int(number) <= trends.MOST):
        raise UsageError(f"n={number!r} is not right: a number of spans from 1 to {trends.MOST}.")
    spans = int(number) if number else None
    frame = trends.fitting([query.plan for query in queries], now, Per(per) if per else None, spans)
    return Asked(queries, frame, spans, now)


def _counted(asked: Asked) -> list[tuple[Span, ...]]:
    return [trends.trend(product().index, query.plan, asked.frame, asked.now) for query in asked.queries]


def _trend(number: int, query: QueryView, spans: tuple[Span, ...], per: Per, top: int | None) -> Trend:
    def link(span: Span) -> str:
        return query_url("/", q=query.only("on", dates(span, per)))

    title = f"Articles by {per}: {query.text or 'all'}"
    return Trend(
        query=query,
        spans=spans,
        chart=chart(f"trend-{number}", title, spans, per, WIDE, link, top) if any(span.articles for span in spans) else None,
        told=told(spans, per),
        rows=tuple((label(span, per), span.articles, span.texts, span.over, link(span)) for span in reversed(spans)),
    )


def _address(path: str, queries: tuple[QueryView, ...], parameters: dict[str, str | None]) -> str:
    """The address of the same counts in another form."""
    tail = query_url("", **parameters).lstrip("?")
    parts = [query_url("", q=query.text).lstrip("?") for query in queries if query.text]
    joined = "&".join(filter(None, (*parts, tail)))
    return f"{path}?{joined}" if joined else path
