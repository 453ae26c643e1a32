"""The sample press as it lies in ``data/``: invented outlets, the events they report, and every text with its later versions.

An event's hour is given relative to the moment the press starts: ``at`` in hours (negative: before) or ``live`` in minutes
after it. Its texts come ``after`` minutes later; a version comes ``after`` minutes after the event or ``live`` minutes after the start.
In texts ``{day}``, ``{day-1}`` … stand for weekdays and ``{date}``, ``{date-3}`` … for dates, counted from the event's day.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

DATA = Path(__file__).parent / "data"
ADDRESS = "127.0.5.{}"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the one in C where PyYAML was built with it: ten times as fast


@dataclass(frozen=True, slots=True)
class PressOutlet:
    """An invented outlet and its habits; ``data/outlets.yaml`` says what the fields mean."""

    id: str
    name: str
    kind: str
    country: str
    language: str
    affiliation: str
    style: str
    theatre: str
    feed_format: str
    feed_path: str
    link: str
    guid: str
    credit: str
    address: str
    short: str = ""
    campaign: str = ""
    clients: tuple[str, ...] = ()

    @property
    def is_agency(self) -> bool:
        return bool(self.clients)

    def root(self, port: int) -> str:
        """Address of the outlet's site, without a slash at the end."""
        return f"http://{self.address}:{port}"


@dataclass(frozen=True, slots=True)
class Version:
    """What an article says from a moment on. ``minute`` is relative to the start of the press."""

    minute: float
    title: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Text:
    """One article: its versions oldest first, and what is true of it. ``origin`` is the id of the text it was copied from."""

    id: str
    event: str
    theatre: str
    outlet: str
    language: str
    author: str
    image: str | None
    versions: tuple[Version, ...]
    event_minute: float
    heads: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    cites: tuple[str, ...] = ()
    origin: str | None = None
    agency: str | None = None  # outlet id of the agency that a copy names

    @property
    def minute(self) -> float:
        """When it is published, in minutes from the start of the press."""
        return self.versions[0].minute


@dataclass(frozen=True, slots=True)
class Press:
    """Everything that is written by hand: outlets by id, texts in the files' order, words by language."""

    outlets: Mapping[str, PressOutlet]
    texts: tuple[Text, ...]
    words: Mapping[str, Mapping[str, Any]]


@cache
def load() -> Press:
    """Read ``data/``. Raises ValueError naming the event where an outlet is unknown or a replaced phrase is not in the text."""
    outlets = {row["id"]: _outlet(row, n) for n, row in enumerate(_read(DATA / "outlets.yaml"), 1)}
    texts: list[Text] = []
    for path in sorted((DATA / "events").glob("*.yaml")):
        for event in _read(path):
            texts.extend(_event(event, outlets))
    ids = [text.id for text in texts]
    if len(set(ids)) != len(ids):
        raise ValueError(f"Two texts have one id: {sorted({i for i in ids if ids.count(i) > 1})}.")
    return Press(outlets, tuple(texts), _read(DATA / "words.yaml"))


def words_in(text: str) -> int:
    """Number of words, divided by white space."""
    return len(text.split())


def _read(path: Path) -> Any:
    return yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)


def _outlet(row: Mapping[str, Any], number: int) -> PressOutlet:
    plain = {name: value for name, value in row.items() if name not in ("feed", "clients")}
    return PressOutlet(
        **plain,
        feed_format=row["feed"]["format"],
        feed_path=row["feed"]["path"],
        clients=tuple(row["clients"]),
        address=ADDRESS.format(number),
    )


def _event(event: Mapping[str, Any], outlets: Mapping[str, PressOutlet]) -> list[Text]:
    start = float(event["live"]) if "live" in event else float(event["at"]) * 60
    texts = []
    for number, row in enumerate(event["texts"], 1):
        name = f"{event['id']}-{number}"
        outlet_id = "sample-" + row["outlet"]
        if outlet_id not in outlets:
            raise ValueError(f"{name}: there is no outlet {outlet_id}.")
        texts.append(
            Text(
                id=name,
                event=event["id"],
                theatre=event["theatre"],
                outlet=outlet_id,
                language=outlets[outlet_id].language,
                author=row.get("author", ""),
                image=row.get("image"),
                versions=_versions(name, row, start),
                event_minute=start,
                heads=tuple(row.get("heads", ())),
                places=tuple(row.get("places", event["places"])),
                cites=tuple(row.get("cites", ())),
            )
        )
    return texts


def _versions(name: str, row: Mapping[str, Any], start: float) -> tuple[Version, ...]:
    title = str(row["title"]).strip()
    paragraphs = tuple(" ".join(part.split()) for part in str(row["text"]).strip().split("\n\n"))
    versions = [Version(start + float(row.get("after", 0)), title, paragraphs)]
    for change in row.get("versions", ()):
        minute = float(change["live"]) if "live" in change else start + float(change["after"])
        title = change.get("title", title)
        for old, new in change.get("replace", ()):
            if not any(old in paragraph for paragraph in paragraphs):
                raise ValueError(f"{name}: {old!r} is to be replaced but is not in the text.")
            paragraphs = tuple(paragraph.replace(old, new) for paragraph in paragraphs)
        dropped = change.get("drop")
        if dropped:
            kept = tuple(paragraph for paragraph in paragraphs if not paragraph.startswith(dropped))
            if len(kept) == len(paragraphs):
                raise ValueError(f"{name}: no paragraph begins with {dropped!r}.")
            paragraphs = kept
        if "add" in change:
            paragraphs += (" ".join(change["add"].split()),)
        versions.append(Version(minute, title, paragraphs))
    return tuple(versions)
