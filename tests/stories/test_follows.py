"""Which earlier story a new one takes up, on invented pairs of stories of one city."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from aggregator.model import StoryDocument
from aggregator.stories.follows import Told, followed, likely, told

CASES: dict[str, Any] = json.loads(Path(__file__).with_name("follow_cases.json").read_text(encoding="utf-8"))
PAIRS: dict[str, dict[str, Any]] = {pair["name"]: pair for pair in CASES["pairs"]}
NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


def story(number: int, title: str, body: str) -> Told:
    """A story of one text."""
    return told(number, title, [StoryDocument(number, title, body, None, NOON, "quay", place_ids=("gn706483",))], CASES["places"])


@pytest.mark.parametrize("name", PAIRS)
@pytest.mark.parametrize("others", [CASES["others"], []], ids=["among others", "alone"])
def test_pairs(name: str, others: list[str]) -> None:
    pair = PAIRS[name]
    old, new = story(1, *pair["old"]), story(2, *pair["new"])
    assert followed(new, [old], others) == (1 if pair["follows"] else None)


def test_there_are_as_many_pairs_that_do_not_follow() -> None:
    follow = sum(pair["follows"] for pair in PAIRS.values())
    assert follow >= 12 and len(PAIRS) - follow >= 12


@pytest.mark.parametrize("name", [name for name, pair in PAIRS.items() if pair["follows"]])
def test_the_right_one_is_found_among_all(name: str) -> None:
    """The earlier story is among those that are read, and is the one that is taken, whatever else the city had."""
    old = {n: each["old"] for n, each in enumerate(PAIRS.values(), 1) if each["follows"]}
    new = story(99, *PAIRS[name]["new"])
    chosen = likely(new, {n: title for n, (title, _) in old.items()}, 6)
    found = followed(new, [story(n, *old[n]) for n in sorted(chosen, reverse=True)], [title for title, _ in old.values()])
    assert found is not None and old[found] == PAIRS[name]["old"]


def test_the_newest_good_one_is_taken() -> None:
    pair = next(iter(PAIRS.values()))
    old, between, new = story(1, *pair["old"]), story(2, *pair["old"]), story(3, *pair["new"])
    assert followed(new, [between, old], CASES["others"]) == 2
    assert followed(new, [], CASES["others"]) is None


def test_copies_count_once_and_a_story_without_texts_follows_nothing() -> None:
    title, body = next(iter(PAIRS.values()))["old"]
    text = StoryDocument(1, title, body, "en", NOON, "quay", copy_group=1)
    copy = StoryDocument(2, title, body, "en", NOON, "mole", copy_group=1)
    assert told(1, title, [text, copy]) == told(1, title, [text])
    assert followed(told(2, title, []), [told(1, title, [text])], []) is None
    assert likely(told(2, title, []), {1: title}, 6) == []
