"""Rulings on stories: what they do to a stream and its repair, which of them contradict each other, and where articles go back to."""

from datetime import UTC, datetime

import pytest

from aggregator.bonds import Bonds
from aggregator.corrections import APART, PINNED, STORY, TITLED, TOGETHER, Ruling, Stood
from aggregator.model import StoryDocument
from aggregator.stories.cluster import StoryBook
from aggregator.stories.repair import repair
from aggregator.stories.rulings import Return, bonds_of, contradicted, places_for, returns, title
from tests.stories.test_cluster import BRIDGE, SCHOOL, SCHOOL_AGAIN, SILO, SILO_AGAIN, doc, never

NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)


def ruling(ident: int, kind: str, articles: tuple[int, ...], others: tuple[int, ...] = (), before: Stood = (), text: str = "") -> Ruling:
    return Ruling(ident, STORY, kind, articles, others, before, text, "", "marta", NOON)


def stream(bonds: Bonds, *documents: StoryDocument) -> tuple[StoryBook, list[int]]:
    book, stories = StoryBook(bonds=bonds), []
    for document in documents:
        found = book.nearest(document)
        story = found if found is not None else 100 + document.article_id
        book.add(document, story)
        stories.append(story)
    return book, stories


@pytest.mark.parametrize(
    ("rulings", "stories"),
    [
        ((), [101, 102, 101, 104]),
        ((ruling(1, TOGETHER, (1, 2)),), [101, 101, 101, 104]),
        ((ruling(1, APART, (3,), (1,)),), [101, 102, 103, 104]),
        ((ruling(1, APART, (1, 3), (2, 4)),), [101, 102, 101, 104]),
        ((ruling(1, PINNED, (4,), (2,)),), [101, 102, 101, 102]),
        ((ruling(1, TOGETHER, (2,), (4,)), ruling(2, APART, (3,), (1,)), ruling(3, PINNED, (3,), (4,))), [101, 102, 102, 102]),
        ((ruling(1, TITLED, (1, 2), text="Silo"),), [101, 102, 101, 104]),
        ((ruling(1, TOGETHER, (77, 78)),), [101, 102, 101, 104]),  # articles that are gone
    ],
)
def test_a_stream_obeys(rulings: tuple[Ruling, ...], stories: list[int]) -> None:
    assert stream(bonds_of(rulings), doc(1, SILO), doc(2, BRIDGE), doc(3, SILO_AGAIN), doc(4, SCHOOL))[1] == stories


def test_a_copy_is_bound_like_its_text() -> None:
    bonds = bonds_of([ruling(1, APART, (3,), (1,))], [(3, 5)])
    assert stream(bonds, doc(1, SILO), doc(5, SILO_AGAIN, group=3), doc(3, SILO_AGAIN, group=3))[1] == [101, 105, 105]


def test_what_is_kept_apart_is_not_repaired() -> None:
    documents = (doc(1, SCHOOL), doc(2, BRIDGE), doc(3, SILO))
    for bonds, merged in ((Bonds(), 1), (bonds_of([ruling(1, APART, (4,), (1,))]), 0)):
        book, _ = stream(bonds, *documents)
        book.add(doc(4, SCHOOL_AGAIN), 900)
        assert len(repair(book, never)) == merged
        assert repair(book, never) == ()


@pytest.mark.parametrize(
    ("new", "texts", "against"),
    [
        (ruling(0, TOGETHER, (1,), (4,)), [], 2),
        (ruling(0, TOGETHER, (5,), (6,)), [], 3),
        (ruling(0, TOGETHER, (5,), (9,)), [], None),
        (ruling(0, APART, (2,), (1,)), [], 1),
        (ruling(0, APART, (1,), (6,)), [], 3),
        (ruling(0, APART, (1,), (7,)), [], None),
        (ruling(0, PINNED, (7,), (4,)), [], None),
        (ruling(0, TOGETHER, (8,), (4,)), [(8, 2)], 2),
        (ruling(0, TITLED, (1, 4), text="All"), [], None),
    ],
)
def test_a_contradiction_names_the_earlier_ruling(new: Ruling, texts: list[tuple[int, ...]], against: int | None) -> None:
    holding = [ruling(1, TOGETHER, (1, 2), (3,)), ruling(2, APART, (3,), (4, 5)), ruling(3, TOGETHER, (3,), (6,))]
    found = contradicted(new, holding, texts)
    assert (found.id if found else None) == against


def test_of_a_pin_only_what_was_pinned_goes_back() -> None:
    undone = ruling(1, PINNED, (3,), (1,), before=((10, (1, 2)), (20, (3, 4))))
    assert list(returns(undone, Bonds())) == [Return(10, (), (1, 2)), Return(20, (3,), (3, 4))]


def test_the_last_title_holds() -> None:
    rulings = [ruling(1, TITLED, (1, 2), text="First"), ruling(2, TITLED, (2, 9), text="Second"), ruling(3, TOGETHER, (1, 2))]
    assert [title(rulings, articles) for articles in ((1,), (1, 2), (4,))] == ["First", "Second", None]


def test_undoing_leaves_those_whom_others_bind() -> None:
    undone = ruling(1, TOGETHER, (1, 2), (3, 4), before=((10, (1, 2)), (20, (3, 4))))
    assert list(returns(undone, Bonds())) == [Return(10, (1, 2), (1, 2)), Return(20, (3, 4), (3, 4))]
    assert list(returns(undone, bonds_of([ruling(2, TOGETHER, (2, 3))]))) == [Return(10, (1,), (1, 2)), Return(20, (4,), (3, 4))]
    assert list(returns(undone, bonds_of([ruling(2, APART, (1,), (2,))]))) == [Return(10, (), (1, 2)), Return(20, (3, 4), (3, 4))]


@pytest.mark.parametrize(
    ("now", "live", "places"),
    [
        ({1: 20, 2: 20, 3: 20, 4: 20}, {20}, {10: None, 20: 20}),  # 10 leads to 20
        ({1: 10, 2: 10, 3: 20, 4: 20}, {10, 20}, {10: 10, 20: 20}),
        ({1: 31, 2: 31, 3: 31, 4: 31}, {31}, {10: None, 20: 31}),  # rebuilt: neither is there
        ({1: 31, 2: 32, 3: 31, 4: 32}, {31, 32}, {10: 32, 20: 31}),
        ({}, set(), {10: None, 20: None}),
    ],
)
def test_former_stories_are_found_again(now: dict[int, int], live: set[int], places: dict[int, int | None]) -> None:
    assert places_for([Return(10, (1,), (1, 2)), Return(20, (), (3, 4, 5))], now.get, live) == places
