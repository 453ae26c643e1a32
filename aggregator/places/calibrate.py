"""Learns how sure a mention is from marked texts, after the weights are learnt: ``python -m aggregator.places.calibrate``.

A logistic regression (Platt 1999, with two inputs in the place of one) of whether a mention is a labelled place with the right id, on the
recogniser's margin and the resolver's share. It is learnt on the training texts; what it comes to on the gold, which neither the weights
nor this have seen, stands in docs/places.md and is gated by tests/gold.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import click
import numpy as np

from aggregator.places.confidence import Calibration, evidence
from aggregator.places.gazetteer import Gazetteer
from aggregator.places.marked import MarkedText, read
from aggregator.places.tag import PlaceTagger

HERE = Path(__file__).parent
TEXTS, FILE = HERE / "training", HERE / "data" / "confidence.json"
BINS = (0.0, 0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0)  # edges of the reliability table; the last bin holds 1 too
STEPS = 50
RIDGE = 1e-3  # keeps the step finite where a few texts part cleanly; of no weight among thousands of mentions
DIGITS = 2
ABOUT = (
    "Confidence of a mention (confidence.py). Learned by `python -m aggregator.places.calibrate` from the texts in training/, with the "
    "weights of weights.json. Do not edit: learn it again after those."
)


@dataclass(frozen=True, slots=True)
class Judged:
    """A mention: what speaks for it, how sure the tagger was, and whether it is a labelled place with the right id. ``weight``: what it
    counts for, so that each text counts for one: mentions of one text are right or wrong together."""

    margin: float
    share: float
    confidence: float
    right: bool
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Bin:
    """Mentions whose confidence is from ``low`` to below ``high``: how many, how sure on average, and the share that is right."""

    low: float
    high: float
    mentions: int
    confidence: float
    right: float


def judged(texts: Iterable[MarkedText], tagger: PlaceTagger) -> list[Judged]:
    """Every mention that the tagger finds in the texts."""
    out = []
    for text in texts:
        seen = tagger.look(text.title, text.body, language=text.language)
        for one, meaning, mention in zip(seen.kept, seen.resolution.meanings, seen.mentions, strict=True):
            label = next((x for x in text.labels if x.start < mention.end and mention.start < x.end), None)
            right = label is not None and mention.place.id in label.place_ids
            out.append(Judged(one.score - tagger.threshold, meaning.confidence, mention.confidence, right, 1.0 / len(seen.mentions)))
    return out


def fit(mentions: Sequence[Judged]) -> Calibration:
    """The calibration of the greatest likelihood, by Newton's method, rounded to two digits. Raises ValueError where more would speak
    against a mention."""
    x = np.array([(1.0, *evidence(one.margin, one.share)) for one in mentions])
    y = np.array([one.right for one in mentions], dtype=np.float64)
    counts = np.array([one.weight for one in mentions])
    weights = np.zeros(3)
    for _ in range(STEPS):
        p = 0.5 * (1.0 + np.tanh(0.5 * (x @ weights)))
        curve = x.T @ (x * (counts * p * (1.0 - p))[:, None]) + RIDGE * np.eye(3)
        weights -= np.linalg.solve(curve, x.T @ (counts * (p - y)) + RIDGE * weights)
    bias, margin, share = (round(float(weight), DIGITS) for weight in weights)
    if min(margin, share) < 0:
        raise ValueError(f"what speaks for a mention would speak against it: margin {margin}, share {share}")
    return Calibration(bias, margin, share)


def reliability(confidences: Sequence[float], right: Sequence[bool]) -> list[Bin]:
    """The mentions by their confidence; bins without any are left out."""
    rows = []
    for low, high in zip(BINS, BINS[1:], strict=False):
        inside = [(c, r) for c, r in zip(confidences, right, strict=True) if low <= c < high or (c == high == BINS[-1])]
        if inside:
            size = len(inside)
            rows.append(Bin(low, high, size, sum(c for c, _ in inside) / size, sum(r for _, r in inside) / size))
    return rows


def calibration_error(rows: Iterable[Bin]) -> float:
    """Expected calibration error: the mean distance of confidence and share right, each bin weighed by its mentions."""
    rows = list(rows)
    return sum(abs(row.confidence - row.right) * row.mentions for row in rows) / sum(row.mentions for row in rows)


@click.command()
@click.option("--gazetteer", "folder", type=click.Path(path_type=Path), default=Path("build/gazetteer"), show_default=True)
@click.option("--texts", "where", type=click.Path(path_type=Path), default=TEXTS, help="Other marked texts, to look how sure it is there.")
@click.option("--write", is_flag=True, help="Write data/confidence.json; else only say what would stand there.")
def main(folder: Path, where: Path, write: bool) -> None:
    """Learn how sure mentions are, and show how often they are right."""
    mentions = judged(read(where), PlaceTagger(Gazetteer.open(folder)))
    right = [one.right for one in mentions]
    tables = {"as it is": reliability([one.confidence for one in mentions], right)}
    if where == TEXTS:
        learnt = fit(mentions)
        click.echo(f"bias {learnt.bias}, margin {learnt.margin}, share {learnt.share}")
        tables["as learnt"] = reliability([learnt(one.margin, one.share) for one in mentions], right)
        if write:
            FILE.write_text(json.dumps({"about": ABOUT, **asdict(learnt)}, indent=1) + "\n", encoding="utf-8")
    for name, rows in tables.items():
        click.echo(f"{name}: {len(mentions)} mentions, error {calibration_error(rows):.3f}")
        for row in rows:
            click.echo(f"  {row.low:.2f} to {row.high:.2f}: {row.mentions:5}  sure {row.confidence:.3f}  right {row.right:.3f}")


if __name__ == "__main__":
    main()
