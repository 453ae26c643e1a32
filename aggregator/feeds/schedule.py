"""When a feed is asked again, and how healthy it is: pure functions from a feed and what a poll gave to the feed's new state.

The interval is a third of the median gap between the newest entries, so that an entry waits a sixth of a usual gap on average;
what the feed or its server asks for is a floor; errors back off; nothing is ever given up without a sentence that says so.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache
from statistics import median

from aggregator.errors import FeedError, FetchError, FrontwireError
from aggregator.model import EntryHour, Feed, FeedState, ParsedFeed, Response

MIN_INTERVAL = timedelta(minutes=3)
MAX_INTERVAL = timedelta(hours=6)
FIRST_INTERVAL = timedelta(minutes=30)  # for a feed with too few entries to tell
SHARE_OF_GAP = 3
NEWEST = 20  # entries that the interval is made from
CANDIDATES = 500  # entries seen last among which they are looked for

LEAST_WAIT = timedelta(seconds=30)  # whatever an operator sets: a feed is never due again at once
MAX_POLITE_FLOOR = timedelta(hours=1)  # ttl, max-age, Expires and sy:updatePeriod are set carelessly: "daily" on feeds of hourly news
MAX_RETRY_AFTER = timedelta(days=7)

FIRST_BACK_OFF = timedelta(minutes=5)
MAX_BACK_OFF = timedelta(hours=24)
FAILING_AFTER = 2  # errors in a row; one is a hiccup, unless the feed has never worked

QUIET_AFTER = timedelta(days=2)
STALE_AFTER = timedelta(days=30)
UNUSUAL = 10  # and so many median gaps, so that a weekly bulletin is not called quiet
PUSHED_INTERVAL = timedelta(hours=1)  # at least, while a hub delivers what is new; a hub is believed, but not for longer than that
QUIET_INTERVAL = timedelta(minutes=30)  # at least, while nothing comes

PERMANENT = frozenset({301, 308})
MOVED_AFTER = 5  # polls in a row that were sent to the same place for good

FULL_GET_EVERY = timedelta(days=7)  # some servers answer 304 for ever
MAX_TTL_S = 365 * 86_400  # what is kept of a ttl; beyond MAX_POLITE_FLOOR it changes nothing
MAX_VALIDATOR = 1_000  # characters of an ETag or Last-Modified worth sending back

MAX_AGE = re.compile(r"(?:^|[,\s])max-age\s*=\s*\"?(\d{1,9})", re.IGNORECASE)


def full_get_due(feed: Feed, now: datetime) -> bool:
    """Whether the feed is to be asked without conditions this time."""
    return feed.full_get_at is None or now - feed.full_get_at >= FULL_GET_EVERY


def after_success(
    feed: Feed,
    response: Response,
    parsed: ParsedFeed,
    times: Sequence[datetime],
    now: datetime,
    jitter: float,
    *,
    new: int,
    body_hash: str | None,
    full: bool,
    pushed: bool = False,
) -> Feed:
    """The feed after a poll whose body was parsed.

    ``times``: hours of its newest entries, newest first; ``jitter``: -0.1 to 0.1, spreads feeds of equal interval; ``new``: entries
    not seen before; ``full``: whether the request was unconditional; ``pushed``: whether a hub delivers what is new. The
    address changes here, and only here, if the server has sent us to the same place for good MOVED_AFTER times in a row: what came
    from there has just been parsed as a feed.
    """
    polled = replace(_polled(feed, response, now), ttl_s=min(parsed.ttl_minutes * 60, MAX_TTL_S) if parsed.ttl_minutes else None)
    moved = polled.moved_to if polled.moved_hits >= MOVED_AFTER else None
    if moved:
        polled = replace(polled, url=moved, moved_to=None, moved_hits=0)
    planned = _plan(polled, times, response.headers, now, jitter, pushed)
    if moved and planned.state is not FeedState.PAUSED:
        planned = replace(
            planned, state_text=f"The feed has moved from {feed.url} to {moved} and is asked there from now on. {planned.state_text}"
        )
    return replace(
        planned,
        title=feed.title if feed.title and feed.title != feed.url else parsed.title or feed.title,
        language=feed.language or parsed.language,
        last_new_at=now if new else feed.last_new_at,
        body_hash=body_hash,
        full_get_at=now if full else feed.full_get_at,
    )


def after_not_modified(
    feed: Feed, response: Response, times: Sequence[datetime], now: datetime, jitter: float, *, pushed: bool = False
) -> Feed:
    """The feed after a 304, or a 200 with the body of the last time: the ttl of that body still holds."""
    return _plan(_polled(feed, response, now), times, response.headers, now, jitter, pushed)


def after_error(feed: Feed, error: FrontwireError, now: datetime, jitter: float) -> Feed:
    """The feed after a poll that failed: backed off, or stopped where the server says that it is gone for good (410)."""
    errors = feed.errors_in_row + 1
    failed = replace(feed, last_polled_at=now, errors_in_row=errors)
    if feed.state is FeedState.PAUSED:
        return replace(failed, next_poll_at=None)
    if isinstance(error, FetchError) and error.status == 410:
        text = "The server says that this feed is gone for good (410); it is no longer polled."
        return replace(failed, state=FeedState.GONE, state_text=text, next_poll_at=None)
    pause = min(FIRST_BACK_OFF * 2 ** min(errors - 1, 16), MAX_BACK_OFF) * (1 + jitter)
    if isinstance(error, FetchError) and error.retry_after_s:
        pause = max(pause, min(timedelta(seconds=error.retry_after_s), MAX_RETRY_AFTER))
    next_poll_at = now + pause
    failing = errors >= FAILING_AFTER or feed.last_ok_at is None
    return replace(
        failed,
        state=FeedState.FAILING if failing else feed.state,
        state_text=_failure(feed, error, errors, next_poll_at),
        next_poll_at=next_poll_at,
        body_hash=None if isinstance(error, FeedError) else feed.body_hash,  # the same nonsense again is an error again
    )


def newest(hours: Sequence[EntryHour]) -> tuple[datetime, ...]:
    """Hours of the newest entries, newest first: published, else first seen, and never later than that. Of feeds that hold more than
    CANDIDATES at a time, those that were seen last are looked at."""
    times = (min(hour.published_at or hour.first_seen_at, hour.first_seen_at) for hour in hours)
    return tuple(sorted(times, reverse=True)[:NEWEST])


def interval(times: Sequence[datetime], now: datetime) -> timedelta:
    """How long to wait between two polls, before floors and jitter. ``times``: hours of the newest entries, newest first."""
    gap = usual_gap(times)
    planned = min(max(gap / SHARE_OF_GAP, MIN_INTERVAL), MAX_INTERVAL) if gap is not None else FIRST_INTERVAL
    state = _health(times, now)
    if state is FeedState.STALE:
        return MAX_INTERVAL
    return max(planned, QUIET_INTERVAL) if state is FeedState.QUIET else planned


def usual_gap(times: Sequence[datetime]) -> timedelta | None:
    """The median gap between the hours of the newest entries; None for fewer than two of them. Entries of one hour to the second count
    once: they are a batch, or seen at one poll of a feed without dates, and to ask for the next such one at once would be in vain."""
    return _usual_gap(tuple(times))


@lru_cache(maxsize=64)
def _usual_gap(times: tuple[datetime, ...]) -> timedelta | None:
    newest = sorted(set(times), reverse=True)[:NEWEST]
    gaps = [(later - earlier).total_seconds() for later, earlier in zip(newest, newest[1:], strict=False)]
    return timedelta(seconds=median(gaps)) if gaps else None


def _polled(feed: Feed, response: Response, now: datetime) -> Feed:
    """What every answered poll changes."""
    target = moved_to(response)
    fresh = response.status != 304
    return replace(
        feed,
        last_polled_at=now,
        last_ok_at=now,
        errors_in_row=0,
        moved_to=target,
        moved_hits=(feed.moved_hits + 1 if target == feed.moved_to else 1) if target else 0,
        etag=_validator(response.headers, "etag") or (None if fresh else feed.etag),
        last_modified=_validator(response.headers, "last-modified") or (None if fresh else feed.last_modified),
    )


def _plan(feed: Feed, times: Sequence[datetime], headers: Mapping[str, str], now: datetime, jitter: float, pushed: bool) -> Feed:
    if feed.state is FeedState.PAUSED:
        return replace(feed, next_poll_at=None)
    if feed.interval_s is not None:
        wait = max(timedelta(seconds=feed.interval_s) * (1 + jitter), LEAST_WAIT)
    else:
        floor = max(_freshness(headers, now), timedelta(seconds=feed.ttl_s or 0))
        planned = max(interval(times, now), PUSHED_INTERVAL) if pushed else interval(times, now)
        wait = max(planned * (1 + jitter), min(floor, MAX_POLITE_FLOOR))
    state = _health(times, now)
    text = _sentence(state, times, wait)
    if pushed:
        text += " Its hub pushes what is new in between."
    if feed.moved_to:
        text += f" It redirects to {feed.moved_to} for good ({feed.moved_hits} of {MOVED_AFTER} times in a row until that is its address)."
    return replace(feed, state=state, state_text=text, next_poll_at=now + wait)


def _health(times: Sequence[datetime], now: datetime) -> FeedState:
    if not times:
        return FeedState.QUIET
    silence = now - max(times)
    unusual = silence > UNUSUAL * (usual_gap(times) or timedelta(0))
    if silence > STALE_AFTER and unusual:
        return FeedState.STALE
    return FeedState.QUIET if silence > QUIET_AFTER and unusual else FeedState.OK


def moved_to(response: Response) -> str | None:
    """Where the redirects lead that are for good, up to the first that is not."""
    target = None
    for status, where in response.redirects:
        if status not in PERMANENT:
            break
        target = where
    return target


def _validator(headers: Mapping[str, str], name: str) -> str | None:
    """A header that can be sent back as it is."""
    value = headers.get(name, "").strip()
    return value if value and len(value) <= MAX_VALIDATOR and value.isascii() and value.isprintable() else None


def _freshness(headers: Mapping[str, str], now: datetime) -> timedelta:
    """How long the answer says that it stays fresh: max-age, else Expires against the server's own Date (RFC 9111 section 4.2.1)."""
    if match := MAX_AGE.search(headers.get("cache-control", "")):
        return timedelta(seconds=int(match[1]))
    expires = _http_date(headers.get("expires"))
    return max(expires - (_http_date(headers.get("date")) or now), timedelta(0)) if expires else timedelta(0)


def _http_date(text: str | None) -> datetime | None:
    """The instant of an HTTP date; None for anything else, "0" and "-1" among it, which mean the past."""
    try:
        at = parsedate_to_datetime((text or "").strip())
    except (ValueError, IndexError, OverflowError):
        return None
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)


def _sentence(state: FeedState, times: Sequence[datetime], wait: timedelta) -> str:
    asked = f"asked every {_span(wait)}"
    if not times:
        return f"The feed has no entries so far; {asked}."
    newest, gap = max(times), usual_gap(times)
    if state is FeedState.OK:
        few = "One entry so far" if len(times) == 1 else "All its entries came at one time so far"
        usual = f"A new entry about every {_span(gap)}" if gap else few
        return f"{usual}; {asked}."
    kind = "No new entry for a long time" if state is FeedState.STALE else "Quieter than usual"
    return f"{kind}: the newest is of {newest:%d %B %Y}; {asked}."


def _failure(feed: Feed, error: FrontwireError, errors: int, next_poll_at: datetime) -> str:
    again = f"Tried again at {next_poll_at:%H:%M} UTC on {next_poll_at:%d %B}."
    if errors == 1:
        return f"{error.message} {again}"
    since = f"It last worked at {feed.last_ok_at:%H:%M} UTC on {feed.last_ok_at:%d %B %Y}." if feed.last_ok_at else "It has never worked."
    return f"{error.message} That is {errors} failures in a row. {since} {again}"


def _span(span: timedelta) -> str:
    """A length of time as people say it, in its largest fitting unit."""
    seconds = span.total_seconds()
    for size, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= size * 0.95:
            count = round(seconds / size)
            return unit if count <= 1 else f"{count} {unit}s"
    return "minute" if round(seconds) >= 57 else f"{max(1, round(seconds))} seconds"
