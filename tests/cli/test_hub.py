"""`frontwire hub`: who is subscribed to our own feeds, and an end to it; `frontwire doctor` counts them."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from aggregator.app import build
from aggregator.cli import frontwire
from aggregator.hub import HubDocument, HubRequest, Mode
from aggregator.settings import Settings

NOW = datetime.now(UTC)
BASE = "https://news.example"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder that the commands use."""
    monkeypatch.setenv("FRONTWIRE_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("FRONTWIRE_BASE_URL", BASE)
    return tmp_path


def run(*arguments: str) -> str:
    return CliRunner().invoke(frontwire, arguments).output


def test_subscriptions_are_listed_and_removed(here: Path) -> None:
    assert "Nobody is subscribed" in run("hub", "list")
    app = build(Settings(data_dir=here))
    for number, callback in enumerate(("https://reader.example/1", "https://reader.example/2")):
        app.store.hub.ask(HubRequest(Mode.SUBSCRIBE, f"{BASE}/stream.rss", callback, "" if number else "hush"), NOW)
    first = app.store.hub.all()[0]
    app.store.hub.verified(first, NOW)
    app.store.hub.failed(first.id, "It answers with 500.", NOW, NOW)
    rows = [json.loads(line) for line in run("hub", "list", "--json").splitlines()]
    assert [(row["callback"], row["signed"], row["asked"], row["failures"]) for row in rows] == [
        ("https://reader.example/1", True, None, 1),
        ("https://reader.example/2", False, "subscribe", 0),
    ]
    assert "hush" not in run("hub", "list", "--json")
    listed = " ".join(run("hub", "list").split())
    assert "/stream.rss" in listed and "failed 1" in listed and "never is asked" in listed
    app.store.hub.keep(first.topic_id, 1, HubDocument(None, "application/rss+xml", b"<rss/>", ()), news=True, now=NOW)
    told = "2 subscriptions to 1 of our feeds, deliveries waiting: 1, 1 failing"
    assert told in " ".join(run("status").split())
    assert json.loads(run("status", "--json"))["hub"] == {
        **{"topics": 1, "subscriptions": 2, "verified": 1},
        **{"waiting": 1, "failing": 1, "stopped": 0},
    }
    assert f"{told}; they are read from http://127.0.0.1:8000" in " ".join(run("doctor").split())
    assert run("hub", "remove", str(first.id)) == f"subscription {first.id} is removed\n"
    assert [one.callback for one in app.store.hub.all()] == ["https://reader.example/2"]
    app.close()


def test_where_there_is_no_hub_that_is_said(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FRONTWIRE_HUB", "no")
    assert "This service is no hub" in run("hub", "list")
    assert any(line.split()[1:] == ["hub", "off"] for line in run("doctor").splitlines())
    assert json.loads(run("status", "--json"))["hub"] is None and "of our feeds" not in run("status")
