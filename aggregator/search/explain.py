"""How a query was understood, part by part, in words for people."""

from collections.abc import Mapping
from dataclasses import dataclass

from aggregator.search.facets import IS_VALUES, LANGUAGES, MARKS, STORY_VALUES
from aggregator.search.syntax import And, Ast, Empty, Filter, Negation, Or, Quoted, Term, to_text
from aggregator.search.values import COUNT_FIELDS, bounds, near


@dataclass(frozen=True, slots=True)
class Understood:
    """A part of a query: its canonical text, and what is looked for."""

    text: str
    meaning: str


_FIELD_MEANINGS = {
    "place": "about {}, or a place within it",
    "outlet": "published by {}",
    "by": "citing {}",
    "via": "with words that came through {}",
    "kind": "citing a source of the kind {}",
    "side": "citing a source that speaks for {}",
    "channel": "citing what was said on {}",
    "theatre": "of the theatre {}",
    "story": "of story {}",
    "feed": "of feed {}",
    "after": "from the beginning of {} on",
    "before": "before {} begins",
    "on": "within {}",
    "last": "of the last {}",
    "search": "what the saved search {} finds",
}
_STATES = {**IS_VALUES, **STORY_VALUES, **MARKS}


def explain(ast: Ast, resolved: Mapping[Filter, tuple[str, ...]]) -> tuple[Understood, ...]:
    """What each part of a query means; all parts hold at once. ``resolved``: the ids that names were found to stand for."""
    if isinstance(ast, Empty):
        return ()
    parts = ast.parts if isinstance(ast, And) else (ast,)
    return tuple(Understood(f"({to_text(part)})" if isinstance(part, Or) else to_text(part), _meaning(part, resolved)) for part in parts)


def _meaning(ast: Ast, resolved: Mapping[Filter, tuple[str, ...]]) -> str:
    if isinstance(ast, Term):
        how = "words that begin so" if ast.prefix else "this very form" if ast.exact else "the word in any form"
        return f"“{ast.text}”: {how}, {_where(ast.field)}"
    if isinstance(ast, Quoted):
        return f"“{ast.text}”: these words as they stand, {_where(ast.field)}"
    if isinstance(ast, Filter):
        return _filter(ast, resolved)
    if isinstance(ast, Negation):
        return f"not ({_meaning(ast.part, resolved)})"
    if isinstance(ast, And | Or):
        joined = " and " if isinstance(ast, And) else " or "
        return joined.join(f"({_meaning(part, resolved)})" for part in ast.parts)
    return "every article"


def _where(field: str | None) -> str:
    return {"title": "in the title", "body": "in the text"}.get(field or "", "in title or text")


def _filter(condition: Filter, resolved: Mapping[Filter, tuple[str, ...]]) -> str:
    field, value = condition.field, condition.value
    ids = resolved.get(condition, ())
    known = f" ({', '.join(ids)})" if ids else ""
    if field == "is":
        return _STATES.get(value, value)
    if field == "lang":
        return f"in {LANGUAGES.get(value, value)}"
    if field in COUNT_FIELDS:
        return f"of a story with {_how_many(value)} {field}"
    if field == "near":
        place, km = near(value) or (value, 0)
        return f"about a place within {km} km of {place}{known}" if ids else f"“{place}” as text: no such place is known"
    if field == "url":
        return "the article at this address" if ids else f"“{value}” as text: no article has this address"
    if field in ("place", "outlet", "by", "via") and not ids:
        return f"“{value}” as text: the name is not known"
    return _FIELD_MEANINGS[field].format(value.replace("_", " ") if field in ("kind", "side", "channel", "theatre") else value) + known


def _how_many(value: str) -> str:
    asked = bounds(value)
    if asked is None:
        return value
    if asked.most is None:
        return f"at least {asked.least}"
    if asked.least == asked.most:
        return f"exactly {asked.least}"
    return f"{asked.least} to {asked.most}"
