"""Adding feeds at the desk: through the real application and fetcher, on sites that a loopback server plays."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from aggregator.errors import (
    BusyError,
    DisallowedError,
    FeedError,
    FetchError,
    FrontwireError,
    HttpError,
    NetworkError,
    RefusedError,
    TooLargeError,
    UsageError,
)
from aggregator.feeds.discover import How
from aggregator.model import Outcome, ParsedFeed
from aggregator.subscribe import Preview, draft_of
from tests.newsworld import item, page
from tests.playing import Site, alternate, front, playing, reports, rss
from tests.web import newsroom
from tests.web.browsing import HOST, Browsing, Page
from tests.web.markup import faults
from tests.web.outside import open_outside
from web.factory import create_app
from web.operate import adding
from web.operate.adding import BADGES, HELP, HOW, ago
from web.operate.suggestions import draft_from, suggest

TEXT = (
    "KHARKIV, Ukraine - Two people were killed when a missile struck a tram depot in Kharkiv on Monday, the prosecutor's office said.",
    "Rescue workers pulled a mechanic from under the roof of the depot, and doctors in Kharkiv treated eleven others for burns.",
    "“The trams will run again by Thursday,” the depot's director Olha Marchuk told reporters beside the gate of the yard in Kharkiv.",
)
PICTURE = b'<meta property="og:image" content="https://weir.example/depot.jpg"></head>'
LIST = b"""<opml version="2.0"><body>
<outline text="Ukraine"><outline type="rss" text="Mole News" xmlUrl="https://mole.example/?feed=rss2"/></outline>
<outline type="rss" text="Owl &lt;b&gt;" xmlUrl="https://owl.example/rss" language="uk"/>
<outline type="rss" text="Lagoon" xmlUrl="http://www.lagoon-radio.example/feed.xml"/>
<outline type="rss" text="Gopher" xmlUrl="gopher://hole.example/"/>
<outline type="rss" text="Nowhere"/>
</body></opml>"""


@pytest.fixture
def outside(folder: Path, tmp_path: Path, operator_cookie: str) -> Iterator[Browsing]:
    """An operator at a product of their own whose fetcher reaches this machine, and nothing else."""
    copy = shutil.copytree(folder, tmp_path / "copy")
    app = open_outside(copy)
    yield Browsing(create_app(app), operator_cookie, app)
    app.close()


def look(visitor: Browsing, url: str) -> Page:
    """Type an address in and look at it."""
    found = visitor.send(visitor.get("/operate/add"), "/operate/add", url=url)
    assert faults(found.response.get_data(as_text=True)) == []
    return found


def words(found: Page, path: str) -> list[str]:
    """The words of the elements at an XPath, with spaces between what stands in elements of its own."""
    return [" ".join(" ".join(element.itertext()).split()) for element in found.find(path)]


def section(found: Page, ident: str) -> str:
    """The words of the section whose heading bears the id."""
    (text,) = words(found, f"//section[@aria-labelledby='{ident}']")
    return text


# --- what an address gives --------------------------------------------------------------------------------------------


def test_a_feed_is_shown_as_it_would_come_in_and_added_under_its_final_address(outside: Browsing) -> None:
    site: Site = {
        "/old.rss": lambda exchange: exchange.answer(301, Location="/news.rss"),
        "/news.rss": rss(*reports(7), title="Weir Gazette"),
        "/report-6.html": page("Missile strikes depot in Kharkiv", TEXT).replace(b"</head>", PICTURE),
        "/report-5.html": page("Only the first lines", TEXT[:1], paywalled=True),
        "/report-4.html": lambda exchange: exchange.answer(403),
    }
    with playing(site) as server:
        seen = look(outside, server.url("/old.rss"))
        before = outside.app.store.feeds.all()
        assert (seen.status, seen.title) == (200, "Weir Gazette · Add a feed · Operate · Frontwire")
        first, second, third = seen.find("//article")[:3]
        assert len(seen.find("//article")) == 5
        assert first.xpath("string(.//h3)") == "Missile strikes depot in Kharkiv"
        assert [tag.text for tag in seen.find("//article//span[contains(@class, 'tag')]")][:3] == ["full text", "paywalled", "refuses us"]
        assert "full text 380 characters" in words(seen, "//article")[0]
        assert first.xpath("string(.//details//p[3])") == TEXT[2]
        assert [link.get("href") for link in first.xpath(".//a")] == [server.url("/report-6.html"), "https://weir.example/depot.jpg"]
        assert "English" in first.text_content()
        assert "answers with a refusal (403)" in third.text_content()
        told = section(seen, "seen")
        assert "RSS 2.0 7 entries English" in told
        assert "A new entry about every hour; asked every 20 minutes." in told
        assert "The feed carries no text: the articles come from its pages." in told
        assert "Places were not looked for." in told  # there is no gazetteer here, which is said
        added = outside.send(seen, "/operate/add", post=True, theatre="Donbas Front", title="Weir: world")
        base = server.url("")
    assert added.path == "/operate/add"
    assert "Weir: world is added; it is polled at the next tick." in added.text
    made = outside.app.store.feeds.by_url(f"{base}/news.rss")
    assert made is not None and made not in before
    assert (made.title, made.theatre, made.language) == ("Weir: world", "donbas-front", "en")
    assert outside.app.store.feeds.outlet(made.outlet_id).name == "Weir Gazette"
    assert f"/operate/feed/{made.id}" in added.links()
    undone = outside.send(added, "/operate/undo")
    assert (undone.path, outside.app.store.feeds.all()) == ("/operate", before)
    assert "Weir: world: taken back" in undone.text
    assert "Weir: world" not in outside.get("/operate").text, "it is said once"


def test_an_overlap_and_a_subscription_are_said_with_links(outside: Browsing) -> None:
    lagoon = next(feed for feed in outside.app.store.feeds.all() if feed.outlet_id == newsroom.LAGOON.id)
    with playing({"/feed": rss(*reports(2), title="The Weir")}) as server:
        made, _ = outside.app.store.feeds.add(draft_of(server.url("/feed"), "The Weir"), outside.app.clock.now())
        outside.app.store.feeds.pause(made.id, True, outside.app.clock.now())
        known = look(outside, server.url("/feed"))
        assert "This feed is subscribed to already: The Weir, paused." in known.text
        assert f"/operate/feed/{made.id}" in known.links("//main//a")
        assert not known.find("//form[@method='post' and @action='/operate/add']"), "there is nothing to add"
        other = look(outside, server.url("/feed") + "/")
        assert other.status == 422, "the other spelling is not served here"
    links = [item(f"https://lagoon-radio.example/{name}", name) for name in ("heating-wire", "note-1")]
    with playing({"/copy": rss(*links, title="A copy")}) as server:
        seen = look(outside, server.url("/copy"))
        assert "2 of its newest 2 entries are known already, most of them from Lagoon Radio: all" in seen.text
        assert "It seems to be subscribed to already under another address: Lagoon Radio: all" in seen.text
        assert seen.text.count("under another address") == 1
        assert f"/operate/feed/{lagoon.id}" in seen.links("//main//a")
        assert seen.find("//input[@name='outlet']")[0].get("value") == "Lagoon Radio"


def test_a_site_gives_choices_with_where_each_was_found(outside: Browsing) -> None:
    site: Site = {
        "/": front(alternate("/news.rss", "News"), alternate("/dead.xml"), alternate("/comments/feed/", "Comments")),
        "/news.rss": rss(*reports(3), title="Weir Gazette"),
        "/dead.xml": b"<html><body>Nothing here</body></html>",
        "/robots.txt": b"User-agent: *\nSitemap: BASE/news-map.xml\n",
        "/news-map.xml": b'<urlset xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>BASE/x</loc><news:news>'
        b"<news:title>X</news:title></news:news></url></urlset>",
    }
    with playing(site) as server:
        outside.app.store.feeds.add(draft_of(server.url("/news-map.xml"), "Map"), outside.app.clock.now())
        found = look(outside, server.url("/"))
        assert "2 feeds at" in found.text
        rows = words(found, "//tbody/tr")
        assert rows[0].startswith(f"Weir Gazette {server.url('/news.rss')} link rel=alternate the page names it as its feed; RSS 2.0 3 ")
        assert rows[0].endswith("1 hour ago English Preview Weir Gazette")
        assert "subscribed already" in rows[1] and "robots.txt or a sitemap" in rows[1] and "no dates" in rows[1]
        assert "1 address that is no feed" in found.text and "/dead.xml" in found.text
        assert "1 more address not tried" in found.text and "a feed of readers' comments" in found.text
        assert server.paths() == ["/", "/news.rss", "/dead.xml", "/robots.txt", "/news-map.xml"], "each is asked once"
        seen = outside.send(found, "/operate/add", url=server.url("/news.rss"), site=server.url("/"))
        assert f"All feeds of {server.url('/')}" in seen.text
        added = outside.send(seen, "/operate/add", post=True)
        assert f"The other feeds of {server.url('/')}" in added.text
        assert outside.app.store.feeds.by_url(server.url("/news.rss")) is not None


def test_a_site_without_a_feed_says_what_was_tried_and_what_can_be_done(outside: Browsing) -> None:
    with playing({"/": front()}) as server:
        found = look(outside, server.url("/"))
        assert found.title == "No feed found · Add a feed · Operate · Frontwire"
        told = section(found, "found")
        assert f"{server.url('/')} is no feed, and there is none at these 11 addresses:" in told
        assert f"{server.url('/rss.xml')} a usual place 127.0.0.1 answers with “not found” (404)." in told
        assert "paste the page" in told and "Telegram" in told
        (further,) = [link for link in found.links("//main//a") if "longer" in link]
        tried = len(server.paths())
        longer = outside.get(further)
        assert len(server.paths()) - tried > tried, "a longer search asks what was left out"
        assert "Search for longer" in found.text and "Search for longer" not in longer.text
    with playing({"/": b"plain text"}) as server:
        assert "No feed found" in look(outside, server.url("/")).text


CASES: dict[str, tuple[str, str, str]] = {
    "no address": ("ftp://owl.example/rss", "is no http(s) address", "Right would be the address of a feed"),
    "words": ("kyiv war news", "is no web address", "Right would be the address of a feed"),
    "an invitation": ("https://t.me/+AbCdEf", "An invitation link leads to a private channel", "@name or t.me/name"),
    "private": ("http://10.0.0.1/feed", "10.0.0.1", "an address on the public internet"),
    "refused": ("BASE/walled", "answers with a refusal (403)", "paste its HTML below"),
    "missing": ("BASE/missing", "(404)", "check the address"),
    "closed": ("http://127.0.0.1:9/feed", "127.0.0.1", "Check the spelling"),
}


@pytest.mark.parametrize("name", CASES)
def test_what_cannot_be_looked_at_is_explained(outside: Browsing, name: str) -> None:
    url, message, remedy = CASES[name]
    with playing({"/walled": lambda exchange: exchange.answer(403)}) as server:
        found = look(outside, url.replace("BASE", server.url("")))
    assert found.status == 422
    (alert,) = found.find("//div[@role='alert']")
    assert message in alert.text_content() and remedy in alert.text_content()
    assert [field.get("value") for field in found.find("//input[@name='url']")] == [url.replace("BASE", server.url(""))] * 2


def test_every_way_in_which_a_look_can_fail_has_its_advice() -> None:
    advised = [kind for kind, _ in HELP]
    kinds = [UsageError, RefusedError, DisallowedError, TooLargeError, BusyError, NetworkError, HttpError, FeedError]
    assert set(advised) == set(kinds)
    assert set(FetchError.__subclasses__()) <= set(advised)
    assert adding._problem(FrontwireError("Something else.")).help == ""
    assert set(BADGES) == set(Outcome) and set(HOW) == {how.value for how in How}


# --- pasted pages -----------------------------------------------------------------------------------------------------


def test_a_pasted_page_gives_its_feeds_though_it_cannot_be_fetched(outside: Browsing) -> None:
    walled: Site = {"/": lambda exchange: exchange.answer(403), "/news.rss": rss(*reports(2), title="Weir Gazette")}
    with playing(walled) as server:
        refused = look(outside, server.url("/"))
        html = front(alternate("/news.rss")).decode() + "é" * 600_000  # larger than forms usually are
        found = outside.send(refused, "/operate/add/page", html=html)
        assert faults(found.response.get_data(as_text=True)) == []
        assert "1 feed at" in found.text and "by the page that was pasted" in found.text
        assert server.paths().count("/") == 1, "the page itself is not asked for again"
        assert outside.send(found, "/operate/add", url=server.url("/news.rss")).title.startswith("Weir Gazette · ")


@pytest.mark.parametrize(
    ("url", "html", "message"),
    [
        ("https://weir.example/", " ", "Nothing was pasted."),
        ("weir", "<html></html>", "is no web address"),
        ("", "<html></html>", "is no web address"),
        ("https://weir.example/feed", rss(*reports(1)).decode(), "What you pasted is a feed itself, not a page."),
    ],
)
def test_what_cannot_be_pasted_is_explained(outside: Browsing, url: str, html: str, message: str) -> None:
    found = outside.send(outside.get("/operate/add"), "/operate/add/page", url="https://" if url == "weir" else url, html=html)
    assert found.status == 422
    assert message in found.find("//div[@role='alert']")[0].text_content()
    assert faults(found.response.get_data(as_text=True)) == []


def test_what_is_too_large_is_explained_to_operators_only(outside: Browsing) -> None:
    found = outside.send(outside.get("/operate/add"), "/operate/add/page", url="https://weir.example/", html="x" * (5 << 20))
    assert (found.status, len(found.find("//div[@role='alert']"))) == (413, 1)
    assert "the part up to </head> is enough" in found.text
    stranger = Browsing(outside.client.application)
    answer = stranger.open("/operate/add/page", "POST", data={"html": "x" * (5 << 20)}, headers={"Referer": HOST + "/operate/add"})
    assert answer.status_code == 413 and "Theatre" not in answer.text


# --- lists ------------------------------------------------------------------------------------------------------------


def test_a_list_is_shown_before_it_is_added_as_far_as_chosen_and_can_be_taken_back(outside: Browsing) -> None:
    store = outside.app.store.feeds
    before = store.all()
    shown = outside.send(outside.get("/operate"), "/operate/opml", files={"list": LIST})
    assert faults(shown.response.get_data(as_text=True)) == []
    assert words(shown, "//p[@class='sum']") == ["2 new 1 subscribed to already 2 lines refused"]
    assert [box.get("value") for box in shown.find("//input[@name='pick']")] == [
        "https://mole.example/?feed=rss2",
        "https://owl.example/rss",
    ]
    assert words(shown, "//tbody/tr")[2:] == [
        "5 Gopher gopher://hole.example/ its address (xmlUrl) does not begin with http:// or https://",
        "6 Nowhere it has no address (xmlUrl)",
    ]
    assert "Lagoon Radio: all" in shown.text and store.all() == before
    added = outside.send(shown, "/operate/opml/add", pick="https://owl.example/rss")
    assert "1 feed added." in added.text
    owl = store.by_url("https://owl.example/rss")
    assert owl is not None and (owl.title, owl.language, owl.theatre) == ("Owl <b>", "uk", None)
    assert store.by_url("https://mole.example/?feed=rss2") is None
    undone = outside.send(added, "/operate/undo")
    assert "Owl <b>: taken back" in undone.text and store.all() == before
    again = outside.send(added, "/operate/undo")
    assert "There was nothing left to take back." in again.text


@pytest.mark.parametrize(("data", "message"), [(b"no list", "This is no OPML"), (b"", "No list was sent."), (rss(), "This is no OPML")])
def test_another_file_is_no_list(outside: Browsing, data: bytes, message: str) -> None:
    found = outside.send(outside.get("/operate/add"), "/operate/opml", files={"list": data})
    assert found.status == 422
    assert message in found.find("//div[@role='alert']")[0].text_content()
    assert faults(found.response.get_data(as_text=True)) == []


def test_a_theatre_can_be_taken_back_too(outside: Browsing) -> None:
    before = outside.app.store.feeds.all()
    token = outside.get("/operate").find("//input[@name='csrf_token']")[0].get("value")
    outside.open("/operate/catalogue", "POST", data={"csrf_token": token, "theatre": "sudan"}, headers={"Referer": HOST + "/operate"})
    page_after = outside.get("/operate")
    assert len(outside.app.store.feeds.all()) > len(before)
    assert "feeds: taken back" in outside.send(page_after, "/operate/undo").text
    assert outside.app.store.feeds.all() == before
    bad = outside.open("/operate/undo", "POST", data={"csrf_token": token, "at": "now"}, headers={"Referer": HOST + "/operate"})
    assert bad.status_code == 400


# --- what the form proposes -------------------------------------------------------------------------------------------

PROPOSALS: dict[str, tuple[str, str | None, str, str, str | None]] = {  # address, link, title; outlet, its id
    "a feed at the same site": ("https://rss.lagoon-radio.example/all", None, "Lagoon: all", "Lagoon Radio", "lagoon-radio"),
    "the outlet's home": ("https://feeds.feedburner.com/x", "https://tidewater.example/", "T", "Tidewater Courier", "tidewater-courier"),
    "nobody's": ("https://weir.example/rss", "https://weir.example/", "Weir Gazette", "Weir Gazette", None),
    "nobody's section": ("https://weir.example/rss", None, "World | Weir Gazette", "weir.example", None),
    "a neighbour on a platform": ("https://other.example/rss", None, "Other", "Other", None),
    "a channel": ("https://t.me/s/weir", "https://t.me/weir", "Weir on the wire", "Weir on the wire", None),
}


@pytest.mark.parametrize("name", PROPOSALS)
def test_the_outlet_that_most_likely_publishes_it_is_proposed(outside: Browsing, name: str) -> None:
    url, link, title, outlet, ident = PROPOSALS[name]
    app = outside.app
    app.store.feeds.add(draft_of("https://t.me/s/another", "Another channel"), app.clock.now())
    outlets = {one.id: one for one in app.store.feeds.outlets()}
    found = suggest(app, Preview(url, ParsedFeed("rss20", title, link, "uk-UA")), outlets)
    assert (found.title, found.outlet, found.outlet_id, found.language) == (title, outlet, ident, "uk")
    assert found.why.startswith("Known already" if ident else ("A new outlet", "No outlet of this site"))


def test_an_outlet_that_is_known_by_its_name_is_taken(outside: Browsing) -> None:
    outlets = {newsroom.COURIER.id: newsroom.COURIER}
    form = {"title": "  Courier:\n world ", "outlet": " tidewater  COURIER", "theatre": "", "language": "en-GB"}
    draft = draft_from(form, "https://tidewater.example/rss", outlets)
    assert (draft.title, draft.outlet, draft.theatre, draft.language) == ("Courier: world", newsroom.COURIER, None, "en")
    new = draft_from(form | {"outlet": "The Weir"}, "https://weir.example/rss", outlets)
    assert (new.outlet.id, new.outlet.name) == ("the-weir", "The Weir")
    assert draft_from({}, "https://weir.example/rss", outlets).outlet.id == "weir-example"


@pytest.mark.parametrize(
    ("delta", "words"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(hours=5, minutes=59), "5 hours ago"),
        (timedelta(days=29), "29 days ago"),
        (timedelta(days=64), "2 months ago"),
        (timedelta(days=800), "2 years ago"),
        (timedelta(minutes=-9), "in the future"),
    ],
)
def test_ages_are_said_in_their_largest_unit(delta: timedelta, words: str) -> None:
    now = datetime(2026, 3, 1, tzinfo=UTC)
    assert ago(now - delta, now) == words
