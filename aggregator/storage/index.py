"""Opening the search index."""

from pathlib import Path

from sqlalchemy import make_url

from aggregator.errors import StorageError
from aggregator.storage.database import Database
from aggregator.storage.index_base import BaseIndex
from aggregator.storage.postgres_index import PostgresIndex
from aggregator.storage.sqlite_index import SqliteIndex


def open_index(database_url: str) -> BaseIndex:
    """Return the search index that belongs to the database: for ``sqlite:///DIR/NAME.db`` the file DIR/NAME.search.db, in memory for
    ``sqlite://``, tables of the database for ``postgresql://…``. An index of another layout is emptied: then ``fresh`` is true, and it
    has to be filled from the articles. Raises StorageError if the database does not answer or the URL names none."""
    database = Database(database_url)
    if not database.sqlite:
        return PostgresIndex(database)
    if database.in_memory:
        return SqliteIndex(database)
    path = Path(database.engine.url.database or "")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(f"The folder {path.parent} for the search index cannot be made: {error.strerror}.") from error
    beside = path.with_name(path.name.removesuffix(".db") + ".search.db")
    return SqliteIndex(Database(make_url(database_url).set(database=str(beside)).render_as_string(hide_password=False)))
