"""How much of a text another carries."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.identity.shares import carried

WORDS = [f"word{n}" for n in range(100)]
TEXT = " ".join(WORDS)


@pytest.mark.parametrize(
    ("part", "share"),
    [
        (TEXT, 1.0),
        (f"KYIV (Reuters) - {TEXT.upper()} More of it follows here.", 1.0),
        (" ".join(WORDS[:60]), 0.6),
        (" ".join(WORDS[20:40] + ["and", "then"] + WORDS[60:80]), 0.4),
        (" ".join(WORDS[:30] + ["instead"] + WORDS[31:]), 0.99),
        (" ".join(reversed(WORDS)), 0.0),
        ("", 0.0),
    ],
)
def test_share(part: str, share: float) -> None:
    assert carried(TEXT, part) == pytest.approx(share)


def test_texts_shorter_than_a_run() -> None:
    assert (carried("two words", "just two words"), carried("two words", "words two"), carried("", "x")) == (1.0, 0.0, 1.0)


@given(st.text(max_size=80), st.text(max_size=80))
def test_a_share_is_one_of_itself_and_between_0_and_1(a: str, b: str) -> None:
    assert carried(a, a) == 1.0 and 0.0 <= carried(a, b) <= 1.0 and carried(a, f"{a}\n{b}") == 1.0
