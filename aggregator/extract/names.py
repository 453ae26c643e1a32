"""Persons' names out of bylines as pages give them: "By A. Adams and B. Brown, Kyiv" is two persons."""

import html
import re
from collections.abc import Iterable

MAX_NAMES = 12
MAX_WORDS = 6
MAX_CHARS = 60
MAX_BYLINE = 600
MAX_PLAIN = 2000

# Words that open a byline, by language; nothing here is a name.
LEADS = (
    "by", "reported by", "written by", "words by", "story by", "text by", "photos by", "von", "par", "por",
    "автор", "автори", "авторы", "текст", "від", "بقلم", "كتب", "كتبت", "מאת",
)  # fmt: skip
# What stands where a name should be, and is none.
NO_NAMES = frozenset(("guest contributor", "guest author", "no author", "site admin", "web editor", "n/a n/a"))
ORGANISATION = re.compile(
    r"\b(news|staff|desk|team|editorial|editors?|agenc(?:y|ies)|press|reuters|afp|dpa|tass|unian|interfax|xinhua|newsroom|redaktion|rédaction|redacción|redazione|"
    r"редакц\w+|новин\w*|агентств\w*|online|\w+\.(?:com|org|net|ua|ru|de|fr|info|tv))\b|^(?:ap|epa|bbc|cnn|rt|dw)$",
    re.IGNORECASE,
)
_EAST_ASIAN = re.compile(r"[\u3400-\u9fff\u3040-\u30ff\uac00-\ud7af]{2,5}")
_LEAD = re.compile(r"^(?:" + "|".join(sorted(map(re.escape, LEADS), key=len, reverse=True)) + r")\b\s*:?\s+", re.IGNORECASE)
_SPLIT = re.compile(
    r"\s*(?:[;|/•·]|,|\band\b|\bund\b|\bet\b|\by\b|\bта\b|\bи\b|\bwith\b|(?-i:\s(?:og|och|ve|és|și|i|e|en|ja)\s)|&|\s[–—-]\s|\sو(?=\S))\s*",
    re.IGNORECASE,
)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_NOISE = re.compile(r"\S+@\S+|https?://\S+|@\w+|\([^()]{0,200}\)|\[[^\[\]]{0,200}\]|<[^<>]{0,200}>")


def plain(text: str) -> str:
    """The first 2000 characters of the text without entities, tags and doubled spaces."""
    text = text[:MAX_PLAIN]
    if "&" in text:
        text = html.unescape(html.unescape(text))
    text = _CONTROL.sub(" ", text)
    return " ".join(re.sub(r"<[^<>]{1,200}>", " ", text).split())


def split(raw: Iterable[str]) -> tuple[str, ...]:
    """The single names in bylines, each once, in order; persons and organisations alike."""
    found: dict[str, str] = {}
    for byline in raw:
        for part in _SPLIT.split(_LEAD.sub("", _NOISE.sub(" ", plain(byline)[:MAX_BYLINE]).strip())):
            name = _LEAD.sub("", part.strip(" \t,.:;-–—\"'“”")).strip()
            if 2 <= len(name) <= MAX_CHARS and len(name.split()) <= MAX_WORDS and _key(name):
                found.setdefault(_key(name), name)
    return tuple(found.values())[:MAX_NAMES]


def persons(raw: Iterable[str], refuse: Iterable[str] = ()) -> tuple[str, ...]:
    """Names of persons in the raw bylines. ``refuse`` are names of the site and its publisher."""
    refused = {_key(name) for name in refuse}
    return tuple(name for name in split(raw) if is_person(name) and _key(name) not in refused)


def is_person(name: str) -> bool:
    """Whether it could be a person's name: two to six words (one in Chinese, Japanese, Korean), no digits, no desk and no agency."""
    words = name.split()
    if any(c.isdigit() for c in name) or not (2 <= len(words) <= MAX_WORDS or _EAST_ASIAN.fullmatch(name)):
        return False
    return name.casefold() not in NO_NAMES and not ORGANISATION.search(name)


def _key(name: str) -> str:
    return " ".join(re.findall(r"\w+", name.casefold()))
