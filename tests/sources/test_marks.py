"""No rule may be held back by the look-up that spares it: where a pattern matches, one of its words is marked."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.sources import dates, lexicon, marks, phrases, wire
from aggregator.sources.lexicon import WORD, languages
from aggregator.sources.marks import Mark

LETTERS = st.characters(codec="utf-8", categories=("L", "Nd", "Zs", "Po", "Pd"), max_codepoint=0x6FF)
ASCII = st.characters(codec="ascii")
PATTERNS = [
    (language, mark, pattern)
    for language in languages()
    if (words := lexicon.load(language)) is not None
    for mark, patterns in (
        (Mark.CHANNEL, [pattern for _, pattern in words.channels]),
        (Mark.ASKED, [*words.asked, *([words.silent] if words.silent else [])]),
        (Mark.UNVERIFIED, [words.unverified] if words.unverified else []),
        (Mark.HEDGE, [words.hedges] if words.hedges else []),
        (Mark.RELAYED, [re.compile(pattern) for pattern in words.data.get("relayed", ())]),
        (Mark.DAY, [dates.pattern(language)]),
    )
    for pattern in patterns
]


@pytest.mark.parametrize(("language", "mark", "pattern"), PATTERNS)
def test_what_a_pattern_finds_has_a_marked_word(language: str, mark: Mark, pattern: re.Pattern[str]) -> None:
    words = lexicon.load(language)
    assert words is not None

    @settings(max_examples=8, deadline=None, database=None)
    @given(st.from_regex(re.compile(pattern.pattern), fullmatch=True, alphabet=LETTERS))
    def holds(text: str) -> None:
        if pattern.fullmatch(text):  # hypothesis knows no lookaround
            assert marks.find(text, words).has(mark, 0, len(text)), text

    holds()


@pytest.mark.parametrize("language", languages())
def test_hints_are_pieces_of_words_in_lower_case(language: str) -> None:
    words = lexicon.load(language)
    assert words is not None
    assert all(WORD.fullmatch(piece) and piece == piece.lower() for pieces in words.hints.values() for piece in pieces)


@pytest.mark.parametrize("language", languages())
def test_little_stands_before_the_first_word_that_only_dates_have(language: str) -> None:
    words = lexicon.load(language)
    assert words is not None
    openers = [*words.data.get("in_month", ()), *words.data.get("in_year", ()), *words.number_words]
    units = [*words.data.get("spans", ()), ""]
    assert max(map(len, openers), default=0) + max(map(len, units)) + 2 <= dates.LEAD


def test_marks_are_found_by_place() -> None:
    words = lexicon.load("en")
    assert words is not None
    text = "He said on Tuesday that it may rain."
    found = marks.find(text, words)
    assert [text[at:].split()[0] for at in found.within(Mark.CUE, 0, len(text))] == ["said"]
    assert found.has(Mark.DAY, 0, len(text))
    assert not found.has(Mark.DAY, 0, text.index("Tuesday"))
    assert not found.has(Mark.UNIT, 0, len(text))


@settings(max_examples=50, deadline=None)
@given(st.from_regex(re.compile(phrases.TRAILING.pattern.replace(r"\s", " ").replace("’", "'")), fullmatch=True, alphabet=ASCII))
def test_trailing_words_end_as_listed(text: str) -> None:
    assert text.replace("'", "’").rstrip(phrases.SPACE).endswith(phrases.TRAILING_ENDS)


@settings(max_examples=50, deadline=None)
@given(st.from_regex(wire.CREDIT, fullmatch=True))
def test_credits_have_their_hints(text: str) -> None:
    assert any(hint in text for hint in wire.CREDIT_HINTS)
