"""How much of its origin's text a copy carries, and how much of its own it has: for pages in words, for programs in figures."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from aggregator.identity.shares import MORE, WHOLE, carried
from aggregator.model import Article
from web.cards import TextGroup
from web.product import product


@dataclass(frozen=True, slots=True)
class Share:
    """``carries``: the share (0..1) of the origin's words that stand in the copy; ``own``: that of the copy's words that do not stand in
    the origin's text."""

    carries: float
    own: float

    @property
    def told(self) -> str:
        """In words; empty where it carries the whole and little besides."""
        if self.carries < WHOLE:
            return f"carries about {max(10, round(self.carries * 10) * 10)} % of it"
        return "carries it within a longer text" if 1 - self.own < MORE else ""


def share(texts: Sequence[str], copy: str) -> Share:
    """``texts``: all that the origin was; that counts of which the copy carries most."""
    carries, text = max((carried(text, copy), text) for text in texts)
    return Share(carries, 1 - carried(copy, text))


def shares(groups: Iterable[TextGroup]) -> dict[int, Share]:
    """Of each copy, by its article's id."""
    found: dict[int, Share] = {}
    for group in groups:
        if group.copies:
            texts = _all_that_it_was(group.origin)
            found |= {copy.id: share(texts, copy.body) for copy in group.copies}
    return found


def share_of(article: Article) -> Share | None:
    """Of one article; None for a text of its own, and for a copy whose origin is no more."""
    if article.copy_group in (None, article.id):
        return None
    origins = product().store.articles.many([article.copy_group])
    return share(_all_that_it_was(origins[0]), article.body) if origins else None


def _all_that_it_was(origin: Article) -> list[str]:
    """The texts of the versions that readers can look at."""
    if origin.revision == 1:
        return [origin.body]
    return [one.body for one in product().store.articles.revisions(origin.id)]
