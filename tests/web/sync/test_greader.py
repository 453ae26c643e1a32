"""The Google Reader API as programs ask it: log in, lists, what is unread, articles, marks."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import feedparser
import pytest
import urllib3

from tests.outputs.validity import Document, findings
from tests.web import newsroom
from tests.web.sync.conftest import Served
from web.sync.greader import ITEM, item_id

STARRED = "user/-/state/com.google/starred"
READ = "user/-/state/com.google/read"
ALL = "user/-/state/com.google/reading-list"


class Program:
    """A reader program that has logged in."""

    def __init__(self, served: Served) -> None:
        self.http = urllib3.PoolManager()
        self.base = f"{served.base}/sync/greader"
        login = self.send("/accounts/ClientLogin", {"Email": newsroom.NAME, "Passwd": served.secret, "service": "reader"})
        self.auth = next(line.partition("=")[2] for line in login.splitlines() if line.startswith("Auth="))

    def ask(self, path: str, status: int = 200, **fields: str) -> Any:
        answer = self.http.request("GET", self.base + path, fields=fields, headers=self.headers)
        assert answer.status == status, answer.data
        return answer.json() if answer.headers["Content-Type"].startswith("application/json") else answer.data

    def send(self, path: str, fields: Mapping[str, str], status: int = 200) -> str:
        answer = self.http.request("POST", self.base + path, fields=fields, encode_multipart=False, headers=self.headers)
        assert answer.status == status, answer.data
        return answer.data.decode()

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"GoogleLogin auth={self.auth}"} if hasattr(self, "auth") else {}


@pytest.fixture
def program(served: Served) -> Program:
    return Program(served)


def lists(program: Program) -> dict[str, str]:
    return {each["title"]: each["id"] for each in program.ask("/reader/api/0/subscription/list", output="json")["subscriptions"]}


@pytest.mark.parametrize(("name", "secret"), [("marta", "wrong"), ("oleh", "fw_for-a-phone"), ("marta", "fw_reads-only"), ("", "")])
def test_who_shows_no_token_that_syncs_is_not_let_in(served: Served, name: str, secret: str) -> None:
    http = urllib3.PoolManager()
    answer = http.request("POST", f"{served.base}/sync/greader/accounts/ClientLogin", fields={"Email": name, "Passwd": secret})
    assert (answer.status, answer.data) == (403, b"Error=BadAuthentication\n")
    for headers in ({}, {"Authorization": f"GoogleLogin auth={served.limited}"}, {"Authorization": "GoogleLogin auth=fw_x"}):
        assert http.request("GET", f"{served.base}/sync/greader/reader/api/0/subscription/list", headers=headers).status == 401


def test_a_revoked_token_opens_nothing(served: Served, program: Program) -> None:
    served.app.store.tokens.revoke(1, True)
    program.ask("/reader/api/0/subscription/list", 401)


def test_lists_are_saved_searches_and_outlets_in_folders(program: Program) -> None:
    found = program.ask("/reader/api/0/subscription/list", output="json")["subscriptions"]
    folders = {each["title"]: each["categories"][0]["label"] for each in found}
    assert folders["Heating"] == "Winter" and folders["Ministry"] == "Saved searches"
    assert folders["Tidewater Courier"] == "Ukraine"
    assert len({each["id"] for each in found}) == len(found) == 6
    tags = {tag["id"] for tag in program.ask("/reader/api/0/tag/list")["tags"]}
    assert {STARRED, "user/-/label/Winter", "user/-/label/Saved searches"} <= tags
    assert lists(program) == lists(program)  # numbers stay


def test_reading_an_article_takes_it_from_what_is_unread(program: Program) -> None:
    heating = lists(program)["Heating"]
    before = {row["id"]: row["count"] for row in program.ask("/reader/api/0/unread-count")["unreadcounts"]}
    unread = program.ask(f"/reader/api/0/stream/contents/{quote(heating, safe='')}", xt=READ)["items"]
    assert before[heating] == len(unread) >= 2
    first = unread[0]
    assert first["id"].startswith(ITEM) and len(first["id"]) == len(ITEM) + 16
    assert READ not in first["categories"]
    assert first["alternate"][0]["href"].startswith("https://")
    assert "Who says what in it" in first["summary"]["content"]
    assert program.send("/reader/api/0/edit-tag", {"i": first["id"], "a": READ, "T": "x"}) == "OK"
    after = {row["id"]: row["count"] for row in program.ask("/reader/api/0/unread-count")["unreadcounts"]}
    assert after[heating] == before[heating] - 1 and after[ALL] == before[ALL] - 1
    assert first["id"] not in {item["id"] for item in program.ask(f"/reader/api/0/stream/contents/{heating}", xt=READ)["items"]}
    again = program.ask(f"/reader/api/0/stream/contents/{heating}")["items"]
    assert READ in next(item for item in again if item["id"] == first["id"])["categories"]
    program.send("/reader/api/0/edit-tag", {"i": first["id"], "r": READ})
    assert {row["id"]: row["count"] for row in program.ask("/reader/api/0/unread-count")["unreadcounts"]} == before


def test_starred_articles_are_a_stream(program: Program) -> None:
    items = program.ask("/reader/api/0/stream/contents/" + ALL, n="3")["items"]
    for item in items[:2]:
        program.send("/reader/api/0/edit-tag", {"i": str(item_id(item["id"])), "a": STARRED})
    starred = program.ask("/reader/api/0/stream/items/ids", s=STARRED, n="100")["itemRefs"]
    assert {int(ref["id"]) for ref in starred} == {item_id(item["id"]) for item in items[:2]}
    program.send("/reader/api/0/edit-tag", {"i": items[0]["id"], "r": STARRED})
    assert len(program.ask("/reader/api/0/stream/items/ids", s=STARRED)["itemRefs"]) == 1


def test_a_stream_comes_in_pages_without_loss(program: Program) -> None:
    found: list[str] = []
    more: str | None = "0"
    while more is not None:
        part = program.ask("/reader/api/0/stream/items/ids", s=ALL, n="7", c=more)
        found += [ref["id"] for ref in part["itemRefs"]]
        more = part.get("continuation")
    assert len(found) == len(set(found)) > 35
    times = [int(ref["timestampUsec"]) for ref in program.ask("/reader/api/0/stream/items/ids", s=ALL, n="1000", r="o")["itemRefs"]]
    assert times == sorted(times) and len(times) == len(found)
    wanted = {"i": found[0]}
    answer = program.http.request("POST", f"{program.base}/reader/api/0/stream/items/contents", fields=wanted, headers=program.headers)
    assert [item_id(item["id"]) for item in answer.json()["items"]] == [int(found[0])]


def test_a_folder_is_marked_as_read_as_far_as_it_had_come(program: Program) -> None:
    outlets = "user/-/label/Ukraine"
    times = [int(ref["timestampUsec"]) for ref in program.ask("/reader/api/0/stream/items/ids", s=outlets, n="1000")["itemRefs"]]
    newest = times[0]
    program.send("/reader/api/0/mark-all-as-read", {"s": outlets, "ts": str(newest)})
    left = program.ask("/reader/api/0/stream/items/ids", s=outlets, n="1000", xt=READ)["itemRefs"]
    assert [int(ref["timestampUsec"]) for ref in left] == [at for at in times if at >= newest]
    program.send("/reader/api/0/mark-all-as-read", {"s": outlets})
    assert program.ask("/reader/api/0/stream/items/ids", s=outlets, xt=READ)["itemRefs"] == []


def test_streams_as_atom_tell_what_was_read(program: Program) -> None:
    heating = lists(program)["Heating"]
    parsed = feedparser.parse(program.ask(f"/reader/atom/{quote(heating, safe='')}", n="20"))
    assert not parsed.bozo and len(parsed.entries) >= 2
    program.send("/reader/api/0/edit-tag", {"i": parsed.entries[0].id, "a": READ})
    again = feedparser.parse(program.ask(f"/reader/atom/{quote(heating, safe='')}", n="20"))
    assert [bool(entry.get("tags")) for entry in again.entries] == [True, *(False for _ in again.entries[1:])]
    assert again.entries[0].tags[0].scheme == "http://www.google.com/reader/" and again.entries[0].tags[0].label == "read"


def test_streams_as_atom_are_sound(served: Served, program: Program) -> None:
    served.app.store.searches.save("Тепло", "heating", "Зима & тепло", newsroom.NAME, newsroom.NOW)
    for stream in (ALL, STARRED, "user/-/label/Зима & тепло", lists(program)["Тепло"]):
        path = f"/sync/greader/reader/atom/{quote(stream, safe='/&')}?n=20"
        answer = program.http.request("GET", f"{served.base}{path}", headers=program.headers)
        made = Document("atom", answer.data, newsroom.BASE + path, answer.headers["Content-Type"], datetime.now(UTC))
        assert [each for each in findings(made) if each.rule not in ("DuplicateUpdated", "ContainsUndeclaredHTML")] == [], stream


@pytest.mark.parametrize("stream", ["feed/9999", "feed/x", "user/-/label/nowhere", "planet/3", "feed/"])
def test_a_stream_that_is_not_there(program: Program, stream: str) -> None:
    program.ask("/reader/api/0/stream/items/ids", 404, s=stream)
    program.send("/reader/api/0/mark-all-as-read", {"s": stream}, 404)


def test_lists_are_made_on_the_site(program: Program) -> None:
    assert "save a search" in program.send("/reader/api/0/subscription/edit", {"ac": "subscribe", "s": "feed/https://x.example"}, 403)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        (f"{ITEM}000000000000000a", 10),
        ("000000000000000a", 10),
        ("10", 10),
        ("x", None),
        ("", None),
        ("0", None),
        ("-5", None),
        (f"{ITEM}zz", None),
    ],
)
def test_ids_come_in_two_forms(text: str, number: int | None) -> None:
    assert item_id(text) == number
