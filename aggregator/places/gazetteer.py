"""The gazetteer at run time: names in a trie and records mapped into memory, ids and names of places in SQLite.

Nothing is read at the start but the manifest and the few places added by hand; a process costs a few MiB, and processes share
the pages. An open gazetteer goes on reading the generation that it opened (write.py); ``is_current`` tells of a newer one.
"""

import heapq
import json
import math
import mmap
import sqlite3
import threading
from collections import defaultdict
from collections.abc import Iterator, Set
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import marisa_trie

from aggregator.errors import GazetteerError, NotFoundError
from aggregator.model import Place
from aggregator.places.candidates import CAPITAL_WORTH, KIND_WORTH, PEOPLE_WORTH, PEOPLE_WORTH_ELSEWHERE, Candidate, Candidates, prominence
from aggregator.places.normalise import name_key, script_of
from aggregator.places.overlay import read_overlay
from aggregator.places.rows import HAND, KINDS, PlaceRow
from aggregator.places.write import (
    APPROXIMATE,
    CAPITAL,
    CELLS,
    FORMAT,
    MANIFEST,
    NAME,
    NO_COUNTRY,
    NONE,
    OVERLAY,
    RECORD,
    cell,
    key_rules,
    ranked_keys,
    spellings,
)

BUILD_HINT = "Run `frontwire gazetteer build`."
CACHED_PLACES = 20_000
CACHED_WORDS = 50_000
MOST_BEGUN = 20_000
MOST_RANKED = 60  # of these
OWN_NAME = 3.0  # of prominence, for the name that a place is shown by before those it has in other tongues
NEAR_KINDS = frozenset(("settlement", "site"))
FARTHEST_KM = 500.0
KM_A_DEGREE = 111.19  # rather too few: what lies at the edge of a circle is looked at
SCRIPT_ORDER = ("latin", "cyrillic", "arabic", "hebrew", "other")


@dataclass(frozen=True, slots=True)
class PlaceName:
    """One spelling of a place's name. ``language`` is a tag such as ``uk`` where the source says it, else None; ``script`` is latin,
    cyrillic, arabic, hebrew or other; ``note`` is ``former`` or ``colloquial`` where the source says so, else empty."""

    text: str
    language: str | None
    script: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A place near another one, and how far from it in kilometres (between points: an approximate one may lie elsewhere)."""

    place: Place
    distance_km: float


class Gazetteer:
    """Places by id and by name. Safe to share between threads; open one a process (a fork may go on using its parent's maps)."""

    def __init__(self, folder: Path, manifest: dict[str, object], added: tuple[PlaceRow, ...], seen: tuple[int, int]) -> None:
        self.manifest = manifest
        self._folder, self._seen = folder, seen
        self._files = folder / str(manifest["generation"])
        self._trie = marisa_trie.RecordTrie(NAME).mmap(str(self._files / "names.marisa"))
        with (self._files / "places.bin").open("rb") as file:
            self._records = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self._size = len(self._records) // RECORD.size
        self._local = threading.local()
        self._places: dict[int, Place] = {}
        self._named: dict[str, Candidates] = {}
        self._beginning: dict[str, bool] = {}
        self._added = added
        self._added_row = {place.id: self._size + n for n, place in enumerate(added)}
        self._added_names: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for place in added:
            for key, rank in ranked_keys(place.names).items():
                self._added_names[key].append((self._added_row[place.id], rank))

    @classmethod
    def open(cls, folder: Path) -> "Gazetteer":
        """Open a built gazetteer. Raises GazetteerError if there is none, or one of another format."""
        seen = _stamps(folder)
        try:
            manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        except (FileNotFoundError, NotADirectoryError) as error:
            raise GazetteerError(f"There is no gazetteer in {folder}. {BUILD_HINT}") from error
        except ValueError as error:
            raise GazetteerError(f"The gazetteer in {folder} is damaged: its manifest is not JSON. {BUILD_HINT}") from error
        if not isinstance(manifest, dict) or manifest.get("format") != FORMAT or "generation" not in manifest:
            raise GazetteerError(f"The gazetteer in {folder} is of another format than {FORMAT}. {BUILD_HINT}")
        added = read_overlay(folder)
        try:
            return cls(folder, manifest, added, seen)
        except (OSError, RuntimeError, ValueError) as error:
            raise GazetteerError(f"The gazetteer in {folder} is damaged: {error}. {BUILD_HINT}") from error

    def __len__(self) -> int:
        return self._size + len(self._added)

    @property
    def added_by_hand(self) -> int:
        """How many places were added by hand."""
        return len(self._added)

    @property
    def fits(self) -> bool:
        """Whether names became keys when it was built as they do now; where not, some are not found until it is built anew."""
        return self.manifest.get("key_rules") == key_rules()

    def is_current(self) -> bool:
        """Whether the folder still has what this object opened: no new build, no change of the places added by hand. Costs two stats."""
        return _stamps(self._folder) == self._seen

    def get(self, place_id: str) -> Place:
        """The place of that id. Raises NotFoundError."""
        return self.place(self.row(place_id))

    def names(self, place_id: str) -> tuple[PlaceName, ...]:
        """All spellings of a place but its case forms: its own name first, then by script and language. Raises NotFoundError."""
        own, lines = self.get(place_id).name, self._spellings(self.row(place_id))[1].split("\n")
        found = []
        for line in lines:
            text, _, tag = line.partition("\t")
            language, _, note = tag.partition(" ")
            found.append(PlaceName(text, None if language in ("", "und") else language, script_of(text), note))
        return tuple(sorted(found, key=lambda n: (n.text != own, SCRIPT_ORDER.index(n.script), bool(n.note), n.language or "~", n.text)))

    def origin(self, place_id: str) -> str:
        """The ``key`` of the source (in the manifest's ``sources``) that a place comes from; ``hand`` for one added by hand."""
        return self._spellings(self.row(place_id))[0]

    def neighbours(self, place_id: str, km: float = 25.0, limit: int = 10, *, kinds: Set[str] = NEAR_KINDS) -> tuple[Neighbour, ...]:
        """Places of these kinds within ``km`` (over 0, at most 500) of a place, the nearest first, at most ``limit``.

        Places whose point is approximate are left out: many share the point of their commune. Raises NotFoundError, and
        ValueError for a distance out of range.
        """
        own = self.row(place_id)
        at = self.candidate(own)
        found = self.near(at.lat, at.lon, km, limit + 1, kinds=kinds)
        return tuple(n for n in found if n.place.id != place_id)[:limit]

    def near(self, lat: float, lon: float, km: float, limit: int, *, kinds: Set[str] = NEAR_KINDS) -> tuple[Neighbour, ...]:
        """Places of these kinds within ``km`` of a point, as ``neighbours`` gives them."""
        if not 0 < km <= FARTHEST_KM:
            raise ValueError(f"{km} km is out of range: over 0, at most {FARTHEST_KM:.0f}")
        found = []
        for row in self._rows_near(lat, lon, km):
            other = self.candidate(row)
            if other.kind in kinds and not other.approximate:
                distance = distance_km((lat, lon), (other.lat, other.lon))
                if distance <= km:
                    found.append((distance, row))
        return tuple(Neighbour(self.place(row), distance) for distance, row in sorted(found)[:limit])

    def division(self, code: str) -> Place | None:
        """The country, region or district of a GeoNames code (``UA``, ``UA.05``, ``UA.05.1402``), None where there is none."""
        found = self._database().execute("SELECT row FROM codes WHERE code = ?", (code,)).fetchone()
        return None if found is None else self.place(found[0])

    def division_codes(self) -> dict[str, str]:
        """Ids of countries and regions by their codes."""
        query = "SELECT code, id FROM codes JOIN places USING (row) WHERE code NOT LIKE '%.%.%'"
        return dict(self._database().execute(query).fetchall())

    def populous(self, kind: str, least: int) -> tuple[Candidate, ...]:
        """The built places of a kind with at least so many people, most people first: names for a map. Reads every record (0.1 s)."""
        wanted = KINDS.index(kind)
        rows = []
        for row, (_, _, people, is_kind, *_) in enumerate(RECORD.iter_unpack(self._records)):
            if is_kind > wanted:
                break  # records stand in the order of KINDS
            if is_kind == wanted and people >= least:
                rows.append(row)
        return tuple(sorted(map(self.candidate, rows), key=lambda c: (-c.population, c.row)))

    def name(self, row: int) -> str:
        """The name of a row alone: a sixth of the cost of its place."""
        return self._record(row)[1]

    def find(self, name: str, limit: int = 10) -> tuple[Place, ...]:
        """Places that a typed name or id may mean, the likeliest first; at most ``limit``."""
        text = name.strip()
        if text.startswith(("gn", "fw-", "hand-")):
            try:
                return (self.get(text),)
            except NotFoundError:
                pass  # no id after all: a name such as "Gnesta"
        ranked = sorted(self.candidates(name_key(text)), key=prominence, reverse=True)
        return tuple(self.place(c.row) for c in ranked[:limit])

    def beginning(self, text: str, limit: int = 8) -> tuple[Place, ...]:
        """Places with a name that begins with what was typed so far (two letters at least), the likeliest first; one of which it is the
        whole name before others like it. Looks at no more than MOST_BEGUN names."""
        key = name_key(text)
        if len(key) < 2:
            return ()
        found: dict[int, int] = {}
        built = islice(self._trie.iteritems(key), MOST_BEGUN)
        added = ((name, one) for name, ones in self._added_names.items() if name.startswith(key) for one in ones)
        for name, (row, rank) in (*added, *built):
            found[row] = min(rank, found.get(row, rank), -1 if name == key else rank)
        likely = heapq.nlargest(MOST_RANKED, found, key=self._people)
        places = {row: self.place(row) for row in likely}
        worth = {
            row: prominence(self.candidate(row, max(found[row], 0))) + (found[row] < 0) + OWN_NAME * name_key(place.name).startswith(key)
            for row, place in places.items()
        }
        return tuple(places[row] for row in heapq.nlargest(limit, likely, key=worth.__getitem__))

    def _people(self, row: int) -> float:
        """How likely a place is meant, roughly: the record alone costs a fifth of a candidate."""
        if row >= self._size:
            return math.inf  # added by hand: somebody wants it
        _, _, people, number, flags, *_ = RECORD.unpack_from(self._records, row * RECORD.size)
        kind = KINDS[number]
        known = math.log10(people) * PEOPLE_WORTH.get(kind, PEOPLE_WORTH_ELSEWHERE) if people > 1 else 0.0
        return KIND_WORTH[kind] + known + CAPITAL_WORTH * bool(flags & CAPITAL)

    def candidates(self, key: str) -> Candidates:
        """Everything a name key (normalise.name_key) stands for, in no order."""
        known = self._named.get(key)
        if known is None:
            known = Candidates([self.candidate(row, rank) for row, rank in (*self._trie.get(key, ()), *self._added_names.get(key, ()))])
            if len(self._named) >= CACHED_PLACES:
                self._named.clear()
            self._named[key] = known
        return known

    def begins(self, word: str) -> bool:
        """Whether a name of several words begins with this one."""
        known = self._beginning.get(word)
        if known is None:
            start = f"{word} "
            known = next(self._trie.iterkeys(start), None) is not None or any(key.startswith(start) for key in self._added_names)
            if len(self._beginning) >= CACHED_WORDS:
                self._beginning.clear()
            self._beginning[word] = known
        return known

    def country_row(self, code: str) -> int:
        """The row of a country by its ISO 3166-1 alpha-2 code, -1 for one that is not known."""
        query = "SELECT row FROM places WHERE country = ? ORDER BY row LIMIT 1"  # countries come first
        found = self._database().execute(query, (code,)).fetchone()
        return -1 if found is None else int(found[0])

    def candidate(self, row: int, rank: int = 0) -> Candidate:
        """The record of a row."""
        if row >= self._size:
            return self._added_candidate(row, rank)
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
        ident, name, geonames_id, country = self._record(row)
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

    def _record(self, row: int) -> tuple[str, str, int | None, str | None]:
        if row >= self._size:
            added = self._added[row - self._size]
            return added.id, added.name, added.geonames_id, added.country
        query = "SELECT id, name, geonames_id, country FROM places WHERE row = ?"
        ident, name, geonames_id, country = self._database().execute(query, (row,)).fetchone()
        return ident, name, geonames_id, country

    def row(self, place_id: str) -> int:
        """The row of the place of that id. Raises NotFoundError."""
        if place_id in self._added_row:
            return self._added_row[place_id]
        found = self._database().execute("SELECT row FROM places WHERE id = ?", (place_id,)).fetchone()
        if found is None:
            raise NotFoundError("place", place_id)
        return int(found[0])

    def _spellings(self, row: int) -> tuple[str, str]:
        if row >= self._size:
            return HAND, spellings(self._added[row - self._size])
        source, names = self._database().execute("SELECT source, names FROM spellings WHERE row = ?", (row,)).fetchone()
        return source, names

    def _added_candidate(self, row: int, rank: int) -> Candidate:
        added = self._added[row - self._size]
        country = -1 if added.country is None else self.country_row(added.country)
        region, district = (-1 if ident is None else self.row(ident) for ident in (added.region, added.district))
        people, kind = added.population, added.kind
        return Candidate(row, rank, added.lat, added.lon, people, kind, country, region, district, added.approximate, added.capital)

    def _rows_near(self, lat: float, lon: float, km: float) -> Iterator[int]:
        """Rows of the cells that a circle touches, and those added by hand."""
        high = km / KM_A_DEGREE
        farthest = abs(lat) + high
        wide = min(180.0, high / math.cos(math.radians(farthest))) if farthest < 90.0 else 180.0  # a circle about a pole
        step = 1 / CELLS
        norths = range(math.floor((lat - high) / step), math.floor((lat + high) / step) + 1)
        easts = range(math.floor((lon - wide) / step), math.floor((lon + wide) / step) + 1)
        for number in dict.fromkeys(cell(north * step, east * step) for north in norths for east in easts):
            yield from (row for (row,) in self._database().execute("SELECT row FROM cells WHERE cell = ?", (number,)))
        yield from range(self._size, len(self))

    def _database(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "database", None)
        if connection is None:
            path = (self._files / "places.db").absolute()
            try:
                connection = sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)
            except sqlite3.OperationalError as error:
                raise GazetteerError(f"The gazetteer in {self._folder} has been replaced twice since it was opened: start anew.") from error
            self._local.database = connection
        return connection


def distance_km(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Distance of two points (latitude, longitude in degrees) on the great circle."""
    (north_a, east_a), (north_b, east_b) = ((math.radians(x), math.radians(y)) for x, y in (a, b))
    half = math.sin((north_b - north_a) / 2) ** 2 + math.cos(north_a) * math.cos(north_b) * math.sin((east_b - east_a) / 2) ** 2
    return 2 * 6371.0 * math.asin(min(1.0, math.sqrt(half)))


def _stamps(folder: Path) -> tuple[int, int]:
    """When manifest and overlay were last written, in nanoseconds; 0 for a file that is not there."""

    def written(name: str) -> int:
        try:
            return (folder / name).stat().st_mtime_ns
        except OSError:
            return 0

    return written(MANIFEST), written(OVERLAY)
