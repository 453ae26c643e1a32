"""What outlets change, in the whole pipeline: the flags are kept with the revision, and can be told again between any two."""

from aggregator.editing import between, edits_of
from aggregator.identity.edits import FLAGS
from aggregator.search.facets import EDIT_VALUES
from aggregator.search.language import parse
from tests.newsworld import World, item, page

LINK = "https://courier.example/news/depot-3301"
TITLE = "Depot burns at Izium"
TEXT = (
    "IZIUM, Ukraine - A depot of timber burned on the northern edge of the town on Monday, and the smoke was seen in Kupiansk.",
    "The governor of the Kharkiv region said that nine people were hurt when the roof of the depot came down.",
    "“We heard two drones before the fire,” the forester Petro Klen told reporters beside the gate of the depot.",
    "Firefighters from three districts stayed until dawn, and the road to the mill was closed for the whole of the night.",
)


def publish(world: World, title: str, text: tuple[str, ...]) -> None:
    feed = world.subscribe()
    world.fetcher.says(LINK, page(title, text))
    world.publish(feed, item(LINK, title, "d-3301", " ".join(text)))
    world.poll(feed)
    world.drain()


def test_flags_are_kept_with_the_revision(world: World) -> None:
    publish(world, TITLE, TEXT)
    publish(world, TITLE, (TEXT[0], TEXT[1].replace("nine", "eleven"), TEXT[3]))
    publish(world, "Timber depot burns", (*TEXT[:2], TEXT[3], "Correction: an earlier version of this article named another mill."))
    (article,) = world.articles()
    first, second, third = world.store.articles.revisions(article.id)
    assert (first.flags, second.flags) == (None, ("number_changed", "claim_withdrawn", "silent"))
    assert third.flags == ("retitled", "number_changed", "corrected")
    assert [(old.number, new.number) for old, new in edits_of((first, second, third))] == [(1, 2), (2, 3)]
    judged = between(world.store, first, second)
    assert judged.flags == second.flags
    (withdrawn,) = judged.withdrawn
    assert (withdrawn.how, "Klen" in withdrawn.speaker, "two drones" in withdrawn.words) == ("gone", True, True)
    assert "number_changed" not in between(world.store, first, third).flags


def test_every_kind_of_edit_can_be_asked_for() -> None:
    assert {value.replace("-", "_") for value in EDIT_VALUES} == set(FLAGS)
    for value in EDIT_VALUES:
        query = parse(f"is:{value.upper()} drone")
        assert query.text == f"is:{value} drone" and query.warnings == () and parse(query.text).text == query.text
