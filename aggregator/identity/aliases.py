"""Under which names an entry is known: within its feed, and across feeds.

Feeds break identity both ways. One item comes under many names: its GUID follows the headline, its link carries a fresh token at each
request, it moves from http to https. And many items come under one name: every GUID is ``0``, every link leads to the front page.
So no name is trusted alone where it is seen to be shared, and a GUID that leads to another page with quite another title is no match.
"""

import hashlib
import html
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from functools import lru_cache

from aggregator.errors import UsageError
from aggregator.identity import urls
from aggregator.model import Alias, Entry
from aggregator.ports import AliasHit, SeenEntry
from aggregator.tombstones import TombstoneHit

SAME_TITLE_WORDS = 0.6  # share of the shorter title's words that stand in the other
SERIES_TITLE = 15  # characters; "Live updates" and "Photos of the day" come again and again
SAME_TITLE_RATIO = 0.75  # likeness of the letters (difflib), for titles in scripts without spaces

_TAG = re.compile(r"<[^>]*>")
_WORD = re.compile(r"\w+")
_PATH_TOKEN = re.compile(r"[^\W_]+")
_TOKEN_NAMES = frozenset(
    ("token", "access_token", "auth", "authtoken", "sig", "sign", "signature", "hash", "hmac", "expires", "exp", "nonce", "ticket", "sess")
)
_TOKEN_VALUE = re.compile(r"(?=.*\d)(?=.*[A-Za-z])[\w.~+/=%-]{16,}")  # letters and figures at random, as no slug has them
_GATES = re.compile(
    r"(?:^|[/._-])(?:log-?in|sign-?in|consent|subscribe|paywall|captcha|challenge|error|not-?found|40[0-9])(?:[/._?-]|$)", re.IGNORECASE
)


# --- within a feed ----------------------------------------------------------------------------------------------------


def seen_entries(entries: Sequence[Entry]) -> tuple[SeenEntry, ...]:
    """Return each distinct entry of one feed document with its key and digest, in the feed's order.

    ``key`` (1 to 70 characters) is the same at each poll for the same item: its GUID; else its link without tokens; else its title and
    time. A GUID or link that several entries of the document share is joined by what tells them apart. Entries that agree in GUID, link
    and title are one, and the first of them is returned. ``digest`` changes when title, text (markup and spacing aside) or ``updated`` do.
    """
    names = [(_guid(entry), _entry_link(entry), _squeeze(entry.title)) for entry in entries]
    guids = Counter(guid for guid, _, _ in set(names) if guid)
    links = Counter(link for _, link, _ in set(names) if link)
    pairs = Counter((guid, link) for guid, link, _ in set(names))
    seen: dict[str, SeenEntry] = {}
    for entry, (guid, link, title) in zip(entries, names, strict=True):
        own_link = link if link and not urls.is_listing(link) else ""
        parts: tuple[str, ...]
        if guid and guids[guid] == 1:
            parts = ("guid", guid)
        elif guid and pairs[guid, link] == 1:
            parts = ("guid+link", guid, link)
        elif guid:
            parts = ("guid+link+title", guid, link, title)
        elif own_link and links[link] == 1 and not _has_token(entry.link):
            parts = ("link", link)
        else:
            published = entry.published.isoformat() if entry.published else ""
            text = "" if title else _squeeze(_text(entry.summary or entry.content))
            parts = ("link+title", link, title, published, text)
        key = f"{parts[0]}:{_hash(parts[1:])}"
        seen.setdefault(key, SeenEntry(key, digest(entry), entry))
    return tuple(seen.values())


def digest(entry: Entry) -> str:
    """Hash of what a reader would notice: title, summary, content and the time of the update."""
    updated = entry.updated.isoformat() if entry.updated else ""
    return _hash((_squeeze(entry.title), _squeeze(_text(entry.summary)), _squeeze(_text(entry.content)), updated))


def _guid(entry: Entry) -> str:
    """The GUID in one spelling; one that is an address is compared as an address (http or https, www or not)."""
    guid = (entry.guid or "").strip()
    if guid.lower().startswith(("http://", "https://")):
        found = _key_or_none(guid)
        if found is not None and not urls.is_listing(found):
            return found
    return guid


def _entry_link(entry: Entry) -> str:
    """Key of the link without parameters that look like tokens of one request; empty where there is no usable link."""
    found = _key_or_none(entry.link)
    if found is None:
        return ""
    path, _, query = found.partition("?")
    kept = [part for part in query.split("&") if part and not _is_token(part)]
    return f"{path}?{'&'.join(kept)}" if kept else path


def _has_token(link: str | None) -> bool:
    return any(_is_token(part) for part in (link or "").partition("?")[2].partition("#")[0].split("&"))


def _is_token(part: str) -> bool:
    name, _, value = part.partition("=")
    return name.lower() in _TOKEN_NAMES and _TOKEN_VALUE.fullmatch(value) is not None


# --- across feeds -----------------------------------------------------------------------------------------------------


def address_of(entry: Entry, *, final_url: str | None = None) -> tuple[str, str]:
    """Return the address to show and the ``url_key`` of the article behind an entry.

    It is where the link led (``final_url``), unless that is another site's or its own front page, section, login or error page; else the
    link; else a GUID that is an address. Where the address is a front page or section that all items of a feed share, the key is made
    the item's own by its GUID, or title. Raises UsageError where the entry has no http(s) address at all.
    """
    link = next((url for url in (entry.link, entry.guid) if _key_or_none(url) is not None), None)
    if link is None:
        raise UsageError("This entry has neither a link nor a GUID that is an http(s) address.")
    url = final_url if final_url is not None and _is_article(final_url) else link
    shown, key = urls.clean_and_key(url)
    if urls.is_listing(key):
        key = f"{key}#item={_hash((_guid(entry), '' if _is_distinctive(entry.guid) else _squeeze(entry.title)))}"
    return shown, key


def aliases_of(
    entry: Entry,
    feed_id: int,
    *,
    final_url: str | None = None,
    canonical_url: str | None = None,
    amp_url: str | None = None,
    redirects: Iterable[str] = (),
) -> tuple[Alias, ...]:
    """Return every name under which the article behind an entry can be met again, each once, the surest first; among them, as a GUID of
    its feed, the second of its publication with its title.

    ``final_url`` is where the redirects ended, ``redirects`` the stations between. What the page says of itself (canonical, AMP) counts
    only on its own site: elsewhere it names the text that was reprinted. No front page, section, login or error page is ever a name.
    """
    shown, own = address_of(entry, final_url=final_url)
    aliases = [Alias("link", own)]
    link = _key_or_none(entry.link)
    if link is not None and not urls.is_listing(link):
        aliases.append(Alias("link", link))
    aliases += names_in_feed(entry, feed_id)
    site = urls.site(own)
    for kind, url in (*(("redirect", url) for url in (*redirects, final_url) if url), ("canonical", canonical_url), ("amp", amp_url)):
        key = _key_or_none(url)
        if url is None or key is None or not _is_article(url) or (kind != "redirect" and urls.site(key) != site):
            continue
        aliases.append(Alias(kind, key))
    names: dict[tuple[str, int | None], Alias] = {}
    for alias in aliases:
        names.setdefault((alias.key, alias.scope), alias)
    return tuple(names.values())


def names_in_feed(entry: Entry, feed_id: int) -> tuple[Alias, ...]:
    """Names that need no address: the GUID, and the second of publication with the title."""
    return tuple(Alias("guid", name, feed_id) for name in (_guid(entry), _moment(entry)) if name)


def decide(hits: Sequence[AliasHit], *, url_key: str, title: str) -> int | None:
    """Return the id of the article that this is again, or None for a new one.

    The same address is the same article, however it is titled. Another article's address reached by redirect is that article. A GUID,
    canonical or AMP address, or a station of a redirect, that an article with another address has too is believed only where the titles
    are alike or the addresses share a number: login pages, wrong canonicals and reused GUIDs collect many articles that differ.
    """
    for hit in hits:
        if hit.url_key == url_key or (hit.alias.key == url_key and hit.alias.kind != "guid"):
            return hit.article_id
    for hit in hits:
        if hit.alias.kind in ("redirect", "link") and hit.alias.key == hit.url_key:
            return hit.article_id
    alike = [hit.article_id for hit in hits if same_title(hit.title, title) or _share_number(hit.url_key, url_key)]
    return min(alike, default=None)


def unclaimed(aliases: Sequence[Alias], hits: Iterable[AliasHit | TombstoneHit]) -> tuple[Alias, ...]:
    """The aliases that no article has or had yet: those to store with this one. A name stays with the article that had it first."""
    taken = {hit.alias for hit in hits}
    return tuple(alias for alias in aliases if alias not in taken)


def same_title(a: str, b: str) -> bool:
    """Whether two titles are alike: one has most words of the other, or most letters in order. A missing title differs from none."""
    first, second = _squeeze(a).casefold(), _squeeze(b).casefold()
    if not first or not second or first == second:
        return True
    words, others = set(_WORD.findall(first)), set(_WORD.findall(second))
    least = min(len(words), len(others))
    if least >= 3 and len(words & others) / least >= SAME_TITLE_WORDS:
        return True
    return SequenceMatcher(None, first, second, autojunk=False).ratio() >= SAME_TITLE_RATIO


def mask(title: str) -> str:
    """A title from which nobody reads its words, and which ``same_title`` still compares: a digest (8 hex digits) of each word."""
    return " ".join(_hash((word,))[:8] for word in _WORD.findall(_squeeze(title).casefold()))


def _share_number(a: str, b: str) -> bool:
    """Whether two addresses of one site share a part that numbers an article: six or more characters with a figure, no date."""
    if urls.site(a) != urls.site(b):
        return False
    return bool(_numbers(a) & _numbers(b))


def _numbers(url_key: str) -> set[str]:
    tokens = _PATH_TOKEN.findall(url_key.partition("/")[2])
    return {token for token in tokens if len(token) >= 6 and any(c.isdigit() for c in token) and not _is_day(token)}


def _is_day(token: str) -> bool:
    return len(token) in (6, 8) and token.isdigit() and token.startswith(("19", "20"))


def _is_article(url: str) -> bool:
    """Whether an address may be one article's: no front page or section, no login, consent or error page."""
    key = _key_or_none(url)
    return key is not None and not urls.is_listing(key) and _GATES.search(key.partition("?")[0]) is None


def _moment(entry: Entry) -> str:
    """A name made of the second of publication and the title, for feeds that give an item another GUID and another address with each
    edit; empty where the feed tells only the day, or the title is as short as that of a series."""
    title = _squeeze(entry.title)
    if (
        entry.published is None
        or len(title) < SERIES_TITLE
        or not (entry.published.hour or entry.published.minute or entry.published.second)
    ):
        return ""
    return f"moment+title:{_hash((entry.published.isoformat(), title))}"


def _is_distinctive(guid: str | None) -> bool:
    return guid is not None and len(guid.strip()) >= 6


@lru_cache(maxsize=4096)
def _key_or_none(url: str | None) -> str | None:
    if not url:
        return None
    try:
        return urls.key(url)
    except UsageError:  # feeds put anything there; without an address the other names must do
        return None


def _text(markup: str | None) -> str:
    return html.unescape(_TAG.sub(" ", markup)) if markup else ""


def _squeeze(text: str | None) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).split()) if text else ""


def _hash(parts: Iterable[str]) -> str:
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]
