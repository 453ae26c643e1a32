"""Bytes of a feed -> ParsedFeed: every entry, in the feed's order, its text sanitised once and its dates read by our own layer.

JSON Feed, sitemaps and Telegram's channel pages have readers of their own, chosen by what the document is, not by its address.

XML goes through feedparser with its sanitiser and link resolution off (both are done here, once, with nh3), after mend.py has
put the document's known breakages right. feedparser never fetches, never opens a file and never sees a DTD. A document that has
nothing uncommon in it goes through swift.py instead, which makes the same of it in a tenth of the time.
"""

import io
import re
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import feedparser

from aggregator.errors import FeedError
from aggregator.feeds import json_feed, markup, sitemap, swift, telegram, websub
from aggregator.feeds.dates import parse_date
from aggregator.feeds.mend import ROOT, decode, mend
from aggregator.feeds.sniff import look
from aggregator.model import Enclosure, Entry, ParsedFeed, RawFeed

FORMATS: Mapping[str, str] = {  # feedparser's names -> ours
    "rss": "rss20",  # no or an unknown version: read like the newest
    "rss090": "rss09x",
    "rss091n": "rss09x",
    "rss091u": "rss09x",
    "rss092": "rss09x",
    "rss093": "rss09x",
    "rss094": "rss09x",
    "rss10": "rss10",
    "rss20": "rss20",
    "atom01": "atom03",
    "atom02": "atom03",
    "atom03": "atom03",
    "atom10": "atom10",
    "atom": "atom10",
    "cdf": "cdf",
}
FEED_ROOTS = frozenset({"rss", "rdf", "feed", "channel"})
HTML_TYPES = frozenset({"text/html", "application/xhtml+xml"})
# Text that says it is plain, yet holds elements nobody writes as text.
TAGGED = re.compile(
    r"</?(?:p|br|a|b|i|em|strong|span|div|img|script|style|iframe|font|sub|sup|h[1-6]|ul|ol|li|svg)(?:\s[^<>]*)?/?>", re.IGNORECASE
)
ABSOLUTE = re.compile(r"https?://[^\s/]+/\S", re.IGNORECASE)
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*$")

# Ampersands of an address as the loose parser leaves them; those of the feed's own link lose their semicolon as well.
ESCAPED = re.compile(r"&amp;")
ESCAPED_IN_FEED = re.compile(r"&amp(?:;|(?=\w+(?:[=&]|$)))")
# An address of mail as RSS 2.0 wants it in an author, and what stands around the name beside it.
MAIL = re.compile(r"(?:mailto:)?[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
AROUND_NAME = " \t\n()<>[]\"',;"

# RSS module syndication: what an update period of one is, in minutes.
PERIODS = {"hourly": 60, "daily": 1440, "weekly": 10080, "monthly": 43200, "yearly": 525600}
MAX_WARNINGS = 20
MAX_UNPACKED = 20 << 20  # bytes of a file that is packed with gzip, as sitemaps often are
# What feedparser is known to raise on documents that it cannot follow; anything else is a fault of ours and must be seen.
PARSER_ERRORS = (ValueError, LookupError, AssertionError, RecursionError, AttributeError, TypeError)

Raw = dict[str, Any]  # FeedParserDict, always read with dict.get: its own get guesses and warns


@dataclass(slots=True)
class _Context:
    """What the entries of one document share."""

    url: str
    now: datetime
    format: str
    warnings: list[str] = field(default_factory=list)

    def warn(self, *texts: str | None) -> None:
        self.warnings += [text for text in texts if text and text not in self.warnings]


def parse(raw: RawFeed, now: datetime) -> ParsedFeed:
    """Parse a feed. ``now`` bounds its dates from above.

    Raises FeedError, which says what the bytes look like, where they are no feed of a known format.
    """
    raw, unpacked = _unpacked(raw)
    if json_feed.is_json(raw.body):
        return json_feed.parse(raw, now)
    base = markup.address(raw.headers.get("content-location"), raw.url) or raw.url
    decoded = decode(raw.body, raw.content_type)
    if telegram.looks_like(decoded.text):
        return telegram.parse(decoded.text, raw.url, now, decoded.warnings)
    mended = mend(decoded.text)
    root = ROOT.match(mended.text)
    root_name = root[0].strip("<").rpartition(":")[2].lower() if root else ""
    if root_name in sitemap.ROOTS:
        found = sitemap.parse(mended.text, base, now, (*unpacked, *decoded.warnings, *mended.warnings))
        return replace(found, warnings=_capped([*found.warnings]))
    try:
        document = _read(mended.text, raw.headers.get("content-language"))
    except PARSER_ERRORS as error:
        raise FeedError(f"The feed at {raw.url} cannot be read: {type(error).__name__}.", raw.url, found="a broken feed") from error
    entries: list[Raw] = dict.get(document, "entries") or []
    version = FORMATS.get(dict.get(document, "version") or "")
    if version is None and root_name == "channel":
        version = "cdf"
    if version is None or (not entries and root_name not in FEED_ROOTS):
        looks = look(raw.body)
        raise FeedError(f"There is no feed at {raw.url}: it answers with {looks}.", raw.url, found=looks)
    context = _Context(base, now, version)
    context.warn(*unpacked, *decoded.warnings, *mended.warnings)
    if dict.get(document, "bozo") and not mended.warnings:
        context.warn(f"the document is not well-formed: {_first_line(dict.get(document, 'bozo_exception'))}")
    feed: Raw = dict.get(document, "feed") or {}
    hub, topic = websub.offered(raw.headers.get("link"), base, _linked(feed, "hub"), _linked(feed, "self"))
    return ParsedFeed(
        format=version,
        title=_title(feed),
        link=_link(feed, base, ESCAPED_IN_FEED),
        language=_language(feed, raw),
        hub=hub,
        topic=topic,
        ttl_minutes=_ttl(feed),
        entries=tuple(_entry(entry, context) for entry in entries),
        warnings=_capped(context.warnings),
    )


def _unpacked(raw: RawFeed) -> tuple[RawFeed, tuple[str, ...]]:
    """The document, taken out of gzip where it is a packed file. Raises FeedError for one that is broken or too large."""
    if not raw.body.startswith(b"\x1f\x8b"):
        return raw, ()
    unpacker = zlib.decompressobj(16 + zlib.MAX_WBITS)
    try:
        body = unpacker.decompress(raw.body, MAX_UNPACKED)
    except zlib.error as error:
        raise FeedError(f"The packed file at {raw.url} is broken.", raw.url, found="broken gzip data") from error
    if unpacker.unconsumed_tail:
        text = f"The packed file at {raw.url} holds more than {MAX_UNPACKED >> 20} MB."
        raise FeedError(text, raw.url, found="a packed file that is too large")
    if not body:
        raise FeedError(f"The packed file at {raw.url} is cut off before its text begins.", raw.url, found="broken gzip data")
    return replace(raw, body=body), () if unpacker.eof else ("the packed file is cut off",)


def _read(text: str, language: str | None) -> Raw:
    """feedparser's reading of the text, or the swift reader's where that is the same."""
    return swift.read(text, language) or _read_slowly(text, language)


def _read_slowly(text: str, language: str | None) -> Raw:
    """feedparser is not told the feed's address: resolving links is ours, and it would do so at every element."""
    headers = {"content-type": "application/xml; charset=utf-8"}
    if language:
        headers["content-language"] = language
    document: Raw = feedparser.parse(
        io.BytesIO(text.encode("utf-8", "replace")),  # never bytes or str themselves: feedparser would open a file of that name
        response_headers=headers,
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    return document


def _entry(raw: Raw, context: _Context) -> Entry:
    link = _link(raw, context.url)
    guid = _guid(raw, context.url)
    if not link and dict.get(raw, "link"):
        context.warn("a link that is no http address was dropped")
        link = guid if guid and ABSOLUTE.match(guid) else None  # most GUIDs that are addresses are the article's
    published = _date(raw, ("published", "created"), context)
    updated = _date(raw, ("updated",), context)
    if published is None and context.format.startswith("rss"):  # dc:date and the like: in RSS there is no other date
        published, updated = updated, None
    summary, content = _texts(raw, context.url)
    return Entry(
        guid=guid,
        link=link,
        title=_title(raw),
        published=published,
        updated=updated,
        authors=_authors(raw),
        summary=summary,
        content=content,
        tags=_unique(markup.plain(tag.get("term") or tag.get("label") or "") for tag in dict.get(raw, "tags") or ()),
        enclosures=_enclosures(raw, context.url),
    )


def _guid(raw: Raw, url: str) -> str | None:
    """The id as it stands; one that is a path is made an address, as what it is used for."""
    text = markup.one_line(ESCAPED.sub("&", dict.get(raw, "id") or ""))
    return (markup.address(text, url) if text.startswith("/") else None) or text or None


def _title(raw: Raw) -> str | None:
    value = dict.get(raw, "title")
    if not isinstance(value, str):
        return None
    kind = _detail(raw, "title_detail").get("type")
    text = markup.plain(value) if kind in HTML_TYPES or TAGGED.search(value) else markup.one_line(value)
    return text or None


def _texts(raw: Raw, url: str) -> tuple[str | None, str | None]:
    """Summary and content as safe HTML. feedparser copies a content into a missing summary: such a copy is none."""
    contents: list[Raw] = dict.get(raw, "content") or []
    first = next((one for one in contents if (one.get("value") or "").strip()), None)
    content = _html(first.get("value"), first, url) if first else None
    value, detail = dict.get(raw, "summary"), _detail(raw, "summary_detail")
    if not isinstance(value, str) or (not detail and any(value == one.get("value") for one in contents)):
        return None, content
    return _html(value, detail, url), content


def _html(value: Any, detail: Raw, url: str) -> str | None:
    if not isinstance(value, str):
        return None
    base = markup.address(detail.get("base"), url) or url
    if detail.get("type") == "text/plain" and not TAGGED.search(value):
        return markup.escape(value) or None
    return markup.sanitise(value, base) or None


def _detail(raw: Raw, name: str) -> Raw:
    found = dict.get(raw, name)
    return found if isinstance(found, dict) else {}


def _date(raw: Raw, names: Iterable[str], context: _Context) -> datetime | None:
    for name in names:
        text = dict.get(raw, name)
        if isinstance(text, str) and text.strip():
            parsed = parse_date(text, context.now)
            context.warn(parsed.warning)
            if parsed.at:
                return parsed.at
    return None


def _link(raw: Raw, url: str, escaped: re.Pattern[str] = ESCAPED) -> str | None:
    link = dict.get(raw, "link")
    if isinstance(link, str) and (found := markup.address(escaped.sub("&", link), url)):
        return found
    for link in dict.get(raw, "links") or ():
        if link.get("rel") == "alternate" and (found := markup.address(link.get("href"), url)):
            return found
    return None


def _authors(raw: Raw) -> tuple[str, ...]:
    named = [person.get("name") or person.get("email") or "" for person in dict.get(raw, "authors") or ()]
    author = dict.get(raw, "author") or ""
    if len(named) < 2 and author:  # feedparser cuts long domains in two where a name and an address stand together
        named = [MAIL.sub("", author).strip(AROUND_NAME) or author] if "@" in author else [*filter(None, named)] or [author]
    return _unique(markup.plain(name) for name in named)


def _enclosures(raw: Raw, url: str) -> tuple[Enclosure, ...]:
    """The enclosures of the entry, then its media:content, each address once."""
    found: dict[str, Enclosure] = {}
    links = [(one.get("href"), one.get("length"), one) for one in dict.get(raw, "links") or () if one.get("rel") == "enclosure"]
    media = [(one.get("url"), one.get("filesize"), one) for one in dict.get(raw, "media_content") or ()]
    for href, length, one in links + media:
        address = markup.address(href, url, markup.MEDIUM_SCHEMES)
        if address and address not in found:
            found[address] = Enclosure(address, one.get("type") or None, _number(length))
    return tuple(found.values())


def _language(feed: Raw, raw: RawFeed) -> str | None:
    text = str(dict.get(feed, "language") or raw.headers.get("content-language") or "").strip().replace("_", "-")
    return text if LANGUAGE.match(text) else None


def _linked(feed: Raw, rel: str) -> list[str | None]:
    """Where the feed's own links of this relation lead."""
    return [link.get("href") for link in dict.get(feed, "links") or () if link.get("rel") == rel]


def _ttl(feed: Raw) -> int | None:
    """Minutes that the feed asks to be left alone: its ttl, or its sy:updatePeriod over sy:updateFrequency, whichever is longer."""
    ttl = _number(dict.get(feed, "ttl"))
    period = PERIODS.get(str(dict.get(feed, "sy_updateperiod") or "").strip().lower())
    if period:
        period //= max(1, _number(dict.get(feed, "sy_updatefrequency")) or 1)
    asked = [value for value in (ttl, period) if value]
    return max(asked) if asked else None


def _number(text: object) -> int | None:
    """A count of at most 15 digits, or None."""
    digits = str(text or "").strip()
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 15 else None


def _unique(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts if text))


def _capped(warnings: list[str]) -> tuple[str, ...]:
    if len(warnings) <= MAX_WARNINGS:
        return tuple(warnings)
    return (*warnings[:MAX_WARNINGS], f"and {len(warnings) - MAX_WARNINGS} more warnings")


def _first_line(error: object) -> str:
    return (str(error).splitlines() or [""])[0][:120]
