"""The address of a page: as it is shown, and as it identifies the page.

``clean`` parses as browsers do (WHATWG URL Standard, by ada), unwraps redirectors that carry their target, and drops what only says
where a reader came from. ``key`` goes on from there and drops what only changes the page's dress: scheme, ``www.`` and mobile hosts, AMP,
print views, index files, a slash at the end, the order of parameters. Two pages that differ keep two keys: a parameter that is not
known to be about tracking stays, and so does a fragment that names a page (``#/…`` and ``#!…``).

The tables are in ``data/addresses.yaml``.
"""

import base64
import binascii
import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote, unquote_plus

import ada_url
import yaml

from aggregator.errors import UsageError

TABLES = Path(__file__).parent / "data" / "addresses.yaml"
LONGEST = 8192  # characters; longer ones are no addresses of articles
DEEPEST = 4  # redirectors within redirectors

_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")  # RFC 3986, section 2.3
_ESCAPE = re.compile("%([0-9A-Fa-f]{2})")
_SESSION = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/;]*", re.IGNORECASE)
_ADDRESS = re.compile(r"https?:/{1,2}[^\s\x00-\x1f\x7f]+", re.IGNORECASE)
_TOKEN = re.compile(r"[^a-z0-9-]+")
_NEWS_ARTICLE = re.compile(r"/(?:rss/|__i/rss/rd/)?articles/([\w-]{20,})")
_URLDEFENSE = re.compile(r"/v3/__(https?:/{1,2}.+?)__;")
_YAHOO = re.compile(r"/RU=([^/]+)/R[KS]=")
_COUNTRY = re.compile(r"[a-z]{2,3}(?:\.[a-z]{2})?")
_TRANSLATED = ".translate.goog"


@dataclass(frozen=True, slots=True)
class Redirector:
    """A host that leads elsewhere: its path's prefix, and the parameters that may hold the target."""

    host: str
    path: str
    target: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tables:
    """``data/addresses.yaml``, ready for use."""

    tracking: frozenset[str]
    tracking_prefixes: tuple[str, ...]
    channel_names: frozenset[str]
    channel_words: frozenset[str]
    valued: dict[str, re.Pattern[str]]
    dress: dict[str, re.Pattern[str]]
    dress_labels: frozenset[str]
    registries: frozenset[str]
    same_host: dict[str, str]
    only_parameters: dict[str, frozenset[str]]
    same_path: dict[str, tuple[tuple[re.Pattern[str], str], ...]]
    index_files: frozenset[str]
    redirectors: dict[str, tuple[Redirector, ...]]
    wrapped: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]


@cache
def tables() -> Tables:
    """Read the tables, once a process."""
    raw: dict[str, Any] = yaml.safe_load(TABLES.read_text(encoding="utf-8"))
    redirectors: dict[str, tuple[Redirector, ...]] = {}
    for row in raw["redirectors"]:
        redirectors[row["host"]] = (*redirectors.get(row["host"], ()), Redirector(row["host"], row["path"], tuple(row["target"])))
    same_path: dict[str, tuple[tuple[re.Pattern[str], str], ...]] = {}
    for host, pattern, target in raw["same_path"]:
        same_path[host] = (*same_path.get(host, ()), (re.compile(pattern), target))
    return Tables(
        tracking=frozenset(name for name in raw["tracking"] if not name.endswith("*")),
        tracking_prefixes=tuple(name[:-1] for name in raw["tracking"] if name.endswith("*")),
        channel_names=frozenset(raw["channel"]["names"]),
        channel_words=frozenset(raw["channel"]["words"]),
        valued={name: re.compile(pattern, re.IGNORECASE) for name, pattern in raw["valued"].items()},
        dress={name: re.compile(pattern, re.IGNORECASE) for name, pattern in raw["dress"].items()},
        dress_labels=frozenset(raw["dress_labels"]),
        registries=frozenset(raw["registries"]),
        same_host={other: host for host, others in raw["same_host"].items() for other in others},
        only_parameters={host: frozenset(names) for host, names in raw["only_parameters"].items()},
        same_path=same_path,
        index_files=frozenset(raw["index_files"]),
        redirectors=redirectors,
        wrapped=tuple((re.compile(host), re.compile(path, re.IGNORECASE | re.DOTALL)) for host, path in raw["wrapped"]),
    )


class Address(NamedTuple):
    """A parsed address. ``path`` begins with a slash; ``query`` and ``fragment`` have no ``?`` and ``#``."""

    scheme: str
    host: str
    port: str
    path: str
    query: str
    fragment: str

    def text(self) -> str:
        port = f":{self.port}" if self.port else ""
        query = f"?{self.query}" if self.query else ""
        fragment = f"#{self.fragment}" if self.fragment else ""
        return f"{self.scheme}://{self.host}{port}{self.path}{query}{fragment}"


def clean(url: str) -> str:
    """Return the address as it is shown: normal form, target instead of redirector, without tracking, credentials and idle fragments.

    Cleaning twice changes nothing. Raises UsageError where ``url`` is no http(s) address.
    """
    return _clean(url).text()


def key(url: str) -> str:
    """Return the identity of the page: equal for all spellings of its address, never shown. ``key(clean(url)) == key(url)``.

    Raises UsageError where ``url`` is no http(s) address.
    """
    return _key(_clean(url))


def clean_and_key(url: str) -> tuple[str, str]:
    """Both at the cost of one. Raises UsageError where ``url`` is no http(s) address."""
    address = _clean(url)
    return address.text(), _key(address)


def is_listing(url_key: str) -> bool:
    """Whether a key looks like a front page or section (``/``, ``/news``, ``/ru/world``) and not like one article: feeds that link
    each item there say nothing about its identity. A path of at most two segments of plain words without a parameter or fragment."""
    rest = url_key.partition("/")[2]
    segments = [part for part in rest.split("/") if part]
    return "?" not in rest and "#" not in rest and len(segments) <= 2 and all(part.isalpha() and len(part) <= 12 for part in segments)


def host(url_key: str) -> str:
    """The host that an article's key begins with, with its port where it has one; empty for a key that is of a feed's entry alone."""
    return "" if url_key.startswith("entry:") else re.split(r"[/?#]", url_key, maxsplit=1)[0]


def site(url_key: str) -> str:
    """The registered name that a key's host belongs to, as far as labels tell (``bbc.co.uk``, ``example.org``)."""
    labels = url_key.partition("/")[0].partition(":")[0].split(".")
    many = len(labels) >= 3 and len(labels[-1]) == 2 and labels[-2] in tables().registries
    return ".".join(labels[-3:] if many else labels[-2:])


def _parse(url: str) -> Address:
    """WHATWG parsing, then the escapes of RFC 3986, section 6.2.2. Raises UsageError."""
    if len(url) > LONGEST:
        raise UsageError(f"This is no address of a page: it has {len(url)} characters, and at most {LONGEST} are allowed.")
    try:
        href = ada_url.normalize_url(url)
    except (ValueError, UnicodeError) as error:  # UnicodeError: a lone surrogate
        raise UsageError(f"{url[:200]!r} is no web address; right would be https://host/path.") from error
    scheme, _, rest = href.partition("://")
    if scheme not in ("http", "https"):
        raise UsageError(f"{url[:200]!r} is no http(s) address; right would be https://host/path.")
    rest, _, fragment = rest.partition("#")
    rest, _, query = rest.partition("?")
    authority, _, path = rest.partition("/")
    host = authority.rpartition("@")[2]
    port = ""
    if host[-1] != "]" and ":" in host or "]:" in host:
        host, _, port = host.rpartition(":")
    if host.endswith(".") and len(host) > 1 and host[-2] != ".":  # the root of the name system
        host = host[:-1]
    if "xn--" in host:
        _check_punycode(host, url)
    return Address(scheme, host, port, _escapes("/" + path), query, fragment)


def _check_punycode(host: str, url: str) -> None:
    """Browsers refuse labels whose Punycode (RFC 3492) does not decode, or decodes to what UTS 46 would have mapped to something
    else; ada lets some through."""
    for label in host.split("."):
        if not label.startswith("xn--"):
            continue
        try:
            name = label[4:].encode("ascii").decode("punycode")
        except UnicodeError:
            name = ""
        if not name or name.isascii() or unicodedata.normalize("NFKC", name).lower() != name:
            raise UsageError(f"{url[:200]!r} is no web address: {label!r} is not the encoding of a name.")


def _escapes(text: str) -> str:
    """Percent-encodings in upper case, and none of a character that needs none; repeated until nothing changes."""
    while "%" in text:
        plain = _ESCAPE.sub(_unescape, text)
        if plain == text:
            break
        text = plain
    return text


def _unescape(match: re.Match[str]) -> str:
    character = chr(int(match[1], 16))
    return character if character in _UNRESERVED else match[0].upper()


def _clean(url: str) -> Address:
    address = _parse(url)
    for _ in range(DEEPEST):
        target = _target(address)
        if target is None:
            break
        try:
            address = _parse(target)
        except UsageError:  # what looked like a target is none: the redirector is the address
            break
    path = address.path
    if ";" in path:
        path = _SESSION.sub("", path)
    query = _without_tracking(address.host, address.query) if address.query else ""
    fragment = address.fragment if address.fragment.startswith(("/", "!")) else ""
    return Address(address.scheme, address.host, address.port, path, query, fragment)


def _target(address: Address) -> str | None:
    """Where a redirector or AMP cache leads, None for any other address."""
    table, host = tables(), address.host
    if "amp" in host or "google" in host:
        for pattern, path in table.wrapped:
            if pattern.fullmatch(host):
                found = path.fullmatch(address.path)
                if found and "." in found[2].partition("/")[0]:
                    tail = f"?{address.query}" if address.query else ""
                    return f"{'https' if found[1] else 'http'}://{found[2]}{tail}"
    if address.query:
        for row in _redirectors(host):
            if address.path.startswith(row.path):
                values = {name: value for name, value in reversed(_pairs(address.query)) if name in row.target}
                for name in row.target:
                    if _ADDRESS.match(values.get(name, "")):
                        return values[name]
    if host == "news.google.com" and (coded := _NEWS_ARTICLE.fullmatch(address.path)):
        return _news_target(coded[1])
    if host == "urldefense.com" and (defended := _URLDEFENSE.match(address.path)):
        return defended[1]
    if host == "r.search.yahoo.com" and (searched := _YAHOO.search(address.path)):
        return unquote(searched[1])
    if host.endswith(_TRANSLATED):
        name = host.removesuffix(_TRANSLATED)
        return f"https://{re.sub('-+', _hyphens, name)}{address.path}{'?' + address.query if address.query else ''}"
    return None


def _redirectors(host: str) -> tuple[Redirector, ...]:
    """The rows for this host: by its name, as the subdomain of one, or as Google's in some country."""
    table = tables().redirectors
    bare = host.removeprefix("www.")
    rows = table.get(bare, ())
    if not rows and bare.endswith(".safelinks.protection.outlook.com"):
        rows = table["*.safelinks.protection.outlook.com"]
    if not rows and "google." in bare:
        before, _, country = bare.partition("google.")
        if _COUNTRY.fullmatch(country):
            rows = table.get(f"{before}google.*", ())
    return rows


def _hyphens(run: re.Match[str]) -> str:
    """translate.goog writes a dot as one hyphen and a hyphen as two."""
    return "-" * (len(run[0]) // 2) + "." * (len(run[0]) % 2)


def _news_target(code: str) -> str | None:
    """The address within an article code of news.google.com (a base64 message whose first string it was until 2024), or None."""
    try:
        data = base64.urlsafe_b64decode(code + "=" * (-len(code) % 4))
    except (binascii.Error, ValueError):
        return None
    found = re.search(rb"https?://[\x21-\x7e]+", data)
    return found[0].decode("ascii") if found else None


def _pairs(query: str) -> list[tuple[str, str]]:
    """Name in lower case and value of each parameter, decoded."""
    out = []
    for part in query.split("&"):
        name, _, value = part.partition("=")
        out.append((unquote_plus(name).lower(), unquote_plus(value)))
    return out


def _without_tracking(host: str, query: str) -> str:
    if query.isdigit() or query.isalpha():  # the commonest queries that say nothing about tracking: ?123, ?single
        part = query.lower()
        if part not in tables().tracking:
            return _escapes(query)
    only = tables().only_parameters.get(_bare(host))
    kept = []
    for part in query.split("&"):
        if not part:
            continue
        name, _, value = part.partition("=")
        name = (unquote_plus(name) if "%" in name or "+" in name else name).lower()
        if _is_tracking(name, value) or (only is not None and name not in only):
            continue
        kept.append(_escapes(part))
    return "&".join(kept)


def _is_tracking(name: str, value: str) -> bool:
    table = tables()
    if name in table.tracking or name.startswith(table.tracking_prefixes):
        return True
    if name in table.channel_names and value:
        words = [word for word in _TOKEN.split(unquote_plus(value).lower()) if word]
        if words and (words[0] in table.channel_words or words[-1] in table.channel_words):
            return True
    pattern = table.valued.get(name)
    return pattern is not None and pattern.fullmatch(value) is not None


def _bare(host: str) -> str:
    """The host without labels of dress, and the one name of a place that has several."""
    table = tables()
    labels = host.split(".")
    if host[-1] == "]" or labels[-1].isdigit():  # an IP address
        return host
    while len(labels) > 2 and labels[0] in table.dress_labels and not _is_registry(labels[1:]):
        del labels[0]
    if len(labels) > 3 and labels[1] in ("m", "mobile", "amp") and not _is_registry(labels[2:]):  # en.m.wikipedia.org
        del labels[1]
    bare = ".".join(labels)
    return table.same_host.get(bare, bare)


def _is_registry(labels: list[str]) -> bool:
    """Whether names are registered under these labels, as under ``co.uk``."""
    return len(labels) == 2 and len(labels[1]) == 2 and labels[0] in tables().registries


def _key(address: Address) -> str:
    table = tables()
    host = _bare(address.host)
    path = _bare_path(address.path)
    query = address.query
    for pattern, target in table.same_path.get(host, ()):
        found = pattern.fullmatch(path + (f"?{query}" if query else ""))
        if found:
            host, _, path = found.expand(target).partition("/")
            path, _, query = f"/{path}".partition("?")
            break
    if query:
        only = table.only_parameters.get(host)
        query = _key_query(query, only)
    port = f":{address.port}" if address.port else ""
    fragment = f"#{address.fragment}" if address.fragment else ""
    return f"{host}{port}{path}{'?' + query if query else ''}{fragment}"


def _bare_path(path: str) -> str:
    """The path without AMP's marks, an index file and slashes at the end or doubled."""
    parts = [part for part in path.split("/") if part]
    if len(parts) > 1:
        if parts[-1] in ("amp", "amp.html", "amphtml"):
            del parts[-1]
        elif parts[0] == "amp":
            del parts[0]
    if parts:
        last = parts[-1]
        if last.lower() in tables().index_files:
            del parts[-1]
        elif last.endswith((".amp.html", ".amp.htm", ".amp")) and not last.startswith(".amp"):
            parts[-1] = last.replace(".amp", "", 1) if last.endswith(".amp") else last[: last.rindex(".amp.")] + last[last.rindex(".") :]
    return "/" + "/".join(parts)


def _key_query(query: str, only: frozenset[str] | None) -> str:
    """Parameters in alphabetical order, without those of dress; ``name`` and ``name=`` are one, and so are ``+`` and ``%20``."""
    table = tables()
    kept = []
    for part in query.split("&"):
        name, _, value = part.partition("=")
        lower = (unquote_plus(name) if "%" in name or "+" in name else name).lower()
        pattern = table.dress.get(lower)
        if pattern is not None and pattern.fullmatch(value):
            continue
        if only is not None and lower not in only:
            continue
        kept.append(f"{name}={value}".replace("+", "%20"))
    kept.sort()
    return "&".join(kept)
