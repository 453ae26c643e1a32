"""/api/v1/feeds: the feeds that are polled, for operators' programs (scope operate)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal, cast

from aggregator.access import Scope
from aggregator.errors import UsageError
from aggregator.feeds import catalogue
from aggregator.model import Feed
from aggregator.numbers import whole
from aggregator.subscribe import draft_of, feed_address
from web.api import shapes
from web.api.asked import Fields, Paged
from web.api.endpoint import endpoint
from web.api.schema import Says
from web.present import iso
from web.product import product


@dataclass(frozen=True, kw_only=True)
class AskedFeeds(Paged):
    """Which feeds."""

    state: Annotated[
        Literal["new", "ok", "quiet", "stale", "failing", "gone", "paused"] | None, Says("only those in this state of health")
    ] = None
    outlet: Annotated[str, Says("id of the outlet")] = ""
    theatre: Annotated[str, Says("theatre of the catalogue", example="ukraine")] = ""
    fields: Fields = ()


@endpoint("GET", "/feeds", "feeds", items="feeds", scope=Scope.OPERATE)
def feeds(asked: AskedFeeds) -> shapes.Feeds:
    """The feeds with the state of their polling. In the order of ids."""
    after = whole(asked.cursor or "0")
    if after is None:
        raise UsageError(f"cursor={asked.cursor!r} is not right: give `next` of the page before.")
    known = [
        feed
        for feed in sorted(product().store.feeds.all(), key=lambda one: one.id)
        if feed.id > after
        and asked.state in (None, feed.state.value)
        and asked.outlet in ("", feed.outlet_id)
        and asked.theatre in ("", feed.theatre)
    ]
    page = known[: asked.limit]
    return {"feeds": [feed_json(one) for one in page], "next": str(page[-1].id) if len(known) > asked.limit else None}


@endpoint("POST", "/feeds", "feeds", scope=Scope.OPERATE, status=201)
def add_feed(body: shapes.NewFeed) -> shapes.Feed:
    """Subscribe to a feed, which is polled at the next tick. One that is there already is answered as it is.

    Nothing is looked at before: what the address answers stands in the feed's state after its first poll."""
    app, theatre, theatres = product(), body.get("theatre"), [known.id for known in catalogue.load().theatres]
    if theatre and theatre not in theatres:
        raise UsageError(f"There is no theatre {theatre!r}. There are {', '.join(sorted(theatres))}.")
    draft = draft_of(
        feed_address(body["url"]), body.get("title"), theatre=theatre, outlet=body.get("outlet"), language=body.get("language")
    )
    return feed_json(app.store.feeds.add(draft, app.clock.now())[0])


@endpoint("GET", "/feeds/<int:feed_id>", "feeds", scope=Scope.OPERATE)
def feed(feed_id: int) -> shapes.Feed:
    """A feed."""
    return feed_json(product().store.feeds.get(feed_id))


@endpoint("POST", "/feeds/<int:feed_id>/pause", "feeds", scope=Scope.OPERATE)
def pause_feed(feed_id: int) -> shapes.Feed:
    """Poll the feed no more, until it is resumed."""
    return feed_json(product().store.feeds.pause(feed_id, True, product().clock.now()))


@endpoint("POST", "/feeds/<int:feed_id>/resume", "feeds", scope=Scope.OPERATE)
def resume_feed(feed_id: int) -> shapes.Feed:
    """Poll a paused feed again, at once."""
    return feed_json(product().store.feeds.pause(feed_id, False, product().clock.now()))


@endpoint("POST", "/feeds/<int:feed_id>/poll", "feeds", scope=Scope.OPERATE)
def poll_feed(feed_id: int) -> shapes.Feed:
    """Poll the feed at the next tick. Nothing for one that is paused or gone."""
    store = product().store.feeds
    store.get(feed_id)
    store.poll_now([feed_id], product().clock.now())
    return feed_json(store.get(feed_id))


def feed_json(found: Feed) -> shapes.Feed:
    """A feed with its health."""
    return {
        "id": found.id,
        "url": found.url,
        "title": found.title,
        "outlet": found.outlet_id,
        "theatre": found.theatre,
        "language": found.language,
        "interval_s": found.interval_s,
        "state": cast(Literal["new"], found.state.value),
        "state_text": found.state_text,
        "alarms": [{"kind": alarm.kind.value, "since": iso(alarm.since), "text": alarm.text} for alarm in found.alarms],
        "errors_in_row": found.errors_in_row,
        "added": _hour(found.added_at),
        "next_poll": _hour(found.next_poll_at),
        "last_polled": _hour(found.last_polled_at),
        "last_ok": _hour(found.last_ok_at),
        "last_new": _hour(found.last_new_at),
        "sample": found.sample,
    }


def _hour(at: datetime | None) -> str | None:
    return iso(at) if at else None
