"""The Fever API: one address, a key, and parts that are asked for by name."""

import hashlib
from typing import Any

import pytest
import urllib3

from tests.web import newsroom
from tests.web.sync.conftest import Served


class Program:
    """A program that speaks Fever."""

    def __init__(self, served: Served) -> None:
        self.address = f"{served.base}/sync/fever/?api"
        self.key = hashlib.md5(f"{newsroom.NAME}:{served.secret}".encode(), usedforsecurity=False).hexdigest()

    def ask(self, parts: str, **fields: str) -> Any:
        answer = urllib3.request("POST", f"{self.address}&{parts}", fields={"api_key": self.key, **fields})
        assert answer.status == 200
        return answer.json()


@pytest.fixture
def program(served: Served) -> Program:
    return Program(served)


def test_only_with_the_key(program: Program) -> None:
    assert program.ask("items")["auth"] == 1
    program.key = "0" * 32
    assert program.ask("items") == {"api_version": 3, "auth": 0}


def test_groups_and_feeds(program: Program) -> None:
    found = program.ask("groups&feeds")
    groups = {group["title"]: group["id"] for group in found["groups"]}
    feeds = {feed["title"]: feed["id"] for feed in found["feeds"]}
    joined = {row["group_id"]: row["feed_ids"].split(",") for row in found["feeds_groups"]}
    assert joined[groups["Winter"]] == [str(feeds["Heating"])]


def test_marks(program: Program) -> None:
    unread = program.ask("unread_item_ids")["unread_item_ids"].split(",")
    items = program.ask(f"items&with_ids={','.join(unread[:2])}")["items"]
    assert {str(item["id"]) for item in items} == set(unread[:2]) and not any(item["is_read"] for item in items)
    program.ask("", mark="item", **{"as": "read", "id": unread[0]})
    program.ask("", mark="item", **{"as": "saved", "id": unread[1]})
    assert unread[0] not in program.ask("unread_item_ids")["unread_item_ids"].split(",")
    assert program.ask("saved_item_ids")["saved_item_ids"] == unread[1]
    program.ask("", mark="item", **{"as": "unread", "id": unread[0]})
    assert program.ask("unread_item_ids")["unread_item_ids"].split(",") == unread
    program.ask("", mark="group", **{"as": "read", "id": "0"})
    assert program.ask("unread_item_ids")["unread_item_ids"] == ""


def test_items_by_steps(program: Program) -> None:
    found: list[int] = []
    while items := program.ask(f"items&since_id={max(found, default=0)}")["items"]:
        found += [item["id"] for item in items]
    assert len(found) == program.ask("items")["total_items"] == len(set(found)) > 35
    below = program.ask(f"items&max_id={found[5]}")["items"]
    assert [item["id"] for item in below] == found[4::-1]
