"""The lines of each host's newest articles, one row an article: what stands under many of them belongs to none."""

import sys
import zlib
from array import array
from collections.abc import Callable, Collection

from sqlalchemy import Connection, bindparam, delete, func, select

from aggregator.ports import HostArticle
from aggregator.storage import schema
from aggregator.storage.columns import storable
from aggregator.storage.database import Database

T = schema.host_lines
OF_HOST = select(T.c.article_id, T.c.lines).where(T.c.host == bindparam("host")).order_by(T.c.article_id.desc())
LOCKS = 7_311_960_116 << 20  # a range of numbers that no other program takes on the same PostgreSQL database


class SqlLines:
    """LineStore in SQL. A host takes ``window`` rows of 8 bytes a line: about 15 KiB for 50 articles of 40 lines, and never more."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def learn(
        self, host: str, article_id: int, lines: Collection[int], same: Callable[[frozenset[int], frozenset[int]], bool], window: int
    ) -> bool:
        """Keep an article's lines, unless it is known, or the same as another."""
        numbers = frozenset(lines)
        if not numbers:
            return False
        with self._db.write() as connection:
            _take_turn(connection, host)
            known = _of_host(connection, host)
            if any(article.article_id == article_id or same(numbers, article.lines) for article in known):
                return False
            connection.execute(T.insert().values(article_id=article_id, host=host, lines=_packed(numbers)))
            if forgotten := [article.article_id for article in known[window - 1 :]]:
                connection.execute(delete(T).where(T.c.article_id.in_(forgotten)))
            return True

    def of_host(self, host: str) -> tuple[HostArticle, ...]:
        """Newest first."""
        with self._db.read() as connection:
            return _of_host(connection, host)

    def clear(self) -> None:
        """Forget all lines: before a rebuild."""
        with self._db.write() as connection:
            connection.execute(delete(T))


def _take_turn(connection: Connection, host: str) -> None:
    """Of two writers with articles of one host the second waits, or two copies of a text would not see each other. On SQLite it does
    so anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(LOCKS + (zlib.crc32(host.encode("utf-8", "replace")) & 0xFFFFF))))


def _of_host(connection: Connection, host: str) -> tuple[HostArticle, ...]:
    rows = connection.execute(OF_HOST, {"host": storable(host)})
    return tuple(HostArticle(row.article_id, _unpacked(row.lines)) for row in rows)


def _packed(numbers: frozenset[int]) -> bytes:
    return _little_endian(array("q", sorted(numbers))).tobytes()


def _unpacked(data: bytes) -> frozenset[int]:
    numbers = array("q")
    numbers.frombytes(data)
    return frozenset(_little_endian(numbers))


def _little_endian(numbers: "array[int]") -> "array[int]":
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers
