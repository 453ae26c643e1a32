"""Opening a database: the schema that the migrations make is the one in code, on both engines."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import text

from aggregator.errors import StorageError
from aggregator.storage.compare import differences
from aggregator.storage.engine import open_store
from aggregator.storage.migrate import head
from aggregator.storage.store import SqlStore
from aggregator.storage.version import SCHEMA
from tests.contract.postgres import PostgresServer


@pytest.fixture(params=["sqlite", "postgres"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """URL of a database without any table."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'new folder' / 'frontwire.db'}"
    server: PostgresServer = request.getfixturevalue("postgres_server")
    return server.url(server.new_database())


def test_the_newest_migration_is_the_schema_that_is_asked_for() -> None:
    assert head() == SCHEMA


def test_migrating_an_empty_database_gives_the_schema(empty_url: str) -> None:
    store = open_store(empty_url)
    store.check()
    with store.database.read() as connection:
        assert differences(connection) == []
    store.close()


def test_a_difference_would_be_seen(empty_url: str) -> None:
    store = open_store(empty_url)
    with store.database.write() as connection:
        connection.execute(text("DROP TABLE beats"))
        connection.execute(text("ALTER TABLE users ADD COLUMN colour VARCHAR"))
        connection.execute(text("CREATE TABLE search_articles (id INTEGER PRIMARY KEY)"))  # the search index's: none of our business
        connection.execute(text("CREATE INDEX search_by_id ON search_articles (id)"))
    with store.database.read() as connection:
        assert {change[0] for change in differences(connection)} == {"add_table", "remove_column"}
    store.close()


def test_processes_that_start_together_migrate_once(empty_url: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        stores = list(pool.map(lambda _: open_store(empty_url), range(4)))
    for store in stores:
        store.check()
        store.close()


def test_another_schema_is_named(store: SqlStore) -> None:
    with store.database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StorageError, match="schema 9999, which this version does not know"):
        store.check()
    with store.database.write() as connection:
        connection.execute(text(f"UPDATE alembic_version SET version_num = '{head()}'"))
    store.check()


def test_a_database_without_a_schema_is_named(shared_url: str) -> None:
    store = open_store(shared_url)
    with store.database.write() as connection:
        connection.execute(text("DELETE FROM alembic_version"))
    with pytest.raises(StorageError, match="has no schema yet"):
        store.check()
    store.close()


def test_sqlite_is_set_up_for_several_writers(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'frontwire.db'}")
    expected = {"journal_mode": "wal", "synchronous": 1, "foreign_keys": 1, "busy_timeout": 10_000}
    with store.database.read() as connection:
        found = {name: connection.execute(text(f"PRAGMA {name}")).scalar() for name in expected}
    assert found == expected
    store.close()


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("mysql://user:secret@host/db", r"'mysql://user:\*{8}@host/db' names no database that is supported: give postgresql"),
        ("nonsense", "names no database"),
        ("sqlite:////dev/null/frontwire.db", "folder /dev/null for the database cannot be made"),
        ("postgresql://nobody@127.0.0.1:9/none?connect_timeout=2", "does not do its work: .*(refused|failed)"),
    ],
)
def test_a_database_that_cannot_be_opened_says_why(url: str, says: str) -> None:
    with pytest.raises(StorageError, match=f"(?s){says}"):
        open_store(url)


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    path = tmp_path / "frontwire.db"
    path.write_text("Dear diary, " * 100)
    with pytest.raises(StorageError, match="not a database"):
        open_store(f"sqlite:///{path}")
