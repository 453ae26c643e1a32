"""Marks for places at every zoom: those that would lie on each other become one, which says how many stories it stands for.

From the nearest zoom outward, the mark with most stories takes in all within RADIUS_PX of it (the greedy way of Agafonkin's supercluster),
so that what is one mark at a zoom is one mark at every zoom further out. A cluster stands at its chief place, not between its places,
where nothing happened. Stories are counted once, however many of the places they name.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from operator import attrgetter

from web.maps.mercator import TILE, unit_x, unit_y

RADIUS_PX = 38.0
STRIDE = 1 << 20  # between two columns of cells: more than there are rows
AROUND = tuple(column * STRIDE + row for column in (-1, 0, 1) for row in (-1, 0, 1))
RANK = attrgetter("rank")
ZOOMS = range(1, 10)  # at which marks are merged; beyond the last of them every place stands by itself


@dataclass(frozen=True, slots=True)
class Spot:
    """What clustering needs of a place. ``wide``: somewhere within a region or the like, not at a point."""

    lat: float
    lon: float
    stories: frozenset[int]
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark that is shown at the zooms ``first`` to ``last``: its chief place and all its places, as numbers of spots, chief first."""

    first: int
    last: int
    places: tuple[int, ...]
    stories: frozenset[int]

    @property
    def chief(self) -> int:
        return self.places[0]


@dataclass(slots=True)
class _Node:
    """A mark in the making. ``rank`` says which takes in which: places before wide ones, more stories first, then the first of the list."""

    x: float
    y: float
    places: tuple[int, ...]
    stories: frozenset[int]
    wide: bool
    last: int
    rank: tuple[bool, int, int] = field(init=False)
    free: bool = True
    cell: int = 0

    def __post_init__(self) -> None:
        self.rank = self.wide, -len(self.stories), self.places[0]


def marks(spots: Sequence[Spot], radius_px: float = RADIUS_PX, zooms: range = ZOOMS) -> tuple[Mark, ...]:
    """The marks of all zooms from ``zooms.start`` on; at each zoom every spot is in exactly one."""
    nodes = [_Node(unit_x(s.lon), unit_y(s.lat), (n,), s.stories, s.wide, zooms.stop) for n, s in enumerate(spots)]
    out: list[Mark] = []
    for zoom in reversed(zooms):
        merged: list[_Node] = []
        for group in _groups(nodes, radius_px / (TILE * 2.0**zoom)):
            if len(group) == 1:
                merged.append(group[0])
                continue
            out.extend(_mark(node, zoom + 1) for node in group if node.last > zoom)
            chief = group[0]
            places = tuple(place for node in group for place in node.places)
            merged.append(_Node(chief.x, chief.y, places, chief.stories.union(*(n.stories for n in group)), chief.wide, zoom))
        nodes = merged
    out.extend(_mark(node, zooms.start) for node in nodes)
    return tuple(sorted(out, key=lambda mark: (mark.first, -len(mark.stories), mark.places)))


def at_zoom(found: Sequence[Mark], zoom: float) -> tuple[Mark, ...]:
    """The marks of the nearest zoom, those with most stories first."""
    level = max(ZOOMS.start, min(ZOOMS.stop, round(zoom)))
    return tuple(mark for mark in sorted(found, key=lambda mark: -len(mark.stories)) if mark.first <= level <= mark.last)


def _mark(node: _Node, first: int) -> Mark:
    return Mark(first, node.last, node.places, node.stories)


def _groups(nodes: Sequence[_Node], radius: float) -> Iterator[list[_Node]]:
    """The nodes in groups: the first takes in all that are near it and in no group yet."""
    cells: dict[int, list[_Node]] = {}
    for node in nodes:
        node.free = True
        node.cell = int(node.x / radius) * STRIDE + int(node.y / radius)
        cells.setdefault(node.cell, []).append(node)
    for node in sorted(nodes, key=RANK):
        if not node.free:
            continue
        node.free = False
        group = [node]
        for step in AROUND:
            for other in cells.get(node.cell + step, ()):
                if other.free and (other.x - node.x) ** 2 + (other.y - node.y) ** 2 <= radius**2:
                    other.free = False
                    group.append(other)
        group[1:] = sorted(group[1:], key=RANK)
        yield group
