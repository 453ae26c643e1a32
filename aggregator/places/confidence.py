"""How sure a mention is: the share of such mentions that are a place, and that place, among texts whose places are known.

Two things speak for a mention: by how much its name was over the threshold (the recogniser's ``margin``), and the ``share`` of its meaning
among those that the name can have (the resolver's). As they stand they are too sure of themselves where much speaks for a name, since
reasons that come together are counted as if each came alone; so what they are worth is learnt (``calibrate``), as three numbers. Both only
ever raise the confidence.
"""

import json
import math
from dataclasses import dataclass
from functools import cache

from aggregator.places.lexicon import DATA

SUREST = 0.99  # share of a meaning beyond which more says nothing: a name of one place in the gazetteer may be of another outside it
LEAST = 0.01


@dataclass(frozen=True, slots=True)
class Calibration:
    """Log odds that a mention is right = ``bias`` + ``margin`` * ln(1 + margin) + ``share`` * log odds of the share; no weight is below 0
    but the bias."""

    bias: float
    margin: float
    share: float

    def __call__(self, margin: float, share: float) -> float:
        """Confidence in 0.01..1 of a margin from 0 on and a share of 0..1, to three digits."""
        by_margin, by_share = evidence(margin, share)
        odds = self.bias + self.margin * by_margin + self.share * by_share
        return round(max(LEAST, 1.0 / (1.0 + math.exp(-odds))), 3)


def evidence(margin: float, share: float) -> tuple[float, float]:
    """What the two say, on the scales on which they are weighed."""
    held = min(max(share, 1.0 - SUREST), SUREST)
    return math.log1p(margin), math.log(held / (1.0 - held))


@cache
def calibration() -> Calibration:
    """The shipped one; a second call returns the same."""
    weights = json.loads((DATA / "confidence.json").read_text(encoding="utf-8"))
    return Calibration(weights["bias"], weights["margin"], weights["share"])
