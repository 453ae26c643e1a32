"""`frontwire gazetteer`: importing GeoNames' files, adding a place by hand, showing one."""

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aggregator.places import own
from aggregator.places.bending import Bender
from aggregator.places.byhand import lay_over
from aggregator.places.gazetteer import Gazetteer
from aggregator.places.write import write
from tests.cli.conftest import Run
from tests.places.conftest import rows
from tests.places.test_dump import feature

NOW = datetime(2025, 1, 1, tzinfo=UTC)
CODES = {"gn709716": "UA.05", "gn706482": "UA.07", "gn408666": "SD.55"}


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small gazetteer whose regions have their codes."""
    places = rows()
    for place in places:
        place.code = place.country if place.kind == "country" else CODES.get(place.id)
    folder = tmp_path / "gazetteer"
    write(folder, places, [{"key": "geonames", "name": "rows of the tests", "version": "1"}], NOW, lambda step, done, of: None)
    monkeypatch.setenv("FRONTWIRE_GAZETTEER_DIR", str(folder))
    return folder


def dibrovne(run: Run, *more: str, at: str = "48.66,38.12", region: str = "UA.05") -> str:
    """What adding an invented village says."""
    done = run("gazetteer", "add", "Dibrovne", f"--at={at}", "--in", region, "--name", "Дібровне", "--lang", "uk", *more)
    assert (done.status == 0) == ("source: added by hand" in done.out), done
    return done.out + done.err


def test_a_place_added_by_hand_is_found_at_once_in_every_case(run: Run, built: Path) -> None:
    said = dibrovne(run, "--approximate", "--population", "300")
    assert "Dibrovne (settlement, Donetsk Oblast, Ukraine) at 48.6600, 38.1200 (approximately): hand-dibrovne" in said
    assert "name: Дібровне (uk)" in said and "people: 300" in said
    (place,) = Gazetteer.open(built).find("Дібровного")
    assert (place.id, place.country, place.path) == ("hand-dibrovne", "UA", ("gn709716", "gn690791"))
    assert json.loads(run("gazetteer", "info", "--json").out)["added_by_hand"] == 1
    assert "hand-dibrovne" in run("gazetteer", "show", "дібровне").out


def test_it_survives_a_build_and_is_taken_back(run: Run, built: Path, tmp_path: Path) -> None:
    dibrovne(run)
    shutil.rmtree(built)
    places = rows()
    for place in places:
        place.code = place.country if place.kind == "country" else CODES.get(place.id)
    write(built, places, [], NOW, lambda step, done, of: None)
    assert Gazetteer.open(built).find("Dibrovne") == ()
    lay_over(built, own.added(tmp_path / "var" / "places"), Bender())  # as the build does at its end
    assert Gazetteer.open(built).find("Dibrovne")[0].id == "hand-dibrovne"
    assert "is forgotten" in run("gazetteer", "remove", "hand-dibrovne").out
    assert Gazetteer.open(built).find("Dibrovne") == ()
    assert "no place added by hand 'hand-dibrovne'" in run("gazetteer", "remove", "hand-dibrovne").err


def test_two_of_one_name_far_apart_have_ids_of_their_own(run: Run, built: Path) -> None:
    dibrovne(run)
    assert "hand-dibrovne-2" in dibrovne(run, at="49.6,36.4", region="UA.07")


@pytest.mark.parametrize(
    ("at", "region", "kind", "said"),
    [
        ("48.66", "UA.05", "settlement", "is no point; it is LATITUDE,LONGITUDE"),
        ("98.66,38.12", "UA.05", "settlement", "latitude 98.66 is out of range"),
        ("48.66,238.12", "UA.05", "settlement", "longitude 238.12 is out of range"),
        ("48.66,38.12", "Donetsk", "settlement", "There is no region 'Donetsk'. Donetsk Oblast is UA.05."),
        ("48.66,38.12", "UA.5", "settlement", "That point lies in Donetsk Oblast, whose code is UA.05."),
        ("15.0,30.0", "SD.5", "settlement", "The nearest code is SD.55 (North Darfur)."),
        ("48.66,38.12", "UA.05", "village", "There is no kind 'village'; a place added by hand is one of settlement, site, area, water."),
        ("48.66,38.12", "SD.55", "settlement", "150 km and more from any place of Sudan"),
        ("48.59,38.01", "UA.05", "settlement", None),
    ],
)
def test_what_is_wrong_is_said_with_what_would_be_right(run: Run, built: Path, at: str, region: str, kind: str, said: str | None) -> None:
    done = run("gazetteer", "add", "Dibrovne", f"--at={at}", "--in", region, "--kind", kind)
    assert (done.status == 0) == (said is None), done
    assert said is None or said in done.err


def test_a_namesake_on_the_spot_is_refused(run: Run, built: Path) -> None:
    done = run("gazetteer", "add", "Artemovsk", "--at", "48.6,38.02", "--in", "UA.05")
    assert done.status == 2 and "Bakhmut (gn713174, Donetsk Oblast, Ukraine) is there already, 1.8 km from that point" in done.err
    done = run("gazetteer", "add", "New One", "--at", "48.6,38.02", "--in", "UA.05", "--lang", "uk")
    assert done.status == 2 and "more --lang than --name" in done.err


def test_a_place_is_shown_with_names_source_and_candidates(run: Run, built: Path) -> None:
    said = run("gazetteer", "show", "Andriivka").out.splitlines()
    assert said[0].startswith("Andriivka (settlement, Kharkiv Oblast, Ukraine) at 49.5000, 36.6000: fw-andriivka-kharkiv")
    assert "source: rows of the tests 1" in said
    assert said[-2:] == ["the name may also mean:", "  Andriivka (settlement, Donetsk Oblast, Ukraine) at 48.5000, 37.9700: fw-andriivka"]
    assert "No place has the id or name 'Nowhere'" in run("gazetteer", "show", "Nowhere").err


def test_files_of_geonames_are_imported_listed_and_undone(run: Run, built: Path, tmp_path: Path) -> None:
    assert "nothing was imported" in run("gazetteer", "imports").out
    path = tmp_path / "UA.txt"
    path.write_text(f"{feature()}\n{feature(code='STM', **{'class': 'H'})}\n", encoding="utf-8")
    done = run("gazetteer", "import", "--no-build", str(path))
    assert done.status == 0, done
    assert done.out.splitlines() == [
        "UA.txt: places, 1 of 2 rows kept, newest change 2024-05-31",
        "  left out: 1 features of class H that war news hardly names",
        "`frontwire gazetteer build` brings this into the gazetteer",
    ]
    assert "UA.txt\t" in run("gazetteer", "imports").out
    assert json.loads(run("gazetteer", "imports", "--json").out)[0]["kept"] == 1
    path.write_text(f"{feature()}\n{feature(lat=95)}\n", encoding="utf-8")
    wrong = run("gazetteer", "import", "--no-build", str(path))
    assert wrong.status == 2 and "UA.txt, line 2: column 5, the latitude, is 95" in wrong.err
    assert run("gazetteer", "import", "--undo", "UA.txt", "--no-build").out.startswith("UA.txt is forgotten")
    assert "nothing was imported" in run("gazetteer", "imports").out
    assert "no import 'UA.txt'" in run("gazetteer", "import", "--undo", "UA.txt", "--no-build").err
    assert "Give files to import, or --undo NAME" in run("gazetteer", "import").err
