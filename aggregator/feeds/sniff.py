"""What bytes look like when they are no feed, in words for the person who gave the address."""

import re

# The first pattern that matches near the beginning wins.
LOOKS: tuple[tuple[re.Pattern[bytes], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE | re.DOTALL), what)
    for pattern, what in (
        (rb"\s*$", "an empty document"),
        (rb"\x1f\x8b", "data that is still packed with gzip"),
        (rb"%PDF-", "a PDF"),
        (rb"\x89PNG|\xff\xd8\xff|GIF8|RIFF....WEBP", "an image"),
        (rb"PK\x03\x04", "a ZIP archive"),
        (rb".{0,2000}<opml\b", "an OPML list of feeds"),
        (rb".{0,2000}<(?:urlset|sitemapindex)\b", "a sitemap"),
        (rb".{0,2000}<(?:!doctype\s+html|html|head|body)\b", "a web page"),
        (rb"\s*(?:\xef\xbb\xbf)?\s*[\[{]", "JSON that is no feed"),
        (rb"\s*(?:\xef\xbb\xbf)?\s*<\?xml|\s*<[a-z!?]", "XML that is no feed"),
        (rb"[^\x00]*$", "text that is no feed"),
        (rb"", "binary data"),
    )
)
PAGE_TITLE = re.compile(rb"<title[^>]*>\s*([^<]{1,200}?)\s*</title", re.IGNORECASE)
HEAD = 20_000  # bytes looked at


def look(body: bytes) -> str:
    """Return a noun phrase such as ``a web page titled "Just a moment..."``."""
    head = body[:HEAD]
    what = next(what for pattern, what in LOOKS if pattern.match(head))
    if what == "a web page" and (title := PAGE_TITLE.search(head)):
        name = " ".join(title[1].decode("utf-8", "replace").split())
        return f"{what} titled “{name}”"
    return what
