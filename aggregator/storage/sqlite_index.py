"""The search index on SQLite FTS5, in a file of its own beside the database.

The FTS table holds no text of its own (``content=''``): its row id is the article's position, so newest first is descending row
order and a time is a range of rows; filters are tokens in its ``facets`` column, so a query is one MATCH whatever it filters by.
Exact words bear a mark and filters a colon, so that only ``title:`` and ``body:`` need ask for a column, which halves the time.
What FTS5 cannot know (times within OR, figures of stories, a reader's own articles) is asked of the other tables, row by row.
FTS5 of SQLite before 3.43 deletes from such a table only if told what was indexed: ``search_texts`` keeps that, compressed.
"""

import json
import secrets
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

import numpy as np
from sqlalchemy import Connection

from aggregator.query import AllOf, AnyOf, Articles, Between, Everything, Facet, Node, Not, Phrase, StoryCount, Word
from aggregator.storage.facet_columns import Ints
from aggregator.storage.index_base import CHANGES_KEPT, BaseIndex, Found, Hit
from aggregator.storage.index_nodes import Texts, answers, holds_beyond_tokens, packed
from aggregator.storage.index_rows import ALL, LAYOUT, IndexRow, Pair, facet_token, filter_tokens, moment, neighbours, pack
from aggregator.storage.index_stories import RECOUNT, column_of

_MAKE = """
DROP TABLE IF EXISTS search_fts;
DROP TABLE IF EXISTS search_neighbours;
DROP TABLE IF EXISTS search_words;
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
CREATE TABLE search_texts (position INTEGER PRIMARY KEY, words BLOB NOT NULL, others BLOB NOT NULL);
CREATE TABLE search_words (word TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE search_values (id INTEGER PRIMARY KEY, facet INTEGER NOT NULL, value TEXT NOT NULL, UNIQUE (facet, value));
CREATE TABLE search_changes (seq INTEGER PRIMARY KEY, position INTEGER NOT NULL);
CREATE VIRTUAL TABLE search_fts USING fts5 (title, body, facets, content='', tokenize="ascii tokenchars ':_~-='");
CREATE VIRTUAL TABLE search_neighbours USING fts5 (numbers, content='', detail=none, columnsize=0, tokenize=ascii)
"""
_FTS_ROW = "INSERT INTO search_fts (rowid, title, body, facets) VALUES (?, ?, ?, ?)"
_FTS_DELETE = "INSERT INTO search_fts (search_fts, rowid, title, body, facets) VALUES ('delete', ?, ?, ?, ?)"
_NEIGHBOURS_ROW = "INSERT INTO search_neighbours (rowid, numbers) VALUES (?, ?)"
_NEIGHBOURS_DELETE = "INSERT INTO search_neighbours (search_neighbours, rowid, numbers) VALUES ('delete', ?, ?)"
_EVERY = f'"{ALL}"'
_NONE = f"({_EVERY} NOT {_EVERY})"
_EXACT = "="  # mark of an exact token
PAGE = 400  # hits up to which a short cut is looked for
SPARE = 10  # candidates beyond the hits that are asked for: now and then two phrases have the same numbers
ROUNDS = 2  # times that phrases are looked for so; if that is not enough, their neighbours' numbers are those of common ones too
_THESE = "(SELECT value FROM json_each(?))"

Condition = tuple[str, list[Any]]  # SQL and its parameters


class SqliteIndex(BaseIndex):
    """SearchIndex on SQLite."""

    MARK = "?"

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
            connection.exec_driver_sql("INSERT INTO search_texts VALUES (?, ?, ?)", (row.position, *packed(row)))
            columns = (_column(row.title, row.title_exact), _column(row.body, row.body_exact), row.facets)
            connection.exec_driver_sql(_FTS_ROW, (row.position, *columns))
            connection.exec_driver_sql(_NEIGHBOURS_ROW, (row.position, _numbers(row.title_exact, row.body_exact)))
        words = sorted(set().union(*(row.words() for row in rows)))
        connection.exec_driver_sql("INSERT OR IGNORE INTO search_words SELECT value FROM json_each(?)", (json.dumps(words),))
        self._note(connection, [row.position for row in rows], stories | {row.story_id for row in rows})

    def _remove(self, connection: Connection, article_ids: Sequence[int]) -> None:
        self._note(connection, [], self._take_out(connection, article_ids))

    def _take_out(self, connection: Connection, article_ids: Sequence[int]) -> set[int | None]:
        """Remove these articles, and return the stories that they were in."""
        there = connection.exec_driver_sql(
            "SELECT d.position, d.story_id, t.words, t.others FROM search_documents d JOIN search_texts t USING (position)"
            f" WHERE d.article_id IN {_THESE}",
            (json.dumps(list(article_ids)),),
        ).all()
        for position, _, words, others in there:
            texts = Texts(words, others)
            title, body, facets, title_exact, body_exact = (text.strip() for text in (*texts.others, *texts.exact))
            columns = (_column(title, title_exact), _column(body, body_exact), facets)
            connection.exec_driver_sql(_FTS_DELETE, (position, *columns))
            connection.exec_driver_sql(_NEIGHBOURS_DELETE, (position, _numbers(*texts.exact)))
            connection.exec_driver_sql("DELETE FROM search_documents WHERE position = ?", (position,))
            connection.exec_driver_sql("DELETE FROM search_texts WHERE position = ?", (position,))
        self._note(connection, [row[0] for row in there], set())
        return {row[1] for row in there}

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
        if limit is not None and limit <= PAGE:
            match = self._spelled_out(connection, match)
            few = self._few(connection, match, low, high, limit)
            if few is not None:
                return few
        found, parameters = _found(match, low, high)
        rows = connection.exec_driver_sql(
            f"SELECT d.position, d.article_id, d.story_id FROM ({found} ORDER BY position DESC LIMIT ?)"
            " JOIN search_documents d USING (position) ORDER BY d.position DESC",
            (*parameters, -1 if limit is None else limit),
        )
        return [(row[0], row[1], row[2]) for row in rows.all()]

    def _few(self, connection: Connection, match: Node, low: int, high: int, limit: int) -> list[Hit] | None:
        """The newest matches, by way of the articles that have all neighbours of its phrases and of the words of these; None where that
        is no short cut. FTS5 by itself walks the lists of a phrase's words side by side, through all articles for a rare phrase."""
        parts = match.parts if isinstance(match, AllOf) else (match,)
        phrases = [" ".join(part.tokens) for part in parts if isinstance(part, Phrase) and len(part.tokens) > 1]
        if not phrases or holds_beyond_tokens(match):
            return None
        numbers, hits = _numbers(*phrases), list[Hit]()
        for _ in range(ROUNDS):
            rows = connection.exec_driver_sql(
                "SELECT d.position, d.article_id, d.story_id, t.words, t.others FROM (SELECT rowid AS position FROM search_neighbours"
                " WHERE search_neighbours MATCH ? AND rowid >= ? AND rowid < ? ORDER BY rowid DESC LIMIT ?)"
                " JOIN search_documents d USING (position) JOIN search_texts t USING (position) ORDER BY d.position DESC",
                (numbers, low, high, limit + SPARE),
            ).all()
            found = ((position, article, story) for position, article, story, *kept in rows if answers(match, Texts(*kept)))
            hits += islice(found, limit - len(hits))
            if len(hits) == limit or len(rows) < limit + SPARE:
                return hits
            high = rows[-1][0]
        return None

    def _positions(self, connection: Connection, match: Node, low: int, high: int, limit: int | None) -> Ints:
        """In one text: 300,000 rows would take four times as long one by one."""
        found, parameters = _found(match, low, high)
        if limit is not None:
            found, parameters = f"{found} ORDER BY position DESC LIMIT ?", [*parameters, limit]
        text = connection.exec_driver_sql(f"SELECT group_concat(position) FROM ({found})", tuple(parameters)).scalar_one()
        positions: Ints = np.fromstring(text or "", dtype=np.int64, sep=",")
        return positions if limit is None else np.sort(positions)[::-1]

    def _numbered(self, connection: Connection, query: str, match: Node, low: int, high: int) -> tuple[Ints, Ints]:
        """In two texts of the same rows."""
        found, parameters = _found(match, low, high)
        rows = query.format(hits=f"SELECT d.position, d.story_id, d.copy_of FROM ({found}) JOIN search_documents d USING (position)")
        positions, numbers = connection.exec_driver_sql(
            f"SELECT group_concat(position), group_concat(number) FROM ({rows})", tuple(parameters)
        ).one()
        return np.fromstring(positions or "", dtype=np.int64, sep=","), np.fromstring(numbers or "", dtype=np.int64, sep=",")

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


def _column(stems: str, exact: str) -> str:
    """Stems and marked exact tokens of a column, one after the other, so that phrases stay together."""
    return f"{stems} {_EXACT}{exact.replace(' ', f' {_EXACT}')}" if exact else ""


def _numbers(*texts: str) -> str:
    """The neighbours in these texts as tokens."""
    return neighbours(*texts).astype(">i4").tobytes().hex(" ", 4)


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
    wanted = [expression(part) for part in node.parts if not isinstance(part, Not | Everything | Facet)]
    together, alone = filter_tokens((part.name, part.value) for part in node.parts if isinstance(part, Facet))
    wanted += map(_string, (*together, *alone))
    excluded = [expression(part.part) for part in node.parts if isinstance(part, Not)]
    text = " AND ".join(wanted) or _EVERY
    return f"(({text}) NOT ({' OR '.join(excluded)}))" if excluded else f"({text})"


def _within(name: str | None) -> str:
    return f"{{{name}}} : " if name else ""


def _string(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'
