"""Metadata: titles without the site's name, persons, moments with their zone, addresses."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.extract import names
from aggregator.extract.metadata import Metadata, read, without_site
from aggregator.extract.page import parse
from aggregator.extract.times import parse_time
from aggregator.model import RawPage

URL = "https://dispatch.example/war/7"


def metadata(head: str, body: str = "<p>x</p>") -> Metadata:
    tree = parse(RawPage(URL, f"<html><head>{head}</head><body>{body}</body></html>".encode()))
    assert tree is not None
    return read(tree, URL)


MOMENTS = [
    ("2026-03-03T08:40:00+02:00", datetime(2026, 3, 3, 6, 40, tzinfo=UTC), True, True),
    ("2026-03-03T08:40:00.123+0200", datetime(2026, 3, 3, 6, 40, tzinfo=UTC), True, True),
    ("2026-03-03 08:40:00 -05", datetime(2026, 3, 3, 13, 40, tzinfo=UTC), True, True),
    ("2026-03-03T08:40Z", datetime(2026, 3, 3, 8, 40, tzinfo=UTC), True, True),
    ("2026-03-03T08:40:00 MSK", datetime(2026, 3, 3, 5, 40, tzinfo=UTC), True, True),
    ("2026-03-03T08:40:00 EEST", datetime(2026, 3, 3, 5, 40, tzinfo=UTC), True, True),
    ("20260303T084000Z", datetime(2026, 3, 3, 8, 40, tzinfo=UTC), True, True),
    ("2026-03-03 08:40", datetime(2026, 3, 3, 8, 40, tzinfo=UTC), True, False),
    ("2026-03-03", datetime(2026, 3, 3, tzinfo=UTC), False, False),
    ("Tue, 03 Mar 2026 08:40:00 +0200", datetime(2026, 3, 3, 6, 40, tzinfo=UTC), True, True),
    ("Tue Mar 03 2026 08:40:00 GMT+0200 (EET)", datetime(2026, 3, 3, 6, 40, tzinfo=UTC), True, True),
    ("Mar 3, 2026 8:40 pm EST", datetime(2026, 3, 4, 1, 40, tzinfo=UTC), True, True),
    ("Updated: 08:40, 3 March 2026", datetime(2026, 3, 3, 8, 40, tzinfo=UTC), True, False),
    ("March 3rd, 2026", datetime(2026, 3, 3, tzinfo=UTC), False, False),
    ("3. März 2026", datetime(2026, 3, 3, tzinfo=UTC), False, False),
    ("3 марта 2026 г., 08:40", datetime(2026, 3, 3, 8, 40, tzinfo=UTC), True, False),
    ("3 березня 2026", datetime(2026, 3, 3, tzinfo=UTC), False, False),
    ("3 de marzo de 2026", datetime(2026, 3, 3, tzinfo=UTC), False, False),
    ("1er mars 2026", datetime(2026, 3, 1, tzinfo=UTC), False, False),
    ("3 Mart 2026", datetime(2026, 3, 3, tzinfo=UTC), False, False),
    ("3 marca 2026", datetime(2026, 3, 3, tzinfo=UTC), False, False),
    ("3 مارس 2026", datetime(2026, 3, 3, tzinfo=UTC), False, False),
    ("3 كانون الثاني 2026", datetime(2026, 1, 3, tzinfo=UTC), False, False),
    ("3 במרץ 2026", datetime(2026, 3, 3, tzinfo=UTC), False, False),
    ("03.03.2026 08:40 Uhr", datetime(2026, 3, 3, 8, 40, tzinfo=UTC), True, False),
    ("1772520000", datetime(2026, 3, 3, 6, 40, tzinfo=UTC), True, True),
    ("1772520000000", datetime(2026, 3, 3, 6, 40, tzinfo=UTC), True, True),
]


@pytest.mark.parametrize(("text", "at", "has_hour", "has_zone"), MOMENTS)
def test_a_moment_in_each_spelling(text: str, at: datetime, has_hour: bool, has_zone: bool) -> None:
    moment = parse_time(text)
    assert moment is not None
    assert (moment.at, moment.has_hour, moment.has_zone) == (at, has_hour, has_zone)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "2026-13-40",
        "0001-01-01",
        "9999-99-99T99:99",
        "3 Mar",
        "3 dogs 2026",
        "33 March 2026",
        "13.45.2026",
        "1",
        "x" * 200,
    ],
)
def test_what_is_no_moment_is_none(text: str) -> None:
    assert parse_time(text) is None


@given(st.text(max_size=60))
def test_any_text_gives_an_aware_moment_or_none(text: str) -> None:
    moment = parse_time(text)
    assert moment is None or moment.at.utcoffset() is not None


BYLINES = [
    (["By Anna Orlova and Ben Hale"], ("Anna Orlova", "Ben Hale")),
    (["Von Jens Maurer"], ("Jens Maurer",)),
    (["Автор: Ірина Козак"], ("Ірина Козак",)),
    (["Anna Orlova, Ben Hale; Cara de Witt"], ("Anna Orlova", "Ben Hale", "Cara de Witt")),
    (["Anna Orlova og Ben Hale"], ("Anna Orlova", "Ben Hale")),
    (["Anna Orlova i Ben Hale"], ("Anna Orlova", "Ben Hale")),
    (["Anna I Orlova"], ("Anna I Orlova",)),
    (["Anna Orlova (Kyiv)", "anna orlova"], ("Anna Orlova",)),
    (["anna@dispatch.example", "https://dispatch.example/anna", "Admin", "News Desk", "Reuters"], ()),
    (["Dispatch Weekly"], ()),
]


@pytest.mark.parametrize(("raw", "persons"), BYLINES)
def test_persons_of_a_byline(raw: list[str], persons: tuple[str, ...]) -> None:
    assert names.persons(raw, ("Dispatch Weekly",)) == persons


TITLES = [
    ("Drones hit port | Danube Dispatch", "Danube Dispatch", "Drones hit port"),
    ("Danube Dispatch - Drones hit port", "Danube Dispatch", "Drones hit port"),
    ("Drones hit port — War — Danube Dispatch", "Danube Dispatch", "Drones hit port — War"),
    ("Izmail – a port under fire", "Danube Dispatch", "Izmail – a port under fire"),
    ("Drones hit port", None, "Drones hit port"),
    ("Le port « sous le feu »", "Danube Dispatch", "Le port « sous le feu »"),
]


@pytest.mark.parametrize(("title", "site", "left"), TITLES)
def test_the_sites_name_leaves_the_title(title: str, site: str | None, left: str) -> None:
    assert without_site(title, site) == left


def test_a_wall_clock_takes_its_zone_from_another_place_of_the_page() -> None:
    found = metadata(
        '<script type="application/ld+json">{"@type":"NewsArticle","headline":"Port","datePublished":"2026-03-03 08:40:00"}</script>'
        '<meta property="article:published_time" content="2026-03-03T08:40:00+02:00">'
    )
    assert found.published == datetime(2026, 3, 3, 6, 40, tzinfo=UTC)


def test_the_times_of_other_articles_are_not_this_ones() -> None:
    card = '<a href="/9"><span itemprop="datePublished" content="2026-03-09T10:00:00Z">9 March</span></a>'
    aside = '<aside><time datetime="2026-03-08">8 March</time></aside>'
    found = metadata('<meta name="date" content="March 3, 2026">', f"{card}{aside}<p>x</p>")
    assert found.published == datetime(2026, 3, 3, tzinfo=UTC)
    assert metadata("", f"{card}{aside}<p>x</p>").published != datetime(2026, 3, 9, 10, tzinfo=UTC)


def test_the_article_that_names_the_address_is_chosen() -> None:
    found = metadata(
        '<script type="application/ld+json">[{"@type":"NewsArticle","headline":"Another","url":"https://dispatch.example/war/6"},'
        '{"@type":["NewsArticle"],"headline":"This one","mainEntityOfPage":{"@id":"https://dispatch.example/war/7?x=1"},'
        '"isAccessibleForFree":"False","author":{"@id":"#a"}},{"@type":"Person","@id":"#a","name":"Anna Orlova"},]</script>'
    )
    assert (found.title, found.free, found.authors) == ("This one", False, ("Anna Orlova",))


CANONICALS = [
    ('<link rel="canonical" href="/war/7">', "https://dispatch.example/war/7"),
    ('<link rel="canonical" href="https://dispatch.example/">', None),
    ('<link rel="canonical" href="https://dispatch.example/"><meta property="og:url" content="https://dispatch.example/war/7">', URL),
    ('<link rel="canonical" href="http://[::1">', None),
    ('<link rel="canonical" href="javascript:alert(1)">', None),
    ("", None),
]


@pytest.mark.parametrize(("head", "canonical"), CANONICALS)
def test_a_canonical_address_is_whole_and_no_home_page(head: str, canonical: str | None) -> None:
    assert metadata(head).canonical_url == canonical


def test_other_addresses_are_absolute() -> None:
    found = metadata('<link rel="amphtml" href="/amp/7"><meta property="og:image" content="/7.jpg">')
    assert (found.amp_url, found.image) == ("https://dispatch.example/amp/7", "https://dispatch.example/7.jpg")


def test_an_agency_is_the_author_where_no_person_is() -> None:
    script = (
        '<script type="application/ld+json">{"@type":"NewsArticle","headline":"x y","author":{"@type":"Organization","name":"%s"}}</script>'
    )
    assert metadata(script % "Delta Press Agency").authors == ("Delta Press Agency",)


@pytest.mark.parametrize("zone", ["+99:00", "+2700", "-40:00"])
def test_a_zone_that_no_time_has_breaks_nothing(zone: str) -> None:
    assert metadata(f'<meta name="date" content="2026-03-01T10:00:00{zone}">').published is None
