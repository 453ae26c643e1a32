"""The registry: what is in it, how names are found, and what a wrong file is told."""

import time
from pathlib import Path

import pytest

from aggregator.errors import NotFoundError, SettingsError
from aggregator.sources.registry import fold, load, load_from, taxonomy

REGISTRY = load()

WHOLE_NAMES = [
    ("Russia's Defence Ministry", "ru-mod"),
    ("the Russian Ministry of Defense", "ru-mod"),
    ("Міноборони РФ", "ru-mod"),
    ("Генеральному штабі ЗСУ", "ua-general-staff"),
    ("Минобороны Великобритании", "uk-mod"),
    ("British Ministry of Defence", "uk-mod"),
    ("U.S.", "us-government"),
    ("وزارة الصحة في غزة", "ps-gaza-health"),
    ("l'ONU", "un"),
    ("isw", "isw"),
    ("the Taliban's Ministry of Defense", "af-mod"),
    ("ministère afghan de la Défense", "af-mod"),
    ("Пешмерга", "iq-peshmerga"),
    ("Dışişleri Bakanlığı", "tr-mfa"),
    ("a shopkeeper", None),
    ("", None),
]


@pytest.mark.parametrize(("name", "ident"), WHOLE_NAMES)
def test_find(name: str, ident: str | None) -> None:
    found = REGISTRY.find(name)
    assert (found.id if found else None) == ident


IN_PHRASES = [
    ("Kremlin spokesman Dmitry Peskov", "ru-kremlin-spokesman"),
    ("The Institute for the Study of War (ISW)", "isw"),
    ("основателя ЧВК «Вагнер» Евгения Пригожина", "ru-prigozhin"),
    ("وكالة وفا", "wafa"),
    ('בצה"ל', "il-idf"),
    ("ובחמאס", "hamas"),
    ("HAMAS'ın", "hamas"),
    ("NATO'dan", "nato"),
    ("local officials in Kyiv", None),  # a capital speaks for its government only where it stands alone
    ("Kyiv", "ua-government"),
    ("Mısır Dışişleri Bakanlığı", None),  # of Egypt: without a country it is Turkey's, but only where it stands alone
    ("Anna Katz", None),  # another person with the surname of a known one
    ("Defence Minister Katz", "il-katz"),
    ("a shot", None),
]


@pytest.mark.parametrize(("phrase", "ident"), IN_PHRASES)
def test_search(phrase: str, ident: str | None) -> None:
    found = REGISTRY.search(phrase)
    assert (found.source.id if found else None) == ident


def test_one_spelling() -> None:
    assert fold("ایران") == fold("ايران")  # typed on a Persian and on an Arabic keyboard
    assert fold("Sana'a") == fold("Sanaa")
    assert fold("Erdoğan'ın") == fold("Erdoğan")
    assert fold("O'Neill") == fold("ONeill")


def test_what_is_in_it() -> None:
    assert len(REGISTRY.sources) >= 150
    assert all(source.basis and source.name for source in REGISTRY.sources)
    countries = {source.country for source in REGISTRY.sources}
    assert {"UA", "RU", "IL", "PS", "LB", "IR", "SD", "SY", "YE", "CD", "MM", "ML", "AF", "PK", "IQ", "TR"} <= countries
    for source in REGISTRY.sources:
        assert REGISTRY.get(source.id) is source
        assert REGISTRY.find(source.name) is source


def test_no_two_sources_share_a_name() -> None:
    shared = {key: names for key, names in REGISTRY.names.items() if len({name.source.id for name in names}) > 1}
    assert not shared


def test_loading_is_quick() -> None:
    start = time.process_time()
    load()
    assert time.process_time() - start < 1.0  # 0.1 s where nothing else runs


def test_an_unknown_id() -> None:
    with pytest.raises(NotFoundError, match="There is no source 'nobody'"):
        REGISTRY.get("nobody")


GOOD = "{id: a-b, name: A B, kind: ngo, basis: invented"
WRONG = [
    ("sources: [", "is not YAML"),
    ("nothing: 1", "needs a list `sources`"),
    ("sources: [text]", "a source is a mapping"),
    (f"sources: [{GOOD}, colour: red}}]", "unknown field 'colour'"),
    ("sources: [{id: a-b, name: A B, kind: ngo}]", "the field 'basis' is missing"),
    (f"sources: [{GOOD.replace('a-b', 'A B')}}}]", "an id has lower-case letters"),
    (f"sources: [{GOOD.replace('ngo', 'club')}}}]", "kind 'club' is not in the taxonomy"),
    (f"sources: [{GOOD}, side: good}}]", "side 'good' is not in the taxonomy"),
    (f"sources: [{GOOD}, channels: [pigeon]}}]", "channel 'pigeon' is not in the taxonomy"),
    (f"sources: [{GOOD}, country: Norway}}]", "no ISO 3166-1 alpha-2 code"),
    (f"sources: [{GOOD}, verified: perhaps}}]", "verified is yes or no"),
    (f"sources: [{GOOD}, aliases: [x]}}]", "maps a language to a list"),
    (f"sources: [{GOOD}, aliases: {{en: [no]}}}}]", "must be a list of names"),
    (f"sources: [{GOOD}}}, {GOOD}}}]", "ids that occur twice: a-b"),
    (f"sources: [{GOOD}, organisation: c-d}}]", "'c-d' is no id"),
]


@pytest.mark.parametrize(("text", "message"), WRONG)
def test_a_wrong_file_is_told_what_is_wrong(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "wrong.yaml").write_text(text)
    with pytest.raises(SettingsError, match=message.replace("(", r"\(")):
        load_from(tmp_path)


def test_an_empty_folder(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no YAML files"):
        load_from(tmp_path)


@pytest.mark.parametrize(
    ("one", "other"), [("Defense", "defence"), ("штабі", "штаб"), ("Ёлкин", "Елкина"), ("الجيش", "جيش"), ("Britain's", "British")]
)
def test_fold(one: str, other: str) -> None:
    assert fold(one) == fold(other)


def test_the_taxonomy_is_documented() -> None:
    text = (Path(__file__).parents[2] / "docs" / "taxonomy.md").read_text()
    missing = [value for values in taxonomy().values() for value in values if f"`{value}`" not in text]
    assert not missing
