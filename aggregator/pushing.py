"""WebSub at work: subscriptions follow what polls find, hubs are asked, their questions answered, their deliveries taken in.

The rules are in ``feeds/websub.py``; here they meet the store and the network. A delivery is stored before the hub hears that it
arrived, and then goes the way of a poll's body: parse, ledger, pages, articles.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import Enum, auto

from aggregator.errors import BrokerError, BusyError, FeedError, FetchError, NotFoundError
from aggregator.feeds import websub
from aggregator.feeds.parse import parse
from aggregator.identity.aliases import seen_entries
from aggregator.model import Feed, FeedState, ParsedFeed, Poll, PollOutcome, RawFeed, Subscription, SubscriptionState
from aggregator.ports import Clock, Poster, Store

log = logging.getLogger("frontwire.websub")

STOPPED = (FeedState.PAUSED, FeedState.GONE)
ATTEMPTS = 3  # of taking in a delivery; then the feed is polled instead
SOON = timedelta(seconds=2)  # while a feed is being polled, its deliveries wait


class Receipt(Enum):
    """What became of a delivery, as far as the hub may know."""

    KEPT = auto()
    IGNORED = auto()  # its signature is wrong; the hub is not told
    UNKNOWN = auto()  # nobody here wants it
    FULL = auto()  # too many are waiting


@dataclass(slots=True)
class Pushing:
    """Subscriptions over the ports. ``base``: root of the callbacks' addresses, without a slash at the end."""

    store: Store
    poster: Poster
    clock: Clock
    base: str
    lease_s: float = 120.0

    def callback(self, subscription: Subscription) -> str:
        """The address that a hub calls; whoever knows it may speak for the hub."""
        return f"{self.base}/websub/{subscription.token}"

    # --- beside polls -------------------------------------------------------------------------------------------------

    def noticed(self, feed: Feed, parsed: ParsedFeed, url: str) -> None:
        """A poll has read the feed's document at ``url``: see that its subscription is to the hub and the topic which that names."""
        have = self.store.subscriptions.of_feed(feed.id)
        if parsed.hub is None or not websub.worth_asking(url, parsed.hub):
            if have is not None:
                self.store.subscriptions.part(feed.id)
            return
        topic = parsed.topic or url  # the Recommendation asks for rel=self, but many feeds name only their hub
        if have is None or (have.hub, have.topic) != (parsed.hub, topic) or have.state is SubscriptionState.LEAVING:
            now, token, secret = self.clock.now(), websub.new_key(), websub.new_key()
            self.store.subscriptions.want(feed.id, parsed.hub, topic, now, token=token, secret=secret)

    def delivers(self, feed: Feed) -> bool:
        """Whether the feed's hub can be relied on, so that polls may be fewer."""
        return websub.delivers(self.store.subscriptions.of_feed(feed.id), feed, self.clock.now())

    # --- asking the hub -----------------------------------------------------------------------------------------------

    def ask(self, subscription_id: int) -> None:
        """Do what is due about a claimed subscription: subscribe, renew, unsubscribe, or forget it.

        The state is stored before the hub is asked: it may answer with its question before it answers the request."""
        before = self.store.subscriptions.get(subscription_id)
        if before is None:
            return
        now = self.clock.now()
        step = websub.next_step(before, self._wanted(before), now)
        if not self.store.subscriptions.save(before, step.after) or step.after is None or step.mode is None:
            return
        asked = replace(step.after, version=before.version + 1)
        try:
            self.poster.post(asked.hub, websub.request_form(asked, step.mode, self.callback(asked)))
        except (BusyError, BrokerError) as held_up:  # nothing that the hub can help
            wait = timedelta(seconds=(held_up.retry_after_s if isinstance(held_up, BusyError) else None) or 5)
            self.store.subscriptions.save(asked, replace(before, next_try_at=now + wait))
        except FetchError as error:
            log.info("the hub %s does not take our request to %s %s: %s", asked.hub, step.mode, asked.topic, error)
            if step.mode == websub.SUBSCRIBE:  # a failed farewell is counted already
                self.store.subscriptions.save(asked, websub.failed(asked, error.message, self.clock.now(), error.retry_after_s))

    def _wanted(self, subscription: Subscription) -> bool:
        return self._feed(subscription) is not None

    def _feed(self, subscription: Subscription) -> Feed | None:
        """The feed that wants what this subscription brings."""
        if subscription.feed_id is None:
            return None
        try:
            feed = self.store.feeds.get(subscription.feed_id)
        except NotFoundError:
            return None
        return None if feed.state in STOPPED else feed

    # --- answering the hub --------------------------------------------------------------------------------------------

    def verify(self, token: str, question: Mapping[str, str]) -> str | None:
        """Answer a hub that verifies or denies: what to send back, or None for what was never asked."""
        while (before := self.store.subscriptions.by_token(token)) is not None:
            verdict = websub.verify(before, self._wanted(before), question, self.clock.now())
            if verdict is None:
                return None
            if self.store.subscriptions.save(before, verdict.after):
                return verdict.body
        return None

    def receive(self, token: str, body: bytes, content_type: str | None, signature: str | None) -> Receipt:
        """Keep a delivery whose signature is right."""
        subscription = self.store.subscriptions.by_token(token)
        if subscription is None or self._feed(subscription) is None or subscription.state is SubscriptionState.DENIED:
            return Receipt.UNKNOWN
        if not websub.signed(subscription.secret, signature, body):
            log.warning("a delivery for feed %s that %s did not sign is ignored", subscription.feed_id, subscription.hub)
            return Receipt.IGNORED
        kept = self.store.subscriptions.keep_push(subscription, content_type, body, self.clock.now())
        return Receipt.KEPT if kept else Receipt.FULL

    # --- taking in what it delivered ----------------------------------------------------------------------------------

    def take_in(self, push_id: int) -> Poll | None:
        """Enter what a hub delivered in the ledger, as a poll does; None if it waits or nobody wants it any more.

        Only the hour of the feed's newest entry changes: when it is polled next, and how it fares, is for polls to say. What is no
        feed is the hub's fault, and at least a sign that there is something to look at: the feed is polled at once."""
        push = self.store.subscriptions.push(push_id)
        if push is None:
            return None
        if push.attempts > ATTEMPTS:
            log.error("what the hub %s delivered for feed %s cannot be taken in; the feed is polled instead", push.hub, push.feed_id)
            self.store.subscriptions.drop_pushes([push_id])
            self.store.feeds.poll_now([push.feed_id], self.clock.now())
            return None
        now = self.clock.now()
        feed = self.store.feeds.claim(push.feed_id, now, self.lease_s)
        if feed is None:
            self.store.subscriptions.push_later(push_id, now + SOON)
            return None
        try:
            parsed = parse(RawFeed(feed.url, push.body, push.content_type), now)
        except FeedError as error:
            log.warning("what the hub %s delivered for feed %s is no feed: %s", push.hub, feed.id, error)
            self.store.feeds.poll_later([feed.id], now)
            self.store.subscriptions.drop_pushes([push_id])
            return None
        seen = self.store.ledger.see(feed.id, seen_entries(parsed.entries), now)
        poll = Poll(
            feed.id,
            push.at,
            PollOutcome.NEW_ENTRIES if seen.new or seen.changed else PollOutcome.NOTHING_NEW,
            entries_seen=len(parsed.entries),
            entries_new=seen.new,
            bytes=len(push.body),
            warnings=(f"pushed by the hub {push.hub}", *parsed.warnings),
        )
        self.store.feeds.record_polls([(poll, replace(feed, last_new_at=push.at) if seen.new else feed)])
        self.store.subscriptions.drop_pushes([push_id])
        return poll
