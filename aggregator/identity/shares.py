"""How much of one text another one carries: for readers, who see copies folded under their origin."""

from aggregator.identity.numbers import Token, tokens

RUN = 4  # words in a row that must be the same: single words and names stand in every report of one event
LONGEST = 20_000  # words that are looked at
WHOLE = 0.85  # from which a copy carries all of a text: what is missing are words that were edited
MORE = 0.6  # share of a copy's own words below which it is the origin's text and much besides


def carried(whole: str, part: str) -> float:
    """Return the share (0..1) of the words of ``whole`` that stand in ``part``, in runs of at least RUN; 1 for an empty text."""
    words, others = tokens(whole)[:LONGEST], tokens(part)[:LONGEST]
    if not words:
        return 1.0
    width = min(RUN, len(words))
    runs = set(_runs(others, width))
    covered = bytearray(len(words))
    for at, run in enumerate(_runs(words, width)):
        if run in runs:
            covered[at : at + width] = b"\x01" * width
    return sum(covered) / len(words)


def _runs(words: list[Token], width: int) -> list[tuple[str, ...]]:
    texts = [word.text for word in words]
    return list(zip(*(texts[at:] for at in range(width)), strict=False))
