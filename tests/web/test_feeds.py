"""What is subscribed to: every list in every form, with ids that stay, and answers that say when nothing is new."""

import csv
import gzip
import io
import json
import re
import time
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote

import brotli  # type: ignore[import-untyped]  # ships no types
import feedparser
import pytest
from lxml import etree, html

from aggregator.access import Scope, digest
from aggregator.app import App
from aggregator.model import Tags
from tests.web import newsroom
from tests.web.browsing import HOST, Browsing
from web.documents import LOOK_S, coding_of
from web.factory import HEADERS
from web.feeds import FORMATS

LISTS = [
    "/stream.{}",
    "/stream.{}?q=heating%20OR%20warm",
    "/stream.{}?q=%22last+two%22&items=articles",
    "/stream.{}?q=lang:ar",
    "/stream.{}?limit=3",
    "/place/gn706483.{}",
    "/place/gn690791.{}?q=lang:uk&items=articles",
    "/source/uk-mod.{}",
    "/outlet/tidewater-courier.{}",
    "/outlet/jaridat-al-marfa.{}?items=articles",
    "/stream.{}?q=nothing-matches-this",
]
TAG = re.compile(r"tag:news\.example,2026:(story|article)/\d+")
ATOM = "{http://www.w3.org/2005/Atom}"


def addresses(app: App, form: str) -> list[str]:
    return [path.format(form) for path in LISTS] + [
        f"/story/{newsroom.story_of(app, name)}.{form}" for name in ("heating", "sur", "hostile")
    ]


@pytest.mark.parametrize("form", list(FORMATS))
def test_every_list_in_every_form(reader: Browsing, app: App, form: str) -> None:
    for path in addresses(app, form):
        response = reader.open(path)
        assert response.status_code == 200, path
        assert response.content_type == f"{FORMATS[form][0]}; charset=utf-8"
        assert response.headers["Cache-Control"] == "public, max-age=60"
        assert response.headers["Access-Control-Allow-Origin"] == "*"
        assert "Set-Cookie" not in response.headers
        assert "Cookie" not in response.headers.get("Vary", "")
        head = reader.open(path, "HEAD")
        assert (head.status_code, head.get_data()) == (200, b"")
        assert head.headers["ETag"] == response.headers["ETag"]


@pytest.mark.parametrize("form", list(FORMATS))
def test_nothing_new_is_said_in_a_word(reader: Browsing, form: str) -> None:
    path = f"/stream.{form}?limit=20"
    response = reader.open(path)
    again = reader.open(path, headers={"If-None-Match": response.headers["ETag"]})
    assert (again.status_code, again.get_data()) == (304, b"")
    assert again.headers["ETag"] == response.headers["ETag"]
    assert again.headers["Cache-Control"] == response.headers["Cache-Control"] and "Content-Type" not in again.headers
    assert all(again.headers.getlist(name) == [value] for name, value in HEADERS.items())
    for known in (f"W/{response.headers['ETag']}", f'"older", {response.headers["ETag"]}', "*"):
        assert reader.open(path, headers={"If-None-Match": known}).status_code == 304
    assert reader.open(path, headers={"If-Modified-Since": response.headers["Last-Modified"]}).status_code == 304
    older = parsedate_to_datetime(response.headers["Last-Modified"]) - timedelta(seconds=1)
    assert reader.open(path, headers={"If-Modified-Since": older.strftime("%a, %d %b %Y %H:%M:%S GMT")}).status_code == 200
    assert (
        reader.open(path, headers={"If-None-Match": '"other"', "If-Modified-Since": response.headers["Last-Modified"]}).status_code == 200
    )
    for coding, unpack in (("gzip", gzip.decompress), ("br", brotli.decompress)):
        packed = reader.open(path, headers={"Accept-Encoding": coding})
        assert packed.headers["Content-Encoding"] == coding
        assert "Accept-Encoding" in packed.headers["Vary"]
        assert unpack(packed.data) == response.data
        assert reader.open(path, headers={"Accept-Encoding": coding, "If-None-Match": packed.headers["ETag"]}).status_code == 304


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("", ""),
        ("identity", ""),
        ("gzip", "gzip"),
        ("gzip, deflate", "gzip"),
        ("gzip, deflate, br, zstd", "br"),
        ("br;q=0.5, gzip", "gzip"),
        ("br;q=0, gzip;q=0", ""),
        ("*", "br"),
        ("identity, gzip;q=0.5", ""),
        ("zstd", ""),
    ],
)
def test_coding_of(accepted: str, coding: str) -> None:
    assert coding_of(accepted) == coding


def test_news_is_not_kept_back(desk: Browsing) -> None:
    path = "/outlet/tidewater-courier.json?items=articles"
    before = desk.open(path)
    feed = next(feed for feed in desk.app.store.feeds.all() if feed.outlet_id == "tidewater-courier")
    newsroom._add(desk.app, feed, "late", "A late report", "Late news of the harbour.", "en", newsroom.NOW, Tags())
    assert desk.open(path, headers={"If-None-Match": before.headers["ETag"]}).status_code == 304  # not searchable yet
    while desk.app.pipeline.follow():
        pass
    time.sleep(LOOK_S)
    after = desk.open(path, headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    assert after.get_json()["items"][0]["title"] == "A late report"


def test_a_changed_search_is_not_kept_back_where_a_query_names_it(desk: Browsing) -> None:
    store, path = desk.app.store.searches, "/stream.json?q=search:schools"
    kept = store.save("Schools", "heating", "", "mira", desk.app.clock.now())
    before = desk.open(path)
    assert len(before.get_json()["items"]) == 1
    store.change(kept.id, "Schools", "", "", "mira", desk.app.clock.now() + timedelta(seconds=2))
    asked = {"If-None-Match": before.headers["ETag"], "Cache-Control": "no-cache"}  # as the hub asks, at once
    after = desk.open(path, headers=asked)
    assert after.status_code == 200 and len(after.get_json()["items"]) > 1
    since = desk.open(path, headers={"If-Modified-Since": before.headers["Last-Modified"], "Cache-Control": "no-cache"})
    assert since.status_code == 200


@pytest.mark.parametrize("form", ["rss", "atom"])
def test_feeds_are_read_as_they_are_meant(reader: Browsing, app: App, form: str) -> None:
    for path in addresses(app, form):
        data = reader.open(path).get_data()
        etree.fromstring(data)  # well-formed, or this raises
        parsed = feedparser.parse(data)
        assert not parsed.bozo, (path, parsed.get("bozo_exception"))
        assert parsed.version == {"rss": "rss20", "atom": "atom10"}[form]
        assert parsed.feed.title.endswith("· Frontwire")
        links = {(link.rel, link.href) for link in parsed.feed.links}
        assert ("self", HOST + path) in links or any(rel == "self" and feedparser_same(href, HOST + path) for rel, href in links)
        ids = [entry.id for entry in parsed.entries]
        assert len(ids) == len(set(ids))
        assert all(TAG.fullmatch(ident) for ident in ids)
        assert bool(parsed.entries) != ("nothing-matches" in path)
        for entry in parsed.entries:
            assert entry.title.strip()
            assert entry.link.startswith("https://")
            published, updated = entry.published_parsed, dict.get(entry, "updated_parsed") or entry.published_parsed
            assert published <= updated <= (datetime.now(UTC) + timedelta(minutes=1)).timetuple()
            assert {tag.scheme.rpartition("/")[2] for tag in entry.get("tags", [])} <= {
                "place",
                "outlet",
                "cited-source",
                "language",
                "state",
            }
            _sound_html(entry.summary if form == "rss" else entry.content[0].value)


def feedparser_same(one: str, other: str) -> bool:
    """Whether two addresses are the same but for how they are quoted."""
    return one.replace("%22", '"').replace("+", " ") == other.replace("%22", '"').replace("+", " ")


def _sound_html(fragment: str) -> None:
    tree = html.fragment_fromstring(fragment, create_parent="div")
    assert {element.tag for element in tree.iter()} <= {"div", "p", "strong", "a"}
    assert all(element.get("href", "").startswith(HOST) for element in tree.iter("a"))


def test_a_story_as_an_item(reader: Browsing, app: App) -> None:
    entry = feedparser.parse(reader.open("/stream.rss?q=heating").get_data()).entries[0]
    story = newsroom.story_of(app, "heating")
    assert (entry.id, entry.link, entry.guidislink) == (f"tag:news.example,2026:story/{story}", f"{HOST}/story/{story}", False)
    assert "<strong>UK Ministry of Defence</strong> claimed (hedged): strikes on boiler houses may have doubled" in entry.summary
    assert "1 edited since" in entry.summary
    terms = {(tag.scheme, tag.term) for tag in entry.tags}
    assert (f"{HOST}/ns/place", "gn706483") in terms
    assert (f"{HOST}/ns/cited-source", "uk-mod") in terms
    assert (f"{HOST}/ns/outlet", "lagoon-radio") in terms
    assert (f"{HOST}/ns/language", "en") in terms
    assert entry.where["coordinates"] == pytest.approx((36.25272, 49.98081))


def test_articles_are_told_by_their_beginning_and_lead_to_the_outlet(reader: Browsing, app: App) -> None:
    feed = json.loads(reader.open(f"/story/{newsroom.story_of(app, 'heating')}.json").get_data())
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    items = {item["url"]: item for item in feed["items"]}
    item = items["https://tidewater-courier.example/heating"]
    assert item["title"] == "Heating returns to eleven Kharkiv schools"
    assert item["date_modified"] > item["date_published"]
    assert "edited 1 time" in item["content_html"]
    assert "unlit stairs" not in item["content_html"] or len(item["content_html"]) < 700
    assert f"{HOST}/article/{newsroom.article_of(app, 'heating')}" in item["content_html"]
    assert item["authors"] == [{"name": "Ada Quill"}]
    states = [category["term"] for category in items["https://lagoon-radio.example/heating-wire"]["_frontwire"]["categories"]]
    assert "copy" in states


@pytest.mark.parametrize("form", ["rss", "atom", "json"])
def test_samples_say_so(reader: Browsing, form: str) -> None:
    assert reader.open(f"/stream.{form}?q=lang:ar").get_data(as_text=True).count("Sample: an invented report") == 2  # the feed and its item
    assert "Sample" not in reader.open(f"/stream.{form}?q=heating").get_data(as_text=True)


def test_ids_do_not_depend_on_who_asks_by_which_name(reader: Browsing) -> None:
    one = reader.client.get("/stream.json", base_url="https://news.example").get_json()
    other = reader.client.get("/stream.json", base_url="http://10.0.0.7:8000").get_json()
    assert one == other


def test_hostile_titles_are_text(reader: Browsing) -> None:
    feed = feedparser.parse(reader.open("/outlet/tidewater-courier.rss?items=articles&q=smoke").get_data())
    assert feed.entries[0].title == 'Fires <script>alert("1")</script> & "smoke" </title>'
    data = reader.open("/outlet/tidewater-courier.json?items=articles&q=smoke").get_json()
    assert data["items"][0]["title"] == 'Fires <script>alert("1")</script> & "smoke" </title>'
    assert "<img" not in data["items"][0]["content_html"]


@pytest.mark.parametrize("wanted", ["stories", "articles"])
def test_further_pages_follow_without_double(reader: Browsing, wanted: str) -> None:
    path: str | None = f"/stream.json?limit=7&items={wanted}"
    found: list[str] = []
    while path:
        feed: dict[str, Any] = reader.open(path).get_json()
        found += [item["id"] for item in feed["items"]]
        path = feed["next_url"].removeprefix(HOST) if "next_url" in feed else None
    assert len(found) == len(set(found)) > 30


def test_tables_and_maps(reader: Browsing) -> None:
    rows = list(csv.DictReader(io.StringIO(reader.open("/stream.csv?q=heating").get_data(as_text=True))))
    assert rows[0]["places"] == "Kharkiv"
    assert rows[0]["cited_sources"].startswith("UK Ministry of Defence")
    features = reader.open("/stream.geojson?q=heating").get_json()["features"]
    assert features[0]["geometry"] == {"type": "Point", "coordinates": [36.25272, 49.98081]}


def test_whole_texts_by_token_only(desk: Browsing) -> None:
    path = "/stream.json?items=articles&q=heating"
    user = desk.app.store.users.by_name(newsroom.NAME)
    assert user is not None
    for secret, scopes in (("fw_whole", {Scope.READ, Scope.FULL_TEXT}), ("fw_short", {Scope.READ})):
        desk.app.store.tokens.add(user.id, secret, scopes, digest(secret), newsroom.NOW)
    last = "The last boiler is to be lit on Friday."
    body = "\n".join([newsroom.HEATING, *(f"School number {n} had its pipes looked at once more." for n in range(12)), last])
    newsroom.revise(desk.app, newsroom.article_of(desk.app, "heating"), "Heating returns to twelve schools", body)
    plain = desk.open(path)
    whole = desk.open(f"{path}&token=fw_whole")
    assert last not in plain.get_data(as_text=True) and "public" in plain.headers["Cache-Control"]
    assert last in whole.get_data(as_text=True) and "private" in whole.headers["Cache-Control"]
    assert "fw_whole" not in whole.get_json()["feed_url"]
    assert desk.open(path, headers={"Authorization": "Bearer fw_whole"}).get_json()["items"] == whole.get_json()["items"]
    assert desk.open(path).get_json() == plain.get_json()  # what a token opened is not kept for others
    assert desk.open(f"{path}&token=fw_short").get_json()["items"] == plain.get_json()["items"]
    assert desk.open(f"{path}&token=fw_wrong").status_code == 401


def test_what_changed_since(desk: Browsing) -> None:
    begun = datetime.now(UTC)
    empty = desk.open(f"/stream.json?items=articles&since={quote((begun + timedelta(hours=1)).isoformat())}").get_json()["items"]
    assert empty == []
    whole = _all_pages(desk, "/stream.json?items=articles")
    assert len(_all_pages(desk, "/stream.json?items=articles&since=2020-01-01")) == len(whole)
    feed = next(feed for feed in desk.app.store.feeds.all() if feed.outlet_id == "tidewater-courier")
    later = begun + timedelta(minutes=5)
    newsroom._add(desk.app, feed, "late", "A late report", "Late news of the harbour.", "en", later, Tags())
    while desk.app.pipeline.follow():
        pass
    changed = [change for change in desk.app.store.changes.since(0, 10_000) if change.at >= later]
    assert changed
    items = desk.open(f"/stream.json?items=articles&since={quote(later.isoformat())}").get_json()["items"]
    assert [item["title"] for item in items] == ["A late report"]
    assert [item["title"] for item in desk.open(f"/stream.json?since={quote(later.isoformat())}").get_json()["items"]] == ["A late report"]


def test_claims_as_items(reader: Browsing, app: App) -> None:
    story = newsroom.story_of(app, "heating")
    feed = reader.open(f"/story/{story}.json?items=claims").get_json()
    assert any(item["title"].startswith("UK Ministry of Defence claimed: strikes on boiler houses") for item in feed["items"])
    assert all(re.fullmatch(rf"{HOST}/story/{story}#c\d+", item["url"]) for item in feed["items"])
    assert all(re.fullmatch(r"tag:news\.example,2026:claim/[0-9a-f]{20}", item["id"]) for item in feed["items"])
    page = reader.get(f"/story/{story}")
    assert all(page.find(f"//*[@id='{item['url'].partition('#')[2]}']") for item in feed["items"])
    by_list = {item["id"] for item in reader.open("/stream.json?items=claims&q=heating").get_json()["items"]}
    assert {item["id"] for item in feed["items"]} <= by_list


def test_a_query_for_a_source_lists_its_claims_only(reader: Browsing) -> None:
    for path in ("/source/uk-mod.json?items=claims", "/stream.json?items=claims&q=by:uk-mod"):
        items = reader.open(path).get_json()["items"]
        assert items
        assert {item["authors"][0]["name"] for item in items} == {"UK Ministry of Defence"}
    others = reader.open("/stream.json?items=claims&q=heating+-by:uk-mod").get_json()["items"]
    assert "UK Ministry of Defence" not in {item["authors"][0]["name"] for item in others}


@pytest.mark.parametrize("form", ["rss", "atom"])
def test_archives_lead_from_day_to_day_and_hold_everything(reader: Browsing, form: str) -> None:
    """As a reader of RFC 5005 that was away does it: from the feed back through the archives."""
    whole = {item["id"] for item in _all_pages(reader, "/stream.json?items=articles")}
    data = reader.open(f"/stream.{form}?items=articles").get_data()
    found: set[str] = set()
    newer: str | None = None
    while address := _linked(data, "prev-archive"):
        data = reader.open(address).get_data()
        assert b"<fh:archive/>" in data
        assert _linked(data, "current") == f"/stream.{form}?items=articles"
        assert _linked(data, "next-archive") == newer
        newer = address
        page: str | None = address
        while page:
            part = reader.open(page).get_data()
            found |= {entry.id for entry in feedparser.parse(part).entries}
            page = _linked(part, "next")
    assert found <= whole
    assert len(found) > 30
    assert whole - found == {item["id"] for item in _all_pages(reader, "/stream.json?items=articles&q=after:today")}


def _all_pages(reader: Browsing, first: str) -> list[dict[str, Any]]:
    path: str | None = first
    found = []
    while path:
        feed: dict[str, Any] = reader.open(path).get_json()
        found += feed["items"]
        path = feed["next_url"].removeprefix(HOST) if "next_url" in feed else None
    return found


def _linked(data: bytes, relation: str) -> str | None:
    tree = etree.fromstring(data)
    links = tree.iter("{http://www.w3.org/2005/Atom}link")
    return next((str(link.get("href")).removeprefix(HOST) for link in links if link.get("rel") == relation), None)


def test_an_archive_is_of_a_day_that_is_over(reader: Browsing) -> None:
    response = reader.open(f"/stream.rss?archive={datetime.now(UTC).date() + timedelta(days=400)}")
    assert response.status_code == 400
    assert "is not over yet" in response.get_data(as_text=True)


@pytest.mark.parametrize(
    "query",
    [
        *("limit=0", "limit=201", "limit=many", "items=people", "items=claims&limit=41", "cursor=x", "order=relevance&cursor=7"),
        *("archive=yesterday", "archive=2026-13-01", "since=lately"),
    ],
)
def test_what_cannot_be_done_is_said(reader: Browsing, query: str) -> None:
    response = reader.open(f"/stream.rss?{query}")
    assert response.status_code == 400
    assert "That cannot be done" in response.get_data(as_text=True)


@pytest.mark.parametrize(
    "path", ["/story/999.rss", "/place/gn1.atom", "/source/nobody.json", "/outlet/nobody.csv", "/stream.xml", "/story/1.pdf"]
)
def test_what_is_not_there(reader: Browsing, path: str) -> None:
    assert reader.open(path).status_code == 404


def test_pages_name_their_feeds(reader: Browsing, app: App) -> None:
    for path in ["/?q=heating", "/place/gn706483", "/source/uk-mod", "/outlet/lagoon-radio", f"/story/{newsroom.story_of(app, 'heating')}"]:
        page = reader.get(path)
        named = [element.get("href", "") for element in page.find("//link[@rel='alternate']")]
        assert [element.get("type") for element in page.find("//link[@rel='alternate']")] == [
            FORMATS[form][0] for form in ("rss", "atom", "json")
        ]
        assert all(reader.open(address).status_code == 200 for address in named)
        assert set(named) <= set(page.links())


def test_scripts_of_other_pages_may_ask(reader: Browsing) -> None:
    response = reader.open("/stream.json", "OPTIONS", headers={"Origin": "https://reader.example", "Access-Control-Request-Method": "GET"})
    assert response.status_code == 200
    assert response.headers["Access-Control-Allow-Origin"] == "*"


def test_articles_bring_the_address_of_their_picture(reader: Browsing) -> None:
    path = "/outlet/tidewater-courier.{}?items=articles&q=heating"
    (item,) = json.loads(reader.open(path.format("json")).data)["items"]
    assert item["image"] == "https://tidewater-courier.example/heating.jpg"
    (entry,) = feedparser.parse(reader.open(path.format("rss")).data).entries
    assert [content["url"] for content in entry.media_content] == [item["image"]]
    (entry,) = feedparser.parse(reader.open(path.format("atom")).data).entries
    assert [(one.href, one.type) for one in entry.enclosures] == [(item["image"], "image/jpeg")]
