"""What texts in several languages share, and what keeps them apart."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.model import StoryDocument
from aggregator.stories.crosslanguage import ENOUGH, Evidence, Witnesses, best, contradict, evidence, skeleton, weight

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
IZIUM = "gn707753"
ENGLISH = "A drone killed 4 people at the market in Izium, said the mayor Valerii Marchenko. 17 stalls burned."
UKRAINIAN = "Унаслідок удару дрона по ринку в Ізюмі загинуло 4 людей, сказав міський голова Валерій Марченко. Згоріло 17 яток."


def document(ident: int, language: str | None, body: str, **fields: object) -> StoryDocument:
    made = StoryDocument(ident, "", body, language, NOON, f"o{ident}", None, (IZIUM,), (), (IZIUM,))
    return replace(made, **fields)  # type: ignore[arg-type]


def told(ident: int, language: str, body: str) -> Evidence:
    found = evidence(document(ident, language, body))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Marchenko", "Марченко"),
        ("Horbenko", "Горбенко"),
        ("Zelensky", "Зеленський"),
        ("Khartoum", "Хартум"),
    ],
)
def test_a_name_has_one_skeleton(one: str, other: str) -> None:
    assert skeleton(one)[:4] == skeleton(other)[:4] != ""


def test_one_event_in_two_languages() -> None:
    english, ukrainian = told(1, "en", ENGLISH), told(2, "uk", UKRAINIAN)
    assert {number for _, number in english.counts} & {number for _, number in ukrainian.counts}
    assert weight(english, ukrainian, {}, 0) >= ENOUGH
    assert best([english], {7: [ukrainian]}, {7: weight(english, ukrainian, {}, 0)}) is not None


def test_other_numbers_of_the_same_are_another_event() -> None:
    english, other = told(1, "en", ENGLISH), told(2, "uk", UKRAINIAN.replace("загинуло 4", "загинуло 9"))
    assert contradict([english], [other])
    assert weight(english, other, {}, 0) == 0


def test_what_cannot_be_compared_stays_apart() -> None:
    english = told(1, "en", ENGLISH)
    assert weight(english, told(2, "en", ENGLISH), {}, 0) == 0  # words tell that
    assert weight(english, replace(told(2, "uk", UKRAINIAN), at=NOON + timedelta(hours=37)), {}, 0) == 0
    assert weight(english, replace(told(2, "uk", UKRAINIAN), sites=frozenset({"gn1"})), {}, 0) == 0
    assert evidence(document(1, None, ENGLISH)) is None
    assert evidence(document(1, "en", ENGLISH, sites=())) is None


def test_two_that_are_about_as_like_are_none() -> None:
    english, one, two = told(1, "en", ENGLISH), told(2, "uk", UKRAINIAN), told(3, "uk", UKRAINIAN)
    assert best([english], {1: [one], 2: [two]}, {1: 2000, 2: 1900}) is None
    assert best([english], {1: [one], 2: [two]}, {1: 2000, 2: 1100}) == (1, 2000)


def test_witnesses_forget() -> None:
    held = Witnesses()
    held.put(2, told(2, "uk", UKRAINIAN))
    english = told(1, "en", ENGLISH)
    assert list(held.near(english)) == [2]
    held.drop(2)
    assert held.near(english) == {} and len(held) == 0 and not +held.with_mark
