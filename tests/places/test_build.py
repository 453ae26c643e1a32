"""What the builder does with the rows of its sources: case forms, Ukraine's register, the tables, spellings of Arabic names."""

import pytest

from aggregator.places import tables
from aggregator.places.filing import by_policy, file_under_regions, middles
from aggregator.places.gazetteer import distance_km
from aggregator.places.inflect import Inflector
from aggregator.places.normalise import name_key
from aggregator.places.packages import Settlement
from aggregator.places.register import add_register
from aggregator.places.rows import KINDS, KNOWN, MAIN, PlaceRow

FORMS = [
    ("uk", "Бахмут", "бахмуті"),
    ("uk", "Часів Яр", "часового яру"),
    ("uk", "Часів Яр", "часовому яру"),
    ("uk", "Кривий Ріг", "кривому розі"),
    ("uk", "Велика Новосілка", "великої новосілки"),
    ("uk", "Івано-Франківськ", "івано франківську"),
    ("uk", "Кам'янець-Подільський", "кам'янця подільського"),
    ("uk", "Роботине", "роботиному"),
    ("uk", "Оріхів", "оріхова"),
    ("uk", "Київ", "києва"),
    ("uk", "Харківщина", "харківщині"),
    ("uk", "Харківська область", "харківської області"),
    ("uk", "Суми", "сумах"),
    ("uk", "Чорне море", "чорному морі"),
    ("uk", "Кам’янець-Подільський", "кам'янці подільському"),
    ("uk", "Великий Бурлук", "великому бурлуці"),
    ("uk", "Середина-Буда", "середині буді"),
    ("uk", "Нью-Йорк", "нью йорку"),
    ("ru", "Красное море", "красном море"),
    ("ru", "Красноармейское направление", "красноармейском направлении"),
    ("ru", "Бахмут", "бахмутом"),
    ("ru", "Ростов-на-Дону", "ростове на дону"),
    ("ru", "Эль-Фашир", "эль фашире"),
    ("ru", "Дарфур", "дарфуре"),
    ("ru", "Нижний Новгород", "нижнему новгороду"),
    ("ru", "Великая Новосёлка", "великой новосёлки"),
    ("ru", "Курская область", "курской области"),
    ("ru", "Россия", "россии"),
]


@pytest.fixture(scope="module")
def inflectors() -> dict[str, Inflector]:
    return {language: Inflector(language) for language in ("uk", "ru")}


@pytest.mark.parametrize(("language", "name", "form"), FORMS)
def test_case_forms(inflectors: dict[str, Inflector], language: str, name: str, form: str) -> None:
    assert form in inflectors[language].forms(name)


@pytest.mark.parametrize(
    ("language", "name"), [("uk", "Paris"), ("ru", "Київ"), ("uk", "Объездное"), ("ru", ""), ("uk", "один два три чотири п'ять")]
)
def test_what_is_not_of_the_language_has_no_forms(inflectors: dict[str, Inflector], language: str, name: str) -> None:
    assert inflectors[language].forms(name) == frozenset()


def region() -> PlaceRow:
    row = PlaceRow("gn709716", "Donetsk Oblast", "region", 48.1, 37.8, "UA")
    row.add("Донецька область", KNOWN)
    return row


def city(ident: str, name: str, latin: str, lat: float, lon: float) -> PlaceRow:
    row = PlaceRow(ident, latin, "settlement", lat, lon, "UA", "gn709716", geonames_id=int(ident[2:]), population=5000)
    row.add(latin, MAIN)
    row.add(name, KNOWN)
    return row


REGISTER = [
    Settlement("UA14000000000091971", "Донецька", "O", ()),
    Settlement("UA14020000000013572", "Бахмутський", "P", ("UA14000000000091971",)),
    Settlement("UA14020010000088496", "Бахмутська", "H", ("UA14000000000091971", "UA14020000000013572")),
    Settlement("UA14020010010000001", "Бахмут", "M", ("UA14000000000091971", "UA14020000000013572", "UA14020010000088496")),
    Settlement("UA14020010120064151", "Кліщіївка", "C", ("UA14000000000091971", "UA14020000000013572", "UA14020010000088496")),
]


def test_the_register_adds_what_lacks_at_the_centre_of_its_hromada() -> None:
    oblast, bakhmut = region(), city("gn713174", "Бахмут", "Bakhmut", 48.59, 38.0)
    places = {oblast.id: oblast, bakhmut.id: bakhmut}
    add_register(REGISTER, places, {"UA.05": oblast}, [])
    village = places["fw-klishchiivka-064151"]
    assert (village.name, village.kind, village.country, village.region) == ("Klishchiivka", "settlement", "UA", oblast.id)
    assert (village.lat, village.lon, village.approximate) == (48.59, 38.0, True)
    assert {"Кліщіївка", "Klishchiivka"} <= set(village.names)
    raion = places[str(village.district)]
    assert raion.kind == "district"
    assert "Бахмутський район" in raion.names
    assert bakhmut.district == raion.id


def test_a_direction_means_the_town_that_names_it() -> None:
    oblast, bakhmut = region(), city("gn713174", "Бахмут", "Bakhmut", 48.59, 38.0)
    add_register(REGISTER, {oblast.id: oblast, bakhmut.id: bakhmut}, {"UA.05": oblast}, [])
    assert {"Бахмутський напрямок", "Бахмутский направление", "Бахмутська громада"} & set(bakhmut.names) >= {
        "Бахмутський напрямок",
        "Бахмутська громада",
    }


def test_a_place_of_the_supplement_is_not_doubled() -> None:
    oblast = region()
    bakhmut = city("gn713174", "Бахмут", "Bakhmut", 48.59, 38.0)
    village = PlaceRow("fw-klishchiivka", "Klishchiivka", "settlement", 48.53, 37.96, "UA", oblast.id)
    village.add("Кліщіївка", KNOWN)
    places = {p.id: p for p in (oblast, bakhmut, village)}
    add_register(REGISTER, places, {"UA.05": oblast}, [village])
    assert [p.id for p in places.values() if "Кліщіївка" in p.names] == ["fw-klishchiivka"]
    assert not village.approximate


def test_tables_are_whole() -> None:
    assert len(tables.centres()) > 240
    assert all(-90 <= c.lat <= 90 and -180 <= c.lon <= 180 for c in tables.centres())
    for extra in tables.supplement():
        assert extra.kind in KINDS
        assert -90 <= extra.lat <= 90 and -180 <= extra.lon <= 180
        assert extra.names and all(name_key(name) for name in extra.names), extra.names
    codes = [row.code for row in tables.regions()]
    assert len(codes) == len(set(codes))


def test_distance() -> None:
    assert distance_km((50.45, 30.52), (49.98, 36.25)) == pytest.approx(410, rel=0.01)


def division(ident: str, country: str, kind: str = "region") -> PlaceRow:
    return PlaceRow(ident, ident, kind, 0.0, 0.0, country)


POLICY = [  # point, country, code of the region that the source gives; country, region and district that the policy makes of it
    ((33.27, 35.77), "IL", "IL.03", "SY", "SY.03", None),
    ((33.0, 35.4), "IL", "IL.03", "IL", "IL.03", None),
    ((31.3, 34.25), "PS", "PS.GZ", "PS", "PS.GZ", None),
    ((31.3, 34.61), "PS", "PS.GZ", "PS", "PS.GZ", None),
    ((31.3, 34.25), "PS", "PS.RFH", "PS", "PS.GZ", "PS.RFH"),
    ((32.46, 35.3), "PS", None, "PS", "PS.WE", None),
    ((50.4, 30.5), "UA", None, "UA", None, None),
]


@pytest.mark.parametrize(("at", "country", "code", "filed", "region", "district"), POLICY)
def test_points_are_filed_by_the_policy(
    at: tuple[float, float], country: str, code: str | None, filed: str, region: str | None, district: str | None
) -> None:
    regions = {c: division(c, c[:2]) for c in ("IL.03", "SY.03", "PS.GZ", "PS.WE", "PS.RFH")}
    found = by_policy(at, country, regions[code] if code else None, None, regions)
    assert (found[0], found[1] and found[1].id, found[2] and found[2].id) == (filed, region, district)
    assert regions["PS.GZ"].kind == regions["PS.WE"].kind == "region"
    assert district is None or (regions[district].kind, regions[district].region) == ("district", region)


def settlement(ident: str, lat: float, lon: float, region: str | None = "r1") -> PlaceRow:
    return PlaceRow(ident, ident, "settlement", lat, lon, "UA", region, population=10)


def test_a_crowded_corner_does_not_draw_the_middle_of_a_region() -> None:
    corner = [settlement(f"c{n}", 48.01 + n / 1000, 36.01) for n in range(50)]
    far = [settlement("f1", 48.1, 38.0), settlement("f2", 50.0, 36.1), settlement("f3", 50.0, 38.0)]
    (lat, lon), people = middles([*corner, *far])["r1"]
    assert (lat, lon) == pytest.approx((49.0, 37.0), abs=0.1) and people == 530


def test_a_place_without_region_gets_that_of_its_neighbours() -> None:
    around = [settlement("a", 48.0, 37.0, "r1"), settlement("b", 48.1, 37.0, "r2"), settlement("c", 48.0, 37.1, "r2")]
    near, far = settlement("near", 48.05, 37.05, None), settlement("far", 60.0, 37.0, None)
    places = {p.id: p for p in (*around, near, far)}
    assert file_under_regions(places, [near, far]) == 1
    assert (near.region, far.region) == ("r2", None)
