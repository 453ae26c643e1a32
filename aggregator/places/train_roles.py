"""Learns from marked texts what each thing that holds for a named place says of its part (``data/role_weights.json``).

A multinomial logistic regression with a Gaussian prior around the weights of ``PRIORS``; single words near a name (``scene.WORD``) are held
closer to nought than the features that were thought of, since most of them were seen a few times only.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from aggregator.places.gazetteer import Gazetteer
from aggregator.places.lexicon import lexicon
from aggregator.places.marked import MarkedText
from aggregator.places.roles import ROLES, RoleWeights, likeliest
from aggregator.places.scene import WORD
from aggregator.places.tag import PlaceTagger, Seen

TRUST, WORD_TRUST = 0.4, 0.25  # standard deviations of the prior
LEAST_SEEN = 3  # times that the texts have to show a word near a name
PRIORS = {
    **{(f"list after {role}", role): 2.0 for role in ROLES},
    ("launched from", "origin"): 3.0,
    ("left", "origin"): 2.0,
    ("taken to", "mention"): 1.0,
    ("axis", "event"): 1.0,
    ("in title", "event"): 1.0,
    ("body after", "actor"): 2.0,
    ("office", "actor"): 2.0,
    ("subject speaks", "actor"): 1.5,
    ("aside", "mention"): 3.0,
}  # what is plain without a text; everything else starts from nought
ROUNDS = 2
STEPS, ENOUGH = 400, 1e-9
DIGITS = 2

Floats = npt.NDArray[np.float64]
Looked = tuple[MarkedText, Seen]


@dataclass(frozen=True, slots=True)
class RoleExample:
    """A mention that is a labelled place: what holds for it, and its role."""

    features: frozenset[str]
    role: str


def look(texts: Iterable[MarkedText], tagger: PlaceTagger) -> list[Looked]:
    """What the tagger makes of each text."""
    return [(text, tagger.look(text.title, text.body, language=text.language)) for text in texts]


def role_examples(looked: Iterable[Looked], told: bool = True) -> list[RoleExample]:
    """The mentions that the tagger found of the labelled places, those of datelines apart; what is no place has no part to learn.

    What comes before a mention plays the part that is labelled, or, without ``told``, the one that the tagger gave it."""
    out = []
    for text, seen in looked:
        right = [next((x.role for x in text.labels if x.start < m.end and m.start < x.end), "") for m in seen.mentions]
        before = [role or "mention" for role in right] if told else [part.role for part in seen.parts]
        for n, role in enumerate(right):
            if role in ROLES and not seen.scene.in_dateline(n):
                out.append(RoleExample(frozenset(seen.scene.features(n, before[:n])), role))
    return out


def train_roles(texts: Sequence[MarkedText], gazetteer: Gazetteer, weights: Mapping[str, float]) -> dict[str, tuple[float, ...]]:
    """The weights of roles: first with the labelled parts before each mention, then also with those that come out, as it will be in use."""
    words = replace(lexicon(), weights=weights)
    told = role_examples(look(texts, PlaceTagger(gazetteer, words)))
    learned = fit_roles(told)
    for _ in range(ROUNDS):
        looked = look(texts, PlaceTagger(gazetteer, words, learned))
        learned = fit_roles(told + role_examples(looked, told=False))
    return learned


def fit_roles(examples: Sequence[RoleExample]) -> dict[str, tuple[float, ...]]:
    """For each feature, what it says for each of ROLES: the most probable weights, rounded. The loss is convex, so there is one answer."""
    seen = Counter(name for example in examples for name in example.features)
    names = sorted(
        {name for name, times in seen.items() if times >= LEAST_SEEN or not name.startswith(WORD)} | {name for name, _ in PRIORS}
    )
    column = {name: n for n, name in enumerate(names)}
    cells = [(row, column[name]) for row, example in enumerate(examples) for name in sorted(example.features) if name in column]
    rows, columns = zip(*cells, strict=True) if cells else ((), ())
    x: Any = csr_matrix((np.ones(len(cells)), (rows, columns)), shape=(len(examples), len(names)))
    y = np.zeros((len(examples), len(ROLES)))
    y[np.arange(len(examples)), [ROLES.index(example.role) for example in examples]] = 1.0
    start = np.array([[PRIORS.get((name, role), 0.0) for role in ROLES] for name in names])
    precision = np.array([[1.0 / (WORD_TRUST if name.startswith(WORD) else TRUST) ** 2] for name in names])

    def loss(flat: Floats) -> tuple[float, Floats]:
        weights = flat.reshape(start.shape)
        scores = x @ weights
        scores -= scores.max(axis=1, keepdims=True)
        mass = np.exp(scores)
        total = mass.sum(axis=1, keepdims=True)
        away = weights - start
        value = float(np.sum(y * (np.log(total) - scores)) + 0.5 * np.sum(precision * away**2))
        return value, (x.T @ (mass / total - y) + precision * away).ravel()

    found = minimize(loss, start.ravel(), jac=True, method="L-BFGS-B", options={"maxiter": STEPS, "ftol": ENOUGH})
    learned = found.x.reshape(start.shape)
    return {name: tuple(round(float(w), DIGITS) for w in learned[n]) for n, name in enumerate(names)}


def right_roles(examples: Sequence[RoleExample], weights: RoleWeights) -> float:
    """Share of the mentions whose role comes out as labelled."""
    return sum(likeliest(e.features, weights) == e.role for e in examples) / len(examples)
