"""Live blogs: the times of their posts, which stand outside the paragraphs, put back as lines of their own."""

from collections.abc import Mapping, Sequence

from lxml.etree import XPath
from lxml.html import HtmlElement

from aggregator.extract.keys import line_key
from aggregator.model import Removed

LIVE = "LiveBlogPosting"
MIN_POSTS = 3  # fewer times are those of an article
MAX_CHARS = 60  # of a time as readers see it
TIME = "time"  # kind of the line

_LIVE_ITEM = XPath(f"boolean(//*[contains(@itemtype, '{LIVE}')])")

Line = tuple[str, str]  # (kind, text)


def post_times(tree: HtmlElement, types: frozenset[str]) -> Mapping[str, str]:
    """By the key of a post's first line, the time over it as the page shows it; empty for a page that is no live blog.

    ``types``: those of the page's JSON-LD objects."""
    if LIVE not in types and not _LIVE_ITEM(tree):
        return {}
    found: dict[str, str] = {}
    shown = ""
    for element in tree.iter("time", "p", "h2", "h3", "h4", "li"):
        text = " ".join(element.text_content().split())
        if element.tag == "time":
            shown = text or (element.get("datetime") or "").strip()
        elif shown and element.find(".//time") is None and (key := line_key(text)):
            if len(shown) <= MAX_CHARS:
                found.setdefault(key, shown)
            shown = ""
    return found if len(found) >= MIN_POSTS else {}


def with_times(lines: Sequence[Line], removed: Sequence[Removed], times: Mapping[str, str]) -> tuple[list[Line], list[Removed]]:
    """The lines with a line of kind ``time`` over each post, and what was removed with its places moved accordingly."""
    if not times:
        return list(lines), list(removed)
    out: list[Line] = []
    moved = [0]  # how many lines stand over each of the old ones that are new
    for kind, text in lines:
        shown = times.get(line_key(text))
        if shown:
            out.append((TIME, shown))
        moved.append(moved[-1] + bool(shown))
        out.append((kind, text))
    return out, [
        item if item.at is None else Removed(item.text, item.reason, item.at + moved[min(item.at, len(lines))], item.kind)
        for item in removed
    ]
