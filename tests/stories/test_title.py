"""Which title a story bears."""

from datetime import UTC, datetime, timedelta

import pytest

from aggregator.model import StoryDocument
from aggregator.stories.title import choose

SILO = "Drone hits grain silo in Odesa"
DAY = datetime(2024, 5, 1, 8, tzinfo=UTC)


def doc(ident: int, title: str, body: str = "", language: str | None = "en", group: int | None = None) -> StoryDocument:
    return StoryDocument(ident, title, body, language, DAY + timedelta(hours=ident), "o", group)


@pytest.mark.parametrize(
    ("name", "documents", "title"),
    [
        ("one", (doc(1, " Drone hits silo "),), "Drone hits silo"),
        (
            "the central one",
            (
                doc(1, "A long night for the watchmen"),
                doc(2, SILO),
                doc(3, "Grain silo in Odesa burns through the night after drone"),
            ),
            SILO,
        ),
        (
            "not the shouting one",
            (doc(1, SILO.upper()), doc(2, SILO)),
            SILO,
        ),
        (
            "not the live page",
            (doc(1, f"LIVE: {SILO}"), doc(2, SILO)),
            SILO,
        ),
        (
            "of the most common language",
            (
                doc(1, "Drone hits silo in Odesa"),
                doc(2, "В Одесі горить елеватор", "", "uk"),
                doc(3, "Елеватор в Одесі: вогонь згас", "", "uk"),
            ),
            "В Одесі горить елеватор",
        ),
        (
            "copies count once",
            (
                doc(1, "Drone hits silo in Odesa"),
                doc(2, "Елеватор", "", "uk", 2),
                doc(3, "Елеватор", "", "uk", 2),
                doc(4, "Елеватор", "", "uk", 2),
            ),
            "Drone hits silo in Odesa",
        ),
        ("no title at all", (doc(1, ""), doc(2, " ")), ""),
        ("no title in the language", (doc(1, ""), doc(2, "", ""), doc(3, "Елеватор", "", "uk")), "Елеватор"),
    ],
)
def test_choose(name: str, documents: tuple[StoryDocument, ...], title: str) -> None:
    assert choose(documents) == title
    assert choose(documents[::-1]) == title


def test_no_document() -> None:
    with pytest.raises(ValueError, match="without articles"):
        choose([])
