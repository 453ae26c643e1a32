"""The search index on SQLite FTS5, in a file of its own beside the database.

The FTS table holds no text of its own (``content=''``): its row id is the article's position, so newest first is descending row
order and a time is a range of rows; filters are tokens in its ``facets`` column, so a query is one MATCH whatever it filters by.
FTS5 of SQLite before 3.43 deletes from such a table only if told what was indexed: ``search_texts`` keeps that, compressed.
"""

import json
import zlib
from collections.abc import Mapping, Sequence

from sqlalchemy import Connection

from aggregator.query import AllOf, AnyOf, Everything, Facet, Node, Not, Phrase, Word
from aggregator.storage.index_base import BaseIndex, Hit, Packed
from aggregator.storage.index_rows import ALL, LAYOUT, IndexRow, Pair, facet_token, pack

_MAKE = """
DROP TABLE IF EXISTS search_fts;
DROP TABLE IF EXISTS search_documents;
DROP TABLE IF EXISTS search_texts;
DROP TABLE IF EXISTS search_values;
DROP TABLE IF EXISTS search_layout;
CREATE TABLE search_layout (layout TEXT NOT NULL);
CREATE TABLE search_documents (position INTEGER PRIMARY KEY, article_id INTEGER NOT NULL UNIQUE, story_id INTEGER, facets BLOB NOT NULL);
CREATE TABLE search_texts (position INTEGER PRIMARY KEY, columns BLOB NOT NULL);
CREATE TABLE search_values (id INTEGER PRIMARY KEY, facet INTEGER NOT NULL, value TEXT NOT NULL, UNIQUE (facet, value));
CREATE VIRTUAL TABLE search_fts USING fts5 (title, body, title_exact, body_exact, facets, content='', tokenize="ascii tokenchars ':_~-'")
"""
_FTS_ROW = "INSERT INTO search_fts (rowid, title, body, title_exact, body_exact, facets) VALUES (?, ?, ?, ?, ?, ?)"
_FTS_DELETE = "INSERT INTO search_fts (search_fts, rowid, title, body, title_exact, body_exact, facets) VALUES ('delete', ?, ?, ?, ?, ?, ?)"
_EVERY = f'{{facets}} : "{ALL}"'
_NONE = f"({_EVERY} NOT {_EVERY})"


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
        connection.exec_driver_sql("INSERT INTO search_layout VALUES (?)", (LAYOUT,))

    def _put(self, connection: Connection, rows: Sequence[IndexRow]) -> None:
        ids = self._ids(connection, sorted({pair for row in rows for pair in row.pairs}))
        self._remove(connection, [row.article_id for row in rows])
        for row in rows:
            connection.exec_driver_sql(
                "INSERT INTO search_documents VALUES (?, ?, ?, ?)", (row.position, row.article_id, row.story_id, pack(row.pairs, ids))
            )
            kept = zlib.compress(json.dumps(row.columns, ensure_ascii=False).encode(), 1)
            connection.exec_driver_sql("INSERT INTO search_texts VALUES (?, ?)", (row.position, kept))
            connection.exec_driver_sql(_FTS_ROW, (row.position, *row.columns))

    def _remove(self, connection: Connection, article_ids: Sequence[int]) -> None:
        there = connection.exec_driver_sql(
            "SELECT d.position, t.columns FROM search_documents d JOIN search_texts t USING (position)"
            " WHERE d.article_id IN (SELECT value FROM json_each(?))",
            (json.dumps(list(article_ids)),),
        ).all()
        for position, kept in there:
            connection.exec_driver_sql(_FTS_DELETE, (position, *json.loads(zlib.decompress(kept))))
            connection.exec_driver_sql("DELETE FROM search_documents WHERE position = ?", (position,))
            connection.exec_driver_sql("DELETE FROM search_texts WHERE position = ?", (position,))

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
        if isinstance(match, Everything):
            rows = connection.exec_driver_sql(
                "SELECT position, article_id, story_id FROM search_documents WHERE position >= ? AND position < ?"
                " ORDER BY position DESC LIMIT ?",
                (low, high, -1 if limit is None else limit),
            )
        else:
            rows = connection.exec_driver_sql(
                "SELECT d.position, d.article_id, d.story_id FROM (SELECT rowid AS position FROM search_fts WHERE search_fts MATCH ?"
                " AND rowid >= ? AND rowid < ? ORDER BY rowid DESC LIMIT ?)"
                " JOIN search_documents d USING (position) ORDER BY d.position DESC",
                (expression(match), low, high, -1 if limit is None else limit),
            )
        return [(row[0], row[1], row[2]) for row in rows.all()]

    def _positions(self, connection: Connection, match: Node, low: int, high: int, limit: int) -> Sequence[int]:
        query = "SELECT rowid FROM search_fts WHERE search_fts MATCH ? AND rowid >= ? AND rowid < ? ORDER BY rowid DESC LIMIT ?"
        return connection.exec_driver_sql(query, (expression(match), low, high, limit)).scalars().all()

    def _at(self, connection: Connection, positions: Sequence[int]) -> Mapping[int, Hit]:
        rows = connection.exec_driver_sql(
            "SELECT d.position, d.article_id, d.story_id FROM json_each(?) j JOIN search_documents d ON d.position = j.value",
            (json.dumps(list(positions)),),
        )
        return {row[0]: (row[0], row[1], row[2]) for row in rows.all()}

    def _count(self, connection: Connection, match: Node, low: int, high: int) -> int:
        if isinstance(match, Everything):
            query = "SELECT count(*) FROM search_documents WHERE position >= ? AND position < ?"
            return int(connection.exec_driver_sql(query, (low, high)).scalar_one())
        query = "SELECT count(*) FROM search_fts WHERE search_fts MATCH ? AND rowid >= ? AND rowid < ?"
        return int(connection.exec_driver_sql(query, (expression(match), low, high)).scalar_one())

    def _packed(self, connection: Connection, match: Node, low: int, high: int, limit: int) -> list[Packed]:
        if isinstance(match, Everything):
            rows = connection.exec_driver_sql(
                "SELECT article_id, story_id, facets FROM search_documents WHERE position >= ? AND position < ?"
                " ORDER BY position DESC LIMIT ?",
                (low, high, limit),
            )
        else:
            rows = connection.exec_driver_sql(
                "SELECT d.article_id, d.story_id, d.facets FROM (SELECT rowid AS position FROM search_fts WHERE search_fts MATCH ?"
                " AND rowid >= ? AND rowid < ? ORDER BY rowid DESC LIMIT ?)"
                " JOIN search_documents d USING (position) ORDER BY d.position DESC",
                (expression(match), low, high, limit),
            )
        return [(row[0], row[1], row[2]) for row in rows.all()]

    def _values(self, connection: Connection, ids: Sequence[int]) -> Mapping[int, str]:
        query = "SELECT v.id, v.value FROM json_each(?) j JOIN search_values v ON v.id = j.value"
        return {row[0]: row[1] for row in connection.exec_driver_sql(query, (json.dumps(list(ids)),))}


def expression(node: Node) -> str:
    """The node as an FTS5 expression (https://www.sqlite.org/fts5.html, section 3). Each token stands in quotation marks."""
    if isinstance(node, Everything):
        return _EVERY
    if isinstance(node, Word):
        columns = _columns(node.field, exact=node.exact or node.prefix)
        return f"{columns} : {_string(node.token)}{' *' if node.prefix else ''}" if node.token else _NONE
    if isinstance(node, Phrase):
        return f"{_columns(node.field, exact=True)} : {_string(' '.join(node.tokens))}" if node.tokens else _NONE
    if isinstance(node, Facet):
        return f"{{facets}} : {_string(facet_token(node.name, node.value))}"
    if isinstance(node, AnyOf):
        return "(" + " OR ".join(map(expression, node.parts)) + ")" if node.parts else _NONE
    if isinstance(node, Not):
        return f"({_EVERY} NOT {expression(node.part)})"
    return _conjunction(node)


def _conjunction(node: AllOf) -> str:
    """FTS5 knows NOT only between two expressions: what is excluded comes last."""
    wanted = [expression(part) for part in node.parts if not isinstance(part, Not | Everything)]
    excluded = [expression(part.part) for part in node.parts if isinstance(part, Not)]
    text = " AND ".join(wanted) or _EVERY
    return f"(({text}) NOT ({' OR '.join(excluded)}))" if excluded else f"({text})"


def _columns(name: str | None, *, exact: bool) -> str:
    tail = "_exact" if exact else ""
    return "{" + " ".join(f"{column}{tail}" for column in ((name,) if name else ("title", "body"))) + "}"


def _string(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'
