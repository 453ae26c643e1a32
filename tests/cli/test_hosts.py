"""`frontwire host` and `frontwire line`."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from aggregator.cli import frontwire, main
from aggregator.model import Removed
from aggregator.storage.engine import open_store
from aggregator.storage.store import SqlStore
from tests.contract.builders import stored

HOST = "harbour.example"


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SqlStore:
    """A store with three articles whose lines are learnt, in the data folder of the commands."""
    monkeypatch.setenv("FRONTWIRE_DATA_DIR", str(tmp_path))
    made = open_store(f"sqlite:///{tmp_path / 'frontwire.db'}")
    for number in range(3):
        stored(made, number, body=f"Report {number}.\nMore of it.\nSubscribe", removed=(Removed("Share", "share", 1, "p"),))
    made.outcomes.count(1, HOST, "needs_script", datetime.now(UTC))
    return made


def run(*arguments: str) -> Result:
    return CliRunner().invoke(frontwire, arguments)


def test_lines_are_learnt_shown_and_judged(store: SqlStore) -> None:
    assert run("rebuild", "lines").exit_code == 0
    shown = run("host", "show", HOST)
    assert shown.exit_code == 0 and "1 needs script" in shown.output and "Nobody has said" in shown.output
    for verdict in ("furniture", "text", "undo"):
        said = run("line", verdict, HOST, "Subscribe")
        assert said.exit_code == 0 and "3 stored articles of harbour.example" in said.output
    assert [(found.line, found.verdict) for found in store.verdicts.of_host(HOST)] == [("subscribe", "undone")]
    facts = json.loads(run("host", "show", HOST, "--json").output)
    assert facts["pages"] == {"needs_script": 1} and facts["rerun"]["total"] == 3
    assert facts["verdicts"][0]["by"] == "the command line"
    store.close()


def test_a_host_that_nobody_knows(store: SqlStore, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.argv", ["frontwire", "host", "show", "nobody.example"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1 and "nobody.example" in capsys.readouterr().err
    store.close()
