"""The composition root: ``build(settings)`` is the one place that picks concrete classes and wires them.

Everything is made at its first use and kept, so that the web server needs no gazetteer and a fetching worker no search index.
"""

from dataclasses import dataclass
from functools import cached_property

from aggregator.alerting import Alerting
from aggregator.errors import GazetteerError
from aggregator.intake import Intake, SystemClock
from aggregator.names import Names
from aggregator.pipeline import Pipeline
from aggregator.places.gazetteer import Gazetteer
from aggregator.ports import Clock, Store
from aggregator.query import Plan, SearchIndex
from aggregator.revisits import Revisits
from aggregator.search.language import parse
from aggregator.search.plan import plan
from aggregator.settings import Settings
from aggregator.sources import registry
from aggregator.sources.learned.model import Model
from aggregator.sources.registry import Registry
from aggregator.sourcing import Sourcing
from aggregator.storage.engine import open_store
from aggregator.storage.index import open_index
from aggregator.tagging import Taggers, open_completion, taggers_over


@dataclass(frozen=True)
class App(Intake):
    """The product, wired: the intake, and all that comes after it. Close it when done."""

    def open_store(self) -> Store:
        """The store, its schema brought up to date."""
        return open_store(self.settings.database)

    @cached_property
    def index(self) -> SearchIndex:
        self.settings.data_dir.mkdir(parents=True, exist_ok=True)
        return open_index(self.settings.database)

    @property
    def registry(self) -> Registry:
        """The cited sources, read anew where an operator's entries changed: a service goes on through that."""
        kept = vars(self)
        known = kept.get("known_sources")
        kept["known_sources"] = found = registry.load(self.settings.sources) if known is None else registry.current(known)
        return found

    @cached_property
    def gazetteer(self) -> Gazetteer:
        return Gazetteer.open(self.settings.gazetteer)

    @cached_property
    def completion(self) -> Model | None:
        """The learned tagger that is set, kept while gazetteer and sources come and go."""
        return open_completion(self.settings)

    @cached_property
    def taggers(self) -> Taggers:
        return taggers_over(self.gazetteer, self.registry, self.completion)

    def current_gazetteer(self) -> Gazetteer:
        """The gazetteer, opened anew where it was built anew or added to since: a service goes on through both."""
        self._forget_what_was_replaced()
        return self.gazetteer

    def current_taggers(self) -> Taggers:
        """The taggers over the current gazetteer and the current cited sources."""
        self._forget_what_was_replaced()
        return self.taggers

    def _forget_what_was_replaced(self) -> None:
        kept = vars(self)  # where cached properties are
        known = kept["taggers"].gazetteer if "taggers" in kept else kept.get("gazetteer")
        if known is not None and not known.is_current():
            kept.pop("taggers", None)
            kept.pop("gazetteer", None)
        if "taggers" in kept and not kept["taggers"].sources.registry.is_current():
            kept.pop("taggers")

    @cached_property
    def pipeline(self) -> Pipeline:
        return Pipeline(self.store, self.index, self.clock, self.current_taggers, self.settings.lease_s)

    @cached_property
    def alerting(self) -> Alerting:
        """What reads the change log for alerts."""
        return Alerting(self.store, self.index, self.clock, self.planned, self.settings.base)

    def planned(self, query: str) -> Plan:
        """The plan of a query, by the names that are known now."""
        try:
            gazetteer = self.current_gazetteer()
        except GazetteerError:  # not built: `frontwire doctor` says so, and places are known by their ids
            gazetteer = None
        names = Names(self.store, self.registry, gazetteer)
        return plan(parse(query), self.clock.now(), names, saved=names.saved).plan

    @cached_property
    def sourcing(self) -> Sourcing:
        return Sourcing(self.store, self.clock, self.settings.sources)

    @cached_property
    def revisits(self) -> Revisits:
        return Revisits(self.pipeline)


def build(settings: Settings, clock: Clock | None = None) -> App:
    """Wire the product for these settings; nothing is opened yet."""
    return App(settings, clock or SystemClock())
