"""What a page says about its article in JSON-LD, meta elements, links and microdata: title, authors, times, addresses, image, access."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from htmldate import find_date
from lxml.etree import XPath
from lxml.html import HtmlElement

from aggregator.extract import agencies, names, structured
from aggregator.extract.addresses import absolute, file_name, is_home
from aggregator.extract.links import site_of
from aggregator.extract.times import Moment, parse_time

MAX_TITLE = 500

# Keys of meta elements (property, name, itemprop; lower case), best first.
PUBLISHED_KEYS = (
    "article:published_time", "datepublished", "og:article:published_time", "og:published_time", "parsely-pub-date", "sailthru.date",
    "publishdate", "publish-date", "pubdate", "cxenseparse:recs:publishtime", "article.published", "dcterms.created", "dc.date.issued",
    "dc.date", "dcterms.date", "dcterms.issued", "article:published", "bt:pubdate", "published_at", "analyticsattributes.articledate",
    "date", "ptime", "shareaholic:article_published_time",
)  # fmt: skip
UPDATED_KEYS = (
    "article:modified_time", "datemodified", "og:updated_time", "article:updated_time", "og:article:modified_time", "bt:moddate", "lastmod",
    "last-modified", "dcterms.modified", "dc.date.modified", "shareaholic:article_modified_time",
)  # fmt: skip
TITLE_KEYS = ("og:title", "twitter:title", "headline", "dc.title", "dcterms.title", "parsely-title", "sailthru.title")
AUTHOR_KEYS = (
    "author",
    "article:author",
    "parsely-author",
    "sailthru.author",
    "dc.creator",
    "dcterms.creator",
    "byl",
    "article:author_name",
    "cxenseparse:author",
)
IMAGE_KEYS = ("og:image", "og:image:url", "og:image:secure_url", "twitter:image", "twitter:image:src", "image", "thumbnailurl")
SECTION_KEYS = ("article:section", "parsely-section", "section", "sailthru.section", "cxenseparse:recs:category", "dc.subject.section")
SOURCE_KEYS = ("syndication-source", "original-source", "article:source", "source", "dc.source", "newsagency")
SITE_KEYS = ("og:site_name", "application-name", "al:android:app_name", "twitter:site:name")

MAX_CAPTION = 1000

_IMAGE_ATTRIBUTES = ("src", "data-src", "srcset", "data-srcset", "data-lazy-src", "data-original")
_AUTHORS = XPath(
    "//*[@itemprop='author']//*[@itemprop='name'] | //*[@itemprop='author'][not(.//*[@itemprop='name'])] | //*[@rel='author']"
    " | //*[contains(concat(' ', normalize-space(@class), ' '), ' byline ')][not(ancestor::aside)]"
)
_DATES = XPath("//*[@itemprop='datePublished'][not(self::meta or self::time)]")
_CACHE = re.compile(r"(?:^|\.)(?:ampproject\.(?:org|net)|bing-amp\.com)$")
_SEPARATOR = re.compile(r"\s+[|–—\-·•:»«›/]+\s+|\s*[|»«›]\s*")


@dataclass(frozen=True, slots=True)
class Metadata:
    """``free`` is schema.org's isAccessibleForFree; ``types`` are the JSON-LD types of the article object, ``og_type`` Open Graph's."""

    title: str | None = None
    headlines: tuple[str, ...] = ()  # the title in all its forms, with kicker and site name and without
    authors: tuple[str, ...] = ()
    published: datetime | None = None
    updated: datetime | None = None
    language: str | None = None
    image: str | None = None
    canonical_url: str | None = None
    amp_url: str | None = None
    site_name: str | None = None
    free: bool | None = None
    types: frozenset[str] = frozenset()
    itself: frozenset[str] = frozenset()  # the JSON-LD types of all objects of the page
    og_type: str | None = None
    section: str | None = None
    caption: str | None = None  # of the lead image
    agency: str | None = None
    exact: bool = True  # whether ``published`` is to the minute
    announced_chars: int = 0  # length of the text that JSON-LD gives or announces (articleBody)
    description: str | None = None


@dataclass(frozen=True, slots=True)
class Head:
    """The raw material: everything the metadata can be read from, collected in one pass over the tree."""

    meta: Mapping[str, tuple[str, ...]]
    links: Mapping[str, tuple[str, ...]]
    nodes: tuple[structured.Node, ...]
    headings: tuple[str, ...]  # texts of the h1 elements
    title: str
    times: tuple[HtmlElement, ...]
    language: str | None


def collect(tree: HtmlElement) -> Head:
    """Gather meta, link, script, title, h1 and time elements of the tree."""
    meta: dict[str, list[str]] = {}
    links: dict[str, list[str]] = {}
    scripts: list[HtmlElement] = []
    headings: list[str] = []
    times: list[HtmlElement] = []
    title = ""
    for element in tree.iter("meta", "link", "script", "title", "h1", "time"):
        tag = element.tag
        if tag == "meta":
            content = " ".join((element.get("content") or "").split())
            for attribute in ("property", "name", "itemprop"):
                key = element.get(attribute)
                if key and content:
                    meta.setdefault(key.strip().lower(), []).append(content)
        elif tag == "link":
            for rel in (element.get("rel") or "").lower().split():
                links.setdefault(rel, []).append((element.get("href") or "").strip())
        elif tag == "script":
            if "ld+json" in (element.get("type") or "").lower():
                scripts.append(element)
        elif tag == "title":
            title = title or _flat(element.text_content())
        elif tag == "h1":
            headings.append(_flat(element.text_content()))
        else:
            times.append(element)
    return Head(
        meta={key: tuple(values) for key, values in meta.items()},
        links={key: tuple(values) for key, values in links.items()},
        nodes=structured.nodes(scripts),
        headings=tuple(heading for heading in headings if heading),
        title=title,
        times=tuple(times),
        language=tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang"),
    )


def read(tree: HtmlElement, url: str) -> Metadata:
    """Everything the page says about its article; what it does not say is None or empty. ``url`` is where the page was fetched."""
    head = collect(tree)
    node = structured.article(head.nodes, url) or {}
    site = _site_name(head, node)
    published, updated = _times(tree, head, node)
    image = absolute(_first(head.meta, IMAGE_KEYS) or _image(node.get("image")), url)
    authors = _authors(tree, head, node, site)
    titles = _titles(head, node)
    title = _title(head, titles, site)
    return Metadata(
        title=title,
        headlines=tuple(text for text in (title, *titles, *head.headings) if text),
        authors=authors,
        published=published.at if published else None,
        updated=updated.at if updated else None,
        exact=published is None or published.has_hour,
        language=head.language or _first(head.meta, ("og:locale", "content-language", "inlanguage")),
        image=image,
        canonical_url=_canonical(head, url),
        amp_url=absolute(next(iter(head.links.get("amphtml", ())), ""), url),
        site_name=site,
        free=structured.truth(node["isAccessibleForFree"]) if "isAccessibleForFree" in node else None,
        types=structured.types(node),
        itself=frozenset(name for one in head.nodes for name in structured.types(one)),
        og_type=_first(head.meta, ("og:type",)),
        section=_section(head, node),
        caption=_caption(tree, node, image),
        agency=_agency(head, node, authors),
        announced_chars=len(structured.text_of(node.get("articleBody"))),
        description=_first(head.meta, ("og:description", "description")),
    )


# --- title ------------------------------------------------------------------------------------------------------------


def _titles(head: Head, node: structured.Node) -> tuple[str, str, str]:
    """The title as JSON-LD, the social networks' meta elements and the title element have it; empty where they have none."""
    headline = names.plain(structured.text_of(node.get("headline")) or structured.text_of(node.get("name")))
    return headline, names.plain(_first(head.meta, TITLE_KEYS) or ""), names.plain(head.title)


def _title(head: Head, titles: tuple[str, str, str], site: str | None) -> str | None:
    declared = [text for text in titles if text]
    known = [*declared, *head.headings]
    if not known:
        return None
    choice = _best_heading(head.headings, declared) or known[0]
    return without_site(choice, site, known)[:MAX_TITLE] or None


def _best_heading(headings: tuple[str, ...], others: list[str]) -> str:
    """The h1 that the head confirms: one that shares most of its words with another title of the page."""
    scored = [
        (max((_likeness(heading, other) for other in others), default=0.0), -number, heading) for number, heading in enumerate(headings)
    ]
    best = max(scored, default=(0.0, 0, ""))
    return best[2] if best[0] >= 0.5 else ""


def _likeness(one: str, other: str) -> float:
    """Share of the shorter text's words that the other has, 0 to 1; texts of very unlike length score less."""
    a, b = set(_words(one)), set(_words(other))
    return len(a & b) / max(len(a), len(b), 1)


def without_site(title: str, site: str | None, known: Iterable[str] = ()) -> str:
    """The title without the site's name before or after a separator.

    What follows the last separator goes where it is the site's name, or where another title of the page (``known``) ends before it.
    """
    others = {_fold(text) for text in known}
    for found in reversed(list(_SEPARATOR.finditer(title))):
        before, after = title[: found.start()].strip(), title[found.end() :].strip()
        if not _fold(after) or not _fold(before):  # a quotation mark at the end
            continue
        if site and (_fold(after) == _fold(site) or _fold(site) in _fold(after)) and len(after) < 60:
            return without_site(before, site, known)
        if _fold(before) in others and len(after.split()) <= 6:
            return before
        if site and _fold(before) == _fold(site):
            return after
    return title


# --- authors ----------------------------------------------------------------------------------------------------------


def _authors(tree: HtmlElement, head: Head, node: structured.Node, site: str | None) -> tuple[str, ...]:
    refuse = tuple(text for text in (site, structured.text_of(node.get("publisher"))) if text)
    persons = {structured.text_of(n.get("@id")): structured.text_of(n.get("name")) for n in head.nodes if "Person" in structured.types(n)}
    declared = list(_people(node.get("author") or node.get("creator"), persons))
    everyone = names.split(declared)
    found = tuple(name for name in everyone if names.is_person(name) or not _same(name, refuse))
    if any(names.is_person(name) for name in found):
        return found
    for key in AUTHOR_KEYS:
        found = names.persons(head.meta.get(key, ()), refuse)
        if found:
            return found
    marked: list[HtmlElement] = _AUTHORS(tree)  # type: ignore[assignment]  # this expression gives elements
    return names.persons((_flat(element.text_content()) for element in marked[:6]), refuse) or everyone


def _same(name: str, others: Iterable[str]) -> bool:
    return _fold(name) in {_fold(other) for other in others}


def _people(value: Any, persons: Mapping[str, str]) -> Iterable[str]:
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, Mapping):
            name = item.get("name") or persons.get(structured.text_of(item.get("@id")), "")
            yield from (structured.text_of(part) for part in (name if isinstance(name, list) else [name]))
        elif isinstance(item, str):
            yield item


# --- times ------------------------------------------------------------------------------------------------------------


def _times(tree: HtmlElement, head: Head, node: structured.Node) -> tuple[Moment | None, Moment | None]:
    published = [structured.text_of(node.get(key)) for key in ("datePublished", "dateCreated", "uploadDate")]
    published += [value for key in PUBLISHED_KEYS for value in head.meta.get(key, ())]
    published += [
        structured.text_of(n.get("datePublished")) for n in head.nodes if structured.types(n) & {"WebPage", "VideoObject", "ItemPage"}
    ]
    marked: list[str] = []
    plain: list[str] = []
    for element in head.times:
        if _of_a_card(element):
            continue
        value = element.get("datetime") or element.text_content()
        is_marked = element.get("pubdate") is not None or "datePublished" in (element.get("itemprop") or "")
        (marked if is_marked else plain).append(value)
    dated: list[HtmlElement] = _DATES(tree)  # type: ignore[assignment]  # this expression gives elements
    microdata = [
        element.get("content") or element.get("datetime") or element.text_content() for element in dated if not _of_a_card(element)
    ]
    updated = [structured.text_of(node.get("dateModified")), *(v for key in UPDATED_KEYS for v in head.meta.get(key, ()))]
    moments = _moments([*published, *microdata, *marked])
    changed = _moments(updated)
    if not moments:
        moments = _moments(plain[:3])
    if not moments:
        day = _day_somewhere(tree)
        moments = _moments([day] if day and not day.endswith("-01-01") else [])  # a bare year, mostly of a copyright line
    return _choose(moments, changed), _choose(changed, moments)


def _day_somewhere(tree: HtmlElement) -> str | None:
    """A day that stands anywhere on the page. htmldate breaks on a zone that no time has ("+99:00"): such a page has no day."""
    try:
        return find_date(tree, original_date=True, extensive_search=True)
    except (ValueError, OverflowError):
        return None


def _of_a_card(element: HtmlElement) -> bool:
    """Whether the element is in a link or beside the article: it belongs to another article that the page points to."""
    return next(element.iterancestors("a", "aside", "nav", "footer"), None) is not None


def _moments(texts: Iterable[str]) -> list[Moment]:
    return [moment for text in texts if text and (moment := parse_time(text))]


def _choose(moments: list[Moment], others: list[Moment]) -> Moment | None:
    """The first moment, made exact by the first later one that agrees with it to the day and knows its zone or its hour."""
    if not moments:
        return None
    first = moments[0]
    if first.has_zone:
        return first
    for other in moments[1:]:
        if other.has_zone and abs(other.at - first.at) <= timedelta(hours=26):
            return other
    return first


# --- addresses --------------------------------------------------------------------------------------------------------


def _canonical(head: Head, url: str) -> str | None:
    """The declared canonical address. One that is a home page names the site, not the article, and is refused; so is one of another site,
    unless the page was served from a cache of AMP pages."""
    site, elsewhere = site_of(url), _CACHE.search(urlsplit(url).netloc)
    for candidate in (*head.links.get("canonical", ()), *head.meta.get("og:url", ())):
        address = absolute(candidate, url)
        if address and not is_home(address) and (elsewhere or site_of(address) == site):
            return address
    return None


def _image(value: Any) -> str:
    if isinstance(value, Mapping):
        return structured.text_of(value.get("url") or value.get("contentUrl") or value.get("@id"))
    if isinstance(value, list):
        return next((image for item in value if (image := _image(item))), "")
    return structured.text_of(value)


# --- small things -----------------------------------------------------------------------------------------------------


def _site_name(head: Head, node: structured.Node) -> str | None:
    publisher = node.get("publisher")
    name = publisher.get("name") if isinstance(publisher, Mapping) else publisher
    return names.plain(_first(head.meta, SITE_KEYS) or structured.text_of(name)) or None


def _section(head: Head, node: structured.Node) -> str | None:
    """The first section that the page names; a path of sections ("News/World") by its last part."""
    section = names.plain(_first(head.meta, SECTION_KEYS) or structured.text_of(node.get("articleSection")))
    return section.replace(">", "/").split("/")[-1].strip()[:80] or None


def _caption(tree: HtmlElement, node: structured.Node, image: str | None) -> str | None:
    """What stands under the lead image: of the figure that shows it, else as JSON-LD has it."""
    name = file_name(image)
    for figure in tree.iter("figure") if name else ():
        shown = (value for picture in figure.iter("img", "source") for key in _IMAGE_ATTRIBUTES if (value := picture.get(key)))
        if any(name in value for value in shown):
            text = " ".join(_flat(caption.text_content()) for caption in figure.iter("figcaption"))
            if text.strip():
                return text.strip()[:MAX_CAPTION]
    described = node.get("image")
    described = described[0] if isinstance(described, list) and described else described
    text = structured.text_of(described.get("caption")) if isinstance(described, Mapping) else ""
    return names.plain(text)[:MAX_CAPTION] or None


def _agency(head: Head, node: structured.Node, authors: tuple[str, ...]) -> str | None:
    """The agency that the page's data or its only byline names."""
    said = [structured.text_of(node.get(key)) for key in ("creditText", "sourceOrganization", "provider", "isBasedOn")]
    said += [value for key in SOURCE_KEYS for value in head.meta.get(key, ())]
    return agencies.named([*said, *(authors if len(authors) == 1 else ())])


def _first(meta: Mapping[str, tuple[str, ...]], keys: Iterable[str]) -> str | None:
    return next((value for key in keys for value in meta.get(key, ()) if value), None)


def _flat(text: str) -> str:
    return " ".join(text.split())


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def _fold(text: str) -> str:
    return " ".join(_words(text))
