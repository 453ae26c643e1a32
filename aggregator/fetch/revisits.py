"""When an article's page is looked at again: pure functions of when it was first seen."""

from datetime import datetime, timedelta

# First reports of war are corrected within the hour, and rewritten through the day; after some days hardly ever.
AFTER = (timedelta(minutes=30), timedelta(hours=2), timedelta(hours=12), timedelta(days=3))


def next_visit(first_seen_at: datetime, now: datetime) -> datetime | None:
    """The next hour at which the page is due, for a page that was looked at now; None after the last. Hours that went by meanwhile
    are not made up for: one look tells what several would have."""
    return next((first_seen_at + after for after in AFTER if first_seen_at + after > now), None)
