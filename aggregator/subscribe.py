"""Subscribing: a URL is looked at before it is added (``preview``), a site's feeds are found (``discover``); theatres of the catalogue
and OPML lists come in as drafts."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit

from aggregator.app import App
from aggregator.errors import FeedError, UsageError
from aggregator.feeds import catalogue, opml, telegram
from aggregator.feeds.opml import OpmlFeed, OpmlRefusal
from aggregator.model import Feed, FeedDraft, Outlet
from aggregator.previewing import BUDGET_S, Look, Overlap, Preview, preview
from aggregator.scouting import MAX_TRIED, Choice, Discovery, Refusal, address_of, ask, discover, feed_address, feed_key, only_choice

__all__ = [  # with the two looks before adding, so that callers need one module
    "Added",
    "Choice",
    "Discovery",
    "Listed",
    "Look",
    "Overlap",
    "Preview",
    "Refusal",
    "add_opml",
    "add_theatre",
    "address_of",
    "discover",
    "draft_of",
    "explore",
    "export_opml",
    "feed_address",
    "only_choice",
    "opml_of",
    "preview",
    "slug",
    "survey_opml",
    "take_back",
]


@dataclass(frozen=True, slots=True)
class Added:
    """How a list came in. ``at`` is the hour that its new feeds bear as theirs, by which ``take_back`` knows them."""

    new: int
    known: int
    at: datetime
    refused: tuple[OpmlRefusal, ...] = ()


@dataclass(frozen=True, slots=True)
class Listed:
    """What an OPML list would bring: ``new`` feeds, those that are subscribed to already, and the lines that cannot be taken."""

    new: tuple[FeedDraft, ...]
    known: tuple[Feed, ...]
    refused: tuple[OpmlRefusal, ...]


def explore(app: App, url: str, *, budget_s: float = BUDGET_S, limit: int = MAX_TRIED) -> Preview | Discovery:
    """Look at whatever somebody typed, asking for it once: the preview of a feed, or else what ``discover`` finds at the page.

    Nothing is stored. Each of the two takes about ``budget_s`` seconds at most. Raises FetchError if the address does not answer,
    FeedError for a Telegram name that shows no posts, UsageError for no address."""
    address = address_of(url)
    response = ask(app, address, budget_s)
    try:
        seen = preview(app, url, response=response, budget_s=budget_s)
    except FeedError:
        if telegram.is_channel(address):  # Telegram has no other feeds to be found
            raise
    else:
        if seen.parsed is not None:
            return seen
    return discover(app, address, response=response, limit=limit, budget_s=budget_s)


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


def survey_opml(app: App, data: bytes) -> Listed:
    """What an OPML list would bring; its folders are taken for theatres. Nothing is stored. Raises FeedError if it is none."""
    feeds, refused = opml.read_all(data)
    by_key = {_key(feed.url): feed for feed in app.store.feeds.all()}
    new: dict[str, tuple[FeedDraft, int]] = {}
    known: dict[int, Feed] = {}
    bad = list(refused)
    for feed in feeds:
        try:
            draft = _from_opml(feed)
        except UsageError as error:
            bad.append(OpmlRefusal(feed.line, feed.title, feed.url, error.message))
            continue
        name = _key(draft.url)
        if there := by_key.get(name):
            known[there.id] = there
        elif name in new:
            bad.append(OpmlRefusal(feed.line, feed.title, feed.url, f"the same address as in line {new[name][1]}"))
        else:
            new[name] = (draft, feed.line)
    bad.sort(key=lambda one: one.line)
    return Listed(tuple(draft for draft, _ in new.values()), tuple(known.values()), tuple(bad))


def add_opml(app: App, data: bytes, only: Collection[str] | None = None) -> Added:
    """Subscribe to the feeds of an OPML list, or to those whose addresses are in ``only``. Raises FeedError if it is none."""
    listed = survey_opml(app, data)
    added = _add(app, (draft for draft in listed.new if only is None or draft.url in only))
    return replace(added, known=added.known + len(listed.known), refused=listed.refused)


def take_back(app: App, at: datetime) -> tuple[Feed, ...]:
    """Forget the feeds that were added together at this very hour, and return them; their articles stay."""
    feeds = tuple(feed for feed in app.store.feeds.all() if feed.added_at == at and not feed.sample)
    for feed in feeds:
        app.store.feeds.remove(feed.id)
    return feeds


def opml_of(drafts: Iterable[FeedDraft]) -> bytes:
    """Feeds that are not stored yet as OPML, in folders by theatre."""
    return opml.write(
        (OpmlFeed(d.url, d.title, folders=(d.theatre,) if d.theatre else (), language=d.language) for d in drafts), "Frontwire"
    )


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
    return draft_of(feed_address(feed.url), feed.title or None, theatre=theatre, language=feed.language)


def _key(url: str) -> str:
    """What two spellings of an address have in common."""
    try:
        return feed_key(url)
    except UsageError:  # it was stored before such addresses were refused
        return url


def _add(app: App, drafts: Iterable[FeedDraft]) -> Added:
    at = app.clock.now()
    results = [app.store.feeds.add(draft, at)[1] for draft in drafts]
    return Added(sum(results), len(results) - sum(results), at)
