"""`frontwire article remove`, `removed` and `readmit`."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from aggregator.cli import frontwire
from aggregator.errors import NotFoundError, TakenDownError
from aggregator.storage.engine import open_store
from aggregator.storage.store import SqlStore
from tests.contract.builders import stored


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SqlStore:
    """A store with two articles, in the data folder of the commands."""
    monkeypatch.setenv("FRONTWIRE_DATA_DIR", str(tmp_path))
    made = open_store(f"sqlite:///{tmp_path / 'frontwire.db'}")
    stored(made, 1)
    stored(made, 2)
    return made


def run(*arguments: str, answer: str = "") -> Result:
    return CliRunner().invoke(frontwire, arguments, input=answer)


def test_an_article_is_taken_down_listed_and_let_in_again(store: SqlStore) -> None:
    assert run("article", "removed").output == "No article was taken down.\n"
    asked = run("article", "remove", "1", "--reason", "a court said so", answer="n\n")
    assert asked.exit_code == 1 and "Take down article 1, “Report 1” (https://harbour.example/news/1)?" in asked.output
    assert store.articles.get(1).title == "Report 1"
    done = run("article", "remove", "https://www.harbour.example/news/1?utm_source=x", "--reason", "a court said so", "--yes")
    assert done.output == "article 1 is taken down; `frontwire article readmit 1` would let it be fetched again\n"
    shown = run("article", "show", "1")
    assert isinstance(shown.exception, TakenDownError)
    line = json.loads(run("article", "removed", "--json").output)
    assert (line["article_id"], line["reason"], line["by"], line["readmitted_at"]) == (1, "a court said so", "the command line", None)
    assert "title_mask" not in line
    assert "may come back" in run("article", "readmit", "1").output
    assert "let in again" in run("article", "removed").output and not store.tombstones.all()[0].holds
    store.close()


def test_what_is_not_there_is_said(store: SqlStore) -> None:
    for arguments in (
        ("remove", "9", "--reason", "x", "--yes"),
        ("remove", "https://harbour.example/news/9", "--reason", "x"),
        ("readmit", "2"),
    ):
        assert isinstance(run("article", *arguments).exception, NotFoundError), arguments
    assert run("article", "remove", "1").exit_code == 2, "a reason is asked for"
    store.close()
