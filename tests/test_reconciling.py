"""The running pipeline under faults: whatever its web, its workers and its feeds do, each day's sums agree at every moment."""

import contextlib
from collections.abc import Callable
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aggregator.errors import BrokerError, BusyError, DisallowedError, FetchError, NetworkError, RefusedError, TooLargeError
from aggregator.model import EntryState, Response, Step
from aggregator.ports import FetchRequest
from aggregator.revisits import Revisits
from aggregator.tagging import Taggers
from tests.newsworld import LEASE_S, START, World, item, page, page_answer, refusal

TEXT = (
    "KUPIANSK, Ukraine - Engineers closed the road bridge over the Oskil on Monday after an inspection found two cracked piers.",
    "The governor of the Kharkiv region said that a ferry would carry ambulances and bread lorries until the middle of the month.",
)


class Broken(Exception):
    """An error that is in no tree: a worker falls over it."""


FAULTS: dict[str, Callable[[str], Exception | None]] = {
    "none": lambda url: None,
    "not found": lambda url: refusal(url, 404),
    "gone": lambda url: refusal(url, 410),
    "forbidden": lambda url: refusal(url, 403),
    "overloaded": lambda url: refusal(url, 503),
    "no answer": lambda url: NetworkError("It does not answer.", url),
    "busy": lambda url: BusyError("Not now.", url, retry_after_s=2),
    "robots.txt": lambda url: DisallowedError("robots.txt asks not to.", url),
    "refused": lambda url: RefusedError("No public address.", url),
    "too large": lambda url: TooLargeError("More than 10 MB.", url),
    "broker away": lambda url: BrokerError("Valkey does not answer."),
    "breaks": lambda url: Broken("no such case"),
}


class FaultyFetcher:
    """The world's fetcher, in the way of which faults come in the order in which they were drawn."""

    def __init__(self, world: World, faults: list[str]) -> None:
        self.inner, self.faults = world.fetcher, faults

    def get(self, request: FetchRequest) -> Response:
        fault = FAULTS[self.faults.pop()](request.url) if self.faults else None
        if fault is not None:
            raise fault
        return self.inner.get(request)


def agrees(world: World) -> None:
    days = world.store.ledger.days(None, START)
    assert not [day for day in days if day.missing]
    assert sum(day.seen for day in days) == len(world.entries()) == sum(world.store.ledger.counts().values())


def turn(world: World, lose: bool) -> None:
    """One turn of the workers; ``lose``: what they claim is lost with them."""
    pipeline, now = world.pipeline, world.clock.now()
    for entry in world.store.ledger.claim(Step.FETCH, now, LEASE_S, 100, per_host=8):
        if lose:
            continue
        try:
            world.fetching.page(entry.id)
        except Broken as error:
            world.fetching.page_broke(entry.id, error)
    for entry in world.store.ledger.claim(Step.PROCESS, now, LEASE_S, 100):
        if not lose:
            pipeline.process(entry.id)
    for visit in world.store.revisits.claim(Step.FETCH, now, LEASE_S, 100, per_host=8):
        with contextlib.suppress(Broken):
            if world.fetching.visit(visit.article_id):
                Revisits(pipeline).process(visit.article_id)
    agrees(world)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    faults=st.lists(st.sampled_from(sorted(FAULTS)), max_size=30),
    shown=st.lists(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 2)), max_size=4), min_size=2, max_size=4),
    lost=st.lists(st.booleans(), max_size=6),
)
def test_the_sums_agree_at_every_moment(taggers: Taggers, faults: list[str], shown: list[list[tuple[int, int]]], lost: list[bool]) -> None:
    world = World(lambda: taggers)
    feeds = [world.subscribe(), world.subscribe("ferryman")]
    world.ask(FaultyFetcher(world, faults))
    for round_no, items in enumerate(shown):
        feed = feeds[round_no % 2]
        for number, version in items:
            link = f"https://courier.example/a/{number}"
            world.fetcher.says(link, page_answer(link, page(f"Report {number}", (*TEXT, f"Report {number}, version {version}."))))
        world.publish(feed, *(item(f"https://courier.example/a/{n}", f"Report {n}", f"g{n}", f"Teaser {v}") for n, v in items))
        claimed = world.store.feeds.claim(feed.id, world.clock.now(), LEASE_S)
        assert claimed is not None
        try:
            world.polling.now(claimed)
        except Broken as error:
            world.polling.settle([world.polling.broke(claimed, error)])
        agrees(world)
        turn(world, lost.pop() if lost else False)
        world.clock.sleep(timedelta(hours=7).total_seconds())
    for _ in range(12):
        turn(world, False)
        world.clock.sleep(timedelta(minutes=61).total_seconds())
    assert world.store.ledger.counts()[EntryState.PENDING] == 0
    for entry in world.entries():
        assert entry.state is not EntryState.FAILED or entry.reason
    world.close()


def test_every_fault_is_one() -> None:
    for name, fault in FAULTS.items():
        made = fault("https://courier.example/")
        assert (made is None) is (name == "none")
        assert isinstance(made, FetchError | BrokerError | Broken | None)
