"""WebSub with the whole service: its own workers subscribe, are verified, and find what is pushed without a poll."""

import json
from pathlib import Path

import pytest

from aggregator.model import SubscriptionState
from tests.e2e.hub import hub
from tests.e2e.service import Service, add_feeds

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


def test_what_a_hub_pushes_can_be_searched(tmp_path: Path) -> None:
    service = Service(tmp_path / "var", FRONTWIRE_WEBSUB="yes")
    service.environment["FRONTWIRE_BASE_URL"] = service.base
    with hub() as courier, service:
        courier.at_once = True
        add_feeds(service, {courier.topic: "The Courier"})

        def verified() -> bool:
            with service.store() as store:
                (feed,) = store.feeds.all()
                subscription = store.subscriptions.of_feed(feed.id)
                return subscription is not None and subscription.state is SubscriptionState.VERIFIED

        service.wait(verified, 60, "the hub to verify")
        polls = courier.polls
        courier.publish("First", "Engineers closed the bridge at Kupiansk")
        assert courier.distribute() == [202]
        service.wait(lambda: bool(found(service, "engineers kupiansk")), 90, "what was pushed to be found")
        assert courier.polls == polls, "no poll brought it"

        done = service.command("feed", "remove", "--yes", "1")
        assert done.returncode == 0, done.stderr
        service.wait(lambda: not courier.subscribers, 60, "the hub to be told that nobody wants it any more")


def found(service: Service, query: str) -> list[object]:
    """Articles that a search finds."""
    code, body = service.get("/api/v1/search?q=" + query.replace(" ", "+"))
    items: list[object] = json.loads(body)["articles"] if code == 200 else []
    return items
