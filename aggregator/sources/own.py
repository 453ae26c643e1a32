"""What an operator says of cited sources: new ones, other fields of known ones, two that are one.

It is kept as entries of ``desk.yaml`` in the data folder of the instance (layers.py), each with its history: what was done, by whom, when
and why. Every change is tried before it is written: what the registry would not load is refused, and the file stays as it was.
"""

import fcntl
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from aggregator.errors import NotFoundError, SettingsError, UsageError
from aggregator.model import Source, Tags
from aggregator.sources import layers, registry
from aggregator.sources.layers import DESK, Row
from aggregator.sources.registry import Registry

HEAD = "# Written by Frontwire. Entries of your own go into other files beside this one, in the same form (docs/taxonomy.md).\n"
ADDED, CHANGED, MERGED = "added", "changed", "merged"

Names = Mapping[str, list[str]]  # language -> names
Rows = dict[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Told:
    """Who says something, when and why."""

    by: str
    at: datetime
    why: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """An operator's entry: its ``id``, what it does (ADDED, CHANGED, MERGED), the ``fields`` that it names, the ``file`` that has it.
    What stands in another file than DESK can be taken back only there."""

    id: str
    does: str
    fields: Mapping[str, Any]
    history: tuple[Mapping[str, str], ...]
    file: str

    @property
    def by_desk(self) -> bool:
        return self.file == DESK

    @property
    def last(self) -> str:
        """When something was said of it last, ISO 8601; empty where it has no history."""
        return str(self.history[-1].get("at", "")) if self.history else ""


def entries(folder: Path) -> tuple[Entry, ...]:
    """All entries of an operator, those of the desk last, the newest first among them. Raises SettingsError."""
    below, *mine = _layers(folder)
    registry.assemble((below, *mine))  # what is wrong is told rather than listed
    known = {row.key for row in below}
    found = []
    for layer in mine:
        for row in layer:
            does = MERGED if row.fields.get("merged_into") else CHANGED if row.key in known else ADDED
            fields = {name: value for name, value in row.fields.items() if name not in ("id", "history")}
            found.append(Entry(row.key, does, fields, tuple(row.fields.get("history", ())), row.where.split(",")[0]))
        known |= {row.key for row in layer}
    return tuple(sorted(found, key=lambda entry: (entry.by_desk, entry.last), reverse=True))


def fields_of(folder: Path, ident: str) -> Mapping[str, Any]:
    """The fields of a source as its entries give them, without what was merged into it. Raises NotFoundError, SettingsError."""
    laid = layers.lay(_layers(folder))
    if ident not in laid:
        raise NotFoundError("source", ident)
    return laid[ident].fields


def add(folder: Path, ident: str, fields: Mapping[str, Any], told: Told) -> Registry:
    """Add a source; return the registry that has it. Raises UsageError for what cannot be, SettingsError for files that are wrong."""

    def change(rows: Rows, known: Registry) -> None:
        if ident in known.by_id:
            raise UsageError(f"There is a source {ident!r} already, {known.get(ident).name}: edit it, or choose another id.")
        rows[ident] = {"id": ident, **fields}

    return _change(folder, ident, change, "added", told)


def edit(folder: Path, ident: str, fields: Mapping[str, Any], told: Told) -> Registry:
    """Change fields of a source; of names those of the languages that are given. Raises NotFoundError, UsageError, SettingsError."""

    def change(rows: Rows, known: Registry) -> None:
        _still(known, ident)
        old = rows.get(ident, {"id": ident})
        names = {name: {**old.get(name, {}), **fields[name]} for name in layers.BY_LANGUAGE if fields.get(name)}
        rows[ident] = {**old, **fields, **names}

    if not fields:
        raise UsageError("Nothing was given to change.")
    return _change(folder, ident, change, "changed " + ", ".join(sorted(fields)), told)


def merge(folder: Path, ident: str, into: str, told: Told) -> Registry:
    """Make a source one with another, which gets its names and channels; its id leads there. Raises NotFoundError, UsageError,
    SettingsError."""

    def change(rows: Rows, known: Registry) -> None:
        _still(known, ident)
        if _still(known, into).id == ident:
            raise UsageError(f"{ident} cannot be merged into itself.")
        rows[ident] = {**rows.get(ident, {"id": ident}), "merged_into": into}

    return _change(folder, ident, change, f"merged into {into}", told)


def remove(folder: Path, ident: str, told: Told) -> Registry:
    """Take back what was said of a source: that it is one with another, or else all of it. Raises NotFoundError, UsageError where
    something else needs it, SettingsError."""

    def change(rows: Rows, known: Registry) -> None:
        if ident not in rows:
            by_hand = next((row.where for row in layers.by_hand(folder) if row.key == ident), None)
            if by_hand:
                raise UsageError(f"{ident} was written by hand ({by_hand} of {folder}): take it out there.")
            raise NotFoundError("own entry for a source", ident)
        if rows[ident].pop("merged_into", None) is None or not rows[ident].keys() - {"id", "history"}:
            del rows[ident]

    return _change(folder, ident, change, "taken back", told)


def with_names(old: Mapping[str, Iterable[str]], added: Iterable[tuple[str, str]], dropped: Iterable[str]) -> Names:
    """The languages whose names change where these (language, name) come and these names go. Raises UsageError for a name that is not
    there."""
    found = {language: list(names) for language, names in old.items()}
    for name in dropped:
        having = [language for language, names in found.items() if name in names]
        if not having:
            raise UsageError(f"The source's own entries have no further name {name!r}.")
        for language in having:
            found[language].remove(name)
    for language, name in added:
        if name not in found.setdefault(language, []):
            found[language].append(name)
    return {language: names for language, names in found.items() if names != list(old.get(language, ()))}


def concerned(known: Registry, ident: str) -> Callable[[str, str, Tags], bool]:
    """Whether an article, by its title, body and tags, may be tagged otherwise since something was said of a source: it was tagged with it
    or with what was merged with it, or its text may have one of the names. False is sure but for what a text only implies."""
    ids = set(known.ids(ident))
    source = known.by_id.get(ident)
    keys = {frozenset(word for *_, word in registry.words_of(name)) for name in (registry.names_of(source) if source else ())}
    keys |= {rest for key in keys if (rest := frozenset(word for word in key if word not in known.nations))}

    def may_cite(title: str, body: str, tags: Tags) -> bool:
        if ids & _cited(tags):
            return True
        text = " ".join(word for part in (title, body) for *_, word in registry.words_of(part))
        return any(all(word in text for word in key) for key in keys)

    return may_cite


def _cited(tags: Tags) -> set[str | None]:
    speakers = {attribution.speaker.source_id for attribution in tags.attributions}
    passed_on = {via.source_id for attribution in tags.attributions for via in attribution.via}
    return {*speakers, *passed_on, *(asked.source_id for asked in tags.sought_comment), tags.wire} - {None}


def _still(known: Registry, ident: str) -> Source:
    """A source that is one by its own. Raises NotFoundError, UsageError."""
    source = known.get(ident)
    if source.id != ident:
        raise UsageError(f"{ident} was merged into {source.id}: say it of that, or take the merging back first.")
    return source


def _layers(folder: Path) -> list[Sequence[Row]]:
    return [registry.shipped(), layers.by_hand(folder), layers.by_desk(folder)]


def _change(folder: Path, ident: str, change: Callable[[Rows, Registry], None], did: str, told: Told) -> Registry:
    folder.mkdir(parents=True, exist_ok=True)
    with _alone(folder):
        *below, desk = _layers(folder)
        before = registry.assemble((*below, desk))
        rows = {row.key: {**row.defaults, **row.fields} for row in desk}
        change(rows, before)
        if ident in rows:
            line = {"did": did, "by": told.by, "at": told.at.isoformat(timespec="seconds")} | ({"why": told.why} if told.why else {})
            rows[ident]["history"] = [*rows[ident].get("history", ()), line]
        try:
            after = registry.assemble((*below, [Row("desk", fields, {}) for fields in rows.values()]))
        except SettingsError as error:
            raise UsageError(str(error).removeprefix(f"desk ({ident}): ")) from error
        _refuse_shared_names(before, after)
        _write(folder / DESK, rows)
        return replace(after, own=folder, seen=layers.stamp(folder))


def _refuse_shared_names(before: Registry, after: Registry) -> None:
    """A name that is another source's too would stand for either of them, by chance."""
    for key, names in after.names.items():
        sources = {name.source.id: name.source for name in names}
        if len(sources) > 1 and len({name.source.id for name in before.names.get(key, ())}) < 2:
            same = next(n for n in registry.names_of(names[0].source) if frozenset(word for *_, word in registry.words_of(n)) == key)
            owners = " and ".join(f"{source.name} ({ident})" for ident, source in sources.items())
            raise UsageError(f"{same!r} would be a name of {owners}: take it from one of them, or merge them.")


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Nobody else changes the desk's file meanwhile."""
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _write(path: Path, rows: Rows) -> None:
    """Put the entries in the place of the file's in one step; no file where there are none."""
    if not rows:
        path.unlink(missing_ok=True)
        return
    new = path.with_name(f".{path.name}.{os.getpid()}.new")
    with new.open("w", encoding="utf-8") as file:
        file.write(HEAD + yaml.safe_dump({"sources": list(rows.values())}, allow_unicode=True, sort_keys=False, width=140))
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
