"""The hand-written tables against the built gazetteer: every row is there, where its region is, and doubles no other place."""

from functools import cache

from aggregator.model import Place
from aggregator.places import tables
from aggregator.places.gazetteer import Gazetteer, distance_km
from aggregator.places.normalise import name_key
from tests.places.test_boundaries import gazetteer

FOUND_KM = 31.0  # rows that the packages have too stand where these have them, SAME_PLACE_KM away at most
# How far from the next settlement of its region a row may lie: farther where few settlements are known, or none live.
REACH_KM = {None: 75.0, "SD": 330.0, "ML": 300.0, "LY": 300.0, "IR": 150.0, "SY": 130.0, "YE": 120.0, "RU": 120.0} | {
    "CD": 180.0,
    "MM": 150.0,
    "SS": 420.0,
    "ET": 150.0,
    "IN": 160.0,
    "AF": 120.0,
    "SO": 130.0,
}
NOBODY_NEAR = {"Jebel Uweinat", "Al-Muthallath", "Galwan", "Pangong", "Dokdo"}  # desert, ice, sea
DOUBLE_KM = 5.0
ROWS = [row for row in tables.supplement() if row.kind in ("settlement", "site") and row.country]


def there(row: tables.Extra) -> Place | None:
    """The place of the gazetteer that a row became."""
    named = (c for c in gazetteer().candidates(name_key(row.names[0])) if c.kind == row.kind)
    near = [(distance_km((row.lat, row.lon), (c.lat, c.lon)), c.row) for c in named]
    distance, place = min(near, default=(FOUND_KM, -1))
    return gazetteer().place(place) if distance < FOUND_KM else None


def test_every_row_is_found_under_its_country_and_region() -> None:
    wrong = []
    for row in ROWS:
        place = there(row)
        region = gazetteer().division(row.region) if row.region else None
        if place is None or place.country != row.country or (region and region.id not in place.path):
            wrong.append((row.names[0], row.region, place and place.path_names))
    assert not wrong


def test_every_name_of_a_row_leads_to_its_place() -> None:
    wrong = []
    for row in ROWS:
        place = there(row)
        for name in row.names:
            key = name_key(name)
            if key and place and all(gazetteer().place(c.row).id != place.id for c in gazetteer().candidates(key)):
                wrong.append((row.names[0], name))
    assert not wrong


def test_every_row_lies_among_the_settlements_of_its_region() -> None:
    wrong = []
    for row in ROWS:
        if row.names[0] in NOBODY_NEAR:
            continue
        reach = REACH_KM.get(row.country, REACH_KM[None])
        region = gazetteer().division(row.region) if row.region else gazetteer().division(row.country or "")
        near = gazetteer().near(row.lat, row.lon, reach, 400, kinds={"settlement"})
        if region is None or not any(region.id in n.place.path and origin(n.place.id) == "geonames" for n in near):
            wrong.append((row.names[0], row.region, row.lat, row.lon))
    assert not wrong


def test_no_row_doubles_a_place_of_its_name() -> None:
    double = []
    for row in ROWS:
        place = there(row)
        if place is None or not place.id.startswith("fw-"):
            continue  # the packages have it
        for candidate in gazetteer().candidates(name_key(row.names[0])):
            other = gazetteer().place(candidate.row)
            same = other.kind == place.kind and other.country == place.country and not other.approximate
            if other.id != place.id and same and distance_km((place.lat, place.lon), (other.lat, other.lon)) < DOUBLE_KM:
                double.append((place.id, other.id))
    assert not double


@cache
def origin(ident: str) -> str:
    return gazetteer().origin(ident)


def test_a_gazetteer_of_the_same_tables_is_tested() -> None:
    """Where this fails the gazetteer is older than the tables: `frontwire gazetteer build`."""
    assert isinstance(gazetteer(), Gazetteer)
    assert sum(there(row) is not None for row in ROWS) == len(ROWS)
