"""The one-command service: starts Valkey, the workers, the clock and the web server as children, and keeps them running.

A child that dies is started again, after 1 s, 2 s, 4 s … 30 s; SIGINT and SIGTERM end all in order within 10 s; children end with
their supervisor however it goes (see lifeline). A lock in the data folder keeps a second instance out.
"""

import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from aggregator.broker import Broker, note_service, noted_service
from aggregator.errors import BrokerError, UsageError
from aggregator.lifeline import VARIABLE
from aggregator.settings import Settings
from workers import valkey

GRACE_S = 6.0  # for a child to end by itself after SIGTERM; then it is killed: its work is handed out again
STEADY_S = 60.0  # a child that lived this long starts its back-off anew
MAX_WAIT_S = 30.0
READY_S = 30.0  # for Valkey to answer


@dataclass(slots=True)
class Child:
    """A process to keep running. ``foreign``: no Python of ours, so it runs under the lifeline program."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    foreign: bool = False
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    deaths: int = 0
    start_at: float = 0.0  # monotonic; not before

    @property
    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None


class Supervisor:
    """Runs the children of one data folder. ``say`` takes lines for people."""

    def __init__(self, settings: Settings, say: Callable[[str], None] = print) -> None:
        self.settings, self.say = settings, say
        self.children: list[Child] = []
        self.stopping = False
        self._lock: TextIO | None = None
        self._read_end, self._write_end = os.pipe()  # the writing end stays here alone

    def lock(self) -> None:
        """Keep a second instance out. Raises UsageError that says who is there."""
        self.settings.data_dir.mkdir(parents=True, exist_ok=True)
        path = self.settings.data_dir / "lock"
        file = path.open("a+")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise UsageError(
                f"Frontwire already runs on the data folder {self.settings.data_dir} (process {file.read().strip() or 'unknown'}). "
                "Stop it first, or choose another folder with FRONTWIRE_DATA_DIR."
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        self._lock = file

    def start_broker(self) -> str:
        """Start the embedded Valkey unless a broker is set; return its URL when it answers. Raises BrokerError if it does not."""
        url = self.settings.broker_url
        if not url:
            command, url = valkey.prepare(self.settings.data_dir / "valkey", self.settings.broker_port)
            self.add(Child("valkey", command, foreign=True))
        note_service(self.settings, {**noted_service(self.settings), "broker_url": url, "pid": os.getpid(), "port": self.settings.port})
        deadline = time.monotonic() + READY_S
        while True:
            try:
                Broker(url).waiting()
                return url
            except BrokerError:
                if time.monotonic() > deadline:
                    raise
                self._revive()
                time.sleep(0.05)

    def add(self, child: Child) -> None:
        """Take a child in and start it."""
        self.children.append(child)
        self._start(child)

    def watch(self, every_s: float, look: Callable[[], None]) -> None:
        """Keep the children running until a signal says stop; call ``look`` every ``every_s`` seconds."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        next_look = time.monotonic()
        while not self.stopping:
            self._revive()
            if time.monotonic() >= next_look:
                look()
                next_look = time.monotonic() + every_s
            time.sleep(0.2)

    def stop(self) -> None:
        """End the children, the last started first, Valkey at the end; within 10 s in all."""
        self.stopping = True
        broker = [child for child in self.children if child.name == "valkey"]
        self._end([child for child in reversed(self.children) if child.name != "valkey"], GRACE_S)
        self._end(broker, 2.0)
        if self._lock is not None:
            self._lock.close()

    def _end(self, children: Sequence[Child], grace_s: float) -> None:
        for child in children:
            if child.running:
                self._signal(child, signal.SIGTERM)
        deadline = time.monotonic() + grace_s
        while any(child.running for child in children) and time.monotonic() < deadline:
            time.sleep(0.05)
        for child in children:
            if child.process is not None:
                self._signal_group(child, signal.SIGKILL)  # what is left of its group, too
                child.process.wait()

    def _start(self, child: Child) -> None:
        command = list(child.command)
        environment = {**os.environ, **child.environment}
        if child.foreign:
            command = [sys.executable, "-m", "aggregator.lifeline", str(self._read_end), *command]
        else:
            environment[VARIABLE] = str(self._read_end)
        with self._log(child.name) as log:
            child.process = subprocess.Popen(
                command,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=(self._read_end,),
                start_new_session=True,
            )
        child.started_at = time.monotonic()

    def _revive(self) -> None:
        now = time.monotonic()
        for child in self.children:
            if child.running:
                continue
            if child.process is not None:
                self._signal_group(child, signal.SIGKILL)
                status = child.process.returncode
                child.deaths = 1 if now - child.started_at > STEADY_S else child.deaths + 1
                wait_s = min(MAX_WAIT_S, 2.0 ** (child.deaths - 1))
                child.start_at, child.process = now + wait_s, None
                ended = f"signal {signal.Signals(-status).name}" if status < 0 else f"status {status}"
                self.say(f"{child.name} ended with {ended}; starting it again in {wait_s:.0f} s (its log: {self._log_path(child.name)})")
            elif now >= child.start_at:
                self._start(child)

    def _on_signal(self, number: int, _frame: object) -> None:
        self.stopping = True

    def _signal(self, child: Child, number: int) -> None:
        if child.process is not None:
            try:
                os.kill(child.process.pid, number)
            except ProcessLookupError:
                return

    def _signal_group(self, child: Child, number: int) -> None:
        if child.process is not None:
            try:
                os.killpg(child.process.pid, number)
            except ProcessLookupError:
                return

    def _log_path(self, name: str) -> Path:
        return self.settings.data_dir / "log" / f"{name}.log"

    def _log(self, name: str) -> "TextIO":
        path = self._log_path(name)
        path.parent.mkdir(exist_ok=True)
        if path.exists() and path.stat().st_size > 20 << 20:  # keep one older file
            path.replace(path.with_suffix(".log.1"))
        return path.open("a")
