"""Small maps: what is drawn of a basemap, where names stand, and that there is none without a basemap."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree

from aggregator.model import Place
from tests.web.newsroom import KHARKIV, OBLAST, TYRE, UKRAINE
from web.maps import atlas, basemap, locator
from web.maps.names import Name

SQUARE = {  # one land from 30 to 40 degrees east and 45 to 55 north, as TopoJSON quantises it
    "type": "Topology",
    "transform": {"scale": [1, 1], "translate": [30, 45]},
    "arcs": [[[0, 0], [10, 0], [0, 10]], [[10, 10], [-10, 0], [0, -10]]],
    "objects": {
        name: {"type": "GeometryCollection", "geometries": [{"type": "Polygon", "arcs": [[0, 1]]}]} for name in ("countries", "land")
    },
}


@pytest.fixture
def ground(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A basemap of one square land."""
    path = tmp_path / "basemap.json"
    path.write_text(json.dumps(atlas.basemap(SQUARE, atlas.Disputed())))
    monkeypatch.setattr(basemap, "FILE", path)
    forget()
    yield path
    forget()


def forget() -> None:
    basemap.load.cache_clear()
    basemap.paths.cache_clear()
    locator._drawn.cache_clear()


def drawn(*places: Place, named: tuple[Name, ...] = ()) -> etree._Element:
    svg = locator.locator(places, named)
    assert svg is not None
    return etree.fromstring(str(svg))


def words(svg: etree._Element) -> list[str]:
    return [str(text.text) for text in svg.iter("text") if text.get("class") != "scale"]


@pytest.mark.usefixtures("ground")
def test_a_place_stands_in_the_middle_of_its_land() -> None:
    svg = drawn(KHARKIV)
    (point,) = svg.iter("circle")
    assert float(point.get("cx", "0")) == pytest.approx(locator.WIDTH / 2, abs=0.1)
    assert float(point.get("cy", "0")) == pytest.approx(locator.HEIGHT / 2, abs=3)  # a degree north of it is longer than one south
    land = svg.find("g/path[@class='land']")
    assert land is not None
    assert land.get("d", "").startswith("M")
    assert words(svg) == ["Kharkiv"]


@pytest.mark.usefixtures("ground")
def test_names_do_not_run_into_each_other() -> None:
    near = replace(KHARKIV, id="near", name="Nearby", lat=KHARKIV.lat + 0.02)
    farther = replace(KHARKIV, id="farther", name="Farther", lat=KHARKIV.lat - 0.02)
    assert words(drawn(KHARKIV, near, farther)) == ["Kharkiv", "Nearby"]  # one on each side of the dot
    assert len(list(drawn(KHARKIV, near, farther).iter("circle"))) == 3


@pytest.mark.usefixtures("ground")
def test_what_is_wide_or_uncertain_has_a_ring_to_scale() -> None:
    ring, dot = drawn(OBLAST).iter("circle")
    assert (ring.get("class"), dot.get("class")) == ("about", "here wide")
    small, _ = drawn(replace(KHARKIV, approximate=True)).iter("circle")
    assert small.get("class") == "about"
    assert float(ring.get("r", "0")) > 2 * float(small.get("r", "0"))


@pytest.mark.usefixtures("ground")
def test_a_country_is_a_name_and_no_point() -> None:
    svg = drawn(UKRAINE)
    assert list(svg.iter("circle")) == []
    assert words(svg) == ["Ukraine"]


@pytest.mark.usefixtures("ground")
def test_towns_around_are_named_where_there_is_room() -> None:
    around = (
        Name("Poltava", "settlement", 49.59, 34.55, 5),
        Name("Kharkiv", "settlement", 49.98, 36.25, 5),  # said already
        Name("Vovchansk", "settlement", 49.99, 36.27, 5),  # under the dot
        Name("Dnipro", "settlement", 48.45, 35.04, 9),  # shown further in
        Name("Lviv", "settlement", 49.84, 24.03, 5),  # elsewhere
    )
    assert words(drawn(KHARKIV, named=around)) == ["Poltava", "Kharkiv"]


@pytest.mark.usefixtures("ground")
def test_hostile_names_are_text() -> None:
    assert words(drawn(replace(TYRE, name='<b>"x"</b>&'))) == ['<b>"x"</b>&']


def test_no_basemap_no_map(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    forget()
    monkeypatch.setattr(basemap, "FILE", tmp_path / "none.json")
    assert locator.locator([KHARKIV]) is None
    assert locator.locator([]) is None
    forget()
