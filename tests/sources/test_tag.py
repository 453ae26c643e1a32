"""The tagger as a whole: speakers, channels, dates, wire, silence where nothing may be tagged."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.model import Mention, Place, Span
from aggregator.sources import dates, lexicon, wire
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
]


@pytest.mark.parametrize(("body", "idents"), SPEAKERS)
def test_who_is_meant(body: str, idents: list[str | None]) -> None:
    assert [a.speaker.source_id for a in tag(body).attributions] == idents


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
    ("on February 31", None),
    ("some day", None),
]


@pytest.mark.parametrize(("text", "expected"), DATES)
def test_dates(text: str, expected: tuple[str, str] | None) -> None:
    words = lexicon.load("en")
    assert words is not None
    days = dates.resolve(text, WEDNESDAY, words)
    assert (days and (days.first, days.last)) == expected
    assert dates.resolve(text, None, words) is None


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
