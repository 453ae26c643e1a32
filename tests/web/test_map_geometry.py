"""Projection, clipping, simplification, and the basemap made of an atlas; and that the real atlas draws what docs/boundaries.md says."""

import json
import math
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.errors import UsageError
from aggregator.feeds import catalogue
from web.frontend import fetch
from web.maps import atlas, basemap
from web.maps.mercator import EQUATOR_KM, TILE, Box, View, latitude, longitude, unit_x, unit_y
from web.maps.start import THEATRES

ROOT = Path(__file__).resolve().parents[2]
SQUARE = np.array([[0.0, 0.0], [10.0, 0.0], [10.0, 10.0], [0.0, 10.0], [0.0, 0.0]])
longitudes, latitudes = st.floats(-180, 180), st.floats(-85, 85)
edges = st.floats(-50, 50)


# --- projection -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lat", "lon", "x", "y"),  # EPSG:3857 divided by the length of the equator
    [(0, 0, 0.5, 0.5), (0, -180, 0, 0.5), (85.05113, 180, 1, 0), (66.51326, 0, 0.5, 0.25), (-66.51326, 90, 0.75, 0.75)],
)
def test_degrees_to_the_unit_square(lat: float, lon: float, x: float, y: float) -> None:
    assert unit_x(lon) == pytest.approx(x, abs=1e-6)
    assert unit_y(lat) == pytest.approx(y, abs=1e-6)


@given(latitudes, longitudes)
def test_and_back(lat: float, lon: float) -> None:
    assert latitude(unit_y(lat)) == pytest.approx(lat, abs=1e-6)
    assert longitude(unit_x(lon)) == pytest.approx(lon, abs=1e-6)


@given(latitudes, latitudes, longitudes, longitudes)
def test_a_view_holds_its_box_and_no_more_than_it_has_to(a: float, b: float, c: float, d: float) -> None:
    (south, north), (west, east) = sorted((a, b)), sorted((c, d))
    box = Box(west, south, east, north).grown(0.1, 0.5)
    view = View.around(box, 880, 580)
    for lat, lon in ((box.south, box.west), (box.north, box.east)):
        assert -0.01 <= view.x(lon) <= 880.01
        assert -0.01 <= view.y(lat) <= 580.01
    wide, high = view.x(box.east) - view.x(box.west), view.y(box.south) - view.y(box.north)
    assert wide == pytest.approx(880) or high == pytest.approx(580) or view.zoom == pytest.approx(10)


def test_distances_grow_with_the_latitude() -> None:
    view = View(0, 0, TILE * 2**5, 880, 580)
    assert view.pixels(EQUATOR_KM, 0) == pytest.approx(TILE * 2**5)
    assert view.pixels(10, 60) == pytest.approx(2 * view.pixels(10, 0))
    assert view.zoom == 5


@pytest.mark.parametrize("text", ["22,44,40.5,52.5", "-180,-90,180,90", " 1 , 2 , 3 , 4 "])
def test_boxes_are_read(text: str) -> None:
    box = Box.parse(text)
    assert Box.parse(box.text) == box


@pytest.mark.parametrize(
    "text", ["", "1,2,3", "1,2,3,x", "3,2,1,4", "1,4,3,2", "1,2,1,4", "-181,0,0,1", "0,0,1,91", "nan,0,1,1", "1,2,3,inf", "1,2,3,4,5"]
)
def test_what_is_no_box_says_what_would_be_right(text: str) -> None:
    with pytest.raises(UsageError, match="west,south,east,north"):
        Box.parse(text)


def test_a_box_grows_within_the_world() -> None:
    assert Box(10, 10, 20, 30).grown(0.5) == Box(5, 0, 25, 40)
    assert Box(5, 5, 5, 5).grown(0.0, 2.0) == Box(4, 4, 6, 6)
    world = Box(-170, -80, 170, 80).grown(0.5)
    assert (world.west, world.east) == (-180, 180)
    assert world.north < 86


def test_every_theatre_has_a_view() -> None:
    assert set(THEATRES) == {theatre.id for theatre in catalogue.load().theatres}


# --- lines ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("window", "area"),
    [((-5, -5, 15, 15), 100), ((2, 2, 8, 8), 36), ((-5, -5, 5, 5), 25), ((5, -5, 15, 15), 50), ((20, 20, 30, 30), 0)],
)
def test_a_ring_is_cut_at_the_window(window: tuple[float, float, float, float], area: float) -> None:
    ring = basemap.clipped(SQUARE, *window)
    assert shoelace(ring) == pytest.approx(area)


@settings(max_examples=60)
@given(st.lists(st.tuples(edges, edges), min_size=3, max_size=12), edges, edges)
def test_what_is_cut_lies_in_the_window(points: list[tuple[float, float]], x: float, y: float) -> None:
    ring = basemap.clipped(np.array([*points, points[0]]), x, y, x + 20, y + 20)
    if len(ring):
        assert (ring >= [x - 1e-6, y - 1e-6]).all()
        assert (ring <= [x + 20 + 1e-6, y + 20 + 1e-6]).all()


def test_pieces_of_a_line_keep_the_steps_that_reach_into_the_window() -> None:
    line = np.array([[-30.0, 5.0], [-20.0, 5.0], [5.0, 5.0], [20.0, 5.0], [30.0, 5.0], [30.0, 30.0], [5.0, 30.0], [5.0, -30.0]])
    found = [piece.tolist() for piece in basemap.pieces(line, 0, 0, 10, 10)]
    assert found == [[[-20, 5], [5, 5], [20, 5]], [[5, 30], [5, -30]]]
    assert list(basemap.pieces(line + 1000, 0, 0, 10, 10)) == []


def test_a_path_has_no_more_points_than_can_be_seen() -> None:
    fine = np.array([[step / 100, 0.0] for step in range(1001)])
    path = basemap.step_path(fine, closed=False)
    steps = path.removeprefix("M0 0l").split()
    assert len(steps) / 2 <= 10 / basemap.CELL_PX + 2
    assert sum(map(int, steps[::2])) == 10 * basemap.FINENESS
    assert basemap.step_path(SQUARE, closed=True) == "M0 0l20 0 0 20-20 0 0-20z"
    assert basemap.step_path(SQUARE[:1], closed=True) == basemap.step_path(SQUARE[:0], closed=True) == ""


# --- the basemap ------------------------------------------------------------------------------------------------------

TWO = {  # two lands side by side, from 0 to 10 and from 10 to 20 degrees east; the border between them is arc 1
    "type": "Topology",
    "transform": {"scale": [1, 1], "translate": [0, 0]},
    "arcs": [[[10, 10], [-10, 0], [0, -10], [10, 0]], [[10, 0], [0, 5], [0, 5]], [[10, 10], [10, 0], [0, -10], [-10, 0]]],
    "objects": {
        "land": {"type": "MultiPolygon", "arcs": [[[0, -1 - 2]]]},
        "countries": {
            "type": "GeometryCollection",
            "geometries": [
                {"type": "Polygon", "arcs": [[0, 1]], "properties": {"a3": "AAA"}},
                {"type": "MultiPolygon", "arcs": [[[2, 1]]], "properties": {"a3": "BBB"}},
            ],
        },
    },
}


def test_borders_stand_once_and_coasts_are_none() -> None:
    made = atlas.basemap(TWO, atlas.Disputed())
    assert made["borders"] == [[1000, 0, 0, 500, 0, 500]]
    assert made["disputed"] == []
    assert made["land"] == [[[1000, 1000, -1000, 0, 0, -1000, 1000, 0, 1000, 0, 0, 1000, -1000, 0]]]


def test_a_disputed_part_of_a_border_is_dashed_and_what_is_left_out_is_not_drawn() -> None:
    between = frozenset(("AAA", "BBB"))
    river = atlas.DisputedLine("Ours", "a river", ((1, 1), (2, 2)))
    made = atlas.basemap(TWO, atlas.Disputed((atlas.Border("Upper", between, (0, 5, 20, 20)),), lines=(river,)))
    assert made["borders"] == [[1000, 0, 0, 500]]
    assert made["disputed"] == [[100, 100, 100, 100], [1000, 500, 0, 500]]
    assert atlas.basemap(TWO, atlas.Disputed(left_out=frozenset((between,))))["borders"] == []


def test_a_ring_over_the_date_line_becomes_two() -> None:
    ring = [(170.0, 0.0), (-170.0, 0.0), (-170.0, 10.0), (170.0, 10.0), (170.0, 0.0)]
    east, west = sorted(atlas.split_at_date_line(ring), key=lambda part: -max(lon for lon, _ in part))
    assert {lon for lon, _ in east} == {170.0, 180.0}
    assert {lon for lon, _ in west} == {-180.0, -170.0}
    elsewhere = [(0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 0.0)]
    assert atlas.split_at_date_line(elsewhere) == [elsewhere]


# --- the real one -----------------------------------------------------------------------------------------------------


@cache
def world() -> dict[str, Any]:
    path = fetch.WORK / "node_modules" / fetch.ATLAS
    if not path.is_file():
        pytest.fail(f"This test needs the atlas (`make setup`): {path}")
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


@cache
def holders() -> tuple[tuple[str, tuple[np.ndarray[Any, Any], ...]], ...]:
    arcs = list(atlas._arcs(world()))
    return tuple(
        (country["properties"]["a3"], tuple(np.array(atlas.joined(ring, arcs)) for polygon in atlas._polygons(country) for ring in polygon))
        for country in world()["objects"]["countries"]["geometries"]
    )


# What docs/boundaries.md says of the atlas: a point, and under whom it lies there.
DRAWN = [
    ("Simferopol", 44.95, 34.10, "UKR"),
    ("Sevastopol", 44.60, 33.53, "UKR"),
    ("Donetsk", 48.0, 37.8, "UKR"),
    ("Laayoune", 27.15, -13.20, "ESH"),
    ("Majdal Shams", 33.27, 35.77, "ISR"),
    ("Katzrin", 32.99, 35.69, "ISR"),
    ("Srinagar", 34.08, 74.80, "IND"),
    ("Muzaffarabad", 34.37, 73.47, "PAK"),
    ("Aksai Chin", 35.2, 79.5, "CHN"),
    ("Siachen Glacier", 35.42, 77.1, "KAS"),
    ("Pristina", 42.66, 21.16, "XKX"),
    ("Hargeisa", 9.56, 44.06, "SOL"),
    ("Gaza City", 31.5, 34.46, "PSE"),
    ("Ramallah", 31.9, 35.2, "PSE"),
    ("East Jerusalem", 31.79, 35.24, "PSE"),
    ("Sukhumi", 43.0, 41.02, "GEO"),
    ("Tskhinvali", 42.23, 43.97, "GEO"),
    ("Famagusta", 35.12, 33.92, "CYN"),
    ("Stepanakert", 39.82, 46.75, "AZE"),
    ("Tiraspol", 46.84, 29.6, "MDA"),
    ("Taipei", 25.03, 121.5, "TWN"),
    ("Abyei", 9.6, 28.43, "SDN"),
    ("Halaib", 22.3, 36.5, "EGY"),
]


@pytest.mark.parametrize(("name", "lat", "lon", "holder"), DRAWN)
def test_the_atlas_draws_what_the_policy_says_of_it(name: str, lat: float, lon: float, holder: str) -> None:
    assert [code for code, rings in holders() if inside(rings, lon, lat)] == [holder]


def test_every_dashed_border_is_one_of_the_atlas() -> None:
    between = atlas._between(world())
    arcs = list(atlas._arcs(world()))
    rules = atlas.disputed()
    for rule in rules.borders:
        lines = [arcs[arc] for arc, pair in between.items() if pair == rule.between]
        assert any(dashed for line in lines for _, dashed in atlas.parts(line, [rule])), rule
    assert all(pair in between.values() for pair in rules.left_out)


def test_every_area_that_is_dashed_stands_in_the_policy() -> None:
    policy = (ROOT / "docs" / "boundaries.md").read_text(encoding="utf-8").partition("## What the map draws")[2]
    rules = atlas.disputed()
    assert {rule.area for rule in rules.borders} | {line.area for line in rules.lines} <= {
        cell.strip() for row in policy.splitlines() if row.startswith("|") for cell in row.split("|")[1].split(";")
    }
    assert all(line.basis for line in rules.lines)


def test_own_lines_lie_on_land_or_beside_it() -> None:
    """Each point of a line drawn here is in a country of the atlas, or within half a degree of a coast."""
    for line in atlas.disputed().lines:
        for lon, lat in line.points:
            steps = [
                np.hypot((ring[:, 0] - lon) * math.cos(math.radians(lat)), ring[:, 1] - lat) for _, rings in holders() for ring in rings
            ]
            near = any((step < 0.5).any() for step in steps)
            assert near or any(inside(rings, lon, lat) for _, rings in holders()), (line.area, lon, lat)


def shoelace(ring: Any) -> float:
    """Area of a ring."""
    if not len(ring):
        return 0.0
    x, y = ring[:, 0], ring[:, 1]
    return abs(float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1)))) / 2


def inside(rings: tuple[np.ndarray[Any, Any], ...], x: float, y: float) -> bool:
    """Whether a point is within the rings (even-odd rule)."""
    odd = False
    for ring in rings:
        (x1, y1), (x2, y2) = ring[:-1].T, ring[1:].T
        crossing = (y1 > y) != (y2 > y)
        at = x1[crossing] + (y - y1[crossing]) / (y2[crossing] - y1[crossing]) * (x2[crossing] - x1[crossing])
        odd ^= bool((at > x).sum() % 2)
    return odd
