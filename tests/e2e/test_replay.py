"""Real feeds and real pages through the running service: whatever they hold, every entry ends in one state and no worker dies."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from aggregator.model import EntryState, FeedState
from tests.e2e.corpus import corpus
from tests.e2e.replay import Replay
from tests.e2e.service import Service, add_feeds, free_port

pytestmark = [pytest.mark.corpus, pytest.mark.slow, pytest.mark.timeout(1500)]

PATIENCE_S = 900.0  # for a busy machine


@pytest.fixture
def replay() -> Iterator[Replay]:
    made = Replay(free_port())
    made.add_feeds(corpus("data/feed/cases.jsonl.gz"))
    made.add_pages(corpus("data/page/gold.jsonl"))
    yield from made.serving()


def test_real_feeds_and_pages(replay: Replay, tmp_path: Path) -> None:
    with Service(tmp_path / "var") as service:
        add_feeds(service, replay.feeds)
        service.poll(PATIENCE_S)
        status = service.settle(PATIENCE_S, at_least=300)
        with service.store() as store:
            feeds = store.feeds.all()
            entries = {entry.id: entry for feed in feeds for entry in store.ledger.of_feed(feed.id, limit=10_000)}
            seen = sum(store.feeds.polls(feed.id, 1)[0].entries_seen for feed in feeds)
            articles = store.articles.many(store.articles.ids())
            tags = store.articles.tags([article.id for article in articles])
        said = service.output.read_text()
        logs = service.said(200_000)

    states = Counter(entry.state for entry in entries.values())
    outcomes = Counter(f"{article.outcome.value} from the {article.text_from}" for article in articles)
    reasons = Counter(entry.reason for entry in entries.values() if entry.state is EntryState.FAILED)
    print(f"{len(feeds)} feeds with {seen} entries, {len(entries)} in the ledger; {replay.asked} requests, {replay.missing} answered 404")
    print(f"{ {state.value: count for state, count in states.items()} }; {len(articles)} articles: {dict(outcomes)}")
    print(f"why they failed: {reasons.most_common(8)}")
    said_by, placed = (sum(len(getattr(found, name)) for found in tags.values()) for name in ("attributions", "mentions"))
    print(f"{said_by} attributions, {placed} places mentioned")
    broken = [(feed.url, feed.state_text) for feed in feeds if feed.state is FeedState.FAILING]
    assert not broken, broken
    assert states[EntryState.PENDING] == states[EntryState.FILTERED] == 0, states
    assert sum(states.values()) == sum(status["entries"].values()) == len(entries), status
    assert all(entry.step is None and (entry.article_id or entry.state is EntryState.FAILED) for entry in entries.values())
    assert len(articles) == states[EntryState.STORED] == len({article.url_key for article in articles})
    assert outcomes["full from the page"] >= 120, outcomes
    assert not [reason for reason in reasons if "attempts to process" in reason or "unforeseen" in reason], reasons
    assert "starting it again" not in said, said
    assert "Traceback" not in logs, logs
    for article in articles:
        for attribution in tags[article.id].attributions:
            assert all(0 <= span.start < span.end <= len(article.body) for span in attribution.content), article.url
