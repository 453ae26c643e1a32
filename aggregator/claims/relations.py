"""How the claims of different speakers stand to each other: who says it too, who denies it, whose figures differ. No verdicts.

Two claims are compared only where they are about the same: at a common place or in one story, and with nothing that tells them apart (what
was hit, who is said to have done it, whether it happened or is planned). What speaks of other people's words ("could not confirm that"),
or says and denies the same thing, is related to nothing. Where two wordings of one claim lead to different relations, there is none."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from aggregator.claims import concepts, likeness
from aggregator.claims.figures import Figure
from aggregator.claims.group import Said
from aggregator.claims.likeness import CONCEPTS, RELATED
from aggregator.claims.statement import Statement

WORDINGS = 6  # of a claim, the oldest: more are more of the same
MANY = 3  # from here on an equal figure of one place and day is hardly chance
ENOUGH = 2  # stems in common, without which words show no relation, unless a statement is as short
SHARED = 3  # concepts in common, without which two speakers do not say the same in two languages
SOME = 0.4  # share of stems in common, without which concepts say little within one language
NO_SIDE = frozenset({"unknown"})


class Kind(StrEnum):
    """What one claim is to another."""

    ALSO = "also"  # somebody else says the same
    DENIED = "denied"  # somebody else says that it is not so, or what excludes it
    DIFFERS = "differs"  # of the same thing another number


@dataclass(frozen=True, slots=True)
class Difference:
    """Two figures of one thing: that of the claim, and that of the other."""

    here: Figure
    there: Figure


@dataclass(frozen=True, slots=True)
class Relation:
    """A relation of the claim number ``of`` to the claim number ``by``. ``other_side``: their speakers speak for different sides.
    ``same_speaker``: somebody gives another figure than before. ``denies``: it is the claim ``of`` that denies what the other says."""

    kind: Kind
    of: int
    by: int
    other_side: bool = False
    same_speaker: bool = False
    denies: bool = False
    differences: tuple[Difference, ...] = ()

    def turned(self, *, denies: bool) -> "Relation":
        """The same, seen from the other claim."""
        there = tuple(Difference(d.there, d.here) for d in self.differences)
        return replace(self, of=self.by, by=self.of, denies=denies, differences=there)


def relations(claims: Sequence[Said]) -> tuple[Relation, ...]:
    """All relations between the claims, each once for either end; numbers are positions in ``claims``."""
    found: list[Relation] = []
    wordings = [_wordings(said) for said in claims]
    gists = [_gist(statements) for statements in wordings]
    for a, (deeds, stems) in enumerate(gists):
        for b in range(a + 1, len(claims)):
            others, words = gists[b]
            if deeds & others or len(stems & words) >= min(ENOUGH, len(stems), len(words)):
                found += _between(_End(a, claims[a], wordings[a]), _End(b, claims[b], wordings[b]))
    order = list(Kind)
    return tuple(sorted(found, key=lambda r: (r.of, order.index(r.kind), r.by)))


@dataclass(frozen=True, slots=True)
class _End:
    """A claim that may have a relation, with its wordings."""

    number: int
    said: Said
    wordings: Sequence[Statement]


def _gist(wordings: Sequence[Statement]) -> tuple[frozenset[str], frozenset[str]]:
    """What a claim is about in any of its wordings, by concepts (with what these exclude) and by stems: without anything in common here,
    two claims have no relation."""
    deeds = frozenset[str]().union(*(statement.deeds for statement in wordings))
    against = (pair for pair in concepts.tables().excludes if pair & deeds)
    return deeds.union(*against), frozenset[str]().union(*(statement.stems for statement in wordings))


def _between(one: _End, other: _End) -> tuple[Relation, ...]:
    """The relation of two claims, seen from either end; none where their wordings lead to different ones."""
    same_speaker = one.said.speaker == other.said.speaker
    seen: dict[Kind, tuple[Difference, ...]] = {}
    denies = denied = False
    for first in one.wordings:
        for second in other.wordings:
            kind, differences = relate(first, second, same_speaker=same_speaker)
            if kind is not None:
                seen.setdefault(kind, differences)
            if kind is Kind.DENIED:
                denies, denied = denies or _denies(first, second), denied or _denies(second, first)
    if len(seen) != 1 or any(likeness.overlaid(a, b) for a in one.said.statements for b in other.said.statements):
        return ()
    ((kind, differences),) = seen.items()
    sides = {end.wordings[0].row.attribution.speaker.side for end in (one, other)}
    other_side = len(sides) == 2 and not sides & NO_SIDE
    relation = Relation(kind, one.number, other.number, other_side, same_speaker, denies and not denied, differences)
    return relation, relation.turned(denies=denied and not denies)


def _denies(one: Statement, other: Statement) -> bool:
    """Whether the one says that it is not so."""
    return bool(one.unsaid & other.said) or (one.row.attribution.negated and not other.row.attribution.negated)


def _wordings(said: Said) -> Sequence[Statement]:
    """The wordings of a claim, without copies."""
    return list({(s.language, s.row.words): s for s in reversed(said.statements)}.values())[::-1][:WORDINGS]


def relate(one: Statement, other: Statement, *, same_speaker: bool = False) -> tuple[Kind | None, tuple[Difference, ...]]:
    """What the other statement is to the one, and which figures differ."""
    if one.doubted or other.doubted or likeness.apart(one, other):
        return None, ()
    one_story = one.row.story_id is not None and one.row.story_id == other.row.story_id
    common_place = bool(one.places & other.places)
    if not (one_story or common_place):
        return None, ()
    overlap = likeness.overlap(one, other)
    if against := likeness.turned(one, other):
        told = overlap >= RELATED or likeness.near(one, other, against) or likeness.of_one_deed(one, other, against)
        return (Kind.DENIED, ()) if told and not same_speaker else (None, ())
    if common_place and likeness.exclude(one, other):
        return Kind.DENIED, ()
    if one.row.attribution.negated != other.row.attribution.negated:
        return (Kind.DENIED, ()) if overlap >= RELATED and not same_speaker and not likeness.figures_differ(one, other) else (None, ())
    if differing := likeness.differing(one, other):
        # What one place counts on one day may be two events: they are taken for one by story, target, weapon or deed.
        counted = frozenset(figure.what for figure in (*one.figures, *other.figures))
        if one_story or likeness.near(one, other, counted):
            return Kind.DIFFERS, tuple(Difference(a, b) for a, b in differing)
        return None, ()
    if same_speaker or likeness.figures_differ(one, other) or likeness.counts_otherwise(one, other):
        return None, ()
    return (Kind.ALSO, ()) if overlap >= RELATED or _alike(one, other, overlap, one_story) else (None, ())


def _alike(one: Statement, other: Statement, overlap: float, one_story: bool) -> bool:
    """Whether two speakers say the same, by figures or by what they speak of."""
    equal = likeness.equal_figures(one, other)
    if equal and (one_story or one.scenes & other.scenes or len(equal) > 1 or equal[0].value >= MANY):
        return True
    if likeness.alike_in_concepts(one, other) < CONCEPTS or not one.places & other.places:
        return False
    return len(one.meanings & other.meanings) >= SHARED if one.language != other.language else overlap >= SOME
