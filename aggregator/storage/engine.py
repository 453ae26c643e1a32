"""Opening the store, its schema brought up to date."""

from aggregator.storage.migrate import upgrade
from aggregator.storage.opening import reach
from aggregator.storage.store import SqlStore


def open_store(database_url: str) -> SqlStore:
    """Return the store behind ``sqlite:///PATH``, ``sqlite://`` (in memory) or ``postgresql://…``, its schema brought up to date.

    Processes may open it at the same time, and may fork afterwards. Raises StorageError if the database does not answer, is newer
    than this code, or the URL names none.
    """
    database = reach(database_url)
    upgrade(database)
    return SqlStore(database)
