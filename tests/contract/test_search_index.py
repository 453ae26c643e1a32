"""What every SearchIndex keeps to (query.SearchIndex): pages, stories, facets and changes, on each engine."""

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from aggregator.errors import StorageError, UsageError
from aggregator.query import Articles, Everything, Facet, FacetValue, IndexDocument, Node, Not, Plan, SearchIndex
from aggregator.storage.index_base import BaseIndex
from tests.contract.search_asking import planned
from tests.contract.search_corpus import HOUR, START, TEXTS, documents

# --- hits ------------------------------------------------------------------------------------------------------------


def test_relevance_puts_titles_and_rare_words_first(filled: SearchIndex) -> None:
    assert filled.articles(planned("defence", "relevance"), 10).article_ids == (2, 21, 4, 1)
    assert filled.articles(planned("drone OR =port", "relevance"), 2).article_ids[0] == 18


@pytest.mark.parametrize("order", ["newest", "relevance"])
@pytest.mark.parametrize("query", ["", "drone", "lang:en", "defence OR power"])
def test_pages_join_without_gap_or_double(filled: SearchIndex, query: str, order: str) -> None:
    whole = filled.articles(planned(query, order), 100).article_ids
    found: list[int] = []
    after: str | None = None
    while True:
        page = filled.articles(planned(query, order), 3, after)
        found.extend(page.article_ids)
        after = page.next_after
        if after is None:
            break
        assert len(page.article_ids) == 3
    assert tuple(found) == whole


@pytest.mark.parametrize("order", ["newest", "relevance"])
@pytest.mark.parametrize("cursor", ["x", "", "1; DROP TABLE search_documents", "r1", "9" * 30])
def test_a_cursor_that_is_none_is_refused(filled: SearchIndex, order: str, cursor: str) -> None:
    with pytest.raises(UsageError, match="no cursor"):
        filled.articles(planned("", order), 3, cursor)


def test_times_are_exact_to_the_second(filled: SearchIndex) -> None:
    at = START + timedelta(seconds=5 * HOUR)
    assert filled.articles(Plan(since=at, until=at + timedelta(seconds=1)), 10).article_ids == (5,)
    assert filled.articles(Plan(since=at + timedelta(microseconds=1), until=at + timedelta(hours=1)), 10).article_ids == ()
    assert filled.articles(Plan(until=at), 10).article_ids == (4, 3, 2, 1)


# --- stories ---------------------------------------------------------------------------------------------------------


def test_stories_newest_match_first(filled: SearchIndex) -> None:
    hits = filled.stories(planned("place:Kharkiv OR place:gn1281184"), 10)
    assert hits.story_ids == (1, 4)
    assert hits.matches == (14, 12)
    assert hits.next_after is None


@pytest.mark.parametrize("order", ["newest", "relevance"])
@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_a_story_never_comes_again(filled: SearchIndex, size: int, order: str) -> None:
    whole = filled.stories(planned("", order), 100)
    stories: list[int] = []
    after: str | None = None
    while True:
        page = filled.stories(planned("", order), size, after)
        stories.extend(page.story_ids)
        after = page.next_after
        if after is None:
            break
    assert tuple(stories) == whole.story_ids
    assert len(stories) == len(set(stories)) == len({story for *_, story in TEXTS if story})


def test_a_story_with_many_matches_does_not_hide_the_next(index: SearchIndex) -> None:
    index.put(replace(document, position=n << 20, article_id=n, story_id=1 if n > 2 else n + 10) for n, document in _same(60))
    first = index.stories(Plan(), 2)
    assert first.story_ids == (1, 12)
    assert first.matches == (60, 2)
    assert first.next_after is not None
    assert index.stories(Plan(), 2, first.next_after).story_ids == (11,)


def test_news_of_a_shown_story_does_not_bring_it_again(index: SearchIndex) -> None:
    index.put(replace(document, position=n << 20, article_id=n, story_id=n % 3) for n, document in _same(9))
    first = index.stories(Plan(), 1)
    assert first.story_ids == (0,)
    index.put([replace(document, position=20 << 20, article_id=20, story_id=0) for _, document in _same(1)])
    assert index.stories(Plan(), 5, first.next_after).story_ids == (2, 1)


def _same(count: int) -> list[tuple[int, IndexDocument]]:
    return [(n, IndexDocument(n, n << 20, None, "Report", "A report.", "en")) for n in range(1, count + 1)]


# --- facets ----------------------------------------------------------------------------------------------------------


def test_facets_count_matches(filled: SearchIndex) -> None:
    counts = filled.facets(planned("in:Ukraine"), ["place", "lang", "channel", "feed"], 3)
    assert counts["place"] == (FacetValue("gn690791", 9), FacetValue("gn706483", 4), FacetValue("fw-kupiansk", 1))
    assert counts["lang"] == (FacetValue("en", 4), FacetValue("uk", 4), FacetValue("ru", 1))
    assert counts["channel"] == (FacetValue("telegram", 2),)
    assert counts["feed"] == ()
    assert filled.facets(planned("nothing"), ["place"]) == {"place": ()}
    assert filled.facets(Plan(), ["outlet"])["outlet"][:2] == (FacetValue("sample-times", 5), FacetValue("zrazok", 5))


def test_values_of_a_facet_stand_beside_their_article(filled: SearchIndex) -> None:
    found = filled.values(planned("drone"), "place", 10)
    assert [(one.article_id, one.story_id, set(one.values)) for one in found] == [
        (article.article_id, article.story_id, set(article.facets["place"]))
        for article in (list(documents())[number - 1] for number in (15, 14, 2, 1))
        if article.facets.get("place")
    ]
    assert filled.values(planned("drone"), "place", 2) == found[:1]  # the newest of all has no place
    assert {one.article_id for one in filled.values(Plan(), "outlet", 99)} == {
        one.article_id for one in documents() if one.facets.get("outlet")
    }
    assert filled.values(planned("zeppelin"), "place", 10) == ()
    assert filled.values(planned("drone"), "place", 0) == ()


def test_a_histogram_counts_between_edges(filled: SearchIndex) -> None:
    def at(hours: float) -> datetime:
        return START + timedelta(hours=hours)

    assert filled.histogram(planned("drone"), [at(0), at(2), at(2.5), at(14), at(15), at(16)]) == (1, 1, 0, 1, 1)
    assert filled.histogram(Plan(since=at(2), until=at(14)), [at(0), at(3), at(99)]) == (1, 11)
    assert filled.histogram(planned("zeppelin"), [at(0), at(99)]) == (0,)


def test_stories_and_values_are_counted_once_between_edges(filled: SearchIndex) -> None:
    everything = list(documents())
    edges = [START + timedelta(hours=hours) for hours in (0, 2, 2.5, 9, 16)]

    def expected(plan: Plan, values: Callable[[IndexDocument], Collection[object]]) -> tuple[tuple[int, ...], int]:
        found = [everything[number - 1] for number in filled.articles(plan, 99).article_ids]
        hours = {document.article_id: START + timedelta(hours=document.article_id) for document in found}
        spans = [
            {value for one in found if first <= hours[one.article_id] < end for value in values(one)}
            for first, end in zip(edges, edges[1:], strict=False)
        ]
        return tuple(map(len, spans)), len(set().union(*spans))

    agencies = {(one.story_id, one.copy_of or one.article_id): one.wire for one in everything if one.wire}

    def origin(one: IndexDocument) -> object:
        agency = agencies.get((one.story_id, one.copy_of or one.article_id)) if one.story_id else None
        return (one.story_id, agency) if agency else one.copy_of or one.article_id

    for plan in (Plan(), planned("drone"), planned("lang:uk OR lang:ru"), planned("zeppelin"), Plan(since=edges[1])):
        assert filled.distinct(plan, edges, "story") == expected(plan, lambda one: () if one.story_id is None else (one.story_id,))
        assert filled.distinct(plan, edges, "origin") == expected(plan, lambda one: (origin(one),))
        for name in ("outlet", "place"):
            assert filled.distinct(plan, edges, name) == expected(plan, lambda one, name=name: one.facets.get(name, ()))  # type: ignore[misc]
    assert sum(filled.distinct(Plan(), edges, "story")[0]) > filled.distinct(Plan(), edges, "story")[1] > 0


# article: (hours after START, story, copy group, agency)
TOLD_BY = {
    1: (0, 1, None, None),
    2: (0, 1, 1, None),  # a copy of the first
    3: (1, 1, None, "courier"),
    4: (5, 1, None, "courier"),  # the agency again, in other words
    5: (6, 1, 4, None),  # its copy, which does not name it
    6: (6, 2, None, "courier"),  # in another story
    7: (7, 2, 1, None),  # the first text, taken into another story
    8: (7, None, None, "courier"),  # without a story each text is its own
    9: (8, None, None, "courier"),
}


@pytest.mark.parametrize(
    ("match", "counts", "total"),
    [
        (Everything(), (2, 5), 5),
        (Not(Articles(frozenset((1, 3, 4)))), (1, 5), 5),  # the copies stand for their texts, and one of them for the agency
        (Articles(frozenset((2, 5, 7))), (1, 2), 2),
        (Articles(frozenset()), (0, 0), 0),
    ],
)
def test_origins_are_counted_as_in_stories(index: SearchIndex, match: Node, counts: tuple[int, int], total: int) -> None:
    index.put(
        IndexDocument(
            number,
            (int((START + timedelta(hours=hours)).timestamp()) << 20) + number,
            story,
            "Bread",
            "",
            "en",
            {},
            copy_of or number,
            wire,
        )
        for number, (hours, story, copy_of, wire) in TOLD_BY.items()
    )
    edges = [START, START + timedelta(hours=5), START + timedelta(hours=9)]
    assert index.distinct(Plan(match), edges, "origin") == (counts, total)


def test_unknown_facets_are_refused(filled: SearchIndex, index: SearchIndex) -> None:
    with pytest.raises(UsageError, match="not counted"):
        filled.facets(Plan(), ["story"])
    with pytest.raises(UsageError, match="not counted"):
        filled.values(Plan(), "story", 10)
    with pytest.raises(UsageError, match="no facet"):
        index.put([IndexDocument(1, 1, None, "", "", None, {"colour": ("red",)})])


# --- changes ---------------------------------------------------------------------------------------------------------


def test_put_replaces(index: SearchIndex) -> None:
    old = IndexDocument(1, 5 << 20, 1, "Drone", "over Odesa", "en", {"outlet": ("a",), "lang": ("en",)})
    index.put([old])
    index.put([old, replace(old, position=9 << 20, story_id=2, title="Missile", facets={"outlet": ("b",)})])
    assert index.articles(planned("drone"), 5).article_ids == ()
    assert index.articles(planned("missile story:2"), 5).article_ids == (1,)
    assert index.articles(planned("story:1 OR lang:en"), 5).article_ids == ()
    assert index.facets(Plan(), ["outlet"])["outlet"] == (FacetValue("b", 1),)
    assert index.count(Plan()) == 1


def test_remove_and_clear(index: BaseIndex) -> None:
    assert index.fresh
    index.put(documents())
    index.remove([1, 2, 999])
    index.remove([])
    assert index.articles(planned("drone"), 5).article_ids == (15, 14)
    assert index.count(Plan()) == len(TEXTS) - 2
    index.clear()
    assert index.count(Plan()) == index.count(planned("drone")) == 0
    index.put(documents())
    assert index.count(Plan()) == len(TEXTS)


def test_two_articles_at_one_position_are_an_error_and_change_nothing(index: SearchIndex) -> None:
    index.put([IndexDocument(1, 7, None, "Drone", "", "en")])
    with pytest.raises(StorageError):
        index.put([IndexDocument(2, 7, None, "Missile", "", "en")])
    assert index.articles(planned("drone OR missile"), 5).article_ids == (1,)


def test_hostile_documents(index: SearchIndex) -> None:
    long = " ".join(f"word{n}" for n in range(30_000))
    index.put(
        [
            IndexDocument(1, 1 << 20, None, "\0 \ud800 ' \" \\ % NEAR( * ^", "a\0b " * 40_000, None, {"outlet": ("\0'\\ %s " * 100,)}),
            IndexDocument(2, 2 << 20, None, "x" * 5000, "same " * 20_000 + "last words", "en"),
            IndexDocument(3, 3 << 20, None, "long", long, "en"),
        ]
    )
    assert index.articles(planned('"last words"'), 5).article_ids == (2,)
    assert index.articles(planned('"word1000 word1001"'), 5).article_ids == (3,)
    assert index.articles(Plan(Facet("outlet", "\0'\\ %s " * 100)), 5).article_ids == (1,)
    assert index.facets(Plan(), ["outlet"])["outlet"][0].count == 1
