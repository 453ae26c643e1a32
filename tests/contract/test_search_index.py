"""What every SearchIndex keeps to (ports.SearchIndex): SQLite in a file and in memory, and PostgreSQL, give the same hits."""

import multiprocessing
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aggregator.errors import StorageError, UsageError
from aggregator.query import AllOf, AnyOf, Everything, Facet, FacetValue, IndexDocument, Node, Not, Phrase, Plan, SearchIndex, Word
from aggregator.search.analyse import Analysed, analyse
from aggregator.search.language import MAX_DEPTH, MAX_TERMS, parse
from aggregator.search.plan import plan
from aggregator.storage.index import open_index
from aggregator.storage.index_base import BaseIndex
from aggregator.storage.index_rows import facet_token
from tests.contract.postgres import PostgresServer
from tests.contract.search_corpus import HOUR, START, TEXTS, documents

ENGINES = ("sqlite", "memory", "postgres")

# Query, ids of the articles it finds, newest first.
QUERIES: list[tuple[str, list[int]]] = [
    ("drone", [15, 14, 2, 1]),
    ("drones", [15, 14, 2, 1]),
    ("Kharkiv", [17, 15, 14, 1]),
    ("kharkiv drone", [15, 14, 1]),
    ('"air defence"', [21, 2, 1]),
    ('title:"air defence"', [2]),
    ('body:"air defence"', [21, 1]),
    ("defence", [21, 4, 2, 1]),
    ("title:kharkiv", [17, 15, 14, 1]),
    ("body:kharkiv -title:kharkiv", []),
    ("=strike", [18]),
    ("=strikes", [18, 4]),
    ("strikes", [18, 4]),
    ("struck", [1]),
    ("plant", [21, 1]),
    ("power plant", [21, 1]),
    ('"power plant"', [21, 1]),
    ('"plant power"', []),
    ("F-16", [3]),
    ("F16", [3]),
    ("С-300", [6, 3]),
    ("S-300", [6, 3]),
    ("10:30", [3]),
    ("1200", [24]),
    ("state-owned", [24]),
    ("U.S.", [4]),
    ("pokrov*", [24]),
    ("khark*", [17, 15, 14, 1]),
    ("хар*", [17, 8, 5]),
    ("ха*", [17, 8, 5]),
    ("title:dron*", [15, 1]),
    ("drone OR missile", [15, 14, 2, 1]),
    ("drone -kharkiv", [2]),
    ("-kharkiv lang:en", [24, 21, 20, 19, 18, 4, 3, 2]),
    ("(drone OR ракети) -place:Kharkiv", [15, 9, 6, 2]),
    ("Харків", [17, 5]),
    ("Харкову", [17, 5]),
    ("Харьков", [8]),
    ("дрон", [7, 5]),
    ("дрони -дрона", []),
    ("Києва", [7, 6]),
    ("Киев", [9]),
    ("Куп'янськ", [6]),
    ("Купянск", [9]),
    ('"поблизу Куп\'янська"', [6]),
    ("Авдіївка", [6]),
    ("обороны", [9]),
    ("оборона", [9, 7, 6]),
    ("електростанція", [5]),
    ("елки", [8]),
    ("غزة", [10]),
    ("الجيش", [11, 10]),
    ("جيش", [11, 10]),
    ("خرطوم", [11]),
    ('"وزارة الصحة"', [10]),
    ("مستشفى", [10]),
    ("رفح", [10]),
    ("עזה", [12]),
    ('צה"ל', [12]),
    ('"דובר צה"ל"', [12]),
    ("ירושלים", [12]),
    ("טיל", [12]),
    ("רקטה", [13]),
    ("מלחמה", [13]),
    ("לבנון", [13]),
    ("centrale", [15]),
    ("Charkiw", [16]),
    ("Stromausfall", [16]),
    ("état", [19]),
    ("siege", [19]),
    ("乌克兰", [23]),
    ("袭击", [23]),
    ("O'Brien", [19]),
    ('"quote"', [19]),
    ("100%", [19]),
    ("place:Kharkiv", [14, 8, 5, 1]),
    ("in:Ukraine -place:Kharkiv", [22, 7, 6, 3, 2]),
    ("in:Gaza", [12, 10, 4]),
    ("place:gn706483 lang:uk", [5]),
    ("place:Kharkiv lang:en drone -is:copy", [1]),
    ("by:IDF", [12]),
    ("by:kharkiv-ova channel:telegram", [5, 1]),
    ("kind:official", [9, 3]),
    ("side:ukraine OR side:russia", [9, 8, 3]),
    ('outlet:"Example Gazette"', [21, 3, 1]),
    ("outlet:odd", [19]),
    ("theatre:levant -lang:he", [10]),
    ("story:1", [15, 14, 8, 5, 1]),
    ("feed:7", [21]),
    ("is:sample", [17]),
    ("channel:state_tv", [24]),
    ("after:2024-05-01T20:00", [24, 23, 22, 21, 20]),
    ("before:2024-05-01T04:00", [3, 2, 1]),
    ("on:2024-05-02", [24]),
    ("drone after:2024-05-01T10:00", [15, 14]),
    ("-lang:en -lang:uk", [23, 17, 16, 15, 13, 12, 11, 10, 9, 8]),
    ("-(lang:en OR lang:uk OR lang:ru) -theatre:levant", [23, 17, 16, 15, 11]),
    ("-drone", [24, 23, 22, 21, 20, 19, 18, 17, 16, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3]),
    ("nothing-such", []),
    ("drone nothing", []),
    ("drone OR nothing", [19, 15, 14, 2, 1]),
    ("((kharkiv (drone OR plant)) OR (odesa -drone)) lang:en", [14, 1]),
    ('"air defence" OR "power plant" -is:copy', [21, 2, 1]),
    ('-"air defence" defence', [4]),
    ("lang:zz", []),
    ("", [24, 23, 22, 21, 20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1]),
]


class Names:
    """Names that the queries use."""

    def place(self, name: str) -> tuple[str, ...]:
        return {"kharkiv": ("gn706483",), "ukraine": ("gn690791",), "gaza": ("gn1281184",)}.get(name.lower(), ())

    def source(self, name: str) -> tuple[str, ...]:
        return {"idf": ("idf",)}.get(name.lower(), ())

    def outlet(self, name: str) -> tuple[str, ...]:
        return {"example gazette": ("example-gazette",), "odd": ("odd Name:1",)}.get(name.lower(), ())


def planned(query: str, order: str = "newest") -> Plan:
    return plan(parse(query), START, Names(), order).plan


def _url(engine: str, request: pytest.FixtureRequest, folder: Path) -> str:
    if engine == "postgres":
        server: PostgresServer = request.getfixturevalue("postgres_server")
        return server.url(server.new_database())
    return "sqlite://" if engine == "memory" else f"sqlite:///{folder / 'frontwire.db'}"


@pytest.fixture(scope="module", params=ENGINES)
def filled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BaseIndex]:
    """An index of the whole press, to be read only."""
    index = open_index(_url(request.param, request, tmp_path_factory.mktemp("index")))
    index.put(documents())
    yield index
    index.close()


@pytest.fixture(scope="module")
def engines(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[BaseIndex, ...]]:
    """The press in SQLite and in PostgreSQL."""
    made = [open_index(_url(engine, request, tmp_path_factory.mktemp("index"))) for engine in ("memory", "postgres")]
    for index in made:
        index.put(documents())
    yield tuple(made)
    for index in made:
        index.close()


@pytest.fixture(params=ENGINES)
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[BaseIndex]:
    """A fresh, empty index."""
    made = open_index(_url(request.param, request, tmp_path))
    yield made
    made.close()


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database that several processes can open."""
    return _url(request.param, request, tmp_path)


# --- hits -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("query", "ids"), QUERIES)
def test_queries(filled: SearchIndex, query: str, ids: list[int]) -> None:
    assert list(filled.articles(planned(query), 100).article_ids) == ids
    assert filled.count(planned(query)) == len(ids)
    ranked = filled.articles(planned(query, "relevance"), 100)
    assert sorted(ranked.article_ids, reverse=True) == ids
    assert ranked.total == len(ids)


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


# --- stories ----------------------------------------------------------------------------------------------------------


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


# --- facets -----------------------------------------------------------------------------------------------------------


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


def test_unknown_facets_are_refused(filled: SearchIndex, index: SearchIndex) -> None:
    with pytest.raises(UsageError, match="not counted"):
        filled.facets(Plan(), ["story"])
    with pytest.raises(UsageError, match="not counted"):
        filled.values(Plan(), "story", 10)
    with pytest.raises(UsageError, match="no facet"):
        index.put([IndexDocument(1, 1, None, "", "", None, {"colour": ("red",)})])


# --- changes ----------------------------------------------------------------------------------------------------------


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


# --- the same on all engines ------------------------------------------------------------------------------------------


def _matches(node: Node, document: IndexDocument, title: Analysed, body: Analysed) -> bool:
    """The plan's meaning in a few lines, to hold the engines against."""
    if isinstance(node, Everything):
        return True
    if isinstance(node, AllOf):
        return all(_matches(part, document, title, body) for part in node.parts)
    if isinstance(node, AnyOf):
        return any(_matches(part, document, title, body) for part in node.parts)
    if isinstance(node, Not):
        return not _matches(node.part, document, title, body)
    if isinstance(node, Facet):
        return node.value in document.facets.get(node.name, ()) or (node.name == "story" and node.value == str(document.story_id))
    fields = {"title": (title,), "body": (body,), None: (title, body)}[node.field]
    if isinstance(node, Phrase):
        size = len(node.tokens)
        return any(f.exact[i : i + size] == node.tokens for f in fields for i in range(len(f.exact)) if size)
    tokens = [token for f in fields for token in (f.exact if node.exact or node.prefix else f.stems)]
    return any(token.startswith(node.token) if node.prefix else token == node.token for token in tokens)


FIELD = st.sampled_from([None, "title", "body"])
EXACT = st.sampled_from(["air", "defence", "power", "plant", "the", "kharkiv", "харків", "غزه", "f16", "siege", "nothing", "乌", "克"])
LEAVES = st.one_of(
    st.builds(Word, st.sampled_from(["air", "drone", "power", "plant", "kharkiv", "uk~дрон", "харьк", "جيش", "nothing", "fr~dron"]), FIELD),
    st.builds(Word, EXACT, FIELD, exact=st.just(True)),
    st.builds(Word, st.sampled_from(["p", "dr", "ха", "k", "zz"]), FIELD, prefix=st.just(True)),
    st.builds(Phrase, st.lists(EXACT, min_size=1, max_size=3).map(tuple), FIELD),
    st.builds(Facet, st.just("lang"), st.sampled_from(["en", "uk", "ru", "zz"])),
    st.builds(Facet, st.just("place"), st.sampled_from(["gn690791", "gn706483"])),
    st.just(Facet("story", "1")),
    st.just(Everything()),
)
NODES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda parts: AllOf(tuple(parts))),
        st.lists(inner, max_size=3).map(lambda parts: AnyOf(tuple(parts))),
        inner.map(Not),
    ),
    max_leaves=8,
)


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(node=NODES, since=st.sampled_from([None, 3, 10]), order=st.sampled_from(["newest", "relevance"]))
def test_any_plan_means_the_same_to_all(engines: tuple[BaseIndex, ...], node: Node, since: int | None, order: str) -> None:
    made = Plan(node, None if since is None else START + timedelta(hours=since), order=order)
    expected = [
        document.article_id
        for document in reversed(documents())
        if (since is None or document.article_id >= since)
        and _matches(node, document, analyse(document.title, document.language), analyse(document.body, document.language))
    ]
    hits = [engine.articles(made, 100) for engine in engines]
    assert hits[0] == hits[1]
    assert sorted(hits[0].article_ids, reverse=True) == expected
    assert engines[0].stories(made, 3) == engines[1].stories(made, 3)
    assert engines[0].facets(made, ["lang", "place"], 2) == engines[1].facets(made, ["lang", "place"], 2)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=30))
def test_anything_typed_gives_the_same_answer(engines: tuple[BaseIndex, ...], text: str) -> None:
    assert engines[0].articles(planned(text), 100) == engines[1].articles(planned(text), 100)


@pytest.mark.parametrize(
    "query",
    [
        " OR ".join(f"w{n}" for n in range(MAX_TERMS)),
        " ".join(f"-w{n}" for n in range(MAX_TERMS)),
        "".join(f"a{n} (b{n} OR -(" for n in range(MAX_DEPTH // 2)) + "drone" + "))" * (MAX_DEPTH // 2),
        "".join(f"a{n} OR (-b{n} (" for n in range(MAX_DEPTH // 2)) + '"air defence"' + "))" * (MAX_DEPTH // 2),
    ],
)
def test_the_largest_queries_run(engines: tuple[BaseIndex, ...], query: str) -> None:
    assert engines[0].articles(planned(query), 100) == engines[1].articles(planned(query), 100)


# --- several at a time ------------------------------------------------------------------------------------------------


def _put_some(url: str, first: int) -> None:
    index = open_index(url)
    index.put(replace(document, position=(first + n) << 20, article_id=first + n) for n, document in _same(40))
    index.close()


def test_processes_may_open_and_write_at_once(url: str) -> None:
    fork = multiprocessing.get_context("fork")
    processes = [fork.Process(target=_put_some, args=(url, first)) for first in (1000, 2000, 3000)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
        assert process.exitcode == 0
    index = open_index(url)
    assert not index.fresh
    assert index.count(Plan()) == index.count(planned("report")) == 120
    index.close()


def test_threads_read_while_one_writes(index: BaseIndex) -> None:
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            assert len(index.articles(planned("report"), 5).article_ids) <= 5

    with ThreadPoolExecutor() as pool:
        readers = [pool.submit(read) for _ in range(3)]
        index.put(document for _, document in _same(60))
        done.set()
        for reader in readers:
            reader.result()
    assert index.count(planned("report")) == 60


def test_a_forked_child_reads_on(url: str) -> None:
    index = open_index(url)
    index.put(documents())
    child = multiprocessing.get_context("fork").Process(target=_expect, args=(index,))
    child.start()
    child.join(60)
    assert child.exitcode == 0
    assert index.count(planned("drone")) == 4
    index.close()


def _expect(index: BaseIndex) -> None:
    assert index.count(planned("drone")) == 4


def test_an_index_of_another_layout_is_made_anew(url: str) -> None:
    first = open_index(url)
    first.put(documents())
    with first.database.write() as connection:
        connection.exec_driver_sql("UPDATE search_layout SET layout = 'older'")
    first.close()
    second = open_index(url)
    assert second.fresh
    assert second.count(Plan()) == 0
    second.close()


def test_facet_tokens_are_safe_and_apart() -> None:
    values = ["UK", "uk", "u k", "u_20k", "u:k", "é", "a" * 200, "a" * 201, ""]
    tokens = [facet_token("lang", value) for value in values]
    assert len(set(tokens)) == len(values)
    assert all(token.isascii() and " " not in token and token == token.lower() for token in tokens)
