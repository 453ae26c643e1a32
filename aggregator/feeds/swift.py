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
from typing import Any, NamedTuple
from urllib.parse import urljoin
from xml.parsers import expat

from feedparser.api import StrictFeedParser
from feedparser.util import FeedParserDict

from aggregator.feeds.markup import PLAIN_ADDRESS

Attributes = dict[str, str]
Node = dict[str, Any]

XML = "http://www.w3.org/XML/1998/namespace "
XLINK = "http://www.w3.org/1999/xlink"
USERLAND = "backend.userland.com/rss"  # anywhere in a namespace: RSS 2.0 in one of its own
# Namespaces in lower case and the prefix by which feedparser knows each, "" for those whose elements go by their bare names.
PREFIXES: Mapping[str, str] = {uri.lower(): prefix.lower() for uri, prefix in StrictFeedParser.namespaces.items() if uri}
USUAL = frozenset(PREFIXES.values()) - {""}
OLDER = frozenset({"http://purl.org/rss/1.0/", "http://my.netscape.com/rdf/simple/0.9/"})  # RSS in RDF

# Names that mean something to feedparser or to parse.py: an element of such a name is read by a rule, or is a doubt.
MEANT = frozenset(
    """
    author_detail authors category content_detail contributors enclosures entries href image license links media_content published
    publisher summary summary_detail sy_updatefrequency sy_updateperiod tags textinput title title_detail ttl updated where
    """.split()  # noqa: SIM905 - thirty words are read more easily without quotes
).union(
    FeedParserDict.keymap,
    (name.removeprefix("_start_").removeprefix("_end_").lower() for name in dir(StrictFeedParser) if name.startswith(("_start_", "_end_"))),
)
# Prefixes that have such names: feedparser goes by them whatever they are declared for.
TAKEN = frozenset(prefix for prefix in USUAL if any(name.startswith(prefix + "_") for name in MEANT))
ATTRIBUTES = frozenset(
    "about domain filesize href ispermalink label lang lastmod length mode rel scheme src term text type uri url version".split()  # noqa: SIM905
)
VERSIONS = {"0.91": "rss091u", "0.92": "rss092", "0.93": "rss093", "0.94": "rss094"}
ATOM_VERSIONS = {"0.1": "atom01", "0.2": "atom02", "0.3": "atom03"}

PLAIN, HTML = "text/plain", "text/html"
TYPES = {"text": PLAIN, "plain": PLAIN, "html": HTML, PLAIN: PLAIN, HTML: HTML}  # of texts; XHTML, base64 and others are a doubt
PAGE_TYPES = frozenset({"html", "xhtml", "text/html", "application/xhtml+xml"})  # of what a link leads to

C1 = re.compile("[\x80-\x9f]")  # read as Windows-1252 by feedparser, element by element
SEMICOLON = re.compile(r"&(\w+);", re.ASCII)  # an address whose ampersands were taken for entities


class _Doubt(Exception):
    """The document has something that only feedparser knows how to read."""


class _Rule(NamedTuple):
    """What to do with an element: at its start, with its text (collected only where wanted), the rules inside it, and at its end."""

    opened: "Callable[[_Reader, Attributes], None] | None" = None
    closed: "Callable[[_Reader, str], None] | None" = None
    inside: str = "nothing"
    left: "Callable[[_Reader], None] | None" = None


class _Names(dict[str, _Rule]):
    """Rules of one place in one document by expat's name of the element, found when first asked for."""

    __slots__ = ("reader", "rules")

    def __init__(self, reader: "_Reader", rules: Mapping[str, _Rule] | None) -> None:
        super().__init__()
        self.reader, self.rules = reader, rules

    def __missing__(self, name: str) -> _Rule:
        known = self.reader.known(name)
        if self.rules is None:
            raise _Doubt(f"{known} in a text")
        rule = self.rules.get(known)
        if rule is None:
            if known in MEANT:
                raise _Doubt(known)
            rule = STRANGER if self.rules is PLACES["author"] else IGNORED
        self[name] = rule
        return rule


class _Reader:
    """The state of one document; ``context`` is what the elements of the moment belong to, the feed or its last entry."""

    __slots__ = (
        "base",
        "closes",
        "context",
        "depth",
        "depths",
        "entries",
        "feed",
        "has_content",
        "in_entry",
        "is_content",
        "is_permalink",
        "in_words",
        "kind",
        "names",
        "parser",
        "parts",
        "person",
        "prefixes",
        "stack",
        "table",
        "text_link",
        "title_depth",
        "uris",
        "version",
    )

    def __init__(self, language: str | None) -> None:
        self.feed: Node = {"language": language.replace("_", "-")} if language else {}
        self.entries: list[Node] = []
        self.version = ""
        self.context, self.in_entry = self.feed, False
        self.depths: dict[str, int] = {}
        self.base, self.kind, self.title_depth, self.depth = "", "", -1, 0
        self.has_content = self.is_content = self.is_permalink = self.text_link = self.in_words = False
        self.person: Node | None = None
        self.parts: list[str] = []
        self.uris: dict[str, str] = {}  # of namespaces -> their prefix; "" for those of bare names
        self.prefixes: dict[str, str] = {}
        self.names = {place: _Names(self, rules) for place, rules in PLACES.items()}
        self.table = self.names["document"]
        self.stack: list[tuple[_Rule, list[str], str, _Names]] = []
        self.parser = parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.StartNamespaceDeclHandler = self.declare
        parser.StartDoctypeDeclHandler = self.refuse

    def read(self, text: str) -> Node:
        self.parser.Parse(text, True)
        return {"bozo": False, "version": self.version, "feed": self.feed, "entries": self.entries}

    # ---- what expat calls

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
        raise _Doubt("a DTD")

    def declare(self, prefix: str | None, uri: str | None) -> None:
        """Take up a namespace; a doubt where feedparser, which goes by prefixes, could take its elements for others."""
        if not uri:
            return
        lower = uri.lower()
        given = (prefix or "").lower()
        if lower in OLDER or len(uri.split()) != 1 or (uri == XLINK and self.stack):
            raise _Doubt(f"the namespace {uri}")
        if self.prefixes.setdefault(given, lower) != lower and given:
            raise _Doubt(f"{given} stands for two namespaces")
        standard = "" if USERLAND in lower else PREFIXES.get(lower)
        if standard is None:
            standard = given
            if given in TAKEN or self.uris.get(uri, given) != given:
                raise _Doubt(f"{given} stands for {uri}")
        elif given in USUAL - {standard}:
            raise _Doubt(f"{given} stands for {standard}")
        self.uris[uri] = standard
        if not self.version and lower == "http://www.w3.org/2005/atom":
            self.version = "atom10"

    # ---- names and attributes

    def known(self, name: str) -> str:
        """feedparser's name of an element: in lower case, behind the usual prefix of its namespace and a low line."""
        uri, _, local = name.rpartition(" ")
        prefix = self.uris.get(uri) if uri else ""
        if prefix is None:
            raise _Doubt(name)
        return f"{prefix}_{local.lower()}" if prefix else local.lower()

    def rebase(self, attributes: Attributes) -> None:
        base = attributes.get(XML + "base") or attributes.get("base") or ""
        if base and self.base:
            base = urljoin(self.base, base)
        if not PLAIN_ADDRESS.fullmatch(base) or urljoin(base, base) != base:
            raise _Doubt(f"base {base}")
        self.base = base

    def joined(self, address: str) -> str:
        if ":///" in address:
            raise _Doubt(address)
        try:
            return urljoin(self.base, address) if self.base else address
        except ValueError:
            raise _Doubt(address) from None

    # ---- texts

    def finished(self, text: str) -> str:
        """The text as feedparser leaves it, but for text that was encoded twice, which it mends."""
        if not text.isascii():
            try:
                text.encode("latin-1").decode("utf-8")
            except UnicodeError:
                return text
            raise _Doubt("text that was encoded twice")
        return text

    def typed(self, attributes: Attributes, usual: str) -> None:
        """Set the type of the text that begins."""
        self.kind = usual
        if attributes:
            named = lowered(attributes)
            if "mode" in named and named["mode"] not in ("xml", "escaped"):
                raise _Doubt("base64")
            kind = named.get("type")
            if kind is not None:
                if kind not in TYPES:
                    raise _Doubt(f"text of type {kind}")
                self.kind = TYPES[kind]

    def guessed(self, text: str) -> str:
        """Set the type of a text that says it is plain, as feedparser guesses it."""
        text = self.finished(text)
        marked_up = self.kind == PLAIN and ("</" in text or "&" in text) and not self.version.startswith("atom")
        if marked_up and StrictFeedParser.looks_like_html(text):
            self.kind = HTML
        return text

    def store(self, name: str, text: str) -> None:
        """The last one counts, of those in the entry itself before those deeper in it."""
        if self.in_entry:
            if self.depth > self.depths.get(name, self.depth):
                return
            self.depths[name] = self.depth
        self.context[name] = text

    def open_title(self, attributes: Attributes) -> None:
        self.typed(attributes, PLAIN)

    def close_title(self, text: str) -> None:
        """The first one with a text counts, unless a picture, a text field or a source came between."""
        text = self.guessed(text)
        if not -1 < self.title_depth <= self.depth:
            self.store("title", text)
            self.context["title_detail"] = {"type": self.kind}
        if text:
            self.title_depth = self.depth

    def close_media_title(self, text: str) -> None:
        before = self.title_depth
        self.close_title(text)
        self.title_depth = before

    def close_part_title(self, text: str) -> None:
        """The title of a picture, a text field or a source: it is not kept, but counts."""
        if self.finished(text):
            self.title_depth = self.depth

    def open_part(self, _attributes: Attributes) -> None:
        self.title_depth = -1

    def open_description(self, attributes: Attributes) -> None:
        self.is_content = "summary" in self.context and not self.has_content
        self.typed(attributes, PLAIN if self.is_content else HTML)
        self.has_content |= self.is_content

    def open_summary(self, attributes: Attributes) -> None:
        self.open_description(attributes)
        if not self.is_content:
            self.typed(attributes, PLAIN)

    def close_description(self, text: str) -> None:
        if self.is_content:
            self.close_content(text)
        elif self.in_entry:
            self.close_summary(text)

    def close_summary(self, text: str) -> None:
        if self.is_content:
            self.close_content(text)
            return
        text = self.guessed(text)
        self.store("summary", text)
        self.context["summary_detail"] = {"type": self.kind, "base": self.base}

    def open_content(self, attributes: Attributes) -> None:
        self.has_content = True
        self.typed(attributes, PLAIN)

    def open_encoded(self, attributes: Attributes) -> None:
        self.has_content = True
        self.typed(attributes, HTML)

    def close_content(self, text: str) -> None:
        text = self.guessed(text)
        if self.in_entry:
            self.context.setdefault("content", []).append({"type": self.kind, "base": self.base, "value": text})
        self.context.setdefault("summary", text)

    # ---- entries and what is in them

    def open_entry(self, attributes: Attributes) -> None:
        if attributes and not lowered(attributes).keys().isdisjoint({"href", "lastmod"}):
            raise _Doubt("an entry of the channel definition format")
        self.context, self.in_entry, self.depths, self.title_depth, self.in_words = {}, True, {}, -1, False
        self.entries.append(self.context)

    def leave_entry(self) -> None:
        self.context, self.in_entry, self.has_content = self.feed, False, False

    def open_id(self, attributes: Attributes) -> None:
        self.is_permalink = not attributes or lowered(attributes).get("ispermalink", "true") == "true"

    def close_id(self, text: str) -> None:
        if self.is_permalink and text:
            text = self.joined(text)
        text = self.finished(text)
        self.store("id", text)
        if self.is_permalink:
            self.context.setdefault("link", text)

    def open_link(self, attributes: Attributes) -> None:
        named = lowered(attributes)
        relation = named.setdefault("rel", "alternate")
        kind = named.setdefault("type", "application/atom+xml" if relation == "self" else "text/html")
        href = named.get("url", named.get("uri", named.get("href")))
        if href:
            named["href"] = href
        links = self.context.get("links")
        if links is None:
            links = self.context["links"] = []
        links.append(named)
        self.text_link = "href" not in named
        if not self.text_link:
            named["href"] = self.joined(named["href"])
            if relation == "alternate" and kind in PAGE_TYPES:
                self.context["link"] = named["href"]

    def close_link(self, text: str) -> None:
        if not self.text_link:
            return
        if text:
            text = self.joined(text)
        text = self.finished(text)
        if "&" in text:
            if self.in_entry:
                text = text.replace("&amp;", "&")
            text = SEMICOLON.sub(r"&\1", text)
        self.context["link"] = text
        if text or not self.in_entry:
            self.context["links"][-1]["href"] = text

    def open_enclosure(self, attributes: Attributes) -> None:
        named = lowered(attributes)
        href = named.get("url", named.get("uri", named.get("href")))
        if href:
            named["href"] = href
        named["rel"] = "enclosure"
        self.context.setdefault("links", []).append(named)

    def open_medium(self, attributes: Attributes) -> None:
        if self.in_entry:
            self.context.setdefault("media_content", []).append(lowered(attributes))

    def close_published(self, text: str) -> None:
        self.store("published", self.finished(text))

    def close_updated(self, text: str) -> None:
        self.store("updated", self.finished(text))

    def close_created(self, text: str) -> None:
        self.store("created", self.finished(text))

    # ---- authors

    def open_author(self, _attributes: Attributes) -> None:
        self.person = None

    def close_author(self, text: str) -> None:
        """An author in words or in parts. Parts after words and addresses of several are a doubt: feedparser lets them pass from one
        to another."""
        authors = self.context.setdefault("authors", [])
        person = self.person
        if person is None:
            author = self.finished(text)
            person = {"name": author} if author else {}
            self.in_words |= bool(author)
        else:
            name, address = person.get("name"), person.get("email")
            if text or self.in_words or (authors and not name):
                raise _Doubt("an author of several parts")
            author = f"{name} ({address})" if name and address else name or address or ""
        authors.append(person)
        self.store("author", author)
        if len(authors) > 1 and any("@" in (one.get("name") or one.get("email") or "") for one in authors):
            raise _Doubt("addresses of several authors")

    def close_name(self, text: str) -> None:
        self.part_of_person("name", text)

    def close_email(self, text: str) -> None:
        self.part_of_person("email", text)

    def close_uri(self, text: str) -> None:
        self.part_of_person("href", text)

    def close_stranger(self, text: str) -> None:
        if text:
            raise _Doubt("text in an author's unknown part")
        self.part_of_person("", "")

    def part_of_person(self, name: str, text: str) -> None:
        """Take up a part of the author and go on to collect the text around it."""
        if self.person is None:
            self.person = {}
        self.person[name] = text
        self.parser.CharacterDataHandler = self.stack[-2][1].append

    # ---- tags

    def open_category(self, attributes: Attributes) -> None:
        named = lowered(attributes) if attributes else attributes
        self.tag(named.get("term"), named.get("scheme", named.get("domain")), named.get("label"))

    def open_media_category(self, attributes: Attributes) -> None:
        named = lowered(attributes)
        self.tag(named.get("term"), named.get("scheme", "http://search.yahoo.com/mrss/category_schema"), named.get("label"))

    def open_itunes_category(self, attributes: Attributes) -> None:
        self.tag(lowered(attributes).get("text"), "http://www.itunes.com/", None)

    def close_category(self, text: str) -> None:
        if not text:
            return
        text = self.finished(text)
        tags = self.context["tags"]
        if tags and not tags[-1]["term"]:
            tags[-1]["term"] = text
        else:
            self.tag(text, None, None)

    def open_keywords(self, attributes: Attributes) -> None:
        if attributes:
            raise _Doubt("keywords with attributes")

    def close_media_keywords(self, text: str) -> None:
        for word in self.finished(text).split(","):
            if word.strip():
                self.tag(word.strip(), None, None)

    def close_itunes_keywords(self, text: str) -> None:
        for word in self.finished(text).split(","):
            if word.strip():
                self.tag(word.strip(), "http://www.itunes.com/", None)

    def tag(self, term: str | None, scheme: str | None, label: str | None) -> None:
        tags = self.context.setdefault("tags", [])
        if term or scheme or label:
            value = {"term": term, "scheme": scheme, "label": label}
            if value not in tags:
                tags.append(value)

    # ---- the feed itself

    def open_rss(self, attributes: Attributes) -> None:
        version = self.open_root(attributes).get("version", "")
        self.version = VERSIONS.get(version) or ("rss20" if version.startswith("2.") else "rss")

    def open_feed(self, attributes: Attributes) -> None:
        named = self.open_root(attributes)
        self.version = self.version or ATOM_VERSIONS.get(named.get("version", "")) or "atom"

    def open_root(self, attributes: Attributes) -> Attributes:
        language = attributes.get(XML + "lang", attributes.get("lang"))
        if language:
            self.feed["language"] = language.replace("_", "-")
        return lowered(attributes)

    def open_channel(self, attributes: Attributes) -> None:
        if attributes and not lowered(attributes).keys().isdisjoint({"href", "lastmod"}):
            raise _Doubt("a channel of the channel definition format")

    def close_language(self, text: str) -> None:
        self.context["language"] = self.finished(text)

    def open_plain(self, attributes: Attributes) -> None:
        """Something that feedparser keeps under the element's name, but for its attributes where it has some."""
        if attributes:
            raise _Doubt("attributes where there should be none")

    def close_ttl(self, text: str) -> None:
        self.context["ttl"] = self.finished(text)

    def close_period(self, text: str) -> None:
        self.context["sy_updateperiod"] = self.finished(text)

    def close_frequency(self, text: str) -> None:
        self.context["sy_updatefrequency"] = self.finished(text)


def lowered(attributes: Attributes) -> Attributes:
    """Attributes by their names in lower case, as feedparser has them; without those of namespaces, which are a doubt if they could
    be taken for one that is read."""
    named: Attributes = {}
    for key, value in attributes.items():
        if " " in key:
            if not key.startswith(XML) and key.rpartition(" ")[2].lower() in ATTRIBUTES:
                raise _Doubt(key)
            continue
        key = key.lower()
        named[key] = value.lower() if key in ("rel", "type") else value
    return named


IGNORED = _Rule(inside="ignored")
STRANGER = _Rule(None, _Reader.close_stranger, "nothing")
TITLE = _Rule(_Reader.open_title, _Reader.close_title)
MEDIA_TITLE = _Rule(_Reader.open_title, _Reader.close_media_title)
DESCRIPTION = _Rule(_Reader.open_description, _Reader.close_description)
SUMMARY = _Rule(_Reader.open_summary, _Reader.close_summary)
ENCODED = _Rule(_Reader.open_encoded, _Reader.close_content)
ID = _Rule(_Reader.open_id, _Reader.close_id)
LINK = _Rule(_Reader.open_link, _Reader.close_link)
LANGUAGE = _Rule(None, _Reader.close_language)
PUBLISHED = _Rule(None, _Reader.close_published)
UPDATED = _Rule(None, _Reader.close_updated)
CREATED = _Rule(None, _Reader.close_created)
AUTHOR = _Rule(_Reader.open_author, _Reader.close_author, "author")
CATEGORY = _Rule(_Reader.open_category, _Reader.close_category)
MEDIUM = _Rule(_Reader.open_medium, None, "medium")
ENTRY = _Rule(_Reader.open_entry, None, "entry", _Reader.leave_entry)
LEAF = _Rule()  # an element that feedparser knows and parse.py does not read
PART_TITLE = _Rule(None, _Reader.close_part_title)


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
    "content": _Rule(_Reader.open_content, _Reader.close_content),
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
        "rss": _Rule(_Reader.open_rss, None, "rss"),
        "feed": _Rule(_Reader.open_feed, None, "feed"),
    },
    "rss": {"channel": _Rule(_Reader.open_channel, None, "feed")},
    "feed": {
        **TEXTS,
        **_leaves("pubdate published issued updated modified lastbuilddate created dc_date dcterms_created"),
        **_leaves("dcterms_issued dcterms_modified category dc_subject keywords media_category itunes_keywords media_keywords cloud"),
        **_leaves("info feedburner_browserfriendly admin_generatoragent admin_errorreportsto"),
        **dict.fromkeys(("author", "managingeditor", "dc_author", "dc_creator", "itunes_author", "itunes_owner"), _Rule(inside="person")),
        "itunes_category": _Rule(inside="itunes_categories"),
        "language": LANGUAGE,
        "dc_language": LANGUAGE,
        "ttl": _Rule(_Reader.open_plain, _Reader.close_ttl),
        "sy_updateperiod": _Rule(_Reader.open_plain, _Reader.close_period),
        "sy_updatefrequency": _Rule(_Reader.open_plain, _Reader.close_frequency),
        "image": _Rule(_Reader.open_part, None, "image"),
        "textinput": _Rule(_Reader.open_part, None, "textinput"),
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
        "media_category": _Rule(_Reader.open_media_category, _Reader.close_category),
        "itunes_category": _Rule(_Reader.open_itunes_category, _Reader.close_category),
        "media_keywords": _Rule(_Reader.open_keywords, _Reader.close_media_keywords),
        "itunes_keywords": _Rule(_Reader.open_keywords, _Reader.close_itunes_keywords),
        "enclosure": _Rule(_Reader.open_enclosure),
        "image": _Rule(_Reader.open_part),
        "source": _Rule(_Reader.open_part, None, "source"),
    },
    "medium": {
        "media_title": MEDIA_TITLE,
        "media_description": DESCRIPTION,
        "media_content": MEDIUM,
        **_leaves("media_thumbnail media_credit media_rating media_restriction media_license media_player"),
    },
    "author": {
        "name": _Rule(None, _Reader.close_name),
        "email": _Rule(None, _Reader.close_email),
        **dict.fromkeys(("uri", "url", "homepage"), _Rule(None, _Reader.close_uri)),
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


def read(text: str, content_language: str | None) -> Node | None:
    """The document as feedparser would give it to parse.py, or None where that is not certain. ``text`` comes from mend.py."""
    if not text.isascii() and C1.search(text):
        return None
    try:
        return _Reader(content_language).read(text)
    except (_Doubt, expat.ExpatError):
        return None
