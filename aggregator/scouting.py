"""Finding the feeds of a site: every address that may be one is tried, politely and in order, and those that really parse come back."""

import queue
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from urllib.parse import urlsplit, urlunsplit

import ada_url

from aggregator.app import App
from aggregator.errors import FeedError, FetchError, NetworkError, UsageError
from aggregator.feeds import hints, schedule, telegram
from aggregator.feeds.discover import FoundFeed, How, find_feeds, of_robots, ranked
from aggregator.feeds.parse import parse
from aggregator.feeds.sitemap import looks_like_news
from aggregator.identity.urls import clean
from aggregator.model import Feed, ParsedFeed, RawFeed, Response
from aggregator.ports import FetchRequest

MAX_TRIED = 12  # addresses asked for one site, the page and robots.txt included
BUDGET_S = 30.0
PATIENCE_S = 5.0  # the least time that an address gets to answer, however late it is
SAME_SHARE = 0.8  # of the links of the longer feed: then two feeds carry the same entries; a section is no copy of the whole


@dataclass(frozen=True, slots=True)
class Choice:
    """A feed that answers and parses. ``same_as``: the address of an earlier choice with the same entries in another format;
    ``known``: it is subscribed to already."""

    found: FoundFeed
    url: str
    format: str
    title: str | None
    language: str | None
    entries: int
    newest: datetime | None
    same_as: str | None = None
    known: Feed | None = None

    @property
    def of_comments(self) -> bool:
        return self.found.how is How.COMMENTS


@dataclass(frozen=True, slots=True)
class Refusal:
    """An address that gave no feed, and why."""

    found: FoundFeed
    why: str


@dataclass(frozen=True, slots=True)
class Discovery:
    """What a site has: ``choices`` best first; ``refused`` was tried in vain; ``left_out`` was not tried, and ``why_left`` says why."""

    url: str
    choices: tuple[Choice, ...] = ()
    refused: tuple[Refusal, ...] = ()
    left_out: tuple[FoundFeed, ...] = ()
    why_left: str = ""


def address_of(text: str) -> str:
    """The address that somebody means: a Telegram channel's page, or a URL with or without its scheme. Raises UsageError for neither."""
    text = text.strip()
    if telegram.is_channel(text):
        return telegram.channel_url(text)
    return feed_address(text if "://" in text else f"https://{text}")


def feed_address(url: str) -> str:
    """The address in its normal form, without credentials and fragment. Unlike an article's it keeps every parameter: ``?feed=rss2``
    may be what makes it a feed. Raises UsageError where ``url`` is no http(s) address."""
    clean(url)
    parts = urlsplit(ada_url.normalize_url(url))
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, parts.query, ""))


def feed_key(url: str) -> str:
    """What spellings of a feed's address have in common. Raises UsageError as ``feed_address`` does."""
    parts = urlsplit(feed_address(url))
    return f"{parts.netloc.removeprefix('www.')}{parts.path.rstrip('/')}?{parts.query}"


def ask(app: App, url: str, seconds: float, purpose: str = "feed") -> Response:
    """What the address answers. Raises FetchError; NetworkError after so many seconds, whatever the server still sends."""
    done: queue.SimpleQueue[Response | Exception] = queue.SimpleQueue()

    def fetch() -> None:
        try:
            done.put(app.fetcher.get(FetchRequest(url, purpose)))
        except Exception as error:  # noqa: BLE001 - the thread's boundary: raised again below
            done.put(error)

    threading.Thread(target=fetch, name="look", daemon=True).start()
    try:
        answer = done.get(timeout=seconds)
    except queue.Empty:
        raise NetworkError(f"{url} did not answer within {seconds:.3g} s.", url) from None
    if isinstance(answer, Exception):
        raise answer
    return answer


def discover(
    app: App,
    url: str,
    *,
    html: bytes | None = None,
    response: Response | None = None,
    limit: int = MAX_TRIED,
    budget_s: float = BUDGET_S,
) -> Discovery:
    """Find the feeds of a site or page and try them; ``html`` is the page where somebody pasted it, ``response`` its answer where it was
    asked already; else it is fetched.

    At most ``limit`` addresses are asked within about ``budget_s`` seconds, each in its host's turn. Guesses are tried only until one
    is right, and not at all where the page names a feed. Raises FetchError if the page does not answer, UsageError for no URL.
    """
    scout = _Scout(app, limit, time.monotonic() + budget_s)
    address = address_of(url)
    if html is None:
        response = scout.get(address) if response is None else scout.had(address, response)
        whole = FoundFeed(response.url, reason="the address itself is a feed")
        try:
            scout.take(whole, response)
        except FeedError as error:
            scout.queue(_of_error(error))
            html, address = response.body, response.url
        else:
            return scout.result(address)
    found = find_feeds(html, address)
    scout.queue(one for one in found if one.how in (How.ALTERNATE, How.LINK))
    scout.try_all()
    if not any(not choice.of_comments for choice in scout.choices):
        scout.queue(_robots(scout, address))
        scout.try_all(until=1)
        scout.queue(one for one in found if one.how is How.PATH)
        scout.try_all(until=1)
    else:
        scout.queue(one for one in _robots(scout, address) if looks_like_news(one.url))
        scout.try_all()
    scout.queue(one for one in found if one.how is How.TELEGRAM)
    scout.try_all()
    if not scout.choices:
        scout.queue(one for one in found if one.how is How.COMMENTS)
        scout.try_all(until=1)
    else:
        scout.leave(one for one in found if one.how is How.COMMENTS)
    return scout.result(address)


@dataclass(slots=True)
class _Scout:
    """One search: what it may still ask, and what it has found."""

    app: App
    limit: int
    deadline: float
    asked: dict[str, None] = field(default_factory=dict)
    waiting: list[FoundFeed] = field(default_factory=list)
    choices: list[Choice] = field(default_factory=list)
    links: list[frozenset[str]] = field(default_factory=list)  # of each choice
    refused: list[Refusal] = field(default_factory=list)
    left: dict[str, FoundFeed] = field(default_factory=dict)
    stopped: str = ""

    def get(self, url: str, purpose: str = "feed") -> Response:
        self.asked[url] = None
        return ask(self.app, url, max(self.deadline - time.monotonic(), PATIENCE_S), purpose)

    def had(self, url: str, response: Response) -> Response:
        """An answer that somebody asked for before."""
        self.asked |= {url: None, response.url: None}
        return response

    def queue(self, found: Iterable[FoundFeed]) -> None:
        known = {*self.asked, *(one.url for one in self.waiting)}
        self.waiting += [one for one in found if one.url not in known]

    def leave(self, found: Iterable[FoundFeed]) -> None:
        self.left |= {one.url: one for one in found if one.url not in self.asked}

    def try_all(self, until: int = 0) -> None:
        """Try what waits; with ``until`` only until that many further feeds were found."""
        before = len(self.choices)
        while self.waiting:
            if until and len(self.choices) - before >= until:
                self.waiting.clear()  # guesses that nobody needs any more: nothing was left out
                return
            if len(self.asked) >= self.limit or time.monotonic() >= self.deadline:
                self.stopped = "no more addresses were asked" if len(self.asked) >= self.limit else "the time was up"
                self.leave(self.waiting)
                self.waiting.clear()
                return
            one = self.waiting.pop(0)
            if one.url in self.asked:
                continue
            try:
                self.take(one, self.get(one.url))
            except (FetchError, FeedError) as error:
                self.refused.append(Refusal(one, error.message))
                if isinstance(error, FeedError) and one.how is not How.PATH:
                    self.queue(_of_error(error))

    def take(self, found: FoundFeed, response: Response) -> None:
        """Make a choice of an answer, or raise FeedError. A page that is linked to as the list of feeds adds the feeds that it names."""
        now = self.app.clock.now()
        try:
            parsed = parse(RawFeed(response.url, response.body, response.headers.get("content-type"), response.headers), now)
        except FeedError:
            if found.how is How.LINK:
                self.queue(replace(one, reason=f"{found.url} names it") for one in find_feeds(response.body, response.url) if one.named)
            raise
        url = schedule.moved_to(response) or found.url
        if found.how is not How.COMMENTS and hints.load().of_comments(parsed.title):
            found = replace(found, how=How.COMMENTS, reason="its title says that it is of readers' comments")
        links = frozenset(entry.link for entry in parsed.entries if entry.link)
        same = next((choice.url for choice, others in zip(self.choices, self.links, strict=True) if _same(links, others)), None)
        if any(choice.url == url for choice in self.choices):
            return
        self.choices.append(_choice(self.app, found, url, parsed, same))
        self.links.append(links)

    def result(self, url: str) -> Discovery:
        self.choices.sort(key=lambda choice: (choice.of_comments, choice.same_as is not None, not choice.entries))
        left = tuple(one for one in self.left.values() if one.url not in self.asked)
        return Discovery(url, tuple(self.choices), tuple(self.refused), ranked(left), self.stopped if left else "")


def _choice(app: App, found: FoundFeed, url: str, parsed: ParsedFeed, same: str | None) -> Choice:
    hours = [at for entry in parsed.entries if (at := entry.published or entry.updated)]
    newest = max(hours, default=None)
    return Choice(found, url, parsed.format, parsed.title, parsed.language, len(parsed.entries), newest, same, app.store.feeds.by_url(url))


def _same(links: frozenset[str], others: frozenset[str]) -> bool:
    return bool(links and others) and len(links & others) >= SAME_SHARE * max(len(links), len(others))


def _of_error(error: FeedError) -> Iterable[FoundFeed]:
    """What a document that is no feed names instead: the sitemaps of an index, the page of a channel."""
    how = How.TELEGRAM if "Telegram" in error.found else How.SITEMAP
    return [FoundFeed(url, how=how, reason=f"{error.url} names it") for url in error.instead[:2]]


def _robots(scout: _Scout, url: str) -> tuple[FoundFeed, ...]:
    """The sitemaps that the host's robots.txt names; none where it has none or does not answer."""
    parts = urlsplit(url)
    address = f"{parts.scheme}://{parts.netloc}/robots.txt"
    if len(scout.asked) >= scout.limit or time.monotonic() >= scout.deadline:
        return ()
    try:
        return of_robots(scout.get(address, "robots").body, address)
    except FetchError as error:
        scout.refused.append(Refusal(FoundFeed(address, how=How.SITEMAP, reason="robots.txt may name sitemaps"), error.message))
        return ()


def only_choice(found: Discovery) -> Choice:
    """The one feed that a site has. Raises UsageError that names the choices where there are several, or says that there is none."""
    choices = [choice for choice in found.choices if not choice.of_comments and choice.same_as is None] or list(found.choices)
    if len(choices) == 1:
        return choices[0]
    if not choices:
        tried = f" {len(found.refused)} addresses were tried." if found.refused else ""
        raise UsageError(f"{found.url} is no feed, and none was found there.{tried}")
    named = "; ".join(
        f"{number}. {choice.url} ({choice.title or choice.format}, {choice.entries} entries)" for number, choice in enumerate(choices, 1)
    )
    raise UsageError(f"{found.url} is a page with {len(choices)} feeds; choose one: {named}.")
