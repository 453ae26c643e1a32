"""Opening a store whose schema is up to date."""

from pathlib import Path

from aggregator.errors import StorageError
from aggregator.storage.database import Database
from aggregator.storage.store import SqlStore
from aggregator.storage.version import check


def connect(database_url: str) -> SqlStore:
    """Return the store behind ``sqlite:///PATH`` or ``postgresql://…``, which another process has prepared.

    Raises StorageError if the database does not answer, has not the schema that this code needs, or the URL names none."""
    database = reach(database_url)
    check(database)
    return SqlStore(database)


def reach(database_url: str) -> Database:
    """The database behind a URL, with a folder for it where it is a file. Raises StorageError if there can be none."""
    database = Database(database_url)
    if database.sqlite and not database.in_memory:
        folder = Path(database.engine.url.database or "").parent
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StorageError(f"The folder {folder} for the database cannot be made: {error.strerror}.") from error
    return database
