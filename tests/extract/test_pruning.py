"""Huge pages and pages made to exhaust: each gives its article, or an outcome with a reason, within a stated time and memory."""

import resource
import time
from collections.abc import Callable

import pytest

from aggregator.errors import ExtractError
from aggregator.extract import page as pages
from aggregator.extract import pruning
from aggregator.extract.body import MAX_BODY_CHARS, MAX_LINE_CHARS, extract
from aggregator.model import Outcome, RawPage

CPU_S = 10.0  # for one page
MEMORY_MIB = 300  # by which one page may raise the peak of the process

SENTENCE = "Two people were hurt when drone {n} fell on a depot in the north of the city, the mayor said on Sunday evening. "
STORY = "<article><h1>Drone falls on depot</h1>" + "".join(f"<p>{SENTENCE.format(n=n)}</p>" for n in range(12)) + "</article>"
FIRST, LAST = SENTENCE.format(n=0).strip(), SENTENCE.format(n=11).strip()


def sentences(count: int) -> str:
    return "".join(SENTENCE.format(n=n) for n in range(count))


# Pages that hold STORY, among what should not keep it from being found.
AROUND: dict[str, Callable[[], str]] = {
    "nested divs after it": lambda: STORY + "<div>" * 100_000,
    "nested divs before it": lambda: "<div class=x>" * 100_000 + STORY,
    "nested boxes before it": lambda: "<div class='related share'>" * 50_000 + STORY,
    "ten megabytes of script": lambda: "<script>" + "var a='<p>" + "x" * 10_000_000 + "';</script>" + STORY,
    "ten megabytes of comments": lambda: "<!-- x -->" * 1_000_000 + STORY,
    "comments that never end": lambda: STORY + "<!-- x <!-- " * 500_000,
    "styles and pictures in the page": lambda: "<style>a{}</style><img src='data:image/png;base64," + "A" * 5_000_000 + "'>" + STORY,
    "half a million line breaks": lambda: STORY + "<br>" * 500_000,
    "a list of links": lambda: STORY + "<ul>" + "<li><a href='/x'>The headline of another article</a></li>" * 100_000 + "</ul>",
    "a paragraph of links": lambda: STORY + "<p>" + "<a href='/x'>Another</a> " * 30_000 + "</p>",
    "a paragraph of links with words between": lambda: STORY + "<p>" + "<a href='/x'>Another</a> and, says he, " * 15_000 + "</p>",
    "empty divs": lambda: "<div><span></span></div>" * 200_000 + STORY,
    "tables": lambda: STORY + "<table>" + "<tr><td>1</td><td>2</td></tr>" * 100_000 + "</table>",
    "attributes": lambda: f"<div {' '.join(f'data-{n}={n}' for n in range(200_000))}>" + STORY,
    "bold letters": lambda: STORY + "<p>" + "<b>a</b>" * 300_000,
    "many scripts of data": lambda: '<script type="application/ld+json">{"@type":"Thing"}</script>' * 20_000 + STORY,
}


def measured(body: bytes) -> tuple[Outcome, str, str]:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begun = time.process_time()
    draft = extract(RawPage("https://dispatch.example/war/7", body))
    seconds = time.process_time() - begun
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    assert seconds < CPU_S and grown < MEMORY_MIB, f"{seconds:.1f} s, {grown:.0f} MiB"
    assert len(draft.body) <= MAX_BODY_CHARS and len(draft.kinds) == (len(draft.body.split("\n")) if draft.body else 0)
    assert all(len(line) <= MAX_LINE_CHARS for line in draft.body.split("\n"))
    return draft.outcome, draft.body, draft.because


@pytest.mark.parametrize("name", AROUND)
def test_the_article_is_found_among_anything(name: str) -> None:
    outcome, body, because = measured(f"<html><body>{AROUND[name]()}</body></html>".encode())
    assert outcome is Outcome.FULL, because
    assert FIRST in body.split("\n") and LAST in body.split("\n")


LONG: dict[str, Callable[[], str]] = {
    "one line of five megabytes": lambda: f"<p>{sentences(45_000)}</p>",
    "forty thousand paragraphs": lambda: "".join(f"<p>{SENTENCE.format(n=n)}</p>" for n in range(40_000)),
    "a million entities": lambda: "<p>" + "Fire &amp; smoke over the caf&eacute; on street {n} &#8212; again. " * 150_000 + "</p>",
    "text without a tag": lambda: sentences(60_000),
    "line breaks between sentences": lambda: "<br><br>".join(SENTENCE.format(n=n) for n in range(20_000)),
    "paragraphs in deep divs": lambda: "".join(f"<div><p>{SENTENCE.format(n=n)}</p>" for n in range(20_000)),
}


@pytest.mark.parametrize("name", LONG)
def test_an_endless_text_is_a_part_and_says_so(name: str) -> None:
    outcome, body, because = measured(f"<html><body><article><h1>Drone falls on depot</h1>{LONG[name]()}</article></body></html>".encode())
    assert (outcome, because) == (Outcome.PARTIAL, "the page has more text than is read")
    assert len(body) > 100 and not body.startswith("<")


def test_words_without_spaces_have_lines_of_bearable_length() -> None:
    outcome, _, _ = measured(b"<html><body><article><p>" + b"x" * 5_000_000 + b"</p></article></body></html>")
    assert outcome is Outcome.PARTIAL


def test_a_page_over_the_limit_of_bytes_is_refused() -> None:
    with pytest.raises(ExtractError, match="bytes; at most"):
        extract(RawPage("https://dispatch.example/x", b"<p>" + b"x" * pages.MAX_BYTES))


def test_a_page_of_usual_size_is_left_as_it_is() -> None:
    text = f"<html><!-- made by hand --><style>p{{}}</style><body>{STORY}</body></html>"
    assert pruning.prune(text) == pruning.Pruned(text)


def test_what_describes_the_page_stays_in_a_big_one() -> None:
    data = '<script type="application/ld+json">{"@type":"NewsArticle","headline":"Drone falls on depot"}</script>'
    head = f'<meta property="og:title" content="{"x" * 5000}">{data}<script>var x</script>'
    pruned = pruning.prune(f"<html><head>{head}</head><body>{STORY}{'<br>' * 100_000}</body></html>")
    assert data in pruned.text and "x" * 5000 in pruned.text and "var x" not in pruned.text
    assert pruned.text.count("<") <= pruning.MAX_TAGS and not pruned.much
