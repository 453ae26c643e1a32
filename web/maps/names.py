"""Names that say where one is: countries and large towns, as many at each zoom as have room."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from aggregator.places.candidates import Candidate
from aggregator.places.gazetteer import Gazetteer
from web.maps.free import Free
from web.maps.mercator import TILE, Box, unit_x, unit_y

LEAST_PEOPLE = {"country": 200_000, "settlement": 75_000}
ZOOMS = {"country": range(2, 6), "settlement": range(5, 9)}
LETTER_PX = 8.6  # of a country's name, which is spaced out
TOWN_PX = 96.0  # of a town's, whatever it is called: names are looked up for those alone that have room
GAP_PX = (22.0, 28.0)
CELL_PX = 24.0
# Countries by area, the largest first (ISO 3166-1 alpha-2): where little fits, what is large on the map is named. Others come after them.
_BY_AREA = """
RU CA CN US BR AU IN AR KZ DZ CD SA MX ID SD LY IR MN PE TD NE AO ML ZA CO ET BO MR EG TZ NG VE NA MZ PK TR CL ZM MM AF SO CF UA SS MG KE
BW FR YE TH ES TM CM PG SE UZ IQ MA PY ZW NO JP DE CG FI VN MY CI PL OM IT PH BF EC NZ GA EH GN GB UG GH RO LA GY BY KG SN SY KH UY SR TN
BD NP TJ GR NI ER KP MW BJ HN LR BG CU GT IS KR HU PT JO RS AZ AT AE CZ PA SL IE GE LK LT LV TG HR BA CR SK DO BT EE DK NL CH GW TW MD BE
AM AL HT BI RW MK SB GQ DJ BZ IL SI FJ KW SZ TL ME VU QA JM LB XK CY PS
"""
AREA_RANK = {code: rank for rank, code in enumerate(_BY_AREA.split())}


@dataclass(frozen=True, slots=True)
class Name:
    """A name that is shown from a zoom on; ``kind``: country or settlement."""

    text: str
    kind: str
    lat: float
    lon: float
    first: int


def names(gazetteer: Gazetteer) -> tuple[Name, ...]:
    """The names of all zooms, those that come first first. Takes half a second: call it once a process."""
    out = []
    for kind, least in LEAST_PEOPLE.items():
        found = gazetteer.populous(kind, least)
        if kind == "country":
            found = tuple(sorted(found, key=lambda c: AREA_RANK.get(gazetteer.place(c.row).country or "", len(AREA_RANK))))
        widths = [len(gazetteer.name(c.row)) * LETTER_PX if kind == "country" else TOWN_PX for c in found]
        out += [Name(gazetteer.name(c.row), kind, c.lat, c.lon, first) for c, first in spaced(found, widths, ZOOMS[kind])]
    return tuple(sorted(out, key=lambda name: (name.first, name.kind)))


def spaced(found: Sequence[Candidate], widths: Sequence[float], zooms: range) -> Iterator[tuple[Candidate, int]]:
    """Those that have room, with the zoom from which on they do; the first of the list go first. ``widths`` in pixels."""
    chosen: list[int] = []
    left = list(range(len(found)))
    for zoom in zooms:
        free = Free(CELL_PX)
        size = TILE * 2.0**zoom

        def room(number: int, free: Free = free, size: float = size) -> bool:
            x, y = unit_x(found[number].lon) * size, unit_y(found[number].lat) * size
            return free.take(x, y, widths[number] + GAP_PX[0], GAP_PX[1])

        for number in chosen:
            room(number)
        rest: list[int] = []
        for number in left:
            if room(number):
                chosen.append(number)
                yield found[number], zoom
            else:
                rest.append(number)
        left = rest


def within(found: Sequence[Name], box: Box, zoom: float) -> tuple[Name, ...]:
    """The names of a view; countries give way to towns further in."""
    level = round(zoom)
    return tuple(name for name in found if name.first <= level and box.has(name.lat, name.lon))
