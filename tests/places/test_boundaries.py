"""The built gazetteer files disputed areas as docs/boundaries.md says."""

from functools import cache
from pathlib import Path

import pytest

from aggregator.errors import GazetteerError
from aggregator.places.gazetteer import Gazetteer

FOLDER = Path(__file__).resolve().parent.parent.parent / "build" / "gazetteer"

# name, country it has to have, and an entry of its path (by its English name) or None
POLICY = [
    ("Simferopol", "UA", "Crimea"),
    ("Sevastopol", "UA", "Sevastopol City"),
    ("Crimea", "UA", "Ukraine"),
    ("Makiivka", "UA", "Donetsk Oblast"),
    ("Melitopol", "UA", "Zaporizhzhia Oblast"),
    ("Khan Younis", "PS", "Gaza Strip"),
    ("Gaza City", "PS", "Gaza Strip"),
    ("Ramallah", "PS", "West Bank"),
    ("Jenin", "PS", "West Bank"),
    ("East Jerusalem", "PS", "West Bank"),
    ("Golan Heights", "SY", "Quneitra Governorate"),
    ("Majdal Shams", "SY", "Quneitra Governorate"),
    ("Katzrin", "SY", "Quneitra Governorate"),
    ("Kiryat Shmona", "IL", "Northern District"),
    ("Tiberias", "IL", "Northern District"),
    ("Kashmir", None, None),
    ("Muzaffarabad", "PK", "Azad Kashmir"),
    ("Srinagar", "IN", "Jammu and Kashmir"),
    ("Laayoune", "EH", "Western Sahara"),
    ("Pristina", "XK", "Kosovo"),
    ("Taipei", "TW", "Taiwan"),
    ("Hargeisa", "SO", "Somalia"),
    ("Somaliland", "SO", "Somalia"),
    ("Stepanakert", "AZ", "Azerbaijan"),
    ("Nagorno-Karabakh", "AZ", "Azerbaijan"),
    ("Tiraspol", "MD", "Moldova"),
    ("Transnistria", "MD", "Moldova"),
    ("Sukhumi", "GE", "Abkhazia"),
    ("Tskhinvali", "GE", "Georgia"),
    ("South Ossetia", "GE", "Georgia"),
    ("South China Sea", None, None),
]


@cache
def gazetteer() -> Gazetteer:
    try:
        return Gazetteer.open(FOLDER)
    except GazetteerError as error:
        pytest.fail(f"This test needs the built gazetteer (`make setup`): {error}")


@pytest.mark.parametrize(("name", "country", "above"), POLICY)
def test_policy(name: str, country: str | None, above: str | None) -> None:
    place = gazetteer().find(name)[0]
    assert place.country == country, place
    assert above is None or above in place.path_names, place


@pytest.mark.parametrize(
    ("name", "ident"),
    [
        ("Kiev", "gn703448"),
        ("Voroshilovgrad", "gn702658"),
        ("Hodeidah", "gn79415"),
        ("Vinnitsa", "gn689558"),
        ("Bilhorod-Dnistrovskyi", "gn712160"),
        ("Novorossiya", "fw-novorossiya"),
        ("Strait of Gibraltar", "fw-strait-of-gibraltar"),
        ("Rakhine", "gn1298852"),
        ("Klishchiivka", "fw-klishchiivka"),
        ("Artemivsk", "gn713174"),
        ("Донбасі", "fw-donbas"),
        ("Харківщини", "gn706482"),
        ("الفاشر", "gn379555"),
        ("Darfur", "fw-darfur"),
    ],
)
def test_names_of_the_fronts(name: str, ident: str) -> None:
    assert gazetteer().find(name)[0].id == ident


def test_it_was_built_by_the_rules_in_force() -> None:
    """Where this fails, how names become keys has changed since: `frontwire gazetteer build`."""
    assert gazetteer().fits


def test_every_source_is_named_with_its_licence() -> None:
    sources = gazetteer().manifest["sources"]
    assert isinstance(sources, list)
    assert all(source["name"] and source["version"] and source["about"] and source["licence"] for source in sources)
    assert any("GeoNames" in source.get("credit", "") and "CC BY 4.0" in source["credit"] for source in sources)
    assert gazetteer().origin("gn713174") in {source["key"] for source in sources}


def test_former_names_are_told_from_those_in_use() -> None:
    notes = {name.text: name.note for name in gazetteer().names("gn713174")}
    assert notes["Artemivsk"] == "former" and notes["Бахмут"] == ""


@pytest.mark.parametrize(
    ("form", "ident"),
    [
        ("Часового Яру", "gn710915"),
        ("Чорному морі", "fw-black-sea"),
        ("Великому Бурлуці", "gn690193"),
        ("Красноармейском направлении", "gn704422"),
        ("Суджі", "gn486816"),
        ("Мирнограді", "gn710035"),
        ("Слов'янську", "gn693468"),
    ],
)
def test_case_forms_lead_to_the_place_that_news_means(form: str, ident: str) -> None:
    assert gazetteer().find(form)[0].id == ident


@pytest.mark.parametrize(
    "name", ["Kupiansk", "Izium", "Sloviansk", "Zaporizhzhia", "Mykolaiv", "Avdiivka", "Kharkiv", "Simferopol", "Dzhankoy"]
)
def test_ukrainian_places_are_shown_in_the_spelling_of_the_news(name: str) -> None:
    assert gazetteer().find(name)[0].name == name
