"""Case forms of Ukrainian and Russian place names; used only while the gazetteer is built.

A text has ``в Часовому Яру`` and ``під Великою Новосілкою``, a gazetteer the nominative. Dictionary words and their kin come from
pymorphy3; endings that it takes for persons or for plurals of common nouns (Оріхів, Роботине, Дарфур) come from the table
below. A form too many does no harm: a name must be capitalised to count.
"""

import re
from collections.abc import Callable, Iterable

import pymorphy3

from aggregator.places.normalise import word_set

CASES = ("gent", "datv", "accs", "ablt", "loct")
# What follows a stem in the oblique cases (genitive, dative, accusative, instrumental, locative; several where both occur).
Forms = tuple[tuple[str, ...], ...]
_MASC_UK: Forms = (("а", "у"), ("у", "ові"), ("",), ("ом",), ("і", "у", "ові"))
_MASC_RU: Forms = (("а",), ("у",), ("",), ("ом",), ("е", "у"))
_ADJ_M_UK: Forms = (("ого",), ("ому",), ("ий",), ("им",), ("ому", "ім"))
_ADJ_N_UK: Forms = (("ого",), ("ому",), ("е",), ("им",), ("ому", "ім"))
_ADJ_F_UK: Forms = (("ої",), ("ій",), ("у",), ("ою",), ("ій",))
_ADJ_P_UK: Forms = (("их",), ("им",), ("і", "их"), ("ими",), ("их",))
_ADJ_M_RU: Forms = (("ого",), ("ому",), ("ый", "ой", "ий"), ("ым", "им"), ("ом",))
_ADJ_N_RU: Forms = (("ого",), ("ому",), ("ое",), ("ым", "им"), ("ом",))
_ADJ_F_RU: Forms = (("ой",), ("ой",), ("ую",), ("ой",), ("ой",))
_ADJ_P_RU: Forms = (("ых", "их"), ("ым", "им"), ("ые", "ие"), ("ыми", "ими"), ("ых", "их"))

# ending of the nominative -> (letters put in its place, forms after them); the first that fits is taken
NOUNS: dict[str, tuple[tuple[str, str, Forms], ...]] = {
    "uk": (
        ("їв", "єв", (("а",), ("у", "ові"), ("",), ("им", "ом"), ("і",))),
        ("ів", "ов", (("а",), ("у", "ові"), ("",), ("им", "ом"), ("і",))),
        ("ськ", "ськ", (("а",), ("у",), ("",), ("ом",), ("у",))),
        ("цьк", "цьк", (("а",), ("у",), ("",), ("ом",), ("у",))),
        ("к", "", (("ка", "ку"), ("ку", "кові"), ("к",), ("ком",), ("ці", "ку", "кові"))),
        ("г", "", (("га", "гу"), ("гу", "гові"), ("г",), ("гом",), ("зі", "гу", "гові"))),
        ("х", "", (("ха", "ху"), ("ху", "хові"), ("х",), ("хом",), ("сі", "ху", "хові"))),
        ("піль", "пол", (("я",), ("ю",), ("",), ("ем",), ("і",))),
        ("ь", "", (("я",), ("ю", "еві"), ("ь",), ("ем",), ("і", "ю"))),
        ("ка", "", (("ки",), ("ці",), ("ку",), ("кою",), ("ці",))),
        ("га", "", (("ги",), ("зі",), ("гу",), ("гою",), ("зі",))),
        ("ха", "", (("хи",), ("сі",), ("ху",), ("хою",), ("сі",))),
        ("ія", "і", (("ї",), ("ї",), ("ю",), ("єю",), ("ї",))),
        ("я", "", (("і",), ("і",), ("ю",), ("ею",), ("і",))),
        ("а", "", (("и", "і"), ("і",), ("у",), ("ою", "ею"), ("і",))),
        ("ове", "ов", _ADJ_N_UK),
        ("не", "н", _ADJ_N_UK),
        ("ське", "ськ", _ADJ_N_UK),
        ("цьке", "цьк", _ADJ_N_UK),
        ("че", "ч", _ADJ_N_UK),
        ("ве", "в", _ADJ_N_UK),
        ("о", "", (("а",), ("у",), ("о",), ("ом",), ("і", "у"))),
        ("ці", "ц", (("ів", "ь"), ("ям",), ("і",), ("ями",), ("ях",))),
        ("и", "", (("ів", ""), ("ам",), ("и",), ("ами",), ("ах",))),
        ("і", "", (("ів", "ей", "", "ь"), ("ам", "ям"), ("і",), ("ами", "ями"), ("ах", "ях"))),
    ),
    "ru": (
        ("ь", "", (("я", "и"), ("ю", "и"), ("ь",), ("ем", "ью"), ("е", "и"))),
        ("й", "", (("я",), ("ю",), ("й",), ("ем",), ("е",))),
        ("ия", "и", (("и",), ("и",), ("ю",), ("ей",), ("и",))),
        ("я", "", (("и",), ("е",), ("ю",), ("ей",), ("е",))),
        ("ка", "к", (("и",), ("е",), ("у",), ("ой",), ("е",))),
        ("га", "г", (("и",), ("е",), ("у",), ("ой",), ("е",))),
        ("ха", "х", (("и",), ("е",), ("у",), ("ой",), ("е",))),
        ("а", "", (("ы", "и"), ("е",), ("у",), ("ой", "ей"), ("е",))),
        ("ское", "ск", _ADJ_N_RU),
        ("ное", "н", _ADJ_N_RU),
        ("вое", "в", _ADJ_N_RU),
        ("ово", "ов", (("а",), ("у",), ("о",), ("ом",), ("е",))),
        ("ево", "ев", (("а",), ("у",), ("о",), ("ом",), ("е",))),
        ("ино", "ин", (("а",), ("у",), ("о",), ("ом",), ("е",))),
        ("ы", "", (("ов", ""), ("ам",), ("ы",), ("ами",), ("ах",))),
    ),
}
ADJECTIVES: dict[str, tuple[tuple[str, str, Forms], ...]] = {
    "uk": (("ий", "", _ADJ_M_UK), ("е", "", _ADJ_N_UK), ("а", "", _ADJ_F_UK), ("і", "", _ADJ_P_UK)),
    "ru": (
        ("ый", "", _ADJ_M_RU),
        ("ий", "", _ADJ_M_RU),
        ("ой", "", _ADJ_M_RU),
        ("ое", "", _ADJ_N_RU),
        ("ая", "", _ADJ_F_RU),
        ("ые", "", _ADJ_P_RU),
        ("ие", "", _ADJ_P_RU),
    ),
}
_MASC = {"uk": _MASC_UK, "ru": _MASC_RU}
# Words that pymorphy3 and the table both get wrong, as (adjective-like, form of each case).
IRREGULAR: dict[str, dict[str, tuple[bool, Forms]]] = {
    "uk": {
        "часів": (True, (("часового",), ("часовому",), ("часів",), ("часовим",), ("часовому", "часовім"))),
        "яр": (False, (("яру",), ("яру", "ярові"), ("яр",), ("яром",), ("яру", "ярі"))),
        "ріг": (False, (("рогу",), ("рогу", "рогові"), ("ріг",), ("рогом",), ("розі", "рогу"))),
        "крим": (False, (("криму",), ("криму", "кримові"), ("крим",), ("кримом",), ("криму", "кримі"))),
        "село": (False, (("села",), ("селу",), ("село",), ("селом",), ("селі",))),
    },
    "ru": {
        "часов": (True, (("часова",), ("часову",), ("часов",), ("часовым",), ("часовом",))),
        "яр": (False, (("яра",), ("яру",), ("яр",), ("яром",), ("яру", "яре"))),
        "рог": (False, (("рога",), ("рогу",), ("рог",), ("рогом",), ("роге",))),
        "крым": (False, (("крыма",), ("крыму",), ("крым",), ("крымом",), ("крыму",))),
        "село": (False, (("села",), ("селу",), ("село",), ("селом",), ("селе",))),
    },
}
APOSTROPHES = str.maketrans("’ʼ", "''")  # the dictionary has the typewriter's
PREPOSITIONS = word_set("на над під под при в у де да эль аль эд ад эр ар эс ас эш аш эз аз эт ат ель")
FIXED_ENDINGS = {"uk": ("у", "ю", "е", "є", "о"), "ru": ("у", "ю", "и", "э", "е", "о")}
_LETTERS = {"uk": re.compile(r"[абвгґдеєжзиіїйклмнопрстуфхцчшщьюя'’ʼ\- ]+\Z"), "ru": re.compile(r"[а-яё\- ]+\Z")}


class Inflector:
    """Case forms in one language (``uk`` or ``ru``); opening it loads the dictionary (about 0.2 s)."""

    def __init__(self, language: str) -> None:
        self._language = language
        self._parse: Callable[[str], list[pymorphy3.analyzer.Parse]] = pymorphy3.MorphAnalyzer(lang=language).parse
        self._words: dict[str, tuple[bool, Forms]] = {}

    def fits(self, name: str) -> bool:
        """Whether the name is written in this language's letters."""
        return _LETTERS[self._language].match(name.lower()) is not None

    def forms(self, name: str) -> frozenset[str]:
        """Oblique forms of a name, lower case, hyphens as spaces, without the nominative unless a case is equal to it."""
        if not self.fits(name):
            return frozenset()
        words = name.lower().translate(APOSTROPHES).replace("-", " ").split()
        if not words or len(words) > 4:
            return frozenset()
        out: set[str] = set()
        for bends in self._bending(words, "-" in name):
            out |= self._bent(words, bends)
        out.discard(" ".join(words))
        return frozenset(out)

    def _bent(self, words: list[str], bends: list[bool]) -> set[str]:
        """The words in each oblique case, those that bend in all their forms of it, the others as they are."""
        out: set[str] = set()
        last = len(words) - 1
        analysed = [(self._word(w) if i == last else self._modifier(w)) if bends[i] else None for i, w in enumerate(words)]
        for case in range(len(CASES)):
            rows = [""]
            for word, known in zip(words, analysed, strict=True):
                ends = (word,) if known is None else known[1][case]
                rows = [f"{row} {end}" if row else end for row in rows for end in ends][:12]
            out.update(rows)
        return out

    def _bending(self, words: list[str], hyphen: bool) -> list[list[bool]]:
        """Which words change: all that agree with the noun; in a chain of nouns the last alone, in a hyphenated pair perhaps
        both (Нью-Йорку, but Середині-Буді); before a preposition the first."""
        stop = next((i for i, w in enumerate(words) if i and w in PREPOSITIONS), len(words))
        if 0 < stop < len(words) and words[stop] in ("на", "над", "під", "под"):
            return [[i < stop for i in range(len(words))]]
        last = len(words) - 1
        adjective = [(self._word(w) if i == last else self._modifier(w))[0] for i, w in enumerate(words)]
        usual = [
            i == last or (a and w not in PREPOSITIONS) or (i == 0 and len(words) == 2 and adjective[last])
            for i, (w, a) in enumerate(zip(words, adjective, strict=True))
        ]
        pair = hyphen and len(words) == 2 and words[0].endswith(("а", "я"))
        return [usual, [True, True]] if pair and not all(usual) else [usual]

    def _modifier(self, word: str) -> tuple[bool, Forms]:
        """A word before the noun: an adjective if it can be one (чорне in Чорне море, which alone is a noun too)."""
        row = next((row for row in ADJECTIVES[self._language] if word.endswith(row[0]) and len(word) > len(row[0]) + 2), None)
        for parse in self._parse(word) if row else ():
            if row and parse.tag.POS == "ADJF" and "nomn" in parse.tag.grammemes and self._word(word)[0] is False:
                gender = next((g for g in ("masc", "femn", "neut") if g in parse.tag.grammemes), None)
                return True, _by_case(parse.lexeme, "plur" if "plur" in parse.tag.grammemes else None, gender, word)
        return self._word(word)

    def _word(self, word: str) -> tuple[bool, Forms]:
        known = self._words.get(word)
        if known is None:
            known = self._words[word] = self._analyse(word)
        return known

    def _analyse(self, word: str) -> tuple[bool, Forms]:
        irregular = IRREGULAR[self._language].get(word)
        if irregular:
            return irregular
        adjective = next((row for row in ADJECTIVES[self._language] if word.endswith(row[0]) and len(word) > len(row[0]) + 2), None)
        found = self._from_dictionary(word)
        if self._language == "uk" and word.endswith(("ів", "їв")):
            return False, self._from_table(word)  # pymorphy3 takes Миколаїв for "Mykolai's"
        if adjective and (found is None or found[0]):
            looks = _after(word, adjective)
            if self._language == "ru" or word.endswith("ий") or (found is not None and found[0]):
                return True, merge(looks, found[1]) if found else looks
        table = self._from_table(word)
        if found is None:
            return False, table
        return found[0], merge(found[1], table) if not found[0] else found[1]

    def _from_dictionary(self, word: str) -> tuple[bool, Forms] | None:
        parses = self._parse(word)
        for wanted in ("Geox", ""):
            for parse in parses:
                tag = parse.tag.grammemes  # asked of the tag itself, a grammeme that this language lacks is an error
                if "nomn" not in tag or (wanted and wanted not in tag) or any(p in tag for p in ("Name", "Surn", "Patr")):
                    continue
                if parse.tag.POS not in ("NOUN", "ADJF") or (parse.tag.POS == "NOUN" and "anim" in tag):
                    continue
                number = "plur" if "plur" in tag else None
                gender = next((g for g in ("masc", "femn", "neut") if g in tag), None)
                return parse.tag.POS == "ADJF", _by_case(parse.lexeme, number, gender if parse.tag.POS == "ADJF" else None, word)
        return None

    def _from_table(self, word: str) -> Forms:
        for row in NOUNS[self._language]:
            if word.endswith(row[0]) and len(word) > len(row[0]) + 1:
                return _after(word, row)
        if word.endswith(FIXED_ENDINGS[self._language]):
            return ((word,),) * len(CASES)
        return tuple(tuple(word + end for end in ends) for ends in _MASC[self._language])


def merge(a: Forms, b: Forms) -> Forms:
    """Both sets of forms, case by case."""
    return tuple(tuple(dict.fromkeys((*x, *y))) for x, y in zip(a, b, strict=True))


def _after(word: str, row: tuple[str, str, Forms]) -> Forms:
    stem = word[: len(word) - len(row[0])] + row[1]
    out = []
    for case, ends in zip(CASES, row[2], strict=True):
        out.append(tuple((word if case == "accs" and end == "" and row[1] != row[0] else stem + end) for end in ends))
    return tuple(out)


def _by_case(lexeme: Iterable[pymorphy3.analyzer.Parse], number: str | None, gender: str | None, word: str) -> Forms:
    found: dict[str, list[str]] = {case: [] for case in CASES}
    for form in lexeme:
        tag = form.tag.grammemes
        if "Supr" in tag or (number == "plur") != ("plur" in tag) or (gender and gender not in tag):
            continue
        case = "loct" if "loct" in tag or "loc2" in tag else "gent" if "gen2" in tag else next((c for c in CASES if c in tag), None)
        if case and form.word not in found[case]:
            found[case].append(form.word)
    return tuple(tuple(found[case]) or (word,) for case in CASES)
