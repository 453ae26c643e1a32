"""Turns between processes as rows: the Lease for installations that would rather ask the database than the broker."""

import secrets
from datetime import timedelta

from sqlalchemy import delete, select, update

from aggregator.ports import Turn
from aggregator.storage import schema
from aggregator.storage.database import Database
from aggregator.storage.statements import insert

T = schema.leases
RESTING = ""  # the token of a lease that was given back and rests: nobody's


class DatabaseLease:
    """Lease in SQL, by the database's clock."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def acquire(self, name: str, ttl_s: float) -> Turn:
        """Ask for the lease once, without waiting. It lapses by itself ``ttl_s`` seconds later."""
        token = secrets.token_hex(16)
        with self._db.write() as connection:
            now = self._db.now(connection)
            query = insert(connection, T).values(name=name, token=token, until=now + timedelta(seconds=ttl_s))
            taken = query.on_conflict_do_update(
                index_elements=["name"],
                set_={"token": query.excluded.token, "until": query.excluded.until},
                where=T.c.until <= now,
            ).returning(T.c.token)
            if connection.execute(taken).one_or_none() is not None:
                return Turn(token)
            until = connection.execute(select(T.c.until).where(T.c.name == name)).scalar()
            return Turn(None, max(0.0, (until - now).total_seconds()) if until else 0.0)

    def release(self, name: str, token: str, rest_s: float = 0.0) -> None:
        """Give the lease back; nobody gets it for another ``rest_s`` seconds. A token that no longer holds it changes nothing."""
        with self._db.write() as connection:
            now = self._db.now(connection)
            held = (T.c.name == name, T.c.token == token, T.c.token != RESTING, T.c.until > now)
            if rest_s > 0:
                connection.execute(update(T).where(*held).values(token=RESTING, until=now + timedelta(seconds=rest_s)))
            else:
                connection.execute(delete(T).where(*held))
