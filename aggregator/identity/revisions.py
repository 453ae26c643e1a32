"""Revisions of an article: whether a text has changed at all, and which sentences."""

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from difflib import SequenceMatcher

from aggregator.identity.numbers import figures_in

PAIR = 0.5  # likeness from which a removed and an added sentence are one that was changed

_INVISIBLE = "\u00ad\u200b\u200c\u200d\u2060\ufeff\u200e\u200f"
_TYPOGRAPHY = str.maketrans(
    {**dict.fromkeys("“”„‟«»″", '"'), **dict.fromkeys("‘’‚‛ʼ′`", "'"), **dict.fromkeys("‐‑‒–—―−", "-"), **dict.fromkeys(_INVISIBLE)}
)
_SENTENCE_END = re.compile(r"(?<=[.!?…])([\"'»”’)\]]*)\s+(?=[\"'«“„‘(\[—–-]*\s?[^\W\d_a-zа-яёіїєґ])|(?<=[。！？؟۔।])\s*")
_ABBREVIATION = re.compile(
    r"(?:\b[^\W\d_]|\b(?:Mr|Mrs|Ms|Dr|Gen|Col|Lt|Maj|Capt|Sgt|Sen|Rep|Gov|Prof|St|Jr|Sr|No|vs|Inc|Corp|Jan|Feb|Aug|Sept?|Oct|Nov|Dec"
    r"|(?i:им|ім|ул|вул|обл|р|см|ст|тыс|тис|млн|млрд)))\.$"
)


@dataclass(frozen=True, slots=True)
class Part:
    """Words of a changed sentence. ``kind``: same, removed, added."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """A sentence of the two texts. ``kind``: same, removed (``new`` is empty), added (``old`` is empty), changed.
    ``numbers``: a changed sentence has other numbers than before; ``parts`` are its words, old and new interleaved."""

    kind: str
    old: str
    new: str
    numbers: bool = False
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Edit:
    """What happened between two revisions."""

    retitled: bool
    number_changed: bool
    changes: tuple[Change, ...]

    @property
    def count(self) -> int:
        """How many sentences are not the same."""
        return sum(change.kind != "same" for change in self.changes)


def body_hash(title: str, body: str) -> str:
    """Return a hash (64 hex digits) of title and text, blind to spacing, typography of quotes and dashes, and invisible characters."""
    return hashlib.sha256(f"{normal(title)}\n{normal(body)}".encode("utf-8", "surrogatepass")).hexdigest()


def normal(text: str) -> str:
    """One spelling of what reads the same."""
    return " ".join(unicodedata.normalize("NFKC", text).translate(_TYPOGRAPHY).split())


def sentences(body: str) -> list[str]:
    """Split a text at ends of lines and sentences; abbreviations and initials do not end one."""
    out: list[str] = []
    for line in body.splitlines():
        start = 0
        for match in _SENTENCE_END.finditer(line):
            end = match.end(1) if match[1] is not None else match.start()
            if _ABBREVIATION.search(line, start, end):
                continue
            out.append(line[start:end].strip())
            start = match.end()
        out.append(line[start:].strip())
    return [sentence for sentence in out if sentence]


def diff(old_body: str, new_body: str) -> tuple[Change, ...]:
    """Return all sentences of both texts in reading order, each with what became of it."""
    old, new = sentences(old_body), sentences(new_body)
    matcher = SequenceMatcher(None, [normal(s) for s in old], [normal(s) for s in new], autojunk=False)
    out: list[Change] = []
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            out.extend(Change("same", before, after) for before, after in zip(old[a:b], new[c:d], strict=True))
        else:
            out.extend(_replaced(old[a:b], new[c:d]))
    return tuple(out)


def compare(old_title: str, old_body: str, new_title: str, new_body: str) -> Edit:
    """Return what happened between two revisions. ``number_changed``: some sentence, or the title, says another number than before."""
    changes = diff(old_body, new_body)
    retitled = normal(old_title) != normal(new_title)
    numbers = any(change.numbers for change in changes) or (retitled and _other_numbers(old_title, new_title))
    return Edit(retitled, numbers, changes)


def _replaced(old: list[str], new: list[str]) -> list[Change]:
    """Pair the sentences that are alike, in order; the others were removed or added."""
    out: list[Change] = []
    rest = 0
    for before in old:
        scored = [
            (SequenceMatcher(None, before.split(), after.split(), autojunk=False).ratio(), -i) for i, after in enumerate(new[rest:], rest)
        ]
        likeness, place = max(scored, default=(0.0, 0))
        if likeness < PAIR:
            out.append(Change("removed", before, ""))
            continue
        out.extend(Change("added", "", after) for after in new[rest:-place])
        out.append(_changed(before, new[-place]))
        rest = -place + 1
    out.extend(Change("added", "", after) for after in new[rest:])
    return out


def _changed(old: str, new: str) -> Change:
    return Change("changed", old, new, _other_numbers(old, new), changed(old, new))


def changed(old: str, new: str) -> tuple[Part, ...]:
    """The words of two versions of one sentence, old and new interleaved."""
    before, after = old.split(), new.split()
    parts: list[Part] = []
    for kind, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            parts.append(Part("same", " ".join(after[c:d])))
            continue
        if a < b:
            parts.append(Part("removed", " ".join(before[a:b])))
        if c < d:
            parts.append(Part("added", " ".join(after[c:d])))
    return tuple(parts)


def _other_numbers(old: str, new: str) -> bool:
    """Whether a number of the old text gave way to another: numbers that were only added or only dropped do not count."""
    before, after = set(figures_in(old)), set(figures_in(new))
    return bool(before - after) and bool(after - before)
