"""Those who may log in."""

from datetime import datetime

from sqlalchemy import ColumnElement, func, select

from aggregator.errors import UsageError
from aggregator.ports import User
from aggregator.storage import readertables
from aggregator.storage.database import Database
from aggregator.storage.statements import insert

T = readertables.users


class SqlUsers:
    """UserStore in SQL."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def add(self, name: str, password_hash: str, role: str, now: datetime) -> User:
        """Store the user. Raises UsageError if the name is taken."""
        with self._db.write() as connection:
            values = {"name": name, "password_hash": password_hash, "role": role, "added_at": now}
            added = insert(connection, T).values(values).on_conflict_do_nothing().returning(T.c.id)
            user_id = connection.execute(added).scalar()
        if user_id is None:
            raise UsageError(f"There is a user {name!r} already. Choose another name.")
        return User(user_id, name, role, password_hash)

    def get(self, user_id: int) -> User | None:
        """Return the user, if there is one."""
        return self._one(T.c.id == user_id)

    def by_name(self, name: str) -> User | None:
        """Return the user of exactly this name, if there is one."""
        return self._one(T.c.name == name)

    def count(self) -> int:
        """How many users there are."""
        with self._db.read() as connection:
            return connection.execute(select(func.count()).select_from(T)).scalar_one()

    def _one(self, which: ColumnElement[bool]) -> User | None:
        with self._db.read() as connection:
            row = connection.execute(select(T).where(which)).one_or_none()
        return None if row is None else User(row.id, row.name, row.role, row.password_hash)
