"""How sure mentions are: more that speaks for one never makes it less sure, and those that are sure are right as often as they say."""

import random
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from aggregator.errors import GazetteerError
from aggregator.places.calibrate import TEXTS, Judged, calibration_error, fit, judged, main, reliability
from aggregator.places.confidence import LEAST, Calibration, calibration
from aggregator.places.gazetteer import Gazetteer
from aggregator.places.marked import MarkedText, read, unmarked
from aggregator.places.tag import PlaceTagger

ROOT = Path(__file__).parents[2]
GOLD = ROOT / "tests" / "gold" / "places"
MOST_ERROR = 0.045  # expected calibration error; before anything was learnt it was .050
MOST_APART = 0.06  # in one bin
SHIFT = 0.3  # of a number between what is shipped and what a few more texts would give
ENOUGH = 150  # mentions of a bin: fewer are off by as much by chance

margins = st.floats(0, 40)
shares = st.floats(0, 1)


@cache
def built() -> Gazetteer:
    try:
        return Gazetteer.open(ROOT / "build" / "gazetteer")
    except GazetteerError as error:
        pytest.fail(f"the gazetteer is not built: {error}")


@given(margins, margins, shares, shares)
def test_more_never_makes_it_less_sure(margin: float, other: float, share: float, another: float) -> None:
    (low, high), (few, many) = sorted((margin, other)), sorted((share, another))
    sure = calibration()
    assert LEAST <= sure(low, few) <= sure(high, few) <= sure(high, many) <= 1.0
    assert sure(low, few) <= sure(low, many)


def test_it_is_what_a_mention_is_given(tagger: PlaceTagger) -> None:
    body = "Shells hit Bakhmut and Andriivka. A man from Paris fled."
    seen = tagger.look("", body, language="en")
    assert [m.confidence for m in seen.mentions] == [
        calibration()(one.score - tagger.threshold, meaning.confidence)
        for one, meaning in zip(seen.kept, seen.resolution.meanings, strict=True)
    ]
    assert tagger.tag("", body, language="en").mentions == seen.mentions


def test_mentions_are_judged_by_their_labels(tagger: PlaceTagger) -> None:
    body, labels = unmarked("Shells hit [Bakhmut|gn713174|event] and [Andriivka|fw-andriivka-kharkiv|event]. Kyiv was calm.")
    found = judged([MarkedText("one", "en", "", body, labels)], tagger)
    assert [one.right for one in found] == [True, False, False]
    assert all(one.margin >= 0 and 0 < one.share <= 1 for one in found)
    assert sum(one.weight for one in found) == pytest.approx(1)  # a text counts for one


def test_what_texts_follow_is_found_again() -> None:
    lots, hidden = random.Random(7), Calibration(-1.0, 1.5, 0.4)
    mentions = []
    for _ in range(4000):
        margin, share = lots.uniform(0, 8), lots.uniform(0.2, 1)
        mentions.append(Judged(margin, share, 0.5, lots.random() < hidden(margin, share)))
    found = fit(mentions)
    assert (found.bias, found.margin, found.share) == pytest.approx((-1.0, 1.5, 0.4), abs=0.25)
    assert fit(mentions) == found  # nothing is drawn by lot


def test_what_would_speak_against_itself_is_refused() -> None:
    turned = [Judged(margin, 0.9, 0.5, margin < 2) for margin in (0.5, 1, 1.5, 2.5, 3, 4) for _ in range(20)]
    with pytest.raises(ValueError, match="against it"):
        fit(turned)


def test_the_table_counts_each_mention_once() -> None:
    rows = reliability([0.0, 0.29, 0.3, 0.95, 1.0, 1.0], [False, True, True, True, True, False])
    assert [(row.low, row.high, row.mentions) for row in rows] == [(0.0, 0.3, 2), (0.3, 0.5, 1), (0.95, 1.0, 3)]
    assert [row.confidence for row in rows] == pytest.approx([0.145, 0.3, 2.95 / 3])
    assert [row.right for row in rows] == pytest.approx([0.5, 1.0, 2 / 3])
    assert calibration_error(rows) == pytest.approx((2 * 0.355 + 0.7 + 2.95 - 2) / 6)


def test_what_is_shipped_is_what_the_texts_give() -> None:
    shipped, learnt = calibration(), fit(judged(read(TEXTS), PlaceTagger(built())))
    same = pytest.approx((shipped.bias, shipped.margin, shipped.share), abs=SHIFT)
    assert (learnt.bias, learnt.margin, learnt.share) == same, "run `python -m aggregator.places.calibrate --write`"


def test_mentions_are_right_as_often_as_they_say() -> None:
    found = judged(read(GOLD), PlaceTagger(built()))  # none of which was learnt from
    rows = reliability([one.confidence for one in found], [one.right for one in found])
    assert calibration_error(rows) <= MOST_ERROR
    apart = {(row.low, row.high): row.right - row.confidence for row in rows if row.mentions >= ENOUGH}
    assert {edges: value for edges, value in apart.items() if abs(value) > MOST_APART} == {}


def test_the_command_shows_the_table() -> None:
    said = CliRunner().invoke(main, ["--gazetteer", str(ROOT / "build" / "gazetteer"), "--texts", str(GOLD)])
    assert said.exit_code == 0, said.output
    assert "as it is: " in said.output and "0.95 to 1.00:" in said.output and "as learnt" not in said.output
