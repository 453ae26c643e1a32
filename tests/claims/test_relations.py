"""How two claims stand to each other; above all where nothing may be said."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.claims.dossier import compile_dossier
from aggregator.claims.relations import Kind
from aggregator.model import ClaimAttribution, Span
from tests.claims.rows import NOON, said

HIT = "a Russian missile hit the hospital, killing five people"
APART = {"story_id": 2}  # another story than the first statement's

# what it is about, the first statement, the second with what else is known of it, the relation
PAIRS: list[tuple[str, str, tuple[str, str, dict[str, Any]], Kind | None]] = [
    ("like words", HIT, ("five people were killed when a Russian missile hit the hospital", "en", {}), Kind.ALSO),
    ("two languages", HIT, ("російська ракета влучила в лікарню, загинули п'ятеро", "uk", APART), Kind.ALSO),
    ("a denial", HIT, ("its missiles did not hit the hospital", "en", {}), Kind.DENIED),
    ("a denial by the cue", HIT, ("hitting the hospital", "en", {"negated": True}), Kind.DENIED),
    ("a denial in another language", HIT, ("наши войска не наносили удар по больнице", "ru", {**APART, "side": "russia"}), Kind.DENIED),
    ("another number", HIT, ("seven people were killed in the hospital", "en", {}), Kind.DIFFERS),
    ("nobody hurt", HIT, ("nobody was killed in the hospital", "en", {}), Kind.DENIED),
    (
        "a denial of one deed",
        "its troops captured two villages",
        ("the claim that two villages were taken", "en", {**APART, "negated": True}),
        Kind.DENIED,
    ),
    ("taken and held", "its troops took control of the town", ("our troops still hold the town", "en", {}), Kind.DENIED),
    ("another target", HIT, ("a Russian missile hit the school, killing seven people", "en", {}), None),
    ("another doer", HIT, ("a Ukrainian missile hit the hospital, killing five people", "en", {}), None),
    ("both can be right", HIT, ("at least three people were killed in the hospital", "en", {}), None),
    ("a longer time", HIT, ("270 people were killed in the hospital since October", "en", {}), None),
    ("soldiers are not all", HIT, ("twelve soldiers were killed in the hospital", "en", {}), None),
    ("a plan", "the army struck the depot", ("it would strike the depot", "en", {}), None),
    ("what others say", HIT, ("it could not confirm that the hospital was hit", "en", {}), None),
    ("a denial of no target", HIT, ("civilians had been hit", "en", {"negated": True}), None),
    ("another place", HIT, (HIT, "en", {**APART, "place_ids": ("gn1",)}), None),
    ("no common place", HIT, (HIT, "en", {**APART, "place_ids": ()}), None),
    ("something else", HIT, ("the water supply had not been interrupted", "en", {}), None),
    ("one deed is no evidence across languages", "the depot was struck", ("по місту завдано удару", "uk", APART), None),
]


@pytest.mark.parametrize(("first", "second", "kind"), [case[1:] for case in PAIRS], ids=[case[0] for case in PAIRS])
def test_relations(first: str, second: tuple[str, str, dict[str, Any]], kind: Kind | None) -> None:
    words, language, more = second
    one = said(first, side="russia" if "took" in first else "ukraine", source="a")
    facts: dict[str, Any] = {"number": 2, "source": "b", "side": "western"} | more
    other = said(words, language, **facts)
    rows = [one, other]
    for order in (rows, rows[::-1]):
        made = compile_dossier(order)
        assert len(made.entries) == 2
        assert [[relation.kind for relation in entry.relations] for entry in made.entries] == [[kind] if kind else []] * 2


def test_who_denies() -> None:
    denial = "its missiles did not hit the hospital"
    made = compile_dossier([said(HIT, source="a"), said(denial, number=2, source="b")])
    assert {entry.claim.words: entry.relations[0].denies for entry in made.entries} == {HIT: False, denial: True}


def test_who_counts_anew_differs_from_before() -> None:
    made = compile_dossier([said(HIT), said(HIT.replace("five", "seven"), number=2)])
    (difference,) = made.entries[0].relations[0].differences
    assert made.entries[0].relations[0].same_speaker
    assert {difference.here.value, difference.there.value} == {5, 7}


def test_of_the_same_words_of_one_text_nothing_is_said() -> None:
    """A reading that takes one sentence for the words of two speakers is wrong about one of them."""
    rows = [said(HIT, source="a"), said(HIT, number=2, source="b", article_id=101, content=(Span(10, 30),))]
    assert not any(entry.relations for entry in compile_dossier(rows).entries)


def test_a_single_source() -> None:
    alone = said("the bridge was closed to lorries", number=3, source="c")
    made = compile_dossier([said(HIT, source="a"), said(HIT, number=2, source="b"), alone])
    assert [entry.claim.words for entry in made.entries if entry.single_source] == [alone.words]
    twice = compile_dossier([said(HIT, channel="interview"), said(HIT, number=2, channel="interview")])
    assert not twice.entries[0].single_source


def test_sides_come_before_the_others() -> None:
    sides = ["unknown", "third-party", "russia", "ukraine", "ukraine"]
    words = ["the bridge was closed", "flour ran short", "the depot was struck", "a school was hit", "two trains were late"]
    rows = [said(text, number=n, source=f"s{n}", side=side) for n, (text, side) in enumerate(zip(words, sides, strict=True), 1)]
    made = compile_dossier(rows)
    assert [side.side for side in made.sides] == ["ukraine", "russia", "third-party", "unknown"]
    assert [side.claims for side in made.sides] == [2, 1, 1, 1]
    assert compile_dossier(rows, most=2).left_out == 3
    assert compile_dossier([]).entries == ()


def test_days_of_a_claim() -> None:
    words = "the bridge was destroyed overnight"
    rows = [
        said(words, copy_group=1),
        said(words, number=2, copy_group=1, at=NOON.replace(day=20)),  # a late copy
        said(words, number=3, said_on="2024-06-11", about_from="2024-06-10", about_to="2024-06-11"),
        said(words, number=4, said_on="2024-06", about_from="2024-05-01", about_to="2024-05-31"),  # about no one day
    ]
    assert compile_dossier(rows).entries[0].claim.days == ("2024-06-10", "2024-06-11", "2024-06-13")


SAMPLES = [case[1] for case in PAIRS] + [case[2][0] for case in PAIRS]


@given(st.lists(st.tuples(st.sampled_from(SAMPLES), st.sampled_from("abc"), st.booleans()), max_size=6), st.randoms())
def test_the_order_does_not_matter_and_relations_have_two_ends(lines: list[tuple[str, str, bool]], random: Any) -> None:
    rows: list[ClaimAttribution] = [said(words, number=n, source=source, negated=no) for n, (words, source, no) in enumerate(lines, 1)]
    made = compile_dossier(rows)
    shuffled = list(rows)
    random.shuffle(shuffled)
    assert compile_dossier(shuffled) == made
    ends = {(relation.kind, relation.of, relation.by) for entry in made.entries for relation in entry.relations}
    assert ends == {(kind, by, of) for kind, of, by in ends}
    assert sorted(row.attribution_id for entry in made.entries for row in entry.rows) == [row.attribution_id for row in rows]
