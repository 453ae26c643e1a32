"""What a page says about its article beyond title and time: section, agency, caption, access, and addresses that are not believed."""

import pytest

from aggregator.extract import agencies
from aggregator.extract.body import extract
from aggregator.extract.links import site_of
from aggregator.model import Draft, RawPage

URL = "https://www.dispatch.example/war/7"
TEXT = "".join(f"<p>House {n} in Station Street has had no windows since the night, and people sleep at the school.</p>" for n in range(4))


def page(head: str = "", before: str = "", first: str = "", url: str = URL) -> Draft:
    body = f"<article><h1>Bridge hit twice</h1>{before}<p>{first}</p>{TEXT}</article>"
    return extract(RawPage(url, f"<html><head>{head}</head><body>{body}</body></html>".encode()))


def data(**fields: str) -> str:
    inside = ",".join(f'"{key}":{value}' for key, value in fields.items())
    return f'<script type="application/ld+json">{{"@type":"NewsArticle","headline":"Bridge hit twice",{inside}}}</script>'


@pytest.mark.parametrize(
    ("head", "section"),
    [
        ('<meta property="article:section" content="War &amp; Peace">', "War & Peace"),
        (data(articleSection='["World","Europe"]'), "World"),
        (data(articleSection='"News/World/Europe"'), "Europe"),
        ("", None),
    ],
)
def test_the_section_is_the_pages(head: str, section: str | None) -> None:
    assert page(head).section == section


@pytest.mark.parametrize(
    ("first", "agency"),
    [
        ("KYIV, March 3 (Reuters) - The bridge was hit twice.", "Reuters"),
        ("МОСКВА, 3 марта. /ТАСС/. Мост закрыт.", "TASS"),
        ("КИЕВ, 3 мар — РИА Новости. Мост закрыт.", "RIA Novosti"),
        ("Berlin (dpa) – Die Brücke ist gesperrt.", "dpa"),
        ("Kiev (AFP/Dispatch) – Le pont est fermé.", "AFP"),
        ("The ministry (AP was told) said that the bridge was hit.", None),
        ("The bridge was hit, a source told Reuters on Friday.", None),
        ("The bridge was hit.", None),
    ],
)
def test_an_agency_is_taken_from_an_explicit_dateline(first: str, agency: str | None) -> None:
    assert agencies.dateline(first) == agency
    assert page(first=first).agency == agency


@pytest.mark.parametrize(
    ("head", "agency"),
    [
        (data(creditText='"Reuters"'), "Reuters"),
        (data(creditText='"Photo: Anna Orlova"'), None),
        (data(sourceOrganization='{"@type":"Organization","name":"Agence France-Presse"}'), "AFP"),
        (data(author='{"@type":"Organization","name":"The Associated Press"}'), "AP"),
        (data(author='[{"@type":"Person","name":"Anna Orlova"},{"@type":"Organization","name":"AP"}]'), None),
        ('<meta name="syndication-source" content="via dpa">', "dpa"),
    ],
)
def test_an_agency_is_taken_from_the_pages_data(head: str, agency: str | None) -> None:
    assert page(head).agency == agency


def test_the_caption_of_the_lead_image_is_kept_apart_from_the_body() -> None:
    figures = "<figure><img src='/i/other-1.jpg'><figcaption>Another.</figcaption></figure>"
    figures += "<figure><img data-src='/i/bridge-9.jpg?w=90'><figcaption>The bridge on Friday. Photo: Anna Orlova</figcaption></figure>"
    draft = page('<meta property="og:image" content="/i/bridge-9.jpg?w=1200">', figures)
    assert draft.caption == "The bridge on Friday. Photo: Anna Orlova"
    assert "The bridge on Friday" not in draft.body and "Another" not in draft.body
    assert page(data(image='{"url":"/i/bridge-9.jpg","caption":"At night"}')).caption == "At night"
    assert page().caption is None


@pytest.mark.parametrize(("value", "free"), [("true", True), ('"False"', False), ('"http://schema.org/True"', True), ("[]", None)])
def test_what_is_declared_of_access_is_a_hint(value: str, free: bool | None) -> None:
    assert page(data(isAccessibleForFree=value)).free is free
    assert page().free is None


@pytest.mark.parametrize(
    ("canonical", "accepted"),
    [
        ("https://dispatch.example/war/7", True),
        ("https://m.dispatch.example/war/7", True),
        ("/war/bridge", True),
        ("https://www.dispatch.example/", False),
        ("https://www.dispatch.example/index.html", False),
        ("https://www.dispatch.example/en", False),
        ("https://elsewhere.example/war/7", False),
        ("javascript:void(0)", False),
    ],
)
def test_a_canonical_address_of_a_home_page_or_another_site_is_refused(canonical: str, accepted: bool) -> None:
    found = page(f'<link rel="canonical" href="{canonical}">').canonical_url
    assert (found is not None and found.endswith(canonical)) is accepted


def test_a_cache_of_amp_pages_may_name_the_site() -> None:
    head = '<link rel="canonical" href="https://www.dispatch.example/war/7">'
    assert page(head, url="https://dispatch-example.cdn.ampproject.org/c/s/dispatch.example/amp/7").canonical_url == URL


@pytest.mark.parametrize(
    ("url", "site"),
    [
        ("https://www.dispatch.example/x", "dispatch.example"),
        ("https://news.dispatch.co.uk/", "dispatch.co.uk"),
        ("https://a.dispatch.com.ua", "dispatch.com.ua"),
        ("http://127.0.5.1:8600/x", "127.0.5.1"),
        ("http://[::1]/x", "::1"),
        ("http://[", ""),
    ],
)
def test_a_site_is_told_from_its_registry(url: str, site: str) -> None:
    assert site_of(url) == site


@pytest.mark.parametrize(
    ("time", "exact"), [("2026-03-03T08:40:00+02:00", True), ("2026-03-03", False), ("2026-03-03T00:00:00Z", True), ("", True)]
)
def test_a_day_without_an_hour_is_said_to_be_one(time: str, exact: bool) -> None:
    assert page(f'<meta property="article:published_time" content="{time}">').exact is exact
