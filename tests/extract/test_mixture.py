"""Texts in two languages keep all that a reader wants, and say in which languages they are; a translation of the whole goes."""

import pytest

from aggregator.extract.body import extract
from aggregator.extract.mixture import settled
from aggregator.model import Draft, RawPage

ENGLISH = [
    "Two people were hurt when 14 drones attacked the port of the city on the night of 3 March, the mayor said.",
    "Power was cut to 9 streets and came back before midnight, according to the operator of the grid.",
    "The army said that it had shot down 11 of the drones over the sea, which could not be checked.",
]
UKRAINIAN = [
    "Двоє людей постраждали, коли 14 дронів атакували порт міста в ніч на 3 березня, повідомив міський голова.",
    "Електропостачання вимкнули на 9 вулицях, і його відновили до півночі, повідомив оператор мережі.",
    "Військові заявили, що збили над морем 11 дронів; перевірити це незалежно неможливо.",
]
RUSSIAN = [
    "Это был очень тяжёлый день для всех жителей нашего города, мы не спали и ждали утра в подвале дома.",
    "Мы уже привыкли к этим звукам, но дети всё ещё пугаются, когда объявляют тревогу, и просыпаются.",
]
OTHER = [
    "Залізниця змінила розклад потягів до кінця тижня, повідомили в управлінні, яке просить пасажирів зачекати.",
    "Синоптики очікують дощів і вітру на всьому узбережжі, а в горах може випасти перший сніг цієї осені.",
]


def page(*paragraphs: str, lang: str = "") -> Draft:
    text = "".join(f"<p>{text}</p>" for text in paragraphs)
    return extract(RawPage("https://dispatch.example/7", f"<html lang={lang or 'x'}><body><article><h1>Port</h1>{text}</article>".encode()))


@pytest.mark.parametrize(("first", "second", "codes"), [(ENGLISH, UKRAINIAN, ("en", "uk")), (UKRAINIAN, ENGLISH, ("uk", "en"))])
def test_an_appended_translation_goes_with_its_reason(first: list[str], second: list[str], codes: tuple[str, str]) -> None:
    draft = page(*first, *second)
    assert draft.body.split("\n") == first
    assert [item.text for item in draft.removed if item.reason == f"translation ({codes[1]})"] == second
    assert (draft.language, draft.languages) == (codes[0], codes[:1])


def test_two_languages_that_say_different_things_both_stay() -> None:
    draft = page(*ENGLISH, *OTHER)
    assert draft.body.split("\n") == [*ENGLISH, *OTHER]
    assert (draft.language, draft.languages) == ("en", ("en", "uk"))


def test_paragraphs_in_turn_both_stay() -> None:
    draft = page(*(text for pair in zip(ENGLISH, UKRAINIAN, strict=True) for text in pair))
    assert len(draft.body.split("\n")) == 6 and set(draft.languages) == {"en", "uk"}


def test_russian_in_a_ukrainian_text_is_seen_by_its_letters() -> None:
    draft = page(UKRAINIAN[0], RUSSIAN[0], UKRAINIAN[1], RUSSIAN[1], UKRAINIAN[2], lang="uk")
    assert (draft.language, draft.languages) == ("uk", ("uk", "ru"))
    assert len(draft.body.split("\n")) == 5


@pytest.mark.parametrize("text", [ENGLISH, UKRAINIAN, RUSSIAN])
def test_one_language_is_one(text: list[str]) -> None:
    assert len(page(*text).languages) == 1


def test_a_text_of_short_lines_is_in_the_language_it_was_told() -> None:
    assert settled([("p", "Так."), ("p", "Ні.")], "uk") == ([("p", "Так."), ("p", "Ні.")], [], ("uk",))
    assert settled([], None) == ([], [], ())
