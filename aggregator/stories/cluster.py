"""Stories as they grow: which of the live stories a new article belongs to.

Single-pass clustering: each story is the sum of its texts' vectors, and an article goes to the story that it is most like (cosine of
terms weighted by their rarity among the live articles, less with the days between them), or opens a new one. A text counts once,
however many outlets copied it, and all its copies stay together. Words beat sentence embeddings here, at 150 times the speed.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from math import log, sqrt

from aggregator.bonds import FREE, Bonds
from aggregator.model import StoryDocument
from aggregator.stories import rulings
from aggregator.stories.features import Vector, features

LIKE = 0.28  # cosine from which an article belongs to a story
HALF_LIFE_DAYS = 7.0  # of likeness, from the story's last article
PRIOR = 60  # articles that rarity is reckoned with before there are any
TELLING = 40  # terms of an article that find its candidates, rarest first
CANDIDATES = 8  # stories compared in full
FORM = 0.7  # cosine of the words alone from which two texts fill in the same form (a daily bulletin)
FORM_FIGURES = 4  # figures that such a text has at least
SAME_FIGURES = 0.5  # share of the figures that two reports of the same day have in common
COMMONEST = 0.25  # share of live stories in which a term finds nobody any more


@dataclass(slots=True)
class _Text:
    """A text in the book: one article or several copies."""

    vector: Vector
    story_id: int
    at: datetime
    articles: dict[int, datetime] = field(default_factory=dict)


@dataclass(slots=True)
class _Story:
    """A live story: the sum of its texts' vectors, each of length 1."""

    total: Vector = field(default_factory=dict)
    texts: set[int] = field(default_factory=set)
    last_at: datetime | None = None


class StoryBook:
    """The live stories in memory; the order of ``add`` is the order of arrival. Costs about 4 KB an article. ``bonds``: what operators
    decided, which goes before all likeness."""

    def __init__(self, like: float = LIKE, bonds: Bonds = FREE) -> None:
        self._like = like
        self.bonds = bonds
        self._texts: dict[int, _Text] = {}  # by copy group
        self._text_of: dict[int, int] = {}  # article -> copy group
        self._stories: dict[int, _Story] = {}
        self._rarity: Counter[str] = Counter()  # texts with the term
        self._stories_with: dict[str, dict[int, int]] = {}  # term -> story -> texts of it with the term

    def __len__(self) -> int:
        """How many stories are live."""
        return len(self._stories)

    def story_of(self, article_id: int) -> int | None:
        """The story of an article that was added."""
        text = self._text_of.get(article_id)
        return None if text is None else self._texts[text].story_id

    def nearest(self, document: StoryDocument) -> int | None:
        """Return the live story that the article belongs to, None if it opens a new one. A copy goes where its text is."""
        known = self._texts.get(_group(document))
        if known is not None:
            return known.story_id
        ruled = rulings.home(self.bonds, [document.article_id], self.story_of)
        if ruled is not None:
            return ruled
        barred = rulings.barred(self.bonds, [document.article_id], self.story_of)
        scored = [pair for pair in self.scores(features(document), document.at) if pair[1] not in barred]
        return scored[0][1] if scored and scored[0][0] >= self._like else None

    def scores(self, vector: Vector, at: datetime) -> list[tuple[float, int]]:
        """Likeness (0..1, decayed) of a vector to the stories it may belong to, best first."""
        weighted = self._weighted(vector)
        telling = sorted(weighted, key=lambda term: -weighted[term])[:TELLING]
        found: dict[int, float] = {}
        for term in telling:
            stories = self._stories_with.get(term)
            if stories and (len(stories) < 20 or len(stories) <= COMMONEST * len(self._stories)):
                weight = weighted[term]
                for story_id in stories:
                    found[story_id] = found.get(story_id, 0.0) + weight
        scored = []
        for story_id in sorted(found, key=lambda each: (-found[each], each))[:CANDIDATES]:
            story = self._stories[story_id]
            if self._is_other_edition(vector, story):
                continue
            days = abs((at - story.last_at).total_seconds()) / 86400 if story.last_at else 0.0
            scored.append((self._cosine(weighted, story) * 0.5 ** (days / HALF_LIFE_DAYS), story_id))
        return sorted(scored, key=lambda pair: (-pair[0], pair[1]))

    def add(self, document: StoryDocument, story_id: int) -> None:
        """Put the article into the story, out of any other; an article that is there already is taken as changed."""
        self._adopt(document)
        self.remove(document.article_id)
        group = _group(document)
        text = self._texts.get(group)
        if text is not None and text.story_id != story_id:  # copies are in one story: the last word counts
            self._unlink(group, text)
            text.story_id = story_id
            self._link(group, text)
        if text is None:
            text = self._texts[group] = _Text(_unit(features(document)), story_id, document.at)
            self._rarity.update(text.vector.keys())
            self._link(group, text)
        text.articles[document.article_id] = document.at
        self._text_of[document.article_id] = group
        story = self._stories[story_id]
        if story.last_at is None or document.at > story.last_at:
            story.last_at = document.at

    def _adopt(self, document: StoryDocument) -> None:
        """A group was found for a text that had stood alone under an article's id that is not the smallest: give it the group's name."""
        name, group = self._text_of.get(document.article_id), _group(document)
        if name is None or name == group or group in self._texts:
            return
        text = self._texts[name]
        self._unlink(name, text)
        del self._texts[name]
        self._texts[group] = text
        self._link(group, text)
        for article_id in text.articles:
            self._text_of[article_id] = group

    def remove(self, article_id: int) -> None:
        """Forget an article; its text too where nobody else carries it."""
        group = self._text_of.pop(article_id, None)
        if group is None:
            return
        text = self._texts[group]
        del text.articles[article_id]
        if not text.articles:
            self._drop(group, text)

    def merge(self, source: int, target: int) -> None:
        """Move all texts of ``source`` to ``target``."""
        story = self._stories[source]
        for group in sorted(story.texts):
            text = self._texts[group]
            self._unlink(group, text)
            text.story_id = target
            self._link(group, text)

    def forget(self, before: datetime) -> int:
        """Drop the stories whose last article is older than ``before``; return how many."""
        old = [story_id for story_id, story in self._stories.items() if story.last_at is not None and story.last_at < before]
        for story_id in old:
            for group in list(self._stories[story_id].texts):
                text = self._texts[group]
                for article_id in text.articles:
                    del self._text_of[article_id]
                self._drop(group, text)
        return len(old)

    # --- for repair ---------------------------------------------------------------------------------------------------

    def sizes(self) -> dict[int, int]:
        """Texts of each live story."""
        return {story_id: len(story.texts) for story_id, story in self._stories.items()}

    def like(self, story_id: int) -> list[tuple[float, int]]:
        """Likeness of a whole story to the others that it may be merged with, best first."""
        story = self._stories[story_id]
        assert story.last_at is not None
        barred = rulings.barred(self.bonds, self.articles_of(story_id), self.story_of)
        return [pair for pair in self.scores(story.total, story.last_at) if pair[1] != story_id and pair[1] not in barred]

    def articles_of(self, story_id: int) -> frozenset[int]:
        """The articles of a live story."""
        return frozenset(article for group in self._stories[story_id].texts for article in self._texts[group].articles)

    # --- inside -------------------------------------------------------------------------------------------------------

    def _weighted(self, vector: Vector) -> Vector:
        count = PRIOR + len(self._texts)
        rarity = self._rarity
        return {term: weight * max(log(count / (rarity[term] + 1.0)), 0.0) for term, weight in vector.items()}

    def _cosine(self, weighted: Vector, story: _Story) -> float:
        total = self._weighted(story.total)
        small, large = (weighted, total) if len(weighted) < len(total) else (total, weighted)
        dot = sum(weight * large[term] for term, weight in small.items() if term in large)
        if not dot:
            return 0.0
        return dot / sqrt(sum(w * w for w in weighted.values()) * sum(w * w for w in total.values()))

    def _is_other_edition(self, vector: Vector, story: _Story) -> bool:
        """Whether a text of the story fills in the same form with other figures: yesterday's bulletin is another event."""
        figures = {term for term in vector if term[0] == "#"}
        if len(figures) < FORM_FIGURES:
            return False
        for group in story.texts:
            other = self._texts[group].vector
            others = {term for term in other if term[0] == "#"}
            differ = len(others) >= FORM_FIGURES and len(figures & others) < SAME_FIGURES * min(len(figures), len(others))
            if differ and _likeness(vector, other) >= FORM:
                return True
        return False

    def _link(self, group: int, text: _Text) -> None:
        story = self._stories.setdefault(text.story_id, _Story())
        story.texts.add(group)
        for term, weight in text.vector.items():
            story.total[term] = story.total.get(term, 0.0) + weight
            counts = self._stories_with.setdefault(term, {})
            counts[text.story_id] = counts.get(text.story_id, 0) + 1
        if story.last_at is None or text.at > story.last_at:
            story.last_at = text.at

    def _unlink(self, group: int, text: _Text) -> None:
        story = self._stories[text.story_id]
        story.texts.discard(group)
        for term, weight in text.vector.items():
            counts = self._stories_with[term]
            counts[text.story_id] -= 1
            if counts[text.story_id]:
                story.total[term] -= weight
                continue
            del counts[text.story_id], story.total[term]
            if not counts:
                del self._stories_with[term]
        if not story.texts:
            del self._stories[text.story_id]

    def _drop(self, group: int, text: _Text) -> None:
        self._unlink(group, text)
        self._rarity.subtract(text.vector.keys())
        for term in text.vector:
            if not self._rarity[term]:
                del self._rarity[term]
        del self._texts[group]


def _group(document: StoryDocument) -> int:
    """A text's name: a group is named by its smallest article id, so an article that nobody had copied yet is found again."""
    return document.copy_group if document.copy_group is not None else document.article_id


def _likeness(a: Vector, b: Vector) -> float:
    """Cosine of two vectors without their figures."""
    dot = sum(weight * b[term] for term, weight in a.items() if term in b and term[0] != "#")
    lengths = [sqrt(sum(weight * weight for term, weight in vector.items() if term[0] != "#")) for vector in (a, b)]
    return dot / (lengths[0] * lengths[1]) if all(lengths) else 0.0


def _unit(vector: Vector) -> Vector:
    length = sqrt(sum(weight * weight for weight in vector.values()))
    return {term: weight / length for term, weight in vector.items()} if length else {}
