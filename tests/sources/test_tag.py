"""The tagger as a whole: speakers, channels, dates, wire, silence where nothing may be tagged."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.model import Mention, Place, Span
from aggregator.sources import dates, lexicon, marks, wire
from aggregator.sources.registry import load
from aggregator.sources.tag import SourceTagger, SourceTags

REGISTRY = load()
TAGGER = SourceTagger(REGISTRY)
WEDNESDAY = datetime(2024, 6, 12, 15, tzinfo=UTC)


def tag(body: str, language: str = "en", skip: tuple[Span, ...] = (), mentions: tuple[Mention, ...] = ()) -> SourceTags:
    return TAGGER.tag("", body, language=language, published=WEDNESDAY, outlet="Harbour Post", byline=None, skip=skip, mentions=mentions)


SPEAKERS = [
    ("Russia's Defence Ministry said A was hit. The ministry said B was hit.", ["ru-mod", "ru-mod"]),
    ("ISW said it rains. The U.S.-based think tank said it pours.", ["isw", "isw"]),
    ("Dmitry Peskov said it rains. Peskov said it pours. He said it snows.", ["ru-kremlin-spokesman"] * 3),
    ("The RSF said the camp was empty. The army said it was not.", ["sd-rsf", "sd-army"]),
    ("A spokesman for the Israeli military said it rains.", ["il-idf"]),
    ("Hamas said it rains. Its spokesman said it pours.", ["hamas", "hamas"]),
    ("Residents of Kyiv said it rains.", [None]),
    ("Israeli military spokesman Dan Goldfus said it rains.", [None]),
    (
        "Yevgeny Prigozhin said it rains. Dmitry Peskov said it pours. The head of Wagner said it snows.",
        ["ru-prigozhin", "ru-kremlin-spokesman", "ru-prigozhin"],
    ),
    (
        "Zelenskyy said it rains. Putin said it pours. The Ukrainian president said it snows.",
        ["ua-president", "ru-president", "ua-president"],
    ),
    ("A senior Israeli official said it rains.", [None]),
    ("A Hamas-linked channel said it rains.", [None]),
    ("It was calm in Ukraine. The air force said it rains.", ["ua-air-force"]),
    ("Maria Zakharova said it rains. Sergei Lavrov said it pours. She said it snows.", ["ru-zakharova", "ru-lavrov", "ru-zakharova"]),
    ("Hamas said it rains. Dmitry Peskov came late. He said it pours.", ["hamas", "ru-kremlin-spokesman"]),
    ("Ukraine's army lost a town. A spokesman for the army said it rains.", ["ua-armed-forces"]),
]

NAMES = [
    ("A medic, who uses the call sign Myshka, said it rains. She said it pours.", "en", ["Myshka", "Myshka"]),
    ("The mayor, Anna Holub, said it rains.", "en", ["Anna Holub"]),
    ("A diplomat who attended the talks said it rains.", "en", ["diplomat"]),
    ("Anna Holub, who says it rains, sells tea.", "en", ["Anna Holub"]),
    ("Anna Holub, whose son is away, said it rains. She said it pours.", "en", ["Anna Holub", "Anna Holub"]),
    ("Речник штабу Петро Яценко сказав, що йде дощ. Він додав, що тепло.", "uk", ["Петро Яценко", "Петро Яценко"]),
    ("Мешканка Сум розповіла, що йде дощ.", "uk", ["Мешканка Сум"]),
    ("Пенсионер Николай из Балаклеи рассказал, что идёт дождь.", "ru", ["Николай"]),
    ("– Идёт дождь, – говорит Тамара Лукина. – Тепло.", "ru", ["Тамара Лукина"]),
    ("Le maire, Jean Morel, a rejeté cette accusation.", "fr", ["Jean Morel"]),
    ("«Il pleut», ajoute-t-elle.", "fr", ["elle"]),
    ("«Il pleut», a déclaré le ministre de la Défense.", "fr", ["ministre de la Défense"]),
    ("Anna Weber schrieb am Montag, es regne.", "de", ["Anna Weber"]),
    ("לדברי דנה לוי, יורד גשם.", "he", ["דנה לוי"]),
]


@pytest.mark.parametrize(("body", "idents"), SPEAKERS)
def test_who_is_meant(body: str, idents: list[str | None]) -> None:
    assert [a.speaker.source_id for a in tag(body).attributions] == idents


@pytest.mark.parametrize(("body", "language", "names"), NAMES)
def test_how_a_speaker_is_named(body: str, language: str, names: list[str]) -> None:
    assert [a.speaker.name for a in tag(body, language=language).attributions] == names


def test_words_of_which_nothing_is_left_are_no_attribution() -> None:
    body = "'The siege of the harbour is not over', Hamas says, warning the council not to act as 'cover'."
    found = tag(body).attributions
    assert found and all(span.start < span.end for attribution in found for span in attribution.content)
    assert all(attribution.words(body).strip() for attribution in found)


def test_a_named_person_keeps_the_body_they_speak_for() -> None:
    (attribution,) = tag("Israeli military spokesman Dan Goldfus said it rains.").attributions
    speaker = attribution.speaker
    assert (speaker.name, speaker.side, speaker.organisation, speaker.anonymity) == (
        "Dan Goldfus",
        "israel",
        "Israel Defense Forces",
        "named",
    )


@pytest.mark.parametrize(
    ("body", "anonymity", "kind"),
    [
        ("A resident said it rains.", "anonymous", "civilian"),
        ("A senior official said it rains.", "role", "official"),
        ("Anna Holub, a nurse, said it rains.", "named", "medical"),
    ],
)
def test_anonymity(body: str, anonymity: str, kind: str) -> None:
    (attribution,) = tag(body).attributions
    assert (attribution.speaker.anonymity, attribution.speaker.kind) == (anonymity, kind)


CHANNELS = [
    ("The mayor said on Telegram that it rains.", "telegram"),
    ("The mayor said in a statement that it rains.", "statement"),
    ("In its daily assessment, the ministry said that it rains.", "daily_assessment"),
    ("The mayor told reporters that it rains.", "briefing"),
    ("The mayor told Harbour Post that it rains.", "interview"),
    ("The mayor said in a video that it rains.", "video"),
    ("The mayor said that Telegram was down.", None),  # what is said names no channel
    ("The mayor said that it rains.", None),
]


@pytest.mark.parametrize(("body", "channel"), CHANNELS)
def test_channel(body: str, channel: str | None) -> None:
    (attribution,) = tag(body).attributions
    assert attribution.channel == channel


def test_a_channel_sticks_to_its_speaker() -> None:
    body = "Anna Holub said on Telegram that it rains. A resident said it pours.\nHolub said it snows."
    assert [a.channel for a in tag(body).attributions] == ["telegram", None, "telegram"]


DATES = [
    ("on Tuesday", ("2024-06-11", "2024-06-11")),
    ("on Wednesday", ("2024-06-12", "2024-06-12")),
    ("on Thursday", ("2024-06-06", "2024-06-06")),
    ("on June 1 and 2", ("2024-06-01", "2024-06-02")),
    ("on December 26", ("2023-12-26", "2023-12-26")),
    ("3 May 2022", ("2022-05-03", "2022-05-03")),
    ("yesterday", ("2024-06-11", "2024-06-11")),
    ("overnight", ("2024-06-11", "2024-06-12")),
    ("last month", ("2024-05", "2024-05")),
    ("this month", ("2024-06", "2024-06")),
    ("this week", ("2024-06-10", "2024-06-12")),
    ("in March", ("2024-03", "2024-03")),
    ("in November", ("2023-11", "2023-11")),
    ("in June 2022", ("2022-06", "2022-06")),
    ("in 2019", ("2019", "2019")),
    ("three days ago", ("2024-06-09", "2024-06-09")),
    ("two weeks ago", ("2024-05-26", "2024-06-01")),
    ("six months ago", ("2023-12", "2023-12")),
    ("10 years ago", ("2014", "2014")),
    ("on February 31", None),
    ("some day", None),
]


@pytest.mark.parametrize(("text", "expected"), DATES)
def test_dates(text: str, expected: tuple[str, str] | None) -> None:
    words = lexicon.load("en")
    assert words is not None
    days = dates.resolve(text, [(0, len(text))], marks.find(text, words), WEDNESDAY, words)
    assert (days and (days.first, days.last)) == expected
    assert dates.resolve(text, [(0, len(text))], marks.find(text, words), None, words) is None


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("uk", "у березні", ("2024-03", "2024-03")),
        ("uk", "три дні тому", ("2024-06-09", "2024-06-09")),
        ("uk", "у 2019 році", ("2019", "2019")),
        ("ru", "в марте 2022 года", ("2022-03", "2022-03")),
        ("ru", "два месяца назад", ("2024-04", "2024-04")),
        ("fr", "en mars", ("2024-03", "2024-03")),
        ("es", "en marzo de", ("2024-03", "2024-03")),
        ("de", "im März", ("2024-03", "2024-03")),
        ("he", "ביום שני", ("2024-06-10", "2024-06-10")),
    ],
)
def test_dates_of_other_languages(language: str, text: str, expected: tuple[str, str]) -> None:
    words = lexicon.load(language)
    assert words is not None
    days = dates.resolve(text, [(0, len(text))], marks.find(text, words), WEDNESDAY, words)
    assert (days and (days.first, days.last)) == expected


def test_the_day_of_one_speaker_is_not_that_of_the_next() -> None:
    found = tag("The mayor said on Tuesday that it rained, and the governor said that it poured.").attributions
    assert [a.said_on for a in found] == ["2024-06-11", None]


def test_a_colon_at_the_end_of_a_paragraph_announces_the_quotation_of_the_next() -> None:
    body = 'Anna Holub said on Tuesday:\n"It rains."\nTim Harper said:\nIt pours.'
    assert [(a.speaker.name, a.words(body)) for a in tag(body).attributions] == [("Anna Holub", '"It rains."')]


def test_what_a_picture_shows_nobody_says() -> None:
    assert tag("The image shows that a bridge has gone.").attributions == ()


def test_words_that_name_no_place_are_about_that_of_the_text() -> None:
    tags = TAGGER.tag("", "Hamas said it rains.", language="en", published=WEDNESDAY, outlet=None, byline=None, primary=("gn1", "gn2"))
    assert [a.place_ids for a in tags.attributions] == [("gn1",)]


WIRES = [
    ("KYIV, June 13 (Reuters) - It rains.", None, "reuters"),
    ("LONDON (AP) — It rains.", None, "ap"),
    ("A title.\n\nFLINT, Mich., Oct. 4 (UPI) -- It rains.", None, "upi"),
    ("МОСКВА, 12 апреля. /ТАСС/. Идёт дождь.", None, "ru-tass"),
    ("It rains.\n(Reporting by Anna Holub in Kyiv; Editing by Timothy Harper)", None, "reuters"),
    ("It rains.", "Anna Holub, Associated Press", "ap"),
    ("It rains.\n© 2024 Agence France-Presse", None, "afp"),
    ("Йде дощ, передає Укрінформ.", None, "ua-ukrinform"),
    ("It rains.", "Anna Holub", None),
    ("Reuters reported that it rains.", None, None),
    ("", None, None),
]


@pytest.mark.parametrize(("body", "byline", "expected"), WIRES)
def test_wire(body: str, byline: str | None, expected: str | None) -> None:
    assert wire.detect(body, byline, REGISTRY) == expected


SOUGHT = [
    ("The Kremlin did not respond to a request for comment.", "The Kremlin", "ru-kremlin"),
    ("Harbour Post reached out to Russia's Foreign Ministry for comment.", "Russia's Foreign Ministry", "ru-mfa"),
    ("Officials in the United Arab Emirates did not answer questions.", "Officials in the United Arab Emirates", "uae-government"),
    ("COGAT declined to comment.", "COGAT", "il-cogat"),
]


@pytest.mark.parametrize(("body", "text", "ident"), SOUGHT)
def test_a_request_for_comment_is_no_attribution(body: str, text: str, ident: str) -> None:
    tags = tag(body)
    assert tags.attributions == ()
    assert [(s.text, s.source_id, body[s.start : s.end]) for s in tags.sought_comment] == [(text, ident, text)]


def test_nothing_within_skipped_spans() -> None:
    body = "Anna Holub said it rains.\nTim Harper says he likes tips.\nHolub said it pours."
    skipped = Span(body.index("Tim"), body.index("\nHolub"))
    assert [a.words(body) for a in tag(body, skip=(skipped,)).attributions] == ["it rains", "it pours"]


def test_places_strength_form_numbers_and_via() -> None:
    body = "ISW quoted Yevgeny Prigozhin as saying that his men had likely killed 40 soldiers in Bakhmut."
    start = body.index("Bakhmut")
    place = Place("gn1", "Bakhmut", "settlement", 48.6, 38.0, "UA")
    (attribution,) = tag(body, mentions=(Mention(start, start + 7, "Bakhmut", place, "event"),)).attributions
    assert attribution.place_ids == ("gn1",)
    assert [v.source_id for v in attribution.via] == ["isw"]
    assert attribution.speaker.source_id == "ru-prigozhin"
    assert attribution.form == "indirect"
    assert attribution.hedged
    assert [(q.value, q.unit) for q in attribution.numbers] == [(40.0, "killed")]
    (denial,) = tag("Hamas denied the claim.").attributions
    assert denial.negated
    assert denial.cue is not None
    assert denial.cue.strength == "deny"


def test_a_language_without_a_lexicon_has_its_wire_only() -> None:
    assert tag("KYIV, June 13 (Reuters) - It rains, he said.", language="xx") == SourceTags(wire="reuters")


PIECES = st.sampled_from(
    [
        "Hamas",
        " said",
        " that",
        " it",
        " rains",
        ".",
        ",",
        ' "',
        '"',
        "“",
        "”",
        "\n",
        " the army",
        " denied",
        " According to",
        " told",
        " Reuters",
        " and",
        " but",
        " (",
        ")",
        " He",
        " citing",
        " quoted",
        " as saying",
        " on Tuesday",
        " за словами",
        " що",
        " сказав",
        "«",
        "»",
        " قال",
        " إن",
        " did not respond",
        " 40 killed",
        ":",
        ";",
        "—",
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES, max_size=30).map("".join), st.sampled_from(lexicon.languages()))
def test_every_span_is_right_in_the_body(body: str, language: str) -> None:
    tags = tag(body, language=language)
    for attribution in tags.attributions:
        speaker, cue = attribution.speaker, attribution.cue
        assert attribution.content
        if speaker.start is not None:
            assert body[speaker.start : speaker.end] == speaker.text != ""
        assert cue is not None
        assert body[cue.start : cue.end] == cue.text != ""
        assert all(0 <= span.start < span.end <= len(body) for span in attribution.content)
        assert all(body[via.start : via.end] == via.text for via in attribution.via)
    assert all(body[s.start : s.end] == s.text for s in tags.sought_comment)
