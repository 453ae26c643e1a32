"""`frontwire token`."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from aggregator.access import Scope, digest
from aggregator.cli import frontwire
from aggregator.storage.engine import open_store
from aggregator.storage.store import SqlStore
from tests.contract.builders import NOON


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SqlStore:
    """A store with one user, in the data folder of the commands."""
    monkeypatch.setenv("FRONTWIRE_DATA_DIR", str(tmp_path))
    made = open_store(f"sqlite:///{tmp_path / 'frontwire.db'}")
    made.users.add("marta", "no hash", "operator", NOON)
    return made


def run(*arguments: str) -> Result:
    return CliRunner().invoke(frontwire, arguments)


def test_a_token_is_made_listed_and_revoked(store: SqlStore) -> None:
    assert "There is no token yet" in run("token", "list").output
    said = run("token", "add", "marta", "--name", "laptop", "--scope", "sync", "--scope", "full-text")
    assert said.exit_code == 0 and "token 1 of marta, laptop: read, full-text, sync" in said.stderr
    known = store.tokens.by_digest(digest(said.stdout.strip()))
    assert known is not None and known.scopes == {Scope.READ, Scope.SYNC, Scope.FULL_TEXT}
    assert run("token", "revoke", "1").output == "token 1, laptop, is revoked\n"
    (line,) = [json.loads(line) for line in run("token", "list", "--json").output.splitlines()]
    assert (line["id"], line["user"], line["scopes"], line["revoked"]) == (1, "marta", ["read", "full-text", "sync"], True)
    assert "laptop" in run("token", "list").output
    assert run("token", "revoke", "1", "--undo").output == "token 1, laptop, holds again\n"
    store.close()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("add", "nobody", "--name", "a"), "There is no user 'nobody'"),
        (("add", "marta", "--name", " "), "needs a name"),
        (("add", "marta", "--name", "a", "--scope", "all"), ""),
        (("revoke", "99"), "99"),
    ],
)
def test_what_cannot_be_is_refused(store: SqlStore, arguments: tuple[str, ...], message: str) -> None:
    refused = run("token", *arguments)
    assert refused.exit_code != 0 and message in str(refused.exception) and store.tokens.all() == ()
    store.close()


def test_the_scopes_are_explained_where_one_makes_a_token() -> None:
    said = " ".join(run("token", "add", "--help").output.split())
    assert "full-text Reads the whole text of articles" in said
