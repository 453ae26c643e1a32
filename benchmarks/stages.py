"""CPU time of each stage over the texts of the sample press: documents per CPU second and core, and memory at the end.

The page stage is set against one bare ``trafilatura.bare_extraction`` with metadata on the same pages in the same run, the feed stage
against ``feedparser`` as it comes.
"""

import resource
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

import feedparser
import trafilatura

from aggregator.extract.body import extract
from aggregator.feeds.parse import parse
from aggregator.identity.urls import clean_and_key
from aggregator.model import RawFeed, RawPage
from aggregator.sample import feeds as sample_feeds
from aggregator.sample import pages as sample_pages
from aggregator.sample.newsroom import Newsroom
from aggregator.sample.press import load as load_press
from aggregator.search.analyse import analyse
from aggregator.settings import load
from aggregator.tagging import open_taggers

START = datetime(2026, 3, 1, 6, 0, tzinfo=UTC)


def spent(work: Callable[[Any], object], items: Iterable[Any]) -> tuple[int, float]:
    """How many items, and the CPU seconds that the work on them took."""
    begun, number = time.process_time(), 0
    for item in items:
        work(item)
        number += 1
    return number, time.process_time() - begun


def row(name: str, number: int, seconds: float, yardstick: float | None = None) -> None:
    """Print a line: items a CPU second, milliseconds an item, and the ratio to the yardstick."""
    ratio = f"{seconds / yardstick:6.2f} x" if yardstick else ""
    print(f"{name:<34}{number / seconds:>10.0f} /s{1000 * seconds / number:>10.2f} ms{ratio:>12}")


def main() -> None:
    """Print the table."""
    room = Newsroom(8765, START)
    outlets = list(load_press().outlets.values())
    editions = {outlet.id: room.edition(outlet.id, START) for outlet in outlets}
    pieces = [piece for edition in editions.values() for piece in edition]
    documents = [sample_feeds.render(room, outlet, START) for outlet in outlets] * 5
    raw_pages = [RawPage(f"http://127.0.5.1/{n}", sample_pages.article(room, piece, START)) for n, piece in enumerate(pieces)]

    number, yardstick = spent(lambda data: feedparser.parse(data), documents)
    row("feed, feedparser as it comes", number, yardstick)
    row("feed", *spent(lambda data: parse(RawFeed("http://127.0.5.1/f", data), START), documents), yardstick)

    extract(raw_pages[0])
    number, yardstick = spent(lambda page: trafilatura.bare_extraction(page.body, url=page.url, with_metadata=True), raw_pages)
    row("page, bare trafilatura", number, yardstick)
    row("page", *spent(extract, raw_pages), yardstick)

    texts = [(draft.title or "", draft.body, draft.language) for draft in map(extract, raw_pages)]
    begun = time.process_time()
    taggers = open_taggers(load())
    print(f"{'tag, opening':<34}{1000 * (time.process_time() - begun):>23.0f} ms")
    row("tag: places", *spent(lambda t: taggers.places.tag(t[0], t[1], language=t[2]), texts))
    row(
        "tag: sources",
        *spent(lambda t: taggers.sources.tag(t[0], t[1], language=t[2], published=START, outlet=None, byline=None), texts),
    )
    row("tag, all", *spent(lambda t: taggers.tag(t[0], t[1], language=t[2], published=START), texts))
    row("url", *spent(clean_and_key, [page.url + "?utm_source=x" for page in raw_pages] * 20))
    row("analyse for search", *spent(lambda t: analyse(t[1], t[2]), texts))
    size = sum(len(body) for _, body, _ in texts) / len(texts)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{len(texts)} texts of {size:.0f} characters on average; peak memory {peak:.0f} MiB")


if __name__ == "__main__":
    main()
