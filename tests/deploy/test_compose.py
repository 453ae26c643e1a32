"""docker-compose.yml and the Dockerfile: what they say exists, and each service of our image starts, gets ready and ends in order with
a real PostgreSQL and a real Valkey."""

import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from aggregator.cli import COMMANDS
from aggregator.settings import PROJECT, load
from aggregator.storage.engine import open_store
from tests.contract.postgres import PostgresServer
from tests.e2e.service import free_port
from workers import valkey

COMPOSE: dict[str, Any] = yaml.safe_load((PROJECT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = sorted(name for name, service in SERVICES.items() if service["image"] == "frontwire")
VARIABLE = re.compile(r"\$\{(\w+)(?::([?-])([^}]*))?\}")
SECRETS = {"POSTGRES_PASSWORD", "VALKEY_PASSWORD", "FRONTWIRE_SECRET_KEY"}
SERVICE_KEYS = {"image", "build", "command", "environment", "depends_on", "healthcheck", "ports", "restart", "volumes"}
PATIENCE_S = 240.0  # for a busy machine


def _variables(value: object) -> list[tuple[str, str, str]]:
    """Every ${NAME:?…} or ${NAME:-…} in a part of the file: name, sign, rest."""
    if isinstance(value, dict):
        return [found for part in value.values() for found in _variables(part)]
    if isinstance(value, list):
        return [found for part in value for found in _variables(part)]
    return VARIABLE.findall(value) if isinstance(value, str) else []


def test_the_file_has_the_form_that_compose_reads() -> None:
    assert {name for name in COMPOSE if not name.startswith("x-")} == {"services", "volumes"}
    for name, service in SERVICES.items():
        assert set(service) <= SERVICE_KEYS, name
        assert re.fullmatch(r"[\w./-]+(:[\w.-]+)?", service["image"]), name
        command = service.get("command", [])
        assert isinstance(command, list) and all(isinstance(word, str) for word in command), name
        assert all(isinstance(value, str) for value in service.get("environment", {}).values()), name
        for other, condition in service.get("depends_on", {}).items():
            assert other in SERVICES and condition == {"condition": "service_healthy"} and "healthcheck" in SERVICES[other], name
        for volume in service.get("volumes", []):
            assert volume.split(":")[0] in COMPOSE["volumes"], name
        for port in service.get("ports", []):
            assert port.startswith("127.0.0.1:"), f"{name} would be open to the world"
    assert OURS == ["beat", "fetch", "process", "serial", "web"]


def test_secrets_are_asked_for_and_have_no_default() -> None:
    required = {name for name, sign, _ in _variables(COMPOSE) if sign == "?"}
    assert required == SECRETS
    for name, sign, rest in _variables(COMPOSE):
        assert name not in SECRETS or sign != "-", f"{name} has the default {rest}"
        assert sign or name in SECRETS, f"{name} may be empty without anybody noticing"


def test_settings_are_ones_that_exist() -> None:
    for name in OURS:
        load(_environment(name, dict.fromkeys(SECRETS, "x" * 20)))


def test_the_dockerfile_runs_what_there_is() -> None:
    text = (PROJECT / "Dockerfile").read_text(encoding="utf-8")
    (words,) = re.findall(r"^CMD \[(.*)\]$", text, re.MULTILINE)
    program, command = re.findall(r'"([^"]*)"', words)
    assert f'{program} = "aggregator.cli:main"' in (PROJECT / "pyproject.toml").read_text(encoding="utf-8")
    assert command in COMMANDS
    targets = set(re.findall(r"\bmake ([\w-]+)", text)) - {"npm"}
    rules = set(re.findall(r"^([\w-]+):", (PROJECT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert targets and targets <= rules, targets - rules
    load(dict(re.findall(r"(FRONTWIRE_\w+)=(\S+)", text)))
    ignored = (PROJECT / ".dockerignore").read_text(encoding="utf-8").split()
    assert {".git", ".venv", "var"} <= set(ignored)
    assert re.search(r"^USER (?!root)", text, re.MULTILINE), "it would run as root"


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Environment of the services with a PostgreSQL and a Valkey of their own."""
    folder = tmp_path_factory.mktemp("deploy")
    command, broker_url = valkey.prepare(folder / "valkey", 0)
    database = PostgresServer()
    with (folder / "valkey.log").open("wb") as log:
        broker = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        yield {
            "FRONTWIRE_DATABASE_URL": database.url(database.new_database()),
            "FRONTWIRE_BROKER_URL": broker_url,
            "FRONTWIRE_SECRET_KEY": "k" * 40,
            "FRONTWIRE_DATA_DIR": str(folder),
            "FRONTWIRE_PORT": str(free_port()),
            "FRONTWIRE_FETCH_ONLY": "127.0.0.0/8",
            "FRONTWIRE_TICK_S": "1",
            "FRONTWIRE_FETCH_THREADS": "2",
            "FRONTWIRE_PROCESS_WORKERS": "1",
        }
    finally:
        broker.terminate()
        broker.wait(10)
        database.stop()


def _environment(name: str, values: dict[str, str]) -> dict[str, str]:
    """What compose would hand to a service, each variable filled in."""

    def fill(match: re.Match[str]) -> str:
        return values.get(match[1], match[3] if match[2] == "-" else "")

    return {key: VARIABLE.sub(fill, value) for key, value in SERVICES[name]["environment"].items()}


def _started(name: str, servers: dict[str, str], folder: Path) -> subprocess.Popen[bytes]:
    """The service's own command, run by this Python instead of the image's."""
    program, *rest = SERVICES[name]["command"]
    assert program == "python"
    plain = {key: value for key, value in os.environ.items() if not key.startswith("FRONTWIRE_")}
    environment = plain | _environment(name, dict.fromkeys(SECRETS, "x" * 20)) | servers
    with (folder / f"{name}.log").open("wb") as log:
        return subprocess.Popen([sys.executable, *rest], env=environment, stdout=log, stderr=log, cwd=PROJECT, start_new_session=True)


def _wait(until: Callable[[], bool], processes: dict[str, subprocess.Popen[bytes]], folder: Path, what: str) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not until():
        logs = {name: (folder / f"{name}.log").read_text(errors="replace")[-2000:] for name in processes}
        assert all(process.poll() is None for process in processes.values()), f"a service ended while waiting for {what}: {logs}"
        assert time.monotonic() < deadline, f"waited for {what}: {logs}"
        time.sleep(0.2)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_each_service_gets_ready_and_ends_in_order(servers: dict[str, str], tmp_path: Path) -> None:
    processes = {name: _started(name, servers, tmp_path) for name in OURS}
    base = f"http://127.0.0.1:{servers['FRONTWIRE_PORT']}"
    try:
        _wait(lambda: _answers(f"{base}/healthz"), processes, tmp_path, "the pages")
        store = open_store(load(servers).database)
        begun = datetime.now(UTC)
        _wait(lambda: store.beats().get("serial", begun) > begun, processes, tmp_path, "a tick of the clock")

        # a feed that nobody serves: the fetching worker says so, and notes its beat
        from_nowhere = f"http://127.0.0.1:{free_port()}/feed.xml"
        added = _command(servers, "feed", "add", from_nowhere, "--untested")
        assert added.returncode == 0, added.stderr
        _wait(lambda: "fetch" in store.beats(), processes, tmp_path, "the fetching worker")
        (feed,) = store.feeds.all()
        _wait(lambda: store.feeds.get(feed.id).errors_in_row > 0, processes, tmp_path, "the poll")
        _wait(lambda: b"ready" in (tmp_path / "process.log").read_bytes(), processes, tmp_path, "the processing worker")
        store.close()
    finally:
        for process in processes.values():
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        ended = {name: _end(process) for name, process in processes.items()}
    assert set(ended.values()) <= {0, -signal.SIGTERM}, (ended, {name: (tmp_path / f"{name}.log").read_text()[-2000:] for name in ended})


def _end(process: subprocess.Popen[bytes]) -> int:
    try:
        return process.wait(30)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return 1


def _command(servers: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    plain = {key: value for key, value in os.environ.items() if not key.startswith("FRONTWIRE_")}
    command = [sys.executable, "-m", "aggregator.cli", *arguments]
    return subprocess.run(command, env=plain | servers, capture_output=True, text=True, timeout=120, cwd=PROJECT)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
