"""Claims: attributions that say the same thing, with their independent origins counted.

**When two attributions are one claim.** They have the same speaker (source id, else the normalised name; a speaker who is neither
named nor in the registry is the same only within copies of one text), both deny or neither does, and they say the same: in one
language by the overlap of their words, unless their numbers differ; across languages by equal numbers and a common place.

**What counts as an origin.** A statement that a speaker made once is one origin, however many outlets carry it: nine copies of an
agency's text and five outlets that quote the same statement in texts of their own are fourteen outlets and one origin. Another
origin is only

* an outlet that was told separately: the channel is ``interview``. All copies of that text count as that one;
* another chain: words that reached the text by way of somebody else ("ISW quoted Prigozhin") have the first intermediary as their
  origin, so that all texts that lean on the same intermediary are one. A chain counts beside the statement itself only if no text
  has the statement at first hand;
* a text whose speaker is not identified ("a resident"): nobody can tell two of them to be one person, and copies of a text are
  one text.

So "9 outlets, 2 origins" reads: nine publishers carry it, and it was said on two occasions that do not depend on each other.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from aggregator.model import Attribution, Claim, ClaimAttribution

WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
MIN_WORD = 3  # letters of a word that counts; numbers always count
OVERLAP = 0.6  # share of the shorter content's words that the longer has too
MIN_COMMON = 3  # words in common, unless one content is that short
NUMBER = re.compile(r"\d+(?:[.,\u00a0 ]\d{3})*(?:[.,]\d+)?")


@dataclass(frozen=True, slots=True)
class _Content:
    """What an attribution says, ready to be compared."""

    row: ClaimAttribution
    speaker: str
    words: frozenset[str]
    numbers: frozenset[str]


@dataclass(slots=True)
class _Cluster:
    members: list[_Content] = field(default_factory=list)


def group(story_id: int, attributions: Sequence[ClaimAttribution]) -> tuple[Claim, ...]:
    """The claims of a story: most origins first, then most outlets, then earliest. The order of the input does not matter."""
    clusters: dict[tuple[str, bool], list[_Cluster]] = {}
    for row in sorted(attributions, key=lambda r: (r.at, r.attribution_id)):
        content = _content(row)
        bucket = clusters.setdefault((content.speaker, row.attribution.negated), [])
        matching = [cluster for cluster in bucket if any(_same(content, other) for other in cluster.members)]
        if not matching:
            bucket.append(_Cluster([content]))
            continue
        first, *others = matching
        first.members.append(content)
        for other in others:
            first.members += other.members
            bucket.remove(other)
    claims = [_claim(story_id, cluster.members) for bucket in clusters.values() for cluster in bucket]
    return tuple(sorted(claims, key=lambda c: (-c.origins, -c.outlets, c.first_at, c.attribution_ids)))


def count_origins(rows: Iterable[ClaimAttribution]) -> int:
    """How many independent origins the attributions of one claim have, as the module's docstring defines them; at least 1."""
    statements: set[str] = set()
    told: set[int] = set()
    chains: set[str] = set()
    unknown: set[int] = set()
    for row in rows:
        attribution = row.attribution
        if attribution.via:
            first = attribution.via[0]
            chains.add(first.source_id or _normal(first.text))
        elif not _identified(attribution):
            unknown.add(_text_of(row))
        elif attribution.channel == "interview":
            told.add(_text_of(row))
        else:
            statements.add("statement")
    return max(1, len(statements) + len(told) + len(unknown) + (len(chains) if not (statements or told or unknown) else 0))


def _content(row: ClaimAttribution) -> _Content:
    words = [_normal(word) for word in WORD.findall(row.words)]
    numbers = {re.sub(r"\D", "", number) for number in NUMBER.findall(row.words)}
    numbers |= {f"{quantity.value:g}" for quantity in row.attribution.numbers}
    kept = frozenset(word for word in words if len(word) >= MIN_WORD or word.isdigit())
    return _Content(row, _speaker_key(row), kept or frozenset(words), frozenset(numbers))


def _speaker_key(row: ClaimAttribution) -> str:
    speaker = row.attribution.speaker
    if speaker.source_id:
        return speaker.source_id
    name = _normal(speaker.name or speaker.text)
    return name if _identified(row.attribution) else f"{name} in text {_text_of(row)}"


def _identified(attribution: Attribution) -> bool:
    speaker = attribution.speaker
    return bool(speaker.source_id) or speaker.anonymity == "named" and bool(speaker.name)


def _text_of(row: ClaimAttribution) -> int:
    """The text that an article carries: its copy group, or itself."""
    return row.copy_group if row.copy_group is not None else row.article_id


def _normal(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text).casefold()
    return " ".join("".join(c for c in folded if not unicodedata.combining(c)).split())


def _same(one: _Content, other: _Content) -> bool:
    """Whether two contents of one speaker say the same thing."""
    first, second = one.row, other.row
    if first.copy_group is not None and first.copy_group == second.copy_group and first.words == second.words:
        return True
    if first.language and second.language and first.language != second.language:
        places = set(first.attribution.place_ids) & set(second.attribution.place_ids)
        return bool(one.numbers) and one.numbers == other.numbers and bool(places)
    if one.numbers and other.numbers and not (one.numbers <= other.numbers or other.numbers <= one.numbers):
        return False
    shorter = min(len(one.words), len(other.words))
    common = len(one.words & other.words)
    return shorter > 0 and common >= min(MIN_COMMON, shorter) and common / shorter >= OVERLAP


def _claim(story_id: int, members: Sequence[_Content]) -> Claim:
    rows = sorted((member.row for member in members), key=lambda r: (r.at, r.attribution_id))
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
    )


def _usual(values: Iterable[str | None]) -> str | None:
    """The most frequent value, of equally frequent ones the first; None without values."""
    counts = Counter(value for value in values if value is not None)
    return max(counts, key=lambda value: counts[value]) if counts else None
