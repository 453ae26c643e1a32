"""Small locator maps as SVG, made here: land outlines around a few places, no script, no request to anybody.

The geometry is visionscarto's world atlas (TopoJSON, 1:50m), fetched at set-up; see docs/boundaries.md for what its lines mean. The
projection is equirectangular at the middle latitude of the view, which is true enough over a few hundred kilometres.
"""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from markupsafe import Markup, escape

from aggregator.model import Place

ATLAS = Path(__file__).parent / "static" / "vendor" / "world-50m.json"
WIDTH, HEIGHT = 300, 190  # of the view box
LEAST_SPAN_DEG = {"country": 14.0, "region": 6.0, "area": 7.0, "water": 6.0}
SPAN_DEG = 4.5  # of latitude shown around a single settlement
KM_A_DEGREE = 111.2

Ring = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class View:
    """The window of a map: degrees."""

    west: float
    south: float
    east: float
    north: float

    def x(self, lon: float) -> float:
        return round((lon - self.west) / (self.east - self.west) * WIDTH, 1)

    def y(self, lat: float) -> float:
        return round((self.north - lat) / (self.north - self.south) * HEIGHT, 1)


def locator(places: Sequence[Place]) -> Markup | None:
    """A map of the places, the first of them emphasised; None where the atlas was not fetched."""
    return _drawn(tuple(places)) if places and ATLAS.is_file() else None


@lru_cache(maxsize=256)
def _drawn(places: tuple[Place, ...]) -> Markup:
    view = _view(places)
    land = "".join(f'<path d="{_path(ring, view)}"/>' for ring in _rings_in(view))
    named: list[Place] = []
    for place in places:
        if not any(_meet(place, other, view) for other in named):
            named.append(place)
    points = "".join(_point(place, view, number == 0, place in named) for number, place in reversed(list(enumerate(places))))
    label = escape("Map: " + ", ".join(place.name for place in places))
    return Markup(
        f'<svg class="locator" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{label}">'
        f'<g class="land">{land}</g>{points}{_scale(view)}</svg>'
    )


def _view(places: Sequence[Place]) -> View:
    south, north = min(p.lat for p in places), max(p.lat for p in places)
    west, east = min(p.lon for p in places), max(p.lon for p in places)
    middle = (south + north) / 2
    stretch = max(0.2, math.cos(math.radians(middle)))  # a degree of longitude in degrees of latitude
    least = max(LEAST_SPAN_DEG.get(p.kind, SPAN_DEG) for p in places)
    span = max((north - south) * 1.6, (east - west) * 1.5 * stretch * HEIGHT / WIDTH, least)
    across = span * WIDTH / HEIGHT / stretch
    lon = (west + east) / 2
    return View(lon - across / 2, middle - span / 2, lon + across / 2, middle + span / 2)


def _meet(place: Place, other: Place, view: View) -> bool:
    """Whether the names would run into each other; then the nearer of them to the beginning of the list is written."""
    apart_x = abs(view.x(place.lon) - view.x(other.lon))
    return abs(view.y(place.lat) - view.y(other.lat)) < 11 and apart_x < 6 * max(len(place.name), len(other.name))


def _point(place: Place, view: View, first: bool, named: bool) -> str:
    x, y = view.x(place.lon), view.y(place.lat)
    wide = place.kind in ("country", "region", "area", "district", "water")
    ring = f'<circle class="about" cx="{x}" cy="{y}" r="{22 if wide else 11}"/>' if wide or place.approximate else ""
    anchor, dx = ("end", -7) if x > WIDTH * 0.62 else ("start", 7)
    kind = "here" if first else "there"
    name = f'<text class="{kind}" x="{x + dx:.1f}" y="{y + 4:.1f}" text-anchor="{anchor}">{escape(place.name)}</text>' if named else ""
    return f'{ring}<circle class="{kind}" cx="{x}" cy="{y}" r="{4.5 if first else 3}"/>{name}'


def _scale(view: View) -> str:
    """A bar of a round number of kilometres, about a quarter of the width."""
    km_wide = (view.east - view.west) * KM_A_DEGREE * math.cos(math.radians((view.north + view.south) / 2))
    km = next((k for k in (1000, 500, 200, 100, 50, 20) if k <= km_wide / 3.2), 10)
    length = round(km / km_wide * WIDTH, 1)
    y = HEIGHT - 10
    return f'<path class="scale" d="M10 {y}h{length}"/><text class="scale" x="10" y="{y - 5}">{km} km</text>'


def _path(ring: Ring, view: View) -> str:
    steps: list[str] = []
    last = (-1e9, -1e9)
    for lon, lat in _clipped(ring, view):
        x, y = view.x(lon), view.y(lat)
        if abs(x - last[0]) + abs(y - last[1]) >= 0.7:  # nothing finer can be seen
            steps.append(f"{x} {y}")
            last = (x, y)
    return "M" + "L".join(steps) + "Z" if len(steps) > 2 else ""


def _clipped(ring: Sequence[tuple[float, float]], view: View) -> Sequence[tuple[float, float]]:
    """The ring within the view and a margin (Sutherland-Hodgman, one edge after the other)."""
    margin = (view.north - view.south) * 0.1
    edges = ((0, view.west - margin, 1), (0, view.east + margin, -1), (1, view.south - margin, 1), (1, view.north + margin, -1))
    for axis, limit, side in edges:
        kept: list[tuple[float, float]] = []
        for a, b in zip([*ring[-1:], *ring[:-1]], ring, strict=True):
            inside_a, inside_b = (a[axis] - limit) * side >= 0, (b[axis] - limit) * side >= 0
            if inside_a != inside_b:
                t = (limit - a[axis]) / (b[axis] - a[axis])
                kept.append((a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])))
            if inside_b:
                kept.append(b)
        ring = kept
    return ring


def _rings_in(view: View) -> list[Ring]:
    return [
        ring
        for ring, (west, south, east, north) in _rings()
        if west < view.east and east > view.west and south < view.north and north > view.south
    ]


@cache
def _rings() -> tuple[tuple[Ring, tuple[float, float, float, float]], ...]:
    """Every outline of the atlas with its box. TopoJSON 1.0: arcs are quantised deltas, shared by neighbours; ~i is arc i reversed."""
    atlas = json.loads(ATLAS.read_text())
    (sx, sy), (tx, ty) = atlas["transform"]["scale"], atlas["transform"]["translate"]
    arcs: list[list[tuple[float, float]]] = []
    for arc in atlas["arcs"]:
        x = y = 0
        line = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            line.append((x * sx + tx, y * sy + ty))
        arcs.append(line)
    out = []
    for geometry in atlas["objects"]["countries"]["geometries"]:
        polygons = geometry.get("arcs", []) if geometry["type"] == "MultiPolygon" else [geometry.get("arcs", [])]
        for polygon in polygons:
            for indexes in polygon:
                ring: list[tuple[float, float]] = []
                for index in indexes:
                    line = arcs[index] if index >= 0 else arcs[~index][::-1]
                    ring.extend(line if not ring else line[1:])
                lons, lats = [p[0] for p in ring], [p[1] for p in ring]
                out.append((tuple(ring), (min(lons), min(lats), max(lons), max(lats))))
    return tuple(out)
