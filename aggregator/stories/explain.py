"""Why a text is in its story: how like it is to the others there, by which terms, and which story it would be in otherwise."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import log

from aggregator.model import StoryDocument
from aggregator.stories.cluster import LIKE, StoryBook
from aggregator.stories.features import Vector, features

TERMS = 8  # shared terms that are told, the weightiest first
PRIOR = 60  # texts that rarity is reckoned with before there are any
KINDS = {"=": "name", "#": "figure", "@": "place", "!": "source"}


@dataclass(frozen=True, slots=True)
class SharedTerm:
    """A term that a text has in common with the others of its story. ``kind``: word, name, figure, place or source, the last two by their
    ids; words are cut to their stem. ``share``: of all that is common (0..1)."""

    kind: str
    term: str
    share: float


@dataclass(frozen=True, slots=True)
class ExplainedText:
    """A text of a story. ``likeness`` to the rest of the story and to the ``next_story`` (0..1; None: nothing to compare with), from
    ``least`` on a text joins a story as it comes; the repair, which sees all texts at once, finds more."""

    articles: tuple[int, ...]
    likeness: float | None
    shared: tuple[SharedTerm, ...]
    next_story: int | None
    next_likeness: float
    least: float = LIKE


def explain(story_id: int, documents: Sequence[tuple[StoryDocument, int | None]]) -> tuple[ExplainedText, ...]:
    """Explain each text of a story, oldest first, against the ``documents`` around it, each with its story."""
    book = StoryBook()
    for document, story in documents:
        if story is not None:
            book.add(document, story)
    texts: dict[int, list[StoryDocument]] = defaultdict(list)
    for document, story in documents:
        if story == story_id:
            texts[_group(document)].append(document)
    vectors = {group: _unit(features(members[0])) for group, members in texts.items()}
    rarity = _rarity(document for document, _ in documents)
    return tuple(_explained(story_id, members, book, vectors, rarity) for _, members in sorted(texts.items(), key=_by_time))


def _explained(
    story_id: int, members: Sequence[StoryDocument], book: StoryBook, vectors: dict[int, Vector], rarity: Vector
) -> ExplainedText:
    """One text, taken out of the book for the time being."""
    first = members[0]
    for document in members:
        book.remove(document.article_id)
    scored = [(score, story) for score, story in book.scores(features(first), first.at)]
    for document in members:
        book.add(document, story_id)
    own = next((score for score, story in scored if story == story_id), 0.0)
    score, other = next(((score, story) for score, story in scored if story != story_id), (0.0, None))
    rest = [vector for group, vector in vectors.items() if group != _group(first)]
    shared = tuple(_shared(vectors[_group(first)], rest, rarity))
    articles = tuple(document.article_id for document in members)
    return ExplainedText(articles, round(own, 3) if rest else None, shared, other, round(score, 3))


def _shared(vector: Vector, rest: Sequence[Vector], rarity: Vector) -> Iterator[SharedTerm]:
    """The terms that a text has in common with others, by what they weigh."""
    total: Counter[str] = Counter()
    for other in rest:
        total.update({term: other[term] for term in other.keys() & vector.keys()})
    weights = {term: vector[term] * weight * rarity.get(term, 0.0) ** 2 for term, weight in total.items()}
    whole = sum(weights.values())
    for term in sorted(weights, key=lambda each: (-weights[each], each))[:TERMS]:
        if weights[term]:
            kind = KINDS.get(term[0], "word")
            yield SharedTerm(kind, term if kind == "word" else term[1:], round(weights[term] / whole, 3))


def _rarity(documents: Iterable[StoryDocument]) -> Vector:
    """What a term counts, the rarer the more; each text once."""
    texts = {_group(document): document for document in documents}
    counts = Counter(term for document in texts.values() for term in features(document))
    return {term: max(log((PRIOR + len(texts)) / (count + 1.0)), 0.0) for term, count in counts.items()}


def _group(document: StoryDocument) -> int:
    return document.copy_group if document.copy_group is not None else document.article_id


def _by_time(text: tuple[int, Sequence[StoryDocument]]) -> tuple[object, int]:
    return min(document.at for document in text[1]), text[0]


def _unit(vector: Vector) -> Vector:
    length = sum(weight * weight for weight in vector.values()) ** 0.5
    return {term: weight / length for term, weight in vector.items()} if length else {}
