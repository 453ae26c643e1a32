"""The fields of the search form to a query and back."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.search.language import parse
from aggregator.search.syntax import And, Ast, Empty
from web.composing import FIELDS, compose, decompose

CASES: list[tuple[dict[str, str], str]] = [
    ({}, ""),
    ({"all": "drone strike"}, "drone strike"),
    ({"any": "missile  rocket"}, "missile OR rocket"),
    ({"all": "strike", "any": 'missile "cruise missile"'}, 'strike (missile OR "cruise missile")'),
    ({"none": 'football "air show"'}, '-football -"air show"'),
    ({"phrase": "power plant"}, '"power plant"'),
    ({"place": "Kharkiv", "outlet": "Example Gazette"}, 'place:Kharkiv outlet:"Example Gazette"'),
    ({"place": "Paris (gn4717560)"}, "place:gn4717560"),
    ({"place": "Klishchiivka (fw-klishchiivka)", "by": "Mayor (a) (ua-mayor)"}, "place:fw-klishchiivka by:ua-mayor"),
    ({"origins": "2", "lang": "uk", "side": "ukraine", "kind": "official"}, "side:ukraine kind:official lang:uk origins:>=2"),
    ({"last": "7d", "is": "original"}, "last:7d is:original"),
    ({"after": "2026-03-01", "before": "2026-03-05"}, "after:2026-03-01 before:2026-03-05"),
    ({"all": "port", "further": "outlet:(a OR b) OR title:grain"}, "port (outlet:a OR outlet:b OR title:grain)"),
    ({"all": "شتاء", "place": "غزة"}, "شتاء place:غزة"),
    ({"search": "My search"}, 'search:"My search"'),
]


@pytest.mark.parametrize(("fields", "text"), CASES)
def test_fields_become_a_query(fields: dict[str, str], text: str) -> None:
    composed = compose(fields)
    assert (composed.text, composed.notes) == (text, ())


@pytest.mark.parametrize(
    ("fields", "text"),
    [(fields, text) for fields, text in CASES if not any("(" in value for name, value in fields.items() if name != "further")],
)
def test_a_query_becomes_fields_again(fields: dict[str, str], text: str) -> None:
    again = decompose(text)
    assert compose(again).text == text
    assert again.keys() == fields.keys()


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("title:grain ship", {"all": "ship", "further": "title:grain"}),
        ("(a OR b) (c OR d)", {"any": "a b", "further": "c OR d"}),
        ("place:Kyiv place:Lviv", {"place": "Kyiv", "further": "place:Lviv"}),
        ("last:24h after:2026-03", {"last": "24h", "further": "after:2026-03"}),
        ("-place:Kyiv -(a b)", {"further": "-place:Kyiv -(a b)"}),
        ("origins:2..5", {"further": "origins:2..5"}),
        ('"a b" "c d"', {"phrase": "a b", "all": '"c d"'}),
        ("dro* =strike F-16", {"all": "dro* =strike F-16"}),
    ],
)
def test_what_no_field_holds_is_kept_as_it_is(text: str, fields: dict[str, str]) -> None:
    assert decompose(text) == fields


def test_what_is_not_understood_is_said() -> None:
    assert compose({"lang": "nobody's"}).notes[0].startswith("lang: needs a language")
    assert compose({"further": "colour:red"}).notes[0].startswith("“colour:” is no field")


TEXTS = st.text(alphabet='ab "()-:*=жאع', max_size=12)
PIECES = (
    *("a", "bc*", "=d", '"e f"', "-g", "OR", "(", ")", "NOT", "10:30", "F-16", "О'Ніл", 'צה"ל', "-(a b)", "title:x", 'body:"y z"'),
    *("place:Kyiv", 'place:"New York"', "-lang:uk", "last:3d", "after:2026", "after:2026-01-02", "origins:>=2", "is:copy", "by:(q OR r)"),
)
QUERIES = st.lists(st.sampled_from(PIECES), max_size=8).map(" ".join)


def parts(ast: Ast) -> list[Ast]:
    return [] if isinstance(ast, Empty) else list(ast.parts) if isinstance(ast, And) else [ast]


@settings(max_examples=400, deadline=None)
@given(QUERIES)
def test_nothing_is_lost_or_added_on_the_way_through_the_form(text: str) -> None:
    before, after = parts(parse(text).ast), parts(parse(compose(decompose(text)).text).ast)
    assert sorted(set(map(repr, before))) == sorted(set(map(repr, after)))


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from(FIELDS), TEXTS))
def test_whatever_is_typed_makes_a_query_that_reads_back(fields: dict[str, str]) -> None:
    text = compose(fields).text
    assert parse(text).text == text
