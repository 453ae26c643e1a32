"""What a name may mean: the places that bear it, with what ranking asks of them."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, Generic, NamedTuple, TypeVar

from aggregator.places.rows import MADE

Value = TypeVar("Value")

CONTAINERS = ("region", "country", "district", "area")
LOCAL = frozenset(("settlement", "district"))
KIND_WORTH = {"country": 4.6, "region": 5.7, "area": 7.2, "water": 6.4, "district": 1.6, "site": 4.4, "settlement": 2.4}
PEOPLE_WORTH = {"country": 0.9, "settlement": 0.95}  # per power of ten
PEOPLE_WORTH_ELSEWHERE = 0.2  # a region's people say little of how often it is named
CAPITAL_WORTH = 2.5
RANK_WORTH = (0.6, 0.0, 0.0, -0.5)


@dataclass(slots=True)
class Candidate:
    """A place that a name may mean, with what ranking needs. ``rank`` is that of the name (rows.py); rows are -1 for none.

    Shared by all who ask for the name: nobody changes one. (Not frozen, since a new name may bring dozens, which then take three times as
    long to make.)"""

    row: int
    rank: int
    lat: float
    lon: float
    population: int
    kind: str
    country: int
    region: int
    district: int
    approximate: bool
    capital: bool


class _Once(Generic[Value]):
    """A property that is worked out when it is first asked for, and kept: ``functools.cached_property`` without its lock, which costs more
    than most of these do. Two threads may both work one out, to the same."""

    def __init__(self, work: Callable[[Any], Value]) -> None:
        self._work = work

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, owner: Any, kind: type | None = None) -> Value:
        value = owner.__dict__[self._name] = self._work(owner)
        return value


class Bearing(NamedTuple):
    """What the places of a name give for it wherever it stands, by the recogniser's ``weights``: ``reasons`` with how often each counts,
    their ``score``, and whether all the places are ``small`` (judge.py)."""

    weights: Mapping[str, float]
    score: float
    reasons: Mapping[str, float]
    small: bool


class Candidates(tuple[Candidate, ...]):
    """All that a name may mean, in no order.

    The gazetteer keeps one of these for each name of late, and every mention asks the same of it: what does not depend on the text
    is worked out once.
    """

    def of(self, kinds: frozenset[str]) -> "Candidates":
        """Those of these kinds; all where no kinds are given or none is of them."""
        if not kinds:
            return self
        known = self._narrowed.get(kinds)
        if known is None:
            known = self._narrowed[kinds] = Candidates(c for c in self if c.kind in kinds) or self
        return known

    @_Once
    def _narrowed(self) -> dict[frozenset[str], "Candidates"]:
        return {}

    @_Once
    def rated(self) -> tuple[tuple[float, Candidate], ...]:
        """Each with its prominence before it."""
        return tuple([(prominence(c), c) for c in self])

    def foremost(self, count: int) -> "Candidates":
        """The most prominent ones, the first most."""
        known = self._foremost.get(count)
        if known is None:
            known = self._foremost[count] = Candidates(c for _, c in sorted(self.rated, key=itemgetter(0), reverse=True)[:count])
        return known

    @_Once
    def _foremost(self) -> dict[int, "Candidates"]:
        return {}

    @_Once
    def likeliest(self) -> Candidate:
        """The first of the most prominent."""
        return max(self.rated, key=itemgetter(0))[1]

    @_Once
    def bearings(self) -> dict[bool, Bearing]:
        """What judge.py made of them lately for a name of several words (True) and of one."""
        return {}

    @_Once
    def kinds(self) -> frozenset[str]:
        return frozenset([c.kind for c in self])

    @_Once
    def own_names(self) -> frozenset[int]:
        """Rows of the regions that bear this name while no town of theirs does."""
        towns = {c.region for c in self if c.kind == "settlement"}
        return frozenset([c.row for c in self if c.kind == "region" and c.row not in towns])

    @_Once
    def sizes(self) -> tuple[tuple[str, int], ...]:
        """The kinds of place among them, each with the lengths of their populations' numbers (0 for nobody)."""
        return tuple(dict.fromkeys((c.kind, len(str(c.population)) if c.population else 0) for c in self))

    @_Once
    def people(self) -> int:
        """People of the largest settlement."""
        return max([c.population for c in self if c.kind == "settlement"], default=0)

    @_Once
    def no_region(self) -> bool:
        """Whether all are settlements or districts."""
        return self.kinds <= LOCAL

    @_Once
    def rank(self) -> int:
        """The best rank that the name has for any of them."""
        return min([c.rank for c in self], default=MADE)

    @_Once
    def containers(self) -> frozenset[int]:
        """Rows of those that hold other places."""
        return frozenset([c.row for c in self if c.kind in CONTAINERS])

    @_Once
    def countries(self) -> frozenset[int]:
        """Rows of those that are countries."""
        return frozenset([c.row for c in self if c.kind == "country"])

    @_Once
    def above(self) -> frozenset[int]:
        """Rows of all that holds one of them; -1 where one is held by nothing."""
        return frozenset(row for c in self for row in (c.country, c.region, c.district))

    @_Once
    def regions_above(self) -> frozenset[int]:
        """Rows of the regions of those that are no regions themselves; -1 for none."""
        return frozenset([c.region for c in self if c.kind != "region"])

    @_Once
    def countries_above(self) -> frozenset[int]:
        """Rows of the countries of those that are no countries themselves; -1 for none."""
        return frozenset([c.country for c in self if c.kind != "country"])


def prominence(candidate: Candidate) -> float:
    """How likely a name means this place where nothing else is known: its class and the logarithm of its population."""
    kind, people, name = prominence_parts(candidate)
    return kind + people + name


def prominence_parts(candidate: Candidate) -> tuple[float, float, float]:
    """What class, population (and being a capital) and the rank of the name give to the prominence."""
    people = math.log10(candidate.population) if candidate.population > 1 else 0.0
    people = people * PEOPLE_WORTH.get(candidate.kind, PEOPLE_WORTH_ELSEWHERE) + CAPITAL_WORTH * candidate.capital
    return KIND_WORTH[candidate.kind], people, RANK_WORTH[candidate.rank]
