"""Handing out work: what is due in the database becomes messages, no more of them than the workers can soon take.

A feed or an entry is claimed under a lease before its message is sent; if the message is lost, the lease lapses and the work is
handed out again. Work of one host goes into one message, since a host is asked one thing at a time anyway.
"""

import time
from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import groupby, zip_longest
from urllib.parse import urlsplit

from celery import current_app

from aggregator.intake import Intake
from aggregator.model import LedgerEntry, Step

FEEDS_A_MESSAGE = 40  # a message costs as much as two polls that bring nothing
PAGES_OF_A_HOST = 8  # handed out at once; the host's other entries wait in the database, not in the queue
ENTRIES_A_MESSAGE = 4
PUSHES_A_MESSAGE = 4
ALERTS_A_TICK = 50
SUBSCRIPTIONS_A_TICK = 10  # few: nothing is lost while a subscription waits, and many feeds share one hub
TOPICS_A_MESSAGE = 8
TOPIC_GAP = timedelta(seconds=5)  # between two looks at a feed of ours
LOOKS_A_SECOND = 5  # at all of them: each is rendered anew, so that a thousand would otherwise take all there is
SUBSCRIBERS_A_MESSAGE = 4  # few: a callback that does not answer takes half a minute, and a lease holds for all of them
MESSAGES_A_WORKER = 2  # waiting in a queue for each thread or process that takes from it
PAGES_EVERY_S = 0.5  # a process looks for pages no more often: the look ranks all that wait
_pages_looked_at = [0.0]  # monotonic


def hand_out(app: Intake) -> int:
    """Claim all that is due and send its messages; return how many were sent."""
    return hand_out_feeds(app) + hand_out_pages(app) + hand_out_texts(app)


def hand_out_feeds(app: Intake) -> int:
    """Claim due feeds and send their messages, if the queue is about to run dry; return how many were sent."""
    threads, waiting = app.settings.fetch_threads, app.broker.waiting()["fetch"]
    if waiting > threads // 2:
        return 0
    room = threads * MESSAGES_A_WORKER - waiting
    feeds = app.store.feeds.claim_due(app.clock.now(), app.settings.lease_s, room * FEEDS_A_MESSAGE)
    size = min(FEEDS_A_MESSAGE, -(-len(feeds) // threads))  # 0: nothing is due
    return sum(_send("frontwire.poll", ids) for ids in _batches(((feed.id, feed.url) for feed in feeds), size))


def hand_out_pages(app: Intake, *, urgent: bool = False) -> int:
    """Claim entries whose pages are to be fetched and send their messages; return how many were sent. ``urgent``: however short ago
    this process did so last."""
    now = time.monotonic()
    if not urgent and now - _pages_looked_at[0] < PAGES_EVERY_S:
        return 0
    _pages_looked_at[0] = now
    room = app.settings.fetch_threads * MESSAGES_A_WORKER - app.broker.waiting()["fetch"]
    if room <= 0:
        return 0
    limit = room * PAGES_OF_A_HOST
    entries = app.store.ledger.claim(Step.FETCH, app.clock.now(), app.settings.lease_s, limit, per_host=PAGES_OF_A_HOST)
    return sum(_send("frontwire.fetch", ids) for _, ids in _by_host((entry.id, _link(entry)) for entry in entries))


def hand_out_texts(app: Intake) -> int:
    """Claim fetched entries that nobody took on, and send their messages; return how many were sent."""
    room = app.settings.processes * MESSAGES_A_WORKER * 4 - app.broker.waiting()["process"]
    if room <= 0:
        return 0
    ready = app.store.ledger.claim(Step.PROCESS, app.clock.now(), app.settings.lease_s, room * ENTRIES_A_MESSAGE)
    return sum(_send("frontwire.process", ids) for ids in _chunks([entry.id for entry in ready], ENTRIES_A_MESSAGE))


def hand_out_pushes(app: Intake) -> int:
    """Claim what hubs have delivered and send its messages; return how many were sent."""
    if app.pushing is None or not app.store.subscriptions.pushes_wait(app.clock.now()):
        return 0
    room = app.settings.fetch_threads * MESSAGES_A_WORKER - app.broker.waiting()["fetch"]
    if room <= 0:
        return 0
    pushes = app.store.subscriptions.claim_pushes(app.clock.now(), app.settings.lease_s, room * PUSHES_A_MESSAGE)
    return sum(_send("frontwire.push", ids) for ids in _chunks([*pushes], PUSHES_A_MESSAGE))


def hand_out_subscriptions(app: Intake) -> int:
    """Claim subscriptions that are due and send their messages; return how many were sent."""
    if app.pushing is None or app.settings.fetch_threads * MESSAGES_A_WORKER <= app.broker.waiting()["fetch"]:
        return 0
    due = app.store.subscriptions.claim_due(app.clock.now(), app.settings.lease_s, SUBSCRIPTIONS_A_TICK)
    return sum(_send("frontwire.websub", ids) for _, ids in _by_host((one.id, one.hub) for one in due))


def hand_out_alerts(app: Intake) -> int:
    """Claim alerts that have something to tell and send their messages; return how many were sent."""
    due = app.store.alerts.claim(app.clock.now(), app.settings.lease_s, ALERTS_A_TICK)
    return sum(_send("frontwire.notify", [ident]) for ident in due)


def hand_out_topics(app: Intake) -> int:
    """Claim feeds of ours that have subscribers and may have news, since the index moved on; return how many messages were sent."""
    room = app.settings.fetch_threads * MESSAGES_A_WORKER - app.broker.waiting()["fetch"] if app.distributing is not None else 0
    if room <= 0:
        return 0
    seq, now = app.store.changes.cursor("index"), app.clock.now()
    gap = max(TOPIC_GAP, timedelta(seconds=app.store.hub.counts(now).topics / LOOKS_A_SECOND))
    topics = app.store.hub.claim_topics(seq, now, app.settings.lease_s, gap, room * TOPICS_A_MESSAGE)
    return sum(_send("frontwire.topics", ids) for ids in _chunks([*topics], TOPICS_A_MESSAGE))


def hand_out_subscribers(app: Intake) -> int:
    """Claim subscribers to our own feeds that are to be asked or have something to get, and send their messages; return how many."""
    room = app.settings.fetch_threads * MESSAGES_A_WORKER - app.broker.waiting()["fetch"] if app.distributing is not None else 0
    if room <= 0:
        return 0
    due = app.store.hub.claim(app.clock.now(), app.settings.lease_s, room * SUBSCRIBERS_A_MESSAGE)
    by_host = _by_host((one.id, one.callback) for one in due)
    return sum(_send("frontwire.subscribers", part) for _, ids in by_host for part in _chunks(ids, SUBSCRIBERS_A_MESSAGE))


def hand_out_revisits(app: Intake) -> int:
    """Claim pages of articles that are to be looked at again, and send their messages while the queues have nothing better to do;
    return how many were sent."""
    if not app.settings.revisits:
        return 0
    waiting, settings, now = app.broker.waiting(), app.settings, app.clock.now()
    sent, room = 0, settings.fetch_threads - waiting["fetch"]
    if room > 0:
        due = app.store.revisits.claim(Step.FETCH, now, settings.lease_s, room * PAGES_OF_A_HOST, per_host=PAGES_OF_A_HOST)
        sent += sum(_send("frontwire.revisit", ids) for _, ids in _by_host((visit.article_id, visit.url) for visit in due))
    room = settings.processes * MESSAGES_A_WORKER - waiting["process"]
    if room > 0:
        ready = app.store.revisits.claim(Step.PROCESS, now, settings.lease_s, room * ENTRIES_A_MESSAGE)
        sent += sum(_send("frontwire.reread", ids) for ids in _chunks([visit.article_id for visit in ready], ENTRIES_A_MESSAGE))
    return sent


def _send(task: str, ids: list[int]) -> int:
    current_app.send_task(task, args=[ids])
    return 1


def _link(entry: LedgerEntry) -> str:
    return entry.entry.link or f"entry:{entry.id}"


def _batches(feeds: Iterable[tuple[int, str]], size: int) -> Iterator[list[int]]:
    """Ids of feeds in batches of about ``size``, all of a host in one unless they are more than FEEDS_A_MESSAGE. Within a batch the
    hosts take turns, so that the pause that one asks for is not lost."""
    batch: list[list[int]] = []
    for _, ids in _by_host(feeds):
        for part in _chunks(ids, FEEDS_A_MESSAGE):
            if batch and sum(map(len, batch)) + len(part) > size:
                yield _in_turns(batch)
                batch = []
            batch.append(part)
    if batch:
        yield _in_turns(batch)


def _in_turns(hosts: list[list[int]]) -> list[int]:
    return [ident for turn in zip_longest(*hosts) for ident in turn if ident is not None]


def _by_host(items: Iterable[tuple[int, str]]) -> Iterator[tuple[str, list[int]]]:
    keyed = sorted((_host(url), ident) for ident, url in items)
    for host, group in groupby(keyed, key=lambda pair: pair[0]):
        yield host, [ident for _, ident in group]


def _host(url: str) -> str:
    try:
        return urlsplit(url).netloc or url
    except ValueError:  # brackets that are no IPv6 address: the fetcher will refuse it with a sentence
        return url


def _chunks(ids: list[int], size: int) -> Iterator[list[int]]:
    return (ids[i : i + size] for i in range(0, len(ids), size))
