"""The search form: fields to a query that stays visible, a query to fields, and suggestions while somebody types."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from aggregator.app import build
from aggregator.places.write import write
from aggregator.settings import Settings
from tests.places.conftest import rows
from tests.web import newsroom
from tests.web.browsing import Browsing, Page
from tests.web.markup import faults
from web.factory import create_app


def filled(page: Page) -> dict[str, str]:
    """The fields of the form that have a value."""
    form = next(form for form in page.tree.forms if "composing" in (form.get("class") or ""))
    return {name: value for name, value in form.form_values() if value}


def text(page: Page) -> str:
    (field,) = page.find("//aside//textarea[@name='q']")
    return str(field.text or "").strip()


@pytest.fixture
def placed(folder: Path, tmp_path: Path) -> Iterator[Browsing]:
    """A reader of a product that has a gazetteer."""
    write(tmp_path / "gazetteer", rows(), [], newsroom.NOW, lambda step, done, of: None)
    copy = shutil.copytree(folder, tmp_path / "copy")
    app = build(Settings(data_dir=copy, gazetteer_dir=tmp_path / "gazetteer", base_url=newsroom.BASE, secret_key="for tests only"))
    yield Browsing(create_app(app), app=app)
    app.close()


def test_the_form_builds_the_query_and_says_how_it_is_understood(reader: Browsing) -> None:
    empty = reader.get("/search")
    assert empty.status == 200 and text(empty) == "" and filled(empty) == {}
    page = reader.send(
        empty, "/search", all="heating", any="schools kindergartens", none="football", outlet="Tidewater Courier", origins="1"
    )
    assert text(page) == 'heating (schools OR kindergartens) -football outlet:"Tidewater Courier" origins:>=1'
    assert "1 article matches" in page.text and "published by Tidewater Courier (tidewater-courier)" in page.text
    (box,) = page.find("//header//input[@name='q']")
    assert box.get("value") == text(page)  # visible and editable as everywhere
    assert filled(page)["any"] == "schools kindergartens" and faults(page.response.get_data(as_text=True)) == []
    stories = reader.get(f"/search?{'&'.join(('all=heating', 'lang=en', 'go=1'))}")
    assert stories.path == "/?q=heating%20lang:en" and "Heating returns" in stories.text


def test_a_query_is_taken_apart(reader: Browsing) -> None:
    page = reader.get("/search?q=heating+-football+lang:en+title:schools+colour:red")
    assert filled(page) == {"all": "heating", "none": "football", "lang": "en", "phrase": "colour:red", "further": "title:schools"} or (
        filled(page) == {"all": "heating colour:red", "none": "football", "lang": "en", "further": "title:schools"}
    )
    assert "“colour:” is no field" in page.text
    odd = reader.get("/search?q=last:5d")
    assert filled(odd) == {"last": "5d"}  # no choice of the form, and kept all the same
    assert reader.get("/?q=heating").links("//a[starts-with(@href, '/search?')]") == ["/search?q=heating"]


def test_hostile_fields_stay_text(reader: Browsing) -> None:
    page = reader.get('/search?all="><script>alert(1)</script>&place=<b>&last="&after=x&origins=-1&search=nobody')
    assert page.status == 200 and "<script>alert" not in page.response.get_data(as_text=True)
    assert faults(page.response.get_data(as_text=True)) == []


def test_names_that_several_places_have_are_asked_about(placed: Browsing) -> None:
    page = placed.get("/search?place=Paris")
    assert "Is one of these meant?" in page.text and "settlement, Texas, United States" in page.text
    options = [option.get("value") for option in page.find("//datalist[@id='place-list']/option")]
    assert options == ["Paris (gn2988507)", "Paris (gn4717560)"]
    (first, _) = page.find("//main//button[@name='place']")
    assert first.get("value") == "Paris (gn2988507)"
    chosen = placed.get("/search?place=Paris&place=Paris+(gn4717560)")  # as the button sends it, after its field
    assert text(chosen) == "place:gn4717560" and "Is one of these meant?" not in chosen.text
    assert "Is one of these meant?" not in placed.get("/search?place=Bakhmut").text


def found(answer: Any) -> list[tuple[str, str, str]]:
    return [(one["kind"], one["value"], one["filter"]) for one in answer.get_json()["suggestions"]]


def test_suggestions_in_any_script(placed: Browsing) -> None:
    for typed in ("kharki", "ХАРК", "харко"):
        rows = found(placed.open(f"/suggest.json?kind=place&q={typed}"))
        assert ("place", "Kharkiv (gn706483)", "place:gn706483") in rows or ("place", "Kharkiv", "place:gn706483") in rows, typed
    assert found(placed.open("/suggest.json?q=степ")) == [("outlet", "Степова хроніка", "outlet:stepova-khronika")]
    assert found(placed.open("/suggest.json?q=المرف&kind=outlet")) == [("outlet", "جريدة المرفأ", "outlet:jaridat-al-marfa")]
    sources = found(placed.open("/suggest.json?q=institute+study+w&kind=source"))
    assert ("source", "Institute for the Study of War", "by:isw") in sources
    assert found(placed.open("/suggest.json?q=k")) == found(placed.open("/suggest.json")) == []
    assert len(found(placed.open("/suggest.json?q=ministry&kind=source&limit=3"))) == 3


def test_what_is_suggested_is_found(placed: Browsing) -> None:
    for one in placed.open("/suggest.json?q=ta").get_json()["suggestions"] + placed.open("/suggest.json?q=pari").get_json()["suggestions"]:
        field = {"place": "place", "outlet": "outlet", "source": "by"}[one["kind"]]
        page = placed.get(f"/search?{field}={one['value'].replace('&', '%26')}")
        assert f"({one['id']})" in page.text, one


def test_suggestions_are_kept_and_open_to_all(reader: Browsing) -> None:
    answer = reader.open("/suggest.json?q=tide")  # without a gazetteer: outlets and sources
    assert found(answer) == [("outlet", "Tidewater Courier", "outlet:tidewater-courier")]
    assert "max-age=300" in answer.headers["Cache-Control"] and answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Set-Cookie" not in answer.headers
    assert reader.open("/suggest.json?q=tide", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    for wrong in ("kind=person", "limit=0", "limit=21", "limit=x"):
        assert reader.open(f"/suggest.json?q=tide&{wrong}").status_code == 400
