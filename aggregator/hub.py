"""The hub for this service's own feeds (WebSub, W3C Recommendation of 23 January 2018): what subscribers ask, what is kept of it, and the
rules, as pure functions. (Subscriptions of ours at the hubs of others are another thing: ``feeds/websub.py``.)

A topic is the address of one of our feeds. What is kept of it is its newest document and a number that grows with each news; a subscriber
is behind while the number that was delivered to it is smaller. So nothing is lost over a restart, and whoever could not be reached for a
while gets the newest document once, which carries the newest items. The store is a port like those of ``ports``; its contract suite is
tests/contract/test_store_hub.py.
"""

import hmac
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol
from urllib.parse import urlencode, urlsplit

from aggregator.errors import UsageError
from aggregator.model import Response

LEASE, MIN_LEASE, MAX_LEASE = timedelta(days=10), timedelta(hours=1), timedelta(days=30)
SECRET_BYTES = 200  # less than that (section 5.1)
ADDRESS_CHARACTERS = 2_048
ASKS = 3  # of a subscriber whether it did ask, while it cannot be reached
ASK_AGAIN = timedelta(minutes=1)

MOST_SUBSCRIPTIONS = 10_000
MOST_TOPICS = 1_000  # each costs a rendering when the index moves on
MOST_OF_HOST = 500  # subscriptions with callbacks at one host
MOST_UNVERIFIED_OF_HOST = 20  # so that nobody can have us knock at a stranger's door again and again
_PRINTABLE = re.compile(r"[\x21-\x7e]+")


class Mode(StrEnum):
    """What is asked of the hub, and what the hub says to a callback (sections 5.1 to 5.3)."""

    SUBSCRIBE = "subscribe"
    UNSUBSCRIBE = "unsubscribe"
    DENIED = "denied"


@dataclass(frozen=True, slots=True)
class HubRequest:
    """What somebody asks of the hub; nobody knows yet whether the callback wants it. ``lease``: within the bounds."""

    mode: Mode
    topic: str
    callback: str
    secret: str = ""
    lease: timedelta = LEASE

    @property
    def host(self) -> str:
        """Where the callback is."""
        return urlsplit(self.callback).hostname or ""


@dataclass(frozen=True, slots=True)
class HubDocument:
    """A topic's document as it was last seen. ``digests``: its title, and those of its items, by which news is told from what only went."""

    etag: str | None
    content_type: str
    body: bytes
    digests: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HubTopic:
    """A feed of ours that has subscribers. ``version``: grows with each news; ``seq``: how far the index had come when it was looked at;
    ``document``: None until it was; ``trouble``: why it could not be read last time, "" if it could."""

    id: int
    url: str
    version: int = 0
    seq: int = -1
    document: HubDocument | None = None
    looked_at: datetime | None = None
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class HubSubscription:
    """A subscriber of a topic. ``asked``: what is still to be verified (or, for DENIED, to be said, with ``reason``), None if nothing is;
    ``asks``: how often it was tried. ``lease_until``: None until it was verified once. ``delivered``: the version of the topic that it has.
    ``stopped``: why nothing is delivered any more, "" while it is; ``failures`` and ``failing_since``: of the last tries in a row."""

    id: int
    topic_id: int
    topic: str
    callback: str
    secret: str
    created_at: datetime
    asked: Mode | None = None
    asked_at: datetime | None = None
    asked_secret: str = ""
    asked_lease: timedelta = LEASE
    asks: int = 0
    lease_until: datetime | None = None
    delivered: int = 0
    last_delivered_at: datetime | None = None
    failures: int = 0
    failing_since: datetime | None = None
    reason: str = ""
    stopped: str = ""

    def live(self, now: datetime) -> bool:
        """Whether it is to get what is new."""
        return self.lease_until is not None and self.lease_until > now and not self.stopped and self.asked is not Mode.DENIED


@dataclass(frozen=True, slots=True)
class HubCounts:
    """``verified``: of the subscriptions; ``waiting``: that are to get what is new and have not yet; ``failing``: whose last delivery did
    not arrive; ``stopped``: to which nothing goes any more."""

    topics: int = 0
    subscriptions: int = 0
    verified: int = 0
    waiting: int = 0
    failing: int = 0
    stopped: int = 0

    @property
    def told(self) -> str:
        """In words; of what is wrong only what there is."""
        wrong = "".join(f", {number} {what}" for number, what in ((self.failing, "failing"), (self.stopped, "stopped")) if number)
        return f"{self.subscriptions} subscriptions to {self.topics} of our feeds, deliveries waiting: {self.waiting}{wrong}"


class HubStore(Protocol):
    """Topics and their subscribers. A topic without subscribers is forgotten."""

    def ask(self, request: HubRequest, now: datetime) -> None:
        """Keep a request until the callback has said whether it wants it; one that is still open gives way. To unsubscribe what is not
        subscribed is nothing. Raises TooManyError over one of the limits above."""

    def get(self, subscription_id: int) -> HubSubscription | None: ...

    def all(self) -> tuple[HubSubscription, ...]:
        """Every subscription, by topic and callback."""

    def counts(self, now: datetime) -> HubCounts: ...

    def remove(self, subscription_id: int) -> None:
        """Forget it: the subscriber is told nothing. Raises NotFoundError."""

    def claim(self, now: datetime, lease_s: float, limit: int) -> tuple[HubSubscription, ...]:
        """Subscriptions about which something is due; nobody else gets them until the lease lapses."""

    def verified(self, asked: HubSubscription, now: datetime) -> None:
        """The callback agreed to what was ``asked``: a subscription begins, with what comes from now on, or goes on; or it ends. Nothing
        if something else was asked since."""

    def declined(self, asked: HubSubscription, now: datetime) -> None:
        """The callback did not agree to what was ``asked``: all stays as it was before. Nothing if something else was asked since."""

    def ask_again(self, asked: HubSubscription, at: datetime) -> None:
        """The callback could not be reached; this was one try."""

    def later(self, subscription_id: int, at: datetime) -> None:
        """Something on our side was in the way; this was no try."""

    def delivered(self, subscription_id: int, version: int, now: datetime) -> None:
        """Note that this version arrived; what came meanwhile is due at once."""

    def failed(self, subscription_id: int, why: str, next_at: datetime, now: datetime) -> HubSubscription | None:
        """Note that a delivery did not arrive, and when to try again."""

    def stop(self, subscription_id: int, why: str) -> None:
        """Deliver nothing until the subscriber subscribes anew."""

    def expire(self, now: datetime) -> int:
        """Forget subscriptions whose lease is over; return how many."""

    def topic(self, topic_id: int) -> HubTopic | None: ...

    def claim_topics(self, seq: int, now: datetime, lease_s: float, gap: timedelta, limit: int) -> tuple[int, ...]:
        """Topics with live subscribers that were looked at before the index came to ``seq``, or that are of saved searches and were looked
        at before one of these was changed last; none within ``gap``. Nobody else gets them until the lease lapses."""

    def looked(self, topic_id: int, seq: int, now: datetime, trouble: str = "") -> None:
        """Note that nothing is new as of ``seq``, or that it could not be read, and is to be read again. ``now``: when the look began."""

    def keep(self, topic_id: int, seq: int, document: HubDocument, *, news: bool, now: datetime) -> None:
        """Keep the topic's document as of ``seq`` and ``now``, when the look began; with ``news`` it is due for every live subscriber."""

    def deny(self, topic_id: int, reason: str, now: datetime) -> None:
        """There is no such feed (any more): have every subscriber told, and end."""


class Caller(Protocol):
    """The way to callbacks: through the address guard, by turns, without redirects."""

    def call(self, url: str, body: bytes | None = None, headers: Mapping[str, str] | None = None) -> Response:
        """GET the address, or POST the body there, and return the answer: a status of 200-299.

        Raises HttpError for any other status, NetworkError, RefusedError, BusyError."""


class OwnPages(Protocol):
    """The way to this service's own web server."""

    def get(self, path: str, etag: str | None = None) -> Response:
        """The document at this path (with its query) as everybody gets it, without a token; 304 if it is still the one with this ETag. No
        redirect is followed. Raises FetchError for any other status."""


# --- what is asked ----------------------------------------------------------------------------------------------------


def requested(form: Mapping[str, str]) -> HubRequest:
    """What a form asks of the hub (section 5.1). Raises UsageError that says what would be right; whether the topic is a feed of ours, and
    whether the callback's host may be called, is for others to say."""
    mode = form.get("hub.mode", "").strip()
    if mode not in (Mode.SUBSCRIBE, Mode.UNSUBSCRIBE):
        what = f"hub.mode is {mode!r}" if mode else "hub.mode is missing"
        raise UsageError(f"{what}: subscribe and unsubscribe are right. This hub is told of what is new by nobody but itself.")
    topic, callback = _address(form, "hub.topic"), _address(form, "hub.callback")
    secret = form.get("hub.secret", "")
    if len(secret.encode("utf-8", "replace")) >= SECRET_BYTES:
        raise UsageError(f"hub.secret is too long: it must have less than {SECRET_BYTES} bytes.")
    return HubRequest(Mode(mode), topic, callback, secret, lease_of(form.get("hub.lease_seconds", "").strip()))


def _address(form: Mapping[str, str], name: str) -> str:
    text = form.get(name, "").strip()
    if not text:
        raise UsageError(f"{name} is missing: an address such as https://reader.example/push/17.")
    try:
        parts = urlsplit(text)
        right = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.username is None and parts.port != 0
    except ValueError:  # a port that is no number, brackets that are no IPv6 address
        right = False
    if not right or not _PRINTABLE.fullmatch(text) or "#" in text or len(text) > ADDRESS_CHARACTERS:
        raise UsageError(
            f"{name} is {text[:200]!r}: an http or https address of at most {ADDRESS_CHARACTERS} ASCII characters is right, without "
            "a user's name and without a fragment (#)."
        )
    return text


def lease_of(seconds: str) -> timedelta:
    """The lease that somebody gets who asks for this one, "" for none. Raises UsageError where it is no number."""
    if not seconds:
        return LEASE
    digits = seconds.lstrip("0")
    if not (seconds.isascii() and seconds.isdigit() and digits):
        raise UsageError(f"hub.lease_seconds is {seconds[:40]!r}: a number of seconds is right, such as {int(LEASE.total_seconds())}.")
    return min(max(timedelta(seconds=int(digits[:10])), MIN_LEASE), MAX_LEASE)  # ten digits are more than the longest


# --- what is said -----------------------------------------------------------------------------------------------------


def question(asked: HubSubscription, challenge: str) -> str:
    """The address at which the callback is asked whether it wants this (section 5.3.1)."""
    items = [("hub.mode", str(asked.asked)), ("hub.topic", asked.topic), ("hub.challenge", challenge)]
    if asked.asked is Mode.SUBSCRIBE:
        items.append(("hub.lease_seconds", str(int(asked.asked_lease.total_seconds()))))
    return _with_query(asked.callback, items)


def denial(denied: HubSubscription) -> str:
    """The address at which the callback is told no (section 5.2)."""
    return _with_query(denied.callback, [("hub.mode", Mode.DENIED.value), ("hub.topic", denied.topic), ("hub.reason", denied.reason)])


def _with_query(callback: str, items: Sequence[tuple[str, str]]) -> str:
    """What the callback's address has of a query stays as it is (section 5.3.1)."""
    return f"{callback}{'&' if urlsplit(callback).query else '' if callback.endswith('?') else '?'}{urlencode(items)}"


def links(hub: str, topic: str) -> str:
    """The Link header of a feed and of its deliveries (sections 4 and 7)."""
    return f'<{hub}>; rel="hub", <{topic}>; rel="self"'


def delivery_headers(document: HubDocument, hub: str, topic: str, secret: str) -> dict[str, str]:
    """The headers of a delivery (section 7); signed where the subscriber gave a secret (section 7.1)."""
    headers = {"Content-Type": document.content_type, "Link": links(hub, topic)}
    if secret:
        headers["X-Hub-Signature"] = f"sha256={hmac.new(secret.encode(), document.body, 'sha256').hexdigest()}"
    return headers


def is_news(before: Collection[str], after: Collection[str]) -> bool:
    """Whether a document has items that the one before it had not, or not so. What only went (out of “the last day”, or because an article
    was taken down) is no news."""
    return not set(after) <= set(before)
