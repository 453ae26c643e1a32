"""A few thousand of the queries of scripts/fuzz_queries.py; a million of them run by hand."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.storage.index import open_index
from aggregator.storage.index_base import BaseIndex
from scripts.fuzz_queries import broken, differing, press, query


@pytest.fixture(scope="module")
def engine() -> Iterator[BaseIndex]:
    index = open_index("sqlite://")
    index.put(press())
    yield index
    index.close()


@settings(max_examples=2000, deadline=None)
@given(number=st.integers(0, 10**9))
def test_any_query_is_read_planned_and_reads_back(number: int) -> None:
    assert broken(query(7, number)) == ""


@settings(max_examples=200, deadline=None)
@given(number=st.integers(0, 10**9))
def test_no_query_is_refused(engine: BaseIndex, number: int) -> None:
    assert differing([engine], query(7, number)) == ""


def test_a_query_can_be_made_again() -> None:
    assert query(7, 12) == query(7, 12) != query(8, 12)
