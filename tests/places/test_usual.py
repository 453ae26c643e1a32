"""What a feed usually speaks of chooses between the places of a name where its text says nothing to choose by, and only there.

The cases stand in usual.yaml, for the built gazetteer."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from aggregator.errors import GazetteerError
from aggregator.places.candidates import Candidate, prominence
from aggregator.places.gazetteer import Gazetteer
from aggregator.places.habit import EVEN, HABIT, LARGER, VILLAGE, Rated, gains
from aggregator.places.rows import MAIN
from aggregator.places.tag import PlaceTagger

HERE = Path(__file__).parent
CASES: list[dict[str, Any]] = yaml.safe_load((HERE / "usual.yaml").read_text(encoding="utf-8"))
MARK = re.compile(r"\[([^\]]+)\]")
ENGLAND, ALABAMA = "gn2655603", "gn4049979"  # their Birminghams


@cache
def built() -> PlaceTagger:
    try:
        return PlaceTagger(Gazetteer.open(HERE.parents[1] / "build" / "gazetteer"))
    except GazetteerError as error:
        pytest.fail(f"the gazetteer is not built: {error}")


def meaning(case: dict[str, Any], usual: dict[str, float]) -> tuple[str, float]:
    """Id of the place that the marked name is taken for, and how sure that is."""
    mark = MARK.search(case["body"])
    assert mark is not None
    body = MARK.sub(r"\1", case["body"])
    found = built().tag("", body, language=case.get("language", "en"), usual=usual).mentions
    (mention,) = [m for m in found if m.start <= mark.start() < m.end]
    return mention.place.id, mention.confidence


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_a_feed_with_habits(case: dict[str, Any]) -> None:
    alone, with_habit = meaning(case, {}), meaning(case, case["usual"])
    assert (alone[0], with_habit[0]) == (case.get("alone", case["means"]), case["means"])
    assert with_habit[1] <= alone[1]  # habit makes nothing surer


def test_there_are_enough_cases_of_each_kind() -> None:
    turned = [case["id"] for case in CASES if "alone" in case]
    assert len(CASES) >= 50 and len(turned) >= 20 and sum(case["id"].startswith("told-") for case in CASES) >= 10
    assert len({case["id"] for case in CASES}) == len(CASES)


def test_a_choice_by_habit_is_explained() -> None:
    body, usual = "A gas leak closed two schools in Birmingham on Monday.", {"US": 1.0, "XX": 0.9}
    assert "usual" not in str(built().explain("", body, language="en"))
    (name,) = built().explain("", body, language="en", usual=usual)
    parts = {ranked.place.id: dict(ranked.parts) for ranked in name.candidates}
    assert name.winner.id == ALABAMA and parts[ALABAMA]["usual"] > 0 and "usual" not in parts[ENGLAND]
    for ranked in name.candidates:
        assert sum(worth for _, worth in ranked.parts) == pytest.approx(ranked.score, abs=0.01)
    (mention,) = built().tag("", body, language="en", usual=usual).mentions
    assert (mention.place, mention.confidence) == (name.winner, name.confidence)


@pytest.mark.parametrize("language", ["en", "uk", None])
def test_without_habits_nothing_is_other(tagger: PlaceTagger, language: str | None) -> None:
    body = "Shells hit Bakhmut and Andriivka on Monday. Moscow said no. Shops in Paris, Texas, and Georgia were shut. Вибухи в Андріївка."
    plain = tagger.tag("Bakhmut", body, language=language)
    for usual in ({}, {"XX": 1.0}, {"UA": 0.0}):
        assert tagger.tag("Bakhmut", body, language=language, usual=usual) == plain


def place(row: int, people: int, country: int) -> Candidate:
    return Candidate(row, MAIN, 0.0, 0.0, people, "settlement", country, -1, -1, False, False)


rated = st.builds(
    lambda row, people, country, told: Rated(place(row, people, country), told + prominence(place(row, people, country)), told),
    st.integers(10, 99),
    st.integers(0, 5_000_000),
    st.integers(0, 3),
    st.floats(0, 5),
)


@given(st.lists(rated, min_size=1, max_size=6), st.dictionaries(st.integers(0, 3), st.floats(0, 1)))
def test_what_the_text_says_goes_before_habit(found: list[Rated], usual: dict[int, float]) -> None:
    chosen = max(found, key=lambda one: (one.score, -one.candidate.row))
    more = gains(found, usual)
    for one, gain in zip(found, more, strict=True):
        assert 0.0 <= gain <= HABIT * max(0.0, prominence(one.candidate) - VILLAGE)
        if gain:
            assert usual[one.candidate.country] > 0.5 and one.told >= chosen.told - EVEN
            assert one.candidate.population * LARGER >= chosen.candidate.population
    turned = max(zip(found, more, strict=True), key=lambda row: (row[0].score + row[1], -row[0].candidate.row))[0]
    assert turned.told >= chosen.told - EVEN


def test_of_one_place_there_is_nothing_to_choose() -> None:
    assert gains([Rated(place(1, 1000, 2), 5.0, 0.0)], {2: 1.0}) == [0.0]
    assert gains([Rated(place(n, 1000, n), 5.0, 0.0) for n in (1, 2)], {}) == [0.0, 0.0]
