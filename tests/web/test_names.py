"""Names of places at the desk: why, saying what a name means, and taking it back."""

import pytest

from aggregator.placing import OF_ARTICLE
from aggregator.tagging import Taggers
from tests.web import newsroom
from tests.web.browsing import Browsing
from tests.web.markup import faults

KHARKIV = "gn706483"


@pytest.fixture
def placer(desk: Browsing, taggers: Taggers) -> Browsing:
    """An operator at a product that has a gazetteer."""
    vars(desk.app).update(taggers=taggers, gazetteer=taggers.gazetteer)
    return desk


def test_without_a_gazetteer_the_remedy_is_named(desk: Browsing) -> None:
    page = desk.get(f"/operate/article/{newsroom.article_of(desk.app, 'heating')}/places")
    assert page.status == 200 and "frontwire gazetteer build" in page.text


@pytest.mark.parametrize("path", ["/operate/names", "/operate/article/1/places"])
def test_strangers_are_asked_who_they_are(reader: Browsing, path: str) -> None:
    assert reader.open(path).headers["Location"].startswith("/login?next=%2Foperate%2F")


def test_an_article_says_why(placer: Browsing) -> None:
    ident = newsroom.article_of(placer.app, "heating")
    assert f"/operate/article/{ident}/places" in placer.get(f"/article/{ident}").links()
    page = placer.get(f"/operate/article/{ident}/places")
    assert (page.status, faults(page.response.get_data(as_text=True))) == (200, [])
    (row,) = page.find("//section[h2='Taken for places']//tr[td/b='Kharkiv']")
    assert "Ukraine" in row.text_content() and "confidence" in row.text_content() and row.xpath(".//li")
    assert placer.get("/operate/article/999/places").status == 404


def test_a_name_is_no_place_and_is_one_again(placer: Browsing) -> None:
    ident = newsroom.article_of(placer.app, "heating")
    path = f"/operate/article/{ident}/places"
    said = placer.send(placer.get(path), "/operate/name", name="Kharkiv", place="none", scope=OF_ARTICLE, article=str(ident))
    assert (said.status, said.path) == (200, path)
    assert "“Kharkiv” is no place from now on" in said.text
    assert not said.find("//section[h2='Taken for places']//tr[td/b='Kharkiv']")
    assert said.find("//section[h2='Looked at, and left']//tr[td/b='Kharkiv']")
    listed = placer.get("/operate/names")
    assert (faults(listed.response.get_data(as_text=True)), "0 of 1 looked at" in listed.text) == ([], True)
    (rule,) = placer.app.store.name_rules.all()
    back = placer.send(placer.get(path), f"/operate/name/{rule.id}/undo", article=str(ident))
    assert back.path == path and back.find("//section[h2='Taken for places']//tr[td/b='Kharkiv']")
    assert "1 rule undone" in placer.get("/operate/names").text


def test_a_name_that_several_places_have_is_asked_about(placer: Browsing) -> None:
    asked = placer.send(placer.get("/operate/names"), "/operate/name", name="Smolny", place="other", other="Kharkiv", scope="all")
    assert asked.status == 200 and "Which Kharkiv?" in asked.text
    assert faults(asked.response.get_data(as_text=True)) == []
    ids = [choice.get("value") for choice in asked.find("//input[@type='radio']")]
    assert KHARKIV in ids and len(ids) > 1
    said = placer.send(asked, "/operate/name", place=KHARKIV)
    assert said.path == "/operate/names" and "“Smolny” is Kharkiv" in said.text
    assert [(rule.text, rule.place_id, rule.scope) for rule in placer.app.store.name_rules.all()] == [("Smolny", KHARKIV, "all")]


@pytest.mark.parametrize(
    ("name", "other", "message"), [("Smolny", "Qwghlm", "no place"), ("Smolny", " ", "no place"), ("…", KHARKIV, "letters")]
)
def test_what_cannot_be_is_refused(placer: Browsing, name: str, other: str, message: str) -> None:
    refused = placer.send(placer.get("/operate/names"), "/operate/name", name=name, place="other", other=other, scope="all")
    assert refused.status == 400 and message in refused.text
    assert placer.app.store.name_rules.all() == ()


def test_what_is_written_goes_before_what_is_chosen(placer: Browsing) -> None:
    ident = newsroom.article_of(placer.app, "heating")
    page = placer.get(f"/operate/article/{ident}/places")
    said = placer.send(page, "/operate/name", name="Kharkiv", place="none", other="gn703448", scope=OF_ARTICLE)
    assert "“Kharkiv” is Kyiv" in said.text
