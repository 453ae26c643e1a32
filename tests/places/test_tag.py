"""Tagging with the tiny gazetteer: what is found, what is not, what it means and what part it plays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.model import Span
from aggregator.places.gazetteer import Gazetteer
from aggregator.places.tag import PlaceTagger

# language, text, wanted (words of the text and place id, in order)
FOUND = [
    ("en", "Shells hit Bakhmut on Monday.", ["Bakhmut=gn713174"]),
    ("en", "Troops advanced near Klishchiivka, south of Bakhmut.", ["Klishchiivka=fw-klishchiivka", "Bakhmut=gn713174"]),
    ("en", "They left the Donetsk region for Kharkiv.", ["Donetsk region=gn709716", "Kharkiv=gn706483"]),
    ("en", "He was born in Paris, Texas, in 1950.", ["Paris=gn4717560", "Texas=gn4736286"]),
    ("en", "He was born in Paris in 1950.", ["Paris=gn2988507"]),
    ("en", "Chasiv Yar's market burned.", ["Chasiv Yar=gn710915"]),
    ("en", "The U.S. and Britain agreed.", ["U.S.=gn6252001", "Britain=gn2635167"]),
    ("en", "Fighting in Artemovsk went on.", ["Artemovsk=gn713174"]),
    ("en", "Ships avoid the Red Sea.", ["Red Sea=fw-red-sea"]),
    ("en", "Shelling went on in El-Fasher and in Omdurman.", ["El-Fasher=gn379555", "Omdurman=gn365137"]),
    ("uk", "Бої точаться в Часовому Яру та біля Кліщіївки.", ["Часовому Яру=gn710915", "Кліщіївки=fw-klishchiivka"]),
    ("uk", "Ворог обстріляв Бахмут, повідомили в області.", ["Бахмут=gn713174"]),
    ("uk", "На Харківщині поранено двох людей.", ["Харківщині=gn706482"]),
    ("uk", "Жителів Донецької області вивозять до Харкова.", ["Донецької області=gn709716", "Харкова=gn706483"]),
    ("ru", "В Эль-Фашере идут бои.", ["Эль-Фашере=gn379555"]),
    ("ru", "Военные отошли из Часова Яра.", ["Часова Яра=gn710915"]),
    ("ar", "قصف عنيف على رفح وغزة", ["رفح=gn281102", "غزة=gn281133"]),
    ("ar", "اشتباكات بالفاشر مساء أمس", ["الفاشر=gn379555"]),
    ("ar", "وصلت القافلة إلى أم درمان", ["أم درمان=gn365137"]),
    ("he", "הכוחות פעלו ברפיח הלילה", ["רפיח=gn281102"]),
    ("de", "Die Kämpfe in Bachmut und in Paris", ["Paris=gn2988507"]),
    ("fr", "Les combats à Bakhmut continuent", ["Bakhmut=gn713174"]),
    ("es", "Los combates en Bakhmut siguen", ["Bakhmut=gn713174"]),
    ("tr", "Ankara'da görüşme yapıldı.", ["Ankara=gn323786"]),
]
NOT_FOUND = [
    ("en", "Jordan Peterson met Mr. Paris."),
    ("en", "The Washington Post wrote about it."),
    ("en", "Austin Reed said he was tired."),
    ("en", "Gen. Moscow saluted."),
    ("en", "The turkey was cooked; jordan too."),
    ("en", "Let us go."),
    ("en", "Russian and Ukrainian soldiers met."),
    ("ru", "Минские соглашения не выполняются."),
]


def spans(tagger: PlaceTagger, language: str, text: str) -> list[str]:
    return [f"{m.text}={m.place.id}" for m in tagger.tag("", text, language=language).mentions]


@pytest.mark.parametrize(("language", "text", "wanted"), FOUND)
def test_found(tagger: PlaceTagger, language: str, text: str, wanted: list[str]) -> None:
    assert spans(tagger, language, text) == wanted


@pytest.mark.parametrize(("language", "text"), NOT_FOUND)
def test_traps(tagger: PlaceTagger, language: str, text: str) -> None:
    assert spans(tagger, language, text) == []


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Fighting went on in Andriivka, south of Bakhmut and Chasiv Yar.", "fw-andriivka"),
        ("Shells fell on Andriivka, a town near Kharkiv.", "fw-andriivka-kharkiv"),
    ],
)
def test_neighbours_decide_between_villages(tagger: PlaceTagger, text: str, wanted: str) -> None:
    assert next(m.place.id for m in tagger.tag("", text, language="en").mentions if m.text == "Andriivka") == wanted


def test_the_home_of_the_outlet_does_not_decide(tagger: PlaceTagger) -> None:
    tags = tagger.tag("", "A bomb went off in Paris.", language="en", home="US")
    assert [m.place.id for m in tags.mentions] == ["gn2988507"]


def test_a_container_speaks_for_the_whole_text(tagger: PlaceTagger) -> None:
    tags = tagger.tag("", "A fire broke out in Paris, Texas. People of Paris were shocked.", language="en")
    assert [m.place.id for m in tags.mentions if m.text == "Paris"] == ["gn4717560", "gn4717560"]


def test_nothing_in_a_skipped_span_is_tagged(tagger: PlaceTagger) -> None:
    body = "Shells hit Bakhmut.\nReporting by a desk in London."
    at = body.index("Reporting")
    assert [m.text for m in tagger.tag("", body, language="en", skip=[Span(at, len(body))]).mentions] == ["Bakhmut"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("KYIV (Wire) - Shells hit Bakhmut on Monday.", {"KYIV": "dateline", "Bakhmut": "event"}),
        ("Moscow said that it had no comment on Bakhmut.", {"Moscow": "actor", "Bakhmut": "mention"}),
        ("Russia's defence ministry denied it.", {"Russia": "actor"}),
        ("Thousands fled from Rafah on foot.", {"Rafah": "origin"}),
        ("He studied in London before the war.", {"London": "mention"}),
        ("An air strike killed two people in Omdurman.", {"Omdurman": "event"}),
    ],
)
def test_roles(tagger: PlaceTagger, text: str, wanted: dict[str, str]) -> None:
    assert {m.text: m.role for m in tagger.tag("", text, language="en").mentions} == wanted


def test_primary_places_are_where_it_happened(tagger: PlaceTagger) -> None:
    body = "KYIV (Wire) - A strike on Bakhmut killed two people. Moscow said it was not to blame. The wounded went to Kharkiv."
    assert tagger.tag("Strike on Bakhmut", body, language="en").primary_places[0] == "gn713174"


@pytest.mark.parametrize("text", ["", "Nothing of note.", "1 2 3", "Moscow said so."])
def test_no_event_no_primary_place(tagger: PlaceTagger, text: str) -> None:
    assert tagger.tag("", text, language="en").primary_places == ()


PIECES = st.sampled_from(
    [
        "Bakhmut",
        "in",
        "Paris,",
        "Texas",
        "\n",
        ". ",
        "Чаcів",
        "Часовому Яру",
        "والفاشر",
        "ברפיח",
        "U.S.",
        "W.",
        "-",
        "Mr.",
        "said",
        "’s",
        "(",
        "Red Sea",
        "x́",
        "🙂",
        "al-",
    ]
)


@given(st.lists(PIECES | st.text(max_size=6), max_size=25), st.sampled_from(["en", "uk", "ar", "he", "zz", None]))
def test_mentions_are_right_spans_in_order(gazetteer: Gazetteer, parts: list[str], language: str | None) -> None:
    body = " ".join(parts)
    tags = PlaceTagger(gazetteer).tag(body, body, language=language)
    end = 0
    for m in tags.mentions:
        assert end <= m.start < m.end <= len(body)
        assert body[m.start : m.end] == m.text
        assert 0 < m.confidence <= 1
        end = m.end
    assert len(tags.primary_places) <= 3
    assert set(tags.primary_places) <= {m.place.id for m in tags.mentions}
