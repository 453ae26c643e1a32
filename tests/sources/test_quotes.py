"""Quotations and sentences."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.sources.quotes import find, mask, paragraphs, sentences

QUOTES = [
    ('He said "yes" and "no".', ['"yes"', '"no"']),
    ("He said “yes, ‘surely’”.", ["“yes, ‘surely’”"]),
    ("Він сказав: «Так», – і пішов.", ["«Так»"]),
    ("Er sagte: „Ja“, und ging.", ["„Ja“"]),
    ("«ЧВК “Вагнер” здесь»", ["«ЧВК “Вагнер” здесь»"]),
    ('a 5" pipe and a 6" pipe', []),
    ("“One\n“Two”", ["“One", "“Two”"]),
    ("He said “one\n“Two”", ["“one", "“Two”"]),
    ("a “stray mark\nno quotation here", []),
    ("", []),
]


@pytest.mark.parametrize(("body", "expected"), QUOTES)
def test_find(body: str, expected: list[str]) -> None:
    assert [body[q.start : q.end] for q in find(body, paragraphs(body))] == expected


SENTENCES = [
    ("One. Two.", ["One.", "Two."]),
    ("Gen. Smith met J. Doe. He left.", ["Gen. Smith met J. Doe.", "He left."]),
    ('"Done. All of it," he said. "Go."', ['"Done. All of it," he said.', '"Go."']),
    ('"We left." He wept.', ['"We left."', "He wept."]),
    ("Це м. Київ. Так.", ["Це м. Київ.", "Так."]),
    ("قال نعم. وذهب.", ["قال نعم.", "وذهب."]),
]


@pytest.mark.parametrize(("body", "expected"), SENTENCES)
def test_sentences(body: str, expected: list[str]) -> None:
    masked = mask(body, find(body, paragraphs(body)))
    assert [body[a:b] for start, end in paragraphs(body) for a, b in sentences(body, masked, start, end)] == expected


@given(st.text(alphabet=st.sampled_from('ab. "“”«»„\n,A'), max_size=80))
def test_offsets_stay(body: str) -> None:
    quotes = find(body, paragraphs(body))
    masked = mask(body, quotes)
    assert len(masked) == len(body)
    assert all(0 <= q.start < q.end <= len(body) for q in quotes)
    assert all(a.end <= b.start for a, b in zip(quotes, quotes[1:], strict=False))
    for start, end in paragraphs(body):
        found = sentences(body, masked, start, end)
        assert all(start <= a < b <= end for a, b in found)
