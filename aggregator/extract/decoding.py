"""A page's bytes as text: which encoding they are in, whatever the page says of it.

Valid UTF-8 is UTF-8. Of other bytes the header, the page, its language and a guess each name an encoding; the first of them that can
read the bytes is believed unless what comes out is plainly no writing (capitals inside words, letters with accents only, characters
that nobody uses) and another's is.
"""

import codecs
import re
import unicodedata
from collections.abc import Iterator

from trafilatura.utils import detect_encoding

from aggregator.extract.sniff import is_wide
from aggregator.model import RawPage

CHARSET_WINDOW = 4096  # HTML standard, 13.2.3.2: a meta charset stands in the first 1024 bytes; real pages are sloppier
SAMPLE_BYTES = 30_000  # of lines with bytes beyond ASCII, from which encodings are judged
GUESS_BYTES = 6_000  # guessing is slow
BROKEN = 0.002  # share of the bytes that an encoding may fail to read
ODD = 0.35  # share of odd characters from which on another encoding is looked for
BETTER = 0.5  # ... which must have less than this share of the oddness

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
# Encoding standard, 4.2: labels that mean a superset in practice.
SUPERSETS = {"iso8859-1": "cp1252", "ascii": "cp1252", "gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932", "euc_kr": "cp949"}
SUPERSETS |= {"iso8859-9": "cp1254", "iso8859-11": "cp874", "tis-620": "cp874", "big5": "big5hkscs", "johab": "cp949", "koi8-r": "koi8-u"}
# What the pages of a language were written in before UTF-8, most usual first (HTML standard, 13.2.3.2, default encodings by locale).
LEGACY: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("be", "bg", "kk", "ky", "mk", "ru", "sr", "tg", "tt", "uk"), ("cp1251", "koi8-u", "iso8859-5", "cp866")),
    **dict.fromkeys(("cs", "hr", "hu", "pl", "ro", "sk", "sl"), ("cp1250", "iso8859-2")),
    **dict.fromkeys(("et", "lt", "lv"), ("cp1257",)),
    **dict.fromkeys(("az", "ku", "tr"), ("cp1254",)),
    **{"ar": ("cp1256", "iso8859-6"), "fa": ("cp1256",), "ur": ("cp1256",), "el": ("cp1253", "iso8859-7"), "he": ("cp1255", "iso8859-8")},
    **{"ja": ("cp932", "euc_jp"), "ko": ("cp949",), "th": ("cp874",), "vi": ("cp1258",), "zh": ("gb18030", "big5hkscs")},
}
NO_CHARSETS = frozenset(("idna", "punycode", "raw_unicode_escape", "undefined", "unicode_escape", "utf-7"))  # Python's, not the web's
SEVEN_BIT = ("iso2022", "hz")  # encodings whose bytes are all ASCII: their label must be believed

_DECLARED = re.compile(rb"""charset\s*=\s*["']?\s*([A-Za-z0-9_:.\-]{2,40})""", re.IGNORECASE)
_XML_ENCODING = re.compile(rb"""^\s*<\?xml[^>]{0,100}?encoding\s*=\s*["']([A-Za-z0-9_:.\-]{2,40})["']""")
_LANGUAGE = re.compile(rb"""\slang\s*=\s*["']?\s*([A-Za-z]{2,3})\b""", re.IGNORECASE)
_BEYOND = re.compile(rb"[^\n<>]{0,200}[\x80-\xff][^\n<>]{0,400}")
_WORD = re.compile(r"[^\W\d_]+")
_HALF_WIDTH = re.compile("[\uff61-\uff9f]")
_IDEOGRAPH = re.compile("[\u3400-\u9fff\uf900-\ufaff]")
_KANA_HANGUL = re.compile("[\u3040-\u30ff\uac00-\ud7af]")


def decode(page: RawPage) -> str:
    """The page as text; never fails."""
    body = page.body
    for mark, marked in _MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(marked, "replace")
    wide = is_wide(body)
    if wide:
        return body.decode(wide, "replace")
    declared = [name for label in _labels(page) if (name := codec(label))]
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        seven = next((name for name in declared if name.startswith(SEVEN_BIT)), None) if body.isascii() else None
        return body.decode(seven, "replace") if seven else text
    return body.decode(_encoding(body, declared), "replace")


def codec(label: str) -> str | None:
    """Python's name for an encoding's label, or that of the superset that the label means; None where there is no such text encoding."""
    try:
        name = codecs.lookup(label).name
        b"x".decode(name, "replace")
    except (LookupError, ValueError, TypeError):  # not known, or no text encoding, or one that cannot replace
        return None
    if name in NO_CHARSETS:
        return None
    return SUPERSETS.get(name, name)


def _labels(page: RawPage) -> Iterator[str]:
    head = page.body[:CHARSET_WINDOW]
    header = (page.content_type or "").encode("ascii", "ignore")
    for found in (_DECLARED.search(header), _XML_ENCODING.search(head), _DECLARED.search(head)):
        if found:
            yield found.group(1).decode("ascii")


def _encoding(body: bytes, declared: list[str]) -> str:
    """The encoding of bytes that are not UTF-8 throughout."""
    sample = _sample(body)
    if _nearly_utf8(body if len(sample) < 200 else sample):
        return "utf-8"
    language = _LANGUAGE.search(body[:CHARSET_WINDOW])
    code = language[1].decode("ascii").lower() if language else ""
    legacy = LEGACY.get(code, ())
    if "cp1254" in legacy:  # most Turkish pages that call themselves Western are not
        declared = ["cp1254" if name == "cp1252" else name for name in declared]
    best, least = "", 2.0
    for name in _candidates(sample, [*declared, *legacy]):
        if name.startswith(("utf-", *SEVEN_BIT)):
            continue
        odd = oddness(sample, name, code)
        if odd < least * BETTER or not best:
            best, least = name, odd
        if least < ODD:
            break
    return best or "cp1252"


def _candidates(sample: bytes, known: list[str]) -> Iterator[str]:
    """The encodings that the page gives reason to try, then Western letters, then what a guess makes of the bytes."""
    yield from dict.fromkeys(known)
    yield "cp1252"
    for guess in detect_encoding(sample[:GUESS_BYTES]):
        name = codec(guess)
        if name and name not in known:
            yield name


def _sample(body: bytes) -> bytes:
    """The pieces of text with bytes beyond ASCII, up to 30,000 bytes; tags do not count."""
    pieces, size = [], 0
    for found in _BEYOND.finditer(body):
        pieces.append(found[0])
        size += len(found[0])
        if size > SAMPLE_BYTES:
            break
    return b"\n".join(pieces)


def _nearly_utf8(body: bytes) -> bool:
    """Whether the page is UTF-8 with a few broken bytes: at most one sequence in twenty."""
    text = body.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    return broken * 20 <= sum(character > "\x7f" for character in text) - broken


def oddness(sample: bytes, encoding: str, language: str = "") -> float:
    """How unlike writing the sample is in this encoding, 0 to 1; 1.5 where the encoding cannot read it.

    ``language`` is what the page says it is in."""
    text = sample.decode(encoding, "replace")
    if text.count("\ufffd") > BROKEN * len(sample) + 1:
        return 1.5
    beyond = [character for character in text if character > "\x7f"]
    if not beyond:
        return 0.0
    ideographs = _IDEOGRAPH.findall(text)
    own = len(_KANA_HANGUL.findall(text))
    eastern = len(ideographs) + own
    if eastern * 2 > len(beyond):
        rare = sum(not _is_common(character) for character in set(ideographs))
        foreign = len(_HALF_WIDTH.findall(text)) / len(beyond) + (0.5 if language in ("ja", "ko") and own * 10 < eastern else 0.0)
        return min(1.0, foreign + 0.8 * rare / max(1, len(set(ideographs))))
    strange = sum(unicodedata.category(character) in ("Cc", "Cn", "Co", "So", "Sm", "Sc", "No", "Sk", "Lm") for character in beyond)
    strange += len(_HALF_WIDTH.findall(text))
    letters = accented = capitals = 0
    for word in _WORD.findall(text):
        high = sum(character > "\x7f" for character in word)
        if not high:
            continue
        letters += len(word)
        latin = unicodedata.name(word[0], "").startswith("LATIN") or unicodedata.name(word[-1], "").startswith("LATIN")
        if high < len(word) and _mixed(word):
            strange += high
        elif latin and high * 5 > len(word) * 3 and len(word) > 2:
            accented += len(word)
        elif not word.isupper() and not word[1:].islower() and word.lower() != word.upper():
            capitals += len(word)
        elif word.isupper() and len(word) > 3:
            capitals += len(word) // 2
    return min(1.0, strange / len(beyond) + (accented + capitals) / max(1, letters))


def _mixed(word: str) -> bool:
    """Whether letters of ASCII and of another alphabet stand in one word."""
    return any("\u0370" <= character <= "\u07ff" or character >= "\u3000" for character in word) and any(map(str.isascii, word))


def _is_common(character: str) -> bool:
    """Whether an ideograph is among the some 5,000 that simplified, traditional or Japanese texts are made of."""
    for encoding, first, last in (("gb2312", 0xB0, 0xD7), ("big5", 0xA4, 0xC6), ("shift_jis", 0x88, 0x97)):
        try:
            lead = character.encode(encoding)[0]
        except UnicodeEncodeError:
            continue
        if first <= lead <= last:
            return True
    return False
