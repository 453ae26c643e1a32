"""When a page is looked at again."""

from datetime import UTC, datetime, timedelta

import pytest

from aggregator.fetch.revisits import AFTER, next_visit

SEEN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("looked_min", "next_min"),
    [
        (0, 30),
        (1, 30),
        (29.99, 30),
        (30, 120),
        (31, 120),
        (119, 120),
        (121, 720),
        (720, 4320),
        (4319, 4320),
        (4320, None),
        (9999, None),
        (-5, 30),
    ],
)
def test_the_next_visit(looked_min: float, next_min: float | None) -> None:
    due = next_visit(SEEN, SEEN + timedelta(minutes=looked_min))
    assert due == (None if next_min is None else SEEN + timedelta(minutes=next_min))


def test_the_hours_are_those_of_the_design() -> None:
    assert [after.total_seconds() / 3600 for after in AFTER] == [0.5, 2, 12, 72]
