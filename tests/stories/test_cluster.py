"""Stories as they grow, and their repair."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.model import StoryDocument
from aggregator.stories.cluster import COPIES, StoryBook
from aggregator.stories.features import features, stop_words
from aggregator.stories.repair import repair

DAY = datetime(2024, 5, 1, 8, tzinfo=UTC)
SILO = "A drone struck a grain silo in the port of Odesa before dawn. Two dockers were burnt and the roof of the silo fell in."
SILO_AGAIN = "Firefighters in Odesa worked at a burning silo in the port. Dockers with burns are in hospital; grain was lost."
BRIDGE = "Engineers reopened the bridge over the Siverskyi Donets at Izium to lorries. Steel spans carry forty tonnes."
SCHOOL = "У Харкові на Салтівці відкрили підземну школу на чотириста учнів. Класи збудували під майданчиком."
SCHOOL_AGAIN = "Підземна школа на Салтівці в Харкові прийняла чотириста учнів. Вентиляцію перевірили рятувальники."


def doc(ident: int, body: str, title: str = "", hours: float = 0, group: int | None = None, places: tuple[str, ...] = ()) -> StoryDocument:
    return StoryDocument(ident, title, body, None, DAY + timedelta(hours=hours), f"o{ident}", group, places)


def stream(*documents: StoryDocument) -> tuple[StoryBook, list[int]]:
    """Put documents in as the service does; return the book and each one's story."""
    book = StoryBook()
    stories = []
    for document in documents:
        found = book.nearest(document)
        story = found if found is not None else 100 + document.article_id
        book.add(document, story)
        stories.append(story)
    return book, stories


@pytest.mark.parametrize(
    ("name", "documents", "stories"),
    [
        ("two reports of one event", (doc(1, SILO), doc(2, BRIDGE), doc(3, SILO_AGAIN)), [101, 102, 101]),
        ("in Ukrainian", (doc(1, SCHOOL), doc(2, SILO), doc(3, SCHOOL_AGAIN)), [101, 102, 101]),
        ("a copy goes where its text is", (doc(1, SILO), doc(2, "Quite another lead.", group=1)), [101, 101]),
        ("months later", (doc(1, SILO), doc(2, SILO_AGAIN, hours=24 * 60)), [101, 102]),
        ("nothing in it", (doc(1, ""), doc(2, "")), [101, 102]),
    ],
)
def test_stream(name: str, documents: tuple[StoryDocument, ...], stories: list[int]) -> None:
    assert stream(*documents)[1] == stories


def never(article_id: int) -> int:
    raise AssertionError(f"no story was to be opened for {article_id}")


def test_each_day_of_a_bulletin_is_a_story() -> None:
    form = "Over the past day to {0} May the enemy lost {1} men, {2} tanks, {3} guns and {4} drones, the General Staff said."
    documents = [doc(day, form.format(day, 640 + day, 10 + 7 * day, 30 + day, 90 - day), hours=24 * day) for day in range(1, 6)]
    assert len(set(stream(*documents)[1])) == 5


def test_places_tell_events_of_one_kind_apart_across_languages() -> None:
    book, _ = stream(doc(1, SILO, places=("gn1", "gn2")), doc(2, BRIDGE, places=("gn3",)))
    vector = features(doc(3, "Дрон влучив у порт.", places=("gn1", "gn2")))
    scores = {story: score for score, story in book.scores(vector, DAY)}
    assert scores.get(101, 0) > scores.get(102, 0)


def test_adding_again_changes_nothing_and_a_revision_moves_the_words() -> None:
    book, _ = stream(doc(1, SILO), doc(2, BRIDGE))
    book.add(doc(1, SILO), 101)
    assert book.sizes() == {101: 1, 102: 1}
    book.add(doc(1, SCHOOL), 101)
    assert book.nearest(doc(3, SCHOOL_AGAIN)) == 101
    assert book.nearest(doc(4, SILO_AGAIN)) is None


def test_copies_count_once_and_stay_together() -> None:
    book, _ = stream(doc(1, SILO), doc(2, SILO, group=1), doc(3, SILO, group=1))
    assert book.sizes() == {101: 1}
    book.add(doc(3, SILO, group=1), 200)  # an operator's word
    assert (book.story_of(1), book.story_of(3), book.sizes()) == (200, 200, {200: 1})


def test_a_text_alone_until_its_group_is_found() -> None:
    book, _ = stream(doc(5, SILO))
    book.add(doc(5, SILO, group=3), 105)
    assert book.nearest(doc(3, "Quite another lead.", group=3)) == 105


def test_forget() -> None:
    book, _ = stream(doc(1, SILO), doc(2, BRIDGE, hours=48))
    assert book.forget(DAY + timedelta(hours=24)) == 1
    assert (book.story_of(1), book.story_of(2), len(book)) == (None, 102, 1)
    assert book.forget(DAY + timedelta(hours=96)) == 1
    assert (book.sizes(), book._texts, book._terms.texts) == ({}, {}, 0)


def test_repair_joins_what_opened_apart_and_finds_nothing_more() -> None:
    book = StoryBook()
    for ident, (body, story) in enumerate(((SILO, 1), (SILO_AGAIN, 2), (BRIDGE, 3), (SCHOOL, 4), (SCHOOL_AGAIN, 5)), 1):
        book.add(doc(ident, body), story)
    shifts = repair(book, never)
    assert {(shift.source, shift.target, shift.articles, shift.whole) for shift in shifts} == {(2, 1, (2,), True), (5, 4, (5,), True)}
    assert [book.story_of(ident) for ident in range(1, 6)] == [1, 1, 3, 4, 4]
    assert repair(book, never) == ()


def test_names_words_and_figures() -> None:
    found = features(doc(1, "The mayor of Deir al-Balah met Anna Koval's staff. She saw 40 ships. Odesa waits.", title="Port of Odesa"))
    assert {"=odesa", "=anna koval", "#40", "ships"} <= found.keys()
    assert "=she" not in found
    assert not found.keys() & stop_words()


_OPERATION = st.tuples(st.integers(1, 6), st.sampled_from([SILO, SILO_AGAIN, BRIDGE, SCHOOL]), st.integers(1, 3), st.integers(1, 7))
_OPERATIONS = st.lists(_OPERATION, max_size=25)


@settings(max_examples=60)
@given(_OPERATIONS)
def test_the_books_always_balance(operations: list[tuple[int, str, int, int]]) -> None:
    book = StoryBook()
    for ident, body, story, group in operations:
        book.add(doc(ident, body, group=min(ident, group)), story)
    idents = {ident for ident, *_ in operations}
    assert all(book.story_of(ident) is not None for ident in idents)
    assert sum(book.sizes().values()) == len(book._texts)
    for ident in idents:
        book.remove(ident)
    assert len(book) == 0
    assert (book.sizes(), book._texts, book._terms.texts) == ({}, {}, 0)


def test_copies_speak_for_their_text_together_whichever_came_first() -> None:
    cut = SILO.split(". ")[0] + ". Subscribe to the morning letter of this house."
    likeness = set()
    for first, second in ((SILO, cut), (cut, SILO)):
        book, _ = stream(doc(1, first, group=1), doc(2, second, group=1), doc(3, BRIDGE))
        ((score, story),) = book.scores(features(doc(9, SILO_AGAIN)), DAY)
        assert story == 101
        likeness.add(score)
    assert len(likeness) == 1
    alone, _ = stream(doc(2, cut), doc(3, BRIDGE))
    assert likeness.pop() > max((score for score, _ in alone.scores(features(doc(9, SILO_AGAIN)), DAY)), default=0.0)


def test_of_many_copies_the_same_few_speak_whatever_order_they_came_in() -> None:
    bodies = [f"{SILO} Printed by house number {n} with a line of its own about {BRIDGE[n : n + 40]}" for n in range(1, COPIES + 5)]
    copies = [doc(ident, body, group=1) for ident, body in enumerate(bodies, 1)]
    scores = set()
    for order in (copies, copies[::-1], copies[5:] + copies[:5]):
        book, _ = stream(*order, doc(99, SCHOOL))
        ((score, _),) = book.scores(features(doc(100, SILO_AGAIN)), DAY)
        scores.add(score)
    few, _ = stream(*copies[:COPIES], doc(99, SCHOOL))
    assert scores == {score for score, _ in few.scores(features(doc(100, SILO_AGAIN)), DAY)}
    assert len(scores) == 1
