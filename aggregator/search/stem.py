"""Stems: what the inflected forms of a word have in common.

English, Russian and Arabic (and some other languages) by Snowball; Ukrainian and Hebrew, which Snowball lacks, by light rules here.
A stem bears the mark of its language (``uk~харк``) unless that language is the usual one of its script, so that the stem that one
language makes never finds a word of another by accident. A query does not say its language: ``query_stems`` gives a word's stem in
each language of its script, and one of them is the stem that the text's own language made.
"""

import threading
from collections.abc import Callable
from functools import lru_cache, partial

import snowballstemmer

from aggregator.search import arabic

MARK = "~"
_MIN = 3  # letters that a stem keeps
_SNOWBALL = {
    "en": "english",
    "ru": "russian",
    "ar": "arabic",
    "de": "german",
    "fr": "french",
    "es": "spanish",
    "pl": "polish",
    "tr": "turkish",
    "fa": "persian",
}
_OF_SCRIPT = {  # usual language first; "" is every other language of the script, whose words are only folded
    "latin": ("en", "de", "fr", "es", "pl", "tr", ""),
    "cyrillic": ("ru", "uk", ""),
    "arabic": ("ar", "fa", ""),
    "hebrew": ("he", ""),
    "other": ("",),
}
_SCRIPT_OF = {language: script for script, languages in _OF_SCRIPT.items() for language in languages if language}
_FOLDED = {  # languages without stemmer that would else be taken for the usual one of their script
    "latin": "it pt nl ro cs sk sv da no fi hu lt lv et hr sl sq id so sw",
    "cyrillic": "be bg mk sr kk ky tg mn",
    "arabic": "ur ps ku ckb ug sd",
    "hebrew": "yi",
}
_FOLDED_SCRIPTS = {language: script for script, languages in _FOLDED.items() for language in languages.split()}
_UK_LETTERS = frozenset("іїєґ")

_UK_ENDINGS = """
іями остей остям остями істю ості ість ами ями ого ому ими их им ої ою ею єю ій ий іх ям ях ем єм ом ам ах ові еві єві ия ів їв ію ії ія іє
ати ити іти яти ять ить ють уть ає ує ює а я о е є у ю и і ї ь й
"""
_UK_LONGEST_FIRST = tuple(sorted(_UK_ENDINGS.split(), key=len, reverse=True))
_SECOND = ("ов", "ев", "єв", "ів", "їв")
_HE_PREFIXES = "והבלכמש"
_HE_SUFFIXES = (("יים", 3), ("יות", 3), ("ים", 3), ("ות", 2), ("ית", 3), ("יה", 3), ("ה", 2), ("י", 3), ("ת", 3))  # and letters to keep
_HE_FINALS = str.maketrans("ךםןףץ", "כמנפצ")

_local = threading.local()


def _snowball(language: str, word: str) -> str:
    """Snowball's stem; its stemmers hold state, so each thread has its own."""
    stemmers: dict[str, Callable[[str], str]] = _local.__dict__.setdefault("stemmers", {})
    stem = stemmers.get(language)
    if stem is None:
        stem = stemmers[language] = snowballstemmer.stemmer(_SNOWBALL[language]).stemWord
    return stem(word)


def _strip_second(stem: str) -> str:
    """Харьков and Харькова: Snowball takes -ов for an ending in the first and not in the second."""
    for end in _SECOND:
        if stem.endswith(end) and len(stem) - len(end) >= _MIN:
            return stem[: -len(end)]
    return stem


def _russian(word: str) -> str:
    stem = _snowball("ru", word)
    return _strip_second(stem if len(stem) >= _MIN else word)


def _ukrainian(word: str) -> str:
    stem = word
    for end in _UK_LONGEST_FIRST:
        if stem.endswith(end) and len(stem) - len(end) >= _MIN:
            stem = stem[: -len(end)]
            break
    stem = _strip_second(stem.rstrip("ьй") if len(stem.rstrip("ьй")) >= _MIN else stem)
    if len(stem) > _MIN and stem[-1] == stem[-2]:  # Запоріжжя, Запоріж
        stem = stem[:-1]
    if stem[-1:] in "цч":  # Авдіївка, Авдіївці
        stem = stem[:-1] + "к"
    if len(stem) >= _MIN and stem[-2] in "ії":  # Тернопіль, Тернополя; Ріг, Рогу; Київ, Києва
        stem = stem[:-2] + {"і": "о", "ї": "є"}[stem[-2]] + stem[-1]
    return stem


def _hebrew(word: str) -> str:
    """Joined particles are taken off as long as enough is left: ירושלים and בירושלים meet, at the price of a few short homographs."""
    stem = word
    while len(stem) > _MIN and stem[0] in _HE_PREFIXES:
        stem = stem[1:]
    for end, keep in _HE_SUFFIXES:
        if stem.endswith(end) and len(stem) - len(end) >= keep:
            stem = stem[: -len(end)]
            break
    return stem.translate(_HE_FINALS)


def _arabic(word: str) -> str:
    return arabic.stem(word, partial(_snowball, "ar"))


_OWN: dict[str, Callable[[str], str]] = {"ru": _russian, "uk": _ukrainian, "he": _hebrew, "ar": _arabic}


def script(word: str) -> str:
    """Script of the word's first letter that has one: latin, cyrillic, arabic, hebrew or other."""
    for char in word:
        code = ord(char)
        if 0x61 <= code <= 0x7A or 0xC0 <= code <= 0x24F:
            return "latin"
        if 0x400 <= code <= 0x52F:
            return "cyrillic"
        if 0x590 <= code <= 0x5FF:
            return "hebrew"
        if 0x600 <= code <= 0x6FF or 0x750 <= code <= 0x77F:
            return "arabic"
        if char.isalpha():
            return "other"
    return "other"


@lru_cache(maxsize=400_000)
def stem(word: str, language: str | None) -> str:
    """Stem of a folded word in a text of that language (ISO 639-1; None where unknown), with the mark of the language."""
    kind = script(word)
    if language is None or (_SCRIPT_OF.get(language) or _FOLDED_SCRIPTS.get(language, "other")) != kind:
        language = "uk" if kind == "cyrillic" and not _UK_LETTERS.isdisjoint(word) else _OF_SCRIPT[kind][0]
    return _stem_in(word, language, kind)


@lru_cache(maxsize=20_000)
def query_stems(word: str) -> tuple[str, ...]:
    """Stems of a folded word in each language of its script, the usual one's first, without doubles; in Arabic also those of its broken
    plurals, or of the singular of one."""
    kind = script(word)
    stems = [_stem_in(word, language, kind) for language in _OF_SCRIPT[kind]]
    if kind == "arabic" and word.isalpha():
        stems += arabic.query_stems(word, partial(_snowball, "ar"))
    return tuple(dict.fromkeys(stems))


def _stem_in(word: str, language: str, kind: str) -> str:
    usual = _OF_SCRIPT[kind][0]
    if not word.isalpha():  # F-16, 2024: no inflection, one token in every language
        return word
    if language in _OWN:
        stemmed = _OWN[language](word)
    elif language in _SNOWBALL:
        stemmed = _snowball(language, word)
    else:
        language, stemmed = "", word
    return stemmed if language == usual else f"{language}{MARK}{stemmed}"
