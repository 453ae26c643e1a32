"""`frontwire try url`: how an address is shown, and what identifies its page."""

from collections.abc import Callable
from typing import Any

from aggregator.identity import urls


def open_stage() -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Read the tables and return the stage."""
    urls.tables()

    def run(line: dict[str, Any]) -> dict[str, Any]:
        shown, key = urls.clean_and_key(line["url"])
        return {"url": shown, "key": key}

    return run
