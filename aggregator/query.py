"""What an index holds, what it can be asked, and what it answers: the one language between the query parser, its plan and the engines.

SearchIndex is a port like those of ``ports``; its contract suite is tests/contract/test_search_index.py.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class IndexDocument:
    """An article as the index takes it: analysed words apart from facet tokens.

    ``facets`` maps a facet (place, outlet, source, via, kind, side, channel, lang, theatre, story, feed, is) to its values; a place's
    values are its id and those of its whole path, so that a region finds its villages. ``copy_of``: the copy group, which is one text
    (None: a text of its own), and ``wire`` the agency it was taken from: from these the origins of a story are counted.
    """

    article_id: int
    position: int
    story_id: int | None
    title: str
    body: str
    language: str | None
    facets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    copy_of: int | None = None
    wire: str | None = None


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the query after the analyser. ``field``: title, body or None for both; ``exact``: not stemmed."""

    token: str
    field: str | None = None
    prefix: bool = False
    exact: bool = False


@dataclass(frozen=True, slots=True)
class Phrase:
    """Exact tokens that follow each other."""

    tokens: tuple[str, ...]
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Facet:
    """A facet token such as place = gn709611."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Between:
    """Articles of a time: ``since`` is included, ``until`` is not; None is no bound."""

    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class StoryCount:
    """Articles of stories with so many ``origins`` or ``outlets`` (``name``), as far as they are indexed; ``most`` None: any more. An
    article without a story is none of them."""

    name: str
    least: int = 0
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Articles:
    """These articles, whatever they say: what a reader starred, say."""

    ids: frozenset[int]


@dataclass(frozen=True, slots=True)
class AllOf:
    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One of the parts; without parts no article at all."""

    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Not:
    part: "Node"


@dataclass(frozen=True, slots=True)
class Everything:
    """Matches each article."""


Node = Word | Phrase | Facet | Between | StoryCount | Articles | AllOf | AnyOf | Not | Everything


@dataclass(frozen=True, slots=True)
class Plan:
    """What to look for, ready for an engine. ``since`` is included, ``until`` is not; ``order``: newest or relevance."""

    match: Node = field(default_factory=Everything)
    since: datetime | None = None
    until: datetime | None = None
    order: str = "newest"


@dataclass(frozen=True, slots=True)
class Hits:
    """Found articles in order. ``next_after`` is the cursor of the next page, None at the end; ``total`` may be capped."""

    article_ids: tuple[int, ...]
    next_after: str | None = None
    total: int | None = None


@dataclass(frozen=True, slots=True)
class StoryHits:
    """Found stories, newest matching article first; ``matches`` has the newest matching article of each."""

    story_ids: tuple[int, ...]
    matches: tuple[int, ...]
    next_after: str | None = None


@dataclass(frozen=True, slots=True)
class FacetValue:
    value: str
    count: int


@dataclass(frozen=True, slots=True)
class Valued:
    """A match with its values of one facet, in no particular order."""

    article_id: int
    story_id: int | None
    values: tuple[str, ...]


class SearchIndex(Protocol):
    """The search engine; all engines give the same hits for a plan."""

    def put(self, documents: Iterable[IndexDocument]) -> None:
        """Add or replace."""

    def remove(self, article_ids: Sequence[int]) -> None: ...

    def articles(self, plan: Plan, limit: int, after: str | None = None) -> Hits:
        """Newest first, or by relevance where the plan says so."""

    def stories(self, plan: Plan, limit: int, after: str | None = None) -> StoryHits:
        """Stories with a matching article; none comes again on a later page."""

    def facets(self, plan: Plan, names: Sequence[str], limit: int = 20) -> Mapping[str, tuple[FacetValue, ...]]:
        """Counts of all matching articles by value, largest first."""

    def values(self, plan: Plan, name: str, limit: int) -> tuple[Valued, ...]:
        """The newest ``limit`` matches, newest first, each with its values of one facet; those that have none are left out."""

    def count(self, plan: Plan) -> int: ...

    def histogram(self, plan: Plan, edges: Sequence[datetime]) -> tuple[int, ...]:
        """Matching articles between each two neighbours of ``edges`` (ascending; the first included, the second not)."""

    def distinct(self, plan: Plan, edges: Sequence[datetime], name: str) -> tuple[tuple[int, ...], int]:
        """How many different stories (``name``: story), independent origins (origin) or values of a facet that is counted the matches
        between each two neighbours of ``edges`` have, and how many all of these have together. An article without a story has none. Origins
        are what ``StoryCount`` counts: texts, of which all that one agency has in a story are one; without a story each is its own."""

    def ids(self, after: int = 0, limit: int = 1000) -> tuple[int, ...]:
        """Ids greater than ``after`` of the articles that it holds, ascending."""

    def clear(self) -> None:
        """Empty the index."""
