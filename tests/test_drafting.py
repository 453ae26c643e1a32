"""From a page and its entry to an article: which hour counts, and what is said where the page gave no text."""

from datetime import UTC, datetime, timedelta

import pytest

from aggregator.drafting import new_article, text_of
from aggregator.model import Entry, EntryState, Feed, LedgerEntry, RawPage, Step
from aggregator.ports import FetchedPage

NOW = datetime(2026, 3, 2, 20, 0, tzinfo=UTC)
LINK = "https://courier.example/news/1"
FEED = Feed(1, "https://courier.example/feed.xml", "The Courier", "courier")
WORDS = "Engineers closed the road bridge over the Oskil at Kupiansk after an inspection found two cracked piers. " * 6


def article(published: str) -> bytes:
    return (
        f"<html><head><meta property='article:published_time' content='{published}'><title>Bridge closed</title></head>"
        f"<body><article><h1>Bridge closed</h1><p>{WORDS}</p><p>{WORDS}</p></article></body></html>"
    ).encode()


@pytest.mark.parametrize(
    ("page_says", "feed_says", "counts"),
    [
        ("2026-03-02", NOW - timedelta(hours=3), NOW - timedelta(hours=3)),  # the page knows the day alone
        ("2026-03-02", None, datetime(2026, 3, 2, tzinfo=UTC)),
        ("2026-02-20", NOW - timedelta(hours=3), datetime(2026, 2, 20, tzinfo=UTC)),  # the feed's is that of an edit
        ("2026-03-02T09:30:00+02:00", NOW - timedelta(hours=3), datetime(2026, 3, 2, 7, 30, tzinfo=UTC)),
    ],
)
def test_the_pages_hour_counts_and_the_feeds_where_the_page_tells_the_day_alone(
    page_says: str, feed_says: datetime | None, counts: datetime
) -> None:
    entry = Entry("g", LINK, "Bridge closed", published=feed_says)
    fetched = FetchedPage(RawPage(LINK, article(page_says), "text/html", LINK, 200), None, "")
    found = new_article(
        LedgerEntry(1, 1, "k", entry, EntryState.PENDING, Step.PROCESS, first_seen_at=NOW), FEED, fetched, text_of(entry, fetched), NOW
    )
    assert found.text_from == "page" and found.published_at == counts


def test_a_text_of_the_feed_comes_with_the_evidence_against_the_page() -> None:
    entry = Entry("g", LINK, "Bridge closed", summary=f"<p>{WORDS}</p>")
    fetched = FetchedPage(RawPage(LINK, b"%PDF-1.7\n1 0 obj\x00\xff stream", "application/pdf", LINK, 200), None, "")
    text = text_of(entry, fetched)
    assert text.text_from == "feed"
    assert text.reason.startswith("the page is not article: ") and "PDF" in text.reason
