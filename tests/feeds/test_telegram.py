"""Channels read from the public page, through the real fetcher; the page is written for these tests to the structure of the real one."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from ipaddress import ip_network
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.errors import FeedError, UsageError
from aggregator.extract.text import from_html
from aggregator.feeds import telegram
from aggregator.feeds.parse import parse
from aggregator.fetch.http import HttpFetcher
from aggregator.model import Enclosure, Entry, ParsedFeed, RawFeed
from aggregator.ports import FetchRequest
from aggregator.settings import Settings
from tests.fetch.loopback import Exchange, Handler, Loopback, MemoryLease, RealClock, serving

NOW = datetime(2026, 4, 1, tzinfo=UTC)
CHANNEL = (Path(__file__).parents[1] / "cases" / "feeds" / "channel.html").read_bytes()
HEAD = b"<!DOCTYPE html><html><head><title>Telegram</title></head><body>"
CARD = HEAD + (
    b'<div class="tgme_page_wrap"><div class="tgme_page"><div class="tgme_page_description">If you have Telegram, you can contact '
    b'<a class="tgme_username_link" href="tg://resolve?domain=nobody_here">@nobody_here</a></div>'
    b'<div class="tgme_page_action"><a class="tgme_action_button_new">Send Message</a></div></div></div></body></html>'
)
PREVIEWED = HEAD + (
    b'<div class="tgme_page"><div class="tgme_page_extra">@lymanwatch</div><div class="tgme_page_context_link_wrap">'
    b'<a class="tgme_page_context_link" href="/s/lymanwatch">Preview channel</a></div></div></body></html>'
)
EMPTY = CHANNEL[: CHANNEL.index(b'<div class="tgme_widget_message_wrap js-widget_message_wrap"><div class="tgme_widget_message text')]


def answer(body: bytes, exchange: Exchange) -> None:
    exchange.answer(200, body, Content_Type="text/html; charset=utf-8")


@pytest.fixture(scope="module")
def web() -> Iterator[Loopback]:
    pages = {"/s/LymanWatch": CHANNEL, "/s/empty": EMPTY, "/nobody_here": CARD, "/lymanwatch": PREVIEWED}
    routes: dict[str, Handler] = {path: partial(answer, body) for path, body in pages.items()}
    routes["/s/nobody_here"] = lambda exchange: exchange.answer(302, b"", Location="/nobody_here")
    with serving(routes) as server:
        yield server


def read(web: Loopback, path: str) -> ParsedFeed:
    config = Settings(host_gap_s=0, fetch_allow=(ip_network("127.0.0.1"),), fetch_only=(ip_network("127.0.0.1"),))
    got = HttpFetcher(config, MemoryLease(), RealClock()).get(FetchRequest(web.url(path), "feed"))
    return parse(RawFeed(got.url, got.body, got.headers.get("content-type"), got.headers), NOW)


@pytest.fixture(scope="module")
def posts(web: Loopback) -> dict[str, Entry]:
    return {(entry.link or "").rpartition("/")[2]: entry for entry in read(web, "/s/LymanWatch").entries}


def test_a_channel_is_a_feed_whatever_its_host(web: Loopback) -> None:
    feed = read(web, "/s/LymanWatch")
    assert (feed.format, feed.title, feed.link, feed.warnings) == ("telegram", "Lyman Watch 🛰", "https://t.me/LymanWatch", ())
    assert [entry.link for entry in feed.entries] == [f"https://t.me/LymanWatch/{n}" for n in (41, 42, 43, 45)], (
        "service messages are no posts"
    )
    assert all(entry.guid == entry.link for entry in feed.entries)


def test_a_post_has_its_hour_with_zone_its_tags_and_whether_it_was_edited(posts: dict[str, Entry]) -> None:
    assert posts["41"].published == datetime(2026, 3, 1, 5, 10, tzinfo=UTC)
    assert posts["43"].published == datetime(2026, 3, 1, 8, tzinfo=UTC), "the length of a video is no hour"
    assert posts["41"].tags == ("Lyman", "bridge")
    assert [number for number, post in posts.items() if post.edited] == ["41"], "a signature beside the hour is no edit"
    assert posts["42"].authors == ("Olena P.",)


def test_the_text_is_in_paragraphs_with_its_links(posts: dict[str, Entry]) -> None:
    assert posts["41"].title == "A bridge near Zarichne was hit at dawn ⚡"
    content = posts["41"].content or ""
    assert '<a href="https://harbour.example/zarichne" rel="noopener noreferrer">the office\'s note</a>' in content
    assert "onclick" not in content and "style" not in content
    body, *_ = from_html(content)
    assert body.splitlines()[:2] == [
        "A bridge near Zarichne was hit at dawn ⚡",
        "Two people were hurt, the district office said & named no cause. Read the office's note.",
    ]
    assert posts["43"].content == "<p>Pictures of the bridge.</p>", "neither the post it answers nor a second copy"
    assert "<li>Yes</li><li>No</li>" in (posts["45"].content or "")


def test_what_was_forwarded_names_its_channel_and_leaves_out_words_of_a_preview(posts: dict[str, Entry]) -> None:
    content = posts["42"].content or ""
    assert content.startswith(
        '<p>Forwarded from <a href="https://t.me/district_office/7" rel="noopener noreferrer">District Office</a></p>'
    )
    assert '<a href="https://office.example/closed" rel="noopener noreferrer">Closure of the bridge</a>' in content
    assert "Words of another page" not in content
    assert posts["42"].title == "The bridge will be closed until Friday."
    assert posts["42"].enclosures == ()


def test_photos_and_videos_are_enclosures(web: Loopback, posts: dict[str, Entry]) -> None:
    assert posts["43"].enclosures == (
        Enclosure("https://cdn.example/one.jpg", "image/jpeg"),
        Enclosure("http://cdn.example/two.jpg", "image/jpeg"),
        Enclosure("https://cdn.example/two.mp4?token=x", "video/mp4"),
    )


@pytest.mark.parametrize(
    ("path", "found", "words"),
    [
        (
            "/s/nobody_here",
            "a Telegram page without posts",
            "Telegram shows no posts of @nobody_here at .*: it is private, belongs to a person",
        ),
        ("/s/empty", "an empty Telegram channel", "channel @LymanWatch has no posts"),
        ("/lymanwatch", "the card of a Telegram channel", r"its posts are at http://127.0.0.1:\d+/s/lymanwatch\."),
    ],
)
def test_a_page_without_posts_says_why(web: Loopback, path: str, found: str, words: str) -> None:
    with pytest.raises(FeedError, match=words) as caught:
        read(web, path)
    assert caught.value.found == found


def test_a_page_that_writes_about_such_pages_is_none() -> None:
    for body in (
        b"<html><body><p>Each post is a <code>&lt;div class=&quot;tgme_widget_message_wrap&quot;&gt;</code></p></body></html>",
        b"<rss version='2.0'><channel><item><description><![CDATA[<div class=\"tgme_page\">x</div>]]></description></item></channel></rss>",
    ):
        assert not telegram.looks_like(body.decode())


NAMES = {
    "https://t.me/LymanWatch": "https://t.me/s/lymanwatch",
    "@LymanWatch": "https://t.me/s/lymanwatch",
    "t.me/s/lymanwatch": "https://t.me/s/lymanwatch",
    "http://telegram.me/lymanwatch/": "https://t.me/s/lymanwatch",
    "https://t.me/s/lymanwatch?before=41": "https://t.me/s/lymanwatch",
    "https://t.me/LymanWatch/41": "https://t.me/s/lymanwatch",
    "https://www.t.me/LymanWatch": "https://t.me/s/lymanwatch",
    "lymanwatch.t.me": "https://t.me/s/lymanwatch",
    "tg://resolve?domain=LymanWatch": "https://t.me/s/lymanwatch",
    " @lyman_watch1 ": "https://t.me/s/lyman_watch1",
}


@pytest.mark.parametrize("text", NAMES)
def test_a_channel_goes_by_many_names(text: str) -> None:
    assert telegram.channel_url(text) == NAMES[text]
    assert telegram.channel_url(telegram.channel_url(text)) == NAMES[text]
    assert telegram.is_channel(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("https://t.me/+AbCdEf", "invitation link"),
        ("https://t.me/joinchat/AbCdEf", "invitation link"),
        ("https://t.me/c/123/4", "no name of a Telegram channel"),
        ("https://t.me/share/url?url=x", "no name"),
        ("t.me/", "no name"),
        ("@ab", "no name"),
        ("@имя_канала", "no name"),
        ("https://press.example/feed", "names no public Telegram channel"),
        ("", "names no public"),
        ("https://[", "names no public"),
    ],
)
def test_what_is_no_public_channel_is_refused_with_a_reason(text: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        telegram.channel_url(text)


@given(st.text(max_size=40))
def test_any_text_is_a_channel_or_refused(text: str) -> None:
    try:
        assert telegram.channel_url(text).startswith("https://t.me/s/")
    except UsageError as error:
        assert error.message.endswith(".")


@pytest.mark.parametrize(
    ("url", "post"),
    [
        ("https://t.me/LymanWatch/41", True),
        ("https://t.me/s/LymanWatch/41", True),
        ("https://t.me/LymanWatch", False),
        ("https://press.example/LymanWatch/41", False),
        ("https://t.me/LymanWatch/41/note", False),
    ],
)
def test_which_addresses_are_posts(url: str, post: bool) -> None:
    assert telegram.is_post(url) is post


@settings(deadline=None)  # the first page of a process is slow
@given(st.binary(max_size=400), st.integers(0, len(CHANNEL)))
def test_a_damaged_page_is_a_feed_or_refused(noise: bytes, at: int) -> None:
    body = CHANNEL[:at] + noise + CHANNEL[at + 40 :]
    try:
        parse(RawFeed("https://t.me/s/lymanwatch", body), NOW)
    except FeedError as error:
        assert error.message
