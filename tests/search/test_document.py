"""What an article is found by."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from aggregator.feeds import catalogue
from aggregator.model import Article, Feed, Mention, Place, Tags
from aggregator.search.document import index_document

NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
ARTICLE = Article(1, 1 << 20, "o", "https://o.example/1", "o.example/1", "t", "b", ("p",), "en", None, NOON, NOON, feed_id=7)
THEATRES = catalogue.load().by_country()


def place(ident: str, country: str | None, *path: str) -> Place:
    return Place(ident, ident, "settlement", 1.0, 2.0, country, path, path)


IZIUM, GOMA = place("izium", "UA", "kharkiv-oblast", "ukraine"), place("goma", "CD", "kivu", "congo")
BERLIN, NOWHERE = place("berlin", "DE", "germany"), place("red-sea", None)


def facets(feed_theatre: str | None, *mentions: Mention, primary: tuple[str, ...] = ()) -> dict[str, tuple[str, ...]]:
    feed = Feed(7, "https://o.example/feed", "Feed", "o", theatre=feed_theatre)
    return dict(index_document(ARTICLE, Tags(mentions=mentions, primary_places=primary), feed, THEATRES).facets)


@pytest.mark.parametrize(
    ("where", "theatre", "expected"),
    [
        ((IZIUM,), "levant", ("ukraine",)),  # where it happened goes before who tells it
        ((IZIUM, GOMA), None, ("ukraine", "drc")),
        ((BERLIN,), "ukraine", ("ukraine",)),  # talks about a war are that war's
        ((NOWHERE,), "yemen", ("yemen",)),
        ((), "sudan", ("sudan",)),
        ((), None, ()),
    ],
)
def test_theatres(where: tuple[Place, ...], theatre: str | None, expected: tuple[str, ...]) -> None:
    mentions = [Mention(n, n + 1, "x", at, "event") for n, at in enumerate(where)]
    assert facets(theatre, *mentions).get("theatre", ()) == expected


def test_a_region_finds_its_villages_and_what_is_merely_named_finds_nothing() -> None:
    found = facets(None, Mention(0, 1, "x", IZIUM, "event"), Mention(2, 3, "x", GOMA, "mention"), primary=("izium",))
    assert found["place"] == ("izium", "kharkiv-oblast", "ukraine")
    assert facets(None, Mention(2, 3, "x", GOMA, "mention")).get("place") is None


def test_every_theatre_of_the_catalogue_with_countries_can_be_found() -> None:
    assert {theatre for found in THEATRES.values() for theatre in found} == {t.id for t in catalogue.load().theatres if t.countries}


@pytest.mark.parametrize(("group", "state"), [(None, "original"), (1, "original"), (7, "copy")])
def test_whoever_copies_nobody_is_an_original(group: int | None, state: str) -> None:
    document = index_document(replace(ARTICLE, copy_group=group, wire="agency"), Tags(), None, THEATRES)
    assert document.facets["is"] == (state, "wire")
    assert (document.copy_of, document.wire) == (group, "agency")


def test_what_was_edited_is_a_state() -> None:
    document = index_document(replace(ARTICLE, revision=2), Tags(), None, THEATRES, {"silent", "claim_withdrawn", "unheard_of"})
    assert document.facets["is"] == ("original", "edited", "claim-withdrawn", "silent")
