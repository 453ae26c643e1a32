"""Statements that gazetteer or calendar contradict, and those that they do not; coordinates as GeoNames gives them."""

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.claims.checks import Note, check
from aggregator.model import Mention, Place

PLACES = {
    "Bakhmut": Place("gn1", "Bakhmut", "settlement", 48.594, 38.0, "UA"),
    "Avdiivka": Place("gn2", "Avdiivka", "settlement", 48.139, 37.742, "UA"),
    "Kharkiv": Place("gn3", "Kharkiv", "settlement", 49.981, 36.253, "UA"),
    "Vovchansk": Place("gn4", "Vovchansk", "settlement", 50.288, 36.946, "UA"),
    "Sumy": Place("gn5", "Sumy", "settlement", 50.921, 34.8, "UA"),
    "Donetsk region": Place("gn6", "Donetsk region", "region", 48.0, 37.5, "UA"),
}
NAMES = {
    **PLACES,
    "Вовчанськ": PLACES["Vovchansk"],
    "Харкова": PLACES["Kharkiv"],
    "Волчанск": PLACES["Vovchansk"],
    "Харькова": PLACES["Kharkiv"],
}
PUBLISHED = datetime(2023, 1, 4, 12, tzinfo=UTC)


def notes(text: str, language: str = "en", published: datetime | None = PUBLISHED, confidence: float = 0.9) -> tuple[Note, ...]:
    mentions = [
        Mention(found.start(), found.end(), name, place, confidence=confidence)
        for name, place in NAMES.items()
        for found in re.finditer(name, text)
    ]
    return check(text, language=language, published=published, mentions=mentions)


WRONG = [
    ("en", "near Bakhmut and in the Avdiivka area, around 60 miles south of Bakhmut, on Sunday", "distance", "about 54 km apart"),
    ("en", "Vovchansk, 60 kilometres south of Kharkiv, was hit", "direction", "Vovchansk lies north-east of Kharkiv, not south"),
    ("en", "Sumy lies 30 miles from Kharkiv", "distance", "not 30 miles, which is 48 km"),
    ("uk", "Вовчанськ, що лежить за 200 кілометрів на північний схід від Харкова, горить", "distance", "about 60 km"),
    ("uk", "Вовчанськ, за 60 км на захід від Харкова, горить", "direction", "lies north-east of Kharkiv, not west"),
    ("ru", "Волчанск, в 200 километрах к северо-востоку от Харькова, горит", "distance", "about 60 km"),
    ("ru", "Волчанск находится в 60 км южнее Харькова", "direction", "not south"),
    ("en", "He said on Monday, January 3, that it rained", "weekday", "3 January 2023 was a Tuesday."),
    ("en", "on Wednesday, 3 January 2023, it rained", "weekday", "3 January 2023 was a Tuesday."),
    ("uk", "у середу, 3 січня, йшов дощ", "weekday", "was a Tuesday"),
    ("uk", "3 січня 2023 року, у четвер, йшов дощ", "weekday", "was a Tuesday"),
    ("ru", "в пятницу, 3 января 2023 года, шёл дождь", "weekday", "was a Tuesday"),
    ("en", "It began three weeks ago, on December 31", "elapsed", "it is 4 days, not three weeks"),
    ("en", "from 3 March 2022 to 10 March 2022, 20 days", "elapsed", "it is 7 days, not 20 days"),
    ("en", "On March 10, 2022, two months after March 3, 2022, it ended", "elapsed", "7 days"),
    ("uk", "Це сталося 20 днів тому, 31 грудня", "elapsed", "it is 4 days"),
    ("ru", "Это случилось два месяца назад, 31 декабря", "elapsed", "it is 4 days"),
    ("ru", "с 3 марта 2022 года по 10 марта 2022 года, 20 дней", "elapsed", "7 days"),
]


@pytest.mark.parametrize(("language", "text", "kind", "computed"), WRONG)
def test_a_contradiction_has_a_note_with_the_computation(language: str, text: str, kind: str, computed: str) -> None:
    (note,) = notes(text, language)
    assert note.kind == kind
    assert computed in note.computed
    assert text[note.start : note.end] == note.stated


RIGHT = [
    ("en", "Avdiivka, about 35 miles south of Bakhmut"),
    ("en", "Avdiivka, 75 km from Bakhmut"),  # by road
    ("en", "Avdiivka, 55 km west of Bakhmut"),  # it is south-south-west
    ("en", "the Donetsk region, 900 miles from Bakhmut"),  # a region has no point
    ("en", "a village 900 miles south of Bakhmut"),
    ("en", "Sumy was shelled. Hours later, 900 miles from Kharkiv, a depot burned"),
    ("en", "on Tuesday, January 3, it rained"),
    ("en", "on Tuesday, 12 may have died"),
    ("en", "on Friday, July 4, it rained"),  # of which year?
    ("en", "between Monday and January 3"),
    ("en", "four days ago, on December 31"),
    ("en", "about three weeks ago, on December 18"),
    ("en", "from 3 March 2022 to 10 March 2022, eight days"),  # both ends counted
    ("uk", "Вовчанськ, за 60 кілометрів на північний схід від Харкова"),
    ("uk", "у вівторок, 3 січня, йшов дощ"),
    ("ru", "Волчанск, в 70 км от Харькова"),
    ("ru", "во вторник, 3 января, шёл дождь"),
    ("de", "am Montag, 3. Januar"),
]


@pytest.mark.parametrize(("language", "text"), RIGHT)
def test_what_may_be_right_has_none(language: str, text: str) -> None:
    assert notes(text, language) == ()


def test_nothing_uncertain_is_noted() -> None:
    assert notes("Avdiivka, 200 miles south of Bakhmut", confidence=0.4) == ()
    assert notes("on Monday, January 3, it rained", published=None) == ()
    assert notes("three weeks ago, on December 31", published=None) == ()


@given(st.text(alphabet="0123456789 ,.-adeghikmnorstuvwyJanuryModFeb()", max_size=60))
def test_any_text_is_read(text: str) -> None:
    for note in check(text, language="en", published=PUBLISHED):
        assert text[note.start : note.end] == note.stated
