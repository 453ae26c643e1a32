"""Which feeds a page names."""

from aggregator.feeds.discover import find_feeds

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
