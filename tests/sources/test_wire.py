"""The agency a text was taken from, where the tagger of places must not stumble over its name."""

import pytest

from aggregator.sources import wire


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ("KHARKIV, Ukraine (Meridian) - A bomb fell on Sunday. Officials told Meridian that nobody was hurt.", ["Meridian", "Meridian"]),
        ("World\nBUNIA, Congo (Lakeside Press) — Gunmen came at night.", ["Lakeside Press"]),
        ("МОСКВА, 12 апреля. /Полюс/. Ведомство сообщило об ударе.", ["Полюс"]),
        ("Kyiv (the capital of Ukraine) was quiet.", []),
        ("The mayor (Meridian, Idaho) declined to comment.", []),
    ],
)
def test_an_agency_in_the_dateline_is_no_place(body: str, named: list[str]) -> None:
    assert [body[span.start : span.end] for span in wire.agency_spans(body)] == named
