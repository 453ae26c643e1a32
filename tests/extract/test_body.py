"""Extraction as a whole: limits, hostile bytes, encodings, kinds, what other pages of the host teach."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.extract import page as pages
from aggregator.extract.body import extract
from aggregator.extract.furniture import LineLearner
from aggregator.extract.text import from_html
from aggregator.model import Draft, Outcome, RawPage

PARAGRAPHS = [
    "Two people were hurt when a drone fell on a bus depot in the north of the city, the mayor said on Sunday evening.",
    "Power was cut to nine streets and came back before midnight, according to the grid operator.",
    "The army said that it had shot down eleven of fourteen drones; that could not be checked independently.",
]


def page(body: str, head: str = "", url: str = "https://dispatch.example/war/7") -> Draft:
    return extract(RawPage(url, f"<!DOCTYPE html><html><head>{head}</head><body>{body}</body></html>".encode()))


def article(*extra: str) -> str:
    return "<article><h1>Drone falls on bus depot</h1>" + "".join(f"<p>{text}</p>" for text in (*PARAGRAPHS, *extra)) + "</article>"


def test_a_front_page_is_no_article_though_a_date_stands_in_its_links() -> None:
    links = "".join(f"<li><a href='/2026/03/0{n}/depot-{n}'>Drone falls on bus depot number {n} in the north</a></li>" for n in range(1, 9))
    assert page(f"<h1>The Dispatch</h1><ul>{links}</ul>", url="https://dispatch.example/").outcome is Outcome.NOT_ARTICLE


@pytest.mark.parametrize("tag", ["div", "blockquote", "ul><li", "table><tr><td", "b", "span"])
def test_deep_nesting_is_cut_off(tag: str) -> None:
    tree = pages.parse(RawPage("https://dispatch.example/x", b"<html><body>" + f"<{tag}>".encode() * 50_000 + b"end"))
    deepest, level = 0, [tree] if tree is not None else []
    while level:
        level = [child for element in level for child in element]
        deepest += 1
    assert deepest <= 260
    extract(RawPage("https://dispatch.example/x", b"<html><body>" + f"<{tag}>".encode() * 50_000 + b"end"))


HOSTILE = [
    b"", b"\0" * 500, b"plain words, no markup", b"<", b"<<<>>>", b"<!-- -->", b"<html>", b"\xff\xfe<\0p\0>\0x\0",
    b"<?xml version='1.0' encoding='utf-7'?><p>x",
    b"<meta charset=nonsense><p>x",
    b"<meta charset=base64><p>\xff\xff", b"<a href='http://[x'>y</a>", b"<link rel=canonical href='http://[::1'><p>x",
    b"<script type='application/ld+json'>" + b"[" * 100_000 + b"</script><p>x",
    b'<script type="application/ld+json">{"@type":["NewsArticle",1],"headline":{"@value":[1]},'
    b'"author":[{"name":[1]},[2]],"image":[{}]}</script><p>x',
    b"<meta name=author content='" + b"(" * 50_000 + b"'><p>x",
    b"<title>" + b"< " * 50_000 + b"</title><h1>x</h1>",
    b"<p class='" + b"related " * 50_000 + b"'>x",
]  # fmt: skip


@pytest.mark.parametrize("body", HOSTILE)
def test_hostile_bytes_give_a_draft(body: bytes) -> None:
    draft = extract(RawPage("https://dispatch.example/x", body))
    assert isinstance(draft.outcome, Outcome)


PIECES = st.sampled_from([
    b"<div class=related>", b"</div>", b"<p>", b"</p>", b"<a href='http://[x'>", b"</a>", b"<table><tr><td>", b"<ul><li>",
    b"<figure><figcaption>", b"<h1>",
    b"<html lang=1>", b"<time datetime=x>", b"<body>", b"&#0;&#x110000;", b"\xff\xfe", b"word text, ", b"<noscript>", b"<title>", b"<!--",
    b"<svg><p>", b"<template>", b"<form action=consent>",
    b"<frameset>", b"<article>", b"<meta itemprop=author content=',,'>", "Читайте також: ".encode(),
])  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(PIECES, max_size=40).map(b"".join) | st.binary(max_size=200))
def test_any_bytes_give_a_draft_whose_kinds_fit_its_lines(body: bytes) -> None:
    draft = extract(RawPage("https://dispatch.example/x", body))
    assert len(draft.kinds) == (len(draft.body.split("\n")) if draft.body else 0)
    assert all(item.text.strip() and item.reason for item in draft.removed)


@pytest.mark.parametrize(
    ("encoding", "declared"), [("cp1251", "meta"), ("cp1251", "header"), ("koi8-r", "meta"), ("utf-8", None), ("utf-16", None)]
)
def test_the_text_survives_its_encoding(encoding: str, declared: str | None) -> None:
    text = "Глава администрации сообщил, что ночью повреждены два моста и склад у железнодорожной станции."
    meta = f"<meta charset={encoding}>" if declared == "meta" else ""
    html = f"<html><head>{meta}</head><body><article><h1>Новости</h1><p>{text}</p><p>{text[::-1]}</p></article></body></html>"
    header = f"text/html; charset={encoding}" if declared == "header" else "text/html"
    draft = extract(RawPage("https://dispatch.example/x", html.encode(encoding), content_type=header))
    assert text in draft.body.split("\n")


def test_captions_links_and_bylines_are_removed_with_their_reasons() -> None:
    extra = "<figure><figcaption>The depot on Sunday.</figcaption></figure><p>The depot on Sunday.</p>"
    extra += '<p><a href="/war/6">Ten drones over the port</a></p><p>By Anna Orlova</p>'
    draft = page(article().replace("</article>", extra + "</article>"), '<meta name="author" content="Anna Orlova">')
    assert draft.body.split("\n") == PARAGRAPHS
    assert {"title", "caption", "link to another page", "byline"} >= {item.reason for item in draft.removed}


def test_a_box_is_kept_with_its_name() -> None:
    box = '<div class="article__newsletter-box"><p>Every morning in your letter box.</p></div>'
    draft = page(article().replace("</article>", box + "</article>") + '<div class="share">On all networks</div>')
    assert draft.body.split("\n") == PARAGRAPHS
    assert [(item.text, item.reason) for item in draft.removed if item.reason.startswith("box")] == [
        ("Every morning in your letter box.", "box: newsletter")
    ]


def test_lines_of_other_pages_of_the_host_are_removed() -> None:
    motto = "Independent reporting from the river since 2014"
    learner = LineLearner()
    learner.add(["Something else happened on Friday.", "And went on.", "Then it ended.", motto])
    learner.add(["On Saturday there was snow.", "It lay until noon.", "Then it was gone.", motto])
    draft = extract(
        RawPage("https://dispatch.example/war/7", f"<html><body>{article(motto)}</body></html>".encode()), host_lines=learner.repeated()
    )
    assert draft.body.split("\n") == PARAGRAPHS
    assert (motto, "repeated on this site") in [(item.text, item.reason) for item in draft.removed]


def test_a_wall_is_no_wall_beside_a_whole_text() -> None:
    data = '{"@type":"NewsArticle","headline":"Drone falls on bus depot","isAccessibleForFree":false}'
    free = f'<script type="application/ld+json">{data}</script>'
    assert page(article(*(text.replace("drone", f"drone {n}") for n in range(6) for text in PARAGRAPHS)), free).outcome is Outcome.FULL


ENTRIES = [
    ("<p>One &amp; two.</p><ul><li>First</li></ul>tail<br>end", ["One & two.", "First", "tail", "end"], ["p", "li", "p", "p"]),
    ("<h2>Head</h2><blockquote><p>Said.</p></blockquote><script>x()</script>", ["Head", "Said."], ["h", "q"]),
    ("Plain text\n\nin two lines &amp; more", ["Plain text", "in two lines & more"], ["p", "p"]),
    ("<p>Text.</p><p>The post <a href='#'>Text</a> appeared first on <a href='#'>Dispatch</a>.</p>", ["Text."], ["p"]),
    ("<!-- nothing -->", [], []),
    ("", [], []),
]


@pytest.mark.parametrize(("html", "lines", "kinds"), ENTRIES)
def test_a_feeds_own_text(html: str, lines: list[str], kinds: list[str]) -> None:
    body, found, *_ = from_html(html)
    assert (body, list(found)) == ("\n".join(lines), kinds)


@given(st.text(max_size=200))
def test_any_entry_gives_lines_and_kinds(html: str) -> None:
    body, kinds, *_ = from_html(html)
    assert len(kinds) == (len(body.split("\n")) if body else 0)
