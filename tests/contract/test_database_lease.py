"""The Lease in the database, on each database."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

from aggregator.ports import Lease
from aggregator.storage.store import SqlStore

SHORT_S = 0.2
LONG_S = 60.0


def test_one_holder_at_a_time(store: SqlStore) -> None:
    lease: Lease = store.leases
    first = lease.acquire("host harbour.example", LONG_S)
    assert first.token
    second = lease.acquire("host harbour.example", LONG_S)
    assert second.token is None
    assert LONG_S - 10 < second.wait_s <= LONG_S
    assert lease.acquire("host other.example", LONG_S).token
    lease.release("host harbour.example", first.token)
    assert lease.acquire("host harbour.example", LONG_S).token not in (None, first.token)


def test_a_lease_lapses_by_itself(store: SqlStore) -> None:
    lapsed = store.leases.acquire("feed 1", SHORT_S)
    time.sleep(SHORT_S + 0.05)
    second = store.leases.acquire("feed 1", LONG_S)
    assert lapsed.token
    assert second.token
    store.leases.release("feed 1", lapsed.token, rest_s=LONG_S)  # the first holder wakes up late
    store.leases.release("feed 1", lapsed.token)
    assert store.leases.acquire("feed 1", LONG_S).token is None
    store.leases.release("feed 1", second.token)
    assert store.leases.acquire("feed 1", LONG_S).token


def test_a_lease_that_is_given_back_may_rest(store: SqlStore) -> None:
    turn = store.leases.acquire("host", LONG_S)
    assert turn.token
    store.leases.release("host", turn.token, rest_s=SHORT_S)
    resting = store.leases.acquire("host", LONG_S)
    assert resting.token is None
    assert 0 < resting.wait_s <= SHORT_S
    for token in (turn.token, ""):
        store.leases.release("host", token)
    assert store.leases.acquire("host", LONG_S).token is None
    time.sleep(resting.wait_s + 0.01)
    assert store.leases.acquire("host", LONG_S).token


def test_of_many_askers_one_gets_it(store: SqlStore) -> None:
    barrier = threading.Barrier(8)

    def ask(_number: int) -> str | None:
        barrier.wait()
        return store.leases.acquire("host", LONG_S).token

    with ThreadPoolExecutor(8) as pool:
        tokens = list(pool.map(ask, range(8)))
    assert sum(token is not None for token in tokens) == 1
