"""Which earlier story a new one takes up: the verdict after the trial, the reopening after the collapse.

Both happened at one place, and the earlier one fell silent before. That alone says little: a city has many trials, one mayor and one club.
So both must name somebody or something that one of the titles names, the place aside, and share what else a title says, in words that
are rare among the stories of the place. Then an attack follows no other attack, and what the mayor opens not what he opened before.
Forms that are filled in daily follow nothing.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from math import fsum, log, sqrt

from aggregator.model import StoryDocument
from aggregator.stories.features import Vector, features, title_terms

LIKE = 0.2  # cosine of terms weighed by rarity from which a story may follow another; it belongs to it at once from .33
NAMES = 1  # rare names that both have and a title too, at least
WORDS = 2  # rare words of a title that both have, besides names, at least
RARE = 0.1  # share of the place's stories that have a rare term, at most
FEW = 2  # stories that may always have it
FIGURES = 3  # that a form has, at least
SAME_FIGURES = 0.5  # share of them that two reports of one day have in common
FORM = 0.6  # cosine of the words alone from which two texts fill in one form
PRIOR = 60  # stories that rarity is reckoned with before there are any


@dataclass(frozen=True, slots=True)
class Told:
    """What a story tells: its words, names and figures, each by how much it weighs in the mean of its texts."""

    story_id: int
    title: frozenset[str]
    terms: Mapping[str, float]


def told(story_id: int, title: str, documents: Sequence[StoryDocument], places: Collection[str] = ()) -> Told:
    """What a story of this title and these texts tells; a text counts once, however many outlets copied it. ``places``: where it happened,
    as the texts name it, which says nothing."""
    texts = {each.copy_group or each.article_id: each for each in reversed(documents)}
    barred = {term for place in places for term in title_terms(place)}
    total: defaultdict[str, float] = defaultdict(float)
    for document in texts.values():
        vector = features(document)
        length = sqrt(fsum(weight * weight for weight in vector.values())) or 1.0
        for term, weight in vector.items():
            if term[0] != "@" and barred.isdisjoint(_words(term)):
                total[term] += weight / length
    return Told(story_id, frozenset(title_terms(title) - barred), total)


def likely(new: Told, titles: Mapping[int, str], most: int) -> list[int]:
    """Of the stories with these titles the ``most`` that share most of what is rare with the new one, best first: those to be read."""
    terms = {story_id: title_terms(title) for story_id, title in titles.items()}
    spread = Counter(term for found in terms.values() for term in found)
    scores = {}
    for story_id, found in terms.items():
        shared = [term for term in found if term in new.terms and term[0] != "#" and _is_rare(spread[term], len(terms))]
        if shared:
            scores[story_id] = round(fsum(_rarity(spread[term], len(terms)) for term in shared), 9)
    return sorted(scores, key=lambda story_id: (-scores[story_id], -story_id))[:most]


def followed(new: Told, earlier: Sequence[Told], titles: Sequence[str]) -> int | None:
    """The first of the earlier stories, newest first, that the new one surely takes up; None if it takes up none. ``titles``: of the other
    stories of the place, by which rarity is told."""
    spread = Counter(term for title in titles for term in title_terms(title))
    spread.update(term for story in earlier for term in story.terms)
    count = len(titles) + len(earlier)
    return next((story.story_id for story in earlier if _takes_up(new, story, spread, count)), None)


def _takes_up(new: Told, old: Told, spread: Counter[str], count: int) -> bool:
    shared = {term for term in new.terms.keys() & old.terms.keys() if term[0] not in "#!" and _is_rare(spread[term], count)}
    titles = new.title | old.title
    names = {term for term in shared if term[0] == "="}
    named = {word for term in names for word in _words(term)}
    if sum(not titles.isdisjoint(_words(term)) for term in names) < NAMES or len(shared & titles - named) < WORDS:
        return False
    return _cosine(*(_weighed(story.terms, spread, count) for story in (new, old))) >= LIKE and not _same_form(new, old)


def _same_form(new: Told, old: Told) -> bool:
    """Whether the two are editions of one bulletin: the same words with other figures."""
    figures = [{term for term in story.terms if term[0] == "#"} for story in (new, old)]
    fewer = min(len(each) for each in figures)
    if fewer < FIGURES or len(figures[0] & figures[1]) > SAME_FIGURES * fewer:
        return False
    return _cosine(*({term: weight for term, weight in story.terms.items() if term[0] != "#"} for story in (new, old))) >= FORM


def _words(term: str) -> list[str]:
    """The words of a term, without the mark of its kind."""
    return term.removeprefix("=").split()


def _weighed(terms: Mapping[str, float], spread: Counter[str], count: int) -> Vector:
    return {term: weight * _rarity(spread[term], count) for term, weight in terms.items() if term[0] != "#"}


def _rarity(having: int, count: int) -> float:
    return max(log((PRIOR + count) / (1 + having)), 0.0)


def _is_rare(having: int, count: int) -> bool:
    return having <= max(FEW, RARE * count)


def _cosine(a: Mapping[str, float], b: Mapping[str, float]) -> float:
    """In 0..1; the same whatever the order of terms."""
    lengths = [sqrt(fsum(weight * weight for weight in each.values())) for each in (a, b)]
    return fsum(a[term] * b[term] for term in a.keys() & b.keys()) / (lengths[0] * lengths[1] or 1.0)
