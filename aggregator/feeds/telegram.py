"""Public Telegram channels as feeds: the page https://t.me/s/NAME shows the newest posts of a channel to everybody.

The page is recognised by its structure and not by its host, so that a mirror works as well. Its classes, as Telegram's own web page
has used them since 2019: each post is a ``tgme_widget_message`` with ``data-post="NAME/NUMBER"``; its text, photos, videos, the channel
it was forwarded from and its hour stand in elements whose classes begin with ``tgme_widget_message_``. A post is whole in this page:
nothing further has to be fetched for it.
"""

import html
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from urllib.parse import parse_qs, unquote, urlsplit

import lxml.html
from lxml.html import HtmlElement

from aggregator.errors import FeedError, UsageError
from aggregator.feeds import markup
from aggregator.feeds.dates import parse_date
from aggregator.model import Enclosure, Entry, ParsedFeed

ROOT = "https://t.me"
HOSTS = frozenset({"t.me", "telegram.me", "telegram.dog"})
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{3,31}$")
# First parts of a path at t.me that are no names of channels.
RESERVED = frozenset(
    """addlist addstickers addemoji addtheme auction bg boost c confirmphone contact giftcode invoice iv joinchat login m msg nft passport
    proxy setlanguage share socks stickers""".split()  # noqa: SIM905 - words are read more easily without quotes
)
PAGE = re.compile(r"\s*(?:<!--.*?-->\s*)?<(?:!doctype\s+html|html)\b", re.IGNORECASE | re.DOTALL)
MARKS = re.compile(r"class=[\"'][^\"']*\btgme_(?:channel_info|channel_history|widget_message_wrap|page)\b")
POST = re.compile(r"(?:[\w-]+)/\d+$")
BACKGROUND = re.compile(r"background-image\s*:\s*url\(\s*[\"']?([^\"')]+)")
BLOCK = re.compile(r"<(?:p|div|blockquote|pre|ul|ol)\b")  # what may not stand in a paragraph
TITLE_LENGTH = 120  # characters of a post's first line that stand for its missing title
CUT = re.compile(r"\s+\S*$")
DROPPED = ("tgme_widget_message_reply", "tgme_widget_message_link_preview")  # words of others: quoted posts and previews of pages
PICTURES = frozenset({"tgme_widget_message_photo_wrap", "tgme_widget_message_video_thumb"})  # not those of previews: they are others'
KINDS = {"mp4": "video/mp4", "webm": "video/webm", "png": "image/png", "webp": "image/webp", "gif": "image/gif"}


def channel_url(text: str) -> str:
    """The address of a channel's public page: ``@name``, ``t.me/name``, a post's address or ``tg://resolve?domain=name`` give
    ``https://t.me/s/name``, in lower case, because Telegram takes names so.

    Raises UsageError for what names no public channel.
    """
    name = _name(text.strip())
    if name is None:
        raise UsageError(f"{text.strip()[:100]!r} names no public Telegram channel: give @name or https://t.me/name.")
    if name.startswith("+") or name.lower() == "joinchat":
        raise UsageError("An invitation link leads to a private channel, which has no public page: only public channels can be read.")
    if not NAME.match(name) or name.lower() in RESERVED:
        raise UsageError(f"{name[:40]!r} is no name of a Telegram channel: names have 4 to 32 letters, figures and low lines.")
    return f"{ROOT}/s/{name.lower()}"


def is_channel(text: str) -> bool:
    """Whether what somebody typed is meant as a Telegram channel."""
    return _name(text.strip()) is not None


def is_post(url: str) -> bool:
    """Whether an address is that of one post, which stands whole in its channel's page."""
    parts = urlsplit(url)
    return (parts.hostname or "") in HOSTS and POST.match(parts.path.strip("/").removeprefix("s/")) is not None


def looks_like(text: str) -> bool:
    """Whether a document is one of Telegram's pages: a channel's, or the card of a name that shows no posts."""
    return PAGE.match(text) is not None and MARKS.search(text) is not None


def parse(text: str, url: str, now: datetime, warnings: tuple[str, ...] = ()) -> ParsedFeed:
    """Parse a channel's public page, its posts in the page's order (oldest first). Service messages are left out.

    Raises FeedError where the page shows no posts: the name belongs to a person, a group or a private channel, or there are none yet.
    """
    page = lxml.html.document_fromstring(
        markup.without_controls(text).encode("utf-8", "replace"), parser=lxml.html.HTMLParser(encoding="utf-8", huge_tree=False)
    )
    said = dict.fromkeys(warnings)
    posts = [_post(found, url, now, said) for found in _all(page, "tgme_widget_message") if found.get("data-post")]
    entries = tuple(post for post in posts if post)
    name = _channel_name(page, entries)
    if not entries:
        raise _nothing(page, name, url)
    return ParsedFeed(
        format="telegram",
        title=_line(_first(page, "tgme_channel_info_header_title")) or _meta(page, "og:title") or f"@{name}",
        link=f"{ROOT}/{name}",
        entries=entries,
        warnings=tuple(said),
    )


# --- addresses --------------------------------------------------------------------------------------------------------


def _name(text: str) -> str | None:
    """The name in any of the forms in which people give a channel; None for what is none of them."""
    if text.startswith("@"):
        return text[1:]
    if text.lower().startswith("tg:"):
        return next(iter(parse_qs(urlsplit(text).query).get("domain", ())), None)
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
    except ValueError:
        return None
    host = (parts.hostname or "").removeprefix("www.")
    if host.endswith(".t.me"):
        return host.removesuffix(".t.me")
    if host not in HOSTS:
        return None
    steps = [unquote(step) for step in parts.path.split("/") if step]
    return next(iter(steps[1:] if steps[:1] == ["s"] else steps), "")


# --- the page ---------------------------------------------------------------------------------------------------------


def _channel_name(page: HtmlElement, entries: Iterable[Entry]) -> str:
    for link in (_first(page, "tgme_channel_info_header_username"), _first(page, "tgme_username_link"), _first(page, "tgme_page_extra")):
        if link is not None and (match := re.search(r"@(\w+)", link.text_content())):
            return match[1]
    return next((entry.link.removeprefix(f"{ROOT}/").partition("/")[0] for entry in entries if entry.link), "")


def _nothing(page: HtmlElement, name: str, url: str) -> FeedError:
    who = f"@{name}" if name else "this name"
    if _first(page, "tgme_channel_info") is not None or _first(page, "tgme_channel_history") is not None:
        return FeedError(f"The Telegram channel {who} has no posts on its public page at {url}.", url, found="an empty Telegram channel")
    previews = [link.get("href") or "" for link in _all(page, "tgme_page_context_link")]
    instead = tuple(found for href in previews if "/s/" in href and (found := markup.address(href, url)))
    if instead:
        text = f"{url} is the card of the Telegram channel {who}; its posts are at {instead[0]}."
        return FeedError(text, url, found="the card of a Telegram channel", instead=instead)
    text = f"Telegram shows no posts of {who} at {url}: it is private, belongs to a person, a group or a bot, or does not exist."
    return FeedError(text, url, found="a Telegram page without posts")


def _post(post: HtmlElement, url: str, now: datetime, said: dict[str, None]) -> Entry | None:
    """One message as an entry; None for a service message such as “channel photo updated”."""
    number = (post.get("data-post") or "").strip()
    if {"service_message", "tgme_widget_message_service"} & set(_classes(post)) or not POST.match(number):
        return None
    link = f"{ROOT}/{number}"
    parsed = parse_date(_hour(post), now)
    if parsed.warning:
        said[parsed.warning] = None
    enclosures = tuple(_media(post, url))
    preview = _first(post, "tgme_widget_message_link_preview")
    for words in DROPPED:
        for found in _all(post, words):
            found.drop_tree()
    text = _first(post, "tgme_widget_message_text", "js-message_text")
    tags = _plain_text(text) if text is not None else ()
    parts = [_inner(text, url) if text is not None else "", _poll(post), _linked(preview, text, url)]
    body = "".join(filter(None, parts))
    forwarded = _forwarded(post, url) if body else ""
    return Entry(
        guid=link,
        link=link,
        title=_title(text, post),
        published=parsed.at,
        authors=tuple(filter(None, (_line(_first(post, "tgme_widget_message_from_author")),))),
        content=(forwarded + body) or None,
        tags=tags,
        enclosures=enclosures,
        edited=_edited(post),
    )


def _hour(post: HtmlElement) -> str:
    """When it was posted, with its zone. A post may quote others and show how long a video lasts: the hour stands last."""
    stamps = [one for one in post.iter("time") if one.get("datetime")]
    dated = [one for one in stamps if any("tgme_widget_message_date" in _classes(above) for above in one.iterancestors())]
    found = (dated or stamps)[-1:]
    return found[0].get("datetime") or "" if found else ""


def _edited(post: HtmlElement) -> bool:
    """Beside the hour of a post that was changed stands a word that says so, outside of any element."""
    meta = _first(post, "tgme_widget_message_meta")
    if meta is None:
        return False
    loose = [meta.text or "", *(child.tail or "" for child in meta)]
    return any(character.isalpha() for text in loose for character in text)


def _plain_text(text: HtmlElement) -> tuple[str, ...]:
    """Make a text's emoji and hashtags plain, in place; return the hashtags without their sign, in order."""
    tags: dict[str, None] = {}
    for emoji in _all(text, "emoji"):
        _replace(emoji, emoji.text_content())
    for link in list(text.iter("a")):
        words = link.text_content().strip()
        if words.startswith("#") and (link.get("href") or "").startswith(("?q=", "/s/")):
            tags[words.lstrip("#")] = None
            _replace(link, words)
    return tuple(filter(None, tags))


def _replace(element: HtmlElement, text: str) -> None:
    """Put a text in the element's place; what follows the element stays."""
    for child in list(element):
        element.remove(child)
    element.text = text
    element.drop_tag()


def _inner(element: HtmlElement, url: str) -> str:
    """The element's content as safe HTML, in paragraphs. The text of an album stands in a second element of its kind."""
    nested = _first(element, "tgme_widget_message_text")
    if nested is not None:
        nested.drop_tag()
    inner = html.escape(element.text or "", quote=False) + "".join(lxml.html.tostring(child, encoding="unicode") for child in element)
    paragraphs = re.split(r"(?:\s*<br\s*/?>\s*){2,}", inner)
    clean = filter(None, (markup.sanitise(part, url) for part in paragraphs))
    return "".join(part if BLOCK.search(part) else f"<p>{part}</p>" for part in clean)


def _forwarded(post: HtmlElement, url: str) -> str:
    """Who said it first, as a line above the text."""
    found = _first(post, "tgme_widget_message_forwarded_from_name")
    name = _line(found)
    if found is None or not name:
        return ""
    address = markup.address(found.get("href"), url)
    shown = markup.escape(name)
    return f"<p>Forwarded from {_anchor(address, shown, url) if address else shown}</p>"


def _poll(post: HtmlElement) -> str:
    question = _line(_first(post, "tgme_widget_message_poll_question"))
    if not question:
        return ""
    options = "".join(f"<li>{markup.escape(_line(one))}</li>" for one in _all(post, "tgme_widget_message_poll_option_text"))
    return f"<p>{markup.escape(question)}</p>" + (f"<ul>{options}</ul>" if options else "")


def _linked(preview: HtmlElement | None, text: HtmlElement | None, url: str) -> str:
    """The page that a post shows a preview of, where its text does not link to it already."""
    address = markup.address(preview.get("href"), url) if preview is not None else None
    if preview is None or address is None:
        return ""
    there = {markup.address(link.get("href"), url) for link in text.iter("a")} if text is not None else set()
    if address in there:
        return ""
    title = _line(_first(preview, "link_preview_title")) or address
    return f"<p>{_anchor(address, markup.escape(title), url)}</p>"


def _anchor(address: str, inner: str, url: str) -> str:
    return markup.sanitise(f'<a href="{html.escape(address)}">{inner}</a>', url)


def _title(text: HtmlElement | None, post: HtmlElement) -> str | None:
    """A post has no title: its first line stands for it, cut at a word."""
    first = ""
    if text is not None:
        for line in _lines(text).splitlines():
            first = markup.plain(line)
            if any(character.isalnum() for character in first):
                break
    first = first or _line(_first(post, "tgme_widget_message_poll_question")) or _line(_first(post, "tgme_widget_message_document_title"))
    if len(first) <= TITLE_LENGTH:
        return first or None
    return CUT.sub("", first[:TITLE_LENGTH]) + "…"


def _lines(text: HtmlElement) -> str:
    """The text's HTML with a line end for each break and block."""
    inner = html.escape(text.text or "", quote=False) + "".join(lxml.html.tostring(child, encoding="unicode") for child in text)
    return re.sub(r"<br\s*/?>|</?(?:p|div|blockquote|pre|li)\b[^>]*>", "\n", inner)


def _media(post: HtmlElement, url: str) -> Iterator[Enclosure]:
    """Photos, videos and recordings, each address once."""
    found: dict[str, str | None] = {}
    for element in post.iter():
        if not isinstance(element.tag, str):
            continue
        if element.tag in ("video", "audio") and element.get("src"):
            found.setdefault(element.get("src") or "", "audio/ogg" if element.tag == "audio" else "video/mp4")
        elif PICTURES & set(_classes(element)) and (match := BACKGROUND.search(element.get("style") or "")):
            found.setdefault(match[1], "image/jpeg")
    for source, kind in found.items():
        if address := markup.address(source, url):
            yield Enclosure(address, KINDS.get(urlsplit(address).path.rpartition(".")[2].lower(), kind))


# --- elements ---------------------------------------------------------------------------------------------------------


def _classes(element: HtmlElement) -> list[str]:
    return (element.get("class") or "").split()


def _all(element: HtmlElement, *names: str) -> list[HtmlElement]:
    """The elements below that have all these classes, in the order of the document."""
    wanted = set(names)
    return [one for one in element.iterdescendants() if isinstance(one.tag, str) and wanted <= set(_classes(one))]


def _first(element: HtmlElement, *names: str) -> HtmlElement | None:
    return next(iter(_all(element, *names)), None)


def _line(element: HtmlElement | None) -> str:
    return markup.one_line(element.text_content()) if element is not None else ""


def _meta(page: HtmlElement, name: str) -> str:
    return next((markup.one_line(meta.get("content") or "") for meta in page.iter("meta") if meta.get("property") == name), "")
