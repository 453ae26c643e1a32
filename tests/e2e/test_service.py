"""The one-command service: it starts, refuses a second one, revives what dies, ends in order, and leaves nothing behind."""

import json
import signal
import time
from pathlib import Path

import psutil
import pytest

from tests.e2e.service import Service

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


def test_it_starts_says_what_it_does_and_ends_in_order(tmp_path: Path) -> None:
    service = Service(tmp_path / "var").start()
    status = service.status()
    assert set(status) >= {"feeds", "entries", "articles", "revisions", "stories", "outlets", "languages", "index_lag", "queues"}
    assert set(status["queues"]) == {"fetch", "process", "serial"}
    service.wait(lambda: service.status()["queues"]["serial"]["last_done_at"] is not None, 30, "the first tick")

    second = service.command("up", "--no-sample")
    assert second.returncode == 2
    assert "already runs on the data folder" in second.stderr

    shown = service.command("status")
    assert shown.returncode == 0 and "serial" in shown.stdout
    assert json.loads(service.command("status", "--json").stdout)["feeds"] == 0

    assert service.stop() < 10
    assert "serving http://127.0.0.1" in service.output.read_text()


def test_nothing_outlives_a_supervisor_that_was_killed(tmp_path: Path) -> None:
    service = Service(tmp_path / "var").start()
    assert len(service.children()) >= 7  # Valkey with its lifeline, four workers, the web server and its own
    service.stop(signal.SIGKILL)


def test_a_dead_child_is_started_again(tmp_path: Path) -> None:
    with Service(tmp_path / "var") as service:
        for words in ("web.serve", "workers.serial", "valkey-server"):
            old = service.child(words)
            old.kill()
            psutil.wait_procs([old], timeout=5)
            service.wait(lambda words=words, old=old: _alive(service, words, old.pid), 40, f"another {words}")  # type: ignore[misc]
        service.wait(lambda: service.get("/healthz")[0] == 200, 40, "the pages to answer again")
        assert "starting it again" in service.output.read_text()
        begun = time.time()
        service.wait(lambda: _beat_after(service, begun), 60, "a tick after the restarts")


def test_what_is_missing_is_said_in_a_sentence(tmp_path: Path) -> None:
    service = Service(tmp_path / "var", FRONTWIRE_GAZETTEER_DIR=str(tmp_path / "nowhere"))
    done = service.command("up", "--no-sample")
    assert done.returncode == 1
    assert "frontwire gazetteer build" in done.stderr and "Traceback" not in done.stderr


def _alive(service: Service, words: str, not_pid: int) -> bool:
    return any(words in " ".join(_line(child)) and child.pid != not_pid for child in service.children())


def _line(process: psutil.Process) -> list[str]:
    try:
        found: list[str] = process.cmdline()
    except psutil.NoSuchProcess:
        return []
    return found


def _beat_after(service: Service, begun: float) -> bool:
    status = service.status()
    at: str | None = status["queues"]["serial"]["last_done_at"] if status else None
    return at is not None and time.mktime(time.strptime(at, "%Y-%m-%dT%H:%M:%SZ")) - time.timezone > begun
