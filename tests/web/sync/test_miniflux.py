"""The Miniflux API, asked by the client package that Miniflux publishes."""

import miniflux  # type: ignore[import-untyped]  # ships no types
import pytest
import urllib3

from tests.web import newsroom
from tests.web.sync.conftest import Served


@pytest.fixture
def client(served: Served) -> miniflux.Client:
    return miniflux.Client(f"{served.base}/sync/miniflux", api_key=served.secret)


def test_a_name_with_the_token_as_password_does_too(served: Served) -> None:
    client = miniflux.Client(f"{served.base}/sync/miniflux", newsroom.NAME, served.secret)
    assert client.me()["username"] == newsroom.NAME
    assert client.get_version()["version"]


def test_who_shows_no_token_that_syncs_is_not_let_in(served: Served) -> None:
    for secret in (served.limited, "fw_x"):
        with pytest.raises(miniflux.AccessUnauthorized):
            miniflux.Client(f"{served.base}/sync/miniflux", api_key=secret).me()


def test_lists_and_folders(client: miniflux.Client) -> None:
    feeds = client.get_feeds()
    assert {feed["title"] for feed in feeds} >= {"Heating", "Ministry", "Tidewater Courier"}
    folders = {folder["title"]: folder["id"] for folder in client.get_categories()}
    assert {feed["title"] for feed in client.get_category_feeds(folders["Winter"])} == {"Heating"}
    assert client.get_feed(feeds[0]["id"])["title"] == feeds[0]["title"]
    with pytest.raises(miniflux.ResourceNotFound):
        client.get_feed(9999)


def test_entries_are_read_and_starred(client: miniflux.Client) -> None:
    heating = next(feed["id"] for feed in client.get_feeds() if feed["title"] == "Heating")
    unread = client.get_feed_entries(heating, status=["unread"])
    assert unread["total"] == len(unread["entries"]) >= 2
    first = unread["entries"][0]
    assert client.get_entry(first["id"])["title"] == first["title"]
    client.update_entries([first["id"]], "read")
    assert client.get_entry(first["id"])["status"] == "read"
    assert first["id"] not in [entry["id"] for entry in client.get_feed_entries(heating, status="unread")["entries"]]
    assert client.get_feed_counters()["unreads"][str(heating)] == unread["total"] - 1
    client.toggle_bookmark(first["id"])
    assert [entry["id"] for entry in client.get_entries(starred=True)["entries"]] == [first["id"]]
    client.toggle_bookmark(first["id"])
    assert client.get_entries(starred=True)["entries"] == []
    client.mark_feed_entries_as_read(heating)
    assert client.get_feed_entries(heating, status="unread")["entries"] == []


def test_all_entries_come_in_pages(client: miniflux.Client) -> None:
    whole = client.get_entries(limit=1000)
    ids = [entry["id"] for entry in whole["entries"]]
    assert len(ids) == whole["total"] == len(set(ids)) > 35
    paged = [entry["id"] for offset in range(0, len(ids), 10) for entry in client.get_entries(limit=10, offset=offset)["entries"]]
    assert paged == ids
    oldest = client.get_entries(limit=1000, order="published_at", direction="asc")["entries"]
    assert [entry["published_at"] for entry in oldest] == sorted(entry["published_at"] for entry in whole["entries"])
    client.mark_user_entries_as_read(client.me()["id"])
    assert client.get_entries(status="unread")["entries"] == []


def test_what_cannot_be_done_is_said(served: Served, client: miniflux.Client) -> None:
    with pytest.raises(miniflux.AccessForbidden):
        client.create_feed("https://x.example/feed", 1)
    with pytest.raises(miniflux.BadRequest):
        client.get_entries(status="strange")
    answer = urllib3.request(
        "PUT", f"{served.base}/sync/miniflux/v1/entries", json={"status": "read"}, headers={"X-Auth-Token": served.secret}
    )
    assert answer.status == 400 and "entry_ids" in answer.json()["error_message"]
