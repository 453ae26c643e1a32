"""Break web pages in every way and read them: `python -m scripts.fuzz_pages [--pages N] [--seed S] [--corpus FOLDER] [--kib K]`.

Takes the project's gold pages and pages of the sample press, or the files (.html, .html.gz, .htm) of a folder, and mutates each of them
one to four times: flipped bytes, cuts, doubled, unclosed and crossed tags, wrong labels, other encodings, floods of entities and
attributes, deep nesting, pieces of other pages. What extraction makes of it must keep its promises; whatever does not is printed with the
number from which it can be made again (`--only NUMBER`). Exit status 1 if a promise was broken.
"""

import argparse
import gzip
import random
import re
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

from aggregator.errors import ExtractError
from aggregator.extract.body import MAX_BODY_CHARS, MAX_LINE_CHARS, extract
from aggregator.model import KINDS, Draft, RawPage
from aggregator.sample import pages as sample_pages
from aggregator.sample.newsroom import Newsroom
from aggregator.sample.press import load as load_press

GOLD = Path(__file__).parent.parent / "tests" / "gold" / "page"
START = datetime(2026, 3, 1, 6, 0, tzinfo=UTC)
CPU_S = 10.0  # for one page
MEMORY_MIB = 300  # by which the process may grow over all pages
WARM_UP = 200  # pages before its size is taken for the first time
LABELS = ("utf-8", "windows-1251", "koi8-r", "gb2312", "big5", "shift_jis", "euc-kr", "utf-16", "iso-8859-1", "nonsense", "utf-7", "base64")
ENCODINGS = (
    "cp1251",
    "koi8-u",
    "gb18030",
    "big5hkscs",
    "cp932",
    "cp949",
    "utf-16",
    "utf-16-le",
    "utf-16-be",
    "utf-8-sig",
    "cp1252",
    "cp1256",
)
TYPES = (None, "text/html", "text/html; charset=utf-8", "application/xhtml+xml", "application/octet-stream", "image/png", "x")
TAG = re.compile(rb"<[^<>]{1,200}>")
TAGS = b"div p table tr td ul li span b a blockquote figure figcaption article h1 h2 h6 pre code form template svg noscript script".split()
FLOODS = (
    b"&amp;", b"&#0;", b"&#3;", b"&#x110000;", b"&nbsp;", b"&lt;p&gt;", b"<!-- ", b"<!--x-->", b"\x00", b"\x0b", b"\xe2\x80\x8b",
    b"\xe2\x80\xae", b" a=b", b"<br>", b"]]>", b"<!DOCTYPE x>", b"{", b"(",
)  # fmt: skip
SHAPES = (
    b'{"@type":["NewsArticle",{}],"headline":[[]],"author":{"name":{}}}',
    b"[" * 5000,
    b'{"@graph":[{"@graph":[null,1,"x"]}]}',
    b'{"@type":"NewsArticle","datePublished":1e999,"articleBody":{"a":1},"image":[[[]]]}',
    b"{",
    b'{"@type":"NewsArticle","headline":"a\\u0003 b\\ud800","author":"\\u0007 x y","articleSection":[{}]}',
    b'{"@type":"LiveBlogPosting","liveBlogUpdate":[1,{}]}',
)
WEB = re.compile(r"https?://[^\s\x00-\x20]+$")
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")

Mutator = Callable[[random.Random, bytes], bytes]


def flip(rng: random.Random, page: bytes) -> bytes:
    """Other bytes in up to fifty places."""
    out = bytearray(page)
    for _ in range(rng.randint(1, 50)):
        out[rng.randrange(len(out))] = rng.randrange(256)
    return bytes(out)


def cut(rng: random.Random, page: bytes) -> bytes:
    """The beginning, the end, or all but a piece."""
    start, end = sorted((rng.randrange(len(page)), rng.randrange(len(page))))
    return rng.choice((page[:end], page[start:], page[:start] + page[end:]))


def double(rng: random.Random, page: bytes) -> bytes:
    """A piece many times over."""
    start = rng.randrange(len(page))
    piece = page[start : start + rng.randint(1, 400)]
    return page[:start] + piece * rng.randint(2, 300) + page[start:]


def unclose(rng: random.Random, page: bytes) -> bytes:
    """Without some of its tags."""
    share = rng.choice((0.02, 0.2, 0.9))
    return TAG.sub(lambda tag: b"" if rng.random() < share else tag[0], page)


def cross(rng: random.Random, page: bytes) -> bytes:
    """Tags in other tags' places."""
    tags = TAG.findall(page) or [b"<p>"]
    return TAG.sub(lambda tag: rng.choice(tags) if rng.random() < 0.1 else tag[0], page)


def nest(rng: random.Random, page: bytes) -> bytes:
    """Deep in tags that are opened and, half of the time, closed again."""
    tag, depth, at = rng.choice(TAGS), rng.randint(10, 5000), rng.randrange(len(page))
    closed = (b"</" + tag + b">") * depth if rng.random() < 0.5 else b""
    return page[:at] + (b"<" + tag + rng.choice((b"", b" class='related x'", b" id=a")) + b">") * depth + page[at:] + closed


def flood(rng: random.Random, page: bytes) -> bytes:
    """With thousands of entities, attributes, comments or characters nobody wants."""
    at = rng.randrange(len(page))
    return page[:at] + rng.choice(FLOODS) * rng.randint(100, 20_000) + page[at:]


def mislabel(rng: random.Random, page: bytes) -> bytes:
    """Called another encoding than it is in."""
    label = rng.choice(LABELS).encode()
    if b"charset=" in page:
        return re.sub(rb"""(charset=["']?)[\w-]+""", rb"\1" + label, page)
    return b"<meta charset=" + label + b">" + page


def recode(rng: random.Random, page: bytes) -> bytes:
    """In another encoding."""
    return page.decode("utf-8", "replace").encode(rng.choice(ENCODINGS), "xmlcharrefreplace")


def splice(rng: random.Random, page: bytes) -> bytes:
    """With a piece of itself in another place."""
    start, at = rng.randrange(len(page)), rng.randrange(len(page))
    return page[:at] + page[start : start + rng.randint(10, 4000)] + page[at:]


def data(rng: random.Random, page: bytes) -> bytes:
    """With data about itself that has the wrong shape."""
    return b"<script type='application/ld+json'>" + rng.choice(SHAPES) + b"</script>" + page


MUTATORS: tuple[Mutator, ...] = (flip, cut, double, unclose, cross, nest, flood, mislabel, recode, splice, data)


def gold_and_sample() -> list[tuple[str, bytes]]:
    """The project's own pages, with their addresses."""
    room = Newsroom(8765, START)
    pieces = [piece for outlet in load_press().outlets.values() for piece in room.edition(outlet.id, START)[:4]]
    own = [(f"https://gold.example/{path.stem}", path.read_bytes()) for path in sorted(GOLD.glob("*.html"))]
    return own + [(f"http://127.0.5.1/{n}", sample_pages.article(room, piece, START)) for n, piece in enumerate(pieces)]


def of_folder(folder: Path, limit: int) -> list[tuple[str, bytes]]:
    """The pages of a folder that have at most so many bytes; what is longer is cut there."""
    found = []
    for path in sorted((*folder.rglob("*.html"), *folder.rglob("*.htm"), *folder.rglob("*.html.gz"))):
        body = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        if body:
            found.append((f"https://corpus.example/{path.stem}", body[:limit]))
    return found


@dataclass(frozen=True, slots=True)
class Case:
    """A mutated page, and what was done to it."""

    number: int
    page: RawPage
    done: tuple[str, ...]


def cases(pages: list[tuple[str, bytes]], seed: int, numbers: range, limit: int) -> Iterator[Case]:
    """Mutated pages; each follows from the seed and its number alone."""
    for number in numbers:
        rng = random.Random(seed * 1_000_003 + number)
        url, body = rng.choice(pages)
        done = []
        for mutate in rng.choices(MUTATORS, k=rng.choice((1, 1, 2, 3, 4))):
            body = mutate(rng, body or b"<")[:limit]
            done.append(mutate.__name__)
        yield Case(number, RawPage(url, body, rng.choice(TYPES)), tuple(done))


def broken_promises(draft: Draft) -> Iterator[str]:
    """What the draft has that no draft may have."""
    lines = draft.body.split("\n") if draft.body else []
    if len(draft.kinds) != len(lines):
        yield f"{len(draft.kinds)} kinds for {len(lines)} lines"
    if not set(draft.kinds) <= KINDS:
        yield f"unknown kinds {set(draft.kinds) - KINDS}"
    if any(CONTROL.search(text) for text in (draft.body.replace("\n", ""), draft.title or "", *draft.authors)):
        yield "a control character"
    if any(not line.strip() or len(line) > MAX_LINE_CHARS for line in lines) or len(draft.body) > MAX_BODY_CHARS:
        yield "an empty or overlong line"
    if any(not (item.text.strip() and item.reason) for item in draft.removed):
        yield "something removed without a text or a reason"
    if any(not 0 <= link.start < link.end <= len(lines[link.line]) or not WEB.match(link.url) for link in draft.links):
        yield "a link that is in no line, or leads nowhere"
    if any((one.line, one.end) > (other.line, other.start) for one, other in pairwise(draft.links)):
        yield "links that overlap or are out of order"
    if not draft.because:
        yield "an outcome without a reason"
    try:
        "\n".join((draft.body, draft.title or "", *draft.authors, *(item.text for item in draft.removed))).encode()
    except UnicodeEncodeError:
        yield "text that cannot be written in UTF-8"


def size_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--pages", type=int, default=10_000, help="how many mutated pages")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="number of the first")
    parser.add_argument("--only", type=int, help="read this one, and write it to standard output")
    parser.add_argument("--corpus", type=Path, help="a folder of pages instead of the project's own")
    parser.add_argument("--kib", type=int, default=256, help="longer pages are cut to this length")
    options = parser.parse_args()
    limit = options.kib * 1024
    pages = of_folder(options.corpus, limit) if options.corpus else gold_and_sample()
    if not pages:
        parser.error(f"there are no pages in {options.corpus}")
    if options.only is not None:
        (case,) = cases(pages, options.seed, range(options.only, options.only + 1), limit)
        print(case.done, extract(case.page), file=sys.stderr)
        sys.stdout.buffer.write(case.page.body)
        return 0
    outcomes: Counter[str] = Counter()
    broken, worst, total, begun_at, warm = 0, (0.0, 0), 0.0, time.time(), 0.0
    for case in cases(pages, options.seed, range(options.first, options.first + options.pages), limit):
        begun = time.process_time()
        try:
            draft = extract(case.page)
        except ExtractError:
            outcomes["over the limits"] += 1
            continue
        except Exception as error:  # noqa: BLE001  # what is looked for here
            faults = [f"{type(error).__name__}: {error}"[:200]]
        else:
            outcomes[draft.outcome.value] += 1
            faults = list(broken_promises(draft))
        seconds = time.process_time() - begun
        total, worst = total + seconds, max(worst, (seconds, case.number))
        if seconds > CPU_S:
            faults.append(f"{seconds:.1f} s of CPU")
        if (case.number - options.first) % 10_000 == 9_999:
            print(f"{case.number + 1:,} pages read", file=sys.stderr, flush=True)
        if case.number - options.first == min(WARM_UP, options.pages - 1):
            warm = size_mib()
        for fault in faults:
            broken += 1
            print(f"{case.number} ({', '.join(case.done)}): {fault}", flush=True)
    grown = size_mib() - warm
    if grown > MEMORY_MIB:
        broken += 1
        print(f"the process grew by {grown:.0f} MiB")
    print(f"{options.pages:,} pages from {len(pages)}, seed {options.seed}: {broken} broken promises; {dict(outcomes.most_common())}")
    print(
        f"CPU {1000 * total / options.pages:.1f} ms a page, worst {worst[0]:.2f} s (page {worst[1]}); {time.time() - begun_at:.0f} s in all"
    )
    print(f"memory {size_mib():.0f} MiB at its peak, {grown:.0f} MiB more than after the first {WARM_UP} pages")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
