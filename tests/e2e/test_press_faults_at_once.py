"""Every fault of the press at the same time, on the whole service: nobody dies or hangs, nothing is lost, and every host is asked with
manners, as the press's own log of requests tells."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psutil
import pytest

from aggregator.fetch.connection import Limits
from aggregator.model import EntryState, Feed, FeedState, LedgerEntry
from aggregator.ports import LedgerFilter
from aggregator.settings import Settings
from aggregator.tagging import open_taggers
from tests.e2e.corpus import corpus
from tests.e2e.faults_expected import Expected, expected
from tests.e2e.faulty_press import OUTLETS, Desk, agree, articles_of
from tests.e2e.press import Press
from tests.e2e.service import Service, add_feeds

pytestmark = [pytest.mark.corpus, pytest.mark.slow, pytest.mark.timeout(900)]

GAP_S = 0.05  # between two requests to a host
ROUNDING_S = 0.005  # of clocks and logs
SILENT_S = Limits().connect_s  # a server that says nothing for so long is left
RETRY_AFTER_S = 30.0  # what the press asks for with its 429
PATIENCE_S = 400.0  # for a busy machine
IN_TIME = {"rate_limited": Expected(4, FeedState.OK)}  # the second request comes after the pause that was asked for
ALIKE = 100  # entries of one feed that are worked off before the rest of them is left waiting


def test_all_faults_at_once(tmp_path: Path) -> None:
    press = Press(corpus("press/serve.py"), tmp_path, "--outlets", "8", "--history", "3")
    networks = ",".join(OUTLETS)
    try:
        truth, rows = press.ask("truth"), {row["fault"]: row for row in press.ask("faults")}
        with Service(
            tmp_path / "var",
            FRONTWIRE_FETCH_ALLOW=networks,
            FRONTWIRE_FETCH_ONLY=networks,
            FRONTWIRE_HOST_GAP_S=str(GAP_S),
            FRONTWIRE_LEASE_S="120",
            FRONTWIRE_REVISITS="no",
        ) as service:
            add_feeds(service, {outlet["feed"]: outlet["name"] for outlet in truth["outlets"]})
            started = workers(service)
            url = rows["rate_limited"]["feed"]
            service.wait(lambda: not unpolled(service), PATIENCE_S, "every feed to be polled")
            service.wait(lambda: last_asked(service, url) > RETRY_AFTER_S + 1, PATIENCE_S, "Retry-After to pass")
            service.poll(PATIENCE_S)
            service.wait(lambda: not unanswered(service), PATIENCE_S, "every entry to be dealt with", every_s=2)
            begun = datetime.now(UTC)
            ask_again(service, [outlet["feed"] for outlet in truth["outlets"] if not outlet["fault"]])
            service.wait(lambda: all(beat > begun for beat in beats(service)), PATIENCE_S, "every queue to finish a task")
            assert service.get("/healthz")[0] == 200
            assert workers(service) == started, "a worker was replaced"
            assert "starting it again" not in service.output.read_text()
            said = service.said(10_000_000)
            for word in (" ERROR ", " CRITICAL ", "WorkerLostError", "time limit"):
                assert word not in said, said[max(0, said.index(word) - 500) :][:3000]
        manners(press, truth)
    finally:
        press.stop()

    desk = Desk.open(tmp_path / "var", datetime.now(UTC), open_taggers(Settings()))
    try:
        # Those pages are away for good now; what is tried again after hours comes to its end with the text of the feed.
        huge = {feed.id for feed in desk.app.store.feeds.all() if (desk.app.store.ledger.counts(feed.id)[EntryState.PENDING]) > ALIKE}
        for entry in desk.entries():
            if entry.state is EntryState.PENDING and entry.feed_id not in huge:
                finish(desk, entry)
        agree(desk)
        check(desk, truth, rows)
    finally:
        desk.close()


def workers(service: Service) -> dict[int, str]:
    """The processes of the service and what runs in them, but those of a pool: they are replaced after so many tasks."""
    commands, parents = dict[int, str](), dict[int, int]()
    for child in service.children():
        try:
            commands[child.pid], parents[child.pid] = " ".join(child.cmdline()), child.ppid()
        except psutil.NoSuchProcess:
            continue
    return {pid: command for pid, command in commands.items() if commands.get(parents[pid]) != command}


def unpolled(service: Service) -> list[str]:
    """Feeds that were never polled."""
    with service.store() as store:
        return [feed.url for feed in store.feeds.all() if feed.last_polled_at is None]


def last_asked(service: Service, url: str) -> float:
    """Seconds since the feed, which was polled, was polled last."""
    with service.store() as store:
        feed = store.feeds.by_url(url)
    assert feed is not None and feed.last_polled_at is not None
    return (datetime.now(UTC) - feed.last_polled_at).total_seconds()


def ask_again(service: Service, urls: Sequence[str]) -> None:
    """Make these feeds due."""
    with service.store() as store:
        store.feeds.poll_now([feed.id for feed in store.feeds.all() if feed.url in urls], datetime.now(UTC))


def unanswered(service: Service) -> list[LedgerEntry]:
    """Entries that nobody has dealt with: not those that failed once and wait for their hour, nor the rest of a feed of thousands."""
    with service.store() as store:
        pending = store.ledger.find(LedgerFilter(state=EntryState.PENDING), 100_000)
        totals = {feed_id: sum(store.ledger.counts(feed_id).values()) for feed_id in {entry.feed_id for entry in pending}}
    waiting = Counter(entry.feed_id for entry in pending)
    return [entry for entry in pending if not (entry.attempts and entry.reason) and totals[entry.feed_id] - waiting[entry.feed_id] < ALIKE]


def beats(service: Service) -> list[datetime]:
    """When each queue finished a task last."""
    with service.store() as store:
        found = store.beats()
    return [found.get(queue, datetime.min.replace(tzinfo=UTC)) for queue in ("fetch", "process", "serial")]


def manners(press: Press, truth: Mapping[str, Any]) -> None:
    """How the hosts were asked, by the log of the press."""
    report = press.ask("report")
    assert report["canary"] == report["disallowed"] == report["too_early"] == 0, report
    assert all("Frontwire" in agent for agent in report["user_agents"])
    hosts = defaultdict(list)
    for request in press.ask("log")["entries"]:
        hosts[request["host"]].append(request)
    assert len(hosts) == len(truth["outlets"]), "a host was never asked"
    for host, requests in hosts.items():
        assert requests[0]["gap_s"] is None
        for before, request in zip(requests, requests[1:], strict=False):
            assert request["gap_s"] >= GAP_S - ROUNDING_S, (host, before, request)
        raw = [request for request in requests if request["status"] == 0]  # written byte by byte: the press counts them until it notices
        assert raw or max(request["in_flight"] for request in requests) == 1, (host, requests)
    for fault in ("timeout", "page_timeout"):
        (address,) = (outlet["address"] for outlet in truth["outlets"] if outlet["fault"] == fault)
        requests = hosts[address]
        hung = [after["gap_s"] for before, after in zip(requests, requests[1:], strict=False) if before["status"] == 0]
        assert hung and min(hung) >= SILENT_S - ROUNDING_S, (fault, hung)


def finish(desk: Desk, entry: LedgerEntry) -> None:
    """Try an entry again at its hours until it ends."""
    store = desk.app.store
    deadline = desk.clock.now() + timedelta(hours=3)
    while store.ledger.get(entry.id).state is EntryState.PENDING:
        assert desk.clock.now() < deadline
        desk.clock.jump(desk.clock.now() + timedelta(minutes=2))
        if desk.app.fetching.page(entry.id):
            desk.app.pipeline.process(entry.id)


def check(desk: Desk, truth: Mapping[str, Any], rows: Mapping[str, Mapping[str, Any]]) -> None:
    """The ledger against the truth, feed by feed."""
    feeds: dict[str, Feed] = {feed.url: feed for feed in desk.app.store.feeds.all()}
    feeds |= {feed.moved_to: feed for feed in feeds.values() if feed.moved_to}
    entries: dict[int, list[LedgerEntry]] = defaultdict(list)
    for entry in desk.entries():
        entries[entry.feed_id].append(entry)
    of_truth = {article["article"]: article for article in truth["articles"]}
    seen: list[Mapping[str, Any]] = []
    states: Counter[FeedState] = Counter()
    for outlet in truth["outlets"]:
        feed = feeds[outlet["feed"]]
        wanted = IN_TIME.get(outlet["fault"]) or expected(rows[outlet["fault"]]) if outlet["fault"] else None
        states[feed.state] += 1
        failing = (FeedState.FAILING, FeedState.GONE)
        assert wanted is None or (wanted.state in failing) is (feed.state in failing) or wanted.state is None, (outlet["fault"], feed)
        items = [of_truth[ident] for ident in outlet["feed_items"]]
        titles = [entry.entry.title or "" for entry in entries[feed.id]]
        delivered = [item for item in items if any(item["title"] in title for title in titles)]
        assert delivered == items or (wanted is not None and (wanted.articles or 0) < len(items)), (outlet["outlet"], titles)
        assert wanted is None or wanted.articles in (None, len({entry.article_id or -entry.id for entry in entries[feed.id]})), outlet
        seen += delivered
    for entry in (entry for found in entries.values() for entry in found):
        assert entry.state is not EntryState.FAILED, entry
    print(f"{len(seen)} items of {len(truth['outlets'])} outlets; states {dict(states)}")
    articles_of(desk, seen)
