"""What is known of the lines of a host, as extraction takes it; and lines as numbers, as they are kept for as many articles as it needs."""

import hashlib
from collections import Counter
from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from aggregator.extract.furniture import BY_HOST, BY_OPERATOR, NO_VERDICTS, is_long, same_article, wanted
from aggregator.extract.keys import line_key
from aggregator.model import Removed

MAX_LINES = 300  # of an article; of more, those at both ends, where furniture stands


@dataclass(frozen=True, slots=True)
class HostLines:
    """``repeated``: keys of lines that are under many articles; ``verdicts``: by key, what operators say that a line is."""

    repeated: Container[str] = frozenset()
    verdicts: Mapping[str, str] = field(default_factory=lambda: NO_VERDICTS)


@dataclass(frozen=True, slots=True)
class Repeated:
    """Keys of lines, kept as their numbers."""

    numbers: frozenset[int] = frozenset()

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and number(key) in self.numbers

    def __len__(self) -> int:
        return len(self.numbers)


def number(key: str) -> int:
    """A line's key as a signed number of 64 bits, odd for one that may be a paragraph. BLAKE2b: the same on every machine."""
    digest = hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True) & ~1 | is_long(key)


def long_number(line: int) -> bool:
    """Whether the line of this number may be a paragraph."""
    return bool(line & 1)


def lines_of(body: str, removed: Iterable[Removed]) -> list[str]:
    """The lines of a page to learn from: its text, and what was taken out for being on other pages too, or it would be forgotten."""
    lines = [*body.split("\n"), *(line.text for line in removed if line.reason in (BY_HOST, BY_OPERATOR))]
    return lines if len(lines) <= MAX_LINES else lines[: MAX_LINES // 2] + lines[-MAX_LINES // 2 :]


def numbers(lines: Iterable[str]) -> frozenset[int]:
    """The numbers of those lines that have words."""
    return frozenset(number(key) for line in lines if (key := line_key(line)))


def same(one: frozenset[int], other: frozenset[int]) -> bool:
    """Whether two articles' lines say that they are one in two places."""
    return same_article(one, other, long_number)


def counts(articles: Iterable[Collection[int]]) -> Counter[int]:
    """How many articles have each line."""
    found: Counter[int] = Counter()
    for lines in articles:
        found.update(lines)
    return found


def repeated(articles: Sequence[Collection[int]]) -> Repeated:
    """The lines that a further article of this host should lose (``furniture.wanted`` says how many must have them)."""
    short, long = wanted(len(articles), long=False), wanted(len(articles), long=True)
    return Repeated(frozenset(line for line, n in counts(articles).items() if n >= (long if long_number(line) else short)))
