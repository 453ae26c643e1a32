"""Subscriptions at the hubs of feeds, and the documents that hubs delivered and nobody has taken in yet."""

import zlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, delete, func, or_, select, update

from aggregator.model import FeedState, Push, Subscription, SubscriptionState
from aggregator.storage import schema
from aggregator.storage.database import Database
from aggregator.storage.statements import claim, insert

T = schema.subscriptions
P = schema.pushes
STOPPED = (FeedState.PAUSED, FeedState.GONE)
WAITING = 50  # pushes of one feed that are kept at a time; a hub that sends faster is told to come back
# What `save` writes: `last_push_at` is written by a push alone, and the rest never changes.
SAVED = ("state", "lease_until", "asked_at", "verified_at", "failures", "next_try_at", "reason")


class SqlSubscriptions:
    """SubscriptionStore in SQL."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def want(self, feed_id: int, hub: str, topic: str, now: datetime, *, token: str, secret: str) -> None:
        """See that the feed has a subscription to this topic at this hub. One to another is parted from the feed."""
        with self._db.write() as connection:
            same = and_(T.c.feed_id == feed_id, T.c.hub == hub, T.c.topic == topic)
            again = {"state": SubscriptionState.PENDING, "asked_at": None, "failures": 0, "next_try_at": now, "version": T.c.version + 1}
            connection.execute(update(T).where(same, T.c.state == SubscriptionState.LEAVING).values(again))
            if connection.execute(select(T.c.id).where(same)).one_or_none() is not None:
                return
            connection.execute(update(T).where(T.c.feed_id == feed_id).values(feed_id=None))
            if connection.execute(select(schema.feeds.c.id).where(schema.feeds.c.id == feed_id)).one_or_none() is None:
                return
            values = {
                "feed_id": feed_id,
                "hub": hub,
                "topic": topic,
                "token": token,
                "secret": secret,
                "state": SubscriptionState.PENDING,
                "failures": 0,
                "next_try_at": now,
                "reason": "",
                "version": 0,
            }
            connection.execute(insert(connection, T).values(values).on_conflict_do_nothing())

    def part(self, feed_id: int) -> None:
        """The feed names no hub any more: its subscription is to be ended."""
        with self._db.write() as connection:
            connection.execute(update(T).where(T.c.feed_id == feed_id).values(feed_id=None))

    def get(self, subscription_id: int) -> Subscription | None:
        """Return the subscription, if there is one."""
        return self._one(T.c.id == subscription_id)

    def of_feed(self, feed_id: int) -> Subscription | None:
        """Return the feed's subscription, if it has one."""
        return self._one(T.c.feed_id == feed_id)

    def by_token(self, token: str) -> Subscription | None:
        """Return the subscription whose callback has this token."""
        return self._one(T.c.token == token)

    def claim_due(self, now: datetime, lease_s: float, limit: int) -> tuple[Subscription, ...]:
        """Claim what is due, and what is to be ended because its feed is removed, paused or gone; longest due first."""
        feeds = schema.feeds
        stopped = select(feeds.c.id).where(feeds.c.state.in_(STOPPED))
        unwanted = and_(or_(T.c.feed_id.is_(None), T.c.feed_id.in_(stopped)), T.c.state != SubscriptionState.LEAVING)
        # What is due has its next try put off, so that nobody else claims it; for what is to be ended that says nothing, and to claim
        # it twice does no harm: the second one finds it leaving.
        found = select(T.c.id).where(or_(T.c.next_try_at <= now, unwanted)).order_by(T.c.next_try_at, T.c.id)
        free = found.limit(limit).with_for_update(skip_locked=True).cte("found")
        put_off = update(T).where(T.c.id.in_(select(free.c.id))).values(next_try_at=now + timedelta(seconds=lease_s)).returning(T)
        with self._db.write() as connection:
            rows = connection.execute(put_off).all()
        return tuple(_subscription(row) for row in sorted(rows, key=lambda row: row.id))

    def save(self, before: Subscription, after: Subscription | None) -> bool:
        """Store the new state, or forget the subscription (None), if it still is as it was before; return whether it was."""
        same = and_(T.c.id == before.id, T.c.version == before.version)
        with self._db.write() as connection:
            if after is None:
                return connection.execute(delete(T).where(same)).rowcount == 1
            values = {name: getattr(after, name) for name in SAVED} | {"version": before.version + 1}
            return connection.execute(update(T).where(same).values(values)).rowcount == 1

    # --- pushes -------------------------------------------------------------------------------------------------------

    def keep_push(self, subscription: Subscription, content_type: str | None, body: bytes, now: datetime) -> bool:
        """Keep a document that the hub delivered; False if so many of the feed are waiting that it is not kept."""
        values = {
            "feed_id": subscription.feed_id,
            "hub": subscription.hub,
            "at": now,
            "content_type": content_type,
            "body": zlib.compress(body, 1),
            "attempts": 0,
        }
        with self._db.write() as connection:
            waiting = select(func.count()).select_from(P).where(P.c.feed_id == subscription.feed_id)
            if connection.execute(waiting).scalar_one() >= WAITING:
                return False
            connection.execute(insert(connection, P).values(values))
            connection.execute(update(T).where(T.c.id == subscription.id).values(last_push_at=now))
            return True

    def pushes_wait(self, now: datetime) -> bool:
        """Whether there are pushes under no lease."""
        with self._db.read() as connection:
            return connection.execute(select(P.c.id).where(_free(now)).limit(1)).first() is not None

    def claim_pushes(self, now: datetime, lease_s: float, limit: int) -> tuple[int, ...]:
        """Claim pushes that are under no lease, oldest first, and count the attempt; return their ids."""
        with self._db.write() as connection:
            rows = claim(connection, P, _free(now), (P.c.id,), now + timedelta(seconds=lease_s), limit)
            ids = sorted(row.id for row in rows)
            connection.execute(update(P).where(P.c.id.in_(ids)).values(attempts=P.c.attempts + 1))
        return tuple(ids)

    def push(self, push_id: int) -> Push | None:
        """Return the push, if it still waits."""
        with self._db.read() as connection:
            row = connection.execute(select(P).where(P.c.id == push_id)).one_or_none()
        if row is None:
            return None
        return Push(row.id, row.feed_id, row.hub, row.at, row.content_type, zlib.decompress(row.body), row.attempts)

    def push_later(self, push_id: int, at: datetime) -> None:
        """Take it in from ``at`` on; this was no attempt."""
        with self._db.write() as connection:
            connection.execute(update(P).where(P.c.id == push_id).values(lease_until=at, attempts=P.c.attempts - 1))

    def drop_pushes(self, push_ids: Sequence[int]) -> None:
        """These were taken in, or never will be."""
        with self._db.write() as connection:
            connection.execute(delete(P).where(P.c.id.in_(push_ids)))

    def _one(self, which: ColumnElement[bool]) -> Subscription | None:
        with self._db.read() as connection:
            row = connection.execute(select(T).where(which)).one_or_none()
        return None if row is None else _subscription(row)


def _free(now: datetime) -> ColumnElement[bool]:
    return or_(P.c.lease_until.is_(None), P.c.lease_until <= now)


def _subscription(row: Row[Any]) -> Subscription:
    values = row._asdict()
    return Subscription(**values | {"state": SubscriptionState(row.state)})
