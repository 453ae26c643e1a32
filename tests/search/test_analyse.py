"""The analyser: one token for one word, however it is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.search.analyse import MAX_TOKEN, analyse, analyse_query, exact_tokens
from aggregator.search.fold import fold
from aggregator.search.stem import MARK, query_stems

TOKENS = [
    ("Куп'янськ Куп’янськ Купʼянськ Куп`янськ", ["купянськ"] * 4),
    ("F-16 F16 F-16s F‑16", ["f16"] * 4),
    ("С-300 S-300 с300", ["s300"] * 3),
    ("Х-101 Kh-101", ["kh101"] * 2),
    ("МиГ-29 MiG-29 Т-72Б3 T-72B3", ["mig29", "mig29", "t72b3", "t72b3"]),
    ("U.K. U.S.A. the U.S. said", ["uk", "usa", "the", "us", "said"]),
    ('צה"ל צה״ל', ["צהל"] * 2),
    ("1,200 men at 10:30", ["1200", "men", "at", "10", "30"]),
    ("Ukraine's children’s", ["ukraine", "children"]),
    ("غَزَّة غزة إسرائيل اسرائيل مستشفى", ["غزه", "غزه", "اسرائيل", "اسرائيل", "مستشفي"]),
    ("Ки́їв Ёлка", ["київ", "елка"]),
    ("İstanbul Łódź Straße Ærø", ["istanbul", "lodz", "strasse", "aero"]),
    ("state-owned snake_case 2022–2023", ["state", "owned", "snake", "case", "2022", "2023"]),
    ("乌克兰", ["乌", "克", "兰"]),
    ("कीव में", ["कीव", "में"]),
    ("", []),
    ("— … !", []),
]

# Forms of one word; the first column of a query finds them all.
FORMS = {
    "en": ["drone drones", "attack attacks attacked attacking", "missile missiles missile's"],
    "uk": [
        "Київ Києва Києву Києві Києвом",
        "Харків Харкова Харкову Харкові Харковом",
        "Львів Львова Львові",
        "Авдіївка Авдіївки Авдіївці Авдіївку Авдіївкою",
        "Запоріжжя Запоріжжі Запоріжжям",
        "Тернопіль Тернополя Тернополі",
        "Куп'янськ Куп’янська Купʼянську Куп'янськом",
        "Одеса Одеси Одесі Одесу Одесою",
        "Суми Сум Сумах Сумам",
        "Маріуполь Маріуполя Маріуполем",
        "дрон дрони дронів дронами",
        "обстріл обстріли обстрілів обстрілом",
        "генерал генерала генерали генералів",
        "український українського українська українських",
    ],
    "ru": [
        "Харьков Харькова Харькове Харьковом",
        "Киев Киева Киеве Киевом",
        "Донецк Донецка Донецке",
        "Авдеевка Авдеевки Авдеевке Авдеевкой",
        "Запорожье Запорожья Запорожью",
        "Львов Львова Львове",
        "дрон дроны дронов дронами",
    ],
    "ar": [
        "غزة بغزة وغزة لغزة غَزَّة",
        "الجيش والجيش جيش بالجيش للجيش",
        "لبنان بلبنان ولبنان",
        "إسرائيل اسرائيل لإسرائيل",
        "الخرطوم خرطوم بالخرطوم والخرطوم",
        "طائرة الطائرة طائرات الطائرات",
        "السودان بالسودان والسودان",
    ],
    "he": [
        "עזה בעזה לעזה מעזה ועזה",
        "ירושלים בירושלים לירושלים",
        "טיל טילים הטילים",
        "מלחמה המלחמה במלחמה מלחמות",
        "רקטה רקטות הרקטות",
        "לבנון בלבנון ולבנון",
    ],
}


@pytest.mark.parametrize(("text", "tokens"), TOKENS)
def test_tokens(text: str, tokens: list[str]) -> None:
    assert list(exact_tokens(text)) == tokens


@pytest.mark.parametrize(("language", "forms"), [(lang, forms) for lang, rows in FORMS.items() for forms in rows])
def test_every_form_finds_every_form_whatever_is_known_of_the_language(language: str, forms: str) -> None:
    words = forms.split()
    for text in words:
        in_text = analyse(text, language).stems
        for word in words:
            ((_, stems),) = analyse_query(word)
            assert in_text[0] in stems, (text, word)


@pytest.mark.parametrize(
    "words", [("село", "сила"), ("Одеса", "Одер"), ("Суми", "Сумська"), ("ракета", "рак"), ("drone", "drown"), ("Київ", "Кий")]
)
def test_other_words_stay_apart(words: tuple[str, str]) -> None:
    assert not set(query_stems(fold(words[0]))) & set(query_stems(fold(words[1])))


def test_a_name_in_latin_letters_is_found_in_every_latin_text() -> None:
    ((_, stems),) = analyse_query("Kharkiv")
    for language in ("en", "de", "fr", "es", "pl", "tr", "it", "so", None):
        assert analyse("Kharkiv", language).stems[0] in stems, language


def test_a_word_of_another_script_is_stemmed_by_its_script() -> None:
    assert analyse("Сили Києва", "en").stems == analyse("Сили Києва", "en").stems
    assert analyse("Київ", "en").stems == analyse("Києва", "ar").stems
    assert analyse("drones", "uk").stems == ("drone",)


def test_a_stem_of_one_language_is_no_stem_of_another() -> None:
    assert analyse("news", "fr").stems != analyse("new", "en").stems


@given(st.text(max_size=60), st.sampled_from(["en", "uk", "ru", "ar", "he", "fr", "zz", None]))
def test_tokens_hold_only_letters_digits_and_the_mark(text: str, language: str | None) -> None:
    analysed = analyse(text, language)
    assert len(analysed.exact) == len(analysed.stems)
    for token in (*analysed.exact, *analysed.stems):
        assert token
        assert len(token) <= MAX_TOKEN + 3
        assert not any(c.isspace() or (c.isascii() and not c.isalnum() and c != MARK) or "\ud800" <= c <= "\udfff" for c in token)
        assert not any(c.isascii() and c.isupper() for c in token)


@given(st.text(max_size=40), st.sampled_from(["en", "uk", "ru", "ar", "he", "fr", "fa", "zz", None]))
def test_a_word_finds_itself_in_a_text_of_any_language(text: str, language: str | None) -> None:
    for stem, (_, stems) in zip(analyse(text, language).stems, analyse_query(text), strict=True):
        assert stem in stems
