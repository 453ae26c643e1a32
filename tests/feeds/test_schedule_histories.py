"""Random histories of polls: what holds for every feed after every poll, whatever its server does."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from aggregator.errors import FeedError, FrontwireError, HttpError, NetworkError
from aggregator.feeds import schedule
from aggregator.model import Feed, FeedState, ParsedFeed, Response

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
URL = "http://press.example/feed"
Step = Callable[[Feed, datetime, float], Feed]


@dataclass
class History:
    """A feed over its polls; each begins when the one before said that it is due."""

    feed: Feed
    now: datetime = START

    def poll(self, step: Step, jitter: float) -> Feed:
        self.feed = step(self.feed, self.now, jitter)
        return self.feed

    def wait(self) -> timedelta | None:
        return self.feed.next_poll_at - self.now if self.feed.next_poll_at else None


ages = st.lists(st.integers(0, 5 * 365 * 86_400), max_size=25)
headers = st.fixed_dictionaries(
    {},
    optional={
        "cache-control": st.one_of(st.integers(0, 10**10).map(lambda n: f"max-age={n}"), st.just("no-cache"), st.text(max_size=20)),
        "expires": st.sampled_from(["0", "-1", "Sun, 01 Mar 2026 12:40:00 GMT", "Thu, 31 Dec 2099 00:00:00 GMT", "never", ""]),
        "date": st.sampled_from(["Sun, 01 Mar 2026 12:00:00 GMT", "nonsense"]),
        "etag": st.text(max_size=20),
    },
)
redirects = st.lists(st.tuples(st.sampled_from([301, 302, 308]), st.sampled_from(["http://a.example/", "http://b.example/"])), max_size=2)


@st.composite
def answers(draw: st.DrawFn) -> Step:
    seconds, given_headers, hops, ttl = draw(ages), draw(headers), tuple(draw(redirects)), draw(st.none() | st.integers(0, 10**15))
    fresh = draw(st.booleans())

    def step(feed: Feed, now: datetime, jitter: float) -> Feed:
        times = [now - timedelta(seconds=age) for age in seconds]
        response = Response(URL, 200 if fresh else 304, given_headers, redirects=hops)
        if not fresh:
            return schedule.after_not_modified(feed, response, times, now, jitter)
        parsed = ParsedFeed("rss20", ttl_minutes=ttl)
        return schedule.after_success(feed, response, parsed, times, now, jitter, new=len(times), body_hash="aa", full=False)

    return step


@st.composite
def failures(draw: st.DrawFn) -> Step:
    retry = draw(st.none() | st.floats(0, 10**9))
    status = draw(st.sampled_from([404, 410, 429, 500, 503]))
    error: FrontwireError = draw(
        st.sampled_from(
            [
                HttpError("It answers with an error.", URL, status=status, retry_after_s=retry),
                NetworkError("It does not answer.", URL),
                FeedError("It is no feed.", URL),
            ]
        )
    )
    return lambda feed, now, jitter: schedule.after_error(feed, error, now, jitter)


polls = st.lists(st.tuples(st.one_of(answers(), failures()), st.floats(-0.1, 0.1)), min_size=1, max_size=12)
LEAST, MOST = schedule.MIN_INTERVAL * 0.9, schedule.MAX_RETRY_AFTER


@given(polls, st.none() | st.integers(0, 10**6))
def test_the_next_poll_is_always_later_and_within_the_bounds(steps: list[tuple[Step, float]], interval_s: int | None) -> None:
    history = History(Feed(1, URL, "Press", "press", interval_s=interval_s))
    for step, jitter in steps:
        feed = history.poll(step, jitter)
        assert feed.state_text.endswith(".")
        wait = history.wait()
        if wait is None:
            assert feed.state is FeedState.GONE
            return
        least = min(LEAST, schedule.LEAST_WAIT) if interval_s is not None else LEAST
        assert least <= wait <= max(MOST, timedelta(seconds=interval_s or 0) * 1.1)
        assert feed.moved_hits < schedule.MOVED_AFTER or feed.moved_to
        history.now += wait


@given(polls)
def test_a_paused_feed_is_never_planned(steps: list[tuple[Step, float]]) -> None:
    history = History(Feed(1, URL, "Press", "press", state=FeedState.PAUSED, state_text="Paused by an operator."))
    for step, jitter in steps:
        feed = history.poll(step, jitter)
        assert (feed.state, feed.next_poll_at) == (FeedState.PAUSED, None)
        assert feed.state_text == "Paused by an operator."
        history.now += timedelta(hours=1)


@given(st.lists(failures(), min_size=2, max_size=14), st.floats(-0.1, 0.1))
def test_the_back_off_never_gets_shorter_while_nothing_else_asks(steps: list[Step], jitter: float) -> None:
    history, last = History(Feed(1, URL, "Press", "press")), timedelta(0)
    for _ in steps:
        history.poll(lambda feed, now, jitter: schedule.after_error(feed, NetworkError("No.", URL), now, jitter), jitter)
        wait = history.wait()
        assert wait is not None and wait >= last
        last = wait
        history.now += wait


@given(polls, st.integers(1, 60))
def test_a_304_keeps_the_floor_of_the_document_before(steps: list[tuple[Step, float]], ttl: int) -> None:
    history = History(Feed(1, URL, "Press", "press"))
    for step, jitter in steps:
        history.poll(step, jitter)
        history.feed = replace(history.feed, state=FeedState.OK)
    busy = [history.now - timedelta(minutes=n) for n in range(20)]
    answered = Response(URL, 200, {})
    first = schedule.after_success(
        history.feed, answered, ParsedFeed("rss20", ttl_minutes=ttl), busy, history.now, 0.0, new=1, body_hash="b", full=True
    )
    again = schedule.after_not_modified(first, Response(URL, 304, {}), busy, history.now, 0.0)
    assert again.next_poll_at == first.next_poll_at == history.now + max(timedelta(minutes=ttl), schedule.MIN_INTERVAL)
