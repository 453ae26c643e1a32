"""`frontwire source`."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from aggregator.cli import frontwire
from aggregator.storage.engine import open_store
from tests.contract.builders import feed, stored


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder with one article."""
    monkeypatch.setenv("FRONTWIRE_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "220")
    made = open_store(f"sqlite:///{tmp_path / 'frontwire.db'}")
    stored(made, 1, feed_id=feed(made).id)
    made.close()
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(frontwire, ("source", *arguments))


def added() -> Result:
    labels = ("--name", "Izmail Harbour Watch", "--kind", "civil_society", "--basis", "volunteers", "--country", "UA")
    return run(
        "add", "ua-harbour-watch", *labels, "--alias", "uk:Портова варта", "--alias", "en:IHW", "--channel", "telegram", "--why", "x"
    )


def shown(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run("show", name, "--json").output)
    return found


def test_a_source_is_added_changed_merged_and_taken_back(folder: Path) -> None:
    assert "Nobody has said" in run("list", "--own").output
    said = added()
    assert said.exit_code == 0, said.output
    assert "ua-harbour-watch is Izmail Harbour Watch (civil_society, side unknown)\n1 stored articles" in said.output
    assert (folder / "sources" / "desk.yaml").exists()
    assert "uk: Портова варта" in run("show", "IHW").output and "added x" in run("show", "IHW").output

    changes = ("--side", "ukraine", "--country", "none", "--no-alias", "IHW", "--alias", "fr:Guet du port", "--no-channel", "telegram")
    assert run("edit", "ua-harbour-watch", *changes).exit_code == 0
    source = shown("Guet du port")["source"]
    assert (source["side"], source["country"], source["channels"]) == ("ukraine", None, [])
    assert source["aliases"] == {"uk": ["Портова варта"], "fr": ["Guet du port"]}

    assert "ua-harbour-watch is one with ua-navy" in run("merge", "ua-harbour-watch", "ua-navy", "--why", "one office").output
    assert shown("ua-harbour-watch")["source"]["id"] == "ua-navy" and shown("ua-navy")["merged"] == ["ua-harbour-watch"]
    assert "merged into it: ua-harbour-watch" in run("show", "ua-navy").output
    listed = run("list", "--own").output
    assert "merged into ua-navy" in listed and "one office" in listed and "0 of 1 looked at" in listed

    assert "ua-harbour-watch is Izmail Harbour Watch" in run("remove", "ua-harbour-watch").output
    (line,) = run("list", "--own", "--json").output.splitlines()
    assert [one["did"] for one in json.loads(line)["history"]][-2:] == ["merged into ua-navy", "taken back"]
    assert "is no source any more" in run("remove", "ua-harbour-watch").output
    assert "ua-navy" in run("list").output and len(run("list", "--json").output.splitlines()) > 100


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("add", "a-b", "--name", "A B", "--kind", "club", "--basis", "x"), "kind 'club' is not in the taxonomy"),
        (("add", "a-b", "--kind", "ngo", "--basis", "x"), "the field 'name' is missing"),
        (("add", "a-b", "--alias", "ЗСУ"), "is not LANG:NAME"),
        (("edit", "isw"), "Nothing was given"),
        (("edit", "isw", "--no-alias", "Nobody"), "no further name 'Nobody'"),
        (("edit", "isw", "--no-channel", "radio"), "no channel 'radio'"),
        (("edit", "nobody", "--side", "iran"), "no source 'nobody'"),
        (("merge", "isw", "nobody"), "no source 'nobody'"),
        (("remove", "isw"), "no own entry"),
        (("show", "nobody at all"), "No source has the id or name"),
    ],
)
def test_what_cannot_be_done_says_why(arguments: tuple[str, ...], message: str) -> None:
    said = run(*arguments)
    assert said.exit_code != 0 and message in str(said.exception)


def test_a_wrong_file_by_hand_is_named(folder: Path) -> None:
    (folder / "sources").mkdir()
    (folder / "sources" / "mine.yaml").write_text("sources:\n- {id: isw, kind: club}\n")
    for arguments in (("list",), ("show", "isw"), ("edit", "isw", "--side", "western")):
        assert "mine.yaml, entry 1 (isw): kind 'club'" in str(run(*arguments).exception)
