"""Says what part a place plays in a text.

event: something reported happens there; mention: background, distance, plan; dateline: where the report was filed;
actor: the name stands for a government, an army or an institution; origin: an attack came or people fled from there.

A dateline is told by its form. For the others, what holds around the name (the words before and behind it, events told in the sentence, the
part of the name before it in a list) is weighed with ``data/role_weights.json``, which ``train`` learns from the marked texts.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from aggregator.places.lexicon import DATA
from aggregator.places.scene import WORD, Features, Scene

ROLES = ("event", "mention", "actor", "origin")  # in the order in which a tie is decided

RoleWeights = Mapping[str, tuple[float, ...]]  # feature -> its weight for each of ROLES


@dataclass(frozen=True, slots=True)
class Part:
    """The role of a mention, and what holds for it."""

    role: str
    features: Features


@cache
def role_weights() -> RoleWeights:
    """The shipped weights."""
    data = json.loads((DATA / "role_weights.json").read_text(encoding="utf-8"))
    if tuple(data["roles"]) != ROLES:
        raise ValueError(f"role_weights.json has weights for {data['roles']}, not for {list(ROLES)}: learn them anew")
    return {name: tuple(worth) for name, worth in data["weights"].items()}


def roles(scene: Scene, weights: RoleWeights) -> list[Part]:
    """The part that each mention plays, in order."""
    parts: list[Part] = []
    before: list[str] = []
    for n in range(len(scene.mentions)):
        if scene.in_dateline(n):
            part = Part("dateline", {"dateline": scene.dateline})
        else:
            features = scene.features(n, before)
            part = Part(likeliest(features, weights), features)
        parts.append(part)
        before.append(part.role)
    return parts


def likeliest(features: Iterable[str], weights: RoleWeights) -> str:
    """The role for which most speaks; the first of ROLES where two are equal."""
    event = mention = actor = origin = 0.0
    for feature in features:
        worth = weights.get(feature)
        if worth is not None:
            event += worth[0]
            mention += worth[1]
            actor += worth[2]
            origin += worth[3]
    sums = (event, mention, actor, origin)
    return ROLES[sums.index(max(sums))]


def because(part: Part, weights: RoleWeights) -> str:
    """What spoke most for the role against the next best: a feature and the words that show it, if words do; else a feature alone. Single
    words near the name are left out: each tells little, and none by itself tells why."""
    if part.role not in ROLES:
        return ": ".join(next(iter(part.features.items())))
    place = ROLES.index(part.role)

    def gain(feature: str) -> float:
        worth = weights.get(feature, (0.0,) * len(ROLES))
        return worth[place] - max(w for n, w in enumerate(worth) if n != place)

    named = [name for name in part.features if not name.startswith(WORD)]
    why = max((name for name in named if part.features[name]), key=gain, default="")
    if not why or gain(why) <= 0.0:
        why = max(named, key=gain)
    return f"{why}: {part.features[why]}" if part.features[why] else why
