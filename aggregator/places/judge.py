"""What speaks for and against each span that may name a place: the reasons whose weights (``data/weights.json``) make its score."""

import re
from collections.abc import Sequence

from aggregator.places.events import tells_event
from aggregator.places.found import Found, Weights
from aggregator.places.lexicon import Lexicon, Words
from aggregator.places.normalise import script_of, word_set
from aggregator.places.rows import BENT, MADE
from aggregator.places.rules import Names
from aggregator.places.text import Text

CITY = 100_000  # people: a place of that size needs no preposition to be meant
UNCASED = ("arabic", "hebrew")
DATELINE_AFTER = re.compile(r",?(?: \(| ?[—–] | -{1,2} |, [A-Z][\w.]+(?: \d+)? ?(?:[-—–(]|\())")
CLITIC_CUES = "\u0628\u0644\u05d1\u05de"  # prepositions: Arabic ba and lam, Hebrew bet and mem
AGE_AFTER = re.compile(r",? \(?\d{1,2}\)?(?=[,.;)])|, (?:aged|who|whose)\b")
INITIAL_AFTER = re.compile(r" [A-Z]\. [A-Z]")
RUN = 4  # words of a proper name behind a place that are looked at for "Hospital" and the like
COMPASS = word_set(
    "northern southern eastern western central north south east west northeast northwest southeast southwest "
    "northeastern northwestern southeastern southwestern"
)
QUOTES = tuple("«»\"“”„‟'‘’")
COMMA = (", ", " (", ",")
WITHIN = (*COMMA, ", in ", " in ", ", в ", ", у ")


def judge(text: Text, found: Sequence[Found], words: Words, names: Names, lexicon: Lexicon) -> None:
    """Score every found span; the spans take "region" and the like in, and know what contains them."""
    weights = lexicon.weights
    persons = _persons(text, found, words, lexicon)
    _contain(text, found, weights)
    taken = {one.last for one in found}
    for one in found:
        _extend(text, one, words, weights)
        _Judge(text, one, words, lexicon).decide(persons, one.first - 1 in taken)
        _rule(text, one, names, weights)


def _persons(text: Text, found: Sequence[Found], words: Words, lexicon: Lexicon) -> frozenset[str]:
    """Keys of surnames: capitalised words that somewhere follow a given name, an initial behind one, or a title.

    Words within a name of several words, such as ``Glen Carbon``, are no evidence."""
    within = {i for one in found if one.last > one.first for i in range(one.first + 1, one.last + 1)}
    out = set()
    given, too, titles, keys = lexicon.given_names, lexicon.names_too, words.titles, text.keys
    for i in text.capitals:
        if i == 0 or i in within or not text.caps[i - 1]:
            continue
        before = keys[i - 1]
        if before in given or before in too:
            named = text.gap(i - 1) in (" ", "\u00a0")
        elif len(before) == 1:
            named = i > 1 and keys[i - 2] in given and text.gap(i - 1) in (". ", " ")
        else:
            named = before in titles and before not in words.cues and text.gap(i - 1) in (" ", ". ")
        if named:
            out.add(keys[i])
    return frozenset(out)


def _contain(text: Text, found: Sequence[Found], weights: Weights) -> None:
    """Note "Paris, Texas" and "Sumy (Ukraine)"."""
    for n in range(len(found) - 1):
        one, other = found[n], found[n + 1]
        between = text.body[one.end : other.start]
        if len(between) > 6 or (one.sentence != other.sentence and "\n" in between):
            continue
        if between in WITHIN and _holds(one, other):
            one.inside = n + 1
            if between in COMMA:
                one.hold("contained", weights)
                other.hold("container", weights)


def _holds(one: Found, other: Found) -> bool:
    """Whether the other may be what holds the one. "Russia, the US" counts two countries, although there is a Russia in Ohio."""
    holders = other.candidates.containers
    if one.candidates.countries:
        holders = holders - other.candidates.countries
    return not holders.isdisjoint(one.candidates.above)


def _extend(text: Text, one: Found, words: Words, weights: Weights) -> None:
    """Take "region", "oblast", "county" into the span, and let such words say what kind of place it is."""
    after = text.key_after(one.last)
    bare = one.candidates.kinds
    if one.key in words.stop:
        return
    if after in words.region_words or after in words.district_words:
        kinds = frozenset(("district",) if after in words.district_words and "district" in bare else ("region", "district"))
        if not kinds.isdisjoint(bare):
            one.kinds = kinds
            one.last += 1
            one.end = text.ends[one.last]
            one.hold("type_word", weights)
    elif after in words.settlement_words and "settlement" in bare and after in ("city",) and text.caps[one.last + 1]:
        one.kinds = frozenset(("settlement",))
        one.last += 1
        one.end = text.ends[one.last]
        one.hold("type_word", weights)
    else:
        before = text.key_before(one.first)
        if before in words.of:
            before = text.key_before(one.first, 2).partition(" ")[0]
        if before in words.region_words and ("region" in bare or "district" in bare):
            one.kinds = frozenset(("region", "district"))
            one.hold("type_word", weights)
        elif before in words.settlement_words and "settlement" in bare:
            one.kinds = frozenset(("settlement",))
            one.hold("type_word", weights)


def _rule(text: Text, one: Found, names: Names, weights: Weights) -> None:
    """What people corrected, said of the name or of the whole span with "region" and the like."""
    if not names.ruled:
        return
    for key in dict.fromkeys((one.key, " ".join(text.keys[one.first : one.last + 1]))):
        if names.forbids(key):
            one.hold("forbidden", weights)
            return
        row = names.chosen(key)
        if row >= 0:
            one.chosen = row
    if one.chosen >= 0 or names.is_alias(one.key):
        one.hold("taught", weights)


class _Judge:
    """Adds up the reasons of one span."""

    def __init__(self, text: Text, one: Found, words: Words, lexicon: Lexicon) -> None:
        self._text = text
        self._one = one
        self._words = words
        self._lexicon = lexicon
        possible, weights = one.candidates.of(one.kinds), lexicon.weights
        self._weights = weights
        of_people = weights["people"]
        self._kind, self._digits = max(possible.sizes, key=lambda size: weights[size[0]] + of_people * size[1])
        self._people, self._rank = possible.people, possible.rank
        self._small = possible.no_region and possible.people < CITY
        self._count = one.last - one.first + 1

    def decide(self, persons: frozenset[str], behind_place: bool) -> None:
        """``behind_place``: the word before it belongs to another span that may name a place."""
        self._by_kind()
        if self._count == 1:
            self._by_word(persons)
        elif not self._one.kinds and self._is_person(persons):
            self._hold("surname")
        self._by_words_before(behind_place)
        self._by_words_after()
        if script_of(self._one.key) in UNCASED:
            self._by_clitic()

    def _is_person(self, persons: frozenset[str]) -> bool:
        """Whether several words are rather somebody's name than a place's: ``Paris Hill``, where others are called Hill."""
        words = self._words
        kind = self._last in words.region_words or self._last in words.district_words
        return self._last in persons and self._first in self._lexicon.given_names and not kind

    @property
    def _first(self) -> str:
        return self._text.keys[self._one.first]

    @property
    def _last(self) -> str:
        return self._text.keys[self._one.last]

    def _hold(self, reason: str, times: float = 1.0) -> None:
        self._one.hold(reason, self._weights, times)

    def _by_kind(self) -> None:
        """The likeliest kind of place that it may be, how large, how many words, what rank of name."""
        self._hold("bias")
        self._hold(self._kind)
        if self._digits:
            self._hold("people", self._digits)
        if self._people >= CITY:
            self._hold("city")
        if self._count > 1:
            self._hold("words")
        if self._rank == BENT:
            self._hold("bent")
        elif self._rank == MADE:
            self._hold("made")

    def _by_word(self, persons: frozenset[str]) -> None:
        """What a single word may be else: a common word, somebody's name, letters."""
        one, words, lexicon = self._one, self._words, self._lexicon
        if one.key in words.stop and one.key not in words.acronyms:
            self._hold("stop")
        if one.key in persons and "contained" not in one.reasons:
            self._hold("surname")
        if one.key in lexicon.given_names:
            self._hold("given_name")
        elif one.key in words.surnames and "contained" not in one.reasons:
            self._hold("surname_like")
        surface = self._text.body[one.start : one.end]
        letters = "".join(c for c in surface if c.isalpha())
        if len(letters) <= 3 and script_of(letters) == "latin":
            if (one.key in words.acronyms) != letters.isupper() and "." not in surface:
                self._hold("stop")
            elif one.key not in words.acronyms:
                self._hold("short")
        elif self._text.caps[one.first] and one.key in self._text.lower:
            self._hold("lower_elsewhere")

    def _by_words_before(self, behind_place: bool) -> None:
        text, one, words, lexicon = self._text, self._one, self._words, self._lexicon
        before = text.key_before(one.first)
        phrase = text.key_before(one.first, 2) if before else ""
        if before in words.bearers_before or phrase in words.bearers_before:
            self._hold("bearer_before")
        elif before in words.cues or phrase in words.cues or tells_event(before) or (one.clitic and one.clitic[-1] in CLITIC_CUES):
            self._hold("cue")
        if text.body[one.start - 1 : one.start] in QUOTES and text.body[one.end : one.end + 1] in QUOTES and one.start:
            self._hold("quoted")
        if not before:
            if text.starts_sentence(one.first):
                self._hold("sentence_start")
                if (one.start == 0 or text.body[one.start - 1] == "\n") and DATELINE_AFTER.match(text.body, one.end):
                    self._hold("dateline")
            return
        capital = text.caps[one.first - 1]
        gap = text.gap(one.first - 1)
        name = before in lexicon.given_names or (before in lexicon.names_too and self._count == 1)
        title = before in words.titles and before not in words.cues and (capital or (self._small and script_of(before) != "latin"))
        initial = len(before) == 1 and gap == ". "
        if title or (capital and ((name and gap in (" ", "\u00a0")) or initial)):
            self._hold("person_before")
        elif (
            capital
            and self._count == 1
            and gap in (" ", "\u00a0", "-")
            and not (gap == "-" and behind_place)
            and not (before in COMPASS or before in words.cues or before in words.stop)
            and not text.starts_sentence(one.first - 1)
        ):
            self._hold("unknown_before")

    def _by_words_after(self) -> None:
        text, one, words, lexicon = self._text, self._one, self._words, self._lexicon
        if self._count == 1 and self._small and AGE_AFTER.match(text.body, one.end):
            self._hold("age_after")
        after = text.key_after(one.last)
        if not after:
            if self._count == 1 and INITIAL_AFTER.match(text.body, one.end):
                self._hold("person_after")
            return
        capital = text.caps[one.last + 1]
        if after in words.bearers and capital:
            self._hold("bearer_after")
        elif after in words.organisations and (capital or text.body[one.start].isupper()):
            if capital:
                self._hold("organisation_after")
        elif capital and text.gap(one.last) in (" ", "\u00a0"):
            if (
                one.key in lexicon.given_names
                or (
                    one.key in lexicon.names_too
                    and after not in words.stop
                    and after not in words.region_words
                    and not self._leads_to_organisation()
                )
                or self._count == 1
                and INITIAL_AFTER.match(text.body, one.end)
            ):
                self._hold("person_after")
            elif after not in words.stop and script_of(after) not in UNCASED:
                self._hold("unknown_after")
        elif capital and text.gap(one.last) == "-":
            self._hold("unknown_after")
        elif not capital and self._count == 1 and self._small and words.speaks(after):
            self._hold("speaks_after")

    def _leads_to_organisation(self) -> bool:
        """Whether the capitalised words behind it come to "Hospital" and the like: ``Georgia Modular Systems Inc``."""
        text = self._text
        for i in range(self._one.last + 1, min(self._one.last + 1 + RUN, len(text.keys))):
            if not text.caps[i] or text.gap(i - 1) != " ":
                return False
            if text.keys[i] in self._words.organisations:
                return True
        return False

    def _by_clitic(self) -> None:
        self._hold("uncased")
        if self._one.clitic:
            self._hold("clitic")
            if self._count == 1 and self._small:
                self._hold("clitic_small")
