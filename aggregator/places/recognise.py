"""Finds the spans of a text that may name a place: the longest runs of words that the gazetteer, or a rule of people's, knows.

``judge`` then says what speaks for and against each.
"""

from collections.abc import Iterable
from functools import lru_cache

from aggregator.places.candidates import Candidates
from aggregator.places.found import Found
from aggregator.places.judge import UNCASED, judge
from aggregator.places.lexicon import Lexicon, Words
from aggregator.places.normalise import script_of, word_set
from aggregator.places.rows import MAIN
from aggregator.places.rules import Names
from aggregator.places.text import Text

MOST_KEPT = 65536
LONGEST = 5  # words in a name
LEAST_JOINED = 6  # letters of an Arabic word that may be two: حفرالباطن
ARTICLES = word_set("al el ad ed ar er as es ash esh at et az ez an en ud ul")
PARTICLES = ARTICLES | word_set(
    "de la le les del los las di da do du des der den am an sur upon on of the and y e i bin ibn abu na nad u ez-"
)
ARABIC_CLITICS = ("وبال", "وال", "بال", "كال", "فال", "ولل", "لل", "وب", "ول", "وف", "و", "ف", "ب", "ل", "ك")
HEBREW_CLITICS = ("ומה", "שב", "שמ", "של", "וב", "ול", "ומ", "מה", "ה", "ב", "ל", "מ", "ו", "ש", "כ")


def recognise(text: Text, language: str | None, names: Names, lexicon: Lexicon) -> list[Found]:
    """Every span that may name a place, in order, without overlaps, scored; the caller takes those over the threshold."""
    words = lexicon.words(language)
    found: list[Found] = []
    free = 0  # first word that is in no span yet
    for i in _starts(text, words, names, lexicon):
        if i < free:
            continue
        one = _alias(text, i, names) if names.longest else None
        if one is None:
            if text.keys[i] in lexicon.trap_starts and (trap := _trap(text, i, lexicon)):
                free = i + trap
                continue
            one = _longest(text, i, words, names)
        if one is not None:
            free = one.last + 1
            if not text.skipped(one.start, one.end):
                found.append(one)
    judge(text, found, words, names, lexicon)
    return found


def _starts(text: Text, words: Words, names: Names, lexicon: Lexicon) -> Iterable[int]:
    """The words at which a name or a trap may begin: in scripts with capitals those that have one, and small words that belong to names."""
    keys, caps = text.keys, text.caps
    if names.longest or text.uncased:
        return range(len(keys))
    opens, traps = names.opens, lexicon.trap_starts
    starts = [i for i in text.capitals if opens(keys[i]) or keys[i] in ARTICLES or keys[i] in traps]
    small = []
    if not ARTICLES.isdisjoint(text.lower):
        small = [i for i in text.of(ARTICLES) if not caps[i] and (_leads(text, i) or keys[i] in traps)]
    if not words.directions.isdisjoint(text.keys):
        small += [i - 1 for i in text.of(words.directions) if i and not caps[i - 1]]
    return sorted({*starts, *small}) if small else starts


def _leads(text: Text, i: int) -> bool:
    """Whether a small word is tied to a capital: ``al-Bab``."""
    return text.gaps[i] == "-" and i + 1 < len(text.keys) and text.caps[i + 1]


def _alias(text: Text, i: int, names: Names) -> Found | None:
    """The longest name that people taught which begins with word i; one of its letters has to be a capital where there are capitals."""
    for last in range(min(i + names.longest, len(text.keys)) - 1, i - 1, -1):
        key = " ".join(text.keys[i : last + 1])
        start, end = text.starts[i], text.ends[last]
        if names.is_alias(key) and "\n" not in text.body[start:end] and (any(text.caps[i : last + 1]) or script_of(key) in UNCASED):
            return Found(start, end, i, last, key, names.candidates(key), sentence=text.sentence(start))
    return None


def _trap(text: Text, i: int, lexicon: Lexicon) -> int:
    """Length in words of a trap that starts here, else 0."""
    key, longest = "", 0
    for n in range(lexicon.trap_words):
        if i + n >= len(text.keys) or (n and not text.joined(i + n - 1)):
            break
        key = f"{key} {text.keys[i + n]}" if key else text.keys[i + n]
        if key in lexicon.traps:
            longest = n + 1
    return longest


def _longest(text: Text, i: int, words: Words, names: Names) -> Found | None:
    keys, caps, gaps, lower = text.keys, text.caps, text.gaps, words.lower
    start, head = text.starts[i], keys[i]
    if not caps[i]:
        if text.uncased and script_of(text.body[start]) in UNCASED:
            return _uncased(text, i, names)
        if i + 1 < len(keys) and keys[i + 1] in words.directions and text.joined(i):
            key = f"{head} {keys[i + 1]}"
            candidates = names.candidates(key)
            return Found(start, text.ends[i + 1], i, i + 1, key, candidates, sentence=text.sentence(start)) if candidates else None
        if not (head in ARTICLES and _leads(text, i)):
            return None
    end = i
    if head in ARTICLES or names.begins(head):
        furthest = min(i + LONGEST, len(keys)) - 1
        while end < furthest:
            following = end + 1
            if not (caps[following] or keys[following] in PARTICLES or keys[following] in lower or gaps[end] == "-"):
                break
            if gaps[end] != " " and not text.joined(end):
                break
            end = following
    for last in range(end, i - 1, -1):
        if last > i and not (caps[last] or keys[last] in lower or gaps[last - 1] == "-"):
            continue
        key = " ".join(keys[i : last + 1]) if last > i else head
        candidates = names.candidates(key)
        if not candidates and last > i and not ARTICLES.isdisjoint(keys[i:last]):
            key = " ".join("al" if w in ARTICLES and k < last - i else w for k, w in enumerate(keys[i : last + 1]))
            candidates = names.candidates(key)
        if key in words.abbreviations and text.body[text.ends[last] : text.ends[last] + 1] != "." and key not in words.acronyms:
            candidates = Candidates(c for c in candidates if c.rank == MAIN)
        if candidates and (last > i or len(key) > 2 or key in words.acronyms or key in words.abbreviations):
            return Found(start, text.ends[last], i, last, key, candidates, sentence=text.sentence(start))
    return None


def _uncased(text: Text, i: int, names: Names) -> Found | None:
    """The longest name that begins with an Arabic or Hebrew word, or within it behind what is written together with a name."""
    heads = [(clitic, head, names.begins(head)) for clitic, head in _heads(text.keys[i]) if names.opens(head)]
    end = i
    if any(several for _, _, several in heads):
        while end + 1 < len(text.keys) and end - i + 1 < LONGEST - 1 and text.joined(end):
            end += 1
    for last in range(end, i - 1, -1) if heads else ():
        tail = "".join(" " + key for key in text.keys[i + 1 : last + 1])
        for clitic, head, several in heads:
            candidates = names.candidates(head + tail) if several or not tail else None
            if candidates and len(head + tail) > 2:
                word = text.body[text.starts[i] : text.ends[i]]
                start = text.starts[i] + _letters(word, len(clitic))
                return Found(start, text.ends[last], i, last, head + tail, candidates, clitic=clitic, sentence=text.sentence(start))
    return None


@lru_cache(maxsize=MOST_KEPT)
def _heads(key: str) -> tuple[tuple[str, str], ...]:
    """What an Arabic or Hebrew word may be: (what is written before the name, the name's first word), the likeliest first."""
    arabic = script_of(key) == "arabic"
    heads = [("", key)]
    for clitic in ARABIC_CLITICS if arabic else HEBREW_CLITICS:
        if key.startswith(clitic) and len(key) - len(clitic) >= 3:
            rest = key[len(clitic) :]
            if clitic.endswith("لل") or (clitic.endswith("ال") and len(clitic) > 2):
                heads.append((clitic[:-2] if clitic.endswith("ال") else clitic, "ال" + rest))
            else:
                heads.append((clitic, rest))
    if arabic and len(key) > LEAST_JOINED and (at := key.find("ال", 2)) > 0:  # two words without their space
        heads.append(("", f"{key[:at]} {key[at:]}"))
    return tuple(heads)


def _letters(word: str, count: int) -> int:
    """Length of the piece of a word that holds its first ``count`` letters, marks not counted."""
    at = 0
    while at < len(word) and count:
        if word[at].isalpha() and word[at] != "ـ":
            count -= 1
        at += 1
    while at < len(word) and not word[at].isalpha():
        at += 1
    return at
