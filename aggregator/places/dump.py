"""Reads GeoNames' export files, line by line, and says exactly what is wrong with one that is not right.

Which of the five kinds a file is shows by its first line (https://download.geonames.org/export/dump/readme.txt):

- ``places``: a country dump or allCountries, 19 columns
- ``names``: alternateNamesV2 (10 columns; 8 in the older alternateNames)
- ``admin1`` and ``admin2``: codes of divisions, 4 columns
- ``hierarchy``: parent and child, 3 columns
"""

import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import IO

from aggregator.errors import UsageError
from aggregator.places.normalise import script_of, word_set

KINDS = ("places", "names", "admin1", "admin2", "hierarchy")
COLUMNS = {"places": (19, 19), "names": (8, 10), "admin1": (4, 4), "admin2": (4, 4), "hierarchy": (2, 3)}
LONGEST_LINE = 1_000_000  # characters; the longest line of allCountries has some 10,000
SCRIPTS = frozenset(("latin", "cyrillic", "arabic", "hebrew"))
NO_LANGUAGE = word_set("link post iata icao faac tcid unlc wkdt phon piny abbr")  # codes that stand in the column of languages
SMALL = 500  # people; smaller settlements are kept in the countries of SMALL_COUNTRIES alone
# Countries at war or beside one, whose villages the news names.
SMALL_COUNTRIES = word_set(
    "UA RU BY MD GE AM AZ SY LB IL PS JO IQ IR YE SD SS ER ET DJ SO TD CF CD RW BI UG LY ML BF NE NG CM MZ MM BD AF PK KP HT CY XK"
)
SEAT = re.compile(r"PPL(A\d?|C|G)\Z")
CODE = re.compile(r"[A-Z]{2}\.[^.\s]+(\.[^.\s]+)?\Z")
COUNTRY = re.compile(r"[A-Z]{2}\Z")
LANGUAGE = re.compile(r"[a-z]{2,7}(-[A-Za-z0-9]{1,8})*\Z|[a-z]{2,3}_[a-zA-Z0-9]{1,8}\Z|\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Feature:
    """A row of a country dump. ``kind`` is that of places; ``admin1`` and ``admin2`` are codes such as ``UA.05`` and ``UA.05.1402``,
    empty where the dump has none."""

    geonames_id: int
    name: str
    names: tuple[str, ...]
    lat: float
    lon: float
    kind: str
    code: str
    country: str
    admin1: str
    admin2: str
    population: int
    modified: str  # ISO date


@dataclass(frozen=True, slots=True)
class AlternateName:
    """A row of alternateNamesV2. ``note`` is ``former``, ``colloquial`` or empty."""

    geonames_id: int
    language: str
    name: str
    preferred: bool
    note: str


@dataclass(frozen=True, slots=True)
class DivisionCode:
    """A row of admin1CodesASCII or admin2Codes."""

    code: str
    name: str
    ascii_name: str
    geonames_id: int


@dataclass(frozen=True, slots=True)
class Link:
    """A row of hierarchy."""

    parent: int
    child: int


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A row that is right but not wanted; ``reason`` is counted."""

    reason: str


Row = Feature | AlternateName | DivisionCode | Link | LeftOut


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a file: its number from 1, the bytes of the file read so far, and its text."""

    number: int
    read: int
    text: str


@contextmanager
def opened(path: Path) -> Iterator[tuple[IO[bytes], int]]:
    """The text inside a .txt or .zip as a stream of bytes, and its length. Raises UsageError."""
    try:
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                texts = [m for m in archive.infolist() if m.filename.endswith(".txt") and "readme" not in m.filename.lower()]
                if not texts:
                    raise UsageError(f"{path}: there is no .txt in this archive; GeoNames' hold one, such as UA.txt.")
                largest = max(texts, key=lambda m: m.file_size)
                with archive.open(largest) as stream:
                    yield stream, largest.file_size
        else:
            with path.open("rb") as file:
                yield file, path.stat().st_size
    except FileNotFoundError as error:
        raise UsageError(f"There is no file {path}.") from error
    except IsADirectoryError as error:
        raise UsageError(f"{path} is a folder; give the files in it.") from error
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise UsageError(f"{path} is a damaged archive ({error}); fetch it again.") from error


def lines(stream: IO[bytes], path: Path) -> Iterator[Line]:
    """The lines of a file but empty ones and comments. Raises UsageError for what is not UTF-8 text."""
    read = 0
    for number, raw in enumerate(iter(lambda: stream.readline(LONGEST_LINE), b""), start=1):
        read += len(raw)
        if len(raw) >= LONGEST_LINE:
            raise _wrong(path, number, f"it has over {LONGEST_LINE:,} characters; is this one of GeoNames' files?")
        try:
            text = raw.decode("utf-8-sig" if number == 1 else "utf-8").rstrip("\r\n")
        except UnicodeDecodeError as error:
            raise _wrong(path, number, f"byte {error.start + 1} is not UTF-8, in which GeoNames' files are written.") from error
        if text and not text.startswith("#"):
            yield Line(number, read, text)


def kind_of(path: Path) -> str:
    """Which kind of file this is, by its first line. Raises UsageError where it is none."""
    with opened(path) as (stream, _):
        first = next(lines(stream, path), None)
    if first is None:
        raise UsageError(f"{path} is empty.")
    cells = first.text.split("\t")
    width = len(cells)
    if width == 19 and cells[0].isdigit():
        return "places"
    if 8 <= width <= 10 and cells[0].isdigit() and cells[1].isdigit():
        return "names"
    if width == 4 and CODE.match(cells[0]):
        return "admin1" if cells[0].count(".") == 1 else "admin2"
    if width in (2, 3) and cells[0].isdigit() and cells[1].isdigit():
        return "hierarchy"
    raise UsageError(
        f"{path}, line {first.number}: {width} column{'s' * (width != 1)}, beginning with {cells[0][:30]!r}: none of GeoNames' files. "
        "A country dump has 19 columns parted by tabs, alternateNamesV2 10, admin1CodesASCII and admin2Codes 4, hierarchy 3."
    )


def parse(kind: str, line: Line, path: Path, every: bool = False) -> Row:
    """The row of a line of that kind of file; ``every``: small settlements of all countries. Raises UsageError naming line and column."""
    cells = line.text.split("\t")
    low, high = COLUMNS[kind]
    if not low <= len(cells) <= high:
        wanted = str(low) if low == high else f"{low} to {high}"
        raise _wrong(path, line.number, f"{len(cells)} columns, not {wanted} as in the lines before; is the file cut off?")
    try:
        return READERS[kind](cells, every)
    except ValueError as error:
        raise _wrong(path, line.number, str(error)) from error


def _wrong(path: Path, number: int, what: str) -> UsageError:
    return UsageError(f"{path}, line {number}: {what} Nothing was imported.")


def _feature(cells: list[str], every: bool) -> Feature | LeftOut:
    ident = _whole(cells[0], "column 1, the geonameid,")
    name = cells[1].strip()
    if not name:
        raise ValueError("column 2, the name, is empty.")
    lat = _degrees(cells[4], 90, "column 5, the latitude,")
    lon = _degrees(cells[5], 180, "column 6, the longitude,")
    people = _whole(cells[14] or "0", "column 15, the population,")
    modified = cells[18].strip()
    try:
        date.fromisoformat(modified)
    except ValueError:
        raise ValueError(f"column 19, the date of the last change, is {modified!r}; it is written 2024-05-31.") from None
    feature_class, code, country = cells[6].strip(), cells[7].strip(), cells[8].strip()
    if country and not COUNTRY.match(country):
        raise ValueError(f"column 9, the country, is {country!r}; it is a code of two letters such as UA.")
    kinds = feature_kinds()
    kind = kinds.get((feature_class, code)) or kinds.get((feature_class, "*"), "-")
    if kind == "-":
        return LeftOut(f"features of class {feature_class or 'none'} that war news hardly names")
    if kind in ("settlement", "site") and not country:
        return LeftOut("settlements and sites of no country")
    if kind == "settlement" and not every and people < SMALL and country not in SMALL_COUNTRIES and not SEAT.match(code):
        return LeftOut(f"settlements under {SMALL} people in countries far from any war")
    admin1 = f"{country}.{cells[10]}" if country and cells[10] not in ("", "00") else ""
    admin2 = f"{admin1}.{cells[11]}" if admin1 and cells[11] else ""
    names = tuple(other for other in (cells[2], *cells[3].split(",")) if usable(other))
    return Feature(ident, name, names, lat, lon, kind, code, country, admin1, admin2, people, modified)


def _alternate(cells: list[str], every: bool) -> AlternateName | LeftOut:
    _whole(cells[0], "column 1, the id of the name,")
    ident = _whole(cells[1], "column 2, the geonameid,")
    language, name = cells[2].strip(), cells[3].strip()
    if not LANGUAGE.match(language):
        raise ValueError(f"column 3, the language, is {language!r}; it is a tag such as uk or zh-Hant, or empty.")
    for number, flag in enumerate(cells[4:8], start=5):
        if flag not in ("", "0", "1"):
            raise ValueError(f"column {number}, a mark, is {flag!r}; it is 1 or empty.")
    if language in NO_LANGUAGE:
        return LeftOut("codes and links, no names")
    if not usable(name):
        return LeftOut("names in scripts that are not read, or of one letter")
    note = "former" if cells[7] == "1" else "colloquial" if cells[6] == "1" else ""
    return AlternateName(ident, language, name, cells[4] == "1", note)


def _division(cells: list[str], every: bool) -> DivisionCode:
    if not CODE.match(cells[0]):
        raise ValueError(f"column 1, the code, is {cells[0]!r}; it is written UA.05 or UA.05.1402.")
    if not cells[1].strip():
        raise ValueError("column 2, the name, is empty.")
    return DivisionCode(cells[0], cells[1].strip(), cells[2].strip(), _whole(cells[3], "column 4, the geonameid,"))


def _link(cells: list[str], every: bool) -> Link | LeftOut:
    parent, child = _whole(cells[0], "column 1, the parent's geonameid,"), _whole(cells[1], "column 2, the child's geonameid,")
    if len(cells) > 2 and cells[2] not in ("ADM", ""):
        return LeftOut("links other than administrative ones")
    return Link(parent, child)


READERS = {"places": _feature, "names": _alternate, "admin1": _division, "admin2": _division, "hierarchy": _link}


def _whole(text: str, what: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise ValueError(f"{what} is {text[:30]!r}; it is a whole number.")
    return int(text)


def _degrees(text: str, most: int, what: str) -> float:
    try:
        value = float(text)
    except ValueError:
        raise ValueError(f"{what} is {text[:30]!r}; it is a number of degrees such as 48.5955.") from None
    if not -most <= value <= most:
        raise ValueError(f"{what} is {text}; it lies between -{most} and {most}.")
    return value


def usable(name: str) -> bool:
    """Whether texts may bear this spelling: in a script we read, capitalised where there are capitals, no code."""
    script = script_of(name)
    if script not in SCRIPTS or len(name) < 2:
        return False
    if script in ("latin", "cyrillic"):
        first = next(c for c in name if c.isalpha())
        return first.isupper() and not (name.isupper() and len(name) <= 4)
    return len(name) > 2


@cache
def feature_kinds() -> dict[tuple[str, str], str]:
    """``features.tsv``: kind of place by class and code."""
    text = (files("aggregator.places") / "data" / "features.tsv").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in text.splitlines() if line and not line.startswith("#"))
    return {(feature_class, code): kind for feature_class, code, kind, _ in rows}
