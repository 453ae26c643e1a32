"""A tiny gazetteer, written by the real writer from rows that stand here: tests of places need no package."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from aggregator.places.gazetteer import Gazetteer
from aggregator.places.rows import BENT, KNOWN, MAIN, PlaceRow
from aggregator.places.tag import PlaceTagger
from aggregator.places.write import write

# id, name, kind, lat, lon, country, region, people, further names (a leading "~": a case form)
TABLE = """
gn690791|Ukraine|country|49|32|UA||40000000|Україна,~України,~Україні,Украина,~Украины,أوكرانيا,אוקראינה
gn2017370|Russia|country|60|100|RU||144000000|Россия,~России,Росія,روسيا,Russland
gn6252001|United States|country|39.8|-98.5|US||320000000|US,U.S.,America,США
gn3017382|France|country|46|2|FR||66000000|Frankreich
gn6254930|Palestine|country|31.9|35.2|PS||4500000|فلسطين
gn366755|Sudan|country|16|30|SD||41000000|السودان,Судан
gn248816|Jordan|country|31|36|JO||10000000|الأردن
gn2635167|United Kingdom|country|54.8|-2.7|GB||66000000|UK,Britain
gn298795|Turkey|country|39|35|TR||82000000|Türkiye
gn294640|Israel|country|31.5|34.8|IL||9000000|ישראל,إسرائيل
gn709716|Donetsk Oblast|region|48.1|37.8|UA||4000000|Donetsk,~Донецької області,~Донецкой области
gn706482|Kharkiv Oblast|region|49.5|36.5|UA||2600000|Kharkiv,Харківщина,~Харківщині
gn4736286|Texas|region|31.2|-99.2|US||22000000|
gn281132|Gaza Strip|region|31.4|34.4|PS||1200000|قطاع غزة,Gaza
gn4197000|Georgia|region|32.8|-83.5|US||4800000|
gn408666|North Darfur|region|16|25.5|SD||390000|شمال دارفور
gn713174|Bakhmut|settlement|48.59|38.0|UA|gn709716|80500|Artemovsk,Бахмут,~Бахмута,~Бахмуті,~Бахмутом,Бахмут,باخموت
gn710915|Chasiv Yar|settlement|48.59|37.83|UA|gn709716|12250|Часів Яр,~Часового Яру,~Часовому Яру,Часов Яр,~Часова Яра
fw-klishchiivka|Klishchiivka|settlement|48.53|37.96|UA|gn709716|400|Кліщіївка,~Кліщіївки,Клещеевка,~Клещеевки
fw-andriivka|Andriivka|settlement|48.5|37.97|UA|gn709716|300|Андріївка
fw-andriivka-kharkiv|Andriivka|settlement|49.5|36.6|UA|gn706482|9000|Андріївка
gn706483|Kharkiv|settlement|49.98|36.25|UA|gn706482|1421125|Харків,~Харкова,~Харкові,Харьков,~Харькове
gn703448|Kyiv|settlement|50.45|30.52|UA||2952301|Kiev,Київ,~Києва,Киев
gn524901|Moscow|settlement|55.75|37.62|RU||10381222|Москва,~Москвы,~Москві,Moskau
gn2988507|Paris|settlement|48.85|2.35|FR||2138551|باريس
gn4717560|Paris|settlement|33.66|-95.55|US|gn4736286|24782|
gn281133|Gaza|settlement|31.5|34.47|PS|gn281132|410000|Gaza City,غزة,עזה
gn281102|Rafah|settlement|31.3|34.24|PS|gn281132|126305|رفح,רפיח,Рафах
gn379555|El Fasher|settlement|13.63|25.35|SD|gn408666|260000|Al Fashir,الفاشر,Эль-Фашер,~Эль-Фашере
gn365137|Omdurman|settlement|15.65|32.48|SD||1849659|أم درمان
gn2643743|London|settlement|51.5|-0.13|GB||8961989|
gn4140963|Washington|settlement|38.9|-77.04|US||689545|
gn4671654|Austin|settlement|30.27|-97.74|US|gn4736286|931830|
gn323786|Ankara|settlement|39.92|32.85|TR||3517182|
fw-donbas|Donbas|area|48.3|38.2|UA||3000000|Донбас,~Донбасу,Донбасс
fw-red-sea|Red Sea|water|20|38.5|||900000|البحر الأحمر
"""


def rows() -> list[PlaceRow]:
    out = []
    for line in TABLE.strip().splitlines():
        ident, name, kind, lat, lon, country, region, people, others = line.split("|")
        geonames_id = int(ident[2:]) if ident.startswith("gn") else None
        row = PlaceRow(ident, name, kind, float(lat), float(lon), country or None, region or None, None, geonames_id, int(people))
        row.capital = name in ("Kyiv", "Moscow", "London", "Washington", "Ankara") or ident == "gn2988507"
        row.approximate = ident == "fw-klishchiivka"
        row.add(name, MAIN)
        for other in filter(None, others.split(",")):
            row.add(other.lstrip("~"), BENT if other.startswith("~") else KNOWN)
        out.append(row)
    return out


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("places") / "gazetteer"
    write(path, rows(), [{"name": "rows of the tests", "version": "1"}], datetime(2025, 1, 1, tzinfo=UTC), lambda step, done, of: None)
    return path


@pytest.fixture(scope="session")
def gazetteer(folder: Path) -> Gazetteer:
    return Gazetteer.open(folder)


@pytest.fixture(scope="session")
def tagger(gazetteer: Gazetteer) -> PlaceTagger:
    return PlaceTagger(gazetteer)
