"""Furniture: the lines in and around an article that are no part of it.

Three kinds of evidence: cue phrases (a data table in several languages), the page's own markup (captions, lines that are nothing but a
link), and lines that other articles of the same host have too. Whatever is taken out is kept with its reason.
"""

import functools
import re
from collections import Counter
from collections.abc import Callable, Collection, Container, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import resources
from typing import Any, TypeVar

import yaml

from aggregator.extract import labels, tables
from aggregator.extract.keys import line_key
from aggregator.model import CELLS, Removed, Span

Key = TypeVar("Key", bound=Hashable)

END_LINES = 6  # how many of a text's last lines count as its end
LONG_LINE = 60  # a repeated line longer than this may be a background paragraph of the war copy itself
SAME_ARTICLE = 0.4  # two pages that share this much of their lines are one article in two places
PROSE = 80  # a line of this length is a paragraph, not a label
TEXT = 400  # so much in paragraphs is a text: what tables there are beside it only illustrate it
LABEL = 60  # a line up to this length may head a list
LISTING = frozenset(("read more", "newsletter", "share", "source note"))  # what these announce in a label, the items below it are
ITEM = 200  # ... up to this length
MAX_HEADS = 2
VERDICTS = TEXT_LINE, FURNITURE = "text", "furniture"  # on a line
BY_HOST, BY_OPERATOR = "repeated on this site", "an operator says so"  # reasons that are about the host, not the page
LINK = "link to another page"
NO_VERDICTS: Mapping[str, str] = {}

_LETTER = re.compile(r"[^\W\d_]")
_LEADING = re.compile(r"^[\s\-–—•·*>»▶►●■▪◆👉📢📣❗‼️✅🔴⚡️➡️→|#]+")
_ENDING = re.compile(r"[\s:.…»>→]+$")


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the cue table. ``max_chars``: longer lines are never taken; ``end_only``: only the last lines of a text are looked at."""

    name: str
    max_chars: int
    end_only: bool
    starts: str  # an expression, compiled when a line first has one of the ``heads``: most rules never see one
    heads: frozenset[str]  # how the phrases of ``starts`` begin: two letters tell for most lines that none fits
    whole: frozenset[str]
    begins: str  # the expressions that fit a line's beginning only
    matches: str  # ... and those that may fit anywhere, which are tried on lines that have one of the ``needs``
    needs: tuple[str, ...]

    def takes(self, line: str, opening: str, heads: frozenset[str], ending: str) -> bool:
        """Whether the rule names this line, which is not too long for it. ``opening``: without leading bullets; ``heads``: how that begins;
        ``ending``: a short one without its ending too."""
        if not self.heads.isdisjoint(heads) and _compiled(self.starts).match(opening):
            return True
        if ending in self.whole or (self.begins and _compiled(self.begins).match(line)):
            return True
        if not self.matches:
            return False
        return (not self.needs or any(map(line.lower().__contains__, self.needs))) and bool(_compiled(self.matches).search(line))


@functools.cache
def rules() -> tuple[Rule, ...]:
    """The cue table, read once from ``data/furniture.yaml``."""
    table = resources.files("aggregator.extract").joinpath("data/furniture.yaml").read_bytes()
    return tuple(_rule(row) for row in yaml.load(table, yaml.CSafeLoader)["rules"])  # ten times as fast as the loader in Python


def cue(line: str, *, at_end: bool) -> str | None:
    """The name of the rule that takes the line, or None. ``at_end``: the line is among the last of its text."""
    opening = _LEADING.sub("", line)
    ending = _ENDING.sub("", opening).casefold() if len(opening) < LABEL else ""
    heads = frozenset((opening[:3].casefold()[:2], opening[:1]))
    size = len(line)
    for rule in rules():
        if size <= rule.max_chars and (at_end or not rule.end_only) and rule.takes(line, opening, heads, ending):
            return rule.name
    return None


def standing_spans(body: str) -> tuple[Span, ...]:
    """Spans of the lines of a given body that are captions, credits, tip lines, biographies and the like: nothing in them is tagged."""
    lines = body.split("\n")
    spans = []
    start = 0
    for number, line in enumerate(lines):
        if line.strip() and cue(line.strip(), at_end=_at_end(number, len(lines))):
            spans.append(Span(start, start + len(line)))
        start += len(line) + 1
    return tuple(spans)


def sift(
    lines: Sequence[tuple[str, str]],
    *,
    captions: Collection[str] = (),
    links: Collection[str] = (),
    headlines: Collection[str] = (),
    bylines: Collection[str] = (),
    host_lines: Container[str] = (),
    verdicts: Mapping[str, str] = NO_VERDICTS,
) -> tuple[list[tuple[str, str]], list[Removed]]:
    """Part a body's lines, as (kind, text), into those that stay and those removed, with their reasons.

    ``captions`` and ``links`` are texts that the page marks as such, ``headlines`` the article's titles, ``bylines`` its authors' names,
    ``host_lines`` what other articles of the host have too, ``verdicts`` what somebody said that a line is (TEXT_LINE or FURNITURE; any
    other word says nothing), which goes before every rule; all of them in the form that ``line_key`` gives.
    """
    kept: list[tuple[str, str]] = []
    removed: list[Removed] = []
    prose = sum(len(text) for kind, text in lines if kind not in tables.ROWS and len(text) >= PROSE)
    drop_rows = prose >= TEXT or 2 * sum(len(text) for kind, text in lines if kind in tables.ROWS) < sum(len(text) for _, text in lines)
    figures = tables.of_figures(lines) if drop_rows else frozenset()
    seen: set[str] = set()
    listing = None
    for number, (kind, text) in enumerate(lines):
        key = line_key(text)
        reason = None
        verdict = verdicts.get(key)
        if not key:
            reason = "no words"
        elif verdict in VERDICTS:
            reason = BY_OPERATOR if verdict == FURNITURE else None
        elif kind not in tables.ROWS and not _LETTER.search(key):
            reason = "no words"
        elif kind in tables.ROWS and drop_rows and len(text) < tables.ROW_CHARS and number not in figures:
            reason = "table"
        elif key in captions:
            reason = "caption"
        elif key in headlines and (number < END_LINES or kind == "h"):
            reason = "title"
        elif key in bylines and len(text) < 160:
            reason = "byline"
        elif key in host_lines:
            reason = BY_HOST
        elif key in seen and kind in ("p", "q") and len(key) > 60:
            reason = "repeated on this page"
        elif key in links and kind in ("p", "li", "h"):
            reason = LINK
        elif listing and kind == "li" and len(text) < ITEM:
            reason = listing
        else:
            reason = cue(text, at_end=_at_end(number, len(lines)))
            if reason == "credit" and kind == "h":  # nobody is thanked in a heading; it is about rights or pictures
                reason = None
        seen.add(key)
        listing = (reason if reason in LISTING and kind != "li" and len(text) <= LABEL else None) or (
            listing if kind == "li" and reason else None
        )
        if reason:
            removed.append(Removed(text, reason, len(kept), "p" if kind in tables.ROWS else kind))
        else:
            kept.append(("p" if kind in tables.ROWS and CELLS not in text else kind, text))
    said = frozenset(key for key, verdict in verdicts.items() if verdict == TEXT_LINE)
    strays = labels.strays(kept, [line.at for line in removed if line.at is not None and line.reason == LINK], said)
    kept, removed = _without(kept, removed, range(len(kept) - strays, len(kept)), "label of links")
    kept, removed = _without(kept, removed, range(labels.menu(kept, said)), "menu")
    if not (removed and removed[-1].reason == "table"):
        _behead(kept, removed, said)
    return kept, removed


def _without(
    kept: list[tuple[str, str]], removed: list[Removed], doomed: range, reason: str
) -> tuple[list[tuple[str, str]], list[Removed]]:
    """The lines without a run of them, and what was removed with it, each at its place."""
    if not doomed:
        return kept, removed
    taken = [(number, 1, Removed(kept[number][1], reason, number, kept[number][0])) for number in doomed]
    merged = sorted([*((line.at or 0, 0, line) for line in removed), *taken], key=lambda line: line[:2])
    moved = [replace(line, at=at - len(doomed) if at > doomed.stop else min(at, doomed.start)) for at, _, line in merged]
    return kept[: doomed.start] + kept[doomed.stop :], moved


def _behead(kept: list[tuple[str, str]], removed: list[Removed], said: Collection[str]) -> None:
    """Take a heading or two off the end: they headed what was removed. A run of more is a list in the guise of headings."""
    run = next((number for number, (kind, text) in enumerate(reversed(kept)) if kind != "h" or line_key(text) in said), len(kept))
    for _ in range(run if run <= MAX_HEADS else 0):
        kind, text = kept.pop()
        removed.append(Removed(text, "heading of nothing", len(kept), kind))


class LineLearner:
    """Learns which lines repeat over the articles of one host.

    Background paragraphs of war copy and notes on how it was made repeat as well as furniture does. So pages that share 40 % of their
    lines, and of the paragraphs among them, count as one article, and ``wanted`` says how many articles must have a line.
    """

    def __init__(self) -> None:
        self._articles: list[frozenset[str]] = []
        self._counts: Counter[str] = Counter()

    def add(self, lines: Sequence[str]) -> bool:
        """Take in the lines of one article; returns False for one that is already known in another place."""
        article = frozenset(key for line in lines if (key := line_key(line)))
        if not article or any(same_article(article, other, is_long) for other in self._articles):
            return False
        self._articles.append(article)
        self._counts.update(article)
        return True

    def repeated(self) -> frozenset[str]:
        """Keys of the lines that an article of this host, not among those added, should lose."""
        short, long = wanted(len(self._articles), long=False), wanted(len(self._articles), long=True)
        return frozenset(key for key, count in self._counts.items() if count >= (long if is_long(key) else short))


def is_long(key: str) -> bool:
    """Whether the line that has this key may be a paragraph."""
    return len(key) > LONG_LINE


def wanted(articles: int, *, long: bool) -> int:
    """How many of the known articles of a host must have a line, for it to be furniture in a further one.

    A short line needs two, and later one in 25; a long one, which may be a background paragraph, more than half of few (three at least,
    five at most), and later one in four: background stands under many reports of one war, furniture under nearly all pages of a site."""
    if long:
        return max(3, min(5, articles // 2 + 1), -(-articles // 4))
    return max(2, -(-articles // 25))


def same_article(one: frozenset[Key], other: frozenset[Key], long: Callable[[Key], bool]) -> bool:
    """Whether two sets of lines are one article in two places. Both the lines and the paragraphs among them must say so: short texts in
    much furniture share most of their lines, and are two."""
    shared = one & other
    if len(shared) < SAME_ARTICLE * max(len(one), len(other)):
        return False
    paragraphs = max(sum(map(long, one)), sum(map(long, other)))
    return sum(map(long, shared)) >= SAME_ARTICLE * paragraphs


def _at_end(number: int, count: int) -> bool:
    return count > 2 and number >= max(1, count - END_LINES)


def _rule(row: Mapping[str, Any]) -> Rule:
    return Rule(
        name=row["name"],
        max_chars=row["max_chars"],
        end_only=row["where"] == "end",
        starts=_starts(_phrases(row, "starts")),
        heads=frozenset(phrase[:3].casefold()[:2] for phrase in _phrases(row, "starts")),
        whole=frozenset(phrase.casefold() for phrase in _phrases(row, "whole")),
        begins=_either([pattern for pattern in _phrases(row, "matches") if pattern.startswith("^")]),
        matches=_either([pattern for pattern in _phrases(row, "matches") if not pattern.startswith("^")]),
        needs=tuple(row.get("needs", ())),
    )


def _phrases(row: Mapping[str, Any], key: str) -> list[str]:
    return [phrase for phrases in row.get(key, {}).values() for phrase in phrases]


def _starts(phrases: Iterable[str]) -> str:
    """One expression for all phrases; each ends at the end of a word, where it ends with one."""
    parts = [re.escape(phrase) + (r"(?!\w)" if phrase[-1].isalnum() else "") for phrase in sorted(phrases, key=len, reverse=True)]
    return "|".join(parts)


def _either(patterns: Sequence[str]) -> str:
    return "|".join(f"(?:{pattern})" for pattern in patterns)


@functools.cache
def _compiled(expression: str) -> re.Pattern[str]:
    return re.compile(expression, re.IGNORECASE)
