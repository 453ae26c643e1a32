"""Quotations in a body: straight and curly marks, guillemets, low-high marks, and quotations that run over several paragraphs.

A paragraph is a line. A quotation that is not closed within its paragraph counts only where the next paragraph opens another (the custom of
repeating the opening mark), or where the paragraph began with it; then it ends with its paragraph and ``closed`` is false.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

INSIDE, OPENS, CLOSES = "\ue000", "\ue001", "\ue002"  # private characters that stand for a quotation in a masked text
PAIRS = {"“": "”", "«": "»", "„": "“”", "‹": "›", "»": "«", '"': '"', "「": "」", "''": "''"}
MARK = re.compile("[“”«»„‹›\"「」'](?:(?<!')|(?<=')')")  # begins with a set, which is searched for fastest
STRAIGHT = ('"', "''")
PARAGRAPH = re.compile(r"[^\n]*\S[^\n]*")
MAX_CHARS = 4_000  # a longer "quotation" is an unbalanced mark


@dataclass(frozen=True, slots=True)
class Quote:
    """A quotation with its marks: ``body[start:end]``; ``closed`` is false where it goes on in the next paragraph."""

    start: int
    end: int
    closed: bool = True


def paragraphs(body: str) -> tuple[tuple[int, int], ...]:
    """(start, end) of the lines that are not blank, without the space around them."""
    found = []
    for match in PARAGRAPH.finditer(body):
        text = match.group()
        start = match.start() + len(text) - len(text.lstrip())
        found.append((start, match.start() + len(text.rstrip())))
    return tuple(found)


def find(body: str, lines: Sequence[tuple[int, int]]) -> tuple[Quote, ...]:
    """The quotations of a body in order, without overlaps; ``lines`` are its paragraphs."""
    quotes: list[Quote] = []
    for number, (start, end) in enumerate(lines):
        following = body[lines[number + 1][0]] if number + 1 < len(lines) else ""
        quotes += _in_paragraph(body, start, end, following)
    return tuple(quotes)


def _in_paragraph(body: str, start: int, end: int, following: str) -> list[Quote]:
    quotes = []
    opened = -1
    closers = ""
    for match in MARK.finditer(body, start, end):
        at, mark = match.start(), match.group()
        if mark == '"' and start < at < end - 1 and body[at - 1].isalpha() and body[at + 1].isalpha():
            continue  # stands for an apostrophe in Hebrew abbreviations
        if opened >= 0:
            if mark in closers and (mark not in STRAIGHT or not _opens(body, at, start, end)) and at - opened < MAX_CHARS:
                quotes.append(Quote(opened, at + len(mark)))
                opened = -1
        elif mark in PAIRS and _opens(body, at, start, end):
            opened, closers = at, PAIRS[mark]
    if 0 <= opened < end - 1 and (opened == start or following == body[opened]):
        quotes.append(Quote(opened, end, closed=False))
    return quotes


def _opens(body: str, at: int, start: int, end: int) -> bool:
    """Whether a mark stands where a quotation begins: after a space or a bracket, before something that is no space."""
    before = body[at - 1] if at > start else " "
    width = 2 if body.startswith("''", at) else 1
    after = body[at + width] if at + width < end else " "
    if body[at] == "«":
        return before.isspace() or not before.isalnum()
    return (before.isspace() or before in "([{—–-:/'‘،,") and not after.isspace()


def mask(body: str, quotes: tuple[Quote, ...]) -> str:
    """The body with each quotation as OPENS INSIDE… CLOSES, of the same length, so that offsets stay."""
    parts = []
    at = 0
    for quote in quotes:
        parts += [body[at : quote.start], OPENS, INSIDE * (quote.end - quote.start - 2), CLOSES]
        at = quote.end
    return "".join([*parts, body[at:]])


# A full stop behind these ends no sentence.
ABBREVIATION = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Del|Amb|Prof|Gen|Lt|Col|Maj|Capt|Sgt|Brig|Adm|Sen|Rep|Gov|Rev|St|Jr|Sr|No|vs|etc|Jan|Feb"
    r"|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|Inc|Corp|Ltd|Co"
    r"|ім|м|вул|обл|тис|млн|млрд|ул|тыс|им|г|гг|рр|р|с|п|д|т|M|Mme|Nr|bzw|ca|z\.B)|\b[A-ZА-ЯІЇЄҐ](?:\.[A-ZА-Я])*)\.$"
)
SENTENCE_END = re.compile(
    rf"[.!?…؟۔{CLOSES}](?:(?<!{CLOSES})[.!?…؟۔]*|(?<={INSIDE}{CLOSES}))[\)\]’”{CLOSES}]*(?=\s+(?:[—–-]\s+)?[\"'‘“«„(\[—–-]*(?:{OPENS}|[^\Wa-zа-яіїєґё_]))"
)


def sentences(body: str, masked: str, start: int, end: int) -> list[tuple[int, int]]:
    """(start, end) of the sentences of a paragraph; marks inside a quotation end none, but its own last mark may."""
    found = []
    at = start
    for match in SENTENCE_END.finditer(masked, start, end):
        last = match.group()
        if last[0] == CLOSES:
            if body[match.start() - 1] not in ".!?…":
                continue
        elif last[0] == "." and ABBREVIATION.search(masked, max(at, match.start() - 12), match.start() + 1):
            continue
        found.append((at, match.end()))
        at = match.end()
        while at < end and masked[at].isspace():
            at += 1
    if at < end:
        found.append((at, end))
    return found
