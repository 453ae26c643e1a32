"""WebSub for subscribers (W3C Recommendation of 23 January 2018), as pure functions: which hub and topic a document offers, what is
asked of the hub, how a subscription's state follows from what the hub says, and whether a delivery is signed as it should be.

Hubs are not relied on: some accept a subscription and never deliver. Polling goes on as the safety net; it is only slowed, to once
in ``schedule.PUSHED_INTERVAL``, while ``delivers`` says that what is new comes from the hub first.
"""

import hmac
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from aggregator.feeds import markup
from aggregator.model import Feed, Subscription, SubscriptionState

SUBSCRIBE, UNSUBSCRIBE, DENIED = "subscribe", "unsubscribe", "denied"

MIN_LEASE, MAX_LEASE = timedelta(days=1), timedelta(days=14)
LEASE = timedelta(days=10)  # asked for; the Recommendation calls it a good default (section 8.2)
SOONEST_RENEWAL = timedelta(hours=1)  # however short a lease a hub grants
VERIFY_WITHIN = timedelta(hours=1)  # from the hub's "accepted" to its question; longer counts as a failure
FIRST_BACK_OFF, MAX_BACK_OFF = timedelta(minutes=10), timedelta(days=1)
DENIED_FOR = timedelta(days=7)  # then the hub is asked once more
LEAVE_TRIES = 3  # of telling a hub that we leave; then its lease runs out without us
MAX_CHALLENGE = 4_096  # characters

ALGORITHMS = frozenset({"sha1", "sha256", "sha384", "sha512"})  # section 7.1.1
# One link of a Link header (RFC 8288 section 3): <address> and what follows it up to the next comma outside quotes.
LINK = re.compile(r"<([^>]*)>((?:[^,\"]|\"(?:[^\"\\]|\\.)*\")*)")
PARAMETER = re.compile(r";\s*([\w-]+)\s*=\s*(?:\"((?:[^\"\\]|\\.)*)\"|([^\s;,\"]+))")


# --- discovery --------------------------------------------------------------------------------------------------------


def offered(
    link_header: str | None, url: str, hubs: Iterable[str | None] = (), selfs: Iterable[str | None] = ()
) -> tuple[str | None, str | None]:
    """The hub and the topic of a document at ``url``: of its Link header where that names a hub, else of the document's own links
    (section 4). Of several hubs the first one with https is taken, of none of them the first."""
    linked = header_links(link_header or "")
    named = [target for target, rels in linked if "hub" in rels]
    topics = [target for target, rels in linked if "self" in rels]
    found = _addresses(named or hubs, url)
    hub = next((one for one in found if one.startswith("https:")), found[0] if found else None)
    topic = next(iter(_addresses([*topics, *selfs], url)), None)
    return hub, topic


def _addresses(targets: Iterable[str | None], url: str) -> list[str]:
    return [address for target in targets if (address := markup.address(target, url))]


def header_links(text: str) -> tuple[tuple[str, frozenset[str]], ...]:
    """The links of a Link header: target as it stands, and relations in lower case."""
    links = []
    for target, parameters in LINK.findall(text):
        rel = next((quoted or plain for name, quoted, plain in PARAMETER.findall(parameters) if name.lower() == "rel"), "")
        links.append((target.strip(), frozenset(rel.lower().split())))
    return tuple(links)


def worth_asking(feed_url: str, hub: str) -> bool:
    """Whether a hub may deliver for a feed: not over http what is otherwise read over https, for the secret would travel unprotected
    (section 5.1) and anybody on the way could then write in the feed's name."""
    return hub.startswith("https:") or feed_url.startswith("http:")


# --- what is asked ----------------------------------------------------------------------------------------------------


def new_key() -> str:
    """A token or secret: 256 bits, 43 characters (a secret must have less than 200 bytes)."""
    return secrets.token_urlsafe(32)


def request_form(subscription: Subscription, mode: str, callback: str) -> tuple[tuple[str, str], ...]:
    """The request to the hub (section 5.1)."""
    form = (("hub.callback", callback), ("hub.mode", mode), ("hub.topic", subscription.topic))
    if mode == UNSUBSCRIBE:
        return form
    return (*form, ("hub.lease_seconds", str(int(LEASE.total_seconds()))), ("hub.secret", subscription.secret))


@dataclass(frozen=True, slots=True)
class Step:
    """What is to be done about a subscription that is due: what to ask of the hub (None: nothing), and the state meanwhile
    (None: forget it)."""

    mode: str | None
    after: Subscription | None


def next_step(subscription: Subscription, wanted: bool, now: datetime) -> Step:
    """What to do about a subscription that is due. ``wanted``: its feed is there and is polled."""
    S = SubscriptionState
    state = subscription.state
    if not wanted:
        known_to_hub = state in (S.VERIFIED, S.LEAVING) or subscription.asked_at is not None
        if not known_to_hub or (state is S.LEAVING and subscription.failures >= LEAVE_TRIES):
            return Step(None, None)
        tries = subscription.failures + 1 if state is S.LEAVING else 1
        return Step(UNSUBSCRIBE, replace(subscription, state=S.LEAVING, asked_at=None, failures=tries, next_try_at=now + back_off(tries)))
    current = expired(subscription, now)
    if current.asked_at is not None:
        return Step(None, failed(current, "The hub accepted the request but never verified it.", now))
    state = current.state if current.state is S.VERIFIED else S.PENDING
    return Step(
        SUBSCRIBE, replace(current, state=state, asked_at=now, next_try_at=_not_after_lease(current, state, now + VERIFY_WITHIN, now))
    )


def expired(subscription: Subscription, now: datetime) -> Subscription:
    """The subscription, expired if its lease is over."""
    over = subscription.lease_until is not None and subscription.lease_until <= now
    if subscription.state is SubscriptionState.VERIFIED and over:
        return replace(subscription, state=SubscriptionState.EXPIRED, reason="The lease ran out before the hub renewed it.")
    return subscription


def failed(subscription: Subscription, reason: str, now: datetime, retry_after_s: float | None = None) -> Subscription:
    """The subscription after a request that the hub did not take or did not verify; one that is verified stays so for its lease."""
    failures = subscription.failures + 1
    wait = max(back_off(failures), min(timedelta(seconds=retry_after_s or 0), DENIED_FOR))
    current = expired(subscription, now)
    state = current.state if current.state is SubscriptionState.VERIFIED else SubscriptionState.FAILED
    return replace(
        current,
        state=state,
        asked_at=None,
        failures=failures,
        reason=reason,
        next_try_at=_not_after_lease(current, state, now + wait, now),
    )


def back_off(failures: int) -> timedelta:
    """How long to wait after so many failures in a row: 10 minutes, doubled each time, a day at most."""
    doublings = min(max(failures, 1) - 1, 16)
    return min(FIRST_BACK_OFF * (1 << doublings), MAX_BACK_OFF)


def _not_after_lease(subscription: Subscription, state: SubscriptionState, at: datetime, now: datetime) -> datetime:
    """``at``, or the end of the lease where that comes first: then the subscription is to be seen as expired."""
    until = subscription.lease_until
    return min(at, until) if state is SubscriptionState.VERIFIED and until is not None and until > now else at


# --- what the hub says ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Verdict:
    """Our answer to a hub's question: ``body`` to be sent back, and the state after it (None: forget the subscription)."""

    body: str
    after: Subscription | None


def verify(subscription: Subscription, wanted: bool, question: Mapping[str, str], now: datetime) -> Verdict | None:
    """Answer a hub that verifies what it was asked for, or that denies it (sections 5.2 and 5.3); None: that was never asked, which is
    answered with 404. A subscription that is verified already agrees again, as hubs reconfirm."""
    S = SubscriptionState
    mode, challenge = question.get("hub.mode", ""), question.get("hub.challenge", "")
    if question.get("hub.topic") != subscription.topic:
        return None
    if mode == DENIED:
        reason = " ".join(question.get("hub.reason", "").split())[:300]
        denied = replace(
            subscription,
            state=S.DENIED,
            lease_until=None,
            asked_at=None,
            failures=subscription.failures + 1,
            next_try_at=now + DENIED_FOR,
            reason=f"The hub denies the subscription{f': {reason}' if reason else ''}.",
        )
        return Verdict("", denied if wanted else None)
    if not challenge or len(challenge) > MAX_CHALLENGE:
        return None
    if mode == UNSUBSCRIBE and not wanted:
        return Verdict(challenge, None)
    if mode != SUBSCRIBE or not wanted or subscription.state in (S.DENIED, S.LEAVING):
        return None
    lease = granted(question.get("hub.lease_seconds"))
    verified = replace(
        subscription,
        state=S.VERIFIED,
        lease_until=now + lease,
        asked_at=None,
        verified_at=now,
        failures=0,
        next_try_at=now + max(lease * 2 / 3, SOONEST_RENEWAL),
        reason="",
    )
    return Verdict(challenge, verified)


def granted(lease_seconds: str | None) -> timedelta:
    """The lease that a hub grants; what was asked for where it does not say. MAX_LEASE at most: hubs have promised leases of years and
    forgotten them. A lease shorter than MIN_LEASE is believed: to think it longer would be to wait for a hub that has stopped."""
    text = (lease_seconds or "").strip()
    if not (text.isascii() and text.isdigit() and len(text) < 12 and int(text)):
        return LEASE
    return min(timedelta(seconds=int(text)), MAX_LEASE)


def signed(secret: str, header: str | None, body: bytes) -> bool:
    """Whether the X-Hub-Signature header is that of the body (section 7.1); compared in constant time."""
    method, _, signature = (header or "").strip().partition("=")
    algorithm = method.strip().lower()
    if algorithm not in ALGORITHMS:
        return False
    expected = hmac.new(secret.encode(), body, algorithm).hexdigest()
    return hmac.compare_digest(expected.encode(), signature.strip().lower().encode("utf-8", "replace"))


def delivers(subscription: Subscription | None, feed: Feed, now: datetime) -> bool:
    """Whether the hub can be relied on: verified, the lease running, and the feed's newest entries came by a push and not by a poll
    that the hub should have been quicker than."""
    return (
        subscription is not None
        and subscription.state is SubscriptionState.VERIFIED
        and (subscription.lease_until is None or subscription.lease_until > now)
        and subscription.last_push_at is not None
        and (feed.last_new_at is None or feed.last_new_at <= subscription.last_push_at)
    )
