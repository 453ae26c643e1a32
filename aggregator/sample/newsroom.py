"""What each outlet shows at a given moment: the hand-written texts and their reprints, as far as they have come out.

Pure: the same press, start, speed and moment give the same pieces. Minutes after the start pass ``speed`` times as fast,
so that no piece is ever dated later than the moment at which it is shown.
"""

import re
import zlib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from aggregator.sample.press import Press, PressOutlet, Text, load
from aggregator.sample.reprints import reprints

_PLACEHOLDER = re.compile(r"\{(day|date)([+-]\d+)?\}")


@dataclass(frozen=True, slots=True)
class Piece:
    """An article as its outlet shows it at one moment. ``url`` is absolute; a paragraph that begins with "## " is a heading."""

    id: str
    outlet: PressOutlet
    path: str
    url: str
    guid: str
    title: str
    paragraphs: tuple[str, ...]
    author: str
    image_url: str | None
    published_at: datetime
    updated_at: datetime
    version: int  # from 1

    @property
    def summary(self) -> str:
        return self.paragraphs[0]

    @property
    def feed_link(self) -> str:
        """The address as the feed gives it, with the outlet's campaign parameters where it adds any."""
        return f"{self.url}?{self.outlet.campaign}" if self.outlet.campaign else self.url


@lru_cache(maxsize=1)
def all_texts() -> tuple[Text, ...]:
    """Every article of the press: what is written by hand, then the reprints."""
    press = load()
    return press.texts + reprints(press)


@dataclass(frozen=True, slots=True)
class Newsroom:
    """The press at work. ``started_at`` is aware, in UTC; ``speed`` above 0."""

    port: int
    started_at: datetime
    speed: float = 1.0

    @property
    def press(self) -> Press:
        return load()

    def moment(self, minute: float) -> datetime:
        """When a minute of the press comes; fractions of a second are cut off, for feeds have none."""
        passed = minute / self.speed if minute > 0 else minute
        return (self.started_at + timedelta(minutes=passed)).replace(microsecond=0)

    def edition(self, outlet_id: str, now: datetime) -> tuple[Piece, ...]:
        """Return what the outlet has published by now, newest first."""
        pieces = []
        for text in _by_outlet()[outlet_id]:
            shown = sum(self.moment(version.minute) <= now for version in text.versions)
            if shown:
                pieces.append(_piece(self, text.id, shown))
        return tuple(sorted(pieces, key=lambda piece: (piece.published_at, piece.id), reverse=True))

    def find(self, outlet_id: str, path: str, now: datetime) -> Piece | None:
        """Return the piece at that path of the outlet's site, if it has come out."""
        return next((piece for piece in self.edition(outlet_id, now) if piece.path == path), None)

    def url(self, text: Text) -> str:
        """Address of an article, whether it has come out or not."""
        outlet = self.press.outlets[text.outlet]
        return outlet.root(self.port) + self.path(text)

    def path(self, text: Text) -> str:
        """Path of an article on its outlet's site."""
        outlet = self.press.outlets[text.outlet]
        at = self.moment(text.minute)
        return outlet.link.format(id=text.id, number=number(text), year=f"{at:%Y}", month=f"{at:%m}", day=f"{at:%d}")


@lru_cache(maxsize=2048)
def _piece(room: Newsroom, text_id: str, shown: int) -> Piece:
    """The article in its version number ``shown``; kept, because every page lists older ones."""
    text = _by_id()[text_id]
    outlet = room.press.outlets[text.outlet]
    version = text.versions[shown - 1]
    words = room.press.words[outlet.language]
    day = room.moment(text.event_minute)
    url = room.url(text)
    guids = {"link": url, "number": str(number(text)), "edition": f"{number(text)}-{shown}"}
    return Piece(
        id=text.id,
        outlet=outlet,
        path=room.path(text),
        url=url,
        guid=guids[outlet.guid],
        title=fill(version.title, day, words),
        paragraphs=tuple(fill(paragraph, day, words) for paragraph in version.paragraphs),
        author=text.author,
        image_url=f"{outlet.root(room.port)}/images/{text.image}.svg" if text.image else None,
        published_at=room.moment(text.minute),
        updated_at=room.moment(version.minute),
        version=shown,
    )


def number(text: Text) -> int:
    """A stable number of seven digits, as editorial systems give them."""
    return 1_000_000 + zlib.crc32(text.id.encode()) % 9_000_000


def fill(text: str, day: datetime, words: Mapping[str, Any]) -> str:
    """Put weekdays and dates, in the language of ``words``, where the text has ``{day-1}`` or ``{date}``."""

    def put(match: re.Match[str]) -> str:
        then = day + timedelta(days=int(match[2] or 0))
        if match[1] == "day":
            return str(words["days"][then.weekday()])
        return f"{then.day} {words['months'][then.month - 1]}"

    return _PLACEHOLDER.sub(put, text)


@lru_cache(maxsize=1)
def _by_outlet() -> Mapping[str, tuple[Text, ...]]:
    sorted_out: dict[str, list[Text]] = defaultdict(list)
    for text in all_texts():
        sorted_out[text.outlet].append(text)
    return {outlet_id: tuple(sorted_out[outlet_id]) for outlet_id in load().outlets}


@lru_cache(maxsize=1)
def _by_id() -> Mapping[str, Text]:
    return {text.id: text for text in all_texts()}
