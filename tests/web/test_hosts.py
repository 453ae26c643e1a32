"""Pages and lines at the desk: what pages answered, what was left out of them, and saying what a line is."""

import pytest

from aggregator.corrections import LINES
from aggregator.model import Tags
from tests.web import newsroom
from tests.web.browsing import Browsing
from tests.web.markup import faults

HOST = "tidewater-courier.example"


def host_of(page_links: list[str]) -> str:
    return next(link for link in page_links if link.startswith("/operate/host/"))


@pytest.mark.parametrize("path", ["/operate/hosts", "/operate/host/x.example", "/operate/article/1"])
def test_strangers_are_asked_who_they_are(reader: Browsing, path: str) -> None:
    assert reader.open(path).headers["Location"].startswith("/login?next=%2Foperate%2F")


def test_operators_alone_see_the_way_there(reader: Browsing, operator: Browsing, desk: Browsing) -> None:
    ident = newsroom.article_of(desk.app, "heating")
    assert f"/operate/article/{ident}" in operator.get(f"/article/{ident}").links()
    assert f"/operate/article/{ident}" not in reader.get(f"/article/{ident}").links()


def test_what_pages_answered(desk: Browsing) -> None:
    assert "No page was read in these days." in desk.get("/operate/hosts").text
    now = desk.app.clock.now()
    for outcome, times in (("full", 3), ("needs_script", 1)):
        for _ in range(times):
            desk.app.store.outcomes.count(1, HOST, outcome, now)
    for path in ("/operate/hosts", "/operate/hosts?pages=30", "/operate/hosts?pages=x", f"/operate/host/{HOST}", "/operate/feed/1"):
        page = desk.get(path)
        assert (page.status, faults(page.response.get_data(as_text=True))) == (200, []), path
        assert "3 full" in page.text and "1 needs script" in page.text, path
        widths = [float(part.get("width") or 0) for part in page.find("//tr[1]//*[local-name()='rect']")]
        assert {*widths} == {25, 75}, path


def test_a_host_that_nobody_knows(operator: Browsing) -> None:
    page = operator.get("/operate/host/nobody.example")
    assert page.status == 404 and "nobody.example" in page.text


def test_saying_what_a_line_is_and_taking_it_back(desk: Browsing) -> None:
    ident = newsroom.article_of(desk.app, "heating")
    path = f"/operate/article/{ident}"
    page = desk.get(path)
    assert faults(page.response.get_data(as_text=True)) == []
    host = host_of(page.links())
    assert "this is text" in page.text and "this is furniture" in page.text and "its place is not known" in page.text
    form = next(form for form in page.tree.forms if form.fields.get("verdict") == "furniture")
    line = str(form.fields["line"])
    said = desk.send(page, f"{host}/line", line=line, verdict="furniture")
    assert (said.status, said.path) == (200, path)
    assert f"this is furniture from now on: “{line[:40]}" in said.text and "You say: furniture" in said.text

    there = desk.get(host)
    assert line[:40] in there.text and newsroom.NAME in there.text and "Verdicts on their way: 0 of" in there.text
    assert faults(there.response.get_data(as_text=True)) == []
    rerun = desk.app.store.reruns.of(LINES, host.rpartition("/")[2])
    assert rerun is not None and rerun.total >= 1

    undone = desk.send(there, f"{host}/line", line=line, verdict="undone")
    assert undone.path == host and "The verdict is undone" in undone.text and "1 verdict undone" in undone.text


def test_what_cannot_be_said_is_refused_with_a_sentence(desk: Browsing) -> None:
    page = desk.get(f"/operate/article/{newsroom.article_of(desk.app, 'heating')}")
    host = host_of(page.links())
    assert desk.send(page, f"{host}/line", line="…", verdict="text").status == 400
    assert desk.send(page, f"{host}/line", line="Words", verdict="nonsense").status == 400
    assert desk.open(f"{host}/line", "POST", data={"line": "x", "verdict": "text"}).status_code == 400  # no token
    assert desk.app.store.verdicts.hosts() == ()


def test_our_own_correction_is_named_and_no_edit(desk: Browsing) -> None:
    app = desk.app
    ident = newsroom.article_of(app, "heating")
    before = app.store.articles.get(ident)
    host = host_of(desk.get(f"/operate/article/{ident}").links()).rpartition("/")[2]
    line = before.body.split("\n")[-1]
    app.pipeline.furnishing.judge(host, line, "furniture", newsroom.NAME)
    verdicts, repeated = app.pipeline.furnishing.verdicts(host), app.pipeline.furnishing.repeated(host)
    app.pipeline.correcting.tag = lambda article, removed: Tags(language=article.language)  # no gazetteer here
    assert app.pipeline.correcting.correct(ident, verdicts, repeated)
    after = app.store.articles.get(ident)
    assert (after.edits, after.updated_at, after.revision) == (before.edits, before.updated_at, before.revision + 1)
    page = desk.get(f"/article/{ident}")
    assert "Our own correction" in page.text
    assert page.text.count("Version ") == before.edits
    assert "your verdicts on lines" in desk.get(f"/operate/article/{ident}").text
