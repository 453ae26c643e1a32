"""The title of a story: the one of its articles' titles that says best what all of them say."""

from collections import Counter
from collections.abc import Sequence
from math import fsum, log, sqrt

from aggregator.model import StoryDocument
from aggregator.stories.features import Vector, features, title_terms

LONG = 110  # characters from which a title reads badly in a list
SHORT = 20
ALONE = 0.1  # what a word counts that no other text has
MARKS = (
    "LIVE",
    "VIDEO",
    "PHOTOS",
    "WATCH",
    "BREAKING",
    "OPINION",
    "ANALYSIS",
    "UPDATED",
    "ВІДЕО",
    "ФОТО",
    "НАЖИВО",
    "ОНЛАЙН",
    "ВИДЕО",
    "ОБНОВЛЕНО",
)


def choose(documents: Sequence[StoryDocument]) -> str:
    """Return the most central title in the story's most common language, as it was written. Raises ValueError for no document.

    Central is what shares most with the other texts; each text counts once, however many outlets copied it. Titles that shout, end in
    ``?`` or ``…``, open with a label such as ``LIVE``, or are very short or long stand back. Equals: the earliest, then the first known.
    """
    if not documents:
        raise ValueError("a story without articles has no title")
    texts: dict[int, StoryDocument] = {}
    for document in sorted(documents, key=lambda each: (each.at, each.article_id)):
        texts.setdefault(document.copy_group if document.copy_group is not None else document.article_id, document)
    languages = Counter(document.language for document in texts.values())
    most = max(languages.values())
    language = next(document.language for document in texts.values() if languages[document.language] == most)
    of_language = [document for document in texts.values() if document.language == language and document.title.strip()]
    candidates = of_language or [document for document in texts.values() if document.title.strip()]
    if not candidates:
        return ""
    vectors = {document.article_id: features(document) for document in candidates}
    spread: Counter[str] = Counter(term for vector in vectors.values() for term in vector)
    centre = {term: log(count) + ALONE for term, count in spread.items()}
    best = max(candidates, key=lambda each: (_standing(each.title, centre), -each.at.timestamp(), -each.article_id))
    return best.title.strip()


def _standing(title: str, centre: Vector) -> float:
    terms = title_terms(title)
    covered = fsum(centre.get(term, 0.0) for term in terms) / sqrt(len(terms)) if terms else 0.0
    return round(covered * _manners(title.strip()), 9)  # so that equals are equal, in whatever order words were added up


def _manners(title: str) -> float:
    """1 for a title as one would wish it, less for each fault."""
    letters = [c for c in title if c.isalpha()]
    manners = 1.0
    if letters and sum(c.isupper() for c in letters) > 0.6 * len(letters):
        manners *= 0.5
    if title.endswith(("?", "!", "…", "...")):
        manners *= 0.7
    if title.split(maxsplit=1)[:1] and title.split(maxsplit=1)[0].strip(":.|-–—[]()").upper() in MARKS:
        manners *= 0.7
    if len(title) > LONG or len(title) < SHORT:
        manners *= 0.8
    return manners
