"""Texts in every guise that pages give them come whole: lists and tables at the end, questions and answers, speakers, bare line breaks."""

import pytest

from aggregator.extract.body import extract
from aggregator.model import Draft, RawPage

LEAD = "Two people were hurt when a drone fell on a bus depot in the north of the city, the mayor said on Sunday evening."
GRID = "Power was cut to nine streets and came back before midnight, according to the operator of the regional grid."
AFTER = "Repairs to the depot will take until the end of the month, and buses of the northern lines run from the harbour."
SPOKEN = [
    ("Host", "And then?"),
    ("Olha Demo", GRID),
    ("Host", "Was it loud?"),
    ("Olha Demo", "Yes."),
    ("Host", "Until when?"),
    ("Olha Demo", AFTER),
]
ASKED = [("Who pays?", "The region."), ("When?", "In May."), ("Is it safe?", AFTER)]
STREETS = "<ul><li>Harbour Street</li><li>Mill Lane</li><li>Station Square</li></ul>"
DISTRICTS = "<dl><dt>Kherson</dt><dd>Four hurt, two of them children.</dd><dt>Sumy</dt><dd>One dead.</dd></dl>"
LOSSES = "<table><tr><th>District</th><th>Hurt</th></tr><tr><td>Kherson</td><td>4</td></tr><tr><td>Sumy</td><td>2</td></tr></table>"


def p(*texts: str) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


CASES = {
    "definitions in the midst": (
        p(LEAD, GRID) + DISTRICTS + p(AFTER),
        ["Kherson", "Four hurt, two of them children.", "Sumy", "One dead."],
    ),
    "definitions at the end": (p(LEAD, GRID, AFTER) + f"<h2>By district</h2>{DISTRICTS}", ["By district", "Kherson", "One dead."]),
    "a list at the end": (
        p(LEAD, GRID, AFTER, "Three streets are without power:")
        + "<ul><li>Harbour Street</li><li>Mill Lane</li><li>Station Square</li></ul>",
        ["Harbour Street", "Mill Lane", "Station Square"],
    ),
    "a table at the end": (p(LEAD, GRID, AFTER) + f"<h2>Losses</h2>{LOSSES}", ["Losses", "District | Hurt", "Kherson | 4", "Sumy | 2"]),
    "a table in a figure, between paragraphs": (
        p(LEAD, GRID) + f"<figure class='wp-block-table'>{LOSSES}<figcaption>Source: the district</figcaption></figure>" + p(AFTER),
        ["District | Hurt", "Kherson | 4", "Sumy | 2"],
    ),
    "speakers in their lines": (
        p(LEAD) + p(*(f"<strong>{who}:</strong> {what}" for who, what in SPOKEN)),
        [f"{who}: {what}" for who, what in SPOKEN],
    ),
    "speakers over their lines": (p(LEAD) + "".join(p(f"<b>{who}</b>", what) for who, what in SPOKEN), ["Host", "Was it loud?", "Yes."]),
    "speakers in divs": (
        f"<div>{LEAD}</div>" + "".join(f"<div><b>{who}:</b> {what}</div>" for who, what in SPOKEN),
        [f"{who}: {what}" for who, what in SPOKEN],
    ),
    "questions and answers": (
        p(LEAD, GRID) + "".join(f"<h3>{ask}</h3>{p(answer)}" for ask, answer in ASKED),
        [line for pair in ASKED for line in pair],
    ),
    "answers that unfold": (
        p(LEAD, GRID) + f"<details><summary>Who pays for it?</summary>{p(AFTER)}</details>",
        ["Who pays for it?"],
    ),
    "line breaks": (f"<div>{LEAD}<br>{GRID}<br>{AFTER}<br>- Kherson: 4<br>- Sumy: 2</div>", ["- Kherson: 4", "- Sumy: 2"]),
    "double line breaks": (f"<div>{LEAD}<br><br>{GRID}<br><br><b>What is known</b><br><br>{AFTER}</div>", ["What is known"]),
    "divs alone": (f"<div><div>{LEAD}</div><div>{GRID}</div><div>A short one.</div><div>{AFTER}</div></div>", ["A short one."]),
}


def read(text: str) -> Draft:
    page = (
        f"<html><body><nav><a href=/>Home</a></nav><article><h1>Depot hit</h1>{text}</article><footer><p>About</p></footer></body></html>"
    )
    return extract(RawPage("https://dispatch.example/7", page.encode()))


@pytest.mark.parametrize(("text", "lines"), CASES.values(), ids=CASES)
def test_the_text_comes_whole(text: str, lines: list[str]) -> None:
    draft = read(text)
    found = draft.body.split("\n")
    assert [line for line in lines if line not in found] == []
    assert all(line in draft.body for line in (LEAD, GRID, AFTER) if line in text)
    assert {line.reason for line in draft.removed} <= {"title"}
