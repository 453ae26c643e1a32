"""Counts over time: which spans are counted, and what is counted in them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.query import Everything, Facet, IndexDocument, Plan, SearchIndex, Word
from aggregator.storage.index import open_index
from aggregator.trends import MOST, Frame, Of, Per, Span, Trend, begin, fitting, latest, of_last_day, trend

NOW = datetime(2026, 3, 4, 14, 30, tzinfo=UTC)  # a Wednesday


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def document(number: int, when: datetime, copy: bool = False) -> IndexDocument:
    position = (int(when.timestamp()) << 20) + number
    facets = {"is": ("copy",)} if copy else {}
    facets = {**facets, "outlet": ("courier" if number % 2 else "radio",)}
    return IndexDocument(number, position, number // 4 + 1, f"Report {number}", "drones over the harbour", "en", facets)


@pytest.fixture
def index() -> Iterator[SearchIndex]:
    """Twelve articles, one every two hours up to now, every third a copy."""
    opened = open_index("sqlite://")
    opened.put(document(number, NOW - timedelta(hours=2 * number), number % 3 == 0) for number in range(12))
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("per", "when", "begins"),
    [
        (Per.HOUR, "2026-03-04T14:30:59", "2026-03-04T14:00"),
        (Per.DAY, "2026-03-04T14:30", "2026-03-04T00:00"),
        (Per.WEEK, "2026-03-04T14:30", "2026-03-02T00:00"),
        (Per.WEEK, "2026-03-02T00:00", "2026-03-02T00:00"),
        (Per.WEEK, "2026-03-01T23:59", "2026-02-23T00:00"),
    ],
)
def test_when_a_span_begins(per: Per, when: str, begins: str) -> None:
    assert begin(at(when), per) == at(begins)


@pytest.mark.parametrize(
    ("plans", "per", "number", "first", "last", "spans"),
    [
        ([Plan()], None, None, "2026-02-03", "2026-03-05", 30),
        ([Plan(since=at("2026-03-01"))], None, None, "2026-03-01", "2026-03-05", 4),
        ([Plan(since=at("2026-03-02T12:00"))], None, None, "2026-03-02T12:00", "2026-03-04T15:00", 51),
        ([Plan(since=at("2025-03-01"))], None, None, "2025-02-24", "2026-03-09", 54),
        ([Plan(since=at("2026-03-01"), until=at("2026-03-03"))], Per.DAY, None, "2026-03-01", "2026-03-03", 2),
        ([Plan(until=at("2026-02-01"))], None, None, "2026-01-02", "2026-02-01", 30),
        ([Plan(since=at("2026-03-01")), Plan()], None, None, "2026-02-03", "2026-03-05", 30),  # one of them has no beginning
        ([Plan(since=at("2026-03-01")), Plan(since=at("2026-02-25"))], Per.DAY, None, "2026-02-25", "2026-03-05", 8),
        ([Plan(since=at("2027-01-01"))], None, None, "2026-02-03", "2026-03-05", 30),  # the future
        ([Plan(since=at("2026-03-01"), until=at("2026-02-01"))], None, None, "2026-01-02", "2026-02-01", 30),  # no time at all
        ([Plan(since=at("2026-03-01"))], Per.WEEK, 3, "2026-02-16", "2026-03-09", 3),
        ([Plan()], Per.HOUR, None, "2026-03-02T15:00", "2026-03-04T15:00", 48),
        ([Plan(since=at("1950-01-01"))], None, None, None, "2026-03-09", MOST),
        ([], None, None, "2026-02-03", "2026-03-05", 30),
    ],
)
def test_a_frame_that_fits(plans: list[Plan], per: Per | None, number: int | None, first: str | None, last: str, spans: int) -> None:
    frame = fitting(plans, NOW, per, number)
    assert (len(frame.edges) - 1, frame.edges[-1]) == (spans, at(last))
    assert first is None or frame.edges[0] == at(first)


@given(
    st.sampled_from(Per),
    st.integers(-5, 1000),
    st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001  # hypothesis wants them naive
)
def test_spans_join_and_the_last_holds_the_hour(per: Per, number: int, when: datetime) -> None:
    edges = latest(per, number, when).edges
    assert all(end - start == per.length for start, end in zip(edges, edges[1:], strict=False))
    assert edges[-2] <= when < edges[-1] and 2 <= len(edges) <= MOST + 1
    assert edges[0] == begin(edges[0], per)


def test_articles_and_texts_are_counted_and_today_is_not_over(index: SearchIndex) -> None:
    days = latest(Per.DAY, 2, NOW)
    first, last = trend(index, Plan(), days, NOW).spans
    assert first == Span(at("2026-03-03"), at("2026-03-04"), 4, 3, True)
    assert last == Span(at("2026-03-04"), at("2026-03-05"), 8, 5, False)
    none = tuple(Span(s.start, s.end, 0, 0, s.over) for s in (first, last))
    assert trend(index, Plan(Word("nothing")), days, NOW) == Trend(Of.ARTICLES, none, 0)
    within = trend(index, Plan(Word("drone"), since=NOW - timedelta(hours=3), until=NOW), days, NOW)  # its own dates hold
    assert [span.number for span in within.spans] == [0, 1] and within.total == 1
    assert of_last_day(index, Plan(), NOW) == 12 and of_last_day(index, Plan(until=NOW - timedelta(hours=20)), NOW) == 1


def test_copies_of_a_narrow_query_are_those_of_the_query(index: SearchIndex) -> None:
    frame = Frame(Per.DAY, (at("2026-03-03"), at("2026-03-05")))
    (only,) = trend(index, Plan(Facet("is", "copy")), frame, NOW).spans
    assert (only.number, only.own) == (4, 0)
    assert trend(index, Plan(Everything()), frame, NOW).spans[0].own == 8


@pytest.mark.parametrize(
    ("of", "plan", "numbers", "total"),
    [
        (Of.STORIES, Plan(), [1, 2], 3),  # articles 8 to 11 and 0 to 7, four a story
        (Of.STORIES, Plan(since=NOW - timedelta(hours=17)), [1, 2], 3),
        (Of.STORIES, Plan(Facet("is", "copy"), since=NOW - timedelta(hours=17)), [0, 2], 2),
        (Of.OUTLETS, Plan(), [2, 2], 2),
        (Of.OUTLETS, Plan(Facet("outlet", "radio")), [1, 1], 1),
        (Of.OUTLETS, Plan(Word("nothing")), [0, 0], 0),
        (Of.STORIES, Plan(Word("nothing")), [0, 0], 0),
    ],
)
def test_stories_and_outlets_count_once_a_span(index: SearchIndex, of: Of, plan: Plan, numbers: list[int], total: int) -> None:
    found = trend(index, plan, latest(Per.DAY, 2, NOW), NOW, of)
    assert [span.number for span in found.spans] == [span.own for span in found.spans] == numbers and found.total == total


def test_a_story_of_two_days_counts_on_both(index: SearchIndex) -> None:
    hours = trend(index, Plan(), latest(Per.HOUR, 48, NOW), NOW, Of.STORIES)
    assert sum(span.number for span in hours.spans) == 12 and hours.total == 3
    index.put([document(40, at("2026-03-03T20:00"))])
    index.put([IndexDocument(41, (int(at("2026-03-04T20:00").timestamp()) << 20) + 41, 11, "Report", "drones", "en")])
    both = trend(index, Plan(Facet("story", "11")), latest(Per.DAY, 2, NOW), NOW, Of.STORIES)
    assert [span.number for span in both.spans] == [1, 1] and both.total == 1
