"""What operators say of cited sources, kept beside the database; the stored articles that it may concern follow in the background."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aggregator.corrections import SOURCES, Rerun
from aggregator.model import Source
from aggregator.ports import Clock, Store
from aggregator.sources import own
from aggregator.sources.own import Told
from aggregator.sources.registry import Registry


@dataclass(frozen=True, slots=True)
class Said:
    """The source as it is now (None: there is none any more), and the rerun that was asked for."""

    source: Source | None
    rerun: Rerun


@dataclass(frozen=True, slots=True)
class Sourcing:
    """Own entries in ``folder``, reruns over the store. All raise NotFoundError, UsageError and SettingsError as own.py does, and then
    nothing is changed."""

    store: Store
    clock: Clock
    folder: Path

    def add(self, ident: str, fields: Mapping[str, Any], by: str, why: str = "") -> Said:
        """Add a source."""
        return self._said(own.add(self.folder, ident, fields, self._told(by, why)), ident)

    def edit(self, ident: str, fields: Mapping[str, Any], by: str, why: str = "") -> Said:
        """Change fields of a source."""
        return self._said(own.edit(self.folder, ident, fields, self._told(by, why)), ident)

    def merge(self, ident: str, into: str, by: str, why: str = "") -> Said:
        """Make a source one with another."""
        return self._said(own.merge(self.folder, ident, into, self._told(by, why)), ident)

    def remove(self, ident: str, by: str) -> Said:
        """Take back what was said of a source."""
        return self._said(own.remove(self.folder, ident, self._told(by, "")), ident)

    def rerun(self, ident: str) -> Rerun | None:
        """How far what was said of a source has come through the stored articles."""
        return self.store.reruns.of(SOURCES, ident)

    def _told(self, by: str, why: str) -> Told:
        return Told(by, self.clock.now(), why.strip())

    def _said(self, known: Registry, ident: str) -> Said:
        return Said(known.by_id.get(ident), self.store.reruns.ask(SOURCES, ident, self.clock.now()))
