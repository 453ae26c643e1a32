"""A page's bytes as one parsed tree: decoded once, parsed once, within limits.

Limits: ``MAX_BYTES`` of input and ``MAX_ELEMENTS`` in the tree raise ExtractError; nesting deeper than libxml2's 256 levels is cut off by
the parser itself, so that nothing downstream can recurse without end.
"""

import codecs
import re

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring
from trafilatura.utils import detect_encoding

from aggregator.errors import ExtractError
from aggregator.model import RawPage

MAX_BYTES = 8 * 1024 * 1024
MAX_ELEMENTS = 20_000
CHARSET_WINDOW = 4096  # HTML standard, 13.2.3.2: a meta charset stands in the first 1024 bytes; real pages are sloppier

_NAMED_TOO_LONG = etree.XPath("//*[string-length(@class) > 2000 or string-length(@id) > 2000]")
_DECLARED = re.compile(rb"""charset\s*=\s*["']?\s*([A-Za-z0-9_:.\-]{2,40})""", re.IGNORECASE)
_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,200}\?>")
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
# HTML standard, 4.2.4 of the Encoding standard: labels that mean a superset in practice.
_SUPERSETS = {"iso8859-1": "cp1252", "ascii": "cp1252", "gb2312": "gb18030", "gbk": "gb18030"}


def decode(page: RawPage) -> str:
    """The page as text: byte order mark, valid UTF-8, the declared charset, then a guess from the bytes; never fails."""
    body = page.body
    for mark, name in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(name, "replace")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        pass
    header = _DECLARED.search((page.content_type or "").encode("ascii", "ignore"))
    for found in (header, _DECLARED.search(body[:CHARSET_WINDOW])):
        declared = _codec(found.group(1).decode("ascii")) if found else None
        if declared and declared != "utf-8":
            return body.decode(declared, "replace")
        if declared and _nearly_utf8(body):
            return body.decode("utf-8", "replace")
    for guess in detect_encoding(body):
        codec = _codec(guess)
        if codec:
            return body.decode(codec, "replace")
    return body.decode("cp1252", "replace")


def parse(page: RawPage) -> HtmlElement | None:
    """The page's tree, or None where there is nothing to parse. Raises ExtractError over the limits."""
    if len(page.body) > MAX_BYTES:
        raise ExtractError(f"The page has {len(page.body):,} bytes; at most {MAX_BYTES:,} are read.", page.url)
    text = _XML_DECLARATION.sub("", CONTROL.sub(" ", decode(page)), count=1)
    if "<" not in text or not text.strip():
        return None
    parser = HTMLParser(collect_ids=False, remove_comments=True, remove_pis=True)
    try:
        tree = document_fromstring(text, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return None  # markup without a single element
    count = sum(1 for _ in tree.iter())
    if count > MAX_ELEMENTS:
        raise ExtractError(f"The page has {count:,} elements; at most {MAX_ELEMENTS:,} are read.", page.url)
    overlong: list[HtmlElement] = _NAMED_TOO_LONG(tree)  # type: ignore[assignment]  # this expression gives elements
    for element in overlong:  # class and id are searched by many patterns
        for attribute in ("class", "id"):
            element.attrib.pop(attribute, "")
    return tree


def _codec(label: str) -> str | None:
    try:
        name = codecs.lookup(label).name
        "".encode(name)
    except (LookupError, UnicodeError, TypeError):
        return None
    return _SUPERSETS.get(name, name)


def _nearly_utf8(body: bytes) -> bool:
    """Whether the page is UTF-8 with a few broken bytes (at most one in a thousand)."""
    return body.decode("utf-8", "replace").count("\ufffd") * 1000 <= len(body)
