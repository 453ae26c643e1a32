"""What stands beside the stream: how many articles came lately, or in the time that the query names; and what is on this view."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from aggregator import trends
from aggregator.app import App
from aggregator.query import FacetValue
from aggregator.trends import Per, Span
from web.present import query_url
from web.query import QueryView
from web.trendchart import SMALL, chart, dates, label

HOURS = 24
DAYS = 14  # where nothing came within HOURS


@dataclass(frozen=True, slots=True)
class Bars:
    """A chart, what it shows as ``rows`` (a name, articles, texts, address), and where there is more of it."""

    heading: str
    chart: Markup
    rows: tuple[tuple[str, int, int, str], ...]
    more: str


@dataclass(frozen=True, slots=True)
class Overview:
    """A chart, and the view in figures."""

    bars: Bars | None
    articles: int
    texts: int
    outlets: int
    languages: int


def overview(app: App, query: QueryView, counts: Mapping[str, Sequence[FacetValue]], articles: int, now: datetime) -> Overview:
    """The view of a query. ``counts`` has the facets outlet, lang and is."""
    states = {value.value: value.count for value in counts.get("is", ())}
    return Overview(
        bars=_bars(app, query, now),
        articles=articles,
        texts=articles - states.get("copy", 0),
        outlets=len(counts.get("outlet", ())),
        languages=len(counts.get("lang", ())),
    )


def _bars(app: App, query: QueryView, now: datetime) -> Bars | None:
    """The time that the query names; else the last hours, or days where nothing came in these."""
    if query.plan.since or query.plan.until:
        frame = trends.fitting([query.plan], now)
        found = trends.trend(app.index, query.plan, frame, now)
        heading = f"Articles {'by ' if frame.per is not Per.DAY else 'a '}{frame.per}"
    else:
        frame = trends.latest(Per.HOUR, HOURS, now)
        found, heading = trends.trend(app.index, query.plan, frame, now), "Last 24 hours"
        if not found.total:
            frame = trends.latest(Per.DAY, DAYS, now)
            found, heading = trends.trend(app.index, query.plan, frame, now), "Last 14 days"
    if not found.total:
        return None

    def link(span: Span) -> str:
        return query_url("/", q=query.only("on", dates(span, frame.per)))

    return Bars(
        heading=heading,
        chart=chart("recent", heading, found, frame.per, SMALL, link),
        rows=tuple((label(span, frame.per), span.number, span.own, link(span)) for span in reversed(found.spans) if span.number),
        more=query_url("/trends", q=query.text),
    )
