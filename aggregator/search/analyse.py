"""The analyser: a text to tokens, the same for texts and queries and before both search engines.

Each word gives an exact token (folded) and a stem. Куп'янськ is one token under every apostrophe; F-16, F16 and the plural F-16s
are ``f16``, and С-300 is ``s300`` whether typed in Cyrillic or Latin; U.K. is ``uk``; Hebrew צה"ל is one token. Tokens hold letters
and digits only (a stem may begin with its language's mark), so no engine can misread them.
"""

import re
from dataclasses import dataclass

from aggregator.search.fold import fold
from aggregator.search.stem import query_stems, stem

VERSION = "1"  # raise it when tokens change: the index is then built anew
MAX_TOKEN = 64  # letters of a token that are kept

_MARKED = "\u0900-\u0dff\u0e00-\u0eff\u1000-\u109f"  # scripts whose vowel signs are no letters to Python
_IDEOGRAPHS = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"  # written without spaces: one token a sign
_TOKEN = re.compile(rf"[{_IDEOGRAPHS}]|(?:[^\W_{_IDEOGRAPHS}]|[{_MARKED}])+")
_NEEDS_TOKEN = re.compile(f"[{_MARKED}{_IDEOGRAPHS}]")
_WORD = re.compile(r"\w+")
_NO_ASCII_TOKEN = str.maketrans({chr(code): " " for code in range(128) if not chr(code).isalnum()})
_DESIGNATOR = re.compile(r"(?<![^\W_])([^\W\d_]{1,4})-?(\d{1,4})([a-zа-яіїє]{0,2}\d?)(?![^\W_])")
_DIGIT = re.compile(r"\d")
_INITIALS = re.compile(r"(?<![^\W_])(?:[^\W\d_]\.){2,}(?:[^\W\d_](?![^\W_]))?")
_THOUSANDS = re.compile(r"(?<![\d.,])\d{1,3}(?:,\d{3})+(?![\d,])")
_POSSESSIVE = re.compile(r"(?<=[a-z])'s(?![^\W_])")
_APOSTROPHE = re.compile(r"(?<=[^\W\d_])'(?=[^\W\d_])")
_GERSHAYIM = re.compile('(?<=[א-ת])"(?=[א-ת])')
_CYRILLIC = str.maketrans(
    {
        **dict(zip("абвгдезийклмнопрстуфіїєґ", "abvgdeziiklmnoprstufiieg", strict=True)),
        "х": "kh",
        "ж": "zh",
        "ч": "ch",
        "ш": "sh",
        "щ": "shch",
        "ц": "ts",
        "ы": "y",
        "э": "e",
        "ю": "yu",
        "я": "ya",
        "ь": "",
        "ъ": "",
    }
)


@dataclass(frozen=True, slots=True)
class Analysed:
    """Tokens of a text in order; the stem at an index belongs to the exact token there."""

    exact: tuple[str, ...] = ()
    stems: tuple[str, ...] = ()


def _designator(match: re.Match[str]) -> str:
    head, digits, tail = (part.translate(_CYRILLIC) for part in match.groups())
    return head + digits + ("" if tail == "s" else tail)


def exact_tokens(text: str) -> tuple[str, ...]:
    """Return the text's folded words in order."""
    text = fold(text)
    if "'" in text:
        text = _APOSTROPHE.sub("", _POSSESSIVE.sub("", text))
    if '"' in text:
        text = _GERSHAYIM.sub("", text)
    if "." in text:
        text = _INITIALS.sub(lambda m: m.group().replace(".", "") + " ", text)
    if "," in text:
        text = _THOUSANDS.sub(lambda m: m.group().replace(",", ""), text)
    if _DIGIT.search(text):  # word by word, or the pattern would be tried at every letter of the text
        text = " ".join([word if word.isalpha() else _DESIGNATOR.sub(_designator, word) for word in text.split()])
    return tuple([token[:MAX_TOKEN] for token in _cut(text)])


def _cut(text: str) -> list[str]:
    """The tokens of a folded text, as ``_TOKEN`` tells them, by the quickest way that its letters allow."""
    if text.isascii():
        return text.translate(_NO_ASCII_TOKEN).split()
    return _TOKEN.findall(text) if _NEEDS_TOKEN.search(text) else _WORD.findall(text.replace("_", " "))


def analyse(text: str, language: str | None) -> Analysed:
    """Analyse a text of that language (ISO 639-1; None where unknown: each word is then stemmed by its script)."""
    exact = exact_tokens(text)
    return Analysed(exact, tuple([stem(token, language) for token in exact]))


def analyse_query(text: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Exact token and possible stems of each word of a query, whose language is unknown."""
    return tuple((token, query_stems(token)) for token in exact_tokens(text))
