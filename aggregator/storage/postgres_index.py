"""The search index on PostgreSQL: the same tokens as on SQLite, in a tsvector with a GIN index.

The tsvector carries no positions (they end at 16,383 and at 256 a word, which would make phrases in long texts fail); a phrase is
looked up by the numbers of its neighbours and then checked in ``search_texts``, newest first, as far as the page goes. The matches are
made in a MATERIALIZED step before they are sorted: left free, the planner walks the articles by date and unpacks each tsvector (244 ms
instead of 0.2 for a rare word). Pages are looked for in the newest articles first: tokens for spans of time let the index itself find
the matches of a span, for to bring in all matches of a common word, only to throw away all but the newest, would be most of the work.
"""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from sqlalchemy import Connection

from aggregator.query import AllOf, AnyOf, Articles, Between, Everything, Facet, Node, Not, Phrase, StoryCount, Word
from aggregator.storage.facet_columns import Ints
from aggregator.storage.index_base import CHANGES_KEPT, BaseIndex, Found, Hit
from aggregator.storage.index_rows import ALL, FIRST, LAST, LAYOUT, IndexRow, Pair, facet_token, filter_tokens, moment, neighbours, pack
from aggregator.storage.index_stories import RECOUNT, column_of

_MAKE = """
DROP TABLE IF EXISTS search_documents, search_texts, search_words, search_values, search_stories, search_changes, search_layout;
CREATE TABLE search_layout (layout text NOT NULL, edition text NOT NULL);
CREATE TABLE search_documents (position bigint PRIMARY KEY, article_id bigint NOT NULL UNIQUE, story_id bigint, copy_of bigint NOT NULL,
 wire text COLLATE "C", outlet text, facets bytea NOT NULL, tokens tsvector NOT NULL, neighbours integer[] NOT NULL)
 WITH (toast_tuple_target = 128);
CREATE INDEX search_documents_story ON search_documents (story_id);
CREATE TABLE search_stories (story_id bigint PRIMARY KEY, origins integer NOT NULL, outlets integer NOT NULL);
CREATE TABLE search_texts (position bigint PRIMARY KEY, title text NOT NULL, body text NOT NULL);
CREATE TABLE search_words (word text COLLATE "C" PRIMARY KEY);
CREATE TABLE search_values (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, facet integer NOT NULL, value text NOT NULL,
 UNIQUE (facet, value));
CREATE TABLE search_changes (seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, position bigint NOT NULL);
CREATE INDEX search_documents_tokens ON search_documents USING gin (tokens, neighbours) WITH (fastupdate = off)
"""
_LOCK = 0x66775F73656172  # any number that nobody else takes
_STEM = {"title": "t", "body": "b"}  # marks of a token's column within the tsvector
_EXACT = {"title": "T", "body": "B"}
_FACET = "f"
_EVERY = f"'{_FACET}:{ALL}'"
_NONE = f"({_EVERY} & !{_EVERY})"
_SPAN = "k"
SPANS = (36, 40, 44, 48)  # lengths of spans of time, as bits of a position: 18 hours, 12 days, 6 months, 9 years
MOST_SPANS = 16  # that a look-up asks for
SLICE = 1_000  # newest articles that a page is looked for in first, and
WIDER = 20  # so many times their time then
PAGE = 400  # hits up to which that is worth while
_BIG_ENDIAN = np.dtype(">i8")

Condition = tuple[str, list[Any]]  # SQL and its parameters


class PostgresIndex(BaseIndex):
    """SearchIndex on PostgreSQL."""

    MARK = "%s"

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
        connection.exec_driver_sql("INSERT INTO search_layout VALUES (%s, %s)", (LAYOUT, secrets.token_hex(8)))

    def _put(self, connection: Connection, rows: Sequence[IndexRow]) -> None:
        ids = self._ids(connection, sorted({pair for row in rows for pair in row.pairs}))
        stories = self._take_out(connection, [row.article_id for row in rows])
        connection.exec_driver_sql(
            "INSERT INTO search_documents VALUES (%s, %s, %s, %s, %s, %s, %s, array_to_tsvector(%s::text[]), %s::int[])",
            [
                (
                    *(row.position, row.article_id, row.story_id, row.copy_of, row.wire, row.outlet, pack(row.pairs, ids)),
                    *(_tokens(row), neighbours(row.title_exact, row.body_exact).tolist()),
                )
                for row in rows
            ],
        )
        words = sorted(set().union(*(row.words() for row in rows)))
        connection.exec_driver_sql("INSERT INTO search_words SELECT unnest(%s::text[]) ON CONFLICT DO NOTHING", (words,))
        connection.exec_driver_sql(
            "INSERT INTO search_texts VALUES (%s, %s, %s)", [(row.position, f" {row.title_exact} ", f" {row.body_exact} ") for row in rows]
        )
        self._note(connection, [row.position for row in rows], stories | {row.story_id for row in rows})

    def _remove(self, connection: Connection, article_ids: Sequence[int]) -> None:
        self._note(connection, [], self._take_out(connection, article_ids))

    def _take_out(self, connection: Connection, article_ids: Sequence[int]) -> set[int | None]:
        """Remove these articles, and return the stories that they were in."""
        gone = connection.exec_driver_sql(
            "DELETE FROM search_documents WHERE article_id = ANY(%s) RETURNING position, story_id", (list(article_ids),)
        ).all()
        positions = [position for position, _ in gone]
        if positions:
            connection.exec_driver_sql("DELETE FROM search_texts WHERE position = ANY(%s)", (positions,))
        self._note(connection, positions, set())
        return {story_id for _, story_id in gone}

    def _note(self, connection: Connection, positions: Sequence[int], stories: set[int | None]) -> None:
        """Log changed positions, and count the origins and outlets of these stories anew."""
        if positions:
            connection.exec_driver_sql("INSERT INTO search_changes (position) SELECT unnest(%s::bigint[])", (list(positions),))
            connection.exec_driver_sql(
                "DELETE FROM search_changes WHERE seq <= (SELECT max(seq) FROM search_changes) - %s", (CHANGES_KEPT,)
            )
        if touched := sorted(story for story in stories if story is not None):
            connection.exec_driver_sql("DELETE FROM search_stories WHERE story_id = ANY(%s)", (touched,))
            connection.exec_driver_sql(RECOUNT.format(these="= ANY(%s)"), (touched,))

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
        found = self._newest(connection, "position, article_id, story_id", match, low, high, limit)
        return [(row[0], row[1], row[2]) for row in found]

    def _positions(self, connection: Connection, match: Node, low: int, high: int, limit: int | None) -> Ints:
        """In one array of bytes: 300,000 rows would take long one by one."""
        if limit is not None:
            found = self._newest(connection, "position", match, low, high, limit)
            return np.fromiter((row[0] for row in found), dtype=np.int64, count=len(found))
        condition, parameters = _where(match, low, high)
        query = f"SELECT string_agg(int8send(position), '') FROM search_documents d WHERE {condition}"
        joined = connection.exec_driver_sql(query, tuple(parameters)).scalar_one()
        positions: Ints = np.frombuffer(joined or b"", dtype=_BIG_ENDIAN).astype(np.int64)
        return positions

    def _newest(self, connection: Connection, columns: str, match: Node, low: int, high: int, limit: int | None) -> Sequence[Any]:
        """The newest matches: looked for in the newest articles first, and in all where too few are found there."""
        found: Sequence[Any] = ()
        paged = limit is not None and limit <= PAGE and _has_tokens(match)
        if paged:
            match = self._spelled_out(connection, match)
        for spans in (*self._spans(connection, low, high), []) if paged else [[]]:
            query, parameters = _newest(columns, match, low, high, spans)
            found = connection.exec_driver_sql(f"{query} LIMIT %s", (*parameters, limit)).all()
            if limit is not None and len(found) >= limit:
                break
        return found

    def _spans(self, connection: Connection, low: int, high: int) -> Iterator[list[str]]:
        """Spans of time that hold the SLICE newest articles, and then more of them; none where all would be in them."""
        condition, parameters = _where(Everything(), low, high)
        newest = f"SELECT position FROM search_documents d WHERE {condition} ORDER BY position DESC"
        ends = connection.exec_driver_sql(
            f"(({newest} LIMIT 1) UNION ALL ({newest} OFFSET %s LIMIT 1)) ORDER BY 1", (*parameters, *parameters, SLICE)
        ).scalars()
        first, *newest_of_all = ends.all() or [0]
        for last in newest_of_all:
            for times in (1, WIDER):
                yield _spans(last - times * (last - first), last)

    def _numbered(self, connection: Connection, query: str, match: Node, low: int, high: int) -> tuple[Ints, Ints]:
        """In two arrays of bytes, of the same rows."""
        condition, parameters = _where(match, low, high)
        rows = query.format(hits=f"SELECT position, story_id, copy_of FROM search_documents d WHERE {condition}")
        columns = "string_agg(int8send(position), ''), string_agg(int8send(number), '')"
        found = connection.exec_driver_sql(f"SELECT {columns} FROM ({rows}) AS numbered", tuple(parameters)).one()
        of_bytes = [np.frombuffer(joined or b"", dtype=_BIG_ENDIAN).astype(np.int64) for joined in found]
        return of_bytes[0], of_bytes[1]

    def _at(self, connection: Connection, positions: Sequence[int]) -> Mapping[int, Hit]:
        query = "SELECT position, article_id, story_id FROM search_documents WHERE position = ANY(%s)"
        return {row[0]: (row[0], row[1], row[2]) for row in connection.exec_driver_sql(query, (list(positions),)).all()}

    def _count(self, connection: Connection, match: Node, low: int, high: int) -> int:
        condition, parameters = _where(match, low, high)
        return int(connection.exec_driver_sql(f"SELECT count(*) FROM search_documents d WHERE {condition}", tuple(parameters)).scalar_one())

    def _packed(self, connection: Connection, match: Node, low: int, high: int, limit: int) -> list[Found]:
        found = self._newest(connection, "position, article_id, story_id, facets", match, low, high, limit)
        return [(row[1], row[2], bytes(row[3])) for row in found]

    def _values(self, connection: Connection, ids: Sequence[int]) -> Mapping[int, str]:
        rows = connection.exec_driver_sql("SELECT id, value FROM search_values WHERE id = ANY(%s)", (list(ids),))
        return {row[0]: row[1] for row in rows}


def _tokens(row: IndexRow) -> list[str]:
    marked = ((_STEM["title"], row.title), (_STEM["body"], row.body), (_EXACT["title"], row.title_exact), (_EXACT["body"], row.body_exact))
    tokens = {f"{mark}:{token}" for mark, text in (*marked, (_FACET, row.facets)) for token in text.split()}
    return sorted({*tokens, *(_span(bits, row.position >> bits) for bits in SPANS)})


def _spans(first: int, last: int) -> list[str]:
    """Tokens of the shortest spans of which MOST_SPANS hold all positions from the first to the last; without such, none."""
    for bits in SPANS:
        numbers = range(first >> bits, (last >> bits) + 1)
        if len(numbers) <= MOST_SPANS:
            return [_span(bits, number) for number in numbers]
    return []


def _span(bits: int, number: int) -> str:
    return f"{_SPAN}:{bits}:{number}"


def _newest(columns: str, match: Node, low: int, high: int, spans: Sequence[str]) -> Condition:
    """A SELECT of the matches, newest first, to be followed by LIMIT; those in the spans only, if there are any. What the tokens cannot
    tell, above all the texts of phrases, is looked at in that order, as far as need be."""
    if not _has_tokens(match):  # the index on the position is the way, and nothing need be made first
        condition, parameters = _where(match, low, high)
        return f"SELECT {columns} FROM search_documents d WHERE {condition} ORDER BY position DESC", parameters
    first: list[Node] = []
    looked_up: list[Condition] = [("d.tokens @@ %s::tsquery", [" | ".join(map(_lexeme, spans))])] if spans else []
    later: list[Condition] = []
    for part in match.parts if isinstance(match, AllOf) else (match,):
        if isinstance(part, Phrase) and _is_outside(part):
            looked_up.append(_neighbours_of(part))
            later.append(_text_of(part))
        elif _has_tokens(part):
            first.append(part)
        else:
            later.append(_condition(part))
    looked_up.append(_where(AllOf(tuple(first)), low, high))
    condition, parameters = _together(looked_up)
    kept = "position, article_id, story_id, facets" if "facets" in columns else "position, article_id, story_id"
    found = f"WITH found AS MATERIALIZED (SELECT {kept if later else columns} FROM search_documents d WHERE {condition})"
    if not later:
        return f"{found} SELECT {columns} FROM found ORDER BY position DESC", parameters
    conditions, others = _together(later)
    ordered = f"{found} SELECT {columns} FROM (SELECT * FROM found ORDER BY position DESC) d WHERE {conditions} ORDER BY position DESC"
    return ordered, [*parameters, *others]


def _together(conditions: Sequence[Condition]) -> Condition:
    return " AND ".join(sql for sql, _ in conditions), [value for _, values in conditions for value in values]


def _where(match: Node, low: int, high: int) -> Condition:
    """The node within a window. A bound that excludes nothing is left out: to the planner it would be a condition like another."""
    condition, parameters = _condition(match)
    bounds = [(">=", low)] * (low > FIRST) + [("<", high)] * (high < LAST)
    sql = " AND ".join([*(f"d.position {sign} %s" for sign, _ in bounds), condition])
    return sql, [*(bound for _, bound in bounds), *parameters]


def _condition(node: Node) -> Condition:
    """SQL for the node: one tsquery as far as it holds nothing that tokens cannot tell."""
    if isinstance(node, Everything):
        return "true", []
    if not _is_outside(node) and _has_tokens(node):
        return "d.tokens @@ %s::tsquery", [_tsquery(node)]
    if isinstance(node, Between):
        return "(d.position >= %s AND d.position < %s)", [*moment(node)]
    if isinstance(node, Articles):
        return "d.article_id = ANY(%s)", [sorted(node.ids)]
    if isinstance(node, StoryCount):
        figure = f"s.{column_of(node)}"
        asked = f"{figure} >= %s" if node.most is None else f"{figure} BETWEEN %s AND %s"
        return (
            f"coalesce((SELECT {asked} FROM search_stories s WHERE s.story_id = d.story_id), false)",
            [node.least] if node.most is None else [node.least, node.most],
        )
    if isinstance(node, Phrase):
        text, parameters = _together([_neighbours_of(node), _text_of(node)])
        return f"({text})", parameters
    if isinstance(node, Not):
        inner, parameters = _condition(node.part)
        return f"NOT ({inner})", parameters
    parts: list[Node] = list(getattr(node, "parts", ()))
    if not parts:
        return "true" if isinstance(node, AllOf) else "false", []
    plain = [part for part in parts if not _is_outside(part) and _has_tokens(part)]
    kind = AllOf if isinstance(node, AllOf) else AnyOf
    grouped: list[Node] = [kind(tuple(plain))] if plain else []
    made = [_condition(part) for part in (*grouped, *(part for part in parts if part not in plain))]
    joined = (" AND " if kind is AllOf else " OR ").join(sql for sql, _ in made)
    return f"({joined})", [parameter for _, parameters in made for parameter in parameters]


def _neighbours_of(phrase: Phrase) -> Condition:
    return "d.neighbours @> %s::int[]", [neighbours(" ".join(phrase.tokens)).tolist()]


def _text_of(phrase: Phrase) -> Condition:
    """That its words follow each other; a subquery of its own for each row, or the planner would read all texts at once."""
    columns = (phrase.field,) if phrase.field else ("title", "body")
    found = " OR ".join(f"strpos(x.{column}, %s) > 0" for column in columns)
    text = f" {' '.join(phrase.tokens)} "
    return f"coalesce((SELECT {found} FROM search_texts x WHERE x.position = d.position), false)", [text] * len(columns)


def _is_outside(node: Node) -> bool:
    """Whether the tokens alone cannot tell."""
    if isinstance(node, Phrase):
        return len(node.tokens) > 1
    if isinstance(node, Not):
        return _is_outside(node.part)
    if isinstance(node, AllOf | AnyOf):
        return any(map(_is_outside, node.parts))
    return isinstance(node, Between | StoryCount | Articles)


def _has_tokens(node: Node) -> bool:
    """Whether a word, a phrase or a filter stands anywhere in it."""
    if isinstance(node, Not):
        return _has_tokens(node.part)
    if isinstance(node, AllOf | AnyOf):
        return any(map(_has_tokens, node.parts))
    return isinstance(node, Word | Phrase | Facet)


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
    if not isinstance(node, AllOf | AnyOf):
        raise TypeError(f"{node!r} is no condition on tokens")
    if not node.parts:
        return _EVERY if isinstance(node, AllOf) else _NONE
    if isinstance(node, AllOf):
        together, alone = filter_tokens((part.name, part.value) for part in node.parts if isinstance(part, Facet))
        filters = [_lexeme(f"{_FACET}:{token}") for token in (*together, *alone)]
        return f"({' & '.join([*(_tsquery(part) for part in node.parts if not isinstance(part, Facet)), *filters])})"
    return f"({' | '.join(map(_tsquery, node.parts))})"


def _lexeme(token: str) -> str:
    return "'" + token.replace("\\", "\\\\").replace("'", "''") + "'"
