"""Looking at a feed's history after a poll: its alarms are kept with it, so that lists of feeds need not read histories."""

from collections.abc import Sequence
from dataclasses import replace

from aggregator.feeds.alarms import DOCUMENTS, HOURS, POLLS, alarms, due, history
from aggregator.model import EntryHour, Feed, Poll
from aggregator.ports import Store


def watched(store: Store, before: Feed, after: Feed, poll: Poll, hours: Sequence[EntryHour] | None = None) -> Feed:
    """The feed ``after`` a poll with its alarms; ``before``: as it was; ``hours``: of its newest entries, where they are known already.
    The poll need not be stored yet."""
    if not due(before, poll):
        return after
    earlier = store.feeds.polls(after.id, POLLS) if before.last_polled_at else ()
    documents = store.feeds.polls(after.id, DOCUMENTS, documents=True) if len(earlier) == POLLS else ()
    hours = store.ledger.hours(after.id, HOURS) if hours is None else hours[:HOURS]
    return replace(after, alarms=alarms(history(after, (poll, *earlier, *documents), hours, poll.at)))
