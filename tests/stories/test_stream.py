"""The gold stream: invented reports in three languages with reprints, revisions and bulletins, from entry to story."""

import json
from collections import Counter, defaultdict
from collections.abc import Mapping
from math import comb
from pathlib import Path
from typing import Any

from aggregator.cli.stages.group import open_stage

GOLD = Path(__file__).parent.parent / "gold"


def pairwise(gold: Mapping[str, Any], found: Mapping[str, Any]) -> tuple[float, float]:
    """Precision and recall over pairs of rows with one label."""

    def pairs(labels: Any) -> int:
        return sum(comb(n, 2) for n in Counter(labels).values())

    true = pairs((gold[ident], found[ident]) for ident in gold)
    return true / max(pairs(found[ident] for ident in gold), 1), true / max(pairs(gold.values()), 1)


def test_gold_stream_holds_the_baseline() -> None:
    rows = [json.loads(line) for line in (GOLD / "group" / "stream.jsonl").read_text(encoding="utf-8").splitlines()]
    answers = {answer["id"]: answer for answer in open_stage()({k: v for k, v in row.items() if k != "gold"} for row in rows)}
    gold = {row["id"]: row["gold"] for row in rows}
    figures: dict[str, float] = {}
    for name in ("article", "copy_group", "story"):
        p, r = pairwise({i: g[name] for i, g in gold.items()}, {i: answers[i][name] for i in gold})
        figures |= {f"{name}_p": p, f"{name}_r": r}
    voices: dict[str, set[str]] = defaultdict(set)
    for ident, row in gold.items():
        if answers[ident]["independent"]:
            voices[row["copy_group"]].add(row["article"])
    origins = {row["copy_group"]: {row["article"]} for row in gold.values() if row["origin"]}
    figures["origins_right"] = sum(voices[group] == right for group, right in origins.items()) / len(origins)
    baseline = json.loads((GOLD / "baseline.json").read_text(encoding="utf-8"))["group"]
    worse = {name: (value, baseline[name]) for name, value in figures.items() if value < baseline[name] - 0.0005}
    assert not worse, {**figures}


def test_a_line_that_cannot_be_taken_is_an_error_line_and_the_rest_goes_on() -> None:
    good = {"id": 2, "url": "https://quay.example/2024/a-1", "outlet": "Quay", "title": "T", "body": "B", "published": None}
    lines: list[dict[str, Any]] = [{**good, "id": 1, "url": "no address"}, good, {"id": 3}, {**good, "id": 4, "published": "soon"}]
    first, second, third, fourth = open_stage()(lines)
    assert (first["error"]["kind"], third["error"]["kind"], fourth["error"]["kind"]) == ("usage", "input", "input")
    assert second["id"] == 2
    assert second["independent"] is True
