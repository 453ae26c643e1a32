"""What polling costs, against the library ``reader`` on the same feeds in the same run: CPU a feed of all processes of the service,
for a first round (20 new entries a feed) and for a round of 304s; peak memory of the fetching worker; feeds a second where each feed
has a host of its own that takes 100 ms to answer.

``reader`` needs an environment of its own (it brings its own feedparser); it is made in build/ at first use.

    python -m benchmarks.polling [FEEDS]
"""

import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil

from aggregator.model import FeedDraft, Outlet
from aggregator.settings import PROJECT
from benchmarks.publisher import address
from tests.e2e.service import Service, free_port

FEEDS = 500
HOSTS = 50
LATENCY_S = 0.1
LATENT_FEEDS = 300
READER = ("reader==3.26", "sgmllib3k==1.0.0")
WORKERS = 10  # threads of reader's update


@dataclass(frozen=True)
class Round:
    """What a round took. ``peak_mib``: of the process that fetches, see Memory."""

    cpu_s: float
    wall_s: float
    peak_mib: float


class Memory(threading.Thread):
    """Watches the memory of a process: ``peak_mib`` is the most that it has had for itself and as its share of what it has in common
    with others (proportional set size, of Linux), looked at ten times a second."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid, self.peak_mib, self.over = pid, 0.0, threading.Event()
        self.start()

    def run(self) -> None:
        """Look until it is over."""
        path = Path(f"/proc/{self.pid}/smaps_rollup")
        while not self.over.wait(0.1):
            try:
                lines = path.read_text().splitlines()
            except (FileNotFoundError, ProcessLookupError):
                return
            self.peak_mib = max(self.peak_mib, next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")), 0.0))


@contextmanager
def publisher(hosts: int, latency_s: float) -> Iterator[int]:
    """A publisher as a process of its own; gives its port."""
    port = free_port()
    command = [sys.executable, "-m", "benchmarks.publisher", str(port), str(hosts), str(latency_s)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        if process.stdout.readline() != b"ready\n":
            raise SystemExit("the publisher does not start")
        try:
            yield port
        finally:
            process.terminate()


def addresses(feeds: int, hosts: int, port: int) -> list[str]:
    """Where the feeds are, spread over the hosts."""
    return [f"http://{address(n % hosts)}:{port}/feed/{n}" for n in range(feeds)]


def reader_rounds(urls: list[str], rounds: int) -> list[Round]:
    """Rounds of reader on these feeds."""
    home = PROJECT / "build" / "bench-reader"
    if not (home / "bin" / "python").exists():
        subprocess.run([sys.executable, "-m", "venv", str(home)], check=True)
        subprocess.run([home / "bin" / "pip", "install", "--quiet", *READER], check=True)
    script = PROJECT / "benchmarks" / "reader_rounds.py"
    with tempfile.TemporaryDirectory() as folder:
        command = [home / "bin" / "python", script, f"{folder}/reader.sqlite", str(WORKERS), str(rounds)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
            memory = Memory(process.pid)
            said, _ = process.communicate("\n".join(urls))
    found = [json.loads(line) for line in said.splitlines()]
    if len(found) != rounds or any(one["failed"] for one in found):
        raise SystemExit(f"reader did not update all feeds: {found}")
    return [Round(one["cpu_s"], one["wall_s"], memory.peak_mib) for one in found]


def service_rounds(urls: list[str], rounds: int) -> list[Round]:
    """Rounds of the whole service on these feeds, from when they are due until the last one is polled; the service is up and idle."""
    with tempfile.TemporaryDirectory() as folder:
        service = Service(Path(folder) / "var", FRONTWIRE_TICK_S="5", FRONTWIRE_LEASE_S="120")
        with service:
            outlet = Outlet(id="bridges", name="Bridges")
            later = datetime.now(UTC) + timedelta(hours=1)
            with service.store() as store:
                for number, url in enumerate(urls):
                    store.feeds.add(FeedDraft(url, f"Bridges {number}", outlet), later)
            time.sleep(12)  # two ticks: every process has done something
            found = [one_round(service, len(urls)) for _ in range(rounds)]
    return found


def one_round(service: Service, feeds: int) -> Round:
    """Make all feeds due and wait until they were polled."""
    memory = Memory(service.child("workers.fetch").pid)
    cpu, wall, begun = cpu_of(service), time.monotonic(), datetime.now(UTC)
    with service.store() as store:
        store.feeds.poll_now(None, begun)
        while sum(feed.last_ok_at is not None and feed.last_ok_at >= begun for feed in store.feeds.all()) < feeds:
            if time.monotonic() - wall > 300:
                raise SystemExit(f"the service has not polled its feeds within 300 s:\n{service.said()}")
            time.sleep(0.5)
        polls = [feed.last_polled_at for feed in store.feeds.all() if feed.last_polled_at]
    spent = cpu_of(service) - cpu
    took = (max(polls) - begun).total_seconds()
    memory.over.set()
    return Round(spent, took, memory.peak_mib)


def cpu_of(service: Service) -> float:
    """CPU seconds of the service's processes so far, those that ended and were waited for among them."""
    assert service.process is not None
    total = 0.0
    for process in (psutil.Process(service.process.pid), *service.children()):
        times = process.cpu_times()
        total += times.user + times.system + times.children_user + times.children_system
    return total


def row(name: str, ours: Round, theirs: Round, feeds: int) -> None:
    """Print a line of the table."""
    ratio = ours.cpu_s / theirs.cpu_s
    mine, other = (f"{1000 * r.cpu_s / feeds:7.2f} ms {feeds / r.wall_s:6.0f} /s {r.peak_mib:5.0f} MiB" for r in (ours, theirs))
    print(f"{name:<34}{mine}   |{other}   | {ratio:5.2f} x", flush=True)


def main() -> None:
    """Print the table."""
    feeds = int(sys.argv[1]) if len(sys.argv) > 1 else FEEDS
    print(f"{'':<34}{'the whole service':<31}|{'reader, ' + str(WORKERS) + ' threads':<31}| CPU, ours to theirs")
    with publisher(HOSTS, 0.0) as port:
        urls = addresses(feeds, HOSTS, port)
        theirs, ours = reader_rounds(urls, 2), service_rounds(urls, 2)
    row(f"{feeds} feeds x 20 new entries", ours[0], theirs[0], feeds)
    row(f"{feeds} answers 304", ours[1], theirs[1], feeds)
    with publisher(LATENT_FEEDS, LATENCY_S) as port:
        urls = addresses(LATENT_FEEDS, LATENT_FEEDS, port)
        theirs, ours = reader_rounds(urls, 1), service_rounds(urls, 1)
    row(f"{LATENT_FEEDS} feeds, a host each, 100 ms", ours[0], theirs[0], LATENT_FEEDS)


if __name__ == "__main__":
    main()
