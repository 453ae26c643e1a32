"""From query to plan: dates, names and words."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.query import AllOf, AnyOf, Everything, Facet, Not, Phrase, Word
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


def planned(query: str) -> Planned:
    return plan(parse(query), NOW, Names())


def day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


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
    ("drone OR after:2024", None, "within OR"),
    ("-on:2024 lang:uk", Facet("lang", "uk"), "cannot be excluded"),
    ("x*", None, "too short"),
]


@pytest.mark.parametrize(("query", "node", "note"), NOTES)
def test_notes(query: str, node: object, note: str) -> None:
    made = planned(query)
    assert any(note in sentence for sentence in made.notes)
    if node is not None:
        assert made.plan.match == node


def test_narrowing_adds_a_condition() -> None:
    assert narrowed(planned("lang:uk").plan, Facet("place", "gn1")).match == AllOf((Facet("lang", "uk"), Facet("place", "gn1")))


@settings(max_examples=500, deadline=None)
@given(st.text(max_size=40) | st.from_regex(r"(after|before|on|last):[0-9TPWYMDHhdwmy.:/-]{1,14}", fullmatch=True))
def test_any_query_has_a_plan(text: str) -> None:
    planned(text)
