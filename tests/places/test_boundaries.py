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
