"""The figures of a statement: how many of what, and whether that is exact, a least, a most or about so.

A figure is of an outcome ("killed") if the word stands right before the number ("killed at least 14"), or is the first outcome after it in
the same clause ("14 people were killed"), or before it within BACK words ("the death toll rose to 14"). Else it is of the next noun, as
its stem, which says little; so too if that noun is a measure ("24 years"). Hours, years, dates, ages and designations are no figures."""

from collections.abc import Mapping
from dataclasses import dataclass

from aggregator.claims import tokens
from aggregator.claims.concepts import Reading

AHEAD, BACK, BESIDE = 8, 7, 4  # tokens
AMONG = 4  # tokens after a comma within which "including" stands
PARTED = 3  # tokens after "of" within which stands what the whole is: "three of the 14 wounded" is another case
ABOUT = 0.15  # "about 100" is 85 to 115
YEARS = range(1900, 2101)
WHO = frozenset({"people", "children", "women", "soldiers", "prisoners", "rescuers", "families"})  # objects that are people
# Outcomes of people, unless told otherwise.
PEOPLE = frozenset({"killed", "injured", "missing", "captured_people", "freed", "displaced", "casualties"})


@dataclass(frozen=True, slots=True)
class Figure:
    """``value`` of ``what`` (an outcome, or the stem of a noun with "of " before it), ``of`` which objects; ``bound``: exact, least, most
    or about. ``strong``: an outcome was recognised."""

    value: float
    what: str
    of: str | None = None
    bound: str = "exact"
    strong: bool = False

    def same_thing(self, other: "Figure") -> bool:
        """Whether both count the same."""
        return (self.what, self.of, self.strong) == (other.what, other.of, other.strong)

    def agrees(self, other: "Figure") -> bool:
        """Whether both can be right. Two bounds of one sort are each what their speaker knows, and agree only if equal."""
        if self.bound == other.bound and self.bound in ("exact", "least", "most"):
            return self.value == other.value
        (low, high), (other_low, other_high) = self._range(), other._range()
        return low <= other_high and other_low <= high

    def _range(self) -> tuple[float, float]:
        if self.bound == "least":
            return self.value, float("inf")
        if self.bound == "most":
            return 0.0, self.value
        margin = self.value * ABOUT if self.bound == "about" else 0.0
        return self.value - margin, self.value + margin


def read(reading: Reading) -> tuple[Figure, ...]:
    """The figures, in the order of the text."""
    counting = _Counting(reading)
    return tuple(figure for index in range(len(reading.tokens)) if (figure := counting.figure(index)) is not None)


class _Counting:
    """One text: which tokens are numbers, and what the others mean."""

    def __init__(self, reading: Reading) -> None:
        self.reading, self.tokens, self.texts = reading, reading.tokens, reading.texts
        self.outcome: list[str | None] = [None] * len(self.tokens)
        self.object: list[str | None] = [None] * len(self.tokens)
        for index in range(len(self.tokens)):
            for concept, end in reading.concepts(index):
                for place in range(index, end):
                    if concept.kind == "outcome":
                        self.outcome[place] = concept.name
                    elif concept.kind == "object":
                        self.object[place] = concept.name
        self.ends: dict[int, int] = {}  # index of a number -> index after it
        self.values: Mapping[int, float] = self._values()

    def figure(self, index: int) -> Figure | None:
        """The figure that begins at this token."""
        if index not in self.values:
            return None
        value, end = self.values[index], self.ends[index]
        outcome, of = self._of(index, end)
        bound = self._bound(index)
        if (whole := self._parted(end)) is not None:
            return Figure(value, f"part {whole}".rstrip(), None, bound)
        if outcome is None:
            return Figure(value, self._noun(end), of, bound)
        if outcome in PEOPLE and (of not in WHO or of == "people"):
            of = None
        return Figure(value, outcome, of, bound, strong=True)

    def _parted(self, end: int) -> str | None:
        """Of whom the number behind which this is counts a part, as an outcome, or empty: "three of the wounded" says nothing of how many
        were wounded, nor "six of them badly". None where the number counts the whole, or an outcome of its own: "five of them died"."""
        if end + 1 in self.values or end >= len(self.tokens) or not self.reading.has("part_of", end):
            return None
        for at in range(end + 1, min(end + 1 + PARTED, len(self.tokens))):
            if self.reading.has("them", at):
                return None if any(self.outcome[k] for k in self._ahead(end)) else ""
            if self.outcome[at] is not None and self.object[at] is None:
                return self.outcome[at]
            if not self.reading.has("stopwords", at):
                return None
        return None

    def _values(self) -> Mapping[int, float]:
        values: dict[int, float] = {}
        skip = 0
        for index, token in enumerate(self.tokens):
            if index < skip:
                continue
            value = token.value if token.kind == "number" else self._in_words(index)
            if value is None or self._no_figure(index, value):
                continue
            end = index + 1
            while end < len(self.tokens) and (times := self.reading.multipliers.get(self.texts[end])) is not None:
                value, end = value * times, end + 1
            values[index], self.ends[index], skip = value, end, end
        return values

    def _in_words(self, index: int) -> float | None:
        value = self.reading.numbers.get(self.texts[index]) if self.tokens[index].kind == "word" else None
        return None if value is None or value == 1 else float(value)  # "one" is mostly no number

    def _no_figure(self, index: int, value: float) -> bool:
        """A year, or a day of a month."""
        if self.tokens[index].kind != "number":
            return False
        if any(0 <= at < len(self.tokens) and self.reading.has("months", at) for at in (index - 1, index + 1)):
            return True
        following = self.object[index + 1] if index + 1 < len(self.tokens) else None
        return len(self.texts[index]) == 4 and value in YEARS and following is None

    def _bound(self, index: int) -> str:
        for at in range(index - 1, max(-1, index - 1 - BESIDE), -1):
            for bound, end in self.reading.bounds(at):
                if end == index:
                    grown = at > 0 and self.reading.has("grown", at - 1)
                    return "exact" if grown else bound
        return "exact"

    def _noun(self, end: int) -> str:
        """What is counted where no outcome is: the next word that counts, as its stem; empty where a number stands alone."""
        for at in range(end, min(end + 2, len(self.tokens))):
            if self.tokens[at].kind == "word" and not self.reading.has("stopwords", at):
                return f"of {tokens.stem(self.texts[at], self.reading.language)}"
        return ""

    def _of(self, index: int, end: int) -> tuple[str | None, str | None]:
        """The outcome that a number is of, and the objects."""
        ahead = self._ahead(end)
        of = next((self.object[at] for at in ahead if self.object[at]), None)
        if end < len(self.tokens) and self.reading.has("measures", end) or self._is_whole(index):
            return None, of
        before = self._right_before(index)
        if before is not None:
            return before, of
        after = next(((self.outcome[at], at) for at in ahead if self.outcome[at]), None)
        if after is not None:
            return after[0], next((self.object[at] for at in ahead if self.object[at] and at <= after[1] + 2), None)
        return self._before(index), of

    def _right_before(self, index: int) -> str | None:
        """An outcome with nothing but a bound between it and the number."""
        for at in range(index - 1, max(-1, index - 1 - BESIDE), -1):
            if self.tokens[at].kind != "word" or self.outcome[at] is not None:
                return self.outcome[at]
            if not self._in_bound(at, index):
                return None
        return None

    def _in_bound(self, at: int, until: int) -> bool:
        starts = range(max(0, at - 2), at + 1)
        return any(start <= at < end <= until for start in starts for _, end in self.reading.bounds(start))

    def _ahead(self, end: int) -> list[int]:
        """The tokens after a number up to the next number, a stop, or AHEAD; what is put between commas after "including" is skipped."""
        found: list[int] = []
        at = self._whole(end)
        while at < len(self.tokens) and len(found) < AHEAD and at not in self.values:
            token = self.tokens[at]
            if token.kind == "stop":
                if not self._includes(at):
                    break
                at = next((n for n in range(at + 1, len(self.tokens)) if self.texts[n] == token.text), len(self.tokens))
            elif token.kind == "word":
                found.append(at)
            at += 1
        return found

    def _whole(self, end: int) -> int:
        """After "41 of 48" where the number ends after 41: what is counted stands behind the whole."""
        return self.ends[end + 1] if end + 1 in self.values and self.reading.has("out_of", end) else end

    def _is_whole(self, index: int) -> bool:
        """Whether this is the 48 of "41 of 48"."""
        return index > 1 and self.reading.has("out_of", index - 1) and index - 1 in self.ends.values()

    def _includes(self, stop: int) -> bool:
        """Whether what follows a stop says who is among them: "212 residents, 31 children among them, were"."""
        return any(self.reading.has("including", at) for at in range(stop + 1, min(stop + 1 + AMONG, len(self.tokens))))

    def _before(self, index: int) -> str | None:
        for at in range(index - 1, max(-1, index - 1 - BACK), -1):
            if self.tokens[at].kind in ("stop", "number") or at in self.values or self.reading.has("conjunctions", at):
                return None
            if self.outcome[at] is not None:
                return self.outcome[at]
        return None
