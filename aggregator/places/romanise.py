"""Ukrainian names in Latin letters and in Russian spelling.

``romanise`` is the table of the Ukrainian government's resolution 55 of 27 January 2010. ``russian`` is the customary
rendering of Ukrainian village names in Russian texts; names with a history of their own stand in the supplement.
"""

import re

_FIRST = {"є": "ye", "ї": "yi", "й": "y", "ю": "yu", "я": "ya"}
_LATER = {"є": "ie", "ї": "i", "й": "i", "ю": "iu", "я": "ia"}
_ALWAYS = dict(
    zip(
        "абвгґдежзиіклмнопрстуфхцчшщь",
        re.split(" ", "a b v h g d e zh z y i k l m n o p r s t u f kh ts ch sh shch "),
        strict=True,
    )
)

_RUSSIAN = (
    (r"ське\b", "ское"),
    (r"цьке\b", "цкое"),
    (r"івка\b", "овка"),
    (r"ївка\b", "евка"),
    (r"івськ", "овск"),
    (r"ський\b", "ский"),
    (r"цький\b", "цкий"),
    (r"ьк", "к"),
    (r"([бвгджзклмнпрстфхцчшщ])ове\b", r"\1овое"),
    (r"([кгхжчшщ])е\b", r"\1ее"),
    (r"не\b", "ное"),
    (r"ве\b", "вое"),
    (r"ів\b", "ов"),
    (r"їв\b", "ев"),
    (r"і\b", "ы"),
    (r"ї", "и"),
    (r"йо", "йо"),
    (r"['’ʼ]", "ъ"),
    (r"и", "и"),
    (r"і", "и"),
    (r"є", "е"),
    (r"ґ", "г"),
)
_PATTERNS = tuple((re.compile(pattern), put) for pattern, put in _RUSSIAN)


def romanise(name: str) -> str:
    """``Кліщіївка`` -> ``Klishchiivka``; letters that are not Ukrainian stay as they are."""
    out: list[str] = []
    lower = name.lower()
    for i, char in enumerate(lower):
        if char in "'’ʼ":
            continue
        begins = i == 0 or not lower[i - 1].isalpha() and lower[i - 1] not in "'’ʼ"
        if char == "г" and i and lower[i - 1] == "з":
            latin = "gh"
        elif char in _FIRST:
            latin = _FIRST[char] if begins else _LATER[char]
        else:
            latin = _ALWAYS.get(char, char)
        out.append(latin.capitalize() if name[i].isupper() else latin)
    return "".join(out)


def russian(name: str) -> str:
    """``Кліщіївка`` -> ``Клищиевка``, ``Роботине`` -> ``Роботиное``: by rule, for names without a form of their own."""
    out = name.lower()
    for pattern, put in _PATTERNS:
        out = pattern.sub(put, out)
    return "-".join(" ".join(w[:1].upper() + w[1:] for w in part.split(" ")) for part in out.split("-"))
