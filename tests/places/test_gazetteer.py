"""Writing and opening a gazetteer: ids, paths, names, and what is said where it is missing or damaged."""

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aggregator.errors import GazetteerError, NotFoundError
from aggregator.places.gazetteer import Gazetteer
from aggregator.places.normalise import name_key
from aggregator.places.rows import MAIN, PlaceRow
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
    (copy / "names.marisa").unlink()
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


def test_a_failed_build_keeps_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "gazetteer"
    row = PlaceRow("fw-one", "One", "settlement", 1, 2)
    row.add("One", MAIN)
    write(path, [row], [], NOW, quiet)
    with pytest.raises(ValueError, match="fw-one"):
        write(path, [row, row], [], NOW, quiet)
    assert Gazetteer.open(path).get("fw-one").name == "One"
    assert [p.name for p in tmp_path.iterdir()] == ["gazetteer"]


def test_candidates_carry_the_country(gazetteer: Gazetteer) -> None:
    (one,) = gazetteer.candidates(name_key("Chasiv Yar"))
    assert one.country == gazetteer.country_row("UA")
    assert gazetteer.country_row("ZZ") == -1
    assert len(gazetteer) == 36
