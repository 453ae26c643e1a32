"""Rules on what the values of RSS and Atom may be: times, addresses, ids, links, persons, HTML, places."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin

from tests.outputs.validity.document import (
    MIME,
    Document,
    Level,
    Node,
    children,
    head,
    is_uri,
    is_web,
    links,
    moment,
    name_of,
    parent_of,
    rule,
    same_address,
    twice,
    value_of,
)

_RSS_DATE = re.compile(
    r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), )?\d\d? (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} "
    r"\d\d:\d\d(?::\d\d)? (?:[+-]\d{4}|GMT|UT|Z|[ECMP][SD]T)"
)
_LOOSE_DATE = re.compile(r"(?:\w{3}\s*,\s*)?\d\d?\s+\w{3}\s+\d\d(?:\d\d)?\s+\d\d:\d\d(?::\d\d)?\s*(?:[+-]\d{4}|\w+)?", re.IGNORECASE)
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_ATOM_TIMES = ("atom:updated", "atom:published")
_AHEAD = timedelta(minutes=10)
_SINCE = datetime(1990, 1, 1, tzinfo=UTC)


def _rss_dates(document: Document) -> Iterator[str]:
    yield from (value_of(each) for each in document.named("pubDate", "lastBuildDate"))


@rule("InvalidRFC2822Date", "RSS 2.0: pubDate, lastBuildDate", "rss")
def rss_dates(document: Document) -> Iterator[object]:
    yield from (text for text in _rss_dates(document) if not _LOOSE_DATE.fullmatch(text.strip()))


@rule("ProblematicalRFC822Date", "RSS Advisory Board, best practices: dates", "rss", Level.WARNING)
def rss_dates_for_all(document: Document) -> Iterator[object]:
    yield from (text for text in _rss_dates(document) if _LOOSE_DATE.fullmatch(text.strip()) and not _RSS_DATE.fullmatch(text))


@rule("IncorrectDOW", "RFC 2822, 3.3", "rss")
def days_of_the_week(document: Document) -> Iterator[object]:
    for text in filter(_RSS_DATE.fullmatch, _rss_dates(document)):
        if "," in text and _DAYS[parsedate_to_datetime(text).weekday()] != text[:3]:
            yield text


@rule("InvalidRFC3339Date", "RFC 4287, 3.3", "rss atom")
def atom_dates(document: Document) -> Iterator[object]:
    yield from (value_of(each) for each in document.named(*_ATOM_TIMES) if moment(value_of(each)) is None)


@rule("ImplausibleDate", "W3C", "rss atom", Level.WARNING)
def likely_dates(document: Document) -> Iterator[object]:
    known = [moment(value_of(each)) for each in document.named(*_ATOM_TIMES)]
    known += [parsedate_to_datetime(text) for text in _rss_dates(document) if _RSS_DATE.fullmatch(text)]
    for at in filter(None, known):
        aware = at.replace(tzinfo=at.tzinfo or UTC)
        if not _SINCE <= aware <= document.now + _AHEAD:
            yield at


@rule("UpdatedBeforePublished", "RFC 4287, 4.2.9 and 4.2.15", "rss atom", Level.WARNING)
def published_first(document: Document) -> Iterator[object]:
    for each in document.named("atom:entry", "item"):
        updated = [moment(value_of(found)) for found in children(each, "atom:updated")]
        published = [moment(value_of(found)) for found in children(each, "atom:published")]
        published += [parsedate_to_datetime(text) for found in children(each, "pubDate") if _RSS_DATE.fullmatch(text := value_of(found))]
        yield from (one for one in updated for other in published if one and other and one < other)


@rule("DuplicateUpdated", "RFC 4287, 4.1.1 advises against it", "atom", Level.WARNING)
def times_apart(document: Document) -> Iterator[object]:
    feed = head(document)
    entries = children(feed, "atom:entry") if feed is not None else []
    yield from twice([value_of(found) for each in entries for found in children(each, "atom:updated")])


def _addresses(document: Document) -> Iterator[tuple[str, str]]:
    for each in document.elements:
        name, text = name_of(each), value_of(each)
        if name in ("link", "docs", "comments", "url", "atom:id", "atom:uri", "atom:icon", "atom:logo"):
            yield name, text
        for attribute in ("href", "url", "scheme"):
            if (found := each.get(attribute)) is not None and (name, attribute) != ("enclosure", "url"):
                yield f"{name}@{attribute}", found


@rule("InvalidFullLink", "RSS 2.0: link, comments, docs, source; RFC 4287, 4.2.6, 4.2.7.1", "rss atom")
def whole_addresses(document: Document) -> Iterator[object]:
    yield from (f"{name}: {text}" for name, text in _addresses(document) if not re.match(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s]", text))


@rule("InvalidUriChar", "RFC 3986, 2", "rss atom")
def address_letters(document: Document) -> Iterator[object]:
    found = ((name, text) for name, text in _addresses(document) if re.match(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s]", text))
    yield from (f"{name}: {text}" for name, text in found if not is_uri(text))


@rule("InvalidURLAttribute", "RSS 2.0: enclosure, an http url", "rss")
def enclosure_addresses(document: Document) -> Iterator[object]:
    yield from (each.get("url") for each in document.named("enclosure") if each.get("url") is not None and not is_web(each.get("url")))


_TAG = re.compile(
    r"tag:(?:[A-Za-z0-9._-]+@)?[a-z0-9-]+(?:\.[a-z0-9-]+)*,\d{4}(?:-\d\d(?:-\d\d)?)?:(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-F]{2})*"
)


@rule("InvalidTAG", "RFC 4151, 2.1", "rss atom")
def tags(document: Document) -> Iterator[object]:
    found = (value_of(each) for each in document.named("atom:id", "guid"))
    yield from (text for text in found if text.startswith("tag:") and not _TAG.fullmatch(text))


@rule("NonCanonicalURI", "RFC 4287, 4.2.6", "atom", Level.WARNING)
def canonical_ids(document: Document) -> Iterator[object]:
    for text in map(value_of, document.named("atom:id")):
        scheme, _, rest = text.partition(":")
        host = re.match(r"//([^/?#]*)", rest)
        if scheme != scheme.lower() or (host and host[1] != host[1].lower()) or re.search("%(?:.[a-f]|[a-f])|/[.]{1,2}/|:80/", rest):
            yield text


@rule("InvalidHttpGUID", "RSS 2.0: guid, isPermaLink", "rss")
def permalinks(document: Document) -> Iterator[object]:
    yield from (
        value_of(each) for each in document.named("guid") if each.get("isPermaLink", "true") == "true" and not is_web(value_of(each))
    )


@rule("InvalidBooleanAttribute", "RSS 2.0: guid, isPermaLink", "rss")
def truths(document: Document) -> Iterator[object]:
    yield from (each.attrib for each in document.named("guid") if each.get("isPermaLink", "true") not in ("true", "false"))


@rule("NotSufficientlyUnique", "RSS Advisory Board, best practices: guid", "rss", Level.WARNING)
def guids_of_their_own(document: Document) -> Iterator[object]:
    yield from (value_of(each) for each in document.named("guid") if re.fullmatch(r"\d{1,8}", value_of(each)))


@rule("DuplicateValue", "RSS 2.0: guid", "rss")
@rule("DuplicateEntries", "RFC 4287, 4.1.1", "atom")
def ids_once(document: Document) -> Iterator[object]:
    own = (each for each in document.named("guid", "atom:id") if parent_of(each) in ("item", "atom:entry"))
    yield from twice([value_of(each) for each in own])


# --- links ------------------------------------------------------------------------------------------------------------

_HISTORY = {"current", "first", "last", "next", "next-archive", "prev-archive", "previous"}
_RELATIONS = _HISTORY | {
    "alternate",
    "edit",
    "enclosure",
    "hub",
    "license",
    "related",
    "replies",
    "self",
    "via",
}  # of IANA's, those of feeds


def _of_feed(document: Document, relation: str) -> list[Node]:
    feed = head(document)
    return [link for link in links(feed) if link.get("rel", "alternate") == relation] if feed is not None else []


@rule("MissingAtomSelfLink", "RSS Advisory Board, best practices: atom:link", "rss", Level.WARNING)
@rule("MissingSelf", "RFC 4287, 4.1.1", "atom", Level.WARNING)
def own_address(document: Document) -> Iterator[object]:
    if head(document) is not None and not _of_feed(document, "self"):
        yield "feed"


@rule("SelfDoesntMatchLocation", "RFC 4287, 4.2.7.2", "rss atom", Level.WARNING)
def own_address_is_right(document: Document) -> Iterator[object]:
    found = [urljoin(document.location, link.get("href", "")) for link in _of_feed(document, "self")]
    yield from (address for address in found if not same_address(address, document.location))


@rule("RelativeSelf", "RSS Advisory Board, best practices: atom:link", "rss atom", Level.WARNING)
def own_address_is_whole(document: Document) -> Iterator[object]:
    yield from (link.get("href") for link in _of_feed(document, "self") if not is_web(link.get("href")))


@rule("SelfNotAtom", "RFC 4287, 4.2.7.3", "rss atom", Level.WARNING)
def own_type(document: Document) -> Iterator[object]:
    wanted = {"rss": "application/rss+xml", "atom": "application/atom+xml"}[document.form]
    yield from (link.get("type") for link in _of_feed(document, "self") if link.get("type", wanted) != wanted)


@rule("UnregisteredAtomLinkRel", "RFC 4287, 4.2.7.2", "rss atom", Level.WARNING)
def relations(document: Document) -> Iterator[object]:
    found = (link.get("rel", "alternate") for link in document.named("atom:link"))
    yield from (relation for relation in found if relation not in _RELATIONS and not is_web(relation))


@rule("DuplicateAtomLink", "RFC 4287, 4.1.1, 4.1.2", "rss atom")
def links_once(document: Document) -> Iterator[object]:
    for each in document.named("channel", "item", "atom:feed", "atom:entry", "atom:source"):
        yield from twice([repr([link.get(name, "") for name in ("rel", "type", "hreflang")]) for link in links(each)])


@rule("InvalidMIMEAttribute", "RFC 4287, 4.2.7.3; RSS 2.0: enclosure", "rss atom")
def media_types(document: Document) -> Iterator[object]:
    found = (each.get("type") for each in document.named("atom:link", "enclosure", "media:content"))
    yield from (text for text in found if text is not None and not MIME.fullmatch(text))


@rule("InvalidIntegerAttribute", "RSS 2.0: enclosure; RFC 4287, 4.2.7.6", "rss atom")
def lengths(document: Document) -> Iterator[object]:
    found = (each.get("length") for each in document.named("atom:link", "enclosure"))
    yield from (text for text in found if text is not None and not re.fullmatch(r"-?\d+", text))


@rule("UseZeroForUnknown", "RSS Advisory Board, best practices: enclosure", "rss")
def lengths_of_something(document: Document) -> Iterator[object]:
    yield from (each.get("length") for each in document.named("enclosure") if each.get("length", "").startswith("-"))


@rule("FeedHistoryRelInEntry", "RFC 5005, 3 and 4", "rss atom", Level.WARNING)
def history_of_the_feed(document: Document) -> Iterator[object]:
    found = (link for link in document.named("atom:link") if parent_of(link) in ("item", "atom:entry"))
    yield from (link.get("rel") for link in found if link.get("rel") in _HISTORY)


@rule("MissingCurrentInArchive", "RFC 5005, 4", "rss atom", Level.WARNING)
def way_back(document: Document) -> Iterator[object]:
    if next(document.named("fh:archive"), None) is not None and not _of_feed(document, "current"):
        yield "feed"


@rule("FeedRelInCompleteFeed", "RFC 5005, 2", "rss atom")
def complete(document: Document) -> Iterator[object]:
    if next(document.named("fh:complete"), None) is not None:
        yield from (relation for relation in sorted(_HISTORY - {"current"}) if _of_feed(document, relation))


@rule("HubWithoutSelf", "WebSub, 4", "rss atom")
def hub(document: Document) -> Iterator[object]:
    if _of_feed(document, "hub") and not _of_feed(document, "self"):
        yield "feed"


@rule("SameDocumentReference", "RFC 3986, 4.4", "rss atom", Level.WARNING)
def base_of_its_own(document: Document) -> Iterator[object]:
    base = document.root.get("{http://www.w3.org/XML/1998/namespace}base") if document.root is not None else None
    if base and not same_address(base, document.location):
        yield from (link.get("href") for link in document.named("atom:link") if urljoin(base, link.get("href", "")) == base)
