"""`frontwire try tag`: an article's text to language, places and attributions."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from aggregator.settings import load
from aggregator.tagging import open_taggers
from aggregator.tagjson import attribution_line, mention_line


def open_stage() -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Load gazetteer and registry; return the function of one line."""
    taggers = open_taggers(load())

    def run(line: dict[str, Any]) -> dict[str, Any]:
        published = line.get("published")
        tags = taggers.tag(
            line.get("title") or "",
            line["body"],
            language=line.get("language"),
            published=_time(published) if published else None,
            outlet=line.get("outlet"),
            byline=line.get("byline"),
        )
        return {
            "language": tags.language,
            "places": [mention_line(mention) for mention in tags.mentions],
            "primary_places": list(tags.primary_places),
            "attributions": [attribution_line(attribution) for attribution in tags.attributions],
            "sought_comment": [{"start": s.start, "end": s.end, "text": s.text, "source_id": s.source_id} for s in tags.sought_comment],
            "wire": tags.wire,
        }

    return run


def _time(text: str) -> datetime:
    at = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return at if at.tzinfo else at.replace(tzinfo=UTC)
