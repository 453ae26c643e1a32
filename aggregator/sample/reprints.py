"""Copies of agency reports, made by program: which clients print one, when, how much of it and under which headline.

Everything follows from a hash of the report's id, so that two runs print the same press.
"""

import zlib
from dataclasses import replace

from aggregator.sample.press import Press, PressOutlet, Text, Version, words_in

FEWEST_WORDS = 95  # a cut keeps at least this many
KEPT_SHARES = (1.0, 0.75, 1.0, 0.6, 0.85)  # of the paragraphs, by turn


def reprints(press: Press) -> tuple[Text, ...]:
    """Return the copies of every agency report, in the order of their originals."""
    reporting = {(text.event, text.outlet) for text in press.texts}
    copies: list[Text] = []
    for text in press.texts:
        agency = press.outlets[text.outlet]
        clients = [client for client in agency.clients if (text.event, client) not in reporting]
        seed = zlib.crc32(text.id.encode())
        clients.sort(key=lambda client: zlib.crc32(f"{text.id}/{client}".encode()))
        wanted = 2 + seed % max(1, len(agency.clients) - 1) if clients else 0
        for turn, client in enumerate(clients[:wanted]):
            copies.append(_copy(text, agency, press.outlets[client], turn, seed, press))
            reporting.add((text.event, client))
    return tuple(copies)


def _copy(text: Text, agency: PressOutlet, client: PressOutlet, turn: int, seed: int, press: Press) -> Text:
    first = text.versions[0]
    live = text.event_minute > 0
    delay = 1 + turn + seed % 2 if live else 9 + turn * 21 + (seed >> turn) % 37
    title = text.heads[turn - 1] if 0 < turn <= len(text.heads) else first.title
    paragraphs = _cut(first.paragraphs, KEPT_SHARES[(seed + turn) % len(KEPT_SHARES)])
    if client.credit in ("tail", "both"):
        paragraphs += (press.words[client.language]["wire"].format(agency=agency.name),)
    return replace(
        text,
        id=f"{text.id}-{client.id.removeprefix('sample-')}",
        outlet=client.id,
        author=agency.name if client.credit in ("byline", "both") else "",
        versions=(Version(first.minute + delay, title, paragraphs),),
        heads=(),
        origin=text.id,
        agency=agency.id,
    )


def _cut(paragraphs: tuple[str, ...], share: float) -> tuple[str, ...]:
    keep = max(1, round(len(paragraphs) * share))
    while keep < len(paragraphs) and sum(map(words_in, paragraphs[:keep])) < FEWEST_WORDS:
        keep += 1
    return paragraphs[:keep]
