"""The Python client against the real application, and against servers that are busy, broken or gone."""

import contextlib
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from werkzeug import Request, Response
from werkzeug.serving import make_server

from aggregator.client import Client, Problem, Unreachable
from tests.fetch.loopback import Exchange, serving
from tests.web import newsroom
from tests.web.browsing import Browsing

DOCS = (Path(__file__).resolve().parents[3] / "docs" / "api.md").read_text(encoding="utf-8")


def test_lists_are_followed_over_all_pages(served: str, desk: Browsing) -> None:
    client = Client(served)
    whole = [article["id"] for article in client.search()]
    assert len(whole) == len(set(whole)) > 30
    assert [article["id"] for article in client.search(limit=7)] == whole
    assert [set(story) for story in client.stories("heating", fields="id")] == [{"id"}]
    assert {said["speaker"]["source_id"] for said in client.attributions(source="uk-mod")} == {"uk-mod"}
    assert len(list(client.claims(limit=1))) == len(list(client.claims())) > 1
    assert [outlet["id"] for outlet in client.outlets(country="LB")] == ["jaridat-al-marfa"]
    assert "isw" in {source["id"] for source in client.sources(name="isw")}


def test_single_things(served: str, desk: Browsing) -> None:
    client = Client(served)
    article = client.article(newsroom.article_of(desk.app, "heating"))
    assert article["body"] is None and article["title"].startswith("Heating returns")
    assert client.story(article["story"])["id"] == article["story"]
    assert client.place("gn706483")["name"] == "Kharkiv"
    assert client.source("uk-mod")["id"] == "uk-mod" and client.outlet("lagoon-radio")["country"] == "IE"
    assert client.status()["index_lag"] == 0


def test_a_token_opens_more(served: str, desk: Browsing, secret: str) -> None:
    client = Client(served, secret)
    article = client.article(newsroom.article_of(desk.app, "heating"))
    assert article["body"] == newsroom.HEATING_LATER
    feed = client.feeds.add("https://mole.example/rss", title="Mole News", theatre="ukraine")
    assert (feed["title"], feed["theatre"], feed["state"]) == ("Mole News", "ukraine", "new")
    assert client.feeds.add("https://mole.example/rss")["id"] == feed["id"]
    assert client.feeds.pause(feed["id"])["state"] == "paused"
    assert [one["id"] for one in client.feeds.list(state="paused")] == [feed["id"]]
    assert client.feeds.resume(feed["id"])["state"] != "paused"
    assert client.feeds.poll(feed["id"])["next_poll"] is not None
    assert feed["id"] in {one["id"] for one in client.feeds} and client.feeds.get(feed["id"])["url"] == "https://mole.example/rss"


def test_exports(served: str, desk: Browsing, tmp_path: Path) -> None:
    client = Client(served)
    rows = list(client.rows("articles"))
    assert [row["id"] for row in rows] == [article["id"] for article in client.search()]
    size = client.save(tmp_path / "claims.csv", "claims")
    assert (tmp_path / "claims.csv").stat().st_size == size > 100
    assert json.loads(b"".join(client.export("stories", "geojson", "heating")))["type"] == "FeatureCollection"
    assert not (tmp_path / "claims.csv.part").exists()


@pytest.mark.parametrize(
    ("status", "says", "ask"),
    [
        (404, "There is no story 999", lambda client: client.story(999)),
        (400, "Did you mean limit", lambda client: client.get("/search", lmit=1)),
        (401, "asks for an access token", lambda client: list(client.feeds)),
        (404, "not found", lambda client: list(client.export("nothing", "csv"))),
    ],
)
def test_problems_are_exceptions_with_their_sentence(served: str, status: int, says: str, ask: Callable[[Client], object]) -> None:
    with pytest.raises(Problem, match=says) as caught:
        ask(Client(served))
    assert caught.value.status == status and caught.value.detail in str(caught.value)


def test_a_token_that_does_not_hold_is_a_problem(served: str) -> None:
    with pytest.raises(Problem, match="unknown here"):
        Client(served, "fw_nothing").status()


class Sulky:
    """A server that gives these answers one after the other."""

    def __init__(self, *answers: Response) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    def __call__(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        self.asked.append(Request(environ).method)
        return self.answers.pop(0)(environ, start)


@contextlib.contextmanager
def sulking(*answers: Response) -> Iterator[tuple[Sulky, str]]:
    app = Sulky(*answers)
    server = make_server("127.0.0.1", 0, app)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield app, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def busy(status: int, wait: str | None = None) -> Response:
    return Response(
        '{"title": "Busy", "detail": "Too much."}', status, {"Retry-After": wait} if wait else {}, mimetype="application/problem+json"
    )


def test_it_waits_as_long_as_it_is_told() -> None:
    waits: list[float] = []
    with sulking(busy(429, "7"), busy(503), busy(503, "3"), Response('{"feeds": 1}')) as (app, root):
        assert Client(root, sleep=waits.append).status() == {"feeds": 1}
        assert waits == [7, 2, 3] and app.asked == ["GET"] * 4


def test_it_does_not_wait_for_ever() -> None:
    with sulking(busy(429, "3600")) as (_, root), pytest.raises(Problem, match="Too much") as caught:
        Client(root, sleep=lambda _: None).status()
    assert caught.value.retry_after_s == 3600
    with sulking(busy(503), busy(503)) as (_, root), pytest.raises(Problem):
        Client(root, tries=2, sleep=lambda _: None).status()


def test_what_may_have_been_done_is_not_done_twice() -> None:
    waits: list[float] = []
    client = Client("http://127.0.0.1:9", sleep=waits.append, tries=3)
    with pytest.raises(Unreachable, match="does not answer"):
        client.feeds.pause(1)
    assert waits == []
    with pytest.raises(Unreachable):
        client.status()
    assert waits == [1, 2]
    with sulking(busy(429, "1"), Response('{"id": 1}')) as (app, root):
        assert Client(root, sleep=waits.append).feeds.poll(1) == {"id": 1} and app.asked == ["POST", "POST"]


def test_an_export_that_breaks_off_leaves_the_file_that_was_there(tmp_path: Path) -> None:
    kept = tmp_path / "claims.csv"
    kept.write_text("before")

    def break_off(exchange: Exchange) -> None:
        exchange.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: text/csv\r\n\r\n4\r\na,b\n\r\n")

    with serving({"/api/v1/exports/claims.csv": break_off}) as server, pytest.raises(Unreachable, match="broke off"):
        Client(server.url("").rstrip("/")).save(kept, "claims")
    assert kept.read_text() == "before" and [path.name for path in tmp_path.iterdir()] == ["claims.csv"]


def test_something_else_that_answers_is_told_so() -> None:
    with sulking(Response("<html>hello</html>")) as (_, root), pytest.raises(Unreachable, match="not JSON"):
        Client(root).status()
    with sulking(Response("<html>moved</html>", 301)) as (_, root), pytest.raises(Problem, match="gave no reason"):
        Client(root).status()


EXAMPLES = re.findall(r"```python\n(.*?)```", DOCS, re.DOTALL)


def test_the_documented_examples_run(served: str, secret: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert len(EXAMPLES) >= 3
    names: dict[str, object] = {}
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        for example in EXAMPLES:
            exec(example.replace("https://news.example", served).replace("fw_…", secret), names)
    assert "Kharkiv" in said.getvalue() and (tmp_path / "claims.csv").read_text().startswith("story,")
