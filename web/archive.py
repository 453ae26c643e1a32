"""Days that are over as archive documents (RFC 5005, section 4): a reader that was away follows them back to where it was."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from aggregator.app import App
from aggregator.errors import UsageError
from aggregator.query import Plan

AHEAD = 400  # days that are looked through for the next one with an article


@dataclass(frozen=True, slots=True)
class Archive:
    """A day, and the nearest ones before and after it that have articles."""

    day: date | None
    earlier: date | None
    later: date | None


def day_of(text: str, today: date) -> date:
    """The day of ``archive=``. Raises UsageError where it is none, or not over."""
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"archive={text!r} is not right: a day such as 2026-03-04.") from error
    if day >= today:
        raise UsageError(
            f"archive={text} is not over yet: an archive is of a day that is, {today - timedelta(days=1)} at the latest (UTC)."
        )
    return day


def within(plan: Plan, day: date) -> Plan:
    """The plan for articles of this day (UTC)."""
    start, end = _start(day), _start(day + timedelta(days=1))
    return replace(plan, since=max(plan.since or start, start), until=min(plan.until or end, end), order="newest")


def around(app: App, plan: Plan, day: date) -> Archive:
    """The day with its neighbours."""
    today = app.clock.now().astimezone(UTC).date()
    days = [day + timedelta(days=n) for n in range(1, min(AHEAD, (today - day).days) + 1)]  # the last is today, which is no archive
    counts = app.index.histogram(plan, [_start(each) for each in days]) if len(days) > 1 else ()
    later = next((each for each, number in zip(days, counts, strict=False) if number), None)
    return Archive(day, before(app, plan, day), later)


def before(app: App, plan: Plan, day: date) -> date | None:
    """The nearest day before this one with an article that matches."""
    start = _start(day)
    found = app.index.articles(replace(plan, until=min(plan.until or start, start), order="newest"), 1).article_ids
    articles = app.store.articles.many(found)
    return articles[0].at.astimezone(UTC).date() if articles else None


def _start(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
