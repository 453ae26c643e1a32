"""Labels: menus before a text and what is left of lists of links after it."""

import pytest

from aggregator.extract.furniture import LINK, sift
from aggregator.extract.keys import line_key
from aggregator.extract.labels import menu, strays
from aggregator.model import Removed

LEAD = "Two people were hurt when a drone fell on a bus depot in the north of the city, the mayor said on Sunday evening."
MENU = [("li", "Events"), ("h", "Regions"), ("li", "The east"), ("li", "The south"), ("li", "Grid + Water"), ("li", "Search")]
LINKS = [f"Another report of the same week, number {n}" for n in "abc"]


@pytest.mark.parametrize(
    ("lines", "size"),
    [
        ([*MENU, ("p", LEAD)], 6),
        ([*MENU, ("h", "The depot"), ("p", LEAD)], 6),
        ([*MENU[:4], ("p", LEAD)], 0),
        ([("p", "Kyiv"), ("p", "Olha Demo"), ("p", "For the Dispatch"), ("h", "What is known"), ("p", "By mail"), ("p", LEAD)], 0),
        ([("li", f"{n} people hurt") for n in range(6)] + [("p", LEAD)], 0),
        ([("li", "Nobody was hurt.")] * 6 + [("p", LEAD)], 0),
        (MENU, 0),
        ([], 0),
    ],
)
def test_what_a_menu_is(lines: list[tuple[str, str]], size: int) -> None:
    assert menu(lines, ()) == size


def test_a_line_that_somebody_calls_text_ends_a_menu() -> None:
    assert menu([*MENU, ("p", LEAD)], {line_key("Search")}) == 5
    assert menu([*MENU, ("p", LEAD)], {line_key("The south")}) == 0


def test_labels_belong_to_the_links_that_they_stand_among() -> None:
    lines = [("p", LEAD), ("p", "Reports"), ("p", "The east"), ("p", "Grid")]
    assert strays(lines, [2, 3, 4], ()) == 3
    assert strays(lines, [1, 3, 4], ()) == 0  # two are no list
    assert strays(lines, [0, 0, 0], ()) == 0  # nor are those elsewhere
    assert strays([("p", LEAD)], [1, 1, 1], ()) == 0
    assert strays([], [0, 0, 0], ()) == 0


def test_what_is_taken_out_keeps_its_place_and_order() -> None:
    tail = [("p", "Reports"), ("h", LINKS[0]), ("p", "The east"), ("h", LINKS[1]), ("p", "Grid"), ("h", LINKS[2])]
    kept, removed = sift([*MENU, ("p", LEAD), *tail], links={line_key(link) for link in LINKS})
    assert kept == [("p", LEAD)]
    assert removed == [
        *(Removed(text, "menu", 0, kind) for kind, text in MENU),
        *(Removed(text, LINK if text in LINKS else "label of links", 1, kind) for kind, text in tail),
    ]
