"""Lines of a host over the pipeline: learnt once an article, taken out of the next, corrected by operators in all that is stored."""

from datetime import timedelta

import pytest

from aggregator.corrections import LINES
from aggregator.errors import UsageError
from aggregator.extract.furniture import BY_HOST
from aggregator.furnishing import CACHE, SETTLE
from aggregator.model import Article, Cause, EntryState, Feed, Step
from aggregator.names import Names
from aggregator.ports import LedgerFilter
from aggregator.rebuild import Rebuild
from aggregator.revisits import Revisits
from aggregator.search.language import parse
from aggregator.search.plan import plan
from aggregator.sources import registry
from tests.newsworld import LEASE_S, World, item, page, refusal

HOST = "courier.example"
MOTTO = "Printed by the light of the harbour"
APPEAL = "The Courier has no owner but its readers: if you can spare the price of a loaf of bread each month, the night desk stays awake."
TEXTS = [
    [
        "Engineers closed the road bridge over the Oskil at Kupiansk after an inspection found two cracked piers.",
        "“Nobody crosses until the piers are wedged,” the district engineer Olha Marchuk told reporters beside the barrier.",
    ],
    [
        "Grain ships left Odesa on Tuesday under escort, the port authority said, the first to do so in eleven days of storms.",
        "Two tugs turned back at the breakwater when the wind rose, and a third lost its tow for most of an hour.",
    ],
    [
        "Power returned to most of Nikopol before noon, according to the regional grid, after a night of repairs in the rain.",
        "Schools will open again on Thursday if the boilers hold, the mayor Iryna Bondar said, and not a day earlier.",
    ],
    [
        "A hospital in Izium received four generators from the Red Cross, its head physician said on Friday in the yard.",
        "The largest of them can carry both operating rooms, and the laundry besides, for as long as diesel comes.",
    ],
    [
        "The ferry at Nova Kakhovka made no crossing on Saturday because fog lay on the water until late in the afternoon.",
        "Some forty people waited on the quay with handcarts, and went home by bus when the lamps were lit.",
    ],
]


def link(number: int) -> str:
    return f"https://{HOST}/news/item-{number}"


def bring(world: World, feed: Feed, *numbers: int, more: tuple[str, ...] = (MOTTO, APPEAL)) -> None:
    """The feed brings these articles, each with the site's own lines under it."""
    for number in numbers:
        world.fetcher.says(link(number), page(f"Report {number}", [*TEXTS[number % len(TEXTS)], *more]))
    world.publish(feed, *(item(link(number), f"Report {number}", f"g-{number}") for number in numbers))
    world.poll(feed)
    world.drain()


def newest(world: World) -> Article:
    return world.articles()[-1]


def settle(world: World) -> None:
    """Time passes, and the follower does all there is."""
    world.clock.sleep(SETTLE.total_seconds() + 1)
    while world.pipeline.index_lag():
        assert world.pipeline.follow()


def found(world: World, query: str) -> set[int]:
    """Articles that readers find."""
    known = Names(world.store, registry.load(), None)
    return set(world.index.articles(plan(parse(query), world.clock.now(), known).plan, 50).article_ids)


def test_lines_of_the_site_are_learnt_from_article_to_article(world: World) -> None:
    feed = world.subscribe()
    for number in range(5):
        bring(world, feed, number)
    bodies = [article.body for article in world.articles()]
    assert [MOTTO in body for body in bodies] == [True, True, False, False, False]  # a short line: two other articles are enough
    assert [APPEAL in body for body in bodies] == [True, True, True, False, False]  # a paragraph: three, and more than half of the others
    removed = world.store.articles.removed(newest(world).id)
    assert [(line.text, line.reason) for line in removed if line.text in (MOTTO, APPEAL)] == [(MOTTO, BY_HOST), (APPEAL, BY_HOST)]
    assert len(world.store.lines.of_host(HOST)) == 5


def test_an_agencys_credit_is_left_out_and_still_says_whose_text_it_is(world: World) -> None:
    feed = world.subscribe()
    credit = "— Reuters"
    for number in range(3):
        bring(world, feed, number, more=(credit,))
    assert [credit in article.body for article in world.articles()] == [True, True, False]
    assert len({article.wire for article in world.articles()}) == 1 and world.articles()[0].wire is not None
    world.pipeline.retag(newest(world).id)
    assert newest(world).wire == world.articles()[0].wire


def test_an_article_counts_once_however_often_it_comes(world: World) -> None:
    feed = world.subscribe()
    bring(world, feed, 0)
    once = world.store.lines.of_host(HOST)
    world.fetcher.says(link(0), page("Report 0", [*TEXTS[0], "The barrier went up at four.", MOTTO]))
    world.publish(feed, item(link(0), "Report 0", "g-0", "An update"))
    world.poll(feed)
    world.drain()
    assert newest(world).revision == 2
    world.fetcher.says(link(7), page("Report 0, again", [*TEXTS[0], MOTTO, APPEAL]))  # a copy at another address
    world.publish(feed, item(link(7), "Report 0, again", "g-7"))
    world.poll(feed)
    world.drain()
    assert len(world.articles()) == 2 and world.store.lines.of_host(HOST) == once


def test_a_text_that_came_of_the_feed_counts_when_its_page_comes(world: World) -> None:
    feed = world.subscribe()
    world.fetcher.says(link(0), refusal(link(0), 403))
    world.publish(feed, item(link(0), "Report 0", "g-0", "A teaser."))
    world.poll(feed)
    world.drain()
    assert world.store.lines.of_host(HOST) == ()
    bring(world, feed, 0)
    world.publish(feed, item(link(0), "Report 0", "g-0", "Another teaser."))
    world.poll(feed)
    world.drain()
    assert [article.article_id for article in world.store.lines.of_host(HOST)] == [newest(world).id]


def test_other_processes_know_within_a_minute(world: World) -> None:
    feed = world.subscribe()
    other = world.pipeline_of_another_process()
    assert len(other.furnishing.repeated(HOST)) == 0
    bring(world, feed, 0)
    bring(world, feed, 1)
    world.clock.sleep(CACHE.total_seconds() + 1)
    assert len(other.furnishing.repeated(HOST)) == 1  # the short line


def test_what_was_learnt_since_is_no_edit(world: World) -> None:
    """The page is read again as it was, but for a clock in its head; by now its lines are known to be on others too."""
    feed = world.subscribe()
    for number in range(3):
        bring(world, feed, number)
    first = world.articles()[0]
    assert MOTTO in first.body
    world.fetcher.says(link(0), page("Report 0", [*TEXTS[0], MOTTO, APPEAL]) + b"<!-- 11:58 -->")
    world.clock.sleep(timedelta(minutes=40).total_seconds())
    revisits = Revisits(world.pipeline)
    for due in world.store.revisits.claim(Step.FETCH, world.clock.now(), LEASE_S, 9, per_host=9):
        if world.fetching.visit(due.article_id):
            assert revisits.process(due.article_id) is EntryState.KNOWN
    again = world.store.articles.get(first.id)
    assert (again.revision, again.edits, again.updated_at) == (2, 0, first.updated_at) and MOTTO not in again.body
    assert world.store.articles.revisions(first.id)[-1].cause is Cause.RULES
    bring(world, feed, 2)
    world.publish(feed, item(link(1), "Report 1", "g-1", "Another teaser"))
    world.poll(feed)
    world.drain()
    assert [(article.revision, article.edits) for article in world.articles()] == [(2, 0), (2, 0), (1, 0)]
    assert [entry.state for entry in world.entries()] == [EntryState.STORED, EntryState.KNOWN, EntryState.STORED]
    assert all(entry.reason for entry in world.entries() if entry.state is EntryState.KNOWN)
    settle(world)
    assert found(world, "is:edited") == set()


def test_furniture_goes_out_of_all_articles_of_the_host_and_comes_back(world: World) -> None:
    feed = world.subscribe()
    for number in range(3):
        bring(world, feed, number)
    before = [article.body for article in world.articles()]
    assert [APPEAL in body for body in before] == [True, True, True] and len(found(world, "loaf")) == 3

    world.pipeline.furnishing.judge(HOST, APPEAL, "furniture", "marta")
    assert world.pipeline.index_lag() == 0  # pages that are being read now are stored first
    settle(world)
    rerun = world.store.reruns.of(LINES, HOST)
    assert rerun is not None and (rerun.total, rerun.done, rerun.changed, rerun.finished_at is not None) == (3, 3, 3, True)
    articles = world.articles()
    assert not any(APPEAL in article.body for article in articles) and found(world, "loaf") == set()
    assert [(article.revision, article.edits) for article in articles] == [(2, 0), (2, 0), (2, 0)] and world.store.totals().edited == 0
    for article in articles:
        for attribution in world.store.articles.tags([article.id])[article.id].attributions:
            assert attribution.words(article.body)

    bring(world, feed, 3)  # and out of those that come
    assert APPEAL not in newest(world).body and newest(world).revision == 1
    world.pipeline.furnishing.judge(HOST, APPEAL, "undone", "marta")
    settle(world)
    assert not any(APPEAL in article.body for article in world.articles())  # the rules say so as well, by now
    assert all(article.edits == 0 for article in world.articles())
    revisions = [article.revision for article in world.articles()]
    world.store.verdicts.ask(HOST, world.clock.now())
    settle(world)
    assert [article.revision for article in world.articles()] == revisions  # once more changes nothing


def test_a_verdict_by_mistake_is_undone(world: World) -> None:
    feed = world.subscribe()
    bring(world, feed, 0)
    before = newest(world)
    for said in ("furniture", "undone"):
        world.pipeline.furnishing.judge(HOST, TEXTS[0][1], said, "marta")
        settle(world)
        assert (TEXTS[0][1] in newest(world).body) is (said == "undone")
    now = newest(world)
    assert (now.body, now.edits, now.revision) == (before.body, 0, 3)
    assert [revision.cause for revision in world.store.articles.revisions(now.id)] == [Cause.OUTLET, Cause.VERDICTS, Cause.VERDICTS]


def test_text_comes_back_to_its_place_and_stays(world: World) -> None:
    feed = world.subscribe()
    for number in range(3):
        bring(world, feed, number, more=(MOTTO,))
    assert MOTTO not in newest(world).body
    world.pipeline.furnishing.judge(HOST, MOTTO, "text", "marta")
    settle(world)
    assert all(article.body.split("\n")[2] == MOTTO for article in world.articles())
    bring(world, feed, 3, more=(MOTTO,))
    assert MOTTO in newest(world).body
    # a page that is read again says the same: no further revision
    second = world.articles()[1]
    world.fetcher.says(link(1), page("Report 1", [*TEXTS[1], MOTTO]) + b"<!-- later -->")
    world.publish(feed, item(link(1), "Report 1", "g-1", "Another teaser"))
    world.poll(feed)
    world.drain()
    assert world.store.articles.get(second.id) == second


def test_a_revision_that_comes_meanwhile_is_left_alone(world: World) -> None:
    feed = world.subscribe()
    bring(world, feed, 0)
    old = newest(world)
    world.pipeline.furnishing.judge(HOST, APPEAL, "furniture", "marta")
    world.fetcher.says(link(0), page("Report 0", [*TEXTS[0], "The barrier went up at four.", APPEAL]))
    world.publish(feed, item(link(0), "Report 0", "g-0", "An update"))
    world.poll(feed)
    world.drain()
    settle(world)
    now = newest(world)
    assert (now.revision, now.edits) == (2, 1) and APPEAL not in now.body and old.id == now.id


def test_what_is_no_verdict_is_refused(world: World) -> None:
    for text, said in (("…", "text"), ("A line", "nonsense")):
        with pytest.raises(UsageError):
            world.pipeline.furnishing.judge(HOST, text, said, "marta")
    assert world.store.verdicts.hosts() == ()


def test_lines_are_learnt_anew_from_what_is_stored(world: World) -> None:
    feed = world.subscribe()
    for number in range(5):
        bring(world, feed, number)
    world.pipeline.furnishing.judge(HOST, MOTTO, "text", "marta")
    settle(world)
    known = {(line.number, line.articles) for line in world.pipeline.furnishing.learnt(HOST)}
    assert Rebuild(world.pipeline).lines(lambda ids: ids) == 5
    assert {(line.number, line.articles) for line in world.pipeline.furnishing.learnt(HOST)} == known
    rerun = world.store.reruns.of(LINES, HOST)
    assert rerun is not None and rerun.finished_at is None


def test_what_pages_answer_is_counted(world: World) -> None:
    feed = world.subscribe()
    world.fetcher.says(link(1), refusal(link(1), 403))
    world.fetcher.says(link(2), page("Report 2", TEXTS[2][:1], paywalled=True))
    world.fetcher.says(link(0), page("Report 0", TEXTS[0]))
    flash = item(None, "A flash", "g-9", "Words.")
    world.publish(feed, *(item(link(number), f"Report {number}", f"g-{number}") for number in range(4)), flash)
    world.poll(feed)
    world.drain()
    counted = {row.outcome: row.pages for row in world.store.outcomes.counts(world.clock.now().date(), host=HOST)}
    assert counted == {"full": 1, "blocked": 1, "paywalled": 1, "gone": 1}
    assert len(world.store.ledger.find(LedgerFilter(feed.id))) == 5
