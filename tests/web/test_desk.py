"""Logging in, and the operator's desk: who may, what forged forms come to, and what each action does."""

import pytest

from aggregator.feeds import opml
from aggregator.model import FeedState
from aggregator.subscribe import export_opml
from tests.web import newsroom
from tests.web.browsing import HOST, Browsing
from tests.web.markup import faults
from web.auth import FAILURES, safe_path

ACTIONS = [
    "/operate/add",
    "/operate/add/page",
    "/operate/catalogue",
    "/operate/opml",
    "/operate/opml/add",
    "/operate/undo",
    "/operate/feed/1/pause",
    "/operate/sample/remove",
    "/operate/article/1/remove",
    "/operate/removed/1/readmit",
    "/logout",
]
OPML = (
    b'<?xml version="1.0"?><opml version="2.0"><head><title>x</title></head><body><outline text="ukraine">'
    b'<outline type="rss" text="Mole News" xmlUrl="https://mole.example/rss"/></outline></body></opml>'
)


@pytest.mark.parametrize("path", ["/operate", "/operate/add", "/operate/feed/1", "/operate/feeds.opml"])
def test_strangers_are_asked_who_they_are(reader: Browsing, path: str) -> None:
    response = reader.open(path)
    assert response.status_code == 302
    assert response.headers["Location"].startswith("/login?next=%2Foperate")
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("action", [*ACTIONS, "/login"])
def test_a_form_without_its_token_does_nothing(desk: Browsing, action: str) -> None:
    before = desk.app.store.feeds.all()
    response = desk.open(action, "POST", data={"url": "https://evil.example/rss", "theatre": "ukraine"})
    assert response.status_code == 400
    assert faults(response.get_data(as_text=True)) == []
    assert desk.app.store.feeds.all() == before


def test_a_form_from_elsewhere_does_nothing(desk: Browsing) -> None:
    page = desk.get("/operate/feed/1")
    token = page.find("//input[@name='csrf_token']")[0].get("value")
    response = desk.open("/operate/feed/1/pause", "POST", data={"csrf_token": token}, headers={"Referer": "https://evil.example/"})
    assert response.status_code == 400
    assert desk.app.store.feeds.get(1).state is not FeedState.PAUSED


@pytest.mark.parametrize("action", ACTIONS[:-1])
def test_strangers_can_do_nothing(reader: Browsing, action: str) -> None:
    token = reader.get("/login").find("//input[@name='csrf_token']")[0].get("value")
    response = reader.open(action, "POST", data={"csrf_token": token}, headers={"Referer": HOST + "/login"})
    assert response.status_code == 302
    assert response.headers["Location"].startswith("/login?")


def test_logging_in_leads_to_where_one_wanted_to_go_and_out_again(desk: Browsing) -> None:
    visitor = Browsing(desk.client.application, app=desk.app)
    page = visitor.login(newsroom.NAME, newsroom.PASSWORD, "/operate/feed/1")
    assert (page.status, page.path) == (200, "/operate/feed/1")
    cookie = visitor.client.get_cookie("session", domain="news.example")
    assert cookie is not None
    assert (cookie.http_only, cookie.secure, cookie.same_site) == (True, True, "Lax")
    out = visitor.send(visitor.get("/operate"), "/logout")
    assert out.path == "/"
    assert visitor.open("/operate").status_code == 302


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "evil", ""])
def test_logging_in_never_leads_elsewhere(desk: Browsing, target: str) -> None:
    assert safe_path(target) is None
    visitor = Browsing(desk.client.application, app=desk.app)
    page = visitor.get("/login")
    token = page.find("//input[@name='csrf_token']")[0].get("value")
    response = visitor.open(
        "/login", "POST", query_string={"next": target}, headers={"Referer": HOST + "/login"},
        data={"name": newsroom.NAME, "password": newsroom.PASSWORD, "csrf_token": token},
    )  # fmt: skip
    assert (response.status_code, response.headers["Location"]) == (302, "/operate")


def test_wrong_passwords_have_to_wait(desk: Browsing) -> None:
    visitor = Browsing(desk.client.application, app=desk.app)
    for name in [newsroom.NAME, "nobody", *["x"] * (FAILURES - 2)]:
        page = visitor.login(name, "wrong")
        assert page.status == 401
        assert "do not fit" in page.text
        assert faults(page.response.get_data(as_text=True)) == []
    page = visitor.login(newsroom.NAME, newsroom.PASSWORD)
    assert page.status == 429
    assert "try again in five minutes" in page.text
    assert visitor.open("/operate").status_code == 302


def test_a_forged_session_is_nobody(flask_of: Browsing) -> None:
    assert flask_of.open("/operate").status_code == 302


@pytest.fixture
def flask_of(desk: Browsing, operator_cookie: str) -> Browsing:
    return Browsing(desk.client.application, operator_cookie[:-3] + "abc")


def test_the_desk_shows_how_feeds_fare(operator: Browsing) -> None:
    page = operator.get("/operate")
    assert "403 since this morning, next try in an hour" in page.text
    assert "4 feeds" in page.text
    assert "1 entries failed" in page.text or "1 entry failed" in page.text
    assert "No broker is known" in page.text
    assert len(page.find("//button[text()='pause']")) == 4


def test_a_feed_shows_where_its_entries_ended(operator: Browsing) -> None:
    page = operator.get("/operate/feed/1")
    failed = next(link for link in page.links("//p[@class='bar']/a") if "failed" in link)
    page = operator.get(failed)
    assert "neither page nor feed gave a text" in page.text
    assert len(page.find("//section[1]//tbody/tr")) == 1
    assert operator.get("/operate/feed/1?state=nonsense").status == 200
    assert operator.get("/operate/feed/99").status == 404


def test_pausing_resuming_polling_removing(desk: Browsing) -> None:
    feeds = desk.app.store.feeds
    page = desk.send(desk.get("/operate/feed/1"), "/operate/feed/1/pause")
    assert page.path == "/operate/feed/1"
    assert "paused" in page.text
    assert feeds.get(1).state is FeedState.PAUSED
    page = desk.send(page, "/operate/feed/1/resume")
    assert feeds.get(1).state is not FeedState.PAUSED
    page = desk.send(page, "/operate/feed/1/poll")
    assert "is polled at the next tick" in page.text
    page = desk.send(desk.get("/operate"), "/operate/feed/2/pause")
    assert page.path == "/operate"
    page = desk.send(desk.get("/operate/feed/1"), "/operate/feed/1/remove")
    assert page.path == "/operate"
    assert "its articles stay" in page.text
    assert [feed.id for feed in feeds.all() if feed.id == 1] == []
    token = page.find("//input[@name='csrf_token']")[0].get("value")
    headers = {"Referer": HOST + "/operate"}
    assert desk.open("/operate/feed/2/explode", "POST", data={"csrf_token": token}, headers=headers).status_code == 404
    assert desk.open("/operate/feed/99/poll", "POST", data={"csrf_token": token}, headers=headers).status_code == 404


def test_a_theatre_of_the_catalogue_comes_in_at_once_and_once(desk: Browsing) -> None:
    page = desk.get("/operate")
    token = page.find("//input[@name='csrf_token']")[0].get("value")
    before = len(desk.app.store.feeds.all())
    headers = {"Referer": HOST + "/operate"}
    desk.open("/operate/catalogue", "POST", data={"csrf_token": token, "theatre": "ukraine"}, headers=headers)
    after = len(desk.app.store.feeds.all())
    assert after > before
    desk.open("/operate/catalogue", "POST", data={"csrf_token": token, "theatre": "ukraine"}, headers=headers)
    assert len(desk.app.store.feeds.all()) == after
    assert "0 feeds added" in desk.get("/operate").text
    assert desk.open("/operate/catalogue", "POST", data={"csrf_token": token, "theatre": "atlantis"}, headers=headers).status_code == 400


def test_a_list_of_feeds_comes_in_and_goes_out(desk: Browsing) -> None:
    page = desk.send(desk.send(desk.get("/operate"), "/operate/opml", files={"list": OPML}), "/operate/opml/add")
    assert "1 feed added" in page.text
    added = desk.app.store.feeds.by_url("https://mole.example/rss")
    assert added is not None
    assert added.theatre == "ukraine"
    response = desk.open("/operate/feeds.opml")
    assert response.content_type.startswith("text/x-opml")
    assert response.get_data() == export_opml(desk.app)
    assert "https://mole.example/rss" in [feed.url for feed in opml.read(response.get_data())]


def test_a_feed_is_looked_at_before_it_is_added(desk: Browsing) -> None:
    """The address guard lets nothing out of this machine; the page says what is wrong."""
    page = desk.get("/operate/add?url=http://127.0.0.1:9/feed")
    assert page.status == 422
    assert page.find("//div[@role='alert']")
    assert faults(page.response.get_data(as_text=True)) == []
    token = desk.get("/operate").find("//input[@name='csrf_token']")[0].get("value")
    data = {
        "csrf_token": token,
        "url": "https://owl.example/rss",
        "title": "Owl",
        "theatre": "sudan",
        "outlet": "The Owl",
        "language": "en",
    }
    response = desk.open("/operate/add", "POST", data=data, headers={"Referer": HOST + "/operate/add"})
    assert response.status_code == 302
    added = desk.app.store.feeds.by_url("https://owl.example/rss")
    assert added is not None
    assert (added.title, added.theatre, added.outlet_id) == ("Owl", "sudan", "the-owl")
    bad = desk.open("/operate/add", "POST", data=data | {"url": "ftp://owl.example"}, headers={"Referer": HOST + "/operate/add"})
    assert bad.status_code == 400


def test_the_sample_goes_with_one_click(desk: Browsing) -> None:
    assert desk.get("/?q=lang:ar").find("//h3")
    page = desk.send(desk.get("/operate"), "/operate/sample/remove")
    assert "1 sample article removed" in page.text
    while desk.app.pipeline.follow():
        pass
    assert not desk.get("/?q=lang:ar").find("//h3")
