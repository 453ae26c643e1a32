"""Operators' verdicts on lines of a host."""

from datetime import datetime

from sqlalchemy import Connection, func, select

from aggregator.corrections import LINES, LineVerdict
from aggregator.storage import reruns, schema
from aggregator.storage.columns import storable
from aggregator.storage.database import Database
from aggregator.storage.statements import insert

T = schema.line_verdicts


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


def _ask(connection: Connection, host: str, now: datetime) -> None:
    articles = schema.articles
    total = connection.execute(select(func.count()).select_from(articles).where(articles.c.host == host)).scalar_one()
    reruns.ask(connection, LINES, host, total, now)
