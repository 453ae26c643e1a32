"""Alarms over histories: what each looks like in polls, and the healthy history beside it that looks almost the same."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.feeds.alarms import alarms, due, history
from aggregator.model import Alarm, AlarmKind, EntryHour, Feed, FeedState, Poll, PollOutcome

NOW = datetime(2026, 3, 9, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
NEW, NOTHING, SAME, NOT_MODIFIED = (
    PollOutcome.NEW_ENTRIES,
    PollOutcome.NOTHING_NEW,
    PollOutcome.SAME_BODY,
    PollOutcome.NOT_MODIFIED,
)
FEED = Feed(1, "https://courier.example/feed", "Courier", "courier", state=FeedState.OK, last_ok_at=NOW)
PAGE = "There is no feed at https://courier.example/feed: it answers with a web page titled “Just a moment”."


def documents(*sizes: int, new: int = 0) -> list[Poll]:
    """Hourly polls with a document each, the newest, now, first."""
    return [Poll(1, NOW - n * HOUR, NEW if new else NOTHING, 200, size, new, elapsed_s=0.3) for n, size in enumerate(sizes)]


def polls(*outcomes: PollOutcome, size: int = 20, error: str = "", elapsed_s: float = 0.3) -> list[Poll]:
    """Hourly polls, the newest, now, first."""
    found = []
    for n, outcome in enumerate(outcomes):
        read = size if outcome in (NEW, NOTHING) else 0
        failed = outcome not in (NEW, NOTHING, SAME, NOT_MODIFIED)
        found.append(Poll(1, NOW - n * HOUR, outcome, 200, read, error=(error or "No answer.") if failed else "", elapsed_s=elapsed_s))
    return found


def hours(count: int = 20, gap: timedelta = HOUR, *, undated: int = 0, newest: datetime = NOW) -> list[EntryHour]:
    """Entries that came as they were published; the newest of them without a date."""
    return [EntryHour(newest - n * gap, None if n < undated else newest - n * gap) for n in range(count)]


def held_back(
    *, full: bool = True, before: PollOutcome = NOT_MODIFIED, spread: timedelta = timedelta(hours=6)
) -> tuple[Feed, list[Poll], list[EntryHour]]:
    """304 for a week, then the weekly look without conditions brings twelve entries of those days."""
    week = timedelta(days=7)
    between = [
        Poll(1, NOW - n * 6 * HOUR, before if n == 1 else NOT_MODIFIED, 304, error="" if before is NOT_MODIFIED or n > 1 else "No answer.")
        for n in range(1, 28)
    ]
    brought = [EntryHour(NOW, NOW - n * spread) for n in range(12)]
    history_of = [Poll(1, NOW, NEW, 200, 20, 12), *between, Poll(1, NOW - week, NEW, 200, 20, 3)]
    return replace(FEED, full_get_at=NOW if full else NOW - week), history_of, [*brought, *hours(12, newest=NOW - week)]


Case = tuple[Feed, Iterable[Poll], list[EntryHour], AlarmKind | None, datetime | None, str]
FAILED, NO_FEED = PollOutcome.HTTP_ERROR, PollOutcome.NOT_A_FEED
ERRORS_2, ERRORS_1 = replace(FEED, errors_in_row=2, state=FeedState.FAILING), replace(FEED, errors_in_row=1)
NEVER = replace(FEED, errors_in_row=1, last_ok_at=None, state=FeedState.FAILING)
CASES: dict[str, Case] = {
    "all is well": (FEED, documents(*[20] * 9), hours(), None, None, ""),
    "nothing is known yet": (FEED, [], [], None, None, ""),
    "two failures": (
        ERRORS_2,
        polls(FAILED, FAILED, NEW),
        hours(),
        AlarmKind.FAILING,
        NOW - HOUR,
        "failed 2 times in a row; it last worked on 09 March",
    ),
    "one failure is a hiccup": (ERRORS_1, polls(FAILED, NEW), hours(), None, None, ""),
    "the first poll fails": (NEVER, polls(FAILED), [], AlarmKind.FAILING, NOW, "once; it has never worked"),
    "gone for good": (replace(ERRORS_1, state=FeedState.GONE), polls(PollOutcome.GONE), [], AlarmKind.FAILING, NOW, "No answer"),
    "a web page": (ERRORS_2, polls(NO_FEED, NO_FEED, NEW, error=PAGE), hours(), AlarmKind.HTML, NOW - HOUR, "has turned into a web page"),
    "a web page from the first": (
        replace(NEVER, errors_in_row=2),
        polls(NO_FEED, NO_FEED, error=PAGE),
        [],
        AlarmKind.HTML,
        NOW - HOUR,
        "is that of a web page",
    ),
    "a web page once": (ERRORS_1, polls(NO_FEED, NEW, error=PAGE), hours(), None, None, ""),
    "a broken feed is no web page": (
        ERRORS_2,
        polls(NO_FEED, NO_FEED, NEW, error="broken JSON."),
        hours(),
        AlarmKind.FAILING,
        NOW - HOUR,
        "broken JSON",
    ),
    "no entry, twice": (FEED, documents(0, 0, 20, 20), hours(), AlarmKind.SILENT_ZERO, NOW - HOUR, "without a single entry"),
    "no entry, then the same body": (FEED, polls(SAME, NOTHING, size=0), hours(), AlarmKind.SILENT_ZERO, NOW - HOUR, ""),
    "no entry, once": (FEED, documents(0, 20, 20), hours(), None, None, ""),
    "never had an entry": (FEED, documents(0, 0, 0), [], None, None, ""),
    "entries again": (FEED, documents(3, 0, 0), hours(), None, None, ""),
    "no dates": (FEED, documents(20), hours(20, undated=12), AlarmKind.UNDATED, NOW - 11 * HOUR, "12 of its 20 newest"),
    "half have dates": (FEED, documents(20), hours(20, undated=10), None, None, ""),
    "too few to say": (FEED, documents(4), hours(4, undated=4), None, None, ""),
    "shrunk": (FEED, documents(5, 5, *[30] * 9), hours(), AlarmKind.SHRINKING, NOW - HOUR, "only 5 entries, where it usually has 30"),
    "shrunk, and unchanged since": (
        FEED,
        [Poll(1, NOW, NOT_MODIFIED, 304), *(replace(p, at=p.at - HOUR) for p in documents(5, *[30] * 8))],
        hours(),
        AlarmKind.SHRINKING,
        NOW - HOUR,
        "",
    ),
    "shrunk once": (FEED, documents(5, *[30] * 9), hours(), None, None, ""),
    "a little smaller": (FEED, documents(14, 14, *[30] * 9), hours(), None, None, ""),
    "a feed of five has nowhere to shrink to": (FEED, documents(1, 1, *[5] * 9), hours(), None, None, ""),
    "too few documents to say": (FEED, documents(5, 5, 30, 30), hours(), None, None, ""),
    "an eternal 304": (*held_back(), AlarmKind.STALLED, NOW - timedelta(days=7), "12 new entries, the oldest of 06 March"),
    "conditions are honoured": (*held_back(full=False), None, None, ""),
    "it was down, and is back": (*held_back(before=PollOutcome.NETWORK_ERROR), None, None, ""),
    "they have just been published": (*held_back(spread=timedelta(minutes=5)), None, None, ""),
    "nothing new for long": (
        FEED,
        polls(*[NOT_MODIFIED] * 60),
        hours(newest=NOW - timedelta(days=8)),
        AlarmKind.STALLED,
        NOW - timedelta(days=8),
        "nothing new has come since 01 March",
    ),
    "a weekly bulletin": (FEED, polls(*[NOT_MODIFIED] * 60), hours(20, timedelta(days=7), newest=NOW - timedelta(days=9)), None, None, ""),
    "quiet for a few days": (FEED, polls(*[SAME] * 60), hours(newest=NOW - timedelta(days=6)), None, None, ""),
    "slow": (FEED, polls(*[SAME] * 9, elapsed_s=14.2), hours(), AlarmKind.SLOW, NOW - 4 * HOUR, "takes 14 seconds"),
    "slow now and then": (
        FEED,
        [*polls(SAME, SAME, elapsed_s=25.0), *(replace(p, at=p.at - 2 * HOUR) for p in polls(SAME, SAME, SAME))],
        hours(),
        None,
        None,
        "",
    ),
    "paused": (replace(ERRORS_2, state=FeedState.PAUSED), polls(FAILED, FAILED), hours(), None, None, ""),
}


@pytest.mark.parametrize("case", CASES)
def test_what_a_history_says(case: str) -> None:
    feed, seen, came, kind, since, words = CASES[case]
    found = alarms(history(feed, seen, came, NOW))
    assert [alarm.kind for alarm in found] == ([kind] if kind else []), found
    for alarm in found:
        assert alarm.since == since and words in alarm.text and alarm.text.endswith("."), alarm


def test_the_gravest_comes_first() -> None:
    feed = replace(FEED, errors_in_row=2)
    seen = [*polls(FAILED, FAILED), *(replace(p, at=p.at - 2 * HOUR) for p in polls(*[SAME] * 9, elapsed_s=20))]
    kinds = [alarm.kind for alarm in alarms(history(feed, seen, hours(undated=20), NOW))]
    assert kinds == [AlarmKind.FAILING, AlarmKind.UNDATED, AlarmKind.SLOW]
    assert kinds == sorted(kinds, key=list(AlarmKind).index)


def test_an_alarm_that_goes_on_keeps_its_beginning() -> None:
    long_ago = NOW - timedelta(days=40)
    feed = replace(FEED, alarms=(Alarm(AlarmKind.SLOW, long_ago, ""), Alarm(AlarmKind.UNDATED, long_ago, "")))
    (alarm,) = alarms(history(feed, polls(*[SAME] * 9, elapsed_s=14.2), hours(), NOW))
    assert (alarm.kind, alarm.since) == (AlarmKind.SLOW, long_ago)


def test_polls_that_are_given_twice_count_once() -> None:
    (poll,) = documents(0)
    assert alarms(history(FEED, [poll, poll], hours(), NOW)) == ()


@pytest.mark.parametrize(
    ("before", "outcome", "looked"),
    [
        (replace(FEED, last_polled_at=NOW - timedelta(minutes=3)), NOT_MODIFIED, True),  # another hour
        (replace(FEED, last_polled_at=NOW), NOT_MODIFIED, False),
        (replace(FEED, last_polled_at=NOW), NOTHING, True),
        (replace(FEED, last_polled_at=NOW), FAILED, True),
        (replace(FEED, last_polled_at=NOW, alarms=(Alarm(AlarmKind.SLOW, NOW, ""),)), SAME, True),
        (FEED, SAME, True),
    ],
)
def test_most_polls_are_not_looked_at(before: Feed, outcome: PollOutcome, looked: bool) -> None:
    assert due(before, Poll(1, NOW + timedelta(minutes=1), outcome)) is looked


def test_two_polls_in_the_same_instant_are_no_error() -> None:
    """A push and a poll may fall together; what came before the full look is then unknown, which is no alarm."""
    both = [Poll(1, NOW, NEW, 200, 20, 5), Poll(1, NOW, NEW, 200, 20, 0)]
    feed = replace(FEED, full_get_at=NOW)
    assert AlarmKind.STALLED not in {alarm.kind for alarm in alarms(history(feed, both, hours(), NOW))}
