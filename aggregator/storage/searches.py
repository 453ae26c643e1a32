"""Searches under a name. A removed one keeps its row and gives its key free, so that removing can be undone."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select, update
from sqlalchemy.exc import IntegrityError

from aggregator.errors import NotFoundError, UsageError
from aggregator.readers import SavedSearch, checked, key_of
from aggregator.storage import readertables
from aggregator.storage.columns import storable
from aggregator.storage.database import Database
from aggregator.storage.statements import insert

T = readertables.saved_searches


class SqlSearches:
    """SavedSearchStore in SQL."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def save(self, name: str, query: str, folder: str, by: str, now: datetime) -> SavedSearch:
        """Keep a new search. Raises UsageError where the name is another's or is none."""
        name, query, folder = checked(name, query, folder)
        values = {"name": name, "key": _key(name), "query": query, "folder": folder, "by": by, "created_at": now, "changed_at": now}
        with self._db.write() as connection:
            added = connection.execute(insert(connection, T).values(values).on_conflict_do_nothing().returning(T)).one_or_none()
        if added is None:
            raise _taken(name)
        return _search(added)

    def change(self, search_id: int, name: str, query: str, folder: str, by: str, now: datetime) -> SavedSearch:
        """Give a search this name, query and folder. Raises NotFoundError and UsageError."""
        name, query, folder = checked(name, query, folder)
        with self._db.write() as connection:
            if _get(connection, search_id).removed_at is not None:
                raise NotFoundError("saved search", search_id)
            return _set(connection, search_id, name, name=name, key=_key(name), query=query, folder=folder, by=by, changed_at=now)

    def remove(self, search_id: int, by: str, now: datetime) -> SavedSearch:
        """Remove a search, and give its name free. Raises NotFoundError."""
        with self._db.write() as connection:
            found = _get(connection, search_id)
            if found.removed_at is not None:
                raise NotFoundError("saved search", search_id)
            return _set(connection, search_id, found.name, key=None, by=by, removed_at=now)

    def restore(self, search_id: int, by: str, now: datetime) -> SavedSearch:
        """Put a removed search back. Raises NotFoundError, and UsageError where its name is another's by now."""
        with self._db.write() as connection:
            found = _get(connection, search_id)
            if found.removed_at is None:
                return found
            return _set(connection, search_id, found.name, key=_key(found.name), by=by, changed_at=now, removed_at=None)

    def get(self, search_id: int) -> SavedSearch:
        """A search that is there or was removed. Raises NotFoundError."""
        with self._db.read() as connection:
            return _get(connection, search_id)

    def by_name(self, name: str) -> SavedSearch | None:
        """The search of that name, without regard to case."""
        with self._db.read() as connection:
            row = connection.execute(select(T).where(T.c.key == _key(name))).one_or_none()
        return None if row is None else _search(row)

    def changed_at(self) -> datetime | None:
        """When something was done to one of them last."""
        with self._db.read() as connection:
            return max(filter(None, connection.execute(select(func.max(T.c.changed_at), func.max(T.c.removed_at))).one()), default=None)

    def all(self) -> tuple[SavedSearch, ...]:
        """Those that are there. They are put in order here: databases order letters each in their own way."""
        with self._db.read() as connection:
            found = [_search(row) for row in connection.execute(select(T).where(T.c.key.is_not(None)))]
        return tuple(sorted(found, key=lambda search: (key_of(search.folder), key_of(search.name))))

    def removed(self, limit: int) -> tuple[SavedSearch, ...]:
        """Those that were removed, the last first."""
        query = select(T).where(T.c.key.is_(None)).order_by(T.c.removed_at.desc(), T.c.id.desc()).limit(limit)
        with self._db.read() as connection:
            return tuple(_search(row) for row in connection.execute(query))


def _key(name: str) -> str:
    return storable(key_of(name))


def _get(connection: Connection, search_id: int) -> SavedSearch:
    row = connection.execute(select(T).where(T.c.id == search_id)).one_or_none()
    if row is None:
        raise NotFoundError("saved search", search_id)
    return _search(row)


def _set(connection: Connection, search_id: int, shown: str, /, **values: object) -> SavedSearch:
    try:
        return _search(connection.execute(update(T).where(T.c.id == search_id).values(values).returning(T)).one())
    except IntegrityError as error:  # only the key can be another's; to look first would not keep out who writes at the same time
        raise _taken(shown) from error


def _taken(name: str) -> UsageError:
    return UsageError(f"There is a saved search of the name “{name}” already: choose another name, or change that one.")


def _search(row: Row[Any]) -> SavedSearch:
    return SavedSearch(row.id, row.name, row.query, row.folder, row.by, row.created_at, row.changed_at, row.removed_at)
