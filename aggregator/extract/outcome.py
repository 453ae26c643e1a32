"""What an entry's link answered, decided on explicit evidence: an article, a part of one, or a wall, a shell, an index, an error page.

Each rule names what it saw; the rules are tried in order and the first that applies decides. A long text is an article whatever banners
stand around it, so the visible text is only searched for phrases where the body is short.
"""

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from urllib.parse import urlsplit

import yaml
from lxml.etree import XPath
from lxml.html import HtmlElement

from aggregator.extract.metadata import Metadata
from aggregator.extract.structured import ARTICLE_TYPES
from aggregator.model import Outcome, Removed

LONG_WORDS = 400  # from here on a text is an article
WALL_WORDS = 350  # up to here a text beside a wall is its free beginning
SHELL_WORDS = 40  # up to here the whole page says nothing
FEW_WORDS = 8  # fewer are no text
INDEX_LINKS = 8  # linked headings that make a list of articles
PICTURES = 5  # pictures that make a gallery, where there is hardly a word
VISIBLE_CHARS = 60_000

_PLAIN_TEXTS = XPath("//body//text()[not(parent::script or parent::style)]")
_TEXTS = XPath("//body//text()[not(ancestor::script or ancestor::style or ancestor::noscript or ancestor::template or ancestor::svg)]")
_ELLIPSIS = re.compile(r"(?:…|\.\.\.|\[…\]|\[\.\.\.\]|\(…\))\s*(?:»|→|>>?)?\s*$")
_CONSENT_TARGET = re.compile(r"consent|/gdpr|cookiewall|privacy-?gate|cmp\.", re.IGNORECASE)
_APP_ROOTS = XPath("//*[@id='__next' or @id='root' or @id='app' or @id='__nuxt' or @id='app-root' or @id='___gatsby' or @id='svelte']")
_WALL_BOX = XPath(
    "//*[self::div or self::section or self::aside][{}]".format(
        " or ".join(f"contains(@{at}, '{word}')" for at in ("class", "id") for word in ("paywall", "pay-wall", "regwall", "piano-offer"))
    )
)
_GALLERY_TYPES = frozenset(("ImageGallery", "MediaGallery"))
_PICTURES = XPath(
    "//img[ancestor::figure or ancestor::li][not(ancestor::a or ancestor::nav or ancestor::header or ancestor::footer or ancestor::aside)]"
    " | //*[@itemtype='http://schema.org/ImageObject' or @itemtype='https://schema.org/ImageObject']"
)
_COUNTER = re.compile(r"(?<![\d/])(\d{1,3})\s?/\s?(\d{1,3})(?![\d/])")
_WORDS = re.compile(r"\S*[^\W\d_]\S*")
_LETTERS = re.compile(r"[^\W\d_]")
_LINKED_HEADINGS = XPath("count(//h2[.//a] | //h3[.//a] | //h4[.//a] | //a[.//h2 or .//h3 or .//h4])")
_LIST_TYPES = frozenset(("CollectionPage", "SearchResultsPage", "ItemList"))


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome and the evidence for it, in words for the operator."""

    outcome: Outcome
    because: str


def judge(tree: HtmlElement | None, url: str, metadata: Metadata, body: str, kinds: Sequence[str], removed: Sequence[Removed]) -> Verdict:
    """Say what the page is. ``body`` and ``removed`` are what extraction made of it; ``tree`` is None for a page without markup."""
    if tree is None:
        return Verdict(Outcome.EMPTY, "the answer has no markup")
    words = count_words(body)
    is_article = bool(metadata.types & ARTICLE_TYPES) or metadata.og_type == "article"
    if words < LONG_WORDS:
        visible = visible_text(tree)
        refusal = _refusal(tree, metadata, visible, words, is_article) or _index(tree, url, metadata, kinds, words, is_article)
        if refusal:
            return refusal
        wall = _wall(tree, metadata, visible, words, removed)
        if wall:
            return wall
    if words < SHELL_WORDS:
        gallery = _gallery(tree, metadata, visible_text(tree))
        if gallery:
            return Verdict(Outcome.NOT_ARTICLE if words < FEW_WORDS else Outcome.PARTIAL, gallery)
    if words < FEW_WORDS:
        return Verdict(Outcome.EMPTY, "no text was found")
    return _cut(metadata, body, removed) or Verdict(Outcome.FULL, "the text is whole as far as the page tells")


def visible_text(tree: HtmlElement) -> str:
    """The page's visible text, case folded, up to 60,000 characters."""
    return " ".join(" ".join(_texts(tree)).casefold().split())[:VISIBLE_CHARS]


def _texts(tree: HtmlElement) -> list[str]:
    hidden = next(tree.iter("noscript", "template", "svg"), None) is not None
    texts: list[str] = (_TEXTS if hidden else _PLAIN_TEXTS)(tree)  # type: ignore[assignment]  # this expression gives strings
    return texts


def _refusal(tree: HtmlElement, metadata: Metadata, visible: str, words: int, is_article: bool) -> Verdict | None:
    """Consent walls, script shells and error pages stand where the article should be."""
    page_words = len(visible.split())
    if not is_article and page_words < 1500:
        found = _phrases_in("consent", visible)
        target = any(_CONSENT_TARGET.search(value) for value in tree.xpath("//form/@action | //iframe/@src | //iframe/@title"))
        if (target and found) or (len(found) >= 2 and page_words < 400):
            return Verdict(Outcome.CONSENT, f"it asks for consent: {', '.join(found[:3])}")
    if words < 100:
        found = _phrases_in("script", visible) or _phrases_in("script", _noscript(tree))
        if found and (page_words < 120 or words < FEW_WORDS):
            return Verdict(Outcome.NEEDS_SCRIPT, f"it says: {found[0]}")
        if words < SHELL_WORDS and page_words < 150 and _APP_ROOTS(tree) and tree.xpath("//script"):
            return Verdict(Outcome.NEEDS_SCRIPT, "an application's empty frame, filled by script")
        heads = " / ".join([metadata.title or "", *(h.text_content() for h in tree.xpath("//h1 | //title")[:3])]).casefold()
        wrong = [phrase for phrase in _phrases("error") if re.search(rf"(?<!\w){re.escape(phrase)}(?!\w)", heads)]
        if wrong and not is_article:
            return Verdict(Outcome.NOT_ARTICLE, f"its heading says: {wrong[0]}")
        if words < FEW_WORDS and page_words < SHELL_WORDS and tree.xpath("//script[@src]") and page_words > 0:
            return Verdict(Outcome.NEEDS_SCRIPT, "hardly a word, and scripts that would fill the page")
    return None


def _index(tree: HtmlElement, url: str, metadata: Metadata, kinds: Sequence[str], words: int, is_article: bool) -> Verdict | None:
    """A front page, a section or a search: a list of other articles."""
    if is_article:
        return None
    if metadata.types & _LIST_TYPES:
        return Verdict(Outcome.NOT_ARTICLE, "it calls itself a collection")
    linked: float = _LINKED_HEADINGS(tree)  # type: ignore[assignment]  # this expression counts
    paragraphs = sum(len(p.text_content()) > 200 for p in tree.iter("p"))
    if metadata.og_type == "website" and linked >= INDEX_LINKS and paragraphs < 3:
        return Verdict(Outcome.NOT_ARTICLE, f"a list of {linked:.0f} linked headings")
    if not urlsplit(url).path.strip("/") and not urlsplit(url).query and not (metadata.published and paragraphs):
        return Verdict(Outcome.NOT_ARTICLE, "the site's home page")
    if linked >= 2 * INDEX_LINKS and paragraphs == 0 and not metadata.published:
        return Verdict(Outcome.NOT_ARTICLE, f"a list of {linked:.0f} linked headings")
    return None


def _wall(tree: HtmlElement, metadata: Metadata, visible: str, words: int, removed: Sequence[Removed]) -> Verdict | None:
    if words > WALL_WORDS:
        return None
    found = _phrases_in("wall", visible)
    box = bool(_WALL_BOX(tree))
    if metadata.free is False and (found or box or any(r.reason == "wall" for r in removed)):
        return Verdict(Outcome.PAYWALLED, "declared as not free, with a wall" + (f": {found[0]}" if found else ""))
    if found and (box or any(r.reason == "wall" for r in removed) or words < 150) and metadata.free is not True:
        return Verdict(Outcome.PAYWALLED, f"it says: {found[0]}")
    if metadata.free is False and words < 60:
        return Verdict(Outcome.PAYWALLED, "declared as not free, and hardly a text")
    return None


def _cut(metadata: Metadata, body: str, removed: Sequence[Removed]) -> Verdict | None:
    if _ELLIPSIS.search(body[-40:]):
        last = [r for r in removed if r.reason in ("read more", "link to another page")]
        if any(_is_more(r.text) for r in last) or len(body.split()) < 120:
            return Verdict(Outcome.PARTIAL, "the text breaks off with an ellipsis")
    if metadata.announced_chars > 600 and len(body) < 0.4 * metadata.announced_chars:
        return Verdict(Outcome.PARTIAL, "the page's own data has a text more than twice as long")
    return None


def count_words(text: str) -> int:
    """How many words there are: what has no letter is none. Two characters count as one where words are not parted."""
    if _unspaced(text):
        return len(_LETTERS.findall(text)) // 2
    return len(_WORDS.findall(text))


def _gallery(tree: HtmlElement, metadata: Metadata, visible: str) -> str:
    """Why the page is a gallery: it says so, or it counts its pictures ("3 / 24"), or has nothing else; empty for a page that is none."""
    pictures: list[HtmlElement] = _PICTURES(tree)  # type: ignore[assignment]  # this expression gives elements
    if metadata.types & _GALLERY_TYPES or metadata.itself & _GALLERY_TYPES:
        return "it calls itself a gallery"
    counters = {number for number, whole in _COUNTER.findall(visible) if 0 < int(number) <= int(whole) and int(whole) >= PICTURES}
    if len(pictures) >= PICTURES and len(counters) >= PICTURES:
        return f"{len(pictures)} numbered pictures with hardly a word"
    if (
        len(pictures) >= 2 * PICTURES
        and count_words(visible) < LONG_WORDS
        and metadata.og_type != "article"
        and not metadata.types & ARTICLE_TYPES
    ):
        return f"{len(pictures)} pictures with hardly a word"
    return ""


def _is_more(text: str) -> bool:
    folded = " ".join(re.findall(r"[\w']+", text.casefold()))
    return any(folded == phrase or folded.startswith(phrase + " ") for phrase in _phrases("more"))


def _noscript(tree: HtmlElement) -> str:
    return " ".join(" ".join(element.text_content() for element in tree.iter("noscript")).casefold().split())[:2000]


def _unspaced(body: str) -> bool:
    """Whether the script has no spaces between words (Chinese, Japanese, Thai, Burmese in part)."""
    return len(body) > 100 and body.count(" ") * 20 < len(body)


@functools.cache
def _phrases(kind: str) -> tuple[str, ...]:
    text = resources.files("aggregator.extract").joinpath("data/outcomes.yaml").read_text(encoding="utf-8")
    return tuple(phrase.casefold() for phrases in yaml.safe_load(text)[kind].values() for phrase in phrases)


def _phrases_in(kind: str, text: str) -> list[str]:
    return [phrase for phrase in _phrases(kind) if phrase in text]
