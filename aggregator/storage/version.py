"""Which schema this code needs, and which one a database has. Kept apart from the migrations, so that to look takes no such machinery."""

from sqlalchemy import Column, Connection, MetaData, String, Table, inspect, select

from aggregator.errors import SchemaError, StorageError
from aggregator.storage.database import Database

SCHEMA = "0020"  # the newest of the migrations
_VERSION = Table("alembic_version", MetaData(), Column("version_num", String))


def revision(connection: Connection) -> str | None:
    """The schema that the database has; None if it has none yet."""
    if not inspect(connection).has_table(_VERSION.name):
        return None
    return connection.execute(select(_VERSION.c.version_num)).scalar_one_or_none()


def check(database: Database) -> None:
    """Raise StorageError if the database does not answer or has not exactly the schema that this code needs (SchemaError: not yet)."""
    with database.read() as connection:
        found = revision(connection)
    if found is None or found < SCHEMA:
        state = f"is at schema {found}" if found else "has no schema yet"
        remedy = "start the service anew, which brings it up to date"
        raise SchemaError(f"The database {database.name} {state}, this version needs {SCHEMA}: {remedy}.")
    refuse_newer(database, found)


def refuse_newer(database: Database, found: str | None) -> None:
    """Raise StorageError for a schema that this code does not know."""
    if found is not None and found > SCHEMA:
        raise StorageError(
            f"The database {database.name} is at schema {found}, which this version does not know: install the version that made it."
        )
