"""Boxes: parts of a page whose own names (class, id) say that they are not the article's text.

They are cut out of the tree before the text is looked for. A box that holds much of the page's paragraphs is left alone, however it
is named: some sites call the whole article "teaser".
"""

import re

from lxml.html import HtmlElement

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
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_NEVER = re.compile(r"(?:^|[\s_\-])(?:no|has|with|without|hide|is)[-_]")  # "no-ads", "has-sidebar" describe the box, they do not name it


def is_box(element: HtmlElement) -> bool:
    """Whether the element's class or id names it as something beside the article."""
    name = f"{element.get('class') or ''} {element.get('id') or ''}"
    if len(name) < 3 or len(name) > 400:
        return False
    return any(_TOKEN.search(token) and not _NEVER.search(token) for token in map(_spelt, name.split()))


def _spelt(token: str) -> str:
    """One class or id in lower case and hyphens. Changes of case part words, but not in tokens with digits: those are made by machines."""
    if not any(c.isdigit() for c in token):
        token = _CAMEL.sub("-", token)
    return token.lower().replace("__", "-").replace("--", "-")


def cut(tree: HtmlElement) -> None:
    """Take the boxes out of the tree, in place."""
    paragraphs = sum(len(p.text_content()) for p in tree.iter("p"))
    doomed = [element for element in tree.iter(*CANDIDATES) if is_box(element)]
    for element in doomed:
        parent = element.getparent()
        if parent is None or element.find(".//h1") is not None:
            continue
        inside = len(element.text_content()) if element.tag == "p" else sum(len(p.text_content()) for p in element.iter("p"))
        if inside <= SHARE * paragraphs:
            element.drop_tree()
