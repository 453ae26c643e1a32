"""Folding: one spelling for what is written in many ways, before a text is cut into words.

NFKC and casefold; apostrophes of every kind to one; dashes to one; ё to е; Arabic and Hebrew vowel marks, tatweel and invisible
characters away; Arabic alef, ya and ta marbuta to one form each; Latin letters without their diacritics (ł, ø, đ, ı too).
Cyrillic keeps й and ї, which are letters of their own, but loses stress marks.
"""

import unicodedata

APOSTROPHES = "'’‘ʼʹ`´′＇ʻ‛\u05f3"
DASHES = "-‐‑‒–−﹣－"  # the em dash is none: it parts words and never joins them

_MARKS = (range(0x0300, 0x0370), range(0x0591, 0x05BE), range(0x05BF, 0x05C0), range(0x05C1, 0x05C3), range(0x05C4, 0x05C6))
_ARABIC_MARKS = (range(0x0610, 0x061B), range(0x064B, 0x0660), range(0x0670, 0x0671), range(0x06D6, 0x06DD), range(0x06DF, 0x06E9))
_INVISIBLE = (
    *range(0x200B, 0x2010),
    *range(0x202A, 0x202F),
    *range(0x2060, 0x2065),
    *range(0x2066, 0x206A),
    0x00AD,  # soft hyphen
    0xFEFF,  # byte order mark
    0x0640,  # tatweel
    0x061C,
)
_LATIN = (range(0x00C0, 0x0250), range(0x1E00, 0x1F00))
_LETTERS = {
    "ё": "е",
    "آ": "ا",
    "أ": "ا",
    "إ": "ا",
    "ٱ": "ا",
    "ى": "ي",
    "ی": "ي",
    "ک": "ك",
    "ة": "ه",
    "ø": "o",
    "ł": "l",
    "đ": "d",
    "ħ": "h",
    "ı": "i",
    "æ": "ae",
    "œ": "oe",
    "ð": "d",
    "þ": "th",
    "״": '"',
    "”": '"',
    "“": '"',
}


def _base_letter(code: int) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", chr(code)) if not unicodedata.combining(c))


def _table() -> dict[int, str | None]:
    table: dict[int, str | None] = {}
    for block in _LATIN:
        table.update({code: _base_letter(code) for code in block if _base_letter(code) != chr(code)})
    for block in (*_MARKS, *_ARABIC_MARKS):
        table.update(dict.fromkeys(block))
    table.update(dict.fromkeys(_INVISIBLE))
    table.update({ord(c): "'" for c in APOSTROPHES})
    table.update({ord(c): "-" for c in DASHES})
    table.update({ord(c): to for c, to in _LETTERS.items()})
    return table


_TABLE = _table()


def fold(text: str) -> str:
    """Return the text in its one spelling, lower case; its length may differ."""
    if text.isascii():
        return text.lower().replace("`", "'")
    folded = unicodedata.normalize("NFKC", text).casefold()
    return unicodedata.normalize("NFC", folded.translate(_TABLE)).translate(_TABLE)
