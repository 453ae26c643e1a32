"""Arabic words: joined particles, endings, and the broken plurals, which change the word within.

In a text a word has one stem, by light rules and Snowball. A query looks for the stems of the plurals and singulars that the word may
have by the patterns of broken plurals (K. C. Ryding, A Reference Grammar of Modern Standard Arabic, 2005, 7.3); most of those are no
words, and so find nothing.
"""

import re
from collections.abc import Callable, Iterator

_MIN = 3  # letters that a stem keeps
MAX_FORMS = 16  # stems that a query looks for
_HEADS = ("ال", "لل", "و", "ب", "ل", "ف", "ك")
_SUFFIXES = (("يات", 3), ("ات", 3), ("ون", 4), ("ين", 4), ("يه", 3), ("ه", 3), ("ي", 4))

# Singular and plural as folded (fold.py), a digit is a radical, and an example. Where the plural is the bare root (>), a query for three
# letters does not look for the singular: Aleppo would find milk.
_PLURALS = """
1ا2و3 1وا2ي3 صاروخ
12ي3 12ائ3 قذيفة
12ي3 123ي قتيل
12ي3 123اء وزير
12ي3 >123 مدينة
1ا23 1وا23 قاعدة
1ا23 12ا3 ضابط
1ائ2 1ا2ه قائد
1234 12ا34 مدفع
123و4 12ا3ي4 صندوق
123ي4 12ا3ي4 تصريح
123ي 12و3 جندي
12و3 123 هجوم
123 ا12ا3 هدف
12ا3 ا123ه سلاح
"""
_RADICAL = "([^اءئؤ])"


def _pattern(template: str) -> tuple[re.Pattern[str], str]:
    """What matches the template, and what puts its radicals into it."""
    return re.compile(re.sub(r"\d", _RADICAL, template)), re.sub(r"(\d)", r"\\\1", template)


def _changes() -> Iterator[tuple[re.Pattern[str], str]]:
    for line in _PLURALS.strip().splitlines():
        one, many, _ = line.split()
        singular, plural = _pattern(one), _pattern(many.removeprefix(">"))
        yield singular[0], plural[1]
        if not many.startswith(">"):
            yield plural[0], singular[1]


_CHANGES = tuple(_changes())


def stem(word: str, snowball: Callable[[str], str]) -> str:
    """The stem of a folded word: the article and joined particles go (Snowball leaves some), then the feminine and the sound plurals."""
    found = _without_ending(list(_without_heads(word))[-1])
    shorter = snowball(found)
    return shorter if len(shorter) >= _MIN else found


def query_stems(word: str, snowball: Callable[[str], str]) -> list[str]:
    """Stems of a folded word and of what may be its plural or singular."""
    found = {stem(word, snowball): None}
    for bare in _without_heads(word):
        for form in dict.fromkeys((bare, _without_ending(bare))):
            for pattern, other in _CHANGES:
                match = pattern.fullmatch(form)
                if match:
                    found[stem(match.expand(other), snowball)] = None
    return list(found)[:MAX_FORMS]


def _without_heads(word: str) -> Iterator[str]:
    """The word, and what is left of it each time a particle or the article is taken off."""
    yield word
    while head := next((h for h in _HEADS if word.startswith(h) and len(word) - len(h) >= _MIN), ""):
        word = word[len(head) :]
        yield word


def _without_ending(word: str) -> str:
    for end, keep in _SUFFIXES:
        if word.endswith(end) and len(word) - len(end) >= keep:
            return word[: -len(end)]
    return word
