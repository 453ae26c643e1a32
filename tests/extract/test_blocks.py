"""Blocks: what the search for the main text leaves out in the midst of an article is found again; what stands beside it is not."""

import pytest

from aggregator.extract import blocks
from aggregator.extract.blocks import Line, completed
from aggregator.extract.page import parse
from aggregator.model import RawPage

LEAD = "Two people were hurt when a drone fell on a bus depot in the north of the city, the mayor said on Sunday evening."
GRID = "Power was cut to nine streets and came back before midnight, according to the operator of the regional grid."
ARMY = "The army said that it had shot down eleven of fourteen drones; that figure could not be checked independently."
AFTER = "Repairs to the depot will take until the end of the month, and buses of the northern lines run from the harbour."


def p(*texts: str) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


def found(html: str) -> list[blocks.Block]:
    tree = parse(RawPage("https://dispatch.example/x", f"<html><body>{html}</body></html>".encode()))
    assert tree is not None
    return blocks.blocks(tree)


def lines(*texts: str) -> list[Line]:
    return [("p", text) for text in texts]


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
]


@pytest.mark.parametrize(("html", "given", "complete"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_the_text_is_completed_from_its_own_place(html: str, given: list[str], complete: list[str]) -> None:
    assert [text for _, text in completed(lines(*given), found(html))] == complete


def test_kinds_come_from_the_markup() -> None:
    html = f"<article>{p(LEAD)}<h3>What is known</h3><ul><li>{GRID}</li></ul>{p(ARMY, AFTER)}</article>"
    assert [kind for kind, _ in completed(lines(LEAD, ARMY, AFTER), found(html))] == ["p", "h", "li", "p", "p"]


def test_the_innermost_blocks_are_taken_in_order() -> None:
    html = "<blockquote><p>Said <b>so</b>.</p></blockquote><ul><li>One<ul><li>Two</li></ul></li></ul>"
    html += "<figure><figcaption>Seen.</figcaption></figure>"
    assert [(block.kind, block.text, block.outside) for block in found(html)] == [
        ("p", "Said so.", False),
        ("li", "Two", False),
        ("c", "Seen.", True),
    ]


def test_how_much_of_the_prose_is_held() -> None:
    page = found(f"<article>{p(LEAD, GRID)}<aside>{p(ARMY)}</aside></article>")
    assert blocks.share_of_prose(lines(LEAD, GRID), page) == 1.0
    assert 0.4 < blocks.share_of_prose(lines(LEAD), page) < 0.6
    assert blocks.share_of_prose([], page) == 0.0
    assert blocks.share_of_prose(lines("A line."), []) == 1.0


@pytest.mark.parametrize(
    ("text", "long"),
    [
        ("x" * 80, True),
        ("x" * 79, False),
        ("市长周日晚上表示，一架无人机坠落在该市北部的公交停车场，造成两人受伤，停车场部分烧毁。", True),
        ("公交停车场", False),
    ],
)
def test_east_asian_prose_is_shorter(text: str, long: bool) -> None:
    assert blocks.is_long(text) is long
