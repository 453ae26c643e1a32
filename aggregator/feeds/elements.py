"""What each well-known element of a feed does to the feed and its entries, by feedparser's rules."""

import re
from typing import Any
from urllib.parse import urljoin
from xml.parsers import expat

from feedparser.api import StrictFeedParser

from aggregator.feeds.wellknown import XML, Attributes, Doubt, lowered

Node = dict[str, Any]

VERSIONS = {"0.91": "rss091u", "0.92": "rss092", "0.93": "rss093", "0.94": "rss094"}
ATOM_VERSIONS = {"0.1": "atom01", "0.2": "atom02", "0.3": "atom03"}


PLAIN, HTML = "text/plain", "text/html"
TYPES = {"text": PLAIN, "plain": PLAIN, "html": HTML, PLAIN: PLAIN, HTML: HTML}  # of texts; XHTML, base64 and others are a doubt
PAGE_TYPES = frozenset({"html", "xhtml", "text/html", "application/xhtml+xml"})  # of what a link leads to

SEMICOLON = re.compile(r"&(\w+);", re.ASCII)  # an address whose ampersands were taken for entities


class Elements:
    """The state of one document; ``context`` is what the elements of the moment belong to, the feed or its last entry.

    ``open_…`` is called where an element begins, ``close_…`` with its text where it ends, and ``depth`` is how deep it stands then.
    """

    __slots__ = (
        "around",
        "base",
        "context",
        "depth",
        "depths",
        "entries",
        "feed",
        "has_content",
        "in_entry",
        "in_words",
        "is_content",
        "is_permalink",
        "kind",
        "parser",
        "parts",
        "person",
        "text_link",
        "title_depth",
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
        self.parts: list[str] = []  # of the text that is being collected
        self.around: list[str] = []  # of the text around the parts of an author
        self.parser = expat.ParserCreate(namespace_separator=" ")

    def joined(self, address: str) -> str:
        if ":///" in address:
            raise Doubt(address)
        try:
            return urljoin(self.base, address) if self.base else address
        except ValueError:
            raise Doubt(address) from None

    # ---- texts

    def finished(self, text: str) -> str:
        """The text as feedparser leaves it, but for text that was encoded twice, which it mends."""
        if not text.isascii():
            try:
                text.encode("latin-1").decode("utf-8")
            except UnicodeError:
                return text
            raise Doubt("text that was encoded twice")
        return text

    def typed(self, attributes: Attributes, usual: str) -> None:
        """Set the type of the text that begins."""
        self.kind = usual
        if attributes:
            named = lowered(attributes)
            if "mode" in named and named["mode"] not in ("xml", "escaped"):
                raise Doubt("base64")
            kind = named.get("type")
            if kind is not None:
                if kind not in TYPES:
                    raise Doubt(f"text of type {kind}")
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
            raise Doubt("an entry of the channel definition format")
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
        self.person, self.around = None, self.parts

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
                raise Doubt("an author of several parts")
            author = f"{name} ({address})" if name and address else name or address or ""
        authors.append(person)
        self.store("author", author)
        if len(authors) > 1 and any("@" in (one.get("name") or one.get("email") or "") for one in authors):
            raise Doubt("addresses of several authors")

    def close_name(self, text: str) -> None:
        self.part_of_person("name", text)

    def close_email(self, text: str) -> None:
        self.part_of_person("email", text)

    def close_uri(self, text: str) -> None:
        self.part_of_person("href", text)

    def close_stranger(self, text: str) -> None:
        if text:
            raise Doubt("text in an author's unknown part")
        self.part_of_person("", "")

    def part_of_person(self, name: str, text: str) -> None:
        """Take up a part of the author and go on to collect the text around it."""
        if self.person is None:
            self.person = {}
        self.person[name] = text
        self.parser.CharacterDataHandler = self.around.append

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
            raise Doubt("keywords with attributes")

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
            raise Doubt("a channel of the channel definition format")

    def close_language(self, text: str) -> None:
        self.context["language"] = self.finished(text)

    def open_plain(self, attributes: Attributes) -> None:
        """Something that feedparser keeps under the element's name, but for its attributes where it has some."""
        if attributes:
            raise Doubt("attributes where there should be none")

    def close_ttl(self, text: str) -> None:
        self.context["ttl"] = self.finished(text)

    def close_period(self, text: str) -> None:
        self.context["sy_updateperiod"] = self.finished(text)

    def close_frequency(self, text: str) -> None:
        self.context["sy_updatefrequency"] = self.finished(text)
