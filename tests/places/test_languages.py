"""What each script and language does to a name: case endings, clitics, articles, other spellings, capitals that mean nothing."""

import pytest

from aggregator.places.tag import PlaceTagger

# language, what it is about, text, wanted (words of the text and place id, in order)
CASES = [
    ("en", "possessive", "Bakhmut’s market burned in Bakhmut.", ["Bakhmut=gn713174", "Bakhmut=gn713174"]),
    ("en", "article with a hyphen", "Shelling went on in al-Fashir.", ["al-Fashir=gn379555"]),
    ("en", "capitals of a headline", "FIGHTING NEAR BAKHMUT", ["BAKHMUT=gn713174"]),
    ("en", "accents", "Protesters met in Pàris.", ["Pàris=gn2988507"]),
    ("uk", "locative", "У Харкові пролунав вибух.", ["Харкові=gn706483"]),
    ("uk", "adjective of a region", "Евакуація з Донецької області триває.", ["Донецької області=gn709716"]),
    ("uk", "-щина", "На Харківщині чути вибухи.", ["Харківщині=gn706482"]),
    ("uk", "several words in the dative", "Завдано удару по Часовому Яру.", ["Часовому Яру=gn710915"]),
    ("ru", "genitive", "Бои идут у Бахмута и Клещеевки.", ["Бахмута=gn713174", "Клещеевки=fw-klishchiivka"]),
    ("ru", "hyphens", "В Эль-Фашере снова стреляют.", ["Эль-Фашере=gn379555"]),
    ("ru", "an alias in capitals", "Об этом сообщили в США.", ["США=gn6252001"]),
    ("ar", "ba", "انفجار برفح صباح اليوم", ["رفح=gn281102"]),
    ("ar", "wa and a list", "قصف على رفح وغزة", ["رفح=gn281102", "غزة=gn281133"]),
    ("ar", "li and the article", "عاد السكان للفاشر بعد القصف", ["فاشر=gn379555"]),
    ("ar", "alef with and without hamza", "معارك في ام درمان", ["ام درمان=gn365137"]),
    ("ar", "ta marbuta as ha", "قصف على غزه", ["غزه=gn281133"]),
    ("ar", "vowel marks", "قصف على غَزَّة", ["غَزَّة=gn281133"]),
    ("ar", "a space left out", "معارك في شمالدارفور", []),
    ("ar", "words joined by a line in a tag", "قصف #أم_درمان", ["أم_درمان=gn365137"]),
    ("he", "bet", "פיצוץ ברפיח הבוקר", ["רפיח=gn281102"]),
    ("he", "mem", "רקטות נורו מעזה", ["עזה=gn281133"]),
    ("he", "vav", "תקיפות ברפיח ועזה", ["רפיח=gn281102", "עזה=gn281133"]),
    ("fa", "Persian ya and kaf", "حمله به غزه و رفح", ["غزه=gn281133", "رفح=gn281102"]),
    ("fr", "apostrophe before the name", "Les bombes tombent près d’Ankara.", ["Ankara=gn323786"]),
    ("fr", "a straight apostrophe", "L'Ukraine n'a pas répondu.", ["Ukraine=gn690791"]),
    ("fr", "a word of the kind", "La ville de Bakhmut est en ruines.", ["Bakhmut=gn713174"]),
    ("de", "an exonym", "Aus Frankreich kam keine Antwort.", ["Frankreich=gn3017382"]),
    ("de", "nouns have capitals", "Die Stadt und das Dorf", []),
    ("es", "a preposition", "Una explosión sacudió Bakhmut y Rafah.", ["Bakhmut=gn713174", "Rafah=gn281102"]),
    ("tr", "an ending behind an apostrophe", "Gazze’de, Rafah’ta ve Ankara’nın dışında", ["Rafah=gn281102", "Ankara=gn323786"]),
    ("tr", "dotless i", "Kharkiv'de patlama oldu.", ["Kharkiv=gn706483"]),
    (None, "an unknown language", "Shells hit Bakhmut.", ["Bakhmut=gn713174"]),
]


@pytest.mark.parametrize(("language", "about", "text", "wanted"), CASES)
def test_a_name_as_the_language_writes_it(tagger: PlaceTagger, language: str | None, about: str, text: str, wanted: list[str]) -> None:
    assert [f"{m.text}={m.place.id}" for m in tagger.tag("", text, language=language).mentions] == wanted, about


LEFT = [
    ("en", "a club", "Dynamo Moscow lost again."),
    ("en", "a call sign", 'A marine nicknamed "Paris" was there.'),
    ("en", "a ship's captain and his age", "Mr Austin, 45, was alone."),
    ("uk", "a paper", "Про це пише «Київ Пост»."),
    ("ar", "a common word", "كان الصباح هادئا"),
    ("de", "a club", "Dynamo Moscow verlor."),
    ("fr", "a club", "Paris Saint-Germain a perdu."),
]


@pytest.mark.parametrize(("language", "about", "text"), LEFT)
def test_what_only_looks_like_a_place(tagger: PlaceTagger, language: str, about: str, text: str) -> None:
    assert tagger.tag("", text, language=language).mentions == (), about
