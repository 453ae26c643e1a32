"""A page's bytes as one parsed tree: told what they are, decoded once, made small enough, parsed once.

Limits: more than ``MAX_BYTES`` raise ExtractError. Of a page within them that has more markup or text than can be parsed in time, the
stretch with the most prose is read (``pruning``). Nesting deeper than libxml2's 256 levels is cut off by the parser itself, so that nothing
downstream can recurse without end.
"""

import re
from dataclasses import dataclass

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from aggregator.errors import ExtractError
from aggregator.extract import sniff
from aggregator.extract.decoding import decode
from aggregator.extract.pruning import prune
from aggregator.model import RawPage, Removed

MAX_BYTES = 16 * 1024 * 1024

_NAMED_TOO_LONG = etree.XPath("//*[string-length(@class) > 2000 or string-length(@id) > 2000]")
_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,200}\?>")
# References to characters that HTML has not (HTML standard, 13.2.5.80), in a form that both decimal and hexadecimal ones have.
_CONTROL_REFERENCE = re.compile(
    r"&#(?:0*(?P<d>[0-9]|[12][0-9]|3[01]|12[7-9]|1[345][0-9])(?![0-9])|[xX]0*(?P<x>[0-9a-fA-F]|1[0-9a-fA-F]|7[fF]|[89][0-9a-fA-F])(?![0-9a-fA-F]));?"
)
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Parsed:
    """``tree`` is None where there is nothing to parse; ``refused`` says what the bytes are, where they are no web page. ``left_out`` is
    what did not fit, and ``much`` says that it was a good part of the prose."""

    tree: HtmlElement | None = None
    refused: str = ""
    left_out: tuple[Removed, ...] = ()
    much: bool = False


def read(page: RawPage) -> Parsed:
    """The page's tree, or why there is none. Raises ExtractError over ``MAX_BYTES``."""
    if len(page.body) > MAX_BYTES:
        raise ExtractError(f"The page has {len(page.body):,} bytes; at most {MAX_BYTES:,} are read.", page.url)
    refused = sniff.refusal(page)
    if refused:
        return Parsed(refused=refused)
    text = _XML_DECLARATION.sub("", CONTROL.sub(" ", decode(page)), count=1)
    if "&#" in text:
        text = _CONTROL_REFERENCE.sub(_character, text)
    if "<" not in text or not text.strip():
        return Parsed()
    pruned = prune(text)
    del text  # up to 64 MiB
    parser = HTMLParser(collect_ids=False, remove_comments=True, remove_pis=True)
    try:
        tree = document_fromstring(pruned.text, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return Parsed()  # markup without a single element
    overlong: list[HtmlElement] = _NAMED_TOO_LONG(tree)  # type: ignore[assignment]  # this expression gives elements
    for element in overlong:  # class and id are searched by many patterns
        for attribute in ("class", "id"):
            element.attrib.pop(attribute, "")
    return Parsed(tree, "", (Removed(pruned.cut, "over the limit of a page's size"),) if pruned.cut else (), pruned.much)


def _character(reference: re.Match[str]) -> str:
    """What a reference to a control character means: a character of Windows-1252, white space, or nothing."""
    number = int(reference["d"]) if reference["d"] else int(reference["x"], 16)
    return bytes((number,)).decode("cp1252", "replace") if number >= 128 else " "


def parse(page: RawPage) -> HtmlElement | None:
    """The page's tree, or None where there is none. Raises ExtractError over ``MAX_BYTES``."""
    return read(page).tree
