"""Attributions on the project's own articles: no figure may fall below the baseline.

An attribution is right if its words overlap those of a labelled one by half (Jaccard) and its speaker is the labelled source, or bears the
labelled name. Channel, strength and day of saying are measured on those that are found.
"""

import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from aggregator.model import Attribution
from aggregator.sources.registry import load
from aggregator.sources.tag import SourceTagger

HERE = Path(__file__).parent
BASELINE: dict[str, float] = json.loads((HERE / "baseline.json").read_text())["attributions"]
OVERLAP = 0.5
TOLERANCE = 1e-9


@dataclass
class Score:
    gold: int = 0
    predicted: int = 0
    content: int = 0
    right: int = 0
    fields: dict[str, int] = field(default_factory=lambda: dict.fromkeys(("channel", "strength", "said_on"), 0))

    def figures(self) -> dict[str, float]:
        precision, recall = self.right / self.predicted, self.right / self.gold
        rates = {name: count / self.content for name, count in self.fields.items()}
        return {"ar_f1": 2 * precision * recall / (precision + recall), "speaker": self.right / self.content, **rates}


def articles() -> list[dict[str, Any]]:
    return [article for path in sorted((HERE / "attributions").glob("*.yaml")) for article in yaml.safe_load(path.read_text())]


def words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", text.lower()))


def tagged(article: dict[str, Any]) -> tuple[Attribution, ...]:
    day = article["published"]
    tags = tagger().tag(
        "",
        article["body"],
        language=article.get("language", "en"),
        published=datetime(day.year, day.month, day.day, 18, tzinfo=UTC),
        outlet=article["outlet"],
        byline=None,
    )
    return tags.attributions


@cache
def tagger() -> SourceTagger:
    return SourceTagger(load())


def is_speaker(found: Attribution, label: str) -> bool:
    return label in (found.speaker.source_id, found.speaker.name) or found.speaker.source_id is None and label == found.speaker.text


@cache
def score() -> tuple[dict[str, float], tuple[str, ...]]:
    """(figures, what is wrong)."""
    total = Score()
    wrong = []
    for article in articles():
        found = list(tagged(article))
        total.predicted += len(found)
        for label in article["gold"]:
            said = [label["says"]] if isinstance(label["says"], str) else label["says"]
            assert all(part in article["body"] for part in said), f"{article['id']}: {said} is not in the body"
            assert label["who"] in article["body"]
            want = words(" ".join(said))
            total.gold += 1
            ranked = [
                (len(want & said_by) / len(want | said_by), n) for n, a in enumerate(found) if (said_by := words(a.words(article["body"])))
            ]
            best = max(ranked, default=(0.0, 0))
            if best[0] < OVERLAP:
                wrong.append(f"{article['id']}: missed {label['who']}: {said}")
                continue
            got = found.pop(best[1])
            total.content += 1
            right = is_speaker(got, label["is"])
            total.right += right
            if not right:
                wrong.append(f"{article['id']}: {label['who']} is {got.speaker.name} ({got.speaker.source_id}), not {label['is']}")
            values = (
                ("channel", got.channel, label.get("channel")),
                ("strength", got.cue.strength if got.cue else None, label.get("strength", "neutral")),
                ("said_on", got.said_on, label["said"].isoformat() if "said" in label else None),
            )
            for name, value, wanted in values:
                total.fields[name] += value == wanted
                if value != wanted:
                    wrong.append(f"{article['id']}: {label['who']}: {name} {value}, not {wanted}")
        wrong += [f"{article['id']}: spurious {a.speaker.text}: {a.words(article['body'])}" for a in found]
    return total.figures(), tuple(wrong)


@pytest.mark.parametrize("figure", sorted(BASELINE))
def test_no_figure_falls(figure: str) -> None:
    figures, wrong = score()
    assert figures[figure] >= BASELINE[figure] - TOLERANCE, "\n".join(wrong)


def test_the_articles_are_many_enough() -> None:
    labels = [label for article in articles() for label in article["gold"]]
    assert len(articles()) >= 25
    assert len(labels) >= 140
