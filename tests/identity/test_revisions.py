"""What an edit changed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.identity.numbers import numbers_in
from aggregator.identity.revisions import body_hash, compare, diff, normal, sentences

OLD = "Two people were hurt in Izium. Gen. Marchenko spoke at 9 a.m. on Monday.\nThe road is closed.\nPower is out."
NEW = "Two people were hurt in Izium. Gen. Marchenko spoke at 10 a.m. on Monday.\nPower is out.\nTrains run late."


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("“Quiet” — he said", '"Quiet" - he said', True),
        ("one  two\n three", "one two three", True),
        ("co\u00adoperation", "cooperation", True),
        ("five hurt", "six hurt", False),
        ("US troops", "us troops", False),
    ],
)
def test_hash(a: str, b: str, same: bool) -> None:
    assert (body_hash("T", a) == body_hash("T", b)) is same
    assert body_hash("T", a) != body_hash("Other", a)


def test_diff() -> None:
    changes = diff(OLD, NEW)
    assert [(change.kind, change.numbers) for change in changes] == [
        ("same", False),
        ("changed", True),
        ("removed", False),
        ("same", False),
        ("added", False),
    ]
    assert [(part.kind, part.text) for part in changes[1].parts] == [
        ("same", "Gen. Marchenko spoke at"),
        ("removed", "9"),
        ("added", "10"),
        ("same", "a.m. on Monday."),
    ]


@pytest.mark.parametrize(
    ("name", "old", "new", "retitled", "number_changed", "count"),
    [
        ("nothing", ("A", OLD), ("A", OLD), False, False, 0),
        ("typography", ("A “b”", OLD), ('A "b"', OLD.replace("\n", "\n\n")), False, False, 0),
        ("title", ("A", OLD), ("B", OLD), True, False, 0),
        ("number in the title", ("5 hurt", OLD), ("6 hurt", OLD), True, True, 0),
        ("figure", ("A", "Some 1,200 homes were hit today."), ("A", "Some 1,300 homes were hit today."), False, True, 1),
        ("figure respelled", ("A", "Some 1,200 homes were hit today."), ("A", "Some 1200 homes were hit today."), False, False, 1),
        ("figure added", ("A", "Homes were hit in the town today."), ("A", "Homes were hit in the town today, 5 in all."), False, False, 1),
    ],
)
def test_compare(name: str, old: tuple[str, str], new: tuple[str, str], retitled: bool, number_changed: bool, count: int) -> None:
    edit = compare(*old, *new)
    assert (edit.retitled, edit.number_changed, edit.count) == (retitled, number_changed, count)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("He left. She stayed.", ["He left.", "She stayed."]),
        ("Mr. Doe met J. Roe in St. Ives. They spoke.", ["Mr. Doe met J. Roe in St. Ives.", "They spoke."]),
        ("«Тихо», — сказав він. Потім пішов! Далі", ["«Тихо», — сказав він.", "Потім пішов!", "Далі"]),
        ("Ул. Мира закрыта. Поезда стоят.", ["Ул. Мира закрыта.", "Поезда стоят."]),
        ("Cost is 3.5 million. No more.", ["Cost is 3.5 million.", "No more."]),
        ("一。二。", ["一。", "二。"]),
        ("", []),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1,234 and 1 234 and 1.234", ["1234", "1234", "1234"]),
        ("2,5 or 2.5", ["2.5", "2.5"]),
        ("at 21:40", ["21:40"]),
        ("(+624), 11321", ["624", "11321"]),
        ("٤٢", ["42"]),
        ("none", []),
    ],
)
def test_numbers(text: str, expected: list[str]) -> None:
    assert numbers_in(text) == expected


_BODY = st.lists(st.sampled_from(["Two were hurt.", "Power is out.", "Trains run late.", "Road 5 is shut.", "Road 6 is shut."]), max_size=7)


@given(_BODY, _BODY)
def test_both_texts_can_be_read_off_a_diff(old: list[str], new: list[str]) -> None:
    changes = diff(" ".join(old), " ".join(new))
    assert [change.old for change in changes if change.old] == old
    assert [change.new for change in changes if change.new] == new


@given(st.text(max_size=200))
def test_normal_is_stable(text: str) -> None:
    assert normal(normal(text)) == normal(text)
