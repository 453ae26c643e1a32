"""A look at a feed before it is added: what would come in, what its pages give, what is there already, and what to mind.

Nothing is stored. Pages are fetched through the same fetcher, extracted and tagged by the same functions as later, within a budget
of time; what there was no time for is named.
"""

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from aggregator.app import App
from aggregator.drafting import text_of
from aggregator.errors import FeedError, FetchError, GazetteerError, UsageError
from aggregator.extract.language import detect, normalise
from aggregator.extract.text import from_html
from aggregator.feeds import hints, schedule
from aggregator.feeds.discover import FoundFeed, find_feeds
from aggregator.feeds.parse import parse
from aggregator.fetching import fetch_link, page_outcome
from aggregator.identity.aliases import aliases_of
from aggregator.model import Alias, Entry, Feed, Outcome, ParsedFeed, RawFeed, Response
from aggregator.ports import FetchedPage
from aggregator.scouting import address_of, ask, feed_key

BUDGET_S = 12.0
SHOWN = 5  # newest entries that are looked at
SHOWN_CHARS = 300
BODY_CHARS = 5_000  # of a text that is shown as a whole
OVERLAP_OF = 200  # entries that are compared with what is there, and whose texts are measured
SHORT_TEXT = 400  # characters: a feed whose texts are usually shorter carries summaries
MOSTLY = 0.8
OLD_DAYS = 30
TROUBLES = {  # outcomes of pages that an operator should know of, and how to say so
    Outcome.PAYWALLED: "are behind a paywall",
    Outcome.BLOCKED: "refuse to be read by us",
    Outcome.CONSENT: "ask for consent before they show a text",
    Outcome.NEEDS_SCRIPT: "show their text only to browsers with JavaScript",
    Outcome.NOT_ARTICLE: "are no articles",
    Outcome.GONE: "are gone",
}
EARLIEST = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Look:
    """One entry, and what its page would give. ``outcome`` is None where it was not looked at; ``text`` is the beginning of the text
    that would be stored on one line, ``body`` more of it with its paragraphs, ``text_from`` says whether it is the page's or the feed's,
    ``reason`` why it is not the page's; ``image`` is the address of its picture."""

    link: str | None
    title: str | None
    published: datetime | None
    outcome: Outcome | None = None
    page_title: str | None = None
    text: str = ""
    body: str = ""
    characters: int = 0
    text_from: str = ""
    reason: str = ""
    language: str | None = None
    places: tuple[str, ...] | None = None  # names of the primary places; None: not tagged
    image: str | None = None


@dataclass(frozen=True, slots=True)
class Overlap:
    """How many of the feed's newest entries are known as articles already. ``feed``: the one that most of them came from."""

    known: int
    of: int
    feed: Feed | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    """What a URL gives: the feed, or the feeds that its page names (``found``).

    ``url`` is the address to subscribe to: where a permanent redirect leads. ``known``: the feed is subscribed to already under it;
    ``elsewhere``: under another one. ``rhythm`` says how often it would be asked, ``interval_s`` after how many seconds first.
    ``warnings`` are sentences for people, the parser's own among them; ``left_out`` says what there was no time or no means for."""

    url: str
    parsed: ParsedFeed | None
    found: tuple[FoundFeed, ...] = ()
    known: Feed | None = None
    elsewhere: Feed | None = None
    entries: tuple[Look, ...] = ()
    overlap: Overlap | None = None
    rhythm: str = ""
    interval_s: float | None = None
    warnings: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    elapsed_s: float = 0.0


def preview(app: App, url: str, *, response: Response | None = None, budget_s: float = BUDGET_S, pages: int = SHOWN) -> Preview:
    """Fetch a URL and say what would come in; nothing is stored. ``response``: its answer where it was asked already.

    The feed itself is waited for (BUDGET_S at least); its newest ``pages`` entries are looked at until ``budget_s`` seconds after the
    beginning. Raises FetchError if the URL does not answer, FeedError if it is neither a feed nor a page that names one, UsageError
    if it is no URL."""
    started = time.monotonic()
    address = address_of(url)
    response = response or ask(app, address, max(budget_s, BUDGET_S))
    raw = RawFeed(response.url, response.body, response.headers.get("content-type"), response.headers)
    try:
        parsed = parse(raw, app.clock.now())
    except FeedError as error:
        found = tuple(feed for feed in find_feeds(response.body, response.url) if feed.named)
        found += tuple(FoundFeed(one, reason=f"{response.url} names it") for one in error.instead)
        if not found:
            raise
        return Preview(address, None, found, elapsed_s=time.monotonic() - started)
    address = schedule.moved_to(response) or address
    known, elsewhere = _subscribed(app, address, url, response.url)
    newest = sorted(parsed.entries, key=lambda entry: entry.published or entry.updated or EARLIEST, reverse=True)
    overlap = _overlap(app, newest[:OVERLAP_OF])
    walk = _Walk(app, newest[:pages], parsed.language)
    walk.run(started + budget_s - time.monotonic())
    looks, left_out = walk.result()
    if elsewhere is None and known is None and overlap.feed and overlap.known >= MOSTLY * overlap.of > 1:
        elsewhere = overlap.feed
    rhythm, interval_s = _rhythm(response, parsed, newest, app.clock.now())
    warnings = (*_of_feed(parsed, address, app.clock.now()), *_of_pages(parsed, looks), *of_subscription(elsewhere, overlap, known))
    return Preview(
        address,
        parsed,
        known=known,
        elsewhere=elsewhere,
        entries=looks,
        overlap=overlap,
        rhythm=rhythm,
        interval_s=interval_s,
        warnings=tuple(dict.fromkeys((*warnings, *parsed.warnings))),
        left_out=left_out,
        elapsed_s=time.monotonic() - started,
    )


def _rhythm(response: Response, parsed: ParsedFeed, newest: Sequence[Entry], now: datetime) -> tuple[str, float | None]:
    """How often the feed would be asked after its first poll, in words and in seconds, by the same policy as later."""
    hours = [min(entry.published or now, now) for entry in newest[: schedule.NEWEST]]  # as the ledger gives them
    blank, arrived = Feed(0, response.url, parsed.title or "", ""), replace(response, redirects=())
    after = schedule.after_success(blank, arrived, parsed, hours, now, 0.0, new=len(hours), body_hash=None, full=True)
    return after.state_text, (after.next_poll_at - now) / timedelta(seconds=1) if after.next_poll_at else None


# --- pages ------------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Walk:
    """Looks at entries one after the other in a thread of its own, because a slow host must not hold up the answer."""

    app: App
    entries: Sequence[Entry]
    language: str | None
    looks: list[Look] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    broke: list[Exception] = field(default_factory=list)
    late: threading.Event = field(default_factory=threading.Event)

    def run(self, seconds: float) -> None:
        """Look until everything was seen or the time is up; the thread ends after the request that it is waiting for."""
        if seconds <= 0:
            return
        thread = threading.Thread(target=self._walk, name="preview", daemon=True)
        thread.start()
        thread.join(max(0.0, seconds))
        self.late.set()
        if self.broke:
            raise self.broke[0]

    def result(self) -> tuple[tuple[Look, ...], tuple[str, ...]]:
        seen = list(self.looks)  # a copy: the thread may still add to it
        rest = [Look(entry.link, entry.title, entry.published) for entry in self.entries[len(seen) :]]
        left = [f"{len(rest)} of {len(self.entries)} pages were not looked at: the time was up."] if rest else []
        return (*seen, *rest), tuple(dict.fromkeys((*left, *self.notes)))

    def _walk(self) -> None:
        try:
            for entry in self.entries:
                if self.late.is_set():
                    return
                self.looks.append(self._look(entry))
        except Exception as error:  # noqa: BLE001 - the thread's boundary: run() raises it again where somebody sees it
            self.broke.append(error)

    def _look(self, entry: Entry) -> Look:
        try:
            fetched = fetch_link(self.app.fetcher, entry.link)
        except FetchError as error:
            fetched = FetchedPage(None, page_outcome(error), error.message)
        text = text_of(entry, fetched)
        draft = text.draft
        title = draft.title or entry.title
        language = detect(draft.body, draft.language or self.language)
        return Look(
            entry.link,
            entry.title,
            entry.published,
            outcome=draft.outcome,
            page_title=title,
            text=" ".join(draft.body[:SHOWN_CHARS].split()),
            body=draft.body[:BODY_CHARS],
            characters=len(draft.body),
            text_from=text.text_from if draft.body else "",
            reason=text.reason,
            language=language,
            places=self._places(title or "", draft.body, language, entry.published) if draft.body else None,
            image=draft.image or next((one.url for one in entry.enclosures if (one.type or "").startswith("image/")), None),
        )

    def _places(self, title: str, body: str, language: str | None, published: datetime | None) -> tuple[str, ...] | None:
        try:
            taggers = self.app.taggers
        except GazetteerError as error:
            self.notes.append(f"Places were not looked for. {error.message}")
            return None
        tags = taggers.tag(title, body, language=language, published=published)
        names = {mention.place.id: mention.place for mention in tags.mentions}
        shown = (names[ident] for ident in tags.primary_places if ident in names)
        return tuple(f"{place.name} ({place.country})" if place.country else place.name for place in shown)


# --- what is there already --------------------------------------------------------------------------------------------


def _subscribed(app: App, *addresses: str) -> tuple[Feed | None, Feed | None]:
    """The feed that is subscribed to under the first address, and else one under an address that means the same."""
    exact = app.store.feeds.by_url(addresses[0])
    if exact:
        return exact, None
    keys = {found for address in addresses if (found := _key(address))}
    return None, next((feed for feed in app.store.feeds.all() if _key(feed.url) in keys), None)


def _key(url: str) -> str | None:
    try:
        return feed_key(url)
    except UsageError:  # @name of a channel; feeds in the store have URLs
        return None


def _overlap(app: App, entries: Sequence[Entry]) -> Overlap:
    """How many of the entries have an address that belongs to a stored article."""
    names: dict[tuple[str, str], tuple[int, Alias]] = {}
    for number, entry in enumerate(entries):
        try:
            aliases = aliases_of(entry, 0)
        except UsageError:  # no address: it cannot be known
            continue
        names |= {(alias.kind, alias.key): (number, alias) for alias in aliases if alias.scope is None}
    by_key = {key: number for (_, key), (number, _) in names.items()}
    hits = app.store.articles.find([alias for _, alias in names.values()])
    found = {by_key[hit.alias.key]: hit.article_id for hit in hits if hit.alias.key in by_key}
    feeds: dict[int, int] = {}
    for article in app.store.articles.many(sorted(set(found.values()))):
        if article.feed_id is not None:
            feeds[article.feed_id] = feeds.get(article.feed_id, 0) + 1
    best = max(feeds, key=lambda ident: feeds[ident], default=None)
    one = app.store.feeds.get(best) if best is not None and feeds[best] >= MOSTLY * len(found) else None
    return Overlap(len(found), len(entries), one)


# --- what to mind -----------------------------------------------------------------------------------------------------


def _of_feed(parsed: ParsedFeed, url: str, now: datetime) -> list[str]:
    """Warnings that the feed alone gives."""
    entries, said = parsed.entries, []
    if not entries:
        return ["The feed has no entries now, so that nothing can be said of what it will bring."]
    count = len(entries)
    undated = sum(entry.published is None for entry in entries)
    if undated:
        said.append(f"{undated} of {count} entries have no date: where their pages have none either, the hour of first sight is shown.")
    links = [entry.link for entry in entries if entry.link]
    if len(links) < count:
        said.append(f"{count - len(links)} of {count} entries have no link: the feed's own text is all there will be.")
    if len(links) > 1 and len(set(links)) == 1:
        said.append("All entries have the same link, so that they can be told apart only by their titles.")
    lengths = sorted(len(from_html(entry.content or entry.summary or "")[0]) for entry in entries[:OVERLAP_OF])
    if parsed.format not in ("telegram", "sitemap", "news_sitemap") and lengths[len(lengths) // 2] < SHORT_TEXT:
        what = "no text" if not lengths[-1] else "summaries only"
        said.append(f"The feed carries {what}: the articles come from its pages.")
    if hints.load().of_comments(url.partition("://")[2].partition("/")[2], parsed.title):
        said.append("This looks like a feed of readers' comments, not of articles.")
    newest = max((at for entry in entries if (at := entry.published or entry.updated)), default=None)
    if newest and (now - newest).days >= OLD_DAYS:
        said.append(f"The newest entry is of {newest:%d %B %Y}: the feed may no longer be kept up.")
    return said


def _of_pages(parsed: ParsedFeed, looks: Sequence[Look]) -> list[str]:
    """Warnings that the pages give."""
    seen = [look for look in looks if look.outcome is not None or look.reason]
    said = []
    declared = normalise(parsed.language)
    others = sorted({look.language for look in seen if look.language and declared and look.language != declared})
    if others:
        said.append(f"The feed says that it is in “{declared}”, but its entries are in “{'”, “'.join(others)}”.")
    forbidden = sum(look.outcome is Outcome.DISALLOWED for look in seen)
    if forbidden:
        said.append(f"The robots.txt of the site forbids {forbidden} of {len(seen)} pages: only the feed's own text can be shown.")
    for outcome, what in TROUBLES.items():
        count = sum(look.outcome is outcome for look in seen)
        if count:
            said.append(f"{count} of {len(seen)} pages {what}.")
    empty = sum(not look.characters for look in seen)
    if empty:
        said.append(f"{empty} of {len(seen)} entries would come to nothing: neither the page nor the feed gives a text.")
    return said


def of_subscription(elsewhere: Feed | None, overlap: Overlap, known: Feed | None) -> list[str]:
    """Warnings about what is there already: for those who show no more of it."""
    if elsewhere:
        return [
            f"This feed seems to be subscribed to already under another address: feed {elsewhere.id} ({elsewhere.title}), {elsewhere.url}."
        ]
    if overlap.known and known is None:
        return [f"{overlap.known} of its {overlap.of} newest entries are known already from other feeds; they are not stored twice."]
    return []
