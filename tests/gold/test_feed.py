"""The gold of the feed stage: documents of our own with what a reader must see of them, and figures that may not fall.

Each ``NAME.xml`` or ``NAME.json`` stands beside ``NAME.expected.json``, which has the document's url, what of the feed and of each entry is
asserted (texts without tags under ``summary_text`` and ``content_text``, addresses in them under ``…_links``), and texts that
must be ``absent``. A figure is the share of expectations met, by field; the baseline is baseline.json, key "feed".
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from aggregator.feeds.markup import plain
from aggregator.feeds.parse import parse
from aggregator.model import Entry, RawFeed

GOLD = Path(__file__).with_name("feed")
BASELINE = Path(__file__).with_name("baseline.json")
NOW = datetime(2026, 3, 10, tzinfo=UTC)
FEED_FIELDS = ("format", "title", "link", "language", "hub", "ttl_minutes")


def documents() -> Iterator[tuple[Path, Mapping[str, Any]]]:
    for expected in sorted(GOLD.glob("*.expected.json")):
        name = expected.name.removesuffix(".expected.json")
        path = next(path for path in GOLD.glob(f"{name}.*") if path != expected)
        yield path, json.loads(expected.read_text(encoding="utf-8"))


def shown(entry: Entry, field: str) -> Any:
    """An entry's field in the words of the gold."""
    if field.endswith("_text"):
        html = getattr(entry, field.removesuffix("_text"))
        return None if html is None else plain(html)
    if field.endswith("_links"):
        html = getattr(entry, field.removesuffix("_links")) or ""
        return [part.split('"')[0] for mark in ('href="', 'src="') for part in html.split(mark)[1:]]
    value = getattr(entry, field)
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if field == "enclosures":
        return [asdict(one) for one in value]
    return list(value) if isinstance(value, tuple) else value


def verdicts() -> dict[str, list[tuple[str, bool]]]:
    """Field -> (where, met) for every expectation."""
    found: dict[str, list[tuple[str, bool]]] = defaultdict(list)
    for path, expected in documents():
        feed = parse(RawFeed(expected["url"], path.read_bytes()), NOW)
        for field in FEED_FIELDS:
            if field in expected:
                found[f"feed_{field}"].append((path.name, getattr(feed, field) == expected[field]))
        found["count"].append((path.name, len(feed.entries) == len(expected["entries"])))
        for number, wanted in enumerate(expected["entries"]):
            entry = feed.entries[number] if number < len(feed.entries) else Entry()
            for field, value in wanted.items():
                found[field].append((f"{path.name} {number}", shown(entry, field) == value))
        everything = str(asdict(feed))
        for text in expected.get("absent", ()):
            found["safe"].append((path.name, text not in everything))
    return found


def test_no_figure_falls() -> None:
    baseline: Mapping[str, float] = json.loads(BASELINE.read_text(encoding="utf-8"))["feed"]
    found = verdicts()
    assert set(baseline) == set(found), "a field of the gold has no baseline, or the other way round"
    figures = {field: round(sum(met for _, met in results) / len(results), 4) for field, results in found.items()}
    fallen = {
        field: {"was": baseline[field], "is": figure, "missed": [where for where, met in found[field] if not met]}
        for field, figure in figures.items()
        if figure < baseline[field]
    }
    assert not fallen, json.dumps(fallen, indent=1)


@pytest.mark.parametrize("path", [path for path, _ in documents() if b"</item>" in path.read_bytes()], ids=lambda path: path.stem)
def test_cutting_a_document_short_loses_no_entry_before_the_cut(path: Path) -> None:
    body = path.read_bytes()
    whole = parse(RawFeed("http://cut.example/", body), NOW)
    ends = [at + len(b"</item>") for at in range(len(body)) if body.startswith(b"</item>", at)]
    for kept, end in enumerate(ends, 1):
        part = parse(RawFeed("http://cut.example/", body[:end]), NOW)
        assert len(part.entries) >= kept
        assert [entry.title for entry in part.entries[:kept]] == [entry.title for entry in whole.entries[:kept]]
