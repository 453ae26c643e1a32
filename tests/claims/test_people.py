"""Who is the same person in two texts."""

import pytest

from aggregator.claims.people import same_people

SAME = [
    ("Oleh Syniehubov", "Олег Синєгубов"),
    ("Oleh Syniehubov", "Олег Синегубов"),
    ("Roman Kalynchuk", "Калинчук"),
    ("Volodymyr Zelensky", "Зеленський"),
    ("Hryhorii Buslenko", "Григорій Бусленко"),
    ("سليم حرب", "سليم حرب"),
]
OTHERS = [("Oleh Bondar", "Roman Bondar"), ("Anna Li", "Li"), ("Mykola Koval", "Mykola Kravets"), ("سليم حرب", "سليم منصور")]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_the_same(one: str, other: str) -> None:
    found = same_people([one, other])
    assert found[one] == found[other]


@pytest.mark.parametrize(("one", "other"), OTHERS)
def test_others(one: str, other: str) -> None:
    found = same_people([one, other])
    assert found[one] != found[other]


def test_a_surname_of_two_people_is_nobodys() -> None:
    found = same_people(["Oleh Bondar", "Roman Bondar", "Bondar"])
    assert len(set(found.values())) == 3
