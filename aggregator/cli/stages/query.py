"""``frontwire try query``: how a query is understood."""

from collections.abc import Callable
from typing import Any

from aggregator.errors import UsageError
from aggregator.search.language import parse
from aggregator.search.syntax import to_json


def open_stage() -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Return the stage: a line with ``query`` to a line with ``ast``, ``text`` and ``warnings``."""
    return _understand


def _understand(line: dict[str, Any]) -> dict[str, Any]:
    text = line.get("query")
    if not isinstance(text, str):
        raise UsageError('The line needs a "query" that is a string.')
    query = parse(text)
    return {"id": line.get("id"), "ast": to_json(query.ast), "text": query.text, "warnings": list(query.warnings)}
