"""Tables of figures stay beside a text; lists and layout in the guise of a table do not."""

import pytest

from aggregator.extract.body import extract
from aggregator.extract.tables import of_figures
from aggregator.model import RawPage

LEAD = "Two people were hurt when a drone fell on a bus depot in the north of the city, the mayor said on Sunday evening. "
LOSSES = [("th", "District | Dead | Hurt"), ("row", "Kherson | 1 | 4"), ("row", "Nikopol | none | 2"), ("row", "Sumy | none | none")]


@pytest.mark.parametrize(
    ("lines", "numbers"),
    [
        ([("p", LEAD), *LOSSES, ("p", LEAD)], {1, 2, 3, 4}),
        ([*LOSSES, ("p", LEAD), ("row", "Press | Privacy | Terms"), ("row", "Home | News | 2026"), ("row", "A | B | C")], {0, 1, 2, 3}),
        ([("row", "Olha Demo | Mayor"), ("row", "Petro Demo | Head of the grid"), ("row", "Ivan Demo | Driver")], set()),
        ([("row", "Kherson | 4"), ("row", "Sumy | 2")], set()),
        ([("row", "1 of May"), ("row", "2 of May"), ("row", "3 of May")], set()),
        ([("row", "1. | Olha Demo"), ("row", "2. | Petro Demo"), ("row", "3. | Ivan Demo")], set()),
        ([("th", "District | Dead"), ("th", "in the week | 2026"), ("th", "of | March")], set()),
        ([], set()),
    ],
)
def test_rows_of_figures(lines: list[tuple[str, str]], numbers: set[int]) -> None:
    assert of_figures(lines) == numbers


def table(rows: list[tuple[str, str]]) -> str:
    return "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in text.split(' | '))}</tr>" for _, text in rows)


def test_a_table_of_losses_stays_beside_the_text() -> None:
    text = "".join(f"<p>{n}. {LEAD}</p>" for n in range(5))
    page = f"<html><body><article><h1>Losses</h1>{text}<table>{table(LOSSES)}</table><p>Later: {LEAD}</p></article></body></html>"
    draft = extract(RawPage("https://dispatch.example/7", page.encode()))
    assert [line for line, kind in zip(draft.body.split("\n"), draft.kinds, strict=True) if kind == "row"] == [text for _, text in LOSSES]
