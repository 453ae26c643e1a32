"""The hub on the web: what may be asked of it, which feeds name it, and what operators see."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import feedparser
import pytest
from flask import Flask

from aggregator.access import Scope, digest
from aggregator.app import App
from aggregator.hub import MOST_UNVERIFIED_OF_HOST, Mode
from tests.web import newsroom
from tests.web.browsing import HOST, Browsing
from tests.web.markup import faults
from web.factory import create_app

CALLBACK = "https://reader.example/push/17"
ASKED = {"hub.mode": "subscribe", "hub.topic": f"{HOST}/stream.atom?q=kharkiv", "hub.callback": CALLBACK}


def ask(desk: Browsing, **changed: str | None) -> Any:
    """The answer to the usual request, changed so."""
    form = {name: value for name, value in (ASKED | {f"hub.{name}": value for name, value in changed.items()}).items() if value is not None}
    return desk.client.post("/hub", data=form, base_url=HOST)


def test_what_is_right_is_taken(desk: Browsing) -> None:
    answer = ask(desk, secret="hush", lease_seconds="86400")
    assert (answer.status_code, answer.mimetype) == (202, "text/plain") and "Set-Cookie" not in answer.headers
    (found,) = desk.app.store.hub.all()
    assert (found.topic, found.callback, found.asked, found.asked_secret) == (ASKED["hub.topic"], CALLBACK, Mode.SUBSCRIBE, "hush")
    assert found.asked_lease.total_seconds() == 86_400
    assert ask(desk, mode="unsubscribe").status_code == 202
    assert [one.asked for one in desk.app.store.hub.all()] == [Mode.UNSUBSCRIBE]


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"mode": None}, "hub.mode is missing"),
        ({"mode": "publish"}, "subscribe and unsubscribe are right"),
        ({"topic": None}, "hub.topic is missing"),
        ({"topic": "https://other.example/stream.atom"}, "no feed of this service"),
        ({"topic": f"{HOST}/stream.csv"}, "no feed of this service"),
        ({"topic": f"{HOST}/about"}, "no feed of this service"),
        ({"topic": f"{HOST}.evil.example/stream.rss"}, "no feed of this service"),
        ({"topic": f"{HOST}//stream.rss"}, "no feed of this service"),
        ({"topic": f"{HOST}/place/x/2026-03-04.rss"}, "no feed of this service"),
        ({"topic": f"{HOST}/stream.rss?token=fw_1"}, "access token"),
        ({"topic": f"{HOST}/stream.rss?archive=2026-03-04"}, "an archive of one day"),
        ({"topic": f"{HOST}/stream.rss?cursor=1"}, "a further page"),
        ({"topic": f"{HOST}/stream.rss?since=2026-03-04"}, "since an hour"),
        ({"topic": f"{HOST}/stream.rss?q=heating+is%3Astarred"}, "is:starred"),
        ({"topic": f"{HOST}/stream.rss#x"}, "without a fragment"),
        ({"callback": None}, "hub.callback is missing"),
        ({"callback": "ftp://reader.example/"}, "http or https"),
        ({"callback": "https://marta:secret@reader.example/"}, "without a user's name"),
        ({"callback": "https://[::1/"}, "http or https"),
        ({"callback": "https://reader.example:99999/"}, "http or https"),
        ({"callback": "https://reader.example/\r\nX: y"}, "ASCII"),
        ({"callback": "http://127.0.0.1/"}, "not on the public internet"),
        ({"callback": "http://[fd00::1]/"}, "not on the public internet"),
        ({"callback": f"{HOST}/websub/1"}, "this service itself"),
        ({"callback": "https://reader.example/" + "x" * 2_048}, "2048"),
        ({"lease_seconds": "a week"}, "a number of seconds"),
        ({"lease_seconds": "0"}, "a number of seconds"),
        ({"secret": "ї" * 100}, "less than 200 bytes"),
    ],
)
def test_what_is_wrong_is_named_with_what_would_be_right(desk: Browsing, changed: dict[str, str | None], says: str) -> None:
    answer = ask(desk, **changed)
    assert (answer.status_code, answer.mimetype) == (400, "text/plain")
    assert says in answer.get_data(as_text=True) and desk.app.store.hub.all() == ()


def test_a_host_that_does_not_answer_is_not_asked_for_ever(desk: Browsing) -> None:
    for number in range(MOST_UNVERIFIED_OF_HOST):
        assert ask(desk, callback=f"https://victim.example/{number}").status_code == 202
    answer = ask(desk, callback="https://victim.example/more")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "60")
    assert "victim.example" in answer.get_data(as_text=True)


@pytest.fixture
def limited(folder: Path) -> Iterator[Browsing]:
    app = newsroom.open_app(folder, api_limit=2)
    yield Browsing(create_app(app), app=app)
    app.close()


def test_requests_are_counted_as_those_to_the_api(limited: Browsing) -> None:
    assert [ask(limited, mode="no").status_code for _ in range(3)] == [400, 400, 429]


def test_too_much_is_not_read(desk: Browsing) -> None:
    assert ask(desk, secret="x" * 40_000).status_code == 413


@pytest.mark.parametrize("path", ["/stream.{}", "/stream.{}?q=%22last+two%22&items=articles", "/place/gn706483.{}?limit=3"])
@pytest.mark.parametrize("form", ["rss", "atom", "json"])
def test_feeds_name_their_hub(reader: Browsing, path: str, form: str) -> None:
    address = path.format(form)
    link = f'<{HOST}/hub>; rel="hub", <{HOST}{address}>; rel="self"'
    answer = reader.open(address)
    assert answer.headers["Link"] == reader.open(address, "HEAD").headers["Link"] == link
    again = reader.open(address, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.headers["Link"]) == (304, link)
    if form == "json":
        assert answer.get_json()["hubs"] == [{"type": "WebSub", "url": f"{HOST}/hub"}]
    else:
        named = {one.rel: one.href for one in feedparser.parse(answer.data).feed.links}
        assert (named["hub"], named["self"]) == (f"{HOST}/hub", HOST + address)


@pytest.mark.parametrize(
    "address", ["/stream.csv", "/stream.geojson", "/stream.atom?cursor=2026", "/stream.atom?archive=2026-03-04", "/about"]
)
def test_what_has_no_news_names_none(reader: Browsing, address: str) -> None:
    answer = reader.open(address)
    assert "Link" not in answer.headers and b'rel="hub"' not in answer.data


def test_what_a_token_opens_names_none(desk: Browsing) -> None:
    user = desk.app.store.users.by_name(newsroom.NAME)
    assert user is not None
    for scopes, whole in ((frozenset({Scope.READ, Scope.FULL_TEXT}), True), (frozenset({Scope.READ}), False)):
        secret = f"fw_{len(scopes)}"
        desk.app.store.tokens.add(user.id, secret, scopes, digest(secret), desk.app.clock.now())
        by_header = desk.open("/stream.atom?items=articles", headers={"Authorization": f"Bearer {secret}"})
        assert ("Link" in by_header.headers, b'rel="hub"' in by_header.data) == (not whole, not whole)
        by_address = desk.open(f"/stream.atom?items=articles&token={secret}")
        assert "Link" not in by_address.headers and b'rel="hub"' not in by_address.data


def test_nothing_of_it_is_there_where_it_is_switched_off(folder: Path) -> None:
    app = newsroom.open_app(folder, hub=False)
    visitor = Browsing(create_app(app))
    answer = visitor.open("/stream.atom")
    assert "Link" not in answer.headers and b'rel="hub"' not in answer.data
    assert visitor.client.post("/hub", data=ASKED, base_url=HOST).status_code == 404
    assert app.distributing is None
    app.close()


def test_operators_see_who_is_subscribed_and_can_end_it(desk: Browsing) -> None:
    page = desk.get("/operate/hub")
    assert "None." in page.text and f"{HOST}/hub" in page.text and "/operate/hub" in desk.get("/operate").links()
    ask(desk, secret="hush-hush")
    ask(desk, callback="https://other.example/<b>")
    store, now = desk.app.store.hub, desk.app.clock.now()
    for asked in store.all():
        store.verified(asked, now)
    first, second = store.all()
    store.failed(first.id, "It answers with <500>.", now, now)
    store.stop(second.id, "Nothing could be delivered for 3 days.")
    page = desk.get("/operate/hub")
    assert "2 subscriptions to 1 feed" in page.text and "1 failing" in page.text and "1 stopped" in page.text
    assert "0 deliveries waiting" in page.text
    said = "hub: 2 subscriptions to 1 of our feeds, deliveries waiting: 0, 1 failing, 1 stopped"
    assert said in desk.get("/operate").text and desk.open("/api/v1/status").get_json()["hub"]["stopped"] == 1
    assert "1 failure since" in page.text and "It answers with <500>." in page.text and "stopped: Nothing could be delivered" in page.text
    source = page.response.get_data(as_text=True)
    assert faults(source) == [] and "hush-hush" not in source
    gone = desk.send(page, f"/operate/hub/{first.id}/remove")
    assert "gets nothing more" in gone.text and [one.id for one in store.all()] == [second.id]
    assert desk.client.post("/operate/hub/99/remove", base_url=HOST).status_code in (400, 404)


def test_only_operators(reader: Browsing) -> None:
    assert reader.open("/operate/hub").status_code == 302


def test_what_is_kept_is_looked_at_anew_where_somebody_asks_for_that(flask: Flask, app: App) -> None:
    client = flask.test_client()
    documents = flask.extensions["frontwire-documents"]
    client.get("/stream.rss", base_url=HOST)
    looked = documents._looked_at
    client.get("/stream.rss", base_url=HOST, headers={"Cache-Control": "no-cache"})
    assert documents._looked_at > looked
