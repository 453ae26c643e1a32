"""Bringing a database to the schema that this code needs."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import func, select

from aggregator.storage.database import Database
from aggregator.storage.version import SCHEMA, refuse_newer, revision

SCRIPTS = Path(__file__).with_name("migrations")
MIGRATION_LOCK = 7_311_960_116  # like statements.CHANGE_LOG_LOCK: processes that start together migrate one after the other


def upgrade(database: Database) -> None:
    """Bring an empty or older database to the schema that this code needs; do nothing if it has it. All in one transaction.

    Raises StorageError for a database that is newer than this code.
    """
    with database.read() as connection:
        if revision(connection) == SCHEMA:
            return
    with database.write() as connection:
        if not database.sqlite:
            connection.execute(select(func.pg_advisory_xact_lock(MIGRATION_LOCK)))
        refuse_newer(database, revision(connection))
        config = Config()
        config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def head() -> str | None:
    """Name of the newest migration there is."""
    return ScriptDirectory(str(SCRIPTS)).get_current_head()
