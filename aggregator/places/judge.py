"""What speaks for and against each span that may name a place: the reasons whose weights (``data/weights.json``) make its score."""

import re
from collections.abc import Sequence

from aggregator.places.candidates import Bearing, Candidates
from aggregator.places.found import Found, Weights
from aggregator.places.lexicon import Lexicon, Words
from aggregator.places.marks import EVENT
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
QUOTES = frozenset("«»\"“”„‟'‘’")
SPACES = (" ", "\u00a0")
FEW_LETTERS = 3  # in a word that may be an abbreviation
DISTRICTS, DIVISIONS, SETTLEMENTS = frozenset(("district",)), frozenset(("region", "district")), frozenset(("settlement",))
RANKS = {BENT: "bent", MADE: "made"}  # ranks of a name that are reasons
COMMA = (", ", " (", ",")
WITHIN = (*COMMA, ", in ", " in ", ", в ", ", у ")


def judge(text: Text, found: Sequence[Found], words: Words, names: Names, lexicon: Lexicon) -> None:
    """Score every found span; the spans take "region" and the like in, and know what contains them."""
    weights = lexicon.weights
    judging = _Judge(text, words, lexicon, _persons(text, found, words, lexicon))
    _contain(text, found, weights)
    taken = {one.last for one in found}
    for one in found:
        before = text.key_before(one.first)
        _extend(text, one, before, words, weights)
        judging.decide(one, before, one.first - 1 in taken)
        if names.ruled:
            _rule(text, one, names, weights)


def _persons(text: Text, found: Sequence[Found], words: Words, lexicon: Lexicon) -> frozenset[str]:
    """Keys of surnames: capitalised words that somewhere follow a given name, an initial behind one, or a title.

    Words within a name of several words, such as ``Glen Carbon``, are no evidence."""
    within = {i for one in found if one.last > one.first for i in range(one.first + 1, one.last + 1)}
    out = set()
    given, too, titles, keys, caps, gaps = lexicon.given_names, lexicon.names_too, words.titles, text.keys, text.caps, text.gaps
    for i in text.capitals:
        if not caps[i - 1] or i in within or not i:
            continue
        before = keys[i - 1]
        if before in given or before in too:
            named = gaps[i - 1] in SPACES
        elif len(before) == 1:
            named = i > 1 and keys[i - 2] in given and gaps[i - 1] in (". ", " ")
        else:
            named = before in titles and before not in words.cues and gaps[i - 1] in (" ", ". ")
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


def _extend(text: Text, one: Found, before: str, words: Words, weights: Weights) -> None:
    """Take "region", "oblast", "county" into the span, and let such words say what kind of place it is. ``before``: the word before it."""
    if one.key in words.stop:
        return
    after = text.key_after(one.last)
    bare = one.candidates.kinds
    if after in words.region_words or after in words.district_words:
        kinds = DISTRICTS if after in words.district_words and "district" in bare else DIVISIONS
        if not kinds.isdisjoint(bare):
            one.kinds = kinds
            one.last += 1
            one.end = text.ends[one.last]
            one.hold("type_word", weights)
    elif after in words.settlement_words and "settlement" in bare and after in ("city",) and text.caps[one.last + 1]:
        one.kinds = SETTLEMENTS
        one.last += 1
        one.end = text.ends[one.last]
        one.hold("type_word", weights)
    elif before:
        if before in words.of:
            before = text.key_before(one.first, 2).partition(" ")[0]
        if before in words.region_words and not DIVISIONS.isdisjoint(bare):
            one.kinds = DIVISIONS
            one.hold("type_word", weights)
        elif before in words.settlement_words and "settlement" in bare:
            one.kinds = SETTLEMENTS
            one.hold("type_word", weights)


def _rule(text: Text, one: Found, names: Names, weights: Weights) -> None:
    """What people corrected, said of the name or of the whole span with "region" and the like."""
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
    """Adds up the reasons of the spans of one text, one after another."""

    def __init__(self, text: Text, words: Words, lexicon: Lexicon, persons: frozenset[str]) -> None:
        self._text = text
        self._words = words
        self._lexicon = lexicon
        self._weights = lexicon.weights
        self._persons = persons

    def decide(self, one: Found, before: str, behind_place: bool) -> None:
        """``before``: the word before it; ``behind_place``: that belongs to another span that may name a place."""
        several = one.last > one.first
        bearing = self._bearing(one.candidates.of(one.kinds), several)
        one.score += bearing.score
        one.reasons |= bearing.reasons
        small = bearing.small
        if not several:
            self._by_word(one)
        elif not one.kinds and self._is_person(one):
            one.hold("surname", self._weights)
        self._by_words_before(one, before, behind_place, several, small)
        self._by_words_after(one, several, small)
        if self._text.uncased and script_of(one.key) in UNCASED:
            self._by_clitic(one, several, small)

    def _bearing(self, possible: Candidates, several: bool) -> Bearing:
        """What these places give for a name of one word or of several, wherever it stands: worked out once for the weights of now."""
        known = possible.bearings.get(several)
        if known is None or known.weights is not self._weights:
            known = possible.bearings[several] = _bearing(possible, several, self._weights)
        return known

    def _is_person(self, one: Found) -> bool:
        """Whether several words are rather somebody's name than a place's: ``Paris Hill``, where others are called Hill."""
        words, keys = self._words, self._text.keys
        last = keys[one.last]
        kind = last in words.region_words or last in words.district_words
        return last in self._persons and keys[one.first] in self._lexicon.given_names and not kind

    def _by_word(self, one: Found) -> None:
        """What a single word may be else: a common word, somebody's name, letters."""
        words, weights, key = self._words, self._weights, one.key
        acronym = key in words.acronyms
        if key in words.stop and not acronym:
            one.hold("stop", weights)
        if key in self._persons and "contained" not in one.reasons:
            one.hold("surname", weights)
        if key in self._lexicon.given_names:
            one.hold("given_name", weights)
        elif key in words.surnames and "contained" not in one.reasons:
            one.hold("surname_like", weights)
        surface = self._text.body[one.start : one.end]
        letters = surface if surface.isalpha() else "".join(filter(str.isalpha, surface))
        if len(letters) <= FEW_LETTERS and script_of(letters) == "latin":
            if acronym != letters.isupper() and "." not in surface:
                one.hold("stop", weights)
            elif not acronym:
                one.hold("short", weights)
        elif self._text.caps[one.first] and key in self._text.lower:
            one.hold("lower_elsewhere", weights)

    def _by_words_before(self, one: Found, before: str, behind_place: bool, several: bool, small: bool) -> None:
        text, words, lexicon, weights = self._text, self._words, self._lexicon, self._weights
        phrase = text.key_before(one.first, 2) if before else ""
        if before in words.bearers_before or phrase in words.bearers_before:
            one.hold("bearer_before", weights)
        elif (
            before in words.cues
            or phrase in words.cues
            or (before and EVENT in text.marks[one.first - 1])
            or (one.clitic and one.clitic[-1] in CLITIC_CUES)
        ):
            one.hold("cue", weights)
        if text.body[one.end : one.end + 1] in QUOTES and text.body[one.start - 1 : one.start] in QUOTES:
            one.hold("quoted", weights)
        if not before:
            if text.starts_sentence(one.first):
                one.hold("sentence_start", weights)
                if (one.start == 0 or text.body[one.start - 1] == "\n") and DATELINE_AFTER.match(text.body, one.end):
                    one.hold("dateline", weights)
            return
        capital = text.caps[one.first - 1]
        gap = text.gaps[one.first - 1]
        name = before in lexicon.given_names or (before in lexicon.names_too and not several)
        title = before in words.titles and before not in words.cues and (capital or (small and script_of(before) != "latin"))
        initial = len(before) == 1 and gap == ". "
        if title or (capital and ((name and gap in SPACES) or initial)):
            one.hold("person_before", weights)
        elif (
            capital
            and not several
            and (gap in SPACES or (gap == "-" and not behind_place))
            and not (before in COMPASS or before in words.cues or before in words.stop)
            and not text.starts_sentence(one.first - 1)
        ):
            one.hold("unknown_before", weights)

    def _by_words_after(self, one: Found, several: bool, small: bool) -> None:
        text, words, lexicon, weights = self._text, self._words, self._lexicon, self._weights
        if not several and small and AGE_AFTER.match(text.body, one.end):
            one.hold("age_after", weights)
        after = text.key_after(one.last)
        if not after:
            if not several and INITIAL_AFTER.match(text.body, one.end):
                one.hold("person_after", weights)
            return
        capital = text.caps[one.last + 1]
        gap = text.gaps[one.last]
        if after in words.bearers and capital:
            one.hold("bearer_after", weights)
        elif after in words.organisations and (capital or text.body[one.start].isupper()):
            if capital:
                one.hold("organisation_after", weights)
        elif capital and gap in SPACES:
            if (
                one.key in lexicon.given_names
                or (
                    one.key in lexicon.names_too
                    and after not in words.stop
                    and after not in words.region_words
                    and not self._leads_to_organisation(one)
                )
                or not several
                and INITIAL_AFTER.match(text.body, one.end)
            ):
                one.hold("person_after", weights)
            elif after not in words.stop and not (text.uncased and script_of(after) in UNCASED):
                one.hold("unknown_after", weights)
        elif capital and gap == "-":
            one.hold("unknown_after", weights)
        elif not capital and not several and small and words.speaks(after):
            one.hold("speaks_after", weights)

    def _leads_to_organisation(self, one: Found) -> bool:
        """Whether the capitalised words behind it come to "Hospital" and the like: ``Georgia Modular Systems Inc``."""
        text = self._text
        for i in range(one.last + 1, min(one.last + 1 + RUN, len(text.keys))):
            if not text.caps[i] or text.gaps[i - 1] != " ":
                return False
            if text.keys[i] in self._words.organisations:
                return True
        return False

    def _by_clitic(self, one: Found, several: bool, small: bool) -> None:
        one.hold("uncased", self._weights)
        if one.clitic:
            one.hold("clitic", self._weights)
            if not several and small:
                one.hold("clitic_small", self._weights)


def _bearing(possible: Candidates, several: bool, weights: Weights) -> Bearing:
    """The likeliest kind of place that it may be, how large, how many words, what rank of name."""
    kind, digits = max(possible.sizes, key=lambda size: weights[size[0]] + weights["people"] * size[1])
    reasons = {"bias": 1.0, kind: 1.0}
    if digits:
        reasons["people"] = float(digits)
    if possible.people >= CITY:
        reasons["city"] = 1.0
    if several:
        reasons["words"] = 1.0
    if possible.rank in RANKS:
        reasons[RANKS[possible.rank]] = 1.0
    score = sum(weights[reason] * times for reason, times in reasons.items())
    return Bearing(weights, score, reasons, possible.no_region and possible.people < CITY)
