"""What a text puts between an event and the place that it names: ``10 km north-west of Bakhmut``."""

import json
import re
from functools import cache
from importlib.resources import files

from aggregator.places.found import Found
from aggregator.places.marks import BESIDE
from aggregator.places.normalise import APOSTROPHES
from aggregator.places.text import Text

WITHIN = 9  # words before or behind a name that are looked at
HEAD = 110  # characters before a name that hold a phrase


@cache
def _phrases() -> tuple[re.Pattern[str], re.Pattern[str]]:
    data = json.loads((files("aggregator.places") / "data" / "relations.json").read_text(encoding="utf-8"))
    before = re.compile(rf"(?<!\w)(?:{'|'.join(data['before'])})[ \u00a0]*$", re.IGNORECASE)
    return before, re.compile("|".join(data["after"]), re.IGNORECASE)


def relation(text: Text, one: Found) -> str:
    """The phrase in the text's own words; empty where the place itself is meant."""
    before, after = _phrases()
    if any(BESIDE in marks for marks in text.marks[max(0, one.first - WITHIN) : one.first]):
        start, _ = text.sentence_span(one.start)
        end = one.start - len(one.clitic)
        head = text.body[max(start, end - HEAD) : end]
        if match := before.search(head):
            return match.group().strip()
    if one.end < len(text.body) and text.body[one.end] in APOSTROPHES and (match := after.match(text.body, one.end)):
        return match.group(match.lastindex or 0)
    return ""
