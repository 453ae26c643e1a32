"""Writing and opening a gazetteer: ids, paths, names, and what is said where it is missing or damaged."""

import json
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.errors import GazetteerError, NotFoundError
from aggregator.places.gazetteer import Gazetteer, PlaceName, distance_km
from aggregator.places.normalise import name_key
from aggregator.places.overlay import write_overlay
from aggregator.places.rows import BENT, KNOWN, MAIN, PlaceRow
from aggregator.places.write import write

NOW = datetime(2025, 1, 1, tzinfo=UTC)


def quiet(step: str, done: int, of: int) -> None:
    assert 0 <= done <= of and step


def test_a_place_has_its_path_nearest_first(gazetteer: Gazetteer) -> None:
    place = gazetteer.get("gn713174")
    assert (place.name, place.kind, place.country, place.geonames_id) == ("Bakhmut", "settlement", "UA", 713174)
    assert place.path == ("gn709716", "gn690791")
    assert place.path_names == ("Donetsk Oblast", "Ukraine")
    assert (round(place.lat, 2), round(place.lon, 2)) == (48.59, 38.0)


def test_kinds_and_flags_survive(gazetteer: Gazetteer) -> None:
    assert gazetteer.get("fw-red-sea").country is None
    assert gazetteer.get("fw-klishchiivka").approximate
    assert gazetteer.get("fw-klishchiivka").geonames_id is None
    assert gazetteer.get("gn690791").path == ()


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("Bakhmut", "gn713174"),
        ("artemovsk", "gn713174"),
        ("Бахмутом", "gn713174"),
        ("gn713174", "gn713174"),
        ("fw-donbas", "fw-donbas"),
        ("chasiv-yar", "gn710915"),
        ("الفاشر", "gn379555"),
        ("Paris", "gn2988507"),
        ("Georgia", "gn4197000"),
        ("Gaza City", "gn281133"),
    ],
)
def test_find_puts_the_likeliest_first(gazetteer: Gazetteer, typed: str, wanted: str) -> None:
    assert gazetteer.find(typed)[0].id == wanted


def test_find_gives_all_and_no_more_than_asked(gazetteer: Gazetteer) -> None:
    assert {p.id for p in gazetteer.find("Paris")} == {"gn2988507", "gn4717560"}
    assert len(gazetteer.find("Paris", limit=1)) == 1
    assert gazetteer.find("Nowhere at all") == ()
    assert gazetteer.find("gn1") == ()


def test_the_populous_come_most_people_first(gazetteer: Gazetteer) -> None:
    found = gazetteer.populous("settlement", 1_400_000)
    assert [gazetteer.place(c.row).name for c in found] == ["Moscow", "London", "Ankara", "Kyiv", "Paris", "Omdurman", "Kharkiv"]
    assert gazetteer.populous("country", 10**9) == ()


def test_an_unknown_id_is_not_found(gazetteer: Gazetteer) -> None:
    with pytest.raises(NotFoundError, match="gn1"):
        gazetteer.get("gn1")


def test_a_missing_gazetteer_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(GazetteerError, match="frontwire gazetteer build"):
        Gazetteer.open(tmp_path / "none")


@pytest.mark.parametrize("text", ["{", "[]", '{"format": 1}'])
def test_another_format_or_a_damaged_manifest_says_so(folder: Path, tmp_path: Path, text: str) -> None:
    copy = tmp_path / "gazetteer"
    shutil.copytree(folder, copy)
    (copy / "manifest.json").write_text(text)
    with pytest.raises(GazetteerError, match="frontwire gazetteer build"):
        Gazetteer.open(copy)


def test_a_missing_file_says_so(folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "gazetteer"
    shutil.copytree(folder, copy)
    next(copy.rglob("names.marisa")).unlink()
    with pytest.raises(GazetteerError, match="damaged"):
        Gazetteer.open(copy)


def test_writing_swaps_and_leaves_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "gazetteer"
    for name in ("First", "Second"):
        row = PlaceRow("fw-one", name, "settlement", 1, 2)
        row.add(name, MAIN)
        counts = write(path, [row], [], NOW, quiet)
        assert counts["places"] == counts["names"] == counts["settlement"] == 1
    assert Gazetteer.open(path).get("fw-one").name == "Second"
    assert [p.name for p in tmp_path.iterdir()] == ["gazetteer"]
    manifest = json.loads((path / "manifest.json").read_text())
    assert manifest["built_at"] == NOW.isoformat()


def one(name: str) -> PlaceRow:
    row = PlaceRow("fw-one", name, "settlement", 1, 2)
    row.add(name, MAIN)
    return row


def test_a_reader_keeps_what_it_opened_over_one_build_and_is_told(tmp_path: Path) -> None:
    path = tmp_path / "gazetteer"
    write(path, [one("First")], [], NOW, quiet)
    old = Gazetteer.open(path)
    assert old.is_current()
    write(path, [one("Second")], [], NOW, quiet)
    assert old.get("fw-one").name == "First", "what is opened lazily is that of the same generation"
    assert not old.is_current() and Gazetteer.open(path).is_current()


def test_a_reader_that_missed_two_builds_is_told_to_start_anew(tmp_path: Path) -> None:
    path = tmp_path / "gazetteer"
    write(path, [one("First")], [], NOW, quiet)
    old = Gazetteer.open(path)
    for name in ("Second", "Third"):
        write(path, [one(name)], [], NOW, quiet)
    assert len([p for p in path.iterdir() if p.is_dir()]) == 2
    with pytest.raises(GazetteerError, match="start anew"):
        old.get("fw-one")


def test_only_its_own_files_are_cleared_away(tmp_path: Path) -> None:
    (tmp_path / "names.marisa").write_text("of an older format")
    (tmp_path / "notes.txt").write_text("somebody's")
    dead, busy = (tmp_path / f".20250101T000000Z-{tail}.new" for tail in ("aaaaaa", "bbbbbb"))
    for folder in (dead, busy):
        folder.mkdir()
    os.utime(dead, (1, 1))
    write(tmp_path, [one("First")], [], NOW, quiet)
    left = {p.name for p in tmp_path.iterdir() if not p.name.startswith("2025")}
    assert left == {"manifest.json", "notes.txt", busy.name}


def test_a_failed_build_keeps_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "gazetteer"
    row = one("One")
    write(path, [row], [], NOW, quiet)
    before = {p.name for p in path.iterdir()}
    with pytest.raises(ValueError, match="fw-one"):
        write(path, [row, row], [], NOW, quiet)
    assert Gazetteer.open(path).get("fw-one").name == "One"
    assert {p.name for p in path.iterdir()} == before


def test_names_are_listed_with_language_and_note_and_without_case_forms(tmp_path: Path) -> None:
    row = PlaceRow("fw-bakhmut", "Bakhmut", "settlement", 48.59, 38.0, source="hand")
    row.add("Bakhmut", MAIN)
    for name, rank, tag in (
        ("Artemivsk", KNOWN, "uk-Latn former"),
        ("Бахмут", KNOWN, "uk"),
        ("Бахмуті", BENT, ""),
        ("باخموت", KNOWN, ""),
        ("Bachmut", KNOWN, "de"),
    ):
        row.add(name, rank, tag)
    write(tmp_path, [row], [], NOW, quiet)
    gazetteer = Gazetteer.open(tmp_path)
    assert gazetteer.names("fw-bakhmut") == (
        PlaceName("Bakhmut", None, "latin"),
        PlaceName("Bachmut", "de", "latin"),
        PlaceName("Artemivsk", "uk-Latn", "latin", "former"),
        PlaceName("Бахмут", "uk", "cyrillic"),
        PlaceName("باخموت", None, "arabic"),
    )
    assert gazetteer.origin("fw-bakhmut") == "hand"
    with pytest.raises(NotFoundError):
        gazetteer.names("fw-nowhere")


def test_neighbours_are_the_nearest_first_and_exactly_known(gazetteer: Gazetteer) -> None:
    found = gazetteer.neighbours("gn713174", km=100)
    assert [n.place.name for n in found] == ["Andriivka", "Chasiv Yar"], "Klishchiivka's point is approximate"
    assert found[1].distance_km == pytest.approx(12.5, abs=0.2)
    assert gazetteer.neighbours("gn713174", km=11) == found[:1]
    assert gazetteer.neighbours("gn713174", km=100, limit=1) == found[:1]
    assert [n.place.id for n in gazetteer.neighbours("gn713174", km=100, kinds={"area"})] == ["fw-donbas"]
    with pytest.raises(ValueError, match="out of range"):
        gazetteer.neighbours("gn713174", km=0)


@settings(max_examples=25, deadline=None)
@given(lat=st.floats(-89.9, 89.9), lon=st.floats(-180, 179.99), km=st.floats(1, 500), data=st.data())
def test_no_neighbour_is_missed(tmp_path_factory: pytest.TempPathFactory, lat: float, lon: float, km: float, data: st.DataObject) -> None:
    near = st.tuples(st.floats(-3, 3), st.floats(-8, 8))
    points = [(lat, lon)]
    for up, east in data.draw(st.lists(near, max_size=8)):
        points.append((max(-89.9, min(89.9, lat + up)), (lon + east + 180) % 360 - 180))
    rows = [PlaceRow(f"fw-{n}", f"Place {n}", "settlement", *point) for n, point in enumerate(points)]
    folder = tmp_path_factory.mktemp("near")
    write(folder, rows, [], NOW, quiet)
    gazetteer = Gazetteer.open(folder)
    kept = [gazetteer.get(row.id) for row in rows]  # as the records round them
    wanted = {p.id for p in kept[1:] if distance_km((kept[0].lat, kept[0].lon), (p.lat, p.lon)) <= km}
    assert {n.place.id for n in gazetteer.neighbours("fw-0", km=km, limit=99)} == wanted


@pytest.mark.parametrize(
    ("lat", "km", "others"),
    [(89.5, 1.0, [(89.5, 1.0)]), (89.8, 50.0, [(89.9, 150.0), (89.75, -104.0)]), (-89.9, 30.0, [(-89.9, 180.0), (-89.9, -90.0)])],
)
def test_what_lies_about_a_pole_is_near(tmp_path: Path, lat: float, km: float, others: list[tuple[float, float]]) -> None:
    points = [(lat, 0.0), *others]
    write(tmp_path, [PlaceRow(f"fw-{n}", f"Place {n}", "settlement", *point) for n, point in enumerate(points)], [], NOW, quiet)
    found = Gazetteer.open(tmp_path).neighbours("fw-0", km=km)
    assert sorted(n.place.id for n in found) == [f"fw-{n}" for n in range(1, len(points))]


def test_places_added_by_hand_lie_over_the_built_ones(folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "gazetteer"
    shutil.copytree(folder, copy)
    before = Gazetteer.open(copy)
    added = PlaceRow("hand-dibrovne", "Dibrovne", "settlement", 48.6, 38.01, "UA", "gn709716", approximate=True, source="hand")
    for name, rank in (("Dibrovne", MAIN), ("Дібровне", KNOWN), ("Дібровному", BENT)):
        added.add(name, rank)
    write_overlay(copy, [added])
    assert not before.is_current() and before.find("Dibrovne") == ()
    gazetteer = Gazetteer.open(copy)
    (place,) = gazetteer.find("Дібровному")
    assert (place.id, place.path_names, place.country, place.approximate) == ("hand-dibrovne", ("Donetsk Oblast", "Ukraine"), "UA", True)
    assert gazetteer.find("hand-dibrovne") == (place,) and len(gazetteer) == len(before) + 1
    assert [name.text for name in gazetteer.names(place.id)] == ["Dibrovne", "Дібровне"]
    assert gazetteer.origin(place.id) == "hand"
    assert gazetteer.neighbours(place.id, km=5)[0].place.id == "gn713174"
    write_overlay(copy, [])
    assert Gazetteer.open(copy).find("Dibrovne") == ()


def test_a_damaged_overlay_says_so(folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "gazetteer"
    shutil.copytree(folder, copy)
    (copy / "added.json").write_text('[{"id": 1}]')
    with pytest.raises(GazetteerError, match="added.json is damaged"):
        Gazetteer.open(copy)


def test_a_gazetteer_of_other_rules_for_spellings_is_told_apart(folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "gazetteer"
    shutil.copytree(folder, copy)
    assert Gazetteer.open(copy).fits
    manifest = json.loads((copy / "manifest.json").read_text())
    (copy / "manifest.json").write_text(json.dumps({**manifest, "key_rules": "older"}))
    assert not Gazetteer.open(copy).fits


def test_candidates_carry_the_country(gazetteer: Gazetteer) -> None:
    (one,) = gazetteer.candidates(name_key("Chasiv Yar"))
    assert one.country == gazetteer.country_row("UA")
    assert gazetteer.country_row("ZZ") == -1
    assert len(gazetteer) == 36


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("khark", ["Kharkiv", "Kharkiv Oblast"]),
        ("ХАРК", ["Kharkiv", "Kharkiv Oblast"]),
        ("غز", ["Gaza"]),
        ("قطاع", ["Gaza Strip"]),
        ("andri", ["Andriivka", "Andriivka"]),
        ("Paris", ["Paris", "Paris"]),
        ("chasiv y", ["Chasiv Yar"]),
        ("k", []),
        ("", []),
        ("…", []),
    ],
)
def test_what_begins_so(gazetteer: Gazetteer, typed: str, names: list[str]) -> None:
    assert [place.name for place in gazetteer.beginning(typed)] == names
    assert gazetteer.beginning(typed, 1) == gazetteer.beginning(typed)[:1]


def test_what_was_added_by_hand_begins_so_too(folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "gazetteer"
    shutil.copytree(folder, copy)
    added = PlaceRow("hand-kharkova", "Kharkova Balka", "settlement", 48.6, 38.01, "UA", "gn709716", source="hand")
    added.add("Kharkova Balka", MAIN)
    write_overlay(copy, [added])
    assert [place.id for place in Gazetteer.open(copy).beginning("khark")] == ["gn706483", "gn706482", "hand-kharkova"]
