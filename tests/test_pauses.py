"""A pause that a server asks for counts from its answer: waiting for a host's turn and for a slow server does not shorten it."""

from dataclasses import dataclass
from datetime import timedelta

import pytest

from aggregator.errors import BusyError, FetchError, HttpError
from aggregator.model import EntryState, Response, Step
from aggregator.ports import FetchRequest
from tests.newsworld import HandClock, World, item, page

LINK = "https://courier.example/news/ferry-77"
SLOW_S = 25.0  # until the answer is there
ASKED_S = 3600.0


@dataclass
class SlowRefusal:
    """A server that takes its time and then says no."""

    clock: HandClock
    error: FetchError

    def get(self, request: FetchRequest) -> Response:
        self.clock.sleep(SLOW_S)
        raise self.error


def refusals(url: str) -> list[FetchError]:
    return [HttpError("Too many.", url, status=429, retry_after_s=ASKED_S), BusyError("Its turn has not come.", url, retry_after_s=ASKED_S)]


@pytest.mark.parametrize("which", [0, 1], ids=["refused", "busy"])
def test_a_feed(world: World, which: int) -> None:
    feed = world.subscribe()
    world.ask(SlowRefusal(world.clock, refusals(feed.url)[which]))
    begun = world.clock.now()
    (claimed,) = world.store.feeds.claim_due(begun, 60, 1)
    world.polling.now(claimed)
    after = world.store.feeds.get(feed.id)
    assert after.next_poll_at is not None
    assert after.next_poll_at >= begun + timedelta(seconds=SLOW_S + ASKED_S)


@pytest.mark.parametrize("which", [0, 1], ids=["refused", "busy"])
def test_a_page(world: World, which: int) -> None:
    feed = world.subscribe()
    world.fetcher.says(LINK, page("The ferry runs", ["The ferry at Kupiansk runs again."]))
    world.publish(feed, item(LINK, "The ferry runs"))
    world.poll(feed)
    world.ask(SlowRefusal(world.clock, refusals(LINK)[which]))
    begun = world.clock.now()
    (entry,) = world.store.ledger.claim(Step.FETCH, begun, 60, 10)
    assert not world.fetching.page(entry.id)
    waiting = world.store.ledger.get(entry.id)
    assert waiting.state is EntryState.PENDING
    early = begun + timedelta(seconds=SLOW_S + ASKED_S - 1)
    assert world.store.ledger.claim(Step.FETCH, early, 60, 10) == ()
    assert world.store.ledger.claim(Step.FETCH, early + timedelta(hours=2), 60, 10)
