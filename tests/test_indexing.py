"""The index beside the store: it counts stories as the store does, and is filled anew while readers search."""

from collections.abc import Iterable, Sequence

import pytest

from aggregator.query import IndexDocument, Plan, StoryCount
from aggregator.rebuild import Rebuild
from tests.newsworld import World, item

STORM = (
    "Three drones struck the grain port of Izmail on the Danube before dawn on Monday, setting two warehouses on fire, the regional"
    " military administration said. Two dock workers were hurt. Fire crews from four districts brought the blaze under control by nine."
)
OTHER = (
    "Izmail's port lost two warehouses to a drone attack before dawn on Monday. Residents told this paper that they had counted three"
    " explosions along the Danube. A nurse said that two dock workers had been brought in with burns, neither in danger."
)


def tell(world: World, outlet: str, title: str, text: str) -> None:
    """An outlet publishes an article, whole in its feed."""
    feed = world.subscribe(outlet)
    link = f"https://{outlet}.example/izmail"
    world.publish(feed, item(link, title, f"{outlet}-1", full=f"<p>{text}</p>", published=world.clock.now()))
    world.poll(feed)
    world.drain()


def found(world: World, name: str, least: int) -> set[int]:
    return set(world.index.articles(Plan(StoryCount(name, least)), 50).article_ids)


@pytest.fixture
def told(world: World) -> World:
    for outlet, text in (("courier", STORM), ("herald", OTHER), ("mirror", STORM)):
        tell(world, outlet, "Drones strike the port of Izmail", text)
    return world


def test_stories_have_the_figures_of_their_page(told: World) -> None:
    stories = {article.story_id for article in told.articles()}
    for name in ("origins", "outlets"):
        for least in (1, 2, 3):
            wanted = {
                article.id
                for story_id in stories
                for article in told.store.stories.articles(story_id or 0)
                if getattr(told.store.stories.get(story_id or 0), name) >= least
            }
            assert found(told, name, least) == wanted, (name, least)
    assert found(told, "outlets", 2)


def test_figures_follow_an_article_that_goes(told: World) -> None:
    assert len(told.articles()) == 3
    before = found(told, "outlets", 2)
    herald = next(feed for feed in told.store.feeds.all() if feed.outlet_id == "herald")
    told.index.remove(told.store.articles.ids(feed_id=herald.id))
    assert before
    assert found(told, "outlets", 3) == set()


def test_the_index_is_filled_anew_while_it_answers(told: World) -> None:
    told.index.put([IndexDocument(999, 7, None, "Gone", "An article that is none any more.", "en")])
    articles = {article.id for article in told.articles()}
    answers = []

    def over(ids: Sequence[int]) -> Iterable[int]:
        for ident in ids:
            answers.append(articles <= set(told.index.articles(Plan(), 50).article_ids))
            yield ident

    assert Rebuild(told.pipeline).index(over) == len(articles)
    assert answers == [True] * len(articles)
    assert set(told.index.articles(Plan(), 50).article_ids) == articles
    assert told.index.ids() == tuple(sorted(articles))
    assert told.pipeline.index_lag() == 0
