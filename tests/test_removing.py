"""Taking articles down in the whole pipeline: nothing brings one back, nothing else is kept out with it, and it can be let in again."""

from dataclasses import replace

import pytest

from aggregator.errors import NotFoundError, TakenDownError, UsageError
from aggregator.model import Article, EntryState, Response, Step
from aggregator.query import AllOf, Plan
from aggregator.removing import wanted_article
from aggregator.tombstones import TAKEN_DOWN
from tests.newsworld import World, item, page

LINK = "https://courier.example/news/ferry-1204"
OTHER = "https://courier.example/news/mill-7731"
TITLE = "Ferry at Kupiansk carries bread lorries again"
TEXT = (
    "KUPIANSK, Ukraine - The ferry over the Oskil carried bread lorries again on Monday after the water had fallen by half a metre.",
    "“We cross as long as there is light,” the ferryman Ostap Verba told reporters beside the ramp on the eastern bank.",
    "The governor of the Kharkiv region said that two further pontoons would come before the end of the week.",
)
MILL = (
    "IZIUM, Ukraine - The mill on the northern edge of the town ground its first rye since the autumn, its owner said on Monday.",
    "“The stones are old and the motor is new,” the miller Hanna Zhyto told reporters between the sacks.",
)


def published(
    world: World, name: str = "courier", link: str = LINK, guid: str = "f-1204", title: str = TITLE, text: tuple[str, ...] = TEXT
) -> None:
    """The feed shows this item alone from now on, and its page is there; it is polled and all is done."""
    feed = world.subscribe(name)
    world.fetcher.says(link, page(title, text))
    world.publish(feed, item(link, title, guid, text[0]))
    world.poll(feed)
    world.drain()


def taken_down(world: World) -> Article:
    """An article that came and was taken down."""
    published(world)
    (article,) = world.articles()
    world.pipeline.take_down(article.id, "a court said so", "oleh")
    world.drain()
    return article


def ends(world: World) -> list[tuple[EntryState, str]]:
    return [(entry.state, entry.reason) for entry in world.entries()]


FILTERED = (EntryState.FILTERED, TAKEN_DOWN)
AGAIN = {
    "the same entry, edited": {"text": (*TEXT, "It ran until dusk.")},
    "another GUID": {"guid": "f-1204-again"},
    "another GUID and tracking": {"guid": "x", "link": LINK + "?utm_source=rss&utm_medium=feed"},
    "AMP and http": {"guid": "y", "link": "http://www.courier.example/news/ferry-1204/amp"},
    "retitled": {"guid": "z", "title": "Bread crosses the Oskil"},
    "moved, its GUID kept": {"link": "https://courier.example/region/bread-lorries-cross"},
}


@pytest.mark.parametrize("case", AGAIN)
def test_nothing_brings_it_back(world: World, case: str) -> None:
    article = taken_down(world)
    asked = len(world.fetcher.asked)
    published(world, **AGAIN[case])  # type: ignore[arg-type]  # a table of keyword arguments
    assert world.articles() == () and set(ends(world)) == {FILTERED}
    assert not [url for url in world.fetcher.asked[asked:] if "feed.xml" not in url], "its page is not asked for"
    assert all(entry.entry.title is entry.entry.summary is None for entry in world.entries())
    with pytest.raises(TakenDownError):
        world.store.articles.get(article.id)
    assert world.index.count(Plan(AllOf(()))) == 0
    assert [day.missing for day in world.store.ledger.days(None, world.clock.now())] == [0] * len(
        world.store.ledger.days(None, world.clock.now())
    )


def test_a_redirect_to_it_is_seen_when_its_page_is_read(world: World) -> None:
    taken_down(world)
    short = "https://short.example/xyz123"
    answer = world.fetcher.answers[LINK][0]
    assert isinstance(answer, Response)
    world.fetcher.says(short, replace(answer, redirects=((301, LINK),)))
    feed = world.subscribe("relay")
    world.publish(feed, item(short, "Look at this", "r-1"))
    world.poll(feed)
    world.drain()
    assert world.articles() == () and ends(world)[-1] == FILTERED
    asked = len(world.fetcher.asked)
    world.publish(feed, item(short, "Look at this now", "r-2"))
    world.poll(feed)
    world.drain()
    assert short not in world.fetcher.asked[asked:] and ends(world)[-1] == FILTERED, "the short address is a known name of it by now"


SHARED = {
    "another article of the feed": {"link": OTHER, "guid": "m-7731"},
    "another article under the GUID that all items share": {"link": OTHER, "guid": "f-1204"},
    "another outlet with another text": {"name": "miller", "link": "https://miller.example/mill", "guid": "f-1204"},
}


@pytest.mark.parametrize("case", SHARED)
def test_nothing_else_is_kept_out(world: World, case: str) -> None:
    taken_down(world)
    published(world, title="A mill at Izium grinds rye again", text=MILL, **SHARED[case])
    (article,) = world.articles()
    assert article.title.startswith("A mill") and ends(world)[-1][0] is EntryState.STORED


def test_a_copy_at_another_outlet_stays_and_becomes_the_origin(world: World) -> None:
    published(world)
    published(world, "relay", "https://relay.example/a/991", "r-991", "Bread lorries cross")
    first, second = world.articles()
    assert first.story_id == second.story_id and second.copy_group == first.id
    world.pipeline.take_down(first.id, "", "oleh")
    world.drain()
    (left,) = world.articles()
    assert left.copy_group == left.id and left.story_id is not None
    story = world.store.stories.get(left.story_id)
    assert (story.articles, story.outlets, story.texts, story.origins, story.title) == (1, 1, 1, 1, left.title)
    assert {ident for claim in world.store.stories.claims([story.id])[story.id] for ident in claim.article_ids} == {left.id}


def test_an_entry_under_way_when_it_is_taken_down_is_filtered(world: World) -> None:
    published(world)
    (article,) = world.articles()
    feed = world.subscribe()
    world.fetcher.says(LINK, page(TITLE, (*TEXT, "It ran until dusk.")))
    world.publish(feed, item(LINK, TITLE, "f-1204", "It runs until dusk now."))
    world.poll(feed)
    (entry,) = world.store.ledger.claim(Step.FETCH, world.clock.now(), 60, 10)
    world.fetching.page(entry.id)
    world.pipeline.take_down(article.id, "", "oleh")
    assert world.pipeline.process(entry.id) is EntryState.FILTERED
    assert world.articles() == ()


def test_it_is_let_in_again(world: World) -> None:
    article = taken_down(world)
    world.store.tombstones.readmit(article.id, "ines", world.clock.now())
    world.drain()
    (again,) = world.articles()
    assert again.id != article.id and again.body == article.body and ends(world) == [(EntryState.STORED, "")]
    world.pipeline.take_down(again.id, "once more", "oleh")
    published(world)
    assert world.articles() == () and [stone.holds for stone in world.store.tombstones.all()] == [True, False]


def test_an_article_is_wanted_by_id_or_address(world: World) -> None:
    published(world)
    (article,) = world.articles()
    assert wanted_article(world.store, str(article.id)) == wanted_article(world.store, LINK + "?utm_source=x") == article
    for wrong, error in (("99", NotFoundError), (OTHER, NotFoundError), ("ferry", UsageError)):
        with pytest.raises(error):
            wanted_article(world.store, wrong)
