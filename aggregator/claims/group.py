"""Claims: attributions that say the same thing, with their independent origins counted (``origins``).

Two attributions are one claim if they have the same speaker and say the same (``likeness.says_the_same``): in one language by what their
words have in common, across languages by equal figures or concepts at a common place; never if one denies what the other says, or gives
another figure of the same thing. The same speaker: the source id, else the name (``people``). One who is neither named nor in the registry
is the same only within copies of one text."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from aggregator.claims.likeness import says_the_same
from aggregator.claims.origins import count_origins, identified, text_of
from aggregator.claims.people import same_people
from aggregator.claims.statement import Statement, read
from aggregator.claims.tokens import plain
from aggregator.model import Attribution, Claim, ClaimAttribution

ISO_DAY = 10  # characters of a date that names a day
ABOUT_DAYS = 4  # a claim about a longer time is not about any one day


@dataclass(frozen=True, slots=True)
class Said:
    """One claim: who makes it (a key that tells speakers apart), and its statements, oldest first."""

    speaker: str
    statements: tuple[Statement, ...]


@dataclass(slots=True)
class _Cluster:
    members: list[Statement] = field(default_factory=list)


def group(story_id: int, attributions: Sequence[ClaimAttribution]) -> tuple[Claim, ...]:
    """The claims of a story: most origins first, then most outlets, then earliest. The order of the input does not matter."""
    return tuple(claim(story_id, said.statements) for said in grouped(attributions))


def grouped(attributions: Iterable[ClaimAttribution]) -> tuple[Said, ...]:
    """What ``group`` makes claims of, in the same order."""
    rows = sorted(attributions, key=lambda r: (r.at, r.attribution_id))
    people = same_people(
        row.attribution.speaker.name for row in rows if not row.attribution.speaker.source_id and identified(row.attribution)
    )
    clusters: dict[str, list[_Cluster]] = {}
    for row in rows:
        statement = read(row)
        bucket = clusters.setdefault(_speaker_key(row, people), [])
        matching = [cluster for cluster in bucket if any(says_the_same(statement, other) for other in cluster.members)]
        if not matching:
            bucket.append(_Cluster([statement]))
            continue
        first, *others = matching
        first.members.append(statement)
        for other in others:
            first.members += other.members
            bucket.remove(other)
    found = [
        Said(speaker, tuple(sorted(cluster.members, key=lambda s: (s.row.at, s.row.attribution_id))))
        for speaker, bucket in clusters.items()
        for cluster in bucket
    ]
    return tuple(sorted(found, key=_rank))


def claim(story_id: int, members: Sequence[Statement]) -> Claim:
    """The claim that these statements, oldest first, make."""
    rows = [member.row for member in members]
    fullest = max(rows, key=lambda r: (len(r.words), -r.attribution_id))
    speakers = [row.attribution.speaker for row in rows]
    via = [v for row in rows for v in row.attribution.via]
    return Claim(
        story_id=story_id,
        speaker=max(speakers, key=lambda s: (s.source_id is not None, s.role is not None, len(s.name))),
        words=fullest.words,
        strength=_usual(row.attribution.cue.strength for row in rows if row.attribution.cue) or "neutral",
        channel=_usual(row.attribution.channel for row in rows if row.attribution.channel),
        via=tuple(dict.fromkeys(v.text for v in via)),
        said_on=_usual(row.attribution.said_on for row in rows if row.attribution.said_on),
        attribution_ids=tuple(row.attribution_id for row in rows),
        article_ids=tuple(dict.fromkeys(row.article_id for row in rows)),
        outlets=len({row.outlet_id for row in rows}),
        origins=count_origins(rows),
        first_at=rows[0].at,
        hedged=fullest.attribution.hedged,
        negated=fullest.attribution.negated,
        place_ids=tuple(dict.fromkeys(ident for row in rows for ident in row.place_ids)),
        days=days_of(rows),
    )


def days_of(rows: Iterable[ClaimAttribution]) -> tuple[str, ...]:
    """The days, as ISO dates, on which a claim was said, or which it is about: what the texts say of that, else the day on which each
    text came out first; a copy that comes out later makes no further day."""
    first: dict[int, ClaimAttribution] = {}
    for row in rows:
        first.setdefault(text_of(row), row)
    found: set[str] = set()
    for row in first.values():
        said = row.attribution.said_on
        found.add(said if said and len(said) == ISO_DAY else row.at.date().isoformat())
        found |= _about(row.attribution)
    return tuple(sorted(found))


def _about(attribution: Attribution) -> set[str]:
    """The days from ``about_from`` to ``about_to``, where these are days and few."""
    first, last = attribution.about_from, attribution.about_to
    if not first or not last or len(first) != ISO_DAY or len(last) != ISO_DAY:
        return set()
    begin, days = date.fromisoformat(first), (date.fromisoformat(last) - date.fromisoformat(first)).days
    return {(begin + timedelta(days=n)).isoformat() for n in range(days + 1)} if days < ABOUT_DAYS else set()


def _rank(said: Said) -> tuple[int, int, float, int]:
    rows = [statement.row for statement in said.statements]
    return -count_origins(rows), -len({row.outlet_id for row in rows}), rows[0].at.timestamp(), rows[0].attribution_id


def _speaker_key(row: ClaimAttribution, people: Mapping[str, str]) -> str:
    speaker = row.attribution.speaker
    if speaker.source_id:
        return f"source {speaker.source_id}"
    if identified(row.attribution):
        return f"person {people[speaker.name]}"
    return f"{' '.join(plain(speaker.name or speaker.text).split())} in text {text_of(row)}"


def _usual(values: Iterable[str | None]) -> str | None:
    """The most frequent value, of equally frequent ones the first; None without values."""
    counts = Counter(value for value in values if value is not None)
    return max(counts, key=lambda value: counts[value]) if counts else None
