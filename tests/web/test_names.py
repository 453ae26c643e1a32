"""Names of places at the desk: why, saying what a name means, and taking it back."""

from dataclasses import replace

import pytest

from aggregator.model import Mention, Tags
from aggregator.placing import OF_ARTICLE, PARTS
from aggregator.tagging import Taggers
from tests.contract.builders import IZIUM, article, link
from tests.web import newsroom
from tests.web.browsing import Browsing
from tests.web.markup import faults
from web.operate.parts import MEANINGS

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


# --- parts in one article ---------------------------------------------------------------------------------------------


def test_a_part_is_said_and_taken_back(placer: Browsing) -> None:
    ident = newsroom.article_of(placer.app, "heating")
    path, part = f"/operate/article/{ident}/places", f"/operate/article/{ident}/part"
    before = placer.get(path)
    said = placer.send(before, part, name="Kharkiv", part="origin", reason="the <coal> came from there")
    assert (said.status, said.path, faults(said.response.get_data(as_text=True))) == (200, path, [])
    assert "“Kharkiv” plays the part origin in this article from now on" in said.text
    (row,) = said.find("//section[h2='Taken for places']//tr[td/b='Kharkiv']")
    assert "origin, for " in row.text_content() and "says so: the <coal> came from there" in row.text_content()
    assert {m.role for m in placer.app.store.articles.tags([ident])[ident].mentions if m.text == "Kharkiv"} == {"origin"}
    assert "Kharkiv plays the part origin" in placer.get("/operate/names").text
    (rule,) = placer.app.store.part_rules.holding(ident)
    back = placer.send(said, f"/operate/part/{rule.id}/undo")
    assert back.path == path and "is read from the text again" in back.text
    assert not back.find("//h2[.='What you say']")
    assert [one.text_content() for one in back.find("//details[summary='All that was said of its parts']//li/b")] == ["Kharkiv", "Kharkiv"]


def test_a_part_is_said_of_one_occurrence(placer: Browsing) -> None:
    body = "Moscow said nothing on Tuesday. A drone fell on a roof in Moscow at night."
    ident = newsroom.article_of(placer.app, "heating")
    new = placer.app.store.articles.get(ident)
    revised = article(9, outlet_id=new.outlet_id, url=new.url, url_key=new.url_key, title="Night", body=body)
    placer.app.store.articles.revise(ident, revised, [], Tags(language="en"), newsroom.NOW)
    page = placer.get(f"/operate/article/{ident}/places")
    (row,) = page.find("//section[h2='Taken for places']//tr[td/b='Moscow']")
    words = [str(option.get("value")) for option in row.xpath(".//select[@name='near']/option")]
    assert words == ["", "Moscow said nothing on Tuesday", "a roof in Moscow at night"] or words[2].endswith("roof in Moscow at night")
    said = placer.send(page, f"/operate/article/{ident}/part", name="Moscow", part="mention", near=words[2])
    assert "where it stands in these words" in said.text
    assert [m.role for m in placer.app.store.articles.tags([ident])[ident].mentions] == ["actor", "mention"]
    assert "the rule waits" not in said.text
    placer.app.store.articles.revise(ident, replace(revised, body="Moscow said nothing."), [], Tags(language="en"), newsroom.NOW)
    assert "the rule waits" in placer.get(f"/operate/article/{ident}/places").text


def test_every_part_is_offered_with_its_meaning() -> None:
    assert tuple(MEANINGS) == PARTS


def test_where_it_happened_is_said(placer: Browsing) -> None:
    ident = newsroom.article_of(placer.app, "heating")
    path, where = f"/operate/article/{ident}/places", f"/operate/article/{ident}/where"
    said = placer.send(placer.get(path), where, place="nowhere", reason="a look back")
    assert "tells of nothing that happens anywhere" in said.text and placer.app.store.articles.tags([ident])[ident].primary_places == ()
    assert "Nowhere that is known." in said.text
    said = placer.send(said, where, place=KHARKIV)
    assert "It happened at Kharkiv above all." in said.text
    assert placer.app.store.articles.tags([ident])[ident].primary_places[0] == KHARKIV
    refused = placer.send(said, where, place="gn703448")
    assert refused.status == 400 and "names no place" in refused.text


@pytest.mark.parametrize(
    ("name", "part", "near"), [("Kharkiv", "victim", ""), ("Odesa", "event", ""), ("Kharkiv", "event", "words that nobody wrote")]
)
def test_a_part_that_cannot_be_is_refused(placer: Browsing, name: str, part: str, near: str) -> None:
    ident = newsroom.article_of(placer.app, "heating")
    page = placer.get(f"/operate/article/{ident}/places")
    refused = placer.send(page, f"/operate/article/{ident}/part", name=name, part=part, near=near)
    assert refused.status == 400 and placer.app.store.part_rules.history() == ()


def test_a_feed_shows_what_it_speaks_of(placer: Browsing) -> None:
    store = placer.app.store
    feed = store.feeds.all()[0]
    for number in range(100, 120):
        tags = Tags("en", (Mention(0, 4, "Izium", IZIUM, "event", 0.95),))
        new = article(number, feed_id=feed.id, outlet_id=feed.outlet_id)
        assert store.articles.add(new, [link(number)], tags, newsroom.NOW)
    (row,) = placer.get(f"/operate/feed/{feed.id}").find("//dl/dd[preceding-sibling::dt[1]='Speaks of']")
    assert row.text_content().startswith("Ukraine ")
