"""How fast search is: CPU milliseconds of the default engine over an invented corpus, the same at every run.

    python benchmarks/search.py [--documents 20000] [--words 200] [--database sqlite:///…|postgresql://…]

Prints p50 and p99 of each kind of query and the documents indexed a CPU second. On PostgreSQL the server's work is not in the figures.
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


def measured(run: Callable[[Plan], object], made: list[Plan]) -> tuple[float, float]:
    """p50 and p99 in CPU milliseconds."""
    run(made[0])
    times = []
    for plan in made:
        start = time.process_time()
        run(plan)
        times.append((time.process_time() - start) * 1000)
    times.sort()
    return times[len(times) // 2], times[min(int(len(times) * 0.99), len(times) - 1)]


def report(index: BaseIndex, corpus: Corpus) -> None:
    start = time.process_time()
    index.put(corpus.documents())
    spent = time.process_time() - start
    print(f"{corpus.count} documents of {corpus.words} words: {corpus.count / spent:.0f} a CPU second (their invention included)")
    print(f"{'query':34}{'p50 ms':>9}{'p99 ms':>9}")
    kinds = plans(corpus)
    rows: list[tuple[str, Callable[[Plan], object], list[Plan]]] = [
        (f"{name}, newest 50", lambda plan: index.articles(plan, 50), made) for name, made in kinds.items()
    ]
    ranked = [Plan(plan.match, order="relevance") for name in ("term", "and", "common term") for plan in kinds[name]]
    names = ("place", "outlet", "source")
    rows += [
        ("relevance 50", lambda plan: index.articles(plan, 50), ranked),
        ("stories 25, common term", lambda plan: index.stories(plan, 25), kinds["common term"]),
        ("count, common term", index.count, kinds["common term"]),
        ("three facets, term", lambda plan: index.facets(plan, names), kinds["term"]),
        ("three facets, common term", lambda plan: index.facets(plan, names), kinds["common term"]),
        ("three facets, everything", lambda plan: index.facets(plan, names), [Plan()] * 10),
    ]
    for name, run, made in rows:
        p50, p99 = measured(run, made)
        print(f"{name:34}{p50:9.2f}{p99:9.2f}")
    print("hits of the common terms:", sorted({index.count(plan) for plan in kinds["common term"]}))


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--documents", type=int, default=20_000)
    options.add_argument("--words", type=int, default=200)
    options.add_argument("--database", default="", help="an empty database; default: SQLite in a temporary folder")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        index = open_index(given.database or f"sqlite:///{Path(folder) / 'benchmark.db'}")
        report(index, Corpus(given.documents, given.words))
        index.close()


if __name__ == "__main__":
    main()
