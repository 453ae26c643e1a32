"""From the world atlas to the basemap: land, borders, and the lines that are drawn dashed.

The atlas is visionscarto's (TopoJSON, 1:50m): see docs/boundaries.md for what it draws, and ``disputed.yaml`` for what is drawn otherwise.
The basemap is made once, when the atlas is fetched, and is what both the pictures made here and the script in the browser draw.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

PER_DEGREE = 100  # steps of the basemap's grid: 1.1 km or less
SOUTH = -60.0  # what lies beyond is left out
LEAST_POINTS = 4  # of a ring, the first and last being the same
DISPUTED = Path(__file__).parent / "disputed.yaml"

Point = tuple[float, float]  # longitude, latitude in degrees
Line = Sequence[Point]


@dataclass(frozen=True, slots=True)
class Border:
    """A border of the atlas, or the part of it within a box (west, south, east, north)."""

    area: str
    between: frozenset[str]
    within: tuple[float, float, float, float] | None = None

    def holds(self, point: Point) -> bool:
        """Whether a point of the border is in the part that is meant."""
        if self.within is None:
            return True
        west, south, east, north = self.within
        return west <= point[0] <= east and south <= point[1] <= north


@dataclass(frozen=True, slots=True)
class DisputedLine:
    """A line that the atlas lacks; ``basis`` says what it follows."""

    area: str
    basis: str
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Disputed:
    """What is drawn dashed: borders of the atlas, and lines besides; ``left_out`` are borders that are not drawn."""

    borders: tuple[Border, ...] = ()
    left_out: frozenset[frozenset[str]] = frozenset()
    lines: tuple[DisputedLine, ...] = ()


def disputed(path: Path = DISPUTED) -> Disputed:
    """Read the table of dashed lines."""
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    return Disputed(
        tuple(Border(row["area"], frozenset(row["between"]), tuple(row["within"]) if "within" in row else None) for row in data["borders"]),
        frozenset(frozenset(pair) for pair in data["left_out"]),
        tuple(DisputedLine(row["area"], row["basis"], tuple((lon, lat) for lon, lat in row["points"])) for row in data["lines"]),
    )


def basemap(atlas: Mapping[str, Any], rules: Disputed) -> dict[str, Any]:
    """The basemap of an atlas: ``land`` (polygons of rings), ``borders`` and ``disputed`` (lines), each a flat list of the first point and
    the steps from one point to the next, longitude before latitude, in degrees times ``per_degree``."""
    arcs = list(_arcs(atlas))
    land = [packed for polygon in _polygons(atlas["objects"]["land"]) if (packed := _packed_polygon(polygon, arcs))]
    borders: list[list[int]] = []
    dashed = [packed_line(line.points) for line in rules.lines]
    for arc, between in sorted(_between(atlas).items()):
        if len(between) < 2 or between in rules.left_out:
            continue
        meant = [rule for rule in rules.borders if rule.between == between]
        for piece, is_disputed in parts(arcs[arc], meant):
            (dashed if is_disputed else borders).append(packed_line(piece))
    return {"per_degree": PER_DEGREE, "land": land, "borders": borders, "disputed": dashed}


def write(atlas: Path, target: Path) -> None:
    """Make the basemap of the atlas in a file."""
    made = basemap(json.loads(atlas.read_text(encoding="utf-8")), disputed())
    target.write_text(json.dumps(made, separators=(",", ":")), encoding="utf-8")


def packed_line(line: Line) -> list[int]:
    """The line on the grid, without points that fall together."""
    out: list[int] = []
    x = y = 0
    for lon, lat in line:
        at = round(lon * PER_DEGREE), round(lat * PER_DEGREE)
        if not out or at != (x, y):
            out += (at[0] - x, at[1] - y)
            x, y = at
    return out


def _packed_polygon(polygon: Iterable[Sequence[int]], arcs: Sequence[Line]) -> list[list[int]]:
    """The rings of a polygon on the grid; none of what is too small for it or lies south of all that is mapped."""
    rings = [part for indexes in polygon for part in split_at_date_line(joined(indexes, arcs))]
    packed = [packed_line(ring) for ring in rings if max(lat for _, lat in ring) > SOUTH]
    return [flat for flat in packed if len(flat) >= 2 * LEAST_POINTS]


def joined(indexes: Iterable[int], arcs: Sequence[Line]) -> list[Point]:
    """A ring of arcs (TopoJSON 1.0, section 2.1.4): ~i is arc i reversed; the first point of an arc is the last of the one before."""
    ring: list[Point] = []
    for index in indexes:
        line = arcs[index] if index >= 0 else arcs[~index][::-1]
        ring.extend(line if not ring else line[1:])
    return ring


def split_at_date_line(ring: Line) -> list[list[Point]]:
    """The ring as rings that lie between 180° W and 180° E: a step of more than half the world goes the other way round."""
    turned: list[Point] = []
    shift = 0.0
    for (lon, lat), (before, _) in zip(ring, [ring[0], *ring], strict=False):
        shift += 360.0 if lon - before < -180 else -360.0 if lon - before > 180 else 0.0
        turned.append((lon + shift, lat))
    if abs(shift) > 180:  # it goes round a pole, and no map here shows one
        return [list(ring)]
    out = []
    for turn in (-360.0, 0.0, 360.0):
        part = _half(_half([(lon + turn, lat) for lon, lat in turned], -180.0, 1), 180.0, -1)
        if len(part) >= LEAST_POINTS:
            out.append(part)
    return out


def _half(ring: Line, limit: float, side: int) -> list[Point]:
    """What of the ring lies east (``side`` 1) or west (-1) of a meridian."""
    kept: list[Point] = []
    for (x1, y1), (x2, y2) in zip([*ring[-1:], *ring[:-1]], ring, strict=True):
        inside = (x2 - limit) * side >= 0
        if ((x1 - limit) * side >= 0) != inside:
            kept.append((limit, y1 + (limit - x1) / (x2 - x1) * (y2 - y1)))
        if inside:
            kept.append((x2, y2))
    return kept


def parts(line: Line, rules: Sequence[Border]) -> Iterator[tuple[list[Point], bool]]:
    """The line cut where it becomes disputed or ceases to be; a step is disputed if both its ends are in a part that is meant."""
    flags = [any(rule.holds(a) and rule.holds(b) for rule in rules) for a, b in zip(line, line[1:], strict=False)]
    start = 0
    for end in range(1, len(flags) + 1):
        if end == len(flags) or flags[end] != flags[start]:
            yield list(line[start : end + 1]), flags[start]
            start = end


def _arcs(atlas: Mapping[str, Any]) -> Iterator[list[Point]]:
    """Arcs in degrees: they are kept as steps on a grid (TopoJSON 1.0, section 2.1.3)."""
    (sx, sy), (tx, ty) = atlas["transform"]["scale"], atlas["transform"]["translate"]
    for arc in atlas["arcs"]:
        x = y = 0
        line: list[Point] = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            line.append((x * sx + tx, y * sy + ty))
        yield line


def _polygons(geometry: Mapping[str, Any]) -> Iterator[list[list[int]]]:
    """The polygons of a geometry or collection: each a list of rings, each a list of arcs."""
    if geometry["type"] == "GeometryCollection":
        for member in geometry["geometries"]:
            yield from _polygons(member)
    elif geometry["type"] == "Polygon":
        yield geometry["arcs"]
    elif geometry["type"] == "MultiPolygon":
        yield from geometry["arcs"]


def _between(atlas: Mapping[str, Any]) -> dict[int, frozenset[str]]:
    """The countries on the sides of each arc: two where it is a border, one where it is a coast."""
    found: dict[int, frozenset[str]] = {}
    for country in atlas["objects"]["countries"]["geometries"]:
        code = country.get("properties", {}).get("a3", "")
        for polygon in _polygons(country):
            for index in (index for ring in polygon for index in ring):
                arc = index if index >= 0 else ~index
                found[arc] = found.get(arc, frozenset()) | {code}
    return found
