"""Says what part a place plays in a text.

event: something reported happens there; mention: background, distance, plan; dateline: where the report was filed;
actor: the name stands for a government, an army or an institution; origin: an attack came or people fled from there.

A dateline is told by its form. For the others, what holds around the name (the words before and behind it, events told in the sentence, the
part of the name before it in a list) is weighed with ``data/role_weights.json``, which ``train`` learns from the marked texts.
"""

import json
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from aggregator.model import Mention
from aggregator.places.events import WordSet, tells_event
from aggregator.places.found import Found
from aggregator.places.lexicon import DATA, Words
from aggregator.places.relations import relation
from aggregator.places.rows import BENT
from aggregator.places.text import Text

ROLES = ("event", "mention", "actor", "origin")  # in the order in which a tie is decided
DATELINE = re.compile(r"[^\n]{0,60}?(?:\([^)\n]{2,30}\)\s*)?(?: [-–—] | ?[—–] ?|: )")
YEAR = re.compile(r"\b(?:1[89]|20)\d\d\b")
SPEAKING_CITY = 300_000  # people: "Moscow said" names a government, "Bakhmut said" nobody
NEAR_WORDS = 6  # an event told within so many words of the name
WAY_WORDS = 7  # words before a name among which a verb of leaving or taking belongs to it
NEIGHBOUR = 80  # characters between a place and one that holds it
OFFICE_WORDS = 4  # before a name, among which the office of that name stands: "the ministry of health of Lebanon"
LINK = 12  # characters between two names of a list
SHARES, LEVELS = (0.2, 0.6), ("few", "some", "many")  # share of a text's sentences that tell an event
TAIL = 70  # characters behind a name that the expressions see
CLITICS = {"\u0628": "in", "\u05d1": "in", "\u0644": "to", "\u05dc": "to", "\u05de": "from"}  # ba, bet, lam, lamed, mem
PREPOSITIONS = ("from", "to", "in", "on", "of", "by")

Features = dict[str, str]  # what holds for a mention -> the words that show it
RoleWeights = Mapping[str, tuple[float, ...]]  # feature -> its weight for each of ROLES


@dataclass(frozen=True, slots=True)
class Part:
    """The role of a mention, and what holds for it."""

    role: str
    features: Features


@dataclass(frozen=True, slots=True)
class Cues:
    """``data/roles.json``, compiled."""

    body_after: re.Pattern[str]  # behind a possessive: "Russia's defence ministry"
    office_after: re.Pattern[str]
    words: Mapping[str, WordSet]


@cache
def cues() -> Cues:
    """Load the words; a second call returns the same."""
    data = json.loads((files("aggregator.places") / "data" / "roles.json").read_text(encoding="utf-8"))
    joined = {name: "|".join(parts) for name, parts in data.items() if name not in ("about", "words")}
    return Cues(
        re.compile(rf"^['’]s? (?:[\w-]+ ){{0,3}}(?:{joined['body_after']})\b", re.IGNORECASE),
        re.compile(rf"^ (?:{joined['office_after']})\b", re.IGNORECASE),
        {name: WordSet([w.strip() for w in words.split(",")]) for name, words in data["words"].items()},
    )


@lru_cache(maxsize=8192)
def preposition(key: str) -> str:
    """The kind of preposition that a word is, of PREPOSITIONS, else "none"."""
    lists = cues().words
    return next((name for name in PREPOSITIONS if lists[name].has(key)), "none")


@cache
def role_weights() -> RoleWeights:
    """The shipped weights."""
    weights: dict[str, dict[str, float]] = json.loads((DATA / "role_weights.json").read_text(encoding="utf-8"))
    return by_feature({role: weights[role] for role in ROLES})


def by_feature(weights: Mapping[str, Mapping[str, float]]) -> RoleWeights:
    """Weights as they are looked up, from weights by role and feature."""
    names = {name: None for role in ROLES for name in weights[role]}
    return {name: tuple(weights[role].get(name, 0.0) for role in ROLES) for name in names}


def roles(scene: "Scene", weights: RoleWeights) -> list[Part]:
    """The part that each mention plays, in order."""
    parts: list[Part] = []
    before: list[str] = []
    for n in range(len(scene.mentions)):
        if scene.in_dateline(n):
            part = Part("dateline", {"dateline": scene.dateline})
        else:
            features = scene.features(n, before)
            part = Part(likeliest(features, weights), features)
        parts.append(part)
        before.append(part.role)
    return parts


def likeliest(features: Iterable[str], weights: RoleWeights) -> str:
    """The role for which most speaks; the first of ROLES where two are equal."""
    event = mention = actor = origin = 0.0
    for feature in features:
        worth = weights.get(feature)
        if worth is not None:
            event += worth[0]
            mention += worth[1]
            actor += worth[2]
            origin += worth[3]
    sums = (event, mention, actor, origin)
    return ROLES[sums.index(max(sums))]


def because(part: Part, weights: RoleWeights) -> str:
    """What spoke most for the role against the next best: a feature, and the words that show it."""
    if part.role not in ROLES:
        return ": ".join(next(iter(part.features.items())))
    place = ROLES.index(part.role)

    def gain(feature: str) -> float:
        worth = weights.get(feature, (0.0,) * len(ROLES))
        return worth[place] - max(w for n, w in enumerate(worth) if n != place)

    why = max(part.features, key=gain)
    return f"{why}: {part.features[why]}" if part.features[why] else why


class Scene:
    """The mentions of a text, and what holds for each."""

    def __init__(self, mentions: Sequence[Mention], found: Sequence[Found], text: Text, words: Words, title: frozenset[str]) -> None:
        """``found`` are the spans of the mentions, ``title`` the keys of the title's words."""
        self.mentions = mentions
        self._found = found
        self._text = text
        self._words = words
        self._title = title
        self._cues = cues()
        self._told: dict[int, list[int]] = {}
        self._times: dict[int, Features] = {}
        self._held: dict[str, list[int]] = {}  # id of a place -> where the places within it are named
        self._named = Counter(m.place.id for m in mentions)
        for m in mentions:
            for ident in m.place.path:
                self._held.setdefault(ident, []).append(m.start)
        self.relations = [relation(text, one) for one in found]
        self._dateline_end = _dateline_end(mentions, text.body)
        self.dateline = text.body[: self._dateline_end].strip()
        self._row = self._rows()
        self._lead_end = text.body.find("\n", self._dateline_end)
        sentences = len(text.breaks) + 1
        self._level = LEVELS[bisect_right(SHARES, sum(bool(self._events(n)) for n in range(sentences)) / sentences)]

    def in_dateline(self, n: int) -> bool:
        return self.mentions[n].end <= self._dateline_end

    def features(self, n: int, before: Sequence[str]) -> Features:
        """What holds for a mention. ``before`` are the roles of the mentions before it."""
        m, one, text = self.mentions[n], self._found[n], self._text
        out: Features = {"bias": "", f"kind {m.place.kind}": ""}
        speaks = m.place.kind == "country" or m.place.population > SPEAKING_CITY
        big = "big " if speaks else "small "
        row = self._row[n]
        head, tail = self._found[row[0]], self._found[row[1]]
        prep = self._preposition(one)
        if head is not one and prep[0] in ("none", "break"):  # what stands before a list stands before each of its names
            prep = self._preposition(head)
            out["listed"] = ""
        out[f"prep {prep[0]}"] = prep[1]
        self._by_neighbours(one, head, tail, out, big, prep[0])
        self._by_expressions(m, out)
        self._by_ways(n, head, out, prep[0])
        self._by_events(head, tail, out, prep[0])
        if n and before:
            self._by_list(n, before, out)
        if any(start != m.start and abs(start - m.start) < NEIGHBOUR for start in self._held.get(m.place.id, ())):
            out["holds another"] = ""
        if text.keys[one.first] in self._title:
            out["in title"] = ""
        if self._named[m.place.id] > 1:
            out["named again"] = ""
        if self._lead_end < 0 or m.start < self._lead_end:
            out["lead"] = ""
        depth = min(text.sentence(m.start), 2)
        out[f"sentence {depth}"] = out[f"{prep[0]} in sentence {depth}"] = ""
        if any(role == "event" and other.place.id == m.place.id for role, other in zip(before, self.mentions, strict=False)):
            out["event before"] = ""
        return out

    def _preposition(self, one: Found) -> tuple[str, str]:
        if one.clitic and one.clitic[-1] in CLITICS:
            return CLITICS[one.clitic[-1]], one.clitic
        key = self._text.key_before(one.first)
        if not key:
            return "start" if self._text.starts_sentence(one.first) else "break", ""
        kind = preposition(key)
        if kind in ("none", "of"):  # "in northern Sudan", "in the city of Rafah"
            for back in (2, 3):
                keys = self._text.key_before(one.first, back)
                first = keys.partition(" ")[0]
                inner = preposition(first) if keys else "none"
                if inner in PREPOSITIONS[:4]:
                    return f"{inner} {kind}", keys
        return kind, key

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
            and all(self._cues.words["link"].has(text.keys[k]) for k in range(other.last + 1, one.first))
        )

    def _by_neighbours(self, one: Found, head: Found, tail: Found, out: Features, big: str, prep: str) -> None:
        text, words, lists = self._text, self._words, self._cues.words
        i, j = head.first, tail.last
        following = [text.keys[k] for k in (j + 1, j + 2) if k < len(text.keys)]
        after = text.key_after(j)
        lower = bool(after) and not text.caps[j + 1]
        if after and lower and words.speaks(after, following[1] if len(following) > 1 else ""):
            out[f"{big}speaks"] = after
            if prep in ("start", "break", "none"):
                out["subject speaks"] = after
        previous = text.key_before(i)
        bare = previous[1:] if previous[:1] == "\u0648" else previous  # waw, "and"
        if previous and (words.speaks(previous) or words.speaks(bare)):
            out[f"{big}said before"] = previous
        elif previous and lists["acts"].has(previous):
            out[f"{big}acts before"] = previous
        if after and lower and lists["acts"].has(after) and prep in ("start", "break", "none"):
            out[f"{big}acts"] = after
        if prep == "start" and (end := self._ends_speaking(one)):
            out[f"{big}speaks at the end"] = end
        if prep in ("start", "break") or lists["link"].has(previous):
            if lower and not lists["small"].has(after):
                out[f"{big}subject"] = after
            if not after:
                out["alone"] = ""
        if not one.clitic and min(c.rank for c in one.candidates) == BENT:
            out["bent"] = ""
        heads = self._heads(i)
        for name, feature in (("office_before", "office before"), ("plan", "plan before"), ("quarter", "quarter before")):
            word = next((head for head in heads if lists[name].has(head)), "")
            if word:
                out[feature] = out[f"{feature} {prep}"] = word
        if prep in ("none", "of") and "office before" not in out:
            word = next((key for key in text.keys[max(0, i - OFFICE_WORDS) : i] if lists["office_before"].has(key)), "")
            if word:
                out["office near"] = word
        if lists["axis"].has(after) or lists["axis"].has(text.keys[one.last]):
            out["axis"] = after
        if after and lists["office_after"].has(after):
            out["office after"] = after
        elif after and after in words.organisations and not lower:
            out["organisation after"] = after

    def _ends_speaking(self, one: Found) -> str:
        """The verb of saying that ends the sentence, where a language puts it there: ``Ankara saldırıyı kınadı``."""
        first, end = self._text.sentence_words(self._text.sentence(one.start))
        last, words = self._text.keys[max(first, end - 2) : end], self._words
        return last[-1] if words.speaks(last[-1]) or (len(last) > 1 and words.speaks(last[0], last[1])) else ""

    def _heads(self, i: int) -> list[str]:
        """The word before a name, or before the small words between them: ``officials in Quetta``, ``army of Ukraine``."""
        lists, out = self._cues.words, []
        for back in (1, 2, 3):
            keys = self._text.key_before(i, back).split(" ")
            if all(lists["of"].has(key) or lists["in"].has(key) or lists["small"].has(key) for key in keys[1:]):
                out.append(keys[0])
        return out

    def _by_expressions(self, m: Mention, out: Features) -> None:
        body, said = self._text.body, self._cues
        tail = body[m.end : m.end + TAIL]
        if tail[:1] in "'’" and (match := said.body_after.match(tail)):
            out["body after"] = match.group()
        elif tail[:2] in ("'s", "’s"):
            out["possessive"] = tail[:2]
        if tail[:1] == " " and (match := said.office_after.match(tail)):
            out["office"] = match.group().strip()

    def _by_ways(self, n: int, one: Found, out: Features, prep: str) -> None:
        """Verbs of leaving, launching and taking within a few words before the name, and how far from it things happen."""
        text, lists = self._text, self._cues.words
        first, _ = text.sentence_words(text.sentence(one.start))
        near = text.keys[max(first, one.first - WAY_WORDS) : one.first]
        for name, feature in (("launch", "launched"), ("people", "people"), ("carry", "taken")):
            word = next((key for key in near if lists[name].has(key)), "")
            if word:
                out[f"{feature} {prep}"] = word
        if near and lists["leave"].has(near[-1]):
            out["left"] = near[-1]
        if self.relations[n]:
            out["beside it"] = self.relations[n]

    def _by_events(self, head: Found, tail: Found, out: Features, prep: str) -> None:
        text = self._text
        number = text.sentence(head.start)
        told = self._events(number)
        near = next((k for k in reversed(told) if 0 < head.first - k <= NEAR_WORDS), -1)
        behind = next((k for k in told if 0 < k - tail.last <= NEAR_WORDS), -1)
        if near >= 0:
            out["event before it"] = text.keys[near]
        if behind >= 0:
            out["event behind it"] = text.keys[behind]
        if told:
            out["event in sentence"] = text.keys[told[0]]
        else:
            out["no event"] = ""
            if number and self._events(number - 1):
                out["event in sentence before"] = ""
        out[f"{prep} with event" if told else f"{prep} without event"] = ""
        out[f"event, {self._level} events" if told else f"no event, {self._level} events"] = ""
        out |= self._time(number)

    def _time(self, number: int) -> Features:
        """Whether a sentence tells of plans and meetings, or of the past."""
        known = self._times.get(number)
        if known is None:
            known = self._times[number] = {}
            first, last = self._text.sentence_words(number)
            keys = self._text.keys[first:last]
            for name in ("plan", "past"):
                word = next(filter(self._cues.words[name].has, keys), "")
                if word:
                    known[name] = word
            if keys and YEAR.search(self._text.body, *self._text.sentence_span(self._text.starts[first])):
                known["year"] = ""
        return known

    def _events(self, number: int) -> list[int]:
        """Indices of the words of a sentence that tell an event."""
        known = self._told.get(number)
        if known is None:
            first, last = self._text.sentence_words(number)
            known = self._told[number] = [k for k in range(first, last) if tells_event(self._text.keys[k])]
        return known

    def _by_list(self, n: int, before: Sequence[str], out: Features) -> None:
        """The part of the mention before it where the two stand in a list, or the one holds the other."""
        one, other = self._found[n], self._found[n - 1]
        if one.sentence != other.sentence:
            return
        out[f"in sentence after {before[n - 1]}"] = ""
        between = self._text.body[other.end : one.start]
        if self._row[n][0] != n:
            out[f"list after {before[n - 1]}"] = between
        elif len(between) <= LINK and one.first - other.last <= 3 and "\n" not in between:
            out[f"next to {before[n - 1]}"] = between


def _dateline_end(mentions: Sequence[Mention], body: str) -> int:
    """Where the dateline ends: "KYIV, June 13 (Reuters) - ", 0 where there is none."""
    if not mentions or mentions[0].start > 2:
        return 0
    match = DATELINE.match(body)
    if match is None or match.end() <= mentions[0].end:
        return 0
    head = body[: match.end()]
    plain = re.sub(r"\([^)]*\)|[^\w]", "", head[mentions[0].end - mentions[0].start :])
    shouted = mentions[0].text.isupper() and len(mentions[0].text) > 2
    return match.end() if shouted or "(" in head or (len(plain) <= 12 and not head.rstrip().endswith(":")) else 0
