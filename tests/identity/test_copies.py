"""Copies of one text, and what only looks alike."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.identity import copies
from aggregator.identity.copies import containment, fingerprint, join, origin, other_edition
from aggregator.identity.numbers import tokens
from aggregator.ports import CopyStore, Fingerprint
from tests.identity.memory import MemoryCopies

DAY = datetime(2024, 5, 1, 8, tzinfo=UTC)
NAUTICAL = "river quay ferry grain silo crane tide pilot convoy harbour fog mast anchor dredger lock weir rope deck captain lantern"
WORDS = tuple(NAUTICAL.split())
FOOT = (
    "\nThe Quay Courier lives on what its readers give. Support our reporters with a monthly gift and read us without advertising. "
    "Write to the desk if you find an error in this text. All rights to our texts and pictures are ours alone."
)


def story(seed: int, sentences: int = 12) -> str:
    """A text of random words: any two share nothing."""
    rng = random.Random(seed)
    return " ".join(" ".join(rng.choices(WORDS, k=11)).capitalize() + "." for _ in range(sentences))


def bulletin(day: int) -> str:
    rng = random.Random(day)
    return (
        f"On {day} May the harbour office counted {rng.randrange(100, 200)} ships at the outer roads, {rng.randrange(10, 99)} of them "
        f"with grain. Pilots brought in {rng.randrange(10, 50)} and took out {rng.randrange(10, 50)}. Fog closed the fairway for "
        f"{rng.randrange(2, 20)} hours. The water stood {rng.randrange(100, 300)} centimetres above the mark. No vessel was damaged."
    )


def put(store: CopyStore, *texts: tuple[int, str, int]) -> dict[int, int]:
    """Join (article id, text, hours after DAY) in order; return the group each article was told at the end."""
    for article_id, body, hours in texts:
        join(fingerprint(article_id, body, DAY + timedelta(hours=hours), outlet_id=f"o{article_id}"), store)
    groups = store.groups([article_id for article_id, _, _ in texts])
    return {article_id: groups.get(article_id, article_id) for article_id, _, _ in texts}


A, B = story(1), story(2)
STATEMENT = " ".join(story(7).split()[:40])  # of an office: two reports carry it, and teasers are made of it
WITH, ALSO_WITH = f"{A} {STATEMENT}", f"{B[:200]} {STATEMENT} {B[200:]}"


@pytest.mark.parametrize(
    ("name", "texts", "groups"),
    [
        ("the same", (A, A), (1, 1)),
        ("cut to half", (A, A[: len(A) // 2]), (1, 1)),
        ("the whole after the half", (A[: len(A) // 2], A), (1, 1)),
        ("re-headed, with another foot", (A, "KYIV, May 1 (Agency) — " + A + FOOT), (1, 1)),
        ("typography", (A, A.replace(".", " …").upper()), (1, 1)),
        ("two texts", (A, B), (1, 2)),
        ("two texts over the same foot", (A + FOOT, B + FOOT), (1, 2)),
        ("short texts over the same foot", (story(3, 2) + FOOT, story(4, 2) + FOOT), (1, 2)),
        ("a round-up of six", (A, B, " ".join(story(seed)[:250] for seed in (1, 2, 5, 6, 7, 8))), (1, 2, 3)),
        ("two reports that carry one statement", (WITH, ALSO_WITH), (1, 2)),
        ("a teaser of the statement before them", (STATEMENT, WITH, ALSO_WITH), (1, 1, 3)),
        ("a teaser of the statement between them", (WITH, STATEMENT, ALSO_WITH), (1, 1, 3)),
        ("a teaser of the statement after them", (WITH, ALSO_WITH, STATEMENT), (1, 2, 1)),
        (
            "two teasers of the statement, and a copy of each report",
            (STATEMENT, WITH, ALSO_WITH, STATEMENT, WITH, ALSO_WITH),
            (1, 1, 3, 1, 1, 3),
        ),
        ("empty", ("", ""), (1, 2)),
        ("three words", ("All is quiet.", "All is quiet."), (1, 2)),
        ("two days of a bulletin, two copies each", (bulletin(1), bulletin(1) + FOOT, bulletin(2), bulletin(2) + FOOT), (1, 1, 3, 3)),
        ("a copy that shows two groups to be one", (A[: len(A) // 2], A[len(A) // 2 :], A), (1, 1, 1)),
    ],
)
def test_groups(name: str, texts: tuple[str, ...], groups: tuple[int, ...]) -> None:
    found = put(MemoryCopies(), *((number, text, number) for number, text in enumerate(texts, 1)))
    if name == "a copy that shows two groups to be one":
        assert found[3] == found[1]
    else:
        assert tuple(found.values()) == groups


def test_forty_days_of_a_bulletin_stay_forty() -> None:
    store = MemoryCopies()
    texts = [(2 * day + copy, bulletin(day) + FOOT * copy, 20 * day + copy) for day in range(1, 41) for copy in (0, 1)]
    groups = put(store, *texts)
    assert len(set(groups.values())) == 40
    assert all(groups[2 * day] == groups[2 * day + 1] == 2 * day for day in range(1, 41))


def test_the_foot_of_a_house_is_nobodys_text_once_it_is_known() -> None:
    store = MemoryCopies()
    groups = put(store, *((number, story(number, 3) + FOOT, number) for number in range(10, 30)))
    assert len(set(groups.values())) == 20


def test_beyond_the_window_it_is_another_text() -> None:
    assert put(MemoryCopies(), (1, A, 0), (2, A, 24 * 31)) == {1: 1, 2: 2}


def test_whoever_comes_first_the_group_is_named_by_the_smallest_id() -> None:
    assert put(MemoryCopies(), (7, A, 2), (3, A, 1), (5, A, 0)) == {7: 3, 3: 3, 5: 3}


def test_of_two_workers_at_once_the_later_sees_both() -> None:
    store = MemoryCopies()
    one, two = (fingerprint(number, A, DAY) for number in (1, 2))
    store.put(one)  # both wrote before either looked
    store.put(two)
    assert join(two, store).group == join(one, store).group == 1


def test_joining_again_changes_nothing() -> None:
    store = MemoryCopies()
    first = put(store, (1, A, 0), (2, A, 1), (3, B, 2))
    assert put(store, (1, A, 0), (2, A, 1), (3, B, 2)) == first


def test_a_revision_keeps_what_was_printed() -> None:
    store = MemoryCopies()
    put(store, (1, A, 0), (1, B, 0))  # a live page, all new
    assert put(store, (2, A, 3), (3, B, 4)) == {2: 1, 3: 1}


def test_decision_says_who_is_whose_copy() -> None:
    store = MemoryCopies()
    first = join(fingerprint(1, A, DAY + timedelta(hours=2), outlet_id="courier"), store)
    assert (first.group, first.is_copy, first.origin, first.matched) == (1, False, 1, None)
    second = join(fingerprint(2, A, DAY, outlet_id="lantern"), store)
    assert (second.group, second.is_copy, second.origin, second.matched, second.containment) == (1, False, 2, 1, 1.0)


@pytest.mark.parametrize(
    ("name", "members", "first"),
    [
        ("the earliest", ((1, 3, None, "a"), (2, 1, None, "b")), 2),
        ("of the same hour the first known", ((2, 1, None, "a"), (1, 1, None, "b")), 1),
        ("the agency before the earliest", ((1, 1, "wire", "a"), (2, 5, "wire", "wire")), 2),
        ("naming an agency is not being it", ((1, 1, "wire", "a"), (2, 5, "wire", "b")), 1),
    ],
)
def test_origin(name: str, members: tuple[tuple[int, int, str | None, str], ...], first: int) -> None:
    fps = [fingerprint(ident, A, DAY + timedelta(hours=hour), wire=wire, outlet_id=outlet) for ident, hour, wire, outlet in members]
    assert origin(fps) == first


@pytest.mark.parametrize(
    ("name", "a", "b", "veto"),
    [
        ("the same", "Some 40 ships and 5 boats came in.", "Some 40 ships and 5 boats came in.", False),
        ("cut", "Some 40 ships and 5 boats came in. Of these 7 left.", "Some 40 ships and 5 boats came in.", False),
        ("another day", "On 3 May some 40 ships and 5 boats came in.", "On 4 May some 41 ships and 5 boats came in.", True),
        ("respelled", "Some 1,200 ships and 2 boats.", "Some 1200 ships and 2 boats.", False),
        ("no numbers", "Ships came in.", "Boats came in.", False),
        ("one of many corrected", "1 ship, 2 boats, 3 tugs, 4 rafts, 5 barges", "1 ship, 2 boats, 3 tugs, 4 rafts, 6 barges", False),
        ("Arabic digits", "Some 40 ships and 5 boats", "Some ٤٠ ships and ٥ boats", False),
    ],
)
def test_veto(name: str, a: str, b: str, veto: bool) -> None:
    first, second = fingerprint(1, a, DAY), fingerprint(2, b, DAY)
    assert other_edition(first, second) is other_edition(second, first) is veto


_TEXT = st.lists(st.sampled_from(WORDS), min_size=0, max_size=400).map(" ".join)


@given(_TEXT, st.integers(0, 400))
def test_the_sample_of_a_text_holds_those_of_its_parts(text: str, cut: int) -> None:
    words = text.split()
    part = fingerprint(1, " ".join(words[:cut]), DAY)
    whole = fingerprint(2, text, DAY)
    level = max(copies.level_of(part.words), copies.level_of(whole.words))
    if part.words >= copies.SHINGLE:
        assert set(copies.thinned(part.shingles, level)) <= set(copies.thinned(whole.shingles, level))


@given(_TEXT, _TEXT)
def test_containment_is_a_share_and_symmetric(a: str, b: str) -> None:
    first, second = fingerprint(1, a, DAY), fingerprint(2, b, DAY)
    share = containment(first, second)
    assert 0 <= share <= 1
    if len(first.shingles) != len(second.shingles):
        assert share == containment(second, first)


@given(st.text(max_size=300))
def test_any_text_has_a_fingerprint(text: str) -> None:
    fp = fingerprint(1, text, DAY)
    assert isinstance(fp, Fingerprint)
    assert fp.words == len(tokens(text))
    assert all(-(1 << 63) <= shingle < 1 << 63 for shingle in fp.shingles)
    assert fp == fingerprint(1, text, DAY)


_PIECES = st.lists(st.tuples(st.integers(1, 9), st.integers(1, 6)), min_size=1, max_size=4)


@given(st.lists(_PIECES, min_size=2, max_size=7))
def test_leaving_out_hopeless_comparisons_loses_no_match(texts: list[list[tuple[int, int]]]) -> None:
    """Texts are put together from the beginnings of a few others, so that any two share anything from nothing to all."""
    store = MemoryCopies()
    for ident, pieces in enumerate(texts, 1):
        body = " ".join(" ".join(story(seed).split()[: 22 * length]) for seed, length in pieces)
        join(fingerprint(ident, body, DAY + timedelta(hours=ident)), store)
    for fp in store.known.values():
        boilerplate = copies.boilerplate_in(store.sharing(fp.shingles, fp.at - copies.WINDOW, copies.BOILERPLATE))
        expected = set()
        for other in store.known.values():
            least = copies.CONTAINMENT if min(fp.words, other.words) >= copies.BRIEF else copies.BRIDGE
            share = containment(fp, other, boilerplate)
            if other is not fp and share >= least and not other_edition(fp, other):
                expected.add((share, other.article_id))
        assert {(share, other.article_id) for share, other in copies._matches(fp, store)} == expected
