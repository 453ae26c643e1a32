"""Feeds of a site: what its page names, what its page links to, what its robots.txt names, and where feeds usually are.

Every address found carries how it was found and a reason for people; they come in the order in which they are worth trying. Sources:
https://html.spec.whatwg.org/multipage/links.html#rel-alternate (a page names feeds by rel=alternate and their media type), RFC 9309
and https://www.sitemaps.org/protocol.html#submit_robots (robots.txt names sitemaps).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from html.parser import HTMLParser
from urllib.parse import urlsplit

from aggregator.errors import UsageError
from aggregator.feeds import hints, markup, sitemap, telegram
from aggregator.feeds.mend import decode

FEED_TYPES = frozenset({"application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json", "application/json"})
LOOSE_TYPES = frozenset({"application/xml", "text/xml"})  # named by some feeds, and by much else
FEED_SCHEMES = ("feed:https://", "feed:http://", "feed://")
HEAD = 1 << 20  # bytes looked at: feeds are named at the beginning, and linked to at the end
MAX_FOUND = 50
MAX_CHANNELS = 3
MAX_LABEL = 60  # characters of a link's text that may stand for "RSS"


class How(StrEnum):
    """How an address was found, surest first."""

    ALTERNATE = "alternate"  # the page's head names it as a feed
    LINK = "link"  # the page links to it, and it looks like a feed
    SITEMAP = "sitemap"  # robots.txt or an index of sitemaps names it
    PATH = "path"  # feeds are usually there
    TELEGRAM = "telegram"  # the page links to a channel
    COMMENTS = "comments"  # a feed, but of readers' comments


ORDER = {how: rank for rank, how in enumerate(How)}


@dataclass(frozen=True, slots=True)
class FoundFeed:
    """An address that may be a feed; ``reason`` says for people why it is thought to be one."""

    url: str
    title: str | None = None
    type: str | None = None
    how: How = How.ALTERNATE
    reason: str = ""

    @property
    def named(self) -> bool:
        """Whether the page says that this is a feed; else it has to be tried."""
        return self.how is How.ALTERNATE or (self.how is How.COMMENTS and self.type is not None)


def find_feeds(html: bytes, url: str) -> tuple[FoundFeed, ...]:
    """Return the feeds of the page at ``url``, in the order in which they are worth trying: those that it names, then links that look like
    one, then usual places, then Telegram channels, then feeds of comments.

    ``html`` may be pasted by somebody: nothing is fetched. Never raises: a page that is no HTML names nothing, and usual places remain.
    """
    reader = _Links()
    reader.feed(decode(html[:HEAD], None).text)
    reader.close()
    base = markup.address(reader.base, url) or url
    return ranked([*_absolute(reader.found, base), *_channels(reader.links), *usual_places(url)])


def usual_places(url: str) -> Iterator[FoundFeed]:
    """Where feeds usually are on such a host and below such a page (data/hints.yaml)."""
    path = urlsplit(url).path
    folder = (path if path.endswith("/") else f"{path}/") if "." not in path.rpartition("/")[2] else path.rpartition("/")[0] + "/"
    for usual in hints.load().paths:
        if usual.below_page and folder == "/":
            continue
        if address := markup.address(folder + usual.path if usual.below_page else usual.path, url):
            yield FoundFeed(address, how=How.PATH, reason=f"a usual place for a feed ({usual.who})")


def of_robots(robots: bytes, url: str) -> tuple[FoundFeed, ...]:
    """The sitemaps that a robots.txt names, those of news first. ``url``: where it is."""
    found = []
    for line in robots.decode("utf-8", "replace").removeprefix("\ufeff").splitlines():
        name, _, value = line.partition(":")
        if name.strip().lower() == "sitemap" and (address := markup.address(value.partition(" #")[0].strip(), url)):
            news = sitemap.looks_like_news(address)
            reason = "robots.txt names it as a sitemap" + (", and its name speaks of news" if news else "")
            found.append((not news, FoundFeed(address, how=How.SITEMAP, reason=reason)))
    found.sort(key=lambda one: one[0])
    return ranked(one for _, one in found)


def ranked(found: Iterable[FoundFeed]) -> tuple[FoundFeed, ...]:
    """Each address once, as it was found most surely, in the order of trying."""
    best: dict[str, FoundFeed] = {}
    for one in sorted(found, key=lambda one: ORDER[one.how]):
        best.setdefault(one.url, one)
    return tuple(best.values())[:MAX_FOUND]


def _absolute(found: Iterable[FoundFeed], base: str) -> Iterator[FoundFeed]:
    """The found links with full addresses; feeds of comments go last."""
    for one in found:
        href = one.url
        if href.lower().startswith(FEED_SCHEMES):
            href = href[5:] if href.lower().startswith("feed:http") else f"https://{href[7:]}"
        address = markup.address(href, base)
        if address is None:
            continue
        if hints.load().of_comments(urlsplit(address).path, one.title):
            yield FoundFeed(address, one.title, one.type, How.COMMENTS, "a feed of readers' comments")
        else:
            yield FoundFeed(address, one.title, one.type, one.how, one.reason)


def _channels(links: Iterable[str]) -> Iterator[FoundFeed]:
    """The first few Telegram channels that the page links to."""
    seen: dict[str, None] = {}
    for href in links:
        if not href.lower().startswith(("https://t.me/", "http://t.me/", "https://telegram.me/")):
            continue
        try:
            seen[telegram.channel_url(href)] = None
        except UsageError:  # a share button, an invitation: no channel that can be read
            continue
    for address in list(seen)[:MAX_CHANNELS]:
        name = address.rpartition("/")[2]
        yield FoundFeed(address, f"@{name}", how=How.TELEGRAM, reason="the page links to this Telegram channel")


class _Links(HTMLParser):
    """Collects the links of a page that are or look like feeds, and the addresses of all others."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.base: str | None = None
        self.found: list[FoundFeed] = []
        self.links: list[str] = []
        self._href = ""  # of the link whose text is being read
        self._label = ""
        self._type: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: (value or "").strip() for name, value in attrs}
        href = values.get("href") or ""
        if tag == "base" and self.base is None:
            self.base = href or None
        kind = values.get("type", "").lower().split(";")[0].strip()
        if tag == "link" and href:
            self._alternate(href, kind, values)
        elif tag == "a":
            self._end_link()
            self._href, self._type = href, kind or None
            self._label = " ".join(filter(None, (values.get("title"), values.get("aria-label"))))
        elif tag == "img" and self._href:
            self._label += " " + values.get("alt", "")

    def handle_data(self, data: str) -> None:
        if self._href and len(self._label) <= MAX_LABEL:
            self._label += data[: MAX_LABEL + 1]

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._end_link()

    def close(self) -> None:
        super().close()
        self._end_link()

    def _alternate(self, href: str, kind: str, values: dict[str, str]) -> None:
        looks = hints.load().feed_like(href)
        feed_like = (kind in FEED_TYPES and (kind != "application/json" or looks)) or (kind in LOOSE_TYPES and looks)
        if "alternate" in values.get("rel", "").lower().split() and feed_like:
            title = markup.one_line(values.get("title", "")) or None
            self.found.append(FoundFeed(href, title, kind, How.ALTERNATE, "the page names it as its feed"))

    def _end_link(self) -> None:
        href, self._href = self._href, ""
        if not href:
            return
        label = markup.one_line(self._label)
        says = label.lower() in hints.load().texts
        if says or self._type in FEED_TYPES - {"application/json"} or hints.load().feed_like(href) or href.lower().startswith(FEED_SCHEMES):
            shown = f" as “{label}”" if label and len(label) <= MAX_LABEL else ""
            title = label if label and len(label) <= MAX_LABEL else None
            self.found.append(FoundFeed(href, title, self._type, How.LINK, f"the page links to it{shown}"))
        elif len(self.links) < 10_000:
            self.links.append(href)
