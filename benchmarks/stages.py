"""CPU time of each stage over the texts of the sample press: documents per CPU second and core, and memory at the end.

The page stage is set against one bare ``trafilatura.bare_extraction`` with metadata on the same pages in the same run, the feed stage
against ``feedparser`` as it comes. The sample press's pages are a few KiB; where the external corpus is (FRONTWIRE_CORPUS), pages of real
size are measured too.
"""

import gzip
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from statistics import median_low
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
from aggregator.sources.tag import SourceTagger
from aggregator.tagging import open_taggers

TURNS = 7
REAL_TURNS, REAL_PAGES = 3, 100
FEW, MANY = 200, 2000  # pages after which the memory is looked at
LONG = 2800  # characters of a usual news text, of which the sample press's are a third
AGENCY = 4600  # characters of an agency's text
ATTRIBUTION_TURNS = 5
ALONE = """
import time
from aggregator.settings import load
from aggregator.tagging import open_taggers
open_taggers(load()).tag("", "A shell hit a warehouse in Kharkiv on Monday, the governor said.", language="en")
print(time.process_time())
"""  # a process that only tags: its start to the first text
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


def against_bare(name: str, pages: Sequence[RawPage], turns: int) -> None:
    """Print the rows of the page stage and of bare trafilatura, in turns, as the machine's speed changes under other work; the median turn
    counts."""
    bare, own = [], []
    for _ in range(turns):
        bare.append(spent(lambda page: trafilatura.bare_extraction(page.body, url=page.url, with_metadata=True), pages))
        own.append(spent(extract, pages))
    ratios = [mine[1] / theirs[1] for mine, theirs in zip(own, bare, strict=True)]
    middle = ratios.index(median_low(ratios))
    row(f"{name}, bare trafilatura", *bare[middle])
    row(name, *own[middle], bare[middle][1])


def corpus_pages() -> list[RawPage]:
    """Real pages of the external corpus, every one of some hundred; none where there is no corpus."""
    folder = Path(os.environ.get("FRONTWIRE_CORPUS") or "../shared") / "data" / "page"
    if not (folder / "gold.jsonl").is_file():
        print(f"page of real size: no corpus at {folder}, not measured")
        return []
    with (folder / "gold.jsonl").open(encoding="utf-8") as file:
        golds = [gold for gold in map(json.loads, file) if gold["set"] != "synthetic"]
    step = max(1, len(golds) // REAL_PAGES)
    return [RawPage(gold["url"], gzip.decompress((folder / gold["file"]).read_bytes())) for gold in islice(golds, 0, None, step)]


def extract_many(pages: Sequence[RawPage]) -> None:
    """Print the peak memory after 200 and after 2,000 pages, no two of them alike."""
    peaks = []
    for number in range(MANY):
        page = pages[number % len(pages)]
        marked = page.body.replace(b"<p>", f"<p>{number} ".encode())
        extract(RawPage(f"{page.url}/{number}", marked))
        if number + 1 in (FEW, MANY):
            peaks.append(peak_mib())
    print(f"{'page, peak memory':<34}{peaks[0]:.0f} MiB after {FEW} pages, {peaks[1]:.0f} MiB after {MANY:,}")


def long_texts(texts: Iterable[tuple[str, str, str | None]], least: int) -> list[tuple[str, str, str | None]]:
    """Texts of one language each put together to ``least`` characters; what is left over is left out."""
    growing: dict[str | None, tuple[str, str]] = {}
    whole = []
    for title, body, language in texts:
        head, before = growing.pop(language, (title, ""))
        longer = f"{before}\n\n{body}" if before else body
        if len(longer) < least:
            growing[language] = head, longer
        else:
            whole.append((head, longer, language))
    return whole


def corpus_texts() -> list[tuple[str, str, str | None]]:
    """Agency and newspaper texts of the external corpus; none where there is no corpus."""
    path = Path(os.environ.get("FRONTWIRE_CORPUS") or "../shared") / "data" / "attributions" / "polnear-dev.jsonl.gz"
    if not path.is_file():
        print(f"tag: sources, agency texts: no corpus at {path}, not measured")
        return []
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [(document["title"] or "", document["body"], "en") for document in map(json.loads, file)]


def attributions(name: str, tagger: SourceTagger, texts: Sequence[tuple[str, str, str | None]]) -> None:
    """Print the row of attributions, with words and names already met, as if each text had 4,600 characters: the best turn."""

    def once(text: tuple[str, str, str | None]) -> object:
        return tagger.tag(text[0], text[1], language=text[2], published=START, outlet=None, byline=None)

    seconds = min(spent(once, texts)[1] for _ in range(ATTRIBUTION_TURNS))
    row(f"tag: sources, {name}", len(texts), seconds * AGENCY * len(texts) / sum(len(body) for _, body, _ in texts))


def start_of_tagging() -> float:
    """CPU seconds of a fresh process until its first text is tagged."""
    return float(subprocess.run([sys.executable, "-c", ALONE], check=True, capture_output=True, text=True).stdout)


def peak_mib() -> float:
    """The largest size of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


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
    against_bare("page", raw_pages, TURNS)
    if real := corpus_pages():
        against_bare(f"page of {sum(len(page.body) for page in real) // len(real) // 1024} KiB", real, REAL_TURNS)

    extract_many(raw_pages)
    texts = [(draft.title or "", draft.body, draft.language) for draft in map(extract, raw_pages)]
    begun = time.process_time()
    taggers = open_taggers(load())
    print(f"{'tag, opening':<34}{1000 * (time.process_time() - begun):>23.0f} ms")
    print(f"{'tag, a fresh process, first text':<34}{1000 * start_of_tagging():>23.0f} ms")
    row("tag: places", *spent(lambda t: taggers.places.tag(t[0], t[1], language=t[2]), texts))
    longer = long_texts(texts, LONG)
    length = sum(len(body) for _, body, _ in longer) // len(longer)
    row(f"tag: places, {length:,} characters", *spent(lambda t: taggers.places.tag(t[0], t[1], language=t[2]), longer))
    row(
        "tag: sources",
        *spent(lambda t: taggers.sources.tag(t[0], t[1], language=t[2], published=START, outlet=None, byline=None), texts),
    )
    agency = long_texts(texts, AGENCY)
    rules = SourceTagger(taggers.sources.registry)
    attributions("the rules, 4,600 characters", rules, agency)
    if real_texts := corpus_texts():
        attributions("the rules, agency texts", rules, real_texts)
    row("tag, all", *spent(lambda t: taggers.tag(t[0], t[1], language=t[2], published=START), texts))
    row("url", *spent(clean_and_key, [page.url + "?utm_source=x" for page in raw_pages] * 20))
    row("analyse for search", *spent(lambda t: analyse(t[1], t[2]), texts))
    size = sum(len(body) for _, body, _ in texts) / len(texts)
    print(f"{len(texts)} texts of {size:.0f} characters on average; peak memory {peak_mib():.0f} MiB")


if __name__ == "__main__":
    main()
