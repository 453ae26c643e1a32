"""RevisitStore: pages of articles that are to be looked at again."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from aggregator.model import Outcome, RawPage, Step, Tags
from aggregator.ports import FetchedPage, Revisit, Visit
from aggregator.storage.store import SqlStore
from tests.contract.builders import NOON, article, draft, entered, feed, later, link, seen

HALF = later(minutes=30)
VISIT = Visit("https://harbour.example/news/1", HALF, '"v1"', "Wed, 04 Mar 2026 12:00:00 GMT", "aa")
FULL = FetchedPage(
    RawPage("https://harbour.example/n", b"<html>", "text/html", "https://harbour.example/1", 200), None, "", ("a",), '"v2"', "now"
)


def put(store: SqlStore, number: int = 1, visit: Visit | None = VISIT, feed_number: int = 1) -> int:
    """Store an article of a feed, with its next visit."""
    of = feed(store, feed_number)
    new = article(number, feed_id=of.id)
    ident = store.articles.add(new, [link(number)], Tags(), NOON, None, visit)
    assert ident is not None
    return ident


def claimed(store: SqlStore, minutes: float = 30, step: Step = Step.FETCH, limit: int = 9, per_host: int | None = None) -> list[int]:
    return [visit.article_id for visit in store.revisits.claim(step, later(minutes=minutes), 60, limit, per_host)]


def test_a_visit_is_planned_with_its_article(store: SqlStore) -> None:
    ident = put(store)
    assert store.revisits.get(ident) == Revisit(ident, VISIT.url, Step.FETCH, HALF, VISIT.etag, VISIT.last_modified, "aa")
    assert claimed(store, 29) == []
    assert claimed(store) == [ident]
    assert claimed(store) == []  # under its lease
    assert claimed(store, 31) == [ident]


def test_no_visit_is_planned_where_none_is_given(store: SqlStore) -> None:
    for visit in (None, replace(VISIT, next_at=None)):
        ident = put(store, 1 if visit is None else 2, visit)
        assert store.revisits.get(ident) is None
        store.revisits.done(ident, VISIT)  # a doubled message plans none either
        store.revisits.later(ident, NOON, attempt=True)
        store.revisits.fetched(ident, FULL, NOON)
        assert store.revisits.get(ident) is None and store.revisits.fetched_page(ident) is None


def test_the_oldest_come_first(store: SqlStore) -> None:
    ids = [put(store, n, replace(VISIT, next_at=later(minutes=10 - n))) for n in range(5)]
    assert claimed(store, limit=2) == [ids[4], ids[3]]
    assert claimed(store) == [ids[2], ids[1], ids[0]]


def test_a_host_has_its_turn_and_new_entries_go_first(store: SqlStore) -> None:
    here = [put(store, n) for n in range(1, 5)]
    there = put(store, 9, replace(VISIT, url="https://other.example/9"))
    assert claimed(store, limit=9, per_host=2) == [*here[:2], there]
    assert claimed(store, limit=9, per_host=2) == []  # in use
    (entry,) = entered(store, feed(store).id, [seen("k")], HALF)
    assert claimed(store, 33, per_host=2) == [there]  # the host has something new to fetch
    store.ledger.fetched(entry, FetchedPage(None), HALF)
    assert claimed(store, 35, per_host=1) == [here[0], there]


def test_those_of_a_paused_or_removed_feed_are_left_alone(store: SqlStore) -> None:
    ids = [put(store, 1, feed_number=1), put(store, 2, feed_number=2)]
    of = store.feeds.by_url(draft(1).url)
    assert of is not None
    store.feeds.pause(of.id, True, NOON)
    assert claimed(store) == ids[1:]
    store.feeds.pause(of.id, False, NOON)
    assert claimed(store) == ids[:1]
    store.feeds.remove(of.id)
    assert claimed(store, 60) == ids[1:]


def test_an_unchanged_page_is_planned_anew(store: SqlStore) -> None:
    ident = put(store)
    claimed(store)
    store.revisits.later(ident, later(minutes=40), attempt=True)
    assert claimed(store, 39) == [] and (found := store.revisits.get(ident)) is not None and found.attempts == 1
    store.revisits.done(ident, Visit(VISIT.url, later(hours=2), '"v2"', None, "bb"))
    assert store.revisits.get(ident) == Revisit(ident, VISIT.url, Step.FETCH, later(hours=2), '"v2"', None, "bb")
    store.revisits.skip(ident, later(hours=12))
    assert store.revisits.get(ident) == Revisit(ident, VISIT.url, Step.FETCH, later(hours=12), '"v2"', None, "bb")
    store.revisits.done(ident, replace(VISIT, next_at=None))
    assert store.revisits.get(ident) is None


def test_a_page_is_kept_until_it_is_read(store: SqlStore) -> None:
    ident = put(store)
    claimed(store)
    store.revisits.fetched(ident, FULL, HALF)
    assert store.revisits.fetched_page(ident) == FULL
    assert claimed(store, 31) == []
    assert claimed(store, 30.5, Step.PROCESS) == []  # under a lease for the worker to whom it was handed
    assert claimed(store, 31, Step.PROCESS) == [ident]
    store.revisits.renew([ident], later(minutes=31), 60, attempt=True)
    assert (found := store.revisits.get(ident)) is not None and (found.step, found.attempts) == (Step.PROCESS, 1)
    store.articles.revise(ident, article(1, body="More."), [], Tags(), later(minutes=31), None, replace(VISIT, next_at=later(hours=2)))
    assert store.revisits.fetched_page(ident) is None
    assert (found := store.revisits.get(ident)) is not None and (found.step, found.due_at) == (Step.FETCH, later(hours=2))
    store.revisits.fetched(ident, FULL, HALF)
    store.articles.again(ident, [], HALF, None, "the text is unchanged", replace(VISIT, next_at=None))
    assert store.revisits.get(ident) is None and store.revisits.fetched_page(ident) is None


def test_a_page_that_is_gone_is_noted_until_it_is_there_again(store: SqlStore) -> None:
    ident = put(store)
    assert (store.articles.get(ident).gone_since, store.totals().gone, store.totals().edited) == (None, 0, 0)
    store.revisits.gone(ident, HALF, later(hours=2))
    store.revisits.gone(ident, later(hours=2), later(hours=12))
    assert (store.articles.get(ident).gone_since, store.totals().gone) == (HALF, 1)
    assert (found := store.revisits.get(ident)) is not None and found.due_at == later(hours=12)
    store.revisits.done(ident, VISIT)
    assert (store.articles.get(ident).gone_since, store.totals().gone) == (None, 0)
    store.revisits.gone(ident, later(hours=12), None)
    assert store.revisits.get(ident) is None
    store.articles.again(ident, [], NOON, None, "", Visit(VISIT.url, HALF))  # a feed's text says nothing of the page
    assert store.articles.get(ident).gone_since == later(hours=12)
    store.articles.revise(ident, article(1, body="Back."), [], Tags(), NOON, None, VISIT)
    assert store.articles.get(ident).gone_since is None
    assert store.totals().edited == 1


def test_no_visit_is_claimed_twice(store: SqlStore) -> None:
    ids = [put(store, n, replace(VISIT, url=f"https://h{n % 5}.example/{n}")) for n in range(20)]

    def work(number: int) -> list[int]:
        got: list[int] = []
        while more := claimed(store, limit=3, per_host=None if number % 2 else 2):
            got += more
        return got

    with ThreadPoolExecutor(6) as pool:
        assert sorted(ident for part in pool.map(work, range(6)) for ident in part) == ids


def test_removing_the_sample_takes_the_visits_along(store: SqlStore) -> None:
    of = feed(store, 3, sample=True)
    ident = store.articles.add(article(3, feed_id=of.id, sample=True, outcome=Outcome.FULL), [], Tags(), NOON, None, VISIT)
    assert ident is not None
    store.revisits.fetched(ident, FULL, NOON)
    store.feeds.remove_sample()
    assert store.revisits.get(ident) is None and store.revisits.fetched_page(ident) is None
