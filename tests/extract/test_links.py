"""Lines that are a link to another page: by the words of the link, where it leads and what stands beside it."""

import pytest

from aggregator.extract import blocks
from aggregator.extract.keys import line_key
from aggregator.extract.links import link_keys
from aggregator.extract.page import parse
from aggregator.model import RawPage

URL = "https://www.dispatch.example/war/7"
HEADLINE = "Ten drones over the port of Izmail"

TAKEN = [
    f'<p><a href="/war/6">{HEADLINE}</a></p>',
    f'<p><strong><a href="https://live.dispatch.example/6">{HEADLINE}</a></strong></p>',
    f'<h3><a href="war-6.html">{HEADLINE}</a></h3>',
    f'<a href="/war/6"><div><p>{HEADLINE}</p></div></a>',
    f'<ul><li><a href="/6">{HEADLINE}</a></li><li><a href="/5">The port is open again, says its director</a></li></ul>',
    f'<p>SOMA FUTHI | <a href="/war/6">{HEADLINE}</a></p>',
]
LEFT = [
    f'<p><a href="https://ministry.example/6">{HEADLINE}</a></p>',
    f'<p><a href="#note">{HEADLINE}</a></p>',
    f'<p><a href="mailto:desk@dispatch.example">{HEADLINE}</a></p>',
    f'<p><a href="http://[x">{HEADLINE}</a></p>',
    '<ul><li><a href="/topic/izmail">Izmail</a></li></ul>',
    f'<p>The mayor of the town spoke of <a href="/war/6">{HEADLINE}</a>.</p>',
    f'<p>So he said: <a href="/war/6">{HEADLINE}</a>.</p>',
    f'<ul><li><a href="/6">{HEADLINE}</a></li><li>Water</li><li>Bread for three days</li></ul>',
]


def keys(html: str) -> frozenset[str]:
    tree = parse(RawPage(URL, f"<html><body>{html}</body></html>".encode()))
    assert tree is not None
    return link_keys(tree, blocks.blocks(tree), URL)


@pytest.mark.parametrize("html", TAKEN)
def test_a_headline_that_leads_elsewhere_on_the_site_is_a_link(html: str) -> None:
    assert {line_key(HEADLINE), line_key(f"SOMA FUTHI {HEADLINE}")} & keys(html)


@pytest.mark.parametrize("html", LEFT)
def test_other_lines_with_links_are_left(html: str) -> None:
    tree_keys = keys(html)
    lines = html.replace("<li>", "\n").replace("</li>", "\n")
    assert not any(line_key(line) in tree_keys for line in _texts(lines))


def _texts(html: str) -> list[str]:
    tree = parse(RawPage(URL, f"<html><body><pre>{html}</pre></body></html>".encode()))
    return [] if tree is None else tree.text_content().split("\n")


def test_an_address_that_is_none_has_no_site() -> None:
    tree = parse(RawPage("http://[", b"<p><a href='/war/6'>Ten drones over the port of Izmail</a></p>"))
    assert tree is not None
    assert link_keys(tree, blocks.blocks(tree), "http://[")
