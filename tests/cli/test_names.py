"""`frontwire name` and `frontwire explain`."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from aggregator.cli import frontwire
from aggregator.storage.engine import open_store
from aggregator.storage.store import SqlStore
from tests.contract.builders import feed, stored


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SqlStore:
    """A store with one article of a feed, in the data folder of the commands."""
    monkeypatch.setenv("FRONTWIRE_DATA_DIR", str(tmp_path))
    made = open_store(f"sqlite:///{tmp_path / 'frontwire.db'}")
    stored(made, 1, body="A shell hit a bakery in Paris, Texas. Sydney Marsh, a baker, was wounded.", feed_id=feed(made).id)
    return made


def run(*arguments: str) -> Result:
    return CliRunner().invoke(frontwire, arguments)


def test_an_article_is_explained(store: SqlStore) -> None:
    said = run("explain", "article", "1").output
    assert "“Paris” is Paris" in said and "→" in said and "gn4717560 Paris, Lamar County, Texas, United States" in said
    assert "“Sydney” is left: no place" in said
    found = {line["text"]: line for line in map(json.loads, run("explain", "article", "1", "--json").output.splitlines())}
    assert found["Paris"]["taken"] and not found["Sydney"]["taken"]
    assert sum(value for _, value in found["Paris"]["reasons"]) == pytest.approx(found["Paris"]["score"], abs=0.01)
    store.close()


def test_rules_are_said_listed_and_undone(store: SqlStore) -> None:
    assert "Nobody has said" in run("name", "list").output
    said = run("name", "no-place", "Paris", "--feed", "1")
    assert said.exit_code == 0 and "rule 1: “Paris” is no place in feed 1\n1 stored articles" in said.output
    said = run("name", "means", "Marsh", "gn703448", "--article", "1")
    assert said.exit_code == 0 and "“Marsh” is Kyiv (gn703448, " in said.output
    assert run("name", "undo", "1").exit_code == 0
    rules = [json.loads(line) for line in run("name", "list", "--json").output.splitlines()]
    assert [(line["rule"]["id"], line["rule"]["undone"], line["rerun"]["total"]) for line in rules] == [(1, True, 1), (2, False, 1)]
    table = run("name", "list").output
    assert "undone" in table and "gn703448" in table
    store.close()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("means", "Springfield", "Springfield"), "can mean several places"),
        (("means", "Springfield", "Qwghlm"), "The gazetteer has no place 'Qwghlm'"),
        (("no-place", "…"), "no letters"),
        (("no-place", "Paris", "--feed", "1", "--article", "1"), "for a feed or for an article"),
        (("no-place", "Paris", "--feed", "99"), "99"),
        (("undo", "99"), "99"),
    ],
)
def test_what_cannot_be_is_refused(store: SqlStore, arguments: tuple[str, ...], message: str) -> None:
    refused = run("name", *arguments)
    assert refused.exit_code != 0 and message in str(refused.exception)
    assert store.name_rules.all() == ()
    store.close()
