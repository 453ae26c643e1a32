"""Text and HTML out of feeds: one sanitiser, plain text for titles, and which addresses may stand in a link."""

import html
import re
from functools import lru_cache
from urllib.parse import urljoin, urlsplit

import nh3

TAGS = frozenset(
    """
    a abbr acronym address article aside b bdi bdo big blockquote br caption center cite code col colgroup dd del details dfn div dl dt
    em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hgroup hr i img ins kbd li main mark nav ol p pre q rp rt ruby s samp
    section small span strike strong sub summary sup table tbody td tfoot th thead time tr tt u ul var wbr
    """.split()  # noqa: SIM905 - forty words are read more easily without quotes
)
ATTRIBUTES = {
    "*": {"dir", "lang", "title"},
    "a": {"href", "hreflang"},
    "img": {"src", "alt", "width", "height"},
    "blockquote": {"cite"},
    "q": {"cite"},
    "del": {"datetime"},
    "ins": {"datetime"},
    "time": {"datetime"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
}
# Elements that go with all that is in them: what a reader of the page would not have seen as text.
DROPPED_WHOLE = frozenset({"script", "style", "template", "noembed", "noframes", "svg", "math", "textarea", "select"})
SCHEMES = frozenset({"http", "https", "mailto", "tel"})
LINK_SCHEMES = frozenset({"http", "https"})
MEDIUM_SCHEMES = frozenset({"http", "https", "ftp"})

CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff]")
BLOCK_END = re.compile(r"<(?=/?(?:br|p|div|li|tr|td|h[1-6])\b)", re.IGNORECASE)
MARKED_UP = re.compile(r"[<&]")
# HTML 5 reads what stands in an iframe as raw text; in a feed it is the text for readers without frames.
FRAME = re.compile(r"</?iframe\b[^>]*>", re.IGNORECASE)
PLAIN_ADDRESS = re.compile(r"https?://[\w.-]+(?::\d+)?/[\w./~%+,=&?:@!$'()*;-]*", re.ASCII)
INNER_BLANKS = re.compile(r"[\t\n\r]+")

MAX_HTML = 4_000_000  # characters; more text than a book: cut, so that one entry cannot stop the rest


def without_controls(text: str) -> str:
    """The text without characters that XML forbids: one of them kills a whole feed in any generator."""
    return CONTROL.sub("", text)


def sanitise(markup: str, base: str) -> str:
    """Return safe HTML with absolute links. Relative links are resolved against ``base`` where that is an http(s) address, else dropped."""
    markup = without_controls(markup[:MAX_HTML])
    markup = FRAME.sub("", markup)
    if not MARKED_UP.search(markup):
        return markup.strip()
    return _cleaner(base).clean(markup).strip()


@lru_cache(maxsize=64)
def _cleaner(base: str) -> nh3.Cleaner:
    """The sanitiser for texts of one base: to hand it its tables takes longer than most texts."""
    absolute = urlsplit(base).scheme in LINK_SCHEMES
    return nh3.Cleaner(
        tags=set(TAGS),
        clean_content_tags=set(DROPPED_WHOLE),
        attributes=ATTRIBUTES,
        url_schemes=set(SCHEMES),
        url_relative=(lambda address: joined(base, address)) if absolute else "deny",
        link_rel="noopener noreferrer",
    )


def escape(text: str) -> str:
    """HTML of plain text."""
    return html.escape(without_controls(text[:MAX_HTML]), quote=False).strip()


def plain(markup: str) -> str:
    """Text of HTML, on one line. Tags are dropped, entities resolved once."""
    markup = without_controls(markup[:MAX_HTML])
    if MARKED_UP.search(markup):
        spaced = BLOCK_END.sub(" <", markup)
        cleaned = nh3.clean(spaced, tags=set(), clean_content_tags=set(DROPPED_WHOLE))
        markup = without_controls(html.unescape(cleaned))
    return one_line(markup)


def one_line(text: str) -> str:
    """The text without control characters, its white space folded; no-break spaces become plain ones."""
    return " ".join(without_controls(text).split())


def joined(base: str, address: str) -> str | None:
    """The absolute address, or None where it is none."""
    try:
        return urljoin(base, INNER_BLANKS.sub("", address).strip())
    except ValueError:  # an unfinished IPv6 address
        return None


def address(text: str | None, base: str, schemes: frozenset[str] = LINK_SCHEMES) -> str | None:
    """An absolute address with one of the schemes, or None: ``javascript:``, ``data:`` and the like never leave here."""
    if not text:
        return None
    if PLAIN_ADDRESS.fullmatch(text):  # nearly all are: nothing to join, nothing to mend
        return text
    found = joined(base, without_controls(text))
    if found is None:
        return None
    try:
        parts = urlsplit(found)
    except ValueError:
        return None
    return found if parts.scheme.lower() in schemes and parts.netloc else None
