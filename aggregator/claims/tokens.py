"""A statement's words as they are compared: casefolded, without marks, cut into words, numbers and stops."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

import snowballstemmer

SNOWBALL = {"en": "english", "ru": "russian", "fr": "french", "ar": "arabic", "de": "german", "es": "spanish"}
STEM = 5  # letters that are kept of a word in a language without a stemmer
ARABIC = "ar"
ARTICLE = "ال"
BEFORE = ("و", "ف", "ب", "ل", "ك")  # what Arabic writes together with the word that follows
SHORTEST = 3  # letters that must be left of an Arabic word

TOKEN = re.compile(
    r"(?P<time>\d{1,2}:\d{2})"
    r"|(?P<part>[^\W\d_]+[-‑]\d[\w-]*|\d+(?:st|nd|rd|th|[-‑][^\W\d_][\w-]*))"  # F-16, 3rd, 63-year-old, 22-й
    r"|(?P<number>\d{1,3}(?:[, \u00a0\u202f.]\d{3})+(?!\d)|\d+(?:[.,]\d+)?)"
    r"|(?P<word>[^\W\d_]+(?:['’ʼ`-][^\W\d_]+)*)"
    r"|(?P<stop>[.,;:!?…()—–«»“”\"]|%)"
)
GROUPED = re.compile(r"\d{1,3}(?:[, \u00a0\u202f.]\d{3})+$")


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a text. ``kind``: word, number, stop, or part of a name, hour or age, which is no number of anything."""

    kind: str
    text: str
    value: float | None = None


@lru_cache(maxsize=65536)
def plain(text: str) -> str:
    """Casefolded, compatible forms made one, without combining marks, apostrophes all alike."""
    folded = unicodedata.normalize("NFKD", text).casefold().replace("ـ", "")
    return "".join("'" if c in "’ʼ`" else c for c in folded if not unicodedata.combining(c))


def read(text: str, language: str | None) -> list[Token]:
    """The tokens of a text, in order. A number and the conjunction that Arabic writes before it come apart."""
    found: list[Token] = []
    for match in TOKEN.finditer(text):
        kind = str(match.lastgroup)
        piece = plain(match.group())
        if kind == "number":
            found.append(Token("number", piece, _value(match.group())))
        elif kind == "word":
            apart = SEPARATE.get(language or "")
            found += [Token("word", part) for part in (apart(piece) if apart else (piece,))]
        else:
            found.append(Token("stop" if kind == "stop" else "part", piece))
    return found


@lru_cache(maxsize=65536)
def stem(word: str, language: str | None) -> str:
    """The stem of a word that ``plain`` made."""
    if language in SNOWBALL:
        return str(_stemmer(SNOWBALL[language]).stemWord(word))
    return word[:STEM]


@lru_cache(maxsize=len(SNOWBALL))
def _stemmer(name: str) -> "snowballstemmer.stemmer":
    return snowballstemmer.stemmer(name)


def _arabic(word: str) -> tuple[str, ...]:
    """The word without its article, after the conjunction that is written before it, if it seems to be one."""
    if word.startswith("لل") and len(word) > SHORTEST + 1:
        return (word[2:],)
    if word.startswith(ARTICLE) and len(word) > SHORTEST + 1:
        return (word[2:],)
    if word[:1] in BEFORE and word[1:].startswith(ARTICLE) and len(word) > SHORTEST + 2:
        return (word[0], word[3:]) if word[0] in BEFORE[:2] else (word[3:],)
    if word == "و":
        return (word,)
    if (
        word[:1] == BEFORE[0]
        and len(word) > SHORTEST + 1
        and not word.startswith(("وصل", "وصو", "وفا", "وقف", "وقع", "وزي", "وزا", "وكا", "وحد"))
    ):
        return (word[0], word[1:])
    return (word,)


def _french(word: str) -> tuple[str, ...]:
    """``l'`` and the like apart from the word that they stand before."""
    before, apostrophe, rest = word.partition("'")
    return (before, rest) if apostrophe and rest and len(before) <= 2 else (word,)


SEPARATE = {ARABIC: _arabic, "fr": _french}  # languages that write two words as one


def _value(digits: str) -> float:
    """What a number's digits come to; thousands may be set apart by a point, a comma or a space."""
    ascii_ = "".join(str(unicodedata.digit(c)) if c.isdigit() else c for c in digits)
    if GROUPED.match(ascii_):
        return float(re.sub(r"\D", "", ascii_))
    return float(ascii_.replace(",", "."))
