"""How fast search is: CPU milliseconds over an invented corpus, the same at every run, with tantivy beside it as the yardstick.

    python -m benchmarks.search [--documents 20000] [--words 200] [--database sqlite:///…|postgresql://…] [--no-yardstick]

Prints p50 and p99 of each kind of query and the documents indexed a CPU second. A database that is filled already is not filled again.
On PostgreSQL the work of the server's own process is added, where it is of this machine (Linux). The yardstick is given the same
tokens; it counts facets as terms of one field, and is left out where the package is not installed.
"""

import argparse
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from aggregator.query import AllOf, Facet, IndexDocument, Node, Phrase, Plan, Word
from aggregator.storage.index import open_index
from aggregator.storage.index_base import BaseIndex
from benchmarks import yardstick

SEED = 20240501
FIRST = 1_700_000_000  # seconds since 1970
STEP_S = 600
ROUNDS = 60


class Corpus:
    """Words by Zipf's law, places, outlets and sources likewise; each document ten minutes after the one before."""

    def __init__(self, count: int, words: int) -> None:
        self.random = random.Random(SEED)
        self.count, self.words = count, words
        consonants, vowels = "bcdfghklmnprstvz", "aeiou"
        self.vocabulary = ["".join(self.random.choice(consonants) + self.random.choice(vowels) for _ in range(4)) for _ in range(40_000)]

    def word(self) -> str:
        return self.vocabulary[min(int(self.random.paretovariate(0.8)), len(self.vocabulary)) - 1]

    def among(self, name: str, count: int) -> str:
        return f"{name}-{min(int(self.random.paretovariate(0.7)), count)}"

    def documents(self) -> Iterator[IndexDocument]:
        for number in range(1, self.count + 1):
            yield IndexDocument(
                number,
                (FIRST + number * STEP_S) << 20,
                number // 4,
                " ".join(self.word() for _ in range(9)),
                " ".join(self.word() for _ in range(self.words)),
                "en",
                {
                    "place": (self.among("place", 2000), self.among("region", 100), self.among("country", 20)),
                    "outlet": (self.among("outlet", 300),),
                    "source": tuple({self.among("source", 500) for _ in range(4)}),
                    "kind": (self.among("kind", 8),),
                    "side": (self.among("side", 5),),
                    "channel": (self.among("channel", 12),),
                    "lang": ("en",),
                },
            )


def plans(corpus: Corpus) -> dict[str, list[Plan]]:
    """Plans by kind; words from the whole range of frequencies."""
    pick = random.Random(SEED + 1)
    stems = corpus.vocabulary[5:3000]

    def word() -> Word:
        return Word(pick.choice(stems), exact=True)

    def beginning() -> Word:
        return Word(pick.choice(stems)[:4], prefix=True, exact=True)

    def filters() -> Node:
        return AllOf(
            (
                Word(corpus.vocabulary[pick.randrange(5, 50)], exact=True),
                Facet("place", f"country-{pick.randrange(1, 5)}"),
                Facet("outlet", f"outlet-{pick.randrange(1, 6)}"),
                Facet("source", f"source-{pick.randrange(1, 6)}"),
            )
        )

    kinds: dict[str, Callable[[], Node]] = {
        "term": word,
        "and": lambda: AllOf((word(), word())),
        "phrase": lambda: Phrase((corpus.vocabulary[pick.randrange(60)], corpus.vocabulary[pick.randrange(60)])),
        "prefix": beginning,
        "four filters": filters,
        "common term": lambda: Word(corpus.vocabulary[pick.randrange(3)], exact=True),
    }
    return {name: [Plan(make()) for _ in range(ROUNDS)] for name, make in kinds.items()}


class Stopwatch:
    """CPU milliseconds of this process, and of the database server's process that works for it."""

    def __init__(self, index: BaseIndex) -> None:
        self.server: Path | None = None
        if not index.database.sqlite:
            with index.database.read() as connection:
                self.server = Path(f"/proc/{connection.exec_driver_sql('SELECT pg_backend_pid()').scalar_one()}/schedstat")

    def now(self) -> float:
        there = int(self.server.read_text().split()[0]) / 1e6 if self.server else 0.0
        return time.process_time() * 1000 + there


def measured(run: Callable[[Plan], object], made: list[Plan], watch: Stopwatch) -> tuple[float, float]:
    """p50 and p99 in CPU milliseconds."""
    run(made[0])
    times = []
    for plan in made:
        start = watch.now()
        run(plan)
        times.append(watch.now() - start)
    times.sort()
    return times[len(times) // 2], times[min(int(len(times) * 0.99), len(times) - 1)]


def fill(index: BaseIndex, corpus: Corpus) -> None:
    start = time.process_time()
    index.put(corpus.documents())
    spent = time.process_time() - start
    print(
        f"{corpus.count} documents of {corpus.words} words: {corpus.count / spent:.0f} a CPU second (their invention included)", flush=True
    )


def third(index: BaseIndex, corpus: Corpus) -> tuple[Plan, int]:
    """A word that about three documents in ten have, and how many have it."""
    found = [(index.count(plan), plan) for plan in (Plan(Word(word, exact=True)) for word in corpus.vocabulary[:400:4])]
    hits, plan = min(found, key=lambda one: abs(one[0] - corpus.count * 0.3))
    return plan, hits


def report(index: BaseIndex, corpus: Corpus, beside: yardstick.Yardstick | None) -> None:
    kinds, watch = plans(corpus), Stopwatch(index)
    wide, hits = third(index, corpus)
    ranked = {name: [Plan(plan.match, order="relevance") for plan in kinds[name]] for name in ("term", "and", "common term")}
    names = ("place", "outlet", "source")
    rows: list[tuple[str, Callable[[Plan], object], list[Plan]]] = [
        *((f"{name}, newest 50", lambda plan: index.articles(plan, 50), made) for name, made in kinds.items()),
        *((f"{name}, relevance 50", lambda plan: index.articles(plan, 50), made) for name, made in ranked.items()),
        ("stories 25, common term", lambda plan: index.stories(plan, 25), kinds["common term"]),
        ("count, common term", index.count, kinds["common term"]),
        ("three facets, term", lambda plan: index.facets(plan, names), kinds["term"]),
        (f"three facets, {hits} hits", lambda plan: index.facets(plan, names), [wide] * 10),
        ("three facets, everything", lambda plan: index.facets(plan, names), [Plan()] * 10),
    ]
    print(f"{'query':34}{'p50 ms':>9}{'p99 ms':>9}" + (f"{'tantivy p50':>14}{'p99':>9}" if beside else ""))
    for name, run, made in rows:
        p50, p99 = measured(run, made, watch)
        line = f"{name:34}{p50:9.2f}{p99:9.2f}"
        other = beside.runner(name) if beside else None
        if other is not None:
            p50, p99 = measured(other, made, watch)
            line += f"{p50:14.2f}{p99:9.2f}"
        print(line, flush=True)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--documents", type=int, default=20_000)
    options.add_argument("--words", type=int, default=200)
    options.add_argument("--database", default="", help="an empty database, or one that this filled before; default: SQLite, thrown away")
    options.add_argument("--no-yardstick", action="store_true", help="without tantivy")
    given = options.parse_args()
    corpus = Corpus(given.documents, given.words)
    with tempfile.TemporaryDirectory() as folder:
        index = open_index(given.database or f"sqlite:///{Path(folder) / 'benchmark.db'}")
        if index.count(Plan()) == 0:
            fill(index, corpus)
        beside = None if given.no_yardstick else yardstick.make(Path(folder), Corpus(given.documents, given.words).documents())
        report(index, corpus, beside)
        index.close()


if __name__ == "__main__":
    main()
