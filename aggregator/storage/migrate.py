"""The database's schema: which one it has, which one this code needs, and how it gets there."""

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, func, select

from aggregator.errors import StorageError
from aggregator.storage.database import Database

SCRIPTS = Path(__file__).with_name("migrations")
MIGRATION_LOCK = 7_311_960_116  # like statements.CHANGE_LOG_LOCK: processes that start together migrate one after the other


def upgrade(database: Database) -> None:
    """Bring an empty or older database to the schema that this code needs; do nothing if it has it. All in one transaction.

    Raises StorageError for a database that is newer than this code.
    """
    with database.read() as connection:
        if _revision(connection) == head():
            return
    with database.write() as connection:
        if not database.sqlite:
            connection.execute(select(func.pg_advisory_xact_lock(MIGRATION_LOCK)))
        _refuse_newer(database, _revision(connection))
        config = Config()
        config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def check(database: Database) -> None:
    """Raise StorageError if the database does not answer or has not exactly the schema that this code needs."""
    with database.read() as connection:
        revision = _revision(connection)
    if revision != head():
        _refuse_newer(database, revision)
        found = f"is at schema {revision}" if revision else "has no schema yet"
        remedy = "start the service anew, which brings it up to date"
        raise StorageError(f"The database {database.name} {found}, this version needs {head()}: {remedy}.")


@cache
def head() -> str:
    """Name of the newest migration."""
    revision = _scripts().get_current_head()
    if revision is None:
        raise StorageError(f"There are no migrations in {SCRIPTS}: the installation is incomplete.")
    return revision


def _scripts() -> ScriptDirectory:
    return ScriptDirectory(str(SCRIPTS))


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _refuse_newer(database: Database, revision: str | None) -> None:
    if revision is not None and revision not in {script.revision for script in _scripts().walk_revisions()}:
        raise StorageError(
            f"The database {database.name} is at schema {revision}, which this version does not know: install the version that made it."
        )
