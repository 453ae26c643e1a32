"""Claims, their origins and their relations on the project's own dossiers of a place and a day: no figure may fall below the baseline.

Grouping is scored by pairs of statements that are one claim: all of them, those in one language that are no copies (``rewrites``) and those
in two (``across``); relations by kind and pair of claims, each claim standing for the label of its first statement. A relation labelled
``optional`` counts neither way. ``single``: claims rightly called single-sourced or not."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
import yaml

from aggregator.claims.dossier import compile_dossier
from aggregator.claims.relations import Kind
from aggregator.model import Attribution, ClaimAttribution, Cue, Speaker, Via

HERE = Path(__file__).parent
BASELINE: dict[str, float] = json.loads((HERE / "baseline.json").read_text())["dossiers"]
TOLERANCE = 1e-9
DAY = datetime(2026, 3, 4, 6, tzinfo=UTC)


@dataclass
class Score:
    right: int = 0
    found: int = 0
    wanted: int = 0
    wrong: list[str] = field(default_factory=list)

    def add(self, name: str, found: set[Any], wanted: set[Any], either: frozenset[Any] = frozenset()) -> None:
        self.right += len(found & wanted)
        self.found += len(found - either)
        self.wanted += len(wanted)
        self.wrong += [f"{name}: missed {one}" for one in sorted(map(str, wanted - found))]
        self.wrong += [f"{name}: spurious {one}" for one in sorted(map(str, found - wanted - either))]

    @property
    def precision(self) -> float:
        return self.right / self.found if self.found else 1.0

    @property
    def f1(self) -> float:
        return 2 * self.right / (self.found + self.wanted) if self.found + self.wanted else 1.0


def dossiers() -> list[dict[str, Any]]:
    return [one for path in sorted((HERE / "dossiers").glob("*.yaml")) for one in yaml.safe_load(path.read_text(encoding="utf-8"))]


def rows(dossier: Mapping[str, Any]) -> list[ClaimAttribution]:
    return [_row(number, dossier, *line) for number, line in enumerate(dossier["said"], 1)]


def _row(
    number: int,
    dossier: Mapping[str, Any],
    label: str,
    who: str,
    outlet: str,
    language: str,
    words: str,
    more: Mapping[str, Any] | None = None,
) -> ClaimAttribution:
    """``copy``: texts with one number are copies; ``story``: dossiers tell one story unless lines name others."""
    facts, known = more or {}, dossier["who"][who]
    speaker = Speaker(
        0,
        1,
        known["name"],
        known["name"],
        known.get("source"),
        known.get("kind", "unknown"),
        known.get("side", "unknown"),
        anonymity=known.get("anonymity", "named"),
    )
    attribution = Attribution(
        speaker,
        Cue(0, 1, "said", "say"),
        (),
        tuple(Via(0, 1, name, name) for name in [facts["via"]]) if "via" in facts else (),
        channel=facts.get("channel"),
        negated=facts.get("negated", False),
    )
    copy = 1000 + facts["copy"] if "copy" in facts else None
    at = DAY + timedelta(minutes=number)
    story = facts.get("story", 0 if language == "en" else 10 + number)  # texts in other languages are seldom in the same story
    return ClaimAttribution(number, number, outlet, copy, at, language, attribution, words, (dossier["where"],), story)


@cache
def score() -> dict[str, Score]:
    """Scores by name."""
    scores = {name: Score() for name in ("grouping", "rewrites", "across", "relations", "origins", "single")}
    for dossier in dossiers():
        labels = {number: line[0] for number, line in enumerate(dossier["said"], 1)}
        made = compile_dossier(rows(dossier))
        claims = [entry.claim.attribution_ids for entry in made.entries]
        together = {pair for claim in claims for pair in combinations(sorted(claim), 2)}
        same = {(a, b) for a, b in combinations(labels, 2) if labels[a] == labels[b]}
        for figure, matters in (("rewrites", _rewritten), ("across", _across)):
            ours, true = ({pair for pair in found if matters(dossier, *pair)} for found in (together, same))
            scores[figure].add(dossier["id"], ours, true)
        scores["grouping"].add(dossier["id"], {_told(dossier, *pair) for pair in together}, {_told(dossier, *pair) for pair in same})
        name = {entry.number: labels[entry.claim.attribution_ids[0]] for entry in made.entries}
        related = {(relation.kind.value, *_ordered(name[relation.of], name[relation.by])) for e in made.entries for relation in e.relations}
        wanted = {(kind, *_ordered(a, b)) for a, kind, b, *_ in dossier["relations"]}
        either = frozenset((line[1], *_ordered(line[0], line[2])) for line in dossier["relations"] if line[3:])
        scores["relations"].add(dossier["id"], related, wanted - either, either)
        counted = {(labels[entry.claim.attribution_ids[0]], entry.claim.origins) for entry in made.entries}
        origins = {(label, _origins(dossier, label)) for label in labels.values()}
        scores["origins"].add(dossier["id"], counted, origins)
        alone = {name[entry.number] for entry in made.entries if entry.single_source}
        confirmed = {label for kind, *pair in wanted if kind == Kind.ALSO for label in pair}
        open_ = frozenset(label for _, *pair in either for label in pair)
        scores["single"].add(dossier["id"], alone, {label for label, count in origins if count == 1} - confirmed - open_, open_)
    return scores


def _rewritten(dossier: Mapping[str, Any], a: int, b: int) -> bool:
    """Whether two statements are of one language, and no copies: a pair for the figure of rewrites."""
    wordings = {dossier["said"][n - 1][4] for n in (a, b)}
    return not _across(dossier, a, b) and len(wordings) == 2


def _across(dossier: Mapping[str, Any], a: int, b: int) -> bool:
    """Whether two statements are of two languages."""
    languages = {dossier["said"][n - 1][3] for n in (a, b)}
    return len(languages) == 2


def _told(dossier: Mapping[str, Any], a: int, b: int) -> tuple[str, ...]:
    """A pair of statements as a message shows it; the numbers make it one of its own."""
    return tuple(f"{n} {dossier['said'][n - 1][0]} {dossier['said'][n - 1][4]}" for n in (a, b))


def _ordered(a: str, b: str) -> tuple[str, str]:
    return (a, b) if a <= b else (b, a)


def _origins(dossier: Mapping[str, Any], label: str) -> int:
    return int(dossier.get("origins", {}).get(label, 1))


def figures() -> dict[str, float]:
    found = score()
    return {
        "grouping_f1": found["grouping"].f1,
        "rewrites_f1": found["rewrites"].f1,
        "across_f1": found["across"].f1,
        "relations_f1": found["relations"].f1,
        "relations_p": found["relations"].precision,
        "origins_f1": found["origins"].f1,
        "single_f1": found["single"].f1,
    }


@pytest.mark.parametrize("figure", sorted(BASELINE))
def test_no_figure_falls(figure: str) -> None:
    found = figures()
    assert found[figure] >= BASELINE[figure] - TOLERANCE, (found, "\n".join(line for one in score().values() for line in one.wrong))


def test_the_dossiers_are_many_enough() -> None:
    found = dossiers()
    languages = [line[3] for dossier in found for line in dossier["said"]]
    assert len(found) >= 20 and len(languages) >= 170
    assert {language: languages.count(language) >= 8 for language in ("en", "uk", "ru", "ar", "fr")} == dict.fromkeys(
        ("en", "uk", "ru", "ar", "fr"), True
    )
    assert all(dossier["who"][line[1]] for dossier in found for line in dossier["said"])
