"""Addresses that a page gives: made whole, known for a home page, or named by their file."""

import re
from urllib.parse import urljoin, urlsplit

_WHOLE = re.compile(r"https?://[\w.:-]+/[\w/.:?=&%,;~+-]*$")  # an address that stays as it is when it is joined to another
_AUTHORITY = re.compile(r"[\w.~%:@\[\]-]+$")
_HOME = re.compile(r"^/(?:index\.\w{2,5}|home|[a-z]{2}(?:[-_][a-zA-Z]{2})?)?/?$")


def absolute(reference: str | None, url: str) -> str | None:
    """The http(s) address that a page at ``url`` refers to; None for any other and for none."""
    if not reference:
        return None
    try:
        reference = reference.strip()
        address = reference if _WHOLE.match(reference) else urljoin(url, reference)
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        return None
    return address if parts.scheme in ("http", "https") and host and _AUTHORITY.match(parts.netloc) else None


def is_home(address: str) -> bool:
    """Whether an address is that of a home page, in whatever language."""
    parts = urlsplit(address)
    return not parts.query and not _HOME.sub("", parts.path).strip("/")


def file_name(address: str | None) -> str:
    """The last part of an image's path, without what makes its sizes; empty where that is too short to tell images apart."""
    name = (address or "").split("?")[0].rsplit("/", 1)[-1]
    return name if len(name) >= 5 else ""
