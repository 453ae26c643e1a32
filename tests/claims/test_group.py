"""Claims: what is one claim, and how many independent origins it has."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.claims.group import group
from aggregator.model import Attribution, ClaimAttribution, Cue, Quantity, Span, Speaker, Via

NOON = datetime(2024, 6, 13, 12, tzinfo=UTC)
SAID = "five people were killed and 18 wounded in the strike on the depot"


def row(
    number: int,
    *,
    outlet: str | None = None,
    words: str = SAID,
    source: str | None = "ua-kharkiv-governor",
    name: str = "Oleh Syniehubov",
    anonymity: str = "named",
    copies: int | None = None,
    channel: str | None = "telegram",
    via: str | None = None,
    negated: bool = False,
    language: str = "en",
    numbers: Sequence[float] = (),
    places: tuple[str, ...] = (),
) -> ClaimAttribution:
    attribution = Attribution(
        speaker=Speaker(0, 4, "he", name, source_id=source, anonymity=anonymity),
        cue=Cue(5, 9, "said", "say"),
        content=(Span(10, 20),),
        via=(Via(0, 3, via, via.lower()),) if via else (),
        channel=channel,
        negated=negated,
        numbers=tuple(Quantity(value, "killed", str(value)) for value in numbers),
        place_ids=places,
    )
    at = NOON + timedelta(minutes=number)
    return ClaimAttribution(number, 100 + number, outlet or f"outlet-{number}", copies, at, language, attribution, words, places)


def own(first: int, count: int) -> list[ClaimAttribution]:
    """Outlets that quote the same post in their own words."""
    said = "the governor's post put it at five killed and 18 wounded people in the depot strike"
    return [row(n, words=said, copies=100 + n) for n in range(first, first + count)]


COPIES = [row(n, copies=101) for n in range(1, 10)]

ORIGINS = [
    ("one article", [row(1)], 1, 1),
    ("nine agency copies", COPIES, 9, 1),
    ("nine agency copies plus five own texts of the same post", COPIES + own(10, 5), 14, 1),
    ("nine copies, one outlet was told separately", [*COPIES, row(10, copies=110, channel="interview")], 10, 2),
    ("an interview that is copied is one telling", [row(n, copies=101, channel="interview") for n in (1, 2, 3)], 3, 1),
    ("two interviews", [row(1, channel="interview"), row(2, channel="interview")], 2, 2),
    ("two texts lean on one intermediary", [row(1, via="ISW"), row(2, via="ISW")], 2, 1),
    ("two intermediaries", [row(1, via="ISW"), row(2, via="TASS")], 2, 2),
    ("a chain beside the statement itself", [row(1), row(2, via="ISW")], 2, 1),
    ("one outlet twice", [row(1, outlet="a"), row(2, outlet="a")], 1, 1),
]


@pytest.mark.parametrize(("rows", "outlets", "origins"), [case[1:] for case in ORIGINS], ids=[case[0] for case in ORIGINS])
def test_origins(rows: list[ClaimAttribution], outlets: int, origins: int) -> None:
    (claim,) = group(7, rows)
    assert (claim.outlets, claim.origins) == (outlets, origins)
    assert claim.story_id == 7
    assert claim.first_at == min(r.at for r in rows)
    assert set(claim.attribution_ids) == {r.attribution_id for r in rows}


APART = [
    ("another speaker", [row(1), row(2, source="ru-mod", name="Russian Ministry of Defence")]),
    ("a denial", [row(1), row(2, negated=True)]),
    ("other numbers", [row(1), row(2, words=SAID.replace("18", "23"))]),
    ("something else", [row(1), row(2, words="rescuers are still looking for two drivers under the roof")]),
    ("residents of two texts", [row(n, source=None, name="resident", anonymity="anonymous") for n in (1, 2)]),
    (
        "another language without numbers",
        [row(1, words="the town holds"), row(2, words="місто тримається", language="uk", places=("gn1",))],
    ),
]


@pytest.mark.parametrize("rows", [case[1] for case in APART], ids=[case[0] for case in APART])
def test_apart(rows: list[ClaimAttribution]) -> None:
    assert len(group(1, rows)) == 2


TOGETHER = [
    ("a shorter wording", [row(1), row(2, words="five people were killed and 18 wounded")]),
    ("languages, by number and place", [
        row(1, numbers=(5, 18), words="5 killed, 18 wounded", places=("gn1",)),
        row(2, numbers=(5, 18), words="загинули 5, поранено 18", language="uk", places=("gn1",)),
    ]),
    ("one name in two spellings of case", [row(1, source=None, name="Umm Khaled"), row(2, source=None, name="UMM KHALED")]),
    ("a resident in two copies", [row(n, source=None, name="resident", anonymity="anonymous", copies=101) for n in (1, 2)]),
]  # fmt: skip


@pytest.mark.parametrize("rows", [case[1] for case in TOGETHER], ids=[case[0] for case in TOGETHER])
def test_together(rows: list[ClaimAttribution]) -> None:
    (claim,) = group(1, rows)
    assert claim.words == max((r.words for r in rows), key=len)


def test_order_and_nothing() -> None:
    assert group(1, []) == ()
    rows = [row(1, words="the bridge is closed to lorries"), *[row(n, copies=200 + n) for n in (2, 3)]]
    assert [claim.outlets for claim in group(1, rows)] == [2, 1]


@given(
    st.permutations([*COPIES[:4], *own(10, 2), row(20, channel="interview"), row(21, negated=True), row(22, source="hamas", name="Hamas")])
)
def test_the_order_of_the_input_does_not_matter(rows: list[ClaimAttribution]) -> None:
    claims = group(1, rows)
    assert claims == group(1, sorted(rows, key=lambda r: r.attribution_id))
    assert sorted(i for claim in claims for i in claim.attribution_ids) == sorted(r.attribution_id for r in rows)
