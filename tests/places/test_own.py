"""What an operator adds: imports are taken in whole or not at all, listed, joined and undone; places by hand are kept."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from aggregator.errors import GazetteerError, NotFoundError, UsageError
from aggregator.places import dump, own
from aggregator.places.joining import add_features, add_links, add_names, with_imported
from aggregator.places.packages import Division
from aggregator.places.rows import KNOWN, MAIN, PlaceRow
from tests.places.test_dump import feature

NOW = datetime(2025, 1, 1, tzinfo=UTC)


def quiet(step: str, done: int, of: int) -> None:
    assert 0 <= done <= of and step


def take_in(folder: Path, **files: str) -> list[own.Import]:
    paths = []
    for name, text in files.items():
        path = folder / f"{name}.txt"
        path.write_text(text, encoding="utf-8")
        paths.append(path)
    return own.take_in(folder / "own", paths, NOW, quiet)


def test_an_import_is_kept_listed_and_undone(tmp_path: Path) -> None:
    (found,) = take_in(
        tmp_path, UA="\n".join((feature(), feature(id=5, code="STM", **{"class": "H"}), feature(id=6, modified="2025-02-01")))
    )
    assert (found.name, found.kind, found.lines, found.kept, found.newest) == ("UA.txt", "places", 3, 2, "2025-02-01")
    assert found.left_out == {"features of class H that war news hardly names": 1}
    assert own.imports(tmp_path / "own") == [found]
    assert [row.geonames_id for row in own.rows_of(tmp_path / "own", found) if isinstance(row, dump.Feature)] == [704147, 6]
    own.undo(tmp_path / "own", "UA.txt")
    assert own.imports(tmp_path / "own") == [] and not list((tmp_path / "own" / "imports").iterdir())
    with pytest.raises(NotFoundError, match=r"UA\.txt"):
        own.undo(tmp_path / "own", "UA.txt")


def test_nothing_is_half_imported(tmp_path: Path) -> None:
    (before,) = take_in(tmp_path, UA=feature())
    with pytest.raises(UsageError, match=r"names\.txt, line 2: column 5"):
        take_in(tmp_path, UA=feature(id=1), names="1\t2\tuk\tБахмут\t\t\t\t\n1\t2\tuk\tБахмут\tx\t\t\t")
    assert own.imports(tmp_path / "own") == [before]
    assert [row.geonames_id for row in own.rows_of(tmp_path / "own", before) if isinstance(row, dump.Feature)] == [704147]
    assert sorted(p.name for p in (tmp_path / "own" / "imports").iterdir()) == ["UA.txt.json", "UA.txt.tsv.gz"]


def test_a_file_is_imported_anew_under_its_name(tmp_path: Path) -> None:
    take_in(tmp_path, UA=feature())
    take_in(tmp_path, UA=f"{feature()}\n{feature(id=9)}")
    assert [(i.name, i.kept) for i in own.imports(tmp_path / "own")] == [("UA.txt", 2)]


def test_two_files_of_one_name_are_refused(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "UA.txt").write_text(feature())
    with pytest.raises(UsageError, match="same name"):
        own.take_in(tmp_path / "own", [tmp_path / "a" / "UA.txt", tmp_path / "b" / "UA.txt"], NOW, quiet)


def test_damage_is_named(tmp_path: Path) -> None:
    (found,) = take_in(tmp_path, UA=feature())
    folder = tmp_path / "own"
    (folder / "imports" / "UA.txt.tsv.gz").write_bytes(b"no gzip")
    with pytest.raises(GazetteerError, match="import the file again"):
        list(own.rows_of(folder, found))
    (folder / "imports" / "UA.txt.json").write_text("{")
    with pytest.raises(GazetteerError, match=r"UA\.txt\.json is damaged"):
        own.imports(folder)
    (folder / "added.json").write_text('[{"id": 1}]')
    with pytest.raises(GazetteerError, match=r"added\.json is damaged"):
        own.added(folder)


def test_places_by_hand_are_kept(tmp_path: Path) -> None:
    assert own.added(tmp_path) == ()
    place = own.Added("hand-x", "site", 1.5, 2.5, "UA.05", (("X", ""), ("Ікс", "uk")), True, 10, NOW.isoformat())
    own.keep_added(tmp_path, (place,))
    assert own.added(tmp_path) == (place,)


# --- joining ----------------------------------------------------------------------------------------------------------


def gathered() -> tuple[dict[str, PlaceRow], dict[str, PlaceRow]]:
    """Donetsk Oblast at the mean of its settlements, and Bakhmut in it."""
    oblast = PlaceRow("gn709716", "Donetsk Oblast", "region", 47, 37, "UA", geonames_id=709716, approximate=True, code="UA.05")
    oblast.add("Donetsk Oblast", MAIN)
    bakhmut = PlaceRow("gn713174", "Artemivsk", "settlement", 48.6, 38.1, "UA", "gn709716", geonames_id=713174, population=10)
    bakhmut.add("Artemivsk", MAIN)
    return {oblast.id: oblast, bakhmut.id: bakhmut}, {"UA.05": oblast}


def joined(tmp_path: Path, *texts: str) -> dict[str, PlaceRow]:
    places, regions = gathered()
    for number, text in enumerate(texts):
        (found,) = take_in(tmp_path, **{f"file{number}": text})

        def refile(row: dump.Feature, regions: dict[str, PlaceRow]) -> tuple[str | None, PlaceRow | None, PlaceRow | None]:
            return row.country, regions.get(row.admin1), regions.get(row.admin2)

        if found.kind == "places":
            add_features(places, regions, tmp_path / "own", found, refile)
        elif found.kind == "names":
            add_names(places, tmp_path / "own", found)
        else:
            add_links(places, tmp_path / "own", found)
    return places


def test_a_new_place_comes_in_with_region_and_source(tmp_path: Path) -> None:
    place = joined(tmp_path, feature())["gn704147"]
    assert (place.name, place.kind, place.region, place.source, place.approximate) == (
        "Klishchiivka", "settlement", "gn709716", "import:file0.txt", False,
    )  # fmt: skip
    assert place.names == {"Klishchiivka": MAIN, "Кліщіївка": KNOWN, "Клещеевка": KNOWN}


def test_an_imported_row_is_newer_than_the_packages_and_adds_names(tmp_path: Path) -> None:
    place = joined(tmp_path, feature(id=713174, name="Bakhmut", lat=48.59, lon=38.0, people=72000))["gn713174"]
    assert (place.name, place.lat, place.lon, place.population) == ("Bakhmut", 48.59, 38.0, 72000)
    assert {"Artemivsk", "Bakhmut"} <= set(place.names) and place.source == "geonames"


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_of_two_imported_rows_the_later_changed_one_wins(tmp_path: Path, order: tuple[int, int]) -> None:
    texts = feature(name="Older", lat=48.1, modified="2020-01-01"), feature(name="Newer", lat=48.2, modified="2024-01-01")
    place = joined(tmp_path, *(texts[i] for i in order))["gn704147"]
    assert (place.name, place.lat) == ("Newer", 48.2) and {"Older", "Newer"} <= set(place.names)


def test_a_division_gets_its_customary_centre(tmp_path: Path) -> None:
    row = feature(id=709716, name="Donetska Oblast", lat=48.0, lon=37.5, people=4000000, **{"class": "A", "code": "ADM1"})
    place = joined(tmp_path, row)["gn709716"]
    assert (place.name, place.lat, place.lon, place.approximate) == ("Donetsk Oblast", 48.0, 37.5, False)


def test_alternate_names_keep_language_and_notes(tmp_path: Path) -> None:
    place = joined(tmp_path, "1\t713174\tru\tАртёмовск\t\t\t\t1\n2\t713174\tuk\tБахмут\t1\t\t\t\n3\t999\tuk\tНіщо\t\t\t\t")["gn713174"]
    assert place.tags == {"Артёмовск": "ru former", "Бахмут": "uk"}


def test_the_hierarchy_files_what_has_no_region(tmp_path: Path) -> None:
    place = joined(tmp_path, feature(a1="", a2=""), "709716\t704147\tADM\n709716\t713174\tADM")["gn704147"]
    assert place.region == "gn709716"


def test_imported_codes_add_divisions(tmp_path: Path) -> None:
    (found,) = take_in(tmp_path, codes="UA.05\tDonetsk\tDonetska\t709716\nUA.99\tNew Oblast\tNew Oblast\t99")
    known = Division(3, "UA.05", 709716, "Donetsk Oblast", "oblast", (), 1)
    old, new = with_imported([known], tmp_path / "own", [found])
    assert (old.row, old.name, old.names) == (3, "Donetsk Oblast", ("Donetsk", "Donetska"))
    assert (new.code, new.geonames_id, new.level) == ("UA.99", 99, 1)
