"""Stories as they grow: which of the live stories a new article belongs to.

Single-pass clustering: an article goes to the story whose newest texts it is most like (cosine of terms weighted by their rarity among
the live texts, less with the days between them), or opens a new one. A text counts once, however many outlets copied it, and all its
copies stay together. What a single pass gets wrong the repair mends. Words beat sentence embeddings here, at 150 times the speed.

A book says the same whatever way it came to hold what it holds: it may be read anew from the store at any time.
"""

from bisect import bisect_left, insort
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from math import sqrt

import numpy as np
import numpy.typing as npt

from aggregator.bonds import FREE, Bonds
from aggregator.model import StoryDocument
from aggregator.stories import rulings
from aggregator.stories.crosslanguage import Evidence, Witnesses, best, contrary, evidence
from aggregator.stories.features import Vector, features
from aggregator.stories.terms import EMPTY, Coded, Ints, Terms, together

LIKE = 0.33  # cosine from which an article belongs to a story at once; the repair finds more
HALF_LIFE_DAYS = 7.0  # of likeness, from the story's last article
CORE = 40  # newest texts of a story that say what it is about
FOUND = 48  # texts whose stories are compared
CANDIDATES = 8  # stories compared in full
FORM = 0.7  # cosine of the words alone from which two texts fill in the same form (a daily bulletin)
FORM_FIGURES = 4  # figures that such a text has at least
FORM_SHARE = 0.08  # of its terms that are figures, at least: long reports have a few too
SAME_FIGURES = 0.5  # share of the figures that two reports of the same day have in common
COPIES = 8  # of a text that say what its words are, those with the smallest ids
WASTE = 1000  # dead slots from which they are cleared away, if there are more of them than live ones

_Total = tuple[npt.NDArray[np.int32], Ints]


@dataclass(slots=True)
class Text:
    """A text in the book: one article or several copies. Its words are those of all of them together, so that they are the same whichever
    copy came first, or was found to be one; it counts once all the same."""

    group: int
    story_id: int
    at: datetime  # when it came out first
    articles: dict[int, tuple[datetime, Coded]] = field(default_factory=dict)
    slot: int = -1
    coded: Coded = EMPTY
    figures: frozenset[str] = frozenset()  # of a text that may be a form, else none

    @property
    def last_at(self) -> datetime:
        """When it was printed last."""
        return max(at for at, _ in self.articles.values())


@dataclass(slots=True)
class _Story:
    """A live story: its texts in order of time, and the sum of the newest."""

    texts: list[tuple[datetime, int]] = field(default_factory=list)
    total: _Total | None = None
    last_at: datetime | None = None


class StoryBook:
    """The live stories in memory, about 5 KB an article. ``bonds``: what operators decided, which goes before all likeness."""

    def __init__(self, like: float = LIKE, bonds: Bonds = FREE) -> None:
        self._like = like
        self.bonds = bonds
        self._terms = Terms()
        self._texts: dict[int, Text] = {}  # by copy group
        self._text_of: dict[int, int] = {}  # article -> copy group
        self._stories: dict[int, _Story] = {}
        self.witnesses = Witnesses()
        self._groups = np.full(1024, -1, np.int64)  # slot -> copy group; -1: dead
        self._read: tuple[StoryDocument, Vector] | None = None  # the document that was read last: it is looked up, then added

    def __len__(self) -> int:
        """How many stories are live."""
        return len(self._stories)

    def story_of(self, article_id: int) -> int | None:
        """The story of an article that was added."""
        text = self._text_of.get(article_id)
        return None if text is None else self._texts[text].story_id

    def story_of_text(self, document: StoryDocument) -> int | None:
        """The story of the article's text, where the book has it from another article or from this one."""
        text = self._texts.get(_group(document))
        return None if text is None else text.story_id

    def nearest(self, document: StoryDocument) -> int | None:
        """Return the live story that the article belongs to, None if it opens a new one. A copy goes where its text is."""
        known = self.story_of_text(document)
        if known is not None:
            return known
        ruled = rulings.home(self.bonds, [document.article_id], self.story_of)
        if ruled is not None:
            return ruled
        barred = rulings.barred(self.bonds, [document.article_id], self.story_of)
        own = evidence(document)
        for likeness, story_id in self.scores(self._features(document), document.at):
            if likeness < self._like:
                break
            if story_id not in barred and not (own is not None and contrary([own], self.evidence(self.groups_of(story_id)))):
                return story_id
        return self._abroad(own, barred) if own is not None else None

    def _abroad(self, own: Evidence, barred: Collection[int]) -> int | None:
        """The live story that tells of the same event in other languages."""
        weights: dict[int, int] = {}
        for article_id, weight in self.witnesses.near(own).items():
            story_id = self._texts[self._text_of[article_id]].story_id
            if story_id not in barred:
                weights[story_id] = max(weight, weights.get(story_id, 0))
        found = best([own], {story_id: self.evidence(self.groups_of(story_id)) for story_id in weights}, weights)
        return found[0] if found is not None else None

    def scores(self, vector: Vector, at: datetime) -> list[tuple[float, int]]:
        """Likeness (0..1, decayed) of a vector to the stories it may belong to, best first."""
        coded = self._terms.code(vector)
        figures = _figures(vector)
        stories: dict[int, None] = {}
        for group in self._found(coded):
            stories[self._texts[group].story_id] = None
            if len(stories) == CANDIDATES:
                break
        open_to = [story_id for story_id in stories if not self._is_other_edition(coded, figures, story_id)]
        likeness = self._terms.cosines(coded, [self._total(story_id) for story_id in open_to])
        scored = [(cosine * self._decay(story_id, at), story_id) for cosine, story_id in zip(likeness, open_to, strict=True)]
        return sorted(scored, key=lambda pair: (-pair[0], pair[1]))

    def add(self, document: StoryDocument, story_id: int) -> None:
        """Put the article into the story, out of any other; an article that is there already is taken as changed. Copies are in one story:
        the last word counts."""
        self._adopt(document)
        self.remove(document.article_id)
        self._clear_away()
        group = _group(document)
        text = self._texts.get(group)
        if text is None:
            text = self._texts[group] = Text(group, story_id, document.at)
        else:
            self._unlink(text)
            text.story_id = story_id
        vector = self._features(document)
        text.articles[document.article_id] = (document.at, self._terms.code(vector))
        self._text_of[document.article_id] = group
        self.witnesses.put(document.article_id, evidence(document))
        self._link(text)

    def _adopt(self, document: StoryDocument) -> None:
        """A group was found for a text that had stood alone under an article's id that is not the smallest: give it the group's name."""
        name, group = self._text_of.get(document.article_id), _group(document)
        if name is None or name == group or group in self._texts:
            return
        text = self._texts[name]
        self._unlink(text)
        del self._texts[name]
        self._texts[group] = text
        text.group = group
        self._link(text)
        for article_id in text.articles:
            self._text_of[article_id] = group

    def remove(self, article_id: int) -> None:
        """Forget an article; its text too where nobody else carries it."""
        group = self._text_of.pop(article_id, None)
        if group is None:
            return
        self.witnesses.drop(article_id)
        text = self._texts[group]
        self._unlink(text)
        del text.articles[article_id]
        if not text.articles:
            del self._texts[group]
            return
        self._link(text)

    def move(self, group: int, story_id: int) -> None:
        """Put a text and all its copies into a story, out of its own."""
        text = self._texts[group]
        self._unlink(text, alive=True)
        text.story_id = story_id
        self._link(text, alive=True)

    def merge(self, source: int, target: int) -> None:
        """Move all texts of ``source`` to ``target``."""
        for group in self.groups_of(source):
            self.move(group, target)

    def forget(self, before: datetime) -> int:
        """Drop the stories whose last article is older than ``before``; return how many."""
        old = [story_id for story_id in self._stories if self.last_at(story_id) < before]
        for story_id in old:
            for group in self.groups_of(story_id):
                text = self._texts.pop(group)
                for article_id in text.articles:
                    del self._text_of[article_id]
                    self.witnesses.drop(article_id)
                self._unlink(text)
        return len(old)

    # --- for repair ---------------------------------------------------------------------------------------------------

    def sizes(self) -> dict[int, int]:
        """Texts of each live story."""
        return {story_id: len(story.texts) for story_id, story in self._stories.items()}

    def groups_of(self, story_id: int) -> tuple[int, ...]:
        """The texts of a story, by copy group, oldest first; none for a story that is not live."""
        story = self._stories.get(story_id)
        return tuple(group for _, group in story.texts) if story is not None else ()

    def groups(self, articles: Collection[int]) -> frozenset[int]:
        """The texts of those of the articles that are in the book."""
        return frozenset(self._text_of[article] for article in articles if article in self._text_of)

    def text(self, group: int) -> Text:
        return self._texts[group]

    def last_at(self, story_id: int) -> datetime:
        """When a live story's last article came out."""
        story = self._stories[story_id]
        if story.last_at is None:
            story.last_at = max(self._texts[group].last_at for _, group in story.texts)
        return story.last_at

    def articles_of(self, story_id: int) -> frozenset[int]:
        """The articles of a live story."""
        return frozenset(article for group in self.groups_of(story_id) for article in self._texts[group].articles)

    def evidence(self, groups: Iterable[int]) -> list[Evidence]:
        """What of texts other languages share."""
        return self.witnesses.of(article for group in groups for article in self._texts[group].articles)

    def abroad(self, group: int) -> frozenset[int]:
        """The texts in other languages that are of one event with a text, by themselves."""
        return self.groups([article for each in self.evidence([group]) for article in self.witnesses.near(each)])

    def alike(self, group: int) -> Iterator[tuple[float, int]]:
        """The texts most like one, with their cosine."""
        coded = self._texts[group].coded
        found = [other for other in self._found(coded) if other != group]
        vectors = [self._texts[other].coded for other in found]
        return zip(self._terms.cosines(coded, [(each.ids, each.weights) for each in vectors]), found, strict=True)

    def rarity(self, ids: npt.NDArray[np.int32]) -> Ints:
        """Steps of rarity of terms among the live texts."""
        return self._terms.rarity(ids)

    # --- inside -------------------------------------------------------------------------------------------------------

    def _features(self, document: StoryDocument) -> Vector:
        if self._read is None or self._read[0] is not document:
            self._read = document, features(document)
        return self._read[1]

    def _found(self, coded: Coded) -> list[int]:
        """The texts that have most of what tells about a vector, by copy group, best first."""
        votes = self._terms.finding(coded)
        votes[self._groups[: len(votes)] < 0] = 0
        slots = np.flatnonzero(votes)
        if len(slots) > FOUND:
            slots = slots[votes[slots] >= np.partition(votes[slots], -FOUND)[-FOUND]]
        ranked = sorted(zip((-votes[slots]).tolist(), self._groups[slots].tolist(), strict=True))
        return [group for _, group in ranked[:FOUND]]

    def _total(self, story_id: int) -> _Total:
        """The sum of the story's newest texts."""
        story = self._stories[story_id]
        if story.total is None:
            core = [self._texts[group].coded for _, group in story.texts[-CORE:]]
            ids, places = np.unique(np.concatenate([text.ids for text in core]), return_inverse=True)
            total = np.zeros(len(ids), np.int64)
            np.add.at(total, places, np.concatenate([text.weights for text in core]))
            story.total = ids, total
        return story.total

    def _decay(self, story_id: int, at: datetime) -> float:
        return decay((at - self.last_at(story_id)).total_seconds())

    def _is_other_edition(self, coded: Coded, figures: frozenset[str], story_id: int) -> bool:
        """Whether a text of the story fills in the same form with other figures: yesterday's bulletin is another event."""
        if not figures:
            return False
        texts = (self._texts[group] for _, group in self._stories[story_id].texts[-CORE:])
        return any(_differ(figures, text.figures) and self._same_form(coded, text.coded) for text in texts)

    def other_editions(self, one: int, other: int) -> bool:
        """Whether two texts fill in the same form with other figures."""
        a, b = self._texts[one], self._texts[other]
        return _differ(a.figures, b.figures) and self._same_form(a.coded, b.coded)

    def _same_form(self, a: Coded, b: Coded) -> bool:
        return _likeness(*(self._without_figures(each) for each in (a, b))) >= FORM

    def _without_figures(self, coded: Coded) -> dict[int, int]:
        names = self._terms.names(coded.ids)
        return {
            term: weight for term, weight, name in zip(coded.ids.tolist(), coded.weights.tolist(), names, strict=True) if name[0] != "#"
        }

    def _link(self, text: Text, *, alive: bool = False) -> None:
        """Enter a text; ``alive``: but for its story all is as it was."""
        if not alive:
            text.at = min(at for at, _ in text.articles.values())
            text.coded = together([text.articles[article][1] for article in sorted(text.articles)[:COPIES]])
            text.figures = _figures(self._terms.names(text.coded.ids))
            text.slot = self._terms.put(text.coded)
            if text.slot == len(self._groups):
                self._groups = np.concatenate([self._groups, np.full(text.slot, -1, np.int64)])
            self._groups[text.slot] = text.group
        story = self._stories.setdefault(text.story_id, _Story())
        insort(story.texts, (text.at, text.group))
        story.total = story.last_at = None

    def _unlink(self, text: Text, *, alive: bool = False) -> None:
        story = self._stories[text.story_id]
        del story.texts[bisect_left(story.texts, (text.at, text.group))]
        story.total = story.last_at = None
        if not story.texts:
            del self._stories[text.story_id]
        if not alive:
            self._groups[text.slot] = -1
            self._terms.drop(text.coded)

    def _clear_away(self) -> None:
        """Number terms and slots anew once most slots are dead."""
        if self._terms.slots - self._terms.texts < max(WASTE, self._terms.texts):
            return
        old, self._terms = self._terms, Terms()
        self._groups[:] = -1
        for text in self._texts.values():
            text.articles = {ident: (at, self._terms.in_terms_of(coded, old)) for ident, (at, coded) in text.articles.items()}
            text.coded = self._terms.in_terms_of(text.coded, old)
            text.slot = self._terms.put(text.coded)
            self._groups[text.slot] = text.group
        for story in self._stories.values():
            story.total = None


def decay(seconds: float) -> float:
    """What the time between two texts leaves of their likeness."""
    return float(0.5 ** (abs(seconds) / 86400 / HALF_LIFE_DAYS))


def _group(document: StoryDocument) -> int:
    """A text's name: a group is named by its smallest article id, so an article that nobody had copied yet is found again."""
    return document.copy_group if document.copy_group is not None else document.article_id


def _figures(terms: Collection[str]) -> frozenset[str]:
    """The figures of a text that has enough of them to be a form."""
    figures = frozenset(term for term in terms if term[0] == "#")
    return figures if len(figures) >= max(FORM_FIGURES, FORM_SHARE * len(terms)) else frozenset()


def _differ(a: frozenset[str], b: frozenset[str]) -> bool:
    """Whether two texts are rich in figures that are not the same."""
    return bool(a and b) and len(a & b) < SAME_FIGURES * min(len(a), len(b))


def _likeness(a: dict[int, int], b: dict[int, int]) -> float:
    """Cosine of two vectors."""
    dot = sum(weight * b[term] for term, weight in a.items() if term in b)
    lengths = [sqrt(sum(weight * weight for weight in vector.values())) for vector in (a, b)]
    return dot / (lengths[0] * lengths[1]) if all(lengths) else 0.0
