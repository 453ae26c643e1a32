"""Cited sources at the desk: adding, changing, merging, and taking it back; links to what was merged."""

from typing import Any

import pytest

from aggregator.corrections import SOURCES
from tests.web.browsing import HOST, Browsing
from tests.web.markup import faults

NAME: dict[str, Any] = {
    "id": "ua-harbour-watch",
    "name": "Izmail Harbour Watch",
    "kind": "civil_society",
    "basis": "volunteers who list ships",
}


@pytest.mark.parametrize("path", ["/operate/sources", "/operate/source/isw"])
def test_strangers_are_asked_who_they_are(reader: Browsing, path: str) -> None:
    assert reader.open(path).headers["Location"].startswith("/login?next=%2Foperate%2F")
    assert "Merge into" not in reader.get("/source/isw").text


def test_nothing_is_said_without_the_forms_token(desk: Browsing) -> None:
    answer = desk.open("/operate/source/isw/merge", "POST", data={"into": "ua-navy"}, headers={"Referer": HOST + "/operate/source/isw"})
    assert answer.status_code == 400 and desk.app.registry.get("isw").id == "isw"


def test_a_source_is_added_and_taken_back(desk: Browsing) -> None:
    page = desk.get("/operate/sources")
    assert (page.status, faults(page.response.get_data(as_text=True)), "Nothing yet" in page.text) == (200, [], True)
    assert "/operate/sources" in desk.get("/operate").links()
    said = desk.send(
        page, "/operate/sources", post=True, **NAME, country="UA", names="uk: Портова варта\r\nfr: Guet du port\r\n", why="cited"
    )
    assert said.path == "/operate/sources" and "Izmail Harbour Watch (ua-harbour-watch) is read and shown as you say" in said.text
    assert faults(said.response.get_data(as_text=True)) == []
    (row,) = said.find("//tr[td/a='ua-harbour-watch']")
    assert "added" in row.text_content() and "cited" in row.text_content() and "0 of" in row.text_content()
    source = desk.app.registry.get("ua-harbour-watch")
    assert (source.country, source.side, source.aliases) == ("UA", "unknown", {"uk": ("Портова варта",), "fr": ("Guet du port",)})
    assert desk.app.store.reruns.of(SOURCES, source.id) is not None
    back = desk.send(said, "/operate/source/ua-harbour-watch/undo")
    assert "is no source any more" in back.text and desk.get("/source/ua-harbour-watch").status == 404


def test_only_what_was_changed_in_the_form_is_kept(desk: Browsing) -> None:
    before = desk.app.registry.get("isw")
    assert "/operate/source/isw" in desk.get("/source/isw").links()
    page = desk.get("/operate/source/isw")
    assert (page.status, faults(page.response.get_data(as_text=True))) == (200, [])
    unchanged = desk.send(page, "/operate/source/isw", post=True)
    assert unchanged.status == 400 and "Nothing was given to change" in unchanged.text
    names = page.find("//textarea[@name='names']")[0].text_content().strip()
    said = desk.send(page, "/operate/source/isw", post=True, side="western", names=f"{names}\nnl: Studie-instituut voor Oorlog")
    assert "Institute for the Study of War (isw) is read and shown as you say" in said.text
    after = desk.app.registry.get("isw")
    assert (after.side, after.channels, after.basis) == ("western", before.channels, before.basis)
    assert after.aliases == {**before.aliases, "nl": ("Studie-instituut voor Oorlog",)}
    assert "other than shipped: aliases, side" in said.text or "other than shipped: side, aliases" in said.text
    assert "changed aliases, side" in desk.get("/operate/source/isw").text


def test_what_was_merged_leads_to_where_it_went(desk: Browsing) -> None:
    said = desk.send(desk.get("/operate/source/isw"), "/operate/source/isw/merge", into="Ukrainian Navy", why="a test")
    assert "isw is one with Ukrainian Navy" in said.text and faults(said.response.get_data(as_text=True)) == []
    for path, target in (("/source/isw", "/source/ua-navy"), ("/source/isw.rss?items=articles", "/source/ua-navy.rss?items=articles")):
        answer = desk.open(path)
        assert (answer.status_code, answer.headers["Location"]) == (301, target)
    edit = desk.get("/operate/source/isw")
    assert edit.path == "/operate/source/ua-navy" and "merged into ua-navy" in edit.text
    assert [link for link in desk.get("/sources").links() if link == "/source/isw"] == []
    desk.send(edit, "/operate/source/isw/undo")
    assert desk.open("/source/isw").status_code == 200


@pytest.mark.parametrize(
    ("action", "fields", "message"),
    [
        ("/operate/sources", {**NAME, "id": "isw"}, "There is a source 'isw' already"),
        ("/operate/sources", {**NAME, "names": "ЗСУ"}, "is not a language and a name"),
        ("/operate/sources", {**NAME, "organisation": "nobody"}, "is no id of the registry"),
        ("/operate/source/isw/merge", {"into": "nobody at all"}, "No source has the id or name"),
        ("/operate/source/isw/merge", {"into": "isw"}, "into itself"),
    ],
)
def test_what_cannot_be_done_says_why(desk: Browsing, action: str, fields: dict[str, Any], message: str) -> None:
    path = action.removesuffix("/merge")
    answer = desk.send(desk.get(path), action, post=True, **fields)
    assert answer.status == 400 and message in answer.text and not desk.app.settings.sources.joinpath("desk.yaml").exists()


def test_a_file_by_hand_that_is_wrong_is_named_and_pages_go_on(desk: Browsing) -> None:
    assert desk.get("/source/isw").status == 200
    desk.app.settings.sources.mkdir()
    (desk.app.settings.sources / "mine.yaml").write_text("sources:\n- {id: isw, kind: club}\n")
    page = desk.get("/operate/sources")
    assert page.status == 500 and "mine.yaml, entry 1 (isw): kind 'club' is not in the taxonomy" in page.text
    assert desk.get("/source/isw").status == 200
