"""Which feeds a page names."""

from hypothesis import given
from hypothesis import strategies as st

from aggregator.feeds.discover import How, find_feeds, of_robots, usual_places

PAGE = b"""<!doctype html><html><head><base href="https://press.example/en/">
<link rel="alternate" type="application/rss+xml" title="Comments" href="/comments/feed">
<link rel="alternate" type="application/rss+xml" title=" The  Press " href="news.rss">
<LINK REL="Alternate Home" TYPE="application/atom+xml; charset=utf-8" HREF="//cdn.press.example/atom">
<link rel="alternate" hreflang="uk" href="/uk/"><link rel="stylesheet" type="text/css" href="/rss">
<link rel="alternate" type="application/json" href="/wp-json/wp/v2/pages/5">
<link rel="alternate" type="application/feed+json" href="javascript:alert(1)">
</head><body><a href="/about">About</a><a href="/all/rss/">RSS</a><a href="mailto:x@press.example/feed">w</a></body></html>"""


def test_named_feeds_come_first_comments_last_then_links_then_guesses() -> None:
    found = find_feeds(PAGE, "https://press.example/en/index.html")
    named = [one for one in found if one.named]
    assert [(one.url, one.title, one.type) for one in named] == [
        ("https://press.example/en/news.rss", "The Press", "application/rss+xml"),
        ("https://cdn.press.example/atom", None, "application/atom+xml"),
        ("https://press.example/comments/feed", "Comments", "application/rss+xml"),
    ]
    rest = [one.url for one in found if not one.named]
    assert rest[0] == "https://press.example/all/rss/"
    assert "https://press.example/feed/" in rest and "https://press.example/rss.xml" in rest
    assert len({one.url for one in found}) == len(found)


def test_a_page_that_names_none_leaves_guesses() -> None:
    for body in (b"", b"\x00\xff<<<", b"<html>"):
        found = find_feeds(body, "http://press.example/a/b")
        assert found[0].url == "http://press.example/feed/"
        assert not any(one.named for one in found)


def test_a_page_with_very_many_links_is_bounded() -> None:
    body = b"".join(b'<link rel="alternate" type="application/rss+xml" href="/%d/feed">' % n for n in range(1000))
    assert len(find_feeds(body, "http://press.example/")) == 50


def test_links_that_say_so_are_feeds_and_channels_come_after_guesses() -> None:
    body = b"""<html><body><a href="/syndication?x=1"><img alt="RSS"></a><a href="feed:https://press.example/all">All</a>
    <a href="feed://press.example/two">Two</a><a href="/?feed=rss2">everything</a><a href="/about" type="application/atom+xml">x</a>
    <a href="https://t.me/LymanWatch">channel</a><a href="https://t.me/share/url?url=x">share</a><a href="https://t.me/+secret">join</a>
    <a href="/rss-explained">what is a feed</a><a href="/last">RSS"""
    found = {one.url: one for one in find_feeds(body, "https://press.example/")}
    links = [url.removeprefix("https://press.example") for url, one in found.items() if one.how is How.LINK]
    assert links == ["/syndication?x=1", "/all", "/two", "/?feed=rss2", "/about", "/last"]
    assert found["https://press.example/syndication?x=1"].reason == "the page links to it as “RSS”"
    assert [(one.url, one.title) for one in found.values() if one.how is How.TELEGRAM] == [("https://t.me/s/lymanwatch", "@lymanwatch")]
    ranks = [list(How).index(one.how) for one in found.values()]
    assert ranks == sorted(ranks)


def test_usual_places_are_at_the_root_and_below_a_section() -> None:
    places = [one.url for one in usual_places("https://press.example/world/today.html")]
    assert places[0] == "https://press.example/feed/" and "https://press.example/world/feed/" in places
    assert not any("today.html" in url for url in places)
    assert len(places) - len(list(usual_places("https://press.example/"))) == 3
    assert all(one.how is How.PATH and one.reason.startswith("a usual place") for one in usual_places("https://press.example/"))


def test_robots_txt_names_sitemaps_those_of_news_first() -> None:
    robots = b"\xef\xbb\xbfUser-agent: *\nDisallow: /\nSITEMAP: /all.xml # the rest\nSitemap:https://press.example/news.xml\nSitemap: ftp://x/y\nSitemap:\n"
    found = of_robots(robots, "https://press.example/robots.txt")
    assert [one.url for one in found] == ["https://press.example/news.xml", "https://press.example/all.xml"]
    assert found[0].reason == "robots.txt names it as a sitemap, and its name speaks of news"


@given(st.binary(max_size=300))
def test_any_bytes_name_feeds_or_none(body: bytes) -> None:
    found = find_feeds(body, "https://press.example/")
    assert len({one.url for one in found}) == len(found) <= 50
    assert all(one.url.startswith(("https://", "http://")) and one.reason for one in found)
