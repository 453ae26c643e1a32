"""The external corpus's press: a loopback internet of outlets with a truth and a log, as a process of its own."""

import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.e2e.service import free_port


class Press:
    """The press as a process of its own, and its control."""

    def __init__(self, program: Path, folder: Path, *options: str) -> None:
        self.port = free_port()
        command = [sys.executable, "-B", str(program), "--port", str(self.port), *options]
        self.output = folder / "press.out"
        with self.output.open("wb") as out:
            self.process = subprocess.Popen(command, cwd=program.parent, stdout=out, stderr=out)
        deadline = time.monotonic() + 120
        while b"ready" not in self.output.read_bytes():
            assert self.process.poll() is None and time.monotonic() < deadline, self.output.read_text()
            time.sleep(0.05)

    def ask(self, path: str, data: Mapping[str, Any] | None = None) -> Any:
        """An answer of the control; with ``data`` it is a POST."""
        body = None if data is None else json.dumps(data).encode()
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/__press/{path}", body, timeout=60) as answer:
            return json.load(answer)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(30)
