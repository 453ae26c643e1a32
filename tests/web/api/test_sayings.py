"""Attributions and claims over all that a query finds."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.errors import UsageError
from tests.web.browsing import Browsing
from web.api.expand import MOST_LOOKED_AT, Parent, expand

PARENTS = st.lists(st.integers(0, 5), max_size=60)


@given(PARENTS, st.integers(1, 12))
def test_pages_give_each_row_once_in_order(sizes: list[int], limit: int) -> None:
    """However many rows stand in each parent, and however many fit on a page."""
    whole = [(position, n) for position, size in _placed(sizes) for n in range(size)]

    def after(batch: int, start: str | None) -> tuple[Sequence[Parent[tuple[int, int]]], str | None]:
        rest = [(position, size) for position, size in _placed(sizes) if start is None or position < int(start)]
        page = rest[:batch]
        parents = [Parent(position, [(position, n) for n in range(size)]) for position, size in page]
        return parents, str(page[-1][0]) if len(rest) > batch else None

    found: list[tuple[int, int]] = []
    cursor, pages = None, 0
    while True:
        page, cursor = expand(after, limit, cursor)
        assert len(page) <= limit
        found += page
        pages += 1
        if cursor is None:
            break
    assert found == whole and pages <= len(whole) // limit + 2


def _placed(sizes: list[int]) -> list[tuple[int, int]]:
    return [(1000 - 3 * n, size) for n, size in enumerate(sizes)]


def test_a_page_does_not_look_for_ever() -> None:
    asked = 0

    def after(batch: int, start: str | None) -> tuple[Sequence[Parent[int]], str | None]:
        nonlocal asked
        asked += batch
        first = int(start or 10**9)
        return [Parent(first - n - 1, []) for n in range(batch)], str(first - batch)

    assert expand(after, 10, None) == ([], str(10**9 - asked)) and asked < MOST_LOOKED_AT + 200


@pytest.mark.parametrize("cursor", ["x", "1:", "-1", "1:x", "9" * 30])
def test_a_cursor_that_is_none(cursor: str) -> None:
    with pytest.raises(UsageError, match="give `next` of the page before"):
        expand(lambda _batch, _start: ([], None), 10, cursor)


def words(reader: Browsing, path: str) -> list[str]:
    answer = reader.open(path).get_json()
    return [one["words"] for one in answer["attributions" if "attributions" in path else "claims"]]


DOUBLED = "strikes on boiler houses may have doubled since October"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("source=uk-mod", 2),
        ("source=uk-mod&outlet=lagoon-radio", 1),
        ("source=uk-mod&q=eleven", 1),
        ("source=uk-mod&place=gn706483", 2),
        ("source=uk-mod&place=gn690791", 2),  # the country that the city lies in
        ("source=uk-mod&place=gn267008", 0),
        ("source=uk-mod&side=western&kind=ministry&form=indirect", 2),
        ("source=uk-mod&side=russia", 0),
        ("source=uk-mod&form=direct", 0),
        ("source=uk-mod&strength=deny", 0),
        ("source=nobody-at-all", 0),
    ],
)
def test_attributions_are_chosen_by_who_says_it_where_and_how(reader: Browsing, query: str, found: int) -> None:
    assert words(reader, f"/api/v1/attributions?{query}") == [DOUBLED] * found


def test_claims_are_chosen_by_who_says_it_and_where(reader: Browsing) -> None:
    assert words(reader, "/api/v1/claims?source=uk-mod") == [DOUBLED]
    assert DOUBLED in words(reader, "/api/v1/claims?place=gn690791&q=heating")
    assert words(reader, "/api/v1/claims?source=uk-mod&place=gn267008") == words(reader, "/api/v1/claims?source=uk-mod&origins=9") == []
    (day, *_) = reader.open("/api/v1/claims?source=uk-mod").get_json()["claims"][0]["days"]
    assert words(reader, f"/api/v1/claims?source=uk-mod&day={day}") == [DOUBLED]
    assert words(reader, "/api/v1/claims?source=uk-mod&day=2020-01-01") == []


@pytest.mark.parametrize("what", ["attributions", "claims"])
def test_pages_of_one_are_the_whole(reader: Browsing, what: str) -> None:
    whole = reader.open(f"/api/v1/{what}?limit=200").get_json()[what]
    found, cursor = [], ""
    while cursor is not None:
        page = reader.open(f"/api/v1/{what}?limit=1" + (f"&cursor={cursor}" if cursor else "")).get_json()
        found += page[what]
        cursor = page["next"]
    assert found == whole and len(found) > 3
