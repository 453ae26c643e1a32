"""The basemap as SVG paths: land, borders and disputed lines within a view, with no more points than can be seen."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from web.maps.mercator import NORTHMOST, View

FILE = Path(__file__).parents[1] / "static" / "vendor" / "basemap.json"
FINENESS = 2  # steps of a path a pixel: whole numbers are shorter than fractions
MARGIN_PX = 8.0  # drawn around the view, so that the edge of what is cut off is not seen
CELL_PX = 1.3  # of points of a line that fall into one cell of this size, the first is drawn
SPECK_PX = 1.2  # islands smaller than this are left out

Points = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Lines:
    """Many lines or rings in unit coordinates (``mercator``), each with its box: left, top, right, bottom."""

    points: tuple[Points, ...]
    boxes: NDArray[np.float64]

    @classmethod
    def of(cls, flat: Iterable[Sequence[int]], per_degree: int) -> "Lines":
        """From the lists of ``atlas.basemap``."""
        lines = tuple(_units(np.array(line, dtype=np.int64), per_degree) for line in flat)
        boxes = [(*line.min(axis=0), *line.max(axis=0)) for line in lines]
        return cls(lines, np.array(boxes, dtype=np.float64).reshape(-1, 4))

    def seen(self, view: View) -> Iterator[tuple[Points, bool]]:
        """The lines that touch the view and are no specks, in its pixels, and whether each lies within it as a whole."""
        if not len(self.points):
            return
        boxes = (self.boxes - [view.left, view.top, view.left, view.top]) * view.scale
        left, top, right, bottom = boxes.T
        touch = (right > -MARGIN_PX) & (left < view.width + MARGIN_PX) & (bottom > -MARGIN_PX) & (top < view.height + MARGIN_PX)
        touch &= (right - left > SPECK_PX) | (bottom - top > SPECK_PX)
        within = (left >= -MARGIN_PX) & (right <= view.width + MARGIN_PX) & (top >= -MARGIN_PX) & (bottom <= view.height + MARGIN_PX)
        for number in np.flatnonzero(touch):
            yield (self.points[number] - [view.left, view.top]) * view.scale, bool(within[number])


@dataclass(frozen=True, slots=True)
class Basemap:
    """What every map is drawn on."""

    land: Lines
    borders: Lines
    disputed: Lines


@dataclass(frozen=True, slots=True)
class Paths:
    """Data of SVG paths (``d``) in steps of 1 / FINENESS pixel."""

    land: str
    borders: str
    disputed: str


@cache
def load() -> Basemap | None:
    """The basemap; None where it was not fetched. Read once a process."""
    if not FILE.is_file():
        return None
    data = json.loads(FILE.read_text(encoding="utf-8"))
    scale = data["per_degree"]
    return Basemap(
        Lines.of((ring for polygon in data["land"] for ring in polygon), scale),
        Lines.of(data["borders"], scale),
        Lines.of(data["disputed"], scale),
    )


@lru_cache(maxsize=256)
def paths(view: View) -> Paths | None:
    """What of the basemap is in a view; None where there is no basemap."""
    found = load()
    if found is None:
        return None
    west, north, east, south = -MARGIN_PX, -MARGIN_PX, view.width + MARGIN_PX, view.height + MARGIN_PX
    rings = (ring if within else clipped(ring, west, north, east, south) for ring, within in found.land.seen(view))
    lines = [
        "".join(
            step_path(piece, closed=False)
            for line, within in group.seen(view)
            for piece in ((line,) if within else pieces(line, west, north, east, south))
        )
        for group in (found.borders, found.disputed)
    ]
    return Paths("".join(step_path(ring, closed=True) for ring in rings), *lines)


def clipped(ring: Points, left: float, top: float, right: float, bottom: float) -> Points:
    """The ring within a rectangle, one edge after the other (Sutherland and Hodgman, 1974); empty where nothing is left."""
    for axis, limit, side in ((0, left, 1), (0, right, -1), (1, top, 1), (1, bottom, -1)):
        inside = (ring[:, axis] - limit) * side >= 0
        if inside.all():
            continue
        following = np.roll(ring, -1, axis=0)
        crosses = inside != np.roll(inside, -1)
        step = following - ring
        part = np.divide(limit - ring[:, axis], step[:, axis], out=np.zeros(len(ring)), where=crosses)
        both = np.stack((ring, ring + part[:, None] * step), axis=1).reshape(-1, 2)
        ring = both[np.stack((inside, crosses), axis=1).reshape(-1)]
        if not len(ring):
            break
    return ring


def pieces(line: Points, left: float, top: float, right: float, bottom: float) -> Iterator[Points]:
    """The parts of a line near a rectangle: every step with an end in it, or that may cross it."""
    x, y = line[:, 0], line[:, 1]
    beyond = [x < left, x > right, y < top, y > bottom]
    apart = np.zeros(len(line) - 1, dtype=bool)
    for side in beyond:
        apart |= side[:-1] & side[1:]
    edges = np.flatnonzero(np.diff(np.concatenate(([True], apart, [True])).astype(np.int8)))
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        yield line[start : end + 1]


def step_path(line: Points, *, closed: bool) -> str:
    """The line as a path of whole steps, each from the one before (SVG 2, section 9.3.1); empty where nothing can be seen of it."""
    if len(line) < 2:
        return ""
    cells = np.floor(line / CELL_PX)
    keep = np.concatenate(([True], (np.diff(cells, axis=0) != 0).any(axis=1)))
    keep[-1] = True
    grid = np.round(line[keep] * FINENESS).astype(np.int64)
    steps = np.diff(grid, axis=0)
    steps = steps[steps.any(axis=1)]
    if len(steps) < (2 if closed else 1):
        return ""
    return f"M{grid[0][0]} {grid[0][1]}l{' '.join(map(str, steps.reshape(-1).tolist()))}{'z' if closed else ''}".replace(" -", "-")


def _units(flat: NDArray[np.int64], per_degree: int) -> Points:
    degrees = flat.reshape(-1, 2).cumsum(axis=0) / per_degree
    sine = np.sin(np.radians(np.clip(degrees[:, 1], -NORTHMOST, NORTHMOST)))
    return np.stack(((degrees[:, 0] + 180) / 360, 0.5 - np.log((1 + sine) / (1 - sine)) / (4 * np.pi)), axis=1)
