"""Small maps beside stories, articles and places: where it was, with what lies around it; made here, no script, no request to anybody."""

from collections.abc import Sequence
from functools import lru_cache

from markupsafe import Markup, escape

from aggregator.model import Place
from web.maps import basemap
from web.maps.extent import extent_km, is_country, is_wide
from web.maps.free import Free
from web.maps.mercator import Box, View
from web.maps.names import Name, within

WIDTH, HEIGHT = 300, 190  # of the view box
LEAST_SPAN_DEG = {"country": 14.0, "region": 6.0, "area": 7.0, "water": 9.0}
SPAN_DEG = 4.0  # of latitude shown around a single settlement, at least
MARGIN = 0.3  # of the places' box, on each side
KM_A_BAR = (1000, 500, 200, 100, 50, 20, 10)
LETTER_PX = {"here": 6.4, "there": 5.6, "capitals": 9.5, "country": 8.2, "settlement": 5.2}
LINE_PX = 12.0
DOT_PX = {"here": 4.5, "there": 3.0}
LEAST_RING_PX = 8.0
NEARER_NAMES = 0.8  # zooms further in than the view is, so that a small map has some names, too


def locator(places: Sequence[Place], named: Sequence[Name] = ()) -> Markup | None:
    """A map of the places, the first of them emphasised; None where the basemap was not fetched."""
    if not places:
        return None
    view = _view(places)
    around = tuple(name for name in within(named, view.box, view.zoom + NEARER_NAMES))
    return _drawn(tuple(places), view, around)


@lru_cache(maxsize=256)
def _drawn(places: tuple[Place, ...], view: View, named: tuple[Name, ...]) -> Markup | None:
    ground = basemap.paths(view)
    if ground is None:
        return None
    free = Free()
    for place in places:
        free.take(view.x(place.lon), view.y(place.lat), 9, 9, force=True)
    free.take(40, HEIGHT - 14, 70, 20, force=True)  # the scale
    labels = [_label(place, view, "there" if number else "here", free) for number, place in enumerate(places)]
    said = {place.name for place in places}
    words = [_name(name, view, free) for name in named if name.text not in said]
    rings = [_ring(place, view) for place in places]
    dots = [_dot(place, view, "there" if number else "here") for number, place in enumerate(places)]
    told = escape("Map: " + ", ".join(place.name for place in places))
    return Markup(
        f'<svg class="locator" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{told}">'
        f'<g transform="scale({1 / basemap.FINENESS})"><path class="land" d="{ground.land}"/><path class="border" d="{ground.borders}"/>'
        f'<path class="disputed" d="{ground.disputed}"/></g>{"".join(words)}{"".join(rings)}{"".join(reversed(dots))}{"".join(labels)}'
        f"{_scale(view)}</svg>"
    )


def _view(places: Sequence[Place]) -> View:
    lats, lons = [place.lat for place in places], [place.lon for place in places]
    least = max(LEAST_SPAN_DEG.get(place.kind, SPAN_DEG) for place in places)
    return View.around(Box(min(lons), min(lats), max(lons), max(lats)).grown(MARGIN, least), WIDTH, HEIGHT)


def _dot(place: Place, view: View, kind: str) -> str:
    """A dot where it was; for a stretch of land a hollow one, and for a country none: its name says it."""
    if is_country(place):
        return ""
    hollow = " wide" if is_wide(place) else ""
    return f'<circle class="{kind}{hollow}" cx="{view.x(place.lon):.1f}" cy="{view.y(place.lat):.1f}" r="{DOT_PX[kind]}"/>'


def _ring(place: Place, view: View) -> str:
    """The circle within which it was, to scale, but no smaller than can be seen."""
    km = extent_km(place)
    if km is None:
        return ""
    radius = max(view.pixels(km, place.lat), LEAST_RING_PX)
    return f'<circle class="about" cx="{view.x(place.lon):.1f}" cy="{view.y(place.lat):.1f}" r="{radius:.1f}"/>'


def _label(place: Place, view: View, kind: str, free: Free) -> str:
    """The name beside the dot, on the side where there is room; a country's stands where its dot would."""
    x, y, width = view.x(place.lon), view.y(place.lat), len(place.name) * LETTER_PX[kind]
    if is_country(place):
        free.take(x, y, len(place.name) * LETTER_PX["capitals"], LINE_PX, force=True)
        return f'<text class="{kind} country" x="{x:.1f}" y="{y + 4:.1f}" text-anchor="middle">{escape(place.name)}</text>'
    for side, anchor in ((1, "start"), (-1, "end")):
        if 0 < x + side * (8 + width) < WIDTH and free.take(x + side * (8 + width / 2), y, width, LINE_PX):
            return f'<text class="{kind}" x="{x + side * 8:.1f}" y="{y + 4:.1f}" text-anchor="{anchor}">{escape(place.name)}</text>'
    return ""


def _name(name: Name, view: View, free: Free) -> str:
    """A country's name in its middle, a town's beside a little dot."""
    x, y, width = view.x(name.lon), view.y(name.lat), len(name.text) * LETTER_PX[name.kind]
    town = name.kind == "settlement"
    middle = x + 4 + width / 2 if town else x
    if not (width / 2 < middle < WIDTH - width / 2 and LINE_PX < y < HEIGHT - LINE_PX) or not free.take(middle, y, width + 6, LINE_PX):
        return ""
    if town:
        dot = f'<circle class="name" cx="{x:.1f}" cy="{y:.1f}" r="1.4"/>'
        return f'{dot}<text class="name settlement" x="{x + 4:.1f}" y="{y + 3:.1f}">{escape(name.text)}</text>'
    return f'<text class="name country" x="{x:.1f}" y="{y + 3:.1f}" text-anchor="middle">{escape(name.text)}</text>'


def _scale(view: View) -> str:
    """A bar of a round number of kilometres, about a quarter of the width, true at the middle of the view."""
    box = view.box
    a_km = view.pixels(1.0, (box.north + box.south) / 2)
    km = next((km for km in KM_A_BAR if km * a_km <= WIDTH / 3.2), KM_A_BAR[-1])
    y = HEIGHT - 10
    return f'<path class="scale" d="M10 {y}h{km * a_km:.1f}"/><text class="scale" x="10" y="{y - 5}">{km} km</text>'
