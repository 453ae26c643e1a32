"""RSS, Atom and JSON Feed: well formed, by the standards, and read back as they were meant."""

import json
import re
from calendar import timegm
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from ipaddress import IPv6Address
from typing import Any

import feedparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from aggregator.outputs import atom, json_feed, rss
from aggregator.outputs.channel import SAMPLE_NOTICE, Channel, Item, category, image_type, tag_id, uri
from tests.outputs.items import AT, BARE, BASE, CHANNEL, HARD, HOSTILE_CLEAN, ITEMS, PLAIN

Render = Callable[[Channel, Sequence[Item]], bytes]
XML: dict[str, Render] = {"rss": rss.render, "atom": atom.render}
ATOM = "{http://www.w3.org/2005/Atom}"


def parsed(data: bytes) -> Any:
    result = feedparser.parse(data, sanitize_html=False, resolve_relative_uris=False)
    assert not result.bozo, result.get("bozo_exception")
    return result


def when(value: Any) -> datetime:
    return datetime.fromtimestamp(timegm(value), UTC)


PICTURE = "https://outlet.example/pictures/12.JPG?width=800&n=%D1%97"


def test_pictures_stand_where_readers_look_for_them() -> None:
    (content,) = parsed(rss.render(CHANNEL, ITEMS)).entries[0].media_content
    assert content == {"url": PICTURE, "medium": "image", "type": "image/jpeg"}
    pictures = [one for one in parsed(atom.render(CHANNEL, ITEMS)).entries[0].enclosures if one.href == PICTURE]
    assert [one.type for one in pictures] == ["image/jpeg"]
    plain, hard, bare = json.loads(json_feed.render(CHANNEL, ITEMS))["items"]
    assert plain["image"] == PICTURE and "image" not in hard and "image" not in bare


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("https://x.example/a.webp", "image/webp"),
        ("https://x.example/a.jpeg#top", "image/jpeg"),
        ("https://x.example/picture?id=4.png", None),
        ("https://png", None),
        ("", None),
    ],
)
def test_the_type_of_a_picture_is_said_where_its_address_tells(url: str, found: str | None) -> None:
    assert image_type(url) == found


@pytest.mark.parametrize("name", XML)
def test_feedparser_reads_back_what_was_written(name: str) -> None:
    result = parsed(XML[name](CHANNEL, ITEMS))
    assert result.version == {"rss": "rss20", "atom": "atom10"}[name]
    assert result.feed.title == CHANNEL.title
    assert when(result.feed.updated_parsed) == AT.replace(microsecond=0) + timedelta(hours=3)
    links = {link.rel: link.href for link in result.feed.links}
    assert links["self"] == CHANNEL.self_url
    assert links["hub"] == CHANNEL.hub
    assert links["next"] == CHANNEL.next_url
    assert links["alternate"] == uri(CHANNEL.link)
    assert [entry.id for entry in result.entries] == [item.id for item in ITEMS]
    plain, hard, bare = result.entries
    assert (plain.title, plain.link) == (PLAIN.title, PLAIN.link)
    assert (plain.content[0].value if "content" in plain else plain.summary) == PLAIN.html
    assert when(plain.published_parsed) == AT.replace(microsecond=0)
    assert when(plain.updated_parsed) == AT.replace(microsecond=0) + timedelta(hours=2)
    assert [author.name for author in plain.authors] == list(PLAIN.authors)
    assert [(tag.term, tag.scheme) for tag in plain.tags] == [(c.term, c.scheme) for c in PLAIN.categories]
    assert plain.where["coordinates"] == (36.25272, 49.98081)
    assert plain.enclosures[0].href == "https://outlet.example/12.mp3"
    assert plain.enclosures[0].length == "12345"
    assert plain.source.title == "Example Gazette – world"
    assert hard.title == HOSTILE_CLEAN
    assert hard.tags[0].term == HOSTILE_CLEAN
    assert hard.link.isascii()
    assert SAMPLE_NOTICE in (hard.content[0].value if "content" in hard else hard.summary)
    assert bare.title == BARE.link


@pytest.mark.parametrize("name", XML)
def test_xml_is_well_formed_and_ids_are_unique(name: str) -> None:
    twice = (*ITEMS, replace(PLAIN, title="again"))
    root = etree.fromstring(XML[name](CHANNEL, twice))
    ids = root.xpath("//guid/text() | //*[local-name()='entry']/*[local-name()='id']/text()")
    assert ids == [item.id for item in ITEMS]


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet=st.characters(), max_size=40), st.text(alphabet=st.characters(), max_size=20), st.booleans())
def test_no_text_breaks_a_feed(text: str, other: str, sample: bool) -> None:
    odd = replace(
        PLAIN,
        title=text,
        html=text,
        outlet=other,
        authors=(other,),
        link=f"https://o.example/{other}",
        categories=(category(BASE, "place", text, other),),
        sample=sample,
    )
    channel = replace(CHANNEL, title=text, description=other, sample=sample)
    for render in XML.values():
        etree.fromstring(render(channel, [odd]))
    assert json.loads(json_feed.render(channel, [odd]))["items"][0]["id"] == odd.id


def test_rss_by_its_rules() -> None:
    data = rss.render(CHANNEL, ITEMS).decode()
    root = etree.fromstring(data.encode())
    assert root.get("version") == "2.0"
    channel = root.find("channel")
    assert channel is not None
    assert all(channel.findtext(name) for name in ("title", "link", "description", "lastBuildDate", "language"))
    assert "<title>Drones &#x26; &#x3C;missiles&#x3E;</title>" in data
    assert "<pubDate>Wed, 01 May 2024 10:00:05 GMT</pubDate>" in data
    for item in channel.findall("item"):
        guid = item.find("guid")
        assert guid is not None
        assert guid.get("isPermaLink") == "false"
        for enclosure in item.findall("enclosure"):
            assert {"url", "length", "type"} == set(enclosure.keys())
        for source in item.findall("source"):
            assert source.get("url")
    own = channel.find(f"{ATOM}link[@rel='self']")
    assert own is not None
    assert (own.get("href"), own.get("type")) == (CHANNEL.self_url, "application/rss+xml")
    assert "hub" not in rss.render(replace(CHANNEL, hub=None), []).decode()


def test_atom_by_its_rules() -> None:
    root = etree.fromstring(atom.render(CHANNEL, ITEMS))
    for name in ("id", "title", "updated", "author"):
        assert len(root.findall(ATOM + name)) == 1
    for entry in root.findall(ATOM + "entry"):
        for name in ("id", "title", "updated", "published"):
            assert len(entry.findall(ATOM + name)) == 1
        updated, published = entry.findtext(ATOM + "updated"), entry.findtext(ATOM + "published")
        assert updated is not None
        assert published is not None
        assert updated >= published
        assert len(entry.findall(f"{ATOM}link[@rel='alternate']")) == 1
        for label in entry.findall(ATOM + "category"):
            assert label.get("term")
            assert str(label.get("scheme")).startswith(BASE)
    assert root.findall(f"{ATOM}entry")[0].findtext(ATOM + "published") == "2024-05-01T10:00:05Z"


def test_atom_never_says_updated_before_published() -> None:
    early = replace(PLAIN, updated=AT - timedelta(days=1))
    root = etree.fromstring(atom.render(CHANNEL, [early]))
    assert root.findtext(f"{ATOM}entry/{ATOM}updated") == "2024-05-01T10:00:05Z"


def test_json_feed_by_its_rules() -> None:
    feed = json.loads(json_feed.render(CHANNEL, (*ITEMS, PLAIN)))
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["feed_url"] == CHANNEL.self_url
    assert feed["hubs"] == [{"type": "WebSub", "url": CHANNEL.hub}]
    assert [item["id"] for item in feed["items"]] == [item.id for item in ITEMS]
    plain, hard, bare = feed["items"]
    assert plain["date_published"] == "2024-05-01T10:00:05Z"
    assert plain["content_html"] == PLAIN.html
    assert plain["tags"] == ["Kharkiv", "Example Gazette", "Kharkiv administration", "Ukrainian"]
    assert plain["authors"] == [{"name": "A. Writer"}, {"name": "B. Editor"}]
    assert plain["attachments"] == [{"url": "https://outlet.example/12.mp3", "mime_type": "audio/mpeg", "size_in_bytes": 12345}]
    assert plain["_frontwire"]["points"] == [{"lat": 49.98081, "lon": 36.25272, "name": "Kharkiv"}]
    assert plain["_frontwire"]["categories"][0] == {"kind": "place", "term": "gn706483", "label": "Kharkiv"}
    assert hard["title"] == HOSTILE_CLEAN
    assert hard["content_html"].startswith(f"<p><strong>{SAMPLE_NOTICE}")
    assert bare["authors"] == []
    bare_channel = json.loads(json_feed.render(replace(CHANNEL, hub=None, next_url=None, language=None), []))
    assert not {"hubs", "next_url", "language"} & set(bare_channel)
    assert bare_channel["items"] == []


def test_a_feed_of_samples_says_so() -> None:
    for render in (rss.render, atom.render, json_feed.render):
        assert SAMPLE_NOTICE.encode() in render(replace(CHANNEL, sample=True), [])


def test_fragments_join_to_the_feed() -> None:
    assert rss.wrap(CHANNEL, [rss.fragment(item) for item in ITEMS]) == rss.render(CHANNEL, ITEMS)
    assert atom.wrap(CHANNEL, [atom.fragment(item) for item in ITEMS]) == atom.render(CHANNEL, ITEMS)
    assert json_feed.wrap(CHANNEL, [json_feed.fragment(item) for item in ITEMS]) == json_feed.render(CHANNEL, ITEMS)


def test_times_are_in_utc() -> None:
    kyiv = replace(PLAIN, published=datetime(2024, 5, 1, 13, tzinfo=timezone(timedelta(hours=3))))
    assert b"Wed, 01 May 2024 10:00:00 GMT" in rss.render(CHANNEL, [kyiv])
    assert b"<published>2024-05-01T10:00:00Z" in atom.render(CHANNEL, [kyiv])


def test_ids_do_not_depend_on_scheme_or_port() -> None:
    assert tag_id("http://news.example:8000", "article", 12) == tag_id(BASE, "article", 12) == "tag:news.example,2026:article/12"
    assert HARD.id == "tag:news.example,2026:article/13%20%C3%BC"
    with pytest.raises(ValueError, match="colour"):
        category(BASE, "colour", "red")


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("https://o.example/a[1]?x[]=2#a#b", "https://o.example/a%5B1%5D?x%5B%5D=2#a%23b"),
        ("https://хроніка.укр:8443/п?q=50%", "https://xn--80atidj3a6j.xn--j1amh:8443/%D0%BF?q=50%25"),
        ("http://[::1]:80/a", "http://[::1]:80/a"),
        ("https://o.example/%D0%B0/12?a=1&b=2", "https://o.example/%D0%B0/12?a=1&b=2"),
        (" https://ada:x@o.example/a b\n ", "https://ada:x@o.example/a%20b"),
        ("https://o..прим/", "https://o..%D0%BF%D1%80%D0%B8%D0%BC/"),
        ("mailto:ada@o.example", "mailto:ada@o.example"),
    ],
)
def test_addresses_as_feeds_want_them(url: str, told: str) -> None:
    assert uri(url) == told


TAG = re.compile(r"tag:([a-z0-9]([a-z0-9-]*[a-z0-9])?)(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*,2026:article/1")  # RFC 4151, 2.1


@pytest.mark.parametrize(
    ("base", "authority"),
    [
        ("https://хроніка.укр", "xn--80atidj3a6j.xn--j1amh"),
        ("https://News.Example:8443/under/a/path", "news.example"),
        ("https://news.example.", "news.example"),
        ("http://192.0.2.7:8000", "192.0.2.7"),
        ("http://[2001:db8::12]:8000", "2.1." + "0." * 22 + "8.b.d.0.1.0.0.2.ip6.arpa"),
        ("http://[2001:0DB8:0::12]", "2.1." + "0." * 22 + "8.b.d.0.1.0.0.2.ip6.arpa"),
        ("http://[fe80::1%25eth0]", "1." + "0." * 28 + "8.e.f.ip6.arpa"),
        ("http://front_wire:8000", "front-wire"),
        ("", "localhost"),
    ],
)
def test_ids_are_valid_under_every_base(base: str, authority: str) -> None:
    made = tag_id(base, "article", 1)
    assert made == f"tag:{authority},2026:article/1" and TAG.fullmatch(made)


@given(st.text(st.characters(codec="utf-8", exclude_characters="/?#@:[]\\")))
def test_ids_are_valid_whatever_the_host(host: str) -> None:
    assert TAG.fullmatch(tag_id(f"https://{host}/", "article", 1))


@given(st.ip_addresses(v=6), st.integers(1, 65_535))
def test_ids_of_addresses_are_valid_and_their_own(address: IPv6Address, port: int) -> None:
    made = tag_id(f"http://[{address}]:{port}", "article", 1)
    assert TAG.fullmatch(made) and made == tag_id(f"https://[{address.exploded}]", "article", 1)


def test_empty_categories_and_damaged_letters_are_left_out() -> None:
    damaged = replace(PLAIN, title="Bridge\x93 shut\x94 \x7f\ufdd0", categories=(category(BASE, "place", " \x00 "),))
    for render in (rss.render, atom.render, json_feed.render):
        text = render(CHANNEL, [damaged]).decode()
        assert "Bridge shut" in text and "ns/place" not in text and '"kind"' not in text
