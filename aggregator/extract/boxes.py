"""Boxes: parts of a page whose own names (class, id) say that they are not the article's text.

They are cut out of the tree before the text is looked for. A box that holds much of the page's paragraphs is left alone, however it
is named: some sites call the whole article "teaser".
"""

import functools
import re
from collections.abc import Mapping

from lxml.etree import XPath
from lxml.html import HtmlElement

from aggregator.extract.furniture import NO_VERDICTS, TEXT_LINE
from aggregator.extract.keys import line_key
from aggregator.model import Removed

MAX_REMOVED = 20  # boxes whose text is kept
MAX_CHARS = 300  # of each
SHARE = 0.25  # of the page's paragraph text; a box that holds more is no box
CANDIDATES = (
    "div", "section", "aside", "ul", "ol", "p", "nav", "form", "figure", "table", "blockquote", "details", "li", "span", "amp-embed",
)  # fmt: skip

# Words in class and id, each a whole token or a part of one between hyphens, underscores and changes of case.
NAMES = (
    "related", "recirc", "recirculation", "newsletter", "newsletters", "promo", "promobox", "readmore", "read-more", "read-also",
    "readalso", "also-read", "recommended", "recommendation", "recommendations", "most-read", "mostread", "most-popular", "popular-posts",
    "trending", "author-bio", "author-box", "authorbox", "author-card", "author-info", "about-author", "about-the-author", "bio",
    "biography", "tipline", "share", "sharing", "social", "share-buttons", "addtoany", "sharedaddy", "comments", "comment-list",
    "comment-respond", "subscribe", "subscription", "signup", "sign-up", "donate", "donation", "ad", "ads", "advert", "advertisement",
    "advertising", "sponsored", "taboola", "outbrain", "breadcrumb", "breadcrumbs", "tags", "tag-list", "next-article", "more-stories",
    "more-news", "morefrom", "more-from", "also-like", "read-next", "see-also", "teaser-list", "lire-aussi", "wp-caption-text", "caption",
    "image-caption", "photo-caption", "cookie", "cookies", "gdpr", "app-promo", "factbox", "infobox", "listen", "audio-player",
    "text-to-speech",
)  # fmt: skip
_TOKEN = re.compile(r"(?:^|[\s_\-])(?:" + "|".join(sorted(map(re.escape, NAMES), key=len, reverse=True)) + r")(?=$|[\s_\-])")
_TEXTS = XPath("descendant::text()[not(parent::script or parent::style)]")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_NEVER = re.compile(r"(?:^|[\s_\-])(?:no|has|with|without|hide|is)[-_]")  # "no-ads", "has-sidebar" describe the box, they do not name it


def is_box(element: HtmlElement) -> bool:
    """Whether the element's class or id names it as something beside the article."""
    return _names_box(f"{element.get('class') or ''} {element.get('id') or ''}")


def name_of(element: HtmlElement) -> str:
    """The word in the element's class or id that makes it a box."""
    name = f"{element.get('class') or ''} {element.get('id') or ''}"
    return next(
        (found[0].strip(" -_") for token in map(_spelt, name.split()) if (found := _TOKEN.search(token)) and not _NEVER.search(token)), ""
    )


@functools.lru_cache(20_000)
def _names_box(name: str) -> bool:
    """The same names come again and again, on a page and from page to page of a host."""
    if len(name) < 3 or len(name) > 400:
        return False
    return any(_TOKEN.search(token) and not _NEVER.search(token) for token in map(_spelt, name.split()))


def _spelt(token: str) -> str:
    """One class or id in lower case and hyphens. Changes of case part words, but not in tokens with digits: those are made by machines."""
    if not any(c.isdigit() for c in token):
        token = _CAMEL.sub("-", token)
    return token.lower().replace("__", "-").replace("--", "-")


def cut(tree: HtmlElement, verdicts: Mapping[str, str] = NO_VERDICTS) -> list[Removed]:
    """Take the boxes out of the tree, in place. Returns the text of those that stood in an article or beside its paragraphs, with the name
    by which each was known. A box of which an operator says that its words are text stays where it is (``verdicts`` as in
    ``furniture.sift``)."""
    paragraphs = sum(len(p.text_content()) for p in tree.iter("p"))
    doomed = [element for element in tree.iter(*CANDIDATES) if is_box(element)]
    removed: list[Removed] = []
    for element in doomed:
        parent = element.getparent()
        if parent is None or element.find(".//h1") is not None:
            continue
        inside = len(element.text_content()) if element.tag == "p" else sum(len(p.text_content()) for p in element.iter("p"))
        if inside <= SHARE * paragraphs:
            if len(removed) < MAX_REMOVED and (parent.find("p") is not None or next(element.iterancestors("article"), None) is not None):
                text = " ".join(" ".join(_TEXTS(element)).split())[:MAX_CHARS]  # type: ignore[arg-type]  # this expression gives strings
                if text and verdicts and verdicts.get(line_key(text)) == TEXT_LINE:
                    continue
                if text:
                    removed.append(Removed(text, f"box: {name_of(element)}"))
            element.drop_tree()
    return removed
