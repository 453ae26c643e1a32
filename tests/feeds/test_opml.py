"""OPML as others write it, and there and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from aggregator.errors import FeedError
from aggregator.feeds.opml import OpmlFeed, read, write

LIST = """<?xml version="1.0" encoding="UTF-8"?>
<opml version="1.1"><head><title>Mine</title></head><body>
 <outline text="Ukraine &amp; Black Sea"><outline text="Dailies">
  <outline text="Harbour Post" title="Harbour Post, daily" type="rss" xmlUrl="https://harbour-post.example/feed"
   htmlUrl="https://harbour-post.example/" category="/war,ports" language="en"/>
  <outline TEXT="Ridge" XMLURL="feed://ridge.example/rss?a=1&b=2"/></outline></outline>
 <outline xmlUrl="http://bare.example/feed"/>
 <outline text="Again" xmlUrl="https://harbour-post.example/feed"/>
 <outline text="Bad" xmlUrl="javascript:alert(1)"/><outline text="Empty folder"/>
</body></opml>"""


def test_a_list_of_another_reader() -> None:
    assert read(LIST.encode()) == (
        OpmlFeed(
            "https://harbour-post.example/feed",
            "Harbour Post, daily",
            "https://harbour-post.example/",
            ("Ukraine & Black Sea", "Dailies"),
            ("/war", "ports"),
            "en",
        ),
        OpmlFeed("http://ridge.example/rss?a=1&b=2", "Ridge", folders=("Ukraine & Black Sea", "Dailies")),
        OpmlFeed("http://bare.example/feed", "http://bare.example/feed"),
    )


def test_the_outermost_folder_names_a_theatre() -> None:
    first, _, bare = read(LIST.encode())
    assert (first.theatre, bare.theatre) == ("ukraine-black-sea", None)


def test_a_truncated_list_gives_what_is_there() -> None:
    assert len(read(LIST[: LIST.index("</outline></outline>")].encode())) == 2


@pytest.mark.parametrize("body", [b"", b"<html><body/></html>", b"{}", b"<rss/>", b"\x00\x01"])
def test_another_document_is_refused(body: bytes) -> None:
    with pytest.raises(FeedError):
        read(body)


def test_external_entities_are_not_read() -> None:
    body = b'<!DOCTYPE opml [<!ENTITY x SYSTEM "file:///etc/hostname">]><opml><body><outline text="&x;" xmlUrl="http://a.example/"/></body></opml>'
    assert read(body)[0].title in ("&x;", "http://a.example/")


def test_very_deep_folders_do_not_break_it() -> None:
    deep = (
        "<opml><body>"
        + '<outline text="f">' * 5000
        + '<outline text="x" xmlUrl="http://a.example/"/>'
        + "</outline>" * 5000
        + "</body></opml>"
    )
    assert len(read(deep.encode())) <= 1


def test_what_is_written_is_valid_opml_2() -> None:
    root = etree.fromstring(write(read(LIST.encode()), "Front & wire\x0b"))
    assert (root.tag, root.get("version"), root.findtext("head/title")) == ("opml", "2.0", "Front & wire")
    assert [outline.get("type") for outline in root.iter("outline") if outline.get("xmlUrl")] == ["rss"] * 3
    assert all(outline.get("text") for outline in root.iter("outline"))


names = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Zs", "Zl", "Zp", "Cn")), min_size=1, max_size=20).filter(
    str.strip
)


@given(st.lists(st.tuples(st.integers(0, 99), names, st.lists(names, max_size=3)), max_size=8, unique_by=lambda row: row[0]))
def test_there_and_back(rows: list[tuple[int, str, list[str]]]) -> None:
    feeds = {OpmlFeed(f"http://press.example/{number}", title, folders=tuple(folders)) for number, title, folders in rows}
    assert set(read(write(feeds, "All"))) == feeds
