"""Polling: feeds are asked, what they have is entered in the ledger, and their next polls are planned.

::

    ask(feed)        Fetcher -> RawFeed -> parse -> Entry*      nothing is written
    settle(answers)  Entry* -> ledger, polls, the feeds' new states, in one transaction

A poll that is lost between the two is made again when its lease lapses.
"""

import hashlib
import random
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from aggregator.errors import BrokerError, BusyError, FeedError, FetchError, HttpError, RefusedError
from aggregator.feeds import schedule
from aggregator.feeds.parse import parse
from aggregator.identity.aliases import seen_entries
from aggregator.model import EntryHour, Feed, ParsedFeed, Poll, PollOutcome, RawFeed, Response
from aggregator.ports import Clock, Fetcher, FetchRequest, SeenEntry, Store
from aggregator.pushing import Pushing
from aggregator.watching import watched


@dataclass(frozen=True, slots=True)
class Answer:
    """What asking a feed came to: a document that was read, one that is as before (``parsed`` is None), or an error."""

    feed: Feed  # as it was when it was asked
    at: datetime
    response: Response | None = None
    full: bool = False  # whether it was asked without conditions
    digest: str = ""  # of the document
    parsed: ParsedFeed | None = None
    entries: tuple[SeenEntry, ...] = ()
    error: FetchError | FeedError | None = None

    @property
    def size(self) -> int:
        """Bytes of its document."""
        return len(self.response.body) if self.response else 0


@dataclass(slots=True)
class Polling:
    """Polls over the ports. Safe for threads."""

    store: Store
    fetcher: Fetcher
    clock: Clock
    pushing: Pushing | None = None  # None: no hub is asked
    jitter: Callable[[], float] = lambda: random.uniform(-0.1, 0.1)
    # One thread reads documents or settles answers at a time: Python would have the others wait in a costlier way, and the memory of
    # many large documents adds up.
    _turn: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def now(self, feed: Feed) -> Poll | None:
        """Poll a claimed feed from beginning to end; None if its host is busy."""
        answer = self.ask(feed)
        return self.settle([answer])[0] if answer else None

    def ask(self, feed: Feed) -> Answer | None:
        """Ask a claimed feed; None if its host is busy, and the feed was put off."""
        now = self.clock.now()
        full = schedule.full_get_due(feed, now)
        request = FetchRequest(feed.url, "feed", None if full else feed.etag, None if full else feed.last_modified)
        try:
            response = self.fetcher.get(request)
            digest = hashlib.sha256(response.body).hexdigest()
            if response.status == 304 or (digest == feed.body_hash and not full):
                return Answer(feed, now, response, full, digest)
            with self._turn:
                parsed = parse(RawFeed(response.url, response.body, response.headers.get("content-type"), response.headers), now)
                return Answer(feed, now, response, full, digest, parsed, seen_entries(parsed.entries))
        except (BusyError, BrokerError) as held_up:  # nothing that the feed can help
            self.store.feeds.poll_later([feed.id], self.clock.now() + pause_for(held_up))
            return None
        except (FetchError, FeedError) as error:  # a pause that a server asks for counts from its answer, not from our turn
            return Answer(feed, self.clock.now(), error=error)

    def broke(self, feed: Feed, error: Exception) -> Answer:
        """Asking, or settling the answer, ended in an error that nobody foresaw: it counts against the feed like any other, so that an
        operator sees it."""
        known = FetchError(f"Polling broke off with an unforeseen {type(error).__name__}: {error}", feed.url)
        return Answer(feed, self.clock.now(), error=known)

    def settle(self, answers: Sequence[Answer]) -> tuple[Poll, ...]:
        """Enter what came in the ledger, and store the polls with the feeds' new states; all or nothing."""
        with self._turn, self.store.together():
            settled = [self._settled(answer) for answer in answers]
            self.store.feeds.record_polls(settled)
        return tuple(poll for poll, _ in settled)

    def _settled(self, answer: Answer) -> tuple[Poll, Feed]:
        feed, response = answer.feed, answer.response
        if response is None or answer.error is not None:
            return self._failed(answer)
        poll = Poll(feed.id, answer.at, PollOutcome.SAME_BODY, response.status, bytes=answer.size, elapsed_s=response.elapsed_s)
        pushed = self.pushing is not None and self.pushing.delivers(feed)
        if answer.parsed is None:
            poll = replace(poll, outcome=PollOutcome.NOT_MODIFIED) if response.status == 304 else poll
            hours, times = self._times(feed, look=False)
            after = schedule.after_not_modified(feed, response, times, answer.at, self.jitter(), pushed=pushed)
            return poll, watched(self.store, feed, replace(after, hours=times), poll, hours)
        seen = self.store.ledger.see(feed.id, answer.entries, answer.at)
        news = bool(seen.new or seen.changed)
        poll = replace(
            poll,
            outcome=PollOutcome.NEW_ENTRIES if news else PollOutcome.NOTHING_NEW,
            entries_seen=len(answer.parsed.entries),
            entries_new=seen.new,
            warnings=answer.parsed.warnings,
        )
        hours, times = self._times(feed, look=news)
        after = schedule.after_success(
            *(feed, response, answer.parsed, times, answer.at, self.jitter()),
            new=seen.new,
            body_hash=answer.digest,
            full=answer.full,
            pushed=pushed and not seen.new,  # what is new here the hub should have pushed
        )
        if self.pushing is not None:
            self.pushing.noticed(feed, answer.parsed, response.url)
        return poll, watched(self.store, feed, replace(after, hours=times), poll, hours)

    def _failed(self, answer: Answer) -> tuple[Poll, Feed]:
        error = answer.error or FetchError("There was no answer.", answer.feed.url)
        poll = Poll(answer.feed.id, answer.at, _outcome(error), getattr(error, "status", None), error=error.message)
        after = schedule.after_error(answer.feed, error, answer.at, self.jitter())
        return poll, watched(self.store, answer.feed, after, poll)

    def _times(self, feed: Feed, *, look: bool) -> tuple[tuple[EntryHour, ...] | None, tuple[datetime, ...]]:
        """What the policy needs of the feed's newest entries: as kept with the feed, or from the ledger, whose rows come with it."""
        if not look and feed.hours is not None:
            return None, feed.hours
        hours = self.store.ledger.hours(feed.id, schedule.CANDIDATES)
        return hours, schedule.newest(hours)


def pause_for(held_up: BusyError | BrokerError) -> timedelta:
    """How long to wait for a host's turn, or for a broker that keeps the turns."""
    return timedelta(seconds=(held_up.retry_after_s if isinstance(held_up, BusyError) else None) or 5)


def _outcome(error: FetchError | FeedError) -> PollOutcome:
    if isinstance(error, FeedError):
        return PollOutcome.NOT_A_FEED
    if isinstance(error, RefusedError):
        return PollOutcome.REFUSED
    if isinstance(error, HttpError):
        return PollOutcome.GONE if error.status == 410 else PollOutcome.HTTP_ERROR
    return PollOutcome.NETWORK_ERROR
