"""What holds around each named place of a text: the words before and behind it, what its clause tells, how it stands to its neighbours.

``roles`` weighs these features. Which list a word is in is looked up once a text (``Text.marks``).
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from aggregator.model import Mention
from aggregator.places.dateline import dateline_end
from aggregator.places.found import Found
from aggregator.places.lexicon import Words
from aggregator.places.marks import EVENT, NO_MARKS, Marks, marks_of
from aggregator.places.relations import relation
from aggregator.places.rows import BENT
from aggregator.places.sentences import Sentences, firsts_of
from aggregator.places.text import Text

SPEAKING_CITY = 300_000  # people: "Moscow said" names a government, "Bakhmut said" nobody
NEAR_WORDS = 6  # an event told within so many words of the name
WAY_WORDS = 7  # words before a name among which a verb of leaving or taking belongs to it
NEIGHBOUR = 80  # characters between a place and one that holds it
OFFICE_WORDS = 4  # before a name, among which the office of that name stands: "the ministry of health of Lebanon"
SOON = 3  # words behind a name among which a verb of saying may have it for its subject's seat: "officials in Quetta told reporters"
LINK = 12  # characters between two names of a list
PLACING = 8  # words between two names of which one says where the other lies: "Shchastia, 20 km north of Luhansk"
TAIL = 70  # characters behind a name that the expressions see
CLITICS = {"\u0628": "in", "\u05d1": "in", "\u0644": "to", "\u05dc": "to", "\u05de": "from"}  # ba, bet, lam, lamed, mem
# Lists of words (marks.py), each with the feature that a word of it makes.
HEAD_LISTS = (("office_before", "office before"), ("plan", "plan before"), ("quarter", "quarter before"))
WAY_LISTS = (("launch", "launched"), ("people", "people"), ("carry", "taken"))
OFFICE_LISTS = (("office_before", "office near"),)
CLAUSE_LISTS = tuple(
    (name, f"clause {name}")
    for name in ("plan", "past", "acts", "carry", "people", "not", "hours", "numbers", "targets", "travel", "states", "did", "perfect")
)
SMALL_WORDS = frozenset(("of", "in", "small"))
HEADS = 3  # words before a name of which one may head it
PREPOSITIONS = ("from", "to", "in", "on", "of", "by")

WORD = "word "  # begins the features that are single words near a name
WORDS_BEFORE, WORDS_BEHIND = 7, 5
WORD_STEM = 6  # letters by which a word is the same in other endings

Features = dict[str, str]  # what holds for a mention -> the words that show it


@dataclass(frozen=True, slots=True)
class Cues:
    """The expressions of ``data/roles.json``, compiled."""

    body_after: re.Pattern[str]  # behind a possessive: "Russia's defence ministry"
    office_after: re.Pattern[str]
    aside: re.Pattern[str]  # a paragraph that is a caption, a credit or about the author


@cache
def cues() -> Cues:
    """Load the expressions; a second call returns the same."""
    data = json.loads((files("aggregator.places") / "data" / "roles.json").read_text(encoding="utf-8"))
    body, office, aside = ("|".join(data[name]) for name in ("body_after", "office_after", "aside"))
    return Cues(
        re.compile(rf"^['’]s? (?:[\w-]+ ){{0,3}}(?:{body})\b", re.IGNORECASE),
        re.compile(rf"^ (?:{office})\b", re.IGNORECASE),
        re.compile(rf"^[(\[]?(?:{aside})\b[^\n]*", re.IGNORECASE | re.MULTILINE),
    )


def preposition(marks: Marks) -> str:
    """The kind of preposition that a word is, of PREPOSITIONS, else "none"."""
    if marks:
        for name in PREPOSITIONS:
            if name in marks:
                return name
    return "none"


class Scene:
    """The mentions of a text, and what holds for each."""

    def __init__(
        self,
        mentions: Sequence[Mention],
        capitals: Sequence[bool],
        found: Sequence[Found],
        text: Text,
        words: Words,
        title: frozenset[str],
    ) -> None:
        """``found`` are the spans of the mentions, ``capitals`` tells which are capitals of states, ``title`` has the keys of its words."""
        self.mentions = mentions
        self._sizes = [_size(m, capital) for m, capital in zip(mentions, capitals, strict=True)]
        self._found = found
        self._text = text
        self._words = words
        self._title = title
        self._sentences = Sentences(text, {one.first for one in found}, {one.last for one in found})
        self._held: dict[str, list[int]] = {}  # id of a place -> where the places within it are named
        self._named: dict[str, list[int]] = {}  # id of a place -> numbers of its mentions
        for n, m in enumerate(mentions):
            self._named.setdefault(m.place.id, []).append(n)
            for ident in m.place.path:
                self._held.setdefault(ident, []).append(m.start)
        self.relations = [relation(text, one) for one in found]
        self._dateline_end = dateline_end(mentions, text.body)
        self.dateline = text.body[: self._dateline_end].strip()
        self._row = self._rows()
        self._asides = [match.span() for match in cues().aside.finditer(text.body)]
        self._lead_end = text.body.find("\n", self._dateline_end)
        self._title_tells = any(EVENT in marks for marks in marks_of(list(title)))

    def in_dateline(self, n: int) -> bool:
        return self.mentions[n].end <= self._dateline_end

    def features(self, n: int, before: Sequence[str]) -> Features:
        """What holds for a mention. ``before`` are the roles of the mentions before it."""
        m, one, place = self.mentions[n], self._found[n], self.mentions[n].place
        out: Features = {"bias": "", f"kind {place.kind}": ""}
        size = self._sizes[n]
        row = self._row[n]
        head, tail = self._found[row[0]], self._found[row[1]]
        prep, words = self._preposition(one)
        if head is not one and prep in ("none", "break"):  # what stands before a list stands before each of its names
            prep, words = self._preposition(head)
            out["listed"] = ""
        out[f"prep {prep}"] = words
        if near := self._near(head):
            out["near"] = near
        out[f"{size}, {prep}"] = ""
        self._by_neighbours(one, head, tail, out, size, prep)
        self._by_expressions(m, out)
        self._by_ways(head, out, prep)
        self._by_events(head, tail, out, prep)
        self._by_clause(head, tail, out, prep)
        self._by_words(head, tail, out)
        self._by_placing(n, before, out)
        if n and before:
            self._by_list(n, before, out)
        if any(start != m.start and abs(start - m.start) < NEIGHBOUR for start in self._held.get(place.id, ())):
            out["holds another"] = ""
        if self._text.keys[one.first] in self._title:
            out["in title"] = ""
            out["in title, event" if self._title_tells else "in title, no event"] = ""
        if any(start <= m.start < end for start, end in self._asides):
            out["aside"] = ""
        if self._lead_end < 0 or m.start < self._lead_end:
            out["lead"] = ""
        depth = min(one.sentence, 2)
        out[f"sentence {depth}"] = out[f"{prep} in sentence {depth}"] = ""
        same = self._named[place.id]
        if len(same) > 1:
            out["named again"] = ""
            for role in {before[k] for k in same if k < len(before)} & {"event", "actor"}:
                out[f"{role} before"] = ""
        return out

    def _preposition(self, one: Found) -> tuple[str, str]:
        if one.clitic and one.clitic[-1] in CLITICS:
            return CLITICS[one.clitic[-1]], one.clitic
        text, first = self._text, one.first
        key = text.key_before(first)
        if not key:
            return "start" if text.starts_sentence(first) else "break", ""
        kind = preposition(text.marks[first - 1])
        if kind in ("none", "of"):  # "in northern Sudan", "in the city of Rafah"
            for back in (2, 3):
                if first < back or not text.tied(first - back):
                    break
                inner = preposition(text.marks[first - back])
                if inner in PREPOSITIONS[:4]:
                    return f"{inner} {kind}", " ".join(text.keys[first - back : first])
        return kind, key

    def _near(self, one: Found) -> str:
        """The word by which something is told to have happened beside, above or behind a place."""
        text = self._text
        return next((text.keys[k] for k in range(max(0, one.first - HEADS), one.first) if "near" in text.marks[k]), "")

    def _rows(self) -> list[tuple[int, int]]:
        """For each mention the first and the last of the list that it stands in: ``in A, B and C``."""
        first = list(range(len(self.mentions)))
        for n in first[1:]:
            if self._listed(n):
                first[n] = first[n - 1]
        last = {start: n for n, start in enumerate(first)}
        return [(start, last[start]) for start in first]

    def _listed(self, n: int) -> bool:
        """Whether nothing but commas and "and" stands between a mention and the one before it."""
        one, other, text = self._found[n], self._found[n - 1], self._text
        return (
            one.sentence == other.sentence
            and one.start - other.end <= LINK
            and not self.in_dateline(n - 1)
            and "\n" not in text.body[other.end : one.start]
            and all("link" in marks for marks in text.marks[other.last + 1 : one.first])
        )

    def _by_neighbours(self, one: Found, head: Found, tail: Found, out: Features, size: str, prep: str) -> None:
        text, words = self._text, self._words
        keys, i, j = text.keys, head.first, tail.last
        previous, after = text.key_before(i), text.key_after(j)
        marks = text.marks[i - 1] if previous else NO_MARKS
        following = text.marks[j + 1] if after else NO_MARKS
        lower = bool(after) and not text.caps[j + 1]
        opens = prep in ("start", "break")
        soon = keys[j + 1 : j + 1 + SOON]
        if lower and words.speaks(after, soon[1] if len(soon) > 1 else ""):
            out[f"{size} speaks"] = out[f"speaks {prep}"] = after
            if opens or prep == "none":
                out["subject speaks"] = after
        elif verb := next(filter(words.speaks, soon), ""):
            out["speaks soon"] = verb
        bare = previous[1:] if previous[:1] == "\u0648" else ""  # waw, "and"
        if previous and (words.speaks(previous) or (bare and words.speaks(bare))):
            out[f"{size} said before"] = previous
        elif "acts" in marks:
            out[f"{size} acts before"] = previous
        if lower and "acts" in following and (opens or prep == "none"):
            out[f"{size} acts"] = after
        if prep == "start" and (end := self._ends_speaking(one)):
            out[f"{size} speaks at the end"] = end
        if opens or "link" in marks or "joins" in marks:
            if lower and "small" not in following:
                out[f"{size} subject"] = after
            if not after:
                out["alone"] = ""
        if not one.clitic and one.candidates.rank == BENT:
            out["bent"] = ""
        self._by_heads(i, out, prep)
        if prep in ("none", "of") and "office before" not in out:
            out |= firsts_of(text, OFFICE_LISTS, range(max(0, i - OFFICE_WORDS), i))
        if "axis" in following or "axis" in text.marks[one.last]:
            out["axis"] = after
        if "office_after" in following:
            out["office after"] = after
        elif after and not lower and after in words.organisations:
            out["organisation after"] = after

    def _by_heads(self, i: int, out: Features, prep: str) -> None:
        """The word before a name, or before the small words between them: ``officials in Quetta``, ``army of Ukraine``."""
        text = self._text
        heads = []
        for k in range(i - 1, max(-1, i - 1 - HEADS), -1):
            if not text.tied(k):
                break
            heads.append(k)
            if SMALL_WORDS.isdisjoint(text.marks[k]):
                break
        for feature, word in firsts_of(text, HEAD_LISTS, heads).items():
            out[feature] = out[f"{feature} {prep}"] = word

    def _ends_speaking(self, one: Found) -> str:
        """The verb of saying that ends the sentence, where a language puts it there: ``Ankara saldırıyı kınadı``."""
        first, end = self._text.sentence_words(self._text.sentence(one.start))
        last, words = self._text.keys[max(first, end - 2) : end], self._words
        return last[-1] if words.speaks(last[-1]) or (len(last) > 1 and words.speaks(last[0], last[1])) else ""

    def _by_expressions(self, m: Mention, out: Features) -> None:
        body, said = self._text.body, cues()
        tail = body[m.end : m.end + TAIL]
        if tail[:1] in "'’" and (match := said.body_after.match(tail)):
            out["body after"] = match.group()
        elif tail[:2] in ("'s", "’s"):
            out["possessive"] = tail[:2]
        if tail[:1] == " " and (match := said.office_after.match(tail)):
            out["office"] = match.group().strip()

    def _by_ways(self, head: Found, out: Features, prep: str) -> None:
        """Verbs of leaving, launching and taking within a few words before the name."""
        text = self._text
        near = range(max(self._sentences.of(head.sentence).first, head.first - WAY_WORDS), head.first)
        for feature, word in firsts_of(text, WAY_LISTS, near).items():
            out[f"{feature} {prep}"] = word
        if near and "leave" in text.marks[near[-1]]:
            out["left"] = text.keys[near[-1]]

    def _by_events(self, head: Found, tail: Found, out: Features, prep: str) -> None:
        keys, number, first, last = self._text.keys, head.sentence, head.first, tail.last
        told = self._sentences.told.get(number, ())
        near = behind = -1
        for k in told:
            if 0 < first - k <= NEAR_WORDS:
                near = k
            elif behind < 0 and 0 < k - last <= NEAR_WORDS:
                behind = k
        if near >= 0:
            out["event before it"] = keys[near]
        if behind >= 0:
            out["event behind it"] = keys[behind]
        if told:
            out["event in sentence"] = keys[told[0]]
        else:
            out["no event"] = ""
            if number - 1 in self._sentences.told:
                out["event in sentence before"] = ""
        out[f"{prep} with event" if told else f"{prep} without event"] = ""
        out[f"event, {self._sentences.level} events" if told else f"no event, {self._sentences.level} events"] = ""
        out |= self._sentences.of(number).times

    def _by_clause(self, head: Found, tail: Found, out: Features, prep: str) -> None:
        """What the clause of a name, or of the list that it stands in, tells; a clause ends at a comma or a word that joins."""
        text, sentence = self._text, self._sentences.of(head.sentence)
        first, last = self._sentences.clause(head.sentence, head.first, tail.last)
        deeds = [k for k in sentence.deeds if first <= k < last]
        if deeds:
            tells, word = "deed", text.keys[deeds[0]]
        elif any(first <= k < last for k in self._sentences.told.get(head.sentence, ())):
            tells, word = "thing", ""
        else:
            tells, word = ("deed elsewhere", text.keys[sentence.deeds[0]]) if sentence.deeds else ("nothing", "")
        out[f"clause tells {tells}"] = out[f"{prep}, clause tells {tells}"] = word
        if deeds:
            side = "before" if deeds[0] < head.first else "behind"
            out[f"deed {side}"] = out[f"deed {side}, {prep}"] = word
        if first == sentence.first:
            out["first clause"] = ""
        out |= firsts_of(text, CLAUSE_LISTS, range(first, last))

    def _by_words(self, head: Found, tail: Found, out: Features) -> None:
        """The words themselves that stand near the name."""
        keys, first, last = self._text.keys, head.first, tail.last
        for k in range(max(0, first - WORDS_BEFORE), first):
            out[f"word {'right ' if k == first - 1 else ''}before: {keys[k][:WORD_STEM]}"] = ""
        for k in range(last + 1, min(len(keys), last + 1 + WORDS_BEHIND)):
            out[f"word {'right ' if k == last + 1 else ''}behind: {keys[k][:WORD_STEM]}"] = ""

    def _by_placing(self, n: int, before: Sequence[str], out: Features) -> None:
        """Whether the name says where the name before it lies, or a phrase of distance stands without one."""
        placing = False
        if n and before and self._row[n][0] == n and not self.in_dateline(n - 1):
            one, other, text = self._found[n], self._found[n - 1], self._text
            between = range(other.last + 1, one.first)
            if (
                other.sentence == one.sentence
                and 0 < len(between) <= PLACING
                and all("places" in text.marks[k] or "distance" in text.marks[k] or text.keys[k].isdigit() for k in between)
            ):
                placing = any("distance" in text.marks[k] for k in between)
                out[f"{'distance' if placing else 'seat'} from {before[n - 1]}"] = out["distance" if placing else "seat"] = ""
        if self.relations[n]:
            out["beside it"] = self.relations[n]
            if not placing:
                out["beside no other"] = self.relations[n]

    def _by_list(self, n: int, before: Sequence[str], out: Features) -> None:
        """The part of the mention before it where the two stand in a list, or the one holds the other."""
        one, other = self._found[n], self._found[n - 1]
        if other.sentence == one.sentence:
            out[f"in sentence after {before[n - 1]}"] = ""
            between = self._text.body[other.end : one.start]
            if self._row[n][0] != n:
                out[f"list after {before[n - 1]}"] = between
            elif len(between) <= LINK and one.first - other.last <= 3 and "\n" not in between:
                out[f"next to {before[n - 1]}"] = between
            if self.mentions[n].place.id in self.mentions[n - 1].place.path:
                out[f"holds {before[n - 1]} before it"] = ""


def _size(m: Mention, capital: bool) -> str:
    """What a name must be for its part: states and their capitals act and speak, large cities now and then."""
    if m.place.kind == "country":
        return "state"
    return "capital" if capital else "city" if m.place.population > SPEAKING_CITY else "small"
