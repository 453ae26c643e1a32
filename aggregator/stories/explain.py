"""Why a text is in its story: how like it is to the others there, by which terms, and which story it would be in otherwise."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from math import log

from aggregator.model import StoryDocument
from aggregator.stories.cluster import COPIES, LIKE, StoryBook
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
    rarity = _rarity([_vector(members) for members in _texts(document for document, _ in documents).values()])
    own = _texts(document for document, story in documents if story == story_id)
    vectors = {group: _vector(members) for group, members in own.items()}
    return tuple(_explained(story_id, group, members, book, vectors, rarity) for group, members in sorted(own.items(), key=_by_time))


def _explained(
    story_id: int, group: int, members: Sequence[StoryDocument], book: StoryBook, vectors: Mapping[int, Vector], rarity: Vector
) -> ExplainedText:
    """One text, taken out of the book for the time being."""
    for document in members:
        book.remove(document.article_id)
    scored = book.scores(vectors[group], min(document.at for document in members))
    for document in members:
        book.add(document, story_id)
    own = next((score for score, story in scored if story == story_id), 0.0)
    score, other = next(((score, story) for score, story in scored if story != story_id), (0.0, None))
    rest = [vector for each, vector in vectors.items() if each != group]
    shared = tuple(_shared(vectors[group], rest, rarity))
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


def _texts(documents: Iterable[StoryDocument]) -> dict[int, list[StoryDocument]]:
    """Articles by the text that they carry."""
    texts: dict[int, list[StoryDocument]] = defaultdict(list)
    for document in documents:
        texts[_group(document)].append(document)
    return texts


def _vector(members: Iterable[StoryDocument]) -> Vector:
    """What a text says: the sum of its copies, those that speak for it in the book, as long as one."""
    total: Vector = defaultdict(float)
    for document in sorted(members, key=lambda each: each.article_id)[:COPIES]:
        for term, weight in _unit(features(document)).items():
            total[term] += weight
    return _unit(total)


def _rarity(vectors: Collection[Vector]) -> Vector:
    """What a term counts, the rarer the more; each text once."""
    counts = Counter(chain.from_iterable(vectors))
    return {term: max(log((PRIOR + len(vectors)) / (count + 1.0)), 0.0) for term, count in counts.items()}


def _group(document: StoryDocument) -> int:
    return document.copy_group if document.copy_group is not None else document.article_id


def _by_time(text: tuple[int, Sequence[StoryDocument]]) -> tuple[object, int]:
    return min(document.at for document in text[1]), text[0]


def _unit(vector: Vector) -> Vector:
    length = sum(weight * weight for weight in vector.values()) ** 0.5
    return {term: weight / length for term, weight in vector.items()} if length else {}
