"""What operators say of cited sources, over the pipeline: articles to come are tagged by it, stored ones follow in the background."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from aggregator.errors import UsageError
from aggregator.furnishing import SETTLE
from aggregator.model import Feed, Tags
from aggregator.names import Names
from aggregator.query import Plan
from aggregator.search.language import parse
from aggregator.search.plan import plan
from aggregator.sources import registry
from aggregator.sources.own import concerned
from aggregator.sourcing import Sourcing
from aggregator.tagging import Taggers, taggers_over
from tests.newsworld import World, item, page

WATCH = {"name": "Izmail Harbour Watch", "kind": "civil_society", "basis": "invented for this test"}
TEXTS = (
    "A grain barge burned at the pier until dawn. Izmail Harbour Watch said that two of its crew had been taken to the clinic in a lorry.",
    "The Ukrainian Navy said that a patrol boat had come back to Odesa with its mast gone and everybody on board alive and unhurt.",
    "Bread rose in price for the third week, and flour has to come by lorry from the west, which takes four days when the roads are wet.",
)


class Newsroom:
    """A world whose taggers take own sources up, as a running service does."""

    def __init__(self, taggers: Taggers, folder: Path) -> None:
        self.known = registry.load(folder)
        self.gazetteer = taggers.gazetteer
        self.world = World(self.taggers)
        self.sourcing = Sourcing(self.world.store, self.world.clock, folder)
        self.feed: Feed = self.world.subscribe()

    def taggers(self) -> Taggers:
        self.known = registry.current(self.known)
        return taggers_over(self.gazetteer, self.known)

    def bring(self, *numbers: int) -> None:
        links = {number: f"https://courier.example/{number}" for number in numbers}
        for number, link in links.items():
            self.world.fetcher.says(link, page(f"Report {number}", [TEXTS[number]]))
        self.world.publish(self.feed, *(item(link, f"Report {number}", f"g-{number}") for number, link in links.items()))
        self.world.poll(self.feed)
        self.world.drain()

    def settle(self) -> None:
        self.world.clock.sleep(SETTLE.total_seconds() + 1)
        while self.world.pipeline.index_lag():
            assert self.world.pipeline.follow()

    def cited(self) -> list[list[str | None]]:
        """Ids of the sources of each article, oldest first."""
        ids = self.world.store.articles.ids()
        tags = self.world.store.articles.tags(ids)
        return [[attribution.speaker.source_id for attribution in tags[ident].attributions] for ident in ids]

    def by(self, name: str) -> int:
        """How many articles readers find by a source."""
        names = Names(self.world.store, self.taggers().sources.registry, None)
        return self.world.index.count(plan(parse(f"by:{name}"), self.world.clock.now(), names).plan)


@pytest.fixture
def newsroom(taggers: Taggers, tmp_path: Path) -> Iterator[Newsroom]:
    made = Newsroom(taggers, tmp_path / "sources")
    yield made
    made.world.close()


def test_a_new_source_is_found_in_what_is_stored_and_in_what_comes(newsroom: Newsroom) -> None:
    newsroom.bring(0, 2)
    assert newsroom.cited() == [[None], []]
    said = newsroom.sourcing.add("ua-harbour-watch", WATCH, "marta", "their bulletin")
    assert said.source is not None and (said.rerun.total, said.rerun.done) == (2, 0)
    newsroom.settle()
    assert newsroom.cited() == [["ua-harbour-watch"], []] and newsroom.by("ua-harbour-watch") == 1
    done = newsroom.sourcing.rerun("ua-harbour-watch")
    assert done is not None and (done.done, done.changed, done.finished_at is not None) == (2, 1, True)
    newsroom.sourcing.edit("ua-harbour-watch", {"side": "third-party"}, "marta")
    newsroom.settle()
    (first, *_) = newsroom.world.articles()
    assert newsroom.world.store.articles.tags([first.id])[first.id].attributions[0].speaker.side == "third-party"
    assert newsroom.sourcing.remove("ua-harbour-watch", "marta").source is None
    newsroom.settle()
    assert newsroom.cited() == [[None], []]


def test_what_was_merged_is_found_under_both_ids_before_and_after(newsroom: Newsroom) -> None:
    newsroom.sourcing.add("ua-harbour-watch", WATCH, "marta")
    newsroom.bring(0, 1)
    assert newsroom.cited() == [["ua-harbour-watch"], ["ua-navy"]]
    said = newsroom.sourcing.merge("ua-harbour-watch", "ua-navy", "marta", "one press service")
    assert said.source is not None and said.source.id == "ua-navy"
    assert newsroom.by("ua-navy") == newsroom.by("ua-harbour-watch") == 2  # at once: texts are tagged anew later
    newsroom.settle()
    assert newsroom.cited() == [["ua-navy"], ["ua-navy"]]
    assert newsroom.by("ua-navy") == newsroom.by("ua-harbour-watch") == newsroom.world.index.count(Plan()) == 2
    newsroom.sourcing.remove("ua-harbour-watch", "marta")
    newsroom.settle()
    assert newsroom.cited() == [["ua-harbour-watch"], ["ua-navy"]]


def test_what_is_refused_has_nothing_looked_at(newsroom: Newsroom) -> None:
    with pytest.raises(UsageError):
        newsroom.sourcing.add("isw", WATCH, "marta")
    assert newsroom.sourcing.rerun("isw") is None


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("the UKRAINIAN navy, it said", True),
        ("кораблі Військово-Морських сил", True),
        ("the navy said, in Odesa", True),  # of which country, the text may say elsewhere
        ("bread rose in price", False),
    ],
)
def test_which_texts_a_source_may_concern(body: str, expected: bool) -> None:
    assert concerned(registry.load(), "ua-navy")("", body, Tags()) is expected
