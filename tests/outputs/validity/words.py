"""Rules on words in RSS and Atom: languages, persons, letters, places, HTML and text that is none."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

from tests.outputs.validity.document import LANGUAGE, Document, Level, name_of, parent_of, rule, value_of


@rule("InvalidLanguage", "RFC 5646, 2.1", "rss atom")
def languages(document: Document) -> Iterator[object]:
    found = [value_of(each) for each in document.named("language", "dc:language")]
    found += [each.get(name) or "" for each in document.elements for name in ("hreflang", _LANG) if each.get(name) is not None]
    yield from (text for text in found if not LANGUAGE.fullmatch(text))


_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_ADDRESS = re.compile(r"[^@\s]+@[^@\s.]+(?:\.[^@\s.]+)+")


def _persons(document: Document) -> Iterator[str]:
    return (value_of(each) for each in document.named("author", "managingEditor", "webMaster"))


@rule("InvalidContact", "RSS 2.0: author, managingEditor, webMaster", "rss")
def mail_addresses(document: Document) -> Iterator[object]:
    yield from (text for text in _persons(document) if not _ADDRESS.search(text))


@rule("EmailFormat", "RSS Advisory Board, best practices: author", "rss", Level.WARNING)
def mail_addresses_with_names(document: Document) -> Iterator[object]:
    yield from (text for text in _persons(document) if _ADDRESS.search(text) and not re.fullmatch(rf"{_ADDRESS.pattern} \([^()]+\)", text))


@rule("InvalidAddrSpec", "RFC 4287, 3.2.3", "atom")
def mail_of_persons(document: Document) -> Iterator[object]:
    yield from (value_of(each) for each in document.named("atom:email") if not _ADDRESS.fullmatch(value_of(each)))


@rule("NotBlank", "RSS Advisory Board, best practices; RFC 4287, 3.2.1", "rss atom", Level.WARNING)
def words(document: Document) -> Iterator[object]:
    filled = ("title", "category", "guid", "source", "dc:creator", "dc:language", "generator", "georss:featureName")
    found = document.named(*filled, *(f"atom:{name}" for name in ("title", "name", "id", "generator")))
    yield from (name_of(each) for each in found if not value_of(each).strip())
    yield from (each.attrib for each in document.named("atom:category") if not each.get("term", "x").strip())


@rule("BadCharacters", "XML 1.0, 2.2, note", "rss atom", Level.WARNING)
def letters(document: Document) -> Iterator[object]:
    for each in document.elements:
        for text in (each.text, *(child.tail for child in each), *each.attrib.values()):
            yield from re.findall("[\x7f-\x84\x86-\x9f\ufdd0-\ufdef\ufffd]", str(text or ""))


@rule("InvalidCoord", "GeoRSS Simple (OGC 17-002r1), 8.1", "rss atom")
def points(document: Document) -> Iterator[object]:
    for text in map(value_of, document.named("georss:point")):
        pair = text.replace(",", " ").split()
        sound = len(pair) == 2 and all(re.fullmatch(r"-?\d+(?:\.\d+)?", part) for part in pair)
        if not sound or abs(float(pair[0])) > 90 or abs(float(pair[1])) > 180:
            yield text


@rule("CoordComma", "GeoRSS Simple (OGC 17-002r1), 8.1", "rss atom", Level.WARNING)
def points_by_space(document: Document) -> Iterator[object]:
    yield from (value_of(each) for each in document.named("georss:point") if "," in value_of(each))


_HARMLESS = (
    "a abbr address article aside audio b bdi bdo blockquote br caption cite code col colgroup dd del details dfn div dl dt em figcaption "
    "figure footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark ol p picture pre q rp rt ruby s samp section small source span "
    "strong sub summary sup table tbody td tfoot th thead time tr track u ul var video wbr"
)
_HARMFUL = "applet base body button embed form frame frameset head html iframe input link meta object script select style svg"
_HTML = {*_HARMLESS.split(), *_HARMFUL.split(), "title", "textarea", "font", "center"}
_VOID = {"br", "hr", "img", "source", "track", "wbr", "col", "input", "base", "link", "meta", "embed", "frame"}
_STYLE = re.compile(r"url\(|expression|position|behavior|@import|-moz-binding", re.IGNORECASE)


class Html(HTMLParser):
    """What is wrong with a fragment, by the name of the rule."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()
        self.found += [("NotHtml", f"<{tag}> is not closed") for tag in self.open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _HTML:
            self.found.append(("NotHtml", tag))
        if tag in _HARMFUL.split():
            self.found.append(("SecurityRisk", tag))
        if tag not in _VOID:
            self.open.append(tag)
        for name, value in attrs:
            text = (value or "").strip()
            if name.startswith("on") or text.lower().startswith(("javascript:", "vbscript:")):
                self.found.append(("SecurityRiskAttr", f"{name}={text}"))
            if name == "style" and _STYLE.search(text):
                self.found.append(("DangerousStyleAttr", text))
            if name in ("href", "src") and not re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", text):
                self.found.append(("ContainsRelRef", text))

    def handle_endtag(self, tag: str) -> None:
        if self.open and self.open[-1] == tag:
            self.open.pop()
        else:
            self.found.append(("NotHtml", f"</{tag}> without <{tag}>"))


def _html(document: Document) -> Iterator[str]:
    for each in document.named("description", "atom:content", "atom:summary"):
        if parent_of(each) == "item" or each.get("type") == "html":
            yield value_of(each)


def _on_html(name: str, source: str, level: Level) -> None:
    @rule(name, source, "rss atom", level)
    def check(document: Document) -> Iterator[object]:
        yield from (detail for text in _html(document) for found, detail in Html(text).found if found == name)


_on_html("NotHtml", "HTML; RFC 4287, 3.1.1.2", Level.WARNING)
_on_html("SecurityRisk", "RFC 4287, 8.1", Level.WARNING)
_on_html("SecurityRiskAttr", "RFC 4287, 8.1", Level.WARNING)
_on_html("DangerousStyleAttr", "RFC 4287, 8.1", Level.WARNING)
_on_html("ContainsRelRef", "RSS Advisory Board, best practices: relative URLs", Level.WARNING)

_PLAIN = ("title", "category", "source", "atom:title", "atom:subtitle")


@rule("ContainsHTML", "RSS Advisory Board, best practices: character data", "rss", Level.WARNING)
@rule("ContainsUndeclaredHTML", "RFC 4287, 3.1.1.1", "atom", Level.WARNING)
def no_html_in_words(document: Document) -> Iterator[object]:
    for each in document.named(*_PLAIN, "description"):
        if (name_of(each) != "description" or parent_of(each) == "channel") and each.get("type", "text") == "text":
            yield from (tag for tag in re.findall(r"</(\w+)>", value_of(each)) if tag.lower() in _HTML)


@rule("CharacterData", "RSS Advisory Board, best practices: character data", "rss", Level.WARNING)
def hexadecimal(document: Document) -> Iterator[object]:
    for _, text in re.findall(r"<(title|category|source|dc:creator)\b[^>]*>(.*?)</\1>", document.text, re.DOTALL):
        yield from re.findall(r"&lt;|&amp;|<!\[CDATA\[", text)


@rule("InvalidTextType", "RFC 4287, 3.1.1", "atom")
def text_types(document: Document) -> Iterator[object]:
    found = document.named("atom:title", "atom:subtitle", "atom:summary", "atom:rights")
    yield from (each.get("type") for each in found if each.get("type", "text") not in ("text", "html", "xhtml"))
