"""Articles are found by what their outlets edited: from the page to the answer of the index, the same on SQLite and PostgreSQL."""

from collections.abc import Iterator

import pytest

from aggregator.names import Names
from aggregator.search.facets import EDIT_VALUES
from aggregator.search.language import parse
from aggregator.search.plan import plan
from aggregator.sources import registry
from aggregator.storage.engine import open_store
from aggregator.storage.index import open_index
from aggregator.tagging import Taggers
from tests.newsworld import World, item, page

LINK = "https://courier.example/news/ferry-2207"
BEFORE, AFTER = "Ferry stands still at Kherson", "Ferry stopped"
TEXT = (
    "KHERSON, Ukraine - The ferry across the Dnipro has stood still since Monday, and bread is brought over in boats of the village.",
    "The governor of the Kherson region said that seven people were hurt when the landing stage burned in the night.",
    "“I saw two boats sink beside the stage,” the ferryman Danylo Verba told reporters on the bank of the river.",
    "Divers from two towns looked at the hull until dawn, and the road to the landing stays closed for the whole of the week.",
)
CUT = (TEXT[0], TEXT[1].replace("seven", "twelve"), TEXT[3])
OWNED = (*TEXT[:2], TEXT[3], "Correction: an earlier version of this article named another village.")


@pytest.fixture
def news(shared_url: str, taggers: Taggers) -> Iterator[World]:
    index = open_index(shared_url)
    made = World(lambda: taggers, store=open_store(shared_url), index=index)
    yield made
    made.close()
    index.close()


def publish(world: World, title: str, text: tuple[str, ...]) -> None:
    feed = world.subscribe()
    world.fetcher.says(LINK, page(title, text))
    world.publish(feed, item(LINK, title, "f-2207", " ".join(text)))
    world.poll(feed)
    world.drain()


def kinds_found(world: World) -> set[str]:
    """The kinds of edits by which the one article is found, each asked for by itself, and not found by their opposites."""
    (article,) = world.articles()
    found = {value: ids(world, f"is:{value}") == {article.id} for value in EDIT_VALUES}
    assert {value: ids(world, f"-is:{value}") == set() for value in EDIT_VALUES} == found
    return {value for value, there in found.items() if there}


def ids(world: World, query: str) -> set[int]:
    planned = plan(parse(query), world.clock.now(), Names(world.store, registry.load(), None))
    assert planned.notes == ()
    return set(world.index.articles(planned.plan, 50).article_ids)


def test_articles_are_found_by_what_was_edited(news: World) -> None:
    publish(news, BEFORE, TEXT)
    assert kinds_found(news) == set()
    publish(news, BEFORE, CUT)
    assert kinds_found(news) == {"number-changed", "claim-withdrawn", "silent"}
    publish(news, AFTER, OWNED)
    assert kinds_found(news) == set(EDIT_VALUES), "by one edit or another"
    assert len(ids(news, "is:retitled is:number_changed is:Claim-Withdrawn is:corrected is:silent is:edited")) == 1
    assert ids(news, "is:retitled is:single-source -is:edited") == set()
