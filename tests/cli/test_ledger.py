"""`frontwire ledger`: the table, the one line, the exit status."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import delete

from aggregator.cli import frontwire
from aggregator.model import Entry, EntryState, FeedDraft, Outlet
from aggregator.ports import SeenEntry
from aggregator.storage import schema
from aggregator.storage.engine import open_store
from aggregator.storage.store import SqlStore
from tests.contract.builders import entered


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SqlStore:
    """A store with two entries of one feed, in the data folder of the commands."""
    monkeypatch.setenv("FRONTWIRE_DATA_DIR", str(tmp_path))
    made = open_store(f"sqlite:///{tmp_path / 'frontwire.db'}")
    now = datetime.now(UTC)
    feed, _ = made.feeds.add(FeedDraft("https://mole.example/rss", "Mole News", Outlet("mole", "Mole News")), now)
    ids = entered(made, feed.id, [SeenEntry(key, "1", Entry(title=key)) for key in "ab"], now)
    made.ledger.finish(ids[0], EntryState.FAILED, "mole.example answers with “not found” (404).", now)
    return made


def test_the_sums_agree(store: SqlStore) -> None:
    done = CliRunner().invoke(frontwire, ["ledger"])
    assert done.exit_code == 0, done.output
    assert "The sums agree: each of the 2 entries that came in is in exactly one state." in done.output.splitlines()
    said = json.loads(CliRunner().invoke(frontwire, ["ledger", "--json", "--feed", "1", "--days", "1"]).output)
    (day,) = said["days"]
    assert said["agree"] and (day["feed"], day["seen"], day["failed"], day["pending"], day["missing"]) == (1, 2, 1, 1, 0)
    assert said["reasons"][0]["entries"] == 1 and "(404)" in said["reasons"][0]["reason"]
    store.close()


def test_sums_that_do_not_agree_say_where_and_end_with_1(store: SqlStore) -> None:
    with store.database.write() as connection:
        connection.execute(delete(schema.entries).where(schema.entries.c.key == "a"))
    done = CliRunner().invoke(frontwire, ["ledger"])
    assert done.exit_code == 1
    assert f"The sums do not agree: feed 1 on {datetime.now(UTC):%Y-%m-%d} (2 seen, 1 in a state)." in done.output.splitlines()
    done = CliRunner().invoke(frontwire, ["ledger", "--json"])
    assert done.exit_code == 1 and json.loads(done.output)["agree"] is False
    store.close()
