"""Which articles belong together and which do not, because people said so: one pure value for stories and for copy groups.

Who must be together is a relation that goes on (a with b, b with c: a with c), so it gives classes. Who is kept apart is said of two
articles, and so of their classes.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Bonds:
    """Classes of articles that are together, and which classes are apart. Articles of which nothing was said are in no class."""

    classes: Mapping[int, frozenset[int]] = field(default_factory=dict)  # article -> all of its class
    apart: Mapping[int, frozenset[int]] = field(default_factory=dict)  # article -> all that its class is kept apart from

    def __bool__(self) -> bool:
        return bool(self.classes)

    def mates(self, articles: Iterable[int]) -> frozenset[int]:
        """The articles, and all that must be where they are."""
        return frozenset().union(*(self.classes.get(article, (article,)) for article in articles))

    def strangers(self, articles: Iterable[int]) -> frozenset[int]:
        """All that must not be where one of the articles is."""
        return frozenset().union(*(self.apart.get(article, ()) for article in articles))

    def allow(self, articles: Collection[int]) -> bool:
        """Whether these may be together."""
        return not self or self.strangers(articles).isdisjoint(articles)


FREE = Bonds()


def bind(together: Iterable[Collection[int]], apart: Iterable[tuple[Collection[int], Collection[int]]]) -> Bonds:
    """Return the bonds. Two of one class cannot be apart: where that is said all the same, the class wins."""
    leaders: dict[int, int] = {}

    def leader(article: int) -> int:
        while leaders.setdefault(article, article) != article:
            leaders[article] = article = leaders[leaders[article]]
        return article

    for articles in together:
        first, *rest = articles or (0,)
        for article in rest:
            leaders[leader(article)] = leader(first)
    sides = [(side, other) for side, other in apart if side and other]
    for article in [article for pair in sides for side in pair for article in side]:
        leader(article)
    classes: dict[int, set[int]] = {}
    for article in leaders:
        classes.setdefault(leader(article), set()).add(article)
    strangers: dict[int, set[int]] = {}
    for side, other in sides:
        ours, theirs = {leader(article) for article in side}, {leader(article) for article in other}
        for one in ours:
            strangers.setdefault(one, set()).update(theirs - {one})
        for one in theirs:
            strangers.setdefault(one, set()).update(ours - {one})
    whole = {name: frozenset(members) for name, members in classes.items()}
    kept_apart = {name: frozenset().union(*(whole[other] for other in others)) for name, others in strangers.items()}
    return Bonds(
        {article: whole[leader(article)] for article in leaders},
        {article: kept_apart[leader(article)] for article in leaders if kept_apart.get(leader(article))},
    )
