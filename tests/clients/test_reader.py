"""The feed reader library ``reader``: subscribes, asks again with ETag and Last-Modified, and takes what changed for the same entry."""

from collections.abc import Iterator
from html import unescape

import pytest
import reader

from tests.clients.conftest import COURIER_FEED, Service
from tests.web import newsroom

pytestmark = pytest.mark.filterwarnings("ignore:No parser was explicitly specified")  # its search leaves the choice to BeautifulSoup
FORMS = ("rss", "atom", "json")
TEXT = "The harbour bridge was shut for an hour on Monday evening, the harbour office said. Nobody was hurt."


@pytest.fixture
def program() -> Iterator[reader.Reader]:
    with reader.make_reader(":memory:") as made:
        yield made


def update(program: reader.Reader, url: str) -> tuple[int, int]:
    """Ask for a feed again; how many entries were new, and how many were other than before."""
    found = program.update_feed(url)
    return (found.new, found.modified) if found else (0, 0)


def told(entry: reader.Entry) -> tuple[object, ...]:
    """What an entry says; quotation marks are written otherwise where the parser mends HTML."""
    content = entry.get_content()
    assert content is not None
    return entry.id, entry.title, entry.link, entry.authors_str, entry.published, entry.updated or entry.published, unescape(content.value)


@pytest.mark.parametrize("form", FORMS)
def test_a_feed_is_followed(service: Service, program: reader.Reader, form: str) -> None:
    url = service.base + COURIER_FEED.format(form)
    program.add_feed(url)
    assert update(program, url) == (2, 0) and service.answers() == [200]
    feed = program.get_feed(url)
    assert (feed.title, feed.link) == ("Tidewater Courier · Frontwire", f"{service.base}/outlet/tidewater-courier")
    assert feed.version == {"rss": "rss20", "atom": "atom10", "json": "json11"}[form]
    entry = next(each for each in program.get_entries() if "eleven" in (each.title or ""))
    assert entry.link == "https://tidewater-courier.example/heating" and entry.authors_str == "Ada Quill"
    found = entry.get_content()
    assert found is not None and "Heating returned to eleven schools" in found.value and found.is_html
    assert entry.published is not None and entry.updated is not None and entry.published < entry.updated

    assert update(program, url) == (0, 0) and service.asked[-1].conditional and service.answers() == [304]

    article = service.publish("bridge", "Bridge shut for an hour", TEXT)
    assert update(program, url) == (1, 0)
    new = next(each for each in program.get_entries() if each.title == "Bridge shut for an hour")
    program.mark_entry_as_read(new)
    service.revise(article, "Bridge shut for two hours", TEXT.replace("an hour", "two hours"))
    assert update(program, url) == (0, 1)
    again = program.get_entry(new)
    assert again.title == "Bridge shut for two hours" and again.read
    assert len(list(program.get_entries())) == 3


@pytest.mark.parametrize("form", FORMS)
def test_stories_that_become_one_are_one_entry_from_then_on(service: Service, program: reader.Reader, form: str) -> None:
    """The one that stays is changed; the other is told of no more, and what leads to it leads to the one that stays."""
    stream, gone = f"{service.base}/stream.{form}?limit=200", newsroom.story_of(service.app, "teplo")
    stays = newsroom.story_of(service.app, "heating")
    own = f"{service.base}/story/{gone}.{form}"
    for url in (stream, own):
        program.add_feed(url)
        program.update_feed(url)
    before = {entry.id for entry in program.get_entries(feed=stream)}
    service.app.pipeline.arranging.merge(gone, stays, newsroom.NAME, "the same return of heat")
    service.settle()
    service.asked.clear()
    assert update(program, stream) == (0, 1)
    assert {entry.id for entry in program.get_entries(feed=stream)} == before
    assert update(program, own)[0] == 2 and service.answers() == [200, 301, 200]
    assert len(list(program.get_entries(feed=own))) == 3
    assert update(program, stream) == (0, 0) and update(program, own) == (0, 0)


def test_the_forms_of_a_feed_bring_the_same_entries(service: Service, program: reader.Reader) -> None:
    urls = [f"{service.base}/stream.{form}?items=articles&limit=200" for form in FORMS]
    for url in urls:
        program.add_feed(url)
        program.update_feed(url)
    found = [{told(entry) for entry in program.get_entries(feed=url)} for url in urls]
    assert found[0] == found[1] == found[2] and len(found[0]) > 35


def test_what_is_searched_for_is_found(service: Service, program: reader.Reader) -> None:
    url = f"{service.base}/stream.atom?items=articles&limit=200"
    program.add_feed(url)
    program.update_feed(url)
    program.enable_search()
    program.update_search()
    found = {result.id for result in program.search_entries("шкіл")}
    assert found == {f"tag:127.0.0.1,2026:article/{newsroom.article_of(service.app, 'teplo')}"}


def test_a_feed_that_is_not_there_says_so(service: Service, program: reader.Reader) -> None:
    url = f"{service.base}/outlet/nobody.rss"
    program.add_feed(url)
    with pytest.raises(reader.ParseError, match="404"):
        program.update_feed(url)
