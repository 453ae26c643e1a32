"""Why two texts are taken for copies of each other, or are not: the figures of ``copies`` with what they were reckoned from, in words."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from aggregator.identity.copies import (
    BRIDGE,
    BRIEF,
    CONTAINMENT,
    FEWEST,
    HEAD,
    SHINGLE,
    WINDOW,
    by_place,
    level_of,
    origin,
    other_edition,
    thinned,
)
from aggregator.identity.numbers import tokens
from aggregator.ports import Fingerprint

PASSAGES = 3  # shared passages that are shown, the longest first
FIGURES = 6  # differing figures that are shown
LONGEST = 20_000  # words that are looked at


@dataclass(frozen=True, slots=True)
class Compared:
    """Two texts. ``containment`` and ``head``: shares (0..1) of the shorter sample, and of its first third, that stand in the other;
    ``shared`` of ``sample`` runs of words. ``same`` figures stand in like places of both, ``differing`` ones as "before|after: this, that".
    ``alike``: whether the texts alone make them copies, and ``because`` why or why not."""

    article_id: int
    containment: float
    shared: int
    sample: int
    boilerplate: int
    head: float
    same: int
    differing: tuple[str, ...]
    differ: int
    alike: bool
    because: str


def compare(fp: Fingerprint, other: Fingerprint, boilerplate: Collection[int] = ()) -> Compared:
    """Compare a text with another's."""
    level, skip = max(level_of(fp.words), level_of(other.words)), frozenset(boilerplate)
    whole = [thinned(each.shingles, level) for each in (fp, other)]
    first, second = ([shingle for shingle in shingles if shingle not in skip] for shingles in whole)
    small, large = (first, set(second)) if len(first) <= len(second) else (second, set(first))
    shared = sum(shingle in large for shingle in small)
    head = small[: (len(small) + 2) // 3]
    head_share = sum(shingle in large for shingle in head) / len(head) if head else 0.0
    share = shared / len(small) if small else 0.0
    left_out = len(set(whole[0]) & set(whole[1]) & skip)
    same, differing = _figures(fp, other)
    because = _against(fp, other, share, shared, head_share, len(small), left_out, len(differing), same)
    return Compared(
        article_id=other.article_id,
        containment=round(share, 3),
        shared=shared,
        sample=len(small),
        boilerplate=left_out,
        head=round(head_share, 3),
        same=same,
        differing=tuple(differing[:FIGURES]),
        differ=len(differing),
        alike=not because,
        because=because or f"{share:.0%} of the shorter text stands in the other, from {_least(fp, other):.0%} on it is a copy",
    )


def _least(fp: Fingerprint, other: Fingerprint) -> float:
    return CONTAINMENT if min(fp.words, other.words) >= BRIEF else BRIDGE


def _against(
    fp: Fingerprint, other: Fingerprint, share: float, shared: int, head: float, sample: int, left_out: int, differ: int, same: int
) -> str:
    """What keeps the two from being copies; nothing if they are."""
    if abs(other.at - fp.at) > WINDOW:
        return f"they came out more than {WINDOW.days} days apart"
    if shared < FEWEST:
        rest = f", and {left_out} more stand in too many other texts" if left_out else ""
        return f"they share {shared} of {sample} sampled runs of {SHINGLE} words, and {FEWEST} are the least{rest}"
    if head < HEAD:
        return f"{head:.0%} of the beginning of the shorter stands in the other, and {HEAD:.0%} is the least"
    least = _least(fp, other)
    if share < least:
        brief = f", for less than {BRIEF} words" if least == BRIDGE else ""
        return f"{share:.0%} of the shorter text stands in the other, and {least:.0%} is the least{brief}"
    if other_edition(fp, other):
        return f"{differ} of {differ + same} figures in like places differ: another edition of the same form"
    return ""


def _figures(fp: Fingerprint, other: Fingerprint) -> tuple[int, list[str]]:
    first, second = by_place(fp.numbers), by_place(other.numbers)
    same, differing = 0, []
    for place, values in sorted(first.items()):
        others = second.get(place)
        if others is None:
            continue
        if values & others:
            same += len(values & others)
        else:
            differing.append(f"{place.replace('|', ' … ').strip()}: {', '.join(sorted(values))} / {', '.join(sorted(others))}")
    return same, differing


def passages(body: str, other: str, most: int = PASSAGES) -> tuple[str, ...]:
    """The longest runs of at least ``SHINGLE`` words that two bodies share, as the first spells them in lower case."""
    first, second = ([token.text for token in tokens(text)[:LONGEST]] for text in (body, other))
    runs = {tuple(second[at : at + SHINGLE]) for at in range(len(second) - SHINGLE + 1)}
    found: list[tuple[int, int]] = []
    start = None
    for at in range(len(first) - SHINGLE + 2):
        within = at <= len(first) - SHINGLE and tuple(first[at : at + SHINGLE]) in runs
        if within and start is None:
            start = at
        elif not within and start is not None:
            found.append((start, at - 1 + SHINGLE))
            start = None
    longest = sorted(found, key=lambda run: (run[0] - run[1], run[0]))[:most]
    return tuple(" ".join(first[a:b]) for a, b in longest)


def why_origin(fingerprints: Sequence[Fingerprint]) -> tuple[int, str]:
    """The article id of a group's origin, and why it is that one."""
    if len(fingerprints) == 1:
        return fingerprints[0].article_id, "nobody else has its text"
    first = next(fp for fp in fingerprints if fp.article_id == origin(fingerprints))
    if first.wire is not None and first.wire == first.outlet_id:
        return first.article_id, "it is the agency's own article"
    if any(fp.at > first.at for fp in fingerprints) and not any(fp.at == first.at and fp is not first for fp in fingerprints):
        return first.article_id, "it came out first"
    return first.article_id, "it came out first, and was known first of those that did"
