"""Text of a feed -> the dicts that feedparser would make of it, for documents of well-known elements alone; None for all others.

feedparser is the parser of record: it spends about 70 microseconds of Python on every element, this reader two. It reads RSS 0.9x
and 2.0 with the usual modules and Atom with texts of type text and html, and follows feedparser's rules where a document is odd
but common: which of two titles counts, when a second description is a content, what a base of the document leaks to. Where the
rules would be too many to follow (markup that is not escaped, elements in places where nobody expects them, text that was encoded
twice) it has a doubt and answers None, and feedparser reads the document. It makes only those keys that parse.py reads.

tests/feeds/test_swift.py holds the two readers against each other.
"""

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple
from urllib.parse import urljoin
from xml.parsers import expat

from aggregator.feeds.elements import Elements, Node
from aggregator.feeds.markup import PLAIN_ADDRESS
from aggregator.feeds.wellknown import MEANT, OLDER, PREFIXES, TAKEN, USERLAND, USUAL, XLINK, XML, Attributes, Doubt

C1 = re.compile("[\x80-\x9f]")  # read as Windows-1252 by feedparser, element by element


class _Rule(NamedTuple):
    """What to do with an element: at its start, with its text (collected only where wanted), the rules inside it, and at its end."""

    opened: Callable[[Elements, Attributes], None] | None = None
    closed: Callable[[Elements, str], None] | None = None
    inside: str = "nothing"
    left: Callable[[Elements], None] | None = None


IGNORED = _Rule(inside="ignored")
STRANGER = _Rule(None, Elements.close_stranger, "nothing")
TITLE = _Rule(Elements.open_title, Elements.close_title)
MEDIA_TITLE = _Rule(Elements.open_title, Elements.close_media_title)
DESCRIPTION = _Rule(Elements.open_description, Elements.close_description)
SUMMARY = _Rule(Elements.open_summary, Elements.close_summary)
ENCODED = _Rule(Elements.open_encoded, Elements.close_content)
ID = _Rule(Elements.open_id, Elements.close_id)
LINK = _Rule(Elements.open_link, Elements.close_link)
LANGUAGE = _Rule(None, Elements.close_language)
PUBLISHED = _Rule(None, Elements.close_published)
UPDATED = _Rule(None, Elements.close_updated)
CREATED = _Rule(None, Elements.close_created)
AUTHOR = _Rule(Elements.open_author, Elements.close_author, "author")
CATEGORY = _Rule(Elements.open_category, Elements.close_category)
MEDIUM = _Rule(Elements.open_medium, None, "medium")
ENTRY = _Rule(Elements.open_entry, None, "entry", Elements.leave_entry)
LEAF = _Rule()  # an element that feedparser knows and parse.py does not read
PART_TITLE = _Rule(None, Elements.close_part_title)


def _leaves(names: str) -> dict[str, _Rule]:
    return dict.fromkeys(names.split(), LEAF)


TEXTS = {
    "title": TITLE,
    "dc_title": TITLE,
    "media_title": MEDIA_TITLE,
    "description": DESCRIPTION,
    "dc_description": DESCRIPTION,
    "media_description": DESCRIPTION,
    "summary": SUMMARY,
    "itunes_summary": SUMMARY,
    "content": _Rule(Elements.open_content, Elements.close_content),
    "content_encoded": ENCODED,
    "fullitem": ENCODED,
    "link": LINK,
    "id": ID,
    "guid": ID,
    "media_content": MEDIUM,
    "media_group": _Rule(inside="medium"),
    **_leaves("rights copyright dc_rights dc_publisher dc_contributor webmaster subtitle tagline itunes_subtitle"),
    **_leaves("itunes_image itunes_block itunes_explicit generator georss_point georss_line georss_polygon georss_box"),
    **_leaves("cc_license creativecommons_license expirationdate"),
    **_leaves("media_thumbnail media_credit media_rating media_restriction media_license media_player"),
    "contributor": _Rule(inside="person"),
}
PLACES: Mapping[str, Mapping[str, _Rule] | None] = {
    "nothing": None,
    "ignored": {},
    "document": {
        "rss": _Rule(Elements.open_rss, None, "rss"),
        "feed": _Rule(Elements.open_feed, None, "feed"),
    },
    "rss": {"channel": _Rule(Elements.open_channel, None, "feed")},
    "feed": {
        **TEXTS,
        **_leaves("pubdate published issued updated modified lastbuilddate created dc_date dcterms_created"),
        **_leaves("dcterms_issued dcterms_modified category dc_subject keywords media_category itunes_keywords media_keywords cloud"),
        **_leaves("info feedburner_browserfriendly admin_generatoragent admin_errorreportsto"),
        **dict.fromkeys(("author", "managingeditor", "dc_author", "dc_creator", "itunes_author", "itunes_owner"), _Rule(inside="person")),
        "itunes_category": _Rule(inside="itunes_categories"),
        "language": LANGUAGE,
        "dc_language": LANGUAGE,
        "ttl": _Rule(Elements.open_plain, Elements.close_ttl),
        "sy_updateperiod": _Rule(Elements.open_plain, Elements.close_period),
        "sy_updatefrequency": _Rule(Elements.open_plain, Elements.close_frequency),
        "image": _Rule(Elements.open_part, None, "image"),
        "textinput": _Rule(Elements.open_part, None, "textinput"),
        "item": ENTRY,
        "entry": ENTRY,
    },
    "entry": {
        **TEXTS,
        **_leaves("language dc_language url width height name email uri homepage ttl sy_updateperiod sy_updatefrequency"),
        **dict.fromkeys(("pubdate", "published", "issued", "dcterms_issued"), PUBLISHED),
        **dict.fromkeys(("updated", "modified", "lastbuilddate", "dc_date", "dcterms_modified"), UPDATED),
        **dict.fromkeys(("created", "dcterms_created"), CREATED),
        **dict.fromkeys(("author", "managingeditor", "dc_author", "dc_creator", "itunes_author"), AUTHOR),
        **dict.fromkeys(("category", "keywords", "dc_subject"), CATEGORY),
        "media_category": _Rule(Elements.open_media_category, Elements.close_category),
        "itunes_category": _Rule(Elements.open_itunes_category, Elements.close_category),
        "media_keywords": _Rule(Elements.open_keywords, Elements.close_media_keywords),
        "itunes_keywords": _Rule(Elements.open_keywords, Elements.close_itunes_keywords),
        "enclosure": _Rule(Elements.open_enclosure),
        "image": _Rule(Elements.open_part),
        "source": _Rule(Elements.open_part, None, "source"),
    },
    "medium": {
        "media_title": MEDIA_TITLE,
        "media_description": DESCRIPTION,
        "media_content": MEDIUM,
        **_leaves("media_thumbnail media_credit media_rating media_restriction media_license media_player"),
    },
    "author": {
        "name": _Rule(None, Elements.close_name),
        "email": _Rule(None, Elements.close_email),
        **dict.fromkeys(("uri", "url", "homepage"), _Rule(None, Elements.close_uri)),
    },
    "person": _leaves("name email uri url homepage itunes_name itunes_email"),
    "itunes_categories": {"itunes_category": _Rule(inside="itunes_categories")},
    "image": {"title": PART_TITLE, **_leaves("url link width height description")},
    "textinput": {"title": PART_TITLE, **_leaves("description name link")},
    "source": {
        "title": PART_TITLE,
        **_leaves("id guid link updated published subtitle rights generator category"),
        "author": _Rule(inside="person"),
    },
}


class _Names(dict[str, _Rule]):
    """Rules of one place in one document by expat's name of the element, found when first asked for."""

    __slots__ = ("known", "otherwise", "rules")

    def __init__(self, known: Callable[[str], str], place: str) -> None:
        super().__init__()
        self.known, self.rules, self.otherwise = known, PLACES[place], STRANGER if place == "author" else IGNORED

    def __missing__(self, name: str) -> _Rule:
        known = self.known(name)
        if self.rules is None:
            raise Doubt(f"{known} in a text")
        rule = self.rules.get(known)
        if rule is None:
            if known in MEANT:
                raise Doubt(known)
            rule = self.otherwise
        self[name] = rule
        return rule


class _Walk(Elements):
    """One document, as expat goes through it."""

    __slots__ = ("names", "prefixes", "stack", "table", "uris")

    def __init__(self, language: str | None) -> None:
        super().__init__(language)
        self.uris: dict[str, str] = {}  # of namespaces -> their prefix; "" for those of bare names
        self.prefixes: dict[str, str] = {}
        self.names = {place: _Names(self.known, place) for place in PLACES}
        self.table = self.names["document"]
        self.stack: list[tuple[_Rule, list[str], str, _Names]] = []

    def read(self, text: str) -> Node:
        """The document, as parse.py wants it. Raises Doubt or expat.ExpatError."""
        parser = self.parser
        parser.buffer_text = True
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.StartNamespaceDeclHandler = self.declare
        parser.StartDoctypeDeclHandler = self.refuse
        try:
            parser.Parse(text, True)
        finally:  # what goes in circles would wait for the collector, with all of the document
            del self.parser, self.names, self.table, self.stack
        return {"bozo": False, "version": self.version, "feed": self.feed, "entries": self.entries}

    def start(self, name: str, attributes: Attributes) -> None:
        table = self.table
        rule = table[name]
        if attributes:
            for key in attributes:
                if key[-4:].lower() == "base":
                    self.rebase(attributes)
                    break
        if rule.closed:
            self.parts = []
            self.parser.CharacterDataHandler = self.parts.append
        self.stack.append((rule, self.parts, self.base, table))
        if rule.opened:
            rule.opened(self, attributes)
        self.table = self.names[rule.inside]

    def end(self, _name: str) -> None:
        stack = self.stack
        rule, parts, _, self.table = stack[-1]
        if rule.closed:
            self.parser.CharacterDataHandler = None
            self.depth = len(stack)
            rule.closed(self, "".join(parts).strip())
        elif rule.left:
            rule.left(self)
        stack.pop()
        if stack and stack[-1][2]:  # a base that nothing stood before goes on after its element
            self.base = stack[-1][2]

    def refuse(self, *_: object) -> None:
        raise Doubt("a DTD")

    def declare(self, prefix: str | None, uri: str | None) -> None:
        """Take up a namespace; a doubt where feedparser, which goes by prefixes, could take its elements for others."""
        if not uri:
            return
        lower = uri.lower()
        given = (prefix or "").lower()
        if lower in OLDER or len(uri.split()) != 1 or (uri == XLINK and self.stack):
            raise Doubt(f"the namespace {uri}")
        if self.prefixes.setdefault(given, lower) != lower and given:
            raise Doubt(f"{given} stands for two namespaces")
        standard = "" if USERLAND in lower else PREFIXES.get(lower)
        if standard is None:
            standard = given
            if given in TAKEN or self.uris.get(uri, given) != given:
                raise Doubt(f"{given} stands for {uri}")
        elif given in USUAL - {standard} or (standard and self.prefixes.setdefault(standard, lower) != lower):
            raise Doubt(f"{given} stands for {standard}")
        self.uris[uri] = standard
        if not self.version and lower == "http://www.w3.org/2005/atom":
            self.version = "atom10"

    def known(self, name: str) -> str:
        """feedparser's name of an element: in lower case, behind the usual prefix of its namespace and a low line."""
        uri, _, local = name.rpartition(" ")
        prefix = self.uris.get(uri) if uri else ""
        if prefix is None:
            raise Doubt(name)
        return f"{prefix}_{local.lower()}" if prefix else local.lower()

    def rebase(self, attributes: Attributes) -> None:
        base = attributes.get(XML + "base") or attributes.get("base") or ""
        if base and self.base:
            base = urljoin(self.base, base)
        if not PLAIN_ADDRESS.fullmatch(base) or urljoin(base, base) != base:
            raise Doubt(f"base {base}")
        self.base = base


def read(text: str, content_language: str | None) -> Node | None:
    """The document as feedparser would give it to parse.py, or None where that is not certain. ``text`` comes from mend.py."""
    if not text.isascii() and C1.search(text):
        return None
    try:
        return _Walk(content_language).read(text)
    except (Doubt, expat.ExpatError):
        return None
