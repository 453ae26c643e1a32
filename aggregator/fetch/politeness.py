"""Turns: one request in flight to a host, and a pause before the next, across all workers.

The turn is a lease (ports.Lease) by the host's name; giving it back leaves the pause behind, so that the next worker waits
although nobody holds the lease.
"""

import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import redis

from aggregator.errors import BrokerError, BusyError
from aggregator.ports import Clock, Lease, Turn

PREFIX = "frontwire:lease:"
RESTING = "rest"  # value of a key that only marks the pause; no token looks like it

RELEASE = """
if redis.call('get', KEYS[1]) ~= ARGV[1] then return 0 end
if tonumber(ARGV[3]) > 0 then redis.call('set', KEYS[1], ARGV[2], 'PX', ARGV[3]) else redis.call('del', KEYS[1]) end
return 1
"""


class _Client(threading.local):
    """A client a thread, each with a connection of its own: to take one from a pool costs as much as the command."""

    def __init__(self, pool: redis.ConnectionPool) -> None:
        self.redis = redis.Redis(connection_pool=pool, single_connection_client=True)


class RedisLease:
    """ports.Lease on Redis or Valkey; each operation is atomic. Raises BrokerError where the server does not answer."""

    def __init__(self, url: str) -> None:
        # Without time-outs and keep-alive a silently dropped connection would hold a thread for ever.
        self._pool = redis.ConnectionPool.from_url(
            url, socket_timeout=15, socket_connect_timeout=5, socket_keepalive=True, health_check_interval=10, decode_responses=True
        )
        self._client: _Client | None = None

    def acquire(self, name: str, ttl_s: float) -> Turn:
        """Ask for the lease once; see ports.Lease."""
        token = secrets.token_hex(12)
        if self._ask("SET", PREFIX + name, token, "NX", "PX", _milliseconds(ttl_s)):
            return Turn(token)
        left_ms = int(self._ask("PTTL", PREFIX + name))  # below zero: it has just ended
        return Turn(None, max(left_ms, 1) / 1000)

    def release(self, name: str, token: str, rest_s: float = 0.0) -> None:
        """Give the lease back; see ports.Lease."""
        self._ask("EVAL", RELEASE, 1, PREFIX + name, token, RESTING, _milliseconds(rest_s) if rest_s > 0 else 0)

    def close(self) -> None:
        """Close the connections."""
        self._pool.disconnect()

    def _ask(self, *command: str | int) -> Any:
        try:
            if self._client is None:
                self._client = _Client(self._pool)
            return self._client.redis.execute_command(*command)  # type: ignore[no-untyped-call]  # redis-py's
        except redis.RedisError as error:
            raise _broken(error) from error


class HostTurns:
    """Waits for a host's turn. ``gap_s``: pause between two requests; ``patience_s``: the longest wait before giving up."""

    POLL_S = 0.25  # how often a host is looked at whose request is still in flight

    def __init__(self, lease: Lease, clock: Clock, gap_s: float, *, patience_s: float = 20.0, ttl_s: float = 60.0) -> None:
        self._lease, self._clock = lease, clock
        self._gap_s, self._patience_s, self._ttl_s = gap_s, patience_s, ttl_s

    @contextmanager
    def turn(self, host: str, url: str, *, gap_s: float = 0.0) -> Iterator[None]:
        """Hold the host's turn; the pause after it is ``gap_s`` where that is longer than the usual one.

        Raises BusyError, with the seconds after which to ask again, if the turn does not come within the patience.
        """
        name = f"host:{host}"
        token = self._wait(name, host, url)
        try:
            yield
        finally:
            self._lease.release(name, token, max(self._gap_s, gap_s))

    def _wait(self, name: str, host: str, url: str) -> str:
        waited_s = 0.0
        while True:
            turn = self._lease.acquire(name, self._ttl_s)
            if turn.token is not None:
                return turn.token
            # A short rest is waited for as it is; a request in flight holds the lease for longer than it lasts.
            pause_s = turn.wait_s if turn.wait_s <= self._gap_s else self.POLL_S
            if waited_s + pause_s > self._patience_s:
                raise BusyError(f"{host} is being asked by others; its turn has not come.", url, retry_after_s=max(turn.wait_s, 1.0))
            self._clock.sleep(pause_s)
            waited_s += pause_s


def _milliseconds(seconds: float) -> int:
    return max(1, round(seconds * 1000))


def _broken(error: redis.RedisError) -> BrokerError:
    return BrokerError(f"Redis or Valkey does not answer: {error}.")
