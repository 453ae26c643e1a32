"""What queries find, in five languages: the cases of search_cases.tsv over the larger press, the same on SQLite and PostgreSQL."""

from pathlib import Path

import pytest

from aggregator.query import SearchIndex
from tests.contract.search_asking import planned

FILE = Path(__file__).with_name("search_cases.tsv")


def cases() -> list[tuple[str, list[int]]]:
    """Queries, and the ids of the articles that each finds, newest first."""
    lines = FILE.read_text(encoding="utf-8").splitlines()[1:]
    return [(query, [int(ident) for ident in ids.split()]) for query, _, ids in (line.partition("\t") for line in lines)]


@pytest.mark.parametrize(("query", "ids"), cases())
def test_queries(library: SearchIndex, query: str, ids: list[int]) -> None:
    assert list(library.articles(planned(query), 100).article_ids) == ids
    assert library.count(planned(query)) == len(ids)
    ranked = library.articles(planned(query, "relevance"), 100)
    assert sorted(ranked.article_ids, reverse=True) == ids
    assert ranked.total == len(ids)


def test_there_are_enough_of_them() -> None:
    queries = [query for query, _ in cases()]
    assert len(set(queries)) == len(queries) >= 250
