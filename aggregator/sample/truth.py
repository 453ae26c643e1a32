"""What is true of each article of the sample press, so that a test can ask whether the reader found it out."""

from dataclasses import dataclass
from datetime import datetime

from aggregator.sample.newsroom import Newsroom, all_texts


@dataclass(frozen=True, slots=True)
class ArticleTruth:
    """The facts of one article. ``copy_group`` is the id of the group's origin; ``places`` are where the event happened, in English;
    ``cites`` are those whose words the text gives, by their usual English names; ``held_back``: published only while the press runs."""

    id: str
    url: str
    outlet_id: str
    language: str
    story: str
    theatre: str
    copy_group: str
    is_copy: bool
    agency: str | None
    places: tuple[str, ...]
    cites: tuple[str, ...]
    published_at: datetime
    version_times: tuple[datetime, ...]  # the first is the publication
    held_back: bool


def truths(room: Newsroom) -> tuple[ArticleTruth, ...]:
    """Return the truth of every article, whether it has come out or not, oldest first."""
    found = [
        ArticleTruth(
            id=text.id,
            url=room.url(text),
            outlet_id=text.outlet,
            language=text.language,
            story=text.event,
            theatre=text.theatre,
            copy_group=text.origin or text.id,
            is_copy=text.origin is not None,
            agency=text.agency,
            places=text.places,
            cites=text.cites,
            published_at=room.moment(text.minute),
            version_times=tuple(room.moment(version.minute) for version in text.versions),
            held_back=text.minute > 0,
        )
        for text in all_texts()
    ]
    return tuple(sorted(found, key=lambda truth: (truth.published_at, truth.id)))
