"""The words and numbers of a text, spelled one way: what tells today's bulletin from yesterday's."""

import re
import unicodedata
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

import yaml

NUMERALS = Path(__file__).parent / "data" / "numerals.yaml"

_GROUPS = r"\d{1,3}(?:[.,\u00a0\u202f\u2009' ]\d{3})+(?!\d)"  # 1,234 and 1 234 567
_DECIMAL = r"\d+(?:[.,:]\d+)*"  # 2,5 and 21:40 and 12.03.2024
_NUMBER = re.compile(f"{_GROUPS}|{_DECIMAL}")
_THOUSANDS = re.compile(_GROUPS)
_SEPARATORS = re.compile("[.,\u00a0\u202f\u2009' ]")
_TOKEN = re.compile(rf"(?<!\w)(?:{_GROUPS}|{_DECIMAL})(?!\w)|\w+(?:['’ʼ]\w+)*")
_WORD = re.compile(r"[^\W\d_]+(?:['’ʼ][^\W\d_]+)*")


class Token(NamedTuple):
    """A word in lower case, or a number in plain digits."""

    text: str
    number: bool


def tokens(text: str) -> list[Token]:
    """Return the words and numbers in order: case and forms of letters (NFKC), quotes and the grouping of digits make no difference."""
    return [_token(raw) for raw in _TOKEN.findall(unicodedata.normalize("NFKC", text).casefold())]


@lru_cache(maxsize=1 << 15)  # words come again and again
def _token(raw: str) -> Token:
    if raw[0].isdigit() and _NUMBER.fullmatch(raw):
        return Token(_plain(raw), True)
    return Token(raw.replace("’", "'").replace("ʼ", "'"), False)


def numbers_in(text: str) -> list[str]:
    """Return the numbers in order: ``1,234``, ``1 234`` and ``1.234`` are ``1234``; ``2,5`` is ``2.5``; digits of any script are 0 to 9."""
    return [_plain(match[0]) for match in _NUMBER.finditer(text)]


def figures_in(text: str) -> list[str]:
    """Return the numbers, those in digits first, then those in words (``data/numerals.yaml``), each in digits."""
    words = (numeral for word in _WORD.findall(text.casefold()) if (numeral := _numerals().get(word.replace("’", "'").replace("ʼ", "'"))))
    return [*numbers_in(text), *words]


@cache
def _numerals() -> Mapping[str, str]:
    raw: dict[int, list[str]] = yaml.safe_load(NUMERALS.read_text(encoding="utf-8"))
    return {word.casefold(): str(number) for number, words in raw.items() for word in words}


def _plain(raw: str) -> str:
    if not raw.isdigit():
        raw = _SEPARATORS.sub("", raw) if _THOUSANDS.fullmatch(raw) else raw.replace(",", ".")
    return raw if raw.isascii() else "".join(str(int(c)) if c.isdecimal() else c for c in raw)
