"""Words of things that happen in a war: they mark a sentence as telling an event, and what follows one as a place."""

from functools import cache, lru_cache
from importlib.resources import files

CLITICS = "وفبل"


@lru_cache(maxsize=32768)
def tells_event(key: str) -> bool:
    """Whether a word (by its key) is of something that happens."""
    exact, stems = _words()
    return key in exact or key.startswith(stems) or (key[:1] in CLITICS and (key[1:] in exact or key[1:].startswith(stems)))


@cache
def _words() -> tuple[frozenset[str], tuple[str, ...]]:
    lines = (files("aggregator.places") / "data" / "events.txt").read_text(encoding="utf-8").splitlines()
    words = [word for line in lines if not line.startswith("#") for word in line.split()]
    return frozenset(w for w in words if not w.endswith("*")), tuple(w[:-1] for w in words if w.endswith("*"))
