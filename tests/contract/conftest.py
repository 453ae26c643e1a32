"""Each contract runs on each implementation: SQLite in a file, SQLite in memory, PostgreSQL."""

import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from aggregator.storage.database import Database
from aggregator.storage.engine import open_store
from aggregator.storage.index import open_index
from aggregator.storage.index_base import BaseIndex
from aggregator.storage.store import SqlStore
from tests.contract.postgres import PostgresServer
from tests.contract.search_corpus import documents, press

ENGINES = ("sqlite", "memory", "postgres")


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
    return f"sqlite:///{shutil.copy(request.getfixturevalue('sqlite_template'), tmp_path / 'frontwire.db')}"


@pytest.fixture(scope="session")
def stores(
    postgres_server: PostgresServer, postgres_template: str, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, SqlStore]]:
    """One store of each kind, which tests use one after the other: its statements are compiled once."""
    path = tmp_path_factory.mktemp("store") / "frontwire.db"
    opened = {
        "sqlite": SqlStore(Database(f"sqlite:///{path}")),
        "memory": SqlStore(Database("sqlite://")),
        "postgres": open_store(postgres_server.url(postgres_server.new_database(postgres_template))),
    }
    yield opened
    for store in opened.values():
        store.close()


@pytest.fixture(params=["sqlite", "memory", "postgres"])
def store(request: pytest.FixtureRequest, stores: dict[str, SqlStore], sqlite_template: Path) -> SqlStore:
    """An empty store."""
    opened = stores[request.param]
    RESET[request.param](opened, sqlite_template)
    return opened


def _copy_file(store: SqlStore, template: Path) -> None:
    store.close()
    path = Path(store.database.engine.url.database or "")
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    shutil.copy(template, path)


def _copy_memory(store: SqlStore, template: Path) -> None:
    source = sqlite3.connect(template)
    with store.database.engine.connect() as connection:
        source.backup(connection.connection.driver_connection)  # type: ignore[arg-type]  # SQLAlchemy does not say that it is one
    source.close()


def _truncate(store: SqlStore, _template: Path) -> None:
    with store.database.write() as connection:
        found = connection.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'"))
        connection.execute(text(f"TRUNCATE {', '.join(found.scalars())} RESTART IDENTITY CASCADE"))


RESET = {"sqlite": _copy_file, "memory": _copy_memory, "postgres": _truncate}


# --- search indexes ------------------------------------------------------------------------------------------------------


def _url(engine: str, request: pytest.FixtureRequest, folder: Path) -> str:
    if engine == "postgres":
        server: PostgresServer = request.getfixturevalue("postgres_server")
        return server.url(server.new_database())
    return "sqlite://" if engine == "memory" else f"sqlite:///{folder / 'frontwire.db'}"


@pytest.fixture(scope="module", params=ENGINES)
def filled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BaseIndex]:
    """An index of the whole press, to be read only."""
    index = open_index(_url(request.param, request, tmp_path_factory.mktemp("index")))
    index.put(documents())
    yield index
    index.close()


@pytest.fixture(scope="module")
def engines(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[BaseIndex, ...]]:
    """The press in SQLite and in PostgreSQL."""
    made = [open_index(_url(engine, request, tmp_path_factory.mktemp("index"))) for engine in ("memory", "postgres")]
    for index in made:
        index.put(documents())
    yield tuple(made)
    for index in made:
        index.close()


@pytest.fixture(params=ENGINES)
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[BaseIndex]:
    """A fresh, empty index."""
    made = open_index(_url(request.param, request, tmp_path))
    yield made
    made.close()


@pytest.fixture(params=["sqlite", "postgres"])
def index_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database that several processes can open."""
    return _url(request.param, request, tmp_path)


@pytest.fixture(scope="module", params=["memory", "postgres"])
def library(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BaseIndex]:
    """An index of the larger press, to be read only."""
    index = open_index(_url(request.param, request, tmp_path_factory.mktemp("index")))
    index.put(press())
    yield index
    index.close()
