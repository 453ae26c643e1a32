"""The ledger by day and feed: what came in, where it ended, why, and whether the sums agree."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from flask import Blueprint, render_template, request
from flask_login import login_required

from aggregator.model import EntryState
from aggregator.ports import LedgerFilter
from web.product import product

blueprint = Blueprint("ledger", __name__, url_prefix="/operate/ledger")
blueprint.before_request(login_required(lambda: None))  # every page here asks for a login

DAYS = 7
MOST_DAYS = 366
ENTRIES = 100


@blueprint.get("")
def days() -> str:
    """Each day of each feed, and the reasons; with a state, a reason or a day asked for, the entries too."""
    app = product()
    span = min(max(request.args.get("days", DAYS, int), 1), MOST_DAYS)
    since = midnight(app.clock.now().date() - timedelta(days=span - 1))
    wanted = wanted_entries()
    found = app.store.ledger.days(wanted.feed_id, since)
    return render_template(
        "ledger.html",
        days=found,
        wrong=[day for day in found if day.missing],
        span=span,
        feeds={feed.id: feed for feed in app.store.feeds.all()},
        wanted=wanted,
        day=wanted.since.date() if wanted.since else None,
        reasons=app.store.ledger.reasons(wanted if wanted.since else replace(wanted, since=since)),
        entries=app.store.ledger.find(wanted, ENTRIES) if any((wanted.state, wanted.reason, wanted.since)) else None,
    )


def wanted_entries(feed_id: int | None = None) -> LedgerFilter:
    """The filter in the address: feed, state, reason, day. What cannot be read is left out."""
    feed_id = feed_id if feed_id is not None else request.args.get("feed", None, int)
    state = request.args.get("state")
    day = request.args.get("day", None, _day)
    return LedgerFilter(
        feed_id,
        EntryState(state) if state in set(EntryState) else None,
        request.args.get("reason") or None,
        midnight(day) if day else None,
        midnight(day) + timedelta(days=1) if day else None,
    )


def midnight(day: date) -> datetime:
    """When a day begins, in UTC."""
    return datetime.combine(day, time(), UTC)


def _day(text: str) -> date:
    day = date.fromisoformat(text)
    if not 1970 <= day.year < 9999:
        raise ValueError(text)
    return day
