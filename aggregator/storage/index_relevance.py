"""Relevance, reckoned here and not by the engines, so that all of them give the same order.

Of the newest RANKED matches those with the rarer words come first; a word in the title counts as much as three in the text, and of
equals the newer one comes first.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from math import log

import numpy as np

from aggregator.query import AllOf, AnyOf, Node, Phrase, Word
from aggregator.storage.facet_columns import Ints

RANKED = 5_000  # newest matches that relevance looks at: docs/performance.md has what fewer and more of them cost
MAX_CONCEPTS = 12  # words that relevance weighs
TITLE_WEIGHT = 2.0

Positions = Callable[[Node, int, int, int], Ints]  # newest positions of a node's matches from the first to before the second


def ranked(match: Node, low: int, high: int, positions: Positions) -> tuple[Ints, int]:
    """Positions of the newest matches, the most relevant first; and the position after the newest of them (``high`` without any)."""
    found = positions(match, low, high, RANKED)
    if not len(found):
        return found, high
    oldest_first = found[::-1]
    lowest, high = int(found[-1]), int(found[0]) + 1
    scores = np.zeros(len(found))
    for concept in list(_concepts(match))[:MAX_CONCEPTS]:
        weights = np.zeros(len(found))
        if _is_required(concept, match):
            weights += 1.0
        else:
            weights[np.searchsorted(oldest_first, positions(_both(match, concept, concept), lowest, high, RANKED))] = 1.0
        in_title = _in_title(concept)
        if in_title is not None:
            weights[np.searchsorted(oldest_first, positions(_both(match, concept, in_title), lowest, high, RANKED))] += TITLE_WEIGHT
        scores += weights * log(1.0 + len(found) / max(int(np.count_nonzero(weights)), 1))
    return oldest_first[np.lexsort((oldest_first, scores))[::-1]], high


def _concepts(node: Node) -> Iterator[Node]:
    """Words and phrases that are asked for; a word with its stems in several languages is one."""
    if isinstance(node, Word | Phrase) or (
        isinstance(node, AnyOf) and node.parts and all(isinstance(part, Word) and not part.exact for part in node.parts)
    ):
        yield node
    elif isinstance(node, AllOf | AnyOf):
        for part in node.parts:
            yield from _concepts(part)


def _is_required(concept: Node, match: Node) -> bool:
    """Whether every match has it."""
    return concept is match or (isinstance(match, AllOf) and any(part is concept for part in match.parts))


def _both(match: Node, concept: Node, instead: Node) -> Node:
    """Matches in which what stands ``instead`` of the concept holds, which is as much or more."""
    if concept is match:
        return instead
    if isinstance(match, AllOf) and _is_required(concept, match):
        return AllOf(tuple(instead if part is concept else part for part in match.parts))
    return AllOf((match, instead))


def _in_title(concept: Node) -> Node | None:
    """The concept in the title; None where it is asked for in the text only."""
    if isinstance(concept, Word | Phrase):
        return None if concept.field == "body" else replace(concept, field="title")
    parts = [part for part in map(_in_title, getattr(concept, "parts", ())) if part is not None]
    return AnyOf(tuple(parts)) if parts else None
