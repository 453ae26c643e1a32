"""The links of a body: where they stand in its lines, and what is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml.html import document_fromstring

from aggregator.extract.body import extract
from aggregator.extract.bodylinks import MAX_LINKS, body_links
from aggregator.extract.text import from_html
from aggregator.model import RawPage

URL = "https://dispatch.example/2026/bridge"
LONG = "The bridge over the river was hit twice on Friday night, the head of the district said on the radio, and no train goes."


def found(html: str, *lines: str) -> list[tuple[int, str, str]]:
    links = body_links(document_fromstring(f"<html><body>{html}</body></html>"), lines, URL)
    return [(link.line, lines[link.line][link.start : link.end], link.url) for link in links]


def test_a_link_stands_where_its_words_do() -> None:
    boats = "<a href='https://river.example/a?utm_source=x'>boats</a>"
    html = f"<p>Trains stopped, the <a href='/railway'>railway\n said</a>, and {boats} too.</p>"
    assert found(html, "An opening line.", "Trains stopped, the railway said, and boats too.") == [
        (1, "railway said", "https://dispatch.example/railway"),
        (1, "boats", "https://river.example/a?utm_source=x"),
    ]


def test_equal_words_are_told_by_what_stands_around_them() -> None:
    html = (
        "<p>First a report, then <a href='/2'>a report</a> of the second day.</p><p>And in the end <a href='/3'>a report</a> of it all.</p>"
    )
    lines = ("First a report, then a report of the second day.", "And in the end a report of it all.")
    assert [(line, url[-1]) for line, _, url in found(html, *lines)] == [(0, "2"), (1, "3")]
    (first, _) = body_links(document_fromstring(html), lines, URL)
    assert first.start == lines[0].rindex("a report")


def test_a_link_that_is_a_whole_line_needs_no_surroundings() -> None:
    assert found(
        "<h2><a href='/q'>Who mends it?</a></h2><ul><li><a href='/w'>The railway</a></li></ul>", "Who mends it?", "The railway"
    ) == [
        (0, "Who mends it?", "https://dispatch.example/q"),
        (1, "The railway", "https://dispatch.example/w"),
    ]


def test_links_in_the_cells_of_a_row() -> None:
    kherson, sumy = "<td><a href='/kherson'>Kherson</a></td><td><p>4 hurt</p></td>", "<td>Sumy</td><td><a href='/s'>1 dead</a></td>"
    assert found(f"<table><tr>{kherson}</tr><tr>{sumy}</tr></table>", "Kherson | 4 hurt", "Sumy | 1 dead") == [
        (0, "Kherson", "https://dispatch.example/kherson"),
        (1, "1 dead", "https://dispatch.example/s"),
    ]


def test_links_between_line_breaks() -> None:
    html = f"<div>{LONG}<br><br>It stood since <a href='/1908'>1908</a>, they say.<br><br>Later {LONG}</div>"
    assert found(html, LONG, "It stood since 1908, they say.", f"Later {LONG}") == [(1, "1908", "https://dispatch.example/1908")]


def test_what_is_in_no_line_or_leads_nowhere_is_no_link() -> None:
    html = (
        "<nav><a href='/kherson'>Kherson</a></nav><div><a href='/sumy'>Sumy</a> <a href='/more'>More</a></div>"
        "<p>In Kherson and Sumy the <a href='#note'>note</a>, a <a href='javascript:alert(1)'>script</a>, <a>no address</a>, "
        "<a href='mailto:a@b.example'>a letter</a>, <a href='http://[::1'>nothing</a> and <a href=' java\tscript:alert(1)'>worse</a>.</p>"
    )
    assert found(html, "In Kherson and Sumy the note, a script, no address, a letter, nothing and worse.") == []


def test_addresses_are_made_whole_and_clean() -> None:
    html = (
        "<base href='https://other.example/x/'><p>All of it stands in the <a href='re\n\x85port.html'>report of the day</a>, they say.</p>"
    )
    assert found(html, "All of it stands in the report of the day, they say.")[0][2] == "https://other.example/x/report.html"


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("http://127.0.0.1:8 larger.</p></div>765/", None),  # markup that broke off
        ("https://other.example/a\u00a0b c", "https://other.example/a%C2%A0bc"),
        ("https://приклад.укр/шлях", "https://приклад.укр/шлях"),
        ("//user@other.example:8080/x", "https://user@other.example:8080/x"),
    ],
)
def test_only_what_can_be_an_address_is_one(reference: str, expected: str | None) -> None:
    html = f"<p>All of it stands in <a href='{reference}'>the report</a> of the day, they say.</p>"
    assert [url for _, _, url in found(html, "All of it stands in the report of the day, they say.")] == ([expected] if expected else [])


def test_what_addresses_are_relative_to_is_an_address_too() -> None:
    html = "<base href='http ://other.example/war/'><p>All of it stands in <a href='x'>the report</a> of the day, they say.</p>"
    ((_, _, url),) = found(html, "All of it stands in the report of the day, they say.")
    assert " " not in url


def test_there_are_no_more_than_so_many() -> None:
    words = [f"word{n}" for n in range(MAX_LINKS + 50)]
    html = "<p>" + " and ".join(f"<a href='/{word}'>{word}</a>" for word in words) + "</p>"
    assert len(found(html, " and ".join(words))) == MAX_LINKS


def test_the_links_of_a_page_are_in_its_draft() -> None:
    linked = "The <a href='/railway'>railway company</a> will mend it, it said on Sunday."
    html = f"<article><h1>Bridge</h1><p>{LONG}</p><p>{LONG[::-1]}</p><p>{linked}</p></article>"
    draft = extract(RawPage(URL, f"<html><body>{html}</body></html>".encode()))
    (link,) = draft.links
    assert draft.body.split("\n")[link.line][link.start : link.end] == "railway company"


def test_the_feeds_own_text_has_links_too() -> None:
    html = "<p>Trains stopped, the <a href='/railway'>railway company</a> said.</p><p>Read <a href='https://a.example/'>more</a></p>"
    text = from_html(html, url=URL)
    assert [(text.body.split("\n")[link.line][link.start : link.end], link.url) for link in text.links] == [
        ("railway company", "https://dispatch.example/railway")
    ]
    assert from_html("The railway said: https://a.example/", url=URL).links == ()


WORDS = st.sampled_from(("Kherson", "Sumy", "a", "report", "of it", "мост", "橋", "| x", " "))


@given(st.lists(st.tuples(WORDS, st.booleans(), st.sampled_from(("p", "li", "td", "div", "b"))), max_size=12), st.lists(WORDS, max_size=8))
def test_spans_are_in_their_lines_and_do_not_overlap(pieces: list[tuple[str, bool, str]], words: list[str]) -> None:
    html = "".join(f"<{tag}>{text} <a href='/{n}'>{text}</a></{tag}>" if is_link else text for n, (text, is_link, tag) in enumerate(pieces))
    lines = [" ".join(text.split()) for text, _, _ in pieces] + [" ".join(" ".join(words).split())]
    links = body_links(document_fromstring(f"<html><body>{html}</body></html>"), lines, URL)
    assert list(links) == sorted(links, key=lambda link: (link.line, link.start))
    for link in links:
        assert 0 <= link.start < link.end <= len(lines[link.line])
    assert all(a.line < b.line or a.end <= b.start for a, b in zip(links, links[1:], strict=False))
