"""Finds the spans of a text that may name a place, and says what speaks for and against each.

The longest run of words that the gazetteer knows is looked at; what holds for it (a preposition before it, a given name, a
word for an organisation after it) is added up with the weights of ``data/weights.json``, so that a decision can be explained.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from aggregator.places.events import tells_event
from aggregator.places.gazetteer import Candidate
from aggregator.places.lexicon import Lexicon, Words
from aggregator.places.normalise import script_of, word_set
from aggregator.places.rows import BENT, MADE, MAIN
from aggregator.places.rules import Names
from aggregator.places.text import Text

LONGEST = 5  # words in a name
ARTICLES = word_set("al el ad ed ar er as es ash esh at et az ez an en ud ul")
CITY = 100_000  # people: a place of that size needs no preposition to be meant
DATELINE_AFTER = re.compile(r",?(?: \(| ?[—–] | -{1,2} |, [A-Z][\w.]+(?: \d+)? ?(?:[-—–(]|\())")
PARTICLES = ARTICLES | word_set(
    "de la le les del los las di da do du des der den am an sur upon on of the and y e i bin ibn abu na nad u ez-"
)
ARABIC_CLITICS = ("وبال", "وال", "بال", "كال", "فال", "ولل", "لل", "وب", "ول", "وف", "و", "ف", "ب", "ل", "ك")
HEBREW_CLITICS = ("ומה", "שב", "שמ", "של", "וב", "ול", "ומ", "מה", "ה", "ב", "ל", "מ", "ו", "ש", "כ")
UNCASED = ("arabic", "hebrew")
HAS_UNCASED = re.compile("[\u0590-\u05ff\u0620-\u06ff]")
COMPASS = word_set(
    "northern southern eastern western central north south east west northeast northwest southeast southwest "
    "northeastern northwestern southeastern southwestern"
)


@dataclass(slots=True)
class Found:
    """A span that may name a place. ``first`` and ``last`` number its words.

    ``reasons`` name the weights that made its score, with how often each counts."""

    start: int
    end: int
    first: int
    last: int
    key: str
    candidates: tuple[Candidate, ...]
    score: float = 0.0
    reasons: dict[str, float] = field(default_factory=dict)
    clitic: str = ""  # what was cut from the front of an Arabic or Hebrew word
    kinds: frozenset[str] = frozenset()  # where a word such as "region" narrows it down
    inside: int = -1  # index of the found name that follows as its container: "Paris, Texas"
    sentence: int = 0
    chosen: int = -1  # row that a rule chose

    def hold(self, reason: str, weights: "Weights", times: float = 1.0) -> None:
        """Count one reason."""
        self.score += weights[reason] * times
        self.reasons[reason] = self.reasons.get(reason, 0.0) + times


Weights = Mapping[str, float]


def recognise(text: Text, language: str | None, names: Names, lexicon: Lexicon) -> list[Found]:
    """Every span that may name a place, in order, without overlaps, scored; the caller takes those over the threshold."""
    words = lexicon.words(language)
    persons = _persons(text, words, lexicon)
    found: list[Found] = []
    i = 0
    cased = not HAS_UNCASED.search(text.body)
    follow = words.directions
    while i < len(text.words):
        key = text.words[i].key
        if names.longest and (one := _alias(text, i, names)):
            i = one.last + 1
            if not text.skipped(one.start, one.end):
                found.append(one)
            continue
        if (
            cased
            and not text.caps[i]
            and key not in ARTICLES
            and not (follow and i + 1 < len(text.words) and text.words[i + 1].key in follow)
        ):
            i += 1
            continue
        if key in lexicon.trap_starts and (trap := _trap(text, i, lexicon)):
            i += trap
            continue
        one = _longest(text, i, words, names)
        if one is None:
            i += 1
            continue
        i = one.last + 1
        if not text.skipped(one.start, one.end):
            found.append(one)
    _contain(text, found, words, lexicon)
    for one in found:
        _extend(text, one, words, lexicon.weights)
        _judge(text, one, words, lexicon, persons)
        _rule(text, one, names, lexicon.weights)
    return found


def _alias(text: Text, i: int, names: Names) -> Found | None:
    """The longest name that people taught which begins with word i; one of its letters has to be a capital where there are capitals."""
    for last in range(min(i + names.longest, len(text.words)) - 1, i - 1, -1):
        key = " ".join(w.key for w in text.words[i : last + 1])
        start, end = text.words[i].start, text.words[last].end
        if names.is_alias(key) and "\n" not in text.body[start:end] and (any(text.caps[i : last + 1]) or script_of(key) in UNCASED):
            return Found(start, end, i, last, key, names.candidates(key), sentence=text.sentence(start))
    return None


def _rule(text: Text, one: Found, names: Names, weights: Weights) -> None:
    """What people corrected, said of the name or of the whole span with "region" and the like."""
    for key in dict.fromkeys((one.key, " ".join(w.key for w in text.words[one.first : one.last + 1]))):
        if names.forbids(key):
            one.hold("forbidden", weights)
            return
        row = names.chosen(key)
        if row >= 0:
            one.chosen = row
    if one.chosen >= 0 or names.is_alias(one.key):
        one.hold("taught", weights)


def _trap(text: Text, i: int, lexicon: Lexicon) -> int:
    """Length in words of a trap that starts here, else 0."""
    key, longest = "", 0
    for n in range(lexicon.trap_words):
        if i + n >= len(text.words) or (n and not text.joined(i + n - 1)):
            break
        key = f"{key} {text.words[i + n].key}" if key else text.words[i + n].key
        if key in lexicon.traps:
            longest = n + 1
    return longest


def _longest(text: Text, i: int, words: Words, names: Names) -> Found | None:
    word = text.words[i]
    if not text.caps[i]:
        first = text.body[word.start]
        if script_of(first) in UNCASED:
            return _uncased(text, i, names)
        if i + 1 < len(text.words) and text.words[i + 1].key in words.directions and text.joined(i):
            key = f"{word.key} {text.words[i + 1].key}"
            candidates = names.candidates(key)
            return (
                Found(word.start, text.words[i + 1].end, i, i + 1, key, candidates, sentence=text.sentence(word.start))
                if candidates
                else None
            )
        if not (word.key in ARTICLES and i + 1 < len(text.words) and text.gap(i) == "-" and text.caps[i + 1]):
            return None
    end = i
    while end + 1 < len(text.words) and end - i + 1 < LONGEST and text.joined(end):
        following = text.words[end + 1].key
        if not (text.caps[end + 1] or following in PARTICLES or following in words.lower or text.gap(end) == "-"):
            break
        end += 1
    for last in range(end, i - 1, -1):
        if last > i and not (text.caps[last] or text.words[last].key in words.lower or text.gap(last - 1) == "-"):
            continue
        key = " ".join(w.key for w in text.words[i : last + 1])
        candidates = names.candidates(key)
        if not candidates and last > i and any(w.key in ARTICLES for w in text.words[i:last]):
            key = " ".join("al" if w.key in ARTICLES and k < last - i else w.key for k, w in enumerate(text.words[i : last + 1]))
            candidates = names.candidates(key)
        if key in words.abbreviations and text.body[text.words[last].end : text.words[last].end + 1] != "." and key not in words.acronyms:
            candidates = tuple(c for c in candidates if c.rank == MAIN)
        if candidates and (last > i or len(key) > 2 or key in words.acronyms or key in words.abbreviations):
            return Found(word.start, text.words[last].end, i, last, key, candidates, sentence=text.sentence(word.start))
    return None


def _uncased(text: Text, i: int, names: Names) -> Found | None:
    word = text.words[i]
    clitics = ARABIC_CLITICS if script_of(word.key) == "arabic" else HEBREW_CLITICS
    heads = [("", word.key)]
    for clitic in clitics:
        if word.key.startswith(clitic) and len(word.key) - len(clitic) >= 3:
            rest = word.key[len(clitic) :]
            if clitic.endswith("لل") or (clitic.endswith("ال") and len(clitic) > 2):
                heads.append((clitic[:-2] if clitic.endswith("ال") else clitic, "ال" + rest))
            else:
                heads.append((clitic, rest))
    end = i
    while end + 1 < len(text.words) and end - i + 1 < LONGEST - 1 and text.joined(end):
        end += 1
    for last in range(end, i - 1, -1):
        tail = "".join(" " + w.key for w in text.words[i + 1 : last + 1])
        for clitic, head in heads:
            candidates = names.candidates(head + tail)
            if candidates and len(head + tail) > 2:
                start = word.start + _letters(text.body[word.start : word.end], len(clitic))
                one = Found(start, text.words[last].end, i, last, head + tail, candidates, sentence=text.sentence(word.start))
                if clitic:
                    one.clitic = clitic
                return one
    return None


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


def _persons(text: Text, words: Words, lexicon: Lexicon) -> frozenset[str]:
    """Keys of surnames: capitalised words that somewhere follow a given name or, as a title's next but one, a name."""
    out = set()
    for i in range(1, len(text.words)):
        if not text.caps[i] or not text.caps[i - 1] or text.gap(i - 1) not in (" ", "\u00a0", ". "):
            continue
        before = text.words[i - 1].key
        if text.gap(i - 1) == ". " and len(before) > 1 and before not in words.titles:
            continue
        if (
            before in lexicon.given_names
            or before in lexicon.names_too
            or (len(before) == 1 and i > 1 and text.words[i - 2].key in lexicon.given_names)
        ):
            out.add(text.words[i].key)
    return frozenset(out)


def _contain(text: Text, found: list[Found], words: Words, lexicon: Lexicon) -> None:
    """Note "Paris, Texas" and "Sumy (Ukraine)"."""
    for n in range(len(found) - 1):
        one, other = found[n], found[n + 1]
        between = text.body[one.end : other.start]
        if one.sentence != other.sentence and "\n" in between:
            continue
        if between in (", ", " (", ",", ", in ", " in ", ", в ", ", у ") and _holds(one, other):
            one.inside = n + 1
            if between in (", ", " (", ","):
                one.hold("contained", lexicon.weights)
                other.hold("container", lexicon.weights)


def _holds(one: Found, other: Found) -> bool:
    above = {c.row for c in other.candidates if c.kind in ("region", "country", "district", "area")}
    return any({c.country, c.region, c.district} & above for c in one.candidates)


def _extend(text: Text, one: Found, words: Words, weights: Weights) -> None:
    """Take "region", "oblast", "county" into the span, and let such words say what kind of place it is."""
    after = text.key_after(one.last)
    bare = [c.kind for c in one.candidates]
    if one.key in words.stop:
        return
    if after in words.region_words or after in words.district_words:
        kinds = frozenset(("district",) if after in words.district_words and "district" in bare else ("region", "district"))
        if any(kind in kinds for kind in bare):
            one.kinds = kinds
            one.last += 1
            one.end = text.words[one.last].end
            one.hold("type_word", weights)
    elif after in words.settlement_words and "settlement" in bare and after in ("city",) and text.caps[one.last + 1]:
        one.kinds = frozenset(("settlement",))
        one.last += 1
        one.end = text.words[one.last].end
        one.hold("type_word", weights)
    else:
        before = text.key_before(one.first)
        if before == "of":
            before = text.key_before(one.first, 2).partition(" ")[0]
        if before in words.region_words and any(kind in ("region", "district") for kind in bare):
            one.kinds = frozenset(("region", "district"))
            one.hold("type_word", weights)
        elif before in words.settlement_words and "settlement" in bare:
            one.kinds = frozenset(("settlement",))
            one.hold("type_word", weights)


def _judge(text: Text, one: Found, words: Words, lexicon: Lexicon, persons: frozenset[str]) -> None:
    """Add up what speaks for and against the span."""
    weights = lexicon.weights
    possible = [c for c in one.candidates if not one.kinds or c.kind in one.kinds] or list(one.candidates)
    best = max(possible, key=lambda c: weights[c.kind] + weights["people"] * len(str(c.population)) * (c.population > 0))
    one.hold("bias", weights)
    one.hold(best.kind, weights)
    if best.population:
        one.hold("people", weights, len(str(best.population)))
    if best_people(possible) >= CITY:
        one.hold("city", weights)
    count = one.last - one.first + 1
    if count > 1:
        one.hold("words", weights)
    rank = min(c.rank for c in possible)
    if rank == BENT:
        one.hold("bent", weights)
    elif rank == MADE:
        one.hold("made", weights)
    first, last = text.words[one.first].key, text.words[one.last].key
    _judge_before(text, one, words, lexicon, count)
    if count == 1:
        if one.key in words.stop and one.key not in words.acronyms:
            one.hold("stop", weights)
        if one.key in persons:
            one.hold("surname", weights)
        if one.key in lexicon.given_names:
            one.hold("given_name", weights)
        elif one.key in words.surnames and "contained" not in one.reasons:
            one.hold("surname_like", weights)
        surface = text.body[one.start : one.end]
        letters = "".join(c for c in surface if c.isalpha())
        if len(letters) <= 3 and script_of(letters) == "latin":
            if (one.key in words.acronyms) != letters.isupper() and "." not in surface:
                one.hold("stop", weights)
            elif one.key not in words.acronyms:
                one.hold("short", weights)
        elif text.caps[one.first] and one.key in text.lower:
            one.hold("lower_elsewhere", weights)
    elif first in lexicon.given_names and (last in persons) and one.kinds == frozenset():
        one.hold("surname", weights)
    _judge_after(text, one, words, lexicon)
    if script_of(one.key) in UNCASED:
        one.hold("uncased", weights)
        if one.clitic:
            one.hold("clitic", weights)
            if count == 1 and best_people(possible) < CITY and all(c.kind in ("settlement", "district") for c in possible):
                one.hold("clitic_small", weights)


def best_people(candidates: Sequence[Candidate]) -> int:
    """People of the largest settlement among the candidates."""
    return max((c.population for c in candidates if c.kind == "settlement"), default=0)


def _judge_before(text: Text, one: Found, words: Words, lexicon: Lexicon, count: int) -> None:
    weights = lexicon.weights
    before = text.key_before(one.first)
    phrase = text.key_before(one.first, 2)
    if before in words.cues or phrase in words.cues or tells_event(before) or (one.clitic and one.clitic[-1] in "بלבמ"):
        one.hold("cue", weights)
    if not before:
        if text.starts_sentence(one.first):
            one.hold("sentence_start", weights)
            if DATELINE_AFTER.match(text.body, one.end) and (one.start == 0 or text.body[one.start - 1] == "\n"):
                one.hold("dateline", weights)
        return
    capital = text.caps[one.first - 1]
    small = not any(c.kind != "settlement" or c.population >= CITY for c in one.candidates)
    spaced = text.gap(one.first - 1) in (" ", "\u00a0")
    name = before in lexicon.given_names or (before in lexicon.names_too and count == 1)
    title = before in words.titles and before not in words.cues and (capital or (small and script_of(before) != "latin"))
    initial = len(before) == 1 and text.gap(one.first - 1) == ". "
    if title or (capital and ((name and spaced) or initial)):
        one.hold("person_before", weights)
        return
    unknown = capital and not (before in COMPASS or before in words.cues or before in words.stop)
    if unknown and count == 1 and (spaced or text.gap(one.first - 1) == "-") and not text.starts_sentence(one.first - 1):
        one.hold("unknown_before", weights)


def _judge_after(text: Text, one: Found, words: Words, lexicon: Lexicon) -> None:
    weights = lexicon.weights
    after = text.key_after(one.last)
    if not after:
        return
    capital = text.caps[one.last + 1]
    if after in words.organisations and (capital or text.body[one.start].isupper()):
        if capital:
            one.hold("organisation_after", weights)
        return
    if capital and text.gap(one.last) in (" ", "\u00a0"):
        if one.key in lexicon.given_names or (one.key in lexicon.names_too and after not in words.stop and after not in words.region_words):
            one.hold("person_after", weights)
        elif after not in words.stop and script_of(after) not in UNCASED:
            one.hold("unknown_after", weights)
    elif capital and text.gap(one.last) == "-":
        one.hold("unknown_after", weights)
