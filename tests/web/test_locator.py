"""Small maps: what is drawn of an atlas, where names stand, and that there is none without an atlas."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree

from aggregator.model import Place
from tests.web.newsroom import KHARKIV, OBLAST, TYRE
from web import locator

SQUARE = {  # one land from 30 to 40 degrees east and 45 to 55 north, as TopoJSON quantises it
    "type": "Topology",
    "transform": {"scale": [1, 1], "translate": [30, 45]},
    "arcs": [[[0, 0], [10, 0], [0, 10]], [[10, 10], [-10, 0], [0, -10]]],
    "objects": {"countries": {"type": "GeometryCollection", "geometries": [{"type": "Polygon", "arcs": [[0, 1]]}]}},
}


@pytest.fixture
def atlas(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An atlas of one square land."""
    path = tmp_path / "world.json"
    path.write_text(json.dumps(SQUARE))
    monkeypatch.setattr(locator, "ATLAS", path)
    _forget()
    yield path
    _forget()


def _forget() -> None:
    locator._rings.cache_clear()
    locator._drawn.cache_clear()


def _drawn(*places: Place) -> etree._Element:
    svg = locator.locator(places)
    assert svg is not None
    return etree.fromstring(str(svg))


def _names(svg: etree._Element) -> list[str]:
    return [str(text.text) for text in svg.iter("text") if text.get("class") != "scale"]


def test_a_place_stands_in_the_middle_of_its_land(atlas: Path) -> None:
    svg = _drawn(KHARKIV)
    (point,) = svg.iter("circle")
    assert (float(point.get("cx", "0")), float(point.get("cy", "0"))) == (locator.WIDTH / 2, locator.HEIGHT / 2)
    (land,) = svg.findall("g/path")
    numbers = [float(number) for number in land.get("d", "").strip("MZ").replace("L", " ").split()]
    assert min(numbers) >= -0.2 * locator.WIDTH  # clipped to the view and a margin
    assert max(numbers) <= 1.2 * locator.WIDTH
    assert _names(svg) == ["Kharkiv"]


def test_names_do_not_run_into_each_other(atlas: Path) -> None:
    near = replace(KHARKIV, id="near", name="Nearby", lat=KHARKIV.lat + 0.02)
    assert _names(_drawn(KHARKIV, near, OBLAST)) == ["Kharkiv Oblast", "Kharkiv"]
    assert len(list(_drawn(KHARKIV, near).iter("circle"))) == 2


def test_what_is_wide_or_uncertain_has_a_ring(atlas: Path) -> None:
    assert [point.get("class") for point in _drawn(OBLAST).iter("circle")] == ["about", "here"]
    assert [point.get("class") for point in _drawn(replace(KHARKIV, approximate=True)).iter("circle")] == ["about", "here"]


def test_hostile_names_are_text(atlas: Path) -> None:
    assert _names(_drawn(replace(TYRE, name='<b>"x"</b>&'))) == ['<b>"x"</b>&']


def test_no_atlas_no_map(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locator, "ATLAS", tmp_path / "none.json")
    assert locator.locator([KHARKIV]) is None
    assert locator.locator([]) is None
