"""Feeds, their outlets and their polls."""

from collections.abc import Sequence
from dataclasses import asdict, fields, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, bindparam, case, delete, func, literal, or_, select, update

from aggregator.errors import NotFoundError
from aggregator.model import Alarm, Feed, FeedDraft, FeedState, Outlet, Poll, PollOutcome
from aggregator.storage import schema
from aggregator.storage.codec import decode
from aggregator.storage.database import Database
from aggregator.storage.sample import remove_sample
from aggregator.storage.statements import chunks, claim, insert

T = schema.feeds
STOPPED = (FeedState.PAUSED, FeedState.GONE)
# All fields of a Feed that a poll may change; the rest is the operator's.
POLLED = (
    *("url", "title", "language", "state", "state_text", "next_poll_at", "last_polled_at", "last_ok_at", "last_new_at", "errors_in_row"),
    *("moved_to", "moved_hits", "etag", "last_modified", "body_hash", "full_get_at", "ttl_s", "hours", "alarms"),
)
POLL = tuple(f.name for f in fields(Poll))
MANY = select(T).where(T.c.id.in_(bindparam("ids", expanding=True)))
URLS = select(T.c.id, T.c.url).where(T.c.id.in_(bindparam("ids", expanding=True)))
ADD_POLL = schema.polls.insert()
PAUSED = T.c.state == FeedState.PAUSED
# Made once, since making a statement costs more than running it: what an operator paused meanwhile stays so.
RECORD = (
    update(T)
    .where(T.c.id == bindparam("of_feed"))
    .values(
        {name: bindparam(f"new_{name}") for name in POLLED}
        | {
            "state": case((PAUSED, FeedState.PAUSED), else_=bindparam("new_state")),
            "state_text": case((PAUSED, T.c.state_text), else_=bindparam("new_state_text", type_=T.c.state_text.type)),
            "next_poll_at": case((PAUSED, None), else_=bindparam("new_next_poll_at", type_=T.c.next_poll_at.type)),
            "lease_until": None,
        }
    )
)


class SqlFeeds:
    """FeedStore in SQL."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def add(self, draft: FeedDraft, now: datetime) -> tuple[Feed, bool]:
        """Store the feed and its outlet; an outlet that is there already stays as it is."""
        with self._db.write() as connection:
            connection.execute(insert(connection, schema.outlets).values(asdict(draft.outlet)).on_conflict_do_nothing())
            values = {
                "url": draft.url,
                "title": draft.title,
                "outlet_id": draft.outlet.id,
                "theatre": draft.theatre,
                "language": draft.language,
                "interval_s": draft.interval_s,
                "sample": draft.sample,
                "state": FeedState.NEW,
                "state_text": "",
                "added_at": now,
                "next_poll_at": now,
                "errors_in_row": 0,
                "moved_hits": 0,
            }
            new = connection.execute(insert(connection, T).values(values).on_conflict_do_nothing().returning(T)).one_or_none()
            row = new or connection.execute(select(T).where(T.c.url == draft.url)).one()
            return _feed(row), new is not None

    def get(self, feed_id: int) -> Feed:
        """Return the feed, or raise NotFoundError."""
        with self._db.read() as connection:
            return _get(connection, feed_id)

    def by_url(self, url: str) -> Feed | None:
        """Return the feed of exactly this URL."""
        with self._db.read() as connection:
            row = connection.execute(select(T).where(T.c.url == url)).one_or_none()
            return None if row is None else _feed(row)

    def all(self) -> tuple[Feed, ...]:
        """Every feed, by outlet and title."""
        with self._db.read() as connection:
            rows = connection.execute(select(T, schema.outlets.c.name).join(schema.outlets)).all()
        # Sorted here: the databases do not agree on the order of letters.
        rows = sorted(rows, key=lambda row: (row.name.casefold(), row.title.casefold(), row.id))
        return tuple(_feed(row) for row in rows)

    def remove(self, feed_id: int) -> None:
        """Forget the feed, its polls and its ledger; articles stay."""
        with self._db.write() as connection:
            if connection.execute(delete(T).where(T.c.id == feed_id)).rowcount == 0:
                raise NotFoundError("feed", feed_id)

    def remove_sample(self) -> int:
        """Remove all that is marked as sample; return the number of articles."""
        with self._db.write() as connection:
            return remove_sample(connection, self._db.now(connection))

    def pause(self, feed_id: int, paused: bool, now: datetime) -> Feed:
        """Pause, or resume with a poll due at once."""
        with self._db.write() as connection:
            feed = _get(connection, feed_id)
            if paused:
                values: dict[str, Any] = {
                    "state": FeedState.PAUSED,
                    "state_text": "Paused by an operator.",
                    "next_poll_at": None,
                    "alarms": (),
                }
            else:
                state = FeedState.NEW if feed.last_ok_at is None else FeedState.OK
                values = {"next_poll_at": now} | ({"state": state, "state_text": ""} if feed.state in STOPPED else {})
            return _feed(connection.execute(update(T).where(T.c.id == feed_id).values(values).returning(T)).one())

    def poll_now(self, feed_ids: Sequence[int] | None, now: datetime) -> int:
        """Make feeds due at once. A paused feed stays paused even where it is named; a feed that is gone is tried once more."""
        with self._db.write() as connection:
            if feed_ids is None:
                return connection.execute(update(T).where(T.c.state.not_in(STOPPED)).values(next_poll_at=now)).rowcount
            return sum(
                connection.execute(update(T).where(T.c.id.in_(part), T.c.state != FeedState.PAUSED).values(next_poll_at=now)).rowcount
                for part in chunks(set(feed_ids))
            )

    def claim_due(self, now: datetime, lease_s: float, limit: int) -> tuple[Feed, ...]:
        """Claim feeds that are due and under no lease, longest overdue first."""
        with self._db.write() as connection:
            rows = claim(connection, T, _due(now), (T.c.next_poll_at, T.c.id), now + timedelta(seconds=lease_s), limit)
        return tuple(_feed(row) for row in sorted(rows, key=lambda row: (row.next_poll_at, row.id)))

    def claim(self, feed_id: int, now: datetime, lease_s: float) -> Feed | None:
        """Claim one feed whether due or not; None if it is under a lease. Raises NotFoundError."""
        with self._db.write() as connection:
            free = and_(T.c.id == feed_id, or_(T.c.lease_until.is_(None), T.c.lease_until <= now))
            lease_until = now + timedelta(seconds=lease_s)
            row = connection.execute(update(T).where(free).values(lease_until=lease_until).returning(T)).one_or_none()
            if row is None:
                _get(connection, feed_id)
                return None
            return _feed(row)

    def many(self, feed_ids: Sequence[int]) -> tuple[Feed, ...]:
        """The feeds in the order of the ids; those that were removed are left out."""
        with self._db.read() as connection:
            found = {row.id: row for part in chunks(feed_ids) for row in connection.execute(MANY, {"ids": part})}
        return tuple(_feed(found[feed_id]) for feed_id in feed_ids if feed_id in found)

    def poll_later(self, feed_ids: Sequence[int], at: datetime) -> None:
        """Give the leases back and make the feeds due at ``at``; one that an operator paused meanwhile stays so."""
        due = _unless(T.c.state == FeedState.PAUSED, at)
        with self._db.write() as connection:
            for part in chunks(feed_ids):
                connection.execute(update(T).where(T.c.id.in_(part)).values(next_poll_at=due, lease_until=None))

    def record_polls(self, polls: Sequence[tuple[Poll, Feed]]) -> None:
        """Store polls with the new polling state of their feeds, and give the leases back. A feed that an operator paused meanwhile
        stays so, and one that was removed stays removed; one that has moved to where another feed is keeps its address, see
        _without_clash."""
        with self._db.write() as connection:
            for part in chunks(polls):
                urls = {row.id: row.url for row in connection.execute(URLS, {"ids": [feed.id for _, feed in part]})}
                kept = [(poll, feed) for poll, feed in part if feed.id in urls]
                if not kept:
                    continue
                # One by one: of two feeds of a batch that move to one address, the second is to see the first.
                for feed in (feed for _, feed in kept if feed.url != urls[feed.id]):
                    connection.execute(RECORD, _polled(_without_clash(connection, feed)))
                if unmoved := [_polled(feed) for _, feed in kept if feed.url == urls[feed.id]]:
                    connection.execute(RECORD, unmoved)
                connection.execute(ADD_POLL, [{name: getattr(poll, name) for name in POLL} for poll, _ in kept])

    def polls(self, feed_id: int, limit: int = 50, *, documents: bool = False) -> tuple[Poll, ...]:
        """Newest first; ``documents``: only those that brought a document which was read."""
        table = schema.polls
        query = select(table).where(table.c.feed_id == feed_id).order_by(table.c.at.desc(), table.c.id.desc()).limit(limit)
        if documents:
            query = query.where(table.c.outcome.in_((PollOutcome.NEW_ENTRIES, PollOutcome.NOTHING_NEW)))
        with self._db.read() as connection:
            return tuple(_poll(row) for row in connection.execute(query))

    def due(self, now: datetime) -> int:
        """How many feeds are due and under no lease."""
        with self._db.read() as connection:
            return connection.execute(select(func.count()).select_from(T).where(_due(now))).scalar_one()

    def outlets(self) -> tuple[Outlet, ...]:
        """Every outlet, by name."""
        with self._db.read() as connection:
            rows = connection.execute(select(schema.outlets)).all()
        return tuple(_outlet(row) for row in sorted(rows, key=lambda row: (row.name.casefold(), row.id)))

    def outlet(self, outlet_id: str) -> Outlet:
        """Return the outlet, or raise NotFoundError."""
        with self._db.read() as connection:
            row = connection.execute(select(schema.outlets).where(schema.outlets.c.id == outlet_id)).one_or_none()
        if row is None:
            raise NotFoundError("outlet", outlet_id)
        return _outlet(row)


def _polled(feed: Feed) -> dict[str, Any]:
    """Parameters of RECORD."""
    return {f"new_{name}": getattr(feed, name) for name in POLLED} | {"of_feed": feed.id}


def _unless(paused: ColumnElement[bool], at: datetime | None) -> ColumnElement[Any]:
    return case((paused, None), else_=literal(at, T.c.next_poll_at.type))


def _without_clash(connection: Connection, feed: Feed) -> Feed:
    """The feed, at its old address where it has moved to that of another feed: an address is polled once.

    If the other one is polled, this one has nothing left to do and is gone, with a sentence that names the other; if the other is
    paused or gone itself, this one goes on as before, because nothing would come in otherwise."""
    other = connection.execute(select(T).where(T.c.url == feed.url, T.c.id != feed.id)).one_or_none()
    if other is None:
        return feed
    old = connection.execute(select(T.c.url).where(T.c.id == feed.id)).scalar_one_or_none()
    if old is None:  # removed meanwhile
        return feed
    moved = f"The feed has moved to {feed.url}, which is subscribed to already as feed {other.id} ({other.title})"
    if other.state in STOPPED:
        return replace(feed, url=old, state_text=f"{moved}, but that one is {FeedState(other.state).value}. {feed.state_text}")
    return replace(
        feed,
        url=old,
        state=FeedState.GONE,
        state_text=f"{moved}; its entries come from there, and it is no longer polled.",
        next_poll_at=None,
    )


def _due(now: datetime) -> ColumnElement[bool]:
    return and_(T.c.next_poll_at <= now, T.c.state != FeedState.PAUSED, or_(T.c.lease_until.is_(None), T.c.lease_until <= now))


def _get(connection: Connection, feed_id: int) -> Feed:
    row = connection.execute(select(T).where(T.c.id == feed_id)).one_or_none()
    if row is None:
        raise NotFoundError("feed", feed_id)
    return _feed(row)


def _feed(row: Row[Any]) -> Feed:
    return Feed(
        id=row.id,
        url=row.url,
        title=row.title,
        outlet_id=row.outlet_id,
        theatre=row.theatre,
        language=row.language,
        interval_s=row.interval_s,
        sample=row.sample,
        state=FeedState(row.state),
        state_text=row.state_text,
        added_at=row.added_at,
        next_poll_at=row.next_poll_at,
        last_polled_at=row.last_polled_at,
        last_ok_at=row.last_ok_at,
        last_new_at=row.last_new_at,
        errors_in_row=row.errors_in_row,
        moved_to=row.moved_to,
        moved_hits=row.moved_hits,
        etag=row.etag,
        last_modified=row.last_modified,
        body_hash=row.body_hash,
        full_get_at=row.full_get_at,
        ttl_s=row.ttl_s,
        hours=None if row.hours is None else decode(tuple[datetime, ...], row.hours),
        alarms=tuple(decode(Alarm, alarm) for alarm in row.alarms or ()),
    )


def _poll(row: Row[Any]) -> Poll:
    return Poll(
        feed_id=row.feed_id,
        at=row.at,
        outcome=PollOutcome(row.outcome),
        status=row.status,
        entries_seen=row.entries_seen,
        entries_new=row.entries_new,
        bytes=row.bytes,
        elapsed_s=row.elapsed_s,
        error=row.error,
        warnings=tuple(row.warnings),
    )


def _outlet(row: Row[Any]) -> Outlet:
    return Outlet(
        id=row.id,
        name=row.name,
        kind=row.kind,
        country=row.country,
        languages=tuple(row.languages),
        affiliation=row.affiliation,
        basis=row.basis,
        verified=row.verified,
        homepage=row.homepage,
        sample=row.sample,
    )
