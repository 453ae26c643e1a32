"""Web Mercator (EPSG:3857): degrees to the unit square and to the pixels of a view, as the script's map has them.

The unit square has its origin at 180° W, 85.05° N; at zoom z it is 256 * 2**z pixels wide.
"""

import math
from dataclasses import dataclass

from aggregator.errors import UsageError

TILE = 256  # pixels of the world at zoom 0
NORTHMOST = 85.05113
EQUATOR_KM = 40_075.0
MOST_ZOOM = 10.0  # the basemap shows nothing more beyond
LEAST_SPAN_DEG = 0.02


def unit_x(lon: float) -> float:
    return (lon + 180) / 360


def unit_y(lat: float) -> float:
    sine = math.sin(math.radians(max(-NORTHMOST, min(NORTHMOST, lat))))
    return 0.5 - math.log((1 + sine) / (1 - sine)) / (4 * math.pi)


def longitude(x: float) -> float:
    return x * 360 - 180


def latitude(y: float) -> float:
    return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * y))))


@dataclass(frozen=True, slots=True)
class Box:
    """A part of the world: degrees; west is less than east, for no box reaches over the date line."""

    west: float
    south: float
    east: float
    north: float

    @classmethod
    def parse(cls, text: str) -> "Box":
        """``west,south,east,north``. Raises UsageError that says what would be right."""
        try:
            west, south, east, north = (float(part) for part in text.split(","))
        except ValueError:
            west = south = east = north = math.nan
        if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
            raise UsageError(f"box={text!r} is not right: west,south,east,north in degrees, as in 22,44,40.5,52.5.")
        return cls(west, south, east, north)

    @property
    def text(self) -> str:
        """As ``parse`` reads it, to a hundredth of a degree outward."""
        low = [math.floor(value * 100) / 100 for value in (self.west, self.south)]
        high = [math.ceil(value * 100) / 100 for value in (self.east, self.north)]
        return ",".join(f"{value:g}" for value in (*low, *high))

    def has(self, lat: float, lon: float) -> bool:
        return self.west <= lon <= self.east and self.south <= lat <= self.north

    def grown(self, part: float, least_deg: float = LEAST_SPAN_DEG) -> "Box":
        """Larger on each side by a part of its size, and at least so many degrees high and wide, within the world."""
        dx = max((self.east - self.west) * part, (least_deg - (self.east - self.west)) / 2)
        dy = max((self.north - self.south) * part, (least_deg - (self.north - self.south)) / 2)
        return Box(
            max(-180.0, self.west - dx), max(-NORTHMOST, self.south - dy), min(180.0, self.east + dx), min(NORTHMOST, self.north + dy)
        )


@dataclass(frozen=True, slots=True)
class View:
    """A window on the map: the unit coordinates of its upper left corner, pixels a unit, and its size in pixels."""

    left: float
    top: float
    scale: float
    width: int
    height: int

    @classmethod
    def around(cls, box: Box, width: int, height: int, most_zoom: float = MOST_ZOOM) -> "View":
        """The view of this size that shows the whole box, as large as it goes and no nearer than ``most_zoom``."""
        left, right, top, bottom = unit_x(box.west), unit_x(box.east), unit_y(box.north), unit_y(box.south)
        scale = min(width / (right - left), height / (bottom - top), TILE * 2**most_zoom)
        return cls((left + right) / 2 - width / scale / 2, (top + bottom) / 2 - height / scale / 2, scale, width, height)

    @property
    def zoom(self) -> float:
        return math.log2(self.scale / TILE)

    @property
    def box(self) -> Box:
        """What it shows of the world."""
        return Box(
            max(-180.0, longitude(self.left)),
            latitude(min(1.0, self.top + self.height / self.scale)),
            min(180.0, longitude(self.left + self.width / self.scale)),
            latitude(max(0.0, self.top)),
        )

    def x(self, lon: float) -> float:
        return (unit_x(lon) - self.left) * self.scale

    def y(self, lat: float) -> float:
        return (unit_y(lat) - self.top) * self.scale

    def pixels(self, km: float, lat: float) -> float:
        """How many pixels a distance has at a latitude: Mercator draws what lies far from the equator larger."""
        return km / (EQUATOR_KM * math.cos(math.radians(lat))) * self.scale
