"""Lines that stand under many articles of one host, and so belong to none of them."""

from collections.abc import Collection

from sqlalchemy import delete, select

from aggregator.storage import schema
from aggregator.storage.database import Database
from aggregator.storage.statements import chunks, insert

T = schema.host_lines


class SqlLines:
    """LineStore in SQL."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def learn(self, host: str, lines: Collection[str]) -> None:
        """Count each line once more for this host."""
        rows = [{"host": host, "line": line, "articles": 1} for line in sorted(set(lines))]
        if not rows:
            return
        with self._db.write() as connection:
            query = insert(connection, T)
            counted = query.on_conflict_do_update(index_elements=["host", "line"], set_={"articles": T.c.articles + 1})
            for part in chunks(rows):
                connection.execute(counted, part)

    def repeated(self, host: str, at_least: int) -> frozenset[str]:
        """Lines that this many articles of the host had."""
        with self._db.read() as connection:
            return frozenset(connection.execute(select(T.c.line).where(T.c.host == host, T.c.articles >= at_least)).scalars())

    def clear(self) -> None:
        """Forget all lines: before a rebuild."""
        with self._db.write() as connection:
            connection.execute(delete(T))
