"""Each contract runs on each implementation: SQLite in a file, SQLite in memory, PostgreSQL."""

import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from aggregator.storage.database import Database
from aggregator.storage.engine import open_store
from aggregator.storage.store import SqlStore
from tests.contract.postgres import PostgresServer


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """One server for all tests."""
    server = PostgresServer()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def postgres_template(postgres_server: PostgresServer) -> str:
    """Name of a database with the schema and nothing in it."""
    name = postgres_server.new_database()
    open_store(postgres_server.url(name)).close()
    return name


@pytest.fixture(scope="session")
def postgres_store(postgres_server: PostgresServer, postgres_template: str) -> Iterator[SqlStore]:
    """A store that tests use one after the other."""
    opened = open_store(postgres_server.url(postgres_server.new_database(postgres_template)))
    yield opened
    opened.close()


@pytest.fixture
def postgres_url(postgres_server: PostgresServer, postgres_template: str) -> str:
    """URL of a fresh PostgreSQL database."""
    return postgres_server.url(postgres_server.new_database(postgres_template))


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with the schema and nothing in it."""
    path = tmp_path_factory.mktemp("template") / "frontwire.db"
    open_store(f"sqlite:///{path}").close()
    return path


@pytest.fixture(params=["sqlite", "postgres"])
def shared_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """URL of a fresh database that several processes can open."""
    if request.param == "postgres":
        url: str = request.getfixturevalue("postgres_url")
        return url
    return _sqlite_url(request.getfixturevalue("sqlite_template"), tmp_path)


@pytest.fixture(params=["sqlite", "memory", "postgres"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SqlStore]:
    """A fresh, empty store."""
    if request.param == "postgres":
        shared: SqlStore = request.getfixturevalue("postgres_store")
        _empty(shared)
        yield shared
        return
    if request.param == "sqlite":
        opened = open_store(_sqlite_url(request.getfixturevalue("sqlite_template"), tmp_path))
    else:
        opened = _in_memory(request.getfixturevalue("sqlite_template"))
    yield opened
    opened.close()


def _empty(store: SqlStore) -> None:
    """Empty every table and begin with the first ids again: several times as fast as a database of its own for each test."""
    with store.database.write() as connection:
        found = connection.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'"))
        connection.execute(text(f"TRUNCATE {', '.join(found.scalars())} RESTART IDENTITY CASCADE"))


def _sqlite_url(template: Path, folder: Path) -> str:
    return f"sqlite:///{shutil.copy(template, folder / 'frontwire.db')}"


def _in_memory(template: Path) -> SqlStore:
    """A copy of the template, as migrating each time would take most of the tests' time."""
    database = Database("sqlite://")
    source = sqlite3.connect(template)
    with database.engine.connect() as connection:
        source.backup(connection.connection.driver_connection)  # type: ignore[arg-type]  # SQLAlchemy does not say that it is one
    source.close()
    return SqlStore(database)
