"""`frontwire story`, `frontwire copy` and what `frontwire explain` says of both."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from aggregator.cli import frontwire
from aggregator.storage.engine import open_store
from aggregator.storage.store import SqlStore
from aggregator.stories.cluster import LIKE
from tests.arranged import STORIES, desk, groups, stories


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SqlStore:
    """The six articles, in the data folder of the commands."""
    monkeypatch.setenv("FRONTWIRE_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "220")
    made = open_store(f"sqlite:///{tmp_path / 'frontwire.db'}")
    desk(made)
    return made


def run(*arguments: str) -> Result:
    return CliRunner().invoke(frontwire, arguments)


def test_stories_are_merged_split_pinned_named_and_undone(store: SqlStore) -> None:
    assert "Nobody has decided anything on stories." in run("story", "list").output
    said = run("story", "split", "3", "--why", "another silo")
    assert said.exit_code == 0, said.output
    assert said.output.splitlines()[0] == "ruling 1: article 3 is kept apart from articles 2 and 4"
    assert "story 4 “Firefighters in Odesa worked at”: 1 article, 1 text, 1 origin (3)" in said.output
    assert stories(store) == [{1, 5}, {2, 4}, {3}, {6}]
    assert "are one story" in run("story", "merge", "3", "1").output
    assert "is pinned to the story of article 1" in run("story", "pin", "5").output
    assert "is called “The bridge”" in run("story", "title", "1", "The bridge").output
    assert store.stories.get(3).title == "The bridge"
    assert stories(store) == [{1, 5, 6}, {2, 4}, {3}]
    listed = [json.loads(line) for line in run("story", "list", "--json").output.splitlines()]
    assert [(line["ruling"]["id"], line["ruling"]["kind"], line["holds"]) for line in listed] == [
        (4, "titled", True),
        (3, "pinned", True),
        (2, "together", True),
        (1, "apart", True),
    ]
    for number in (4, 3, 2, 1):
        assert run("story", "undo", str(number)).exit_code == 0
    assert stories(store) == STORIES and store.stories.get(4).id == 2
    assert "taken back by the command line" in " ".join(run("story", "list", "--article", "3").output.split())
    store.close()


def test_copies_are_told_apart_and_put_together(store: SqlStore) -> None:
    said = run("copy", "apart", "4", "--why", "its own reporter")
    assert said.output.startswith("ruling 1: article 4 is no copy of article 2\nstory 2 ") and "3 texts" in said.output
    assert groups(store)[1] == {2}
    explained = run("explain", "copy", "4").output
    assert "no copy, by the rest of its group or by a ruling: article 2" in explained
    assert "ruling 1 (holds): article 4 is no copy of article 2 (the command line," in explained
    assert run("copy", "undo", "1").exit_code == 0 and groups(store)[1] == {2, 4}
    assert "one text: articles 2, 3, 4" in run("copy", "together", "2", "3").output
    assert "yes" in run("copy", "list").output
    store.close()


def test_a_story_is_explained(store: SqlStore) -> None:
    run("story", "pin", "3")
    told = run("explain", "story", "2").output
    assert "2 texts, compared with 6 articles" in told and "article 2 “A drone struck a grain”" in told and "with its copies 4" in told
    assert "“odesa”" in told and f"from {LIKE:.2f} on a text joins a story" in told
    assert "ruling 1 (holds): article 3 is pinned to the story of article 2" in told
    first = json.loads(run("explain", "story", "2", "--json").output.splitlines()[0])
    assert first["articles"] == [2, 4] and first["likeness"] > first["least"] > first["next_likeness"]
    assert "it is the only text here" in run("explain", "story", "3").output
    store.close()


def test_a_copy_is_explained(store: SqlStore) -> None:
    told = run("explain", "copy", "4").output
    assert "1 other with its text" in told and "the origin is article 2" in told and "it came out first" in told
    assert "100% of the shorter text stands in the other" in told and "figures in like places" in told
    assert "no copy: article 3" in told and "sampled runs of 4 words" in told
    facts = json.loads(run("explain", "copy", "4", "--json").output)
    assert facts["members"] == [2, 4] and facts["neighbours"][0]["compared"]["alike"]
    assert "no other with its text" in run("explain", "copy", "6").output
    store.close()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("story", "split", "2", "3"), "nothing would be left"),
        (("story", "merge", "1", "9"), "no story 9"),
        (("story", "undo", "9"), "no ruling 9"),
        (("copy", "apart", "6"), "No other article"),
        (("copy", "together", "6"), "two articles"),
        (("explain", "story", "9"), "no story 9"),
        (("explain", "copy", "9"), "no article 9"),
    ],
)
def test_what_cannot_be_is_refused(store: SqlStore, arguments: tuple[str, ...], message: str) -> None:
    refused = run(*arguments)
    assert refused.exit_code != 0 and message in str(refused.exception)
    store.close()
