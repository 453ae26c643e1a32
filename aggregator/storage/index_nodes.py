"""Questions to a plan's nodes that both engines ask: beginnings of words spelled out, and whether a document's own words answer a node.

A conjunction that few documents can meet is answered faster from the words of those few than from the lists of all its words.
"""

import zlib
from collections.abc import Callable, Sequence
from functools import cached_property

from aggregator.query import AllOf, AnyOf, Articles, Between, Everything, Facet, Node, Not, Phrase, StoryCount, Word
from aggregator.storage.index_rows import IndexRow, facet_token

MAX_BEGINNINGS = 500  # words with one beginning that are looked up one by one; the engine's own way takes all their lists together


class Texts:
    """The words of a document as they were indexed, unpacked as far as they are asked for."""

    def __init__(self, words: bytes, others: bytes) -> None:
        """``words``: packed exact tokens of title and body; ``others``: packed stems of both, and the filters."""
        self._packed = words, others

    @cached_property
    def words(self) -> bytes:
        """Exact tokens of the title and, after a line break, of the body."""
        return zlib.decompress(self._packed[0])

    @cached_property
    def exact(self) -> tuple[str, str]:
        """Exact tokens of title and body: a space before, between and after them."""
        title, body = self.words.decode().split("\n")
        return title, body

    @cached_property
    def others(self) -> tuple[str, str, str]:
        """Stems of title and body, and the filters' tokens, likewise."""
        title, body, facets = zlib.decompress(self._packed[1]).decode().split("\n")
        return title, body, facets


def packed(row: IndexRow) -> tuple[bytes, bytes]:
    """What ``Texts`` are made of."""
    return _packed(row.title_exact, row.body_exact), _packed(row.title, row.body, row.facets)


def spelled_out(node: Node, words: Callable[[str], Sequence[str]]) -> Node:
    """The node with each beginning of a word as the words that begin so, from ``words`` (at most MAX_BEGINNINGS + 1 of them); one with more
    of them stays."""
    if isinstance(node, Word) and node.prefix and node.token:
        found = words(node.token)
        return node if len(found) > MAX_BEGINNINGS else AnyOf(tuple(Word(word, node.field, exact=True) for word in found))
    if isinstance(node, Not):
        return Not(spelled_out(node.part, words))
    if isinstance(node, AllOf | AnyOf):
        return type(node)(tuple(spelled_out(part, words) for part in node.parts))
    return node


def holds_beyond_tokens(node: Node) -> bool:
    """Whether something in the node is no matter of words and filters: times within OR, figures of stories, a reader's own articles."""
    if isinstance(node, Not):
        return holds_beyond_tokens(node.part)
    if isinstance(node, AllOf | AnyOf):
        return any(map(holds_beyond_tokens, node.parts))
    return isinstance(node, Between | StoryCount | Articles)


def answers(node: Node, texts: Texts) -> bool:
    """Whether the node holds of the document. It must not hold anything beyond tokens."""
    if isinstance(node, Everything):
        return True
    if isinstance(node, Not):
        return not answers(node.part, texts)
    if isinstance(node, AllOf):
        return all(answers(part, texts) for part in node.parts)
    if isinstance(node, AnyOf):
        return any(answers(part, texts) for part in node.parts)
    if isinstance(node, Facet):
        return _stands(facet_token(node.name, node.value), None, texts.others[2:])
    if isinstance(node, Phrase):
        tokens = " ".join(node.tokens)
        return bool(tokens) and (f" {tokens} ".encode() in texts.words if node.field is None else _stands(tokens, node.field, texts.exact))
    if not isinstance(node, Word):
        raise TypeError(f"{node!r} is no condition on tokens")
    if node.prefix:
        return bool(node.token) and any(f" {node.token}" in text for text in _of(node.field, texts.exact))
    return bool(node.token) and _stands(node.token, node.field, texts.exact if node.exact else texts.others[:2])


def _stands(tokens: str, field: str | None, columns: tuple[str, ...]) -> bool:
    """Whether these tokens stand there, one after the other."""
    return any(f" {tokens} " in text for text in _of(field, columns))


def _of(field: str | None, columns: tuple[str, ...]) -> tuple[str, ...]:
    """All columns, or title or body of both."""
    return columns if field is None else columns[:1] if field == "title" else columns[1:]


def _packed(*texts: str) -> bytes:
    return zlib.compress("\n".join(f" {text} " for text in texts).encode(), 1)
