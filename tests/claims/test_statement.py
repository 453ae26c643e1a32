"""What a statement says: figures with what they count, what is said and what denied, and who is named."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.claims.figures import Figure
from aggregator.claims.statement import read
from tests.claims.rows import said

# language, words, figures: value, what, of, bound
FIGURES = [
    ("en", "five people were killed and 18 wounded in the strike", [(5, "killed"), (18, "injured")]),
    ("en", "the strike killed at least 14 people and wounded 30", [(14, "killed", None, "least"), (30, "injured")]),
    ("en", "the death toll had risen to 12", [(12, "killed")]),
    ("en", "five people, including two children, were killed", [(5, "killed"), (2, "of children", "children")]),
    ("en", "212 residents, 31 children among them, had been evacuated", [(212, "displaced"), (31, "of children", "children")]),
    ("en", "41 of 48 drones were shot down", [(41, "shot_down", "drones"), (48, "of drone", "drones")]),
    ("en", "Ukrainian losses at up to 140 soldiers", [(140, "losses", "soldiers", "most")]),
    ("en", "about 1,300 people were wounded", [(1300, "injured", None, "about")]),
    ("en", "2.5 million people fled", [(2_500_000, "displaced")]),
    ("en", "one of those killed was 24 years old", [(24, "of year")]),
    ("en", "it began in 2022, on June 13, at 14:05, when the 63-year-old saw an F-16", []),
    ("en", "three of the wounded were in serious condition", [(3, "part injured")]),
    ("en", "14 people were wounded, six of them badly", [(14, "injured"), (6, "part")]),
    ("uk", "троє з поранених у тяжкому стані", [(3, "part injured")]),
    ("ru", "трое из раненых в тяжелом состоянии", [(3, "part injured")]),
    ("ru", "пятеро из них погибли", [(5, "killed")]),
    ("ar", "ثلاثة من الجرحى في حالة خطرة", [(3, "part injured")]),
    ("ar", "قتل عشرة من الجنود", [(10, "killed", "soldiers")]),
    ("fr", "trois des blessés sont dans un état grave", [(3, "part injured")]),
    ("en", "ten of the soldiers were killed", [(10, "killed", "soldiers")]),
    ("en", "eleven of its staff", [(11, "")]),
    ("uk", "загинули п'ятеро людей, ще 18 поранені", [(5, "killed"), (18, "injured")]),
    ("uk", "кількість загиблих зросла до 12", [(12, "killed")]),
    ("uk", "понад 5 тисяч переселенців", [(5000, "displaced", None, "least")]),
    ("ru", "погибли пять человек, ещё 18 ранены", [(5, "killed"), (18, "injured")]),
    ("ru", "ночью сбит 41 из 48 беспилотников", [(41, "shot_down", "drones"), (48, "of беспилотник", "drones")]),
    ("ar", "قتل 5 أشخاص وأصيب ١٨ آخرون", [(5, "killed"), (18, "injured")]),
    ("ar", "مقتل خمسة مدنيين وإصابة 18", [(5, "killed"), (18, "injured")]),
    ("fr", "dix soldats ont été tués et treize blessés", [(10, "killed", "soldiers"), (13, "injured")]),
    ("de", "12 Menschen wurden getötet", [(12, "of mensch")]),
    (None, "12 убитых", [(12, "of убиты")]),
]


@pytest.mark.parametrize(("language", "words", "expected"), FIGURES, ids=[case[1] for case in FIGURES])
def test_figures(language: str | None, words: str, expected: list[tuple[object, ...]]) -> None:
    got = [(f.value, f.what, f.of, f.bound) for f in read(said(words, language or "")).figures]
    assert got == [tuple(row) + (None, "exact")[len(row) - 2 :] for row in expected]


AGREE = [
    ("exact", 5, "exact", 5, True),
    ("exact", 5, "exact", 7, False),
    ("least", 5, "exact", 7, True),
    ("least", 5, "exact", 4, False),
    ("least", 5, "least", 7, False),
    ("most", 140, "exact", 90, True),
    ("most", 140, "exact", 200, False),
    ("about", 100, "exact", 110, True),
    ("about", 100, "exact", 150, False),
    ("least", 5, "most", 4, False),
]


@pytest.mark.parametrize(("bound", "value", "other_bound", "other", "agree"), AGREE)
def test_figures_agree_where_both_can_be_right(bound: str, value: float, other_bound: str, other: float, agree: bool) -> None:
    one, two = Figure(value, "killed", None, bound, True), Figure(other, "killed", None, other_bound, True)
    assert (one.agrees(two), two.agrees(one)) == (agree, agree)


# language, words, more, said, denied
DEEDS = [
    ("en", "its forces did not strike the hospital", {}, set(), {"strike"}),
    ("en", "striking the hospital", {"negated": True}, set(), {"strike"}),
    ("en", "it hadn't shelled the market", {}, set(), {"strike"}),
    ("en", "there were no casualties after the strike", {}, {"strike"}, {"casualties", "killed", "injured"}),
    ("en", "the depot burned without casualties", {}, {"burn"}, {"casualties", "killed", "injured"}),
    ("en", "it did not say who had struck the depot", {}, {"strike"}, set()),
    ("en", "not only the depot was destroyed", {}, {"destroyed"}, set()),
    ("uk", "наші війська не обстрілювали лікарню", {}, set(), {"strike"}),
    ("ru", "понтонная переправа не уничтожена", {}, set(), {"destroyed"}),
    ("ar", "لم تقصف قواتنا السوق", {}, set(), {"strike"}),
    ("fr", "ses combattants n'ont pas violé le cessez-le-feu", {}, set(), {"violate", "agree"}),
]


@pytest.mark.parametrize(("language", "words", "more", "told", "denied"), DEEDS, ids=[case[1] for case in DEEDS])
def test_what_is_said_and_what_denied(language: str, words: str, more: dict[str, Any], told: set[str], denied: set[str]) -> None:
    statement = read(said(words, language, **more))
    assert (set(statement.said), set(statement.unsaid)) == (told, denied)


def test_whose_forces() -> None:
    assert read(said("our forces struck the depot", side="ukraine")).actors == {"ukraine"}
    assert read(said("the enemy struck the depot", side="ukraine")).actors == {"russia"}
    assert read(said("the enemy struck the depot", side="houthi")).actors == {"enemy of houthi"}
    assert read(said("the enemy struck the depot")).actors == frozenset()
    assert read(said("Russian forces struck the depot", side="western")).actors == {"russia"}


@pytest.mark.parametrize(
    "words", ["it could not confirm that the bridge was destroyed", "Russian claims to have taken the town", "whether the depot was hit"]
)
def test_what_is_doubted(words: str) -> None:
    assert read(said(words)).doubted
    assert not read(said(words, negated=True)).doubted  # "denied the claims that" is plain enough


@given(st.text(max_size=80), st.sampled_from(["en", "uk", "ru", "ar", "fr", "he", ""]))
def test_any_text_can_be_read(words: str, language: str) -> None:
    statement = read(said(words, language))
    assert all(figure.value >= 0 for figure in statement.figures)
    assert not statement.said & statement.unsaid or statement.doubted
