"""What every output is made of: a channel and its items.

The values hold plain text and safe HTML; each format escapes them itself. Ids never change, whatever happens to titles and links.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from ipaddress import ip_address
from urllib.parse import quote, urlsplit

import idna

GENERATOR = "Frontwire"
SAMPLE_NOTICE = "Sample: an invented report of an invented outlet, here to show how Frontwire works."
IMAGE_TYPES = {
    **{"jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png", "gif": "image/gif"},
    **{"webp": "image/webp", "avif": "image/avif", "svg": "image/svg+xml"},
}
KINDS = ("place", "outlet", "cited-source", "language", "theatre", "state")  # of categories

# What XML 1.0 (section 2.2) cannot hold, the halves of surrogate pairs, which no encoding can, and the controls that the section's note
# advises against, which in a text are always damage.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd\U00010000-\U0010ffff]")
_URL = re.compile(
    r"(?P<scheme>[a-z][a-z0-9+.-]*://)(?P<user>[^/?#@]*@)?(?P<host>\[[0-9a-f:.]*\]|[^/?#:]*)(?P<rest>.*)", re.DOTALL | re.IGNORECASE
)
_URL_SAFE = "%/:=&?~+!$,;'@()*"  # RFC 3986: brackets stand around addresses of hosts only
_NO_NAME = re.compile("[^a-z0-9-]")
_STRAY_PERCENT = re.compile("%(?![0-9A-Fa-f]{2})")


@dataclass(frozen=True, slots=True)
class Category:
    """What an item is about. ``scheme`` is a URI that says what kind of term it is: see ``category``."""

    scheme: str
    term: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Point:
    """Degrees in WGS 84."""

    lat: float
    lon: float
    name: str = ""


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A medium that belongs to an item; ``length`` in bytes, 0 where unknown."""

    url: str
    type: str
    length: int = 0


@dataclass(frozen=True, slots=True)
class Origin:
    """The feed or site from which the item came."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Item:
    """An article or story in an output. ``html`` is safe and has absolute links only; ``link`` is absolute, and so is ``image``, the
    address of its picture, "" for none."""

    id: str
    title: str
    link: str
    html: str
    published: datetime
    updated: datetime
    outlet: str = ""
    authors: tuple[str, ...] = ()
    language: str | None = None
    categories: tuple[Category, ...] = ()
    points: tuple[Point, ...] = ()
    origin: Origin | None = None
    enclosure: Enclosure | None = None
    image: str = ""
    sample: bool = False


@dataclass(frozen=True, slots=True)
class Channel:
    """A feed as a whole. ``link`` is its page for people, ``self_url`` its own address with the whole query.

    RFC 5005: ``next_url`` is the next page of the same list; ``archived`` says that it is an archive document, complete for its time, of
    the feed ``current_url``; ``earlier_url`` and ``later_url`` are the archive documents beside it.
    """

    id: str
    title: str
    link: str
    self_url: str
    description: str
    updated: datetime
    language: str | None = None
    hub: str | None = None
    next_url: str | None = None
    sample: bool = False
    archived: bool = False
    current_url: str | None = None
    earlier_url: str | None = None
    later_url: str | None = None

    @property
    def neighbours(self) -> tuple[tuple[str, str], ...]:
        """The documents beside this one by their relation (RFC 5005)."""
        found = (
            ("next", self.next_url),
            ("current", self.current_url),
            ("prev-archive", self.earlier_url),
            ("next-archive", self.later_url),
        )
        return tuple((relation, url) for relation, url in found if url)

    @property
    def notice(self) -> str:
        """Its description, with the notice where it holds samples."""
        return f"{self.description} {SAMPLE_NOTICE}".strip() if self.sample else self.description


def tag_id(base_url: str, kind: str, ident: object) -> str:
    """A tag URI (RFC 4151) such as ``tag:news.example,2026:article/12``: the same for ever, also under another scheme or port."""
    return f"tag:{_authority(urlsplit(base_url).hostname or 'localhost')},2026:{kind}/{quote(str(ident), safe='-._~/')}"


@lru_cache(maxsize=16)
def _authority(host: str) -> str:
    """The host as a DNS name, which is letters, digits and hyphens in parts between dots (RFC 4151, 2.1). An IPv6 address, whose colons
    would end it, goes by its name in ip6.arpa (RFC 3596, 2.5)."""
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        parts = (_NO_NAME.sub("-", part).strip("-") for part in _host(host).lower().split("."))
        return ".".join(filter(None, parts)) or "localhost"
    return address.reverse_pointer if address.version == 6 else str(address)


def category(base_url: str, kind: str, term: str, label: str = "") -> Category:
    """A category of one of KINDS. Raises ValueError for another kind."""
    if kind not in KINDS:
        raise ValueError(f"no kind of category: {kind}")
    return Category(f"{base_url}/ns/{kind}", term, label)


def kind_of(label: Category) -> str:
    """The kind that ``category`` wrote into the scheme."""
    return label.scheme.rpartition("/")[2]


def clean(text: str) -> str:
    """Without the characters that no XML may hold: one of them would make a whole feed unreadable."""
    return _FORBIDDEN.sub("", text)


def line(text: str) -> str:
    """As ``clean``, in one line."""
    return " ".join(clean(text).split())


def uri(url: str) -> str:
    """The URL as RFC 3986 has it, which is what feeds want: in ASCII, its host by IDNA."""
    text = clean(url).strip()
    found = _URL.fullmatch(text)
    if found is None:
        return _quoted(text)
    return found["scheme"] + _quoted(found["user"] or "") + _host(found["host"]) + _quoted(found["rest"])


def _quoted(text: str) -> str:
    path, mark, fragment = _STRAY_PERCENT.sub("%25", text).partition("#")
    return quote(path, safe=_URL_SAFE) + mark + quote(fragment, safe=_URL_SAFE)


def _host(name: str) -> str:
    if name.isascii():
        return quote(name, safe="[]:%")
    try:
        return idna.encode(name, uts46=True).decode()
    except idna.IDNAError:  # no name that could be resolved
        return quote(name)


def labels(item: Item) -> tuple[Category, ...]:
    """The item's categories that have a name: no format likes an empty one."""
    return tuple(label for label in item.categories if line(label.term))


def body_html(item: Item) -> str:
    """The item's HTML, after the notice if it is a sample."""
    return f"<p><strong>{SAMPLE_NOTICE}</strong></p>{clean(item.html)}" if item.sample else clean(item.html)


def title_of(item: Item) -> str:
    """The title, or the outlet or link where there is none: no format likes an empty one."""
    return line(item.title) or line(item.outlet) or item.link


def image_type(url: str) -> str | None:
    """The media type of a picture, by the end of its address's path; None where that does not tell."""
    return IMAGE_TYPES.get(urlsplit(url).path.rpartition(".")[2].lower())


def rfc3339(at: datetime) -> str:
    """``2024-05-01T10:00:00Z``."""
    return at.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def unique(items: Iterable[Item]) -> Iterator[Item]:
    """The items without those whose id came before: readers take them for one."""
    seen: set[str] = set()
    for item in items:
        if item.id not in seen:
            seen.add(item.id)
            yield item
