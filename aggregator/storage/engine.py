"""Opening the store."""

from pathlib import Path

from aggregator.errors import StorageError
from aggregator.storage.database import Database
from aggregator.storage.migrate import upgrade
from aggregator.storage.store import SqlStore


def open_store(database_url: str) -> SqlStore:
    """Return the store behind ``sqlite:///PATH``, ``sqlite://`` (in memory) or ``postgresql://…``, its schema brought up to date.

    Processes may open it at the same time, and may fork afterwards. Raises StorageError if the database does not answer, is newer
    than this code, or the URL names none.
    """
    database = Database(database_url)
    if database.sqlite and not database.in_memory:
        folder = Path(database.engine.url.database or "").parent
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StorageError(f"The folder {folder} for the database cannot be made: {error.strerror}.") from error
    upgrade(database)
    return SqlStore(database)
