"""The hub at work: callbacks are asked whether they want what was asked for them, topics are looked at, and what is new is delivered.

The rules are in ``hub.py``; here they meet the store and the network. A topic is read from this service's own web server as everybody reads
it, so that what is pushed is what a reader would have found, in every format, and never a text that only a token opens.
"""

import logging
import secrets
from datetime import datetime, timedelta

from aggregator.alerts import GIVE_UP, again_at
from aggregator.errors import BrokerError, BusyError, FeedError, FetchError, HttpError, Remedy
from aggregator.feeds.parse import parse
from aggregator.hub import (
    ASK_AGAIN,
    ASKS,
    Caller,
    HubDocument,
    HubSubscription,
    HubTopic,
    Mode,
    OwnPages,
    delivery_headers,
    denial,
    is_news,
    question,
)
from aggregator.identity.aliases import seen_entries
from aggregator.model import RawFeed, Response
from aggregator.ports import Clock, Store

log = logging.getLogger("frontwire.hub")

GONE = 410
HELD_UP = timedelta(seconds=5)  # where something on our side is in the way
NO_FEED = range(300, 500)  # statuses by which the own web server says that there is no such feed; 500 and above pass
TITLE = "title: "  # before that of the feed itself, among the digests of its items: a feed that is renamed has news
DIGEST = 16  # characters of an item's content


class Distributing:
    """The hub over the ports. ``base``: root of the topics' addresses, without a slash at the end."""

    def __init__(self, store: Store, own: OwnPages, caller: Caller, clock: Clock, base: str) -> None:
        self.store = store
        self.own = own
        self.caller = caller
        self.clock = clock
        self.base = base

    # --- topics -------------------------------------------------------------------------------------------------------

    def look(self, topic_id: int) -> bool:
        """Read a topic as of now; return whether it has news. The first look only says what there was before."""
        topic = self.store.hub.topic(topic_id)
        if topic is None:
            return False
        seq, now = self.store.changes.cursor("index"), self.clock.now()  # before the look: what comes meanwhile is looked at once more
        try:
            answer = self.own.get(topic.url.removeprefix(self.base), topic.document.etag if topic.document else None)
        except HttpError as error:
            if error.status in NO_FEED:
                self.store.hub.deny(topic_id, f"There is no such feed here: it answers with status {error.status}.", now)
                return False
            return self._unread(topic, seq, now, error)
        except FetchError as error:
            return self._unread(topic, seq, now, error)
        if answer.status == 304:
            self.store.hub.looked(topic_id, seq, now)
            return False
        document = read(answer, now)
        news = topic.document is not None and is_news(topic.document.digests, document.digests)
        self.store.hub.keep(topic_id, seq, document, news=news, now=now)
        return news

    def _unread(self, topic: HubTopic, seq: int, now: datetime, error: FetchError) -> bool:
        log.warning("the topic %s cannot be read from our own web server: %s", topic.url, error)
        self.store.hub.looked(topic.id, seq, now, error.message)
        return False

    # --- subscribers --------------------------------------------------------------------------------------------------

    def serve(self, subscription_id: int) -> None:
        """Do what is due about a claimed subscription: ask its callback, tell it no, deliver what it has not."""
        found = self.store.hub.get(subscription_id)
        if found is not None and found.asked is Mode.DENIED:
            self._deny(found)
            return
        if found is not None and found.asked is not None:
            self._verify(found)
            found = self.store.hub.get(subscription_id)
        if found is not None and found.asked is None and found.live(self.clock.now()):
            self._deliver(found)

    def _verify(self, asked: HubSubscription) -> None:
        if asked.asked is Mode.SUBSCRIBE and not self._readable(asked):
            return
        challenge = secrets.token_urlsafe(32)
        try:
            answer = self.caller.call(question(asked, challenge))
        except (BusyError, BrokerError) as held_up:
            self._held_up(asked, held_up)
        except FetchError as error:
            now = self.clock.now()
            if error.remedy is Remedy.WAIT and asked.asks + 1 < ASKS:
                self.store.hub.ask_again(asked, now + ASK_AGAIN * (asked.asks + 1))
            else:
                log.info("the callback %s does not say that it wants to %s %s: %s", asked.callback, asked.asked, asked.topic, error)
                self.store.hub.declined(asked, now)
        else:
            if secrets.compare_digest(answer.body, challenge.encode()):
                self.store.hub.verified(asked, self.clock.now())
            else:
                log.info("the callback %s does not give back the challenge for %s", asked.callback, asked.topic)
                self.store.hub.declined(asked, self.clock.now())

    def _readable(self, asked: HubSubscription) -> bool:
        """Whether the topic was read, which has to come before the first subscriber: by that it is told what is new. Where it cannot be
        read, the request waits; where there is none, it is denied."""
        topic = self.store.hub.topic(asked.topic_id)
        if topic is not None and topic.document is None:
            self.look(topic.id)
            topic = self.store.hub.topic(asked.topic_id)
        if topic is not None and topic.document is not None:
            return True
        now = self.clock.now()
        still = self.store.hub.get(asked.id)
        if still is not None and still.asked is not Mode.DENIED:
            self.store.hub.later(asked.id, now + ASK_AGAIN)
        return False

    def _deny(self, denied: HubSubscription) -> None:
        """Say no, once; who cannot be reached finds out when the feed is read."""
        try:
            self.caller.call(denial(denied))
        except (BusyError, BrokerError) as held_up:
            self._held_up(denied, held_up)
            return
        except FetchError as error:
            log.info("the callback %s could not be told that %s is denied: %s", denied.callback, denied.topic, error)
        self.store.hub.remove(denied.id)

    def _deliver(self, found: HubSubscription) -> None:
        topic = self.store.hub.topic(found.topic_id)
        if topic is None or topic.document is None or found.delivered >= topic.version:
            return
        headers = delivery_headers(topic.document, f"{self.base}/hub", topic.url, found.secret)
        try:
            self.caller.call(found.callback, topic.document.body, headers)
        except (BusyError, BrokerError) as held_up:
            self._held_up(found, held_up)
        except FetchError as error:
            self._failed(found, error)
        else:
            self.store.hub.delivered(found.id, topic.version, self.clock.now())

    def _failed(self, found: HubSubscription, error: FetchError) -> None:
        if error.status == GONE:  # section 7: the subscription is over
            log.info("the callback %s wants no more of %s", found.callback, found.topic)
            self.store.hub.remove(found.id)
            return
        now = self.clock.now()
        wait = timedelta(seconds=min(error.retry_after_s or 0, GIVE_UP.total_seconds()))
        after = self.store.hub.failed(found.id, error.message, max(again_at(found.failures + 1, now), now + wait), now)
        log.info("%s could not be delivered to %s: %s", found.topic, found.callback, error)
        if after is not None and after.failing_since is not None and now - after.failing_since >= GIVE_UP:
            self.store.hub.stop(found.id, f"Nothing could be delivered for {GIVE_UP.days} days. At last: {error.message}")

    def _held_up(self, found: HubSubscription, error: BusyError | BrokerError) -> None:
        """Nothing that the subscriber can help."""
        wait = timedelta(seconds=error.retry_after_s or 0) if isinstance(error, BusyError) else HELD_UP
        self.store.hub.later(found.id, self.clock.now() + max(wait, timedelta(seconds=1)))


def read(answer: Response, now: datetime) -> HubDocument:
    """The document of an answer, with its title and the digests of its items; one that cannot be read has none, and so no news."""
    content_type = answer.headers.get("content-type", "")
    try:
        feed = parse(RawFeed(answer.url, answer.body, content_type), now)
    except FeedError as error:
        log.error("our own feed %s cannot be read: %s", answer.url, error)
        return HubDocument(answer.headers.get("etag"), content_type, answer.body, ())
    digests = (f"{TITLE}{feed.title or ''}", *(f"{seen.key} {seen.digest[:DIGEST]}" for seen in seen_entries(feed.entries)))
    return HubDocument(answer.headers.get("etag"), content_type, answer.body, digests)
