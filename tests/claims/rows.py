"""Attributions for the tests of claims, with everything that a test does not care about filled in."""

from datetime import UTC, datetime, timedelta
from typing import Any

from aggregator.model import Attribution, ClaimAttribution, Cue, Span, Speaker

NOON = datetime(2024, 6, 13, 12, tzinfo=UTC)
HERE = ("gn706483",)


def said(words: str, language: str = "en", *, number: int = 1, source: str | None = "ua-governor", **fields: Any) -> ClaimAttribution:
    """A statement. ``fields``: of the row, of its attribution (``negated``, ``said_on`` and so on) or its speaker (``side``, ``name``)."""
    of_speaker = {name: fields.pop(name) for name in ("name", "side", "kind", "anonymity") if name in fields}
    of_row = {name: fields.pop(name) for name in ("copy_group", "story_id", "place_ids", "at", "outlet_id", "article_id") if name in fields}
    name = of_speaker.pop("name", source or "Somebody Else")
    speaker = Speaker(0, 4, name, name, source, **of_speaker)
    content = fields.pop("content", (Span(0, len(words)),))
    attribution = Attribution(speaker, Cue(5, 9, "said", "say"), content, **fields)
    values: dict[str, Any] = {"place_ids": HERE, "story_id": 1, "copy_group": None, "at": NOON + timedelta(minutes=number)}
    values |= {"outlet_id": f"outlet-{number}", "article_id": 100 + number} | of_row
    return ClaimAttribution(attribution_id=number, language=language, attribution=attribution, words=words, **values)
