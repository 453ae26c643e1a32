"""The search index on SQLite FTS5, in a file of its own beside the database.

The FTS table holds no text of its own (``content=''``): its row id is the article's position, so newest first is descending row
order and a time is a range of rows; filters are tokens in its ``facets`` column, so a query is one MATCH whatever it filters by.
Exact words bear a mark and filters a colon, so that only ``title:`` and ``body:`` need ask for a column, which halves the time.
What FTS5 cannot know (times within OR, figures of stories, a reader's own articles) is asked of the other tables, row by row.
FTS5 of SQLite before 3.43 deletes from such a table only if told what was indexed: ``search_texts`` keeps that, compressed.
"""

import json
import secrets
import zlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from sqlalchemy import Connection

from aggregator.query import AllOf, AnyOf, Articles, Between, Everything, Facet, Node, Not, Phrase, StoryCount, Word
from aggregator.storage.facet_columns import Ints, Packed
from aggregator.storage.index_base import CHANGES_KEPT, BaseIndex, Found, Hit
from aggregator.storage.index_rows import ALL, LAYOUT, IndexRow, Pair, facet_token, moment, pack
from aggregator.storage.index_stories import RECOUNT, column_of

_MAKE = """
DROP TABLE IF EXISTS search_fts;
DROP TABLE IF EXISTS search_documents;
DROP TABLE IF EXISTS search_texts;
DROP TABLE IF EXISTS search_values;
DROP TABLE IF EXISTS search_stories;
DROP TABLE IF EXISTS search_changes;
DROP TABLE IF EXISTS search_layout;
CREATE TABLE search_layout (layout TEXT NOT NULL, edition TEXT NOT NULL);
CREATE TABLE search_documents (position INTEGER PRIMARY KEY, article_id INTEGER NOT NULL UNIQUE, story_id INTEGER,
 copy_of INTEGER NOT NULL, wire TEXT, outlet TEXT, facets BLOB NOT NULL);
CREATE INDEX search_documents_story ON search_documents (story_id);
CREATE TABLE search_stories (story_id INTEGER PRIMARY KEY, origins INTEGER NOT NULL, outlets INTEGER NOT NULL);
CREATE TABLE search_texts (position INTEGER PRIMARY KEY, columns BLOB NOT NULL);
CREATE TABLE search_values (id INTEGER PRIMARY KEY, facet INTEGER NOT NULL, value TEXT NOT NULL, UNIQUE (facet, value));
CREATE TABLE search_changes (seq INTEGER PRIMARY KEY, position INTEGER NOT NULL);
CREATE VIRTUAL TABLE search_fts USING fts5 (title, body, facets, content='', tokenize="ascii tokenchars ':_~-='")
"""
_FTS_ROW = "INSERT INTO search_fts (rowid, title, body, facets) VALUES (?, ?, ?, ?)"
_FTS_DELETE = "INSERT INTO search_fts (search_fts, rowid, title, body, facets) VALUES ('delete', ?, ?, ?, ?)"
_EVERY = f'"{ALL}"'
_NONE = f"({_EVERY} NOT {_EVERY})"
_EXACT = "="  # mark of an exact token
_THESE = "(SELECT value FROM json_each(?))"

Condition = tuple[str, list[Any]]  # SQL and its parameters


class SqliteIndex(BaseIndex):
    """SearchIndex on SQLite."""

    def _layout(self, connection: Connection) -> str | None:
        if connection.exec_driver_sql("SELECT 1 FROM sqlite_master WHERE name = 'search_layout'").first() is None:
            return None
        row = connection.exec_driver_sql("SELECT layout FROM search_layout").first()
        return row[0] if row else None

    def _lock(self, connection: Connection) -> None:
        """Nothing to do: every write begins with BEGIN IMMEDIATE."""

    def _make(self, connection: Connection) -> None:
        for statement in _MAKE.split(";\n"):
            connection.exec_driver_sql(statement)
        connection.exec_driver_sql("INSERT INTO search_layout VALUES (?, ?)", (LAYOUT, secrets.token_hex(8)))

    def _put(self, connection: Connection, rows: Sequence[IndexRow]) -> None:
        ids = self._ids(connection, sorted({pair for row in rows for pair in row.pairs}))
        stories = self._take_out(connection, [row.article_id for row in rows])
        for row in rows:
            connection.exec_driver_sql(
                "INSERT INTO search_documents VALUES (?, ?, ?, ?, ?, ?, ?)",
                (row.position, row.article_id, row.story_id, row.copy_of, row.wire, row.outlet, pack(row.pairs, ids)),
            )
            columns = (_column(row.title, row.title_exact), _column(row.body, row.body_exact), row.facets)
            kept = zlib.compress(json.dumps(columns, ensure_ascii=False).encode(), 1)
            connection.exec_driver_sql("INSERT INTO search_texts VALUES (?, ?)", (row.position, kept))
            connection.exec_driver_sql(_FTS_ROW, (row.position, *columns))
        self._note(connection, [row.position for row in rows], stories | {row.story_id for row in rows})

    def _remove(self, connection: Connection, article_ids: Sequence[int]) -> None:
        self._note(connection, [], self._take_out(connection, article_ids))

    def _take_out(self, connection: Connection, article_ids: Sequence[int]) -> set[int | None]:
        """Remove these articles, and return the stories that they were in."""
        there = connection.exec_driver_sql(
            "SELECT d.position, d.story_id, t.columns FROM search_documents d JOIN search_texts t USING (position)"
            f" WHERE d.article_id IN {_THESE}",
            (json.dumps(list(article_ids)),),
        ).all()
        for position, _, kept in there:
            connection.exec_driver_sql(_FTS_DELETE, (position, *json.loads(zlib.decompress(kept))))
            connection.exec_driver_sql("DELETE FROM search_documents WHERE position = ?", (position,))
            connection.exec_driver_sql("DELETE FROM search_texts WHERE position = ?", (position,))
        self._note(connection, [position for position, _, _ in there], set())
        return {story_id for _, story_id, _ in there}

    def _note(self, connection: Connection, positions: Sequence[int], stories: set[int | None]) -> None:
        """Log changed positions, and count the origins and outlets of these stories anew."""
        if positions:
            connection.exec_driver_sql("INSERT INTO search_changes (position) VALUES (?)", [(position,) for position in positions])
            connection.exec_driver_sql("DELETE FROM search_changes WHERE seq <= (SELECT max(seq) FROM search_changes) - ?", (CHANGES_KEPT,))
        if touched := sorted(story for story in stories if story is not None):
            these = json.dumps(touched)
            connection.exec_driver_sql(f"DELETE FROM search_stories WHERE story_id IN {_THESE}", (these,))
            connection.exec_driver_sql(RECOUNT.format(these=f"IN {_THESE}"), (these,))

    def _ids(self, connection: Connection, pairs: Sequence[Pair]) -> dict[Pair, int]:
        if pairs:
            connection.exec_driver_sql("INSERT INTO search_values (facet, value) VALUES (?, ?) ON CONFLICT DO NOTHING", list(pairs))
        rows = connection.exec_driver_sql(
            "SELECT v.facet, v.value, v.id FROM json_each(?) j JOIN search_values v"
            " ON v.facet = json_extract(j.value, '$[0]') AND v.value = json_extract(j.value, '$[1]')",
            (json.dumps(pairs),),
        )
        return {(facet, value): ident for facet, value, ident in rows}

    def _hits(self, connection: Connection, match: Node, low: int, high: int, limit: int | None) -> list[Hit]:
        found, parameters = _found(match, low, high)
        rows = connection.exec_driver_sql(
            f"SELECT d.position, d.article_id, d.story_id FROM ({found} ORDER BY position DESC LIMIT ?)"
            " JOIN search_documents d USING (position) ORDER BY d.position DESC",
            (*parameters, -1 if limit is None else limit),
        )
        return [(row[0], row[1], row[2]) for row in rows.all()]

    def _positions(self, connection: Connection, match: Node, low: int, high: int, limit: int | None) -> Ints:
        """In one text: 300,000 rows would take four times as long one by one."""
        found, parameters = _found(match, low, high)
        if limit is not None:
            found, parameters = f"{found} ORDER BY position DESC LIMIT ?", [*parameters, limit]
        text = connection.exec_driver_sql(f"SELECT group_concat(position) FROM ({found})", tuple(parameters)).scalar_one()
        positions: Ints = np.fromstring(text or "", dtype=np.int64, sep=",")
        return positions if limit is None else np.sort(positions)[::-1]

    def _at(self, connection: Connection, positions: Sequence[int]) -> Mapping[int, Hit]:
        rows = connection.exec_driver_sql(
            "SELECT d.position, d.article_id, d.story_id FROM json_each(?) j JOIN search_documents d ON d.position = j.value",
            (json.dumps(list(positions)),),
        )
        return {row[0]: (row[0], row[1], row[2]) for row in rows.all()}

    def _count(self, connection: Connection, match: Node, low: int, high: int) -> int:
        found, parameters = _found(match, low, high)
        return int(connection.exec_driver_sql(f"SELECT count(*) FROM ({found})", tuple(parameters)).scalar_one())

    def _packed(self, connection: Connection, match: Node, low: int, high: int, limit: int) -> list[Found]:
        found, parameters = _found(match, low, high)
        rows = connection.exec_driver_sql(
            f"SELECT d.article_id, d.story_id, d.facets FROM ({found} ORDER BY position DESC LIMIT ?)"
            " JOIN search_documents d USING (position) ORDER BY d.position DESC",
            (*parameters, limit),
        )
        return [(row[0], row[1], row[2]) for row in rows.all()]

    def _values(self, connection: Connection, ids: Sequence[int]) -> Mapping[int, str]:
        query = "SELECT v.id, v.value FROM json_each(?) j JOIN search_values v ON v.id = j.value"
        return {row[0]: row[1] for row in connection.exec_driver_sql(query, (json.dumps(list(ids)),))}

    def _ids_after(self, connection: Connection, after: int, limit: int) -> Sequence[int]:
        query = "SELECT article_id FROM search_documents WHERE article_id > ? ORDER BY article_id LIMIT ?"
        return connection.exec_driver_sql(query, (after, limit)).scalars().all()

    def _edition(self, connection: Connection) -> tuple[str, int]:
        query = "SELECT edition, (SELECT coalesce(max(seq), 0) FROM search_changes) FROM search_layout"
        edition, seq = connection.exec_driver_sql(query).one()
        return edition, seq

    def _changed(self, connection: Connection, after: int) -> Mapping[int, bytes | None] | None:
        first = connection.exec_driver_sql("SELECT min(seq) FROM search_changes").scalar_one()
        if first is None or first > after + 1:
            return None
        query = "SELECT c.position, d.facets FROM search_changes c LEFT JOIN search_documents d USING (position) WHERE c.seq > ?"
        return {row[0]: row[1] for row in connection.exec_driver_sql(query, (after,))}

    def _documents(self, connection: Connection) -> Iterable[Packed]:
        return ((row[0], row[1]) for row in connection.exec_driver_sql("SELECT position, facets FROM search_documents ORDER BY position"))


def _column(stems: str, exact: str) -> str:
    """Stems and marked exact tokens of a column, one after the other, so that phrases stay together."""
    return f"{stems} {_EXACT}{exact.replace(' ', f' {_EXACT}')}" if exact else ""


def _found(match: Node, low: int, high: int) -> Condition:
    """A SELECT of the positions of a node's matches."""
    inside, outside = _split(match)
    if inside is None or isinstance(inside, Everything):
        conditions = [_condition(node, "d.position", low, high) for node in outside]
        source = "SELECT d.position FROM search_documents d WHERE d.position >= ? AND d.position < ?"
        parameters: list[Any] = [low, high]
    else:
        conditions = [_condition(node, "+search_fts.rowid", low, high) for node in outside]
        source = "SELECT rowid AS position FROM search_fts WHERE search_fts MATCH ? AND rowid >= ? AND rowid < ?"
        parameters = [expression(inside), low, high]
    sql = " AND ".join([source, *(text for text, _ in conditions)])
    return sql, [*parameters, *(value for _, values in conditions for value in values)]


def _split(match: Node) -> tuple[Node | None, list[Node]]:
    """Parts that FTS5 can tell, as one node, and those that it cannot; all of them hold at once."""
    if not _is_outside(match):
        return match, []
    if not isinstance(match, AllOf):
        return None, [match]
    inside = tuple(part for part in match.parts if not _is_outside(part))
    return AllOf(inside) if inside else None, [part for part in match.parts if _is_outside(part)]


def _is_outside(node: Node) -> bool:
    """Whether FTS5 cannot tell."""
    if isinstance(node, Not):
        return _is_outside(node.part)
    if isinstance(node, AllOf | AnyOf):
        return any(map(_is_outside, node.parts))
    return isinstance(node, Between | StoryCount | Articles)


def _condition(node: Node, position: str, low: int, high: int) -> Condition:
    """The node as a condition on the expression ``position``."""
    if isinstance(node, Between):
        return f"({position} >= ? AND {position} < ?)", [*moment(node)]
    if isinstance(node, StoryCount):
        most = "" if node.most is None else f" AND s.{column_of(node)} <= ?"
        return (
            "EXISTS (SELECT 1 FROM search_documents o JOIN search_stories s ON s.story_id = o.story_id"
            f" WHERE o.position = {position} AND s.{column_of(node)} >= ?{most})",
            [node.least] if node.most is None else [node.least, node.most],
        )
    if isinstance(node, Articles):
        these = json.dumps(sorted(node.ids))
        return f"{position} IN (SELECT o.position FROM search_documents o WHERE o.article_id IN {_THESE})", [these]
    if isinstance(node, Everything):
        return "1", []
    if not _is_outside(node):
        inner = "SELECT rowid FROM search_fts WHERE search_fts MATCH ? AND rowid >= ? AND rowid < ?"
        return f"{position} IN ({inner})", [expression(node), low, high]
    if isinstance(node, Not):
        text, parameters = _condition(node.part, position, low, high)
        return f"NOT {text}", parameters
    parts = [_condition(part, position, low, high) for part in getattr(node, "parts", ())]
    joined = (" AND " if isinstance(node, AllOf) else " OR ").join(text for text, _ in parts)
    return f"({joined})", [value for _, values in parts for value in values]


def expression(node: Node) -> str:
    """The node as an FTS5 expression (https://www.sqlite.org/fts5.html, section 3). Each token stands in quotation marks."""
    if isinstance(node, Word):
        mark = _EXACT if node.exact or node.prefix else ""
        return f"{_within(node.field)}{_string(mark + node.token)}{' *' if node.prefix else ''}" if node.token else _NONE
    if isinstance(node, Phrase):
        return f"{_within(node.field)}{_string(' '.join(_EXACT + token for token in node.tokens))}" if node.tokens else _NONE
    if isinstance(node, Facet):
        return _string(facet_token(node.name, node.value))
    if isinstance(node, AnyOf):
        return "(" + " OR ".join(map(expression, node.parts)) + ")" if node.parts else _NONE
    if isinstance(node, Not):
        return f"({_EVERY} NOT {expression(node.part)})"
    return _conjunction(node) if isinstance(node, AllOf) else _EVERY


def _conjunction(node: AllOf) -> str:
    """FTS5 knows NOT only between two expressions: what is excluded comes last."""
    wanted = [expression(part) for part in node.parts if not isinstance(part, Not | Everything)]
    excluded = [expression(part.part) for part in node.parts if isinstance(part, Not)]
    text = " AND ".join(wanted) or _EVERY
    return f"(({text}) NOT ({' OR '.join(excluded)}))" if excluded else f"({text})"


def _within(name: str | None) -> str:
    return f"{{{name}}} : " if name else ""


def _string(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'
