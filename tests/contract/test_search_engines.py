"""SQLite and PostgreSQL answer alike whatever they are asked, and several may write and read at a time."""

import multiprocessing
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aggregator.query import (
    AllOf,
    AnyOf,
    Articles,
    Between,
    Everything,
    Facet,
    IndexDocument,
    Node,
    Not,
    Phrase,
    Plan,
    StoryCount,
    Word,
)
from aggregator.search.analyse import Analysed, analyse
from aggregator.search.language import MAX_DEPTH, MAX_TERMS
from aggregator.storage.index import open_index
from aggregator.storage.index_base import BaseIndex
from aggregator.storage.index_rows import facet_token
from tests.contract.search_asking import planned
from tests.contract.search_corpus import HOUR, START, documents

# --- the same on all engines -----------------------------------------------------------------------------------------


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
    if isinstance(node, Between):
        at = START + timedelta(hours=document.article_id)
        return (node.since is None or at >= node.since) and (node.until is None or at < node.until)
    if isinstance(node, Articles):
        return document.article_id in node.ids
    if isinstance(node, StoryCount):
        count = _figure(document.story_id, node.name)
        return count is not None and node.least <= count and (node.most is None or count <= node.most)
    if isinstance(node, Facet):
        return node.value in document.facets.get(node.name, ()) or (node.name == "story" and node.value == str(document.story_id))
    fields = {"title": (title,), "body": (body,), None: (title, body)}[node.field]
    if isinstance(node, Phrase):
        size = len(node.tokens)
        return any(f.exact[i : i + size] == node.tokens for f in fields for i in range(len(f.exact)) if size)
    tokens = [token for f in fields for token in (f.exact if node.exact or node.prefix else f.stems)]
    return any(token.startswith(node.token) if node.prefix else token == node.token for token in tokens)


def _figure(story_id: int | None, name: str) -> int | None:
    """Articles of these documents without group or agency are origins of their own."""
    members = [document for document in documents() if story_id is not None and document.story_id == story_id]
    if not members:
        return None
    return len(members) if name == "origins" else len({document.facets["outlet"] for document in members if "outlet" in document.facets})


FIELD = st.sampled_from([None, "title", "body"])
EXACT = st.sampled_from(["air", "defence", "power", "plant", "the", "kharkiv", "харків", "غزه", "f16", "siege", "nothing", "乌", "克"])
HOURS = [START + timedelta(seconds=HOUR * hours + 1) for hours in (2, 9, 14)]
LEAVES = st.one_of(
    st.builds(Word, st.sampled_from(["air", "drone", "power", "plant", "kharkiv", "uk~дрон", "харьк", "جيش", "nothing", "fr~dron"]), FIELD),
    st.builds(Word, EXACT, FIELD, exact=st.just(True)),
    st.builds(Word, st.sampled_from(["p", "dr", "ха", "k", "zz"]), FIELD, prefix=st.just(True)),
    st.builds(Phrase, st.lists(EXACT, min_size=1, max_size=3).map(tuple), FIELD),
    st.builds(Facet, st.just("lang"), st.sampled_from(["en", "uk", "ru", "zz"])),
    st.builds(Facet, st.just("place"), st.sampled_from(["gn690791", "gn706483"])),
    st.just(Facet("story", "1")),
    st.just(Everything()),
    st.builds(Between, st.sampled_from([None, *HOURS]), st.sampled_from([None, *HOURS])),
    st.builds(StoryCount, st.sampled_from(["origins", "outlets"]), st.integers(0, 4), st.sampled_from([None, 1, 3])),
    st.builds(Articles, st.frozensets(st.integers(1, 30), max_size=4)),
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


# --- several at a time -----------------------------------------------------------------------------------------------


def _put_some(url: str, first: int) -> None:
    index = open_index(url)
    index.put(replace(document, position=(first + n) << 20, article_id=first + n) for n, document in same(40))
    index.close()


def test_processes_may_open_and_write_at_once(index_url: str) -> None:
    fork = multiprocessing.get_context("fork")
    processes = [fork.Process(target=_put_some, args=(index_url, first)) for first in (1000, 2000, 3000)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
        assert process.exitcode == 0
    index = open_index(index_url)
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
        index.put(document for _, document in same(60))
        done.set()
        for reader in readers:
            reader.result()
    assert index.count(planned("report")) == 60


def test_a_forked_child_reads_on(index_url: str) -> None:
    index = open_index(index_url)
    index.put(documents())
    child = multiprocessing.get_context("fork").Process(target=_expect, args=(index,))
    child.start()
    child.join(60)
    assert child.exitcode == 0
    assert index.count(planned("drone")) == 4
    index.close()


def _expect(index: BaseIndex) -> None:
    assert index.count(planned("drone")) == 4


def test_an_index_of_another_layout_is_made_anew(index_url: str) -> None:
    first = open_index(index_url)
    first.put(documents())
    with first.database.write() as connection:
        connection.exec_driver_sql("UPDATE search_layout SET layout = 'older'")
    first.close()
    second = open_index(index_url)
    assert second.fresh
    assert second.count(Plan()) == 0
    second.close()


def test_facet_tokens_are_safe_and_apart() -> None:
    values = ["UK", "uk", "u k", "u_20k", "u:k", "é", "a" * 200, "a" * 201, ""]
    tokens = [facet_token("lang", value) for value in values]
    assert len(set(tokens)) == len(values)
    assert all(token.isascii() and " " not in token and token == token.lower() for token in tokens)


def same(count: int) -> list[tuple[int, IndexDocument]]:
    """So many documents of the same text."""
    return [(n, IndexDocument(n, n << 20, None, "Report", "A report.", "en")) for n in range(1, count + 1)]
