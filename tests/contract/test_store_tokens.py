"""Access tokens: what the store keeps of them, and what it never does."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from aggregator.access import Scope, digest, new_secret
from aggregator.errors import NotFoundError
from aggregator.storage import readertables
from aggregator.storage.store import SqlStore
from tests.contract.builders import NOON, later


def user(store: SqlStore, name: str = "marta") -> int:
    return store.users.add(name, "no hash", "operator", NOON).id


def test_a_token_is_found_by_its_secret_alone(store: SqlStore) -> None:
    secret = new_secret()
    made = store.tokens.add(user(store), "лаптоп", {Scope.SYNC, Scope.READ}, digest(secret), NOON)
    assert made.scopes == {Scope.READ, Scope.SYNC} and made.created_at == NOON and made.last_used_at is None and not made.revoked
    assert store.tokens.by_digest(digest(secret)) == store.tokens.get(made.id) == made
    assert store.tokens.by_digest(digest(new_secret())) is None
    with store.database.read() as connection:
        kept = str(connection.execute(select(readertables.tokens)).all())
    assert secret not in kept and secret.removeprefix("fw_") not in kept


def test_tokens_are_listed_newest_first(store: SqlStore) -> None:
    marta, oleh = user(store), user(store, "oleh")
    first = store.tokens.add(marta, "a", {Scope.READ}, digest("1"), NOON)
    second = store.tokens.add(oleh, "b", {Scope.OPERATE}, digest("2"), later(minutes=1))
    assert store.tokens.all() == (second, first)
    assert store.tokens.all(marta) == (first,) and store.tokens.all(oleh + 1) == ()


def test_revoking_can_be_taken_back(store: SqlStore) -> None:
    made = store.tokens.add(user(store), "a", {Scope.READ}, digest("1"), NOON)
    assert store.tokens.revoke(made.id, True) == replace(made, revoked=True) == store.tokens.by_digest(digest("1"))
    assert store.tokens.revoke(made.id, False) == made
    store.tokens.used(made.id, later(hours=1))
    assert store.tokens.get(made.id) == replace(made, last_used_at=later(hours=1))


def test_what_is_not_there_is_named(store: SqlStore) -> None:
    with pytest.raises(NotFoundError, match="no token 99"):
        store.tokens.get(99)
    with pytest.raises(NotFoundError, match="no token 99"):
        store.tokens.revoke(99, True)
    store.tokens.used(99, NOON)
