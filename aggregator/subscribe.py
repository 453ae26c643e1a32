"""Subscribing: a URL is looked at before it is added (``preview``), a site's feeds are found (``discover``); theatres of the catalogue
and OPML lists come in as drafts."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from aggregator.app import App
from aggregator.feeds import catalogue, opml, telegram
from aggregator.feeds.opml import OpmlFeed
from aggregator.identity.urls import clean
from aggregator.model import FeedDraft, Outlet
from aggregator.previewing import Look, Overlap, Preview, preview
from aggregator.scouting import Choice, Discovery, Refusal, address_of, discover, only_choice

__all__ = [  # with the two looks before adding, so that callers need one module
    "Added",
    "Choice",
    "Discovery",
    "Look",
    "Overlap",
    "Preview",
    "Refusal",
    "add_opml",
    "add_theatre",
    "address_of",
    "discover",
    "draft_of",
    "export_opml",
    "only_choice",
    "preview",
    "slug",
]


@dataclass(frozen=True, slots=True)
class Added:
    """How a list came in."""

    new: int
    known: int


def draft_of(
    url: str, title: str | None, *, theatre: str | None = None, outlet: str | None = None, language: str | None = None
) -> FeedDraft:
    """A draft for a plain URL; its outlet is named after the host where no name is given, and its labels are unknown."""
    parts = urlsplit(url)
    host = (parts.hostname or url).removeprefix("www.")
    if host in telegram.HOSTS:  # each channel is a publisher of its own
        host = f"@{parts.path.rpartition('/')[2]}"
    name = outlet or title or host
    return FeedDraft(
        url=url,
        title=title or host,
        outlet=Outlet(id=slug(outlet or host), name=name, languages=(language,) if language else ()),
        theatre=theatre,
        language=language,
    )


def slug(name: str) -> str:
    """An id of lower-case letters, figures and hyphens."""
    return re.sub(r"[^\w]+", "-", name.casefold()).strip("-") or "outlet"


def add_theatre(app: App, theatre: str) -> Added:
    """Subscribe to a theatre of the starter catalogue. Raises UsageError for one that it does not have."""
    return _add(app, catalogue.load().feeds(theatre))


def add_opml(app: App, data: bytes) -> Added:
    """Subscribe to every feed of an OPML list; its folders are taken for theatres. Raises FeedError if it is none."""
    return _add(app, (_from_opml(feed) for feed in opml.read(data)))


def export_opml(app: App) -> bytes:
    """Every feed as OPML, in folders by theatre; the sample press is left out."""
    feeds = [
        OpmlFeed(feed.url, feed.title, folders=(feed.theatre,) if feed.theatre else (), language=feed.language)
        for feed in app.store.feeds.all()
        if not feed.sample
    ]
    return opml.write(feeds, "Frontwire")


def _from_opml(feed: OpmlFeed) -> FeedDraft:
    known = {theatre.id for theatre in catalogue.load().theatres}
    theatre = feed.theatre if feed.theatre in known else None
    return draft_of(clean(feed.url), feed.title or None, theatre=theatre, language=feed.language)


def _add(app: App, drafts: Iterable[FeedDraft]) -> Added:
    results = [app.store.feeds.add(draft, app.clock.now())[1] for draft in drafts]
    return Added(sum(results), len(results) - sum(results))
