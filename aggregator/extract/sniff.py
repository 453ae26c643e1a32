"""What the bytes behind a link are, where they are no web page: told by their first bytes, by what the server calls them, by how many
control characters they have. No bytes of a document, an image or an archive may ever be read as text."""

import re

from aggregator.model import RawPage

# First bytes of files that are no text, and what they are called in a sentence.
MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "a PDF document"),
    (b"%!PS", "a PostScript document"),
    (b"{\\rtf", "an RTF document"),
    (b"PK\x03\x04", "an archive or an office document (ZIP)"),
    (b"PK\x05\x06", "an empty archive (ZIP)"),
    (b"Rar!\x1a\x07", "an archive (RAR)"),
    (b"7z\xbc\xaf\x27\x1c", "an archive (7z)"),
    (b"\x1f\x8b", "compressed data (gzip)"),
    (b"BZh", "compressed data (bzip2)"),
    (b"\xfd7zXZ\x00", "compressed data (xz)"),
    (b"\x28\xb5\x2f\xfd", "compressed data (zstd)"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an office document"),
    (b"\xff\xd8\xff", "an image (JPEG)"),
    (b"\x89PNG\r\n", "an image (PNG)"),
    (b"GIF87a", "an image (GIF)"),
    (b"GIF89a", "an image (GIF)"),
    (b"II*\x00", "an image (TIFF)"),
    (b"MM\x00*", "an image (TIFF)"),
    (b"\x00\x00\x01\x00", "an icon"),
    (b"ID3", "a sound recording (MP3)"),
    (b"OggS", "a recording (Ogg)"),
    (b"fLaC", "a sound recording (FLAC)"),
    (b"\x1a\x45\xdf\xa3", "a video (Matroska)"),
    (b"\x7fELF", "a program"),
    (b"SQLite format 3\x00", "a database"),
    (b"wOFF", "a font"),
    (b"wOF2", "a font"),
    (b"!<arch>", "an archive"),
)
IN_CONTAINER = {b"WEBP": "an image (WebP)", b"WAVE": "a sound recording (WAV)", b"AVI ": "a video (AVI)"}  # at byte 8 after "RIFF"
IN_BOX = {b"avif": "an image (AVIF)", b"heic": "an image (HEIC)"}  # at byte 8 after "ftyp"; other brands are videos
# Content types that are no web page, by their beginning.
TYPES: tuple[tuple[str, str], ...] = (
    ("image/svg", "an image (SVG)"),
    ("image/", "an image"),
    ("video/", "a video"),
    ("audio/", "a sound recording"),
    ("font/", "a font"),
    ("application/pdf", "a PDF document"),
    ("application/zip", "an archive (ZIP)"),
    ("application/gzip", "compressed data (gzip)"),
    ("application/msword", "an office document"),
    ("application/vnd.ms-", "an office document"),
    ("application/vnd.openxmlformats", "an office document"),
    ("application/vnd.oasis", "an office document"),
    ("application/vnd.android", "a program"),
    ("application/epub", "a book (EPUB)"),
    ("application/json", "data (JSON)"),
    ("application/ld+json", "data (JSON)"),
    ("application/feed+json", "a feed"),
    ("application/rss+xml", "a feed"),
    ("application/atom+xml", "a feed"),
    ("application/javascript", "a script"),
    ("text/javascript", "a script"),
    ("text/css", "a style sheet"),
    ("text/csv", "a table (CSV)"),
    ("text/calendar", "a calendar"),
    ("application/octet-stream", "a file"),
)
HEAD = 1024  # bytes in which a web page shows that it is one
WINDOW = 65_536
CONTROL_SHARE = 0.02  # of the bytes; compressed or binary data have five times as many, the worst text a tenth
FEED_ROOTS = {b"<rss": "a feed", b"<feed": "a feed", b"<rdf:rdf": "a feed", b"<urlset": "a site map", b"<sitemapindex": "a site map"}
FEED_ROOTS |= {b"<opml": "a list of feeds", b"<svg": "an image (SVG)"}

_MARKUP = re.compile(rb"<\s*(?:!doctype\s+html|html|head|body|title|meta|link|div|p|h1|article|script|table|span|a)\b", re.IGNORECASE)
_ROOT = re.compile(rb"<(?![?!])[\w:]+")
_CONTROLS = bytes(n for n in range(32) if n not in b"\t\n\x0b\f\r\x1b")


def refusal(page: RawPage) -> str | None:
    """What the bytes are ("a PDF document") where they are no web page; None for what may be one.

    The first bytes outweigh the content type: servers send web pages as octet streams, and PDFs as text/html.
    """
    body = page.body
    head = body[:HEAD].lstrip(b" \t\r\n\x0b\f")
    name = _by_magic(head)
    if name:
        return name
    wide = is_wide(body)
    readable = head.replace(b"\x00", b"") if wide else head
    root = _ROOT.search(readable)
    if root and root[0].lower() in FEED_ROOTS and not _MARKUP.match(readable):
        return FEED_ROOTS[root[0].lower()]
    kind = (page.content_type or "").split(";")[0].strip().lower()
    if not _MARKUP.search(readable):
        declared = next((name for start, name in TYPES if kind.startswith(start)), None)
        if declared:
            return declared
        if readable[:1] in (b"{", b"[") and readable[1:].lstrip()[:1] in (b'"', b"{", b"}", b"]"):
            return "data (JSON)"
    window = body[:WINDOW]
    controls = len(window) - len(window.translate(None, _CONTROLS))
    return "binary data" if not wide and controls > CONTROL_SHARE * len(window) + 8 else None


def is_wide(body: bytes) -> str:
    """The name of the encoding where the bytes are markup in UTF-16, with a byte order mark or without; else empty."""
    if body.startswith(b"\xff\xfe") or (b"<\x00" in body[:64] and _zeros(body[1:512:2])):
        return "utf-16-le"
    if body.startswith(b"\xfe\xff") or (b"\x00<" in body[:64] and _zeros(body[0:512:2])):
        return "utf-16-be"
    return ""


def _zeros(half: bytes) -> bool:
    """Whether most of the bytes are zero: the upper halves of markup in two bytes a character."""
    return len(half) > 4 and half.count(0) * 2 > len(half)


def _by_magic(head: bytes) -> str | None:
    if head.startswith(b"RIFF"):
        return IN_CONTAINER.get(head[8:12], "a recording")
    if head[4:8] == b"ftyp":
        return IN_BOX.get(head[8:12], "a video (MP4)")
    return next((name for start, name in MAGIC if head.startswith(start)), None)
