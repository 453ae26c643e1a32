"""When two statements are about the same thing, and when they agree: what grouping and relations have in common.

In one language words tell; across languages the concepts of ``data/concepts.yaml`` and the figures do. Wherever that is not enough, the
answer is no: a claim too many is harmless, a wrong likeness is not."""

from aggregator.claims import concepts
from aggregator.claims.figures import Figure
from aggregator.claims.statement import NUMBER, Statement

OVERLAP = 0.6  # share of the shorter statement's stems that the longer has too, for it to be the same
COUNTED = 0.5  # the same, where both give an equal number among enough other words in common
RELATED = 0.5  # the same, for statements of two speakers
COMMON = 3  # stems in common, unless one statement is that short
CONCEPTS = 0.6  # Jaccard of concepts across languages, or where words differ
ENOUGH = 2  # concepts in common, without which concepts tell nothing


def overlap(one: Statement, other: Statement) -> float:
    """Share of the shorter statement's stems that the other has, 0..1; 0 across languages, and for too few in common."""
    if one.language != other.language:
        return 0.0
    shorter = min(len(one.stems), len(other.stems))
    common = len(one.stems & other.stems)
    return common / shorter if shorter and common >= min(COMMON, shorter) else 0.0


def alike_in_concepts(one: Statement, other: Statement) -> float:
    """Jaccard of what both are about, 0..1; 0 for too little in common or nothing that happened."""
    common = one.meanings & other.meanings
    acts = one.deeds & other.deeds
    return len(common) / len(one.meanings | other.meanings) if len(common) >= ENOUGH and acts else 0.0


def equal_figures(one: Statement, other: Statement) -> tuple[Figure, ...]:
    """Figures of outcomes that both give alike."""
    return tuple(a for a in one.figures if a.strong and any(a.same_thing(b) and a.value == b.value for b in other.figures))


def differing(one: Statement, other: Statement) -> tuple[tuple[Figure, Figure], ...]:
    """Pairs of figures of the same outcome that cannot both be right. What either gives twice over is left alone."""
    if one.since != other.since:
        return ()
    pairs = []
    for a in one.figures:
        matching = [b for b in other.figures if a.same_thing(b)]
        own = [b for b in one.figures if a.same_thing(b)]
        if a.strong and matching and len(own) == 1 and len(matching) == 1 and not a.agrees(matching[0]):
            pairs.append((a, matching[0]))
    return tuple(pairs)


def turned(one: Statement, other: Statement) -> frozenset[str]:
    """What one says and the other denies."""
    return (one.said & other.unsaid) | (one.unsaid & other.said)


def apart(one: Statement, other: Statement) -> bool:
    """Whether something says that they are about different things: places, what was hit, who did it, or only a plan."""
    return (
        _disjoint(one.places, other.places)
        or _disjoint(one.scenes, other.scenes)
        or _disjoint(one.actors, other.actors)
        or one.planned != other.planned
    )


def exclude(one: Statement, other: Statement) -> bool:
    """Whether both cannot be: "took control of" and "still holds", each said of itself by another side."""
    sides = {one.row.attribution.speaker.side, other.row.attribution.speaker.side}
    if len(sides) < 2 or sides & {"unknown", "third-party"}:
        return False
    return any(frozenset((a, b)) in concepts.tables().excludes for a in one.said for b in other.said)


def near(one: Statement, other: Statement, besides: frozenset[str] = frozenset()) -> bool:
    """Whether both name the same target, or neither any and the same means or deed, but for those ``besides``. A text that names no target
    may speak of all that was hit that day."""
    if one.scenes or other.scenes:
        return bool(one.scenes & other.scenes)
    return bool(one.means & other.means or (one.deeds & other.deeds) - besides)


def of_one_deed(one: Statement, other: Statement, deeds: frozenset[str]) -> bool:
    """Whether these deeds, at a common place, are enough to be about the same, as taking a town is: they do not happen every hour."""
    telling = bool(deeds & concepts.tables().telling and one.places & other.places)
    return telling and not (one.scenes or other.scenes)


def overlaid(one: Statement, other: Statement) -> bool:
    """Whether both are read from the same words of one text, of which at most one can be right."""
    if one.row.article_id != other.row.article_id:
        return False
    return any(a.start < b.end and b.start < a.end for a in one.row.attribution.content for b in other.row.attribution.content)


def same_words(one: Statement, other: Statement) -> bool:
    """Whether both are one text's words: copies."""
    group = one.row.copy_group
    return group is not None and group == other.row.copy_group and one.row.words == other.row.words


def says_the_same(one: Statement, other: Statement) -> bool:
    """Whether two statements of one speaker are one claim."""
    if same_words(one, other):
        return True
    if turned(one, other) or figures_differ(one, other) or (_flags_differ(one, other) and not one.deeds & other.deeds):
        return False
    if one.language == other.language and overlap(one, other) >= (COUNTED if _counts_alike(one, other) else OVERLAP):
        return one.planned == other.planned
    if apart(one, other):
        return False
    if equal_figures(one, other) and (one.said & other.said):
        return _share_place(one, other) or one.language == other.language
    if one.language == other.language:
        return alike_in_concepts(one, other) >= CONCEPTS and overlap(one, other) >= OVERLAP / 2
    return _share_place(one, other) and (alike_in_concepts(one, other) >= CONCEPTS or _one_deed(one, other))


def _counts_alike(one: Statement, other: Statement) -> bool:
    common = one.stems & other.stems
    return len(common) > COMMON and any(stem.startswith(NUMBER) for stem in common)


def _one_deed(one: Statement, other: Statement) -> bool:
    """Whether both speak of nothing but the same deed, which does not happen every hour."""
    return len(one.meanings) == 1 and one.meanings == other.meanings and not one.meanings & concepts.tables().common and bool(one.deeds)


def _flags_differ(one: Statement, other: Statement) -> bool:
    return one.row.attribution.negated != other.row.attribution.negated


def counts_otherwise(one: Statement, other: Statement) -> bool:
    """Whether both count an outcome, and no count of it is the same: that may be right, but is not the same said twice."""
    common = {a.what for a in one.figures if a.strong} & {b.what for b in other.figures if b.strong}
    return bool(common) and not equal_figures(one, other)


def figures_differ(one: Statement, other: Statement) -> bool:
    """Whether a figure that both give of one thing is another: of an outcome, or within one language of a noun."""
    for a in one.figures:
        matching = [b for b in other.figures if a.same_thing(b)]
        if matching and (a.strong or one.language == other.language) and all(a.value != b.value for b in matching):
            return True
    return False


def _share_place(one: Statement, other: Statement) -> bool:
    return bool(one.places & other.places)


def _disjoint(one: frozenset[str], other: frozenset[str]) -> bool:
    return bool(one) and bool(other) and not one & other
