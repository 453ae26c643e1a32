"""How far operators' corrections have come through the stored articles."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select, update

from aggregator.corrections import Rerun
from aggregator.storage import schema
from aggregator.storage.columns import storable
from aggregator.storage.database import Database
from aggregator.storage.statements import insert

T = schema.reruns


class SqlReruns:
    """RerunStore in SQL."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def ask(self, kind: str, name: str, now: datetime) -> Rerun:
        """Have a correction go through all articles."""
        with self._db.write() as connection:
            total = connection.execute(select(func.count()).select_from(schema.articles)).scalar_one()
            ask(connection, kind, name, total, now)
        return Rerun(kind, name, now, 0, total)

    def of(self, kind: str, name: str) -> Rerun | None:
        """The newest rerun for a correction."""
        with self._db.read() as connection:
            row = connection.execute(select(T).where(T.c.kind == kind, T.c.name == name)).one_or_none()
            return None if row is None else _rerun(row)

    def next(self, before: datetime) -> Rerun | None:
        """The oldest unfinished rerun that was asked for by then."""
        query = select(T).where(*_open(before)).order_by(T.c.asked_at, T.c.kind, T.c.name).limit(1)
        with self._db.read() as connection:
            row = connection.execute(query).one_or_none()
            return None if row is None else _rerun(row)

    def left(self, before: datetime) -> int:
        """Articles left to unfinished reruns, at least one for each."""
        rest = T.c.total - T.c.done
        query = select(rest.label("rest")).where(*_open(before))
        with self._db.read() as connection:
            return sum(max(1, row.rest) for row in connection.execute(query))

    def advance(self, rerun: Rerun) -> None:
        """Store how far a rerun has come; nothing if it was asked for anew meanwhile, or another has come further."""
        values = {"after": rerun.after, "done": rerun.done, "changed": rerun.changed, "finished_at": rerun.finished_at}
        same = (T.c.kind == rerun.kind, T.c.name == rerun.name, T.c.asked_at == rerun.asked_at, T.c.after <= rerun.after)
        with self._db.write() as connection:
            connection.execute(update(T).where(*same).values(values))


def ask(connection: Connection, kind: str, name: str, total: int, now: datetime) -> None:
    """Have a correction go through its articles from the first."""
    values = {"asked_at": now, "after": 0, "total": total, "done": 0, "changed": 0, "finished_at": None}
    query = insert(connection, T).values(kind=kind, name=storable(name), **values)
    connection.execute(query.on_conflict_do_update(index_elements=["kind", "name"], set_=values))


def _open(before: datetime) -> tuple[Any, ...]:
    return T.c.finished_at.is_(None), T.c.asked_at <= before


def _rerun(row: Row[Any]) -> Rerun:
    return Rerun(row.kind, row.name, row.asked_at, row.after, row.total, row.done, row.changed, row.finished_at)
