"""Pages and feeds as text: well-formed, marked as a sample, and readable by a feed reader."""

import json
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import feedparser
import pytest

from aggregator.sample import feeds, pages
from aggregator.sample.newsroom import Newsroom
from aggregator.sample.press import DATA, PressOutlet, load

START = datetime(2031, 5, 6, 9, 0, tzinfo=UTC)
ROOM = Newsroom(8765, START)
END = START + timedelta(hours=2)
OUTLETS = tuple(load().outlets.values())


@pytest.mark.parametrize("outlet", OUTLETS, ids=lambda outlet: outlet.id)
def test_every_page_is_well_formed_and_says_that_it_is_invented(outlet: PressOutlet) -> None:
    notice = load().words[outlet.language]["notice"]
    edition = ROOM.edition(outlet.id, END)
    assert len(edition) >= 3
    for page in [pages.front(ROOM, outlet, END), *(pages.article(ROOM, piece, END) for piece in edition)]:
        root = ElementTree.fromstring(page.decode())
        assert root.tag == "html"
        assert root.get("lang") == outlet.language
        assert notice in "".join(root.itertext())


@pytest.mark.parametrize("outlet", OUTLETS, ids=lambda outlet: outlet.id)
def test_an_article_page_has_the_whole_text(outlet: PressOutlet) -> None:
    for piece in ROOM.edition(outlet.id, END):
        text = "".join(ElementTree.fromstring(pages.article(ROOM, piece, END).decode()).itertext())
        assert piece.title in text
        for paragraph in piece.paragraphs:
            assert paragraph.removeprefix("## ") in text


@pytest.mark.parametrize("outlet", OUTLETS, ids=lambda outlet: outlet.id)
def test_every_feed_parses_and_has_what_its_outlet_published(outlet: PressOutlet) -> None:
    edition = ROOM.edition(outlet.id, END)[: feeds.MOST_ITEMS]
    body = feeds.render(ROOM, outlet, END)
    if outlet.feed_format == "json":
        feed = json.loads(body)
        assert feed["version"] == "https://jsonfeed.org/version/1.1"
        assert [(item["url"], item["title"]) for item in feed["items"]] == [(piece.feed_link, piece.title) for piece in edition]
        return
    parsed = feedparser.parse(body)
    assert not parsed.bozo
    assert parsed.version == ("atom10" if outlet.feed_format == "atom" else "rss20")
    assert [(entry.link, entry.title) for entry in parsed.entries] == [(piece.feed_link, piece.title) for piece in edition]
    assert all(("content" in entry) == (outlet.feed_format != "rss-summary") for entry in parsed.entries)


def test_a_page_stays_the_same_while_newer_reports_come_out() -> None:
    unedited = [piece for piece in ROOM.edition("sample-harrow", START) if piece.version == 1]
    for piece in unedited:
        later = ROOM.find("sample-harrow", piece.path, END)
        assert later is not None
        if later.version == 1:
            assert pages.article(ROOM, piece, START) == pages.article(ROOM, later, END)


def test_at_least_four_house_styles_are_in_use() -> None:
    assert len({outlet.style for outlet in OUTLETS}) >= 4


def test_pictures_are_there_and_are_pictures() -> None:
    names = {file.stem for file in (DATA / "images").glob("*.svg")}
    used = {text.image for text in load().texts if text.image}
    assert used and used <= names
    for name in names:
        assert ElementTree.parse(DATA / "images" / f"{name}.svg").getroot().tag.endswith("svg")


def test_robots_lets_articles_be_read() -> None:
    assert b"Disallow: /\n" not in pages.robots()
