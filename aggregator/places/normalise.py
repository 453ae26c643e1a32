"""Words and name keys: the one spelling under which names are stored and looked up.

A key has the normalised words of a name with single spaces between them; hyphens part words like spaces do. Both sides, the
builder and the recogniser, go through ``word_key``, so a spelling that is folded here is folded in the whole product:

- Latin: lower case, no accents, no apostrophes (``Be'eri`` is ``beeri``, ``Khān Yūnis`` is ``khan yunis``);
- Cyrillic: lower case, ё as е, no apostrophes and soft separators (``Куп'янськ`` is ``купянськ``);
- Arabic script: no vowel marks and tatweel, the forms of alef, ya, ta marbuta and the Persian kaf and ya as one letter each;
- Hebrew: no points.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate, zip_longest
from typing import NamedTuple

APOSTROPHES = "'’ʼ‘`ʹʻʿʾ′ˈ´"
_MARKS = "\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670"
_MARK = re.compile(f"[{_MARKS}]")
_LETTER = rf"(?:[^\W\d_][{_MARKS}]*)"
POSSESSIVE_MARKS = "'’"
MOST_KEYS = 65536
# A possessive's mark and s are taken together, so that they belong to no word.
_POSSESSIVE = r"['’][sS](?![^\W\d_])"
WORD = re.compile(rf"{_LETTER}(?:(?:\.[^\W\d_])+\.|{_LETTER}*(?:(?!{_POSSESSIVE})[{APOSTROPHES}\"״׳]{_LETTER}+)*)|{_POSSESSIVE}")
# The same where no letter bears a mark: 3 times faster. A possessive's s is passed over letter by letter, which keeps ``split`` to words.
# The likeliest end of a word, at no apostrophe, stands before the others.
_INNER = rf"[{APOSTROPHES}\"״׳]"
_PLAIN = re.compile(
    rf"([^\W\d_](?<!{_POSSESSIVE})"
    rf"(?:\.[^\W\d_](?:\.[^\W\d_])*\.|[^\W\d_]*+(?!{_INNER})|[^\W\d_]*(?:(?!{_POSSESSIVE}){_INNER}[^\W\d_]+)*))"
)

_DROP = dict.fromkeys(map(ord, APOSTROPHES + '"״׳.ـʺ'))
_LATIN = str.maketrans({"ł": "l", "ø": "o", "ı": "i", "đ": "d", "ð": "d", "ß": "ss", "æ": "ae", "œ": "oe", "þ": "th", "ə": "e", "ħ": "h"})
_ARABIC = str.maketrans(
    {
        "أ": "ا",
        "إ": "ا",
        "آ": "ا",
        "ٱ": "ا",
        "ى": "ي",
        "ئ": "ي",
        "ی": "ي",
        "ې": "ي",
        "ة": "ه",
        "ۀ": "ه",
        "ە": "ه",
        "ک": "ك",
        "ؤ": "و",
        "ء": "",
    }
)
_CYRILLIC = str.maketrans({"ё": "е", "ѐ": "е", "ѝ": "и"})


class Word(NamedTuple):
    """A word of a text: ``text[start:end]`` and its key."""

    start: int
    end: int
    key: str


def word_set(text: str) -> frozenset[str]:
    """The words of a list that is written as one text."""
    return frozenset(text.split())


def script_of(text: str) -> str:
    """Script of the first letter: latin, cyrillic, arabic, hebrew or other."""
    for char in text:
        code = ord(char)
        if not char.isalpha():
            continue
        if code < 0x250 or 0x1E00 <= code < 0x1F00:
            return "latin"
        if 0x400 <= code < 0x530:
            return "cyrillic"
        if 0x600 <= code < 0x780 or 0xFB50 <= code < 0xFE00 or 0xFE70 <= code < 0xFF00:
            return "arabic"
        if 0x590 <= code < 0x600:
            return "hebrew"
        if 0x2B0 <= code < 0x300:
            continue
        return "other"
    return "other"


@lru_cache(maxsize=65536)
def word_key(word: str) -> str:
    """The key of one word; empty if nothing of it is left."""
    if word.isascii():
        if word.isalpha():
            return word.lower()
        return word.lower().replace("'", "").replace(".", "").replace("`", "").replace('"', "")
    script = script_of(word)
    if script == "cyrillic":
        return unicodedata.normalize("NFC", word).lower().replace("\u0301", "").translate(_CYRILLIC).translate(_DROP)
    if script == "arabic":
        folded = unicodedata.normalize("NFKC", word).translate(_ARABIC).translate(_DROP)
        return "".join(c for c in folded if not unicodedata.combining(c))
    folded = unicodedata.normalize("NFKD", word).lower().translate(_DROP).translate(_LATIN)
    return "".join(c for c in folded if not unicodedata.combining(c) and c.isalpha())


class _Keys(dict[str, str]):
    """Keys of the words seen lately: a look-up here costs a third of a call of ``word_key``."""

    def __missing__(self, word: str) -> str:
        if len(self) >= MOST_KEYS:
            self.clear()
        key = self[word] = "" if word[0] in POSSESSIVE_MARKS else word_key(word)  # no word begins with one
        return key


_KEYS = _Keys()


def parts_of(text: str) -> tuple[list[int], list[int], list[str], list[str]]:
    """Starts, ends and keys of the words of a text in order, and what stands behind each up to the next or the end.

    An abbreviation such as ``U.S.`` is one word, a possessive ``'s`` none. One split by the words and sums over its lengths, because every
    word of every text comes through here.
    """
    if not _MARK.search(text):
        pieces = _PLAIN.split(text)
        keys = list(map(_KEYS.__getitem__, pieces[1::2]))
        if "" not in keys:
            ends = list(accumulate(map(len, pieces)))
            return ends[:-1:2], ends[1::2], keys, pieces[2::2]
    keys, starts, ends = [], [], []
    for match in WORD.finditer(text):
        key = _KEYS[match[0]]
        if key:
            keys.append(key)
            starts.append(match.start())
            ends.append(match.end())
    return starts, ends, keys, gaps_of(text, starts, ends)


def gaps_of(text: str, starts: Sequence[int], ends: Sequence[int]) -> list[str]:
    """What stands between each word and the next, and behind the last."""
    return [text[end:start] for end, start in zip_longest(ends, starts[1:])]


def spans_of(text: str) -> tuple[list[int], list[int], list[str]]:
    """Starts, ends and keys of the words of a text in order."""
    return parts_of(text)[:3]


def words_of(text: str) -> list[Word]:
    """The same as one value a word."""
    return [Word(*word) for word in zip(*spans_of(text), strict=True)]


@lru_cache(maxsize=8192)
def first_key(text: str) -> str:
    """The key of the first word of a text, empty where there is none."""
    keys = parts_of(text)[2]
    return keys[0] if keys else ""


def name_key(name: str) -> str:
    """The key of a name; empty for a name without letters."""
    return " ".join(key for key in (word_key(m.group()) for m in WORD.finditer(name)) if key)


def slug(name: str) -> str:
    """A name as part of an id: lower-case ASCII words joined by hyphens."""
    plain = unicodedata.normalize("NFKD", name.translate(_DROP).lower().translate(_LATIN))
    return "-".join(re.findall(r"[a-z0-9]+", "".join(c for c in plain if not unicodedata.combining(c))))
