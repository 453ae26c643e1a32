"""What is wrong with a feed although, or because, it answers as it does: a pure function over its history.

A feed that dies in silence looks healthy: it answers 200, or 304, and brings nothing. Each alarm here names one such way, says
since when, and is gone once the history no longer shows it.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from statistics import median
from typing import TypeVar

from aggregator.feeds.schedule import FAILING_AFTER, UNUSUAL, usual_gap
from aggregator.model import Alarm, AlarmKind, EntryHour, Feed, FeedState, Poll, PollOutcome

T = TypeVar("T")

DOCUMENT = frozenset({PollOutcome.NEW_ENTRIES, PollOutcome.NOTHING_NEW})
UNCHANGED = frozenset({PollOutcome.NOT_MODIFIED, PollOutcome.SAME_BODY})
POLLS = 60  # newest polls that are looked at
DOCUMENTS = 12  # newest documents that are looked at, however long ago they came
HOURS = 50  # newest entries that are looked at

AT_LEAST_TWICE = 2  # once may be a hiccup of the publisher's system
FEW_ENTRIES = 5  # fewer say nothing about a habit
USUAL_DOCUMENTS = 6
USUAL_SIZE = 6  # entries; a feed of five has nowhere to shrink to
SHRUNK_TO = 1 / 3
LATE_AFTER = timedelta(hours=12)  # and UNUSUAL times the usual gap
SILENT_AFTER = timedelta(days=7)
SILENT_GAPS = 20
SLOW_S = 10.0
SLOW_POLLS = 5


@dataclass(frozen=True, slots=True)
class History:
    """A feed after its last poll; its polls and its entries' hours, newest first."""

    feed: Feed
    polls: tuple[Poll, ...]
    hours: tuple[EntryHour, ...]
    now: datetime

    @property
    def documents(self) -> list[Poll]:
        """Polls whose document was read."""
        return [poll for poll in self.polls if poll.outcome in DOCUMENT]

    @property
    def sizes(self) -> list[tuple[datetime, int]]:
        """How many entries the document had at each poll that was answered; an unchanged one has as many as before."""
        found: list[tuple[datetime, int]] = []
        size: int | None = None
        for poll in reversed(self.polls):
            if poll.outcome in DOCUMENT:
                size = poll.entries_seen
            if size is not None and poll.outcome in DOCUMENT | UNCHANGED:
                found.append((poll.at, size))
        return found[::-1]


def history(feed: Feed, polls: Iterable[Poll], hours: Sequence[EntryHour], now: datetime) -> History:
    """A history from polls in any order, each of which may be there twice. What a hub pushed is left out: hubs may leave out entries
    that they delivered before, so that its size says nothing about the feed's document."""
    by_hour = {(poll.at, poll.outcome): poll for poll in polls if not poll.pushed}
    return History(feed, tuple(sorted(by_hour.values(), key=lambda poll: poll.at, reverse=True)), tuple(hours), now)


def due(feed: Feed, poll: Poll) -> bool:
    """Whether to look at a feed's history after this poll; ``feed`` as it was before. Most polls change nothing and cost nothing:
    one that brought no change is looked at if there are alarms, and the first of each hour."""
    last = feed.last_polled_at
    return (
        poll.outcome not in UNCHANGED
        or bool(feed.alarms)
        or last is None
        or last.replace(minute=0, second=0, microsecond=0) < poll.at.replace(minute=0, second=0, microsecond=0)
    )


def alarms(of: History) -> tuple[Alarm, ...]:
    """Return what an operator should look at, the gravest first. One that goes on keeps its beginning."""
    if of.feed.state is FeedState.PAUSED:
        return ()
    began = {alarm.kind: alarm.since for alarm in of.feed.alarms}
    found = (watch(of) for watch in WATCHES)
    return tuple(replace(alarm, since=min(alarm.since, began.get(alarm.kind, alarm.since))) for alarm in found if alarm)


def _failing(of: History) -> Alarm | None:
    errors = of.feed.errors_in_row
    if not errors or (errors < FAILING_AFTER and of.feed.last_ok_at is not None and of.feed.state is not FeedState.GONE):
        return None
    failed = _run(of.polls, lambda poll: bool(poll.error))
    if not failed or _is_page(failed):
        return None
    times = "once" if errors == 1 else f"{errors} times in a row"
    worked = f"it last worked on {_date(of.feed.last_ok_at)}" if of.feed.last_ok_at else "it has never worked"
    return Alarm(AlarmKind.FAILING, failed[-1].at, f"It has failed {times}; {worked}. {failed[0].error}")


def _html(of: History) -> Alarm | None:
    failed = _run(of.polls, lambda poll: bool(poll.error))
    if not _is_page(failed):
        return None
    pages = _run(failed, lambda poll: poll.outcome is PollOutcome.NOT_A_FEED)
    became = "The feed has turned into a web page" if of.feed.last_ok_at else "The address is that of a web page, not of a feed"
    text = f"{became}: the site may have moved its feed or put a check of browsers before it. {pages[0].error}"
    return Alarm(AlarmKind.HTML, pages[-1].at, text)


def _is_page(failed: Sequence[Poll]) -> bool:
    newest = failed[:AT_LEAST_TWICE]
    return len(newest) == AT_LEAST_TWICE and all(p.outcome is PollOutcome.NOT_A_FEED and "a web page" in p.error for p in newest)


def _silent_zero(of: History) -> Alarm | None:
    empty = _run(of.sizes, lambda answer: answer[1] == 0)
    if len(empty) < AT_LEAST_TWICE or not of.hours:
        return None
    since = empty[-1][0]
    return Alarm(AlarmKind.SILENT_ZERO, since, f"It answers well, but without a single entry since {_date(since)}; it used to have some.")


def _stalled(of: History) -> Alarm | None:
    return _held_back(of) or _silent(of)


def _held_back(of: History) -> Alarm | None:
    """The weekly look without conditions brought entries that should have come long before: the "not modified" is not true."""
    documents = of.documents
    if len(documents) < 2 or of.feed.full_get_at != documents[0].at:
        return None
    full, before = documents[:2]
    previous = next((poll for poll in of.polls if poll.at < full.at), None)
    if previous is None or previous.outcome not in UNCHANGED:
        return None
    gap = usual_gap(_published(of)) or timedelta(0)
    late = full.at - max(LATE_AFTER, UNUSUAL * gap)
    brought = [hour.published_at for hour in of.hours if hour.first_seen_at == full.at and hour.published_at]
    overdue = [published for published in brought if before.at < published < late]
    if not overdue:
        return None
    text = (
        f"The server says “not modified” though it is: a look without conditions on {_date(full.at)} brought {len(brought)} new "
        f"entries, the oldest of {_date(min(overdue))}. What is new comes up to a week late."
    )
    return Alarm(AlarmKind.STALLED, before.at, text)


def _silent(of: History) -> Alarm | None:
    if not of.hours or of.feed.errors_in_row:
        return None
    newest = max(hour.first_seen_at for hour in of.hours)
    gap = usual_gap(_published(of)) or timedelta(0)
    if of.now - newest <= max(SILENT_AFTER, SILENT_GAPS * gap):
        return None
    return Alarm(AlarmKind.STALLED, newest, f"It answers, but nothing new has come since {_date(newest)}, far longer than is usual for it.")


def _shrinking(of: History) -> Alarm | None:
    documents = sorted(poll.entries_seen for poll in of.documents[:DOCUMENTS])
    if len(documents) < USUAL_DOCUMENTS:
        return None
    usual = documents[(len(documents) - 1) * 3 // 4]
    few = _run(of.sizes, lambda answer: 0 < answer[1] <= usual * SHRUNK_TO)
    if usual < USUAL_SIZE or len(few) < AT_LEAST_TWICE:
        return None
    text = f"Its document has only {few[0][1]} entries, where it usually has {usual}: entries may go by between two polls."
    return Alarm(AlarmKind.SHRINKING, few[-1][0], text)


def _undated(of: History) -> Alarm | None:
    newest = of.hours[:20]
    undated = [hour for hour in newest if hour.published_at is None]
    if len(newest) < FEW_ENTRIES or len(undated) * 2 <= len(newest):
        return None
    since = min(hour.first_seen_at for hour in undated)
    text = f"{len(undated)} of its {len(newest)} newest entries have no date that can be read; the hour of their first sight stands for it."
    return Alarm(AlarmKind.UNDATED, since, text)


def _slow(of: History) -> Alarm | None:
    answered = [poll for poll in of.polls if poll.outcome in DOCUMENT | UNCHANGED][:SLOW_POLLS]
    if len(answered) < SLOW_POLLS or (usual := median(poll.elapsed_s for poll in answered)) < SLOW_S:
        return None
    return Alarm(AlarmKind.SLOW, answered[-1].at, f"Its server takes {usual:.0f} seconds to answer, and a turn of the workers with it.")


WATCHES: tuple[Callable[[History], Alarm | None], ...] = (_failing, _html, _silent_zero, _stalled, _shrinking, _undated, _slow)


def _run(items: Sequence[T], holds: Callable[[T], bool]) -> Sequence[T]:
    """The first items, as far as it holds for each."""
    return items[: next((n for n, item in enumerate(items) if not holds(item)), len(items))]


def _published(of: History) -> list[datetime]:
    return [min(hour.published_at or hour.first_seen_at, hour.first_seen_at) for hour in of.hours]


def _date(at: datetime) -> str:
    return f"{at:%d %B %Y}"
