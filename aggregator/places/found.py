"""A span of a text that may name a place, and what has been said of it so far."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from aggregator.places.candidates import Candidates

Weights = Mapping[str, float]


@dataclass(slots=True)
class Found:
    """A span that may name a place. ``first`` and ``last`` number its words.

    ``reasons`` name the weights that made its score, with how often each counts."""

    start: int
    end: int
    first: int
    last: int
    key: str
    candidates: Candidates
    score: float = 0.0
    reasons: dict[str, float] = field(default_factory=dict)
    clitic: str = ""  # what was cut from the front of an Arabic or Hebrew word
    kinds: frozenset[str] = frozenset()  # where a word such as "region" narrows it down
    inside: int = -1  # index of the found name that follows as its container: "Paris, Texas"
    sentence: int = 0
    chosen: int = -1  # row that a rule chose

    def hold(self, reason: str, weights: Weights, times: float = 1.0) -> None:
        """Count one reason."""
        self.score += weights[reason] * times
        self.reasons[reason] = self.reasons.get(reason, 0.0) + times
