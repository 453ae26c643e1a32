"""The order of the steps: where an entry ends for each thing that its link may answer, and that the sums agree."""

import contextlib
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aggregator.errors import BusyError, DisallowedError, FetchError, NetworkError, NotFoundError, RefusedError
from aggregator.fetching import ATTEMPTS
from aggregator.model import EntryState, Feed, Outcome, PollOutcome, Response, Step
from aggregator.rebuild import Rebuild
from aggregator.tagging import Taggers
from tests.newsworld import START, World, item, page, page_answer, refusal

LINK = "https://courier.example/news/bridge-1204"
KUPIANSK = "gn703656"
TITLE = "Engineers close the bridge at Kupiansk"
TEXT = (
    "KUPIANSK, Ukraine - Engineers closed the road bridge over the Oskil on Monday after an inspection found two cracked piers.",
    "“Nobody crosses until the piers are wedged,” the district engineer Olha Marchuk told reporters beside the barrier.",
    "The governor of the Kharkiv region said that a ferry would carry ambulances and bread lorries until the middle of the month.",
    "Residents of the eastern bank waited with handcarts in the rain, and several of them walked back when it grew dark.",
)
EDITED = (*TEXT[:3], "By Tuesday morning the ferry had made eleven crossings, and the engineers had wedged the first of the two piers.")
TEASER = "Engineers closed the bridge after an inspection found two cracked piers."
FULL = "".join(f"<p>{paragraph}</p>" for paragraph in TEXT)


def states(world: World) -> list[EntryState]:
    return [entry.state for entry in world.entries()]


def test_a_page_becomes_an_article_with_tags_a_story_and_a_place_in_the_index(world: World) -> None:
    feed = world.subscribe()
    world.publish(feed, item(LINK, TITLE, "b-1204", TEASER))
    world.fetcher.says(LINK, page(TITLE, TEXT))
    world.poll(feed)
    world.drain()

    (entry,), (article,) = world.entries(), world.articles()
    assert (entry.state, entry.step, entry.article_id) == (EntryState.STORED, None, article.id)
    assert (article.title, article.outcome, article.text_from, article.language) == (TITLE, Outcome.FULL, "page", "en")
    assert all(paragraph in article.body for paragraph in TEXT)
    assert article.published_at == START and article.outlet_id == "courier" and article.story_id is not None
    tags = world.store.articles.tags([article.id])[article.id]
    assert any(mention.place.id == KUPIANSK for mention in tags.mentions)
    assert any("Marchuk" in attribution.speaker.name for attribution in tags.attributions)
    assert world.store.stories.get(article.story_id).articles == 1
    assert world.pipeline.index_lag() == 0
    (poll,) = world.store.feeds.polls(feed.id)
    assert (poll.outcome, poll.entries_seen, poll.entries_new) == (PollOutcome.NEW_ENTRIES, 1, 1)


TEASER_PAGE = page_answer(LINK, page(TITLE, TEXT[:1], paywalled=True))
# what the link answers, what the feed carries -> state, outcome, where the text is from, words of the reason
CASES: dict[str, tuple[Response | FetchError, str, EntryState, Outcome | str, str | None]] = {
    "gone, teaser in the feed": (refusal(LINK, 404), TEASER, EntryState.STORED, Outcome.GONE, "feed"),
    "gone, nothing in the feed": (refusal(LINK, 404), "", EntryState.FAILED, "404", None),
    "withdrawn, nothing in the feed": (refusal(LINK, 410), "", EntryState.FAILED, "410", None),
    "forbidden": (refusal(LINK, 403), TEASER, EntryState.STORED, Outcome.BLOCKED, "feed"),
    "robots.txt says no": (DisallowedError("robots.txt asks not to.", LINK), TEASER, EntryState.STORED, Outcome.DISALLOWED, "feed"),
    "refused by the guard": (RefusedError("Not a public address.", LINK), "", EntryState.FAILED, "public address", None),
    "a teaser page, the whole text in the feed": (TEASER_PAGE, FULL, EntryState.STORED, Outcome.PAYWALLED, "feed"),
    "a teaser page, a teaser in the feed": (TEASER_PAGE, "", EntryState.STORED, Outcome.PAYWALLED, "page"),
    "an empty page": (page_answer(LINK, b""), "", EntryState.FAILED, "empty", None),
    "a server that fails for ever": (refusal(LINK, 503), TEASER, EntryState.STORED, Outcome.EMPTY, "feed"),
    "a server that fails for ever, nothing in the feed": (refusal(LINK, 503), "", EntryState.FAILED, "503", None),
    "no answer at all": (NetworkError("It does not answer in time.", LINK), "", EntryState.FAILED, "does not answer", None),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_every_answer_leads_to_one_final_state(world: World, case: str) -> None:
    answer, text, state, outcome, text_from = CASES[case]
    feed = world.subscribe()
    world.publish(feed, item(LINK, TITLE, text=text if text == TEASER else "", full=text if text == FULL else ""))
    world.fetcher.says(LINK, answer)
    world.poll(feed)
    world.drain()
    (entry,), articles = world.entries(), world.articles()
    assert entry.state is state, entry
    if state is EntryState.FAILED:
        assert not articles and isinstance(outcome, str) and outcome in entry.reason, entry.reason
        assert "the feed has no text" in entry.reason
    else:
        assert [(article.outcome, article.text_from) for article in articles] == [(outcome, text_from)]
        assert articles[0].title == TITLE


def test_a_passing_error_is_tried_again_and_costs_nothing(world: World) -> None:
    feed = world.subscribe()
    world.publish(feed, item(LINK, TITLE, text=TEASER))
    world.fetcher.says(LINK, refusal(LINK, 503), NetworkError("It broke off.", LINK), page_answer(LINK, page(TITLE, TEXT)))
    world.poll(feed)
    world.drain()
    assert [article.text_from for article in world.articles()] == ["page"]
    assert world.fetcher.asked.count(LINK) == 3


def test_a_server_that_stays_broken_is_asked_a_few_times_and_no_more(world: World) -> None:
    feed = world.subscribe()
    world.publish(feed, item(LINK, TITLE))
    world.fetcher.says(LINK, refusal(LINK, 500))
    world.poll(feed)
    world.drain()
    assert states(world) == [EntryState.FAILED]
    assert world.fetcher.asked.count(LINK) == ATTEMPTS


def test_waiting_for_a_host_is_no_attempt(world: World) -> None:
    feed = world.subscribe()
    world.publish(feed, item(LINK, TITLE))
    busy: list[Response | FetchError] = [BusyError("Its turn has not come.", LINK, retry_after_s=2)] * (ATTEMPTS + 4)
    world.fetcher.says(LINK, *busy, page_answer(LINK, page(TITLE, TEXT)))
    world.poll(feed)
    world.drain()
    assert states(world) == [EntryState.STORED]


@pytest.mark.parametrize("link", [None, "mailto:desk@courier.example", "javascript:void(0)"])
def test_an_entry_without_an_address_is_taken_from_the_feed(world: World, link: str | None) -> None:
    feed = world.subscribe()
    world.publish(feed, item(link, TITLE, "flash-7", full=FULL), item(link, "Second flash", "flash-8", text=TEASER))
    world.poll(feed)
    world.drain()
    assert states(world) == [EntryState.STORED, EntryState.STORED]
    assert [article.text_from for article in world.articles()] == ["feed", "feed"]
    assert not [url for url in world.fetcher.asked if url != feed.url]


def test_a_changed_text_is_a_revision_and_an_unchanged_one_is_known(world: World) -> None:
    feed = world.subscribe()
    world.fetcher.says(LINK, page(TITLE, TEXT))
    world.publish(feed, item(LINK, TITLE, "b-1204", TEASER))
    world.poll(feed)
    world.drain()

    world.publish(feed, item(LINK, TITLE, "b-1204", TEASER + " Corrected."))  # the page stays as it is
    world.poll(feed)
    world.drain()
    assert states(world) == [EntryState.KNOWN]

    world.fetcher.says(LINK, page(TITLE, EDITED))
    world.publish(feed, item(LINK, TITLE, "b-1204", TEASER + " A ferry runs."))
    world.poll(feed)
    world.drain()
    (article,) = world.articles()
    assert states(world) == [EntryState.REVISED]
    assert [revision.number for revision in world.store.articles.revisions(article.id)] == [1, 2]
    assert "eleven crossings" in article.body and article.revision == 2
    for attribution in world.store.articles.tags([article.id])[article.id].attributions:
        assert attribution.words(article.body)


def test_an_article_that_two_feeds_carry_is_stored_once(world: World) -> None:
    feeds = [world.subscribe(), world.subscribe("ferryman")]
    world.fetcher.says(LINK, page(TITLE, TEXT))
    world.fetcher.says(f"{LINK}?utm_source=rss", page(TITLE, TEXT))
    world.publish(feeds[0], item(LINK, TITLE, "b-1204"))
    world.publish(feeds[1], item(f"{LINK}?utm_source=rss", TITLE, "other-guid"))
    for feed in feeds:
        world.poll(feed)
    world.drain()
    assert Counter(states(world)) == {EntryState.STORED: 1, EntryState.KNOWN: 1}
    assert len(world.articles()) == 1


def test_a_guid_that_all_entries_share_swallows_none(world: World) -> None:
    feed = world.subscribe()
    links = [f"https://courier.example/news/item-{number}" for number in range(3)]
    titles = ["Grain ships leave Odesa", "Power returns to Nikopol", "A school opens in Izium"]
    for link, title in zip(links, titles, strict=True):
        world.fetcher.says(link, page(title, [f"{title} today.", *TEXT]))
    world.publish(feed, *(item(link, title, "0") for link, title in zip(links, titles, strict=True)))
    world.poll(feed)
    world.drain()
    assert states(world) == [EntryState.STORED] * 3
    assert [article.title for article in world.articles()] == titles


def test_an_edit_under_another_address_and_guid_is_a_revision(world: World) -> None:
    feed = world.subscribe()
    world.fetcher.says(LINK, page(TITLE, TEXT))
    world.fetcher.says(f"{LINK}-updated", page(TITLE, EDITED))
    at = START - timedelta(minutes=17)
    world.publish(feed, item(LINK, TITLE, "1204-v1", published=at))
    world.poll(feed)
    world.drain()
    world.publish(feed, item(f"{LINK}-updated", TITLE, "1204-v2", published=at), item(f"{LINK}-b", TITLE, "1207", published=START))
    world.fetcher.says(f"{LINK}-b", page(TITLE, ("Another report under the same headline, of an hour of its own.", *TEXT)))
    world.poll(feed)
    world.drain()
    assert states(world) == [EntryState.STORED, EntryState.REVISED, EntryState.STORED]
    assert [article.revision for article in world.articles()] == [2, 1]


def test_the_page_of_a_known_article_is_not_lost_to_a_feed_with_less(world: World) -> None:
    feed, other = world.subscribe(), world.subscribe("ferryman")
    world.fetcher.says(LINK, page_answer(LINK, page(TITLE, TEXT)), refusal(LINK, 404))
    world.publish(feed, item(LINK, TITLE, "b-1204"))
    world.publish(other, item(LINK, TITLE, text=TEASER))
    world.poll(feed)
    world.drain()
    world.poll(other)
    world.drain()
    assert states(world) == [EntryState.STORED, EntryState.KNOWN]
    assert [article.text_from for article in world.articles()] == ["page"]


def test_a_doubled_message_changes_nothing(world: World) -> None:
    feed = world.subscribe()
    world.fetcher.says(LINK, page(TITLE, TEXT))
    world.publish(feed, item(LINK, TITLE))
    world.poll(feed)
    (entry,) = world.entries()
    assert world.fetching.page(entry.id) and world.fetching.page(entry.id)
    assert world.fetcher.asked.count(LINK) == 1
    assert world.pipeline.process(entry.id) is EntryState.STORED
    assert world.pipeline.process(entry.id) is EntryState.STORED
    assert not world.fetching.page(entry.id)
    assert len(world.articles()) == 1 and world.articles()[0].revision == 1


def test_a_feed_that_is_no_feed_says_so(world: World) -> None:
    feed = world.subscribe()
    world.fetcher.says(feed.url, page("Not a feed", TEXT))
    world.poll(feed)
    (poll,) = world.store.feeds.polls(feed.id)
    after = world.store.feeds.get(feed.id)
    assert poll.outcome is PollOutcome.NOT_A_FEED and poll.error
    assert after.errors_in_row == 1 and after.next_poll_at is not None and after.next_poll_at > world.clock.now()


def report(world: World, feed: Feed, number: int) -> None:
    """The feed carries a report of its own on the bridge."""
    link = f"https://{feed.outlet_id}.example/news/{number}"
    world.fetcher.says(link, page(TITLE, [*TEXT[number % 3 :], f"Report {number} of the {feed.title} from the bank of the Oskil river."]))
    world.publish(feed, item(link, TITLE))
    world.poll(feed)


def test_what_was_removed_takes_no_article_with_it(world: World) -> None:
    sample, real = world.subscribe("sampler", sample=True), world.subscribe()
    report(world, sample, 1)
    world.drain()
    assert world.store.feeds.remove_sample() == 1
    report(world, real, 2)
    world.drain()
    (article,) = world.articles()
    assert article.story_id is not None and world.store.stories.get(article.story_id).articles == 1


def test_removing_in_the_middle_of_a_turn_holds_nobody_up(world: World) -> None:
    sample, real = world.subscribe("sampler", sample=True), world.subscribe()
    report(world, sample, 1)
    world.drain()
    report(world, real, 2)
    for entry in world.store.ledger.claim(Step.FETCH, world.clock.now(), 60, 10):
        world.fetching.page(entry.id)
        world.pipeline.process(entry.id)
    assert world.store.feeds.remove_sample() == 1
    with contextlib.suppress(NotFoundError):  # the change before the removal may meet a story that is gone: once
        world.pipeline.follow(limit=1)
    world.drain()
    (article,) = world.articles()
    assert article.story_id is not None and world.pipeline.index_lag() == 0


def test_stories_formed_anew_by_another_process_are_the_ones_that_grow(world: World) -> None:
    feeds = [world.subscribe(name) for name in ("courier", "ferryman", "miller")]
    report(world, feeds[0], 1)
    world.drain()
    with Rebuild(world.pipeline_of_another_process()).alone() as free:
        assert free
        Rebuild(world.pipeline_of_another_process()).stories(lambda ids: ids)
    (before,) = world.articles()
    report(world, feeds[1], 2)
    world.drain()
    assert {article.story_id for article in world.articles()} == {before.story_id}


ANSWERS = st.sampled_from(["page", "edited", "paywalled", "404", "503", "503 once", "empty", "busy once", "refused"])
ITEMS = st.tuples(
    st.sampled_from([None, *(f"https://courier.example/a/{n}" for n in range(4)), "https://ferryman.example/b?id=1"]),
    st.sampled_from(["", "0", "guid-1", "guid-2", "https://courier.example/a/1"]),
    st.sampled_from(["", "Bridge closed", "Ferry runs", "Bread arrives in Izium"]),
    st.sampled_from(["", TEASER]),
)


def _answers(kind: str, url: str) -> list[Response | FetchError]:
    whole = page_answer(url, page(TITLE, TEXT))
    answers: dict[str, list[Response | FetchError]] = {
        "page": [whole],
        "edited": [whole, page_answer(url, page(TITLE, EDITED))],
        "paywalled": [page_answer(url, page(TITLE, TEXT[:1], paywalled=True))],
        "404": [refusal(url, 404)],
        "503": [refusal(url, 503)],
        "503 once": [refusal(url, 503), whole],
        "empty": [page_answer(url, b"<html></html>")],
        "busy once": [BusyError("Busy.", url, retry_after_s=1), whole],
        "refused": [RefusedError("No public address.", url)],
    }
    return answers[kind]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    first=st.lists(ITEMS, max_size=5),
    second=st.lists(ITEMS, max_size=5),
    kinds=st.lists(ANSWERS, min_size=6, max_size=6),
)
def test_whatever_comes_every_entry_ends_in_one_state_and_the_sums_agree(
    taggers: Taggers,
    first: list[tuple[str | None, str, str, str]],
    second: list[tuple[str | None, str, str, str]],
    kinds: list[str],
) -> None:
    world = World(lambda: taggers)
    links = sorted({link for link, *_ in (*first, *second) if link})
    for link, kind in zip(links, kinds, strict=False):
        world.fetcher.says(link, *_answers(kind, link))
    feeds = [world.subscribe(), world.subscribe("ferryman")]
    for feed, shown in zip(feeds, (first, second), strict=True):
        world.publish(feed, *(item(link, title, guid or None, text) for link, guid, title, text in shown))
        world.poll(feed)
    world.drain()
    for feed in feeds:  # a second look at the same feeds changes nothing
        world.clock.sleep(timedelta(hours=1).total_seconds())
        world.poll(feed)
    world.drain()

    entries, articles = world.entries(), world.articles()
    counts = world.store.ledger.counts()
    assert sum(counts.values()) == len(entries) and counts[EntryState.PENDING] == counts[EntryState.FILTERED] == 0
    assert sum(sum(world.store.ledger.counts(feed.id).values()) for feed in feeds) == len(entries)
    assert counts[EntryState.STORED] == len(articles) == len({article.url_key for article in articles})
    ids = {article.id for article in articles}
    for entry in entries:
        assert entry.step is None
        if entry.state is EntryState.FAILED:
            assert entry.reason and entry.article_id is None
        else:
            assert entry.article_id in ids, entry
    assert world.store.totals().articles == len(articles)
    world.close()


def test_a_telegram_post_is_whole_in_its_channels_page_and_nothing_is_fetched_for_it(world: World) -> None:
    feed = world.subscribe()
    channel = (Path(__file__).parent / "cases" / "feeds" / "channel.html").read_bytes()
    world.fetcher.says(feed.url, channel)
    world.poll(feed)
    world.drain()
    assert {entry.state for entry in world.entries()} == {EntryState.STORED}
    assert world.fetcher.asked == [feed.url]
    article = world.articles()[0]
    assert (article.url, article.title) == ("https://t.me/LymanWatch/41", "A bridge near Zarichne was hit at dawn ⚡")
    assert (article.outcome, article.text_from) == (Outcome.FULL, "feed")
    assert article.image is None
