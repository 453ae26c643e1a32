"""What the feed of a text usually speaks of, where the text itself does not tell the places of a name apart.

Everything that the text says goes before it: a place gains by habit only if the text says no less for it than for the one that would be
chosen without, so habit outweighs nothing but how well known places are. It is worth more for a place that is named without a word of
explanation in its country, a town, than for a village that bears a famous name: a Ukrainian feed that writes "Brest" means no hamlet.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from aggregator.places.candidates import Candidate, prominence

HABIT = 1.3  # of what a place is better known than a village, in a feed that speaks of its country in every article
VILLAGE = 5.0  # prominence of a village of some hundred people
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
    return [_worth(one.candidate, usual) if one.told >= chosen.told - EVEN else 0.0 for one in rated]


def _worth(candidate: Candidate, usual: Usual) -> float:
    share = usual.get(candidate.row if candidate.kind == "country" else candidate.country, 0.0)
    return HABIT * share * max(0.0, prominence(candidate) - VILLAGE) if share else 0.0
