"""Writes gazetteer rows into a folder, in one swap.

The folder holds ``manifest.json`` and beside it one folder for each generation, which the manifest names:
``names.marisa`` (a trie from name keys to (row, rank), mapped into memory and so shared by processes), ``places.bin`` (one
fixed record a place, mapped too) and ``places.db`` (SQLite: ids, names and spellings). Putting the new manifest in the place
of the old one is the swap. The generation before stays until the next build, for processes that still have it open.
"""

import hashlib
import json
import math
import os
import re
import secrets
import shutil
import sqlite3
import struct
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

import marisa_trie

from aggregator.places.normalise import name_key
from aggregator.places.rows import KINDS, KNOWN, PlaceRow

FORMAT = 4
RECORD = struct.Struct("<ffIBBHII")  # lat, lon, population, kind, flags, row of the country, of the region, of the district
NAME = "<IB"  # row, rank
NONE = 0xFFFFFFFF
NO_COUNTRY = 0xFFFF
APPROXIMATE, CAPITAL = 1, 2
REPORT_EVERY = 10_000  # places
CELLS = 2  # cells a degree, in which places near one another are found
MANIFEST, OVERLAY = "manifest.json", "added.json"
FILES = ("names.marisa", "places.bin", "places.db")
GENERATION = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{6}")
UNFINISHED = re.compile(rf"\.{GENERATION.pattern}\.new")
ABANDONED_S = 6 * 3600.0  # an unfinished generation older than this is that of a build which died

# Names that show each thing that normalise.py folds.
SPECIMENS = (
    "Be'eri",
    "Donetsk People's Republic",
    "Khān Yūnis",
    "Ivano-Frankivsk",
    "U.S.",
    "Łódź",
    "Gießen",
    "İzmir",
    "Куп'янськ",
    "Орёл",
    "Ростов-на-Дону",
    "الحُدَيْدَة",
    "إدلب",
    "أم درمان",
    "کی‌یف",
    "שְׂדֵרוֹת",
    'דו"ח',
    "Xankəndi",
    "Ad-Du’ayn",
)

Progress = Callable[[str, int, int], None]
TABLES = """
CREATE TABLE places (row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL, geonames_id INTEGER, country TEXT);
CREATE TABLE spellings (row INTEGER PRIMARY KEY, source TEXT NOT NULL, names TEXT NOT NULL);
CREATE TABLE codes (code TEXT PRIMARY KEY, row INTEGER) WITHOUT ROWID;
CREATE TABLE cells (cell INTEGER, row INTEGER, PRIMARY KEY (cell, row)) WITHOUT ROWID;
"""


def write(
    folder: Path,
    places: Iterable[PlaceRow],
    sources: Sequence[Mapping[str, str]],
    built_at: datetime,
    progress: Progress,
    further: Callable[[PlaceRow], Mapping[str, int]] = lambda place: {},
) -> dict[str, int]:
    """Write a gazetteer to ``folder``, replacing what is there only once the new one is complete; return its counts.

    ``sources`` say what it was made of (packages.sources); ``further`` gives spellings that are to be found too,
    with their ranks. Countries must be among the places where a country code is to lead
    to a path. Raises ValueError where two places have one id, OSError where the disk refuses.
    """
    ordered = sorted(places, key=lambda p: (KINDS.index(p.kind), p.id))
    row_of = {place.id: row for row, place in enumerate(ordered)}
    if len(row_of) != len(ordered):
        twice = next(p.id for row, p in enumerate(ordered) if row_of[p.id] != row)
        raise ValueError(f"two places have the id {twice}")
    country_row = {p.country: row_of[p.id] for p in ordered if p.kind == "country"}
    folder.mkdir(parents=True, exist_ok=True)
    generation = f"{built_at:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"
    new = folder / f".{generation}.new"
    new.mkdir()
    try:
        progress("write places", 0, 3)
        _write_records(new / "places.bin", ordered, row_of, country_row)
        _write_table(new / "places.db", ordered)
        progress("write places", 1, 3)
        counts = {"places": len(ordered), "names": _write_names(new / "names.marisa", ordered, further, progress)}
        counts |= {kind: sum(p.kind == kind for p in ordered) for kind in KINDS}
        counts["approximate"] = sum(p.approximate and p.kind == "settlement" for p in ordered)
        progress("write places", 2, 3)
        new.rename(folder / generation)
    finally:
        shutil.rmtree(new, ignore_errors=True)
    before = _generation(folder)
    manifest = {
        "format": FORMAT,
        "generation": generation,
        "key_rules": key_rules(),
        "built_at": built_at.isoformat(),
        "sources": list(sources),
        "counts": counts,
    }
    replace_text(folder / MANIFEST, json.dumps(manifest, indent=1, ensure_ascii=False) + "\n")
    _clear(folder, {generation, before})
    progress("write places", 3, 3)
    return counts


def key_rules() -> str:
    """A mark of how names become keys (normalise.py): names in a gazetteer that bears another one are not all found."""
    return hashlib.sha256("|".join(map(name_key, SPECIMENS)).encode()).hexdigest()[:12]


def replace_text(path: Path, text: str) -> None:
    """Put a text in the place of a file's in one step: a reader sees the old one or the new one, whole."""
    new = path.with_name(f".{path.name}.{os.getpid()}.new")
    with new.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)


def cell(lat: float, lon: float) -> int:
    """The cell of half a degree in which a point lies."""
    return math.floor((lat + 90) * CELLS) * 360 * CELLS + math.floor((lon + 180) * CELLS) % (360 * CELLS)


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
        database.executescript(TABLES)
        named = ((row, p.id, p.name, p.geonames_id, p.country) for row, p in enumerate(ordered))
        database.executemany("INSERT INTO places VALUES (?, ?, ?, ?, ?)", named)
        database.executemany("INSERT INTO spellings VALUES (?, ?, ?)", ((row, p.source, spellings(p)) for row, p in enumerate(ordered)))
        database.executemany("INSERT OR IGNORE INTO codes VALUES (?, ?)", ((p.code, row) for row, p in enumerate(ordered) if p.code))
        database.executemany("INSERT INTO cells VALUES (?, ?)", sorted((cell(p.lat, p.lon), row) for row, p in enumerate(ordered)))
        database.commit()
    finally:
        database.close()


def spellings(place: PlaceRow) -> str:
    """The names of a place as the table keeps them: one a line, a tab and the tag behind it, best first; no case forms."""
    tags = place.tags or {}
    known = sorted((rank, name != place.name, name) for name, rank in place.names.items() if rank <= KNOWN)
    return "\n".join(f"{name}\t{tags[name]}" if name in tags else name for _, _, name in known)


def _write_names(path: Path, ordered: Sequence[PlaceRow], further: Callable[[PlaceRow], Mapping[str, int]], progress: Progress) -> int:
    def entries() -> Iterable[tuple[str, tuple[int, int]]]:
        for row, place in enumerate(ordered):
            if row % REPORT_EVERY == 0:
                progress("write names", row, len(ordered))
            for key, rank in ranked_keys({**further(place), **place.names}).items():
                yield key, (row, rank)

    trie = marisa_trie.RecordTrie(NAME, entries())
    trie.save(str(path))
    progress("write names", len(ordered), len(ordered))
    return len(trie)


def ranked_keys(names: Mapping[str, int]) -> dict[str, int]:
    """The name keys of spellings, each with the best of its ranks."""
    keys: dict[str, int] = {}
    for name, rank in names.items():
        key = name_key(name)
        if key and keys.get(key, 99) > rank:
            keys[key] = rank
    return keys


def _generation(folder: Path) -> str | None:
    """The generation that the folder's manifest names, if it has one."""
    try:
        found = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    return str(found.get("generation")) if isinstance(found, dict) else None


def _clear(folder: Path, keep: set[str | None]) -> None:
    """Remove older generations, the files of older formats and what builds that died left behind; nothing else."""
    for path in folder.iterdir():
        old = GENERATION.fullmatch(path.name) and path.name not in keep
        dead = UNFINISHED.fullmatch(path.name) and time.time() - path.stat().st_mtime > ABANDONED_S
        if old or dead:
            shutil.rmtree(path, ignore_errors=True)
        elif path.name in FILES:
            path.unlink(missing_ok=True)
