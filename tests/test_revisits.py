"""Looking at pages again, by a clock moved over three days: silent edits, what stays, what goes, and who is let alone."""

from datetime import datetime, timedelta
from urllib.parse import urlsplit

import pytest

from aggregator.errors import BusyError, DisallowedError, FetchError, NetworkError
from aggregator.fetching import ATTEMPTS
from aggregator.model import Article, EntryState, Outcome, Response, Step
from aggregator.ports import FetchRequest
from aggregator.revisits import Revisits
from aggregator.sample.newsroom import Newsroom
from aggregator.sample.press import load
from aggregator.sample.server import answer, feed_drafts
from aggregator.sample.truth import truths
from tests.newsworld import LEASE_S, START, World, item, page, refusal

LINK = "https://courier.example/news/bridge-1204"
TITLE = "Engineers close the bridge at Kupiansk"
TEXT = (
    "KUPIANSK, Ukraine - Engineers closed the road bridge over the Oskil on Monday after an inspection found two cracked piers.",
    "“Nobody crosses until the piers are wedged,” the district engineer Olha Marchuk told reporters beside the barrier.",
    "The governor of the Kharkiv region said that a ferry would carry ambulances and bread lorries until the middle of the month.",
)
EDITED = (*TEXT, "By the evening the ferry had made eleven crossings, and the engineers had wedged the first of the two piers.")
AGAIN = (*EDITED, "The second pier was wedged on Thursday, and the barrier was taken away at noon.")
PAGE, PAGE_2, PAGE_3 = page(TITLE, TEXT), page(TITLE, EDITED), page(TITLE, AGAIN)


def hours(number: float) -> float:
    return timedelta(hours=number).total_seconds()


def visit(world: World) -> list[int]:
    """What a tick and the workers do: look again at what is due; return the articles that were looked at."""
    revisits = Revisits(world.pipeline)
    due = [found.article_id for found in world.store.revisits.claim(Step.FETCH, world.clock.now(), LEASE_S, 1000, per_host=1000)]
    for article_id in due:
        if world.fetching.visit(article_id):
            revisits.process(article_id)
    while world.pipeline.index_lag():
        assert world.pipeline.follow()
    return due


def first(world: World) -> Article:
    """One article, as it is first seen."""
    world.fetcher.says(LINK, PAGE)
    feed = world.subscribe()
    world.publish(feed, item(LINK, TITLE, "b-1204"))
    world.poll(feed)
    world.drain()
    (article,) = world.articles()
    return article


def asked(world: World) -> int:
    return world.fetcher.asked.count(LINK)


def test_four_visits_in_three_days_and_no_more(world: World) -> None:
    article = first(world)
    seen = []
    while world.clock.now() < START + timedelta(days=5):
        if visit(world):
            seen.append(world.clock.now() - article.first_seen_at)
        world.clock.sleep(hours(1 / 6))
    wanted = [timedelta(minutes=30), timedelta(hours=2), timedelta(hours=12), timedelta(days=3)]
    assert len(seen) == 4 and all(timedelta(0) <= came - due < timedelta(minutes=10) for came, due in zip(seen, wanted, strict=True)), seen
    assert asked(world) == 5 and world.articles() == (article,)
    assert world.store.revisits.get(article.id) is None


def test_a_page_edited_without_a_word_becomes_a_revision(world: World) -> None:
    article = first(world)
    world.fetcher.says(LINK, PAGE_2)
    world.clock.sleep(hours(1))
    assert visit(world) == [article.id]
    (found,) = world.articles()
    assert found.revision == 2 and "eleven crossings" in found.body and found.updated_at == world.clock.now()
    assert found.first_seen_at == article.first_seen_at and found.url_key == article.url_key
    assert world.store.totals().edited == 1
    assert [entry.state for entry in world.entries()] == [EntryState.STORED]  # the ledger is about entries
    world.fetcher.says(LINK, PAGE_3)
    world.clock.sleep(hours(2))
    visit(world)
    assert [revision.number for revision in world.store.articles.revisions(article.id)] == [1, 2, 3]
    for attribution in world.store.articles.tags([article.id])[article.id].attributions:
        assert attribution.words(world.articles()[0].body)


def test_another_page_around_the_same_text_is_no_revision(world: World) -> None:
    article = first(world)
    world.fetcher.says(LINK, PAGE.replace(b"<nav>", b"<nav><a href='/now'>Most read today</a>"))
    world.clock.sleep(hours(1))
    visit(world)
    assert world.articles() == (article,)
    planned = world.store.revisits.get(article.id)
    assert planned is not None and planned.step is Step.FETCH and planned.due_at == article.first_seen_at + timedelta(hours=2)


class Conditional:
    """A web of one page that honours conditions."""

    def __init__(self) -> None:
        self.body, self.etag = PAGE, '"1"'
        self.seen: list[tuple[str | None, int]] = []

    def get(self, request: FetchRequest) -> Response:
        status = 304 if request.etag == self.etag else 200
        self.seen.append((request.etag, status))
        return Response(request.url, status, {"content-type": "text/html", "etag": self.etag}, b"" if status == 304 else self.body)


def test_a_page_with_an_etag_is_asked_with_it(world: World) -> None:
    feed = world.subscribe()
    world.publish(feed, item(LINK, TITLE, "b-1204"))
    world.poll(feed)
    web = Conditional()
    world.ask(web)
    world.drain()
    for wait in (0.5, 2, 10):
        world.clock.sleep(hours(wait))
        if wait == 2:
            web.body, web.etag = PAGE_2, '"2"'
        visit(world)
    assert web.seen == [(None, 200), ('"1"', 304), ('"1"', 200), ('"2"', 304)]
    assert world.articles()[0].revision == 2


@pytest.mark.parametrize(("status", "visits"), [(404, 4), (410, 1)])
def test_a_page_that_goes_is_noted_and_the_article_stays(world: World, status: int, visits: int) -> None:
    article = first(world)
    world.fetcher.says(LINK, refusal(LINK, status))
    world.clock.sleep(hours(1))
    gone_since = world.clock.now()
    visit(world)
    for wait in (2, 12, 72, 72):
        world.clock.sleep(hours(wait))
        visit(world)
    (found,) = world.articles()
    assert found.gone_since == gone_since and (found.body, found.revision) == (article.body, 1)
    assert asked(world) == 1 + visits
    assert world.store.totals().gone == 1


def test_a_page_that_comes_back_is_no_longer_gone(world: World) -> None:
    first(world)
    world.fetcher.says(LINK, refusal(LINK, 404))
    world.clock.sleep(hours(1))
    visit(world)
    world.fetcher.says(LINK, PAGE)
    world.clock.sleep(hours(2))
    visit(world)
    assert world.articles()[0].gone_since is None


def test_a_wall_that_goes_up_takes_nothing_back(world: World) -> None:
    article = first(world)
    world.fetcher.says(LINK, page(TITLE, TEXT[:1], paywalled=True))
    world.clock.sleep(hours(1))
    visit(world)
    assert world.articles() == (article,)


def test_a_page_that_was_shut_and_opens_gives_the_article_its_text(world: World) -> None:
    feed = world.subscribe()
    world.fetcher.says(LINK, refusal(LINK, 403))
    world.publish(feed, item(LINK, TITLE, "b-1204", "Engineers closed the bridge after an inspection."))
    world.poll(feed)
    world.drain()
    assert world.articles()[0].text_from == "feed"
    world.fetcher.says(LINK, PAGE)
    world.clock.sleep(hours(1))
    visit(world)
    (found,) = world.articles()
    assert (found.text_from, found.outcome, found.revision) == ("page", Outcome.FULL, 2)


@pytest.mark.parametrize(
    "refused", [refusal(LINK, 404), refusal(LINK, 410), DisallowedError("robots.txt asks not to.", LINK)], ids=["404", "410", "robots.txt"]
)
def test_a_page_that_was_never_to_be_had_is_let_alone(world: World, refused: FetchError) -> None:
    feed = world.subscribe()
    world.fetcher.says(LINK, refused)
    world.publish(feed, item(LINK, TITLE, "b-1204", "Engineers closed the bridge after an inspection."))
    world.poll(feed)
    world.drain()
    world.clock.sleep(hours(80))
    assert visit(world) == [] and asked(world) == 1


def test_robots_txt_that_says_no_later_ends_the_visits(world: World) -> None:
    article = first(world)
    world.fetcher.says(LINK, DisallowedError("robots.txt asks not to.", LINK))
    world.clock.sleep(hours(1))
    assert visit(world) == [article.id]
    assert world.store.revisits.get(article.id) is None and world.articles() == (article,)


def test_a_passing_error_is_tried_again_and_then_left_for_the_next_visit(world: World) -> None:
    article = first(world)
    world.fetcher.says(LINK, BusyError("Not now.", LINK, retry_after_s=2), NetworkError("No answer.", LINK))
    world.clock.sleep(hours(0.5))
    for _ in range(12):
        visit(world)
        world.clock.sleep(hours(0.2))
    assert asked(world) == 1 + 1 + 2 * ATTEMPTS  # at half past, and at two hours
    planned = world.store.revisits.get(article.id)
    assert planned is not None and planned.due_at == article.first_seen_at + timedelta(hours=12)


def test_a_broken_visit_costs_a_visit_and_nothing_else(world: World) -> None:
    article = first(world)
    revisits = Revisits(world.pipeline)
    world.fetcher.says(LINK, PAGE_2)
    world.clock.sleep(hours(1))
    assert world.fetching.visit(article.id) and world.fetching.visit(article.id)  # a doubled message
    assert asked(world) == 2
    for _ in range(ATTEMPTS + 1):  # the worker notes the attempt, and is gone
        world.store.revisits.renew([article.id], world.clock.now(), LEASE_S, attempt=True)
    assert revisits.process(article.id) is None
    assert world.articles() == (article,)
    world.clock.sleep(hours(2))
    visit(world)
    assert world.articles()[0].revision == 2
    assert revisits.process(article.id) is None and not world.fetching.visit(article.id)


def test_new_entries_go_before_visits(world: World) -> None:
    article = first(world)
    world.clock.sleep(hours(1))
    feed = world.store.feeds.all()[0]
    world.publish(feed, item(LINK + "-2", "Ferry runs at Kupiansk", "b-2"))
    world.poll(feed)
    assert visit(world) == []
    world.drain()
    assert visit(world) == [article.id]


PORT = 8765


class Press:
    """The sample press behind a fetcher; its feeds stand still, only its pages change."""

    def __init__(self, world: World, room: Newsroom, feeds_at: datetime) -> None:
        self.world, self.room, self.feeds_at = world, room, feeds_at
        self.outlets = {outlet.address: outlet for outlet in load().outlets.values()}

    def get(self, request: FetchRequest) -> Response:
        parts = urlsplit(request.url)
        outlet = self.outlets[parts.hostname or ""]
        now = self.feeds_at if parts.path == outlet.feed_path else self.world.clock.now()
        found = answer(self.room, outlet, parts.path, now)
        if found.status != 200:
            raise refusal(request.url, found.status)
        headers = {"content-type": found.content_type, "etag": found.etag}
        return Response(request.url, 304 if found.etag == request.etag else 200, headers, b"" if found.etag == request.etag else found.body)


def test_the_sample_s_edits_are_found_though_no_feed_shows_them(world: World) -> None:
    room = Newsroom(PORT, START)
    seen_at, over = START + timedelta(seconds=1), timedelta(days=3)
    edited = {
        truth.url: sum(at <= seen_at + over for at in truth.version_times)
        for truth in truths(room)
        if truth.published_at <= seen_at and any(seen_at < at <= seen_at + over for at in truth.version_times)
    }
    assert edited, "the sample has no article that is edited while it runs"
    press = Press(world, room, seen_at)
    world.ask(press)
    world.clock.sleep(1)
    hosts = {urlsplit(url).hostname for url in edited}
    for draft in feed_drafts(PORT):
        if urlsplit(draft.url).hostname in hosts:
            world.poll(world.store.feeds.add(draft, world.clock.now())[0])
    world.drain()
    before = {article.url: article for article in world.articles()}
    assert set(edited) <= set(before) and all(before[url].revision == 1 for url in edited)
    for wait in (0.6, 2, 12, 72):
        world.clock.sleep(hours(wait))
        visit(world)
    after = {article.url: article for article in world.articles()}
    assert {url for url, article in after.items() if article.edits} == set(edited)
    for url in edited:
        outlet = press.outlets[urlsplit(url).hostname or ""]
        piece = room.find(outlet.id, urlsplit(url).path, world.clock.now())
        assert piece is not None and after[url].title == piece.title
    assert len(after) == len(before)
    assert world.store.totals().edited == len(edited)
    assert not world.store.totals().gone
