"""Places on the project's own articles, with the built gazetteer: no figure may fall below the baseline.

A place is recognised if a tagged span overlaps a labelled one, identified if the place is the labelled one too. Roles are measured
on the identified; the leading primary place of an article has to be one of those labelled, or absent where none is.
How the articles are marked stands in places/README.md.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from aggregator.errors import GazetteerError, NotFoundError
from aggregator.model import Mention
from aggregator.places.gazetteer import Gazetteer
from aggregator.places.marked import Label, unmarked
from aggregator.places.tag import PlaceTagger

HERE = Path(__file__).parent
GAZETTEER = HERE.parent.parent / "build" / "gazetteer"
BASELINE: dict[str, float] = json.loads((HERE / "baseline.json").read_text())["places"]
ROLES = frozenset(("event", "mention", "dateline", "actor", "origin"))
TOLERANCE = 0.0005
LEAST_ARTICLES = {"en": 112, "uk": 39, "ru": 28, "ar": 20, "fr": 6, "de": 4, "es": 3, "tr": 4, "he": 4, "fa": 4}
LEAST_OF_A_TRAP = 3
TRAPS = {
    "area": "theatres and regions that no office governs",
    "clitic": "prepositions written together with the name",
    "common_word": "names that are words of the language",
    "containment": "X, Y; village of X in the Y district",
    "dateline": "where the report was filed, which is not where it happened",
    "demonym": "adjectives and peoples beside places",
    "direction": "so many kilometres from X",
    "exonym": "former names and names in other tongues",
    "furniture": "captions, credits and biographies that must not lead",
    "homonym": "one name for several places, or for a city and its region",
    "inflection": "names in other cases than the gazetteer's",
    "list": "settlements one after another",
    "metonym": "capitals that stand for governments",
    "no_event": "texts in which nothing of the war happens anywhere",
    "organisation": "outlets, clubs, firms and units with a place in the name",
    "origin": "where fire came from or people fled",
    "person": "people named like places",
    "shchyna": "Харківщина and its like",
    "site": "crossings, camps, plants, bases",
    "spelling": "other romanisations",
    "water": "seas, straits, rivers, lakes",
    "weapon": "weapons, operations and ships named after places",
}


@dataclass
class Score:
    """Counts over some articles, and the figures made of them."""

    articles: int = 0
    labels: int = 0
    tagged: int = 0
    matched: int = 0
    identified: int = 0
    roles: int = 0
    primary: int = 0
    wrong: list[str] = field(default_factory=list)

    def figures(self) -> dict[str, float]:
        """Shares in 0..1; what nothing was asked of counts as right."""
        return {
            "recognised_f1": share(2 * self.matched, self.tagged + self.labels),
            "identified": share(self.identified, self.labels),
            "roles": share(self.roles, self.identified),
            "primary": share(self.primary, self.articles),
        }


def share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0


@cache
def gazetteer() -> Gazetteer:
    try:
        return Gazetteer.open(GAZETTEER)
    except GazetteerError as error:
        pytest.fail(f"This test needs the built gazetteer (`make setup`): {error}")


@cache
def articles() -> list[dict[str, Any]]:
    out = []
    for path in sorted((HERE / "places").glob("*.yaml")):
        out += [article | {"language": path.stem.partition("_")[0]} for article in yaml.safe_load(path.read_text(encoding="utf-8"))]
    return out


def paired(labels: tuple[Label, ...], mentions: tuple[Mention, ...]) -> list[tuple[Label, Mention]]:
    """Each label with the first tagged span that overlaps it."""
    pairs = []
    for label in labels:
        hit = next((m for m in mentions if m.start < label.end and label.start < m.end), None)
        if hit is not None:
            pairs.append((label, hit))
    return pairs


def ids(label: Label) -> str:
    return " or ".join(label.place_ids)


def scored(article: dict[str, Any], tagger: PlaceTagger) -> Score:
    """What one article comes to."""
    body, labels = unmarked(article["body"])
    tags = tagger.tag(article["title"], body, language=article["language"])
    pairs = paired(labels, tags.mentions)
    right = [(label, m) for label, m in pairs if m.place.id in label.place_ids]
    leads = tags.primary_places[:1]
    fits = (leads[0] in article["primary"]) if leads else not article["primary"]
    hit, found = {m.start for _, m in pairs}, {label for label, _ in pairs}
    wrong = [f"no place: {m.text}" for m in tags.mentions if m.start not in hit]
    wrong += [f"missed: {body[x.start : x.end]} ({ids(x)})" for x in labels if x not in found]
    wrong += [f"other place: {m.text} is {m.place.id}, not {ids(label)}" for label, m in pairs if m.place.id not in label.place_ids]
    wrong += [f"role: {m.text} is {m.role}, not {label.role}" for label, m in right if m.role != label.role]
    wrong += [] if fits else [f"primary: leads with {', '.join(leads) or 'none'}, not {', '.join(article['primary']) or 'none'}"]
    return Score(
        articles=1,
        labels=len(labels),
        tagged=len(tags.mentions),
        matched=len(pairs),
        identified=len(right),
        roles=sum(m.role == label.role for label, m in right),
        primary=int(fits),
        wrong=[f"{article['id']}: {line}" for line in wrong],
    )


def total(scores: Iterable[Score]) -> Score:
    out = Score()
    for one in scores:
        for name in ("articles", "labels", "tagged", "matched", "identified", "roles", "primary"):
            setattr(out, name, getattr(out, name) + getattr(one, name))
        out.wrong += one.wrong
    return out


@cache
def figures() -> dict[str, float]:
    """All figures over all articles; what is wrong, and the figures by language and by trap, are printed (pytest shows them with -s)."""
    tagger = PlaceTagger(gazetteer())
    scores = [(article, scored(article, tagger)) for article in articles()]
    groups: dict[str, list[Score]] = defaultdict(list)
    for article, score in scores:
        groups[article["language"]].append(score)
        for trap in article.get("traps", ()):
            groups[f"trap {trap}"].append(score)
    everything = total(score for _, score in scores)
    print("\n".join(everything.wrong))
    print(f"{'':20}{'articles':>9}{'labels':>8}" + "".join(f"{name:>15}" for name in everything.figures()))
    order = sorted(groups, key=lambda name: (name.startswith("trap "), name))
    for name, score in [("all", everything), *((name, total(groups[name])) for name in order)]:
        print(f"{name:20}{score.articles:9}{score.labels:8}" + "".join(f"{value:15.3f}" for value in score.figures().values()))
    return everything.figures()


def test_there_are_enough_articles() -> None:
    counts = Counter(article["language"] for article in articles())
    assert {language: counts[language] for language in LEAST_ARTICLES} == {n: max(counts[n], least) for n, least in LEAST_ARTICLES.items()}
    assert len({article["id"] for article in articles()}) == len(articles())


def test_every_trap_is_set_often_enough() -> None:
    counts = Counter(trap for article in articles() for trap in article.get("traps", ()))
    assert set(counts) == set(TRAPS)
    assert {trap for trap, times in counts.items() if times < LEAST_OF_A_TRAP} == set()


def test_labels_name_places_and_roles() -> None:
    bad = []
    for article in articles():
        body, labels = unmarked(article["body"])
        if "[" in body or "]" in body:
            bad.append(f"{article['id']}: a bracket is not closed")
        bad += [f"{article['id']}: no role {label.role}" for label in labels if label.role not in ROLES]
        for ident in [ident for label in labels for ident in label.place_ids] + article["primary"]:
            try:
                gazetteer().get(ident)
            except NotFoundError:
                bad.append(f"{article['id']}: no place {ident}")
    assert bad == []


@pytest.mark.parametrize("name", sorted(BASELINE))
def test_no_figure_falls(name: str) -> None:
    assert figures()[name] >= BASELINE[name] - TOLERANCE


def test_baseline_names_every_figure() -> None:
    assert set(BASELINE) == set(figures())


def test_labels_are_spans_of_the_body() -> None:
    body, labels = unmarked("In [Bakhmut|gn713174|event] and [Lyptsi|gn702989|mention].")
    assert body == "In Bakhmut and Lyptsi."
    assert [body[x.start : x.end] for x in labels] == ["Bakhmut", "Lyptsi"]
