"""Lines that are nothing but a link to another page of the site: its headline, under which no word of this article stands."""

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from aggregator.extract.blocks import Block
from aggregator.extract.completion import linked_heads
from aggregator.extract.keys import line_key

HEADLINE_WORDS = 4  # fewer make a name or a label, which a list of things links as well
HEADLINE_CHARS = 25  # where words are not parted by spaces
MAX_CHARS = 400
WHOLE = 0.95  # share of a block's text from which on it is nothing but link
MOSTLY = 0.6  # ... and from which on the rest can only announce it
ANNOUNCING_CHARS = 40

# Second-level labels under which countries register names.
REGISTRIES = frozenset(
    ("ac", "co", "com", "edu", "gob", "gov", "go", "in", "info", "kiev", "kyiv", "mil", "ne", "net", "news", "or", "org", "press")
)

_HOST = re.compile(r"^(?:https?:)?//(?:[^/?#@]*@)?([^/?#:]+)", re.IGNORECASE)
_SCHEME = re.compile(r"^[a-z][a-z0-9+.\-]*:", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.!?…。！？؟]['\"”’»)]?$")


def link_keys(tree: HtmlElement, found: Sequence[Block], url: str) -> frozenset[str]:
    """Keys of the lines that are a link to another page of the site, and hardly a word besides."""
    site = site_of(url)
    keys = set()
    for element in tree.iter("a"):
        if _leads_on(element.get("href") or "", site):
            text = " ".join(element.text_content().split())
            if _is_headline(text):
                keys.add(line_key(text))
    mixed = _mixed_lists(found)
    heads = {found[number].key for number in linked_heads(found)}
    for block in found:
        rest = len(block.text) - block.linked
        announced = rest <= ANNOUNCING_CHARS and block.linked >= MOSTLY * len(block.text) and not _SENTENCE_END.search(block.text)
        if (announced or rest <= (1 - WHOLE) * len(block.text)) and _is_headline(block.text) and _leads_on(block.target, site):
            keys.add(block.key)
    return frozenset(keys - {""} - heads - {block.key for block in found if block.kind == "li" and block.home in mixed})


def _mixed_lists(found: Sequence[Block]) -> set[int]:
    """Places whose list items are links in part: what is listed there are things, not pages."""
    items: dict[int, list[bool]] = {}
    for block in found:
        if block.kind == "li":
            items.setdefault(block.home, []).append(block.linked > MOSTLY * len(block.text))
    return {home for home, linked in items.items() if len(linked) > 2 and linked.count(False) * 3 >= len(linked)}


def _is_headline(text: str) -> bool:
    return len(text) < MAX_CHARS and (text.count(" ") >= HEADLINE_WORDS - 1 or len(text) >= HEADLINE_CHARS)


def _leads_on(target: str, site: str) -> bool:
    """Whether the address is another page of the site. Addresses without a host are."""
    target = target.strip()
    if not target or target.startswith("#"):
        return False
    host = _HOST.match(target)
    if host:
        return _last_labels(host[1]) == site
    return not _SCHEME.match(target)


def site_of(url: str) -> str:
    """The part of an address's host that stays the same over all of a site's subdomains; empty where there is none."""
    try:
        return _last_labels(urlsplit(url).hostname or "")
    except ValueError:  # an address such as http://[
        return ""


def _last_labels(host: str) -> str:
    """The last two labels of the host, three below a registry such as co.uk, all of an address in figures."""
    labels = host.lower().rstrip(".").split(".")
    if labels[-1].isdigit() or ":" in host:
        return host
    return ".".join(labels[-3 if len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in REGISTRIES else -2 :])
