"""Handing out work: what is due in the database becomes messages, no more of them than the workers can soon take.

A feed or an entry is claimed under a lease before its message is sent; if the message is lost, the lease lapses and the work is
handed out again. Work of one host goes into one message, since a host is asked one thing at a time anyway.
"""

from collections.abc import Iterable
from itertools import groupby
from urllib.parse import urlsplit

from celery import current_app

from aggregator.app import App
from aggregator.model import LedgerEntry, Step

FEEDS_A_MESSAGE = 10
PAGES_OF_A_HOST = 8  # handed out at once; the host's other entries wait in the database, not in the queue
ENTRIES_A_MESSAGE = 4
PUSHES_A_MESSAGE = 4
SUBSCRIPTIONS_A_TICK = 10  # few: nothing is lost while a subscription waits, and many feeds share one hub
MESSAGES_A_WORKER = 2  # waiting in a queue for each thread or process that takes from it


def hand_out(app: App) -> int:
    """Claim due feeds and entries and send their messages; return how many were sent."""
    waiting = app.broker.waiting()
    settings, now = app.settings, app.clock.now()
    room = settings.fetch_threads * MESSAGES_A_WORKER - waiting["fetch"]
    sent = 0
    if room > 0:
        feeds = app.store.feeds.claim_due(now, settings.lease_s, room * FEEDS_A_MESSAGE)
        for _, batch in _by_host((feed.id, feed.url) for feed in feeds):
            for ids in _chunks(batch, FEEDS_A_MESSAGE):
                sent += _send("frontwire.poll", ids)
        entries = app.store.ledger.claim(Step.FETCH, now, settings.lease_s, room * PAGES_OF_A_HOST, per_host=PAGES_OF_A_HOST)
        for _, batch in _by_host((entry.id, _link(entry)) for entry in entries):
            sent += _send("frontwire.fetch", batch)
    room = settings.processes * MESSAGES_A_WORKER * 4 - waiting["process"]
    if room > 0:
        ready = app.store.ledger.claim(Step.PROCESS, now, settings.lease_s, room * ENTRIES_A_MESSAGE)
        for ids in _chunks([entry.id for entry in ready], ENTRIES_A_MESSAGE):
            sent += _send("frontwire.process", ids)
    return sent


def hand_out_websub(app: App) -> int:
    """Claim what hubs have delivered, and subscriptions that are due, and send their messages; return how many were sent."""
    if app.pushing is None:
        return 0
    settings, now = app.settings, app.clock.now()
    room = settings.fetch_threads * MESSAGES_A_WORKER - app.broker.waiting()["fetch"]
    if room <= 0:
        return 0
    sent = 0
    for ids in _chunks([*app.store.subscriptions.claim_pushes(now, settings.lease_s, room * PUSHES_A_MESSAGE)], PUSHES_A_MESSAGE):
        sent += _send("frontwire.push", ids)
    due = app.store.subscriptions.claim_due(now, settings.lease_s, SUBSCRIPTIONS_A_TICK)
    for _, ids in _by_host((subscription.id, subscription.hub) for subscription in due):
        sent += _send("frontwire.websub", ids)
    return sent


def hand_out_revisits(app: App) -> int:
    """Claim pages of articles that are to be looked at again, and send their messages while the queues have nothing better to do;
    return how many were sent."""
    if not app.settings.revisits:
        return 0
    waiting, settings, now = app.broker.waiting(), app.settings, app.clock.now()
    sent, room = 0, settings.fetch_threads - waiting["fetch"]
    if room > 0:
        due = app.store.revisits.claim(Step.FETCH, now, settings.lease_s, room * PAGES_OF_A_HOST, per_host=PAGES_OF_A_HOST)
        for _, batch in _by_host((visit.article_id, visit.url) for visit in due):
            sent += _send("frontwire.revisit", batch)
    room = settings.processes * MESSAGES_A_WORKER - waiting["process"]
    if room > 0:
        ready = app.store.revisits.claim(Step.PROCESS, now, settings.lease_s, room * ENTRIES_A_MESSAGE)
        for ids in _chunks([visit.article_id for visit in ready], ENTRIES_A_MESSAGE):
            sent += _send("frontwire.reread", ids)
    return sent


def _send(task: str, ids: list[int]) -> int:
    current_app.send_task(task, args=[ids])
    return 1


def _link(entry: LedgerEntry) -> str:
    return entry.entry.link or f"entry:{entry.id}"


def _by_host(items: Iterable[tuple[int, str]]) -> Iterable[tuple[str, list[int]]]:
    keyed = sorted((_host(url), ident) for ident, url in items)
    for host, group in groupby(keyed, key=lambda pair: pair[0]):
        yield host, [ident for _, ident in group]


def _host(url: str) -> str:
    try:
        return urlsplit(url).netloc or url
    except ValueError:  # brackets that are no IPv6 address: the fetcher will refuse it with a sentence
        return url


def _chunks(ids: list[int], size: int) -> Iterable[list[int]]:
    return (ids[i : i + size] for i in range(0, len(ids), size))
