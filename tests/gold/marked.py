"""Texts whose places stand in brackets, ``[words|place id|role]``: the notation of the gold and of the training texts.

Where two ids can be defended (a district and its only town), both stand there, parted by a comma.
"""

import re
from dataclasses import dataclass

LABEL = re.compile(r"\[([^|\]]+)\|([^|\]]+)\|(\w+)\]")


@dataclass(frozen=True)
class Label:
    """A place in a body: ``body[start:end]``, the ids that are right and its role."""

    start: int
    end: int
    place_ids: tuple[str, ...]
    role: str


def unmarked(marked: str) -> tuple[str, list[Label]]:
    """The body without its brackets, and the labels that stood in them."""
    body, labels, end = "", [], 0
    for match in LABEL.finditer(marked):
        body += marked[end : match.start()]
        labels.append(Label(len(body), len(body) + len(match[1]), tuple(match[2].split(",")), match[3]))
        body += match[1]
        end = match.end()
    return body + marked[end:], labels


def language_of(stem: str) -> str:
    """The language of a file of texts: its name up to the first underscore."""
    return stem.partition("_")[0]
