"""Sitemaps as feeds: news sitemaps with all that they say of an article, plain ones by when their pages changed.

Sources: the sitemap protocol (https://www.sitemaps.org/protocol.html) and Google's extensions for news
(http://www.google.com/schemas/sitemap-news/0.9) and images (http://www.google.com/schemas/sitemap-image/1.1). A news sitemap names
the articles of the last two days, at most 1,000; a publisher may keep older pages in the same file without news metadata. An index
of sitemaps is no feed, but says where the newest ones are.
"""

import mimetypes
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from lxml import etree

from aggregator.errors import FeedError
from aggregator.feeds import hints, markup
from aggregator.feeds.dates import parse_date
from aggregator.model import Enclosure, Entry, ParsedFeed

ROOTS = frozenset({"urlset", "sitemapindex"})
PLAIN_NEWEST = 500  # entries read of a plain sitemap, which may name 50,000 pages back to the first day
NAMED = 3  # sitemaps that the sentence about an index names
MAX_CHILDREN = 2_000
KEYWORD_ENDS = re.compile(r"[,;،、]")
NUMBERS = re.compile(r"\d+")
LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z]{2,4})?$", re.IGNORECASE)
NEVER = datetime.min.replace(tzinfo=UTC)

Element = etree._Element


@dataclass(frozen=True, slots=True)
class Child:
    """A sitemap that an index names; ``news``: its name speaks of news or recent articles."""

    url: str
    changed_at: datetime | None = None
    news: bool = False


def parse(text: str, url: str, now: datetime, warnings: tuple[str, ...] = ()) -> ParsedFeed:
    """Parse the text of a sitemap, without declaration or DTD. ``url`` resolves its addresses, ``now`` bounds its dates.

    The format is ``news_sitemap`` or ``sitemap``. Raises FeedError for an index (``instead`` has its newest sitemaps), and for a plain
    sitemap that never says when a page changed: nothing in it can be told to be new.
    """
    root = _root(text, url)
    if _local(root) == "sitemapindex":
        raise _index_error(_children(root, url, now), url)
    said = list(warnings)
    pages = [(element, location) for element, location in _located(root, "url", url, said)]
    news = [(element, location, found) for element, location in pages if (found := _child(element, "news")) is not None]
    if not news and "sitemap-news" not in text[:5_000]:
        return _plain(pages, url, now, said)
    if len(news) < len(pages):
        said.append(f"{len(pages) - len(news)} addresses without news metadata were left out: they are older pages")
    changes = _changes([element for element, _, _ in news], now, said)
    entries = tuple(
        _news_entry(element, location, found, changed, url, now, said)
        for (element, location, found), changed in zip(news, changes, strict=True)
    )
    languages = Counter(_language(found) for _, _, found in news)
    if len(languages) > 1:
        said.append("the entries are in several languages: " + ", ".join(sorted(filter(None, languages))))
    names = Counter(_publication(found, "name") for _, _, found in news)
    return ParsedFeed(
        format="news_sitemap",
        title=names.most_common(1)[0][0] if names else None,
        link=markup.address("/", url),
        language=languages.most_common(1)[0][0] if languages else None,
        entries=entries,
        warnings=tuple(dict.fromkeys(said)),
    )


def looks_like_news(url: str) -> bool:
    """Whether a sitemap's address speaks of news or recent articles."""
    return hints.load().news.search(url.partition("://")[2].partition("/")[2].lower()) is not None


def _root(text: str, url: str) -> Element:
    """The document's root. lxml repairs what it can; it fetches nothing, reads no DTD and expands no entity."""
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    if root is None:
        raise FeedError(f"The sitemap at {url} cannot be read.", url, found="a broken sitemap")
    return root


def _local(element: Element) -> str:
    """Name without its namespace, or with a prefix that was never declared cut off; empty for comments."""
    tag = element.tag
    return tag.rpartition("}")[2].rpartition(":")[2].lower() if isinstance(tag, str) else ""


def _child(element: Element, name: str) -> Element | None:
    return next((one for one in element if _local(one) == name), None)


def _text(element: Element | None, name: str) -> str:
    found = None if element is None else _child(element, name)
    return markup.one_line("".join(map(str, found.itertext()))) if found is not None else ""


def _located(root: Element, name: str, url: str, said: list[str]) -> Iterator[tuple[Element, str]]:
    """The children of that name with their address, each address once."""
    seen: set[str] = set()
    for element in root:
        if _local(element) != name:
            continue
        location = markup.address(_text(element, "loc"), url)
        if location is None:
            said.append("an address that is no http address was dropped")
        elif location not in seen:
            seen.add(location)
            yield element, location


def _news_entry(
    element: Element, location: str, news: Element, changed: datetime | None, url: str, now: datetime, said: list[str]
) -> Entry:
    published = parse_date(_text(news, "publication_date"), now)
    if published.warning:
        said.append(published.warning)
    keywords = (keyword.strip() for keyword in KEYWORD_ENDS.split(markup.plain(_text(news, "keywords"))))
    return Entry(
        link=location,
        title=markup.plain(_text(news, "title")) or None,
        published=published.at,
        updated=changed if changed and (published.at is None or changed > published.at) else None,
        tags=tuple(dict.fromkeys(filter(None, keywords))),
        enclosures=tuple(_images(element, url)),
    )


def _images(element: Element, url: str) -> Iterator[Enclosure]:
    for image in element:
        if _local(image) == "image" and (address := markup.address(_text(image, "loc"), url)):
            guessed = mimetypes.guess_type(address.partition("?")[0])[0] or ""
            yield Enclosure(address, guessed if guessed.startswith("image/") else "image/*")


def _changes(elements: list[Element], now: datetime, said: list[str]) -> list[datetime | None]:
    """When each page changed. Where all say the same moment, it is when the file was made, and says nothing of the pages."""
    changes = []
    for element in elements:
        parsed = parse_date(_text(element, "lastmod"), now)
        if parsed.warning:
            said.append(parsed.warning)
        changes.append(parsed.at)
    known = [at for at in changes if at]
    if len(known) > 2 and len(set(known)) == 1:
        said.append("all addresses say that they changed at the same moment, which was not believed")
        return [None] * len(changes)
    return changes


def _publication(news: Element, name: str) -> str | None:
    return markup.plain(_text(_child(news, "publication"), name)) or None


def _language(news: Element) -> str | None:
    language = _publication(news, "language") or ""
    return language if LANGUAGE.match(language) else None


def _plain(pages: list[tuple[Element, str]], url: str, now: datetime, said: list[str]) -> ParsedFeed:
    """A sitemap without news metadata: its pages by when they changed, newest first; title and date are left to the pages."""
    changes = _changes([element for element, _ in pages], now, said)
    dated = [(at, location) for at, (_, location) in zip(changes, pages, strict=True) if at]
    if not dated:
        raise FeedError(
            f"The sitemap at {url} names {len(pages)} pages without saying when each changed, so that nothing in it can be told to be new.",
            url,
            found="a sitemap without dates",
        )
    dated.sort(key=lambda one: one[0], reverse=True)
    said.append("this is a plain sitemap: it tells when a page changed, but no titles, and not when an article was published")
    if len(dated) < len(pages):
        said.append(f"{len(pages) - len(dated)} addresses without a date were left out")
    if len(dated) > PLAIN_NEWEST:
        said.append(f"of {len(dated)} addresses the {PLAIN_NEWEST} that changed last were read")
    entries = tuple(Entry(link=location, updated=at) for at, location in dated[:PLAIN_NEWEST])
    return ParsedFeed("sitemap", link=markup.address("/", url), entries=entries, warnings=tuple(dict.fromkeys(said)))


def _children(root: Element, url: str, now: datetime) -> tuple[Child, ...]:
    found = [
        Child(location, parse_date(_text(element, "lastmod"), now).at, looks_like_news(location))
        for element, location in _located(root, "sitemap", url, [])
    ]
    return tuple(sorted(found, key=_newest, reverse=True)[:MAX_CHILDREN])


def _newest(child: Child) -> tuple[bool, datetime, tuple[int, ...]]:
    """News before others, then the one that changed last, then the highest numbers in the name: years, months, pages."""
    return child.news, child.changed_at or NEVER, tuple(int(number[:9]) for number in NUMBERS.findall(child.url))


def _index_error(found: Iterable[Child], url: str) -> FeedError:
    newest = [child.url for child in found]
    text = f"{url} is an index of {len(newest)} sitemaps and no feed itself"
    named = ", ".join(newest[:NAMED])
    return FeedError(
        f"{text}; the likeliest to have new articles: {named}." if named else f"{text}.",
        url,
        found="a sitemap index",
        instead=tuple(newest),
    )
