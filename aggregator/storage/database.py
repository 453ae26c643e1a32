"""Connections: one way to read and one way to write, the same on both engines.

SQLite: WAL, synchronous NORMAL, a busy time-out of 10 s, foreign keys on, and every write begins with BEGIN IMMEDIATE: a
transaction that reads first and then asks for the write lock is refused at once, without the time-out (27-30 % of them with four
writers; none this way). A database in memory has one connection, which threads take in turns.
PostgreSQL: psycopg 3, READ COMMITTED, times in UTC.
"""

import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Pool, StaticPool, create_engine, event, func, make_url, select
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from aggregator.errors import StorageError
from aggregator.model import utc_now
from aggregator.settings import mask_url

SWITCH_S = 0.02  # between two tries to switch a new file to WAL
BUSY_TIMEOUT_S = 10.0


class Database:
    """An engine that hands out transactions and survives a fork: a child never touches its parent's connections."""

    def __init__(self, url: str) -> None:
        """Connects to nothing yet. Raises StorageError if the URL names no engine that is supported."""
        self.url = url
        self.name = mask_url(url)
        self.engine = _engine(url)
        self.sqlite = self.engine.dialect.name == "sqlite"
        self.in_memory = isinstance(self.engine.pool, StaticPool)
        self._pid = os.getpid()
        self._left_to_parent: list[Pool] = []
        self._thread = threading.local()
        self._turn: AbstractContextManager[Any] = threading.RLock() if self.in_memory else nullcontext()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a connection in a transaction of its own that sees one state of the database (SQLite) or one a statement (PostgreSQL)."""
        if (shared := self._joint()) is not None:
            yield shared
            return
        with self._errors(), self._turn, self._current().connect() as connection:
            self._begin(connection, "BEGIN")
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Give a connection whose work is committed at the end, or undone as a whole if an error leaves the block."""
        if (shared := self._joint()) is not None:
            yield shared
            return
        with self._errors(), self._turn, self._current().begin() as connection:
            self._begin(connection, "BEGIN IMMEDIATE")
            yield connection

    @contextmanager
    def together(self) -> Iterator[None]:
        """What this thread reads and writes in the block is one transaction: committed at the end, or undone as a whole if an error
        leaves the block. One that is caught within it may have undone a part, so let none pass."""
        with self.write() as connection:
            if self._joint() is not None:  # within another such block
                yield
                return
            self._thread.joint = (os.getpid(), connection)
            try:
                yield
            finally:
                self._thread.joint = None

    def _joint(self) -> Connection | None:
        """The connection of the block ``together`` that this thread is in."""
        pid, connection = getattr(self._thread, "joint", None) or (0, None)
        return connection if pid == os.getpid() else None

    def now(self, connection: Connection) -> datetime:
        """The time that all users of this database share: its own clock on PostgreSQL, this machine's on SQLite."""
        if self.sqlite:
            return utc_now()
        time: datetime = connection.execute(select(func.clock_timestamp())).scalar_one()
        return time

    def close(self) -> None:
        """Close all connections."""
        self._current().dispose()

    def _begin(self, connection: Connection, how: str) -> None:
        """On SQLite, past SQLAlchemy, which takes longer for this than SQLite for a whole small transaction; and not by its event, since
        on an engine with any each statement takes 3 µs more, a third of the smallest (measured)."""
        if self.sqlite:
            driver: Any = connection.connection.driver_connection
            driver.execute(how).close()

    def _current(self) -> Engine:
        if self._pid != os.getpid():
            # Kept, not closed: closing them here would end the parent's transactions.
            self._left_to_parent.append(self.engine.pool)
            self.engine.dispose(close=False)
            self._pid = os.getpid()
            if self.in_memory:
                self._turn = threading.RLock()
        return self.engine

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except (DBAPIError, sqlite3.Error) as error:
            cause = error.orig if isinstance(error, DBAPIError) else error
            raise StorageError(f"The database {self.name} does not do its work: {str(cause).strip()}.") from error


def _engine(url: str) -> Engine:
    try:
        parsed = make_url(url)
        dialect = parsed.get_backend_name()
        if dialect == "postgresql":
            parsed = parsed.set(drivername="postgresql+psycopg")
            engine = create_engine(
                parsed, pool_size=4, max_overflow=-1, pool_pre_ping=True, connect_args={"options": "-c timezone=UTC", "connect_timeout": 10}
            )
        elif dialect == "sqlite" and parsed.database in (None, "", ":memory:"):
            engine = create_engine(parsed, poolclass=StaticPool, connect_args={"check_same_thread": False})
        elif dialect == "sqlite":
            engine = create_engine(parsed, pool_size=4, max_overflow=-1, connect_args={"timeout": BUSY_TIMEOUT_S})
        else:
            raise NoSuchModuleError(dialect)
    except (ArgumentError, NoSuchModuleError) as error:
        raise StorageError(f"{mask_url(url)!r} names no database that is supported: give postgresql://… or sqlite:///PATH.") from error
    if dialect == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # or the driver begins by itself, and never IMMEDIATE
    for pragma in (f"busy_timeout = {int(BUSY_TIMEOUT_S * 1000)}", "synchronous = NORMAL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}").close()
    _switch_to_wal(connection)


def _switch_to_wal(connection: Any) -> None:
    """Processes that open a new file together all switch it; SQLite refuses those that come in between at once, without the time-out
    (4 of 100 starts with four of them; none this way)."""
    deadline = time.monotonic() + BUSY_TIMEOUT_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL").close()
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(SWITCH_S)
