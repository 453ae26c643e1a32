"""What the feed of a text usually speaks of, where the text itself does not tell the places of a name apart.

Everything that the text says goes before it: a place gains by habit only if the text says no less for it than for the one that would be
chosen without. Nor does habit set a town in the place of a capital or of a far larger namesake, or a region in that of a country: an
American feed that writes of talks in Geneva does not mean Geneva, New York. And only a country that more than half of the articles speak of
is a habit. What remains is between places that are about as well known: Birmingham, Hyderabad, Newcastle.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from aggregator.places.candidates import Candidate, prominence

HABIT = 0.8  # of what a place is better known than a village, in a feed that speaks of its country in every article
VILLAGE = 5.0  # prominence of a village of some hundred people
LARGER = 6.0  # times the people of another place; so much larger a place is meant by its bare name anywhere
EVEN = 0.05  # scores that differ by less are told by the text alike
NO_HABIT: Mapping[int, float] = MappingProxyType({})

Usual = Mapping[int, float]  # row of a country -> share of the feed's articles that speak of it


class Rated(NamedTuple):
    """A candidate, what it scores without habit, and how much of that is what the text says."""

    candidate: Candidate
    score: float
    told: float


def gains(rated: Sequence[Rated], usual: Usual) -> list[float]:
    """What each candidate gains by habit."""
    if len(rated) < 2 or not usual:
        return [0.0] * len(rated)
    chosen = max(rated, key=lambda one: (one.score, -one.candidate.row))
    return [_worth(one.candidate, usual) if _may_stand_for(one, chosen) else 0.0 for one in rated]


def _may_stand_for(one: Rated, chosen: Rated) -> bool:
    """Whether habit may set one candidate in the place of the one that is chosen without."""
    place, other = one.candidate, chosen.candidate
    alike = place.kind == other.kind and place.capital >= other.capital and place.population * LARGER >= other.population
    return alike and one.told >= chosen.told - EVEN


def _worth(candidate: Candidate, usual: Usual) -> float:
    """What a habit of the candidate's country gives: the more, the better the place is known."""
    pull = 2.0 * usual.get(candidate.row if candidate.kind == "country" else candidate.country, 0.0) - 1.0
    return HABIT * pull * max(0.0, prominence(candidate) - VILLAGE) if pull > 0.0 else 0.0
