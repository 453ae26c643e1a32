"""The press with its faults switched on, and a desk that reads it: the real pipeline in this process, over a folder of its own, by a
clock that is moved by hand."""

import re
import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any

from aggregator.app import App, build
from aggregator.fetch.connection import Limits
from aggregator.fetch.http import HttpFetcher
from aggregator.identity.urls import key
from aggregator.model import Article, EntryState, Feed, FeedDraft, LedgerEntry, Outlet, Poll, Step
from aggregator.settings import Settings
from aggregator.tagging import Taggers

OUTLETS = ("127.0.1.0/24", "127.0.3.0/24")  # where the press has its outlets; the canary is outside of them
NETWORKS = tuple(ip_network(text) for text in OUTLETS)
PATIENCE_S = 5.0  # for one exchange on loopback; a busy machine may take its time
GAP_S = 0.002
LEASE_S = 60.0
BATCH = 50


def names_of_faults(catalogue: Path) -> list[str]:
    """The faults as the press's catalogue (faults.py) registers them, without running it."""
    return re.findall(r'^@(?:feed|article)\(\s*"(\w+)"', catalogue.read_text(encoding="utf-8"), re.MULTILINE)


class MovedClock:
    """ports.Clock that runs like the real one, from an hour that was set, and jumps ahead when told to."""

    def __init__(self, at: datetime) -> None:
        self._at, self._since = at, time.monotonic()

    def now(self) -> datetime:
        return self._at + timedelta(seconds=time.monotonic() - self._since)

    def sleep(self, seconds: float) -> None:
        time.sleep(max(0.0, seconds))

    def jump(self, to: datetime) -> None:
        """Go on from that hour; never back."""
        self._at += max(to - self.now(), timedelta(0))


@dataclass(slots=True)
class Desk:
    """The product over a data folder, worked by one thread."""

    app: App
    clock: MovedClock

    @classmethod
    def open(cls, folder: Path, at: datetime, taggers: Taggers, *, empty: Path | None = None) -> "Desk":
        """``empty``: a database without rows, to start from a copy of it rather than to make the tables anew."""
        folder.mkdir(parents=True, exist_ok=True)
        if empty is not None:
            shutil.copy(empty, folder / "frontwire.db")
        settings = Settings(data_dir=folder, host_gap_s=GAP_S, fetch_allow=NETWORKS, fetch_only=NETWORKS, lease_s=LEASE_S)
        clock = MovedClock(at)
        app = build(settings, clock)
        vars(app)["taggers"] = taggers  # what takes seconds to load serves many desks
        vars(app)["lease"] = app.store.leases  # no broker, not even one that a service of this folder had
        desk = cls(app, clock)
        desk.patience(PATIENCE_S)
        return desk

    def patience(self, seconds: float) -> None:
        """Give every exchange so many seconds in all from now on."""
        made, app = vars(self.app), self.app
        made["fetcher"] = HttpFetcher(app.settings, app.lease, self.clock, limits=Limits(total_s=seconds))
        for user in ("polling", "fetching"):  # made anew at their next use, with the new fetcher
            made.pop(user, None)

    def subscribe(self, url: str, name: str) -> Feed:
        outlet = Outlet(id=re.sub(r"\W+", "-", name.lower()), name=name)
        return self.app.store.feeds.add(FeedDraft(url, name, outlet), self.clock.now())[0]

    def poll(self, feed_id: int) -> tuple[Feed, Poll]:
        """Poll once: at the hour the feed is due, or, where it is not to be polled any more, now, as an operator asks for it."""
        feeds = self.app.store.feeds
        due = feeds.get(feed_id).next_poll_at
        if due is None:
            feeds.poll_now([feed_id], self.clock.now())
        else:
            self.clock.jump(due)
        (claimed,) = feeds.claim_due(self.clock.now(), LEASE_S, 10)
        assert claimed.id == feed_id
        poll = self.app.polling.now(claimed)
        assert poll is not None, "its host is busy, though nobody else asks"
        return feeds.get(feed_id), poll

    def drain(self, at_most: int, within: timedelta = timedelta(hours=2)) -> None:
        """Fetch and process what is pending, each at the hour it is due, oldest first; no more than ``at_most`` entries."""
        fetching, pipeline, ledger = self.app.fetching, self.app.pipeline, self.app.store.ledger
        deadline, done = self.clock.now() + within, 0
        while ledger.counts()[EntryState.PENDING] and done < at_most:
            claimed = ledger.claim(Step.FETCH, self.clock.now(), LEASE_S, BATCH)
            for entry in claimed:
                if fetching.page(entry.id):
                    pipeline.process(entry.id)
                    done += 1
            if not claimed:
                assert self.clock.now() < deadline, [entry for entry in self.entries() if entry.state is EntryState.PENDING]
                self.clock.jump(self.clock.now() + timedelta(minutes=2))
        while pipeline.index_lag():
            assert pipeline.follow()

    def look_again(self) -> None:
        """Visit every page of an article that is to be visited within the hour."""
        self.clock.jump(self.clock.now() + timedelta(hours=1))
        for visit in self.app.store.revisits.claim(Step.FETCH, self.clock.now(), LEASE_S, 1000):
            if self.app.fetching.visit(visit.article_id):
                self.app.revisits.process(visit.article_id)

    def entries(self) -> list[LedgerEntry]:
        """The ledger, oldest first."""
        ledger = self.app.store.ledger
        found = (entry for feed in self.app.store.feeds.all() for entry in ledger.of_feed(feed.id, limit=100_000))
        return sorted(found, key=lambda entry: entry.id)

    def articles(self) -> dict[int, Article]:
        """Every article by its id."""
        articles, found = self.app.store.articles, dict[int, Article]()
        while ids := articles.ids(max(found, default=0)):
            found |= {article.id: article for article in articles.many(ids)}
        return found

    def close(self) -> None:
        self.app.close()


def agree(desk: Desk) -> None:
    """Fail unless every entry that came in is in exactly one state, and each state is as the ledger promises."""
    entries, ledger = desk.entries(), desk.app.store.ledger
    days = ledger.days(None, datetime(1990, 1, 1, tzinfo=UTC))
    assert not [day for day in days if day.missing]
    assert sum(day.seen for day in days) == len(entries) == sum(ledger.counts().values())
    for entry in entries:
        assert (entry.state is EntryState.PENDING) is (entry.step is not None), entry
        assert entry.reason or entry.state not in (EntryState.FAILED, EntryState.FILTERED, EntryState.KNOWN), entry
        assert (entry.article_id is not None) or entry.state not in (EntryState.STORED, EntryState.REVISED, EntryState.KNOWN), entry


def articles_of(desk: Desk, items: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """The one article of each item of the truth; fails where an item has none, or several, or shares one."""
    store = desk.app.store.articles
    articles = desk.articles()
    names = {alias.key: ident for ident in articles for alias in store.aliases(ident) if alias.kind != "guid"}
    found: dict[str, set[int]] = {}
    for item in items:
        by_address = {names[name] for name in _keys(item) if name in names}
        by_title = {ident for ident, article in articles.items() if item["title"] in article.title}
        found[item["article"]] = by_address or by_title
    assert not {ident: ids for ident, ids in found.items() if len(ids) != 1}, f"lost or doubled: {found}"
    one = {ident: ids.pop() for ident, ids in found.items()}
    assert len(set(one.values())) == len(one), f"two items in one article: {one}"
    return one


def _keys(item: Mapping[str, Any]) -> set[str]:
    """The addresses of an item in the spelling that tells articles apart."""
    return {key(url) for url in (item["url"], *item["former_urls"])}
