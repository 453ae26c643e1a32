"""Paragraphs parted by line breaks are found like others, with everything that stands between them in its place."""

import pytest

from aggregator.extract import breaks
from aggregator.extract.body import extract
from aggregator.extract.page import parse
from aggregator.model import RawPage

ONE = "The bridge over the river was hit twice on Friday night, the head of the district said on the radio."
TWO = "Nobody was hurt."
THREE = "Trains go around the town until the rails have been looked at, which may take a week or two."
CASES = [
    (f"<td>{ONE}<br><br>{TWO}<br><br>\n{THREE}<br></td>", [ONE, TWO, THREE]),
    (f"<td>{ONE}<br> <br><b>Nobody</b> was hurt.<br><br><i>{THREE}</i></td>", [ONE, TWO, THREE]),
    (f"<div>{ONE}<figure><img src='/i'></figure>{TWO}<br><br>{THREE}</div>", [ONE, TWO, THREE]),
    (f"<div><h2>Bridge</h2>{ONE}<br><br><p>{TWO}</p><br><br>{THREE}</div>", [ONE, TWO, THREE]),
    (f"<div>{ONE}<br><br><a href='/x'>Nobody</a> was hurt.<br><br>{THREE}<hr></div>", [ONE, TWO, THREE]),
    (f"<p>{ONE}</p><div>Short<br><br>loose</div>", [ONE]),
]


@pytest.mark.parametrize(("html", "paragraphs"), CASES)
def test_loose_text_becomes_paragraphs_in_its_order(html: str, paragraphs: list[str]) -> None:
    tree = parse(RawPage("https://dispatch.example/7", f"<html><body><table><tr>{html}</tr></table></body></html>".encode()))
    assert tree is not None
    before = "".join(tree.text_content().split())
    breaks.mend(tree)
    assert "".join(tree.text_content().split()) == before
    assert [" ".join(p.text_content().split()) for p in tree.iter("p")] == paragraphs


def test_no_sentence_is_lost_in_a_layout_of_tables() -> None:
    text = [ONE, TWO, THREE, *(f"House {n} in Station Street has no windows left, and people sleep at the school." for n in range(4))]
    box = '<p class="also"><a href="/1">A storehouse burns in the port of the town</a></p><aside><h4>Our letter</h4></aside>'
    loose = "<br><br>\n".join([*text[:3], box + text[3], *text[4:]])
    html = f"<tr><td>Home</td></tr><tr><td width=650><h2>Bridge hit twice</h2>{loose}<br><br><i>By Anna Orlova</i></td><td>Side</td></tr>"
    draft = extract(RawPage("https://dispatch.example/7", f"<html><body><table>{html}</table></body></html>".encode()))
    assert [line for line in draft.body.split("\n") if line in text] == text
