"""The state of the service in figures, for `frontwire status`, /api/v1/status and the operator's desk."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from aggregator.app import App
from aggregator.broker import QUEUES
from aggregator.errors import BrokerError
from aggregator.hub import HubCounts


@dataclass(frozen=True, slots=True)
class QueueState:
    """``waiting``: messages, None if the broker does not answer; ``last_done_at``: when a task of the queue finished last."""

    waiting: int | None
    last_done_at: datetime | None


@dataclass(frozen=True, slots=True)
class Status:
    feeds: int
    feeds_due: int
    feed_states: dict[str, int]
    alarms: int  # feeds with at least one
    entries: dict[str, int]
    articles: int
    revisions: int
    stories: int
    outlets: int
    languages: int
    sources: int
    sample_articles: int
    edited: int  # articles with more than one revision
    gone: int  # articles whose page is gone
    index_lag: int
    queues: dict[str, QueueState]
    hub: HubCounts | None  # of the hub for our own feeds; None where this service is none
    broker_error: str = ""

    def as_json(self) -> dict[str, Any]:
        """The status in the fields programs rely on."""
        return {
            "feeds": self.feeds,
            "feeds_due": self.feeds_due,
            "feed_states": self.feed_states,
            "alarms": self.alarms,
            "entries": self.entries,
            "articles": self.articles,
            "revisions": self.revisions,
            "stories": self.stories,
            "outlets": self.outlets,
            "languages": self.languages,
            "sources": self.sources,
            "sample_articles": self.sample_articles,
            "edited": self.edited,
            "gone": self.gone,
            "index_lag": self.index_lag,
            "queues": {
                name: {"waiting": queue.waiting, "last_done_at": queue.last_done_at and queue.last_done_at.strftime("%Y-%m-%dT%H:%M:%SZ")}
                for name, queue in self.queues.items()
            },
            "hub": asdict(self.hub) if self.hub else None,
        }


def collect(app: App) -> Status:
    """Read the status from store and broker. Raises StorageError if the database does not answer; a silent broker is a finding."""
    totals, beats = app.store.totals(), app.store.beats()
    waiting: dict[str, int] = {}
    problem = ""
    try:
        waiting = app.broker.waiting()
    except BrokerError as error:
        problem = error.message
    return Status(
        feeds=totals.feeds,
        feeds_due=app.store.feeds.due(app.clock.now()),
        feed_states={state.value: count for state, count in totals.feed_states.items()},
        alarms=totals.alarms,
        entries={state.value: count for state, count in app.store.ledger.counts().items()},
        articles=totals.articles,
        revisions=totals.revisions,
        stories=totals.stories,
        outlets=totals.outlets,
        languages=totals.languages,
        sources=totals.sources,
        sample_articles=totals.sample_articles,
        edited=totals.edited,
        gone=totals.gone,
        index_lag=app.store.changes.head() - app.store.changes.cursor("index"),
        queues={name: QueueState(waiting.get(name), beats.get(name)) for name in QUEUES},
        hub=app.store.hub.counts(app.clock.now()) if app.settings.is_hub else None,
        broker_error=problem,
    )
