"""Blocks: the paragraphs, headings and items of a page, in order, and how much of them a text holds."""

import pytest

from aggregator.extract import blocks
from tests.extract.prose import AFTER, ARMY, GRID, LEAD, found, lines, p


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


def test_the_rows_of_a_table_of_figures_are_blocks_beside_the_paragraphs_around_it() -> None:
    rows = "".join(f"<tr><td><p>District {n}</p></td><td>{n} hurt</td></tr>" for n in range(4))
    page = found(f"<article>{p(LEAD)}<figure><table><tbody>{rows}</tbody></table></figure>{p(GRID)}</article>")
    assert [(block.kind, block.text) for block in page[1:-1]] == [("row", f"District {n} | {n} hurt") for n in range(4)]
    assert len({block.home for block in page}) == 1 and not any(block.outside for block in page)


def test_the_cells_of_other_tables_are_read_as_what_they_hold() -> None:
    page = found(f"<table><tr><td>{p(LEAD, GRID)}</td></tr><tr><td>{p(ARMY)}</td></tr><tr><td>{p(AFTER)}</td></tr></table>")
    assert [block.text for block in page] == [LEAD, GRID, ARMY, AFTER]


def test_a_div_that_has_a_paragraph_is_one() -> None:
    page = found(
        f"<div><div>{LEAD} <b>So</b> it was.</div><div>Menu</div><div>{ARMY}<p>{GRID}</p></div><ul><li><div>{AFTER}</div></li></ul></div>"
    )
    assert [(block.kind, block.text) for block in page] == [("p", f"{LEAD} So it was."), ("p", GRID), ("li", AFTER)]
