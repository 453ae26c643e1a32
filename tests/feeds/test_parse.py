"""What the parser makes of single troubles; whole documents are in tests/gold/feed."""

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.errors import FeedError
from aggregator.feeds.parse import parse
from aggregator.model import Entry, ParsedFeed, RawFeed

NOW = datetime(2026, 3, 10, tzinfo=UTC)
URL = "http://press.example/feed"


def read(body: str | bytes, **headers: str) -> ParsedFeed:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return parse(RawFeed(URL, body if isinstance(body, bytes) else body.encode(), named.get("content-type"), named), NOW)


def item(inner: str, head: str = "") -> Entry:
    feed = read(
        f"{head}<rss version='2.0' xmlns:dc='http://purl.org/dc/elements/1.1/'><channel><title>T</title><item>{inner}</item></channel></rss>"
    )
    assert len(feed.entries) == 1
    return feed.entries[0]


TITLES = {
    "Tanks &amp; trucks": "Tanks & trucks",
    "Tanks & trucks": "Tanks & trucks",
    "AT&T; said": "AT&T; said",
    "Tanks &amp;amp; trucks": "Tanks & trucks",
    "<![CDATA[Tanks &amp; <b>trucks</b>]]>": "Tanks & trucks",
    "Caf&eacute;&nbsp;3": "Café 3",
    "5 &lt; 6": "5 < 6",
    "don&#146;t": "don’t",
    "a&#xD800;b&#0;c&#11;d&#x110000;e&#99999999999;f": "abcdef",
    "a&#x1F6A8;b": "a🚨b",
    "&#x;&#;": "&#x;&#;",
    "one<br/>two": "one two",
    "one &lt;script&gt;alert(1)&lt;/script&gt; two": "one two",
    "  spread\n over   lines ": "spread over lines",
    "&unknown; thing": "&unknown; thing",
    "M&amp;S, H&M; B&Q": "M&S, H&M; B&Q",
}


@pytest.mark.parametrize("title", TITLES)
def test_titles_are_plain_text(title: str) -> None:
    assert item(f"<title>{title}</title>").title == TITLES[title]


LINKS = {
    "http://a.example/x": "http://a.example/x",
    "/x?a=1&amp;b=2": "http://press.example/x?a=1&b=2",
    "/x?a=1&b=2": "http://press.example/x?a=1&b=2",
    "\n  http://a.example/x\n": "http://a.example/x",
    "javascript:alert(1)": None,
    "JaVaScRiPt:alert(1)": None,
    "java\nscript:alert(1)": None,
    "data:text/html,x": None,
    "file:///etc/hostname": None,
    "mailto:a@b.example": None,
    "http://[broken/x": None,
}


@pytest.mark.parametrize("link", LINKS)
def test_links_are_absolute_and_http(link: str) -> None:
    assert item(f"<title>t</title><link>{link}</link>").link == LINKS[link]


def test_a_permalink_stands_in_for_a_link() -> None:
    assert item("<guid>http://a.example/p</guid>").link == "http://a.example/p"
    assert item("<guid isPermaLink='false'>http://a.example/p</guid>").link is None
    assert item("<guid>/p</guid>").guid == "http://press.example/p"
    assert item("<guid isPermaLink='false'>p?a&amp;b</guid>").guid == "p?a&b"


def test_html_is_made_safe_and_its_links_absolute() -> None:
    entry = item(
        "<description>&lt;p style='x' onclick='y()'&gt;a &lt;a href='/l' target='_blank'&gt;l&lt;/a&gt;"
        "&lt;img src='i.png' onerror='z()'&gt;"
        "&lt;object&gt;kept&lt;/object&gt;&lt;style&gt;p{}&lt;/style&gt;&lt;/p&gt;</description>"
    )
    assert entry.summary == (
        '<p>a <a href="http://press.example/l" rel="noopener noreferrer">l</a><img src="http://press.example/i.png">kept</p>'
    )


def test_a_base_of_the_document_resolves_its_links() -> None:
    feed = read(
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:base="http://base.example/dir/"><entry><link href="e"/>'
        '<content type="html" xml:base="sub/">&lt;a href="x"&gt;x&lt;/a&gt;</content></entry></feed>'
    )
    assert feed.entries[0].link == "http://base.example/dir/e"
    assert 'href="http://base.example/dir/sub/x"' in (feed.entries[0].content or "")
    moved = read("<rss version='2.0'><channel><link>/home</link></channel></rss>", content_location="http://other.example/")
    assert moved.link == "http://other.example/home"


def test_many_attributes_cost_little() -> None:
    attributes = " ".join(f'a{n}="1"' for n in range(20_000))
    started = time.process_time()
    entry = item(f"<title>t</title><x {attributes}/><y {attributes}>z</y><guid>g</guid>")
    assert (entry.title, entry.guid) == ("t", "g")
    assert time.process_time() - started < 2


AUTHORS = {
    "<author>desk@long-domain.example (Ilona Marsh)</author>": ("Ilona Marsh",),
    "<author>Ilona Marsh &lt;desk@press.example&gt;</author>": ("Ilona Marsh",),
    "<author>Ilona Marsh</author>": ("Ilona Marsh",),
    "<author>desk@press.example</author>": ("desk@press.example",),
    "<dc:creator>A</dc:creator><dc:creator>B</dc:creator><dc:creator>A</dc:creator>": ("A", "B"),
    "<dc:creator>&lt;b&gt;A&lt;/b&gt; &amp;amp; B</dc:creator>": ("A & B",),
    "<author/>": (),
}


@pytest.mark.parametrize("authors", AUTHORS)
def test_authors_are_names(authors: str) -> None:
    assert item(f"<title>t</title>{authors}").authors == AUTHORS[authors]


NOT_FEEDS = {
    b"": "an empty document",
    b" \n": "an empty document",
    b"<!doctype html><html><head><title>Just a moment...</title></head><body>x<br></body></html>": "a web page titled “Just a moment...”",
    b"\x1f\x8b\x08\x00abc": "broken gzip data",
    b"%PDF-1.7 ...": "a PDF",
    b"\x89PNG\r\n\x1a\n": "an image",
    b'<opml version="2.0"><body/></opml>': "an OPML list of feeds",
    b'<?xml version="1.0"?><urlset><url/></urlset>': "a sitemap without dates",
    b"<sitemapindex/>": "a sitemap index",
    b'<?xml version="1.0"?><note>hi</note>': "XML that is no feed",
    b'{"error": "rate limited"}': "JSON that is no feed",
    b"[1, 2]": "JSON that is no feed",
    b'{"version": "https://jsonfeed.org/version/1.1", "items": [': "broken JSON",
    b"[" * 50_000: "broken JSON",
    b"plain words": "text that is no feed",
    bytes(range(256)): "binary data",
}


@pytest.mark.parametrize("body", NOT_FEEDS, ids=NOT_FEEDS.values())
def test_what_is_no_feed_is_named(body: bytes) -> None:
    with pytest.raises(FeedError) as caught:
        read(body)
    assert caught.value.found == NOT_FEEDS[body]
    assert caught.value.url == URL and caught.value.message.endswith(".")


def test_a_feed_without_entries_is_a_feed() -> None:
    for body in ("<rss version='2.0'><channel/></rss>", "<feed xmlns='http://www.w3.org/2005/Atom'/>", "<rss version='2.0'>"):
        assert read(body).entries == ()


ENCODED = {
    "utf-8": (None, "utf-8"),
    "utf-8 said to be latin": ('<?xml version="1.0" encoding="iso-8859-1"?>', "utf-8"),
    "windows-1251": ('<?xml version="1.0" encoding="windows-1251"?>', "cp1251"),
    "koi8-u": ('<?xml version="1.0" encoding="koi8-u"?>', "koi8-u"),
    "utf-16": ('<?xml version="1.0" encoding="utf-16"?>', "utf-16"),
    "utf-16 without a mark": ('<?xml version="1.0" encoding="utf-16"?>', "utf-16-be"),
    "utf-32": (None, "utf-32"),
}


@pytest.mark.parametrize("name", ENCODED)
def test_encodings(name: str) -> None:
    declaration, codec = ENCODED[name]
    text = f"{declaration or ''}<rss version='2.0'><channel><item><title>Шахта Київ</title></item></channel></rss>"
    assert read(text.encode(codec)).entries[0].title == "Шахта Київ"


def test_the_header_names_the_encoding_where_the_document_does_not() -> None:
    body = "<rss version='2.0'><channel><title>Шахта</title></channel></rss>".encode("cp1251")
    assert read(body, content_type="text/xml; charset=windows-1251").title == "Шахта"
    unknown = read(body, content_type="text/xml; charset=x-martian")
    assert any("x-martian" in warning for warning in unknown.warnings)


@pytest.mark.parametrize(
    ("guid", "link"),
    [
        ("https://press.example/a/1", "https://press.example/a/1"),
        ("https://press.example/", None),  # names the outlet, not the article
        ("tag:press.example,2026:1", None),
        ("/a/1", "http://press.example/a/1"),
    ],
)
def test_a_link_that_leads_nowhere_gives_way_to_a_guid_that_is_an_address(guid: str, link: str | None) -> None:
    item = f"<item><title>Ferry</title><link>javascript:alert(1)</link><guid>{guid}</guid></item>"
    feed = read(f"<rss version='2.0'><channel>{item}</channel></rss>", url="https://press.example/feed.xml")
    assert feed.entries[0].link == link
    assert any("no http address was dropped" in warning for warning in feed.warnings)


MISLABELLED = {  # language -> a title, and the encoding that its bytes are in though the document says UTF-8
    "ru": ("Шахта", "cp1251"),
    "uk-UA": ("Київ і область", "cp1251"),
    "pl": ("Łódź: pożar", "iso8859-2"),
    "ar": ("القدس", "cp1256"),
    "el": ("Αθήνα", "iso8859-7"),
    "de": ("Öl für Köln", "cp1252"),
}


@pytest.mark.parametrize("language", MISLABELLED)
def test_bytes_that_are_plainly_not_utf_8_are_read_by_the_feeds_language(language: str) -> None:
    title, codec = MISLABELLED[language]
    channel = f"<language>{language}</language><item><title>{title}</title></item>"
    feed = read(f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>{channel}</channel></rss>'.encode(codec))
    assert feed.entries[0].title == title
    assert any("not UTF-8" in warning for warning in feed.warnings)


def test_a_few_broken_bytes_do_not_change_the_encoding_of_the_rest() -> None:
    channel = "<language>ru</language><item><title>Шахта под Курском</title></item><item><title>".encode() + b"caf\xe9</title></item>"
    feed = read(b"<rss version='2.0'><channel>" + channel + b"</channel></rss>")
    assert [entry.title for entry in feed.entries] == ["Шахта под Курском", "café"]


def test_entities_of_a_document_are_expanded_within_a_budget() -> None:
    laughs = '<!ENTITY a "hahahahaha">' + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    body = "<rss version='2.0'><channel><item><title>&j;</title></item></channel></rss>"
    feed = read(f"<!DOCTYPE rss [{laughs}]>{body}")
    assert len(feed.entries[0].title or "") < 2_000_000
    assert any("too much text" in warning for warning in feed.warnings)


def test_what_a_feed_asks_for_is_told_in_minutes() -> None:
    sy = "xmlns:sy='http://purl.org/rss/1.0/modules/syndication/'"
    for inner, minutes in (
        ("<ttl>15</ttl>", 15),
        ("<ttl>soon</ttl>", None),
        ("<sy:updatePeriod>hourly</sy:updatePeriod>", 60),
        ("<sy:updatePeriod> daily </sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>", 360),
        ("<ttl>15</ttl><sy:updatePeriod>hourly</sy:updatePeriod>", 60),
        ("", None),
    ):
        assert read(f"<rss version='2.0' {sy}><channel><title>T</title>{inner}</channel></rss>").ttl_minutes == minutes


def test_warnings_are_capped() -> None:
    items = "".join(f"<item><pubDate>day {n}</pubDate></item>" for n in range(100))
    feed = read(f"<rss version='2.0'><channel>{items}</channel></rss>")
    assert len(feed.entries) == 100
    assert len(feed.warnings) == 21 and feed.warnings[-1] == "and 80 more warnings"


@given(st.binary(max_size=300))
@settings(max_examples=150, deadline=None)
def test_bytes_give_a_feed_or_a_feed_error(body: bytes) -> None:
    for prefix in (b"", b"<rss version='2.0'><channel><item><title>", b"<feed xmlns='http://www.w3.org/2005/Atom'><entry>"):
        try:
            assert isinstance(read(prefix + body), ParsedFeed)
        except FeedError as error:
            assert error.found  # says what it looks like


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=80))
@settings(max_examples=150, deadline=None)
def test_what_is_shown_has_no_control_characters_and_nothing_that_runs(text: str) -> None:
    entry = item(f"<title><![CDATA[{text.replace(']]>', '')}]]></title><description><![CDATA[<p>{text.replace(']]>', '')}]]></description>")
    for value in (entry.title or "", entry.summary or ""):
        assert not any(ord(character) < 32 and character not in "\t\n\r" for character in value)
    assert "<script" not in (entry.summary or "").lower()
