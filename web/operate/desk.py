"""Feeds with their health and what can be done to them; whole theatres of the catalogue; the sample."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from urllib.parse import urlsplit

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_login import login_required
from werkzeug.wrappers import Response as Redirect

from aggregator.feeds import catalogue
from aggregator.model import Feed, FeedState
from aggregator.ports import LedgerFilter
from aggregator.sampling import remove_sample
from aggregator.status import collect
from aggregator.subscribe import add_theatre, export_opml
from web.operate.adding import say_added
from web.operate.hosts import asked_days, shares
from web.operate.ledger import DAYS, wanted_entries
from web.present import count
from web.product import gazetteer, outlets, product

blueprint = Blueprint("operate", __name__, url_prefix="/operate")

TROUBLE = (FeedState.FAILING, FeedState.GONE, FeedState.STALE)
POLLS = 20
ENTRIES = 50
REASONS = 8


@blueprint.before_request
@login_required
def _operators_only() -> None:
    """Every page here asks for a login."""


@blueprint.get("")
def desk() -> str:
    """Every feed with its health, the queues, the catalogue."""
    app = product()
    feeds = app.store.feeds.all()
    status = collect(app)
    offline = _offline(feeds)
    return render_template(
        "desk.html",
        feeds=sorted(feeds, key=lambda feed: (not feed.alarms, feed.state not in TROUBLE, feed.sample)),
        outlets=outlets(),
        status=status,
        catalogue=catalogue.load(),
        theatres={feed.theatre for feed in feeds if not feed.sample},
        offline=offline,
        trouble=[] if offline else [feed for feed in feeds if feed.state in TROUBLE],
    )


def _offline(feeds: Sequence[Feed]) -> bool:
    """Whether every real feed fails: then it is this machine that has no way out, and one calm notice says so."""
    real = [feed for feed in feeds if not feed.sample]
    return len(real) > 2 and all(feed.errors_in_row for feed in real)


@blueprint.get("/feed/<int:feed_id>")
def feed(feed_id: int) -> str:
    """One feed: its polls, and where its entries ended."""
    app = product()
    store = app.store
    found = store.feeds.get(feed_id)
    wanted = wanted_entries(feed_id)
    return render_template(
        "feed.html",
        feed=found,
        outlet=store.feeds.outlet(found.outlet_id),
        subscription=store.subscriptions.of_feed(feed_id),
        polls=store.feeds.polls(feed_id, POLLS),
        counts=store.ledger.counts(feed_id),
        days=store.ledger.days(feed_id, app.clock.now() - timedelta(days=DAYS - 1)),
        reasons=store.ledger.reasons(LedgerFilter(feed_id), REASONS),
        entries=store.ledger.find(wanted, ENTRIES),
        wanted=wanted.state,
        filtered=wanted != LedgerFilter(feed_id),
        usual=_usual(app.pipeline.habits.of(feed_id)),
        span=asked_days(),
        shares=shares(app.store.outcomes.counts(app.clock.now().date() - timedelta(days=asked_days() - 1), feed_id=feed_id), "host"),
    )


def _usual(shares: Mapping[str, float]) -> list[tuple[str, float]]:
    """Countries by name, or by code where there is no gazetteer, with the share of articles that speak of them; the greatest first."""
    known = gazetteer()
    ordered = sorted(shares.items(), key=lambda row: (-row[1], row[0]))
    if known is None:
        return ordered
    rows = [(known.country_row(code), code, share) for code, share in ordered]
    return [(known.place(row).name if row >= 0 else code, share) for row, code, share in rows]


@blueprint.post("/catalogue")
def add_from_catalogue() -> Redirect:
    """Subscribe to a whole theatre."""
    say_added(add_theatre(product(), request.form["theatre"]))
    return redirect(url_for("operate.desk"))


@blueprint.get("/feeds.opml")
def opml() -> Response:
    """Every feed as OPML."""
    headers = {"Content-Disposition": "attachment; filename=frontwire.opml"}
    return Response(export_opml(product()), mimetype="text/x-opml", headers=headers)


@blueprint.post("/feed/<int:feed_id>/<action>")
def act(feed_id: int, action: str) -> Redirect | tuple[str, int]:
    """Pause, resume, poll at once, or remove a feed."""
    app = product()
    found = app.store.feeds.get(feed_id)
    actions: dict[str, tuple[Callable[[], object], str]] = {
        "pause": (lambda: app.store.feeds.pause(feed_id, True, app.clock.now()), "paused"),
        "resume": (lambda: app.store.feeds.pause(feed_id, False, app.clock.now()), "is polled again"),
        "poll": (lambda: app.store.feeds.poll_now([feed_id], app.clock.now()), "is polled at the next tick"),
        "remove": (lambda: app.store.feeds.remove(feed_id), "removed; its articles stay"),
    }
    if action not in actions:
        return render_template("error.html", status=404, message=f"There is no action {action!r} for a feed."), 404
    run, done = actions[action]
    run()
    flash(f"{found.title}: {done}")
    came_from = urlsplit(request.referrer or "").path
    back = came_from if came_from == url_for("operate.feed", feed_id=feed_id) and action != "remove" else url_for("operate.desk")
    return redirect(back)


@blueprint.post("/sample/remove")
def sample_remove() -> Redirect:
    """Remove the sample press with everything that came from it."""
    flash(f"{count(remove_sample(product()), 'sample article')} removed; `frontwire sample-press subscribe` brings them back")
    return redirect(url_for("operate.desk"))
