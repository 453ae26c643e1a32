"""The composition root: ``build(settings)`` is the one place that picks concrete classes and wires them.

Everything is made at its first use and kept, so that the web server needs no gazetteer and a fetching worker no search index.
"""

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

from aggregator.broker import Broker, broker_url
from aggregator.errors import BrokerError
from aggregator.fetch.http import HttpFetcher
from aggregator.fetch.politeness import RedisLease
from aggregator.pipeline import Pipeline
from aggregator.places.gazetteer import Gazetteer
from aggregator.ports import Clock, Lease, SearchIndex, Store
from aggregator.pushing import Pushing
from aggregator.revisits import Revisits
from aggregator.settings import Settings
from aggregator.sources import registry
from aggregator.sources.registry import Registry
from aggregator.storage.engine import open_store
from aggregator.storage.index import open_index
from aggregator.tagging import Taggers, open_taggers


class SystemClock:
    """The real time."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        time.sleep(max(0.0, seconds))


@dataclass(frozen=True)
class App:
    """The product, wired. Close it when done."""

    settings: Settings
    clock: Clock

    @cached_property
    def store(self) -> Store:
        self.settings.data_dir.mkdir(parents=True, exist_ok=True)
        return open_store(self.settings.database)

    @cached_property
    def index(self) -> SearchIndex:
        self.settings.data_dir.mkdir(parents=True, exist_ok=True)
        return open_index(self.settings.database)

    @cached_property
    def broker(self) -> Broker:
        """Raises BrokerError where no broker is known."""
        return Broker(broker_url(self.settings))

    @cached_property
    def lease(self) -> Lease:
        """Turns at hosts: at the broker, which is quick, or in the database where there is none."""
        try:
            return RedisLease(self.broker.url)
        except BrokerError:
            return self.store.leases

    @cached_property
    def fetcher(self) -> HttpFetcher:
        return HttpFetcher(self.settings, self.lease, self.clock)

    @cached_property
    def registry(self) -> Registry:
        return registry.load()

    @cached_property
    def gazetteer(self) -> Gazetteer:
        return Gazetteer.open(self.settings.gazetteer)

    @cached_property
    def taggers(self) -> Taggers:
        return open_taggers(self.settings)

    @cached_property
    def pushing(self) -> Pushing | None:
        """Subscriptions at hubs; None where no hub can reach us or none is to be asked."""
        if not self.settings.subscribes:
            return None
        return Pushing(self.store, self.fetcher, self.clock, self.settings.base, self.settings.lease_s)

    @cached_property
    def pipeline(self) -> Pipeline:
        return Pipeline(self.store, self.index, self.fetcher, self.clock, lambda: self.taggers, self.settings.lease_s, self.pushing)

    @cached_property
    def revisits(self) -> Revisits:
        return Revisits(self.pipeline)

    def close(self) -> None:
        """Close what was opened."""
        if "store" in self.__dict__:
            self.store.close()


def build(settings: Settings, clock: Clock | None = None) -> App:
    """Wire the product for these settings; nothing is opened yet."""
    return App(settings, clock or SystemClock())
