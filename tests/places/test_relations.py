"""Distances and directions from a named place are kept with the mention."""

import pytest

from aggregator.places.tag import PlaceTagger

CASES = [
    ("en", "A depot burned 10 km north-west of Bakhmut.", "Bakhmut", "10 km north-west of"),
    ("en", "Troops dug in south of Chasiv Yar.", "Chasiv Yar", "south of"),
    ("en", "A drone fell about 12 miles from Kharkiv.", "Kharkiv", "about 12 miles from"),
    ("en", "Shells hit Bakhmut on Monday.", "Bakhmut", ""),
    ("en", "He lives in the south. Of Bakhmut he says nothing.", "Bakhmut", ""),
    ("en", "Trains from Kharkiv were late.", "Kharkiv", ""),
    ("uk", "Бої тривають за 5 км на північ від Бахмута.", "Бахмута", "за 5 км на північ від"),
    ("uk", "Ворог просунувся південніше Часового Яру.", "Часового Яру", "південніше"),
    ("ru", "Колонна стоит в 10 километрах к северу от Бахмута.", "Бахмута", "в 10 километрах к северу от"),
    ("ru", "Бои идут западнее Часова Яра.", "Часова Яра", "западнее"),
    ("ar", "انفجار على بعد 10 كيلومترات شمال رفح", "رفح", "على بعد 10 كيلومترات شمال"),
    ("de", "Ein Lager brannte 10 Kilometer nordwestlich von Bakhmut.", "Bakhmut", "10 Kilometer nordwestlich von"),
    ("de", "Kämpfe östlich von Bakhmut", "Bakhmut", "östlich von"),
    ("fr", "Un dépôt a brûlé à 10 km au nord de Bakhmut.", "Bakhmut", "à 10 km au nord de"),
    ("fr", "Un dépôt a brûlé au nord-ouest de Bakhmut.", "Bakhmut", "au nord-ouest de"),
    ("es", "Combates a 10 kilómetros al norte de Bakhmut", "Bakhmut", "a 10 kilómetros al norte de"),
    ("tr", "Ankara'nın 10 km kuzeyinde patlama oldu.", "Ankara", "10 km kuzeyinde"),
]


@pytest.mark.parametrize(("language", "text", "name", "wanted"), CASES)
def test_relation(tagger: PlaceTagger, language: str, text: str, name: str, wanted: str) -> None:
    mention = next(m for m in tagger.tag("", text, language=language).mentions if m.text == name)
    assert mention.relation == wanted
    assert mention.approximate is (bool(wanted) or mention.place.approximate)
