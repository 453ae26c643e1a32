"""Who is the same person in two texts, although one gives the name in full, the other the surname, a third writes it in another script.

Names are compared by their consonants in Latin letters, which spellings and transliterations leave alone ("Syniehubov", "Синєгубов",
"Синегубов"). A surname alone is a person's only where all full names with it are one person's."""

import re
from collections.abc import Iterable, Mapping

from aggregator.claims.tokens import plain

CYRILLIC = dict(zip("абвгґдезиіклмнопрстуф", "abvhhdeziiklmnoprstuf", strict=True))
CYRILLIC |= {"є": "e", "ж": "zh", "х": "h", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "sh"}
CYRILLIC |= {"ь": "", "ъ": "", "ы": "i", "э": "e", "ю": "u", "я": "a"}
ALIKE = (("kh", "h"), ("shch", "sh"), ("sch", "sh"), ("tz", "ts"), ("ks", "x"), ("g", "h"), ("w", "v"), ("ph", "f"))
VOWELS = re.compile(r"[aeiouyj'’\W]+")
TWICE = re.compile(r"(.)\1+")
SHORTEST = 2  # consonants of a surname that tell it from others


def same_people(names: Iterable[str]) -> Mapping[str, str]:
    """For each name the key of the person: names of one person have one key."""
    listed = sorted(set(names))
    full: dict[str, set[str]] = {}
    for name in listed:
        parts = name.split()
        if len(parts) > 1:
            full.setdefault(skeleton(parts[-1]), set()).add(_key(parts))
    found = {}
    for name in listed:
        parts = name.split()
        last = skeleton(parts[-1]) if parts else ""
        if len(last) < SHORTEST:
            found[name] = " ".join(plain(name).split())
        elif len(parts) == 1:
            found[name] = next(iter(full[last])) if len(full.get(last, ())) == 1 else last
        else:
            found[name] = _key(parts)
    return found


def skeleton(name: str) -> str:
    """The consonants of a name in Latin letters; the letters themselves where a script is neither Latin nor Cyrillic."""
    text = "".join(CYRILLIC.get(c, c) for c in plain(name))
    for written, meant in ALIKE:
        text = text.replace(written, meant)
    return TWICE.sub(r"\1", VOWELS.sub("", text)) if text.isascii() else plain(name)


def _key(parts: list[str]) -> str:
    """First consonant of the first name, and the surname."""
    return f"{skeleton(parts[0])[:1]} {skeleton(parts[-1])}"
