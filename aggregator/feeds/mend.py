"""Bytes of a feed -> text that a parser can read: the character encoding, and the breakages that feeds are known for.

What feedparser would misread is put right before it sees the text: control characters, references to characters that do not
exist, bare ampersands and undeclared entities, a DTD (whose entities are expanded here within a budget), junk before the
document. A mended document usually parses strictly, which is both faster and more faithful than the loose parser.
"""

import codecs
import html.entities
import re
from dataclasses import dataclass

MARKS = (  # longest first: the mark of UTF-32LE begins with that of UTF-16LE
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
)
# XML 1.0 appendix F: the first bytes of "<?xml" where there is no mark.
FIRST_BYTES = (
    (b"\x00\x00\x00<", "utf-32-be"),
    (b"<\x00\x00\x00", "utf-32-le"),
    (b"\x00<\x00?", "utf-16-be"),
    (b"<\x00?\x00", "utf-16-le"),
    (b"\x00<\x00r", "utf-16-be"),
    (b"<\x00r\x00", "utf-16-le"),
    (b"\x4c\x6f\xa7\x94", "cp037"),
)
# What a label means in practice: the superset that its users write.
SUPERSETS = {"gb2312": "gb18030", "gbk": "gb18030", "iso-8859-1": "cp1252", "latin-1": "cp1252", "us-ascii": "cp1252", "ascii": "cp1252"}
WIDE = re.compile(r"utf-?(16|32)|ucs-?[24]|iso-10646", re.IGNORECASE)
CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
# What texts of a language were written in before UTF-8, and still are where a label was changed and the bytes were not
# (HTML standard, section 13.2.3.2, the table of default encodings by locale); others are taken as Windows-1252.
LEGACY = {
    **dict.fromkeys(("be", "bg", "kk", "ky", "mk", "ru", "sr", "tg", "tt", "uk"), "cp1251"),
    **dict.fromkeys(("cs", "hr", "sk"), "cp1250"),
    **dict.fromkeys(("hu", "pl", "sl"), "iso8859-2"),
    **dict.fromkeys(("et", "lt", "lv"), "cp1257"),
    **dict.fromkeys(("az", "ku", "tr"), "cp1254"),
    **{"ar": "cp1256", "el": "iso8859-7", "fa": "cp1256", "he": "cp1255", "ja": "shift_jis", "ko": "euc-kr", "th": "cp874", "vi": "cp1258"},
    "zh": "gb18030",
}
LANGUAGE = re.compile(rb"(?:<(?:dc:)?language>\s*|\sxml:lang\s*=\s*[\"'])([A-Za-z]{2,3})\b", re.IGNORECASE)
DECLARED = re.compile(rb"^\s*<\?xml[^>]*?encoding\s*=\s*[\"']([\w.:-]+)[\"']", re.IGNORECASE)

CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff]")
DECLARATION = re.compile(r"\s*<\?xml\b[^>]*\?>", re.IGNORECASE)
ROOT = re.compile(r"<(?:\w+:)?(?:rss|rdf|feed|channel|opml|html|urlset|sitemapindex)\b", re.IGNORECASE)
DOCTYPE = re.compile(r"<!DOCTYPE[^\[>]*(?:\[(.*?)\]\s*)?>", re.IGNORECASE | re.DOTALL)
ENTITY = re.compile(r"<!ENTITY\s+([\w.:-]+)\s+(?:\"([^\"]*)\"|'([^']*)')\s*>", re.IGNORECASE)
CDATA = re.compile(r"(<!\[CDATA\[.*?\]\]>|<!--.*?-->)", re.DOTALL)
# All but those that XML knows, which are left as they are and make nearly all references of a feed.
REFERENCE = re.compile(r"&(?!(?-i:lt|gt|amp|quot|apos);)(?:#(x[0-9a-f]*|\d*);?|([\w.:-]+);)?", re.IGNORECASE)

# Tags so long that their attributes may be many: the parser's time grows with the square of their number.
LONG_TAG = re.compile(r"<([\w.:-]+)\s[^<>]{4000,}>")
MAX_ATTRIBUTES = 200

BUDGET = 1_000_000  # characters that the entities of a DTD may expand to in one document
DEPTH = 8  # entities within entities


@dataclass(frozen=True, slots=True)
class Mended:
    """Text of a document, without its XML declaration and DTD; ``warnings`` say what was put right."""

    text: str
    warnings: tuple[str, ...] = ()


def decode(body: bytes, content_type: str | None) -> Mended:
    """Return the text of the bytes: byte order mark, then the header's charset, then the XML declaration, then UTF-8.

    A label is not believed where the bytes are plainly UTF-8, nor one that says UTF-8 where they are plainly not: then the language
    that the document names tells the encoding. Single bytes that are no UTF-8 are read as Windows-1252.
    """
    for mark, encoding in MARKS:
        if body.startswith(mark):
            return Mended(body[len(mark) :].decode(encoding, "replace"))
    for first, encoding in FIRST_BYTES:
        if body.startswith(first):
            return Mended(body.decode(encoding, "replace"))
    labels = []
    if match := CHARSET.search(content_type or ""):
        labels.append(match[1].lower())
    if declared := DECLARED.match(body[:1000]):
        labels.append(declared[1].decode("ascii").lower())
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        return Mended(text if not _is_seven_bit(body, labels) else body.decode(labels[0], "replace"))
    warnings: list[str] = []
    for label in labels:
        if label.replace("_", "-") in ("utf-8", "utf8") or WIDE.match(label):
            continue
        try:
            return Mended(body.decode(SUPERSETS.get(label, label)), tuple(warnings))
        except LookupError:
            warnings.append(f"the character encoding {label[:30]!r} is not known")
        except UnicodeDecodeError:
            warnings.append(f"the text is not all in {label[:30]}, as it says it is")
    legacy = _legacy(body)
    if legacy:
        warnings.append(f"bytes that are not UTF-8 were read as {legacy}, which is usual for the feed's language")
        return Mended(body.decode(legacy, "replace"), tuple(warnings))
    return Mended(body.decode("utf-8", "frontwire-cp1252"), (*warnings, "bytes that are not UTF-8 were read as Windows-1252"))


def _legacy(body: bytes) -> str | None:
    """The encoding that goes with the document's language, if more of its bytes are broken UTF-8 than whole."""
    language = LANGUAGE.search(body[:5000])
    name = LEGACY.get(language[1].decode("ascii").lower()) if language else None
    text = body.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    whole = sum(character > "\x7f" for character in text) - broken
    return name if broken > whole else None


def _is_seven_bit(body: bytes, labels: list[str]) -> bool:
    """Whether the bytes are ASCII only because their encoding is (ISO-2022-JP, HZ, UTF-7): then the label must be believed."""
    return bool(labels) and labels[0].startswith(("iso-2022", "hz")) and body.isascii()


def _as_cp1252(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    bad = error.object[error.start : error.end]
    if len(bad) == 3 and bad[0] == 0xED:  # a surrogate written in UTF-8 by a faulty encoder
        return "\ufffd", error.end
    return bad.decode("cp1252", "replace"), error.end


codecs.register_error("frontwire-cp1252", _as_cp1252)


def mend(text: str) -> Mended:
    """Return the document without declaration and DTD, and with every reference one that an XML parser knows."""
    warnings: list[str] = []
    clean = CONTROL.sub("", text)
    if clean != text:
        warnings.append("control characters were removed")
    clean = clean.lstrip()
    head = ROOT.search(clean)
    start = head.start() if head else 0
    prologue, clean = clean[:start], clean[start:]
    doctype = DOCTYPE.search(prologue)
    entities = _entities(doctype[1] or "") if doctype else {}
    before = DOCTYPE.sub("", DECLARATION.sub("", CDATA.sub("", prologue)))
    before = re.sub(r"<\?.*?\?>", "", before, flags=re.DOTALL).strip()
    if head and before:
        warnings.append("text before the document was skipped")
    if not head:
        clean = DECLARATION.sub("", clean)
    clean = LONG_TAG.sub(_fewer_attributes, clean)
    if "&" in clean:
        expander = _Expander(entities)
        parts = CDATA.split(clean)
        parts[::2] = [REFERENCE.sub(expander, part) for part in parts[::2]]
        clean = "".join(parts)
        if expander.left < 0:
            warnings.append("the document's own entities expand to too much text and were dropped")
    return Mended(clean, tuple(warnings))


def _fewer_attributes(tag: "re.Match[str]") -> str:
    if tag[0].count("=") <= MAX_ATTRIBUTES:
        return tag[0]
    return f"<{tag[1]}/>" if tag[0].endswith("/>") else f"<{tag[1]}>"


def _entities(subset: str) -> dict[str, str]:
    """Internal entities of a DTD; external ones and parameter entities are not read."""
    return {name: double or single for name, double, single in ENTITY.findall(subset)}


class _Expander:
    """Replaces one reference: by its text, or by an escaped ampersand where it is none."""

    def __init__(self, entities: dict[str, str]) -> None:
        self.entities, self.left = entities, BUDGET

    def __call__(self, match: "re.Match[str]", depth: int = 0) -> str:
        number, name = match[1], match[2]
        if number is not None:
            return _character(number, match[0])
        if name is None:
            return "&amp;" + match[0][1:]
        if name in self.entities:
            return self._expand(name, depth)
        if (character := html.entities.html5.get(name + ";")) is not None:
            return "".join(f"&#{ord(c)};" if c in "<>&" else c for c in character)
        return "&amp;" + match[0][1:]

    def _expand(self, name: str, depth: int) -> str:
        value = self.entities[name]
        self.left -= len(value)
        if depth >= DEPTH or self.left < 0:
            return ""
        return REFERENCE.sub(lambda inner: self(inner, depth + 1), value)


def _character(number: str, whole: str) -> str:
    """A reference by number, if there is such a character in XML; the C1 range means Windows-1252, as browsers read it."""
    digits = number[1:] if number[0:1] in ("x", "X") else number
    if not digits:
        return "&amp;" + whole[1:]
    if len(digits) > 8:
        return ""
    code = int(digits, 16 if number[0] in ("x", "X") else 10)
    if 0x80 <= code <= 0x9F:
        code = ord(bytes([code]).decode("cp1252", "replace"))
    if code > 0x10FFFF or CONTROL.match(chr(code)):
        return ""
    return f"&#{code};"
