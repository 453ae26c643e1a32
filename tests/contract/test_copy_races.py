"""Copies that come in bursts to many workers are grouped as one worker would have grouped them, whoever dies on the way."""

import os
import random
import signal
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import combinations

import pytest
from sqlalchemy import event

from aggregator.identity.copies import fingerprint, join
from aggregator.model import Tags
from aggregator.pipeline import Pipeline
from aggregator.rebuild import Rebuild
from aggregator.storage.engine import open_store
from aggregator.storage.index import open_index
from aggregator.storage.store import SqlStore
from tests.arranged import no_taggers
from tests.contract.builders import NOON, feed, later, stored
from tests.contract.test_store_races import FORK
from tests.identity.test_copies import story
from tests.newsworld import HandClock

WORKERS = 16
PROCESSES = 4
ORIGINS, COPIES = 6, 6
LEASE_S = 0.4  # of a follower that may be killed
CLOSE = 0.01  # of pair F1


def burst(seed: int = 5) -> list[tuple[int, str]]:
    """Texts of several origins with their copies (whole, cut, re-headed), each origin's in one burst; with the number of the origin."""
    rng = random.Random(seed)
    texts = []
    for number in range(ORIGINS):
        whole = story(100 * seed + number, 14).split(". ")
        for copy in range(COPIES):
            sentences = list(whole)
            if copy % 3 == 1:
                sentences = sentences[: rng.randrange(7, 14)]
            elif copy % 3 == 2:
                sentences.insert(0, f"The desk of paper {copy} reports from the quay")
                del sentences[rng.randrange(3, len(sentences))]
            texts.append((number, ". ".join(sentences)))
    return texts


TEXTS = burst()


def pair_f1(found: Sequence[int], truth: Sequence[int]) -> float:
    pairs = [(truth[a] == truth[b], found[a] == found[b]) for a, b in combinations(range(len(truth)), 2)]
    right, wrong = sum(same and said for same, said in pairs), sum(same is not said for same, said in pairs)
    return 2 * right / (2 * right + wrong)


def quality(store: SqlStore, ids: Sequence[int]) -> float:
    """Pair F1 of the copy groups of articles with the texts of the burst, in its order."""
    groups = store.copies.groups(ids)
    return pair_f1([groups.get(ident, ident) for ident in ids], [origin for origin, _ in TEXTS])


def grouped(store: SqlStore) -> set[frozenset[int]]:
    ids = store.articles.ids()
    groups = store.copies.groups(ids)
    return {frozenset(a for a in ids if groups.get(a, a) == groups.get(ident, ident)) for ident in ids}


def put_all(store: SqlStore) -> list[int]:
    texts = enumerate(TEXTS, 1)
    return [
        stored(store, n, Tags(), title=f"Report {n}", body=body, published_at=later(minutes=n), language=None) for n, (_, body) in texts
    ]


def joiner(store: SqlStore, ids: Sequence[int]) -> Callable[[int], None]:
    return lambda number: void(join(fingerprint(ids[number], TEXTS[number][1], NOON, outlet_id=f"o{number}"), store.copies))


def void(_: object) -> None:
    """Nothing is done with what came of it."""


def pipeline(store: SqlStore) -> Pipeline:
    return Pipeline(store, open_index("sqlite://"), HandClock(later(hours=3)), no_taggers, LEASE_S)


@pytest.fixture(scope="module")
def serial() -> tuple[float, set[frozenset[int]]]:
    """What one worker makes of it, one text after the other."""
    store = open_store("sqlite://")
    assert isinstance(store, SqlStore)
    ids = put_all(store)
    follow(pipeline(store))
    found = quality(store, ids), grouped(store)
    store.close()
    return found


def follow(follower: Pipeline) -> None:
    """Follow to the end of the log, waiting while somebody else has the turn."""
    while follower.index_lag():
        if not follower.follow():
            time.sleep(LEASE_S / 8)


def test_the_burst_is_worth_grouping(serial: tuple[float, set[frozenset[int]]]) -> None:
    assert serial[0] > 0.97 and len(serial[1]) >= ORIGINS


def test_threads_group_as_one_does(shared_url: str, serial: tuple[float, set[frozenset[int]]]) -> None:
    store = open_store(shared_url)
    ids = put_all(store)
    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(joiner(store, ids), range(len(ids))))
    assert quality(store, ids) >= serial[0] - CLOSE
    store.close()


def test_processes_group_as_one_does(shared_url: str, serial: tuple[float, set[frozenset[int]]]) -> None:
    store = open_store(shared_url)
    ids = put_all(store)

    def work(first: int) -> None:
        with ThreadPoolExecutor(WORKERS // PROCESSES) as pool:
            list(pool.map(joiner(store, ids), range(first, len(ids), PROCESSES)))
        os._exit(0)

    children = [FORK.Process(target=work, args=(first,)) for first in range(PROCESSES)]
    for child in children:
        child.start()
    for child in children:
        child.join(120)
    assert [child.exitcode for child in children] == [0] * PROCESSES
    assert quality(store, ids) >= serial[0] - CLOSE
    store.close()


def test_articles_that_workers_store_while_followers_follow(shared_url: str, serial: tuple[float, set[frozenset[int]]]) -> None:
    store = open_store(shared_url)
    feed(store)
    done = threading.Event()

    def put(number: int) -> int:
        body = TEXTS[number][1]
        return stored(store, number, Tags(), title=f"Report {number}", body=body, published_at=later(minutes=number), language=None)

    def keep_following() -> None:
        follower = pipeline(store)
        while not done.is_set() or follower.index_lag():
            if not follower.follow(limit=7):
                time.sleep(LEASE_S / 8)

    followers = [threading.Thread(target=keep_following) for _ in range(2)]
    for follower in followers:
        follower.start()
    with ThreadPoolExecutor(WORKERS) as pool:
        ids = list(pool.map(put, range(len(TEXTS))))
    done.set()
    for follower in followers:
        follower.join(120)
    assert len(store.articles.ids()) == len(TEXTS) == len(set(ids))
    assert quality(store, ids) >= serial[0] - CLOSE
    store.close()


@pytest.mark.parametrize("written", [2, 15])
def test_a_follower_that_is_killed_and_run_again(shared_url: str, serial: tuple[float, set[frozenset[int]]], written: int) -> None:
    store = open_store(shared_url)
    put_all(store)
    count = 0

    def die(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        nonlocal count
        count += "SET copy_group" in statement
        if count == written:
            os.kill(os.getpid(), signal.SIGKILL)

    def work() -> None:
        event.listen(store.database.engine, "after_cursor_execute", die)
        follow(pipeline(store))

    child = FORK.Process(target=work)
    child.start()
    child.join(120)
    assert child.exitcode == -signal.SIGKILL
    follow(pipeline(store))  # once the lease of the dead has lapsed
    assert grouped(store) == serial[1]
    store.close()


def test_a_rebuild_groups_as_the_stream_did(shared_url: str, serial: tuple[float, set[frozenset[int]]]) -> None:
    store = open_store(shared_url)
    put_all(store)
    follower = pipeline(store)
    follow(follower)
    assert grouped(store) == serial[1]
    Rebuild(follower).copies(lambda ids: ids)
    assert grouped(store) == serial[1]
    store.close()
