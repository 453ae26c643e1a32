"""The search index on PostgreSQL: the same tokens as on SQLite, in a tsvector with a GIN index.

The tsvector carries no positions (they end at 16,383 and at 256 a word, which would make phrases in long texts fail); a phrase is
looked up by its words and then checked in ``search_texts``. The matches are made in a MATERIALIZED step before they are sorted:
left free, the planner walks the articles by date and unpacks each tsvector (244 ms instead of 0.2 for a rare word).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from aggregator.query import AllOf, AnyOf, Everything, Facet, Node, Not, Phrase, Word
from aggregator.storage.index_base import BaseIndex, Hit, Packed
from aggregator.storage.index_rows import ALL, LAYOUT, IndexRow, Pair, facet_token, pack

_MAKE = """
DROP TABLE IF EXISTS search_documents, search_texts, search_values, search_layout;
CREATE TABLE search_layout (layout text NOT NULL);
CREATE TABLE search_documents (position bigint PRIMARY KEY, article_id bigint NOT NULL UNIQUE, story_id bigint, facets bytea NOT NULL,
 tokens tsvector NOT NULL);
CREATE TABLE search_texts (position bigint PRIMARY KEY, title text NOT NULL, body text NOT NULL);
CREATE TABLE search_values (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, facet integer NOT NULL, value text NOT NULL,
 UNIQUE (facet, value));
CREATE INDEX search_documents_tokens ON search_documents USING gin (tokens) WITH (fastupdate = off)
"""
_LOCK = 0x66775F73656172  # any number that nobody else takes
_STEM = {"title": "t", "body": "b"}  # marks of a token's column within the tsvector
_EXACT = {"title": "T", "body": "B"}
_FACET = "f"
_EVERY = f"'{_FACET}:{ALL}'"
_NONE = f"({_EVERY} & !{_EVERY})"

Condition = tuple[str, list[Any]]  # SQL and its parameters


class PostgresIndex(BaseIndex):
    """SearchIndex on PostgreSQL."""

    def _layout(self, connection: Connection) -> str | None:
        if connection.exec_driver_sql("SELECT to_regclass('search_layout')").scalar_one() is None:
            return None
        row = connection.exec_driver_sql("SELECT layout FROM search_layout").first()
        return row[0] if row else None

    def _lock(self, connection: Connection) -> None:
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))

    def _make(self, connection: Connection) -> None:
        for statement in _MAKE.split(";\n"):
            connection.exec_driver_sql(statement)
        connection.exec_driver_sql("INSERT INTO search_layout VALUES (%s)", (LAYOUT,))

    def _put(self, connection: Connection, rows: Sequence[IndexRow]) -> None:
        ids = self._ids(connection, sorted({pair for row in rows for pair in row.pairs}))
        self._remove(connection, [row.article_id for row in rows])
        connection.exec_driver_sql(
            "INSERT INTO search_documents VALUES (%s, %s, %s, %s, array_to_tsvector(%s::text[]))",
            [(row.position, row.article_id, row.story_id, pack(row.pairs, ids), _tokens(row)) for row in rows],
        )
        connection.exec_driver_sql(
            "INSERT INTO search_texts VALUES (%s, %s, %s)", [(row.position, f" {row.title_exact} ", f" {row.body_exact} ") for row in rows]
        )

    def _remove(self, connection: Connection, article_ids: Sequence[int]) -> None:
        connection.exec_driver_sql(
            "WITH gone AS (DELETE FROM search_documents WHERE article_id = ANY(%s) RETURNING position)"
            " DELETE FROM search_texts WHERE position IN (SELECT position FROM gone)",
            (list(article_ids),),
        )

    def _ids(self, connection: Connection, pairs: Sequence[Pair]) -> dict[Pair, int]:
        columns = ([facet for facet, _ in pairs], [value for _, value in pairs])
        connection.exec_driver_sql(
            "INSERT INTO search_values (facet, value) SELECT * FROM unnest(%s::int[], %s::text[]) ON CONFLICT DO NOTHING", columns
        )
        rows = connection.exec_driver_sql(
            "SELECT facet, value, id FROM search_values JOIN unnest(%s::int[], %s::text[]) AS wanted (facet, value) USING (facet, value)",
            columns,
        )
        return {(facet, value): ident for facet, value, ident in rows}

    def _hits(self, connection: Connection, match: Node, low: int, high: int, limit: int | None) -> list[Hit]:
        condition, parameters = _where(match, low, high)
        rows = connection.exec_driver_sql(
            f"WITH found AS {_step(match)} (SELECT position, article_id, story_id FROM search_documents d WHERE {condition})"
            " SELECT * FROM found ORDER BY position DESC LIMIT %s",
            (*parameters, limit),
        )
        return [(row[0], row[1], row[2]) for row in rows.all()]

    def _positions(self, connection: Connection, match: Node, low: int, high: int, limit: int) -> Sequence[int]:
        condition, parameters = _where(match, low, high)
        rows = connection.exec_driver_sql(
            f"WITH found AS {_step(match)} (SELECT position FROM search_documents d WHERE {condition})"
            " SELECT position FROM found ORDER BY position DESC LIMIT %s",
            (*parameters, limit),
        )
        return rows.scalars().all()

    def _at(self, connection: Connection, positions: Sequence[int]) -> Mapping[int, Hit]:
        query = "SELECT position, article_id, story_id FROM search_documents WHERE position = ANY(%s)"
        return {row[0]: (row[0], row[1], row[2]) for row in connection.exec_driver_sql(query, (list(positions),)).all()}

    def _count(self, connection: Connection, match: Node, low: int, high: int) -> int:
        condition, parameters = _where(match, low, high)
        return int(connection.exec_driver_sql(f"SELECT count(*) FROM search_documents d WHERE {condition}", tuple(parameters)).scalar_one())

    def _packed(self, connection: Connection, match: Node, low: int, high: int, limit: int) -> list[Packed]:
        condition, parameters = _where(match, low, high)
        rows = connection.exec_driver_sql(
            f"WITH found AS {_step(match)} (SELECT position, article_id, story_id, facets FROM search_documents d WHERE {condition})"
            " SELECT article_id, story_id, facets FROM found ORDER BY position DESC LIMIT %s",
            (*parameters, limit),
        )
        return [(row[0], row[1], bytes(row[2])) for row in rows.all()]

    def _values(self, connection: Connection, ids: Sequence[int]) -> Mapping[int, str]:
        rows = connection.exec_driver_sql("SELECT id, value FROM search_values WHERE id = ANY(%s)", (list(ids),))
        return {row[0]: row[1] for row in rows}


def _tokens(row: IndexRow) -> list[str]:
    marked = ((_STEM["title"], row.title), (_STEM["body"], row.body), (_EXACT["title"], row.title_exact), (_EXACT["body"], row.body_exact))
    tokens = {f"{mark}:{token}" for mark, text in (*marked, (_FACET, row.facets)) for token in text.split()}
    return sorted(tokens)


def _step(match: Node) -> str:
    """Without a condition on the tokens the index on the position is the way, and nothing need be made first."""
    return "NOT MATERIALIZED" if isinstance(match, Everything) else "MATERIALIZED"


def _where(match: Node, low: int, high: int) -> Condition:
    window, parameters = "d.position >= %s AND d.position < %s", [low, high]
    if isinstance(match, Everything):
        return window, parameters
    condition, more = _condition(match)
    return f"{window} AND {condition}", [*parameters, *more]


def _condition(node: Node) -> Condition:
    """SQL for the node: one tsquery as far as there is no phrase in it."""
    if not _has_phrase(node):
        return "d.tokens @@ %s::tsquery", [_tsquery(node)]
    if isinstance(node, Phrase):
        return _phrase(node)
    if isinstance(node, Not):
        inner, parameters = _condition(node.part)
        return f"NOT ({inner})", parameters
    parts: list[Node] = list(getattr(node, "parts", ()))
    plain = [part for part in parts if not _has_phrase(part)]
    kind = AllOf if isinstance(node, AllOf) else AnyOf
    grouped: list[Node] = [kind(tuple(plain))] if plain else []
    made = [_condition(part) for part in (*grouped, *(part for part in parts if _has_phrase(part)))]
    joined = (" AND " if kind is AllOf else " OR ").join(sql for sql, _ in made)
    return f"({joined})", [parameter for _, parameters in made for parameter in parameters]


def _phrase(phrase: Phrase) -> Condition:
    columns = (phrase.field,) if phrase.field else ("title", "body")
    words: list[Node] = [AllOf(tuple(Word(token, column, exact=True) for token in phrase.tokens)) for column in columns]
    found = " OR ".join(f"strpos(x.{column}, %s) > 0" for column in columns)
    text = f" {' '.join(phrase.tokens)} "
    return (
        f"(d.tokens @@ %s::tsquery AND EXISTS (SELECT 1 FROM search_texts x WHERE x.position = d.position AND ({found})))",
        [_tsquery(AnyOf(tuple(words))), *[text] * len(columns)],
    )


def _has_phrase(node: Node) -> bool:
    if isinstance(node, Phrase):
        return len(node.tokens) > 1
    if isinstance(node, Not):
        return _has_phrase(node.part)
    return isinstance(node, AllOf | AnyOf) and any(map(_has_phrase, node.parts))


def _tsquery(node: Node) -> str:
    """The node as the text of a tsquery (https://www.postgresql.org/docs/current/datatype-textsearch.html); each token is quoted."""
    if isinstance(node, Everything):
        return _EVERY
    if isinstance(node, Word):
        marks = _EXACT if node.exact or node.prefix else _STEM
        columns = (node.field,) if node.field else ("title", "body")
        lexemes = [_lexeme(f"{marks[column]}:{node.token}") + (":*" if node.prefix else "") for column in columns]
        return f"({' | '.join(lexemes)})" if node.token else _NONE
    if isinstance(node, Phrase):
        return _tsquery(Word(node.tokens[0], node.field, exact=True)) if node.tokens else _NONE
    if isinstance(node, Facet):
        return _lexeme(f"{_FACET}:{facet_token(node.name, node.value)}")
    if isinstance(node, Not):
        return f"!{_tsquery(node.part)}"
    if not node.parts:
        return _EVERY if isinstance(node, AllOf) else _NONE
    return "(" + (" & " if isinstance(node, AllOf) else " | ").join(map(_tsquery, node.parts)) + ")"


def _lexeme(token: str) -> str:
    return "'" + token.replace("\\", "\\\\").replace("'", "''") + "'"
