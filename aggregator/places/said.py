"""What people said of the places of one text (model.SaidParts): it goes before the roles that were worked out, and before what leads."""

from collections.abc import Sequence

from aggregator.model import Mention, SaidPart, SaidParts
from aggregator.places.found import Found
from aggregator.places.gazetteer import Gazetteer
from aggregator.places.normalise import name_key, spans_of
from aggregator.places.primary import MOST_PRIMARY, primary_places
from aggregator.places.rules import ruling
from aggregator.places.text import Text

AROUND = 4  # words before and behind a name that tell it from the same name elsewhere in a text

Spoken = tuple[SaidPart | None, ...]  # for each mention what was said of it


def spoken(said: SaidParts, found: Sequence[Found], text: Text, language: str | None, gazetteer: Gazetteer) -> Spoken:
    """What was said of each found name. Case forms of a name follow what was said of it."""
    if not said.parts:
        return (None,) * len(found)
    keys = {part.key for part in said.parts}
    spans = {part.near: _runs(text.keys, Text(part.near, (), language).keys) for part in said.parts if part.near}
    order = sorted(enumerate(said.parts), key=lambda row: (bool(row[1].near), row[0]), reverse=True)
    out = []
    for one in found:
        key = ruling(gazetteer, one.key, keys) or ruling(gazetteer, name_key(text.body[one.start : one.end]), keys)
        fits = (p for _, p in order if p.key == key and (not p.near or any(a <= one.first and one.last < b for a, b in spans[p.near])))
        out.append(next(fits, None))
    return tuple(out)


def _runs(keys: Sequence[str], wanted: Sequence[str]) -> list[tuple[int, int]]:
    """Where these words stand one after another: index of the first, and of the first behind them."""
    size = len(wanted)
    return [(n, n + size) for n in range(len(keys) - size + 1) if keys[n] == wanted[0] and keys[n : n + size] == wanted] if size else []


def primary(mentions: Sequence[Mention], spoken: Spoken, leading: str | None, title: str, body: str) -> tuple[str, ...]:
    """The places that a text is mainly about: as worked out, but for names that people said to be no event there, which do not count; the
    one that people said leads first, if the text names it."""
    if leading == "":
        return ()
    counted = [m for m, part in zip(mentions, spoken, strict=True) if part is None or m.role == "event"]
    found = primary_places(counted, title, body)
    lead = next((m.place for m in mentions if m.place.id == leading), None)
    if lead is None:
        return found
    return (lead.id, *(ident for ident in found if ident != lead.id and ident not in lead.path))[:MOST_PRIMARY]


def around(body: str, start: int, end: int) -> str:
    """The name ``body[start:end]`` with some words of its paragraph before and behind it: enough for SaidPart.near."""
    first = body.rfind("\n", 0, start) + 1
    last = body.find("\n", end)
    starts, ends, _ = spans_of(body[first : last if last >= 0 else len(body)])
    before = [at + first for at in starts if at + first < start][-AROUND:]
    behind = [at + first for at in ends if at + first > end][:AROUND]
    return body[before[0] if before else start : behind[-1] if behind else end]
