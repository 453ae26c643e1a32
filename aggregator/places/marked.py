"""Texts whose places stand in brackets, ``[words|place id|role]``: the notation of the training texts and of the gold.

Where two ids can be defended (a district and its only town), both stand there, parted by a comma.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

LABEL = re.compile(r"\[([^|\]]+)\|([^|\]]+)\|(\w+)\]")


@dataclass(frozen=True, slots=True)
class Label:
    """A place in a body: ``body[start:end]``, the ids that are right and its role."""

    start: int
    end: int
    place_ids: tuple[str, ...]
    role: str


@dataclass(frozen=True, slots=True)
class MarkedText:
    """A text and its places."""

    id: str
    language: str
    title: str
    body: str
    labels: tuple[Label, ...]


def unmarked(marked: str) -> tuple[str, tuple[Label, ...]]:
    """The body without its brackets, and the labels that stood in them."""
    body, end = "", 0
    labels = []
    for match in LABEL.finditer(marked):
        body += marked[end : match.start()]
        labels.append(Label(len(body), len(body) + len(match[1]), tuple(match[2].split(",")), match[3]))
        body += match[1]
        end = match.end()
    return body + marked[end:], tuple(labels)


def read(folder: Path) -> Iterator[MarkedText]:
    """The texts of a folder, in the order of file names; a file's language is its name up to the first underscore."""
    for path in sorted(folder.glob("*.yaml")):
        for text in yaml.safe_load(path.read_text(encoding="utf-8")):
            body, labels = unmarked(text["body"])
            yield MarkedText(text["id"], path.stem.partition("_")[0], text.get("title", ""), body, labels)
