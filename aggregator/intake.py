"""The first half of the composition: what a worker needs that polls feeds and fetches pages, and nothing else.

Workers that only fetch import neither the extractors nor the taggers, the search index or the migrations: their memory is a third less.
"""

import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property

from aggregator.broker import Broker, broker_url
from aggregator.distributing import Distributing
from aggregator.errors import BrokerError
from aggregator.fetch.http import HttpFetcher
from aggregator.fetch.own import OwnWeb
from aggregator.fetch.politeness import RedisLease
from aggregator.fetch.render import RenderingFetcher, program
from aggregator.fetching import Fetching
from aggregator.notifying import Notifying, mailer_of
from aggregator.polling import Polling
from aggregator.ports import Clock, Lease, Store
from aggregator.pushing import Pushing
from aggregator.settings import Settings
from aggregator.storage.opening import connect


class SystemClock:
    """The real time."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        time.sleep(max(0.0, seconds))


@dataclass(frozen=True)
class Intake:
    """What comes in, wired. Close it when done."""

    settings: Settings
    clock: Clock

    @cached_property
    def store(self) -> Store:
        self.settings.data_dir.mkdir(parents=True, exist_ok=True)
        return self.open_store()

    def open_store(self) -> Store:
        """The store as it is. Raises StorageError if its schema is not the one that this code needs."""
        return connect(self.settings.database)

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
    def fetcher(self) -> HttpFetcher | RenderingFetcher:
        http = HttpFetcher(self.settings, self.lease, self.clock)
        return RenderingFetcher(http, self.settings) if self.settings.render_hosts else http

    @cached_property
    def pushing(self) -> Pushing | None:
        """Subscriptions at hubs; None where no hub can reach us or none is to be asked."""
        if not self.settings.subscribes:
            return None
        return Pushing(self.store, self.fetcher, self.clock, self.settings.base, self.settings.lease_s)

    @cached_property
    def notifying(self) -> Notifying:
        """What sends alerts."""
        settings = self.settings
        return Notifying(self.store, self.fetcher, self.clock, settings.base, mailer_of(settings.smtp_url), settings.mail_from)

    @cached_property
    def distributing(self) -> Distributing | None:
        """The hub for our own feeds; None where there is none. Callbacks asked to be called: no pause lies between two calls of a host."""
        if not self.settings.is_hub:
            return None
        caller = HttpFetcher(replace(self.settings, host_gap_s=0.0), self.lease, self.clock)
        return Distributing(self.store, OwnWeb(self.settings), caller, self.clock, self.settings.base)

    @cached_property
    def polling(self) -> Polling:
        return Polling(self.store, self.fetcher, self.clock, self.pushing)

    @cached_property
    def fetching(self) -> Fetching:
        return Fetching(self.store, self.fetcher, self.clock)

    def close(self) -> None:
        """Close what was opened."""
        if "store" in self.__dict__:
            self.store.close()


def build_intake(settings: Settings) -> Intake:
    """Wire the intake for these settings; nothing is opened yet. Raises SettingsError if pages are to be rendered by a program that is
    not there: a worker that fetches should say so when it starts, not page by page."""
    if settings.render_hosts:
        program(settings)
    return Intake(settings, SystemClock())
