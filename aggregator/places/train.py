"""Learns what the recogniser's reasons are worth from marked texts: ``python -m aggregator.places.train``.

A logistic regression over the reasons that ``judge`` counts, with a Gaussian prior around the weights of ``data/priors.json``: a few
hundred texts move what they speak of often and leave the rest. As some reasons depend on what was accepted before (``said_again``,
``context``), the texts are read anew with each round's weights. Nothing is drawn by lot: the same texts, priors and gazetteer give the
same weights.
"""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import click
import numpy as np
import numpy.typing as npt

from aggregator.places.gazetteer import Gazetteer
from aggregator.places.lexicon import lexicon
from aggregator.places.marked import Label, MarkedText, read
from aggregator.places.roles import ROLES
from aggregator.places.rows import KINDS
from aggregator.places.tag import PlaceTagger
from aggregator.places.train_roles import Looked, look, right_roles, role_examples, train_roles

HERE = Path(__file__).parent
DATA = HERE / "data"
TEXTS, PRIORS, WEIGHTS, ROLE_WEIGHTS = HERE / "training", DATA / "priors.json", DATA / "weights.json", DATA / "role_weights.json"
RULES = ("threshold", "taught", "forbidden")
# The texts are written for their traps: how often a name of that kind, size and script means a place, and what other names of the text say
# of it, cannot be learned from them.
BASE_RATES = (
    *KINDS,
    "bias",
    "people",
    "city",
    "words",
    "bent",
    "made",
    "short",
    "uncased",
    "sentence_start",
    "said_again",
    "title",
    "context",
    "same_country",
)
FIXED = frozenset((*RULES, *BASE_RATES))
TRUST = 0.2  # standard deviation of the prior; with more the texts' traps cost recall in ordinary news
EVIDENCE = 1000  # spans: what the texts count for together, however many they are
ROUNDS = 4
NEWTON = 30  # steps at most
ENOUGH = 1e-9
DIGITS = 2
ABOUT = (
    "Score of a found name = sum of the weights of what holds for it; the name is taken as a place from 'threshold' on. Learned by "
    "`python -m aggregator.places.train` from the texts in training/, starting from priors.json. Do not edit: edit those, and train."
)

PARTS_ABOUT = (
    "What each thing that holds for a named place (roles.py) says for each role; the role with the greatest sum is given. Learned by "
    "`python -m aggregator.places.train` from the texts in training/."
)

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Example:
    """A span that was looked at: its reasons, and whether it is a place."""

    reasons: Mapping[str, float]
    is_place: bool


def train(texts: Sequence[MarkedText], gazetteer: Gazetteer, priors: Mapping[str, float]) -> dict[str, float]:
    """The weights that these texts make of the priors, rounded to two digits."""
    weights = dict(priors)
    for _ in range(ROUNDS):
        weights = fit(examples(look(texts, PlaceTagger(gazetteer, replace(lexicon(), weights=weights)))), priors)
    return weights


def examples(looked: Iterable[Looked]) -> list[Example]:
    """Every span that the tagger looked at."""
    return [Example(one.reasons, _is_labelled(one.start, one.end, text.labels)) for text, seen in looked for one in seen.found]


def _is_labelled(start: int, end: int, labels: Iterable[Label]) -> bool:
    return any(label.start < end and start < label.end for label in labels)


def fit(examples: Sequence[Example], priors: Mapping[str, float]) -> dict[str, float]:
    """The most probable weights, by Newton's method: the loss is convex, so there is one answer."""
    names = [name for name in priors if name not in FIXED]
    column = {name: n for n, name in enumerate(names)}
    x = np.zeros((len(examples), len(names)))
    fixed = np.zeros(len(examples))
    for row, example in enumerate(examples):
        for reason, times in example.reasons.items():
            if reason in column:
                x[row, column[reason]] = times
            else:
                fixed[row] += priors[reason] * times
    y = np.array([example.is_place for example in examples], dtype=np.float64)
    start = np.array([priors[name] for name in names])
    learned = _newton(x, y, fixed - priors["threshold"], start, TRUST * math.sqrt(min(1.0, EVIDENCE / max(1, len(examples)))))
    return {name: round(float(learned[column[name]]), DIGITS) if name in column else priors[name] for name in priors}


def _newton(x: Floats, y: Floats, offset: Floats, start: Floats, trust: float) -> Floats:
    """The weights of the greatest posterior probability: the prior is a Gaussian of standard deviation ``trust`` around ``start``."""
    precision = np.eye(len(start)) / trust**2

    def loss(weights: Floats) -> float:
        z = x @ weights + offset
        return float(np.sum(np.logaddexp(0.0, z) - y * z) + np.sum((weights - start) ** 2) / (2 * trust**2))

    weights = start.copy()
    for _ in range(NEWTON):
        p = 0.5 * (1.0 + np.tanh(0.5 * (x @ weights + offset)))
        gradient = x.T @ (p - y) + (weights - start) / trust**2
        step = np.linalg.solve(x.T @ (x * (p * (1.0 - p))[:, None]) + precision, gradient)
        while loss(weights - step) > loss(weights) and float(np.abs(step).max()) >= ENOUGH:
            step = step / 2.0  # where a name is far too sure of itself the curve is flat, and a whole step leads astray
        weights = weights - step
        if float(np.abs(step).max()) < ENOUGH:
            break
    return weights


def right(examples: Sequence[Example], weights: Mapping[str, float]) -> float:
    """Share of the spans that these weights decide as the texts do."""
    scores = [sum(weights[reason] * times for reason, times in example.reasons.items()) for example in examples]
    return sum((score >= weights["threshold"]) is e.is_place for score, e in zip(scores, examples, strict=True)) / len(examples)


def weights_of(path: Path) -> dict[str, float]:
    """The weights of a file, without what it says of itself."""
    return {name: value for name, value in json.loads(path.read_text(encoding="utf-8")).items() if name != "about"}


@click.command()
@click.option("--gazetteer", "folder", type=click.Path(path_type=Path), default=Path("build/gazetteer"), show_default=True)
@click.option("--write", is_flag=True, help="Write data/weights.json; else only say what would stand there.")
def main(folder: Path, write: bool) -> None:
    """Learn the weights of recognition from the marked texts."""
    gazetteer, priors, texts = Gazetteer.open(folder), weights_of(PRIORS), list(read(TEXTS))
    weights = train(texts, gazetteer, priors)
    for name, value in weights.items():
        click.echo(f"{name:<20}{priors[name]:8.2f}{value:8.2f}")
    for title, some in (("priors", priors), ("learned", weights)):
        seen = examples(look(texts, PlaceTagger(gazetteer, replace(lexicon(), weights=some))))
        click.echo(f"{title}: {right(seen, some):.4f} of {len(seen)} spans of {len(texts)} texts are decided right")
    parts = train_roles(texts, gazetteer, weights)
    looked = look(texts, PlaceTagger(gazetteer, replace(lexicon(), weights=weights), parts))
    mentions = role_examples(looked, told=False)
    click.echo(f"roles: {right_roles(mentions, parts):.4f} of {len(mentions)} mentions come out right")
    if write:
        _write(WEIGHTS, {"about": ABOUT, **weights})
        _write_roles(ROLE_WEIGHTS, parts)


def _write_roles(path: Path, weights: Mapping[str, Sequence[float]]) -> None:
    """One feature a line: a change of the texts is read as a change of lines."""
    lines = ",\n".join(f"  {json.dumps(name, ensure_ascii=False)}: {list(worth)}" for name, worth in weights.items())
    about, roles = (json.dumps(value, ensure_ascii=False) for value in (PARTS_ABOUT, list(ROLES)))
    path.write_text(f'{{\n "about": {about},\n "roles": {roles},\n "weights": {{\n{lines}\n }}\n}}\n', encoding="utf-8")


def _write(path: Path, data: Mapping[str, object]) -> None:
    path.write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
