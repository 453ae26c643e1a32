"""Completion: what the search for the main text leaves out in the midst of an article is found again; what stands beside it is not."""

import pytest

from aggregator.extract.completion import completed, linked_heads
from tests.extract.prose import AFTER, ARMY, GRID, LEAD, found, lines, p


def things(*names: str) -> str:
    """A list of things with a heading and a paragraph each."""
    return "".join(f"<h2>{n}. <a href=https://{name}.example/>{name}</a></h2>{p(f'{name}: {GRID}')}" for n, name in enumerate(names, 1))


CASES = [
    ("a paragraph in the midst", f"<article>{p(LEAD, GRID, ARMY)}</article>", [LEAD, ARMY], [LEAD, GRID, ARMY]),
    ("a heading over its paragraph", f"<article>{p(LEAD)}<h2>Power cuts</h2>{p(GRID)}</article>", [LEAD, GRID], [LEAD, "Power cuts", GRID]),
    ("a heading of nothing", f"<article>{p(LEAD, GRID)}<h2>Our podcasts</h2></article>", [LEAD, GRID], [LEAD, GRID]),
    ("the rest of the same place", f"<article>{p(LEAD, GRID, ARMY)}</article>", [LEAD], [LEAD, GRID, ARMY]),
    (
        "the second chunk of one class",
        f'<article><div class="chunk">{p(LEAD, GRID)}</div><figure></figure><div class="chunk">{p(ARMY, AFTER)}</div></article>',
        [LEAD, GRID],
        [LEAD, GRID, ARMY, AFTER],
    ),
    (
        "the chunk of another article",
        f'<article><div class="chunk">{p(LEAD, GRID)}</div></article><article><div class="chunk">{p(ARMY)}</div></article>',
        [LEAD, GRID],
        [LEAD, GRID],
    ),
    ("an aside", f"<article>{p(LEAD)}<aside>{p(ARMY)}</aside>{p(GRID)}</article>", [LEAD, GRID], [LEAD, GRID]),
    (
        "an aside that was never closed",
        f"<aside><p>Weather</p><article>{p(LEAD, GRID, ARMY)}</article>",
        [LEAD, ARMY],
        [LEAD, GRID, ARMY],
    ),
    ("a paragraph of links", f"<article>{p(LEAD, f'<a href=/9>{ARMY}</a>', GRID)}</article>", [LEAD, GRID], [LEAD, GRID]),
    ("main points before the text", f"<article><ul><li>{ARMY}</li></ul>{p(LEAD, GRID)}</article>", [LEAD, GRID], [ARMY, LEAD, GRID]),
    (
        "an article of which nothing was found",
        f"<header><div class=text>{p(LEAD, GRID, ARMY, AFTER)}</div></header><p>Cookies help us.</p>",
        ["Cookies help us."],
        [LEAD, GRID, ARMY, AFTER, "Cookies help us."],
    ),
    ("a broken line is no other line", f"<article>{p(LEAD + '<br>' + GRID, ARMY)}</article>", [LEAD, GRID, ARMY], [LEAD, GRID, ARMY]),
    ("a script is no text", f"<article>{p(LEAD)}<p><script>{'x();' * 40}</script></p>{p(GRID)}</article>", [LEAD, GRID], [LEAD, GRID]),
    (
        "main points in a place of their own, under the title",
        f"<h1>Depot hit</h1><div><b>In brief</b><ul><li>{ARMY}</li></ul></div><div class=text>{p(LEAD, GRID)}</div>",
        [LEAD, GRID],
        [ARMY, LEAD, GRID],
    ),
    (
        "a list over the title",
        f"<div><b>In brief</b><ul><li>{ARMY}</li></ul></div><h1>Depot hit</h1><div class=text>{p(LEAD, GRID)}</div>",
        [LEAD, GRID],
        [LEAD, GRID],
    ),
    (
        "a list of other reports under the title",
        f"<h1>Depot hit</h1><div><b>More</b><ul><li><a href=/9>{ARMY}</a></li></ul></div><div class=text>{p(LEAD, GRID)}</div>",
        [LEAD, GRID],
        [LEAD, GRID],
    ),
    (
        "things in a list whose headings are links",
        f"<article>{p(LEAD)}{things('Harbour', 'Depot', 'Bridge')}</article>",
        [LEAD, *(f"{name}: {GRID}" for name in ("Harbour", "Depot", "Bridge"))],
        [LEAD, "1. Harbour", f"Harbour: {GRID}", "2. Depot", f"Depot: {GRID}", "3. Bridge", f"Bridge: {GRID}"],
    ),
    (
        "links put between the paragraphs of a text",
        f"<article>{p(LEAD, GRID)}{things('Harbour')}{p(ARMY, AFTER)}</article>",
        [LEAD, GRID, f"Harbour: {GRID}", ARMY, AFTER],
        [LEAD, GRID, f"Harbour: {GRID}", ARMY, AFTER],
    ),
]


@pytest.mark.parametrize(("html", "given", "complete"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_the_text_is_completed_from_its_own_place(html: str, given: list[str], complete: list[str]) -> None:
    assert [text for _, text in completed(lines(*given), found(html))] == complete


def test_kinds_come_from_the_markup() -> None:
    html = f"<article>{p(LEAD)}<h3>What is known</h3><ul><li>{GRID}</li></ul>{p(ARMY, AFTER)}</article>"
    assert [kind for kind, _ in completed(lines(LEAD, ARMY, AFTER), found(html))] == ["p", "h", "li", "p", "p"]


@pytest.mark.parametrize("tag", ["h3", "p"])
def test_links_that_head_paragraphs(tag: str) -> None:
    pairs = "".join(f"<{tag}><a href=/{n}>The grid takes over number {n}</a></{tag}>{p(f'{n}: {GRID}')}" for n in range(4))
    page = found(f"<article>{p(LEAD)}{pairs}</article>")
    assert [page[number].text for number in sorted(linked_heads(page))] == [f"The grid takes over number {n}" for n in range(4)]
    assert not linked_heads(page[:5])  # two are no list
    assert not linked_heads([])


def test_links_beside_the_text_head_nothing() -> None:
    teasers = "".join(f"<h3><a href=/{n}>Another report number {n}</a></h3><p>Its lead. {n}</p>" for n in range(4))
    assert not linked_heads(found(f"<article>{p(LEAD, GRID, ARMY)}</article><div>{teasers}</div>"))
