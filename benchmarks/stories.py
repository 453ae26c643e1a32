"""The story step over many live articles: CPU time of an article, of the repair of what came last and of all, and memory.

The articles are invented: each event has eight words and three names of its own beside some of its kind's and of everybody's, three texts
on average, and words are as unequally frequent as in news. Nothing is stored: it is the book of live stories alone that is measured.
"""

import random
import resource
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count

from aggregator.model import StoryDocument
from aggregator.stories.cluster import StoryBook
from aggregator.stories.repair import repair

START = datetime(2026, 3, 1, 6, 0, tzinfo=UTC)
VOCABULARY = 40_000
KINDS, KIND_WORDS = 60, 40
TEXTS = 3  # of an event
TURN = 200  # articles between two repairs
MEASURED = 1000  # articles at the end, over which the speed is taken
FULL = 20_000  # articles up to which all stories are repaired at once, as after a restart


def articles(number: int, texts: int = TEXTS, seed: int = 5) -> Iterator[StoryDocument]:
    """Reports of events, ``texts`` of each within a day of each other; two weeks in all."""
    rng = random.Random(seed)
    weights = [1 / (rank + 10) for rank in range(VOCABULARY)]
    words = [f"w{rank:x}" for rank in range(VOCABULARY)]
    pool = rng.choices(words, weights, k=400_000)
    kinds = [rng.sample(words[200:4000], KIND_WORDS) for _ in range(KINDS)]
    step = timedelta(days=14) / number
    waiting: list[tuple[float, int]] = []
    for event in range(number // texts):
        at = rng.uniform(0, number)
        waiting += [(at + rng.uniform(0, number / 14), event) for _ in range(texts)]
    for ident, (_, event) in enumerate(sorted(waiting), 1):
        own = random.Random(f"{seed} {event}")
        names = [f"N{own.randrange(10**6):x}" for _ in range(3)]
        marks = own.sample(words[2000:], 8)
        kind = kinds[own.randrange(KINDS)]
        at = rng.randrange(len(pool) - 110)
        body = [*rng.choices(names, k=6), *rng.choices(marks, k=14), *rng.choices(kind, k=25), *pool[at : at + 110]]
        rng.shuffle(body)
        yield StoryDocument(ident, " ".join(body[:8]), " ".join(body), None, START + ident * step, f"o{ident % 40}")


def run(stream: Iterable[StoryDocument], number: int) -> tuple[StoryBook, float, float]:
    """Put the articles in, all but the last of them without repair; return the book, and over the last the CPU seconds of an article, and
    of repair for an article."""
    book, ids = StoryBook(), count(1)
    touched: list[int] = []
    putting = mending = 0.0
    for place, document in enumerate(stream, 1):
        begun = time.process_time()
        story = book.nearest(document)
        book.add(document, next(ids) if story is None else story)
        spent = time.process_time() - begun
        if place <= number - MEASURED:
            continue
        putting += spent
        touched.append(document.article_id)
        if len(touched) == TURN:
            begun = time.process_time()
            repair(book, lambda article_id: next(ids), touched)
            mending += time.process_time() - begun
            touched = []
    return book, putting / MEASURED, mending / MEASURED


def main(arguments: Sequence[str]) -> None:
    """`python -m benchmarks.stories [NUMBER [TEXTS]]`: with so many live articles (10,000), so many of an event (3); with 1, each opens a
    story."""
    number = int(arguments[0]) if arguments else 10_000
    texts = int(arguments[1]) if len(arguments) > 1 else TEXTS
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    book, putting, mending = run(articles(number, texts), number)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(f"{number:,} articles live in {len(book):,} stories: {1000 * putting:.1f} ms of CPU to put an article into its story,", end=" ")
    print(f"{1000 * mending:.1f} ms for its share of the repair, {1 / (putting + mending):,.0f} articles a CPU second;", end=" ")
    print(f"{grown:,.0f} MiB, {1024 * grown / number:.1f} KiB an article", flush=True)
    if number <= FULL:
        ids, begun = count(10 * number), time.process_time()
        shifts = repair(book, lambda article_id: next(ids))
        print(f"All of them formed anew: {time.process_time() - begun:.1f} s of CPU, {len(shifts)} shifts", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
