"""Fixtures of the tests of rendering."""

import socket
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.fetch.rendering import Desk


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """Nothing may be left when the test ends: no folder, no process, no thread. Its path is short: Chromium has a socket in there, whose
    path may have 107 characters."""
    threads, before = threading.active_count(), set(psutil.Process().children())  # other tests' servers may be among them
    with tempfile.TemporaryDirectory() as folder:
        monkeypatch.setattr(tempfile, "tempdir", folder)
        made = Desk(Path(folder))
        yield made
        assert made.left() == []
    assert set(psutil.Process().children()) <= before
    assert threading.active_count() <= threads + 1  # the watchdogs' thread, which is started once and stays


@pytest.fixture
def private() -> Iterator[socket.socket]:
    """A service on an address that is not allowed; nobody may have knocked when the test ends."""
    with socket.create_server(("127.0.0.2", 0)) as listener:
        yield listener
        listener.settimeout(0)
        with pytest.raises(BlockingIOError):
            listener.accept()
