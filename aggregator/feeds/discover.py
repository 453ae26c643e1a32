"""Feeds of a web page: the ones it names, then well-known paths to try.

https://html.spec.whatwg.org/multipage/links.html#rel-alternate names feeds by rel=alternate and a feed's media type.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser

from aggregator.feeds import markup
from aggregator.feeds.mend import decode

FEED_TYPES = frozenset({"application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json", "application/json"})
LOOSE_TYPES = frozenset({"application/xml", "text/xml"})  # named by some feeds, and by much else
# Where feeds usually are, most frequent first, from the documentation of WordPress, Drupal, Joomla, Blogger, Hugo and Jekyll.
PATHS = (
    "/feed/",
    "/rss",
    "/rss.xml",
    "/feed.xml",
    "/atom.xml",
    "/index.xml",
    "/feed.json",
    "/rss/all",
    "/en/rss",
    "/feeds/posts/default",
    "/?feed=rss2",
)
LAST_PARTS = frozenset({"rss", "feed", "feeds", "atom", "rdf"})
ENDINGS = (".rss", ".atom", ".rdf", "rss.xml", "feed.xml", "atom.xml", "feed.json")
HEAD = 512 << 10  # bytes looked at; feeds are named near the beginning
MAX_FOUND = 50


@dataclass(frozen=True, slots=True)
class FoundFeed:
    """An address that may be a feed. ``named``: the page says so; else it is a guess that has to be tried."""

    url: str
    title: str | None = None
    type: str | None = None
    named: bool = True


def find_feeds(html: bytes, url: str) -> tuple[FoundFeed, ...]:
    """Return the feeds that the page at ``url`` names, in its order, then links of its text that look like one, then guesses.

    Comment feeds go to the end of what the page names. Never raises: a page that is no HTML names nothing.
    """
    reader = _Links()
    reader.feed(decode(html[:HEAD], None).text)
    base = markup.address(reader.base, url) or url
    found: dict[str, FoundFeed] = {}
    for one in (*sorted(reader.alternates, key=_is_comments), *reader.anchors):
        address = markup.address(one.url, base)
        if address and address not in found:
            found[address] = FoundFeed(address, one.title, one.type, one.named)
    for address in _guesses(url):
        found.setdefault(address, FoundFeed(address, named=False))
    return tuple(found.values())[:MAX_FOUND]


def _guesses(url: str) -> Iterator[str]:
    for path in PATHS:
        if address := markup.address(path, url):
            yield address


def _is_comments(feed: FoundFeed) -> bool:
    return "comment" in f"{feed.url} {feed.title}".lower()


class _Links(HTMLParser):
    """Collects the links of a page that are or look like feeds."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.base: str | None = None
        self.alternates: list[FoundFeed] = []
        self.anchors: list[FoundFeed] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: (value or "").strip() for name, value in attrs}
        href = values.get("href")
        if tag == "base" and self.base is None:
            self.base = href
        if not href or tag not in ("link", "a"):
            return
        kind = values.get("type", "").lower().split(";")[0].strip()
        rel = values.get("rel", "").lower().split()
        feed_like = kind in FEED_TYPES or (kind in LOOSE_TYPES and _looks_like_feed(href))
        if "alternate" in rel and feed_like and not (kind == "application/json" and not _looks_like_feed(href)):
            self.alternates.append(FoundFeed(href, markup.one_line(values.get("title", "")) or None, kind))
        elif tag == "a" and _looks_like_feed(href):
            self.anchors.append(FoundFeed(href, markup.one_line(values.get("title", "")) or None, kind or None, named=False))


def _looks_like_feed(href: str) -> bool:
    path = href.lower().partition("#")[0].partition("?")[0].rstrip("/")
    last = path.rpartition("/")[2]
    return last in LAST_PARTS or last.endswith(ENDINGS)
