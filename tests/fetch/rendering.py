"""What the tests of rendering share: a desk for a test's programs, and renderings that may reach 127.0.0.1 and nothing else."""

import ipaddress
import shlex
import sys
import textwrap
import time
from dataclasses import dataclass
from pathlib import Path

from aggregator.fetch import render as rendering
from aggregator.fetch.connection import Limits
from aggregator.fetch.guard import AddressGuard
from aggregator.fetch.http import HttpFetcher
from aggregator.fetch.render import FOLDER, Bounds, RenderingFetcher, render
from aggregator.settings import Settings, load
from tests.fetch.loopback import MemoryLease, RealClock

ALLOWED = (ipaddress.ip_network("127.0.0.1/32"),)
GUARD = AddressGuard(ALLOWED)


@dataclass
class Desk:
    """Where a test writes its programs, and where renderings have their folders."""

    folder: Path

    def command(self, code: str) -> str:
        path = self.folder / f"program{len(list(self.folder.glob('program*')))}.py"
        path.write_text(textwrap.dedent(code), encoding="utf-8")
        return shlex.join([sys.executable, "-I", "-S", str(path), "{proxy}", "{url}", str(self.folder)])

    def noted(self, name: str) -> str:
        """What a program wrote to a file of this name."""
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline:
            path = self.folder / name
            if path.is_file() and path.read_text():
                return path.read_text()
            time.sleep(0.02)
        raise AssertionError(f"{name} was never written")

    def left(self) -> list[str]:
        return [path.name for path in self.folder.glob(f"{FOLDER}*")]


def fetcher(
    command: str, *, hosts: str = "127.0.0.1", gap_s: float = 0.0, lease: MemoryLease | None = None, **limits: float
) -> RenderingFetcher:
    settings = load({"FRONTWIRE_RENDER_COMMAND": command, "FRONTWIRE_RENDER_HOSTS": hosts, "FRONTWIRE_HOST_GAP_S": str(gap_s)})
    settings = Settings(**{name: getattr(settings, name) for name in ("render_command", "render_hosts", "host_gap_s")}, fetch_allow=ALLOWED)
    http = HttpFetcher(settings, lease or MemoryLease(), RealClock(), limits=Limits(**limits))  # type: ignore[arg-type]  # by name
    return RenderingFetcher(http, settings)


def once(command: str, url: str, *, bounds: Bounds | None = None, total_s: float = 10.0, body: int = 1 << 20) -> rendering.Rendering:
    return render(shlex.split(command), url, GUARD, Limits(total_s=total_s, body=body), bounds=bounds)
