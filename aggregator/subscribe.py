"""Subscribing: a URL is looked at before it is added; theatres of the catalogue and OPML lists come in as drafts."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from aggregator.app import App
from aggregator.errors import FeedError
from aggregator.feeds import catalogue, opml
from aggregator.feeds.discover import FoundFeed, find_feeds
from aggregator.feeds.opml import OpmlFeed
from aggregator.feeds.parse import parse
from aggregator.identity.urls import clean
from aggregator.model import Feed, FeedDraft, Outlet, ParsedFeed, RawFeed
from aggregator.ports import FetchRequest

GUESSES = 3  # well-known paths that are tried where a page names no feed


@dataclass(frozen=True, slots=True)
class Preview:
    """What a URL gives: the feed, or the feeds that its page names. ``known``: the feed is subscribed to already."""

    url: str
    parsed: ParsedFeed | None
    found: tuple[FoundFeed, ...] = ()
    known: Feed | None = None


@dataclass(frozen=True, slots=True)
class Added:
    """How a list came in."""

    new: int
    known: int


def preview(app: App, url: str) -> Preview:
    """Fetch a URL and say what would come in; nothing is stored.

    Raises FetchError if it does not answer, FeedError if it is neither a feed nor a page that names one, UsageError if it is no URL."""
    address = clean(url if "://" in url else f"https://{url}")
    response = app.fetcher.get(FetchRequest(address, "feed"))
    raw = RawFeed(response.url, response.body, response.headers.get("content-type"), response.headers)
    try:
        return Preview(address, parse(raw, app.clock.now()), known=app.store.feeds.by_url(address))
    except FeedError:
        found = tuple(feed for feed in find_feeds(response.body, response.url) if feed.named)
        if not found:
            raise
        return Preview(address, None, found)


def draft_of(
    url: str, title: str | None, *, theatre: str | None = None, outlet: str | None = None, language: str | None = None
) -> FeedDraft:
    """A draft for a plain URL; its outlet is named after the host where no name is given, and its labels are unknown."""
    host = (urlsplit(url).hostname or url).removeprefix("www.")
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
    """Subscribe to a theatre of the starter catalogue. Raises NotFoundError for one that it does not have."""
    return _add(app, catalogue.load().feeds(theatre))


def add_opml(app: App, data: bytes) -> Added:
    """Subscribe to every feed of an OPML list; its folders are taken for theatres. Raises UsageError if it is none."""
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
