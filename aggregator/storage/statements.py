"""The few statements that the engines write differently, or that several stores share."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, TypeVar
from urllib.parse import urlsplit

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Executable,
    FromClause,
    Row,
    Select,
    Table,
    and_,
    bindparam,
    cast,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from aggregator.storage import schema
from aggregator.storage.columns import Json

T = TypeVar("T")
S = TypeVar("S", bound=Executable)
CHUNK = 500
CHANGE_LOG_LOCK = 7_311_960_115  # any number that no other program takes on the same PostgreSQL database


def insert(connection: Connection, table: Table) -> postgresql.Insert:
    """Return an INSERT that knows ON CONFLICT. (Both dialects' classes have the same methods.)"""
    if connection.dialect.name == "sqlite":
        return sqlite.insert(table)  # type: ignore[return-value]
    return postgresql.insert(table)


def replacing(table: Table) -> Mapping[str, postgresql.Insert]:
    """An INSERT of all columns that overwrites the row with the same primary key, for each dialect."""
    keys = [column.name for column in table.primary_key]

    def make(insert: Callable[[Table], postgresql.Insert]) -> postgresql.Insert:
        query = insert(table)
        return query.on_conflict_do_update(
            index_elements=keys, set_={c.name: query.excluded[c.name] for c in table.c if c.name not in keys}
        )

    return prepared(make)


def prepared(make: Callable[[Callable[[Table], postgresql.Insert]], S]) -> Mapping[str, S]:
    """A statement with ON CONFLICT for each dialect, by its name: made once, since making one costs more than running it."""
    return {"sqlite": make(sqlite.insert), "postgresql": make(postgresql.insert)}  # type: ignore[arg-type]  # see insert


class _Elements(FunctionElement[str]):
    """The elements of a list in JSON as rows of a column ``value``."""

    name = "elements"
    inherit_cache = True


@compiles(_Elements, "sqlite")
def _elements_in_sqlite(element: _Elements, compiler: SQLCompiler, **options: Any) -> str:
    return f"json_each({compiler.process(element.clauses, **options)})"


@compiles(_Elements, "postgresql")
def _elements_in_postgresql(element: _Elements, compiler: SQLCompiler, **options: Any) -> str:
    return f"jsonb_array_elements_text(CAST({compiler.process(element.clauses, **options)} AS JSONB))"


class _Listed(FunctionElement[Any]):
    """An aggregate: the values of a column as a list in JSON; null where there are no rows."""

    name = "listed"
    type = Json()
    inherit_cache = True


@compiles(_Listed, "sqlite")
def _listed_in_sqlite(element: _Listed, compiler: SQLCompiler, **options: Any) -> str:
    values = compiler.process(element.clauses, **options)
    return f"CASE WHEN count({values}) > 0 THEN json_group_array({values}) END"


@compiles(_Listed, "postgresql")
def _listed_in_postgresql(element: _Listed, compiler: SQLCompiler, **options: Any) -> str:
    return f"CAST(json_agg({compiler.process(element.clauses, **options)}) AS TEXT)"


def listed(column: ColumnElement[int]) -> ColumnElement[Any]:
    """The numbers of a column as one value, a list, or None where there are no rows: read in a third of the time that as many rows take."""
    return _Listed(column)


def numbers(name: str) -> FromClause:
    """The whole numbers of the parameter ``name``, a list of any length, as rows of a column ``number``.

    Statements with it are made once: the list is one parameter, where IN (…) has one for each number, and a text of its own for each
    length of the list.
    """
    elements = _Elements(bindparam(name, type_=Json)).table_valued("value")
    return select(cast(elements.c.value, BigInteger).label("number")).select_from(elements).subquery()


def one_of(column: ColumnElement[int], name: str) -> ColumnElement[bool]:
    """Whether the column has one of the whole numbers of the parameter ``name``, a list of any length."""
    return column.in_(select(numbers(name).c.number))


def one_of_names(scope: ColumnElement[int], key: ColumnElement[str]) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Conditions that hold for all names, pairs of a scope and a key, of ``names_given``, and perhaps for others of these scopes and keys.

    (SQLite reads the whole table for a list of pairs, whatever index it has.)"""
    return scope.in_(bindparam("scopes", expanding=True)), key.in_(bindparam("keys", expanding=True))


def names_given(names: Collection[tuple[int, str]]) -> dict[str, list[Any]]:
    """The parameters of a statement with ``one_of_names``."""
    return {"scopes": sorted({scope for scope, _ in names}), "keys": sorted({key for _, key in names})}


def chunks(items: Iterable[T]) -> Iterator[list[T]]:
    """Cut into lists short enough for one IN (…)."""
    rest = list(items)
    for start in range(0, len(rest), CHUNK):
        yield rest[start : start + CHUNK]


def claim(
    connection: Connection,
    table: Table,
    free: ColumnElement[bool],
    order: Sequence[ColumnElement[Any]],
    lease_until: datetime,
    limit: int,
) -> Sequence[Row[Any]]:
    """Put a lease on up to ``limit`` free rows in one statement, and return them in no order; rows that somebody else is just
    claiming are passed over."""
    key = key_of(table)
    found = select(key).where(free).order_by(*order).limit(limit).with_for_update(skip_locked=True).cte("found")
    query = update(table).where(key.in_(select(found.c[key.name]))).values(lease_until=lease_until).returning(table)
    return connection.execute(query).all()


def host_of(link: str | None) -> str | None:
    """Host of an address, by which claims are spread; None where it has none that can be read."""
    scheme, _, rest = (link or "").partition("//")
    return _host(re.split(r"[/?#]", rest, maxsplit=1)[0]) if scheme.endswith(":") else None


@lru_cache(maxsize=4096)
def _host(netloc: str) -> str | None:
    try:
        return urlsplit(f"//{netloc}").hostname
    except ValueError:  # such as an unclosed [
        return None


def key_of(table: Table) -> Column[Any]:
    """The one column of the table's primary key."""
    (key,) = table.primary_key.columns
    return key


def spread(table: Table, free: ColumnElement[bool], in_use: Sequence[Select[Any]], limit: int, per_host: int) -> Select[Any]:
    """Ids of the oldest free rows that are among the oldest of their host, where the host is in none of ``in_use``."""
    key = key_of(table)
    turn = func.row_number().over(partition_by=table.c.host, order_by=(table.c.due_at, key)).label("turn")
    nobody = and_(*(table.c.host.not_in(hosts) for hosts in in_use))
    ranked = select(key.label("id"), table.c.host, table.c.due_at, turn).where(free, or_(table.c.host.is_(None), nobody)).subquery("ranked")
    oldest = select(ranked.c.id).where(or_(ranked.c.host.is_(None), ranked.c.turn <= per_host))
    # Once, before the rows are locked: PostgreSQL might otherwise rank all rows again for each of them.
    chosen = oldest.order_by(ranked.c.due_at, ranked.c.id).limit(limit).cte("chosen").prefix_with("MATERIALIZED")
    return select(chosen.c.id)


NOTE = schema.changes.insert()
LOCK_CHANGE_LOG = select(func.pg_advisory_xact_lock(CHANGE_LOG_LOCK))


def log(connection: Connection, article_ids: Iterable[int], kind: str, now: datetime) -> None:
    """Append to the change log. Call it last in a transaction.

    On PostgreSQL numbers are given before commits, so that a follower could read 8 while 7 is still on its way, and never see 7: the
    lock makes the numbers appear in order. It is held until the commit; as nothing else is waited for after it, it cannot deadlock.
    """
    rows = [{"article_id": article_id, "kind": kind, "at": now} for article_id in article_ids]
    if not rows:
        return
    if connection.dialect.name == "postgresql":
        connection.execute(LOCK_CHANGE_LOG)
    connection.execute(NOTE, rows)
