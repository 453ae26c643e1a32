"""How far from its mark something may have happened: nothing is drawn more exact than it is known."""

import math

from aggregator.model import Place

APPROXIMATE_KM = 10.0  # places whose position is that of the municipality around them (places/register.py)
# Radius of a typical one, for a mark that says "somewhere within": no outline of anything.
EXTENT_KM = {"district": 20.0, "region": 70.0, "area": 60.0, "water": 50.0}
# Regions of small or finely divided countries (ISO 3166-1 alpha-2).
REGION_KM = {
    **{"PS": 12.0, "IL": 25.0, "LB": 20.0, "XK": 12.0, "MD": 15.0, "CY": 20.0},
    **{"AM": 25.0, "GE": 35.0, "AZ": 25.0, "RW": 25.0, "BI": 15.0},
}
DOT_PX = 5.0  # radius of a mark of one story
MOST_PX = 24.0


def is_country(place: Place) -> bool:
    """Whether it is a country as a whole, which is no point on any map."""
    return place.kind == "country"


def extent_km(place: Place) -> float | None:
    """Radius within which it was, in km; None where the mark is where it was."""
    own = EXTENT_KM.get(place.kind)
    if own is not None and place.kind == "region":
        own = REGION_KM.get(place.country or "", own)
    return max(APPROXIMATE_KM, own or 0.0) if place.approximate else own


def is_wide(place: Place) -> bool:
    """Whether it is a stretch of land or water rather than a point."""
    return place.kind in EXTENT_KM or is_country(place)


def mark_px(stories: int) -> float:
    """Radius of a mark in pixels: its area grows with the stories, as the eye reads it."""
    return round(min(MOST_PX, DOT_PX + 3.4 * math.sqrt(max(stories, 1) - 1)), 1)
