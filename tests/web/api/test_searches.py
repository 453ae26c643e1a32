"""Saved searches and their alerts over the API: everybody reads them, a token with the scope changes them, the document describes them."""

import ipaddress
from typing import Any

import pytest

from aggregator.access import Scope, digest, new_secret
from aggregator.client import Client, Problem
from aggregator.fetch.http import HttpFetcher
from aggregator.settings import Settings
from tests.fetch.loopback import MemoryLease, RealClock, serving
from tests.web import newsroom
from tests.web.api.test_document import check
from tests.web.browsing import Browsing
from web.api.document import document

DOCUMENT = document(newsroom.BASE)


def ask(desk: Browsing, secret: str, method: str, path: str, body: dict[str, Any] | None = None, status: int = 200) -> Any:
    """The answer, as the document describes it."""
    answer = desk.open(f"/api/v1{path}", method, json=body, headers={"Authorization": f"Bearer {secret}"})
    assert answer.status_code == status, answer.get_json()
    assert answer.headers["Cache-Control"] == "private, no-cache"
    form = "/".join(("{alert_id}" if "/alerts/" in path else "{search_id}") if part.isdecimal() else part for part in path.split("/"))
    if status < 300:
        check(DOCUMENT, form, answer.get_json(), method.lower(), str(status))
    return answer.get_json()


def test_one_is_saved_changed_removed_and_put_back(desk: Browsing, reader: Browsing, secret: str) -> None:
    made = ask(desk, secret, "POST", "/searches", {"name": "Warm  schools", "query": "heating colour:red", "folder": "Ukraine"}, 201)
    assert (made["name"], made["folder"], made["by"], made["removed"]) == ("Warm schools", "Ukraine", newsroom.NAME, None)
    assert "“colour:” is no field" in made["notes"][0] and made["page"] == f"{newsroom.BASE}/search/{made['id']}"
    path = f"/searches/{made['id']}"
    assert desk.get(f"/search/{made['id']}").status == 200
    changed = ask(desk, secret, "PATCH", path, {"query": "heating"})
    assert (changed["name"], changed["query"], changed["folder"], changed["notes"]) == ("Warm schools", "heating", "Ukraine", [])
    found = desk.open(f"/api/v1/search?q=search:{made['id']}").get_json()["articles"]
    assert len(found) == 2 and desk.open(f"/api/v1{path}").get_json() == changed  # without a token
    gone = ask(desk, secret, "DELETE", path)
    assert gone["removed"] is not None and desk.open(f"/api/v1{path}").status_code == 404
    assert ask(desk, secret, "DELETE", path, status=404)["detail"].startswith("There is no saved search")
    other = ask(desk, secret, "POST", "/searches", {"name": "warm SCHOOLS", "query": "school"}, 201)
    assert "of the name “Warm schools” already" in ask(desk, secret, "POST", f"{path}/restore", status=400)["detail"]
    ask(desk, secret, "PATCH", f"/searches/{other['id']}", {"name": "Schools"})
    assert ask(desk, secret, "POST", f"{path}/restore")["removed"] is None


def test_the_list_is_paged_and_narrowed(desk: Browsing, secret: str) -> None:
    for name, folder in (("A one", "Ukraine"), ("B two", ""), ("C three", "ukraine")):
        ask(desk, secret, "POST", "/searches", {"name": name, "query": "", "folder": folder}, 201)
    first = ask(desk, secret, "GET", "/searches")
    assert [one["name"] for one in first["searches"]] == ["A one", "B two", "C three"]

    def names(query: str) -> list[str]:
        return [one["name"] for one in desk.open(f"/api/v1/searches?{query}").get_json()["searches"]]

    page = desk.open("/api/v1/searches?limit=2").get_json()
    assert names(f"limit=2&cursor={page['next']}") == ["C three"]
    assert names("folder=UKRAINE") == ["A one", "C three"] and names("name=b%20two") == ["B two"]
    assert names(f"by={newsroom.NAME}&fields=name") == ["A one", "B two", "C three"] and names("by=nobody") == []
    assert desk.open("/api/v1/searches?cursor=x").status_code == 400


@pytest.mark.parametrize(
    ("method", "path", "body", "says"),
    [
        ("POST", "/searches", {"name": "12", "query": ""}, "would be mistaken for a search's number"),
        ("POST", "/searches", {"name": "x"}, "query is missing in the body"),
        ("POST", "/searches", {"name": "x" * 81, "query": ""}, "a text of at most 80 characters"),
        ("POST", "/searches", {"name": "x", "query": "", "tags": []}, "no parameter 'tags'"),
        ("PATCH", "/searches/1", {}, "Nothing is to be different"),
        ("PATCH", "/searches/1", {"name": 7}, "name in the body is not right: a text"),
        ("POST", "/searches/1/alerts", {"way": "pigeon", "target": "x"}, "webhook or mail or ntfy"),
        ("POST", "/searches/1/alerts", {"way": "mail", "target": "x"}, "is no mailbox"),
        ("POST", "/searches/1/alerts", {"way": "mail", "target": "a@b.example", "triggers": ["old"]}, "a list, each of it new or updated"),
        ("POST", "/searches/1/alerts", {"way": "mail", "target": "a@b.example", "triggers": "new"}, "a list, each of it new or updated"),
        ("POST", "/searches/1/alerts", {"way": "mail", "target": "a@b.example", "triggers": []}, "name one or more of them"),
        ("POST", "/searches/1/alerts", {"way": "mail", "target": "a@b.example", "digest": "noon"}, "no hour of the day"),
    ],
)
def test_what_cannot_be_says_what_would_be_right(
    desk: Browsing, secret: str, method: str, path: str, body: dict[str, Any], says: str
) -> None:
    ask(desk, secret, "POST", "/searches", {"name": "Heat", "query": "heating"}, 201)
    assert says in ask(desk, secret, method, path, body, 400)["detail"]


def test_changing_asks_for_the_scope_and_reading_for_nothing(desk: Browsing) -> None:
    weak = new_secret()
    desk.app.store.tokens.add(1, "script", {Scope.READ, Scope.OPERATE, Scope.SYNC, Scope.FULL_TEXT}, digest(weak), newsroom.NOW)
    changing = [(path, method) for path, ways in DOCUMENT["paths"].items() for method, one in ways.items() if _asks(one)]
    assert len(changing) == 11
    for path, method in changing:
        address = "/api/v1" + path.format(search_id=1, alert_id=1)
        assert desk.open(address, method.upper(), json={}).status_code == 401
        refused = desk.open(address, method.upper(), json={}, headers={"Authorization": f"Bearer {weak}"})
        assert refused.status_code == 403 and "this asks for searches" in refused.get_json()["detail"]
    assert desk.open("/api/v1/searches").get_json() == {"searches": [], "next": None}


def _asks(one: Any) -> bool:
    return any("searches" in scopes for choice in one["security"] for scopes in choice.values())


def test_scripts_of_other_pages_may_change_with_a_token(desk: Browsing) -> None:
    answer = desk.open("/api/v1/searches/1", "OPTIONS")
    assert {"PATCH", "DELETE", "POST"} <= set(answer.headers["Access-Control-Allow-Methods"].split(", "))
    assert "Authorization" in answer.headers["Access-Control-Allow-Headers"]


def test_an_alert_is_made_stopped_and_forgotten(desk: Browsing, secret: str) -> None:
    ask(desk, secret, "POST", "/searches", {"name": "Heat", "query": "heating"}, 201)
    made = ask(desk, secret, "POST", "/searches/1/alerts", {"way": "webhook", "target": "https://hooks.example/x"}, 201)
    assert made["secret"].startswith("whsec_") and made["triggers"] == ["new", "updated", "confirmed"] and made["search"] == 1
    path = f"/alerts/{made['id']}"
    again = ask(desk, secret, "GET", path)
    assert again == made | {"secret": None}
    assert ask(desk, secret, "GET", "/searches/1/alerts") == {"alerts": [again]}
    assert ask(desk, secret, "POST", f"{path}/stop")["stopped"] == f"stopped by {newsroom.NAME}"
    assert ask(desk, secret, "POST", f"{path}/resume")["stopped"] == ""
    assert (
        "already" in ask(desk, secret, "POST", "/searches/1/alerts", {"way": "webhook", "target": "https://hooks.example/x"}, 400)["detail"]
    )
    assert ask(desk, secret, "DELETE", path) == again
    for method, tail in (("GET", ""), ("POST", "/stop"), ("POST", "/test"), ("DELETE", "")):
        ask(desk, secret, method, path + tail, status=404)


def test_a_trial_says_whether_it_arrived(desk: Browsing, secret: str) -> None:
    settings = Settings(host_gap_s=0.0, fetch_allow=(ipaddress.ip_network("127.0.0.1/32"),))
    desk.app.notifying.poster = HttpFetcher(settings, MemoryLease(), RealClock())
    ask(desk, secret, "POST", "/searches", {"name": "Heat", "query": "heating"}, 201)
    with serving({"/there": lambda exchange: exchange.answer(204)}) as server:
        for where, arrives in (("/there", True), ("/nowhere", False)):
            body = {"way": "webhook", "target": server.url(where), "digest": "07:30", "triggers": ["new"]}
            made = ask(desk, secret, "POST", "/searches/1/alerts", body, 201)
            assert made["digest"] == "07:30" and made["triggers"] == ["new"]
            trial = ask(desk, secret, "POST", f"/alerts/{made['id']}/test")
            assert trial["arrived"] is arrives and bool(trial["detail"]) is not arrives
        assert server.paths() == ["/there", "/nowhere"]


def test_the_client(served: str, desk: Browsing, secret: str) -> None:
    client = Client(served, secret)
    made = client.searches.add("Heat", "heating", "Ukraine")
    assert client.searches.change(made["id"], name="Heating")["query"] == "heating"
    assert [one["name"] for one in client.searches] == ["Heating"] and [*client.searches.list(folder="none")] == []
    assert len([*client.search(f"search:{made['id']}")]) == 2
    alert = client.alerts.add(made["id"], "webhook", "https://hooks.example/x", ["new"], "07:30")
    assert alert["secret"] and alert["triggers"] == ["new"] and alert["digest"] == "07:30"
    assert [one["id"] for one in client.alerts.of(made["id"])] == [alert["id"]]
    assert client.alerts.stop(alert["id"])["stopped"] and not client.alerts.resume(alert["id"])["stopped"]
    assert client.alerts.get(alert["id"])["waiting"] == 0 and client.alerts.test(alert["id"])["arrived"] is False
    client.alerts.remove(alert["id"])
    client.searches.remove(made["id"])
    with pytest.raises(Problem, match="no saved search"):
        client.searches.get(made["id"])
    assert client.searches.restore(made["id"])["id"] == made["id"]
    with pytest.raises(Problem, match="asks for an access token"):
        Client(served).searches.remove(made["id"])
