"""Looking at a feed's history after a poll: its alarms are kept with it, so that lists of feeds need not read histories."""

from dataclasses import replace

from aggregator.feeds.alarms import DOCUMENTS, HOURS, POLLS, alarms, due, history
from aggregator.model import Feed, Poll
from aggregator.ports import Store


def watched(store: Store, before: Feed, after: Feed, poll: Poll) -> Feed:
    """The feed ``after`` a poll with its alarms; ``before``: as it was. The poll need not be stored yet."""
    if not due(before, poll):
        return after
    polls = (poll, *store.feeds.polls(after.id, POLLS), *store.feeds.polls(after.id, DOCUMENTS, documents=True))
    return replace(after, alarms=alarms(history(after, polls, store.ledger.hours(after.id, HOURS), poll.at)))
