"""Entries of the registry as they stand in files, and how an operator's are laid over those that are shipped.

Layers, each over the one before: the shipped files; an operator's files in the data folder of the instance (``sources/*.yaml`` there);
``desk.yaml`` beside these, which commands and the desk write. An entry with a new id is a source; one with a known id changes the
fields that it names (of ``aliases`` and ``metonyms``: the languages); one with ``merged_into`` makes its id another name of a source.
"""

import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from aggregator.errors import SettingsError

DESK = "desk.yaml"
BY_LANGUAGE = ("aliases", "metonyms")
HISTORY = frozenset({"did", "by", "at", "why"})

Stamp = tuple[tuple[str, int, int, int], ...]


@dataclass(frozen=True, slots=True)
class Row:
    """An entry. ``where`` it stands, for people; ``defaults`` of its file count only where the entry is a source of its own."""

    where: str
    fields: Mapping[str, Any]
    defaults: Mapping[str, Any]

    @property
    def key(self) -> str:
        """The id; where it stands, for one that has none."""
        ident = self.fields.get("id")
        return ident if isinstance(ident, str) else self.where


def read_yaml(path: Path) -> Any:
    """The content of a YAML file. Raises SettingsError."""
    try:
        return yaml.load(path.read_bytes(), yaml.CSafeLoader)
    except (yaml.YAMLError, OSError) as error:
        raise SettingsError(f"{path.name} is not YAML that can be read: {error}") from error


def read(path: Path) -> list[Row]:
    """The entries of a file. Raises SettingsError that names file and entry."""
    data = read_yaml(path)
    if not isinstance(data, dict) or not isinstance(data.get("sources"), list):
        raise SettingsError(f"{path.name}: the file needs a list `sources` (and may have a mapping `defaults`).")
    defaults = data.get("defaults") or {}
    if not isinstance(defaults, dict):
        raise SettingsError(f"{path.name}: `defaults` is a mapping of fields, not {defaults!r}.")
    rows = []
    for number, fields in enumerate(data["sources"], 1):
        if not isinstance(fields, dict):
            raise SettingsError(f"{path.name}, entry {number}: a source is a mapping, not {fields!r}.")
        rows.append(Row(f"{path.name}, entry {number}", fields, defaults))
    return rows


def in_folder(folder: Path) -> list[Row]:
    """The entries of all files of a folder that must have some. Raises SettingsError."""
    files = sorted(folder.glob("*.yaml"))
    if not files:
        raise SettingsError(f"The source registry {folder} has no YAML files.")
    return [row for path in files for row in read(path)]


def by_hand(folder: Path | None) -> list[Row]:
    """The entries of an operator's own files but the desk's. Raises SettingsError."""
    files = sorted(folder.glob("*.yaml")) if folder else []
    return [row for path in files if path.name != DESK for row in read(path)]


def by_desk(folder: Path | None) -> list[Row]:
    """The entries that commands and the desk wrote. Raises SettingsError."""
    return read(folder / DESK) if folder and (folder / DESK).exists() else []


def stamp(folder: Path | None) -> Stamp:
    """What tells that a file of a folder was changed, added or removed. Costs a stat a file."""
    found: list[tuple[str, int, int, int]] = []
    if folder is None:
        return ()
    with suppress(FileNotFoundError), os.scandir(folder) as files:  # no folder, or a file went since: the next look tells
        for file in files:
            if file.name.endswith(".yaml"):
                stat = file.stat()
                found.append((file.name, stat.st_mtime_ns, stat.st_size, stat.st_ino))
    return tuple(sorted(found))


def lay(layers: Iterable[Iterable[Row]]) -> dict[str, Row]:
    """The entries by id as they are in the end. Raises SettingsError where an id occurs twice in a layer."""
    laid: dict[str, Row] = {}
    for layer in layers:
        seen: dict[str, Row] = {}
        for row in layer:
            if row.key in seen:
                raise SettingsError(f"The source registry has ids that occur twice: {row.key} in {seen[row.key].where} and in {row.where}.")
            seen[row.key] = row
            below = laid.get(row.key)
            laid[row.key] = Row(row.where, {**row.defaults, **row.fields} if below is None else _over(below.fields, row.fields), {})
    return laid


def _over(below: Mapping[str, Any], fields: Mapping[str, Any]) -> dict[str, Any]:
    found = {**below, **fields}
    for name in BY_LANGUAGE:
        if isinstance(below.get(name), dict) and isinstance(fields.get(name), dict):
            found[name] = {**below[name], **fields[name]}
    return found


def check_history(data: object, label: str) -> None:
    """Raises SettingsError where a history is not a list of what was done, by whom, when and why."""
    rows = data if isinstance(data, list) else [None]
    for row in rows:
        if not isinstance(row, dict) or set(row) - HISTORY or not all(isinstance(value, str | date) for value in row.values()):
            raise SettingsError(f"{label}: history is a list of mappings with texts for {', '.join(sorted(HISTORY))}, not {row!r}.")


def redirects(laid: Mapping[str, Row]) -> dict[str, str]:
    """Merged id -> id of the source that it is now. Raises SettingsError for a target that is not there, and for a circle."""
    steps = {ident: row.fields["merged_into"] for ident, row in laid.items() if row.fields.get("merged_into") is not None}
    found = {}
    for ident in steps:
        target, passed = ident, {ident}
        while target in steps:
            label = f"{laid[target].where} ({target})"
            target = steps[target]
            if target not in laid:
                raise SettingsError(f"{label}: merged_into {target!r} is no id of the registry.")
            if target in passed:
                raise SettingsError(f"{label}: merged_into {target!r} leads in a circle.")
            passed.add(target)
        found[ident] = target
    return found
