"""What a document's own words answer, the words a beginning stands for, and the numbers of neighbours."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.query import AllOf, AnyOf, Between, Everything, Facet, IndexDocument, Node, Not, Phrase, Word
from aggregator.storage.index_nodes import MAX_BEGINNINGS, Texts, answers, holds_beyond_tokens, packed, spelled_out
from aggregator.storage.index_rows import NEIGHBOURS, filter_tokens, index_row, neighbours

DOCUMENT = IndexDocument(
    1, 1 << 20, 7, "Ports of Odesa", "Drones hit the port.\nNo casualties", "en", {"lang": ("en",), "outlet": ("a b",)}
)
TEXTS = Texts(*packed(index_row(DOCUMENT)))
WORDS = st.lists(st.sampled_from(["the", "port", "порт", "نا", "x1"]), max_size=12)


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        (Everything(), True),
        (Word("port"), True),
        (Word("port", "title"), True),
        (Word("ports", "body", exact=True), False),
        (Word("ports", exact=True), True),
        (Word("casual", "body", prefix=True), True),
        (Word("asual", prefix=True), False),
        (Word("casual", "title", prefix=True), False),
        (Word(""), False),
        (Phrase(("hit", "the", "port")), True),
        (Phrase(("port", "no")), True),
        (Phrase(("odesa", "drones")), False),
        (Phrase(("hit", "the"), "title"), False),
        (Phrase(()), False),
        (Facet("outlet", "a b"), True),
        (Facet("story", "7"), True),
        (Facet("outlet", "a"), False),
        (Not(Word("port")), False),
        (AllOf((Word("drone"), Facet("lang", "en"))), True),
        (AllOf((Word("drone"), Facet("lang", "uk"))), False),
        (AnyOf((Word("tank"), Word("drone"))), True),
        (AnyOf(()), False),
    ],
)
def test_a_documents_own_words_answer(node: Node, expected: bool) -> None:
    assert answers(node, TEXTS) is expected


def test_what_is_no_matter_of_words_is_told_and_refused() -> None:
    assert holds_beyond_tokens(AnyOf((Word("port"), Not(Between()))))
    assert not holds_beyond_tokens(AllOf((Word("port"), Not(Facet("lang", "en")))))
    with pytest.raises(TypeError, match="no condition on tokens"):
        answers(Between(), TEXTS)


def test_a_beginning_becomes_the_words_that_begin_so() -> None:
    def words(start: str) -> list[str]:
        return [word for word in ("port", "ports") if word.startswith(start)]

    begin = Word("por", "title", prefix=True, exact=True)
    assert spelled_out(AllOf((Not(begin), Word("port"))), words) == AllOf(
        (Not(AnyOf((Word("port", "title", exact=True), Word("ports", "title", exact=True)))), Word("port"))
    )
    assert spelled_out(AnyOf((Word("zz", prefix=True),)), words) == AnyOf((AnyOf(()),))
    assert spelled_out(begin, lambda start: [f"{start}{n}" for n in range(MAX_BEGINNINGS + 1)]) == begin


@settings(deadline=None)
@given(WORDS, WORDS, st.integers(0, 10), st.integers(2, 4))
def test_a_text_has_the_numbers_of_each_phrase_in_it(title: list[str], body: list[str], first: int, size: int) -> None:
    numbers = set(neighbours(" ".join(title), " ".join(body)).tolist())
    assert all(0 <= number < NEIGHBOURS for number in numbers)
    for text in (title, body):
        assert set(neighbours(" ".join(text[first : first + size])).tolist()) <= numbers
    assert len(numbers) <= max(len(title) - 1, 0) + max(len(body) - 1, 0)


def test_filters_are_asked_for_two_at_a_time() -> None:
    assert filter_tokens([("lang", "en")]) == ([], ["lang:en"])
    assert filter_tokens([("outlet", "o"), ("lang", "en")]) == ([], ["lang:en", "outlet:o"])
    assert filter_tokens([("source", "s"), ("place", "p"), ("lang", "en"), ("place", "p")]) == (["place:p=source:s"], ["lang:en"])
    assert filter_tokens([("place", "p"), ("place", "q")]) == ([], ["place:p", "place:q"])
    assert filter_tokens([]) == ([], [])
