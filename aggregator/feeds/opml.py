"""OPML: lists of feeds, as other readers write them and as we do (http://opml.org/spec2.opml).

Reading is tolerant (attribute names in any case, HTML entities, a wrong encoding, feeds without a type); writing is strict.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from io import BytesIO

from lxml import etree

from aggregator.errors import FeedError
from aggregator.feeds import markup
from aggregator.feeds.mend import decode, mend

MAX_FEEDS = 20_000
MAX_BYTES = 10 << 20
FEED_KINDS = frozenset({"rss", "atom", "feed"})  # types of outlines that stand for feeds


@dataclass(frozen=True, slots=True)
class OpmlFeed:
    """A feed of a list. ``folders``: the names of the folders around it, outermost first; ``categories``: its category attribute."""

    url: str
    title: str
    homepage: str | None = None
    folders: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    language: str | None = None
    line: int = field(default=0, compare=False)  # where it stands in the document

    @property
    def theatre(self) -> str | None:
        """The outermost folder as the name of a theatre: lower case, words joined by hyphens; None outside all folders."""
        if not self.folders:
            return None
        return re.sub(r"\W+", "-", self.folders[0].casefold()).strip("-") or None


@dataclass(frozen=True, slots=True)
class OpmlRefusal:
    """An outline that stands for a feed and gives none, and why. ``url`` is what it has for an address."""

    line: int
    title: str
    url: str
    why: str


def read(data: bytes) -> tuple[OpmlFeed, ...]:
    """Return the feeds of an OPML document in its order, each address once (its first place counts).

    Raises FeedError where the document is no OPML or is over the limits.
    """
    return read_all(data)[0]


def read_all(data: bytes) -> tuple[tuple[OpmlFeed, ...], tuple[OpmlRefusal, ...]]:
    """Return the feeds as ``read`` does, and the outlines that were meant as feeds and cannot be taken. Raises FeedError as it does."""
    if len(data) > MAX_BYTES:
        raise FeedError(f"The list is larger than {MAX_BYTES >> 20} MiB.", "", found="a very large file")
    text = mend(decode(data, None).text).text
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, huge_tree=False)
    try:
        root = etree.parse(BytesIO(text.encode()), parser).getroot()
    except etree.XMLSyntaxError as error:
        raise FeedError(f"This is no OPML: {error.msg}.", "", found="no XML") from error
    if root is None or _name(root) != "opml":
        raise FeedError("This is no OPML: it does not begin with an opml element.", "", found="another document")
    found: dict[str, OpmlFeed] = {}
    refused: list[OpmlRefusal] = []
    stack: list[tuple[etree._Element, tuple[str, ...]]] = [(root, ())]
    while stack:
        element, folders = stack.pop()
        inner = folders
        if _name(element) == "outline":
            values = {str(name).lower(): str(value) for name, value in element.attrib.items()}
            title = markup.one_line(values.get("title") or values.get("text") or "")
            given = values.get("xmlurl", "").strip()
            line = element.sourceline if isinstance(element.sourceline, int) else 0
            if url := markup.address(_http(given), ""):
                feed = OpmlFeed(
                    url,
                    title or url,
                    markup.address(values.get("htmlurl"), ""),
                    folders,
                    tuple(filter(None, (markup.one_line(part) for part in values.get("category", "").split(",")))),
                    values.get("language") or None,
                    line,
                )
                if (first := found.setdefault(url, feed)) is not feed:
                    refused.append(OpmlRefusal(line, feed.title, url, f"the same address as in line {first.line}"))
            elif given or values.get("type", "").lower() in FEED_KINDS:
                why = "its address (xmlUrl) does not begin with http:// or https://" if given else "it has no address (xmlUrl)"
                refused.append(OpmlRefusal(line, title or given or "untitled", given, why))
            elif title:
                inner = (*folders, title)
        if len(found) > MAX_FEEDS:
            raise FeedError(f"The list has more than {MAX_FEEDS} feeds.", "", found="a very long list")
        stack += [(child, inner) for child in reversed(element) if isinstance(child.tag, str)]
    return tuple(found.values()), tuple(refused)


def write(feeds: Iterable[OpmlFeed], title: str) -> bytes:
    """Return an OPML 2.0 document in UTF-8, the feeds in nested outlines by their folders."""
    root = etree.Element("opml", version="2.0")
    head = etree.SubElement(root, "head")
    etree.SubElement(head, "title").text = markup.one_line(title)
    body = etree.SubElement(root, "body")
    outlines: dict[tuple[str, ...], etree._Element] = {(): body}
    for feed in feeds:
        for depth in range(1, len(feed.folders) + 1):
            folder = feed.folders[:depth]
            if folder not in outlines:
                outlines[folder] = etree.SubElement(outlines[folder[:-1]], "outline", text=markup.one_line(folder[-1]))
        name = markup.one_line(feed.title)
        outline = etree.SubElement(outlines[feed.folders], "outline", type="rss", text=name, title=name, xmlUrl=feed.url)
        for attribute, value in (("htmlUrl", feed.homepage), ("category", ",".join(feed.categories)), ("language", feed.language)):
            if value:
                outline.set(attribute, value)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _name(element: etree._Element) -> str:
    return etree.QName(element).localname.lower()


def _http(url: str) -> str:
    """``feed:`` addresses as some readers export them, as what they stand for."""
    url = url.strip()
    if url.lower().startswith("feed://"):
        return "http://" + url[7:]
    return url[5:] if url.lower().startswith(("feed:http://", "feed:https://")) else url
