"""People's corrections: names that are no place, names that mean a certain place, names that the gazetteer does not know."""

import pytest

from aggregator.model import PlaceRules
from aggregator.places.gazetteer import Gazetteer
from aggregator.places.normalise import name_key
from aggregator.places.rules import same_but_for_endings, unknown
from aggregator.places.tag import PlaceTagger


def keys(pairs: dict[str, str]) -> dict[str, str]:
    return {name_key(name): ident for name, ident in pairs.items()}


def spans(tagger: PlaceTagger, language: str, text: str, rules: PlaceRules) -> list[str]:
    return [f"{m.text}={m.place.id}" for m in tagger.tag("", text, language=language, rules=rules).mentions]


@pytest.mark.parametrize(
    ("language", "name", "text", "wanted"),
    [
        ("en", "Bakhmut", "Shells hit Bakhmut and Kharkiv.", ["Kharkiv=gn706483"]),
        ("en", "Red Sea", "Ships avoid the Red Sea.", []),
        ("en", "Donetsk region", "They left the Donetsk region for Kharkiv.", ["Kharkiv=gn706483"]),
        ("en", "Texas", "He was born in Paris, Texas.", ["Paris=gn2988507"]),
        ("uk", "Бахмут", "Бої біля Бахмута, удар по Харкову.", []),
        ("ar", "رفح", "قصف عنيف على رفح وغزة", ["غزة=gn281133"]),
    ],
)
def test_a_forbidden_name_is_never_tagged(tagger: PlaceTagger, language: str, name: str, text: str, wanted: list[str]) -> None:
    assert spans(tagger, language, text, PlaceRules(forbidden=frozenset((name_key(name),)))) == wanted


@pytest.mark.parametrize(
    ("language", "chosen", "text", "wanted"),
    [
        ("en", {"Paris": "gn4717560"}, "A bomb went off in Paris, France.", "Paris=gn4717560"),
        ("en", {"Andriivka": "fw-andriivka-kharkiv"}, "Fighting in Andriivka, south of Bakhmut.", "Andriivka=fw-andriivka-kharkiv"),
        ("uk", {"Андріївка": "fw-andriivka"}, "Бої за Андріївку біля Харкова.", "Андріївку=fw-andriivka"),
        ("en", {"Moscow": "gn703448"}, "A fire broke out in Moscow.", "Moscow=gn703448"),
        # the text itself says that it is not the city
        ("en", {"Donetsk": "gn713174"}, "They left the Donetsk region.", "Donetsk region=gn709716"),
    ],
)
def test_a_chosen_place_wins(tagger: PlaceTagger, language: str, chosen: dict[str, str], text: str, wanted: str) -> None:
    assert wanted in spans(tagger, language, text, PlaceRules(chosen=keys(chosen)))


@pytest.mark.parametrize(
    ("language", "aliases", "text", "wanted"),
    [
        ("en", {"Toretsk hills": "gn713174"}, "Infantry left the Toretsk Hills at dawn.", ["Toretsk Hills=gn713174"]),
        ("en", {"Zmiiska": "fw-klishchiivka"}, "Zmiiska was shelled; the zmiiska is a snake.", ["Zmiiska=fw-klishchiivka"]),
        ("uk", {"Зміїна балка": "fw-klishchiivka"}, "Бої точаться біля Зміїної Балки.", ["Зміїної Балки=fw-klishchiivka"]),
        ("ar", {"تل الرمل": "gn281102"}, "اشتباكات في تل الرمل مساء أمس", ["تل الرمل=gn281102"]),
        ("ar", {"الرملة": "gn281102"}, "اشتباكات بالرملة مساء أمس", ["الرملة=gn281102"]),
        ("en", {"Nowhere Hill": "gn1"}, "Infantry left Nowhere Hill.", []),
    ],
)
def test_an_alias_is_a_name(tagger: PlaceTagger, language: str, aliases: dict[str, str], text: str, wanted: list[str]) -> None:
    assert spans(tagger, language, text, PlaceRules(aliases=keys(aliases))) == wanted


def test_forbidden_wins_over_the_others(tagger: PlaceTagger) -> None:
    rules = PlaceRules(frozenset(("zmiiska", "bakhmut")), {"bakhmut": "gn703448"}, {"zmiiska": "gn703448"})
    assert spans(tagger, "en", "Shells hit Zmiiska and Bakhmut.", rules) == []


def test_rules_change_between_texts(tagger: PlaceTagger) -> None:
    text = "Shells hit Bakhmut."
    assert spans(tagger, "en", text, PlaceRules(forbidden=frozenset(("bakhmut",)))) == []
    assert spans(tagger, "en", text, PlaceRules(chosen={"bakhmut": "gn703448"})) == ["Bakhmut=gn703448"]
    assert spans(tagger, "en", text, PlaceRules()) == ["Bakhmut=gn713174"]


def test_places_that_the_gazetteer_does_not_have_are_told(gazetteer: Gazetteer) -> None:
    rules = PlaceRules(chosen={"a": "gn1", "b": "gn713174"}, aliases={"c": "fw-gone"})
    assert unknown(gazetteer, rules) == ("fw-gone", "gn1")


@pytest.mark.parametrize(
    ("key", "other", "same"),
    [
        ("зміїною балкою", "зміїна балка", True),
        ("кліщіївці", "кліщіївка", False),  # its consonant changes: a rule of its own
        ("кліщіївки", "кліщіївка", True),
        ("рай", "райгородок", False),
        ("балка", "зміїна балка", False),
    ],
)
def test_same_but_for_endings(key: str, other: str, same: bool) -> None:
    assert same_but_for_endings(key, other) is same
