"""The dossier: what is claimed about one place on one day, or in one story, laid out by side and source, with how the claims stand to each
other. It gathers and compares; it never says who is right."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from aggregator.claims.group import Said, claim, grouped
from aggregator.claims.relations import Kind, Relation, relations
from aggregator.model import Claim, ClaimAttribution, Speaker

LAST = ("third-party", "unknown")  # come after the sides, in this order
MOST = 300  # claims of one dossier that are compared: those with most origins and outlets


@dataclass(frozen=True, slots=True)
class Entry:
    """A claim in a dossier. ``number``: its position among the entries, by which relations name it."""

    number: int
    claim: Claim
    rows: tuple[ClaimAttribution, ...]
    relations: tuple[Relation, ...]

    @property
    def single_source(self) -> bool:
        """Whether nobody else says so, and it was said once."""
        return self.claim.origins == 1 and not any(relation.kind is Kind.ALSO for relation in self.relations)

    def related(self, kind: Kind) -> tuple[Relation, ...]:
        """Its relations of one kind."""
        return tuple(relation for relation in self.relations if relation.kind == kind)

    @property
    def story_ids(self) -> tuple[int, ...]:
        return tuple(dict.fromkeys(row.story_id for row in self.rows if row.story_id is not None))


@dataclass(frozen=True, slots=True)
class Voice:
    """A speaker with what they claim."""

    speaker: Speaker
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Side:
    """A side with those who speak for it, most claims first."""

    side: str
    voices: tuple[Voice, ...]

    @property
    def claims(self) -> int:
        return sum(len(voice.entries) for voice in self.voices)


@dataclass(frozen=True, slots=True)
class Dossier:
    """Claims laid side by side. ``entries``: all of them, most origins first; ``left_out``: claims beyond those that are compared."""

    entries: tuple[Entry, ...] = ()
    sides: tuple[Side, ...] = ()
    left_out: int = 0

    @property
    def outlets(self) -> int:
        return len({row.outlet_id for entry in self.entries for row in entry.rows})

    def pairs(self, kind: Kind) -> int:
        """How many pairs of claims stand so to each other."""
        return sum(relation.kind == kind for entry in self.entries for relation in entry.relations) // 2


def compile_dossier(attributions: Iterable[ClaimAttribution], story_id: int = 0, most: int = MOST) -> Dossier:
    """Return the dossier of these attributions. The order of the input does not matter."""
    claims = grouped(attributions)
    kept = claims[:most]
    found = relations(kept)
    by_claim: dict[int, list[Relation]] = {}
    for relation in found:
        by_claim.setdefault(relation.of, []).append(relation)
    entries = tuple(
        Entry(number, claim(story_id, said.statements), tuple(s.row for s in said.statements), tuple(by_claim.get(number, ())))
        for number, said in enumerate(kept)
    )
    return Dossier(entries, _sides(entries, kept), len(claims) - len(kept))


def _sides(entries: Sequence[Entry], claims: Sequence[Said]) -> tuple[Side, ...]:
    """The entries by side and speaker: sides of the conflict first, those with most claims before the others."""
    by_speaker: dict[str, list[Entry]] = {}
    for entry, said in zip(entries, claims, strict=True):
        by_speaker.setdefault(said.speaker, []).append(entry)
    voices: dict[str, list[Voice]] = {}
    for members in by_speaker.values():
        speaker = members[0].claim.speaker
        voices.setdefault(speaker.side, []).append(Voice(speaker, tuple(members)))
    sizes = Counter({side: sum(len(voice.entries) for voice in spoken) for side, spoken in voices.items()})
    order = sorted(voices, key=lambda side: (LAST.index(side) + 1 if side in LAST else 0, -sizes[side], side))
    return tuple(Side(side, tuple(sorted(voices[side], key=_voice_rank))) for side in order)


def _voice_rank(voice: Voice) -> tuple[bool, int, int]:
    """Registered sources first, then those who say most, then as their claims stand."""
    return voice.speaker.source_id is None, -len(voice.entries), voice.entries[0].number
