"""Rules on what stands where in RSS and Atom: encoding, namespaces, elements and attributes."""

import re
from collections.abc import Iterator

from lxml import etree

from tests.outputs.validity.document import NAMESPACES, Document, Level, attribute_name, children, head, name_of, parent_of, rule

_MANY = 10**9
_ANY, _ONE, _MAYBE = (0, _MANY), (1, 1), (0, 1)
_OF_CHANNEL = (
    "language copyright managingEditor webMaster pubDate lastBuildDate generator docs cloud ttl image rating textInput skipHours skipDays"
)
_OF_ITEM = "title link description author comments enclosure guid pubDate source"
_META = {
    **dict.fromkeys(("atom:author", "atom:category", "atom:contributor", "atom:link"), _ANY),
    **dict.fromkeys(("atom:generator", "atom:icon", "atom:logo", "atom:rights", "atom:subtitle"), _MAYBE),
}
_HISTORY = {"fh:archive": _MAYBE, "fh:complete": _MAYBE}
_PLACE = {"georss:point": _MAYBE, "georss:featureName": _MAYBE}
_PERSON = {"atom:name": _ONE, "atom:uri": _MAYBE, "atom:email": _MAYBE}
_ID = {"atom:id": _ONE, "atom:title": _ONE, "atom:updated": _ONE}
CHILDREN = {  # of an element: how often at least and at most
    "rss": {"channel": _ONE},
    "channel": {
        **{"title": _ONE, "link": _ONE, "description": _ONE, "item": _ANY, "category": _ANY, "atom:link": _ANY, **_HISTORY},
        **dict.fromkeys(_OF_CHANNEL.split(), _MAYBE),
    },
    "item": {
        **dict.fromkeys(_OF_ITEM.split(), _MAYBE),
        **dict.fromkeys(("atom:updated", "atom:published", "atom:id", "dc:language", "dc:date"), _MAYBE),
        **dict.fromkeys(("category", "atom:link", "dc:creator", "dc:subject", "media:content", "media:thumbnail"), _ANY),
        **_PLACE,
    },
    "atom:feed": {**_ID, **_META, **_HISTORY, "atom:entry": _ANY},
    "atom:entry": {
        **_ID,
        **dict.fromkeys(("atom:author", "atom:category", "atom:contributor", "atom:link"), _ANY),
        **dict.fromkeys(("atom:content", "atom:published", "atom:rights", "atom:source", "atom:summary"), _MAYBE),
        **dict.fromkeys(("media:content", "media:thumbnail"), _ANY),
        **_PLACE,
    },
    "atom:source": {**dict.fromkeys(_ID, _MAYBE), **_META},
    "atom:author": _PERSON,
    "atom:contributor": _PERSON,
}
_TEXT = (("type",), ())
ATTRIBUTES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {  # that an element may have, and those it must
    "rss": ((), ("version",)),
    "guid": (("isPermaLink",), ()),
    "category": (("domain",), ()),
    "enclosure": ((), ("url", "length", "type")),
    "source": ((), ("url",)),
    "cloud": ((), ("domain", "port", "path", "registerProcedure", "protocol")),
    "atom:link": (("rel", "type", "hreflang", "title", "length"), ("href",)),
    "atom:category": (("scheme", "label"), ("term",)),
    "atom:content": (("type", "src"), ()),
    "atom:generator": (("uri", "version"), ()),
    **dict.fromkeys(("atom:title", "atom:subtitle", "atom:summary", "atom:rights"), _TEXT),
    **dict.fromkeys(("media:content", "media:thumbnail"), (("type", "medium", "width", "height", "fileSize"), ("url",))),
}
_OWN = {("channel", "title"): "MissingTitle", ("channel", "link"): "MissingLink", ("channel", "description"): "MissingDescription"}
_PREFIX = "Namespace prefix"


def _faults(document: Document) -> list[str]:
    try:
        etree.fromstring(document.data, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError as error:
        return [str(error)]
    return []


@rule("SAXError", "XML 1.0, 2.1", "rss atom")
def well_formed(document: Document) -> Iterator[object]:
    yield from (fault for fault in _faults(document) if _PREFIX not in fault)


@rule("MissingNamespace", "Namespaces in XML, 5", "rss atom")
def declared_prefixes(document: Document) -> Iterator[object]:
    yield from (fault for fault in _faults(document) if _PREFIX in fault)


@rule("InvalidDoctype", "RSS 2.0; RFC 4287, 2: neither has a DTD", "rss atom")
def no_doctype(document: Document) -> Iterator[object]:
    yield from re.findall(r"<!DOCTYPE\b[^>]*", document.text)


@rule("NotUTF8", "RSS Advisory Board, best practices; XML 1.0, 4.3.3", "rss atom json", Level.WARNING)
def in_utf8(document: Document) -> Iterator[object]:
    declared = re.match(rb"<\?xml[^>]*encoding=[\"']([^\"']+)", document.data)
    if declared and declared[1].lower() != b"utf-8":
        yield declared[1]
    try:
        document.data.decode()
    except UnicodeDecodeError as error:
        yield error


@rule("EncodingMismatch", "RFC 7303, 3", "rss atom", Level.WARNING)
def one_encoding(document: Document) -> Iterator[object]:
    told = re.search(r"charset=\"?([\w-]+)", document.content_type)
    declared = re.match(rb"<\?xml[^>]*encoding=[\"']([^\"']+)", document.data)
    if told and declared and told[1].lower() != declared[1].decode().lower():
        yield told[1], declared[1]


@rule("UnexpectedContentType", "RFC 4287, 7; JSON Feed 1.1, MIME type; RSS Advisory Board", "rss atom json", Level.WARNING)
def media_type(document: Document) -> Iterator[object]:
    wanted = {"rss": "application/rss+xml", "atom": "application/atom+xml", "json": "application/feed+json"}[document.form]
    if document.content_type.partition(";")[0].strip() != wanted:
        yield document.content_type


@rule("InvalidRSSVersion", "RSS 2.0, required: version", "rss")
def version(document: Document) -> Iterator[object]:
    yield from (each.get("version") for each in document.named("rss") if each.get("version") not in (None, "2.0"))


@rule("MediaRssNamespace", "Media RSS 1.5, namespace", "rss atom")
def media_namespace(document: Document) -> Iterator[object]:
    found = {etree.QName(each).namespace or "" for each in document.elements}
    yield from (name for name in found if "search.yahoo.com/mrss" in name and name not in NAMESPACES)


@rule("UnknownNamespace", "RFC 4287, 6", "rss atom", Level.WARNING)
def namespaces(document: Document) -> Iterator[object]:
    found = {etree.QName(each).namespace or "" for each in document.elements}
    yield from (name for name in found if name and name not in NAMESPACES and "search.yahoo.com/mrss" not in name)


@rule("UndefinedElement", "RSS 2.0, elements; RFC 4287, 4", "rss atom")
def elements(document: Document) -> Iterator[object]:
    for each in document.elements:
        name, parent = name_of(each), parent_of(each)
        if not name.startswith("?") and name not in CHILDREN.get(parent, {}) and parent:
            yield f"{name} in {parent}"


@rule("UnexpectedAttribute", "RSS 2.0, elements; RFC 4287, 4", "rss atom")
def attributes(document: Document) -> Iterator[object]:
    for each in document.elements:
        may, must = ATTRIBUTES.get(name_of(each), ((), ()))
        found = [attribute_name(str(name)) for name in each.attrib]
        yield from (f"{name} of {name_of(each)}" for name in found if name not in (*may, *must) and not name.startswith("xml:"))


@rule("MissingAttribute", "RSS 2.0: enclosure, source, cloud; RFC 4287, 4.2.2", "rss atom")
def needed_attributes(document: Document) -> Iterator[object]:
    for each in document.elements:
        _, must = ATTRIBUTES.get(name_of(each), ((), ()))
        yield from (
            f"{name} of {name_of(each)}" for name in must if each.get(name) is None and (name_of(each), name) != ("atom:link", "href")
        )


@rule("MissingHref", "RFC 4287, 4.2.7.1", "rss atom")
def link_targets(document: Document) -> Iterator[object]:
    yield from (each.attrib for each in document.named("atom:link") if each.get("href") is None)


@rule("UnexpectedText", "RSS 2.0, elements; RFC 4287, 4.1", "rss atom")
def no_text_between(document: Document) -> Iterator[object]:
    for each in document.named(*CHILDREN, "enclosure", "atom:category"):
        between = [each.text, *(child.tail for child in each)]
        yield from (f"{text.strip()[:40]} in {name_of(each)}" for text in between if text and text.strip())


@rule("AtomLinkNotEmpty", "RFC 4287, 4.2.7", "rss atom", Level.WARNING)
def empty_links(document: Document) -> Iterator[object]:
    yield from (each.text for each in document.named("atom:link") if (each.text or "").strip())


def _often(document: Document) -> Iterator[tuple[str, str, int, tuple[int, int]]]:
    for each in document.elements:
        for name, times in CHILDREN.get(name_of(each), {}).items():
            yield name_of(each), name, len(children(each, name)), times


@rule("DuplicateElement", "RSS 2.0, elements; RFC 4287, 4.1", "rss atom")
def once(document: Document) -> Iterator[object]:
    yield from (f"{name} in {parent}" for parent, name, found, (_, most) in _often(document) if found > most and name != "enclosure")


@rule("DuplicateEnclosure", "RSS Advisory Board, best practices: enclosure", "rss", Level.WARNING)
def one_enclosure(document: Document) -> Iterator[object]:
    yield from (parent for parent, name, found, _ in _often(document) if name == "enclosure" and found > 1)


@rule("MissingElement", "RFC 4287, 4.1.1, 4.1.2, 3.2.1; RSS 2.0: channel", "rss atom")
def needed(document: Document) -> Iterator[object]:
    told = _often(document)
    yield from (f"{name} in {parent}" for parent, name, found, (least, _) in told if found < least and (parent, name) not in _OWN)


def _needed_of_channel(wanted: str, message: str) -> None:
    @rule(message, "RSS 2.0, required channel elements", "rss")
    def check(document: Document) -> Iterator[object]:
        yield from (parent for parent, name, found, _ in _often(document) if (parent, name) == ("channel", wanted) and not found)


for (_, _wanted), _message in _OWN.items():
    _needed_of_channel(_wanted, _message)


@rule("MissingAuthor", "RFC 4287, 4.1.1: the feed or each entry has one", "atom")
def authors(document: Document) -> Iterator[object]:
    feed = head(document)
    if feed is not None and not children(feed, "atom:author"):
        entries = children(feed, "atom:entry")
        yield from (children(each, "atom:id") for each in entries if not children(each, "atom:author"))
        yield from ("feed",) * (not entries)


@rule("MissingSourceElement", "RFC 4287, 4.2.11", "atom", Level.WARNING)
def sources(document: Document) -> Iterator[object]:
    for each in document.named("atom:source"):
        yield from (name for name in _ID if not children(each, name))


@rule("ItemMustContainTitleOrDescription", "RSS 2.0, elements of item", "rss")
def title_or_description(document: Document) -> Iterator[object]:
    yield from ("item" for each in document.named("item") if not children(each, "title") and not children(each, "description"))


@rule("MissingGuid", "RSS Advisory Board, best practices: guid", "rss", Level.WARNING)
def guids(document: Document) -> Iterator[object]:
    yield from ("item" for each in document.named("item") if not children(each, "guid"))


@rule("MissingDCLanguage", "RSS 2.0, optional channel elements: language", "rss", Level.INFO)
def language(document: Document) -> Iterator[object]:
    yield from ("channel" for each in document.named("channel") if not children(each, "language"))


@rule("MisplacedItem", "RSS Advisory Board, best practices: item", "rss", Level.WARNING)
@rule("MisplacedMetadata", "W3C: metadata before entries", "atom")
def items_last(document: Document) -> Iterator[object]:
    feed = head(document)
    names = [name_of(each) for each in feed] if feed is not None else []
    found = [number for number, name in enumerate(names) if name in ("item", "atom:entry")]
    yield from (name for name in names[found[0] :] if found and name not in ("item", "atom:entry")) if found else ()


_MEANINGS = (
    ("author", "dc:creator"),
    ("pubDate", "dc:date"),
    ("pubDate", "atom:published"),
    ("category", "dc:subject"),
    ("guid", "atom:id"),
)


@rule("DuplicateItemSemantics", "RSS Advisory Board, best practices: namespaces", "rss", Level.WARNING)
def one_meaning(document: Document) -> Iterator[object]:
    for each in document.named("item"):
        yield from (f"{core} and {other}" for core, other in _MEANINGS if children(each, core) and children(each, other))


@rule("MissingContentOrAlternate", "RFC 4287, 4.1.2", "atom")
def something_to_read(document: Document) -> Iterator[object]:
    for each in document.named("atom:entry"):
        alternates = [link for link in children(each, "atom:link") if link.get("rel", "alternate") == "alternate"]
        if not children(each, "atom:content") and not alternates:
            yield "entry"


@rule("MissingTextualContent", "RFC 4287, 4.1.1.1", "atom", Level.WARNING)
def textual_content(document: Document) -> Iterator[object]:
    yield from (
        "entry" for each in document.named("atom:entry") if not children(each, "atom:content") and not children(each, "atom:summary")
    )
