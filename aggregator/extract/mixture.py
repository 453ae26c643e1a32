"""Texts in more than one language: which they are in, and where a translation of the whole was appended."""

import re
from collections import Counter
from collections.abc import Sequence

from aggregator.extract.language import RIVAL_LETTERS, detect
from aggregator.model import Removed

PROSE_LETTERS = 50  # a paragraph with fewer says too little of its language
LOOK_CHARS = 120  # of the last paragraph, by which it is seen whether there is more than one
SHARE = 0.15  # of the text that a language must have, or two paragraphs
LIKE = (0.5, 2.0)  # length of a translation against its original
SAME_FIGURES = 0.6  # share of the figures of the one that the other has, too
MIN_FIGURES = 2

_FIGURE = re.compile(r"\d+")

Line = tuple[str, str]  # (kind, text)


def settled(lines: Sequence[Line], main: str | None) -> tuple[list[Line], list[Removed], tuple[str, ...]]:
    """The lines without an appended translation, that translation, and the languages of what is left, that with the most text first.

    ``main`` is what the text's beginning is in."""
    codes = _by_line(lines, main)
    start = _translation(lines, codes)
    other = next((code for code in reversed(codes) if code), "")
    removed = [Removed(text, f"translation ({other})", start, kind) for kind, text in lines[start:]]
    sizes: Counter[str] = Counter()
    numbers: Counter[str] = Counter()
    for (_, text), code in zip(lines[:start], codes, strict=False):
        if code:
            sizes[code] += len(text)
            numbers[code] += 1
    found = tuple(code for code, size in sizes.most_common() if size >= SHARE * sizes.total() or numbers[code] > 1)
    return list(lines[:start]), removed, found or ((main,) if main else ())


def _translation(lines: Sequence[Line], codes: Sequence[str | None]) -> int:
    """Where a translation of all that stands before begins; the number of lines where there is none.

    It is one where everything from a line on is in another language, is about as long as what stands before, and has its figures. Two
    languages alone make none: a reader wants what is said in either."""
    known = [number for number, code in enumerate(codes) if code]
    if not known or codes[known[-1]] == codes[known[0]]:
        return len(lines)
    first, other = codes[known[0]], codes[known[-1]]
    start = next(number for number in known if codes[number] != first)
    if any(codes[number] != other for number in known if number >= start) or sum(number >= start for number in known) < 2:
        return len(lines)
    while start > 1 and codes[start - 1] is None and lines[start - 1][0] == "h":  # its heading
        start -= 1
    before, after = " ".join(text for _, text in lines[:start]), " ".join(text for _, text in lines[start:])
    figures, again = set(_FIGURE.findall(before)), set(_FIGURE.findall(after))
    fewer = min(len(figures), len(again))
    alike = LIKE[0] <= len(after) / max(1, len(before)) <= LIKE[1]
    return start if alike and fewer >= MIN_FIGURES and len(figures & again) >= SAME_FIGURES * fewer else len(lines)


def _by_line(lines: Sequence[Line], main: str | None) -> list[str | None]:
    """The language of each line, None for short ones. Where nothing hints at a second one, all are in the first."""
    long = [sum(map(str.isalpha, text)) >= PROSE_LETTERS for _, text in lines]
    last = next((number for number in range(len(lines) - 1, -1, -1) if long[number]), None)
    if last is None:
        return [None] * len(lines)
    if not _is_mixed([text for (_, text), is_long in zip(lines, long, strict=True) if is_long], main):
        return [main if is_long else None for is_long in long]
    return [detect(text, main) if is_long else None for (_, text), is_long in zip(lines, long, strict=True)]


def _is_mixed(paragraphs: Sequence[str], main: str | None) -> bool:
    if detect(paragraphs[-1][:LOOK_CHARS], main) != main:
        return True
    if len({_script(text) for text in paragraphs}) > 1:
        return True
    if main not in RIVAL_LETTERS:
        return False
    own = RIVAL_LETTERS[main]
    rival = frozenset[str]().union(*(letters for code, letters in RIVAL_LETTERS.items() if code != main))
    return any(not own & (letters := set(text.lower())) and len(rival & letters) > 1 for text in paragraphs)


def _script(text: str) -> str:
    """A rough name of the script that the middle of the text is in."""
    letters = [character for character in text[len(text) // 3 : len(text) // 3 + 12] if character.isalpha()]
    blocks = Counter("latin" if letter < "\u0250" else "greek" if letter < "\u0400" else f"{ord(letter) >> 8:x}" for letter in letters)
    common = blocks.most_common(1)
    name = common[0][0] if common else ""
    return "east" if len(name) == 2 and name >= "30" else name
