"""Finding a site's feeds and looking at one before it is added: through the real fetcher, on sites that a loopback server plays."""

import threading
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator import scouting, subscribe
from aggregator.app import App, build
from aggregator.errors import FeedError, FetchError, UsageError
from aggregator.feeds.discover import How
from aggregator.fetch.http import HttpFetcher
from aggregator.identity.aliases import aliases_of
from aggregator.model import Entry, FeedState, NewArticle, Outcome, Poll, PollOutcome, Tags
from aggregator.settings import Settings
from aggregator.subscribe import (
    Choice,
    Discovery,
    Look,
    Overlap,
    Preview,
    add_opml,
    discover,
    draft_of,
    explore,
    only_choice,
    opml_of,
    preview,
    survey_opml,
    take_back,
)
from tests.fetch.loopback import Exchange, Loopback, MemoryLease, RealClock
from tests.newsworld import item, page
from tests.playing import Site, alternate, front, playing, reports, rss

LOOPBACK = (ip_network("127.0.0.1"),)
TEXT = (
    "KHARKIV, Ukraine - Two people were killed when a missile struck a tram depot in Kharkiv on Monday, the prosecutor's office said.",
    "Rescue workers pulled a mechanic from under the roof of the depot, and doctors in Kharkiv treated eleven others for burns.",
    "“The trams will run again by Thursday,” the depot's director Olha Marchuk told reporters beside the gate of the yard in Kharkiv.",
)
CHANNEL = (Path(__file__).parent / "cases" / "feeds" / "channel.html").read_bytes()


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    made = build(Settings(data_dir=tmp_path, host_gap_s=0, fetch_allow=LOOPBACK, fetch_only=LOOPBACK))
    made.__dict__["fetcher"] = HttpFetcher(made.settings, MemoryLease(), RealClock())
    yield made
    made.close()


# --- discover ---------------------------------------------------------------------------------------------------------


def test_a_site_gives_the_feeds_that_really_parse_best_first(app: App) -> None:
    newest = datetime(2026, 3, 1, 9, tzinfo=UTC)
    news = reports(3, start=newest - timedelta(hours=2))
    atom = "".join(f"<entry><title>t</title><id>{n}</id><link href='BASE/report-{n}.html'/></entry>" for n in range(3))
    site: Site = {
        "/": front(
            alternate("/comments/feed/", "Comments"), alternate("/dead.xml"), alternate("/news.rss", "News"), alternate("/news.atom")
        ),
        "/comments/feed/": rss(*reports(9), title="Comments on everything"),
        "/news.rss": rss(*news),
        "/news.atom": f'<feed xmlns="http://www.w3.org/2005/Atom"><title>Atom</title>{atom}</feed>'.encode(),
        "/dead.xml": b"<html><body>Nothing here</body></html>",
        "/robots.txt": b"User-agent: *\nSitemap: BASE/all.xml\nSitemap: BASE/news-map.xml\n",
        "/news-map.xml": b'<urlset xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>BASE/x</loc><news:news>'
        b"<news:title>X</news:title></news:news></url></urlset>",
    }
    with playing(site) as server:
        found = discover(app, server.url("/"))
        base = server.url("")
        assert [(choice.url.removeprefix(base), choice.format, choice.entries, choice.found.how) for choice in found.choices] == [
            ("/news.rss", "rss20", 3, How.ALTERNATE),
            ("/news-map.xml", "news_sitemap", 1, How.SITEMAP),
            ("/news.atom", "atom10", 3, How.ALTERNATE),
        ]
        assert (found.choices[0].newest, found.choices[0].found.reason) == (newest, "the page names it as its feed")
        assert found.choices[2].same_as == found.choices[0].url
        assert [(one.found.url.removeprefix(base), one.why.startswith("There is no feed")) for one in found.refused] == [
            ("/dead.xml", True)
        ]
        assert [one.how for one in found.left_out] == [How.COMMENTS]
        assert len(set(server.paths())) == len(server.paths()), "nothing is asked twice"
        with pytest.raises(UsageError, match=r"is a page with 2 feeds; choose one: 1\. .*/news\.rss \(The Courier, 3 entries\); 2\. "):
            only_choice(found)


def test_where_nothing_is_named_usual_places_are_tried_until_one_is_right(app: App) -> None:
    with playing({"/section/today.html": front(), "/rss.xml": rss(*reports(2))}) as server:
        found = discover(app, server.url("/section/today.html"))
        assert [(choice.url, choice.found.how) for choice in found.choices] == [(server.url("/rss.xml"), How.PATH)]
        assert server.paths() == ["/section/today.html", "/robots.txt", "/feed/", "/rss", "/rss.xml"]
        assert only_choice(found).title == "The Courier"
        assert found.left_out == ()


def test_an_index_in_robots_txt_is_followed_to_its_news_sitemap(app: App) -> None:
    index = b"<sitemapindex><sitemap><loc>BASE/old.xml</loc></sitemap><sitemap><loc>BASE/latest.xml</loc></sitemap></sitemapindex>"
    news = b"<urlset><url><loc>BASE/x</loc><news:news><news:title>X</news:title></news:news></url></urlset>"
    with playing({"/": front(), "/robots.txt": b"Sitemap: BASE/index.xml", "/index.xml": index, "/latest.xml": news}) as server:
        (choice,) = discover(app, server.url("/")).choices
        assert (choice.url, choice.format) == (server.url("/latest.xml"), "news_sitemap")
        assert choice.found.reason == f"{server.url('/index.xml')} names it"


def test_a_page_that_lists_feeds_is_followed_once(app: App) -> None:
    listing = front(alternate("/world.xml", "World"), alternate("/sport.xml", "Sport"))
    site: Site = {
        "/": b"<html><a href='/rss/'>RSS</a></html>",
        "/rss/": listing,
        "/world.xml": rss(*reports(2)),
        "/sport.xml": rss(*reports(1)),
    }
    with playing(site) as server:
        found = discover(app, server.url("/"))
        assert [choice.url for choice in found.choices] == [server.url("/world.xml"), server.url("/sport.xml")]
        assert found.choices[0].found.reason == f"{server.url('/rss/')} names it"


def test_a_feed_is_its_own_choice_and_a_known_one_is_said_to_be(app: App) -> None:
    with playing({"/feed": rss(*reports(2))}) as server:
        made, _ = app.store.feeds.add(draft_of(server.url("/feed"), None), app.clock.now())
        (choice,) = discover(app, server.url("/feed")).choices
        assert (choice.url, choice.known) == (server.url("/feed"), made)
        assert server.paths() == ["/feed"]


def test_pasted_html_is_looked_at_instead_of_the_page(app: App) -> None:
    with playing({"/news.rss": rss(*reports(2))}) as server:
        found = discover(app, server.url("/walled"), html=front(alternate("/news.rss")))
        assert [choice.url for choice in found.choices] == [server.url("/news.rss")]
        assert "/walled" not in server.paths()


def test_no_more_than_the_limit_is_asked_and_what_is_left_is_named(app: App) -> None:
    links = [alternate(f"/{n}.rss") for n in range(9)]
    with playing({"/": front(*links), **{f"/{n}.rss": rss(item(f"BASE/{n}", "t")) for n in range(9)}}) as server:
        found = discover(app, server.url("/"), limit=4)
        assert len(server.paths()) == 4
        assert (len(found.choices), len(found.left_out), found.why_left) == (3, 6, "no more addresses were asked")
        late = discover(app, server.url("/"), budget_s=0)
        assert (late.choices, late.why_left) == ((), "the time was up")


def test_a_site_without_feeds_says_so(app: App) -> None:
    with playing({"/": front()}) as server:
        found = discover(app, server.url("/"))
        assert found.choices == () and len(found.refused) > 5
        with pytest.raises(UsageError, match="is no feed, and none was found there. [0-9]+ addresses were tried"):
            only_choice(found)
        with pytest.raises(FetchError):
            discover(app, server.url("/missing"))


def test_whatever_is_typed_is_asked_for_once(app: App) -> None:
    site: Site = {"/": front(alternate("/news.rss")), "/news.rss": rss(*reports(2)), "/s/nobody_here": b"<html class='tgme_page'></html>"}
    with playing(site) as server:
        found = explore(app, server.url("/"))
        assert isinstance(found, Discovery) and [choice.url for choice in found.choices] == [server.url("/news.rss")]
        assert server.paths() == ["/", "/news.rss", "/robots.txt"]
        seen = explore(app, server.url("/news.rss"))
        assert isinstance(seen, Preview) and seen.parsed is not None
        assert server.paths().count("/news.rss") == 2
        assert isinstance(explore(app, server.url("/s/nobody_here")), Discovery)
        with pytest.raises(FetchError):
            explore(app, server.url("/missing"))


def test_a_slow_address_does_not_hold_up_the_search(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scouting, "PATIENCE_S", 0.2)
    release = threading.Event()

    def slow(exchange: Exchange) -> None:
        release.wait(30)

    with playing({"/": front(alternate("/slow.rss"), alternate("/a.rss")), "/slow.rss": slow}) as server:
        found = discover(app, server.url("/"), budget_s=0.4)
        assert [one.why.startswith(f"{server.url('/slow.rss')} did not answer within 0.") for one in found.refused] == [True]
        release.set()
    assert (found.left_out[0].url, found.why_left) == (server.url("/a.rss"), "the time was up")


def test_what_discover_gives_can_be_written_as_json(app: App) -> None:
    with playing({"/": front(alternate("/a.rss")), "/a.rss": rss(*reports(1))}) as server:
        written = orjson.loads(orjson.dumps(discover(app, server.url("/"))))
    assert written["choices"][0]["found"]["how"] == "alternate"


# --- preview ----------------------------------------------------------------------------------------------------------


def test_a_preview_shows_what_the_newest_pages_would_give(app: App) -> None:
    site: Site = {
        "/feed": rss(*reports(7)),
        **{f"/report-{n}.html": page(f"Missile strikes depot {n} in Kharkiv", TEXT) for n in range(7)},
    }
    with playing(site) as server:
        seen = preview(app, server.url("/feed"), budget_s=60)
        assert (seen.url, seen.known, seen.elsewhere, seen.left_out) == (server.url("/feed"), None, None, ())
        assert [look.link for look in seen.entries] == [server.url(f"/report-{n}.html") for n in (6, 5, 4, 3, 2)]
    look = seen.entries[0]
    assert (look.outcome, look.page_title, look.text_from, look.language) == (
        Outcome.FULL,
        "Missile strikes depot 6 in Kharkiv",
        "page",
        "en",
    )
    assert look.text.startswith("KHARKIV, Ukraine - Two people") and len(look.text) <= 300 < look.characters
    assert look.places == ("Kharkiv (UA)",)
    assert look.body.startswith(TEXT[0]) and look.body.count("\n") == 2
    assert (seen.rhythm, seen.interval_s) == ("A new entry about every hour; asked every 20 minutes.", 1200)
    assert seen.overlap == Overlap(0, 7)
    assert seen.warnings == ("The feed carries no text: the articles come from its pages.",)
    assert app.store.feeds.all() == () and app.store.articles.ids() == ()


def test_a_slow_page_does_not_hold_up_the_answer(app: App) -> None:
    release = threading.Event()

    def slow(exchange: Exchange) -> None:
        release.wait(30)
        exchange.answer(200, b"late")

    site: Site = {"/feed": rss(*reports(3)), "/report-1.html": slow, "/report-2.html": page("Bridge report 2", TEXT), "/robots.txt": b""}
    with playing(site) as server:
        preview(app, server.url("/feed"), budget_s=60, pages=1)  # everything is loaded before the time runs
        seen = preview(app, server.url("/feed"), budget_s=3)
        release.set()
    assert 3 <= seen.elapsed_s < 10
    assert [look.outcome for look in seen.entries] == [Outcome.FULL, None, None]
    assert seen.left_out == ("2 of 3 pages were not looked at: the time was up.",)


def test_without_a_gazetteer_the_preview_says_that_places_were_left_out(tmp_path: Path) -> None:
    bare = build(Settings(data_dir=tmp_path, host_gap_s=0, fetch_allow=LOOPBACK, fetch_only=LOOPBACK, gazetteer_dir=tmp_path / "none"))
    bare.__dict__["fetcher"] = HttpFetcher(bare.settings, MemoryLease(), RealClock())
    with playing({"/feed": rss(*reports(1)), "/report-0.html": page("Bridge report 0", TEXT)}) as server:
        seen = preview(bare, server.url("/feed"), budget_s=60)
    assert seen.entries[0].outcome is Outcome.FULL and seen.entries[0].places is None
    assert len(seen.left_out) == 1 and seen.left_out[0].startswith("Places were not looked for. ")
    bare.close()


WARNINGS: dict[str, tuple[bytes, Site, str]] = {
    "undated": (
        rss(item("BASE/a", "a", published=None), item("BASE/b", "b")),
        {},
        "1 of 2 entries have no date: where their pages have none either, the hour of first sight is shown.",
    ),
    "same links": (rss(item("BASE/a", "a"), item("BASE/a", "b")), {}, "All entries have the same link"),
    "no links": (rss(item(None, "a", guid="1", text="Text."), item("BASE/b", "b")), {}, "1 of 2 entries have no link"),
    "summaries": (rss(*reports(2, text="A short teaser.")), {}, "The feed carries summaries only"),
    "comments": (rss(*reports(2), title="Comments on: The bridge"), {}, "This looks like a feed of readers' comments"),
    "language": (
        rss(*reports(1), language="de-DE"),
        {"/report-0.html": page("Bridge report", TEXT)},
        "The feed says that it is in “de”, but its entries are in “en”.",
    ),
    "robots": (
        rss(*reports(2, text="A short teaser.")),
        {"/robots.txt": b"User-agent: *\nDisallow: /report"},
        "The robots.txt of the site forbids 2 of 2 pages: only the feed's own text can be shown.",
    ),
    "gone": (rss(*reports(1)), {"/report-0.html": lambda exchange: exchange.answer(410)}, "1 of 1 pages are gone."),
    "nothing": (rss(*reports(1)), {}, "1 of 1 entries would come to nothing"),
    "old": (rss(*reports(2, start=datetime(2020, 1, 1, tzinfo=UTC))), {}, "The newest entry is of 01 January 2020"),
    "none": (rss(), {}, "The feed has no entries now"),
    "parser": (rss("<item><title>t</title><pubDate>soon</pubDate></item>"), {}, "not a date: 'soon'"),
}


@pytest.mark.parametrize("name", WARNINGS)
def test_what_to_mind_is_said_in_plain_words(app: App, name: str) -> None:
    feed, site, words = WARNINGS[name]
    with playing({"/feed": feed, **site}) as server:
        seen = preview(app, server.url("/feed"), budget_s=60)
    assert any(text.startswith(words) for text in seen.warnings), seen.warnings


def store_report(app: App, server: Loopback, number: int, feed_id: int) -> None:
    url = server.url(f"/report-{number}.html")
    aliases = aliases_of(Entry(link=url), feed_id)
    title = f"Bridge report {number}"
    made = NewArticle("courier", url, aliases[0].key, title, "Text.", ("p",), "en", None, datetime.now(UTC), "h", feed_id=feed_id)
    assert app.store.articles.add(made, [alias for alias in aliases if alias.scope is None], Tags(), datetime.now(UTC))


def test_what_is_there_already_is_counted_and_the_other_address_named(app: App) -> None:
    with playing({"/feed": rss(*reports(4)), "/other": rss(*reports(4))}) as server:
        made, _ = app.store.feeds.add(draft_of(server.url("/other"), "The Courier", outlet="courier"), app.clock.now())
        store_report(app, server, 0, made.id)
        seen = preview(app, server.url("/feed"), budget_s=0)
        assert seen.overlap == Overlap(1, 4, made) and seen.elsewhere is None
        assert any(text.startswith("1 of its 4 newest entries are known already") for text in seen.warnings)
        for number in (1, 2, 3):
            store_report(app, server, number, made.id)
        again = preview(app, server.url("/feed"), budget_s=0)
        assert (again.overlap, again.elsewhere) == (Overlap(4, 4, made), made)
        assert any("subscribed to already under another address" in text for text in again.warnings)
        exact = preview(app, server.url("/other"), budget_s=0)
        assert (exact.known, exact.elsewhere) == (made, None)
        assert not any("known already" in text or "another address" in text for text in exact.warnings)


def test_another_spelling_of_a_subscribed_address_is_noticed(app: App) -> None:
    with playing({"/feed": rss(*reports(1)), "/feed/": rss(*reports(1))}) as server:
        made, _ = app.store.feeds.add(draft_of(server.url("/feed"), None), app.clock.now())
        assert preview(app, server.url("/feed/"), budget_s=0).elsewhere == made


def test_the_address_to_subscribe_to_is_where_a_permanent_redirect_leads(app: App) -> None:
    with playing({"/feed": rss(*reports(1)), "/old": lambda exchange: exchange.answer(301, Location="/feed")}) as server:
        assert preview(app, server.url("/old"), budget_s=0).url == server.url("/feed")


def test_a_page_names_its_feeds_and_one_without_any_says_what_it_is(app: App) -> None:
    index = b"<sitemapindex><sitemap><loc>BASE/latest.xml</loc></sitemap></sitemapindex>"
    with playing({"/": front(alternate("/a.rss", "A")), "/bare": front(), "/index.xml": index}) as server:
        seen = preview(app, server.url("/"))
        assert (seen.parsed, [(one.url, one.title) for one in seen.found]) == (None, [(server.url("/a.rss"), "A")])
        assert [one.url for one in preview(app, server.url("/index.xml")).found] == [server.url("/latest.xml")]
        with pytest.raises(FeedError, match="a web page"):
            preview(app, server.url("/bare"))


def test_a_channel_is_previewed_like_any_feed_and_no_post_is_fetched(app: App) -> None:
    with playing({"/s/LymanWatch": CHANNEL}) as server:
        seen = preview(app, server.url("/s/LymanWatch"), budget_s=60)
        assert server.paths() == ["/s/LymanWatch"]
    assert [look.text_from for look in seen.entries] == ["feed"] * 4
    assert {look.outcome for look in seen.entries} == {Outcome.FULL}


def test_the_preview_can_be_written_as_json_and_its_fields_are_documented() -> None:
    seen = Preview("https://a.example/", None, entries=(Look("https://a.example/1", "t", datetime(2026, 3, 1, tzinfo=UTC)),))
    assert orjson.loads(orjson.dumps(seen))["entries"][0]["published"] == "2026-03-01T00:00:00+00:00"
    docs = (Path(__file__).resolve().parent.parent / "docs" / "feeds.md").read_text(encoding="utf-8")
    named = {field.name for kind in (Preview, Look, Overlap, subscribe.Discovery, Choice, subscribe.Refusal) for field in fields(kind)}
    assert {name for name in named if f"`{name}`" not in docs} == set()
    assert {how.value for how in How if f"`{how.value}`" not in docs} == set()


# --- lists ------------------------------------------------------------------------------------------------------------

LIST = b"""<opml version="2.0"><body>
<outline text="Ukraine"><outline type="rss" text="Mole" xmlUrl="https://mole.example/rss?feed=rss2"/></outline>
<outline type="rss" text="Owl" xmlUrl="http://www.owl.example/feed/"/>
<outline type="rss" text="Mole again" xmlUrl="https://mole.example/rss?feed=rss2"/>
<outline type="rss" text="Mole in the clear" xmlUrl="http://mole.example/rss?feed=rss2"/>
<outline type="rss" text="Gopher" xmlUrl="gopher://hole.example/"/>
<outline type="rss" text="Nowhere"/>
<outline type="rss" text="Badly named" xmlUrl="https://mole.example:99999/rss"/>
</body></opml>"""


def test_a_list_says_what_it_would_bring_and_comes_in_as_far_as_chosen_and_goes_again(app: App) -> None:
    owl, _ = app.store.feeds.add(draft_of("https://owl.example/feed", "Owl"), app.clock.now())
    listed = survey_opml(app, LIST)
    assert [(draft.url, draft.theatre) for draft in listed.new] == [("https://mole.example/rss?feed=rss2", "ukraine")]
    assert listed.known == (owl,)
    assert [(one.line, one.title, one.why.partition(":")[0].partition(" is no")[0]) for one in listed.refused] == [
        (4, "Mole again", "the same address as in line 2"),
        (5, "Mole in the clear", "the same address as in line 2"),
        (6, "Gopher", "its address (xmlUrl) does not begin with http"),
        (7, "Nowhere", "it has no address (xmlUrl)"),
        (8, "Badly named", "'https"),
    ]
    assert app.store.feeds.all() == (owl,)
    assert add_opml(app, LIST, only=()).new == 0
    added = add_opml(app, opml_of(listed.new), only=[draft.url for draft in listed.new])
    assert (added.new, added.known, len(app.store.feeds.all())) == (1, 0, 2)
    assert [feed.url for feed in take_back(app, added.at)] == ["https://mole.example/rss?feed=rss2"]
    assert take_back(app, added.at) == () and app.store.feeds.all() == (owl,)


# --- drafts -----------------------------------------------------------------------------------------------------------


def test_each_telegram_channel_is_an_outlet_of_its_own() -> None:
    outlets = [draft_of(f"https://t.me/s/{name}", None).outlet.id for name in ("lymanwatch", "district_office")]
    assert outlets == ["lymanwatch", "district_office"]
    assert draft_of("https://www.press.example/feed", None).outlet.id == "press-example"


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("weir.example/?feed=rss2", "https://weir.example/?feed=rss2"),
        ("https://u:p@WEIR.example:443/a b?utm_source=x#top", "https://weir.example/a%20b?utm_source=x"),
        ("t.me/LymanWatch", "https://t.me/s/lymanwatch"),
    ],
)
def test_the_address_of_a_feed_keeps_what_makes_it_one(typed: str, address: str) -> None:
    assert subscribe.address_of(typed) == address


@given(st.text(max_size=40))
def test_any_text_is_an_address_or_refused_in_a_sentence(text: str) -> None:
    try:
        assert subscribe.address_of(text).startswith(("http://", "https://"))
    except UsageError as error:
        assert error.message


def test_a_feed_that_moves_onto_another_is_gone_and_names_it(app: App) -> None:
    site: Site = {"/feed": rss(*reports(2)), "/old": lambda exchange: exchange.answer(308, Location="/feed")}
    with playing(site) as server:
        other, _ = app.store.feeds.add(draft_of(server.url("/feed"), "The Courier"), app.clock.now())
        old, _ = app.store.feeds.add(draft_of(server.url("/old"), "Old"), app.clock.now())
        app.store.feeds.record_polls(
            [(Poll(old.id, app.clock.now(), PollOutcome.NOTHING_NEW), replace(old, moved_to=other.url, moved_hits=4))]
        )
        claimed = app.store.feeds.claim(old.id, app.clock.now(), 60)
        assert claimed is not None and app.polling.now(claimed) is not None
    after = app.store.feeds.get(old.id)
    assert (after.state, after.url, after.next_poll_at) == (FeedState.GONE, server.url("/old"), None)
    assert f"subscribed to already as feed {other.id} (The Courier)" in after.state_text
