"""Whole numbers that were typed: read where they are in range, told from everything else without an error."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.numbers import LARGEST_ID, whole

NONE = ["", "-1", "+1", "1.0", "1e3", " 1", "²", "١٢", "x", "9" * 5000, str(LARGEST_ID + 1)]


@pytest.mark.parametrize("text", NONE)
def test_what_is_no_number_or_too_large_is_none(text: str) -> None:
    assert whole(text) is None


@given(st.integers(0, LARGEST_ID), st.integers(0, LARGEST_ID))
def test_numbers_are_read_up_to_the_largest(number: int, most: int) -> None:
    assert whole(str(number), most) == (number if number <= most else None)


@given(st.text(max_size=30))
def test_any_text_is_read(text: str) -> None:
    assert whole(text) is None or int(text) == whole(text)
