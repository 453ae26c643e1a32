"""Which places a text is mainly about."""

import pytest

from aggregator.model import Mention, Place
from aggregator.places.primary import primary_places

KHARTOUM = Place("gn379252", "Khartoum", "settlement", 15.55, 32.53, "SD", ("fw-khartoum-state", "gn366755"), ("Khartoum State", "Sudan"))
OMDURMAN = Place("gn365137", "Omdurman", "settlement", 15.64, 32.48, "SD", ("fw-khartoum-state", "gn366755"), ("Khartoum State", "Sudan"))
SUDAN = Place("gn366755", "Sudan", "country", 16.0, 30.0, "SD")


def mention(place: Place, start: int, role: str) -> Mention:
    return Mention(start, start + len(place.name), place.name, place, role, 0.9)


@pytest.mark.parametrize(
    ("title", "mentions", "expected"),
    [
        # an event leads, whatever else the headline names
        ("Khartoum reacts to strike", [mention(OMDURMAN, 10, "event"), mention(KHARTOUM, 90, "mention")], ("gn365137",)),
        # a country gives way to the town within it
        ("Sudan: shells hit Khartoum", [mention(SUDAN, 0, "event"), mention(KHARTOUM, 40, "event")], ("gn379252",)),
        # of two towns the first leads, and the second follows
        ("Shells hit towns", [mention(KHARTOUM, 0, "event"), mention(OMDURMAN, 90, "event")], ("gn379252", "gn365137")),
        # a headline that names a place tells of no event there
        ("Slow return to Khartoum", [mention(OMDURMAN, 0, "dateline"), mention(KHARTOUM, 40, "mention")], ()),
        # a government that speaks is no place
        ("Khartoum says talks go on", [mention(KHARTOUM, 0, "actor")], ()),
        # nothing happens anywhere
        ("Prices rise again", [mention(KHARTOUM, 30, "mention")], ()),
    ],
)
def test_primary_places(title: str, mentions: list[Mention], expected: tuple[str, ...]) -> None:
    assert primary_places(mentions, title, "") == expected
