"""GeoNames' files: which kind one is, what is kept of it, and what is said where a line is wrong."""

import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.errors import UsageError
from aggregator.places import dump

MODIFIED = "2024-05-31"


def feature(**values: object) -> str:
    """A line of a country dump: a village near Bakhmut unless said otherwise."""
    cells: dict[str, object] = {
        "id": 704147, "name": "Klishchiivka", "ascii": "Klishchiivka", "others": "Кліщіївка,Клещеевка,kle", "lat": 48.53, "lon": 37.96,
        "class": "P", "code": "PPL", "cc": "UA", "cc2": "", "a1": "05", "a2": "1402", "a3": "", "a4": "", "people": 428, "elev": "",
        "dem": 180, "tz": "Europe/Kyiv", "modified": MODIFIED,
    }  # fmt: skip
    return "\t".join(map(str, {**cells, **values}.values()))


def parsed(kind: str, text: str, every: bool = False) -> dump.Row:
    return dump.parse(kind, dump.Line(7, 0, text), Path("some.txt"), every)


KINDS = [
    ("places", feature()),
    ("names", "123\t704147\tuk\tКліщіївка\t1\t\t\t\t\t"),
    ("names", "123\t704147\tuk\tКліщіївка\t1\t\t\t"),
    ("admin1", "UA.05\tDonetsk Oblast\tDonetsk Oblast\t709716"),
    ("admin2", "UA.05.1402\tBakhmut Raion\tBakhmut Raion\t713171"),
    ("hierarchy", "709716\t713174\tADM"),
    ("hierarchy", "709716\t713174"),
]


@pytest.mark.parametrize(("kind", "line"), KINDS)
def test_the_kind_shows_by_the_first_line(tmp_path: Path, kind: str, line: str) -> None:
    path = tmp_path / "any-name.txt"
    path.write_text(f"# a comment\n\n{line}\n", encoding="utf-8")
    assert dump.kind_of(path) == kind
    packed = tmp_path / "any-name.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("readme.txt", "about this archive " * 99)
        archive.write(path, "UA.txt")
    assert dump.kind_of(packed) == kind


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        ("id,name,lat\n1,Bakhmut,48\n", "line 1: 1 column, beginning with 'id,name,lat': none of GeoNames' files"),
        ("a\tb\tc\n", "3 columns"),
        ("\n\n1\t2\t3\t4\t5\n", "line 3: 5 columns"),
    ],
)
def test_other_files_are_refused(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "list.txt"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=said):
        dump.kind_of(path)


def test_what_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "list.txt"
    with pytest.raises(UsageError, match="no file"):
        dump.kind_of(path)
    with pytest.raises(UsageError, match="folder"):
        dump.kind_of(tmp_path)
    path.write_bytes(b"12\t\xff\xfe")
    with pytest.raises(UsageError, match="line 1: byte 4 is not UTF-8"):
        dump.kind_of(path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("image.png", "no text")
    with pytest.raises(UsageError, match=r"no \.txt in this archive"):
        dump.kind_of(path)


def test_a_damaged_archive_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "UA.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("UA.txt", "\n".join(feature(id=n) for n in range(5000)))
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)

    def read() -> None:
        with dump.opened(path) as (stream, _):
            for line in dump.lines(stream, path):
                dump.parse("places", line, path)

    with pytest.raises(UsageError, match=r"UA\.zip"):
        read()


def test_a_place_is_read_whole() -> None:
    assert parsed("places", feature()) == dump.Feature(
        704147,
        "Klishchiivka",
        ("Klishchiivka", "Кліщіївка", "Клещеевка"),
        48.53,
        37.96,
        "settlement",
        "PPL",
        "UA",
        "UA.05",
        "UA.05.1402",
        428,
        MODIFIED,
    )


KEPT = [
    ({}, "settlement"),
    ({"code": "PPLQ"}, "settlement"),
    ({"class": "S", "code": "CMPRF"}, "site"),
    ({"class": "S", "code": "HTL"}, None),
    ({"class": "A", "code": "ADM1"}, "region"),
    ({"class": "A", "code": "ADM3"}, None),
    ({"class": "L", "code": "RGN"}, "area"),
    ({"class": "H", "code": "STRT", "cc": ""}, "water"),
    ({"class": "H", "code": "STM"}, None),
    ({"cc": "FR"}, None),
    ({"cc": "FR", "people": 500}, "settlement"),
    ({"cc": "FR", "code": "PPLA2"}, "settlement"),
    ({"cc": ""}, None),
    ({"class": "", "code": ""}, None),
]


@pytest.mark.parametrize(("values", "kind"), KEPT)
def test_what_a_reader_of_war_news_needs_is_kept(values: dict[str, object], kind: str | None) -> None:
    row = parsed("places", feature(**values))
    if kind is None:
        assert isinstance(row, dump.LeftOut) and row.reason
    else:
        assert isinstance(row, dump.Feature) and row.kind == kind


def test_small_settlements_of_all_countries_on_demand() -> None:
    assert isinstance(parsed("places", feature(cc="FR"), every=True), dump.Feature)


WRONG = [
    ("places", feature(id="x"), "column 1, the geonameid, is 'x'; it is a whole number"),
    ("places", feature(name=" "), "column 2, the name, is empty"),
    ("places", feature(lat="north"), "column 5, the latitude, is 'north'; it is a number of degrees"),
    ("places", feature(lat=91), "column 5, the latitude, is 91; it lies between -90 and 90"),
    ("places", feature(lon="nan"), "column 6, the longitude, is nan; it lies between -180 and 180"),
    ("places", feature(cc="Ukraine"), "column 9, the country, is 'Ukraine'; it is a code of two letters"),
    ("places", feature(people="many"), "column 15, the population, is 'many'"),
    ("places", feature(modified="31.05.2024"), "column 19, the date of the last change"),
    ("places", "\t".join(["1"] * 18), "18 columns, not 19"),
    ("names", "1\tx\tuk\tБахмут\t\t\t\t", "column 2, the geonameid"),
    ("names", "1\t2\tin Ukrainian\tБахмут\t\t\t\t", "column 3, the language"),
    ("names", "1\t2\tuk\tБахмут\tyes\t\t\t", "column 5, a mark, is 'yes'; it is 1 or empty"),
    ("names", "1\t2\tuk", "3 columns, not 8 to 10"),
    ("admin1", "05\tDonetsk\tDonetsk\t709716", "column 1, the code"),
    ("admin1", "UA.05\tDonetsk\tDonetsk\tnone", "column 4, the geonameid"),
    ("hierarchy", "1\tx\tADM", "column 2, the child's geonameid"),
]


@pytest.mark.parametrize(("kind", "line", "said"), WRONG)
def test_a_wrong_line_is_named_with_what_would_be_right(kind: str, line: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        parsed(kind, line)
    assert caught.value.message.startswith("some.txt, line 7: ") and said in caught.value.message
    assert caught.value.message.endswith("Nothing was imported.")


def test_names_bear_language_and_note() -> None:
    assert parsed("names", "1\t2\tru\tАртёмовск\t\t\t\t1\t1924\t2016") == dump.AlternateName(2, "ru", "Артёмовск", False, "former")
    assert parsed("names", "1\t2\t\tThe Bakhmut\t1\t\t1\t") == dump.AlternateName(2, "", "The Bakhmut", True, "colloquial")
    for language, name in (("link", "https://example.org/Bakhmut"), ("iata", "ABC"), ("zh", "巴赫穆特"), ("uk", "Б")):
        assert isinstance(parsed("names", f"1\t2\t{language}\t{name}\t\t\t\t"), dump.LeftOut)


@given(st.sampled_from(dump.KINDS), st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=300))
def test_any_line_is_read_left_out_or_refused(kind: str, text: str) -> None:
    try:
        row = parsed(kind, text)
    except UsageError as error:
        assert "line 7" in error.message
    else:
        assert isinstance(row, dump.Feature | dump.AlternateName | dump.DivisionCode | dump.Link | dump.LeftOut)


def test_every_feature_kind_is_a_kind_of_place() -> None:
    kinds = set(dump.feature_kinds().values()) - {"-"}
    assert kinds == {"country", "region", "district", "settlement", "area", "water", "site"}
