"""A host's turns: never two requests at once, a pause between them, and no waiting without end."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from aggregator.errors import BrokerError, BusyError
from aggregator.fetch.politeness import HostTurns, RedisLease
from tests.fetch.loopback import MemoryLease, RealClock, SetClock


def test_turns_follow_each_other_with_a_pause() -> None:
    turns = HostTurns(MemoryLease(), RealClock(), 0.05)
    spans: list[tuple[float, float]] = []

    def one(_: int) -> None:
        with turns.turn("press.example", "http://press.example/"):
            started = time.monotonic()
            time.sleep(0.01)
            spans.append((started, time.monotonic()))

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(one, range(6)))
    spans.sort()
    assert all(after[0] - before[1] >= 0.045 for before, after in zip(spans, spans[1:], strict=False))


def test_hosts_do_not_wait_for_each_other() -> None:
    turns = HostTurns(MemoryLease(), SetClock(), 60.0)
    with turns.turn("a.example", "http://a.example/"), turns.turn("b.example", "http://b.example/"):
        pass


def test_patience_ends_with_the_time_to_come_back() -> None:
    clock = SetClock()
    turns = HostTurns(MemoryLease(), clock, 0.0, patience_s=3.0, ttl_s=30.0)
    with turns.turn("a.example", "http://a.example/"), pytest.raises(BusyError) as caught, turns.turn("a.example", "http://a.example/"):
        pytest.fail("two turns at once")
    assert sum(clock.slept) == pytest.approx(3.0)
    assert caught.value.retry_after_s is not None and 1 <= caught.value.retry_after_s <= 30


def test_a_turn_is_given_back_after_an_error() -> None:
    turns = HostTurns(MemoryLease(), SetClock(), 0.0, patience_s=0.1)
    for _ in range(2):
        with pytest.raises(ZeroDivisionError), turns.turn("a.example", "http://a.example/"):
            raise ZeroDivisionError


def test_a_broker_that_is_gone_is_named() -> None:
    lease = RedisLease("redis://127.0.0.1:1/0")
    with pytest.raises(BrokerError, match="does not answer"):
        lease.acquire("x", 1)
    with pytest.raises(BrokerError):
        lease.release("x", "token")
    lease.close()


def test_a_waiting_thread_gets_the_turn_as_soon_as_it_is_free() -> None:
    turns = HostTurns(MemoryLease(), RealClock(), 0.0)
    inside = threading.Event()

    def hold() -> None:
        with turns.turn("a.example", "http://a.example/"):
            inside.set()
            time.sleep(0.2)

    holder = threading.Thread(target=hold)
    holder.start()
    inside.wait(5)
    started = time.monotonic()
    with turns.turn("a.example", "http://a.example/"):
        waited = time.monotonic() - started
    holder.join()
    assert 0.1 < waited < 2
