"""The query language: it never fails, and what it understood reads back."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.search.language import FIELDS, MAX_TERMS, MAX_TEXT, parse
from aggregator.search.syntax import And, Empty, Filter, Negation, Or, Quoted, Term, to_json

DOCS = Path(__file__).parents[2] / "docs" / "query-language.md"

READ = [  # query, canonical text, parts of the warnings
    ("drone strike", "drone strike", []),
    ('"air  defence" OR missile -F-16', '"air defence" OR (missile -F-16)', []),
    ('place:"Kryvyi Rih" by:ISW last:24h', 'place:"Kryvyi Rih" by:ISW last:24h', []),
    ("10:30", "10:30", ["no field"]),
    ("ftp://x.example/y U.K. F-16", "ftp://x.example/y U.K. F-16", ["no field"]),
    ("http://x.example/y U.K.", "url:http://x.example/y U.K.", []),
    ("drone -HTTPS://x.example/a_(b)?c=%20#d", 'drone -url:"HTTPS://x.example/a_(b)?c=%20#d"', []),
    ("(https://x.example/y)", "url:https://x.example/y", []),
    ("url:x.example/y", "url:https://x.example/y", []),
    ("url:nothing", '"nothing"', ["needs the address of an article"]),
    (f"https://x.example/{'y' * 400}?a=1", f'url:"https://x.example/{"y" * 400}?a=1"', []),
    ("place:-Kyiv title:!drone", "-place:Kyiv -title:drone", []),
    ("title:--drone", "title:drone", []),
    (f"title:{'-' * 50_001}drone", "-title:drone", []),
    ("story:-1", '"-1"', ["needs a number"]),
    ("near:(Kharkiv,-4)", '"Kharkiv,-4"', ["1 to 500 km"]),
    ("near:(Kharkiv, 12345)", '"Kharkiv, 12345"', ["1 to 500 km"]),
    ('http://x.example/a?b=(2)צה"ל', 'url:"http://x.example/a?b=(2)צה"ל"', []),
    ("title:(http://x.example/a(2))", 'title:"http://x.example/a(2)"', []),
    ("near:(Kharkiv, 7.6 km)", "near:(Kharkiv, 8)", []),
    ('title:(drone OR "x y") -body:z', '(title:drone OR title:"x y") -body:z', []),
    ("AND OR NOT", "", ["AND", "OR", "NOT"]),
    ("(a OR b", "a OR b", ["not closed"]),
    ("a) b", "a b", ["closing bracket"]),
    ('צה"ל "דובר צה"ל"', 'צה"ל "דובר צה"ל"', []),
    ("in:Ukraine", "place:Ukraine", []),
    ("lang:Ukrainian", "lang:uk", []),
    ("after:bad", '"bad"', ["after:"]),
    ("last:soon", '"soon"', ["last:"]),
    ("is:zzz", '"zzz"', ["is: knows"]),
    ("story:abc", '"abc"', ["number"]),
    ("place:", "place", ["no value"]),
    ("=Exact pokr*", "=Exact pokr*", []),
    ("-(a b)", "-(a b)", []),
    ("--a NOT NOT b", "a b", []),
    ("!a", "-a", []),
    ("a AND b", "a b", []),
    ("a OR b OR (c OR d)", "a OR b OR c OR d", []),
    ("a OR", "a", ["OR joins nothing"]),
    ("«Азов» „полк“ “x y”", '"Азов" "полк" "x y"', []),
    ('"open', '"open"', ["not closed"]),
    ("🔥", "", ["nothing to search"]),
    ("Kyiv - Lviv", "Kyiv Lviv", []),
    ("", "", []),
    ('near:("Kryvyi Rih", 30 km) x', "near:(Kryvyi Rih, 30) x", []),
    ("near:Pokrovsk,50", "near:(Pokrovsk, 50)", []),
    ("-near:(Pokrovsk)", "-near:(Pokrovsk, 25)", []),
    ("near:(Kyiv, 900)", '"Kyiv, 900"', ["1 to 500 km"]),
    ("near:(Kyiv, 9", "near:(Kyiv, 9)", ["not closed"]),
    ("near:()", "near", ["no value"]),
    ("origins:>=2 outlets:>3 origins:=1 outlets:0..4", "origins:>=2 outlets:>=4 origins:1 outlets:<=4", []),
    ("origins:many", '"many"', ["needs a number"]),
    ("is:single_source is:Starred is:unread", "is:single-source is:starred is:unread", []),
    ('search:"Gaza aid" OR on:2024-05', 'search:"Gaza aid" OR on:2024-05', []),
]


@pytest.mark.parametrize(("query", "text", "warnings"), READ)
def test_reading(query: str, text: str, warnings: list[str]) -> None:
    read = parse(query)
    assert read.text == text
    assert len(read.warnings) >= len(warnings)
    assert bool(read.warnings) == bool(warnings)
    for part in warnings:
        assert any(part in sentence for sentence in read.warnings)


def test_tree() -> None:
    assert parse('a -title:"b c" OR place:Kyiv*').ast == Or(
        (And((Term("a"), Negation(Quoted("b c", "title")))), Filter("place", "Kyiv*")),
    )
    assert parse("x* =y body:z").ast == And((Term("x", prefix=True), Term("y", exact=True), Term("z", "body")))
    assert parse(" ").ast == Empty()


def test_json() -> None:
    assert to_json(parse("a OR -in:Sudan").ast) == {
        "type": "or",
        "parts": [
            {"type": "word", "text": "a", "field": None, "prefix": False, "exact": False},
            {"type": "not", "part": {"type": "filter", "field": "place", "value": "Sudan"}},
        ],
    }


def test_limits_are_said() -> None:
    many = parse(" ".join(f"w{i}" for i in range(MAX_TERMS + 5)))
    assert isinstance(many.ast, And)
    assert len(many.ast.parts) == MAX_TERMS
    assert any("Only the first" in sentence for sentence in many.warnings)
    deep = parse("(" * 5000 + "a" + ")" * 5000)
    assert any("deeper" in sentence for sentence in deep.warnings)
    assert any("cut" in sentence for sentence in parse("a " * 60_000).warnings)


PIECES = st.sampled_from(
    [
        *'"()-!=*:|&+/',
        "title:",
        "place:",
        "after:",
        "OR",
        "AND",
        "NOT",
        " ",
        "  ",
        "a",
        "b",
        "2024-01",
        'צה"ל',
        *"«»“”„",
        "is:",
        "copy",
        "foo:",
    ]
    + ["near:(", "near:", ", 30", "origins:", ">=", "<", "search:", "outlets:", "is:unread"]
    + ["story:", "12", "Ё", "\x00", "\ud800", "last:", "3d", "..", "lang:", "uk", "kind:", "'", "F-16", "ß", "\n"]
)


@settings(max_examples=1500, deadline=None)
@given(st.one_of(st.text(max_size=40), st.lists(PIECES, max_size=14).map("".join)))
def test_it_never_fails_and_its_text_reads_back(text: str) -> None:
    first = parse(text)
    again = parse(first.text)
    assert again.ast == first.ast
    assert again.text == first.text
    to_json(first.ast)


def _examples() -> list[str]:
    text = DOCS.read_text(encoding="utf-8")
    table = re.findall(r"^\| `([^`]+)` \|", text, re.M) + re.findall(r"^\| `[a-z]+:` \| `([^`]+)`", text, re.M)
    return [q for q in table if not q.endswith(":")] + re.findall(r"^- `([^`]+)`$", text, re.M)


@pytest.mark.parametrize("query", _examples())
def test_documented_queries_are_understood(query: str) -> None:
    read = parse(query)
    assert read.warnings == ()
    assert not isinstance(read.ast, Empty)


def test_every_field_is_documented() -> None:
    assert set(re.findall(r"^\| `([a-z]+):` \|", DOCS.read_text(encoding="utf-8"), re.M)) == FIELDS


@pytest.mark.parametrize("query", ['"{}צה"ל"', "{}צה" + '"ל'])
def test_a_text_that_is_cut_within_a_word_reads_back(query: str) -> None:
    for length in range(MAX_TEXT - 4, MAX_TEXT + 2):
        made = parse(query.format("א" * length))
        assert parse(made.text).ast == made.ast and parse(made.text).text == made.text
