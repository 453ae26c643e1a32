"""How many articles, stories, independent origins or outlets a query finds in each hour, day or week, in UTC."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from aggregator.query import AllOf, Everything, Facet, Node, Plan, SearchIndex

MOST = 400  # spans of a trend
COPY = Facet("is", "copy")


class Per(StrEnum):
    """A span that is counted over. A week begins on Monday (ISO 8601)."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"

    @property
    def length(self) -> timedelta:
        return _LENGTHS[self]

    @property
    def usual(self) -> int:
        """How many of them are shown unless somebody asks for more or fewer."""
        return _USUAL[self]


_LENGTHS = {Per.HOUR: timedelta(hours=1), Per.DAY: timedelta(days=1), Per.WEEK: timedelta(weeks=1)}
_LONGEST = {Per.HOUR: timedelta(days=3), Per.DAY: timedelta(days=100)}  # times that are shown in such spans
_USUAL = {Per.HOUR: 48, Per.DAY: 30, Per.WEEK: 26}


class Of(StrEnum):
    """What is counted. A story, origin or outlet counts in each span in which an article of it matches, once."""

    ARTICLES = "articles"
    STORIES = "stories"
    ORIGINS = "origins"
    OUTLETS = "outlets"


_COUNTED = {Of.STORIES: "story", Of.ORIGINS: "origin", Of.OUTLETS: "outlet"}  # as the index calls them


@dataclass(frozen=True, slots=True)
class Span:
    """``start`` is included, ``end`` is not. ``number`` of what is counted; ``own``: where that is articles, those that are no copies of
    another, else all. ``over``: False while more can come in."""

    start: datetime
    end: datetime
    number: int
    own: int
    over: bool


@dataclass(frozen=True, slots=True)
class Trend:
    """The spans, oldest first. ``total``: how many different ones there are in all of them."""

    of: Of
    spans: tuple[Span, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Frame:
    """What is counted over: ``edges`` part the spans, ascending, one more than there are spans."""

    per: Per
    edges: tuple[datetime, ...]


def begin(at: datetime, per: Per) -> datetime:
    """When the span begins that an hour is in."""
    hour = at.replace(minute=0, second=0, microsecond=0)
    if per is Per.HOUR:
        return hour
    day = hour.replace(hour=0)
    return day if per is Per.DAY else day - timedelta(days=day.weekday())


def latest(per: Per, number: int, at: datetime) -> Frame:
    """The last ``number`` spans up to the one that an hour is in; 1 to MOST of them."""
    number = min(max(number, 1), MOST)
    first = begin(at, per) - (number - 1) * per.length
    return Frame(per, tuple(first + n * per.length for n in range(number + 1)))


def fitting(plans: Sequence[Plan], now: datetime, per: Per | None = None, number: int | None = None) -> Frame:
    """A frame for plans that are shown together: the time that they name, if each names one, else what comes before its end; in spans of
    which there are neither very few nor very many. ``per`` and ``number`` of spans are kept where they are given."""
    end = min(max((plan.until or now for plan in plans), default=now), now)
    last = end if end == now else end - timedelta(microseconds=1)
    starts = [plan.since for plan in plans if plan.since]
    start = min(starts) if starts and len(starts) == len(plans) and min(starts) < end else None
    if start is None or number is not None:
        return latest(per or Per.DAY, number or (per or Per.DAY).usual, last)
    per = per or next((per for per, longest in _LONGEST.items() if end - start <= longest), Per.WEEK)
    return latest(per, (begin(last, per) - begin(start, per)) // per.length + 1, last)


def trend(index: SearchIndex, plan: Plan, frame: Frame, now: datetime, of: Of = Of.ARTICLES) -> Trend:
    """The counts of a plan within a frame."""
    if of is Of.ARTICLES:
        found = index.histogram(plan, frame.edges)
        copies = index.histogram(replace(plan, match=_both(plan.match, COPY)), frame.edges) if any(found) else found
        own, total = [number - copied for number, copied in zip(found, copies, strict=True)], sum(found)
    else:
        found, total = index.distinct(plan, frame.edges, _COUNTED[of])
        own = list(found)
    spans = zip(frame.edges, frame.edges[1:], found, own, strict=False)
    return Trend(of, tuple(Span(start, end, number, texts, end <= now) for start, end, number, texts in spans), total)


def of_last_day(index: SearchIndex, plan: Plan, now: datetime) -> int:
    """Matching articles of the last 24 hours."""
    day_ago = now - timedelta(days=1)
    return index.count(replace(plan, since=max(day_ago, plan.since) if plan.since else day_ago))


def _both(match: Node, condition: Node) -> Node:
    return condition if isinstance(match, Everything) else AllOf((match, condition))
