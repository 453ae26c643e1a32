"""Access tokens: one row each, found by the digest of their secret."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, select, update

from aggregator.access import Scope, Token, told
from aggregator.errors import NotFoundError
from aggregator.storage import readertables
from aggregator.storage.database import Database
from aggregator.storage.statements import insert

T = readertables.tokens


class SqlTokens:
    """TokenStore in SQL."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def add(self, user_id: int, name: str, scopes: Collection[Scope], digest: str, now: datetime, fever: str | None = None) -> Token:
        """Keep a new token."""
        known_by = {"digest": digest, "fever": fever}
        values = {"user_id": user_id, "name": name, "scopes": list(told(scopes)), "created_at": now, "revoked": False, **known_by}
        with self._db.write() as connection:
            return _token(connection.execute(insert(connection, T).values(values).returning(T)).one())

    def get(self, token_id: int) -> Token:
        """Raises NotFoundError."""
        with self._db.read() as connection:
            row = connection.execute(select(T).where(T.c.id == token_id)).one_or_none()
        if row is None:
            raise NotFoundError("token", token_id)
        return _token(row)

    def by_digest(self, digest: str) -> Token | None:
        """The token, revoked or not, or None."""
        return self._one(T.c.digest == digest)

    def by_fever(self, digest: str) -> Token | None:
        """The token of that digest of the Fever API, revoked or not, or None."""
        return self._one(T.c.fever == digest)

    def all(self, user_id: int | None = None) -> tuple[Token, ...]:
        """Newest first, revoked ones too."""
        query = select(T).order_by(T.c.id.desc())
        with self._db.read() as connection:
            return tuple(_token(row) for row in connection.execute(query if user_id is None else query.where(T.c.user_id == user_id)))

    def revoke(self, token_id: int, revoked: bool) -> Token:
        """Raises NotFoundError."""
        with self._db.write() as connection:
            row = connection.execute(update(T).where(T.c.id == token_id).values(revoked=revoked).returning(T)).one_or_none()
        if row is None:
            raise NotFoundError("token", token_id)
        return _token(row)

    def used(self, token_id: int, now: datetime) -> None:
        """Note the hour."""
        with self._db.write() as connection:
            connection.execute(update(T).where(T.c.id == token_id).values(last_used_at=now))

    def _one(self, which: ColumnElement[bool]) -> Token | None:
        with self._db.read() as connection:
            row = connection.execute(select(T).where(which)).one_or_none()
        return None if row is None else _token(row)


def _token(row: Row[Any]) -> Token:
    held = frozenset(Scope(word) for word in row.scopes)
    return Token(row.id, row.user_id, row.name, held, row.created_at, row.last_used_at, row.revoked)
