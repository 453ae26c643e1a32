"""What feeds and pages on the real web do to a reader, one fault at a time: nothing breaks, nothing is lost, the operator is told what
is wrong in a sentence, and what is mended works again."""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from aggregator.model import EntryState, FeedState
from aggregator.settings import Settings
from aggregator.tagging import Taggers, open_taggers
from tests.e2e.corpus import corpus
from tests.e2e.faults_expected import BEYOND_THE_CATALOGUE, FULL, expected
from tests.e2e.faulty_press import PATIENCE_S, Desk, agree, articles_of, names_of_faults
from tests.e2e.press import Press

pytestmark = [pytest.mark.corpus, pytest.mark.timeout(120)]

START = datetime(2026, 2, 24, 12, tzinfo=UTC)  # of the press: after the odd dates of its catalogue, and long after the equal ones
WITHIN_S = 45.0  # for everything that one fault can do on a busy machine
SOON_S = 0.4  # of patience for what never ends
ENTRIES = 20  # of one feed are worked off; a feed of thousands has the rest pending
# What no reader and no operator may ever be shown.
HARMFUL = re.compile(r"<script|<iframe|onerror|javascript:|root:x:0|should not be here", re.IGNORECASE)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "fault" in metafunc.fixturenames:
        metafunc.parametrize("fault", names_of_faults(corpus("press/faults.py")))


@dataclass(frozen=True, slots=True)
class Stage:
    """What the tests of one fault share with those of the others."""

    press: Press
    taggers: Taggers
    empty: Path  # a database without rows
    catalogue: dict[str, dict[str, Any]]

    def hour(self) -> datetime:
        """The press's own hour."""
        return datetime.fromisoformat(self.press.ask("truth")["clock"])

    def publish(self) -> datetime:
        """An hour later, every ordinary outlet has a report more; return an hour at which it can be read."""
        self.press.ask("tick", {"minutes": 60, "per_feed": 1})
        return self.hour() + timedelta(minutes=1)


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("press")
    taggers = open_taggers(Settings())
    desk = Desk.open(folder / "empty", START, taggers)
    assert desk.app.store.totals().feeds == 0 and not desk.articles() and desk.app.pipeline.index_lag() == 0
    desk.close()
    start = START.strftime("%Y-%m-%dT%H:%M:%S")
    press = Press(corpus("press/serve.py"), folder, "--start", start, "--outlets", "1", "--history", "0", "--window", "4")
    found = Stage(press, taggers, folder / "empty" / "frontwire.db", {row["fault"]: row for row in press.ask("faults")})
    for _ in range(3):
        found.publish()
    yield found
    press.stop()


@pytest.fixture
def desk(stage: Stage, tmp_path: Path) -> Iterator[Desk]:
    stage.press.ask("reset", {})
    begun = time.monotonic()
    made = Desk.open(tmp_path / "var", stage.hour() + timedelta(minutes=10), stage.taggers, empty=stage.empty)
    yield made
    for outlet in stage.press.ask("truth")["outlets"]:
        if not outlet["fault"]:
            stage.press.ask("fault", {"outlet": outlet["outlet"], "fault": None})
    made.close()
    assert time.monotonic() - begun < WITHIN_S
    report = stage.press.ask("report")
    assert report["canary"] == report["disallowed"] == 0, report


def test_a_feed_that_has_the_fault_from_the_first(fault: str, stage: Stage, desk: Desk) -> None:
    row, wanted = stage.catalogue[fault], expected(stage.catalogue[fault])
    items = [article for article in stage.press.ask("truth")["articles"] if article["fault"] == fault]
    feed = desk.subscribe(row["feed"], fault)
    warnings: list[str] = []
    for _ in range(2):
        desk.patience(SOON_S if wanted.hangs == "feed" else PATIENCE_S)
        feed, poll = desk.poll(feed.id)
        warnings += poll.warnings
        desk.patience(SOON_S if wanted.hangs == "page" else PATIENCE_S)
        desk.drain(ENTRIES)
        agree(desk)

    failed = feed.state in (FeedState.FAILING, FeedState.GONE)
    assert feed.state is (wanted.state or feed.state), feed.state_text
    assert bool(poll.error) is bool(feed.alarms) is failed, (feed, poll)
    assert feed.state_text.endswith(".") and re.search(wanted.says, feed.state_text), feed.state_text
    assert (feed.next_poll_at is None) is (feed.state is FeedState.GONE) and (feed.next_poll_at or poll.at + timedelta(1)) > poll.at
    assert re.search(wanted.warns, "\n".join(warnings)), warnings

    entries, articles = desk.entries(), desk.articles()
    pending = [entry for entry in entries if entry.state is EntryState.PENDING]
    assert wanted.articles is None or wanted.articles == len(articles) + len(pending), (articles, pending)
    assert not pending or len(articles) >= ENTRIES
    assert not [entry for entry in entries if entry.state is EntryState.FAILED]
    delivered = [item for item in items if any(item["title"] in (entry.entry.title or "") for entry in entries)]
    assert delivered == items or (wanted.articles or 0) < len(items), "entries lost"
    article_of = articles_of(desk, delivered)
    for item in delivered:
        article = articles[article_of[item["article"]]]
        mine = [entry for entry in entries if entry.article_id == article.id]
        assert mine and all(item["title"] in (entry.entry.title or "") for entry in mine), (item, mine)
        assert wanted.pages is None or (article.outcome, article.text_from) in wanted.pages, (article.outcome, article.text_from)
        assert item["title"] in article.title and item["sentences"][0][:60] in article.body, (article.title, article.body)
    shown = [text or "" for entry in entries for text in (entry.entry.title, entry.entry.summary, entry.entry.content, entry.entry.link)]
    shown += [text for article in articles.values() for text in (article.title, article.body, article.url)]
    assert not [text for text in shown if HARMFUL.search(text) or len(text) > 300_000]


def test_a_feed_that_gets_the_fault_and_loses_it_again(fault: str, stage: Stage, desk: Desk) -> None:
    row, wanted = stage.catalogue[fault], expected(stage.catalogue[fault])
    press = stage.press
    (outlet,) = (outlet for outlet in press.ask("truth")["outlets"] if not outlet["fault"])
    shown = set(outlet["feed_items"])
    feed = desk.subscribe(outlet["feed"], outlet["name"])
    feed, _ = desk.poll(feed.id)
    desk.drain(ENTRIES)
    assert feed.state is FeedState.OK

    press.ask("fault", {"outlet": outlet["outlet"], "fault": fault})
    desk.clock.jump(stage.publish())
    for _ in range(2):
        desk.patience(SOON_S if wanted.hangs == "feed" else PATIENCE_S)
        feed, poll = desk.poll(feed.id)
        desk.patience(SOON_S if wanted.hangs == "page" else PATIENCE_S)
        desk.drain(ENTRIES)
        agree(desk)
    assert feed.state is (wanted.since or feed.state), feed.state_text
    if feed.state in (FeedState.FAILING, FeedState.GONE):
        assert re.search(wanted.says, feed.state_text), feed.state_text
        assert feed.alarms and poll.error

    desk.patience(PATIENCE_S)
    press.ask("fault", {"outlet": outlet["outlet"], "fault": None})
    desk.clock.jump(stage.publish())
    feed, poll = desk.poll(feed.id)
    desk.drain(ENTRIES)
    desk.look_again()
    agree(desk)
    assert feed.state is FeedState.OK and not poll.error and not feed.alarms and feed.errors_in_row == 0, feed
    truth = press.ask("truth")
    (now,) = (outlet["feed_items"] for outlet in truth["outlets"] if not outlet["fault"])
    waiting = [entry.entry.title or "" for entry in desk.entries() if entry.state is EntryState.PENDING]
    assert not waiting or (row["entries"] or 0) > ENTRIES, "the rest of a flood may wait, and nothing else"
    items = [article for article in truth["articles"] if article["article"] in shown | set(now)]
    items = [item for item in items if not any(item["title"] in title for title in waiting)]
    article_of = articles_of(desk, items)
    articles = desk.articles()
    strange = len(articles) - len(items)
    assert strange == 0 or (strange > 0 and (row["entries"] or 0) > 4), "stored, but by nobody's account"
    for item in items:
        article = articles[article_of[item["article"]]]
        assert item["title"] in article.title and item["sentences"][0] in article.body, (article.title, article.body)
        assert (article.outcome, article.text_from) in FULL or item["article"] not in now, (article.outcome, article.text_from)


def test_the_press_has_every_fault_that_the_tests_know(stage: Stage) -> None:
    assert sorted(stage.catalogue) == sorted(names_of_faults(corpus("press/faults.py")))
    assert not BEYOND_THE_CATALOGUE.keys() - stage.catalogue.keys()
