"""The hand-written tables of the gazetteer (``data/*.tsv``), read while it is built."""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files

DATA = files("aggregator.places") / "data"


@dataclass(frozen=True, slots=True)
class Centre:
    """A country's customary centre in degrees, and names beside those of CLDR."""

    code: str
    lat: float
    lon: float
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Region:
    """What the table says of a first-level region. ``name`` and the point are None where the source's are right.

    ``phrases`` are names such as ``Харківська область`` whose every word bends.
    """

    code: str
    name: str | None
    point: tuple[float, float] | None
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Extra:
    """A place of the supplement; ``region`` is a GeoNames code."""

    kind: str
    lat: float
    lon: float
    approximate: bool
    country: str | None
    region: str | None
    weight: int
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Exonyms:
    """Further names of the most populous settlement of a country that the packages call ``name``, or the one of that id: which are former,
    and which no other place bears."""

    country: str
    name: str
    names: tuple[str, ...]
    former: frozenset[str]
    alone: frozenset[str]


def centres() -> list[Centre]:
    """``countries.tsv``. Raises ValueError naming file and line where a row is wrong, as all readers here do."""
    return [Centre(code, float(lat), float(lon), _names(names)) for code, lat, lon, names in _rows("countries.tsv", 4)]


def regions() -> list[Region]:
    """``regions.tsv``."""
    out = []
    for code, name, lat, lon, names in _rows("regions.tsv", 5):
        point = None if lat == "-" else (float(lat), float(lon))
        out.append(Region(code, None if name == "-" else name, point, _names(names)))
    return out


def supplement() -> list[Extra]:
    """``supplement.tsv``, ``sites.tsv`` and ``fronts/*.tsv``: areas, waters, sites and settlements that no package has."""
    out = []
    for file in ("supplement.tsv", "sites.tsv", *sorted(f"fronts/{path.name}" for path in (DATA / "fronts").iterdir())):
        for kind, lat, lon, country, region, weight, names in _rows(file, 7):
            try:
                point = float(lat.lstrip("~")), float(lon)
                people = int(weight)
            except ValueError as error:
                raise ValueError(f"{file}: {names}: {error}") from error
            known = (None if country == "-" else country, None if region == "-" else region)
            out.append(Extra(kind, *point, lat.startswith("~"), *known, people, _names(names)))
    return out


def exonyms() -> list[Exonyms]:
    """``exonyms.tsv``."""
    out = []
    for country, name, others in _rows("exonyms.tsv", 3):
        names = _names(others)
        out.append(
            Exonyms(
                country,
                name,
                tuple(other.lstrip("*!") for other in names),
                frozenset(other[1:] for other in names if other.startswith("*")),
                frozenset(other[1:] for other in names if other.startswith("!")),
            )
        )
    return out


def _names(cell: str) -> tuple[str, ...]:
    return tuple(name for name in (part.strip() for part in cell.split("|")) if name)


def _rows(file: str, columns: int) -> Iterator[list[str]]:
    for number, line in enumerate(DATA.joinpath(*file.split("/")).read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        cells = [cell.strip() for cell in line.split("\t")]
        cells += [""] * (columns - len(cells))
        if len(cells) != columns:
            raise ValueError(f"{file}, line {number}: {len(cells)} columns, not {columns}")
        yield cells
