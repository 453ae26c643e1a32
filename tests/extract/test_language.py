"""Language detection: short news sentences, declared languages, the letters that part Ukrainian from Russian."""

import pytest

from aggregator.extract.language import detect, normalise

SENTENCES = [
    ("en", "The governor said that two bridges had been damaged overnight and that repairs would take a week."),
    ("uk", "Голова адміністрації повідомив, що вночі пошкоджено два мости, ремонт триватиме тиждень."),
    ("ru", "Глава администрации сообщил, что ночью повреждены два моста, ремонт займёт неделю."),
    ("ar", "قال المحافظ إن جسرين تضررا ليلا وإن الإصلاحات ستستغرق أسبوعا."),
    ("fr", "Le gouverneur a déclaré que deux ponts avaient été endommagés pendant la nuit."),
    ("de", "Der Gouverneur sagte, in der Nacht seien zwei Brücken beschädigt worden."),
    ("es", "El gobernador dijo que dos puentes resultaron dañados durante la noche."),
    ("he", "המושל אמר כי שני גשרים ניזוקו במהלך הלילה והתיקון יימשך שבוע."),
    ("fa", "استاندار گفت دو پل در طول شب آسیب دیده و تعمیر آن یک هفته طول می‌کشد."),
    ("my", "ည အချိန်တွင် တံတားနှစ်စင်း ပျက်စီးခဲ့သည်ဟု အုပ်ချုပ်ရေးမှူးက ပြောကြားခဲ့သည်။"),
]


@pytest.mark.parametrize(("language", "sentence"), SENTENCES)
def test_a_sentence_tells_its_language_whatever_the_page_declares(language: str, sentence: str) -> None:
    assert detect(sentence) == language
    assert detect(sentence, "en-US") == language


def test_letters_part_ukrainian_from_russian() -> None:
    assert detect("Київ: вибухи у місті, є влучання", "ru") == "uk"
    assert detect("Взрывы в Киеве, есть попадания, мэр города подтвердил", "uk") == "ru"


@pytest.mark.parametrize(
    ("text", "hint", "language"), [("", "uk-UA", "uk"), ("12:40", "ar", "ar"), ("", None, None), ("...", "klingon", None)]
)
def test_the_hint_stands_where_the_text_says_nothing(text: str, hint: str | None, language: str | None) -> None:
    assert detect(text, hint) == language


@pytest.mark.parametrize(
    ("tag", "code"), [("en_GB", "en"), ("iw-IL", "he"), ("ua", "uk"), ("zh-Hans", "zh"), ("english", None), ("", None), (None, None)]
)
def test_a_language_tag_is_cut_to_its_code(tag: str | None, code: str | None) -> None:
    assert normalise(tag) == code
