"""What an outlet's edit means for readers: another number, a claim withdrawn, another title, and whether the page says so.

A claim is withdrawn where what somebody was quoted with is gone from the text, or stands there denied or hedged that was neither before.
An edit is silent where the page says of itself neither that it was corrected or updated nor a later hour of its last change. How outlets
say so is data: ``data/notices.yaml``.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path

import yaml

from aggregator.identity.revisions import Change, Edit, compare, normal, sentences
from aggregator.model import Attribution, Removed, Revision

NOTICES = Path(__file__).parent / "data" / "notices.yaml"
RETITLED, NUMBER_CHANGED, WITHDRAWN = "retitled", "number_changed", "claim_withdrawn"
SILENT, CORRECTED = "silent", "corrected"
FLAGS: Mapping[str, str] = {
    RETITLED: "The title is another.",
    NUMBER_CHANGED: "A number gave way to another.",
    WITHDRAWN: "Something that somebody was quoted with is gone, denied or hedged now.",
    CORRECTED: "The page says that it was corrected.",
    SILENT: "The page does not say that its text was changed.",
}  # in the order in which they are shown
STILL_SAID = 0.6  # share of a statement's words that stand in another, from which it is the same statement
CLOCKS = timedelta(minutes=10)  # by which an outlet's clock and its caches may be late


@dataclass(frozen=True, slots=True)
class Version:
    """A revision with what was left out of its page, and what it was read to attribute to whom."""

    revision: Revision
    removed: Sequence[Removed] = ()
    attributions: Sequence[Attribution] = ()


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A statement of the older text that the newer one takes back. ``how``: gone, denied or hedged; ``now``: the sentence that stands in
    its place, empty where none does."""

    speaker: str
    words: str
    how: str
    now: str = ""


@dataclass(frozen=True, slots=True)
class Judged:
    """An edit, what it takes back, and the sentence in which the page says so (empty: it does not). ``flags``: of FLAGS, in their order."""

    edit: Edit
    withdrawn: tuple[Withdrawal, ...]
    notice: str
    flags: tuple[str, ...]


def judge(old: Version, new: Version) -> Judged:
    """Return what happened from one version to a later one."""
    before, after = old.revision, new.revision
    edit = compare(before.title, before.body, after.title, after.body)
    withdrawn = withdrawals(old, new, edit.changes)
    corrected, updated = _notices(old, new, "corrected"), _notices(old, new, "updated")
    changed = edit.retitled or edit.count > 0
    found = {
        RETITLED: edit.retitled,
        NUMBER_CHANGED: edit.number_changed,
        WITHDRAWN: bool(withdrawn),
        CORRECTED: bool(corrected),
        SILENT: changed and not corrected and not updated and not _hour_moved(before, after),
    }
    return Judged(edit, withdrawn, corrected or updated, tuple(flag for flag in FLAGS if found[flag]))


def withdrawals(old: Version, new: Version, changes: Sequence[Change]) -> tuple[Withdrawal, ...]:
    """Statements of the old text that the new one no longer makes as they were made, in the order of the text, each once."""
    body, now = old.revision.body, new.revision.body
    fates = [change for change in changes if change.old]  # one for each sentence of the old text, in order
    spans = list(_spans(body, [change.old for change in fates]))
    out: dict[tuple[str, str], Withdrawal] = {}
    for said in old.attributions:
        if not said.content:
            continue
        at = said.content[0].start
        fate = next((fate for fate, (start, end) in zip(fates, spans, strict=True) if start <= at < end), None)
        if fate is None or fate.kind == "same":
            continue
        words = said.words(body)
        found = _fate(said, words, fate, new, now)
        if found is not None:
            out.setdefault((said.speaker.name, normal(words)), found)
    return tuple(out.values())


def _fate(said: Attribution, words: str, fate: Change, new: Version, body: str) -> Withdrawal | None:
    """What became of one statement whose sentence is not what it was; None where it still is made."""
    again = max(
        (other for other in new.attributions if _same_speaker(said, other)),
        key=lambda other: _shared(words, other.words(body)),
        default=None,
    )
    if again is not None and _shared(words, again.words(body)) >= STILL_SAID:
        sentence = next((s for s in sentences(body) if normal(again.words(body)) in normal(s)), fate.new)
        if _denies(again) and not _denies(said):
            return Withdrawal(said.speaker.name, words, "denied", sentence)
        if again.hedged and not said.hedged:
            return Withdrawal(said.speaker.name, words, "hedged", sentence)
        return None
    if normal(words) in normal(body) or _shared(words, fate.new) >= STILL_SAID:
        return None  # it stands there still, whoever is read to say it
    return Withdrawal(said.speaker.name, words, "gone", fate.new)


def _same_speaker(a: Attribution, b: Attribution) -> bool:
    if a.speaker.source_id and b.speaker.source_id:
        return a.speaker.source_id == b.speaker.source_id
    return bool(set(normal(a.speaker.name).casefold().split()) & set(normal(b.speaker.name).casefold().split()))


def _denies(said: Attribution) -> bool:
    return said.negated or (said.cue is not None and said.cue.strength == "deny")


def _shared(words: str, text: str) -> float:
    """Share (0..1) of the words that stand in a text."""
    ours, theirs = set(_WORD.findall(normal(words).casefold())), set(_WORD.findall(normal(text).casefold()))
    return len(ours & theirs) / len(ours) if ours else 1.0


_WORD = re.compile(r"\w+")


def _spans(body: str, parts: Sequence[str]) -> Sequence[tuple[int, int]]:
    """Where the sentences of a body stand in it."""
    at, out = 0, []
    for part in parts:
        start = body.index(part, at)
        at = start + len(part)
        out.append((start, at))
    return out


# --- what the page says of itself -------------------------------------------------------------------------------------


def _notices(old: Version, new: Version, kind: str) -> str:
    """The first line or sentence in which the newer page says so, and the older did not; empty where none does."""
    known = {normal(line) for line in _lines(old)}
    return next((line for line in _lines(new) if normal(line) not in known and is_notice(line, kind)), "")


def is_notice(line: str, kind: str) -> bool:
    """Whether a line says that the text was ``corrected`` or ``updated``."""
    return any(pattern.search(line) for pattern in _patterns()[kind])


def _lines(version: Version) -> list[str]:
    """Title, sentences and left-out lines."""
    return [version.revision.title, *sentences(version.revision.body), *(line.text.strip() for line in version.removed)]


@cache
def _patterns() -> Mapping[str, tuple[re.Pattern[str], ...]]:
    """``data/notices.yaml``, read once a process."""
    raw: dict[str, dict[str, list[str]]] = yaml.safe_load(NOTICES.read_text(encoding="utf-8"))
    return {
        kind: tuple(re.compile(pattern, re.IGNORECASE) for patterns in languages.values() for pattern in patterns)
        for kind, languages in raw.items()
    }


def _hour_moved(before: Revision, after: Revision) -> bool:
    """Whether the page names a later hour of its last change than it did, or than we read it before."""
    return after.modified_at is not None and after.modified_at > (before.modified_at or before.fetched_at - CLOCKS)
