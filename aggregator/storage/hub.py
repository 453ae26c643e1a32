"""The hub for our own feeds: topics with their newest documents, and subscriptions with what is due about them.

``next_try_at`` says when something is due about a subscription, NULL that nothing is; whoever claims it puts it off. What decides whether a
subscriber is behind is written under a lock on the topic's row, so that a delivery and a news that meet do not miss each other.
"""

import zlib
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, case, delete, exists, func, or_, select, update

from aggregator.errors import NotFoundError, TooManyError
from aggregator.hub import (
    MOST_OF_HOST,
    MOST_SUBSCRIPTIONS,
    MOST_TOPICS,
    MOST_UNVERIFIED_OF_HOST,
    HubCounts,
    HubDocument,
    HubRequest,
    HubSubscription,
    HubTopic,
    Mode,
)
from aggregator.storage import readertables
from aggregator.storage.database import Database
from aggregator.storage.statements import insert

T = readertables.hub_topics
S = readertables.hub_subscriptions
COME_BACK_S = 3_600  # where a limit is reached
SOON_S = 60  # where callbacks are to be asked first
NOTHING_ASKED = {"asked": None, "asked_at": None, "asked_secret": "", "asks": 0}
IN_ORDER = {"failures": 0, "failing_since": None, "reason": ""}


class SqlHub:
    """HubStore in SQL."""

    def __init__(self, database: Database) -> None:
        self._db = database

    # --- subscriptions ------------------------------------------------------------------------------------------------

    def ask(self, request: HubRequest, now: datetime) -> None:
        """Keep a request until the callback has said whether it wants it."""
        asked = {
            "asked": request.mode.value,
            "asked_at": now,
            "asked_secret": request.secret,
            "asked_lease_s": int(request.lease.total_seconds()),
            "asks": 0,
            "next_try_at": now,
        }
        with self._db.write() as connection:
            topic_id = connection.execute(select(T.c.id).where(T.c.url == request.topic)).scalar_one_or_none()
            same = and_(S.c.topic_id == topic_id, S.c.callback == request.callback)
            known = topic_id is not None and connection.execute(update(S).where(same).values(asked)).rowcount
            if known or request.mode is not Mode.SUBSCRIBE:
                return
            _refuse_too_many(connection, request.host, new_topic=topic_id is None)
            made = {"url": request.topic, "version": 0, "seq": -1, "trouble": ""}
            connection.execute(insert(connection, T).values(made).on_conflict_do_nothing())
            topic_id = connection.execute(select(T.c.id).where(T.c.url == request.topic)).scalar_one()
            fresh = {
                "topic_id": topic_id,
                "callback": request.callback,
                "host": request.host,
                "secret": "",
                "created_at": now,
                "delivered": 0,
                "stopped": "",
            }
            query = insert(connection, S).values(fresh | IN_ORDER | asked)
            connection.execute(query.on_conflict_do_update(index_elements=["topic_id", "callback"], set_=asked))

    def get(self, subscription_id: int) -> HubSubscription | None:
        """Return the subscription, if there is one."""
        with self._db.read() as connection:
            row = connection.execute(_joined(S.c.id == subscription_id)).one_or_none()
        return None if row is None else _subscription(row)

    def all(self) -> tuple[HubSubscription, ...]:
        """Every subscription, by topic and callback."""
        with self._db.read() as connection:
            return tuple(_subscription(row) for row in connection.execute(_joined().order_by(T.c.url, S.c.callback)))

    def counts(self, now: datetime) -> HubCounts:
        """What there is, in figures."""
        count = func.count()
        wanted = select(
            func.count(func.distinct(S.c.topic_id)).label("topics"),
            count.label("subscriptions"),
            count.filter(S.c.lease_until > now).label("verified"),
            count.filter(S.c.lease_until > now, S.c.stopped == "", S.c.delivered < T.c.version).label("waiting"),
            count.filter(S.c.failures > 0, S.c.stopped == "").label("failing"),
            count.filter(S.c.stopped != "").label("stopped"),
        ).select_from(S.join(T, T.c.id == S.c.topic_id))
        with self._db.read() as connection:
            return HubCounts(**connection.execute(wanted).one()._asdict())

    def remove(self, subscription_id: int) -> None:
        """Forget it."""
        with self._db.write() as connection:
            if not connection.execute(delete(S).where(S.c.id == subscription_id)).rowcount:
                raise NotFoundError("subscription at the hub", subscription_id)
            _forget_topics(connection)

    def claim(self, now: datetime, lease_s: float, limit: int) -> tuple[HubSubscription, ...]:
        """Subscriptions about which something is due."""
        free = select(S.c.id).where(S.c.next_try_at <= now).order_by(S.c.next_try_at, S.c.id)
        found = free.limit(limit).with_for_update(skip_locked=True).cte("found")
        put_off = update(S).where(S.c.id.in_(select(found.c.id))).values(next_try_at=now + timedelta(seconds=lease_s)).returning(S.c.id)
        with self._db.write() as connection:
            ids = connection.execute(put_off).scalars().all()
            return tuple(_subscription(row) for row in connection.execute(_joined(S.c.id.in_(ids)).order_by(S.c.id)))

    def verified(self, asked: HubSubscription, now: datetime) -> None:
        """The callback agreed to what was asked."""
        with self._db.write() as connection:
            version = _locked_version(connection, asked.topic_id)
            if asked.asked is not Mode.SUBSCRIBE:
                connection.execute(delete(S).where(_still(asked)))
                _forget_topics(connection)
                return
            went_on = asked.lease_until is not None and asked.lease_until > now
            delivered = asked.delivered if went_on else version
            values = {"secret": asked.asked_secret, "lease_until": now + asked.asked_lease, "delivered": delivered, "stopped": ""}
            due = now if delivered < version else None
            connection.execute(update(S).where(_still(asked)).values(values | NOTHING_ASKED | IN_ORDER | {"next_try_at": due}))

    def declined(self, asked: HubSubscription, now: datetime) -> None:
        """The callback did not agree: all stays as it was before."""
        with self._db.write() as connection:
            version = _locked_version(connection, asked.topic_id)
            if asked.lease_until is None:
                connection.execute(delete(S).where(_still(asked)))
                _forget_topics(connection)
                return
            due = now if asked.delivered < version and not asked.stopped else None
            connection.execute(update(S).where(_still(asked)).values(NOTHING_ASKED | {"next_try_at": due}))

    def ask_again(self, asked: HubSubscription, at: datetime) -> None:
        """The callback could not be reached."""
        with self._db.write() as connection:
            connection.execute(update(S).where(_still(asked)).values(asks=S.c.asks + 1, next_try_at=at))

    def later(self, subscription_id: int, at: datetime) -> None:
        """Something on our side was in the way."""
        with self._db.write() as connection:
            connection.execute(update(S).where(S.c.id == subscription_id).values(next_try_at=at))

    # --- deliveries ---------------------------------------------------------------------------------------------------

    def delivered(self, subscription_id: int, version: int, now: datetime) -> None:
        """Note that this version arrived."""
        mine = and_(S.c.id == subscription_id, S.c.delivered <= version)
        with self._db.write() as connection:
            topic_id = connection.execute(select(S.c.topic_id).where(mine)).scalar_one_or_none()
            if topic_id is None:
                return
            behind = _locked_version(connection, topic_id) > version
            due = now if behind else case((S.c.asked.is_not(None), now), else_=None)
            values = {"delivered": version, "last_delivered_at": now, "next_try_at": due}
            connection.execute(update(S).where(mine).values(values | IN_ORDER))

    def failed(self, subscription_id: int, why: str, next_at: datetime, now: datetime) -> HubSubscription | None:
        """Note that a delivery did not arrive."""
        values = {
            "failures": S.c.failures + 1,
            "failing_since": func.coalesce(S.c.failing_since, now),
            "reason": case((S.c.asked.is_(None), why), else_=S.c.reason),
            "next_try_at": case((S.c.asked.is_(None), next_at), else_=now),
        }
        with self._db.write() as connection:
            connection.execute(update(S).where(S.c.id == subscription_id).values(values))
        return self.get(subscription_id)

    def stop(self, subscription_id: int, why: str) -> None:
        """Deliver nothing until the subscriber subscribes anew."""
        due = case((S.c.asked.is_(None), None), else_=S.c.next_try_at)
        with self._db.write() as connection:
            connection.execute(update(S).where(S.c.id == subscription_id).values(stopped=why, next_try_at=due))

    def expire(self, now: datetime) -> int:
        """Forget subscriptions whose lease is over."""
        with self._db.write() as connection:
            over = connection.execute(delete(S).where(S.c.lease_until <= now, S.c.asked.is_(None))).rowcount
            if over:
                _forget_topics(connection)
            return over

    # --- topics -------------------------------------------------------------------------------------------------------

    def topic(self, topic_id: int) -> HubTopic | None:
        """Return the topic, if there is one."""
        with self._db.read() as connection:
            row = connection.execute(select(T).where(T.c.id == topic_id)).one_or_none()
        if row is None:
            return None
        document = None
        if row.body is not None:
            document = HubDocument(row.etag, row.content_type, zlib.decompress(row.body), tuple(row.digests))
        return HubTopic(row.id, row.url, row.version, row.seq, document, row.looked_at, row.trouble)

    def claim_topics(self, seq: int, now: datetime, lease_s: float, gap: timedelta, limit: int) -> tuple[int, ...]:
        """Topics with live subscribers that were looked at before the index came this far."""
        live = exists().where(S.c.topic_id == T.c.id, S.c.lease_until > now, S.c.stopped == "")
        searches = readertables.saved_searches.c  # by number or name in the path, or by ``search:`` in the query, or in that of such a one
        changed = or_(*(T.c.looked_at <= select(func.max(at)).scalar_subquery() for at in (searches.changed_at, searches.removed_at)))
        free = (
            or_(T.c.seq < seq, and_(T.c.url.contains("search"), changed)),
            or_(T.c.lease_until.is_(None), T.c.lease_until <= now),
            or_(T.c.looked_at.is_(None), T.c.looked_at <= now - gap),
        )
        waiting = select(T.c.id).where(*free, live).order_by(T.c.looked_at, T.c.id)
        found = waiting.limit(limit).with_for_update(skip_locked=True).cte("found")
        query = update(T).where(T.c.id.in_(select(found.c.id))).values(lease_until=now + timedelta(seconds=lease_s)).returning(T.c.id)
        with self._db.write() as connection:
            return tuple(sorted(connection.execute(query).scalars()))

    def looked(self, topic_id: int, seq: int, now: datetime, trouble: str = "") -> None:
        """Note that nothing is new as of ``seq``, or that it could not be read."""
        values = {"seq": -1 if trouble else seq, "looked_at": now, "lease_until": None, "trouble": trouble}
        with self._db.write() as connection:
            connection.execute(update(T).where(T.c.id == topic_id).values(values))

    def keep(self, topic_id: int, seq: int, document: HubDocument, *, news: bool, now: datetime) -> None:
        """Keep the topic's document; with ``news`` it is due for every live subscriber."""
        kept = {
            "etag": document.etag,
            "content_type": document.content_type,
            "body": zlib.compress(document.body, 6),
            "digests": list(document.digests),
            "seq": seq,
            "looked_at": now,
            "lease_until": None,
            "trouble": "",
        }
        with self._db.write() as connection:
            connection.execute(update(T).where(T.c.id == topic_id).values(kept | ({"version": T.c.version + 1} if news else {})))
            if news:  # who fails is tried again in its time, who is asked something gets it after the answer
                ready = and_(S.c.topic_id == topic_id, S.c.lease_until > now, S.c.stopped == "", S.c.asked.is_(None), S.c.failures == 0)
                connection.execute(update(S).where(ready).values(next_try_at=now))

    def deny(self, topic_id: int, reason: str, now: datetime) -> None:
        """Have every subscriber told that there is no such feed."""
        told = {"asked": Mode.DENIED.value, "asked_at": now, "asks": 0, "reason": reason, "next_try_at": now}
        with self._db.write() as connection:
            connection.execute(update(T).where(T.c.id == topic_id).values(looked_at=now, lease_until=None, trouble=reason))
            connection.execute(update(S).where(S.c.topic_id == topic_id).values(told))


def _refuse_too_many(connection: Connection, host: str, *, new_topic: bool) -> None:
    count = select(func.count()).select_from(S)
    of_host = count.where(S.c.host == host)
    waiting = of_host.where(S.c.lease_until.is_(None))
    limits = [
        (waiting, MOST_UNVERIFIED_OF_HOST, f"{host} has as many requests waiting as one host may have", SOON_S),
        (of_host, MOST_OF_HOST, f"{host} has as many subscriptions as one host may have", COME_BACK_S),
        (count, MOST_SUBSCRIPTIONS, "This hub has as many subscriptions as it takes", COME_BACK_S),
    ]
    if new_topic:
        limits.append((select(func.count()).select_from(T), MOST_TOPICS, "This hub has as many topics as it takes", COME_BACK_S))
    for query, most, sentence, wait_s in limits:
        if connection.execute(query).scalar_one() >= most:
            raise TooManyError(f"{sentence} ({most}): ask again in {wait_s // 60} min, or read the feed itself.", wait_s)


def _forget_topics(connection: Connection) -> None:
    connection.execute(delete(T).where(~exists().where(S.c.topic_id == T.c.id)))


def _locked_version(connection: Connection, topic_id: int) -> int:
    """The topic's version, which nobody changes until this transaction ends."""
    return connection.execute(select(T.c.version).where(T.c.id == topic_id).with_for_update()).scalar_one_or_none() or 0


def _still(asked: HubSubscription) -> ColumnElement[bool]:
    """The subscription, if nothing else was asked since."""
    return and_(S.c.id == asked.id, S.c.asked == (asked.asked.value if asked.asked else None), S.c.asked_at == asked.asked_at)


def _joined(*which: ColumnElement[bool]) -> Any:
    return select(S, T.c.url).join(T, T.c.id == S.c.topic_id).where(*which)


def _subscription(row: Row[Any]) -> HubSubscription:
    return HubSubscription(
        row.id,
        row.topic_id,
        row.url,
        row.callback,
        row.secret,
        row.created_at,
        Mode(row.asked) if row.asked else None,
        row.asked_at,
        row.asked_secret,
        timedelta(seconds=row.asked_lease_s),
        row.asks,
        row.lease_until,
        row.delivered,
        row.last_delivered_at,
        row.failures,
        row.failing_since,
        row.reason,
        row.stopped,
    )
