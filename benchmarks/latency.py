"""From published to findable: seconds from the moment an item stands in a feed until a search finds its article, p50, p95 and worst.

The whole service runs as `frontwire up` runs it, with its usual tick; publishers and hub are on loopback. Half of the feeds name a hub,
which delivers at once; the others are only polled. All have a new item every nine minutes, so that they are polled every three, the
shortest interval of the policy; the moment of publishing is random. The pages are fetched as well.

    python -m benchmarks.latency [FEEDS OF EACH KIND]
"""

import json
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import quantiles

from aggregator.model import SubscriptionState
from tests.e2e.hub import Hub
from tests.e2e.service import Service, add_feeds
from tests.fetch.loopback import Exchange, serving

FEEDS = 20
GAP = timedelta(minutes=9)
WINDOW_S = 180.0  # within which each feed publishes once: the interval of polls
PATIENCE_S = 420.0
TICK_S = "5"  # the default


@dataclass
class Item:
    """What a feed publishes: a word that nothing else has, and when."""

    hub: Hub
    pushed: bool
    word: str
    due_at: float
    published_at: float = 0.0
    found_after_s: float | None = None


def document(hub: Hub, pushed: bool, word: str | None) -> bytes:
    """The feed with ten old items, and with the new one where there is a word for it."""
    links = f'<atom:link rel="hub" href="{hub.url}"/><atom:link rel="self" href="{hub.topic}"/>' if pushed else ""
    now = datetime.now(UTC)
    hours = [(f"old {hub.name} {n}", now - n * GAP) for n in range(1, 11)]
    hours = [(word, now), *hours] if word else hours
    items = "".join(
        f"<item><title>The bridge report: {name}</title><guid>{name}</guid><link>{hub.server.url(f'/page/{name}'.replace(' ', '-'))}</link>"
        f"<pubDate>{at:%a, %d %b %Y %H:%M:%S} +0000</pubDate><description>Engineers looked at the bridge: {name}.</description></item>"
        for name, at in hours
    )
    return (
        f'<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>Feed {hub.name}</title>{links}{items}</channel></rss>'
    ).encode()


def page(exchange: Exchange) -> None:
    """An article of four sentences."""
    name = exchange.path.removeprefix("/page/")
    text = "".join(
        f"<p>Engineers looked at pier {n} of the bridge and found nothing to complain of, said the district.</p>" for n in range(4)
    )
    exchange.answer(
        200, f"<html><body><article><h1>Bridge report: {name}</h1>{text}</article></body></html>".encode(), Content_Type="text/html"
    )


def publish(items: list[Item], found: Service) -> Iterator[Item]:
    """Publish each item when it is due, and yield those that are found."""
    begun = time.monotonic()
    while waiting := [item for item in items if item.found_after_s is None]:
        if time.monotonic() - begun > WINDOW_S + PATIENCE_S:
            return
        for item in waiting:
            if not item.published_at and time.monotonic() - begun >= item.due_at:
                item.hub.document = document(item.hub, item.pushed, item.word)
                item.published_at = time.monotonic()
                if item.pushed and item.hub.distribute() != [202]:
                    raise SystemExit("the service refused a delivery")
            elif item.published_at and json.loads(found.get(f"/api/v1/search?q={item.word}")[1] or b"{}").get("articles"):
                item.found_after_s = time.monotonic() - item.published_at
                yield item
        time.sleep(0.25)


def main() -> None:
    """Print the table."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 else FEEDS
    dice = random.Random(4711)
    with tempfile.TemporaryDirectory() as folder, serving({}) as server:
        service = Service(Path(folder) / "var", FRONTWIRE_WEBSUB="yes", FRONTWIRE_TICK_S=TICK_S, FRONTWIRE_LEASE_S="120")
        service.environment["FRONTWIRE_BASE_URL"] = service.base
        items = []
        for n in range(2 * number):
            hub = Hub(server, str(n), at_once=True)
            hub.document = document(hub, n % 2 == 0, None)
            for old in range(1, 11):
                server.routes[f"/page/old-{n}-{old}"] = page
            items.append(Item(hub, n % 2 == 0, f"zq{n}word", dice.uniform(0, WINDOW_S)))
            server.routes[f"/page/zq{n}word"] = page
        with service:
            add_feeds(service, {item.hub.topic: f"Feed {item.hub.name}" for item in items})
            service.wait(lambda: all_verified(service, number), 600, "the hub to verify", every_s=2)
            service.settle(900, at_least=20 * number)
            for item in publish(items, service):
                print(f"{'pushed' if item.pushed else 'polled'} {item.found_after_s:6.1f} s", flush=True)
    for kind, pushed in (("by polling", False), ("by WebSub", True)):
        times = sorted(item.found_after_s for item in items if item.pushed is pushed and item.found_after_s is not None)
        cuts = quantiles(times, n=100, method="inclusive")
        print(
            f"{kind:<12} items {number:>3}, found {len(times):>3}  p50 {cuts[49]:6.1f} s  p95 {cuts[94]:6.1f} s  worst {times[-1]:6.1f} s"
        )


def all_verified(service: Service, number: int) -> bool:
    """Whether so many subscriptions are verified."""
    with service.store() as store:
        found = [store.subscriptions.of_feed(feed.id) for feed in store.feeds.all()]
    return sum(one is not None and one.state is SubscriptionState.VERIFIED for one in found) >= number


if __name__ == "__main__":
    main()
