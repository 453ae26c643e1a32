"""Writes gazetteer rows into a folder, in one swap.

The folder holds ``names.marisa`` (a trie from name keys to (row, rank), mapped into memory and so shared by processes),
``places.bin`` (one fixed record a place, mapped too), ``places.db`` (SQLite: ids and names) and ``manifest.json``.
"""

import json
import os
import shutil
import sqlite3
import struct
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

import marisa_trie

from aggregator.places.normalise import name_key
from aggregator.places.rows import KINDS, PlaceRow

FORMAT = 3
RECORD = struct.Struct("<ffIBBHII")  # lat, lon, population, kind, flags, row of the country, of the region, of the district
NAME = "<IB"  # row, rank
NONE = 0xFFFFFFFF
NO_COUNTRY = 0xFFFF
APPROXIMATE, CAPITAL = 1, 2

Progress = Callable[[str, int, int], None]


def write(
    folder: Path, places: Iterable[PlaceRow], sources: Sequence[Mapping[str, str]], built_at: datetime, progress: Progress
) -> dict[str, int]:
    """Write a gazetteer to ``folder``, replacing what is there only once the new one is complete; return its counts.

    Countries must be among the places where a country code is to lead to a path. Raises OSError where the disk refuses.
    """
    ordered = sorted(places, key=lambda p: (KINDS.index(p.kind), p.id))
    row_of = {place.id: row for row, place in enumerate(ordered)}
    if len(row_of) != len(ordered):
        twice = next(p.id for row, p in enumerate(ordered) if row_of[p.id] != row)
        raise ValueError(f"two places have the id {twice}")
    country_row = {p.country: row_of[p.id] for p in ordered if p.kind == "country"}
    folder.parent.mkdir(parents=True, exist_ok=True)
    new = folder.with_name(f".{folder.name}.{os.getpid()}.new")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir()
    try:
        progress("write places", 0, 3)
        _write_records(new / "places.bin", ordered, row_of, country_row)
        _write_table(new / "places.db", ordered)
        progress("write places", 1, 3)
        counts = {"places": len(ordered), "names": _write_names(new / "names.marisa", ordered)}
        counts |= {kind: sum(p.kind == kind for p in ordered) for kind in KINDS}
        manifest = {"format": FORMAT, "built_at": built_at.isoformat(), "sources": list(sources), "counts": counts}
        (new / "manifest.json").write_text(json.dumps(manifest, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        progress("write places", 2, 3)
        _swap(new, folder)
    finally:
        shutil.rmtree(new, ignore_errors=True)
    progress("write places", 3, 3)
    return counts


def _write_records(path: Path, ordered: Sequence[PlaceRow], row_of: Mapping[str, int], country_row: Mapping[str | None, int]) -> None:
    data = bytearray()
    for place in ordered:
        above = [row_of.get(ident, NONE) if ident and ident != place.id else NONE for ident in (place.region, place.district)]
        country = country_row.get(place.country, NO_COUNTRY)
        flags = APPROXIMATE * place.approximate | CAPITAL * place.capital
        data += RECORD.pack(place.lat, place.lon, min(place.population, NONE), KINDS.index(place.kind), flags, country, *above)
    path.write_bytes(data)


def _write_table(path: Path, ordered: Sequence[PlaceRow]) -> None:
    database = sqlite3.connect(path)
    try:
        database.execute("PRAGMA journal_mode = OFF")
        database.execute(
            "CREATE TABLE places (row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL, geonames_id INTEGER, country TEXT)"
        )
        database.executemany(
            "INSERT INTO places VALUES (?, ?, ?, ?, ?)", ((row, p.id, p.name, p.geonames_id, p.country) for row, p in enumerate(ordered))
        )
        database.commit()
    finally:
        database.close()


def _write_names(path: Path, ordered: Sequence[PlaceRow]) -> int:
    def entries() -> Iterable[tuple[str, tuple[int, int]]]:
        for row, place in enumerate(ordered):
            keys: dict[str, int] = {}
            for name, rank in place.names.items():
                key = name_key(name)
                if key and keys.get(key, 99) > rank:
                    keys[key] = rank
            for key, rank in keys.items():
                yield key, (row, rank)

    trie = marisa_trie.RecordTrie(NAME, entries())
    trie.save(str(path))
    return len(trie)


def _swap(new: Path, folder: Path) -> None:
    """Put ``new`` in the place of ``folder``; a reader that has the old one open keeps it."""
    old = folder.with_name(f".{folder.name}.{os.getpid()}.old")
    if folder.exists():
        folder.rename(old)
    new.rename(folder)
    shutil.rmtree(old, ignore_errors=True)
