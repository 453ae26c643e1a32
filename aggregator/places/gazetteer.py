"""The gazetteer at run time: names in a trie and records mapped into memory, ids and names of places in SQLite.

Nothing is read at the start but the manifest; a process costs a few MiB, and processes share the pages.
"""

import json
import math
import mmap
import sqlite3
import threading
from dataclasses import dataclass
from pathlib import Path

import marisa_trie

from aggregator.errors import GazetteerError, NotFoundError
from aggregator.model import Place
from aggregator.places.normalise import name_key
from aggregator.places.rows import KINDS
from aggregator.places.write import APPROXIMATE, CAPITAL, FORMAT, NAME, NO_COUNTRY, NONE, RECORD

BUILD_HINT = "Run `frontwire gazetteer build`."
CACHED_PLACES = 20_000


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place that a name may mean, with what ranking needs. ``rank`` is that of the name (rows.py); rows are -1 for none."""

    row: int
    rank: int
    lat: float
    lon: float
    population: int
    kind: str
    country: int
    region: int
    district: int
    approximate: bool
    capital: bool


class Gazetteer:
    """Places by id and by name. Safe to share between threads; open one a process (a fork may go on using its parent's maps)."""

    def __init__(self, folder: Path, manifest: dict[str, object], trie: marisa_trie.RecordTrie, records: mmap.mmap) -> None:
        self._folder = folder
        self.manifest = manifest
        self._trie = trie
        self._records = records
        self._local = threading.local()
        self._places: dict[int, Place] = {}
        self._named: dict[str, tuple[Candidate, ...]] = {}

    @classmethod
    def open(cls, folder: Path) -> "Gazetteer":
        """Open a built gazetteer. Raises GazetteerError if there is none, or one of another format."""
        try:
            manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        except (FileNotFoundError, NotADirectoryError) as error:
            raise GazetteerError(f"There is no gazetteer in {folder}. {BUILD_HINT}") from error
        except ValueError as error:
            raise GazetteerError(f"The gazetteer in {folder} is damaged: its manifest is not JSON. {BUILD_HINT}") from error
        if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
            raise GazetteerError(f"The gazetteer in {folder} is of another format than {FORMAT}. {BUILD_HINT}")
        try:
            trie = marisa_trie.RecordTrie(NAME).mmap(str(folder / "names.marisa"))
            with (folder / "places.bin").open("rb") as file:
                records = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except (OSError, RuntimeError, ValueError) as error:
            raise GazetteerError(f"The gazetteer in {folder} is damaged: {error}. {BUILD_HINT}") from error
        return cls(folder, manifest, trie, records)

    def __len__(self) -> int:
        return len(self._records) // RECORD.size

    def get(self, place_id: str) -> Place:
        """The place of that id. Raises NotFoundError."""
        return self.place(self.row(place_id))

    def row(self, place_id: str) -> int:
        """The row of the place of that id. Raises NotFoundError."""
        found = self._database().execute("SELECT row FROM places WHERE id = ?", (place_id,)).fetchone()
        if found is None:
            raise NotFoundError("place", place_id)
        return int(found[0])

    def find(self, name: str, limit: int = 10) -> tuple[Place, ...]:
        """Places that a typed name or id may mean, the likeliest first; at most ``limit``."""
        text = name.strip()
        if text.startswith(("gn", "fw-")):
            try:
                return (self.get(text),)
            except NotFoundError:
                pass  # no id after all: a name such as "Gnesta"
        ranked = sorted(self.candidates(name_key(text)), key=prominence, reverse=True)
        return tuple(self.place(c.row) for c in ranked[:limit])

    def candidates(self, key: str) -> tuple[Candidate, ...]:
        """Everything a name key (normalise.name_key) stands for, in no order."""
        known = self._named.get(key)
        if known is None:
            known = tuple(self.candidate(row, rank) for row, rank in self._trie.get(key, ()))
            if len(self._named) >= CACHED_PLACES:
                self._named.clear()
            self._named[key] = known
        return known

    def country_row(self, code: str) -> int:
        """The row of a country by its ISO 3166-1 alpha-2 code, -1 for one that is not known."""
        query = "SELECT row FROM places WHERE country = ? ORDER BY row LIMIT 1"  # countries come first
        found = self._database().execute(query, (code,)).fetchone()
        return -1 if found is None else int(found[0])

    def candidate(self, row: int, rank: int = 0) -> Candidate:
        """The record of a row."""
        lat, lon, population, kind, flags, country, region, district = RECORD.unpack_from(self._records, row * RECORD.size)
        return Candidate(
            row,
            rank,
            round(lat, 5),
            round(lon, 5),
            population,
            KINDS[kind],
            -1 if country == NO_COUNTRY else country,
            -1 if region == NONE else region,
            -1 if district == NONE else district,
            bool(flags & APPROXIMATE),
            bool(flags & CAPITAL),
        )

    def place(self, row: int) -> Place:
        """The place of a row."""
        known = self._places.get(row)
        if known is not None:
            return known
        ident, name, geonames_id, country = (
            self._database().execute("SELECT id, name, geonames_id, country FROM places WHERE row = ?", (row,)).fetchone()
        )
        c = self.candidate(row)
        above = [self.place(r) for r in (c.district, c.region, c.country) if r >= 0 and r != row]
        place = Place(
            id=ident,
            name=name,
            kind=c.kind,
            lat=c.lat,
            lon=c.lon,
            country=country,
            path=tuple(p.id for p in above),
            path_names=tuple(p.name for p in above),
            geonames_id=geonames_id,
            population=c.population,
            approximate=c.approximate,
        )
        if len(self._places) >= CACHED_PLACES:
            self._places.clear()
        self._places[row] = place
        return place

    def _database(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "database", None)
        if connection is None:
            path = (self._folder / "places.db").absolute()
            connection = sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)
            self._local.database = connection
        return connection


KIND_WORTH = {"country": 9.0, "region": 5.7, "area": 7.2, "water": 6.4, "district": 1.6, "site": 4.4, "settlement": 2.4}
PEOPLE_WORTH, PEOPLE_WORTH_ELSEWHERE = 0.95, 0.2  # per power of ten, of settlements and of everything else
CAPITAL_WORTH = 3.0
RANK_WORTH = (0.6, 0.0, 0.0, -0.5)


def prominence(candidate: Candidate) -> float:
    """How likely a name means this place where nothing else is known: its class and the logarithm of its population."""
    kind, people, name = prominence_parts(candidate)
    return kind + people + name


def prominence_parts(candidate: Candidate) -> tuple[float, float, float]:
    """What class, population (and being a capital) and the rank of the name give to the prominence."""
    people = math.log10(candidate.population) if candidate.population > 1 else 0.0
    if candidate.kind == "settlement":
        people = PEOPLE_WORTH * people + CAPITAL_WORTH * candidate.capital
    else:
        people *= PEOPLE_WORTH_ELSEWHERE
    return KIND_WORTH[candidate.kind], people, RANK_WORTH[candidate.rank]
