"""`frontwire part`, and what `frontwire explain` says of it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from aggregator.cli import frontwire
from aggregator.model import Mention, Tags
from aggregator.storage.engine import open_store
from aggregator.storage.store import SqlStore
from tests.contract.builders import IZIUM, feed, stored

TEXT = "A drone fell on a depot in Kharkiv and burned it down. Moscow said nothing. Nobody in Moscow was surprised."


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SqlStore:
    """A store with one article, in the data folder of the commands."""
    monkeypatch.setenv("FRONTWIRE_DATA_DIR", str(tmp_path))
    made = open_store(f"sqlite:///{tmp_path / 'frontwire.db'}")
    stored(made, 1, body=TEXT)
    return made


def run(*arguments: str) -> Result:
    return CliRunner().invoke(frontwire, arguments)


def roles(store: SqlStore) -> list[tuple[str, str]]:
    return [(mention.text, mention.role) for mention in store.articles.tags([1])[1].mentions]


def test_parts_are_said_listed_and_undone(store: SqlStore) -> None:
    assert "Nobody has said" in run("part", "list").output
    said = run("part", "set", "1", "Kharkiv", "mention", "--why", "the depot is elsewhere")
    assert said.exit_code == 0, said.output
    assert said.output == "rule 1: in article 1 “Kharkiv” plays the part mention\nIt happened at no place that is known\n"
    assert run("part", "set", "1", "Moscow", "event", "--near", "in Moscow was surprised").exit_code == 0
    assert roles(store) == [("Kharkiv", "mention"), ("Moscow", "actor"), ("Moscow", "event")]
    explained = run("explain", "article", "1").output
    assert "as mention, for the command line says so: the depot is elsewhere" in explained
    assert "It happened at Moscow" in explained
    undone = run("part", "undo", "1")
    assert "rule 3: in article 1 “Kharkiv” is read as the text has it\nIt happened at " in undone.output and "Kharkiv" in undone.output
    listed = [json.loads(line) for line in run("part", "list", "--article", "1", "--json").output.splitlines()]
    assert [(line["rule"]["id"], line["rule"]["part"], line["holds"], line["waits"]) for line in listed] == [
        (3, None, False, False),
        (2, "event", True, False),
        (1, "mention", False, False),
    ]
    table = " ".join(run("part", "list").output.split())
    assert "plays the part" in table and "yes" in table
    store.close()


def test_where_it_happened_is_said(store: SqlStore) -> None:
    run("part", "set", "1", "Kharkiv", "event")
    assert "it happened at Moscow (gn524901)" in run("part", "leading", "1", "Moscow", "--why", "planned there").output
    assert store.articles.tags([1])[1].primary_places[0] == "gn524901"
    assert "(the command line says so: planned there)" in run("explain", "article", "1").output
    assert "nothing happens anywhere" in run("part", "leading", "1", "nowhere").output
    assert store.articles.tags([1])[1].primary_places == ()
    assert "where it happened is read from the text" in run("part", "undo", "3").output
    store.close()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("set", "1", "Odesa", "event"), "does not have the name"),
        (("set", "9", "Kharkiv", "event"), "article 9"),
        (("leading", "1", "Odesa"), "names no place 'Odesa'"),
        (("leading", "9", "nowhere"), "article 9"),
        (("undo", "9"), "9"),
    ],
)
def test_what_cannot_be_is_refused(store: SqlStore, arguments: tuple[str, ...], message: str) -> None:
    refused = run("part", *arguments)
    assert refused.exit_code != 0 and message in str(refused.exception)
    assert store.part_rules.history() == ()
    store.close()


def test_an_unknown_part_is_answered_with_those_that_there_are(store: SqlStore) -> None:
    refused = run("part", "set", "1", "Kharkiv", "victim")
    assert refused.exit_code == 2 and "'event', 'mention', 'actor', 'origin', 'dateline'" in refused.output
    store.close()


def test_a_feed_shows_what_it_speaks_of(store: SqlStore) -> None:
    of = feed(store)
    assert "speaks of" not in run("feed", "show", str(of.id)).output
    for number in range(100, 120):
        stored(store, number, Tags("en", (Mention(0, 4, "Izium", IZIUM, "event", 0.95),)), feed_id=of.id)
    assert "speaks of      UA 100%" in run("feed", "show", str(of.id)).output
    assert json.loads(run("feed", "show", str(of.id), "--json").output)["speaks_of"] == {"UA": 1.0}
    store.close()
