"""Further spellings under which a place is found: case forms of Cyrillic names, articles of romanised Arabic ones.

Made when a gazetteer is written or a place added by hand, and kept in the index of names alone.
"""

from collections.abc import Iterator
from functools import lru_cache

from aggregator.places.inflect import Inflector
from aggregator.places.normalise import name_key, script_of, word_set
from aggregator.places.rows import BENT, HAND, KNOWN, MADE, TABLES, PlaceRow

BEND_ALWAYS = word_set("UA RU BY KZ MD GE AM AZ SY LB IL PS YE SD SS CD MM IR IQ AF ET")
BEND_FROM = 15_000  # people; smaller places elsewhere stay in the nominative
SMALL_KINDS = ("settlement", "district")
BEND_RUSSIAN_FROM = 2_000  # people; smaller places of Russia stay in the nominative of Ukrainian
ARTICLE_COUNTRIES = word_set("PS SY LB YE SD IQ EG LY SA JO AE OM QA KW BH DZ TN MA MR SO DJ TD IL IR EH")
ARTICLES = word_set("al el ad ed ar er as es ash esh at et az ez an en ud ul")
CACHED_NAMES = 30_000


class Bender:
    """Makes the further spellings of places; opening it loads the dictionaries of Ukrainian and Russian (about 0.5 s)."""

    def __init__(self) -> None:
        self._forms = {language: lru_cache(CACHED_NAMES)(Inflector(language).forms) for language in ("uk", "ru")}

    def spellings(self, place: PlaceRow) -> dict[str, int]:
        """Spellings of a place beside those that it has, with their ranks (rows.py)."""
        out = dict.fromkeys(self._bent(place), BENT)
        for name in _with_articles(place):
            out.setdefault(name, MADE)
        return out

    def _bent(self, place: PlaceRow) -> Iterator[str]:
        """Case forms of those that Ukrainian and Russian news may well mention."""
        small = place.kind == "settlement" and place.population < BEND_FROM
        if small and place.country not in BEND_ALWAYS and place.source not in (HAND, TABLES):
            return
        for name in place.names:
            if script_of(name) != "cyrillic":
                continue
            for language, forms in self._forms.items():
                if language == "uk" and place.country == "RU" and place.kind in SMALL_KINDS and place.population < BEND_RUSSIAN_FROM:
                    continue
                yield from forms(name)


def _with_articles(place: PlaceRow) -> Iterator[str]:
    """Romanised Arabic names with every article as ``al``, and without the first."""
    if place.country not in ARTICLE_COUNTRIES or place.kind == "country":
        return
    for name, rank in place.names.items():
        if rank > KNOWN or script_of(name) != "latin":
            continue
        words = name_key(name).split()
        if len(words) < 2 or not any(w in ARTICLES for w in words[:-1]):
            continue
        yield " ".join("al" if w in ARTICLES and i < len(words) - 1 else w for i, w in enumerate(words))
        if words[0] in ARTICLES and len(" ".join(words[1:])) > 4:
            yield " ".join(words[1:])
