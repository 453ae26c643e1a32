"""Why texts are copies or are not: what is told agrees with what groups them."""

import re
from datetime import timedelta

import pytest

from aggregator.identity.copies import WINDOW, containment, fingerprint, join
from aggregator.identity.explain import compare, passages, why_origin
from tests.identity.memory import MemoryCopies
from tests.identity.test_copies import DAY, FOOT, A, B, bulletin, story


@pytest.mark.parametrize(
    ("one", "other", "alike", "words"),
    [
        (A, A, True, "100% of the shorter text stands in the other"),
        (A, A[: len(A) // 2], True, "of the shorter text stands in the other, from"),
        (A, B, False, "sampled runs of 4 words, and 3 are the least"),
        (f"{bulletin(3)} {A}", f"{bulletin(4)} {A}", False, "figures in like places differ: another edition"),
        (story(7, 20) + FOOT * 2, story(8, 20) + FOOT * 2, False, r"of the beginning|the least"),
        ("Six ships left the port at dawn.", "Six ships left the port today.", False, "least"),
        ("", "", False, "share 0 of 0"),
    ],
)
def test_the_reason_fits_the_verdict_and_the_verdict_the_groups(one: str, other: str, alike: bool, words: str) -> None:
    first, second = fingerprint(1, one, DAY), fingerprint(2, other, DAY)
    told = compare(first, second)
    assert told.alike is alike and re.search(words, told.because), told
    assert compare(second, first).alike is alike
    if told.shared >= 3 and told.head >= 0.12:
        assert told.containment == round(containment(first, second), 3)
    store = MemoryCopies()
    for known in (first, second):
        join(known, store)
    assert (store.groups([2]).get(2, 2) == 1) is alike


def test_texts_months_apart_are_no_copies() -> None:
    told = compare(fingerprint(1, A, DAY), fingerprint(2, A, DAY + WINDOW + timedelta(days=1)))
    assert not told.alike and "more than 30 days apart" in told.because


def test_figures_and_boilerplate_are_counted() -> None:
    first, second = fingerprint(1, bulletin(3), DAY), fingerprint(2, bulletin(4), DAY)
    told = compare(first, second)
    assert told.differ >= 2 and told.differing and "on … may: 3 / 4" in told.differing
    assert compare(first, second, first.shingles).boilerplate == len(set(first.shingles) & set(second.shingles)) > 0


def test_passages_are_the_longest_first() -> None:
    both = "Pilots brought the grain ship into the outer roads before dawn"
    one, other = f"{both}. Nobody was hurt in the fog. Rope.", f"Desk: {both}, they say; nobody was hurt in the end."
    assert passages(one, other) == (both.lower(), "nobody was hurt in the")
    assert passages("Too short", "Too short") == passages(A, "") == ()


def test_the_origin_is_told_with_its_reason() -> None:
    early, late = fingerprint(2, A, DAY), fingerprint(1, A, DAY + timedelta(hours=1))
    agency = fingerprint(3, A, DAY + timedelta(hours=2), wire="wire-x", outlet_id="wire-x")
    assert why_origin([late, early]) == (2, "it came out first")
    assert why_origin([late, early, agency]) == (3, "it is the agency's own article")
    assert why_origin([early]) == (2, "nobody else has its text")
    assert why_origin([early, fingerprint(9, A, DAY)])[0] == 2
