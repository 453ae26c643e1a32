"""Processes die in the middle of their work: nothing is lost, nothing comes twice, and all of it ends within a lease or two."""

import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
import pytest

from aggregator.identity.urls import key
from aggregator.model import EntryState
from aggregator.sample.newsroom import Newsroom
from aggregator.sample.truth import truths
from aggregator.storage.ledger import HANDOVER_S
from tests.e2e.groups import pairs
from tests.e2e.service import Service

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1500)]

LEASE_S = 10.0
PATIENCE_S = 600.0  # for a busy machine
WORKER = "workers.process"
VICTIMS = (  # who is killed when so many articles are there; "pool": one of the processes that extract and tag
    (10, "pool"),
    (60, "valkey-server"),
    (110, "web.serve"),
    (150, "workers.fetch"),
    (190, WORKER),
    (220, "workers.serial"),
    (250, "workers.beat"),
)


def test_work_survives_whatever_dies(tmp_path: Path) -> None:
    folder = tmp_path / "var"
    service = Service(folder, sample=True, FRONTWIRE_LEASE_S=str(LEASE_S))
    port = int(service.environment["FRONTWIRE_SAMPLE_PORT"])
    started_at = datetime.now(UTC) - timedelta(hours=1)  # so long ago that everything has come out, and nothing changes
    folder.mkdir()
    facts = {"port": port, "started_at": started_at.isoformat(), "removed": False}
    (folder / "sample.json").write_text(json.dumps(facts))
    expected = {key(truth.url): truth for truth in truths(Newsroom(port, started_at))}
    killed: list[str] = []

    with service:
        for at_least, words in VICTIMS:
            service.wait(lambda least=at_least: _stored(service) >= least, PATIENCE_S, f"{at_least} articles")  # type: ignore[misc]
            (_pool_process(service) if words == "pool" else service.child(words)).kill()
            killed.append(f"{words} at {_stored(service)} articles")
        last_kill = time.monotonic()
        service.wait(lambda: service.get("/healthz")[0] == 200, PATIENCE_S, "the pages to answer again")
        service.poll(PATIENCE_S)
        status = service.settle(PATIENCE_S, at_least=len(expected))
        recovered_s = time.monotonic() - last_kill
        print(f"kills at {'; '.join(killed)}; all done {recovered_s:.0f} s after the last one")

        with service.store() as store:
            articles = store.articles.many(store.articles.ids())
            counts = store.ledger.counts()
            entries = [entry for feed in store.feeds.all() for entry in store.ledger.of_feed(feed.id, limit=1000)]
            revisions = store.totals().revisions
        keys = [article.url_key for article in articles]
        assert len(keys) == len(set(keys)) == revisions, "an article came twice"
        assert set(keys) == set(expected), set(keys) ^ set(expected)
        assert all(article.story_id is not None for article in articles)
        of_truth = {name: truth.copy_group for name, truth in expected.items()}
        precision, recall, differ = pairs(of_truth, {article.url_key: article.copy_group or article.id for article in articles})
        assert precision == recall == 1.0, (precision, recall, differ)
        assert counts[EntryState.STORED] == len(entries) == len(expected) and not counts[EntryState.PENDING], (counts, status)
        assert sorted(entry.article_id or 0 for entry in entries) == sorted(article.id for article in articles)
        waited_s = max(
            (entry.state_at - entry.first_seen_at).total_seconds() for entry in entries if entry.state_at and entry.first_seen_at
        )
        print(f"the longest that an entry took from its feed to its article: {waited_s:.0f} s")
        found = json.loads(service.get("/api/v1/search?q=&limit=200")[1])["articles"]
        assert len(found) == 200 == len({article["id"] for article in found})
        assert recovered_s < PATIENCE_S and waited_s < 2 * (LEASE_S + HANDOVER_S) + PATIENCE_S / 2
        assert service.output.read_text().count("starting it again") >= 6


def _stored(service: Service) -> int:
    with service.store() as store:
        return store.totals().articles


def _pool_process(service: Service) -> psutil.Process:
    """One of the processes that extract and tag."""
    lines = {child.pid: _line(child) for child in service.children()}
    (main,) = [child for child in service.children() if WORKER in lines.get(child.pid, "") and WORKER not in lines.get(child.ppid(), "")]
    pool = main.children()
    assert len(pool) == 2, pool
    return max(pool, key=lambda process: float(process.cpu_times().user))


def _line(process: psutil.Process | None) -> str:
    try:
        return " ".join(process.cmdline()) if process else ""
    except psutil.NoSuchProcess:
        return ""
