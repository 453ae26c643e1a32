"""The polling policy, over invented times."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.errors import BusyError, FeedError, HttpError, NetworkError
from aggregator.feeds import schedule
from aggregator.model import EntryHour, Feed, FeedState, ParsedFeed, Response

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
URL = "http://press.example/feed"
FEED = Feed(1, URL, "Press", "press", state=FeedState.OK, last_ok_at=NOW - timedelta(minutes=10), etag='"old"', body_hash="aa")


def hours(gap_min: float, count: int = 20, newest: datetime = NOW) -> tuple[datetime, ...]:
    return tuple(newest - timedelta(minutes=gap_min * n) for n in range(count))


def success(feed: Feed = FEED, times: Sequence[datetime] = (), jitter: float = 0.0, *, ttl: int | None = None, **parts: object) -> Feed:
    response = Response(URL, 200, parts.pop("headers", {}), redirects=parts.pop("redirects", ()))  # type: ignore[arg-type]  # named by tests
    parsed = ParsedFeed("rss20", title="The Press", language="uk", ttl_minutes=ttl)
    return schedule.after_success(feed, response, parsed, times, NOW, jitter, new=1, body_hash="bb", full=True)


def wait_min(feed: Feed) -> float:
    assert feed.next_poll_at is not None
    return (feed.next_poll_at - NOW).total_seconds() / 60


@pytest.mark.parametrize(
    ("times", "minutes"),
    [
        (hours(60), 20),
        (hours(3), 3),  # the least
        (hours(0), 30),  # a feed without dates at its first poll: all of one second
        ((NOW, *hours(0, newest=NOW - timedelta(hours=1))), 20),  # and when the next entry has come
        ((*hours(0, 5), *hours(0, 5, NOW - timedelta(hours=6)), *hours(0, 5, NOW - timedelta(hours=12))), 120),  # batches
        (hours(60 * 24), 6 * 60),  # the most
        (hours(60, 2), 20),
        (hours(60, 1), 30),  # too few to tell
        ((), 30),
        (hours(10, newest=NOW - timedelta(days=3)), 30),  # quiet
        (hours(10, newest=NOW - timedelta(days=40)), 6 * 60),  # stale
        ((NOW, *hours(60, 20, NOW - timedelta(days=300))), 20),  # the median does not mind one long gap
    ],
)
def test_the_interval_is_a_third_of_the_usual_gap(times: Sequence[datetime], minutes: float) -> None:
    assert wait_min(success(times=times)) == pytest.approx(minutes)


def test_hours_are_those_of_publishing_but_never_later_than_the_first_sight() -> None:
    given = [(0, -60), (0, None), (0, -180), (-5, 900)]  # minutes of first sight and of publishing
    seen = [EntryHour(NOW + timedelta(minutes=a), None if b is None else NOW + timedelta(minutes=b)) for a, b in given]
    assert schedule.newest(seen) == tuple(NOW + timedelta(minutes=m) for m in (0, -5, -60, -180))
    assert len(schedule.newest(seen * 9)) == 20


def test_order_of_the_hours_does_not_matter() -> None:
    assert schedule.interval(hours(60)[::-1], NOW) == schedule.interval(hours(60), NOW)


@pytest.mark.parametrize(
    ("headers", "ttl", "minutes"),
    [
        ({}, 15, 15),
        ({}, 1440, 60),  # asked politely, honoured up to an hour
        ({"cache-control": "public, max-age=600"}, None, 10),
        ({"cache-control": "max-age=86400"}, None, 60),
        ({"cache-control": "s-maxage=9000"}, None, 3),
        ({"cache-control": "max-age=600"}, 20, 20),
        ({"cache-control": "no-cache"}, None, 3),
        ({"expires": "Sun, 01 Mar 2026 12:25:00 GMT"}, None, 25),  # against our own clock
        ({"expires": "Sun, 01 Mar 2026 18:25:00 GMT", "date": "Sun, 01 Mar 2026 18:05:00 GMT"}, None, 20),  # the server's clock is off
        ({"expires": "Sun, 01 Mar 2026 12:25:00 GMT", "cache-control": "max-age=240"}, None, 4),  # max-age goes before it
        ({"expires": "Thu, 01 Jan 2099 00:00:00 GMT"}, None, 60),
        ({"expires": "Sun, 01 Mar 2026 11:00:00 GMT"}, None, 3),
        ({"expires": "0"}, None, 3),
        ({"expires": "-1"}, None, 3),
    ],
)
def test_what_the_feed_asks_for_is_a_floor(headers: dict[str, str], ttl: int | None, minutes: float) -> None:
    assert wait_min(success(times=hours(3), ttl=ttl, headers=headers)) == pytest.approx(minutes)


def test_an_operators_interval_goes_before_all_of_it() -> None:
    assert wait_min(success(replace(FEED, interval_s=60), hours(60), ttl=60)) == 1


def test_jitter_spreads_but_never_below_the_floor() -> None:
    assert wait_min(success(times=hours(60), jitter=0.1)) == pytest.approx(22)
    assert wait_min(success(times=hours(60), jitter=-0.1, ttl=20)) == pytest.approx(20)


def test_success_clears_errors_and_notes_what_was_learnt() -> None:
    after = success(replace(FEED, title=URL, errors_in_row=4, state=FeedState.FAILING), hours(60), headers={"etag": '"new"'})
    assert (after.errors_in_row, after.state, after.etag, after.body_hash) == (0, FeedState.OK, '"new"', "bb")
    assert (after.title, after.language) == ("The Press", "uk")
    assert after.last_ok_at == after.last_polled_at == after.last_new_at == after.full_get_at == NOW
    assert after.state_text == "A new entry about every hour; asked every 20 minutes."
    assert success(times=hours(60)).title == "Press"
    assert success().etag is None, "an answer without an ETag takes the old one away"


@pytest.mark.parametrize("value", ["", "x" * 2000, 'W/"ä"', '"a\r\nX: y"'])
def test_a_validator_that_cannot_be_sent_back_is_not_kept(value: str) -> None:
    assert success(headers={"etag": value}).etag is None


def test_not_modified_keeps_what_a_304_does_not_repeat() -> None:
    after = schedule.after_not_modified(replace(FEED, errors_in_row=2), Response(URL, 304, {}), hours(60), NOW, 0.0)
    assert (after.etag, after.body_hash, after.errors_in_row, wait_min(after)) == ('"old"', "aa", 0, 20)
    assert after.last_ok_at == NOW
    assert after.last_new_at == FEED.last_new_at


@pytest.mark.parametrize(
    ("times", "state", "words"),
    [
        (hours(60), FeedState.OK, "about every hour"),
        (hours(10, newest=NOW - timedelta(days=3)), FeedState.QUIET, "Quieter than usual: the newest is of 26 February 2026"),
        (hours(60 * 24 * 7, newest=NOW - timedelta(days=20)), FeedState.OK, "about every 7 days"),  # a weekly bulletin
        (hours(10, newest=NOW - timedelta(days=31)), FeedState.STALE, "No new entry for a long time"),
        ((), FeedState.QUIET, "no entries so far"),
        ((NOW,), FeedState.OK, "One entry so far"),
        (hours(0), FeedState.OK, "All its entries came at one time so far"),
    ],
)
def test_health_has_a_state_and_a_sentence(times: Sequence[datetime], state: FeedState, words: str) -> None:
    after = success(times=times)
    assert after.state is state
    assert words in after.state_text and after.state_text.endswith(".")


def test_errors_back_off_and_never_give_up() -> None:
    feed, waits = FEED, []
    for _ in range(12):
        feed = schedule.after_error(feed, NetworkError("press.example does not answer.", URL), NOW, 0.0)
        waits.append(wait_min(feed))
    assert waits == [5, 10, 20, 40, 80, 160, 320, 640, 1280, 1440, 1440, 1440]
    assert feed.state is FeedState.FAILING
    assert "12 failures in a row" in feed.state_text and "last worked at 11:50 UTC on 01 March 2026" in feed.state_text


def test_one_error_is_a_hiccup_unless_the_feed_never_worked() -> None:
    error = HttpError("press.example answers with “not found” (404).", URL, status=404)
    first = schedule.after_error(FEED, error, NOW, 0.0)
    assert first.state is FeedState.OK and "404" in first.state_text and "12:05 UTC" in first.state_text
    never = schedule.after_error(replace(FEED, state=FeedState.NEW, last_ok_at=None), error, NOW, 0.0)
    assert never.state is FeedState.FAILING
    assert "never worked" in schedule.after_error(never, error, NOW, 0.0).state_text


@pytest.mark.parametrize(("seconds", "minutes"), [(60, 5), (7200, 120), (30 * 86_400, 7 * 1440), (None, 5)])
def test_retry_after_is_honoured_up_to_a_week(seconds: float | None, minutes: float) -> None:
    error = HttpError("Too many.", URL, status=429, retry_after_s=seconds)
    assert wait_min(schedule.after_error(FEED, error, NOW, 0.0)) == minutes


def test_gone_for_good_stops_the_feed_and_says_so() -> None:
    after = schedule.after_error(FEED, HttpError("Gone.", URL, status=410), NOW, 0.0)
    assert (after.state, after.next_poll_at) == (FeedState.GONE, None)
    assert "gone for good" in after.state_text


def test_a_body_that_is_no_feed_is_not_taken_for_unchanged_next_time() -> None:
    assert schedule.after_error(FEED, FeedError("No feed.", URL), NOW, 0.0).body_hash is None
    assert schedule.after_error(FEED, BusyError("Busy.", URL, retry_after_s=3.0), NOW, 0.0).body_hash == "aa"


def test_a_paused_feed_stays_paused() -> None:
    paused = replace(FEED, state=FeedState.PAUSED)
    for after in (success(paused), schedule.after_error(paused, NetworkError("No.", URL), NOW, 0.0)):
        assert (after.state, after.next_poll_at) == (FeedState.PAUSED, None)


def test_the_address_changes_after_repeated_permanent_redirects_only() -> None:
    feed, new = FEED, "http://new.example/feed"
    for hit in range(1, 5):
        feed = success(feed, redirects=((301, new),))
        assert (feed.url, feed.moved_to, feed.moved_hits) == (URL, new, hit)
    not_modified = schedule.after_not_modified(feed, Response(new, 304, {}, redirects=((301, new),)), (), NOW, 0.0)
    assert not_modified.url == URL, "only what was parsed as a feed becomes the address"
    moved = success(feed, redirects=((301, new),))
    assert (moved.url, moved.moved_to, moved.moved_hits) == (new, None, 0)
    assert feed.state_text.endswith(f"It redirects to {new} for good (4 of 5 times in a row until that is its address).")
    assert moved.state_text.startswith(f"The feed has moved from {URL} to {new} and is asked there from now on. ")


def test_the_feeds_own_ttl_holds_over_answers_that_do_not_repeat_it() -> None:
    first = success(times=hours(3), ttl=30)
    assert first.ttl_s == 1800
    unchanged = schedule.after_not_modified(first, Response(URL, 304, {}), hours(3), NOW, 0.0)
    assert (wait_min(unchanged), unchanged.ttl_s) == (30, 1800)
    assert success(unchanged, hours(3)).ttl_s is None, "a document without a ttl takes the old one away"


@pytest.mark.parametrize(
    ("redirects", "target"),
    [
        (((302, "http://a/"),), None),
        (((301, "http://a/"), (302, "http://b/")), "http://a/"),
        (((308, "http://a/"), (301, "http://b/")), "http://b/"),
        (((302, "http://a/"), (301, "http://b/")), None),
        ((), None),
    ],
)
def test_a_move_ends_at_the_first_redirect_that_is_not_for_good(redirects: tuple[tuple[int, str], ...], target: str | None) -> None:
    assert success(redirects=redirects).moved_to == target


def test_another_target_or_none_starts_the_count_anew() -> None:
    feed = success(success(redirects=((301, "http://a/"),)), redirects=((301, "http://b/"),))
    assert (feed.moved_to, feed.moved_hits) == ("http://b/", 1)
    assert success(feed).moved_hits == 0


def test_once_a_week_the_feed_is_asked_without_conditions() -> None:
    assert schedule.full_get_due(FEED, NOW)
    assert not schedule.full_get_due(replace(FEED, full_get_at=NOW - timedelta(days=6)), NOW)
    assert schedule.full_get_due(replace(FEED, full_get_at=NOW - timedelta(days=7)), NOW)


@given(
    st.lists(st.integers(0, 6 * 365 * 86_400).map(lambda seconds: NOW - timedelta(seconds=seconds)), max_size=30),
    st.floats(-0.1, 0.1),
    st.integers(0, 10**9),
)
def test_the_next_poll_is_always_between_the_bounds(times: list[datetime], jitter: float, max_age: int) -> None:
    after = success(times=times, jitter=jitter, headers={"cache-control": f"max-age={max_age}"})
    assert 3 * 0.9 <= wait_min(after) <= 6 * 60 * 1.1
    assert after.state_text.endswith(".")


@given(st.integers(0, 10_000), st.floats(-0.1, 0.1))
def test_the_back_off_is_always_between_the_bounds(errors: int, jitter: float) -> None:
    after = schedule.after_error(replace(FEED, errors_in_row=errors), NetworkError("No.", URL), NOW, jitter)
    assert 5 * 0.9 <= wait_min(after) <= 24 * 60 * 1.1
