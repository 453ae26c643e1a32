"""What counting over time costs: CPU milliseconds of a trend of articles and copies, stories, origins or outlets, of 100,000 articles.

    python -m benchmarks trends [--documents 100000] [--database sqlite:///…|postgresql://…]

Prints p50 and p99 of each kind of query and frame. Every tenth article is a copy. On PostgreSQL the server's own work is added, as
``benchmarks.search`` has it. All articles are of the same 30 days. A database that is filled already is not filled again.
"""

import argparse
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aggregator.query import IndexDocument, Plan, Word
from aggregator.storage.index import open_index
from aggregator.trends import Frame, Of, Per, latest, trend
from benchmarks.search import Corpus, Stopwatch, fill, measured

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
DAYS = 30
WORDS = 60
ROUNDS = 60
COPY_EVERY = 10
FRAMES: dict[str, Frame] = {
    "24 hours": latest(Per.HOUR, 24, NOW),
    "30 days": latest(Per.DAY, DAYS, NOW),
    "26 weeks": latest(Per.WEEK, 26, NOW),
}


class Busy(Corpus):
    """The same articles, all of them in the last DAYS."""

    def documents(self) -> Iterator[IndexDocument]:
        gap = timedelta(days=DAYS) / self.count
        for document in super().documents():
            number = document.article_id
            at = NOW - timedelta(days=DAYS) + number * gap
            states = {"is": ("copy",)} if number % COPY_EVERY == 0 else {}
            yield replace(document, position=(int(at.timestamp()) << 20) + number, facets={**document.facets, **states})


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("--documents", type=int, default=100_000)
    options.add_argument("--database")
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        index = open_index(asked.database or f"sqlite:///{Path(folder) / 'bench.db'}")
        corpus = Busy(asked.documents, WORDS)
        fill(index, corpus)
        watch = Stopwatch(index)
        kinds = {
            "everything": [Plan()] * ROUNDS,
            "frequent word": [Plan(Word(word, exact=True)) for word in corpus.vocabulary[1 : 1 + ROUNDS]],
            "rare word": [Plan(Word(word, exact=True)) for word in corpus.vocabulary[2000 : 2000 + ROUNDS]],
        }
        print(f"{'CPU ms':34}{'p50':>8}{'p99':>8}")
        for kind, plans in kinds.items():
            for of in Of:
                for name, frame in FRAMES.items():
                    middle, high = measured(lambda plan, f=frame, of=of: trend(index, plan, f, NOW, of), plans, watch)  # type: ignore[misc]
                    print(f"{f'{of}, {kind}, {name}':34}{middle:8.1f}{high:8.1f}")
        index.close()


if __name__ == "__main__":
    main()
