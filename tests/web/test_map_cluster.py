"""Marks at every zoom: what becomes one, where it stands, how many stories it counts; rings and sizes."""

import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.query import Valued
from tests.web.newsroom import KHARKIV, LEBANON, OBLAST, TYRE, UKRAINE
from web.maps.cluster import RADIUS_PX, ZOOMS, Mark, Spot, at_zoom, marks
from web.maps.extent import APPROXIMATE_KM, DOT_PX, MOST_PX, extent_km, is_wide, mark_px
from web.maps.finds import APART_KM, Find, Finds, apart, told
from web.maps.free import Free
from web.maps.mercator import TILE, Box, unit_x, unit_y
from web.maps.start import THEATRES, WORLD, around, holding, start


def spot(lat: float, lon: float, *stories: int, wide: bool = False) -> Spot:
    return Spot(lat, lon, frozenset(stories), wide)


KYIV, IRPIN, ODESA, TYRES = spot(50.45, 30.52, 1, 2, 3), spot(50.52, 30.25, 3, 4), spot(46.48, 30.73, 5), spot(33.27, 35.19, 6)
spots = st.lists(
    st.builds(Spot, st.floats(-80, 80), st.floats(-179, 179), st.frozensets(st.integers(0, 9), min_size=1, max_size=4), st.booleans()),
    max_size=25,
)


def test_what_lies_together_is_one_mark_until_one_looks_nearer() -> None:
    found = marks([IRPIN, KYIV, ODESA])
    pair = next(mark for mark in found if mark.places == (1, 0))
    assert pair.stories == {1, 2, 3, 4}  # story 3 counts once
    assert pair.last == next(mark for mark in found if mark.places == (0,)).first - 1
    assert next(mark for mark in found if mark.places == (0,)).last == ZOOMS.stop
    whole = at_zoom(found, ZOOMS.start)
    assert [(mark.chief, sorted(mark.places)) for mark in whole] == [(1, [0, 1, 2])]


def test_a_cluster_stands_at_a_place_rather_than_at_a_region() -> None:
    region = spot(50.3, 30.5, 1, 2, 3, 4, 5, 6, wide=True)
    assert at_zoom(marks([region, KYIV]), ZOOMS.start)[0].chief == 1


def test_no_spots_no_marks() -> None:
    assert marks([]) == ()
    assert at_zoom([], 4.2) == ()


@pytest.mark.parametrize(("zoom", "level"), [(-3, 1), (1.4, 1), (4.49, 4), (4.51, 5), (12, ZOOMS.stop)])
def test_the_nearest_zoom_counts(zoom: float, level: int) -> None:
    found = [Mark(number, number, (number,), frozenset((1,))) for number in range(1, ZOOMS.stop + 1)]
    assert at_zoom(found, zoom) == (found[level - 1],)


@settings(max_examples=80)
@given(spots)
def test_at_each_zoom_every_spot_is_in_one_mark(given_spots: list[Spot]) -> None:
    found = marks(given_spots)
    for zoom in range(ZOOMS.start, ZOOMS.stop + 1):
        seen = at_zoom(found, zoom)
        assert sorted(place for mark in seen for place in mark.places) == list(range(len(given_spots)))
        for mark in seen:
            assert mark.stories == frozenset().union(*(given_spots[place].stories for place in mark.places))


@settings(max_examples=80)
@given(spots)
def test_marks_do_not_lie_on_each_other_and_clusters_nest(given_spots: list[Spot]) -> None:
    found = marks(given_spots)
    for zoom in ZOOMS:
        seen = at_zoom(found, zoom)
        at = [(unit_x(given_spots[mark.chief].lon), unit_y(given_spots[mark.chief].lat)) for mark in seen]
        for number, a in enumerate(at):
            for b in at[:number]:
                assert math.dist(a, b) * TILE * 2**zoom > RADIUS_PX
        for inner in at_zoom(found, zoom + 1):
            assert any(set(inner.places) <= set(outer.places) for outer in seen)


# --- rings and sizes --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("place", "km"),
    [
        (KHARKIV, None),
        (replace(KHARKIV, approximate=True), APPROXIMATE_KM),
        (OBLAST, 70),
        (replace(OBLAST, country="PS"), 12),
        (replace(OBLAST, kind="district"), 20),
        (replace(OBLAST, kind="district", approximate=True), 20),
        (UKRAINE, None),
        (replace(KHARKIV, kind="site"), None),
    ],
)
def test_how_far_off_it_may_have_been(place: object, km: float | None) -> None:
    assert extent_km(place) == km  # type: ignore[arg-type]  # a Place each


def test_wide_is_what_is_no_point() -> None:
    assert [is_wide(place) for place in (KHARKIV, OBLAST, UKRAINE, replace(OBLAST, kind="water"))] == [False, True, True, True]


def test_marks_grow_with_their_stories_up_to_a_size() -> None:
    sizes = [mark_px(number) for number in (0, 1, 2, 10, 20, 10_000)]
    assert sizes == sorted(sizes)
    assert (sizes[0], sizes[-1]) == (DOT_PX, MOST_PX)


def test_words_take_room_from_each_other() -> None:
    free = Free()
    assert free.take(50, 50, 60, 12)
    assert not free.take(100, 50, 60, 12)
    assert free.take(120, 50, 60, 12)
    assert free.take(100, 70, 60, 12)
    assert free.take(50, 50, 60, 12, force=True)


# --- finds and the first view -----------------------------------------------------------------------------------------

PLACES = {place.id: place for place in (KHARKIV, OBLAST, UKRAINE, TYRE, LEBANON)}


@pytest.mark.parametrize(
    ("matches", "found"),
    [
        ([(1, ("gn706483", "gn706482", "gn690791"))], {"gn706483": (1,)}),  # its region and country are its path
        ([(1, ("gn706482", "gn690791")), (2, ("gn706483", "gn706482", "gn690791"))], {"gn706482": (1,), "gn706483": (2,)}),
        ([(2, ("gn706483",)), (1, ("gn706483",)), (2, ("gn706483",))], {"gn706483": (2, 1)}),  # once each, newest first
        ([(1, ("gn267008", "gn272103", "gn690791"))], {"gn267008": (1,), "gn690791": (1,)}),
        ([(None, ("gn706483",)), (1, ("gn1",))], {}),  # no story yet; a place that no article names
    ],
)
def test_stories_by_place(matches: list[tuple[int | None, tuple[str, ...]]], found: dict[str, tuple[int, ...]]) -> None:
    assert told([Valued(n, story, values) for n, (story, values) in enumerate(matches)], PLACES) == found


def test_places_that_share_a_point_stand_apart() -> None:
    twins = {f"fw-{number}": replace(KHARKIV, id=f"fw-{number}", approximate=True) for number in range(12)}
    found = list(apart(twins, dict.fromkeys(twins, (1,))))
    assert (found[0].lat, found[0].lon) == (KHARKIV.lat, KHARKIV.lon)
    points = [((find.lat - KHARKIV.lat) * 111.2, (find.lon - KHARKIV.lon) * 111.2 * math.cos(math.radians(KHARKIV.lat))) for find in found]
    assert min(math.dist(a, b) for n, a in enumerate(points) for b in points[:n]) > APART_KM * 0.8
    assert max(math.hypot(*point) for point in points) < APPROXIMATE_KM


def finds_of(*points: tuple[float, float, int], countries: tuple[Find, ...] = ()) -> Finds:
    made = [Find(replace(KHARKIV, id=f"p{n}"), tuple(range(weight)), lat, lon) for n, (lat, lon, weight) in enumerate(points)]
    return Finds(tuple(made), countries, (), 0, 0)


def test_the_first_view_holds_nearly_all_and_leaves_strays_outside() -> None:
    many = [(48.0 + n / 100, 36.0 + n / 50, 2) for n in range(40)]
    assert start(finds_of(*many, (38.9, -77.0, 1)), None).west > 30
    assert start(finds_of(*many, (38.9, -77.0, 30)), None).west < -77
    assert start(finds_of(*many), "levant") == THEATRES["levant"]
    assert start(finds_of(*many), "nowhere") == start(finds_of(*many), None)
    assert start(finds_of(), None) == WORLD
    lebanon = start(finds_of(countries=(Find(LEBANON, (1,), LEBANON.lat, LEBANON.lon),)), None)
    assert lebanon.east - lebanon.west >= 16


@given(st.lists(st.tuples(st.floats(-80, 80), st.floats(-180, 180), st.integers(1, 5)), min_size=1, max_size=8))
def test_few_places_are_all_in_the_view(points: list[tuple[float, float, int]]) -> None:
    box = holding(finds_of(*points).points)
    if sum(weight for *_, weight in points) < 33:
        assert all(box.has(lat, lon) for lat, lon, _ in points)


def test_a_place_is_seen_with_what_lies_around() -> None:
    town, region = around(KHARKIV), around(OBLAST)
    assert isinstance(town, Box)
    assert town.has(KHARKIV.lat, KHARKIV.lon)
    assert region.north - region.south > 2 * (town.north - town.south)
