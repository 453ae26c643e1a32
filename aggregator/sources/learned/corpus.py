"""Labelled articles from which the tagger learns: files of YAML in the format of tests/gold/attributions.

A file is a list of articles, each with ``id``, ``body``, perhaps ``language`` (two letters; English where it is left out) and ``gold``, a
list of labels. A label has ``who`` (the words of the speaker as they stand in the body, or null where nobody is named), ``says`` (the words
of what is said, or a list of its parts in order) and perhaps ``cue`` (the words that mark it: said, according to). Other keys of articles
and labels are left to those who read them. Words that stand in the body more than once are taken where speaker and speech are nearest.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from aggregator.errors import UsageError
from aggregator.sources.phrases import Bounds

LANGUAGE = re.compile(r"[a-z]{2,3}")


@dataclass(frozen=True, slots=True)
class Said:
    """A label: spans in the body. ``speaker`` None: nobody is named; ``cue`` None: not labelled."""

    speaker: Bounds | None
    content: tuple[Bounds, ...]
    cue: Bounds | None = None


@dataclass(frozen=True, slots=True)
class Labelled:
    """An article with its labels in the order of the file."""

    id: str
    language: str
    body: str
    said: tuple[Said, ...]


def read(path: Path) -> tuple[Labelled, ...]:
    """The articles of a file, or of all files *.yaml of a folder in the order of their names.

    Raises UsageError that names file and place, says what is wrong there and what would be right."""
    if not path.exists():
        raise UsageError(f"There is no corpus {path}: give a file of labelled articles in YAML, or a folder of such files.")
    files = sorted(path.glob("*.yaml")) if path.is_dir() else [path]
    if not files:
        raise UsageError(f"The folder {path} has no file *.yaml: a corpus is a folder of files of labelled articles, or one such file.")
    found: dict[str, Labelled] = {}
    for file in files:
        for place, article in _articles(file):
            one = _article(article, place)
            if one.id in found:
                raise UsageError(f"{place}: the id {one.id} is taken by an article before it; give each article an id of its own.")
            found[one.id] = one
    return tuple(found.values())


def _articles(file: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """(place, article) of a file; the place is named by the article's number until its id is known."""
    try:
        rows = yaml.load(file.read_bytes(), yaml.CSafeLoader)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark else ""
        reason = getattr(error, "problem", None) or str(error)
        raise UsageError(f"{file}{where}: this is no YAML ({reason}); quote words that hold a colon or begin with a mark.") from error
    if not isinstance(rows, list):
        raise UsageError(f"{file}: a list of articles belongs here, each beginning with '- id: …'.")
    for number, row in enumerate(rows, 1):
        if not isinstance(row, dict):
            raise UsageError(f"{file}, article {number}: an article with id, body and gold belongs here, not {_shown(row)}.")
        yield f"{file}, article {number}", row


def _article(row: Mapping[str, Any], place: str) -> Labelled:
    ident = row.get("id")
    if not isinstance(ident, str | int) or isinstance(ident, bool) or not str(ident).strip():
        raise UsageError(f"{place}: it has no id; give it one such as '- id: en-01'.")
    place = f"{place} ({ident})"
    body, language, labels = row.get("body"), row.get("language", "en"), row.get("gold")
    if not isinstance(body, str) or not body.strip():
        raise UsageError(f"{place}: it has no body; the text belongs under 'body: |', one paragraph a line.")
    if not isinstance(language, str) or not LANGUAGE.fullmatch(language):
        raise UsageError(f"{place}: the language {_shown(language)} is none; a code such as en or uk would be right (no must be quoted).")
    if not isinstance(labels, list):
        raise UsageError(f"{place}: it has no list of labels; 'gold: []' says that nobody is cited in it.")
    return Labelled(str(ident), language, body, tuple(_label(label, body, f"{place}, label {n}") for n, label in enumerate(labels, 1)))


def _label(label: Any, body: str, place: str) -> Said:
    if not isinstance(label, dict) or "who" not in label or "says" not in label:
        raise UsageError(
            f"{place}: a label reads '{{who: the governor, says: two people were injured}}'; 'who: null' where nobody is named."
        )
    parts = label["says"] if isinstance(label["says"], list) else [label["says"]]
    if not parts:
        raise UsageError(f"{place}: 'says' is empty; it holds the words of what is said, or a list of its parts.")
    who, cue = label["who"], label.get("cue")
    speakers: list[Bounds | None] = [*_places(who, body, f"{place}, who")] if who is not None else [None]
    first, *rest = (_places(part, body, f"{place}, says") for part in parts)
    start, speaker = min(
        ((one, other) for one in first for other in speakers),
        key=lambda pair: (_apart(pair[0], pair[1], body), pair[0]),
    )
    content = [start]
    for places in rest:
        content.append(min(places, key=lambda span: (span[0] < content[-1][1], abs(span[0] - content[-1][1]))))
    near = speaker or start
    cues = _places(cue, body, f"{place}, cue") if cue is not None else []
    outside = [span for span in cues if not any(_touch(span, other) for other in content)] or cues
    return Said(speaker, tuple(content), min(outside, key=lambda span: abs(span[0] - near[0])) if outside else None)


def _places(words: Any, body: str, place: str) -> list[Bounds]:
    """Where words stand in the body."""
    text = words.strip() if isinstance(words, str) else ""
    if not text:
        raise UsageError(f"{place}: words of the body belong here, not {_shown(words)}; quote what YAML reads as a number, a date or yes.")
    before, behind = (r"(?<!\w)" if text[0].isalnum() else ""), (r"(?!\w)" if text[-1].isalnum() else "")
    found = [match.span() for match in re.finditer(before + re.escape(text) + behind, body)]
    if not found:
        raise UsageError(f"{place}: {_shown(text)} does not stand in the body; copy it from there, letter by letter, marks included.")
    return found


def _apart(said: Bounds, speaker: Bounds | None, body: str) -> tuple[bool, int, int]:
    """How badly a speaker goes with what is said: within it, paragraphs between, characters between."""
    if speaker is None:
        return False, 0, 0
    left, right = sorted((said, speaker))
    return _touch(said, speaker), body.count("\n", left[1], right[0]), max(0, right[0] - left[1])


def _touch(one: Bounds, other: Bounds) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _shown(value: object) -> str:
    text = f"“{value}”" if isinstance(value, str) else f"{value!r}"
    return text if len(text) <= 60 else f"{text[:57]}…”"
