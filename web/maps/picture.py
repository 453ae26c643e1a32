"""The map as SVG: the page where there is no script, and what stands there until the script has come.

Land and lines are stretched to the width of the page; marks and words have their size in pixels whatever that is, for each stands at a
percentage of the width and height. Marks are links: a cluster's leads to a nearer view, a place's to its stories.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from web.maps import basemap
from web.maps.cluster import Mark, at_zoom
from web.maps.extent import extent_km, is_wide, mark_px
from web.maps.finds import Find, Finds
from web.maps.free import Free
from web.maps.mercator import Box, View
from web.maps.names import Name, within

WIDTH, HEIGHT = 880, 580  # pixels where the page is wide
MARKS = 150  # at most; the list beside the map has the others
LABELS = 30
SHIFTED_FROM = 4.5  # zoom; further out, a name that makes room for a mark would stand in another country
LETTER_PX = {"label": 6.9, "plate": 6.9, "country": 8.4, "settlement": 5.6}
LINE_PX = 13.0
NEARER = 0.3  # of a cluster's box, around it
LEAST_NEARER_DEG = 0.4


@dataclass(frozen=True, slots=True)
class Links:
    """Addresses: of a nearer view, and of a place's stories."""

    box: Callable[[Box], str]
    place: Callable[[str], str]


def mark_box(found: Finds, mark: Mark) -> Box:
    """What to show when a cluster is looked at: all its places."""
    finds = [found.points[number] for number in mark.places]
    lats, lons = [find.lat for find in finds], [find.lon for find in finds]
    return Box(min(lons), min(lats), max(lons), max(lats)).grown(NEARER, LEAST_NEARER_DEG)


def told(found: Finds, mark: Mark) -> str:
    """A mark in words."""
    place = found.points[mark.chief].place
    stories = f"{len(mark.stories)} {'story' if len(mark.stories) == 1 else 'stories'}"
    if len(mark.places) > 1:
        return f"{place.name} and {len(mark.places) - 1} more: {stories}. Look nearer"
    where = ", somewhere within" if is_wide(place) else ", position approximate" if place.approximate else ""
    return f"{place.name}{where}: {stories}"


def picture(view: View, found: Finds, named: Sequence[Name], links: Links, chosen: str | None = None) -> Markup | None:
    """The map of a view; None where the basemap was not fetched."""
    ground = basemap.paths(view)
    if ground is None:
        return None
    seen = view.box
    marks = [mark for mark in at_zoom(found.marks, view.zoom) if _in(found.points[mark.chief], seen)][:MARKS]
    countries = [find for find in found.countries if _in(find, seen)]
    free = Free()
    for mark in marks:
        find, size = found.points[mark.chief], 2 * mark_px(len(mark.stories))
        free.take(view.x(find.lon), view.y(find.lat), size, size, force=True)
    free.take(22, 42, 44, 84, force=True)  # the links to look nearer and further
    plates = [_plate(find, view, links, free) for find in countries]
    labels = [_label(found, mark, view, free) for mark in marks[:LABELS]]
    known = {found.points[mark.chief].place.name for mark in marks} | {find.place.name for find in countries}
    words = [_name(name, view, free) for name in within(named, seen, view.zoom) if name.text not in known]
    rings = [_ring(found.points[mark.chief], view) for mark in marks if len(mark.places) == 1]
    drawn = [_mark(found, mark, view, links, chosen) for mark in reversed(marks)]
    return Markup(
        f'<svg class="map-picture" role="group" aria-label="Map" width="100%" height="100%">'
        f'<svg class="ground" viewBox="0 0 {view.width * basemap.FINENESS} {view.height * basemap.FINENESS}" preserveAspectRatio="none"'
        f' aria-hidden="true"><path class="land" d="{ground.land}"/><path class="border" d="{ground.borders}"/>'
        f'<path class="disputed" d="{ground.disputed}"/></svg>'
        f'<g aria-hidden="true">{"".join(words)}{"".join(rings)}</g>{"".join(plates)}{"".join(drawn)}'
        f'<g aria-hidden="true">{"".join(labels)}</g></svg>'
    )


def _in(find: Find, box: Box) -> bool:
    return box.has(find.lat, find.lon)


def _at(view: View, lat: float, lon: float, dx: float = 0.0, dy: float = 0.0) -> str:
    return f'x="{(view.x(lon) + dx) / view.width:.2%}" y="{(view.y(lat) + dy) / view.height:.2%}"'


def _mark(found: Finds, mark: Mark, view: View, links: Links, chosen: str | None) -> str:
    find = found.points[mark.chief]
    place = find.place
    many = len(mark.places) > 1
    size = mark_px(len(mark.stories))
    kind = "cluster" if many else "within" if is_wide(place) else "approximate" if place.approximate else "exact"
    current = ' aria-current="true"' if place.id == chosen and not many else ""
    address = links.box(mark_box(found, mark)) if many else links.place(place.id)
    number = f"<text>{len(mark.stories)}</text>" if len(mark.stories) > 1 else ""
    halo = f'<circle class="halo" r="{size + 3.5}"/>' if many else ""
    said = escape(told(found, mark))
    return (
        f'<a class="mark {kind}" href="{escape(address)}" aria-label="{said}"{current}><svg {_at(view, find.lat, find.lon)}>'
        f'<title>{said}</title><circle class="target" r="{max(size + 4, 12)}"/>{halo}<circle class="dot" r="{size}"/>{number}</svg></a>'
    )


def _ring(find: Find, view: View) -> str:
    """The circle within which it was, as far as it can be seen; its radius is a part of the picture's (SVG 2, section 8.9)."""
    km = extent_km(find.place)
    radius = view.pixels(km, find.place.lat) if km else 0.0
    if radius < mark_px(len(find.stories)) + 2:
        return ""
    across = ((view.width**2 + view.height**2) / 2) ** 0.5
    at = _at(view, find.lat, find.lon).replace("x=", "cx=").replace("y=", "cy=")
    return f'<circle class="extent" {at} r="{radius / across:.2%}"/>'


def _plate(find: Find, view: View, links: Links, free: Free) -> str:
    """A country as a whole: its name and how many stories, no point."""
    place, number = find.place, str(len(find.stories))
    width = len(place.name) * LETTER_PX["plate"] + len(number) * LETTER_PX["plate"] + 22
    x, y = view.x(place.lon), view.y(place.lat)
    for dy in (0.0, 26.0, -26.0) if view.zoom >= SHIFTED_FROM else (0.0,):
        if free.take(x, y + dy, width, LINE_PX + 8):
            said = escape(f"{place.name} as a whole: {number} {'story' if number == '1' else 'stories'}")
            at = _at(view, place.lat, place.lon, 0, dy)
            return (
                f'<a class="plate" href="{escape(links.place(place.id))}" aria-label="{said}"><svg {at}>'
                f'<title>{said}</title><rect x="{-width / 2:.1f}" y="-11" width="{width:.1f}" height="22" rx="11"/>'
                f'<text>{escape(place.name)} <tspan class="n">{number}</tspan></text></svg></a>'
            )
    return ""


def _label(found: Finds, mark: Mark, view: View, free: Free) -> str:
    """The name of a mark's chief place beside it, where there is room."""
    find = found.points[mark.chief]
    place = find.place
    more = f" +{len(mark.places) - 1}" if len(mark.places) > 1 else ""
    width = (len(place.name) + len(more)) * LETTER_PX["label"]
    away = mark_px(len(mark.stories)) + 7
    x, y = view.x(find.lon), view.y(find.lat)
    for side, anchor in ((1, "start"), (-1, "end")):
        if 0 < x + side * (away + width) < view.width and free.take(x + side * (away + width / 2), y, width, LINE_PX):
            more = f'<tspan class="n">{more}</tspan>' if more else ""
            at = _at(view, find.lat, find.lon)
            return f'<svg class="label" {at}><text x="{side * away:.1f}" text-anchor="{anchor}">{escape(place.name)}{more}</text></svg>'
    return ""


def _name(name: Name, view: View, free: Free) -> str:
    width = len(name.text) * LETTER_PX[name.kind]
    x, y = view.x(name.lon), view.y(name.lat)
    if not (width / 2 < x < view.width - width / 2 and LINE_PX < y < view.height - LINE_PX):
        return ""
    if name.kind == "country":
        if not free.take(x, y, width, LINE_PX):
            return ""
        return f'<svg class="name country" {_at(view, name.lat, name.lon)}><text>{escape(name.text)}</text></svg>'
    if not free.take(x + width / 2 + 4, y, width + 8, LINE_PX):
        return ""
    text = escape(name.text)
    return f'<svg class="name settlement" {_at(view, name.lat, name.lon)}><circle r="1.6"/><text x="5">{text}</text></svg>'
