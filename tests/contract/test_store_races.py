"""What must hold when several threads and processes use a store at once, and when one of them dies."""

import multiprocessing
import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import event

from aggregator.errors import StorageError
from aggregator.model import Alias, EntryState, Step, Tags
from aggregator.ports import FetchedPage, Fingerprint
from aggregator.storage.engine import open_store
from aggregator.storage.store import SqlStore
from tests.contract.builders import KYIV, NOON, article, entered, feed, full_tags, later, link, seen, stored

THREADS = 8
PROCESSES = 4
FORK = multiprocessing.get_context("fork")  # as prefork workers come to be


def _together(work: Callable[[int], Any], threads: int = THREADS) -> list[Any]:
    """Run the work in threads that begin at the same moment; return what each gave."""
    barrier = threading.Barrier(threads)

    def run(number: int) -> Any:
        barrier.wait()
        return work(number)

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(run, range(threads)))


def _forked(work: Callable[[int], None]) -> list[int | None]:
    """Run the work in child processes; return their exit codes."""
    children = [FORK.Process(target=work, args=(number,)) for number in range(PROCESSES)]
    for child in children:
        child.start()
    for child in children:
        child.join(60)
    return [child.exitcode for child in children]


def test_the_same_article_from_all_sides_is_one_article(store: SqlStore) -> None:
    entries = entered(store, feed(store).id, [seen(str(n)) for n in range(THREADS)], NOON)
    given = _together(lambda n: store.articles.add(article(1), [link(1), Alias("amp", "amp.example/1")], full_tags(), NOON, entries[n]))
    assert Counter(ident is None for ident in given) == {True: THREADS - 1, False: 1}
    assert store.ledger.counts()[EntryState.STORED] == 1
    assert store.totals().articles == 1
    assert len(store.changes.since(0, 99)) == 1


def test_the_same_article_under_other_urls_is_one_article(store: SqlStore) -> None:
    """Each names its own URL first, and all the others' as aliases, in an order of its own."""
    feed(store)
    aliases = [Alias("canonical", article(n).url_key) for n in range(THREADS)]
    given = _together(lambda n: store.articles.add(article(n), aliases[n:] + aliases[:n], Tags(), NOON))
    assert sum(ident is not None for ident in given) == 1
    assert len({hit.article_id for hit in store.articles.find(aliases)}) == 1


def test_no_entry_is_claimed_twice(store: SqlStore) -> None:
    ids = entered(store, feed(store).id, [seen(str(n), link=f"https://h{n % 7}.example/{n}") for n in range(60)], NOON)

    def work(number: int) -> list[int]:
        got: list[int] = []
        while claimed := store.ledger.claim(Step.FETCH, later(minutes=1), 600, 3, per_host=None if number % 2 else 2):
            got += [entry.id for entry in claimed]
        return got

    claimed = [ident for part in _together(work) for ident in part]
    assert sorted(claimed) == sorted(ids)


def test_no_two_claimers_share_a_host(store: SqlStore) -> None:
    store.ledger.see(feed(store).id, [seen(str(n), link=f"https://h{n % 5}.example/{n}") for n in range(40)], NOON)
    claimed = _together(lambda _: store.ledger.claim(Step.FETCH, later(minutes=1), 600, 40, per_host=1))
    hosts = [(entry.entry.link or "").split("/")[2] for part in claimed for entry in part]
    assert len(hosts) == len(set(hosts)) == 5


def test_no_feed_is_claimed_twice(store: SqlStore) -> None:
    ids = [feed(store, number).id for number in range(30)]

    def work(number: int) -> list[int]:
        got = [of.id for of in [store.feeds.claim(ids[0], NOON, 600)] if of is not None]
        while claimed := store.feeds.claim_due(NOON, 600, 4):
            got += [of.id for of in claimed]
        return got

    claimed = [ident for part in _together(work) for ident in part]
    assert sorted(claimed) == ids


def test_a_follower_never_misses_a_change(store: SqlStore) -> None:
    """On PostgreSQL numbers are given before commits: without care a follower reads 8, and 7 appears behind its back."""
    feed(store)
    followed: list[int] = []
    done = threading.Event()

    def follow() -> None:
        seq = 0
        while True:
            finished = done.is_set()
            for change in store.changes.since(seq, 5):
                followed.append(change.article_id)
                seq = change.seq
            if finished and seq == store.changes.head():
                return

    follower = threading.Thread(target=follow)
    follower.start()
    added = _together(lambda n: [store.articles.add(article(100 * n + i), [], full_tags(), NOON) for i in range(6)])
    done.set()
    follower.join()
    assert sorted(followed) == sorted(ident for part in added for ident in part)


def test_changes_appear_in_the_order_of_their_numbers(store: SqlStore) -> None:
    """One transaction has its number and takes its time; the next one must not be visible before it."""
    feed(store)
    numbered = threading.Event()

    def linger(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if "INSERT INTO changes" in statement and not numbered.is_set():
            numbered.set()
            time.sleep(0.3)

    event.listen(store.database.engine, "after_cursor_execute", linger)
    try:
        with ThreadPoolExecutor(1) as pool:
            slow = pool.submit(store.articles.add, article(1), [], Tags(), NOON)
            assert numbered.wait(10)
            quick = store.articles.add(article(2), [], Tags(), NOON)
            visible = [change.article_id for change in store.changes.since(0, 9)]
            assert visible == [slow.result(), quick]
    finally:
        event.remove(store.database.engine, "after_cursor_execute", linger)


def test_of_two_copies_one_at_least_sees_the_other(store: SqlStore) -> None:
    ids = [stored(store, number) for number in range(THREADS)]

    def work(number: int) -> Collection[int]:
        store.copies.put(Fingerprint(ids[number], NOON, (1, 2, 100 + number), frozenset(), 9))
        return store.copies.sharing([1], NOON, THREADS)[1]

    sight = dict(zip(ids, _together(work), strict=True))
    assert all(a in sight[b] or b in sight[a] for a in ids for b in ids)


def test_workers_that_share_a_database_never_hinder_each_other(shared_url: str) -> None:
    """Children of a process that has the store open, as prefork workers are: they claim, store, learn and finish."""
    store = open_store(shared_url)
    of = feed(store)
    store.ledger.see(of.id, [seen(f"e{n}", link=f"https://harbour.example/news/{n // 2}") for n in range(80)], NOON)

    def work(_number: int) -> None:
        while claimed := store.ledger.claim(Step.FETCH, later(minutes=1), 600, 5):
            for entry in claimed:
                number = int(entry.key[1:]) // 2
                store.ledger.fetched(entry.id, FetchedPage(None), NOON)
                new, guid = article(number), Alias("guid", entry.key, of.id)
                if store.articles.add(new, [guid, link(number)], full_tags(), NOON, entry.id) is None:
                    (hit,) = store.articles.find([link(number)])
                    store.articles.again(hit.article_id, [guid], NOON, entry.id)
                (of_ours,) = store.articles.find([link(number)])
                store.lines.learn("harbour.example", of_ours.article_id, [2, 3, number << 8], frozenset.__eq__, 50)
        os._exit(0)

    assert _forked(work) == [0] * PROCESSES
    counts = store.ledger.counts()
    assert (counts[EntryState.STORED], counts[EntryState.KNOWN], counts[EntryState.PENDING]) == (40, 40, 0)
    assert store.totals().articles == 40  # and the parent's connections still work
    learnt = store.lines.of_host("harbour.example")
    assert {article.article_id for article in learnt} == set(store.articles.ids()) and len(learnt) == 40
    store.close()


def test_a_worker_killed_in_the_middle_leaves_nothing(shared_url: str) -> None:
    store = open_store(shared_url)
    (entry,) = entered(store, feed(store).id, [seen("k")], NOON)

    def die(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if "INSERT INTO changes" in statement:  # the last thing that `add` does
            os.kill(os.getpid(), signal.SIGKILL)

    def work(_number: int) -> None:
        event.listen(store.database.engine, "before_cursor_execute", die)
        store.articles.add(article(), [link()], full_tags(), NOON, entry)

    assert _forked(work) == [-signal.SIGKILL] * PROCESSES
    assert store.articles.ids() == ()
    assert store.articles.find([link()]) == ()
    assert store.articles.places([KYIV.id]) == {}
    assert store.ledger.get(entry).state is EntryState.PENDING
    assert store.articles.add(article(), [link()], full_tags(), NOON, entry) is not None
    store.close()


def test_a_transaction_that_fails_in_the_middle_leaves_nothing(store: SqlStore) -> None:
    (entry,) = entered(store, feed(store).id, [seen("k")], NOON)
    ident = stored(store, 5)
    nowhere = replace(full_tags().mentions[0], place=replace(KYIV, lat=None))  # type: ignore[arg-type]  # what no database takes
    before = store.changes.head()
    writes: list[Callable[[], object]] = [
        lambda: store.articles.add(article(1), [link(1)], Tags(mentions=(nowhere,)), NOON, entry),
        lambda: store.articles.revise(ident, article(5), [link(1)], Tags(mentions=(nowhere,)), NOON, entry),
        lambda: store.articles.retag(ident, Tags(mentions=(nowhere,)), NOON),
    ]
    for write in writes:
        with pytest.raises(StorageError):
            write()
    assert store.articles.ids() == (ident,)
    assert store.articles.find([link(1)]) == ()
    assert len(store.articles.revisions(ident)) == 1
    assert store.articles.tags([ident]) == {ident: Tags(language="en")}
    assert store.ledger.get(entry).state is EntryState.PENDING
    assert store.changes.head() == before
