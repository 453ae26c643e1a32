"""The real service under test: `frontwire up` as a process of its own, on free ports and a data folder of its own."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil

from aggregator.ports import Store
from aggregator.settings import load
from aggregator.storage.engine import open_store

LOOPBACK = "127.0.0.0/8"


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Service:
    """`frontwire up` with the settings given; nothing outside loopback can be reached."""

    def __init__(self, folder: Path, *, sample: bool = False, **settings: str) -> None:
        self.folder, self.sample = folder, sample
        self.port = free_port()
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("FRONTWIRE_")} | {
            "FRONTWIRE_DATA_DIR": str(folder),
            "FRONTWIRE_PORT": str(self.port),
            "FRONTWIRE_SAMPLE_PORT": str(free_port()),
            "FRONTWIRE_FETCH_ALLOW": LOOPBACK,
            "FRONTWIRE_FETCH_ONLY": LOOPBACK,
            "FRONTWIRE_HOST_GAP_S": "0",
            "FRONTWIRE_API_LIMIT": "0",  # tests ask again and again
            "FRONTWIRE_TICK_S": "1",
            "FRONTWIRE_LEASE_S": "10",
            "FRONTWIRE_PROCESS_WORKERS": "2",
            **settings,
        }
        self.process: subprocess.Popen[bytes] | None = None
        self.output = folder.parent / f"{folder.name}.out"

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, timeout_s: float = 240) -> "Service":
        """Start it and wait until its pages answer."""
        command = [sys.executable, "-m", "aggregator.cli", "up", "--sample" if self.sample else "--no-sample"]
        with self.output.open("ab") as out:
            self.process = subprocess.Popen(command, env=self.environment, stdout=out, stderr=out, start_new_session=True)
        self.wait(lambda: self.get("/healthz")[0] == 200, timeout_s, "the pages to answer")
        return self

    def command(self, *arguments: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
        """Run a `frontwire` command with the settings of this service."""
        return subprocess.run(
            [sys.executable, "-m", "aggregator.cli", *arguments],
            env=self.environment,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=120,
        )

    def get(self, path: str) -> tuple[int, bytes]:
        """Status and body of a page; 0 where nobody answers."""
        try:
            with urllib.request.urlopen(self.base + path, timeout=20) as answer:
                return int(answer.status), answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read()
        except OSError:
            return 0, b""

    def status(self) -> dict[str, Any]:
        """/api/v1/status; empty where nobody answers."""
        code, body = self.get("/api/v1/status")
        found: dict[str, Any] = json.loads(body) if code == 200 else {}
        return found

    @contextmanager
    def store(self) -> Iterator[Store]:
        """The service's database, opened beside it."""
        store = open_store(load(self.environment).database)
        try:
            yield store
        finally:
            store.close()

    def poll_now(self) -> int:
        """Make every feed due, as `frontwire poll` does without starting a process for it."""
        with self.store() as store:
            return store.feeds.poll_now(None, datetime.now(UTC))

    def poll(self, timeout_s: float) -> None:
        """Have every feed polled once more, and wait until it was."""
        begun = datetime.now(UTC)

        def polled() -> bool:
            with self.store() as store:
                late = [feed.id for feed in store.feeds.all() if not feed.last_polled_at or feed.last_polled_at < begun]
                # Again and again: a poll that was under way when it was asked for began too early, and plans its own next one.
                store.feeds.poll_now(late, datetime.now(UTC))
                return not late

        self.wait(polled, timeout_s, "every feed to be polled", every_s=1)

    def wait(self, until: Callable[[], bool], timeout_s: float, what: str, every_s: float = 0.3) -> None:
        """Wait for something, or fail with what the service said meanwhile."""
        deadline = time.monotonic() + timeout_s
        while not until():
            assert self.process is None or self.process.poll() is None, f"the service ended while waiting for {what}:\n{self.said()}"
            assert time.monotonic() < deadline, f"waited {timeout_s} s for {what}; status {self.status()}\n{self.said()}"
            time.sleep(every_s)

    def settle(self, timeout_s: float, at_least: int = 1) -> dict[str, Any]:
        """Wait until no entry is pending, nothing waits in a queue and the index has caught up; return the status."""

        def settled() -> bool:
            now = self.status()
            return bool(now) and sum(now["entries"].values()) >= at_least and not now["entries"]["pending"] and not now["index_lag"]

        self.wait(settled, timeout_s, f"{at_least} entries to end")
        return self.status()

    def children(self) -> list[psutil.Process]:
        """Every process that the supervisor started, and theirs."""
        assert self.process is not None
        found: list[psutil.Process] = psutil.Process(self.process.pid).children(recursive=True)
        return found

    def child(self, words: str) -> psutil.Process:
        """The first child whose command line has these words."""
        for child in self.children():
            try:
                if words in " ".join(child.cmdline()):
                    return child
            except psutil.NoSuchProcess:
                continue
        raise AssertionError(f"no child runs {words!r}:\n{self.said()}")

    def stop(self, number: int = signal.SIGTERM, timeout_s: float = 15) -> float:
        """End it; return the seconds it took. Fails if anything outlives it."""
        assert self.process is not None
        children = self.children() if self.process.poll() is None else []
        begun = time.monotonic()
        self.process.send_signal(number)
        self.process.wait(timeout_s)
        gone, alive = psutil.wait_procs(children, timeout=timeout_s)
        taken = time.monotonic() - begun
        self.process = None
        for process in alive:
            process.kill()
        assert not alive, f"these outlived the service: {[p.info if hasattr(p, 'info') else p for p in alive]}"
        return taken

    def said(self, last: int = 4000) -> str:
        """What the service and its children said last."""
        parts = [self.output.read_text(errors="replace")[-last:]] if self.output.exists() else []
        for log in sorted((self.folder / "log").glob("*.log")):
            parts.append(f"--- {log.name}\n{log.read_text(errors='replace')[-last:]}")
        return "\n".join(parts)

    def __enter__(self) -> "Service":
        return self.start()

    def __exit__(self, *_: object) -> None:
        if self.process is not None:
            self.stop()


def add_feeds(service: Service, urls: Mapping[str, str]) -> None:
    """Subscribe to feeds by URL and title, without looking at them first."""
    opml = '<opml version="2.0"><head><title>t</title></head><body>' + "".join(
        f'<outline type="rss" text="{title}" xmlUrl="{url}"/>' for url, title in urls.items()
    )
    path = service.folder.parent / f"{service.folder.name}.opml"
    path.write_text(opml + "</body></opml>", encoding="utf-8")
    done = service.command("opml", "import", str(path))
    assert done.returncode == 0, done.stderr
