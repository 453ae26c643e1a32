"""Hints: where feeds usually are and how they are called (data/hints.yaml)."""

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml


@dataclass(frozen=True, slots=True)
class UsualPath:
    """A path where feeds are found; ``below_page``: below the page that was looked at, else from the host's root."""

    path: str
    below_page: bool
    who: str


@dataclass(frozen=True, slots=True)
class Hints:
    """The tables of hints.yaml; all words are in lower case."""

    paths: tuple[UsualPath, ...]
    last_parts: frozenset[str]
    endings: tuple[str, ...]
    queries: tuple[str, ...]
    texts: frozenset[str]
    comments: re.Pattern[str]
    news: re.Pattern[str]

    def feed_like(self, href: str) -> bool:
        """Whether a link's address looks like a feed's."""
        path, _, query = href.lower().partition("#")[0].partition("?")
        last = path.rstrip("/").rpartition("/")[2]
        return last in self.last_parts or last.endswith(self.endings) or query.startswith(self.queries)

    def of_comments(self, *texts: str | None) -> bool:
        """Whether an address or a title is that of a feed of comments."""
        return any(self.comments.search(text.lower()) for text in texts if text)


@cache
def load() -> Hints:
    """Read data/hints.yaml once."""
    table = yaml.safe_load(files("aggregator.feeds").joinpath("data/hints.yaml").read_text(encoding="utf-8"))
    return Hints(
        paths=tuple(UsualPath(row["path"], row["at"] == "page", row["who"]) for row in table["paths"]),
        last_parts=frozenset(table["last_parts"]),
        endings=tuple(table["endings"]),
        queries=tuple(table["queries"]),
        texts=frozenset(table["texts"]),
        comments=_any_of(table["comments"]),
        news=_any_of(table["news"]),
    )


def _any_of(words: list[str]) -> re.Pattern[str]:
    """Any of the words, where a word begins."""
    return re.compile(rf"(?<![^\W\d_])(?:{'|'.join(map(re.escape, words))})")
