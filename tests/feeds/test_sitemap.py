"""Sitemaps as feeds: what each kind gives, and why an index is none."""

import gzip
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.errors import FeedError
from aggregator.feeds import sitemap
from aggregator.feeds.parse import parse
from aggregator.model import Enclosure, ParsedFeed, RawFeed

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
URL = "https://ferry.example/sitemap-news.xml"
SPACES = (
    'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" '
    'xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"'
)


def read(body: str | bytes, url: str = URL) -> ParsedFeed:
    return parse(RawFeed(url, body if isinstance(body, bytes) else body.encode(), "application/xml"), NOW)


def urlset(*urls: str, spaces: str = SPACES) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset {spaces}>{"".join(f"<url>{url}</url>" for url in urls)}</urlset>'


def news(number: int, published: str = "2026-03-10T09:30:00+02:00", extra: str = "", language: str = "uk", inner: str = "") -> str:
    return (
        f"<loc>https://ferry.example/{number}</loc>{extra}<news:news><news:publication><news:name>Ferry &amp; Mast</news:name>"
        f"<news:language>{language}</news:language></news:publication><news:publication_date>{published}</news:publication_date>"
        f"<news:title><![CDATA[Report {number} & more]]></news:title>{inner}</news:news>"
    )


def test_a_news_sitemap_has_everything_an_entry_needs() -> None:
    picture = "<image:image><image:loc>/one.png?w=1</image:loc></image:image><image:image><image:loc>https://cdn.example/two</image:loc></image:image>"
    keywords = "<news:keywords>Lyman, bridge; ferry,Lyman, </news:keywords>"
    feed = read(urlset(news(1, extra=f"<lastmod>2026-03-10T08:00:00Z</lastmod>{picture}", inner=keywords), news(2, "2026-03-09")))
    assert (feed.format, feed.title, feed.language, feed.link) == ("news_sitemap", "Ferry & Mast", "uk", "https://ferry.example/")
    first, second = feed.entries
    assert (first.link, first.title) == ("https://ferry.example/1", "Report 1 & more")
    assert (first.published, first.updated) == (datetime(2026, 3, 10, 7, 30, tzinfo=UTC), datetime(2026, 3, 10, 8, tzinfo=UTC))
    assert first.tags == ("Lyman", "bridge", "ferry")
    assert first.enclosures == (
        Enclosure("https://ferry.example/one.png?w=1", "image/png"),
        Enclosure("https://cdn.example/two", "image/*"),
    )
    assert (second.published, second.updated, second.tags) == (datetime(2026, 3, 9, tzinfo=UTC), None, ())
    assert feed.warnings == ()


def test_older_pages_of_a_mixed_sitemap_are_left_out_and_counted() -> None:
    feed = read(urlset(news(1), "<loc>https://ferry.example/about</loc><lastmod>2020-01-01</lastmod>"))
    assert [entry.link for entry in feed.entries] == ["https://ferry.example/1"]
    assert feed.warnings == ("1 addresses without news metadata were left out: they are older pages",)


def test_a_news_sitemap_may_be_empty_for_a_day() -> None:
    feed = read(urlset())
    assert (feed.format, feed.entries) == ("news_sitemap", ())


def test_prefixes_that_were_never_declared_packed_files_and_bare_ampersands_are_read() -> None:
    body = urlset(news(1).replace("&amp;", "&"), spaces="")
    assert read(body).entries == read(urlset(news(1))).entries
    assert read(gzip.compress(body.encode())).title == "Ferry & Mast"


def test_several_languages_are_named_and_the_commonest_is_the_feeds() -> None:
    feed = read(urlset(news(1), news(2), news(3, language="en")))
    assert feed.language == "uk"
    assert feed.warnings == ("the entries are in several languages: en, uk",)


def test_the_hour_at_which_the_file_was_made_is_no_update() -> None:
    stamp = "<lastmod>2026-03-10T11:00:00Z</lastmod>"
    feed = read(urlset(*(news(n, extra=stamp) for n in range(3))))
    assert [entry.updated for entry in feed.entries] == [None] * 3
    assert feed.warnings == ("all addresses say that they changed at the same moment, which was not believed",)


def test_a_plain_sitemap_gives_its_newest_pages() -> None:
    days = [datetime(2020, 1, 1, tzinfo=UTC) + timedelta(days=n) for n in range(600)]
    rows = [f"<loc>https://ferry.example/{n}</loc><lastmod>{at:%Y-%m-%d}</lastmod>" for n, at in enumerate(days)]
    feed = read(urlset(*rows, "<loc>https://ferry.example/undated</loc>", spaces='xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'))
    assert feed.format == "sitemap"
    assert len(feed.entries) == sitemap.PLAIN_NEWEST
    newest = feed.entries[0]
    assert (newest.link, newest.updated, newest.published, newest.title) == ("https://ferry.example/599", days[-1], None, None)
    assert feed.warnings[0].startswith("this is a plain sitemap")
    assert feed.warnings[1:] == ("1 addresses without a date were left out", "of 600 addresses the 500 that changed last were read")


def test_a_plain_sitemap_without_dates_is_no_feed() -> None:
    with pytest.raises(FeedError, match="names 2 pages without saying when each changed") as caught:
        read(urlset("<loc>https://ferry.example/a</loc>", "<loc>https://ferry.example/b</loc>", spaces=""))
    assert caught.value.found == "a sitemap without dates"


INDEX = """<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
<sitemap><loc>https://ferry.example/sitemap-2026-02.xml</loc><lastmod>2026-03-01</lastmod></sitemap>
<sitemap><loc>https://ferry.example/sitemap-2026-03.xml</loc><lastmod>2026-03-09</lastmod></sitemap>
<sitemap><loc>/news-9.xml</loc></sitemap><sitemap><loc>/news-10.xml</loc></sitemap>
<sitemap><loc>javascript:alert(1)</loc></sitemap><sitemap><loc>https://ferry.example/sitemap-2025-12.xml</loc></sitemap></sitemapindex>"""


def test_an_index_is_no_feed_and_names_the_newest_news_sitemaps() -> None:
    with pytest.raises(
        FeedError, match=r"is an index of 5 sitemaps and no feed itself; the likeliest .*: https://ferry.example/news-10.xml, "
    ) as caught:
        read(INDEX)
    assert caught.value.found == "a sitemap index"
    assert [url.rpartition("/")[2] for url in caught.value.instead] == [
        *("news-10.xml", "news-9.xml", "sitemap-2026-03.xml", "sitemap-2026-02.xml", "sitemap-2025-12.xml")
    ]


@pytest.mark.parametrize(
    ("url", "is_news"),
    [("https://news.example/sitemap.xml", False), ("https://a.example/sitemap_news.xml", True), ("https://a.example/latest.xml", True)],
)
def test_the_path_and_not_the_host_speaks_of_news(url: str, is_news: bool) -> None:
    assert sitemap.looks_like_news(url) is is_news


@pytest.mark.parametrize("body", [gzip.compress(b"<urlset>")[:12], gzip.compress(bytes(21 << 20))])
def test_a_packed_file_that_is_broken_or_a_bomb_is_refused(body: bytes) -> None:
    with pytest.raises(FeedError):
        read(body)


def test_entities_and_files_of_others_are_not_read() -> None:
    dtd = '<?xml version="1.0"?><!DOCTYPE urlset [<!ENTITY x SYSTEM "file:///etc/passwd"><!ENTITY a "ferry">]>'
    body = dtd + urlset(news(1, inner="<news:keywords>&a;,&x;</news:keywords>")).partition("?>")[2]
    assert read(body).entries[0].tags[0] == "ferry"
    assert not any("root" in tag for tag in read(body).entries[0].tags)


def test_a_packed_file_that_is_cut_off_gives_what_is_there() -> None:
    body = gzip.compress(urlset(*(news(n, f"2026-03-09T{n % 24:02}:{n % 60:02}:00Z") for n in range(500))).encode())
    feed = read(body[: len(body) // 2])
    assert 0 < len(feed.entries) < 500
    assert "the packed file is cut off" in feed.warnings


@settings(deadline=None)
@given(st.binary(max_size=60), st.integers(0, 900))
def test_a_damaged_sitemap_is_read_or_refused(noise: bytes, at: int) -> None:
    body = urlset(news(1), news(2)).encode()
    try:
        read(body[:at] + noise + body[at + 5 :])
    except FeedError as error:
        assert error.message.endswith(".")
