"""A stored text by operators' verdicts on lines: what goes, what comes back to its place, and that nothing else moves."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.extract.furniture import sift
from aggregator.extract.keys import line_key
from aggregator.extract.repeats import Repeated, number
from aggregator.furnishing import Text, corrected
from aggregator.model import BodyLink, Removed

NOBODY = Repeated()
PAGE = [
    ("p", "The ferry left Kherson at dawn with eleven passengers and a cow."),
    ("p", "Read more: how the ferry was built"),
    ("h", "The crossing"),
    ("p", "It reached the other bank before the shelling began, its captain said."),
    ("p", "Our newsroom is kept by its readers."),
]


def read(verdicts: Mapping[str, str] | None = None) -> Text:
    """The page as extraction leaves it."""
    kept, removed = sift(PAGE, verdicts=verdicts or {})
    return Text("\n".join(text for _, text in kept), tuple(kind for kind, _ in kept), tuple(removed))


def verdict(line: str, said: str) -> dict[str, str]:
    return {line_key(line): said}


def test_a_line_that_was_taken_out_comes_back_to_its_place() -> None:
    known = read()
    assert [line.text for line in known.removed] == [PAGE[1][1]] and known.removed[0].at == 1
    found = corrected(known, verdict("read more, how the ferry was built!", "text"), NOBODY)
    assert (found.body.split("\n"), list(found.kinds)) == ([text for _, text in PAGE], [kind for kind, _ in PAGE])
    assert found.removed == ()


def test_a_line_of_the_text_is_taken_out_with_its_reason() -> None:
    found = corrected(read(), verdict(PAGE[4][1], "furniture"), NOBODY)
    assert PAGE[4][1] not in found.body
    assert found.removed[-1] == Removed(PAGE[4][1], "an operator says so", 3, "p")
    assert found.kinds == ("p", "h", "p")


@pytest.mark.parametrize("said", ["text", "furniture"])
@pytest.mark.parametrize("line", [1, 4])
def test_what_is_stored_and_what_is_read_anew_come_to_the_same(line: int, said: str) -> None:
    verdicts = verdict(PAGE[line][1], said)
    assert corrected(read(), verdicts, NOBODY).body == read(verdicts).body
    assert corrected(read(verdicts), verdicts, NOBODY) == read(verdicts)


def test_a_verdict_that_is_undone_leaves_nothing_behind() -> None:
    undone = {**verdict(PAGE[4][1], "undone"), **verdict(PAGE[1][1], "undone")}
    assert corrected(read(), undone, NOBODY) == read()
    made_under = read({**verdict(PAGE[4][1], "furniture"), **verdict(PAGE[1][1], "text")})
    assert corrected(made_under, undone, NOBODY) == read()
    learnt = Repeated(frozenset({number(line_key(PAGE[4][1]))}))
    found = corrected(made_under, undone, learnt)
    assert (found.removed[-1].reason, PAGE[4][1] in found.body) == ("repeated on this site", False)


def test_links_move_with_their_lines() -> None:
    known = replace(read(), links=(BodyLink(0, 4, 9, "https://a.example/ferry"), BodyLink(2, 3, 10, "https://a.example/bank")))
    assert known.body.split("\n")[2][3:10] == "reached"
    found = corrected(known, verdict(PAGE[1][1], "text"), NOBODY)
    assert [(link.line, link.start, link.url[18:]) for link in found.links] == [(0, 4, "ferry"), (3, 3, "bank")]
    found = corrected(known, verdict(PAGE[0][1], "furniture"), NOBODY)
    assert [(link.line, link.url[18:]) for link in found.links] == [(1, "bank")]


def test_a_text_is_never_emptied() -> None:
    known = Text("One line.", ("p",), ())
    assert corrected(known, verdict("one line", "furniture"), NOBODY) == known


def test_a_line_without_a_place_stays_where_it_is() -> None:
    known = Text("A text.", ("p",), (Removed("Read more", "read more"), Removed("Share", "share", 0, "li")))
    found = corrected(known, {"read more": "text", "share": "text"}, NOBODY)
    assert found == Text("Share\nA text.", ("li", "p"), (Removed("Read more", "read more"),))


LEFT_OUT = st.lists(st.tuples(st.sampled_from(["Share", "delta"]), st.integers(0, 9)), max_size=3)
LINES = st.lists(st.tuples(st.sampled_from(["p", "h", "li", "q"]), st.sampled_from(["Alpha", "beta two", "Gamma!", "delta"])), max_size=8)
SAID = st.dictionaries(st.sampled_from(["alpha", "beta two", "gamma", "delta"]), st.sampled_from(["text", "furniture", "undone"]))


@given(lines=LINES, removed=LEFT_OUT, said=SAID)
def test_lines_are_never_lost_or_doubled_and_twice_is_once(
    lines: list[tuple[str, str]], removed: list[tuple[str, int]], said: dict[str, str]
) -> None:
    lines = [("p", "It begins."), *lines]
    left_out = tuple(Removed(text, "share", min(at, len(lines)), "p") for text, at in sorted(removed, key=lambda row: row[1]))
    known = Text("\n".join(text for _, text in lines), tuple(kind for kind, _ in lines), left_out)
    found = corrected(known, said, NOBODY)
    assert sorted([*found.body.split("\n"), *(line.text for line in found.removed)]) == sorted(
        [*known.body.split("\n"), *(line.text for line in known.removed)]
    )
    assert len(found.kinds) == len(found.body.split("\n"))
    assert corrected(found, said, NOBODY) == found
    for line in found.body.split("\n"):
        assert said.get(line_key(line)) != "furniture"
