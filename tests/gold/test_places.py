"""Places on the project's own articles, with the built gazetteer: no figure may fall below the baseline.

A place is recognised if a tagged span overlaps a labelled one, identified if the place is the labelled one too. Roles are measured
on the identified; the leading primary place of an article has to be one of those labelled, or absent where none is.
"""

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from aggregator.errors import GazetteerError
from aggregator.model import Mention
from aggregator.places.gazetteer import Gazetteer
from aggregator.places.tag import PlaceTagger

HERE = Path(__file__).parent
GAZETTEER = HERE.parent.parent / "build" / "gazetteer"
BASELINE: dict[str, float] = json.loads((HERE / "baseline.json").read_text())["places"]
LABEL = re.compile(r"\[([^|\]]+)\|([^|\]]+)\|(\w+)\]")
TOLERANCE = 0.0005


@dataclass(frozen=True)
class Label:
    start: int
    end: int
    place_id: str
    role: str


@cache
def tagger() -> PlaceTagger:
    try:
        return PlaceTagger(Gazetteer.open(GAZETTEER))
    except GazetteerError as error:
        pytest.fail(f"This test needs the built gazetteer (`make setup`): {error}")


def articles() -> list[dict[str, Any]]:
    out = []
    for path in sorted((HERE / "places").glob("*.yaml")):
        out += [article | {"language": path.stem} for article in yaml.safe_load(path.read_text(encoding="utf-8"))]
    return out


def unmarked(marked: str) -> tuple[str, list[Label]]:
    """The body without its brackets, and the labels that stood in them."""
    body, labels, end = "", [], 0
    for match in LABEL.finditer(marked):
        body += marked[end : match.start()]
        labels.append(Label(len(body), len(body) + len(match[1]), match[2], match[3]))
        body += match[1]
        end = match.end()
    return body + marked[end:], labels


def paired(labels: list[Label], mentions: tuple[Mention, ...]) -> list[tuple[Label, Mention]]:
    """Each label with the first tagged span that overlaps it."""
    pairs = []
    for label in labels:
        hit = next((m for m in mentions if m.start < label.end and label.start < m.end), None)
        if hit is not None:
            pairs.append((label, hit))
    return pairs


@cache
def figures() -> dict[str, float]:
    """All figures over all articles: shares in 0..1."""
    gold = tagged = matched = identified = roles = primary = 0
    wrong: list[str] = []
    for article in articles():
        body, labels = unmarked(article["body"])
        tags = tagger().tag(article["title"], body, language=article["language"])
        pairs = paired(labels, tags.mentions)
        right = [(label, m) for label, m in pairs if m.place.id == label.place_id]
        gold, tagged, matched = gold + len(labels), tagged + len(tags.mentions), matched + len(pairs)
        identified += len(right)
        roles += sum(m.role == label.role for label, m in right)
        leads = tags.primary_places[:1]
        fits = (leads[0] in article["primary"]) if leads else not article["primary"]
        primary += fits
        hit = {m.start for _, m in pairs}
        wrong += [f"{article['id']}: {m.text} is no labelled place" for m in tags.mentions if m.start not in hit]
        wrong += [f"{article['id']}: {body[x.start : x.end]} missed" for x in labels if x not in [label for label, _ in pairs]]
        wrong += [f"{article['id']}: {m.text} is {m.place.id}, not {label.place_id}" for label, m in pairs if m.place.id != label.place_id]
        wrong += [f"{article['id']}: {m.text} is {m.role}, not {label.role}" for label, m in right if m.role != label.role]
        wrong += [] if fits else [f"{article['id']}: leads with {leads}"]
    print("\n".join(wrong))  # shown by pytest where a figure falls
    precision, recall = matched / tagged, matched / gold
    return {
        "recognised_f1": 2 * precision * recall / (precision + recall),
        "identified": identified / gold,
        "roles": roles / identified,
        "primary": primary / len(articles()),
    }


def test_there_are_enough_articles() -> None:
    assert len(articles()) >= 30
    assert len({article["id"] for article in articles()}) == len(articles())


@pytest.mark.parametrize("name", sorted(BASELINE))
def test_no_figure_falls(name: str) -> None:
    assert figures()[name] >= BASELINE[name] - TOLERANCE


def test_baseline_names_every_figure() -> None:
    assert set(BASELINE) == set(figures())


def test_labels_are_spans_of_the_body() -> None:
    body, labels = unmarked("In [Bakhmut|gn713174|event] and [Lyptsi|gn702989|mention].")
    assert body == "In Bakhmut and Lyptsi."
    assert [body[x.start : x.end] for x in labels] == ["Bakhmut", "Lyptsi"]
