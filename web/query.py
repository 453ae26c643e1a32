"""The query in force: read, planned, shown as chips, and changed by one filter at a time.

The query is the same thing as the search box, the chips, the address and the subscription links, so every filter link is the
canonical text of a changed query.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from aggregator.names import Names
from aggregator.query import Node, Plan
from aggregator.search.explain import Understood
from aggregator.search.language import parse
from aggregator.search.plan import plan
from aggregator.search.syntax import And, Ast, Empty, Filter, Negation, Or, Quoted, Term, both, to_text

FIELD_WORDS = {
    "place": "in",
    "outlet": "outlet",
    "by": "cited",
    "via": "via",
    "channel": "channel",
    "kind": "kind",
    "side": "side",
    "lang": "language",
    "theatre": "theatre",
    "after": "since",
    "before": "before",
    "on": "on",
    "last": "last",
    "is": "is",
    "story": "story",
    "feed": "feed",
    "near": "near",
    "origins": "origins",
    "outlets": "outlets",
    "search": "saved search",
    "url": "address",
}


FORM_FIELDS = ("place", "outlet", "by", "lang", "after", "before")  # of the form beside the stream


@dataclass(frozen=True, slots=True)
class Chip:
    """A part of the query that can be taken away: what it says, and the query without it."""

    label: str
    without: str


@dataclass(frozen=True, slots=True)
class QueryView:
    """A query as pages need it. ``notes`` say what was not understood, ``understood`` what each part means."""

    typed: str
    text: str
    ast: Ast
    plan: Plan
    chips: tuple[Chip, ...]
    notes: tuple[str, ...]
    understood: tuple[Understood, ...] = ()

    def has(self, field: str, value: str) -> bool:
        """Whether this filter is in force."""
        return Filter(field, value) in _parts(self.ast)

    @property
    def searches(self) -> bool:
        """Whether it has a word or phrase, so that relevance says something."""
        return _searches(self.ast)

    def plus(self, field: str, value: str) -> str:
        """The query with this filter, in place of any other of a field that can hold one value only."""
        parts = [part for part in _parts(self.ast) if part != Filter(field, value)]
        return to_text(both([*parts, Filter(field, value)]))

    def value(self, field: str) -> str | None:
        """The value of the first filter of this field, if one is in force."""
        return next((part.value for part in _parts(self.ast) if isinstance(part, Filter) and part.field == field), None)

    def only(self, field: str, value: str | None) -> str:
        """The query with this filter in place of all others of its field; with none of them for None."""
        parts = [part for part in _parts(self.ast) if not (isinstance(part, Filter) and part.field == field)]
        return to_text(both([*parts, Filter(field, value)] if value else parts))

    def minus(self, field: str, value: str) -> str:
        """The query without this filter."""
        return to_text(both([part for part in _parts(self.ast) if part != Filter(field, value)]))


def view(
    typed: str, form: Mapping[str, str], now: datetime, names: Names, order: str = "newest", marks: Mapping[str, Node] | None = None
) -> QueryView:
    """Read what was typed, add the filters of a form (place, outlet, by, lang, after, before), and plan it. Never raises. ``marks``: what
    ``is:starred`` and ``is:unread`` mean to who asks."""
    query = parse(typed)
    extra = [Filter(field, value.strip()) for field in FORM_FIELDS if (value := form.get(field, "")).strip()]
    if extra:
        query = parse(to_text(both([*_parts(query.ast), *extra])))
    planned = plan(query, now, names, order, saved=names.saved, marks=marks)
    parts = _parts(query.ast)
    chips = tuple(Chip(_label(part, names), to_text(both([p for p in parts if p is not part]))) for part in parts)
    return QueryView(typed, query.text, query.ast, planned.plan, chips, (*query.warnings, *planned.notes), planned.understood)


def bracketed(text: str) -> str:
    """A query in its canonical text, as a part of another one."""
    ast = parse(text).ast
    return f"({to_text(ast)})" if isinstance(ast, Or) else to_text(ast)


def _parts(ast: Ast) -> list[Ast]:
    if isinstance(ast, Empty):
        return []
    return list(ast.parts) if isinstance(ast, And) else [ast]


def _searches(ast: Ast) -> bool:
    return isinstance(ast, Term | Quoted) or (isinstance(ast, And | Or) and any(map(_searches, ast.parts)))


def _label(part: Ast, names: Names) -> str:
    if isinstance(part, Negation):
        return f"not {_label(part.part, names)}"
    if isinstance(part, Filter):
        return f"{FIELD_WORDS.get(part.field, part.field)} {names.label(part.field, part.value)}"
    return to_text(part)
