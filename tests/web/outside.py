"""The product over a filled data folder, with a fetcher that reaches this machine and nothing else."""

from ipaddress import ip_network
from pathlib import Path

from aggregator.app import App, build
from aggregator.fetch.http import HttpFetcher
from aggregator.settings import Settings
from tests.fetch.loopback import MemoryLease, RealClock
from tests.web import newsroom

LOOPBACK = (ip_network("127.0.0.1"),)


def open_outside(folder: Path, base_url: str = newsroom.BASE) -> App:
    """The product; without a gazetteer, and without pauses between requests."""
    settings = Settings(
        data_dir=folder,
        gazetteer_dir=folder / "none",
        base_url=base_url,
        secret_key="for tests only",
        host_gap_s=0,
        fetch_allow=LOOPBACK,
        fetch_only=LOOPBACK,
    )
    app = build(settings)
    app.__dict__["fetcher"] = HttpFetcher(settings, MemoryLease(), RealClock())
    return app
