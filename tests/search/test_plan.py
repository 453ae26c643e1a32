"""From query to plan: dates, names and words."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.query import AllOf, AnyOf, Articles, Between, Everything, Facet, Not, Phrase, StoryCount, Word
from aggregator.search.language import parse
from aggregator.search.plan import Planned, narrowed, plan

NOW = datetime(2024, 5, 15, 12, 30, tzinfo=UTC)


class Names:
    """A few invented names."""

    def place(self, name: str) -> tuple[str, ...]:
        return {"kharkiv": ("gn706483",), "tripoli": ("gn2210247", "gn266826")}.get(name.lower(), ())

    def source(self, name: str) -> tuple[str, ...]:
        return {"isw": ("isw",), "uk-mod": ("uk-mod",)}.get(name.lower(), ())

    def outlet(self, name: str) -> tuple[str, ...]:
        return {"example gazette": ("example-gazette",)}.get(name.lower(), ())

    def article(self, url: str) -> tuple[int, ...]:
        return (12,) if url == "https://o.example/a_(b)?c=1" else ()

    def values(self, field: str) -> tuple[str, ...]:
        return {"kind": ("official", "media"), "side": ("ukraine", "russia")}.get(field, ())

    def near(self, place_id: str, km: int) -> tuple[str, ...]:
        around = {"gn706483": ("gn706483", "gn1", "gn2"), "gn266826": tuple(f"gn{n}" for n in range(500))}
        return around.get(place_id, ()) if km < 100 else ()


def planned(query: str) -> Planned:
    return plan(parse(query), NOW, Names())


def day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize("query", ["https://o.example/a_(b)?c=1", 'url:"o.example/a_(b)?c=1"', "(https://o.example/a_(b)?c=1)"])
def test_an_address_means_its_article(query: str) -> None:
    made = planned(query)
    assert made.plan.match == Articles(frozenset((12,))) and made.notes == ()
    assert [part.meaning for part in made.understood] == ["the article at this address"]
    assert planned(f"-{query}").plan.match == Not(made.plan.match)


def test_an_address_that_nobody_knows_is_text() -> None:
    made = planned("https://o.example/b")
    assert made.notes == ("No article is known under the address “https://o.example/b”; it is searched as text.",)
    assert isinstance(made.plan.match, Phrase) and "as text" in made.understood[0].meaning


def test_what_no_source_is_finds_nothing_and_says_so() -> None:
    assert planned("kind:official side:ukraine").notes == ()
    made = planned("kind:nonsense")
    assert made.notes == ("kind:nonsense finds nothing: kind knows official, media.",)
    assert made.plan.match == Facet("kind", "nonsense")


WINDOWS = [
    ("after:2024-05-01", day("2024-05-01"), None),
    ("before:2024-05", None, day("2024-05-01")),
    ("on:2024-02", day("2024-02-01"), day("2024-03-01")),
    ("on:2024", day("2024-01-01"), day("2025-01-01")),
    ("on:2024-12-31", day("2024-12-31"), day("2025-01-01")),
    ("on:2024-05-01T10:00", day("2024-05-01T10:00"), day("2024-05-01T10:01")),
    ("on:2024-05-01..2024-05-07", day("2024-05-01"), day("2024-05-08")),
    ("on:2024-01/2024-02", day("2024-01-01"), day("2024-03-01")),
    ("on:today", day("2024-05-15"), day("2024-05-16")),
    ("after:yesterday", day("2024-05-14"), None),
    ("last:24h", NOW - timedelta(days=1), None),
    ("last:P1W", NOW - timedelta(days=7), None),
    ("last:PT12H", NOW - timedelta(hours=12), None),
    ("after:3d before:now", NOW - timedelta(days=3), NOW),
    ("-after:2024-05-01", None, day("2024-05-01")),
    ("after:2024-01 after:2024-02 before:2024-06 before:2024-04", day("2024-02-01"), day("2024-04-01")),
    ("last:9999y", day("0001-01-01"), None),
]


@pytest.mark.parametrize(("query", "since", "until"), WINDOWS)
def test_windows(query: str, since: datetime | None, until: datetime | None) -> None:
    made = planned(query)
    assert (made.plan.since, made.plan.until) == (since, until)
    assert made.plan.match == Everything()
    assert made.notes == ()


NODES = [
    ("", Everything()),
    ("place:Kharkiv", Facet("place", "gn706483")),
    ("place:gn709611", Facet("place", "gn709611")),
    ("in:Tripoli", AnyOf((Facet("place", "gn2210247"), Facet("place", "gn266826")))),
    ("by:ISW", Facet("source", "isw")),
    ("via:uk-mod", Facet("via", "uk-mod")),
    ('outlet:"Example Gazette"', Facet("outlet", "example-gazette")),
    ("story:007", Facet("story", "7")),
    ("lang:uk", Facet("lang", "uk")),
    ('"air defence"', Phrase(("air", "defence"))),
    ('title:"ceasefire"', Word("ceasefire", "title", exact=True)),
    ("=Strikes", Word("strikes", exact=True)),
    ("pokr*", Word("pokr", prefix=True, exact=True)),
    ("F-16", Word("f16")),
    ("state-owned", Phrase(("state", "owned"))),
    ("10:30", Phrase(("10", "30"))),
    ("near:(Kharkiv, 30)", AnyOf((Facet("place", "gn706483"), Facet("place", "gn1"), Facet("place", "gn2")))),
    ("near:Kharkiv", AnyOf((Facet("place", "gn706483"), Facet("place", "gn1"), Facet("place", "gn2")))),
    ("near:(Kharkiv, 300 km)", Facet("place", "gn706483")),
    ("origins:>=2", StoryCount("origins", 2)),
    ("outlets:>2", StoryCount("outlets", 3)),
    ("outlets:2..5", StoryCount("outlets", 2, 5)),
    ("origins:<3", StoryCount("origins", 0, 2)),
    ("-origins:1", Not(StoryCount("origins", 1, 1))),
    ("is:single-source", StoryCount("origins", 1, 1)),
    ("is:paywalled", Facet("is", "paywalled")),
    ("lang:uk OR on:2024-05", AnyOf((Facet("lang", "uk"), Between(day("2024-05-01"), day("2024-06-01"))))),
    ("-on:2024-05", Not(Between(day("2024-05-01"), day("2024-06-01")))),
    ("lang:uk OR last:24h", AnyOf((Facet("lang", "uk"), Between(NOW - timedelta(days=1))))),
    ("lang:uk OR -before:today", AnyOf((Facet("lang", "uk"), Not(Between(None, day("2024-05-15")))))),
    ("-lang:ru lang:uk", AllOf((Not(Facet("lang", "ru")), Facet("lang", "uk")))),
]


@pytest.mark.parametrize(("query", "node"), NODES)
def test_nodes(query: str, node: object) -> None:
    assert planned(query).plan.match == node


def test_a_word_is_looked_for_in_every_language_of_its_script() -> None:
    match = planned("дронів").plan.match
    assert isinstance(match, AnyOf)
    assert Word("uk~дрон") in match.parts
    assert all(isinstance(part, Word) and not part.exact for part in match.parts)


NOTES = [
    ("place:Nowhereville", Word("nowhereville", exact=True), "No place"),
    ("by:Somebody", Word("somebody", exact=True), "No source"),
    ("by:new-source", Facet("source", "new-source"), "taken for an id"),
    ("near:(Nowhereville, 30)", Word("nowhereville", exact=True), "No place"),
    ("is:starred", AnyOf(()), "logged in"),
    ("search:unknown", Word("unknown", exact=True), "No saved search"),
    ("near:(Tripoli, 9)", None, "only the 400 nearest"),
    ("x*", None, "too short"),
]


@pytest.mark.parametrize(("query", "node", "note"), NOTES)
def test_notes(query: str, node: object, note: str) -> None:
    made = planned(query)
    assert any(note in sentence for sentence in made.notes)
    if node is not None:
        assert made.plan.match == node


SAVED = {
    "front": "lang:uk last:24h",
    "wide": "search:front OR lang:ru",
    "a": "x search:b",
    "b": "search:a OR y",
    "odd": "is:zzz",
    "long": " ".join(f"w{n}" for n in range(60)),
}


def with_saved(query: str) -> Planned:
    return plan(parse(query), NOW, Names(), saved=SAVED.get, marks={"starred": Articles(frozenset((7,)))})


def test_a_saved_search_stands_for_its_query() -> None:
    made = with_saved("search:front is:starred").plan
    assert made.match == AllOf((Facet("lang", "uk"), Articles(frozenset((7,)))))
    assert made.since == NOW - timedelta(days=1)
    inner = AllOf((Facet("lang", "uk"), Between(NOW - timedelta(days=1))))
    assert with_saved("search:wide").plan.match == AnyOf((inner, Facet("lang", "ru")))
    assert with_saved("-search:front").plan.match == Not(inner)


@pytest.mark.parametrize(
    ("query", "note"),
    [
        ("search:a", "leads back to itself (a → b → a)"),
        ("search:nobody", "No saved search is called “nobody”"),
        ("search:odd", "In the saved search “odd”: is: knows"),
        ("search:long search:long", "too long"),
    ],
)
def test_what_is_wrong_with_a_saved_search_is_said(query: str, note: str) -> None:
    assert any(note in sentence for sentence in with_saved(query).notes)


def test_every_part_is_explained() -> None:
    made = with_saved('drone -title:"air raid" in:Kharkiv by:Nobody origins:>=2 (is:copy OR pokr*) near:(Kharkiv, 9) search:front')
    assert [(part.text, part.meaning) for part in made.understood] == [
        ("drone", "“drone”: the word in any form, in title or text"),
        ('-title:"air raid"', "not (“air raid”: these words as they stand, in the title)"),
        ("place:Kharkiv", "about Kharkiv, or a place within it (gn706483)"),
        ("by:Nobody", "“Nobody” as text: the name is not known"),
        ("origins:>=2", "of a story with at least 2 origins"),
        ("(is:copy OR pokr*)", "(a reprint or wire copy of another article) or (“pokr”: words that begin so, in title or text)"),
        ("near:(Kharkiv, 9)", "about a place within 9 km of Kharkiv (gn706483)"),
        ("search:front", "what the saved search front finds"),
    ]


def test_narrowing_adds_a_condition() -> None:
    assert narrowed(planned("lang:uk").plan, Facet("place", "gn1")).match == AllOf((Facet("lang", "uk"), Facet("place", "gn1")))


@settings(max_examples=500, deadline=None)
@given(st.text(max_size=40) | st.from_regex(r"(after|before|on|last):[0-9TPWYMDHhdwmy.:/-]{1,14}", fullmatch=True))
def test_any_query_has_a_plan(text: str) -> None:
    planned(text)
