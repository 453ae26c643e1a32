"""What the search indexes have in common: pages, stories, relevance and facet counts over one look-up that each engine has.

Facets are counted over all matches: the engine gives their positions, and the values come from columns in memory, which follow the
index by its own log of changed positions.
"""

import re
import threading
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import ClassVar

import numpy as np
from sqlalchemy import Connection

from aggregator.errors import UsageError
from aggregator.query import AllOf, AnyOf, Everything, Facet, FacetValue, Hits, IndexDocument, Node, Plan, StoryHits, Valued
from aggregator.search.facets import BY_NAME, CODES
from aggregator.storage.database import Database
from aggregator.storage.facet_columns import Columns, Ints, Packed, block_of, columns
from aggregator.storage.index_nodes import MAX_BEGINNINGS, spelled_out
from aggregator.storage.index_relevance import RANKED, ranked
from aggregator.storage.index_rows import LAYOUT, IndexRow, index_row, spread, window
from aggregator.storage.index_stories import NUMBERED

BATCH = 20  # documents a transaction
LAST_LETTER = "\U0010ffff"  # sorts after whatever a word may go on with
CHANGES_KEPT = 100_000  # changed positions that the index remembers: a process that is further behind reads all facet values anew
_RELEVANCE_CURSOR = re.compile(r"r(-?\d{1,19})\.(\d{1,6})")
_CURSOR = re.compile(r"-?\d{1,19}")

Hit = tuple[int, int, int | None]  # position, article id, story id
Found = tuple[int, int | None, bytes]  # article id, story id, packed facet values


class BaseIndex(ABC):
    """A SearchIndex (see ports) on a database. Opening makes the tables; one of another layout is emptied: see ``fresh``."""

    MARK: ClassVar[str]  # what stands for a parameter in the driver's SQL

    def __init__(self, database: Database) -> None:
        """Raises StorageError if the database does not answer."""
        self.database = database
        self.fresh = False  # whether opening made the index anew, so that it has to be filled from the articles
        self._columns: Columns | None = None
        self._renewing = threading.Lock()
        with database.read() as connection:
            present = self._layout(connection)
        if present != LAYOUT:
            with database.write() as connection:
                self._lock(connection)
                if self._layout(connection) != LAYOUT:
                    self._make(connection)
                    self.fresh = True

    # --- what the engines differ in ---

    @abstractmethod
    def _layout(self, connection: Connection) -> str | None:
        """Layout of the index that is there."""

    @abstractmethod
    def _lock(self, connection: Connection) -> None:
        """Keep other writers out until the transaction ends."""

    @abstractmethod
    def _make(self, connection: Connection) -> None:
        """Drop what is there and make the empty tables."""

    @abstractmethod
    def _put(self, connection: Connection, rows: Sequence[IndexRow]) -> None: ...

    @abstractmethod
    def _remove(self, connection: Connection, article_ids: Sequence[int]) -> None: ...

    @abstractmethod
    def _hits(self, connection: Connection, match: Node, low: int, high: int, limit: int | None) -> list[Hit]:
        """Matches with ``low <= position < high``, newest first."""

    @abstractmethod
    def _positions(self, connection: Connection, match: Node, low: int, high: int, limit: int | None) -> Ints:
        """Positions of the newest matches with ``low <= position < high``, newest first; of all of them, in any order, for None."""

    @abstractmethod
    def _numbered(self, connection: Connection, query: str, match: Node, low: int, high: int) -> tuple[Ints, Ints]:
        """The two columns of a query (one of NUMBERED) over the matches with ``low <= position < high``."""

    @abstractmethod
    def _at(self, connection: Connection, positions: Sequence[int]) -> Mapping[int, Hit]:
        """The documents at these positions."""

    @abstractmethod
    def _count(self, connection: Connection, match: Node, low: int, high: int) -> int: ...

    @abstractmethod
    def _packed(self, connection: Connection, match: Node, low: int, high: int, limit: int) -> list[Found]:
        """The newest matches with their packed facet values, newest first."""

    @abstractmethod
    def _values(self, connection: Connection, ids: Sequence[int]) -> Mapping[int, str]:
        """Facet values by id."""

    # --- the port ---

    def put(self, documents: Iterable[IndexDocument]) -> None:
        """Add or replace, BATCH documents a transaction; the last of doubled ones counts."""
        source = iter(documents)
        while batch := list(islice(source, BATCH)):
            rows = {document.article_id: index_row(document) for document in batch}
            with self.database.write() as connection:
                self._lock(connection)
                self._put(connection, list(rows.values()))

    def remove(self, article_ids: Sequence[int]) -> None:
        for start in range(0, len(article_ids), 500):
            with self.database.write() as connection:
                self._lock(connection)
                self._remove(connection, article_ids[start : start + 500])

    def clear(self) -> None:
        with self.database.write() as connection:
            self._lock(connection)
            self._make(connection)

    def articles(self, plan: Plan, limit: int, after: str | None = None) -> Hits:
        """Newest first, or by relevance; ``total`` is known with relevance only. Raises UsageError for a cursor that is none."""
        with self.database.read() as connection:
            if plan.order == "relevance":
                best, anchor, offset = self._ranked(connection, plan, after)
                wanted = best[offset : offset + limit]
                there = self._at(connection, wanted)
                more = len(best) > offset + limit
                return Hits(tuple(there[p][1] for p in wanted), f"r{anchor}.{offset + limit}" if more else None, len(best))
            low, high = _before(plan, after)
            hits = self._hits(connection, plan.match, low, high, limit + 1)
        page = hits[:limit]
        return Hits(tuple(hit[1] for hit in page), str(page[-1][0]) if len(hits) > limit and page else None)

    def stories(self, plan: Plan, limit: int, after: str | None = None) -> StoryHits:
        """As ``articles``, one match a story: its newest, or its most relevant. Articles without a story have no part in it."""
        with self.database.read() as connection:
            if plan.order == "relevance":
                best, anchor, offset = self._ranked(connection, plan, after)
                there = self._at(connection, best)
                firsts = list(_first_of_each(there[position] for position in best))
                page = firsts[offset : offset + limit]
                cursor = f"r{anchor}.{offset + limit}" if len(firsts) > offset + limit else None
            else:
                found = list(islice(self._new_stories(connection, plan, limit, after), limit + 1))
                page = found[:limit]
                cursor = str(page[-1][0]) if len(found) > limit and page else None
        return StoryHits(tuple(hit[2] for hit in page if hit[2] is not None), tuple(hit[1] for hit in page), cursor)

    def facets(self, plan: Plan, names: Sequence[str], limit: int = 20) -> Mapping[str, tuple[FacetValue, ...]]:
        """Counts over all matches, largest first, then by value. Raises UsageError for what is not counted."""
        _are_counted(names)
        low, high = window(plan)
        with self.database.read() as connection:
            known = self._current_columns(connection)
            hits = None if isinstance(plan.match, Everything) else self._positions(connection, plan.match, low, high, None)
            rows = known.rows(hits, low, high)
            counted = {name: known.counts(CODES[name], rows, limit) for name in names}
            values = self._values(connection, sorted({ident for counts in counted.values() for ident in counts}))
        return {name: _largest(counts, values, limit) for name, counts in counted.items()}

    def values(self, plan: Plan, name: str, limit: int) -> tuple[Valued, ...]:
        """The newest matches with their values of one facet. Raises UsageError for a facet that is not counted."""
        _are_counted([name])
        low, high = window(plan)
        with self.database.read() as connection:
            found = self._packed(connection, plan.match, low, high, limit)
            spread_out = spread([facets for _, _, facets in found], CODES[name])
            kinds = set(spread_out)  # many documents have the same values
            known = self._values(connection, sorted({ident for idents in kinds for ident in idents}))
        values = {idents: tuple(known[ident] for ident in idents) for idents in kinds}
        return tuple(
            Valued(article_id, story_id, values[idents])
            for (article_id, story_id, _), idents in zip(found, spread_out, strict=True)
            if idents
        )

    def count(self, plan: Plan) -> int:
        with self.database.read() as connection:
            return self._count(connection, plan.match, *window(plan))

    def histogram(self, plan: Plan, edges: Sequence[datetime]) -> tuple[int, ...]:
        """Matches between neighbours of ``edges``."""
        low, high = window(plan)
        bounds = [window(Plan(since=edge))[0] for edge in edges]
        with self.database.read() as connection:
            found = np.sort(self._positions(connection, plan.match, max(low, bounds[0]), min(high, bounds[-1]), None))
        return tuple(int(count) for count in np.diff(np.searchsorted(found, np.array(bounds, dtype=np.int64))))

    def distinct(self, plan: Plan, edges: Sequence[datetime], name: str) -> tuple[tuple[int, ...], int]:
        """Different stories, origins or values of a facet. Raises UsageError for a facet that is not counted."""
        if name not in NUMBERED:
            _are_counted([name])
        low, high = window(plan)
        bounds = [window(Plan(since=edge))[0] for edge in edges]
        low, high = max(low, bounds[0]), min(high, bounds[-1])
        with self.database.read() as connection:
            if name in NUMBERED:
                return distinct(bounds, *self._numbered(connection, NUMBERED[name], plan.match, low, high))
            known = self._current_columns(connection)
            found = np.sort(self._positions(connection, plan.match, low, high, None))
        parts = np.split(found, np.searchsorted(found, np.array(bounds[1:-1], dtype=np.int64)))
        counted = [len(known.counts(CODES[name], known.rows(part, low, high), len(found))) for part in (*parts, found)]
        return tuple(counted[:-1]), counted[-1]

    def ids(self, after: int = 0, limit: int = 1000) -> tuple[int, ...]:
        query = f"SELECT article_id FROM search_documents WHERE article_id > {self.MARK} ORDER BY article_id LIMIT {self.MARK}"
        with self.database.read() as connection:
            return tuple(connection.exec_driver_sql(query, (after, limit)).scalars())

    def close(self) -> None:
        """Close the connections of this process."""
        self.database.close()

    # --- how ---

    def _spelled_out(self, connection: Connection, match: Node) -> Node:
        """The match with beginnings of words as the words that are there."""
        query = f"SELECT word FROM search_words WHERE word >= {self.MARK} AND word < {self.MARK} LIMIT {MAX_BEGINNINGS + 1}"
        return spelled_out(match, lambda start: connection.exec_driver_sql(query, (start, start + LAST_LETTER)).scalars().all())

    def _new_stories(self, connection: Connection, plan: Plan, limit: int, after: str | None) -> Iterator[Hit]:
        """The newest match of each story, newest first, without stories that have a match at or above the cursor."""
        low, top = window(plan)
        _, high = _before(plan, after)
        paged = after is not None  # then some stories were shown on the pages before
        seen: set[int] = set()
        size = limit * 4
        while True:
            hits = self._hits(connection, plan.match, low, high, size)
            unseen = {hit[2] for hit in hits if hit[2] is not None} - seen
            if paged and unseen:
                of_these = AnyOf(tuple(Facet("story", str(story)) for story in sorted(unseen)))
                seen |= {hit[2] for hit in self._hits(connection, AllOf((plan.match, of_these)), high, top, None) if hit[2] is not None}
            for hit in hits:
                if hit[2] is not None and hit[2] not in seen:
                    seen.add(hit[2])
                    yield hit
            if len(hits) < size:
                return
            high, size = hits[-1][0], min(size * 2, RANKED)

    def _ranked(self, connection: Connection, plan: Plan, after: str | None) -> tuple[list[int], int, int]:
        """Positions of the newest matches by relevance; the one below which all of its pages look; and where this page begins."""
        low, high = window(plan)
        offset = 0
        if after is not None:
            cursor = _RELEVANCE_CURSOR.fullmatch(after)
            if cursor is None:
                raise UsageError(f"{after!r} is no cursor of a page by relevance.")
            high, offset = min(high, int(cursor[1])), int(cursor[2])
        best, high = ranked(plan.match, low, high, lambda node, first, end, most: self._positions(connection, node, first, end, most))
        return [int(position) for position in best], high, offset

    def _edition(self, connection: Connection) -> tuple[str, int]:
        """What tells this index from one that was made anew, and the number of its last change."""
        query = "SELECT edition, (SELECT coalesce(max(seq), 0) FROM search_changes) FROM search_layout"
        edition, seq = connection.exec_driver_sql(query).one()
        return edition, seq

    def _changed(self, connection: Connection, after: int) -> Mapping[int, bytes | None] | None:
        """Positions changed after that change, with their packed facet values, None for one that was removed; None as a whole where the
        log does not reach back so far."""
        first = connection.exec_driver_sql("SELECT min(seq) FROM search_changes").scalar_one()
        if first is None or first > after + 1:
            return None
        query = f"SELECT c.position, d.facets FROM search_changes c LEFT JOIN search_documents d USING (position) WHERE c.seq > {self.MARK}"
        return {row[0]: None if row[1] is None else bytes(row[1]) for row in connection.exec_driver_sql(query, (after,))}

    def _documents(self, connection: Connection) -> Iterable[Packed]:
        """Position and packed facet values of every document, by position."""
        rows = connection.exec_driver_sql("SELECT position, facets FROM search_documents ORDER BY position")
        return ((row[0], bytes(row[1])) for row in rows)

    def _current_columns(self, connection: Connection) -> Columns:
        """The facet values in memory, brought up to what this connection sees."""
        edition, seq = self._edition(connection)
        with self._renewing:
            known = self._columns
            if known is None or known.edition != edition:
                known = columns(edition, seq, block_of(self._documents(connection)))
            elif known.seq < seq:
                changed = self._changed(connection, known.seq)
                known = columns(edition, seq, block_of(self._documents(connection))) if changed is None else known.since(seq, changed)
            self._columns = known
            return known


def distinct(bounds: Sequence[int], positions: Ints, numbers: Ints) -> tuple[tuple[int, ...], int]:
    """How many different numbers (none below 0) stand at positions between each two neighbours of ``bounds``, and how many in all.
    ``positions``: from the first to before the last of these; each has the number at the same place of ``numbers``."""
    most = int(numbers.max(initial=0)) + 1
    spans = np.searchsorted(np.array(bounds, dtype=np.int64), positions, side="right") - 1
    counts = np.bincount(np.unique(spans * most + numbers) // most, minlength=len(bounds) - 1)
    return tuple(int(count) for count in counts), len(np.unique(numbers))


def _are_counted(names: Iterable[str]) -> None:
    for name in names:
        if name not in BY_NAME or not BY_NAME[name].counted:
            raise UsageError(f"Articles are not counted by {name!r}.")


def _before(plan: Plan, after: str | None) -> tuple[int, int]:
    """The plan's window, ending where the page before ended."""
    low, high = window(plan)
    if after is None:
        return low, high
    if not _CURSOR.fullmatch(after):
        raise UsageError(f"{after!r} is no cursor of a page by time.")
    return low, min(high, int(after))


def _largest(counts: Mapping[int, int], values: Mapping[int, str], limit: int) -> tuple[FacetValue, ...]:
    ordered = sorted(((values[ident], count) for ident, count in counts.items()), key=lambda pair: (-pair[1], pair[0]))
    return tuple(FacetValue(value, count) for value, count in ordered[:limit])


def _first_of_each(hits: Iterable[Hit]) -> Iterator[Hit]:
    seen: set[int] = set()
    for hit in hits:
        if hit[2] is not None and hit[2] not in seen:
            seen.add(hit[2])
            yield hit
