"""Quality gate of extraction: this project's own pages, in several house styles and languages, against their expected articles.

Beside each ``page/NAME.html`` stands ``NAME.json`` with what should come out. A figure below the one in ``baseline.json`` fails.
"""

import json
import re
from collections import Counter
from pathlib import Path
from statistics import mean
from typing import Any

import pytest

from aggregator.extract.body import extract
from aggregator.model import KINDS, Draft, RawPage

FOLDER = Path(__file__).parent / "page"
NAMES = sorted(path.stem for path in FOLDER.glob("*.json"))


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def run(name: str) -> tuple[dict[str, Any], Draft]:
    want = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return want, extract(RawPage(url=want["url"], body=(FOLDER / f"{name}.html").read_bytes()))


def body_f1(want: list[str], got: str) -> float:
    expected, found = words(" ".join(want)), words(got)
    common = sum((Counter(expected) & Counter(found)).values())
    return 2 * common / (len(expected) + len(found)) if common else 0.0


def figures() -> dict[str, float]:
    rows: dict[str, list[float]] = {}

    def note(figure: str, value: float) -> None:
        rows.setdefault(figure, []).append(value)

    for name in NAMES:
        want, got = run(name)
        note("outcome", got.outcome.value == want["outcome"])
        if "body" not in want:
            continue
        note("body_f1", body_f1(want["body"], got.body))
        note("exact_lines", got.body.split("\n") == want["body"])
        note("title", got.title == want["title"])
        note("authors", list(got.authors) == want["authors"])
        note("language", got.language == want["language"])
        for field in ("published", "updated"):
            if field in want:
                at = getattr(got, field)
                note(field, bool(at) and at.strftime("%Y-%m-%dT%H:%M:%SZ") == want[field])
        if "kinds" in want:
            note("kinds", list(got.kinds) == want["kinds"])
        if "links" in want:
            lines = got.body.split("\n")
            note("links", [[link.line, lines[link.line][link.start : link.end], link.url] for link in got.links] == want["links"])
    return {figure: round(float(mean(values)), 4) for figure, values in rows.items()}


def test_no_figure_falls_below_the_baseline() -> None:
    assert len(NAMES) >= 12
    baseline = json.loads((Path(__file__).parent / "baseline.json").read_text(encoding="utf-8"))["page"]
    now = figures()
    assert set(now) == set(baseline)
    lower = {figure: (now[figure], baseline[figure]) for figure in baseline if now[figure] < baseline[figure]}
    assert not lower, f"lower than the baseline (now, baseline): {lower}"


@pytest.mark.parametrize("name", NAMES)
def test_what_is_removed_is_kept_with_its_reason(name: str) -> None:
    _, got = run(name)
    assert all(item.text and item.reason for item in got.removed)
    assert len(got.kinds) == (len(got.body.split("\n")) if got.body else 0)
    assert set(got.kinds) <= KINDS
