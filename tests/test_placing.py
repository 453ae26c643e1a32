"""Operators' rules on names over the pipeline: what comes and what is stored is tagged by them, and as before where they are undone."""

import pytest

from aggregator.corrections import NAMES, PARTS, NameRule, Rerun
from aggregator.errors import NotFoundError, UsageError
from aggregator.furnishing import SETTLE
from aggregator.model import Feed, Removed, Tags
from aggregator.placing import EVERYWHERE, OF_ARTICLE, OF_FEED, concerns
from aggregator.query import Facet, Plan
from tests.contract.builders import article
from tests.newsworld import World, item, page

PARIS_FRANCE, PARIS_TEXAS, KLISHCHIIVKA = "gn2988507", "gn4717560", "fw-klishchiivka"
TEXTS = (
    "A warehouse burned down in Paris on Tuesday night, and the fire brigade said that nobody had been inside when the roof fell in.",
    "Shells fell on Zmiiska Hill before dawn, the brigade said, and its medics took two wounded men to a cellar behind the road.",
    "The price of bread rose for the third week, bakers in Kharkiv said on Monday, and flour has to come by lorry from the west.",
)


def bring(world: World, feed: Feed, *numbers: int) -> None:
    """The feed brings articles of these texts."""
    links = {number: f"https://{feed.outlet_id}.example/{feed.id}/{number}" for number in numbers}
    for number, link in links.items():
        world.fetcher.says(link, page(f"Report {number}", [TEXTS[number]]))
    world.publish(feed, *(item(link, f"Report {number}", f"g-{number}") for number, link in links.items()))
    world.poll(feed)
    world.drain()


def settle(world: World) -> None:
    world.clock.sleep(SETTLE.total_seconds() + 1)
    while world.pipeline.index_lag():
        assert world.pipeline.follow()


def say(world: World, name: str, place_id: str | None, scope: str = EVERYWHERE, scope_id: int = 0) -> NameRule:
    place = None if place_id is None else (world.pipeline.taggers.gazetteer.place(world.pipeline.taggers.gazetteer.row(place_id)))
    return world.pipeline.placing.say(name, place, "marta", scope, scope_id)


def places(world: World, feed: Feed) -> list[list[str]]:
    """Ids of the places of each article of a feed, oldest first."""
    ids = world.store.articles.ids(feed_id=feed.id)
    tags = world.store.articles.tags(ids)
    return [[mention.place.id for mention in tags[ident].mentions] for ident in ids]


def rerun(world: World, rule: NameRule) -> Rerun:
    found = world.store.reruns.of(NAMES, str(rule.id))
    assert found is not None
    return found


def test_a_name_means_another_place_in_one_feed(world: World) -> None:
    texan, other = world.subscribe("lamar"), world.subscribe("seine")
    bring(world, texan, 0, 2)
    bring(world, other, 0)
    assert places(world, texan)[0] == places(world, other)[0] == [PARIS_FRANCE]
    rule = say(world, "Paris", PARIS_TEXAS, OF_FEED, texan.id)
    assert world.pipeline.index_lag() == 0  # what is being read now is stored first
    settle(world)
    assert places(world, texan)[0] == [PARIS_TEXAS] and places(world, other)[0] == [PARIS_FRANCE]
    done = rerun(world, rule)
    assert (done.total, done.done, done.changed, done.finished_at is not None) == (2, 2, 1, True)
    revisions = [(article.revision, article.edits) for article in world.articles()]
    assert revisions == [(1, 0)] * 3  # a tag is no text

    world.pipeline.placing.undo(rule.id, "oleh")
    settle(world)
    assert places(world, texan)[0] == [PARIS_FRANCE] and rerun(world, rule).changed == 1
    assert [(one.undone, one.by) for one in world.store.name_rules.all()] == [(True, "oleh")]


def test_a_name_is_no_place_and_the_narrower_rule_wins(world: World) -> None:
    feed = world.subscribe()
    say(world, "Paris", None)
    bring(world, feed, 0)
    assert places(world, feed) == [[]]  # rules are there before the article
    say(world, "PARIS", PARIS_TEXAS, OF_ARTICLE, world.articles()[0].id)
    settle(world)
    assert places(world, feed) == [[PARIS_TEXAS]]
    world.pipeline.retag(world.articles()[0].id)  # and for every later run
    assert places(world, feed) == [[PARIS_TEXAS]]
    # a revision of the article obeys the rule on the article too
    link = world.articles()[0].url
    world.fetcher.says(
        link, page("Report 0", [TEXTS[0], "By noon the smoke over Paris had gone, and the street was open again to all traffic."])
    )
    world.publish(feed, item(link, "Report 0", "g-0", "An update"))
    world.poll(feed)
    world.drain()
    assert world.articles()[0].revision == 2 and places(world, feed) == [[PARIS_TEXAS, PARIS_TEXAS]]


def test_a_name_that_the_gazetteer_does_not_know(world: World) -> None:
    feed = world.subscribe()
    bring(world, feed, 1, 2)
    before = places(world, feed)
    assert before[0] == []
    rule = say(world, "Zmiiska  Hill", KLISHCHIIVKA)
    settle(world)
    assert places(world, feed) == [[KLISHCHIIVKA], before[1]]
    assert rerun(world, rule).changed == 1 and rule.text == "Zmiiska Hill"
    hits = world.index.articles(Plan(Facet("place", KLISHCHIIVKA)), 10).article_ids
    assert list(hits) == [world.articles()[0].id]  # readers find it


def test_why_a_place_was_taken(world: World) -> None:
    feed = world.subscribe()
    bring(world, feed, 0)
    ident = world.articles()[0].id
    (paris,) = [one for one in world.pipeline.explain_places(ident) if one.text == "Paris"]
    assert paris.taken and paris.winner.id == PARIS_FRANCE and PARIS_TEXAS in {ranked.place.id for ranked in paris.candidates}
    say(world, "Paris", None, OF_ARTICLE, ident)
    assert not any(one.taken for one in world.pipeline.explain_places(ident) if one.text == "Paris")


def test_what_is_no_rule_is_refused(world: World) -> None:
    with pytest.raises(UsageError, match="letters"):
        say(world, "—", None)
    with pytest.raises(UsageError, match="scope|holds"):
        say(world, "Paris", None, "galaxy")
    for scope in (OF_FEED, OF_ARTICLE):
        with pytest.raises(NotFoundError):
            say(world, "Paris", None, scope, 99)
    assert world.store.name_rules.all() == ()


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("Бахмут", "Бої під Бахмутом", True),
        ("Великої Новосілки", "біля Велику Новосілку", True),
        ("رفح", "قصف على ورفح", True),
        ("Bakhmut", "Kharkiv and Sumy", False),
        ("Xi", "Xi Jinping", True),
    ],
)
def test_a_text_without_the_name_is_passed_over(world: World, name: str, text: str, expected: bool) -> None:
    assert concerns(say(world, name, None), "", text) is expected


# --- one article ------------------------------------------------------------------------------------------------------

RAID = (
    "KYIV, 2 March - A drone fell on a depot in Kharkiv before dawn and burned it down, the fire brigade said on Monday.",
    "Moscow said that it had hit nothing there. Trains to Izium waited for two hours in the snow, and nobody in Moscow was surprised.",
)
KHARKIV, IZIUM, MOSCOW = "gn706483", "gn707292", "gn524901"


def raid(world: World, *paragraphs: str) -> int:
    """Bring the article, or a further text of it; return its id."""
    feed = world.store.feeds.all()[0] if world.store.feeds.all() else world.subscribe()
    link = "https://courier.example/raid"
    world.fetcher.says(link, page("Night of fires", [*RAID, *paragraphs]))
    world.publish(feed, item(link, "Night of fires", "raid", f"News {len(paragraphs)}"))
    world.poll(feed)
    world.drain()
    return world.articles()[0].id


def tagged(world: World, article_id: int) -> Tags:
    return world.store.articles.tags([article_id])[article_id]


def parts(world: World, article_id: int, name: str) -> list[str]:
    return [mention.role for mention in tagged(world, article_id).mentions if mention.text == name]


def test_a_part_is_said_once_and_holds_for_good(world: World) -> None:
    ident = raid(world)
    assert tagged(world, ident).primary_places[0] == KHARKIV
    rule = world.pipeline.placing.say_part(ident, "Kharkiv", "mention", "marta", "the depot is in Izium")
    assert parts(world, ident, "Kharkiv") == ["mention"] and KHARKIV not in tagged(world, ident).primary_places  # at once
    world.pipeline.placing.say_part(ident, "Izium", "event", "marta")
    assert tagged(world, ident).primary_places == (IZIUM,)
    changes = world.store.changes.head()
    settle(world)
    done = world.store.reruns.of(PARTS, str(ident))
    assert done is not None and (done.done, done.changed, done.finished_at is not None) == (1, 0, True)
    assert world.store.changes.head() == changes  # nothing was left to change
    hits = world.index.articles(Plan(Facet("place", IZIUM)), 10).article_ids
    assert list(hits) == [ident]  # readers find it

    world.pipeline.retag(ident)
    assert raid(world, "Izium has no power, and Kharkiv only for some hours.") == ident and world.articles()[0].revision == 2
    assert set(parts(world, ident, "Kharkiv")) == {"mention"} and set(parts(world, ident, "Izium")) == {"event"}
    rebuild = world.pipeline_of_another_process()
    rebuild.retag(ident)
    assert tagged(world, ident).primary_places == (IZIUM,)

    world.pipeline.placing.undo_part(rule.id, "oleh")
    assert "event" in parts(world, ident, "Kharkiv")
    told = [(one.part, one.by, one.reason) for one in world.store.part_rules.history(ident)]
    assert told == [(None, "oleh", ""), ("event", "marta", ""), ("mention", "marta", "the depot is in Izium")]


def test_a_part_is_said_of_one_occurrence(world: World) -> None:
    ident = raid(world)
    world.pipeline.placing.say_part(ident, "Moscow", "event", "marta", near="nobody in Moscow was")
    first, second = parts(world, ident, "Moscow")
    assert (first == "event", second) == (False, "event")


def test_a_rule_waits_for_words_that_are_gone(world: World) -> None:
    ident, placing = raid(world), world.pipeline.placing
    said = [
        placing.say_part(ident, "Moscow", "event", "marta", near="nobody in Moscow was"),
        placing.say_part(ident, "Izium", "origin", "marta"),
        placing.say_where(ident, world.pipeline.taggers.gazetteer.get(IZIUM), "marta"),
    ]
    assert placing.waiting(ident) == frozenset()
    text = article(1, url_key="courier.example/raid", outlet_id="courier", title="Night of fires", body=RAID[0])
    world.store.articles.revise(ident, text, [], Tags(), world.clock.now())
    world.pipeline.retag(ident)
    assert placing.waiting(ident) == {rule.id for rule in said} and tagged(world, ident).primary_places == (KHARKIV,)
    placing.say_where(ident, None, "marta")
    assert placing.waiting(ident) == {rule.id for rule in said[:2]}


def test_an_article_that_was_being_read_meanwhile_is_tagged_again(world: World) -> None:
    ident = raid(world)
    before = tagged(world, ident)
    world.pipeline.placing.say_part(ident, "Kharkiv", "mention", "marta")
    world.store.articles.retag(ident, before, world.clock.now())  # by somebody who had not heard of it
    settle(world)
    done = world.store.reruns.of(PARTS, str(ident))
    assert parts(world, ident, "Kharkiv") == ["mention"] and done is not None and done.changed == 1


def test_an_edit_that_comes_while_an_article_is_tagged_is_tagged_itself(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    ident = raid(world)
    world.pipeline.placing.say_part(ident, "Kharkiv", "mention", "marta")
    world.store.articles.retag(ident, Tags(), world.clock.now())
    body = "Kharkiv burned again, and the fire brigade came at noon."
    asked: list[int] = []

    def removed_and_edited(article_id: int, revision: int | None = None) -> tuple[Removed, ...]:
        if not asked:
            edited = article(1, url_key="courier.example/raid", outlet_id="courier", title="Night of fires", body=body)
            world.store.articles.revise(ident, edited, [], Tags(), world.clock.now())
        asked.append(article_id)
        return ()

    monkeypatch.setattr(world.store.articles, "removed", removed_and_edited)
    assert world.pipeline.retag(ident) and len(asked) == 2
    assert [(m.text, m.role, body[m.start : m.end]) for m in tagged(world, ident).mentions] == [("Kharkiv", "mention", "Kharkiv")]


def test_where_it_happened_is_said(world: World) -> None:
    ident, gazetteer = raid(world), world.pipeline.taggers.gazetteer
    where = world.pipeline.placing.say_where(ident, gazetteer.get(MOSCOW), "marta", "the strike was planned there")
    assert tagged(world, ident).primary_places[0] == MOSCOW
    world.pipeline.placing.say_where(ident, None, "oleh")
    assert tagged(world, ident).primary_places == ()
    with pytest.raises(UsageError, match="not hold"):
        world.pipeline.placing.undo_part(where.id, "oleh")  # something else was said since
    (holding,) = world.store.part_rules.holding(ident)
    world.pipeline.placing.undo_part(holding.id, "oleh")
    assert tagged(world, ident).primary_places[0] == KHARKIV
    with pytest.raises(UsageError, match="does not name Paris"):
        world.pipeline.placing.say_where(ident, gazetteer.get(PARIS_TEXAS), "marta")


def test_it_is_explained_that_somebody_said_so(world: World) -> None:
    ident = raid(world)
    world.pipeline.placing.say_part(ident, "Kharkiv", "origin", "marta", "launched there")
    (kharkiv,) = [one for one in world.pipeline.explain_places(ident) if one.text == "Kharkiv"]
    assert (kharkiv.role, kharkiv.role_because) == ("origin", "marta says so: launched there")


@pytest.mark.parametrize(
    ("name", "part", "near", "message"),
    [
        ("Kharkiv", "victim", "", "is no part"),
        ("Odesa", "event", "", "does not have the name"),
        ("…", "event", "", "does not have the name"),
        ("Moscow", "event", "Moscow fell silent", "does not have the words"),
        ("Moscow", "event", "Trains to Izium", "do not have the name"),
    ],
)
def test_a_part_that_cannot_be_is_refused(world: World, name: str, part: str, near: str, message: str) -> None:
    ident = raid(world)
    with pytest.raises(UsageError, match=message):
        world.pipeline.placing.say_part(ident, name, part, "marta", near=near)
    with pytest.raises(NotFoundError):
        world.pipeline.placing.say_part(99, "Kharkiv", "event", "marta")
    assert world.store.part_rules.history() == ()
