"""What changed in an article: any two of its versions, each as it stood, and the feed item that stays one."""

from xml.etree import ElementTree

import pytest

from aggregator.app import App
from tests.web import newsroom
from tests.web.browsing import Browsing
from tests.web.markup import faults
from web import documents


@pytest.fixture
def edited(reader: Browsing, app: App) -> int:
    """An article with two versions."""
    return newsroom.article_of(app, "heating")


def test_the_last_edit_is_shown(reader: Browsing, edited: int) -> None:
    page = reader.get(f"/article/{edited}/changes")
    assert page.status == 200 and faults(page.response.get_data(as_text=True)) == []
    text = page.text
    assert "From version 1 to version 2" in text and "1 sentence is not the same" in text
    for sentence in ("The title is another.", "A number gave way to another.", "The page does not say that its text was changed."):
        assert sentence in text
    (diff,) = page.find("//div[@class='diff'][last()]")[-1:]
    assert [element.text_content() for element in diff.xpath(".//del")] == ["nine"]
    assert [element.text_content() for element in diff.xpath(".//ins")] == ["eleven"]
    assert "another number" in diff.text_content() and "2 sentences unchanged" in diff.text_content()
    assert [element.get("value") for element in page.find("//input[@checked]")] == ["1", "2"]


def test_any_two_versions_are_compared_the_older_first(reader: Browsing, edited: int) -> None:
    shown = reader.get(f"/article/{edited}/changes?from=1&to=2").text
    assert shown == reader.get(f"/article/{edited}/changes?from=2&to=1").text
    assert "These are the same version" in reader.get(f"/article/{edited}/changes?from=2&to=2").text
    assert reader.open(f"/article/{edited}/changes?from=1&to=3").status_code == 404
    assert reader.open(f"/article/{edited}/changes?from=x").status_code == 400


def test_an_article_that_was_not_edited_says_so(reader: Browsing, app: App) -> None:
    page = reader.get(f"/article/{newsroom.article_of(app, 'teplo')}/changes")
    assert "has not been changed since it was first read" in page.text and page.find("//main//form") == []


def test_an_old_version_keeps_its_address_and_its_tags(reader: Browsing, app: App, edited: int) -> None:
    page = reader.get(f"/article/{edited}/revision/1")
    assert page.status == 200 and faults(page.response.get_data(as_text=True)) == []
    assert "Version 1 of 2" in page.text and "nine schools" in page.text and "eleven" not in page.text
    assert page.find("//mark") and page.find(f"//a[@href='/place/{newsroom.KHARKIV.id}']")
    newest = reader.get(f"/article/{edited}/revision/2")
    assert "eleven schools" in newest.text and "This is the newest text" in newest.text
    assert reader.open(f"/article/{edited}/revision/3").status_code == 404


def test_programs_get_the_versions_and_their_flags(reader: Browsing, edited: int) -> None:
    answer = reader.open(f"/api/v1/articles/{edited}/revisions").get_json()
    first, second = answer["revisions"]
    assert (answer["article"], first["flags"], first["changes"], first["cause"]) == (edited, [], [], "outlet")
    assert second["flags"] == ["retitled", "number_changed", "silent"] and second["left_out"] == 0
    (change,) = second["changes"]
    assert change["change"] == "changed" and change["another_number"] and "nine" in change["old"] and "eleven" in change["new"]
    assert reader.open(second["page"].removeprefix(newsroom.BASE)).status_code == 200
    assert reader.open("/api/v1/articles/99999/revisions").status_code == 404


def test_no_whole_text_is_given_out_in_pieces(desk: Browsing) -> None:
    article_id = newsroom.article_of(desk.app, "teplo")
    more = "\n".join(
        f"Sentence {n} of a text that was a teaser before and is whole now, as pages are when a wall falls." for n in range(30)
    )
    newsroom.revise(desk.app, article_id, "Whole", more)
    newest = desk.open(f"/api/v1/articles/{article_id}/revisions").get_json()["revisions"][-1]
    assert newest["left_out"] > 20 and sum(len(change["old"] + change["new"]) for change in newest["changes"]) <= 840


ATOM = "{http://www.w3.org/2005/Atom}"


def test_an_edit_is_one_item_with_a_later_hour(desk: Browsing, monkeypatch: pytest.MonkeyPatch) -> None:
    """The item of an article keeps its id through an edit, comes once, and names the hour of the edit."""
    monkeypatch.setattr(documents, "LOOK_S", 0.0)
    app = desk.app
    article_id = newsroom.article_of(app, "teplo")
    before = _items(desk, article_id)
    found = app.store.articles.get(article_id)
    newsroom.revise(app, article_id, found.title + " знову", found.body + "\nОновлено: тепло є всюди.")
    after = _items(desk, article_id)
    assert before.keys() == after.keys() and {ident for ident, _ in after.values()} == {ident for ident, _ in before.values()}
    assert all(after[form][1] > before[form][1] for form in ("atom", "json"))


def _items(desk: Browsing, article_id: int) -> dict[str, tuple[str, str]]:
    """Id and hour of the article's one item, by format."""
    out = {}
    path = f"/outlet/{newsroom.STEP.id}.{{}}?items=articles"
    entries = [
        entry
        for entry in ElementTree.fromstring(desk.open(path.format("atom")).get_data()).iter(f"{ATOM}entry")
        if str(entry.findtext(f"{ATOM}id")).endswith(f"article/{article_id}")
    ]
    (entry,) = entries
    out["atom"] = (str(entry.findtext(f"{ATOM}id")), str(entry.findtext(f"{ATOM}updated")))
    (found,) = [one for one in desk.open(path.format("json")).get_json()["items"] if one["id"].endswith(f"article/{article_id}")]
    out["json"] = (found["id"], found.get("date_modified") or found["date_published"])
    channel = ElementTree.fromstring(desk.open(path.format("rss")).get_data())
    (guid,) = [one for one in channel.iter("guid") if str(one.text).endswith(f"article/{article_id}")]
    out["rss"] = (str(guid.text), "")
    return out
