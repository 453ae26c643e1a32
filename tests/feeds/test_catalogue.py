"""The starter catalogue: what ships is complete and consistent, and a mistake in it is named with its line."""

import pytest

from aggregator.errors import UsageError
from aggregator.feeds import catalogue

SMALL = """\
theatres:
  - {id: north, name: "North", description: "A war", countries: ["UA"]}
outlets:
  - {id: paper, name: "Paper", kind: newspaper, country: "UA", languages: ["uk"], homepage: "https://paper.example/",
     affiliation: independent, basis: "owned by its readers", verified: no}
feeds:
  north:
    - {outlet: paper, url: "https://paper.example/feed", language: "uk", seen: yes}
"""


def test_every_theatre_has_feeds_and_every_label_a_basis() -> None:
    found = catalogue.load()
    assert [theatre.id for theatre in found.theatres] == [
        "ukraine", "levant", "sudan", "syria", "yemen", "drc", "myanmar", "sahel", "iran", "world",
    ]  # fmt: skip
    drafts = [draft for theatre in found.theatres for draft in found.feeds(theatre.id)]
    assert len(drafts) >= 100
    assert all(len(found.feeds(theatre.id)) >= 5 for theatre in found.theatres)
    assert all(draft.outlet.basis and draft.title and draft.language for draft in drafts)
    assert len({draft.url.rstrip("/") for draft in drafts}) == len(drafts)
    assert {draft.theatre for draft in drafts} == {theatre.id for theatre in found.theatres}
    assert {outlet.affiliation for outlet in found.outlets.values()} <= set(catalogue.AFFILIATIONS)
    assert len({outlet.name for outlet in found.outlets.values()}) == len(found.outlets)


def test_several_languages_and_sides_are_there() -> None:
    found = catalogue.load()
    languages = {draft.language for theatre in found.theatres for draft in found.feeds(theatre.id)}
    assert {"en", "uk", "ru", "ar", "fr", "fa"} <= languages
    for theatre in ("ukraine", "levant", "sudan", "syria", "yemen", "iran"):
        assert len({draft.outlet.country for draft in found.feeds(theatre)}) >= 2, theatre


def test_a_feed_without_title_bears_its_outlets_name() -> None:
    draft = catalogue.parse(SMALL, "small.yaml").feeds("north")[0]
    assert (draft.title, draft.url, draft.outlet.id, draft.language) == ("Paper", "https://paper.example/feed", "paper", "uk")


MISTAKES = [
    ("kind: newspaper", "kind: newspapr", "line 4, outlet paper: kind 'newspapr' is not known; did you mean 'newspaper'?"),
    ("affiliation: independent", "affiliation: free", "it is one of independent, party, public"),
    ('basis: "owned by its readers"', 'basis: " "', "the affiliation has no basis"),
    ('country: "UA", languages', "country: NO, languages", "codes such as NO want quotation marks"),
    ('country: "UA", languages', 'country: "Ukraine", languages', "alpha-2 code such as"),
    ('language: "uk", seen', 'language: "Ukrainian", seen', "ISO 639-1 code such as"),
    ("https://paper.example/feed", "paper.example/feed", "is not a whole web address such as https://"),
    ("outlet: paper", "outlet: papr", "did you mean 'paper'?"),
    (", seen: yes", "", "line 8, feed https://paper.example/feed: the field 'seen' is missing"),
    (", seen: yes", ", seen: yes, titel: x", "there is no field 'titel'; did you mean 'title'?"),
    ("  north:\n", "  nord:\n", "theatre 'nord' is not known; did you mean 'north'?"),
    ("verified: no", "verified: maybe", "verified is 'maybe'; it should be yes or no"),
    ("outlets:\n", "outlet:\n", "has the three parts theatres, outlets and feeds"),
    ("theatres:", "theatres: [", "this is not YAML"),
]


@pytest.mark.parametrize(("right", "wrong", "message"), MISTAKES)
def test_a_mistake_is_named_with_what_would_be_right(right: str, wrong: str, message: str) -> None:
    assert right in SMALL
    with pytest.raises(UsageError) as caught:
        catalogue.parse(SMALL.replace(right, wrong), "small.yaml")
    assert message in caught.value.message
    assert "small.yaml" in caught.value.message


def test_what_occurs_twice_is_named_with_both_lines() -> None:
    again = SMALL + '    - {outlet: paper, url: "https://paper.example/feed/", language: "uk", seen: yes}\n'
    with pytest.raises(UsageError, match="line 9, feed .*the same feed URL stands in line 8"):
        catalogue.parse(again, "small.yaml")


def test_an_unknown_theatre_names_the_nearest() -> None:
    with pytest.raises(UsageError, match="did you mean 'ukraine'"):
        catalogue.load().feeds("ukrain")
