"""Random and hostile queries through reading, planning and the canonical text, and a share of them through the search engines.

    python -m scripts.fuzz_queries --queries 1000000 --seed 2026 [--first 0] [--asked 0.01] [--database URL …]

Of every query: reading and planning raise nothing, the canonical text reads back as the same tree and the same text, it has a form in
JSON and an explanation. Of the share ``--asked``: no engine refuses it, by
time or by relevance, and all give the same articles. Each query is made from the seed and its number alone, so that one that fails can
be made again. Exit status 1 if anything failed.
"""

import argparse
import random
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime

from aggregator.errors import StorageError
from aggregator.query import Articles, IndexDocument, Node, Not
from aggregator.search.language import parse
from aggregator.search.plan import plan
from aggregator.search.syntax import to_json
from aggregator.search.values import FILTERS
from aggregator.storage.index import open_index
from aggregator.storage.index_base import BaseIndex

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
SHOWN = 20  # failures that are printed

TEXT = """
drone strike Харків Харкова Київ ракета غزة صواريخ والجيش עזה צה"ל בעזה F-16 С-300 U.K. 10:30 O'Brien état 乌克兰 कीव İstanbul ß ﬁ ١٢ 1,200
a x y2k state-owned http://x.example/y?z=1&b=(2) Куп’янськ
"""
WORDS = tuple(TEXT.split())
SIGNS: tuple[str, ...] = (
    *"\"()-!=*:|&+/'\\%^{}[]<>,.;~@#$`",
    "“",
    "”",
    "„",
    "«",
    "»",
    "*:",
    "..",
    "=*",
    "--",
    '""',
    "()",
    ") (",
    "\n",
    "\t",
    " ",
    "  ",
)
KEYWORDS: tuple[str, ...] = (
    "AND",
    "OR",
    "NOT",
    "&&",
    "||",
    "NEAR(",
    "NEAR/3",
    "near:(",
    "MATCH",
    "rowid",
    "--",
    "';DROP TABLE x;--",
    "{title}:",
    "<->",
    ":*",
)
VALUES: tuple[str, ...] = (
    *("2024-05", "2024-13-99", "3d", "P1W", "today", "2024..2025", ">=2", "<0", "2..1", "Kharkiv, 30", "Kharkiv 99999 km", "gn706483"),
    *(
        "copy",
        "single-source",
        "starred",
        "unread",
        "uk",
        "Ukrainian",
        "telegram",
        "7",
        "loop",
        "deep",
        "x" * 300,
        "\0",
        "\ud800",
        "%s",
        "?",
    ),
)
RARE = ("\x00", "\x1f", "\ud800", "\udfff", "\ufeff", "\u202e", "\u0640", "\u05b0", "\u0301", "🔥", "\U0010ffff", "\ue000")
SAVED = {"loop": "a OR search:loop", "deep": "(" * 11 + "search:wide -b" + ")" * 11, "wide": "drone last:3d OR -in:Kharkiv"}
MARKS: Mapping[str, Node] = {"starred": Articles(frozenset((1, 3))), "unread": Not(Articles(frozenset((2,))))}


class Names:
    """Some names are known, to several ids or one, others are not."""

    def place(self, name: str) -> tuple[str, ...]:
        return ("gn706483", "gn1") if name.lower().startswith("k") else ()

    def source(self, name: str) -> tuple[str, ...]:
        return (name.lower(),) if len(name) % 2 else ()

    def outlet(self, name: str) -> tuple[str, ...]:
        return ("o'1 %", "o2") if name < "M" else ()

    def article(self, url: str) -> tuple[int, ...]:
        return (1, 2) if len(url) % 3 == 0 else ()

    def values(self, field: str) -> tuple[str, ...]:
        return ("official", "ukraine")

    def near(self, place_id: str, km: int) -> tuple[str, ...]:
        return tuple(f"gn{n}" for n in range(min(km, 40)))


def query(seed: int, number: int) -> str:
    """The query of that number: pieces of the language, characters of all of Unicode, or both."""
    pick = random.Random(f"{seed} {number}")
    if pick.random() < 0.15:
        return "".join(chr(pick.randrange(0x20, pick.choice((0x80, 0x700, 0x3000, 0x11000)))) for _ in range(pick.randrange(60)))
    parts = []
    for _ in range(pick.choice((1, 1, 2, 2, 3, 3, 4, 4, 6, 8, 12, 24))):
        parts.append(_piece(pick))
        parts.append(pick.choice(("", " ", " ", " ", " OR ", " -")))
    return "".join(parts)


def _piece(pick: random.Random) -> str:
    kind = pick.random()
    if kind < 0.3:
        return pick.choice(WORDS)
    if kind < 0.5:
        return pick.choice(SIGNS) * pick.choice((1, 1, 1, 2, 15))
    if kind < 0.75:
        name = pick.choice((*FILTERS, "title", "body", "in", "nofield"))
        value = pick.choice(VALUES) if pick.random() < 0.7 else pick.choice(WORDS)
        value = pick.choice(("{}", '"{}"', "({})", "({}, 30)", "«{}»", "({} OR a)", "")).format(value)
        return f"{name}:{value}"
    if kind < 0.9:
        return pick.choice(KEYWORDS)
    return pick.choice(RARE)


def broken(text: str) -> str:
    """What is wrong with how a query is read, "" if nothing is. Raises what reading or planning raises."""
    read = parse(text)
    again = parse(read.text)
    if again.ast != read.ast or again.text != read.text:
        return f"its canonical text {read.text!r} reads as {again.text!r}"
    to_json(read.ast)
    made = plan(read, NOW, Names(), saved=SAVED.get, marks=MARKS)
    if bool(made.understood) != bool(read.text):
        return "it is not explained"
    return ""


def differing(engines: list[BaseIndex], text: str) -> str:
    """What is wrong with the engines' answers, "" if they are the same. Raises StorageError for a query that an engine refuses."""
    for order in ("newest", "relevance"):
        made = plan(parse(text), NOW, Names(), order, saved=SAVED.get, marks=MARKS).plan
        found = [engine.articles(made, 50).article_ids for engine in engines]
        if len(set(found)) > 1:
            return f"the engines differ ({order}): {found}"
    return ""


def press() -> list[IndexDocument]:
    """A few articles in which the words stand."""
    facets = {
        "place": ("gn706483", "gn5"),
        "lang": ("uk",),
        "is": ("copy",),
        "outlet": ("o'1 %",),
        "feed": ("7",),
        "channel": ("telegram",),
    }
    return [
        IndexDocument(
            n,
            (int(NOW.timestamp()) - 40_000 * n) << 20,
            n // 3,
            " ".join(WORDS[n::7]),
            " ".join(WORDS[n::3]),
            lang,
            facets if n % 2 else {},
        )
        for n, lang in enumerate(("en", "uk", "ru", "ar", "he", None, "fr", "zh", "fa", "en"), 1)
    ]


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--queries", type=int, default=10_000)
    options.add_argument("--seed", type=int, default=2026)
    options.add_argument("--first", type=int, default=0, help="number of the first query")
    options.add_argument("--asked", type=float, default=0.01, help="share that is asked of the engines")
    options.add_argument(
        "--database", action="append", default=[], help="beside SQLite in memory: an empty database, such as postgresql://…"
    )
    given = options.parse_args()
    engines = [open_index(url) for url in ("sqlite://", *given.database)]
    for engine in engines:
        engine.clear()
        engine.put(press())
    every = max(1, round(1 / given.asked)) if given.asked > 0 else 0
    failures, asked, slowest, began = 0, 0, (0.0, ""), time.process_time()
    for number in range(given.first, given.first + given.queries):
        text = query(given.seed, number)
        start = time.process_time()
        try:
            problem = broken(text)
            if not problem and every and number % every == 0:
                asked += 1
                problem = differing(engines, text)
        except (ArithmeticError, AttributeError, LookupError, RecursionError, StorageError, TypeError, ValueError) as error:
            problem = f"{type(error).__name__}: {error}"
        slowest = max(slowest, (time.process_time() - start, text))
        if problem:
            failures += 1
            if failures <= SHOWN:
                print(f"{number}: {text!r}: {problem}", flush=True)
    spent = time.process_time() - began
    print(f"{given.queries} queries, {asked} of them asked of {len(engines)} engines: {failures} failures;", end=" ")
    print(f"{spent / given.queries * 1000:.2f} ms of CPU each, the slowest {slowest[0] * 1000:.0f} ms")
    for engine in engines:
        engine.close()
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
