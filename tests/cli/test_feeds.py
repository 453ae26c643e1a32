"""`frontwire feed`, `opml` and `poll`, each against a store and a loopback web of its own."""

import json
from pathlib import Path

import pytest

from aggregator.feeds import catalogue
from tests.cli.conftest import REPORTS, Run
from tests.fetch.loopback import Loopback


def test_a_feed_is_looked_at_added_shown_and_removed(run: Run, web: Loopback) -> None:
    url = web.url("/feed.xml")
    seen = run("feed", "test", url)
    assert seen.status == 0 and "Oskil Courier (rss20, en)" in seen.out and "3 entries" in seen.out
    assert all(title in seen.out for title, *_ in REPORTS.values())
    assert run("feed", "list").out.startswith("No feed yet")

    added = run("feed", "add", url)
    assert added.status == 0 and added.out == f"added: 1 Oskil Courier <{url}>\n"
    again = run("feed", "add", url)
    assert again.status == 0 and again.out.startswith("is there already: 1")
    listed = run("feed", "list")
    assert "Oskil Courier" in listed.out and "new" in listed.out
    assert [feed["url"] for feed in json.loads(run("feed", "list", "--json").out)] == [url]

    shown = run("feed", "show", "1")
    assert shown.status == 0 and url in shown.out and "0 pending" in shown.out
    assert json.loads(run("feed", "show", "1", "--json").out)["feed"]["id"] == 1

    assert run("feed", "pause", "1").out == "Oskil Courier: paused\n"
    assert run("poll").out.startswith("0 feeds are due")
    assert run("feed", "resume", "1").out.startswith("Oskil Courier: ")
    removed = run("feed", "remove", "1", "--yes")
    assert removed.status == 0 and removed.out == "removed\n"
    assert run("feed", "show", "1").status == 1
    assert "There is no feed 1" in run("feed", "show", "1").err


def test_a_page_is_told_from_a_feed(run: Run, web: Loopback) -> None:
    seen = run("feed", "test", web.url("/"))
    assert seen.status == 0 and "is a page, no feed" in seen.out and web.url("/feed.xml") in seen.out
    added = run("feed", "add", web.url("/"))
    assert added.status == 2 and web.url("/feed.xml") in added.err
    assert json.loads(run("feed", "list", "--json").out) == []


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (("feed", "add"), 2, "--catalogue"),
        (("feed", "add", "--catalogue", "atlantis"), 2, "atlantis"),
        (("feed", "add", "http://192.0.2.1/feed.xml"), 1, "192.0.2.1"),
        (("feed", "add", "ftp://127.0.0.1/feed.xml"), 2, "http"),
        (("feed", "pause", "7"), 1, "There is no feed 7"),
        (("feed", "remove", "7", "--yes"), 1, "There is no feed 7"),
        (("feed", "paint"), 2, "No such command"),
        (("article", "show", "7"), 1, "There is no article 7"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(run: Run, arguments: tuple[str, ...], status: int, words: str) -> None:
    done = run(*arguments)
    assert done.status == status and words in done.err and "Traceback" not in done.err, done


def test_the_theatres_of_the_catalogue(run: Run) -> None:
    theatres = catalogue.load().theatres
    shown = run("feed", "add", "--catalogue", "list")
    assert all(theatre.id in shown.out for theatre in theatres)
    number = len(catalogue.load().feeds(theatres[0].id))
    assert f"{number} feeds added, 0 were there" in run("feed", "add", "--catalogue", theatres[0].id).out
    assert f"0 feeds added, {number} were there" in run("feed", "add", "--catalogue", theatres[0].id).out


def test_lists_of_feeds_come_in_and_go_out_as_they_were(run: Run, tmp_path: Path) -> None:
    path, out = tmp_path / "in.opml", tmp_path / "out.opml"
    path.write_text(
        '<opml version="2.0"><head><title>Mine</title></head><body><outline text="ukraine">'
        '<outline type="rss" text="Oskil &amp; Dvorichna Courier" xmlUrl="http://127.0.0.1/feed.xml"/></outline>'
        '<outline type="rss" text="Ferryman" xmlUrl="http://127.0.0.2/feed.xml"/></body></opml>'
    )
    assert run("opml", "import", str(path)).out == "2 feeds added, 0 were there already\n"
    assert run("opml", "import", str(path)).out == "0 feeds added, 2 were there already\n"
    before = json.loads(run("feed", "list", "--json").out)
    assert {feed["theatre"] for feed in before} == {"ukraine", None}
    assert run("opml", "export", str(out)).status == 0
    assert run("opml", "export").out == out.read_text(encoding="utf-8")
    for feed in before:
        assert run("feed", "remove", str(feed["id"]), "--yes").status == 0
    assert run("opml", "import", str(out)).out == "2 feeds added, 0 were there already\n"
    after = json.loads(run("feed", "list", "--json").out)
    assert [(f["url"], f["title"], f["theatre"]) for f in after] == [(f["url"], f["title"], f["theatre"]) for f in before]
    path.write_text("no list at all")
    wrong = run("opml", "import", str(path))
    assert wrong.status == 1 and "OPML" in wrong.err


def test_polling_here_and_now(run: Run, web: Loopback) -> None:
    assert run("feed", "add", web.url("/feed.xml")).status == 0
    assert run("feed", "add", web.url("/missing.xml"), "--untested").status == 0
    done = run("poll", "--now")
    assert done.status == 0
    assert "1: new entries, 3 entries, 3 new" in done.out
    assert "2: " in done.out and "404" in done.out
    assert "1: same body" in run("poll", "--now", "1").out
    assert "3 pending" in run("feed", "show", "1").out
    due = run("poll")
    assert due.status == 0 and due.out.startswith("2 feeds are due") and "No broker is known" in due.err
