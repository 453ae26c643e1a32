"""Operators' verdicts on lines of a host, and how far they have come through its stored articles."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select, update

from aggregator.ports import LineVerdict, Rerun
from aggregator.storage import schema
from aggregator.storage.columns import storable
from aggregator.storage.database import Database
from aggregator.storage.statements import insert

T = schema.line_verdicts
RERUNS = schema.line_reruns


class SqlVerdicts:
    """VerdictStore in SQL."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def judge(self, verdict: LineVerdict) -> None:
        """Keep the verdict in the place of an earlier one, and ask for a rerun."""
        values = {"text": verdict.text, "verdict": verdict.verdict, "by": verdict.by, "at": verdict.at}
        with self._db.write() as connection:
            query = insert(connection, T).values(host=storable(verdict.host), line=storable(verdict.line), **values)
            connection.execute(query.on_conflict_do_update(index_elements=["host", "line"], set_=values))
            _ask(connection, verdict.host, verdict.at)

    def of_host(self, host: str) -> tuple[LineVerdict, ...]:
        """Newest first, undone ones too."""
        query = select(T).where(T.c.host == host).order_by(T.c.at.desc(), T.c.line)
        with self._db.read() as connection:
            rows = connection.execute(query)
            return tuple(LineVerdict(row.host, row.line, row.text, row.verdict, row.by, row.at) for row in rows)

    def hosts(self) -> tuple[str, ...]:
        """Hosts that have verdicts."""
        with self._db.read() as connection:
            return tuple(connection.execute(select(T.c.host).distinct().order_by(T.c.host)).scalars())

    def ask(self, host: str, now: datetime) -> None:
        """Have all stored articles of the host looked at, from the first."""
        with self._db.write() as connection:
            _ask(connection, host, now)

    def rerun(self, host: str) -> Rerun | None:
        """The newest rerun of the host."""
        with self._db.read() as connection:
            row = connection.execute(select(RERUNS).where(RERUNS.c.host == host)).one_or_none()
            return None if row is None else _rerun(row)

    def next(self, before: datetime) -> Rerun | None:
        """The oldest unfinished rerun that was asked for by then."""
        query = select(RERUNS).where(*_open(before)).order_by(RERUNS.c.asked_at, RERUNS.c.host).limit(1)
        with self._db.read() as connection:
            row = connection.execute(query).one_or_none()
            return None if row is None else _rerun(row)

    def left(self, before: datetime) -> int:
        """Articles left to unfinished reruns, at least one for each."""
        rest = RERUNS.c.total - RERUNS.c.done
        query = select(rest.label("rest")).where(*_open(before))
        with self._db.read() as connection:
            return sum(max(1, row.rest) for row in connection.execute(query))

    def advance(self, rerun: Rerun) -> None:
        """Store how far a rerun has come; nothing if it was asked for anew meanwhile, or another has come further."""
        values = {"after": rerun.after, "done": rerun.done, "changed": rerun.changed, "finished_at": rerun.finished_at}
        same = (RERUNS.c.host == rerun.host, RERUNS.c.asked_at == rerun.asked_at, RERUNS.c.after <= rerun.after)
        with self._db.write() as connection:
            connection.execute(update(RERUNS).where(*same).values(values))


def _ask(connection: Connection, host: str, now: datetime) -> None:
    articles = schema.articles
    total = connection.execute(select(func.count()).select_from(articles).where(articles.c.host == host)).scalar_one()
    values = {"asked_at": now, "after": 0, "total": total, "done": 0, "changed": 0, "finished_at": None}
    query = insert(connection, RERUNS).values(host=storable(host), **values)
    connection.execute(query.on_conflict_do_update(index_elements=["host"], set_=values))


def _open(before: datetime) -> tuple[Any, ...]:
    return RERUNS.c.finished_at.is_(None), RERUNS.c.asked_at <= before


def _rerun(row: Row[Any]) -> Rerun:
    return Rerun(row.host, row.asked_at, row.after, row.total, row.done, row.changed, row.finished_at)
